//! A value with what Go's reflection would know of it besides.

use crate::runtime::{Numbers, Runtime};

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
}

impl Val {
    /// No value at all.
    pub const INVALID: Val = Val { value: Runtime::Nil, wrapped: false };

    /// A value under its own type.
    pub fn bare(value: Runtime) -> Val {
        Val { value, wrapped: false }
    }

    /// A value that something of type `interface {}` holds.
    pub fn wrapped(value: Runtime) -> Val {
        Val { value, wrapped: true }
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
