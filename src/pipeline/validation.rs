//! A render's manifests validated, with the places in templates and values that findings come from.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Outcome, Tracer};
use crate::conform::{self, Document, Finding, Level, Options, Report};
use crate::diag::{Pos, Source, SourceKind, Sources, SourcesFull};
use crate::manifest::Role;
use crate::value::Str;

/// Validates what was rendered. What the chart's crds/ define counts, whether it is printed or not.
///
/// # Errors
/// When all texts together exceed what positions can name.
pub fn validate(
    outcome: &Outcome,
    mut crds: Vec<Document>,
    options: &Options,
    sources: &Sources,
) -> Result<Report, SourcesFull> {
    let mut texts: HashMap<Str, Arc<Source>> = HashMap::new();
    let mut documents = Vec::new();
    for manifest in &outcome.manifests.list {
        let path = Str::from(&*manifest.file.path);
        let text = match texts.get(&path) {
            Some(text) => Arc::clone(text),
            None => sources.add(path.as_str(), SourceKind::Rendered, manifest.file.text.as_bytes())?,
        };
        texts.insert(path.clone(), text.clone());
        // A file of crds/ is not split yet.
        let range = (manifest.role != Role::Crd).then(|| manifest.range.clone());
        documents.push(Document { text, template: Some(path), range });
    }
    crds.extend(outcome.crd_texts.iter().cloned().map(|text| Document { text, template: None, range: None }));
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
