//! What a schema of known forms says of values: `Some` of the crate's own verdict, or `None` where that is in doubt.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use jsonschema::Draft;

use super::Node;
use super::tree::EXACT;
use crate::regexp::Regex;
use crate::schema::formats;
use crate::value::{Map, Num, Value};

/// How deep references and values may lead, and how many parts may be asked: references can run in circles.
const DEPTH: u32 = 200;
const PARTS: u32 = 1 << 20;

/// Asks the parts of one schema.
pub(super) struct Judge<'s> {
    root: &'s Node<'s>,
    draft: Draft,
    left: Cell<u32>,
    patterns: RefCell<Known<'s, Option<Regex>>>,
    targets: RefCell<Known<'s, Option<&'s Node<'s>>>>,
}

/// What was made of texts in the schema: most come again.
type Known<'s, T> = HashMap<&'s str, T, foldhash::fast::FixedState>;

impl<'s> Judge<'s> {
    pub fn new(root: &'s Node<'s>, draft: Draft) -> Self {
        Judge { root, draft, left: Cell::new(PARTS), patterns: RefCell::default(), targets: RefCell::default() }
    }

    /// Whether a value fits a part of the schema.
    pub fn fits(&self, schema: &'s Node<'s>, value: &Value, depth: u32) -> Option<bool> {
        let entries = match schema {
            Node::Bool(accepts) => return Some(*accepts),
            Node::Map(entries) => entries,
            _ => return None,
        };
        self.left.set(self.left.get().checked_sub(1)?);
        if depth > DEPTH {
            return None;
        }
        // Up to draft 7 a reference stands for itself.
        if self.draft < Draft::Draft201909
            && let Some(reference) = schema.get("$ref")
        {
            return self.fits(self.target(reference.text()?)?, value, depth + 1);
        }
        all(entries, |(keyword, node)| self.keyword(schema, keyword, node, value, depth + 1))
    }

    fn keyword(
        &self,
        schema: &'s Node<'s>,
        keyword: &str,
        node: &'s Node<'s>,
        value: &Value,
        depth: u32,
    ) -> Option<bool> {
        let fits = |part: &'s Node<'s>| self.fits(part, value, depth);
        match (keyword, node, value) {
            ("description" | "default", ..) => Some(true),
            ("type", Node::List(types), _) => any(types, |name| is_type(name, value)),
            ("type", name, _) => is_type(name, value),
            ("enum", Node::List(choices), _) => any(choices, |choice| equals(choice, value)),
            ("const", constant, _) => equals(constant, value),
            ("$ref", Node::Text(reference), _) => fits(self.target(reference)?),
            ("allOf", Node::List(parts), _) => all(parts, fits),
            ("anyOf", Node::List(parts), _) => any(parts, fits),
            ("oneOf", Node::List(parts), _) => Some(count(parts, fits)? == 1),
            ("not", part, _) => Some(!fits(part)?),
            ("if", condition, _) => schema.get(if fits(condition)? { "then" } else { "else" }).map_or(Some(true), fits),
            (_, _, Value::Map(map, _)) => self.object(schema, keyword, node, map, depth),
            (_, _, Value::List(items, _)) => self.array(keyword, node, items, depth),
            (_, _, Value::Str(text, _)) => self.string(keyword, node, text),
            (_, Node::Number(limit), Value::Num(num, _)) => number(keyword, *limit, *num),
            _ => Some(true),
        }
    }

    fn object(&self, schema: &'s Node<'s>, keyword: &str, node: &'s Node<'s>, map: &Map, depth: u32) -> Option<bool> {
        match (keyword, node) {
            ("properties", properties) => {
                all(map, |(key, value)| properties.get(key).map_or(Some(true), |part| self.fits(part, value, depth)))
            }
            ("patternProperties", Node::Map(parts)) => all(map, |(key, value)| {
                all(parts, |(pattern, part)| match self.matches(pattern, key)? {
                    true => self.fits(part, value, depth),
                    false => Some(true),
                })
            }),
            ("additionalProperties", part) => all(map, |(key, value)| match self.is_listed(schema, key)? {
                true => Some(true),
                false => self.fits(part, value, depth),
            }),
            ("propertyNames", part) => all(map, |(key, _)| self.fits(part, &Value::str(key.as_str()), depth)),
            ("required", Node::List(names)) => all(names, |name| Some(map.get(name.text()?).is_some())),
            ("minProperties", Node::Number(least)) => Some(map.len() as f64 >= *least),
            ("maxProperties", Node::Number(most)) => Some(map.len() as f64 <= *most),
            _ => Some(true),
        }
    }

