//! What overlays do, as one patch: nodes that replace what they meet, and nodes that are merged into it.
//!
//! Values alone could not say it: an overlay that sets a scalar and one after it that sets a map come to a map that
//! replaces, where the second alone is merged.

use indexmap::IndexMap;

use crate::value::{Map, Str, Value};

/// A node of a [`Patch`], by number; the root is 0.
pub(super) type NodeId = usize;

/// What a node does to the value that it meets.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// It comes in its place.
    Replace(Value),
    /// It is merged into a map, entry by entry; it replaces anything else by a map of its entries.
    Merge(IndexMap<Str, NodeId>),
}

/// All overlays, laid one over the other.
#[derive(Debug)]
pub(super) struct Patch {
    nodes: Vec<Change>,
}

impl Patch {
    pub const ROOT: NodeId = 0;

    pub fn new() -> Self {
        Patch { nodes: vec![Change::Merge(IndexMap::new())] }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn change(&self, node: NodeId) -> &Change {
        &self.nodes[node]
    }

    /// The node for a key of the map that a node is merged into.
    pub fn child(&self, node: NodeId, key: &str) -> Option<NodeId> {
        match &self.nodes[node] {
            Change::Merge(entries) => entries.get(key).copied(),
            Change::Replace(_) => None,
        }
    }

    pub fn children(&self, node: NodeId) -> impl Iterator<Item = (&Str, NodeId)> {
        let entries = match &self.nodes[node] {
            Change::Merge(entries) => Some(entries),
            Change::Replace(_) => None,
        };
        entries.into_iter().flatten().map(|(key, child)| (key, *child))
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.children(Self::ROOT).next().is_none()
    }

    /// Lays a document of an overlay over all before it.
    pub fn lay(&mut self, document: &Map) {
        self.lay_map(Self::ROOT, document);
    }

    fn lay_map(&mut self, node: NodeId, map: &Map) {
        for (key, value) in map {
            match self.child(node, key) {
                Some(child) => self.lay_value(child, value),
                None => {
                    let child = self.add(value);
                    if let Change::Merge(entries) = &mut self.nodes[node] {
                        entries.insert(key.clone(), child);
                    }
                }
            }
        }
    }

    fn lay_value(&mut self, node: NodeId, value: &Value) {
        match (&mut self.nodes[node], value) {
            (Change::Merge(_), Value::Map(map, _)) => self.lay_map(node, map),
            (Change::Replace(below), value) => *below = laid(below, value),
            (change, value) => *change = Change::Replace(value.clone()),
        }
    }

    fn add(&mut self, value: &Value) -> NodeId {
        let Value::Map(map, _) = value else {
            self.nodes.push(Change::Replace(value.clone()));
            return self.nodes.len() - 1;
        };
        self.nodes.push(Change::Merge(IndexMap::new()));
        let node = self.nodes.len() - 1;
        self.lay_map(node, map);
        node
    }

    /// What a node makes of a value; of none, where nothing is there.
    pub fn apply(&self, node: NodeId, below: Option<&Value>) -> Value {
        match &self.nodes[node] {
            Change::Replace(value) => value.clone(),
            Change::Merge(entries) => {
                let mut map = below.and_then(Value::as_map).map(|map| Map::clone(map)).unwrap_or_default();
                for (key, child) in entries {
                    let value = self.apply(*child, map.get(key));
                    map.insert(key.clone(), value);
                }
                Value::Map(map.into(), crate::value::Origin::NONE)
            }
        }
    }
}

/// A value laid over another.
fn laid(below: &Value, over: &Value) -> Value {
    let (Value::Map(below, origin), Value::Map(over, _)) = (below, over) else { return over.clone() };
    let mut map = Map::clone(below);
    for (key, value) in over.iter() {
        let value = map.get(key).map_or_else(|| value.clone(), |old| laid(old, value));
        map.insert(key.clone(), value);
    }
    Value::Map(map.into(), *origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_over_a_scalar_over_a_map_replaces() {
        let mut patch = Patch::new();
        let map = |key: &str, value| Value::map([(key, value)]);
        let documents = [map("a", map("x", Value::int(1))), map("a", Value::int(5)), map("a", map("z", Value::int(2)))];
        documents.iter().for_each(|document| patch.lay(document.as_map().unwrap()));
        let base = map("a", map("q", Value::int(0)));
        assert_eq!(patch.apply(Patch::ROOT, Some(&base)), map("a", map("z", Value::int(2))));
        let mut patch = Patch::new();
        patch.lay(documents[0].as_map().unwrap());
        patch.lay(documents[2].as_map().unwrap());
        let entries = [("q", 0), ("x", 1), ("z", 2)].map(|(k, n)| (k, Value::int(n)));
        assert_eq!(patch.apply(Patch::ROOT, Some(&base)), map("a", Value::map(entries)));
    }
}
