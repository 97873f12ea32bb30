//! What all formats say of risks.

use super::super::Report;
use super::super::risk::{Class, Risk, Rule};
use super::lines::visible;

/// The risks of a report by rule, the worst first.
pub(super) fn by_rule(report: &Report) -> Vec<(&'static Rule, Vec<&Risk>)> {
    let mut groups: Vec<(&'static Rule, Vec<&Risk>)> = Vec::new();
    for risk in &report.risks {
        match groups.iter_mut().find(|(rule, _)| rule.id == risk.rule.id) {
            Some((_, risks)) => risks.push(risk),
            None => groups.push((risk.rule, vec![risk])),
        }
    }
    groups.sort_by_key(|(rule, _)| rule.class);
    groups
}

/// `spec.selector: the API server refuses to change it`.
pub(super) fn said(risk: &Risk) -> String {
    let path = risk.path.to_string();
    let gap = if path.is_empty() { "" } else { ": " };
    visible(&format!("{path}{gap}{}", risk.reason))
}

/// `immutable, restart`: the classes of some risks, each once.
pub(super) fn classes(risks: &[Risk]) -> String {
    let mut classes: Vec<Class> = risks.iter().map(Risk::class).collect();
    classes.dedup();
    classes.iter().map(|class| class.name()).collect::<Vec<_>>().join(", ")
}

/// `1 immutable, 3 restart`: how many there are of each class; empty where there are none.
pub(super) fn counts(report: &Report) -> String {
    let counts = report.classes().into_iter().map(|(class, count)| format!("{count} {class}"));
    counts.collect::<Vec<_>>().join(", ")
}
