//! What is likely a mistake though it renders: keys that nobody reads, parts of a chart that nobody uses, what
//! `helm lint` asks for.
//!
//! Templates are read, not run: what a template may read in any branch is read. In doubt a key is read, so that what is
//! reported is worth a look. Knows charts, values and the trees of templates, and nothing of the command line.

mod calls;
mod crds;
mod defaults;
pub mod manifests;
pub mod reach;
mod reads;
mod rules;
mod schema;
mod shape;
mod unread;
mod unused;
mod walk;
mod words;

use std::sync::Arc;

use crate::chart::{ChartError, Dependency, Language, Place};
use crate::diag::{Diagnostic, Sources};
use crate::engine::gotpl::parse::ast::Tree;
use crate::value::{Path, Provenance, Segment, Str, Value};
use crate::values::ChartTree;

use reads::{Here, Step};
use shape::{Shape, Shapes};
use unread::Reader;
use walk::Walk;
use words::Words;

/// What is looked at.
pub struct Input<'a> {
    /// The chart and its enabled subcharts.
    pub tree: &'a ChartTree,
    /// The values that templates see.
    pub values: &'a Value,
    /// What was laid over the chart's defaults.
    pub given: &'a Value,
    /// Where values were written.
    pub provenance: &'a Provenance,
    /// The texts of all files.
    pub sources: &'a Sources,
}

/// Everything that is found.
///
/// # Errors
/// A file of the chart that cannot be read.
pub fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let mut found = unread_keys(input)?;
    found.extend(schema::check(input)?);
    // A bundled chart is not the reader's to change.
    if input.tree.chart.place != Place::Bundled {
        found.extend(rules::check(input)?);
        found.extend(crds::check(input)?);
        found.extend(defaults::check(input)?);
        found.extend(unused::check(input)?);
    }
    Ok(found)
}

fn unread_keys(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let mut charts = Vec::new();
    collect(input.tree, &Path::root(), &mut charts);
    let mut templates = Templates::default();
    for chart in &charts {
        templates.add(chart.tree)?;
    }
    let mut texts = Vec::new();
    templated(input.values, &mut texts);
    for chart in &charts {
        for file in &chart.tree.chart.files {
            let text = String::from_utf8_lossy(file.bytes()?);
            texts.extend(text.contains("{{").then(|| Str::from(text.as_ref())));
        }
    }
    let scopes = charts.iter().map(|chart| steps(&chart.path)).collect();
    let mut walk = Walk::new(scopes, &templates.trees, &texts);
    for (number, chart) in charts.iter().enumerate() {
        walk.mark(&steps(&chart.path), chart.tree.metadata.is_library());
        mark_dependencies(chart, &mut walk);
        let dot = Shapes::from([Shape::Root(number)]);
        for template in &chart.tree.chart.templates {
            walk.run(&format!("{}/{}", chart.tree.path, template.file.path()), dot.clone());
        }
        // A Jinja template may include any.
        if templates.has_jinja {
            walk.run_all(&dot);
        }
    }
    let scopes: Vec<Path> = charts.iter().map(|chart| chart.path.clone()).collect();
    let mut reader = Reader { input, words: &templates.words, scopes: &scopes, found: Vec::new() };
    // A template that cannot be read may read anything; rendering says what is wrong with it.
    if !templates.broken {
        reader.run(Here::root(&walk.reads));
    }
    Ok(reader.found)
}

/// A chart, and where its values lie in those of the outermost one.
struct Placed<'a> {
    tree: &'a ChartTree,
    path: Path,
}

fn collect<'a>(tree: &'a ChartTree, path: &Path, charts: &mut Vec<Placed<'a>>) {
    charts.push(Placed { tree, path: path.clone() });
    for subchart in &tree.subcharts {
        let below = subchart.name().split('.').fold(path.clone(), |path, key| path.key(key));
        collect(subchart, &below, charts);
    }
}

/// The templates of all charts, in both languages.
#[derive(Default)]
struct Templates {
    trees: Vec<Arc<Tree>>,
    words: Words,
    has_jinja: bool,
    broken: bool,
}

impl Templates {
    fn add(&mut self, tree: &ChartTree) -> Result<(), ChartError> {
        for template in &tree.chart.templates {
            let text = template.file.bytes()?;
            if template.language == Language::Jinja {
                self.has_jinja = true;
                self.words.add(&String::from_utf8_lossy(text));
                continue;
            }
            match walk::trees(&format!("{}/{}", tree.path, template.file.path()), text) {
                Some(trees) => self.trees.extend(trees),
                None => self.broken = true,
            }
        }
        Ok(())
    }
}

/// Texts in values that may be given to `tpl`.
fn templated(value: &Value, texts: &mut Vec<Str>) {
    let mut add = |text: &Str| texts.extend(text.contains("{{").then(|| text.clone()));
    match value {
        Value::Str(text, _) => add(text),
        Value::Map(map, _) => {
            map.keys().for_each(&mut add);
            map.iter().for_each(|(_, value)| templated(value, texts));
        }
        Value::List(items, _) => items.iter().for_each(|item| templated(item, texts)),
        _ => {}
    }
}

fn steps(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Key(key) => Step::Key(key.clone()),
        Segment::Index(_) => Step::Any,
    };
    path.segments().iter().map(step).collect()
}

/// What Chart.yaml reads: conditions, tags, what is imported; all that is for a subchart which is not there.
fn mark_dependencies(chart: &Placed<'_>, walk: &mut Walk<'_>) {
    let own = steps(&chart.path);
    let mut mark = |names: &str| {
        let below: Vec<Step> = names.split('.').map(|name| Step::Key(name.into())).collect();
        walk.mark(&[own.as_slice(), &below].concat(), true);
        // Helm looks conditions up from the outermost chart too.
        walk.mark(&below, true);
    };
    mark("tags");
    let is_there = |name: &str| chart.tree.subcharts.iter().any(|subchart| subchart.name() == name);
    let declared = chart.tree.chart.metadata.dependencies.iter().flatten();
    for dependency in declared.clone().filter(|dependency| !is_there(dependency.key())) {
        mark(dependency.key());
    }
    for subchart in chart.tree.chart.subcharts.iter().filter(|subchart| !is_there(subchart.name())) {
        mark(subchart.name());
    }
    for dependency in declared {
        dependency.condition.split(',').map(str::trim).filter(|path| !path.is_empty()).for_each(&mut mark);
        imported(dependency).iter().for_each(|path| mark(path));
    }
}

/// Where the values that a dependency lends lie.
fn imported(dependency: &Dependency) -> Vec<String> {
    let path = |import: &Value| match import {
        Value::Str(name, _) => format!("{}.exports.{name}", dependency.key()),
        other => {
            let child = other.get("child").and_then(Value::as_str).unwrap_or_default();
            format!("{}.{child}", dependency.key()).trim_end_matches('.').to_owned()
        }
    };
    dependency.import_values.iter().map(path).collect()
}
