//! `eq` and `lt`, with Go's rules on which types compare.

use std::cmp::Ordering;

use crate::engine::gotpl::complex::Complex;
use crate::engine::gotpl::fmt;
use crate::runtime::{IntType, Numbers, Runtime};

/// A value of one of the kinds that compare by value.
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(Complex),
    Text(&'v [u8]),
}

fn basic(value: &Runtime) -> Option<Basic<'_>> {
    Some(match value {
        Runtime::Bool(b) => Basic::Bool(*b),
        Runtime::Int(n, IntType::Int | IntType::Int64 | IntType::Int32) => Basic::Int(*n),
        Runtime::Int(n, _) => Basic::Uint(*n as u64),
        Runtime::Float(n) => Basic::Float(*n),
        Runtime::YamlInt(n) => Basic::Float(n.as_f64()),
        Runtime::Str(text) => Basic::Text(text.as_bytes()),
        Runtime::Binary(bytes) => Basic::Text(bytes),
        Runtime::Object(object) => match Complex::of(value) {
            Some(complex) => Basic::Complex(complex),
            None => Basic::Int(object.as_int()?),
        },
        _ => return None,
    })
}

/// `eq`: whether the first equals one of the others.
pub(super) fn equal(first: &Runtime, others: &[Runtime]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal_one(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_one(a: &Runtime, b: &Runtime) -> Result<bool, String> {
    match (basic(a), basic(b)) {
        (Some(x), Some(y)) => match (x, y) {
            (Basic::Bool(x), Basic::Bool(y)) => Ok(x == y),
            (Basic::Int(x), Basic::Int(y)) => Ok(x == y),
            (Basic::Uint(x), Basic::Uint(y)) => Ok(x == y),
            (Basic::Int(x), Basic::Uint(y)) | (Basic::Uint(y), Basic::Int(x)) => Ok(u64::try_from(x) == Ok(y)),
            (Basic::Float(x), Basic::Float(y)) => Ok(x == y),
            (Basic::Complex(x), Basic::Complex(y)) => Ok(x == y),
            (Basic::Text(x), Basic::Text(y)) => Ok(x == y),
            _ => Err(incompatible(a, b)),
        },
        (None, None) => equal_by_identity(a, b),
        _ if matches!(a, Runtime::Nil) || matches!(b, Runtime::Nil) => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

fn incompatible(a: &Runtime, b: &Runtime) -> String {
    let (a, b) = (a.type_name(Numbers::Go), b.type_name(Numbers::Go));
    format!("incompatible types for comparison: {a} and {b}")
}

/// What is neither number nor text compares with nil, and where Go can compare it, with itself.
fn equal_by_identity(a: &Runtime, b: &Runtime) -> Result<bool, String> {
    let is_nil = |value: &Runtime| match value {
        Runtime::Nil => true,
        Runtime::Map(map) => map.is_nil(),
        Runtime::List(list) => list.is_nil(),
        _ => false,
    };
    let invalid = matches!(a, Runtime::Nil) || matches!(b, Runtime::Nil);
    if a.kind_name(Numbers::Go) != b.kind_name(Numbers::Go) && !invalid {
        let (type_a, type_b) = (a.type_name(Numbers::Go), b.type_name(Numbers::Go));
        return Err(format!("non-comparable types {}: {type_a}, {type_b}: {}", shown(a, "%s"), shown(b, "%v")));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match b {
        Runtime::Object(object) if !matches!(object.kind_name(), "map" | "slice") => Ok(a == b),
        _ => Err(format!("non-comparable type {}: {}", shown(b, "%s"), b.type_name(Numbers::Go))),
    }
}

fn shown(value: &Runtime, format: &str) -> String {
    String::from_utf8_lossy(&fmt::sprintf(format.as_bytes(), std::slice::from_ref(value))).into_owned()
}

/// `lt`.
pub(super) fn less(a: &Runtime, b: &Runtime) -> Result<bool, String> {
    let wrong = || "invalid type for comparison".to_owned();
    let (x, y) = (basic(a).ok_or_else(wrong)?, basic(b).ok_or_else(wrong)?);
    let order = match (x, y) {
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(_), Basic::Complex(_)) => return Err(wrong()),
        (Basic::Int(x), Basic::Int(y)) => Some(x.cmp(&y)),
        (Basic::Uint(x), Basic::Uint(y)) => Some(x.cmp(&y)),
        (Basic::Int(x), Basic::Uint(y)) => Some(u64::try_from(x).map_or(Ordering::Less, |x| x.cmp(&y))),
        (Basic::Uint(x), Basic::Int(y)) => Some(u64::try_from(y).map_or(Ordering::Greater, |y| x.cmp(&y))),
        (Basic::Float(x), Basic::Float(y)) => x.partial_cmp(&y),
        (Basic::Text(x), Basic::Text(y)) => Some(x.cmp(y)),
        _ => return Err(incompatible(a, b)),
    };
    Ok(order == Some(Ordering::Less))
}
