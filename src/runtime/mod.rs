//! What templates compute with: [`Value`]s, and what only templates see (Go's integer types, bytes that are not text,
//! maps with identity, objects with methods).
//!
//! Both engines and the function library share it; it knows neither.

mod bytes;
mod go;
mod list;
mod map;
mod object;
pub mod text;
pub mod time;

use std::sync::Arc;

pub use bytes::Bytes;
pub use go::{Data, NilAs, Numbers};
pub use list::{Elem, List};
pub use map::MapRef;
pub use object::Object;

use crate::value::{Num, Origin, Str, Value};

/// Go's integer types, as far as a template can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IntType {
    /// `int`: literals, `len`, most counts.
    Int,
    /// `int64`: `--set`, Sprig's arithmetic.
    Int64,
    /// `int32`: runes that a `range` over text gives.
    Int32,
    /// `uint8`: a byte that `index` takes out of text.
    Uint8,
    /// `uint32`: Sprig's `adler32sum` and the like before they print.
    Uint32,
    /// `uint64`.
    Uint64,
}

/// A value while templates run.
///
/// Cloning is cheap, and a clone of a map is the same map: what is written through one is seen through the other, as
/// with Go's maps.
#[derive(Debug, Clone)]
pub enum Runtime {
    /// Go's nil, YAML's null.
    Nil,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64, IntType),
    /// A float64: every number that Helm reads from YAML.
    Float(f64),
    /// An integer from YAML, kept exact. Go templates see a float64, Jinja templates an integer.
    YamlInt(Num),
    /// Text.
    Str(Str),
    /// A Go string that is not UTF-8, such as what `b64dec` gives for a binary file.
    Binary(Arc<[u8]>),
    /// A list.
    List(List),
    /// A map.
    Map(MapRef),
    /// Something with fields or methods that is not a plain map: a time, a version, `.Files`.
    Object(Arc<dyn Object>),
}

impl Runtime {
    /// Text.
    pub fn str(text: impl Into<Str>) -> Runtime {
        Runtime::Str(text.into())
    }

    /// An `int`.
    pub fn int(n: i64) -> Runtime {
        Runtime::Int(n, IntType::Int)
    }

    /// An `int64`.
    pub fn int64(n: i64) -> Runtime {
        Runtime::Int(n, IntType::Int64)
    }

    /// A Go string of these bytes: text where they are UTF-8.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Runtime {
        match String::from_utf8(bytes.into()) {
            Ok(text) => Runtime::Str(text.into()),
            Err(err) => Runtime::Binary(err.into_bytes().into()),
        }
    }

    /// A `[]interface {}`.
    pub fn list(items: impl IntoIterator<Item = Runtime>) -> Runtime {
        Runtime::List(List::new(items.into_iter().collect(), Elem::Any))
    }

    /// A `[]string`.
    pub fn strings<S: Into<Str>>(items: impl IntoIterator<Item = S>) -> Runtime {
        Runtime::List(List::new(items.into_iter().map(|s| Runtime::Str(s.into())).collect(), Elem::Str))
    }

    /// A new `map[string]interface {}`.
    pub fn map<K: Into<Str>>(entries: impl IntoIterator<Item = (K, Runtime)>) -> Runtime {
        Runtime::Map(MapRef::new(entries.into_iter().map(|(k, v)| (k.into(), v))))
    }

    /// The number as a float64, where it is a number of any kind.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Runtime::Int(n, IntType::Uint64) => Some(*n as u64 as f64),
            Runtime::Int(n, _) => Some(*n as f64),
            Runtime::Float(n) => Some(*n),
            Runtime::YamlInt(n) => Some(n.as_f64()),
            _ => None,
        }
    }

    /// The text, where it is UTF-8 text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Runtime::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Whether Go's `if` takes it: not nil, false, zero, or empty.
    pub fn truthy(&self) -> bool {
        match self {
            Runtime::Nil => false,
            Runtime::Bool(b) => *b,
            Runtime::Int(n, _) => *n != 0,
            Runtime::Float(n) => *n != 0.0,
            Runtime::YamlInt(n) => n.as_f64() != 0.0,
            Runtime::Str(text) => !text.is_empty(),
            Runtime::Binary(bytes) => !bytes.is_empty(),
            Runtime::List(list) => !list.is_empty(),
            Runtime::Map(map) => !map.is_empty(),
            Runtime::Object(object) => object.truthy(),
        }
    }

    /// The data without what only templates see; maps and lists that no template changed are shared, not copied. A map
    /// or list that holds itself stands as null within itself.
    pub fn to_value(&self) -> Value {
        go::to_value(self)
    }

    /// The data of anything but a list or a map.
    fn scalar_value(&self) -> Value {
        match self {
            Runtime::Nil | Runtime::List(_) | Runtime::Map(_) => Value::NULL,
            Runtime::Bool(b) => Value::bool(*b),
            Runtime::Int(n, IntType::Uint64) if *n < 0 => Value::Num(Num::Uint(*n as u64), Origin::NONE),
            Runtime::Int(n, _) => Value::int(*n),
            Runtime::Float(n) => Value::Num(Num::Float(*n), Origin::NONE),
            Runtime::YamlInt(n) => Value::Num(*n, Origin::NONE),
            Runtime::Str(text) => Value::Str(text.clone(), Origin::NONE),
            Runtime::Binary(bytes) => Value::str(text::runes(bytes).collect::<String>()),
            Runtime::Object(object) => object.to_value(),
        }
    }

    /// What Go's `%v` prints, the form in which `{{ }}` and `toString` print a value; what is not UTF-8 is replaced.
    pub fn print_go(&self, out: &mut String) {
        match self {
            Runtime::Str(text) => out.push_str(text),
            _ => out.push_str(&String::from_utf8_lossy(&self.to_text(Numbers::Go))),
        }
    }
}

/// Numbers from YAML stay exact; maps and lists are shared.
impl From<&Value> for Runtime {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null(_) => Runtime::Nil,
            Value::Bool(b, _) => Runtime::Bool(*b),
            Value::Num(Num::Int64(n), _) => Runtime::int64(*n),
            Value::Num(Num::Float(n), _) => Runtime::Float(*n),
            Value::Num(n, _) => Runtime::YamlInt(*n),
            Value::Str(text, _) => Runtime::Str(text.clone()),
            Value::List(items, _) => Runtime::List(List::frozen(items.clone())),
            Value::Map(map, _) => Runtime::Map(MapRef::frozen(map.clone())),
        }
    }
}

/// Equal data, as Go's `reflect.DeepEqual` sees it: 1 and 1.0 are different, and so are an int and an int64.
impl PartialEq for Runtime {
    fn eq(&self, other: &Self) -> bool {
        go::equal(self, other, &mut std::collections::HashSet::new())
    }
}

impl From<bool> for Runtime {
    fn from(b: bool) -> Self {
        Runtime::Bool(b)
    }
}

impl From<String> for Runtime {
    fn from(text: String) -> Self {
        Runtime::Str(text.into())
    }
}

impl From<&str> for Runtime {
    fn from(text: &str) -> Self {
        Runtime::Str(text.into())
    }
}
