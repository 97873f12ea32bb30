//! What to do where: made of what the first pass found, for the second one.

use std::collections::HashMap;

use super::anchors::Serial;
use super::patch::{Change, NodeId, Patch};
use super::survey::{Found, Seen, State, Style};
use super::walk::Kept;
use crate::value::{Map, Misfit, Origin, Provenance, Str, Value};

/// What the second pass does.
#[derive(Debug)]
pub(super) struct Plan {
    /// By node of the patch: the value that comes in the place of any other there.
    pub replace: Vec<Option<Value>>,
    /// Entries for maps of the base, by their numbers.
    pub insert: HashMap<Serial, Map>,
    /// Values for aliases, by their numbers.
    pub expand: HashMap<Serial, Value>,
    /// What is written where the last document is no map: in its place, or after it.
    pub root: Option<(Option<Serial>, Map)>,
    /// Documents to add at the end, for what cannot be said in those that there are.
    pub append: Vec<Value>,
    pub style: Style,
    /// Edits that find no list.
    pub misfits: Vec<Misfit>,
}

/// Nodes that are merged into a map by the patch and meet something else in the end.
pub(super) fn wiped(patch: &Patch, found: &Found) -> Vec<bool> {
    let is_wiped =
        |node: NodeId| matches!(patch.change(node), Change::Merge(_)) && found.seen[node].state == State::Leaf;
    (0..patch.len()).map(is_wiped).collect()
}

/// The plan, and what is kept of the base's values.
pub(super) fn plan(patch: &Patch, found: Found) -> (Plan, Kept) {
    let plan = Plan {
        replace: vec![None; patch.len()],
        insert: HashMap::new(),
        expand: HashMap::new(),
        root: None,
        append: Vec::new(),
        style: found.style,
        misfits: Vec::new(),
    };
    let provenance = patch.provenance.clone();
    let mut planner = Planner { patch, seen: &found.seen, plan, provenance, resets: Map::new(), values: Map::new() };
    planner.root(found.last_root);
    planner.plan.misfits = planner.provenance.misfits().to_vec();
    if found.documents > 1 && !planner.resets.is_empty() {
        for map in [planner.resets, planner.values] {
            planner.plan.append.push(Value::Map(map.into(), Origin::NONE));
        }
    }
    (planner.plan, found.kept)
}

struct Planner<'f> {
    patch: &'f Patch,
    seen: &'f [Seen],
    plan: Plan,
    provenance: Provenance,
    /// Nulls where a map must not shine through, and then what stands there.
    resets: Map,
    values: Map,
}

impl Planner<'_> {
    fn root(&mut self, last_root: Option<Serial>) {
        if self.patch.is_empty() {
            return;
        }
        if self.seen[Patch::ROOT].state == State::Map {
            self.map(Patch::ROOT, &mut Vec::new());
        } else if let Value::Map(map, _) = self.patch.apply(Patch::ROOT, None, &mut self.provenance) {
            self.plan.root = Some((last_root, Map::clone(&map)));
        }
    }

    /// The entries of a map that stays one.
    fn map(&mut self, node: NodeId, path: &mut Vec<Str>) {
        let mut missing = Map::new();
        for (key, child) in self.patch.children(node) {
            path.push(key.clone());
            if let Some(value) = self.entry(child, path) {
                missing.push(key.clone(), value);
            }
            path.pop();
        }
        if !missing.is_empty() {
            self.plan.insert.insert(self.seen[node].owner, missing);
        }
    }

    /// Plans for an entry; gives its value where the text has no place for it.
    fn entry(&mut self, node: NodeId, path: &mut Vec<Str>) -> Option<Value> {
        let seen = &self.seen[node];
        let merged = matches!(self.patch.change(node), Change::Merge(_)) && seen.state == State::Map;
        let value = self.patch.apply(node, seen.brought.as_ref(), &mut self.provenance);
        if !merged {
            // Where nothing counts, text that is there was undone by another key, and may stay.
            if seen.state != State::Absent {
                self.plan.replace[node] = Some(value.clone());
            }
            if seen.leaks && value.as_map().is_some() {
                put(&mut self.resets, path, Value::NULL);
                put(&mut self.values, path, value.clone());
            }
            return (!seen.written).then_some(value);
        }
        if !seen.written {
            self.below(node, path);
            return Some(value);
        }
        if seen.brought.is_some() {
            self.plan.expand.insert(seen.owner, value);
            self.below(node, path);
            return None;
        }
        self.map(node, path);
        None
    }

    /// Plans for the entries of a map whose text is written anew: earlier documents may have them.
    fn below(&mut self, node: NodeId, path: &mut Vec<Str>) {
        for (key, child) in self.patch.children(node) {
            path.push(key.clone());
            self.entry(child, path);
            path.pop();
        }
    }
}

/// Sets a value below a map.
fn put(map: &mut Map, path: &[Str], value: Value) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.insert(first.clone(), value);
        return;
    }
    let mut below = map.get(first).and_then(Value::as_map).map(|map| Map::clone(map)).unwrap_or_default();
    put(&mut below, rest, value);
    map.insert(first.clone(), Value::Map(below.into(), Origin::NONE));
}
