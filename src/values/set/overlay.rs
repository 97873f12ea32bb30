//! Laying a JSON object over the values, as Helm's `MergeMaps` does: maps merge, anything else replaces, null is kept.

use std::sync::Arc;

use crate::value::{Map, Provenance, Value};

/// A map of the tree taken out of the one above it, and what is being laid over it.
struct Frame {
    base: Value,
    over: Arc<Map>,
    next: usize,
    /// Which entry of `base` was taken out last.
    slot: usize,
}

/// Lays `over` over `base`. Depth costs no stack.
pub(super) fn overlay(base: &mut Value, over: Value, provenance: &mut Provenance) {
    let Value::Map(over, _) = over else { return };
    let mut frames = vec![Frame { base: std::mem::take(base), over, next: 0, slot: 0 }];
    while let Some(mut frame) = frames.pop() {
        if let Some(below) = frame.step(provenance) {
            frames.push(frame);
            frames.push(below);
            continue;
        }
        match frames.last_mut() {
            Some(above) => above.put_back(frame.base),
            None => *base = frame.base,
        }
    }
}

impl Frame {
    /// Lays entries over the map up to one where two maps meet, which is to be done next.
    fn step(&mut self, provenance: &mut Provenance) -> Option<Frame> {
        let map = self.base.as_map_mut()?;
        while let Some((key, value)) = self.over.get_index(self.next) {
            self.next += 1;
            let Some(slot) = map.index_of(key) else {
                map.push(key.clone(), value.clone());
                continue;
            };
            let old = map.get_index_mut(slot)?;
            match (&*old, value) {
                (Value::Map(..), Value::Map(over, _)) => {
                    self.slot = slot;
                    return Some(Frame { base: std::mem::take(old), over: over.clone(), next: 0, slot: 0 });
                }
                _ => {
                    let replaced = std::mem::take(old);
                    let pos = provenance.pos(value.origin());
                    *old = value.clone().with_origin(provenance.overriding(pos, replaced));
                }
            }
        }
        None
    }

    fn put_back(&mut self, value: Value) {
        if let Some(slot) = self.base.as_map_mut().and_then(|map| map.get_index_mut(self.slot)) {
            *slot = value;
        }
    }
}
