//! Overlay: one tree of values laid over another, nulls kept.

use std::sync::Arc;

use crate::value::{Provenance, Value};

/// Lays `over` over `base`: maps are merged key by key, anything else replaces what it meets, null included. What is
/// replaced is kept in `provenance`. Tells whether `base` was a map and is still the same one.
///
/// Helm's `MergeMaps` (pkg/chart/loader). The order matters, the grouping does not: overlay is associative.
pub fn overlay(base: &mut Value, over: Value, provenance: &mut Provenance) -> bool {
    match (&mut *base, over) {
        (Value::Map(below, _), Value::Map(above, _)) => {
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
            let origin = over.origin();
            let old = std::mem::take(base);
            let origin = provenance.beneath(origin, old);
            *base = over.with_origin(origin);
            false
        }
    }
}
