//! The engine against what Helm 4.1.4 prints.

mod arguments;
mod cases;
mod differential;
mod generate;
mod trees;

use std::sync::Arc;

use super::Gotpl;
use crate::diag::{SourceKind, Sources};
use crate::engine::{
    Capabilities, Context, Engine as _, Files, Objects, Release, RenderError, Scope, Template, Warnings,
};
use crate::functions::{FuncError, Random};
use crate::value::{Num, Origin, Value};

struct Fixed;

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        buffer.fill(7);
        Ok(())
    }

    fn now(&self) -> i128 {
        1_700_000_000_000_000_000
    }
}

/// Data as Helm reads it from a values file.
pub(super) fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::NULL,
        Json::Bool(b) => Value::bool(*b),
        Json::Number(n) => {
            let num = n.as_i64().map_or_else(|| Num::Float(n.as_f64().unwrap_or_default()), Num::Int);
            Value::Num(num, Origin::NONE)
        }
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json)),
        Json::Object(map) => Value::map(map.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

/// What a chart `t` without anything but a name has in `.Chart`.
fn chart() -> Value {
    let texts = ["APIVersion", "AppVersion", "Condition", "Description", "Home", "Icon", "KubeVersion", "Tags", "Type"];
    let mut entries: Vec<(&str, Value)> = texts.map(|name| (name, Value::str(""))).into();
    entries.extend(["Dependencies", "Keywords", "Maintainers", "Sources"].map(|name| (name, Value::list([]))));
    entries.extend([
        ("APIVersion", Value::str("v2")),
        ("Name", Value::str("t")),
        ("Version", Value::str("0.1.0")),
        ("Annotations", Value::NULL),
        ("Deprecated", Value::bool(false)),
        ("IsRoot", Value::bool(true)),
    ]);
    Value::map(entries)
}

/// A context with these templates, by their paths in the chart `t`.
pub(super) fn context(values: &Value, templates: &[(&str, &str)]) -> Arc<Context> {
    let sources = Sources::default();
    let scope = Arc::new(Scope {
        base_path: "t/templates".into(),
        values: values.clone(),
        chart: chart(),
        files: Files::default(),
        subcharts: Vec::new(),
    });
    let template = |(name, text): &(&str, &str)| {
        let name = format!("t/templates/{name}");
        let source = sources.add(name.clone(), SourceKind::Template, text.as_bytes()).unwrap();
        Arc::new(Template { name, source, scope: scope.clone(), jinja: false })
    };
    let templates = templates.iter().map(template).collect();
    context_of(sources, values, templates)
}

pub(super) fn context_of(sources: Sources, values: &Value, templates: Vec<Arc<Template>>) -> Arc<Context> {
    Arc::new(Context {
        release: Release { name: "r".into(), namespace: "default".into(), is_upgrade: false, revision: 1 },
        capabilities: Arc::new(Capabilities::new("v1.35.0", "1", "35", [])),
        templates,
        root: values.clone(),
        provenance: Arc::default(),
        removed: Vec::new(),
        sources,
        random: Arc::new(Fixed),
        objects: Objects::default(),
        dns: false,
        warnings: Warnings::default(),
    })
}

/// What the first template prints.
pub(super) fn render(values: &Value, templates: &[(&str, &str)]) -> Result<String, RenderError> {
    let context = context(values, templates);
    Gotpl::new(context.clone())?.render(&context.templates[0])
}

/// Runs on a stack as large as the program's.
pub(super) fn on_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(512 << 20);
        thread.spawn_scoped(scope, run).unwrap().join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
