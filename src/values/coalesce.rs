//! Coalesce: a user's values over the defaults of a chart and of its subcharts.
//!
//! Does what `pkg/chart/common/util` of Helm 4.1.4 does with Go's maps, sharing and mutation included:
//! - a chart's defaults fill what the user's values lack; maps are merged, anything else is replaced;
//! - the user's null deletes a default;
//! - each subchart finds the parent's `global` over its own, and its values are the parent's under its name over its
//!   own defaults.
//!
//! *Merging*, as opposed to coalescing, keeps nulls; imported values are merged.

use std::fmt;
use std::sync::Arc;

use crate::diag::{Diagnostic, Pos, Span};
use crate::value::{Map, Origin, Path, Provenance, Str, Value};

use super::edit::{is_deleted, lay, sweep};
use super::heap::{Heap, Node, Ref};
use super::tree::{ChartTree, Graph};
use super::warning::{WarningKind, Warnings};

/// Values that Helm refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub kind: RefusalKind,
    /// Where it was written.
    pub pos: Pos,
}

/// The kinds of [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalKind {
    /// A subchart's values are no map.
    TypeMismatch {
        /// The subchart.
        name: String,
        /// What the values are instead.
        found: &'static str,
    },
    /// A chart imports values into themselves. Helm runs out of stack on them.
    ImportCycle {
        /// The chart that imports.
        chart: String,
    },
}

/// `type mismatch on name`, as Helm says; the rest is in our words.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            RefusalKind::TypeMismatch { name, found } => {
                write!(f, "type mismatch on {name}: the values of a subchart must be a map, got {found}")
            }
            RefusalKind::ImportCycle { chart } => write!(f, "import-values of chart {chart} put a map into itself"),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// The error as it is shown.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(self.to_string()).label_opt(self.pos.is_some().then(|| Span::at(self.pos)), "")
    }
}

/// The values that templates see.
#[derive(Debug, Clone)]
pub struct Coalesced {
    /// The values of the chart; those of its subcharts are below it, under their names.
    pub values: Value,
    /// Places that hold one and the same map in Helm, where a template that changes one changes the other.
    pub shared: Vec<(Path, Path)>,
    /// What null or `!delete` took away, and where it was: the null, with what it stood over.
    pub removed: Vec<(Path, Value)>,
}

/// The user's values over those of a chart and its subcharts; `user` is all layers overlaid, nulls kept.
///
/// # Errors
/// The values of a subchart are no map.
pub fn coalesce(
    tree: &ChartTree,
    user: &Value,
    provenance: &mut Provenance,
    warnings: &mut Warnings,
) -> Result<Coalesced, Refusal> {
    let mut heap = Heap::default();
    let mut merge = Merge::new(&mut heap, Mode::Coalesce, provenance, warnings, true);
    let root = merge.run(&Defaults::of_tree(tree), user)?;
    let mut removed = merge.removed;
    let frozen = heap.freeze_all(root);
    let values = sweep(Value::Map(frozen.map, user.origin()), provenance, &mut removed);
    Ok(Coalesced { values, shared: frozen.shared, removed })
}

/// Whether null deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Null deletes what it stands over.
    Coalesce,
    /// Null stays.
    Merge,
}

/// The names and default values of a chart and its subcharts.
pub(super) struct Defaults<'a> {
    name: &'a str,
    values: &'a Value,
    subcharts: Vec<Defaults<'a>>,
}

impl<'a> Defaults<'a> {
    fn of_tree(tree: &'a ChartTree) -> Self {
        let subcharts = tree.subcharts.iter().map(Self::of_tree).collect();
        Defaults { name: tree.name(), values: &tree.values, subcharts }
    }

    pub fn of_graph(graph: &'a Graph, chart: usize) -> Self {
        let subcharts = graph.subcharts(chart).iter().map(|id| Self::of_graph(graph, *id)).collect();
        Defaults { name: graph.name(chart), values: &graph.charts[chart].values, subcharts }
    }
}

/// A path for messages, put together only when one is written.
#[derive(Clone, Copy)]
struct Prefix<'a> {
    parent: Option<&'a Prefix<'a>>,
    name: &'a str,
}

impl<'a> Prefix<'a> {
    const ROOT: Prefix<'static> = Prefix { parent: None, name: "" };

