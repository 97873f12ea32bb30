//! The stages of a render, chained: chart, layers, schema, engines, manifests. The only place where they meet.

mod blame;
mod engines;
pub mod input;
pub mod lint;
mod release;
mod schemas;
mod stable;
mod templates;
pub mod validation;
mod values;

use std::sync::Arc;

use crate::chart::{self, Chart};
use crate::diag::{Diagnostic, Severity, Source, Sources};
use crate::engine::{Context, RenderError, Rendered};
use crate::manifest::Manifests;
use crate::output::{self, Selection};
use crate::schema::Schema;
use crate::values::SetFlag;

pub use blame::{Printed, Tracer};
pub use stable::{SeedFrom, Stable};
pub use values::{Giver, Merged, merge, read_values, unreadable};

/// Where the release's name comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameChoice {
    /// `release-name`, or a bundled chart's own name.
    Default,
    /// As given.
    Given(String),
    /// From `--name-template`.
    Template(String),
    /// Made up from the chart's name and the time.
    Generated,
}

/// What is laid over a chart's defaults, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValuesInput {
    /// Names of the chart's layers.
    pub layers: Vec<String>,
    /// Paths of values files; `-` is stdin.
    pub files: Vec<String>,
    /// The `--set` family, in Helm's order.
    pub sets: Vec<(SetFlag, String)>,
    /// The most bytes that one file may have.
    pub max_input: Option<u64>,
    /// Whether what each value overrode is kept, for one who will ask.
    pub history: bool,
}

impl ValuesInput {
    /// The same without one layer, by its name or by the path of its file; nothing where it is not among them.
    pub fn without(&self, layer: &str) -> Option<ValuesInput> {
        let mut rest = self.clone();
        match rest.layers.iter().any(|name| name == layer) {
            true => rest.layers.retain(|name| name != layer),
            false => rest.files.retain(|path| path != layer),
        }
        (rest != *self).then_some(rest)
    }
}

/// A render that is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The release's name.
    pub name: NameChoice,
    /// A path or a bundled chart's name; the current folder where there is none.
    pub chart: Option<String>,
    /// The release's namespace.
    pub namespace: String,
    /// Render an upgrade, not an installation.
    pub is_upgrade: bool,
    /// The Kubernetes version to render for.
    pub kube_version: Option<String>,
    /// API versions besides the usual ones.
    pub api_versions: Vec<String>,
    /// What is laid over the chart's defaults.
    pub values: ValuesInput,
    /// Do not check values against schemas.
    pub skip_schema: bool,
    /// Warnings are errors.
    pub strict: bool,
    /// Templates may look up host names.
    pub dns: bool,
    /// Print broken YAML rather than refusing it, where nothing else is wrong.
    pub debug: bool,
    /// What to stand on rather than on chance.
    pub stable: Stable,
    /// Whether the outcome is to have the texts of crds/, wanted among the manifests or not.
    pub keep_crds: bool,
    /// Which manifests are wanted.
    pub selection: Selection,
}

impl Request {
    /// How many of its inputs are stdin, which can be read once.
    pub fn stdin_reads(&self) -> usize {
        let seed = match &self.stable.seed {
            Some(SeedFrom::File(path)) => Some(path),
            _ => None,
        };
        let files = self.values.files.iter().chain(&self.stable.lookup).chain(&self.stable.adopt).chain(seed);
        files.filter(|path| *path == "-").count()
    }
}

/// Why a render failed, by stage.
#[derive(Debug)]
pub enum Error {
    /// The request contradicts itself or names what does not exist.
    Usage(Diagnostic),
    /// The chart is not there or not right.
    Chart(chart::ChartError),
    /// A layer, an argument or the merging of values.
    Values(Diagnostic),
    /// Values that a schema refuses, one diagnostic a violation.
    Schema(Vec<Diagnostic>),
    /// A template.
    Render(Box<RenderError>),
    /// What was rendered.
    Manifest(Vec<Diagnostic>),
    /// Warnings, where they are errors.
    Strict(Vec<Diagnostic>),
}

impl Error {
    /// What to tell.
    pub fn diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Error::Usage(one) | Error::Values(one) => vec![one],
            Error::Chart(err) => vec![err.diagnostic()],
            Error::Render(err) => vec![err.diagnostic()],
            Error::Schema(all) | Error::Manifest(all) | Error::Strict(all) => all,
        }
    }
}

impl From<chart::ChartError> for Error {
    fn from(err: chart::ChartError) -> Self {
        Error::Chart(err)
    }
}

impl From<crate::diag::SourcesFull> for Error {
    fn from(err: crate::diag::SourcesFull) -> Self {
        Error::Values(Diagnostic::error(format!("{}: all texts together exceed 2 GiB", err.name)))
    }
}

