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
pub struct MapRef(Arc<Shared>, Named);

/// The name of a map's type. It belongs to the handle: in Go one map can be seen under several types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Named {
    #[default]
    No,
    /// Helm's `common.Values`.
    Values,
}

#[derive(Debug)]
struct Shared {
    state: RwLock<State>,
    strings: bool,
}

#[derive(Debug)]
enum State {
    /// Go's nil map: empty, `null` as JSON, and not to be written to.
    Nil,
    /// As it stands in the values, with the handles given out for collections below it, which must stay the same.
    Frozen { map: Arc<Map>, given: IndexMap<usize, Runtime, foldhash::fast::RandomState> },
    /// Built or written to by a template.
    Thawed(IndexMap<Str, Runtime, foldhash::fast::RandomState>),
}

impl MapRef {
    /// A new map.
    pub fn new(entries: impl IntoIterator<Item = (Str, Runtime)>) -> Self {
        Self::of(State::Thawed(entries.into_iter().collect()), false)
    }

    /// A new `map[string]string`.
    pub fn strings(entries: impl IntoIterator<Item = (Str, Runtime)>) -> Self {
        Self::of(State::Thawed(entries.into_iter().collect()), true)
    }

    /// Go's nil `map[string]string`.
    pub fn nil_strings() -> Self {
        Self::of(State::Nil, true)
    }

    /// Go's nil map.
    pub fn nil() -> Self {
        Self::of(State::Nil, false)
    }

    fn of(state: State, strings: bool) -> Self {
        MapRef(Arc::new(Shared { state: RwLock::new(state), strings }), Named::No)
    }

    /// A handle to a map of the merged values.
    pub fn frozen(map: Arc<Map>) -> Self {
        Self::of(State::Frozen { map, given: IndexMap::default() }, false)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether two handles are the same map.
    pub fn same(&self, other: &MapRef) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells it from other maps while it lives.
    pub fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    /// Whether it is Go's nil map.
    pub fn is_nil(&self) -> bool {
        matches!(*self.read(), State::Nil)
    }

    /// The same map under the type `common.Values`, which has methods.
    #[must_use]
    pub fn as_values(&self) -> MapRef {
        MapRef(self.0.clone(), Named::Values)
    }

    /// The same map under its own type.
    #[must_use]
    pub fn as_map(&self) -> MapRef {
        MapRef(self.0.clone(), Named::No)
    }

    /// Whether it is seen as a `common.Values`.
    pub fn is_values(&self) -> bool {
        self.1 == Named::Values
    }

    /// Whether it is a `map[string]string`, whose missing entries are empty text.
    pub fn is_strings(&self) -> bool {
        self.0.strings
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        match &*self.read() {
            State::Nil => 0,
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
            State::Nil => false,
            State::Frozen { map, .. } => map.contains_key(key),
            State::Thawed(entries) => entries.contains_key(key),
        }
    }

    /// The value under a key; the same handle each time where it is a map.
    pub fn get(&self, key: &str) -> Option<Runtime> {
        let index = match &*self.read() {
            State::Nil => return None,
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
            State::Nil => None,
            // Another thread may have thawed it between the two locks.
            State::Thawed(entries) => entries.get(key).cloned(),
            State::Frozen { map, given } => Some(give(map, given, index)),
        }
    }

    /// Puts a value under a key; a key that is there keeps its place. Go fails where the map is nil; ask first.
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
            State::Nil => Vec::new(),
            State::Frozen { map, .. } => map.keys().cloned().collect(),
            State::Thawed(entries) => entries.keys().cloned().collect(),
        }
    }

    /// The entries in the order in which they were written.
    pub fn entries(&self) -> Vec<(Str, Runtime)> {
        let mut state = self.write();
        match &mut *state {
            State::Nil => Vec::new(),
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

    /// A new map with a copy of each value; nothing is copied where no template has seen into the map.
    pub fn copied<E>(&self, mut copy: impl FnMut(&Runtime) -> Result<Runtime, E>) -> Result<MapRef, E> {
        if let Some(map) = self.untouched() {
            return Ok(MapRef::frozen(map));
        }
        let entries: Result<IndexMap<_, _, _>, E> =
            self.entries().into_iter().map(|(key, value)| Ok((key, copy(&value)?))).collect();
        Ok(Self::of(State::Thawed(entries?), self.is_strings()))
    }

    /// The map of the merged values that this is, unless a template has written to it. Maps below may have been.
    pub fn merged(&self) -> Option<Arc<Map>> {
        match &*self.read() {
            State::Frozen { map, .. } => Some(map.clone()),
            _ => None,
        }
    }

    /// The entries as data, where nothing was given out or written.
    pub(super) fn untouched(&self) -> Option<Arc<Map>> {
        match &*self.read() {
            State::Frozen { map, given } if given.is_empty() => Some(map.clone()),
            _ => None,
        }
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
    match state {
        State::Nil => *state = State::Thawed(IndexMap::default()),
        State::Frozen { map, given } => {
            let entries = map.keys().enumerate().map(|(i, key)| (key.clone(), give(map, given, i))).collect();
            *state = State::Thawed(entries);
        }
        State::Thawed(_) => {}
    }
    match state {
        State::Thawed(entries) => entries,
        State::Nil | State::Frozen { .. } => unreachable!("thawed just above"),
    }
}

/// As `reflect.DeepEqual`: a nil map and an empty one differ.
impl PartialEq for MapRef {
    fn eq(&self, other: &Self) -> bool {
        super::go::equal_maps(self, other, &mut std::collections::HashSet::new())
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
        assert_eq!(Runtime::Map(root).to_value().get("a"), Some(&Value::map([("b", Value::str("new"))])));
        assert_eq!(values.get("a").unwrap().get("b"), Some(&Value::str("old")));
    }
}
