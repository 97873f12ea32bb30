//! Two resources, or any two values, compared field by field.

use std::sync::Arc;

use crate::value::{Map, Str, Value};

use super::features::Hashing;
use super::list::{self, Fate};
use super::report::{Change, Detail};
use super::{FieldPath, Resource, Step, keys, quantity, text};

/// The fields of a resource that are not the same, in the order of the new one, what is gone after its neighbours.
pub(super) fn changes(old: &Resource, new: &Resource, order: bool) -> Vec<Change> {
    let mut walk = Walk { kind: &new.id.kind, order, hashing: Hashing::default(), path: vec![], changes: vec![] };
    walk.node(&old.value, &new.value);
    walk.changes
}

struct Walk<'a> {
    /// Empty for what is no manifest.
    kind: &'a str,
    /// Whether another order of a list's items is a change.
    order: bool,
    hashing: Hashing,
    path: Vec<Step>,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn node(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Map(old, _), Value::Map(new, _)) => self.map(old, new),
            (Value::List(old, _), Value::List(new, _)) if old == new => {}
            (Value::List(old, _), Value::List(new, _)) => self.list(old, new),
            _ if old == new || quantity::same(&self.keys(), old, new) => {}
            (Value::Str(old, _), Value::Str(new, _)) if text::is_block(old) || text::is_block(new) => {
                let (old, new, json) = (old.clone(), new.clone(), text::are_json(old, new));
                self.change(Detail::Text { old, new, json });
            }
            _ => self.change(Detail::Replaced { old: old.clone(), new: new.clone() }),
        }
    }

    fn map(&mut self, old: &Map, new: &Map) {
        for (key, value) in new {
            self.field(key, old.get(key), Some(value));
        }
        for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(key)) {
            self.field(key, Some(value), None);
        }
    }

    fn field(&mut self, key: &Str, old: Option<&Value>, new: Option<&Value>) {
        let default = |value: &Value| is_default(&self.path, key, value);
        let (old_default, new_default) = (old.is_some_and(default), new.is_some_and(default));
        self.path.push(Step::Key(key.clone()));
        match (old.filter(|old| !is_nothing(self.kind, old)), new.filter(|new| !is_nothing(self.kind, new))) {
            (Some(old), Some(new)) => self.node(old, new),
            (Some(old), None) if !old_default => self.change(Detail::Removed(old.clone())),
            (None, Some(new)) if !new_default => self.change(Detail::Added(new.clone())),
            _ => {}
        }
        self.path.pop();
    }

    fn list(&mut self, old: &[Value], new: &[Value]) {
        let alignment = list::align(self.kind, &self.keys(), old, new, &self.hashing);
        for (fate, step) in alignment.items {
            self.path.push(step);
            match fate {
                Fate::Both(i, j) => self.node(&old[i], &new[j]),
                Fate::Removed(i) => self.change(Detail::Removed(old[i].clone())),
                Fate::Added(j) => self.change(Detail::Added(new[j].clone())),
            }
            self.path.pop();
        }
        if let Some((old, new)) = alignment.reordered.filter(|_| self.order) {
            self.change(Detail::Reordered { old, new });
        }
    }

    fn keys(&self) -> Vec<&str> {
        keys_of(&self.path)
    }

    fn change(&mut self, detail: Detail) {
        self.changes.push(Change { path: FieldPath(self.path.clone()), detail });
    }
}

/// In a manifest null says as much as nothing. In other YAML it says something: in values it deletes.
fn is_nothing(kind: &str, value: &Value) -> bool {
    value.is_null() && !kind.is_empty()
}

/// Whether a field of a list's item is one of those that it is known by, with the value that it has when left out.
fn is_default(path: &[Step], key: &str, value: &Value) -> bool {
    let Some(Step::Item(fields)) = path.last() else { return false };
    let default = keys::default(key);
    fields.iter().any(|(field, _)| *field == key) && !default.is_empty() && value.as_str() == Some(&default)
}

fn keys_of(path: &[Step]) -> Vec<&str> {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        _ => None,
    });
    keys.collect()
}

/// The new value as it is laid beside the old one line by line: what is the same to Kubernetes is written as it was.
pub fn reconciled(old: &Resource, new: &Resource) -> Value {
    Reconcile { kind: &new.id.kind, hashing: Hashing::default(), path: Vec::new() }.node(&old.value, &new.value)
}

struct Reconcile<'a> {
    kind: &'a str,
    hashing: Hashing,
    path: Vec<Step>,
}

impl Reconcile<'_> {
    fn node(&mut self, old: &Value, new: &Value) -> Value {
        match (old, new) {
            (Value::Map(old, _), Value::Map(new, origin)) => Value::Map(Arc::new(self.map(old, new)), *origin),
            (Value::List(old_items, _), Value::List(new_items, _)) if old_items == new_items => old.clone(),
            (Value::List(old, _), Value::List(new, origin)) => Value::List(Arc::new(self.list(old, new)), *origin),
            _ if old == new || quantity::same(&keys_of(&self.path), old, new) => old.clone(),
            _ => new.clone(),
        }
    }

    /// Keys in the order of the old map, new ones after them.
    fn map(&mut self, old: &Map, new: &Map) -> Map {
        let mut map = Map::new();
        for (key, old) in old {
            let says = |value: &&Value| !is_nothing(self.kind, value);
            match new.get(key).filter(says) {
                Some(new) => {
                    self.path.push(Step::Key(key.clone()));
                    map.push(key.clone(), self.node(old, new));
                    self.path.pop();
                }
                None if is_nothing(self.kind, old) || is_default(&self.path, key, old) => {
                    map.push(key.clone(), old.clone());
                }
                None => {}
            }
        }
        let come = new.iter().filter(|(key, new)| !old.contains_key(key) && !is_nothing(self.kind, new));
        for (key, new) in come.filter(|(key, new)| !is_default(&self.path, key, new)) {
            map.push(key.clone(), new.clone());
        }
        map
    }

    fn list(&mut self, old: &[Value], new: &[Value]) -> Vec<Value> {
        let mut alignment = list::align(self.kind, &keys_of(&self.path), old, new, &self.hashing);
        if matches!(alignment.items.first(), Some((_, Step::Member(_)))) {
            // The order of a set means nothing, so it stays.
            alignment.items.sort_by_key(|(fate, _)| match fate {
                Fate::Both(i, _) | Fate::Removed(i) => *i,
                Fate::Added(_) => usize::MAX,
            });
        }
        let items = alignment.items.into_iter().filter_map(|(fate, step)| match fate {
            Fate::Both(i, j) => {
                self.path.push(step);
                let item = self.node(&old[i], &new[j]);
                self.path.pop();
                Some(item)
            }
            Fate::Added(j) => Some(new[j].clone()),
            Fate::Removed(_) => None,
        });
        items.collect()
    }
}
