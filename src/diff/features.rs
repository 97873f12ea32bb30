//! What resources are alike in: the hashes of their fields, and of the lines of their texts.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use crate::value::Value;

use super::Resource;

/// One seed for all: hashes are compared with each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Hashing(foldhash::fast::RandomState);

/// The features of a resource, sorted, each once. Where `named`, its own name in a text counts as the same in all.
pub(super) fn of_resource(resource: &Resource, named: bool, hashing: &Hashing) -> Vec<u64> {
    let own_name = if named { resource.id.name.as_str() } else { "" };
    let mut features = Features { hashing, own_name, found: Vec::new() };
    let root = hashing.one(&0_u8);
    for (key, value) in resource.value.as_map().into_iter().flat_map(|map| map.iter()) {
        match (key.as_str(), value) {
            ("apiVersion" | "kind", _) => {}
            ("metadata", Value::Map(metadata, _)) => {
                let fields = metadata.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "namespace"));
                let metadata = hashing.pair(root, key);
                fields.for_each(|(key, value)| features.add(value, hashing.pair(metadata, key)));
            }
            _ => features.add(value, hashing.pair(root, key)),
        }
    }
    features.sorted()
}

/// The features of any value.
pub(super) fn of_value(value: &Value, hashing: &Hashing) -> Vec<u64> {
    let mut features = Features { hashing, own_name: "", found: Vec::new() };
    features.add(value, 0);
    features.sorted()
}

/// How alike two sets of features are: twice what they share, as a part of what they have.
pub(super) fn likeness(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    match a.len() + b.len() {
        0 => 1.0,
        all => 2.0 * shared as f64 / all as f64,
    }
}

impl Hashing {
    pub(super) fn one(&self, data: &impl std::hash::Hash) -> u64 {
        self.0.hash_one(data)
    }

    fn pair(&self, seed: u64, text: &str) -> u64 {
        self.0.hash_one((seed, text))
    }

    /// The hash of a value; maps that are equal have the same whatever the order of their entries.
    pub(super) fn of(&self, value: &Value) -> u64 {
        let mut hasher = self.0.build_hasher();
        // A null, a false and a zero are as many bits of nothing.
        std::mem::discriminant(value).hash(&mut hasher);
        match value {
            Value::Null(_) => {}
            Value::Bool(b, _) => b.hash(&mut hasher),
            // All numbers that are equal, of whatever type, are so as float64s.
            Value::Num(n, _) => n.as_f64().to_bits().hash(&mut hasher),
            Value::Str(text, _) => text.hash(&mut hasher),
            Value::List(items, _) => items.iter().for_each(|item| self.of(item).hash(&mut hasher)),
            Value::Map(map, _) => {
                let sum = map.iter().fold(1_u64, |sum, (key, value)| sum.wrapping_add(self.pair(self.of(value), key)));
                sum.hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

struct Features<'a> {
    hashing: &'a Hashing,
    own_name: &'a str,
    found: Vec<u64>,
}

impl Features<'_> {
    /// Adds those of a value at a path, of which the hash is given. Places in lists do not count.
    fn add(&mut self, value: &Value, path: u64) {
        match value {
            Value::Map(map, _) if !map.is_empty() => {
                map.iter().for_each(|(key, value)| self.add(value, self.hashing.pair(path, key)));
            }
            Value::List(items, _) if !items.is_empty() => {
                let path = self.hashing.one(&path);
                items.iter().for_each(|item| self.add(item, path));
            }
            Value::Str(text, _) if text.contains('\n') => text.lines().for_each(|line| self.add_text(line, path)),
            Value::Str(text, _) => self.add_text(text, path),
            _ => self.found.push(self.hashing.one(&(path, self.hashing.of(value)))),
        }
    }

    fn add_text(&mut self, text: &str, path: u64) {
        let feature = if !self.own_name.is_empty() && text.contains(self.own_name) {
            self.hashing.pair(path, &text.replace(self.own_name, "\0"))
        } else {
            self.hashing.pair(path, text)
        };
        self.found.push(feature);
    }

    fn sorted(mut self) -> Vec<u64> {
        self.found.sort_unstable();
        self.found.dedup();
        self.found
    }
}
