//! Whether two values are the same: Go's way and the way of everyone else.

use super::Context;
use crate::runtime::{Numbers, Runtime};
use crate::value::Num;

/// `reflect.DeepEqual` where numbers are Go's. Elsewhere numbers count by value: the 1 that a template writes is the
/// 1 that stands in the values.
pub(super) fn equal(ctx: &Context<'_>, a: &Runtime, b: &Runtime) -> bool {
    ctx.numbers() == Numbers::Go && a == b || ctx.numbers() == Numbers::Exact && loosely(a, b, 0)
}

fn loosely(a: &Runtime, b: &Runtime, depth: usize) -> bool {
    match (a, b) {
        _ if depth > 1000 => false,
        (Runtime::List(a), Runtime::List(b)) => {
            a.len() == b.len() && a.items().iter().zip(b.items()).all(|(a, b)| loosely(a, b, depth + 1))
        }
        (Runtime::Map(a), Runtime::Map(b)) => {
            a.same(b)
                || a.len() == b.len()
                    && a.entries()
                        .iter()
                        .all(|(key, value)| b.get(key).is_some_and(|other| loosely(value, &other, depth + 1)))
        }
        _ => match (integer(a), integer(b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a == b,
            _ => a.as_f64().is_some() && a.as_f64() == b.as_f64(),
        },
    }
}

fn integer(value: &Runtime) -> Option<i128> {
    match value {
        Runtime::Int(n, crate::runtime::IntType::Uint64) => Some(i128::from(*n as u64)),
        Runtime::Int(n, _) | Runtime::YamlInt(Num::Int(n) | Num::Int64(n)) => Some(i128::from(*n)),
        Runtime::YamlInt(Num::Uint(n)) => Some(i128::from(*n)),
        _ => None,
    }
}
