//! Keys of values.yaml that templates cannot do without. Each key is taken away by itself, as a user's null does, and
//! the templates that may read it are rendered: what failed before, too, and what asks for a value is not told.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::chart::{Chart, Place};
use crate::diag::{Diagnostic, Sources, Span};
use crate::engine::{Context, RenderError, RenderErrorKind, Template};
use crate::functions::{Draws, Random as _, Seed, System};
use crate::lint::reach::Reach;
use crate::pipeline::engines::Engines;
use crate::pipeline::values::{Merged, Read};
use crate::pipeline::{Error, Request, ValuesInput, release, schemas, templates};
use crate::runtime::time::Zone;
use crate::value::{Str, Value};

/// The most places that are told of one key.
const PLACES: usize = 3;

/// The keys of the outermost chart's values.yaml without which its templates fail. A bundled chart is not the reader's to
/// change, and neither are the templates of subcharts. Engines that rendered the chart need not parse it again.
///
/// # Errors
/// Values or templates that cannot be read even as they are.
pub(super) fn check(
    request: &Request,
    chart: &Arc<Chart>,
    rendered: Option<&Engines>,
    sources: &Sources,
) -> Result<Vec<Diagnostic>, Error> {
    if chart.place == Place::Bundled {
        return Ok(Vec::new());
    }
    let look = Look::new(request, chart, rendered, sources)?;
    let reach = Reach::new(&look.context.templates);
    let named: Vec<_> = look.sound.iter().map(|template| (template.name.as_str(), reach.names(template))).collect();
    let mut told = Vec::new();
    for (key, start) in look.read.own_keys(chart) {
        let may_read = named.iter().filter(|(_, names)| names.contains(key.as_bytes()));
        let failed = look.without(&key, &may_read.map(|(name, _)| *name).collect::<Vec<_>>())?;
        let span = start.is_some().then(|| Span::new(start, start.offset(key.len())));
        told.extend(tell(&key, &failed, sources).map(|told| told.label_opt(span, "")));
    }
    Ok(told)
}

/// The chart with nothing but its own values.
struct Look<'a> {
    request: &'a Request,
    chart: &'a Arc<Chart>,
    sources: &'a Sources,
    read: Read,
    /// What schemas have against these values.
    refusals: Vec<Diagnostic>,
    context: Arc<Context>,
    engines: Engines,
    /// The chart's own templates that these values suffice for.
    sound: Vec<Arc<Template>>,
}

/// A template that failed, and whether it is one of Jinja.
type Failed = (RenderError, bool);

impl<'a> Look<'a> {
    fn new(
        request: &'a Request,
        chart: &'a Arc<Chart>,
        rendered: Option<&Engines>,
        sources: &'a Sources,
    ) -> Result<Self, Error> {
        let seed = Seed::unknown().map_err(|err| Error::Usage(Diagnostic::error(err.message)))?;
        let draws = Arc::new(Draws::new(&seed, &[], System.now(), Zone::local()).noting());
        let release = release::resolve(request, chart, &(draws.clone() as _), sources)?;
        let capabilities = release::capabilities(request)?;
        let read = Read::new(chart, &ValuesInput::default(), sources)?;
        let merged = read.clone().merge(chart)?;
        let (refusals, own) = (refusals(&merged, sources), format!("{}/templates", merged.tree.path));
        let mut context = templates::context(merged, release, capabilities, request, sources)?;
        context.random = draws.clone();
        let context = Arc::new(context);
        let engines = rendered.map_or_else(|| Engines::new(&context), |rendered| rendered.over(&context));
        let engines = engines.map_err(|err| Error::Render(Box::new(err)))?;
        let is_own = |template: &&Arc<Template>| template.scope.base_path == own && !template.is_partial();
        let is_sound =
            |template: &&Arc<Template>| engines.render_apart(template).err().is_none_or(|err| is_asking(&err));
        let sound = engines.order().iter().filter(is_own).filter(is_sound).cloned().collect();
        // Keys and certificates take longer to make than all else.
        draws.keep(draws.drawn().into_iter().map(|drawn| (drawn.id, drawn.value)).collect());
        Ok(Look { request, chart, sources, read, refusals, context, engines, sound })
    }

    /// Which of some templates fail without a key. Where a schema asks for it that is said to whoever leaves it out.
    fn without(&self, key: &Str, readers: &[&str]) -> Result<Vec<Failed>, Error> {
        if readers.is_empty() {
            return Ok(Vec::new());
        }
        let null = Value::map([(key.clone(), Value::NULL)]);
        let Ok(merged) = self.read.below(null).merge(self.chart) else { return Ok(Vec::new()) };
        if refusals(&merged, self.sources).iter().any(|refusal| !self.refusals.contains(refusal)) {
            return Ok(Vec::new());
        }
        let (release, capabilities) = (self.context.release.clone(), (*self.context.capabilities).clone());
        let mut context = templates::context(merged, release, capabilities, self.request, self.sources)?;
        context.random = self.context.random.clone();
        let engines = self.engines.over(&Arc::new(context)).map_err(|err| Error::Render(Box::new(err)))?;
        let templates = engines.order().iter().filter(|template| readers.contains(&template.name.as_str()));
        let failed = templates.filter_map(|template| Some((engines.render_apart(template).err()?, template.jinja)));
        Ok(failed.filter(|(err, _)| !is_asking(err)).collect())
    }
}

/// What schemas have against values.
fn refusals(merged: &Merged, sources: &Sources) -> Vec<Diagnostic> {
    schemas::check(merged, sources, &mut Vec::new()).map_or_else(Error::diagnostics, |_| Vec::new())
}

/// Whether the chart asks for a value, which is no fault of its.
fn is_asking(err: &RenderError) -> bool {
    err.kind == RenderErrorKind::Refused
}

/// Tells of what failed, each place once, those first that stop most templates.
fn tell(key: &str, failed: &[Failed], sources: &Sources) -> Option<Diagnostic> {
    let (_, jinja) = failed.first()?;
    let mut places: IndexMap<String, usize> = IndexMap::new();
    failed.iter().for_each(|(err, _)| *places.entry(place(err, sources)).or_default() += 1);
    places.sort_by(|_, one, _, other| other.cmp(one));
    let more = places.len().saturating_sub(PLACES);
    let fail = if failed.len() == 1 { "template fails" } else { "templates fail" };
    let mut told = Diagnostic::info(format!("{} {fail} where values have no `{key}`", failed.len()));
    told.notes.extend(places.into_iter().take(PLACES).map(|(place, count)| match count {
        1 => place,
        _ => format!("{place} (in {count} templates)"),
    }));
    told.notes.extend((more > 0).then(|| format!("and {more} more")));
    Some(told.help(match jinja {
        true => "give what is read a fallback with `| default(…)`, or ask for it with `required(…)`".to_owned(),
        false => format!("read it as in `({}).…` or with `default`, or ask for it with `required`", read(key)),
    }))
}

/// What a Go template says to read a key.
fn read(key: &str) -> String {
    let is_name = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { format!(".Values.{key}") } else { format!("index .Values {key:?}") }
}

/// The innermost place of a failure and what happens there.
fn place(err: &RenderError, sources: &Sources) -> String {
    let reason = err.reason.as_ref().unwrap_or(&err.message);
    let reason = reason.lines().next().unwrap_or_default();
    match err.frames.first().and_then(|frame| sources.locate(frame.span.start)) {
        Some(at) => format!("{}:{}:{}: {reason}", at.file, at.line, at.column),
        None => reason.to_owned(),
    }
}