    fn join(&'a self, name: &'a str) -> Prefix<'a> {
        Prefix { parent: Some(self), name }
    }
}

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if parent.parent.is_some() {
                f.write_str(".")?;
            }
        }
        f.write_str(self.name)
    }
}

impl Prefix<'_> {
    /// The path in the values, which the root chart's name is no part of.
    fn to_path(self) -> Path {
        match self.parent {
            Some(parent) if parent.parent.is_some() => parent.to_path().key(self.name),
            _ => Path::root(),
        }
    }
}

/// A map whose entries fill another one.
enum Source {
    /// One that is known to no other place and not used afterwards.
    Own(Arc<Map>),
    /// One with identity, which changes with what it fills.
    Shared(Ref),
}

const GLOBAL: &str = "global";

/// One pass over values.
pub(super) struct Merge<'a> {
    heap: &'a mut Heap,
    mode: Mode,
    provenance: &'a mut Provenance,
    warnings: &'a mut Warnings,
    /// Whether overrides are recorded; not where the pass only looks ahead.
    record: bool,
    /// What null took away.
    removed: Vec<(Path, Value)>,
}

impl<'a> Merge<'a> {
    /// A pass that has nothing done yet.
    pub fn new(
        heap: &'a mut Heap,
        mode: Mode,
        provenance: &'a mut Provenance,
        warnings: &'a mut Warnings,
        record: bool,
    ) -> Self {
        Merge { heap, mode, provenance, warnings, record, removed: Vec::new() }
    }

    /// The user's values over those of a chart and its subcharts.
    pub fn run(&mut self, chart: &Defaults<'_>, user: &Value) -> Result<Ref, Refusal> {
        let root = self.heap.table_of(user);
        self.chart(chart, root, &Prefix::ROOT)?;
        Ok(root)
    }

    /// Fills one map from another; the first one counts.
    pub fn tables(&mut self, into: Ref, from: Ref) {
        self.fill(into, Source::Shared(from), &Prefix::ROOT, self.mode);
    }

    fn chart(&mut self, chart: &Defaults<'_>, values: Ref, prefix: &Prefix<'_>) -> Result<(), Refusal> {
        let path = prefix.join(chart.name);
        self.own_defaults(chart, values, &path);
        for subchart in &chart.subcharts {
            let below = self.subchart_values(values, subchart.name)?;
            self.globals(below, values, &path);
            self.chart(subchart, below, &path)?;
        }
        Ok(())
    }

    fn subchart_values(&mut self, values: Ref, name: &str) -> Result<Ref, Refusal> {
        let found = self.heap.get(values, name);
        if let Some(found) = found.as_ref().filter(|found| !self.is_deleted(found)) {
            return self.heap.child(values, name).ok_or_else(|| self.mismatch(name, found));
        }
        let new = self.heap.table(Arc::default());
        self.heap.set(values, name.into(), Node::Table(new, found.map(|node| node.origin()).unwrap_or_default()));
        Ok(new)
    }

    fn mismatch(&self, name: &str, found: &Node) -> Refusal {
        let found = self.heap.freeze_node(found);
        let kind = RefusalKind::TypeMismatch { name: name.to_owned(), found: found.kind() };
        Refusal { kind, pos: self.provenance.pos(found.origin()) }
    }

    /// The chart's own defaults below the user's values.
    fn own_defaults(&mut self, chart: &Defaults<'_>, values: Ref, path: &Prefix<'_>) {
        let Some(defaults) = chart.values.as_map() else { return };
        for (key, default) in defaults.iter() {
            match self.heap.get(values, key) {
                None => self.heap.set(values, key.clone(), Node::Value(default.clone())),
                Some(found) if found.is_null() && self.mode == Mode::Coalesce => {
                    self.remove(values, key, default.clone(), path);
                }
                Some(found) if self.takes_defaults(&found) => self.default_map(chart, values, key, default, path),
                Some(_) => self.overridden(values, key, || default.clone()),
            }
        }
        self.heap.order_by(values, defaults.iter().map(|(key, _)| key));
    }

