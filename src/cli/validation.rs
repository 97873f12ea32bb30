//! Validation as `render validate` and `--validate` share it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Exit, Stop, manifests};
use crate::chart::semver::Version;
use crate::conform::{self, Document, Finding, Level, Options, Report};
use crate::diag::{Diagnostic, Pos, Source, Sources};
use crate::manifest::Role;
use crate::pipeline::{Outcome, Tracer};
use crate::value::Str;

/// The version of Kubernetes where none is given.
const DEFAULT: u8 = 35;

/// How to validate for the version that was typed.
///
/// # Errors
/// It is no version, or one that is not known.
pub(super) fn options(typed: Option<&str>, strict: bool) -> Result<Options, Stop> {
    let Some(typed) = typed else { return Ok(Options { minor: DEFAULT, strict }) };
    let version = Version::parse(typed).ok().filter(|version| version.major == 1);
    let minor = version.and_then(|version| u8::try_from(version.minor).ok());
    match minor.filter(|minor| conform::VERSIONS.contains(minor)) {
        Some(minor) => Ok(Options { minor, strict }),
        None => {
            let (first, last) = (conform::VERSIONS.start(), conform::VERSIONS.end());
            let refused = Diagnostic::error(format!("--kube-version: there are no schemas for `{typed}`"));
            Err(Stop::new(Exit::Usage, refused.help(format!("Kubernetes 1.{first} to 1.{last} are known"))))
        }
    }
}

/// The CustomResourceDefinitions in files and folders.
///
/// # Errors
/// One cannot be read.
pub(super) fn crds(paths: &[PathBuf], sources: &Sources) -> Result<Vec<Document>, Stop> {
    let mut documents = Vec::new();
    for path in paths {
        documents.extend(manifests::read(path, sources)?.into_iter().map(whole));
    }
    Ok(documents)
}

/// All manifests in a text.
pub(super) fn whole(text: Arc<Source>) -> Document {
    Document { text, template: None, range: None }
}

/// Validates what was rendered. What the chart's crds/ define counts, whether it is printed or not.
///
/// # Errors
/// When all texts together exceed what positions can name.
pub(super) fn of_render(
    outcome: &Outcome,
    mut crds: Vec<Document>,
    options: &Options,
    sources: &Sources,
) -> Result<Report, Stop> {
    let mut texts: HashMap<Str, Arc<Source>> = HashMap::new();
    let mut documents = Vec::new();
    for manifest in &outcome.manifests.list {
        let path = Str::from(&*manifest.file.path);
        let text = match texts.get(&path) {
            Some(text) => Arc::clone(text),
            None => manifests::text(path.to_string(), manifest.file.text.as_bytes().to_vec(), sources)?,
        };
        texts.insert(path.clone(), text.clone());
        // A file of crds/ is not split yet.
        let range = (manifest.role != Role::Crd).then(|| manifest.range.clone());
        documents.push(Document { text, template: Some(path), range });
    }
    crds.extend(outcome.crd_texts.iter().cloned().map(whole));
    let mut report = conform::validate(&documents, &crds, options);
    let findings = report.resources.iter_mut().flat_map(|checked| &mut checked.findings);
    let mut tracer = Tracer::new(&outcome.kept);
    findings.filter(|f| f.level > Level::Note).for_each(|finding| trace(finding, &mut tracer, sources));
    Ok(report)
}

/// Tells of a finding in rendered text what that comes from.
fn trace(finding: &mut Finding, tracer: &mut Tracer<'_>, sources: &Sources) {
    let Some(text) = sources.find(finding.pos) else { return };
    if let Some(printed) = tracer.printed(&text.name, text.offset(finding.pos)) {
        finding.origin = conform::Origin {
            template: printed.template.start,
            calls: printed.calls.iter().map(|call| call.start).collect(),
            value: printed.value.unwrap_or(Pos::NONE),
        };
    }
}