/// What a render gives.
pub struct Outcome {
    /// The release's name.
    pub release: String,
    /// The release's namespace.
    pub namespace: String,
    /// The chart.
    pub chart: Arc<Chart>,
    /// The Kubernetes version that was rendered for.
    pub kube_version: String,
    /// The texts that gave values: layers, files, arguments, and the defaults of the charts.
    pub givers: Vec<(Arc<Source>, Giver)>,
    /// The manifests that the selection leaves.
    pub manifests: Manifests,
    /// The files of crds/ of the chart and of all below it, where they were asked for.
    pub crd_texts: Vec<Arc<Source>>,
    /// What the render stood on. Who is about to end the process may forget it rather than take it apart.
    pub kept: Kept,
}

/// What a render stood on: engines with their compiled templates, compiled schemas, the rendered texts.
pub struct Kept {
    engines: engines::Engines,
    context: Arc<Context>,
    rendered: Vec<Rendered>,
    _schemas: Vec<Schema>,
}

/// Loads a bundled chart.
///
/// # Errors
/// It is broken, which the tests rule out.
pub fn load_bundled(name: &str, sources: &Sources) -> Result<Chart, Error> {
    let chart = chart::Bundle::embedded().load(name, sources)?;
    chart.ok_or_else(|| Error::Usage(Diagnostic::error(format!("there is no bundled chart `{name}`"))))
}

/// Loads the chart that a request names.
///
/// # Errors
/// There is none, or it is broken.
pub fn load_chart(name: Option<&str>, sources: &Sources) -> Result<Chart, Error> {
    let cwd = std::env::current_dir().unwrap_or_default();
    Ok(chart::find(name, &cwd, &chart::Bundle::embedded(), sources)?)
}

/// The values that the templates of a chart would see. No schema is asked about them.
///
/// # Errors
/// A dependency that is missing; anything that cannot be read or merged.
pub fn values(chart: &Arc<Chart>, input: &ValuesInput, sources: &Sources) -> Result<Merged, Error> {
    chart.check_dependencies()?;
    let mut merged = merge(chart, input, sources)?;
    merged.warnings.splice(0..0, chart.all_warnings());
    Ok(merged)
}

/// Renders. What is odd goes into `warnings` in the order in which it comes up, also when something fails after it.
///
/// # Errors
/// Anything that keeps a manifest from being printed as it should be.
pub fn render(request: &Request, sources: &Sources, warnings: &mut Vec<Diagnostic>) -> Result<Outcome, Error> {
    render_looking(request, sources, warnings, &mut |_| Ok(()))
}

/// As [`render`], with a look at the merged values before a schema or a template sees them.
fn render_looking(
    request: &Request,
    sources: &Sources,
    warnings: &mut Vec<Diagnostic>,
    look: &mut dyn FnMut(&Merged) -> Result<(), Error>,
) -> Result<Outcome, Error> {
    let chart = Arc::new(load_chart(request.chart.as_deref(), sources)?);
    let ground = request.stable.read(sources)?;
    let release = release::resolve(request, &chart, &ground.random(), sources)?;
    let capabilities = release::capabilities(request)?;
    chart.check_installable()?;
    warnings.extend(chart.all_warnings());
    chart.check_dependencies()?;
    let mut merged = merge(&chart, &request.values, sources)?;
    warnings.append(&mut merged.warnings);
    look(&merged)?;
    chart.check_kube_version(&capabilities.kube_version, &capabilities.plain_kube_version())?;
    let schemas = if request.skip_schema { Vec::new() } else { schemas::check(&merged, sources, warnings)? };
    let crds = if request.selection.crds { templates::crds(&merged.tree)? } else { Vec::new() };
    let crd_texts = if request.keep_crds { templates::crd_texts(&merged.tree, sources)? } else { Vec::new() };
    let givers = merged.take_givers();
    let context = templates::context(merged, release, capabilities, request, sources)?;
    let (context, (engines, rendered)) = ground.render(context)?;
    warnings.extend(context.warnings.take());
    // Before anything that a template said of the emptiness it saw instead.
    if let Some(err) = chart.unread() {
        return Err(err.into());
    }
    let rendered = rendered?;
    let manifests = templates::manifests(&engines, &context, &rendered, crds, request.debug)?;
    warnings.extend(manifests.dropped.iter().map(templates::dropped));
    let manifests = output::select(manifests, &request.selection).map_err(|err| Error::Usage(err.diagnostic()))?;
    if request.strict && warnings.iter().any(|w| w.severity == Severity::Warning) {
        return Err(Error::Strict(std::mem::take(warnings).into_iter().map(as_error).collect()));
    }
    let (release, namespace) = (context.release.name.clone(), context.release.namespace.clone());
    let kube_version = context.capabilities.kube_version.to_string();
    let kept = Kept { engines, context, rendered, _schemas: schemas };
    Ok(Outcome { release, namespace, chart, kube_version, givers, manifests, crd_texts, kept })
}

fn as_error(mut warning: Diagnostic) -> Diagnostic {
    warning.severity = Severity::Error;
    warning
}
