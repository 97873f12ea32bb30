//! An insertion-ordered map from text to [`Value`]s.

use indexmap::IndexMap;

use super::{Str, Value};

/// Up to this many entries a search reads the keys in turn, which is faster than hashing and needs no table.
const SMALL: usize = 12;

/// An insertion-ordered map from text to values.
#[derive(Debug, Clone)]
pub struct Map(Repr);

#[derive(Debug, Clone)]
enum Repr {
    Small(Vec<(Str, Value)>),
    // Boxed, because most maps are small and would carry the room.
    Large(Box<IndexMap<Str, Value, foldhash::fast::RandomState>>),
}

impl Default for Map {
    fn default() -> Self {
        Map(Repr::Small(Vec::new()))
    }
}

impl Map {
    /// A map without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Small(entries) => entries.len(),
            Repr::Large(entries) => entries.len(),
        }
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place of a key among the entries.
    pub fn index_of(&self, key: &str) -> Option<usize> {
        match &self.0 {
            Repr::Small(entries) => entries.iter().position(|(k, _)| k == key),
            Repr::Large(entries) => entries.get_index_of(key),
        }
    }

    /// The entry at a place.
    pub fn get_index(&self, index: usize) -> Option<(&Str, &Value)> {
        match &self.0 {
            Repr::Small(entries) => entries.get(index).map(|(k, v)| (k, v)),
            Repr::Large(entries) => entries.get_index(index),
        }
    }

    /// The value at a place, to change.
    pub fn get_index_mut(&mut self, index: usize) -> Option<&mut Value> {
        match &mut self.0 {
            Repr::Small(entries) => entries.get_mut(index).map(|(_, v)| v),
            Repr::Large(entries) => entries.get_index_mut(index).map(|(_, v)| v),
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match &self.0 {
            Repr::Small(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            Repr::Large(entries) => entries.get(key),
        }
    }

    /// The value under a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.index_of(key).and_then(|i| self.get_index_mut(i))
    }

    /// Whether there is an entry with this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.index_of(key).is_some()
    }

    /// Puts a value under a key; a key that is there keeps its place and gives its old value back.
    pub fn insert(&mut self, key: Str, value: Value) -> Option<Value> {
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, value));
        }
        self.push(key, value);
        None
    }

    /// Appends an entry whose key is known not to be there.
    pub fn push(&mut self, key: Str, value: Value) {
        debug_assert!(!self.contains_key(&key));
        match &mut self.0 {
            Repr::Small(entries) if entries.len() < SMALL => entries.push((key, value)),
            Repr::Small(entries) => {
                let mut large: IndexMap<_, _, _> = std::mem::take(entries).into_iter().collect();
                large.insert(key, value);
                self.0 = Repr::Large(Box::new(large));
            }
            Repr::Large(entries) => {
                entries.insert(key, value);
            }
        }
    }

    /// Takes all entries out into a map that is no larger than it has to be. The room they had stays here, for the
    /// entries of another.
    #[must_use]
    pub fn take(&mut self) -> Map {
        match &mut self.0 {
            Repr::Small(entries) => {
                let mut fitted = Vec::with_capacity(entries.len());
                fitted.append(entries);
                Map(Repr::Small(fitted))
            }
            Repr::Large(_) => std::mem::take(self),
        }
    }

    /// Takes an entry out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        match &mut self.0 {
            Repr::Small(entries) => {
                let index = entries.iter().position(|(k, _)| k == key)?;
                Some(entries.remove(index).1)
            }
            Repr::Large(entries) => entries.shift_remove(key),
        }
    }

    /// Keeps the entries for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Str, &mut Value) -> bool) {
        match &mut self.0 {
            Repr::Small(entries) => entries.retain_mut(|(k, v)| keep(k, v)),
            Repr::Large(entries) => entries.retain(|k, v| keep(k, v)),
        }
    }

    /// The entries in the order in which their keys first came.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match &self.0 {
            Repr::Small(entries) => IterRepr::Small(entries.iter()),
            Repr::Large(entries) => IterRepr::Large(entries.iter()),
        })
    }

    /// The entries, their values to change.
    pub fn iter_mut(&mut self) -> Box<dyn Iterator<Item = (&Str, &mut Value)> + '_> {
        match &mut self.0 {
            Repr::Small(entries) => Box::new(entries.iter_mut().map(|(k, v)| (&*k, v))),
            Repr::Large(entries) => Box::new(entries.iter_mut()),
        }
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator {
        self.iter().map(|(k, _)| k)
    }

    /// The entries in the byte order of their keys, as Go walks a map in templates and JSON.
    pub fn sorted(&self) -> Vec<(&Str, &Value)> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
        entries
    }
}

/// The entries of a [`Map`] in order.
#[derive(Debug, Clone)]
pub struct Iter<'a>(IterRepr<'a>);

#[derive(Debug, Clone)]
enum IterRepr<'a> {
    Small(std::slice::Iter<'a, (Str, Value)>),
    Large(indexmap::map::Iter<'a, Str, Value>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            IterRepr::Small(entries) => entries.next().map(|(k, v)| (k, v)),
            IterRepr::Large(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            IterRepr::Small(entries) => entries.size_hint(),
            IterRepr::Large(entries) => entries.size_hint(),
        }
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            IterRepr::Small(entries) => entries.next_back().map(|(k, v)| (k, v)),
            IterRepr::Large(entries) => entries.next_back(),
        }
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Str, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl FromIterator<(Str, Value)> for Map {
    fn from_iter<T: IntoIterator<Item = (Str, Value)>>(entries: T) -> Self {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// By content, without regard to order.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(k, v)| other.get(k) == Some(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_behave_alike() {
        for n in [3, SMALL, SMALL + 1, 200] {
            let mut map = Map::new();
            for i in 0..n {
                assert_eq!(map.insert(i.to_string().into(), Value::int(i as i64)), None);
            }
            assert_eq!(map.insert("1".into(), Value::int(-1)), Some(Value::int(1)));
            assert_eq!(map.len(), n);
            assert_eq!(map.get("1"), Some(&Value::int(-1)));
            assert_eq!(map.remove("0"), Some(Value::int(0)));
            assert_eq!(map.keys().next().map(Str::as_str), Some("1"));
            assert_eq!(map.keys().len(), n - 1);
            assert_eq!(map.get("0"), None);
            let (all, taken) = (map.clone(), map.take());
            assert_eq!((taken, map.is_empty()), (all, true));
        }
    }
}
