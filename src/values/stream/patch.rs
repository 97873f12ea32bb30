//! What overlays do, as one patch: nodes that replace what they meet, nodes that are merged into it, and lists that
//! their tags make a list with it.
//!
//! Values alone could not say it: an overlay that sets a scalar and one after it that sets a map come to a map that
//! replaces, where the second alone is merged.

use indexmap::IndexMap;

use crate::diag::Pos;
use crate::value::{Edit, Map, Misfit, Origin, Provenance, Str, Value};
use crate::values::edit::sweep;
use crate::values::overlay;

/// A node of a [`Patch`], by number; the root is 0.
pub(super) type NodeId = usize;

/// What a node does to the value that it meets.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// It comes in its place.
    Replace(Value),
    /// It is merged into a map, entry by entry; it replaces anything else by a map of its entries.
    Merge(IndexMap<Str, NodeId>),
    /// Its tag makes a list of it and the one that it meets.
    Edit(Value),
}

/// All overlays, laid one over the other.
#[derive(Debug)]
pub(super) struct Patch {
    nodes: Vec<Change>,
    /// The edits of the overlays.
    pub provenance: Provenance,
}

impl Patch {
    pub const ROOT: NodeId = 0;

    pub fn new() -> Self {
        Patch { nodes: vec![Change::Merge(IndexMap::new())], provenance: Provenance::default() }
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
            Change::Replace(_) | Change::Edit(_) => None,
        }
    }

    pub fn children(&self, node: NodeId) -> impl Iterator<Item = (&Str, NodeId)> {
        let entries = match &self.nodes[node] {
            Change::Merge(entries) => Some(entries),
            Change::Replace(_) | Change::Edit(_) => None,
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
        let (merges, edits) = (self.merges(value), self.edits(value));
        match (&mut self.nodes[node], value) {
            (Change::Merge(_), Value::Map(map, _)) if merges => self.lay_map(node, map),
            (Change::Replace(below), _) => drop(overlay(below, value.clone(), &mut self.provenance)),
            (Change::Edit(below), _) if edits => drop(overlay(below, value.clone(), &mut self.provenance)),
            (change, _) => {
                let over_a_map = edits && matches!(change, Change::Merge(_));
                *change = Change::Replace(value.clone());
                if over_a_map {
                    self.note_misfit(value);
                }
            }
        }
    }

    fn add(&mut self, value: &Value) -> NodeId {
        let node = self.nodes.len();
        match value {
            Value::Map(map, _) if self.merges(value) => {
                self.nodes.push(Change::Merge(IndexMap::new()));
                self.lay_map(node, map);
            }
            _ if self.edits(value) => self.nodes.push(Change::Edit(value.clone())),
            _ => self.nodes.push(Change::Replace(value.clone())),
        }
        node
    }

    /// Whether a map is merged into another one, and does not replace it.
    fn merges(&self, value: &Value) -> bool {
        value.as_map().is_some() && !self.provenance.is_closed(value.origin())
    }

    /// Whether a list's tag asks for the list beneath it.
    fn edits(&self, value: &Value) -> bool {
        self.provenance.edit(value.origin()).is_some_and(|edit| edit.items().is_some())
    }

    fn note_misfit(&mut self, over: &Value) {
        let Some(tag) = self.provenance.edit(over.origin()).map(Edit::to_string) else { return };
        let pos = self.provenance.pos(over.origin());
        self.provenance.note_misfit(Misfit { tag, pos, beneath: Pos::NONE, found: "map" });
    }

    /// What a node makes of a value; of none, where nothing is there. What `!delete` takes out of lists is gone, and null
    /// where it takes out entries.
    pub fn apply(&self, node: NodeId, below: Option<&Value>, provenance: &mut Provenance) -> Value {
        let value = match &self.nodes[node] {
            Change::Replace(value) => value.clone(),
            Change::Edit(value) => {
                let mut made = below.cloned().unwrap_or_default();
                overlay(&mut made, value.clone(), provenance);
                made
            }
            Change::Merge(entries) => {
                let mut map = below.and_then(Value::as_map).map(|map| Map::clone(map)).unwrap_or_default();
                for (key, child) in entries {
                    let value = self.apply(*child, map.get(key), provenance);
                    map.insert(key.clone(), value);
                }
                return Value::Map(map.into(), Origin::NONE);
            }
        };
        swept(value, provenance)
    }
}

/// A value without what `!delete` left in its lists.
pub(super) fn swept(value: Value, provenance: &Provenance) -> Value {
    match value {
        Value::List(..) => sweep(value, provenance, &mut Vec::new()),
        Value::Map(map, origin) if provenance.has_edits() => {
            let entry = |(key, value): (&Str, &Value)| (key.clone(), swept(value.clone(), provenance));
            Value::Map(Map::from_iter(map.iter().map(entry)).into(), origin)
        }
        other => other,
    }
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
        assert_eq!(
            patch.apply(Patch::ROOT, Some(&base), &mut Provenance::default()),
            map("a", map("z", Value::int(2)))
        );
        let mut patch = Patch::new();
        patch.lay(documents[0].as_map().unwrap());
        patch.lay(documents[2].as_map().unwrap());
        let entries = [("q", 0), ("x", 1), ("z", 2)].map(|(k, n)| (k, Value::int(n)));
        assert_eq!(patch.apply(Patch::ROOT, Some(&base), &mut Provenance::default()), map("a", Value::map(entries)));
    }
}
