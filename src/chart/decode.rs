//! Data into typed fields, as Helm's YAML library does it by way of Go's JSON decoder.
//!
//! A key fits a field whatever its case; where text is asked for, numbers and booleans are taken as text; null leaves a
//! field as it is; keys are taken in byte order, and of several faults the first one counts.

use crate::diag::Pos;
use crate::value::{Num, Provenance, Value, format_float};

/// A value of the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in the words of Go's JSON decoder.
    pub message: String,
    /// Where the value was written.
    pub pos: Pos,
}

/// Where a value was written; for values as they were read, before anything overrode them.
pub(super) fn pos_of(value: &Value) -> Pos {
    Provenance::default().pos(value.origin())
}

/// Fills fields and keeps the first fault.
#[derive(Default)]
pub(super) struct Decoder {
    fault: Option<Fault>,
}

/// The place of a field: the Go struct that has it and its path from the root, for messages.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub owner: &'a str,
    pub parent: &'a str,
    pub name: &'a str,
}

impl std::fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let dot = if self.parent.is_empty() { "" } else { "." };
        write!(f, "{}.{}{dot}{}", self.owner, self.parent, self.name)
    }
}

impl Decoder {
    /// The first fault, if there was one.
    pub fn finish(self) -> Result<(), Fault> {
        self.fault.map_or(Ok(()), Err)
    }

    /// A fault in words of its own.
    pub fn fail(&mut self, value: &Value, message: impl Into<String>) {
        self.fault.get_or_insert_with(|| Fault { message: message.into(), pos: pos_of(value) });
    }

    fn mismatch(&mut self, value: &Value, field: Field<'_>, wanted: &str) {
        let got = json_kind(value);
        self.fail(value, format!("json: cannot unmarshal {got} into Go struct field {field} of type {wanted}"));
    }

    /// The entries of an object by the known keys they fit; none where it is null.
    pub fn root<'v>(&mut self, value: &'v Value, go_type: &str, known: &[&'static str]) -> Entries<'v> {
        match value {
            Value::Map(..) => known_entries(value, known),
            Value::Null(_) => Vec::new(),
            _ => {
                let got = json_kind(value);
                self.fail(value, format!("json: cannot unmarshal {got} into Go value of type {go_type}"));
                Vec::new()
            }
        }
    }

    /// The entries of an object in a list by the known keys they fit.
    pub fn object<'v>(
        &mut self,
        value: &'v Value,
        field: Field<'_>,
        go_type: &str,
        known: &[&'static str],
    ) -> Entries<'v> {
        if !matches!(value, Value::Map(..)) {
            self.mismatch(value, field, go_type);
        }
        known_entries(value, known)
    }

    /// Text.
    pub fn string(&mut self, value: &Value, field: Field<'_>, into: &mut String) {
        match as_text(value) {
            Some(text) => *into = text,
            None if value.is_null() => {}
            None => self.mismatch(value, field, "string"),
        }
    }

    /// A boolean.
    pub fn bool(&mut self, value: &Value, field: Field<'_>, into: &mut bool) {
        match value {
            Value::Bool(b, _) => *into = *b,
            Value::Null(_) => {}
            _ => self.mismatch(value, field, "bool"),
        }
    }

    /// The items of a list; `None` where it is null or no list.
    pub fn items<'v>(&mut self, value: &'v Value, field: Field<'_>, go_type: &str) -> Option<&'v [Value]> {
        match value {
            Value::List(items, _) => return Some(items),
            Value::Null(_) => {}
            _ => self.mismatch(value, field, go_type),
        }
        None
    }

    /// A list of texts; null among them is empty text.
    pub fn strings(&mut self, value: &Value, field: Field<'_>, into: &mut Vec<String>) {
        let items = self.items(value, field, "[]string").unwrap_or_default();
        into.clear();
        for item in items {
            let mut text = String::new();
            self.string(item, field, &mut text);
            into.push(text);
        }
    }

    /// A map of texts in key order.
    pub fn string_map(&mut self, value: &Value, field: Field<'_>) -> Option<Vec<(String, String)>> {
        let Value::Map(map, _) = value else {
            if !value.is_null() {
                self.mismatch(value, field, "map[string]string");
            }
            return None;
        };
        let text = |decoder: &mut Self, value: &Value| {
            let mut text = String::new();
            decoder.string(value, field, &mut text);
            text
        };
        Some(map.sorted().into_iter().map(|(key, value)| (key.to_string(), text(self, value))).collect())
    }
}

/// Known keys with what the data has under them, in the order of the keys as they were written.
pub(super) type Entries<'v> = Vec<(&'static str, &'v Value)>;

fn known_entries<'v>(value: &'v Value, known: &[&'static str]) -> Entries<'v> {
    let sorted = value.as_map().map(|map| map.sorted()).unwrap_or_default();
    sorted.into_iter().filter_map(|(key, value)| Some((find(key, known)?, value))).collect()
}

fn find(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let exact = known.iter().find(|k| **k == key);
    exact.or_else(|| known.iter().find(|k| k.eq_ignore_ascii_case(key))).copied()
}

/// A scalar as text, where a text field would take it.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text, _) => Some(text.to_string()),
        Value::Bool(b, _) => Some(b.to_string()),
        Value::Num(Num::Float(n), _) => Some(format_float(*n, 'g', -1)),
        Value::Num(n, _) => Some(n.to_string()),
        _ => None,
    }
}

/// What Go's decoder calls it.
fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null(_) => "null",
        Value::Bool(..) => "bool",
        Value::Num(..) => "number",
        Value::Str(..) => "string",
        Value::List(..) => "array",
        Value::Map(..) => "object",
    }
}
