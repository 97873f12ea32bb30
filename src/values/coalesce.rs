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
                write!(f, "type mismatch on {name}: the values of a subchart must be a map, this is {found}")
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
    let mut merge = Merge::new(&mut heap, Mode::Coalesce, warnings);
    merge.record = Some(provenance);
    let root = merge.run(&Defaults::of_tree(tree), user)?;
    let frozen = heap.freeze_all(root);
    Ok(Coalesced { values: Value::Map(frozen.map, user.origin()), shared: frozen.shared })
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
    warnings: &'a mut Warnings,
    /// Where overrides are recorded, unless the pass only looks ahead.
    pub record: Option<&'a mut Provenance>,
}

impl<'a> Merge<'a> {
    pub fn new(heap: &'a mut Heap, mode: Mode, warnings: &'a mut Warnings) -> Self {
        Merge { heap, mode, warnings, record: None }
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
        if let Some(found) = self.heap.get(values, name) {
            return self.heap.child(values, name).ok_or_else(|| self.mismatch(name, &found));
        }
        let new = self.heap.table(Arc::default());
        self.heap.set(values, name.into(), Node::Table(new, Origin::NONE));
        Ok(new)
    }

    fn mismatch(&self, name: &str, found: &Node) -> Refusal {
        let found = self.heap.freeze_node(found);
        let kind = RefusalKind::TypeMismatch { name: name.to_owned(), found: found.kind() };
        Refusal { kind, pos: self.pos(found.origin()) }
    }

    fn pos(&self, origin: Origin) -> Pos {
        match &self.record {
            Some(provenance) => provenance.pos(origin),
            None => Provenance::default().pos(origin),
        }
    }

    /// The chart's own defaults below the user's values.
    fn own_defaults(&mut self, chart: &Defaults<'_>, values: Ref, path: &Prefix<'_>) {
        let Some(defaults) = chart.values.as_map() else { return };
        for (key, default) in defaults.iter() {
            match self.heap.get(values, key) {
                None => self.heap.set(values, key.clone(), Node::Value(default.clone())),
                Some(found) if found.is_null() && self.mode == Mode::Coalesce => self.heap.remove(values, key),
                Some(found) if found.is_table() => self.default_map(chart, values, key, default, path),
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
                }
            }
            Value::Null(_) => {}
            _ => {
                self.warn(values, key, default.origin(), WarningKind::NotATable { path: path.to_string() });
                self.overridden(values, key, || default.clone());
            }
        }
    }

    fn warn(&mut self, values: Ref, key: &str, other: Origin, kind: WarningKind) {
        let origin = self.heap.get(values, key).map(|node| node.origin()).unwrap_or_default();
        let (pos, other) = (self.pos(origin), self.pos(other));
        self.warnings.add(kind, pos, other);
    }

    /// Notes that what is under a key stands over something else.
    fn overridden(&mut self, values: Ref, key: &str, old: impl FnOnce() -> Value) {
        let Some(provenance) = self.record.as_deref_mut() else { return };
        let Some(mut node) = self.heap.get(values, key) else { return };
        let origin = over(provenance, node.origin(), old());
        if origin != node.origin() {
            node.set_origin(origin);
            self.heap.set(values, key.into(), node);
        }
    }

    /// The parent's `global` over the subchart's.
    fn globals(&mut self, values: Ref, parent: Ref, path: &Prefix<'_>) {
        let Some(own) = self.global_of(values, WarningKind::GlobalOfSubchart) else { return };
        let Some(above) = self.global_of(parent, WarningKind::GlobalOfChart) else { return };
        for (key, node) in self.heap.shared_entries(above) {
            match (node, self.heap.get(own, &key)) {
                (Node::Table(table, origin), found) => self.global_map(own, &key, (table, origin), found, path),
                (node, Some(found)) if found.is_table() => {
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
        if found.is_some() {
            let Some(below) = self.heap.child(own, key) else {
                let kind = WarningKind::GlobalConflict { key: key.to_string() };
                return self.warn(own, key, origin, kind);
            };
            self.fill(copy, Source::Shared(below), &path.join(key), Mode::Merge);
        }
        self.heap.set(own, key.clone(), Node::Table(copy, origin));
    }

    /// Fills a map from another; what it has itself counts.
    fn fill(&mut self, into: Ref, from: Source, path: &Prefix<'_>, mode: Mode) {
        let nullified = self.nullify(into, &from, mode);
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
    fn nullify(&mut self, into: Ref, from: &Source, mode: Mode) -> Vec<Str> {
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
                match mode {
                    Mode::Coalesce => self.heap.remove(into, &key),
                    Mode::Merge => {
                        let old = self.heap.freeze_node(&old);
                        self.overridden(into, &key, || old);
                    }
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
            (true, true) => {
                let Some(below) = self.heap.child(into, key) else { return };
                match node {
                    Node::Table(from, _) => self.fill(below, Source::Shared(*from), &path, mode),
                    Node::Value(Value::Map(map, _)) => self.fill(below, Source::Own(map.clone()), &path, mode),
                    Node::Value(_) => {}
                }
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

/// The origin of a value that stands over `old`, which comes last in the line of what it overrode. The same place
/// counts once, since Helm merges the same values several times over.
fn over(provenance: &mut Provenance, origin: Origin, old: Value) -> Origin {
    let old_pos = provenance.pos(old.origin());
    if old_pos == Pos::NONE || provenance.pos(origin) == old_pos {
        return origin;
    }
    let old = match provenance.overrode(origin).cloned() {
        None => old,
        Some(first) => {
            let below = over(provenance, first.origin(), old);
            if below == first.origin() {
                return origin;
            }
            first.with_origin(below)
        }
    };
    let pos = provenance.pos(origin);
    provenance.overriding(pos, old)
}
