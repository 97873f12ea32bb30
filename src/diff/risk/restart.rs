//! Pods that are replaced because their template changes.

use super::super::report::{Change, Detail};
use super::super::{Paired, ResourceChange, Step, list};
use super::{Class, Found, Rule, Upgrade, defaults, read};

static RESTART: Rule = Rule {
    id: "pods-restart",
    class: Class::Restart,
    what: "the pod template of a Deployment, StatefulSet or DaemonSet changes",
    advice: "nothing, where more than one pod serves; else choose the hour",
    source: "Deployments: Updating a Deployment",
};

pub(super) const RULES: &[&Rule] = &[&RESTART];

const TEMPLATE: &str = "spec.template";

pub(super) fn check(_: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    let ResourceChange::Paired(pair) = change else { return };
    let rolls = matches!(pair.new.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet");
    let paused = read::flag(&pair.new.value, "spec.paused") == Some(true) || by_hand(pair);
    let empty = read::is_scaled(&pair.new) && (read::replicas(&pair.old) == 0 || read::replicas(&pair.new) == 0);
    if read::is_another(pair) || pair.new.id.group != "apps" || !rolls || paused || empty {
        return;
    }
    let mut parts: Vec<String> = Vec::new();
    for change in pair.changes.iter().filter(|change| !defaults::of_pod(change)) {
        if let Some(part) = part(change).filter(|part| !parts.contains(part)) {
            parts.push(part);
        }
    }
    if !parts.is_empty() {
        // An image says more than a label.
        parts.sort_by_key(|part| !part.starts_with("image of "));
        let how = if all_at_once(pair) { "all at once (strategy Recreate)" } else { "one after another" };
        found.add(&RESTART, read::path(TEMPLATE), format!("its pods are replaced {how}: {}", read::some(&parts)));
    }
}

/// Whether pods are replaced only when somebody deletes them.
fn by_hand(pair: &Paired) -> bool {
    read::text(&pair.new.value, "spec.updateStrategy.type") == "OnDelete"
}

fn all_at_once(pair: &Paired) -> bool {
    pair.new.id.kind == "Deployment" && read::text(&pair.new.value, "spec.strategy.type") == "Recreate"
}

/// `1.25 → 1.27` where only the tag is another. A digest says something only where nothing else does.
fn image(old: &str, new: &str) -> String {
    let named = |image| str::split_once(image, '@').map_or(image, |(name, _)| name);
    let (old, new) = if named(old) == named(new) { (old, new) } else { (named(old), named(new)) };
    match (old.rsplit_once(':'), new.rsplit_once(':')) {
        (Some((a, was)), Some((b, is))) if a == b && !was.contains('/') => format!("{was} → {is}"),
        _ => format!("{old} → {new}"),
    }
}

/// What of the template a change is about: `image of web (a → b)`, `env of web`, `labels`.
fn part(change: &Change) -> Option<String> {
    match change.path.steps() {
        [Step::Key(spec), Step::Key(template), rest @ ..] if spec == "spec" && template == "template" => match rest {
            [_, Step::Key(list), Step::Item(name), rest @ ..] if list.to_lowercase().ends_with("containers") => {
                let name = name.first().map(|(_, name)| name.as_str()).unwrap_or_default();
                match (rest.first(), &change.detail) {
                    (Some(Step::Key(field)), Detail::Replaced { old, new }) if field == "image" && rest.len() == 1 => {
                        let (old, new) = (old.as_str().unwrap_or_default(), new.as_str().unwrap_or_default());
                        Some(format!("image of {name} ({})", image(old, new)))
                    }
                    (Some(Step::Key(field)), Detail::Replaced { old, .. }) if field == "name" && rest.len() == 1 => {
                        Some(format!("container {} renamed {name}", list::label(old)))
                    }
                    (Some(Step::Key(field)), _) => Some(format!("{field} of {name}")),
                    (_, Detail::Added(_)) => Some(format!("container {name} added")),
                    (_, Detail::Removed(_)) => Some(format!("container {name} removed")),
                    _ => Some(format!("container {name}")),
                }
            }
            [_, Step::Key(field), ..] | [Step::Key(field)] => Some(field.to_string()),
            _ => Some("all of it".to_owned()),
        },
        _ => None,
    }
}
