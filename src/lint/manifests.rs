//! What `helm lint` asks of what a chart renders: `template.go` and `deprecations.go` of pkg/chart/v2/lint/rules.
//!
//! Whether the API server would accept it is the business of validation; of what that finds, the rules of Helm's are
//! picked here.

use crate::conform::{Checked, Finding, Level, Report};
use crate::diag::{Diagnostic, Pos, Span};
use crate::value::Value;

/// Kinds that there still are and that are to go, with the version of Kubernetes that says so and what takes their place.
const DEPRECATED: [(&str, &str, u8, &str); 4] = [
    ("v1", "ComponentStatus", 19, "nothing: ask the components for their health"),
    ("v1", "Endpoints", 33, "discovery.k8s.io/v1 EndpointSlice"),
    ("networking.k8s.io/v1beta1", "IPAddress", 34, "networking.k8s.io/v1 IPAddress"),
    ("networking.k8s.io/v1beta1", "ServiceCIDR", 34, "networking.k8s.io/v1 ServiceCIDR"),
];

/// What Helm would say of validated manifests, for a minor version of Kubernetes; `place` knows what printed a place in
/// rendered text.
pub fn of_report(report: &Report, minor: u8, place: &mut dyn FnMut(Pos) -> Option<Span>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for checked in &report.resources {
        let findings = checked.findings.iter().filter(|finding| finding.level == Level::Error && is_told(finding));
        told.extend(findings.map(|finding| diagnostic(checked, finding)));
        told.extend(deprecated(checked, minor).map(|told| told.label_opt(place(checked.pos), "")));
    }
    told
}

/// Whether Helm tells of it: an object's name, or that it has none, and kinds that there are not.
fn is_told(finding: &Finding) -> bool {
    matches!(
        (finding.rule, finding.path.as_str()),
        ("kind", _) | (_, "metadata.name" | "apiVersion" | "kind") | ("required", "" | "metadata")
    )
}

fn diagnostic(checked: &Checked, finding: &Finding) -> Diagnostic {
    let path = if finding.path.is_empty() { String::new() } else { format!("{} ", finding.path) };
    let told = Diagnostic::warning(format!("{}: {path}{}", checked.title(), finding.message));
    let place = if finding.origin.template.is_some() { finding.origin.template } else { finding.pos };
    let value = finding.origin.value;
    told.label(Span::at(place), "")
        .label_opt(value.is_some().then(|| Span::at(value)), "the value")
        .help_opt(finding.help.as_deref())
}

fn deprecated(checked: &Checked, minor: u8) -> Option<Diagnostic> {
    let is_this = |entry: &&(&str, &str, u8, &str)| (entry.0, entry.1) == (&checked.api_version, &checked.kind);
    let (api_version, kind, since, instead) = DEPRECATED.iter().find(is_this).filter(|entry| entry.2 <= minor)?;
    let told = format!("{}: {api_version} {kind} is deprecated since Kubernetes 1.{since}", checked.title());
    Some(Diagnostic::warning(told).help(format!("use {instead}")))
}

/// Where the first line of a rendered text is that says something, where that is indented.
pub fn indented_start(text: &str) -> Option<usize> {
    let line = text.split_inclusive('\n').find(|line| !line.trim().is_empty())?;
    let at = line.as_ptr() as usize - text.as_ptr() as usize;
    line.starts_with([' ', '\t']).then(|| at + (line.len() - line.trim_start().len()))
}

/// Whether a manifest is of a kind that has to say which pods are its own, and says so nowhere.
pub fn lacks_selector(kind: &str, text: &str) -> bool {
    matches!(kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet")
        && !["matchLabels", "matchExpressions"].iter().any(|word| text.contains(word))
}

/// Whether an item of a list says what is to become of it when its release goes, which Helm passes over.
pub fn has_kept_item(list: &Value) -> bool {
    let policy = |item: &Value| item.get("metadata")?.get("annotations")?.get("helm.sh/resource-policy").map(drop);
    let items = list.get("items").and_then(Value::as_list);
    items.is_some_and(|items| items.iter().any(|item| policy(item).is_some()))
}