    /// Whether a key is among the properties of a schema, or fits one of its patterns.
    fn is_listed(&self, schema: &'s Node<'s>, key: &str) -> Option<bool> {
        if schema.get("properties").is_some_and(|properties| properties.get(key).is_some()) {
            return Some(true);
        }
        match schema.get("patternProperties") {
            Some(Node::Map(parts)) => any(parts, |(pattern, _)| self.matches(pattern, key)),
            _ => Some(false),
        }
    }

    fn array(&self, keyword: &str, node: &'s Node<'s>, items: &[Value], depth: u32) -> Option<bool> {
        match (keyword, node) {
            ("items", part) => all(items, |item| self.fits(part, item, depth)),
            ("minItems", Node::Number(least)) => Some(items.len() as f64 >= *least),
            ("maxItems", Node::Number(most)) => Some(items.len() as f64 <= *most),
            ("uniqueItems", Node::Bool(true)) => are_unique(items),
            _ => Some(true),
        }
    }

    fn string(&self, keyword: &str, node: &'s Node<'s>, text: &str) -> Option<bool> {
        match (keyword, node) {
            ("minLength", Node::Number(least)) => Some(text.chars().count() as f64 >= *least),
            ("maxLength", Node::Number(most)) => Some(text.chars().count() as f64 <= *most),
            ("pattern", Node::Text(pattern)) => self.matches(pattern, text),
            ("format", Node::Text(name)) if self.draft < Draft::Draft201909 => {
                formats::NAMES.contains(&name.as_ref()).then(|| formats::check(name, text).is_ok())
            }
            _ => Some(true),
        }
    }

    fn target(&self, reference: &'s str) -> Option<&'s Node<'s>> {
        *self.targets.borrow_mut().entry(reference).or_insert_with(|| self.root.target(reference))
    }

    fn matches(&self, pattern: &'s str, text: &str) -> Option<bool> {
        let mut patterns = self.patterns.borrow_mut();
        let regex = patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        Some(regex.as_ref()?.is_match(text.as_bytes()))
    }
}

/// Whether something holds of all items: doubt about one that comes before the first exception is doubt about all.
fn all<T>(items: impl IntoIterator<Item = T>, mut holds: impl FnMut(T) -> Option<bool>) -> Option<bool> {
    for item in items {
        if !holds(item)? {
            return Some(false);
        }
    }
    Some(true)
}

fn any<T>(items: impl IntoIterator<Item = T>, mut holds: impl FnMut(T) -> Option<bool>) -> Option<bool> {
    all(items, |item| Some(!holds(item)?)).map(|none| !none)
}

fn count<T>(items: impl IntoIterator<Item = T>, mut holds: impl FnMut(T) -> Option<bool>) -> Option<usize> {
    items.into_iter().try_fold(0, |count, item| Some(count + usize::from(holds(item)?)))
}

fn is_type(name: &Node<'_>, value: &Value) -> Option<bool> {
    Some(match name.text()? {
        "null" => value.is_null(),
        "boolean" => matches!(value, Value::Bool(..)),
        "number" => matches!(value, Value::Num(..)),
        "integer" => matches!(value, Value::Num(num, _) if num.as_f64().fract() == 0.0),
        "string" => matches!(value, Value::Str(..)),
        "array" => matches!(value, Value::List(..)),
        "object" => matches!(value, Value::Map(..)),
        _ => return None,
    })
}

/// Whether a value is one that a schema names; lists and maps are compared by the crate.
fn equals(node: &Node<'_>, value: &Value) -> Option<bool> {
    match (node, value) {
        (Node::List(_), Value::List(..)) | (Node::Map(_), Value::Map(..)) | (Node::Odd, Value::Num(..)) => None,
        (Node::Null, Value::Null(_)) => Some(true),
        (Node::Bool(a), Value::Bool(b, _)) => Some(a == b),
        (Node::Text(a), Value::Str(b, _)) => Some(a.as_ref() == b.as_str()),
        (Node::Number(a), Value::Num(b, _)) => Some(*a == exact(*b)?),
        _ => Some(false),
    }
}

/// A number, where a float64 is sure to hold it.
fn exact(num: Num) -> Option<f64> {
    Some(num.as_f64()).filter(|number| number.abs() < EXACT)
}

fn number(keyword: &str, limit: f64, num: Num) -> Option<bool> {
    Some(match keyword {
        "minimum" => exact(num)? >= limit,
        "maximum" => exact(num)? <= limit,
        "exclusiveMinimum" => exact(num)? > limit,
        "exclusiveMaximum" => exact(num)? < limit,
        _ => true,
    })
}

/// Whether no item stands twice; known of texts alone.
fn are_unique(items: &[Value]) -> Option<bool> {
    let texts: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
    let mut texts = texts?;
    texts.sort_unstable();
    Some(texts.windows(2).all(|pair| pair[0] != pair[1]))
}