    fn default_map(&mut self, chart: &Defaults<'_>, values: Ref, key: &Str, default: &Value, path: &Prefix<'_>) {
        let path = path.join(key);
        match default {
            Value::Map(map, _) => {
                // What the parent says to a subchart keeps its nulls until the subchart's own turn.
                let is_subchart = chart.subcharts.iter().any(|sub| sub.name == key);
                let mode = if is_subchart { Mode::Merge } else { self.mode };
                if let Some(into) = self.heap.child(values, key) {
                    self.fill(into, Source::Own(map.clone()), &path, mode);
                    self.close(values, key, &Node::Value(default.clone()));
                }
            }
            Value::Null(_) => {}
            _ => {
                self.warn(values, key, default.origin(), WarningKind::NotATable { path: path.to_string() });
                self.overridden(values, key, || default.clone());
            }
        }
    }

    /// Null deletes what it stands over. One that `!delete` left stays until all is merged, for what comes later.
    fn remove(&mut self, values: Ref, key: &Str, old: Value, path: &Prefix<'_>) {
        self.overridden(values, key, || old);
        match self.heap.get(values, key) {
            Some(Node::Value(null)) if !is_deleted(&null, self.provenance) => {
                self.heap.remove(values, key);
                if self.record {
                    self.removed.push((path.join(key).to_path(), null));
                }
            }
            _ => {}
        }
    }

    fn is_deleted(&self, node: &Node) -> bool {
        matches!(node, Node::Value(value) if is_deleted(value, self.provenance))
    }

    /// Whether it is a map into which another one is merged.
    fn takes_defaults(&self, node: &Node) -> bool {
        node.is_table() && !self.provenance.is_closed(node.origin())
    }

    fn warn(&mut self, values: Ref, key: &str, other: Origin, kind: WarningKind) {
        let origin = self.heap.get(values, key).map(|node| node.origin()).unwrap_or_default();
        let (pos, other) = (self.provenance.pos(origin), self.provenance.pos(other));
        self.warnings.add(kind, pos, other);
    }

    /// Notes that what is under a key stands over something else, and does what its tag says about that.
    fn overridden(&mut self, values: Ref, key: &str, old: impl FnOnce() -> Value) {
        let Some(node) = self.heap.get(values, key) else { return };
        let edited = self.provenance.edit(node.origin()).is_some();
        if !self.record && !edited {
            return;
        }
        let old = old();
        if edited || self.provenance.pos(old.origin()) != Pos::NONE {
            self.put_beneath(values, key, old);
        }
    }

    fn put_beneath(&mut self, values: Ref, key: &str, old: Value) {
        let Some(mut node) = self.heap.get(values, key) else { return };
        let before = node.origin();
        match &mut node {
            Node::Value(value) => *value = lay(std::mem::take(value), old, self.provenance),
            Node::Table(_, origin) => *origin = lay(Value::Null(*origin), old, self.provenance).origin(),
        }
        if node.origin() != before {
            self.heap.set(values, key.into(), node);
        }
    }

    /// A map that keeps out what is beneath still does when it is merged into another one.
    fn close(&mut self, values: Ref, key: &str, merged: &Node) {
        if self.provenance.is_closed(merged.origin()) {
            let merged = self.heap.freeze_node(merged);
            self.put_beneath(values, key, merged);
        }
    }

    /// The parent's `global` over the subchart's.
    fn globals(&mut self, values: Ref, parent: Ref, path: &Prefix<'_>) {
        let Some(own) = self.global_of(values, WarningKind::GlobalOfSubchart) else { return };
        let Some(above) = self.global_of(parent, WarningKind::GlobalOfChart) else { return };
        for (key, node) in self.heap.shared_entries(above) {
            match (node, self.heap.get(own, &key)) {
                (Node::Table(table, origin), found) => self.global_map(own, &key, (table, origin), found, path),
                (node, Some(found)) if found.is_table() && !self.is_deleted(&node) => {
                    self.warn(own, &key, node.origin(), WarningKind::GlobalTableKept { key: key.to_string() });
                }
                (node, found) => {
                    self.heap.set(own, key.clone(), node);
                    if let Some(found) = found {
                        self.overridden(own, &key, || scalar(found));
                    }
                }
            }
        }
        let origin = self.heap.get(values, GLOBAL).map(|node| node.origin()).unwrap_or_default();
        self.heap.set(values, GLOBAL.into(), Node::Table(own, origin));
    }

