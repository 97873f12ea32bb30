//! Maps with identity, as Go has them, for the time of one merge.
//!
//! Helm's merging shares maps between places (the nested tables of `global`, imported values) and then changes them
//! through one of the places, which shows through the others. To give the same values, maps that such code touches get
//! an identity here. All others stay the shared, immutable maps that they were; copying one deeply is sharing it.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::value::{Map, Origin, Path, Segment, Str, Value};

/// A map with identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ref(usize);

/// What a map holds under a key.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Anything; a map here is known to no other place.
    Value(Value),
    /// A map with identity, and where it was written.
    Table(Ref, Origin),
}

type Entries = IndexMap<Str, Node, foldhash::fast::RandomState>;

/// A map: as it was, until something is written to it or a map below it gets an identity.
#[derive(Debug)]
struct Table {
    base: Arc<Map>,
    entries: Option<Entries>,
}

/// The maps of one merge.
#[derive(Debug, Default)]
pub(super) struct Heap(Vec<Table>);

impl Node {
    pub fn is_null(&self) -> bool {
        matches!(self, Node::Value(Value::Null(_)))
    }

    pub fn is_table(&self) -> bool {
        matches!(self, Node::Table(..) | Node::Value(Value::Map(..)))
    }

    pub fn origin(&self) -> Origin {
        match self {
            Node::Value(value) => value.origin(),
            Node::Table(_, origin) => *origin,
        }
    }
}

impl Heap {
    /// A new map with these entries.
    pub fn table(&mut self, base: Arc<Map>) -> Ref {
        self.0.push(Table { base, entries: None });
        Ref(self.0.len() - 1)
    }

    /// A new map with the entries of a map; without any where it is none.
    pub fn table_of(&mut self, value: &Value) -> Ref {
        self.table(value.as_map().cloned().unwrap_or_default())
    }

    pub fn len(&self, table: Ref) -> usize {
        let table = &self.0[table.0];
        table.entries.as_ref().map_or(table.base.len(), IndexMap::len)
    }

    /// What is under a key.
    pub fn get(&self, table: Ref, key: &str) -> Option<Node> {
        let table = &self.0[table.0];
        match &table.entries {
            Some(entries) => entries.get(key).cloned(),
            None => table.base.get(key).cloned().map(Node::Value),
        }
    }

    fn entries_mut(&mut self, table: Ref) -> &mut Entries {
        let Table { base, entries } = &mut self.0[table.0];
        entries.get_or_insert_with(|| base.iter().map(|(k, v)| (k.clone(), Node::Value(v.clone()))).collect())
    }

    pub fn set(&mut self, table: Ref, key: Str, node: Node) {
        self.entries_mut(table).insert(key, node);
    }

    pub fn remove(&mut self, table: Ref, key: &str) {
        self.entries_mut(table).shift_remove(key);
    }

    /// The map under a key, with an identity from now on; `None` where no map is there.
    pub fn child(&mut self, table: Ref, key: &str) -> Option<Ref> {
        match self.get(table, key)? {
            Node::Table(child, _) => Some(child),
            Node::Value(Value::Map(map, origin)) => {
                let child = self.table(map);
                self.set(table, key.into(), Node::Table(child, origin));
                Some(child)
            }
            Node::Value(_) => None,
        }
    }

    /// The entries, to be held by another map too: the maps among them have identities from now on.
    pub fn shared_entries(&mut self, table: Ref) -> Vec<(Str, Node)> {
        for key in self.keys_where(table, |node| matches!(node, Node::Value(Value::Map(..)))) {
            self.child(table, &key);
        }
        let Table { base, entries } = &self.0[table.0];
        match entries {
            Some(entries) => entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            None => base.iter().map(|(k, v)| (k.clone(), Node::Value(v.clone()))).collect(),
        }
    }

    /// The keys under which null stands.
    pub fn null_keys(&self, table: Ref) -> Vec<Str> {
        self.keys_where(table, Node::is_null)
    }

    fn keys_where(&self, table: Ref, wanted: impl Fn(&Node) -> bool) -> Vec<Str> {
        let Table { base, entries } = &self.0[table.0];
        match entries {
            Some(entries) => entries.iter().filter(|(_, node)| wanted(node)).map(|(key, _)| key.clone()).collect(),
            None => base
                .iter()
                .filter(|(_, value)| {
                    matches!(value, Value::Null(_) | Value::Map(..)) && wanted(&Node::Value((*value).clone()))
                })
                .map(|(key, _)| key.clone())
                .collect(),
        }
    }

    /// A new map with the same entries; maps among them are the same maps.
    pub fn shallow_copy(&mut self, table: Ref) -> Ref {
        let entries = self.shared_entries(table).into_iter().collect();
        self.0.push(Table { base: Arc::default(), entries: Some(entries) });
        Ref(self.0.len() - 1)
    }

