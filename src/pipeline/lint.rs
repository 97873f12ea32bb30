//! A chart and its values looked through for mistakes.

mod needed;

use std::sync::Arc;

use super::{Error, Merged, Outcome, Request, Tracer, ValuesInput, load_chart, render_looking, validation, values};
use crate::chart::Chart;
use crate::chart::semver::Version;
use crate::conform::{self, Options};
use crate::diag::{Diagnostic, Pos, Severity, SourceKind, Sources, SourcesFull};
use crate::engine::{RenderError, RenderErrorKind};
use crate::lint;
use crate::manifest::{Manifest, Role};
use crate::yaml;

/// What a look through a chart and its values finds, worst first: what keeps it from rendering, what rendering warns of,
/// and what is likely a mistake though it renders.
///
/// # Errors
/// A request that contradicts itself, or names what does not exist.
pub fn lint(request: &Request, sources: &Sources) -> Result<Vec<Diagnostic>, Error> {
    let chart = load_chart(request.chart.as_deref(), sources).map(Arc::new);
    if let Ok(chart) = &chart
        && chart.metadata.is_library()
    {
        return library(chart, request, sources);
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
            let needed = needed::check(request, &outcome.chart, Some(&outcome.kept.engines), sources);
            found.extend(needed.unwrap_or_default());
        }
        Err(Error::Usage(err)) => return Err(Error::Usage(err)),
        Err(Error::Chart(err)) if err.is_usage() => return Err(Error::Chart(err)),
        Err(Error::Render(err)) if err.kind == RenderErrorKind::Refused => {
            found.push(refused(&err));
            found.extend(chart.iter().flat_map(|chart| needed::check(request, chart, None, sources)).flatten());
        }
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
    told.extend(indented(outcome, &mut tracer));
    for manifest in outcome.manifests.list.iter().filter(|manifest| manifest.role != Role::Crd) {
        told.extend(manifest_rules(manifest, &mut tracer, sources)?);
    }
    Ok(told)
}

/// Rendered texts whose first line is indented.
fn indented(outcome: &Outcome, tracer: &mut Tracer<'_>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for rendered in outcome.kept.all_rendered() {
        let (name, text) = (&rendered.template.name, &rendered.text);
        let is_yaml = [".yaml", ".yml", ".yaml.j2", ".yml.j2"].iter().any(|ending| name.ends_with(ending));
        if let Some(at) = lint::manifests::indented_start(text).filter(|_| is_yaml) {
            let odd = Diagnostic::warning(format!("{name}: the first line of what is rendered is indented"));
            let printed = tracer.printed(name, at).map(|printed| printed.template);
            told.push(odd.label_opt(printed, "printed by this"));
        }
    }
    told
}

/// A workload without a selector; a List that says of its items what Helm passes over.
fn manifest_rules(
    manifest: &Manifest,
    tracer: &mut Tracer<'_>,
    sources: &Sources,
) -> Result<Option<Diagnostic>, SourcesFull> {
    let (head, text) = (&manifest.head, manifest.text());
    let begin = manifest.range.start + text.len() - text.trim_start().len();
    let mut at = |told: Diagnostic| {
        let printed = tracer.printed(&manifest.file.path, begin);
        told.label_opt(printed.map(|printed| printed.template), "")
    };
    if lint::manifests::lacks_selector(&head.kind, text) {
        let lost = at(Diagnostic::error(format!("{} {} has no selector", head.kind, head.name)));
        return Ok(Some(lost.help("give it `spec.selector` with the labels of its pods")));
    }
    if head.kind != "List" {
        return Ok(None);
    }
    let source = sources.add(&*manifest.file.path, SourceKind::Rendered, text.as_bytes())?;
    let list = yaml::load_range(&source, 0..source.text.len()).map(|loaded| loaded.value).unwrap_or_default();
    Ok(lint::manifests::has_kept_item(&list).then(|| {
        let lost = Diagnostic::error("helm.sh/resource-policy of an item of a List is passed over");
        at(lost).help("make each item a document of its own")
    }))
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
