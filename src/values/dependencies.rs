//! Which subcharts are enabled, under which names, and what of their values goes into their parents'.
//!
//! Does what `pkg/chart/v2/util/dependencies.go` of Helm 4.1.4 does: tags first, then conditions; aliases; imported
//! values below the parent's own.

use std::sync::Arc;

use crate::chart::semver::is_compatible;
use crate::chart::{Chart, Dependency};
use crate::diag::Pos;
use crate::value::{Provenance, Str, Value, print_go};

use super::coalesce::{Defaults, Merge, Mode, Refusal, RefusalKind};
use super::edit::sweep;
use super::heap::{Heap, Node, Ref};
use super::tree::{ChartTree, Graph, ReadValues};
use super::warning::{WarningKind, Warnings};

/// Why dependencies cannot be processed.
#[derive(Debug)]
pub enum DependencyError<E> {
    /// A values.yaml cannot be read.
    Values(E),
    /// The values are refused.
    Refused(Refusal),
}

/// A chart with its enabled subcharts, under their aliases, with imported values in place.
///
/// `user` is all layers overlaid, nulls kept; `read` reads the values.yaml of each chart, once each, disabled charts'
/// too, since Helm refuses a broken one wherever it is.
///
/// # Errors
/// What `read` fails with; values of a subchart that are no map; values that are imported into themselves.
pub fn process_dependencies<E>(
    chart: &Arc<Chart>,
    user: &Value,
    read: &mut ReadValues<'_, E>,
    provenance: &mut Provenance,
    warnings: &mut Warnings,
) -> Result<ChartTree, DependencyError<E>> {
    let mut graph = Graph::default();
    let root = graph.load(chart, read).map_err(DependencyError::Values)?;
    let mut processing = Processing { graph, provenance, warnings };
    processing.enabled(root, user, "").map_err(DependencyError::Refused)?;
    processing.imports(root).map_err(DependencyError::Refused)?;
    Ok(processing.graph.tree(root))
}

struct Processing<'a> {
    graph: Graph,
    provenance: &'a mut Provenance,
    warnings: &'a mut Warnings,
}

