//! Maps while templates run: handles with identity, frozen until the first write.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;

use crate::value::{Map, Str, Value};

use super::Runtime;

/// A map. A clone is the same map, as in Go: what is written through one is seen through all.
///
/// A map of the merged values stays as it is and costs nothing until something is written to it or below it; only then
/// is it thawed, one level at a time, and the values it came from never change.
#[derive(Debug, Clone)]
pub struct MapRef(Arc<RwLock<State>>);

#[derive(Debug)]
enum State {
    /// As it stands in the values, with the handles given out for collections below it, which must stay the same.
    Frozen { map: Arc<Map>, given: IndexMap<usize, Runtime, foldhash::fast::RandomState> },
    /// Built or written to by a template.
    Thawed(IndexMap<Str, Runtime, foldhash::fast::RandomState>),
}

impl MapRef {
    /// A new map.
    pub fn new(entries: impl IntoIterator<Item = (Str, Runtime)>) -> Self {
        MapRef(Arc::new(RwLock::new(State::Thawed(entries.into_iter().collect()))))
    }

    /// A handle to a map of the merged values.
    pub fn frozen(map: Arc<Map>) -> Self {
        MapRef(Arc::new(RwLock::new(State::Frozen { map, given: IndexMap::default() })))
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether two handles are the same map.
    pub fn same(&self, other: &MapRef) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        match &*self.read() {
            State::Frozen { map, .. } => map.len(),
            State::Thawed(entries) => entries.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has an entry with this key.
    pub fn contains_key(&self, key: &str) -> bool {
        match &*self.read() {
            State::Frozen { map, .. } => map.contains_key(key),
            State::Thawed(entries) => entries.contains_key(key),
        }
    }

    /// The value under a key; the same handle each time where it is a map.
    pub fn get(&self, key: &str) -> Option<Runtime> {
        let index = match &*self.read() {
            State::Thawed(entries) => return entries.get(key).cloned(),
            State::Frozen { map, given } => {
                let index = map.index_of(key)?;
                match (map.get_index(index)?.1, given.get(&index)) {
                    (_, Some(handle)) => return Some(handle.clone()),
                    (Value::Map(..) | Value::List(..), None) => index,
                    (scalar, None) => return Some(Runtime::from(scalar)),
                }
            }
        };
        match &mut *self.write() {
            // Another thread may have thawed it between the two locks.
            State::Thawed(entries) => entries.get(key).cloned(),
            State::Frozen { map, given } => Some(give(map, given, index)),
        }
    }

    /// Puts a value under a key; a key that is there keeps its place.
    pub fn insert(&self, key: Str, value: Runtime) {
        let mut state = self.write();
        thaw(&mut state).insert(key, value);
    }

    /// Takes an entry out.
    pub fn remove(&self, key: &str) -> Option<Runtime> {
        let mut state = self.write();
        thaw(&mut state).shift_remove(key)
    }

    /// The keys in the order in which they were written.
    pub fn keys(&self) -> Vec<Str> {
        match &*self.read() {
            State::Frozen { map, .. } => map.keys().cloned().collect(),
            State::Thawed(entries) => entries.keys().cloned().collect(),
        }
    }

    /// The entries in the order in which they were written.
    pub fn entries(&self) -> Vec<(Str, Runtime)> {
        let mut state = self.write();
        match &mut *state {
            State::Thawed(entries) => entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            State::Frozen { map, given } => {
                (0..map.len()).filter_map(|i| Some((map.get_index(i)?.0.clone(), give(map, given, i)))).collect()
            }
        }
    }

    /// The entries in the byte order of their keys, as Go's templates walk a map.
    pub fn sorted(&self) -> Vec<(Str, Runtime)> {
        let mut entries = self.entries();
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        entries
    }

    /// The entries as data; shared where nothing was given out or written.
    pub fn to_values(&self) -> Arc<Map> {
        match &*self.read() {
            State::Frozen { map, given } if given.is_empty() => return map.clone(),
            _ => {}
        }
        Arc::new(self.entries().into_iter().map(|(k, v)| (k, v.to_value())).collect())
    }

    /// `map[a:1 b:2]`.
    pub fn print_go(&self, out: &mut String) {
        out.push_str("map[");
        for (i, (key, value)) in self.sorted().into_iter().enumerate() {
            if i > 0 {
                out.push(' ');
            }
            out.push_str(&key);
            out.push(':');
            value.print_go(out);
        }
        out.push(']');
    }
}

fn give(map: &Map, given: &mut IndexMap<usize, Runtime, foldhash::fast::RandomState>, index: usize) -> Runtime {
    match map.get_index(index) {
        Some((_, value @ (Value::Map(..) | Value::List(..)))) => {
            given.entry(index).or_insert_with(|| Runtime::from(value)).clone()
        }
        Some((_, scalar)) => Runtime::from(scalar),
        None => Runtime::Nil,
    }
}

fn thaw(state: &mut State) -> &mut IndexMap<Str, Runtime, foldhash::fast::RandomState> {
    if let State::Frozen { map, given } = state {
        let entries = map.keys().enumerate().map(|(i, key)| (key.clone(), give(map, given, i))).collect();
        *state = State::Thawed(entries);
    }
    match state {
        State::Thawed(entries) => entries,
        State::Frozen { .. } => unreachable!("thawed just above"),
    }
}

impl PartialEq for MapRef {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
            || self.len() == other.len() && self.entries().into_iter().all(|(k, v)| other.get(&k) == Some(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_seen_through_every_handle_and_leaves_the_values_alone() {
        let values = Value::map([("a", Value::map([("b", Value::str("old"))]))]);
        let root = MapRef::frozen(values.as_map().unwrap().clone());
        let Some(Runtime::Map(one)) = root.get("a") else { panic!("a is a map") };
        let Some(Runtime::Map(two)) = root.get("a") else { panic!("a is a map") };
        one.insert("b".into(), Runtime::str("new"));
        assert!(one.same(&two));
        assert_eq!(two.get("b"), Some(Runtime::str("new")));
        assert_eq!(root.to_values().get("a"), Some(&Value::map([("b", Value::str("new"))])));
        assert_eq!(values.get("a").unwrap().get("b"), Some(&Value::str("old")));
    }
}
