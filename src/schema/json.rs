//! The merged values as the JSON that Helm's validator sees, read in place: nothing is copied.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};

use crate::value::{Map, Num, Str, Value};

/// The representation of JSON that the validator is compiled for.
pub(super) struct Values;

impl Json for Values {
    type Node<'a> = &'a Value;
    type PreparedKey = Str;
    type StringBuffer = Value;

    fn prepare_key(key: &str) -> Str {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut Value, string: &str, f: impl FnOnce(&Value) -> T) -> T {
        *buffer = Value::str(string);
        f(buffer)
    }
}

impl<'a> Node<'a, Values> for &'a Value {
    type Object = &'a Map;
    type Array = &'a [Value];
    type Number = HelmNumber;

    fn as_object(&self) -> Option<&'a Map> {
        match self {
            Value::Map(map, _) => Some(map),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<&'a [Value]> {
        match self {
            Value::List(items, _) => Some(items),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Value::Str(text, _) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<HelmNumber> {
        match self {
            Value::Num(num, _) => Some(HelmNumber(*num)),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_null(&self) -> bool {
        Value::is_null(self)
    }

    fn is_number(&self) -> bool {
        matches!(self, Value::Num(..))
    }

    fn json_type(&self) -> JsonType {
        match self {
            Value::Null(_) => JsonType::Null,
            Value::Bool(..) => JsonType::Boolean,
            Value::Num(..) => JsonType::Number,
            Value::Str(..) => JsonType::String,
            Value::List(..) => JsonType::Array,
            Value::Map(..) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &serde_json::Value) -> bool {
        equals(self, expected)
    }

    /// What errors carry. They name their place in the values, so lists and maps are not copied into them; nothing else
    /// asks, since `equals_value` and `is_unique` read the values themselves.
    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        Cow::Owned(match self {
            Value::List(..) | Value::Map(..) => serde_json::Value::Null,
            scalar => to_json(scalar),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref::<Value>(self) as usize))
    }
}

impl<'a> Object<'a, Values> for &'a Map {
    type Node = &'a Value;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        Map::len(self)
    }

    fn get(&self, key: &Str) -> Option<&'a Value> {
        Map::get(self, key)
    }

    fn members(&self) -> Members<'a> {
        Members(self.iter())
    }
}

/// The entries of a map, as the validator walks them.
pub(super) struct Members<'a>(<&'a Map as IntoIterator>::IntoIter);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.as_str(), value))
    }
}

impl<'a> Array<'a, Values> for &'a [Value] {
    type Node = &'a Value;
    type ElementsIter = std::slice::Iter<'a, Value>;

    fn len(&self) -> usize {
        <[Value]>::len(self)
    }

    fn elements(&self) -> std::slice::Iter<'a, Value> {
        self.iter()
    }

    fn is_unique(&self) -> bool {
        let items: Vec<_> = self.iter().map(|item| Cow::Owned(to_json(item))).collect();
        jsonschema::json::unique::is_unique(&items)
    }
}

/// A number as Helm holds it: integers from YAML are float64 there, and a float64 without a fraction is an integer in
/// every draft.
pub(super) struct HelmNumber(Num);

impl HelmNumber {
    /// The integer that Helm's validator computes with, where there is one.
    fn integer(&self) -> Option<i128> {
        match self.0 {
            Num::Int64(n) => Some(n.into()),
            num => integral(num.as_f64()),
        }
    }
}

/// The integer that a float64 is; none for those so large that only the float itself is used.
fn integral(number: f64) -> Option<i128> {
    (number.fract() == 0.0 && number.abs() < 1e19).then_some(number as i128)
}

impl JsonNumber for HelmNumber {
    fn as_u64(&self) -> Option<u64> {
        self.integer().and_then(|n| n.try_into().ok())
    }

    fn as_i64(&self) -> Option<i64> {
        self.integer().and_then(|n| n.try_into().ok())
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.0.as_f64())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_number().to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(to_number(self.0))
    }

    fn is_integer(&self) -> bool {
        self.0.as_f64().fract() == 0.0
    }

    fn is_written_as_integer(&self) -> bool {
        self.is_integer()
    }
}

fn to_number(num: Num) -> serde_json::Number {
    let num = HelmNumber(num);
    if let Some(n) = num.as_i64() {
        return n.into();
    }
    match num.as_u64() {
        Some(n) => n.into(),
        // Values hold neither NaN nor infinities: JSON has none, and Helm's reader goes through JSON.
        None => serde_json::Number::from_f64(num.0.as_f64()).unwrap_or_else(|| 0.into()),
    }
}

fn equals(value: &Value, json: &serde_json::Value) -> bool {
    use serde_json::Value as J;
    match (value, json) {
        (Value::Null(_), J::Null) => true,
        (Value::Bool(a, _), J::Bool(b)) => a == b,
        (Value::Str(a, _), J::String(b)) => a == b,
        (Value::Num(a, _), J::Number(b)) => jsonschema::json::cmp::equal_numbers(&to_number(*a), b),
        (Value::List(a, _), J::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equals(a, b)),
        (Value::Map(a, _), J::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key.as_str()).is_some_and(|b| equals(a, b)))
        }
        _ => false,
    }
}

/// A copy as serde_json holds it.
pub(super) fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as J;
    match value {
        Value::Null(_) => J::Null,
        Value::Bool(b, _) => J::Bool(*b),
        Value::Num(num, _) => J::Number(to_number(*num)),
        Value::Str(text, _) => J::String(text.as_str().to_owned()),
        Value::List(items, _) => items.iter().map(to_json).collect(),
        Value::Map(map, _) => map.iter().map(|(k, v)| (k.as_str().to_owned(), to_json(v))).collect(),
    }
}

/// JSON that was read by serde_json, as a value from nowhere.
pub(super) fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as J;
    match json {
        J::Null => Value::NULL,
        J::Bool(b) => Value::bool(*b),
        J::Number(n) => Value::Num(from_number(n), crate::value::Origin::NONE),
        J::String(text) => Value::str(text.as_str()),
        J::Array(items) => Value::list(items.iter().map(from_json)),
        J::Object(entries) => Value::map(entries.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

fn from_number(number: &serde_json::Number) -> Num {
    match (number.as_i64(), number.as_u64()) {
        (Some(n), _) => Num::Int(n),
        (None, Some(n)) => Num::Uint(n),
        _ => Num::Float(number.as_f64().unwrap_or(0.0)),
    }
}

/// What JSON Schema calls the type of a value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null(_) => "null",
        Value::Bool(..) => "boolean",
        Value::Num(..) => "number",
        Value::Str(..) => "string",
        Value::List(..) => "array",
        Value::Map(..) => "object",
    }
}