impl Processing<'_> {
    /// Removes what is disabled from a chart and all below it. `above` is what the parent saw of all values: Helm takes
    /// the whole of it for the user's values of the subchart, and finds conditions below `path` in it.
    fn enabled(&mut self, chart: usize, above: &Value, path: &str) -> Result<(), Refusal> {
        if self.graph.metadata(chart).dependencies.is_none() {
            return Ok(());
        }
        self.resolve_aliases(chart);
        let values = if self.depends_on_values(chart) { self.look_ahead(chart, above)? } else { Value::NULL };
        let mut dependencies = self.graph.metadata_mut(chart).dependencies.take().unwrap_or_default();
        for dependency in &mut dependencies {
            dependency.enabled = self.by_tags(dependency, &values);
            if let Some(enabled) = self.by_condition(dependency, &values, path) {
                dependency.enabled = enabled;
            }
        }
        let disabled: Vec<_> = dependencies.iter().filter(|d| !d.enabled).map(|d| d.name.clone()).collect();
        dependencies.retain(|d| !disabled.contains(&d.name));
        let mut subcharts = self.graph.subcharts(chart).to_vec();
        subcharts.retain(|id| !disabled.iter().any(|name| name == self.graph.name(*id)));
        for id in &subcharts {
            let path = format!("{path}{}.", self.graph.name(*id));
            self.enabled(*id, &values, &path)?;
        }
        // Where all are disabled Helm is left with no list at all.
        self.graph.metadata_mut(chart).dependencies = Some(dependencies).filter(|d| !d.is_empty());
        self.graph.set_subcharts(chart, subcharts);
        Ok(())
    }

    /// Whether anything below a chart can be disabled. Where nothing can, values that are wrong are refused later.
    fn depends_on_values(&self, chart: usize) -> bool {
        let declared = self.graph.metadata(chart).dependencies.iter().flatten();
        let below = self.graph.subcharts(chart).iter();
        declared.into_iter().any(|d| !d.condition.is_empty() || !d.tags.is_empty())
            || below.into_iter().any(|id| self.graph.metadata(*id).dependencies.is_some())
    }

    /// The values as Helm looks at them to decide what is enabled.
    fn look_ahead(&mut self, chart: usize, above: &Value) -> Result<Value, Refusal> {
        let mut heap = Heap::default();
        let defaults = Defaults::of_graph(&self.graph, chart);
        let mut merge = Merge::new(&mut heap, Mode::Coalesce, self.provenance, self.warnings, false);
        let root = merge.run(&defaults, above)?;
        let values = Value::Map(heap.freeze(root), above.origin());
        Ok(sweep(values, self.provenance, &mut Vec::new()))
    }

    /// Undeclared charts first, as they are; then one for each declared dependency that has a chart, under its alias.
    fn resolve_aliases(&mut self, chart: usize) {
        let existing = self.graph.subcharts(chart).to_vec();
        let mut dependencies = self.graph.metadata_mut(chart).dependencies.take().unwrap_or_default();
        let is_declared = |id: &usize| dependencies.iter().any(|d| self.is_for(*id, d));
        let mut subcharts: Vec<_> = existing.iter().copied().filter(|id| !is_declared(id)).collect();
        for dependency in &mut dependencies {
            if let Some(found) = existing.iter().copied().find(|id| self.is_for(*id, dependency)) {
                subcharts.push(self.copy(found, &dependency.alias));
            }
            if !dependency.alias.is_empty() {
                dependency.name.clone_from(&dependency.alias);
            }
        }
        self.graph.metadata_mut(chart).dependencies = Some(dependencies);
        self.graph.set_subcharts(chart, subcharts);
    }

    fn is_for(&self, id: usize, dependency: &Dependency) -> bool {
        let metadata = self.graph.metadata(id);
        metadata.name == dependency.name && is_compatible(&dependency.version, &metadata.version)
    }

    /// A chart under another name. Of the charts below it only the first level is copied, and of those not what
    /// Chart.yaml says, so that two aliases of a chart share the rest, as in Helm.
    fn copy(&mut self, id: usize, alias: &str) -> usize {
        let mut metadata = self.graph.metadata(id).clone();
        if !alias.is_empty() {
            metadata.name = alias.to_owned();
        }
        self.graph.metadata.push(metadata);
        let mut copy = self.graph.charts[id].clone();
        copy.metadata = self.graph.metadata.len() - 1;
        let below = std::mem::take(&mut copy.subcharts);
        self.graph.charts.push(copy);
        let new = self.graph.charts.len() - 1;
        for child in below {
            self.graph.charts.push(self.graph.charts[child].clone());
            self.graph.adopt(new, self.graph.charts.len() - 1);
        }
        new
    }

    /// Whether the tags of a dependency enable it: one that is true does, one that is false disables it otherwise.
    fn by_tags(&mut self, dependency: &Dependency, values: &Value) -> bool {
        let Some(tags) = values.get("tags").and_then(Value::as_map) else { return true };
        let (mut some_true, mut some_false) = (false, false);
        for (tag, value) in dependency.tags.iter().filter_map(|tag| Some((tag, tags.get(tag)?))) {
            match value.as_bool() {
                Some(true) => some_true = true,
                Some(false) => some_false = true,
                None => self.not_bool(tag, dependency, value),
            }
        }
        some_true || !some_false
    }

    /// What the first path of a condition that leads to a boolean says.
    fn by_condition(&mut self, dependency: &Dependency, values: &Value, path: &str) -> Option<bool> {
        for condition in dependency.condition.trim().split(',').filter(|c| !c.is_empty()) {
            match lookup(values, &format!("{path}{condition}")) {
                Some(Value::Bool(enabled, _)) => return Some(*enabled),
                Some(value) if value.as_map().is_none() => self.not_bool(condition, dependency, value),
                _ => {}
            }
        }
        None
    }

    fn not_bool(&mut self, path: &str, dependency: &Dependency, value: &Value) {
        let kind = WarningKind::NotBool { path: path.to_owned(), chart: dependency.name.clone() };
        self.warnings.add(kind, self.provenance.pos(value.origin()), dependency.pos);
    }

    /// Imports for a chart and all below it, deepest first.
    fn imports(&mut self, chart: usize) -> Result<(), Refusal> {
        for id in self.graph.subcharts(chart).to_vec() {
            self.imports(id)?;
        }
        let Some(mut dependencies) = self.graph.metadata_mut(chart).dependencies.take() else { return Ok(()) };
        let values = self.import(chart, &mut dependencies);
        self.graph.metadata_mut(chart).dependencies = Some(dependencies);
        self.graph.charts[chart].values = values?;
        Ok(())
    }

    /// The values of a chart with those of its subcharts and, below them, what it imports.
    fn import(&mut self, chart: usize, dependencies: &mut [Dependency]) -> Result<Value, Refusal> {
        let origin = self.graph.charts[chart].values.origin();
        let mut heap = Heap::default();
        let defaults = Defaults::of_graph(&self.graph, chart);
        let mut merge = Merge::new(&mut heap, Mode::Merge, self.provenance, self.warnings, true);
        let values = merge.run(&defaults, &Value::map::<&str>([]))?;
        let imported = heap.table(Arc::default());
        for dependency in &mut *dependencies {
            self.import_from(&mut heap, values, imported, dependency);
        }
        // Importing changes the chart's own maps where it finds them a second time, so they are copied after it.
        let frozen = heap.freeze_all(values);
        let cyclic = frozen.cyclic;
        let result = heap.table(frozen.map);
        self.merge(&mut heap, true).tables(result, imported);
        let frozen = heap.freeze_all(result);
        if cyclic || frozen.cyclic {
            let kind = RefusalKind::ImportCycle { chart: self.graph.name(chart).to_owned() };
            return Err(Refusal { kind, pos: dependencies.first().map(|d| d.pos).unwrap_or_default() });
        }
        Ok(Value::Map(frozen.map, origin))
    }

    fn merge<'m>(&'m mut self, heap: &'m mut Heap, record: bool) -> Merge<'m> {
        Merge::new(heap, Mode::Merge, self.provenance, self.warnings, record)
    }

    /// Adds what a dependency exports, and leaves in the dependency what Helm leaves there.
    fn import_from(&mut self, heap: &mut Heap, values: Ref, imported: Ref, dependency: &mut Dependency) {
        // Two aliases can share a chart, and with it this list. Helm does not know its own entries again.
        let fresh = !std::mem::replace(&mut dependency.imported, true);
        let imports: Vec<_> = dependency.import_values.iter().filter(|_| fresh).filter_map(Import::read).collect();
        for import in &imports {
            match find_table(heap, values, &format!("{}.{}", dependency.name, import.child)) {
                Ok(table) => {
                    let nested = nest(heap, &import.parent, table);
                    self.merge(heap, false).tables(imported, nested);
                }
                Err(part) => {
                    let kind = WarningKind::NothingToImport { chart: dependency.name.clone(), part };
                    self.warnings.add(kind, dependency.pos, Pos::NONE);
                }
            }
        }
        dependency.import_values = imports.iter().map(Import::to_value).collect();
    }
}

