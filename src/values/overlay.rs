//! Overlay: one tree of values laid over another, nulls kept.

use std::sync::Arc;

use super::edit::lay;
use crate::value::{Provenance, Value};

/// Lays `over` over `base`: maps are merged key by key, anything else replaces what it meets, null included. What is
/// replaced is kept in `provenance`, and edits there are made. Tells whether `base` was a map and is still the same one.
///
/// Helm's `MergeMaps` (pkg/chart/loader). Layers are to be laid one after the other: of a map, a scalar and a map, the
/// last two put together first would be merged into the first, which the scalar replaces.
pub fn overlay(base: &mut Value, over: Value, provenance: &mut Provenance) -> bool {
    match (&mut *base, over) {
        (Value::Map(below, _), Value::Map(above, origin)) if !provenance.is_closed(origin) => {
            let below = Arc::make_mut(below);
            for (key, value) in above.iter() {
                match below.get_mut(key) {
                    Some(slot) => drop(overlay(slot, value.clone(), provenance)),
                    None => below.push(key.clone(), value.clone()),
                }
            }
            true
        }
        (_, over) => {
            let old = std::mem::take(base);
            *base = lay(over, old, provenance);
            false
        }
    }
}
