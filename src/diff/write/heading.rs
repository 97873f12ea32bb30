//! What all formats call a resource, a change, a number of them.

use super::super::risk::some;
use super::super::{Fate, Report, Resource, ResourceChange, Summary};
use super::lines::visible;

/// The sign that stands before a resource.
pub(super) fn sign(fate: Fate) -> char {
    match fate {
        Fate::Added => '+',
        Fate::Removed => '-',
        Fate::Changed => '~',
        Fate::Renamed => '>',
    }
}

/// The word for what happened to a resource.
pub(super) fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Changed => "changed",
        Fate::Renamed => "renamed",
    }
}

/// `Deployment shop/web`, with both names where it has been renamed.
pub(super) fn name(change: &ResourceChange) -> String {
    let name = match change.before().filter(|_| change.fate() == Fate::Renamed) {
        Some(old) => {
            let new = &change.resource().id;
            let namespace = if new.namespace.is_empty() { String::new() } else { format!("{}/", new.namespace) };
            format!("{} → {namespace}{}", old.id, new.name)
        }
        None => change.resource().id.to_string(),
    };
    visible(&name)
}

/// The kind of some resources of one kind, and what they are called, not all where they are many.
pub(super) fn names(report: &Report, places: &[usize]) -> (String, String) {
    let id = |place: usize| &report.resources[place].resource().id;
    let called = |place: usize| {
        let id = id(place);
        if id.namespace.is_empty() { id.name.to_string() } else { format!("{}/{}", id.namespace, id.name) }
    };
    let names: Vec<String> = places.iter().map(|place| called(*place)).collect();
    (visible(&id(places[0]).kind), visible(&some(&names)))
}

/// `apps/v1`, with both versions where it has moved.
pub(super) fn version(change: &ResourceChange) -> String {
    let new = &change.resource().api_version;
    visible(&match change.before().map(|old| &old.api_version).filter(|old| *old != new) {
        Some(old) => format!("{old} → {new}"),
        None => new.to_string(),
    })
}

/// The template that printed a resource; empty where it is not known.
pub(super) fn template(change: &ResourceChange) -> String {
    visible(change.resource().template.as_deref().unwrap_or_default())
}

/// What comes in the place of a resource that goes, or goes where this one comes; empty where nothing does.
pub(super) fn place(change: &ResourceChange, other: Option<&Resource>) -> String {
    visible(&match (change, other) {
        (_, None) => String::new(),
        (ResourceChange::Removed(_), Some(other)) => format!("a {} takes its place", other.id.kind),
        (_, Some(other)) => format!("in the place of the {}", other.id.kind),
    })
}

/// `3 changes`, and how alike the two are where that made them one.
pub(super) fn extent(change: &ResourceChange) -> String {
    let ResourceChange::Paired(pair) = change else { return String::new() };
    let changes = count(pair.changes.len(), "change");
    match pair.likeness {
        Some(likeness) => format!("{changes}, {:.0}% alike", likeness * 100.0),
        None => changes,
    }
}

/// `2 changed, 1 added, 14 unchanged`.
pub(super) fn summary(summary: &Summary) -> String {
    let counts = [
        (summary.changed, "changed"),
        (summary.added, "added"),
        (summary.removed, "removed"),
        (summary.renamed, "renamed"),
    ];
    let counts = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    counts.chain([format!("{} unchanged", summary.unchanged)]).collect::<Vec<_>>().join(", ")
}

/// `1 change`, `2 changes`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
