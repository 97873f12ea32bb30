//! A chart and its values looked through for mistakes.

use std::sync::Arc;

use super::{Error, Merged, Outcome, Request, Tracer, ValuesInput, load_chart, render_looking, validation, values};
use crate::chart::Chart;
use crate::chart::semver::Version;
use crate::conform::{self, Options};
use crate::diag::{Diagnostic, Pos, Severity, SourceKind, Sources};
use crate::engine::{RenderError, RenderErrorKind};
use crate::lint;
use crate::manifest::Role;
use crate::yaml;

/// What a look through a chart and its values finds, worst first: what keeps it from rendering, what rendering warns of,
/// and what is likely a mistake though it renders.
///
/// # Errors
/// A request that contradicts itself, or names what does not exist.
pub fn lint(request: &Request, sources: &Sources) -> Result<Vec<Diagnostic>, Error> {
    if let Ok(chart) = load_chart(request.chart.as_deref(), sources)
        && chart.metadata.is_library()
    {
        return library(&Arc::new(chart), request, sources);
    }
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    let mut look = |merged: &Merged| {
        seen = lint::check(&input(merged, sources))?;
        Ok(())
    };
    match render_looking(request, sources, &mut found, &mut look) {
        Ok(outcome) => {
            found.extend(manifests(&outcome, sources)?);
            found.extend(alone(request, sources));
        }
        Err(Error::Usage(err)) => return Err(Error::Usage(err)),
        Err(Error::Chart(err)) if err.is_usage() => return Err(Error::Chart(err)),
        Err(Error::Render(err)) if err.kind == RenderErrorKind::Refused => found.push(refused(&err)),
        Err(err) => found.extend(err.diagnostics()),
    }
    found.append(&mut seen);
    found.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    Ok(found)
}

fn input<'a>(merged: &'a Merged, sources: &'a Sources) -> lint::Input<'a> {
    lint::Input {
        tree: &merged.tree,
        values: &merged.values,
        given: &merged.given,
        provenance: &merged.provenance,
        sources,
    }
}

/// What there is to say of a chart that is for others and renders nothing itself.
fn library(chart: &Arc<Chart>, request: &Request, sources: &Sources) -> Result<Vec<Diagnostic>, Error> {
    let mut merged = values(chart, &request.values, sources)?;
    let mut found = std::mem::take(&mut merged.warnings);
    found.extend(lint::check(&input(&merged, sources))?);
    Ok(found)
}

/// A chart that asks for values is not wrong for want of them.
fn refused(err: &RenderError) -> Diagnostic {
    let mut told = err.diagnostic();
    told.severity = Severity::Warning;
    told.note("the chart refuses these values; what it would render was not looked at")
}

/// What there is to say of a render.
fn manifests(outcome: &Outcome, sources: &Sources) -> Result<Vec<Diagnostic>, Error> {
    let mut told = Vec::new();
    let mut tracer = Tracer::new(&outcome.kept);
    let minor = Version::parse(&outcome.kube_version).ok().and_then(|version| u8::try_from(version.minor).ok());
    if let Some(minor) = minor.filter(|minor| conform::VERSIONS.contains(minor)) {
        let report = validation::validate(outcome, Vec::new(), &Options { minor, strict: false }, sources)?;
        let mut place = |pos: Pos| {
            let text = sources.find(pos)?;
            Some(tracer.printed(&text.name, text.offset(pos))?.template)
        };
        told.extend(lint::manifests::of_report(&report, minor, &mut place));
    }
    let mut place = |template: &str, at: usize| tracer.printed(template, at).map(|printed| printed.template);
    for rendered in outcome.kept.all_rendered() {
        let (name, text) = (&rendered.template.name, &rendered.text);
        let is_yaml = [".yaml", ".yml", ".yaml.j2", ".yml.j2"].iter().any(|ending| name.ends_with(ending));
        if let Some(at) = lint::manifests::indented_start(text).filter(|_| is_yaml) {
            let odd = Diagnostic::warning(format!("{name}: the first line of what is rendered is indented"));
            told.push(odd.label_opt(place(name, at), "printed by this"));
        }
    }
    for manifest in outcome.manifests.list.iter().filter(|manifest| manifest.role != Role::Crd) {
        let (head, range) = (&manifest.head, &manifest.range);
        let begin = range.start + manifest.text().len() - manifest.text().trim_start().len();
        if lint::manifests::lacks_selector(&head.kind, manifest.text()) {
            let lost = Diagnostic::error(format!("{} {} has no selector", head.kind, head.name));
            let told_at = lost.label_opt(place(&manifest.file.path, begin), "");
            told.push(told_at.help("give it `spec.selector` with the labels of its pods"));
        }
        if head.kind != "List" {
            continue;
        }
        let source = sources.add(&*manifest.file.path, SourceKind::Rendered, manifest.text().as_bytes())?;
        let list = yaml::load_range(&source, 0..source.text.len()).map(|loaded| loaded.value).unwrap_or_default();
        if lint::manifests::has_kept_item(&list) {
            let lost = Diagnostic::error("helm.sh/resource-policy of an item of a List is passed over");
            let at = place(&manifest.file.path, begin);
            told.push(lost.label_opt(at, "this list").help("make each item a document of its own"));
        }
    }
    Ok(told)
}

/// What fails without the values that are given, and not for want of what the chart asks for.
fn alone(request: &Request, sources: &Sources) -> Option<Diagnostic> {
    if request.values == (ValuesInput { max_input: request.values.max_input, ..ValuesInput::default() }) {
        return None;
    }
    let request = Request { values: ValuesInput::default(), ..request.clone() };
    match render_looking(&request, sources, &mut Vec::new(), &mut |_| Ok(())) {
        Err(Error::Render(err)) if err.kind != RenderErrorKind::Refused => {
            let mut told = err.diagnostic();
            told.severity = Severity::Note;
            told.title = format!("without the given values this fails: {}", told.title);
            Some(told)
        }
        _ => None,
    }
}

/// Whether something is bad enough to fail.
pub fn fails(found: &[Diagnostic], strict: bool) -> bool {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    found.iter().any(|diagnostic| diagnostic.severity >= worst)
}