    /// Puts the entries with these keys first, in this order.
    pub fn order_by<'k>(&mut self, table: Ref, keys: impl Iterator<Item = &'k Str> + Clone) {
        if self.is_ordered_by(table, keys.clone()) {
            return;
        }
        let mut old = std::mem::take(self.entries_mut(table));
        let mut ordered = Entries::with_capacity_and_hasher(old.len(), Default::default());
        for key in keys {
            if let Some(node) = old.get_mut(key) {
                ordered.insert(key.clone(), std::mem::replace(node, Node::Value(Value::NULL)));
            }
        }
        for (key, node) in old {
            ordered.entry(key).or_insert(node);
        }
        *self.entries_mut(table) = ordered;
    }

    fn is_ordered_by<'k>(&self, table: Ref, keys: impl Iterator<Item = &'k Str>) -> bool {
        let Table { base, entries } = &self.0[table.0];
        let place = |key: &Str| match entries {
            Some(entries) => entries.get_index_of(key),
            None => base.index_of(key),
        };
        keys.filter_map(place).enumerate().all(|(i, place)| i == place)
    }

    /// The data of a map.
    pub fn freeze(&self, table: Ref) -> Arc<Map> {
        self.freeze_all(table).map
    }

    /// The data of a map, and what cannot be seen from it.
    pub fn freeze_all(&self, table: Ref) -> Frozen {
        let mut freezing = Freezing { heap: self, seen: IndexMap::default(), shared: Vec::new(), cyclic: false };
        let map = freezing.table(table, None);
        Frozen { map, shared: freezing.shared, cyclic: freezing.cyclic }
    }

    /// The data of what is under a key.
    pub fn freeze_node(&self, node: &Node) -> Value {
        match node {
            Node::Value(value) => value.clone(),
            Node::Table(table, origin) => Value::Map(self.freeze(*table), *origin),
        }
    }
}

/// A map as data.
pub(super) struct Frozen {
    pub map: Arc<Map>,
    /// Pairs of places that held one map.
    pub shared: Vec<(Path, Path)>,
    /// Whether a map held itself; it is cut there.
    pub cyclic: bool,
}

/// Where a map is: in another one, under a key; the root is nowhere.
type Place = Option<(Ref, Str)>;

/// A map that was met, the data it became, and where it was met first.
struct Seen {
    map: Option<Arc<Map>>,
    place: Place,
}

struct Freezing<'a> {
    heap: &'a Heap,
    seen: IndexMap<usize, Seen, foldhash::fast::RandomState>,
    shared: Vec<(Path, Path)>,
    cyclic: bool,
}

impl Freezing<'_> {
    fn table(&mut self, table: Ref, place: Place) -> Arc<Map> {
        if let Some(seen) = self.seen.get(&table.0) {
            let map = seen.map.clone();
            self.cyclic |= map.is_none();
            self.shared.push((self.path(&seen.place), self.path(&place)));
            return map.unwrap_or_default();
        }
        self.seen.insert(table.0, Seen { map: None, place });
        let Table { base, entries } = &self.heap.0[table.0];
        let map = match entries {
            None => base.clone(),
            Some(entries) => {
                Arc::new(entries.iter().map(|(key, node)| (key.clone(), self.node(table, key, node))).collect())
            }
        };
        if let Some(seen) = self.seen.get_mut(&table.0) {
            seen.map = Some(map.clone());
        }
        map
    }

    fn node(&mut self, table: Ref, key: &Str, node: &Node) -> Value {
        match node {
            Node::Value(value) => value.clone(),
            Node::Table(below, origin) => Value::Map(self.table(*below, Some((table, key.clone()))), *origin),
        }
    }

    fn path(&self, place: &Place) -> Path {
        let above = |(table, _): &(Ref, Str)| self.seen.get(&table.0)?.place.clone();
        let mut keys: Vec<_> = std::iter::successors(place.clone(), above).map(|(_, key)| Segment::Key(key)).collect();
        keys.reverse();
        Path::from(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_map_changes_in_all_its_places() {
        let mut heap = Heap::default();
        let inner = Value::map([("x", Value::int(1)), ("y", Value::NULL)]);
        let root = heap.table_of(&Value::map([("a", inner.clone()), ("k", Value::int(2))]));
        let copy = heap.shallow_copy(root);
        let below = heap.child(copy, "a").unwrap();
        heap.set(below, "x".into(), Node::Value(Value::int(3)));
        assert_eq!(heap.null_keys(below), ["y"]);
        assert_eq!(heap.freeze(root).get("a").unwrap().get("x"), Some(&Value::int(3)));
        assert_eq!(inner.get("x"), Some(&Value::int(1)));
        heap.remove(copy, "k");
        assert_eq!((heap.len(copy), heap.len(root)), (1, 2));
        heap.set(root, "copy".into(), Node::Table(copy, Origin::NONE));
        let frozen = heap.freeze_all(root);
        assert!(!frozen.cyclic);
        assert_eq!(frozen.shared.iter().map(|(a, b)| format!("{a} {b}")).collect::<Vec<_>>(), ["a copy.a"]);
        heap.set(below, "up".into(), Node::Table(root, Origin::NONE));
        assert!(heap.freeze_all(root).cyclic);
    }

    #[test]
    fn entries_in_the_order_of_others() {
        let mut heap = Heap::default();
        let table = heap.table_of(&Value::map(["c", "b", "a"].map(|k| (k, Value::NULL))));
        let keys = ["a", "x", "b"].map(Str::from);
        heap.order_by(table, keys.iter());
        assert_eq!(heap.freeze(table).keys().map(Str::as_str).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
