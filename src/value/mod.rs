//! The data that everything here computes with: null, bool, number, string, list and insertion-ordered map.
//!
//! Values are immutable once shared and cheap to share; whoever owns one alone may change it in place. Each node
//! carries its [`Origin`], so that any value can be asked where it was written. Knows nothing of YAML, charts or
//! templates.

mod go;
mod letters;
mod map;
mod origin;
mod path;

use std::sync::Arc;

pub use go::{format_float, print_go};
pub use letters::{is_digit, is_letter};
pub use map::Map;
pub use origin::{Edit, Misfit, Origin, OriginRecord, Provenance};
pub use path::{Path, PathError, Segment};

/// Text of a value: up to 15 bytes in place, longer text shared.
pub type Str = ecow::EcoString;

/// A number, with what Helm makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Num {
    /// An integer from YAML or JSON. Helm holds it as a float64.
    Int(i64),
    /// An integer above `i64::MAX` from YAML or JSON. Helm holds it as a float64.
    Uint(u64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// An integer that Helm holds as an int64: from `--set`, or computed.
    Int64(i64),
}

impl Num {
    /// The number as Helm holds it where that is a float64, and as the nearest float64 elsewhere.
    pub fn as_f64(self) -> f64 {
        match self {
            Num::Int(n) | Num::Int64(n) => n as f64,
            Num::Uint(n) => n as f64,
            Num::Float(n) => n,
        }
    }

    /// The number where it is an integer that an i64 holds; a float with an integral value counts.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Num::Int(n) | Num::Int64(n) => Some(n),
            Num::Uint(_) => None,
            Num::Float(n) => (n.fract() == 0.0 && n.abs() < 9.2e18).then_some(n as i64),
        }
    }
}

/// Prints integers in full and floats in the shortest form that reads back, with an exponent only where the decimal
/// form would be longer than 21 digits, as JSON does.
impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Num::Int(n) | Num::Int64(n) => write!(f, "{n}"),
            Num::Uint(n) => write!(f, "{n}"),
            Num::Float(n) if n.is_nan() => f.write_str(".nan"),
            Num::Float(n) if n.is_infinite() => f.write_str(if *n > 0.0 { ".inf" } else { "-.inf" }),
            Num::Float(n) if *n != 0.0 && !(1e-6..1e21).contains(&n.abs()) => f.write_str(&format_float(*n, 'e', -1)),
            Num::Float(n) => write!(f, "{n}"),
        }
    }
}

/// One node of a document: 24 bytes, shared below lists and maps.
///
/// Equality compares data alone: neither origins nor the kind of an integer count, and lists and maps compare by
/// content, maps without regard to order.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null(Origin),
    /// `true` or `false`.
    Bool(bool, Origin),
    /// A number.
    Num(Num, Origin),
    /// Text.
    Str(Str, Origin),
    /// A list.
    List(Arc<Vec<Value>>, Origin),
    /// A map from text to values.
    Map(Arc<Map>, Origin),
}

impl Value {
    /// Null, from nowhere.
    pub const NULL: Value = Value::Null(Origin::NONE);

    /// Text from nowhere.
    pub fn str(text: impl Into<Str>) -> Value {
        Value::Str(text.into(), Origin::NONE)
    }

    /// A boolean from nowhere.
    pub fn bool(b: bool) -> Value {
        Value::Bool(b, Origin::NONE)
    }

    /// An int64 from nowhere.
    pub fn int(n: i64) -> Value {
        Value::Num(Num::Int64(n), Origin::NONE)
    }

    /// A list from nowhere.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(Arc::new(items.into_iter().collect()), Origin::NONE)
    }

    /// A map from nowhere; of two entries with one key the later one counts.
    pub fn map<K: Into<Str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key.into(), value);
        }
        Value::Map(Arc::new(map), Origin::NONE)
    }

    /// Where it was written.
    pub fn origin(&self) -> Origin {
        match self {
            Value::Null(o) | Value::Bool(_, o) | Value::Num(_, o) => *o,
            Value::Str(_, o) | Value::List(_, o) | Value::Map(_, o) => *o,
        }
    }

    /// Says where it was written.
    pub fn set_origin(&mut self, origin: Origin) {
        match self {
            Value::Null(o) | Value::Bool(_, o) | Value::Num(_, o) => *o = origin,
            Value::Str(_, o) | Value::List(_, o) | Value::Map(_, o) => *o = origin,
        }
    }

    /// The same data with another origin.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Value {
        self.set_origin(origin);
        self
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Arc<Map>> {
        match self {
            Value::Map(map, _) => Some(map),
            _ => None,
        }
    }

    /// The map to change in place, where it is one; copied first if it is shared (one level of it).
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(map, _) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// The list, where it is one.
    pub fn as_list(&self) -> Option<&Arc<Vec<Value>>> {
        match self {
            Value::List(list, _) => Some(list),
            _ => None,
        }
    }

    /// The text, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text, _) => Some(text),
            _ => None,
        }
    }

    /// The boolean, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b, _) => Some(*b),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null(_))
    }

    /// The value under a key, where it is a map that has one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The value at a path below this one.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.segments().iter().try_fold(self, |value, segment| match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(i) => value.as_list()?.get(*i),
        })
    }

    /// Appends what Go's `%v` prints of it.
    pub fn print_into(&self, out: &mut String) {
        print_go(self, out);
    }

    /// What a person calls its type: `null`, `boolean`, `integer`, `number`, `string`, `list` or `map`.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null(_) => "null",
            Value::Bool(..) => "boolean",
            Value::Num(Num::Float(_), _) => "number",
            Value::Num(..) => "integer",
            Value::Str(..) => "string",
            Value::List(..) => "list",
            Value::Map(..) => "map",
        }
    }
}

impl Default for Value {
    fn default() -> Self {
        Value::NULL
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null(_), Value::Null(_)) => true,
            (Value::Bool(a, _), Value::Bool(b, _)) => a == b,
            (Value::Num(a, _), Value::Num(b, _)) => match (a.as_i64(), b.as_i64()) {
                (Some(a), Some(b)) => a == b,
                _ => a.as_f64() == b.as_f64(),
            },
            (Value::Str(a, _), Value::Str(b, _)) => a == b,
            (Value::List(a, _), Value::List(b, _)) => Arc::ptr_eq(a, b) || a == b,
            (Value::Map(a, _), Value::Map(b, _)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn numbers_print_in_full() {
        for (num, want) in [
            (Num::Int(1_000_000), "1000000"),
            (Num::Uint(u64::MAX), "18446744073709551615"),
            (Num::Float(1.5), "1.5"),
            (Num::Float(1e20), "100000000000000000000"),
            (Num::Float(1e21), "1e+21"),
            (Num::Float(1e-7), "1e-07"),
            (Num::Float(0.0), "0"),
        ] {
            assert_eq!(num.to_string(), want);
        }
    }
}
