//! The report as a patch: the YAML of both sides, resources paired and in order, keys in the order of the old side.

use super::super::{Id, LineKind, Report, Resource, ResourceChange, hunks, reconciled};
use super::{lines, risks, view};
use crate::value::Value;

/// The report as a patch, with `context` lines around what changed; risks are comments, which `patch` passes over.
pub fn unified(report: &Report, context: usize) -> String {
    let mut out = String::new();
    for broken in &report.broken {
        out += &format!("# broken reference: {}\n", lines::visible(&broken.what));
    }
    for (n, change) in report.resources.iter().enumerate() {
        let (old, new) = texts(change, view::block);
        for risk in report.risks_of(n) {
            out += &format!("# {}: {} ({})\n", risk.class(), risks::said(risk), risk.rule.id);
        }
        let name = |side: &str, resource: Option<&Resource>| match resource {
            Some(resource) => format!("{side}/{}", file_name(&resource.id)),
            None => "/dev/null".to_owned(),
        };
        out += &format!("--- {}\n+++ {}\n", name("a", change.before()), name("b", change.after()));
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
/// they are the same.
pub(super) fn texts(change: &ResourceChange, write: fn(&Value) -> String) -> (String, String) {
    match change {
        ResourceChange::Added(new) => (String::new(), write(&new.value)),
        ResourceChange::Removed(old) => (write(&old.value), String::new()),
        ResourceChange::Paired(pair) => (write(&pair.old.value), write(&reconciled(&pair.old, &pair.new))),
    }
}

/// A path for a resource: `shop/Deployment.web.yaml`.
fn file_name(id: &Id) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
    let kind = if id.kind.is_empty() { "document" } else { &id.kind };
    let name = if id.name.is_empty() { String::new() } else { format!(".{}", id.name) };
    format!("{namespace}{kind}{name}.yaml").replace(char::is_control, "?")
}
