//! From charts with values to rendered templates.

use std::sync::Arc;

use super::blame::Traced;
use super::engines::Engines;
use super::values::Merged;
use super::{Error, Request};
use crate::chart::Language;
use crate::diag::{Diagnostic, Source, SourceKind, Sources, Span};
use crate::engine::{
    Capabilities, Context, Engine as _, Files, Release, RenderError, RenderErrorKind, Rendered, Scope, Template,
    Warnings,
};
use crate::functions::System;
use crate::manifest::{Dropped, File, ManifestError, Manifests};
use crate::value::{Str, Value};
use crate::values::ChartTree;

/// What all templates of a render share.
///
/// # Errors
/// When all texts together exceed what positions can name.
pub fn context(
    merged: Merged,
    release: Release,
    capabilities: Capabilities,
    request: &Request,
    sources: &Sources,
) -> Result<Context, Error> {
    let mut templates = Vec::new();
    add_chart(&merged.tree, &merged.values, true, sources, &mut templates)?;
    Ok(Context {
        release,
        capabilities: Arc::new(capabilities),
        templates,
        root: merged.values,
        provenance: Arc::new(merged.provenance),
        removed: merged.removed,
        sources: sources.clone(),
        random: Arc::new(System),
        objects: Default::default(),
        dns: request.dns,
        warnings: Warnings::default(),
    })
}

/// Adds the templates of a chart and of all below it, and gives what they see.
fn add_chart(
    tree: &ChartTree,
    values: &Value,
    is_root: bool,
    sources: &Sources,
    templates: &mut Vec<Arc<Template>>,
) -> Result<Arc<Scope>, Error> {
    let mut subcharts = Vec::new();
    for subchart in &tree.subcharts {
        let scope = add_chart(subchart, &tree.values_of(subchart, values), false, sources, templates)?;
        subcharts.push((Str::from(subchart.name()), scope));
    }
    let scope = Arc::new(Scope {
        base_path: format!("{}/templates", tree.path),
        values: values.clone(),
        chart: tree.metadata.to_value(is_root),
        files: Files::new(tree.chart.files.clone()),
        subcharts,
    });
    let library = tree.metadata.is_library();
    for template in &tree.chart.templates {
        let template = Template {
            name: format!("{}/{}", tree.path, template.file.path()),
            source: template.file.source(sources)?,
            scope: scope.clone(),
            jinja: template.language == Language::Jinja,
        };
        // A library chart has helpers for others and prints nothing.
        if !library || template.is_partial() {
            templates.push(Arc::new(template));
        }
    }
    Ok(scope)
}

/// Renders every template that prints something, in Helm's order.
///
/// # Errors
/// The first template that fails.
pub fn render(engines: &Engines) -> Result<Vec<Rendered>, Error> {
    let mut rendered = Vec::new();
    for template in engines.order().iter().filter(|t| !t.is_partial()) {
        let text = engines.render(template).map_err(|err| Error::Render(Box::new(traced(engines, template, err))))?;
        rendered.push(Rendered { template: template.clone(), text: Arc::new(text) });
    }
    Ok(rendered)
}

/// A failure with the value that it is about, which a traced render knows; without, where chance made that another one.
fn traced(engines: &Engines, template: &Arc<Template>, err: RenderError) -> RenderError {
    // What runs for too long would do so again.
    if err.kind == RenderErrorKind::Limit {
        return err;
    }
    match engines.trace(template) {
        Err(again) if again.message == err.message => RenderError { value: again.value, ..err },
        _ => err,
    }
}

/// The files of crds/ of a chart and of all below it, under the paths that Helm gives them.
///
/// # Errors
/// One that cannot be read.
pub fn crds(tree: &ChartTree) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for file in tree.chart.crds() {
        let text = String::from_utf8_lossy(file.bytes()?).into_owned();
        files.push(File::new(format!("{}/{}", tree.path, file.path()), text));
    }
    for subchart in &tree.subcharts {
        files.append(&mut crds(subchart)?);
    }
    Ok(files)
}

/// The texts of the files of crds/ of a chart and of all below it.
///
/// # Errors
/// One that cannot be read.
pub fn crd_texts(tree: &ChartTree, sources: &Sources) -> Result<Vec<Arc<Source>>, Error> {
    let mut texts = Vec::new();
    for file in tree.chart.crds() {
        texts.push(file.source(sources)?);
    }
    for subchart in &tree.subcharts {
        texts.append(&mut crd_texts(subchart, sources)?);
    }
    Ok(texts)
}

/// The manifests in what was rendered.
///
/// # Errors
/// Texts that are not YAML, or no manifests.
pub fn manifests(
    engines: &Engines,
    context: &Context,
    rendered: &[Rendered],
    crds: Vec<File>,
    debug: bool,
) -> Result<Manifests, Error> {
    let printed = rendered.iter().filter(|r| !is_notes(&r.template));
    let files = printed.map(|r| File { path: r.template.name.as_str().into(), text: r.text.clone() });
    Manifests::sort_out(files, crds).map_err(|errors| {
        Error::Manifest(errors.iter().map(|err| broken(engines, context, rendered, err, debug)).collect())
    })
}

/// Whether a template prints notes for people: `NOTES.txt`, with or without the ending of its language.
pub(super) fn is_notes(template: &Template) -> bool {
    let name = template.name.strip_suffix(".j2").or_else(|| template.name.strip_suffix(".jinja"));
    name.unwrap_or(&template.name).ends_with("NOTES.txt")
}

/// A warning about a document that Helm leaves out.
pub fn dropped(document: &Dropped) -> Diagnostic {
    let title = format!("{}: a document is left out: no hook is run for `{}`", document.file.path, document.events);
    Diagnostic::warning(title).help("see the annotation `helm.sh/hook`")
}

/// A text that is no manifest after rendering: at the template line that printed it, with the rendered line beside it.
fn broken(engines: &Engines, context: &Context, rendered: &[Rendered], err: &ManifestError, debug: bool) -> Diagnostic {
    let Some(found) = rendered.iter().find(|r| r.template.name == *err.file.path) else {
        return err.diagnostic(crate::diag::Pos::NONE);
    };
    let name = format!("{} (rendered)", found.template.source.name);
    let Ok(source) = context.sources.add(name, SourceKind::Rendered, found.text.as_bytes()) else {
        return err.diagnostic(crate::diag::Pos::NONE);
    };
    let mut diagnostic = err.diagnostic(source.base);
    if debug {
        diagnostic.notes.push(format!("the whole of what was rendered:\n{}", found.text));
    }
    let Ok(map) = engines.trace(&found.template) else { return diagnostic };
    let traced = Traced::new(&found.text, map);
    let (at, cause) = (traced.printed(err.at(), context), err.cause().and_then(|at| traced.printed(at, context)));
    let labels = std::mem::take(&mut diagnostic.labels);
    let mut values = Vec::new();
    for (place, what) in [(&cause, "what begins here goes on below"), (&at, "printed by this")] {
        let Some(printed) = place else { continue };
        diagnostic = diagnostic.label(printed.template, what);
        diagnostic = printed.calls.iter().fold(diagnostic, |d, call| d.label(*call, "called here"));
        values.extend(printed.values.iter().copied());
    }
    values.dedup();
    diagnostic = values.iter().fold(diagnostic, |d, value| d.label(Span::at(*value), "a value in this line"));
    diagnostic.labels.extend(labels);
    diagnostic
}