/// An entry of import-values.
struct Import {
    child: String,
    parent: String,
}

impl Import {
    /// `data` stands for `exports.data` into the parent's root. Anything but text and maps is passed over.
    fn read(value: &Value) -> Option<Import> {
        let print = |key: &str| {
            let mut out = String::new();
            print_go(value.get(key).unwrap_or(&Value::NULL), &mut out);
            out
        };
        match value {
            Value::Str(name, _) => Some(Import { child: format!("exports.{name}"), parent: ".".to_owned() }),
            Value::Map(..) => Some(Import { child: print("child"), parent: print("parent") }),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        Value::map([("child", Value::str(self.child.as_str())), ("parent", Value::str(self.parent.as_str()))])
    }
}

/// The map at a dotted path; the part of the path that is no map where there is none.
fn find_table(heap: &mut Heap, values: Ref, path: &str) -> Result<Ref, String> {
    let found = path.split('.').try_fold(values, |table, key| heap.child(table, key).ok_or_else(|| key.to_owned()))?;
    // Helm takes a new map in place of an empty one.
    Ok(if heap.len(found) == 0 { heap.table(Arc::default()) } else { found })
}

/// A map below new ones, as a dotted path has it.
fn nest(heap: &mut Heap, path: &str, table: Ref) -> Ref {
    if path == "." {
        return table;
    }
    path.split('.').rev().fold(table, |below, key| {
        let above = heap.table(Arc::default());
        heap.set(above, Str::from(key), Node::Table(below, Default::default()));
        above
    })
}

/// The value at a dotted path.
fn lookup<'v>(values: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(values, |value, key| value.get(key))
}
