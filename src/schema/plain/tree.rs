//! A schema's JSON as it is read for a plain yes: texts lie in the file where they can, maps are sorted lists.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The largest integer up to which a float64 holds every one.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A part of a schema.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::schema) enum Node<'a> {
    Null,
    Bool(bool),
    /// An integer that a float64 holds exactly, written as one, or a number with a fraction.
    Number(f64),
    /// Any other number: `1.0`, or a large one.
    Odd,
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// Entries by key.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// The JSON in a text; `None` also where a key stands twice.
    pub fn read(text: &'a [u8]) -> Option<Node<'a>> {
        serde_json::from_str(std::str::from_utf8(text).ok()?).ok()
    }

    /// The value of a key; none where this is no map.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        let Node::Map(entries) = self else { return None };
        let at = entries.binary_search_by(|(k, _)| k.as_ref().cmp(key)).ok()?;
        Some(&entries[at].1)
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a reference leads to from the root, through keywords that hold schemas by name.
    pub fn target(&self, reference: &str) -> Option<&Node<'a>> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"$/._-".contains(&b);
        let pointer = reference.strip_prefix('#').filter(|pointer| pointer.bytes().all(plain))?;
        let mut steps = pointer.split('/');
        if !steps.next()?.is_empty() {
            return None;
        }
        let mut at = self;
        while let Some(keyword) = steps.next() {
            let holds_schemas = matches!(keyword, "$defs" | "definitions" | "properties");
            at = holds_schemas.then(|| at.get(keyword)?.get(steps.next()?)).flatten()?;
        }
        Some(at)
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(integer(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(integer(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(if value.fract() == 0.0 { Node::Odd } else { Node::Number(value) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry()? {
            // A key is read as any text is, since that borrows it.
            let Node::Text(key) = key else { return Err(A::Error::custom("a key that is no text")) };
            map.push((key, value));
        }
        map.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        match map.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            true => Err(A::Error::custom("a key stands twice")),
            false => Ok(Node::Map(map)),
        }
    }
}

fn integer<'a>(value: f64) -> Node<'a> {
    if value.abs() < EXACT { Node::Number(value) } else { Node::Odd }
}
