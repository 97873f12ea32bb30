//! The report as a patch: the YAML of both sides, resources paired and in order, keys in the order of the old side.

use super::super::{Id, LineKind, Report, Resource, ResourceChange, hunks, reconciled};
use super::kinds::Kinds;
use super::{lines, risks, view};
use crate::value::Value;

/// The report as a patch, with `context` lines around what changed; risks are comments, which `patch` passes over.
pub fn unified(report: &Report, context: usize) -> String {
    let mut out = String::new();
    for broken in &report.broken {
        out += &format!("# broken reference: {}\n", lines::visible(&broken.what));
    }
    let kinds = Kinds::of(report);
    for (n, change) in report.resources.iter().enumerate() {
        let other = kinds.other(report, n);
        let (old, new) = texts(change, other, view::block);
        for risk in report.risks_of(n) {
            out += &format!("# {}: {} ({})\n", risk.class(), risks::said(risk), risk.rule.id);
        }
        let name = |side: &str, resource: Option<&Resource>| match resource {
            Some(resource) => format!("{side}/{}", file_name(&resource.id)),
            None => "/dev/null".to_owned(),
        };
        match (change, other) {
            // It is told with the one that takes its place.
            (ResourceChange::Removed(_), Some(_)) => continue,
            _ => out += &format!("--- {}\n+++ {}\n", name("a", change.before().or(other)), name("b", change.after())),
        }
        for hunk in hunks(&old, &new, context) {
            out += &hunk.title();
            out.push('\n');
            for line in hunk.lines {
                out.push(match line.kind {
                    LineKind::Kept => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                });
                out += &lines::visible(line.text);
                out.push('\n');
            }
        }
    }
    out
}

/// The YAML of both sides, written by `write`; where there is none, nothing. The new one is written as the old one where
/// they are the same. Of a workload and the `other` that takes its place both are with the one that comes.
pub(super) fn texts(
    change: &ResourceChange,
    other: Option<&Resource>,
    write: fn(&Value) -> String,
) -> (String, String) {
    let both = |old: &Resource, new: &Resource| (write(&old.value), write(&reconciled(old, new)));
    match (change, other) {
        (ResourceChange::Removed(_), Some(_)) => (String::new(), String::new()),
        (ResourceChange::Added(new), Some(old)) => both(old, new),
        (ResourceChange::Added(new), None) => (String::new(), write(&new.value)),
        (ResourceChange::Removed(old), None) => (write(&old.value), String::new()),
        (ResourceChange::Paired(pair), _) => both(&pair.old, &pair.new),
    }
}

/// A path for a resource: `shop/Deployment.web.yaml`.
fn file_name(id: &Id) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
    let kind = if id.kind.is_empty() { "document" } else { &id.kind };
    let name = if id.name.is_empty() { String::new() } else { format!(".{}", id.name) };
    format!("{namespace}{kind}{name}.yaml").replace(char::is_control, "?")
}
