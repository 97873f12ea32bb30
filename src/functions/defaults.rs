//! What stands in for what is missing or empty.
//!
//! Semantics: Sprig 3.3.0 `defaults.go`; empty is what Go's `if` does not take.

use super::Function;
use super::Param::{Any, Bool};
use super::args::{any, boolean, list};
use crate::runtime::Runtime;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("default", &[Any], |_, a| {
        Ok(a.get(1).filter(|given| given.truthy()).map_or_else(|| any(a, 0), Ok)?.clone())
    })
    .rest(Any),
    Function::new("empty", &[Any], |_, a| Ok((!any(a, 0)?.truthy()).into())),
    Function::new("coalesce", &[], |_, a| Ok(a.iter().find(|value| value.truthy()).cloned().unwrap_or(Runtime::Nil)))
        .rest(Any),
    Function::new("all", &[], |_, a| Ok(a.iter().all(Runtime::truthy).into())).rest(Any),
    Function::new("any", &[], |_, a| Ok(a.iter().any(Runtime::truthy).into())).rest(Any),
    Function::new("ternary", &[Any, Any, Bool], |_, a| Ok(any(a, usize::from(!boolean(a, 2)?))?.clone())),
    Function::new("compact", &[Any], |ctx, a| compact(list(ctx, a, 0, "Cannot compact on type")?.items())),
    Function::new("mustCompact", &[Any], |ctx, a| compact(list(ctx, a, 0, "Cannot compact on type")?.items())),
];

fn compact(items: &[Runtime]) -> super::args::Out {
    Ok(Runtime::list(items.iter().filter(|item| item.truthy()).cloned()))
}
