//! What each chart's templates begin with: `.`, with maps shared between charts where Helm shares them.
//!
//! `recAllTpls` of pkg/engine/engine.go.

use std::collections::HashMap;
use std::sync::Arc;

use super::objects;
use crate::engine::{Context, Release, Scope, Template};
use crate::runtime::{MapRef, Runtime};
use crate::value::{Str, Value};

/// The root maps of all charts, by the path of their templates.
pub(super) struct Roots(HashMap<String, MapRef, foldhash::fast::RandomState>);

/// What all charts see alike.
struct Shared {
    release: Runtime,
    capabilities: Runtime,
}

impl Roots {
    pub fn new(context: &Context) -> Self {
        let shared =
            Shared { release: release(&context.release), capabilities: objects::capabilities(&context.capabilities) };
        let mut roots = Roots(HashMap::default());
        for scope in top_scopes(&context.templates) {
            let values = scope.values.as_map().cloned().unwrap_or_default();
            roots.add(scope, MapRef::frozen(values), &shared);
        }
        roots
    }

    /// Makes the root map of a chart and of all below it. A subchart's `.Values` is the map below its parent's.
    fn add(&mut self, scope: &Scope, values: MapRef, shared: &Shared) -> Runtime {
        let mut subcharts = Vec::new();
        for (name, subchart) in &scope.subcharts {
            let below = match table(&values, name) {
                Some(map) => map,
                None => MapRef::frozen(subchart.values.as_map().cloned().unwrap_or_default()),
            };
            subcharts.push((name.clone(), self.add(subchart, below, shared)));
        }
        let root = MapRef::new([
            ("Chart".into(), chart(&scope.chart)),
            ("Files".into(), Runtime::Object(Arc::new(scope.files.clone()))),
            ("Release".into(), shared.release.clone()),
            ("Capabilities".into(), shared.capabilities.clone()),
            ("Values".into(), Runtime::Map(values.as_values())),
            ("Subcharts".into(), Runtime::Map(MapRef::new(subcharts))),
        ]);
        self.0.insert(scope.base_path.clone(), root.clone());
        Runtime::Map(root)
    }

    /// `.` of a template, with its `.Template` put in.
    pub fn of(&self, template: &Template) -> Runtime {
        let Some(root) = self.0.get(&template.scope.base_path) else { return Runtime::Nil };
        let about = MapRef::new([
            ("Name".into(), Runtime::str(template.name.as_str())),
            ("BasePath".into(), Runtime::str(template.scope.base_path.as_str())),
        ]);
        root.insert("Template".into(), Runtime::Map(about.as_values()));
        Runtime::Map(root.as_values())
    }
}

/// A map below another by a path with dots, which is how Helm reads the name of a subchart.
fn table(map: &MapRef, path: &str) -> Option<MapRef> {
    path.split('.').try_fold(map.clone(), |map, key| match map.get(key) {
        Some(Runtime::Map(below)) => Some(below),
        _ => None,
    })
}

/// The charts of which no other one is the parent.
fn top_scopes(templates: &[Arc<Template>]) -> Vec<&Scope> {
    let mut known: Vec<&Scope> = Vec::new();
    for template in templates {
        if !known.iter().any(|scope| std::ptr::eq(*scope, &*template.scope)) {
            known.push(&template.scope);
        }
    }
    let mut below = Vec::new();
    for scope in &known {
        collect_below(scope, &mut below);
    }
    known.retain(|scope| !below.iter().any(|b| std::ptr::eq(*b, *scope)));
    known
}

fn collect_below<'s>(scope: &'s Scope, below: &mut Vec<&'s Scope>) {
    for (_, subchart) in &scope.subcharts {
        below.push(subchart);
        collect_below(subchart, below);
    }
}

fn release(release: &Release) -> Runtime {
    let Runtime::Map(map) = Runtime::from(&release.to_value()) else { return Runtime::Nil };
    map.insert("Revision".into(), Runtime::int(release.revision));
    Runtime::Map(map)
}

/// `.Chart`, in which the annotations are texts by type.
fn chart(chart: &Value) -> Runtime {
    const ANNOTATIONS: &str = "Annotations";
    let Runtime::Map(map) = Runtime::from(chart) else { return Runtime::from(chart) };
    let annotations = match map.get(ANNOTATIONS) {
        Some(Runtime::Map(map)) => MapRef::strings(map.entries()),
        Some(_) => MapRef::nil_strings(),
        None => return Runtime::Map(map),
    };
    map.insert(Str::from(ANNOTATIONS), Runtime::Map(annotations));
    Runtime::Map(map)
}