    fn global_of(&mut self, values: Ref, otherwise: WarningKind) -> Option<Ref> {
        if self.heap.get(values, GLOBAL).is_none() {
            return Some(self.heap.table(Arc::default()));
        }
        let table = self.heap.child(values, GLOBAL);
        if table.is_none() {
            self.warn(values, GLOBAL, Origin::NONE, otherwise);
        }
        table
    }

    /// A map in the parent's `global`: copied one level deep, so that what lies deeper stays the parent's map. What the
    /// subchart adds there shows in the parent and in the subcharts after it.
    fn global_map(
        &mut self,
        own: Ref,
        key: &Str,
        (table, origin): (Ref, Origin),
        found: Option<Node>,
        path: &Prefix<'_>,
    ) {
        let copy = self.heap.shallow_copy(table);
        if found.is_some() && !self.provenance.is_closed(origin) {
            let Some(below) = self.heap.child(own, key) else {
                let kind = WarningKind::GlobalConflict { key: key.to_string() };
                return self.warn(own, key, origin, kind);
            };
            self.fill(copy, Source::Shared(below), &path.join(key), Mode::Merge);
        }
        self.heap.set(own, key.clone(), Node::Table(copy, origin));
        if let Some(found) = found {
            self.close(own, key, &found);
        }
    }

    /// Fills a map from another; what it has itself counts.
    fn fill(&mut self, into: Ref, from: Source, path: &Prefix<'_>, mode: Mode) {
        let nullified = self.nullify(into, &from, path, mode);
        let entries = match &from {
            Source::Own(map) => map.iter().map(|(k, v)| (k.clone(), Node::Value(v.clone()))).collect(),
            Source::Shared(from) => self.heap.shared_entries(*from),
        };
        for (key, node) in &entries {
            if nullified.contains(key) {
                continue;
            }
            match self.heap.get(into, key) {
                None => self.heap.set(into, key.clone(), node.clone()),
                Some(found) => self.fill_entry(into, key, &found, node, path, mode),
            }
        }
        self.heap.order_by(into, entries.iter().map(|(key, _)| key));
    }

    /// Null over something: when coalescing, it goes and takes that with it; when merging, it stays, and stays in the
    /// map that it stood over. Null over nothing stays in any case.
    fn nullify(&mut self, into: Ref, from: &Source, path: &Prefix<'_>, mode: Mode) -> Vec<Str> {
        let mut nullified = Vec::new();
        for key in self.heap.null_keys(into) {
            let old = match from {
                Source::Own(map) => map.get(&key).cloned().map(Node::Value),
                Source::Shared(from) => {
                    let old = self.heap.get(*from, &key);
                    self.heap.set(*from, key.clone(), Node::Value(Value::NULL));
                    old
                }
            };
            if let Some(old) = old.filter(|old| !old.is_null()) {
                let old = self.heap.freeze_node(&old);
                match mode {
                    Mode::Coalesce => self.remove(into, &key, old, path),
                    Mode::Merge => self.overridden(into, &key, || old),
                }
            }
            nullified.push(key);
        }
        nullified
    }

    /// Two maps become one; of anything else the one that is there stays.
    fn fill_entry(&mut self, into: Ref, key: &Str, found: &Node, node: &Node, path: &Prefix<'_>, mode: Mode) {
        let path = path.join(key);
        match (found.is_table(), node.is_table()) {
            (true, true) if self.takes_defaults(found) => {
                let Some(below) = self.heap.child(into, key) else { return };
                match node {
                    Node::Table(from, _) => self.fill(below, Source::Shared(*from), &path, mode),
                    Node::Value(Value::Map(map, _)) => self.fill(below, Source::Own(map.clone()), &path, mode),
                    Node::Value(_) => {}
                }
                self.close(into, key, node);
                return;
            }
            (false, true) => {
                let kind = WarningKind::TableOverwritten { path: path.to_string() };
                self.warn(into, key, node.origin(), kind);
            }
            (true, false) if !node.is_null() => {
                let kind = WarningKind::TableKept { path: path.to_string() };
                self.warn(into, key, node.origin(), kind);
            }
            _ => {}
        }
        let old = self.heap.freeze_node(node);
        self.overridden(into, key, || old);
    }
}

/// What is known to be no map.
fn scalar(node: Node) -> Value {
    match node {
        Node::Value(value) => value,
        Node::Table(_, origin) => Value::Null(origin),
    }
}
