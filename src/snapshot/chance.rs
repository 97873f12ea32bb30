//! What comes by chance: values that are different in a second render of the same.
//!
//! A mark stands for them, so that a password that a template makes up anew each time is no difference, and one that is
//! given where it was made up is. Text is marked word by word; keys, certificates and other blocks as a whole, since not
//! even their length need be the same.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diff::{RANDOM, Resource, Side};
use crate::value::{Map, Str, Value};

/// A render with a mark for each value that another render of the same has otherwise.
pub fn marked(fresh: &Side, again: &Side) -> Side {
    let pairs = fresh.resources.iter().zip(&again.resources);
    let same_kinds =
        fresh.resources.len() == again.resources.len() && pairs.clone().all(|(a, b)| a.id.kind == b.id.kind);
    let resources = match same_kinds {
        true => pairs.map(|(a, b)| resource(a, b)).collect(),
        // What is rendered at all is up to chance; nothing can be said of it.
        false => fresh.resources.clone(),
    };
    Side { resources, ..fresh.clone() }
}

fn resource(a: &Resource, b: &Resource) -> Resource {
    let mut value = node(&a.value, &b.value);
    if a.id.kind == "Secret"
        && let (Some(map), Some(before), Some(other)) = (value.as_map_mut(), a.value.get("data"), b.value.get("data"))
    {
        map.insert("data".into(), encoded(before, other));
    }
    Resource::new(value, a.template.clone())
}

fn node(a: &Value, b: &Value) -> Value {
    match (a, b) {
        _ if a == b => a.clone(),
        (Value::Map(map, origin), Value::Map(other, _)) => {
            let entry = |(key, value): (&Str, &Value)| {
                (key.clone(), other.get(key).map_or_else(|| value.clone(), |b| node(value, b)))
            };
            Value::Map(Arc::new(map.iter().map(entry).collect::<Map>()), *origin)
        }
        (Value::List(items, origin), Value::List(others, _)) if items.len() == others.len() => {
            Value::List(Arc::new(items.iter().zip(others.iter()).map(|(a, b)| node(a, b)).collect()), *origin)
        }
        (Value::List(..), Value::List(..)) => a.clone(),
        (Value::Str(one, origin), Value::Str(other, _)) => Value::Str(text(one, other).into(), *origin),
        _ => Value::str(RANDOM),
    }
}

/// The data of a Secret, marked below its encoding.
fn encoded(a: &Value, b: &Value) -> Value {
    let decode = |value: &Value| {
        let text: String = value.as_str()?.split_ascii_whitespace().collect();
        String::from_utf8(STANDARD.decode(text).ok()?).ok()
    };
    let entry = |(key, value): (&Str, &Value)| {
        let marked = match b.get(key) {
            Some(other) if other != value => match (decode(value), decode(other)) {
                (Some(one), Some(other)) => STANDARD.encode(text(&one, &other)),
                _ => STANDARD.encode(RANDOM),
            },
            _ => return (key.clone(), value.clone()),
        };
        (key.clone(), Value::Str(marked.into(), value.origin()))
    };
    match a {
        Value::Map(map, origin) => Value::Map(Arc::new(map.iter().map(entry).collect::<Map>()), *origin),
        other => other.clone(),
    }
}

/// Text with a mark for each word that is another; as a whole where it has other words, or is a key or certificate.
fn text(a: &str, b: &str) -> String {
    let (all, others): (Vec<&str>, Vec<&str>) = (words(a).collect(), words(b).collect());
    match all.len() == others.len() && !a.contains("-----BEGIN ") {
        _ if a == b => a.to_owned(),
        true => all.iter().zip(others).map(|(word, other)| if *word == other { word } else { RANDOM }).collect(),
        false => RANDOM.to_owned(),
    }
}

/// Words, and the spaces and quotes between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_gap = |c: char| c.is_whitespace() || c == '"';
    let mut rest = text;
    std::iter::from_fn(move || {
        let gap = is_gap(rest.chars().next()?);
        let end = rest.find(|c: char| is_gap(c) != gap).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}
