//! A value with what Go's reflection would know of it besides.

use crate::runtime::{Numbers, Runtime};
use crate::value::{Origin, Value};

/// A value as an expression gives it.
///
/// Nil is two things in Go: a `reflect.Value` that is not valid, and a nil that a variable of type `interface {}`
/// holds, as an item of a list or an entry of a map is. Templates tell them apart in errors alone.
#[derive(Debug, Clone)]
pub(in crate::engine::gotpl) struct Val {
    /// The value.
    pub value: Runtime,
    /// Whether it was taken out of something of type `interface {}` and not looked into yet.
    pub wrapped: bool,
    /// Where it was written, in a traced render: for an entry or item of the merged values, untouched.
    pub origin: Origin,
}

impl Val {
    /// No value at all.
    pub const INVALID: Val = Val { value: Runtime::Nil, wrapped: false, origin: Origin::NONE };

    /// A value under its own type.
    pub fn bare(value: Runtime) -> Val {
        Val { value, wrapped: false, origin: Origin::NONE }
    }

    /// A value that something of type `interface {}` holds.
    pub fn wrapped(value: Runtime) -> Val {
        Val { value, wrapped: true, origin: Origin::NONE }
    }

    /// The merged value that it is, untouched, with the places where it and what it holds were written.
    pub fn merged(&self) -> Option<Value> {
        match &self.value {
            Runtime::Map(map) => map.merged().map(|map| Value::Map(map, self.origin)),
            Runtime::List(list) => list.merged().map(|items| Value::List(items, self.origin)),
            _ if self.origin == Origin::NONE => None,
            scalar => Some(scalar.to_value().with_origin(self.origin)),
        }
    }

    /// Its type before anything is looked into.
    pub fn outer_type(&self) -> &'static str {
        if self.wrapped { "interface {}" } else { self.value.type_name(Numbers::Go) }
    }

    /// Its type as Go tells it of an argument that does not fit: that of the value, unless there is none.
    pub fn argument_type(&self) -> &'static str {
        match self.value {
            Runtime::Nil => "interface {}",
            _ => self.value.type_name(Numbers::Go),
        }
    }
}

impl From<Runtime> for Val {
    fn from(value: Runtime) -> Self {
        Val::bare(value)
    }
}
