//! When the API server refuses a change that it does not refuse everywhere.

use std::cmp::Ordering;

use super::super::super::report::{Change, Detail};
use super::super::super::{Paired, Resource, Step, quantity};
use super::super::{defaults, read};
use super::Touched;
use crate::value::Value;

pub(super) fn always(_: &Touched<'_>) -> bool {
    true
}

/// It had a value: what was left out has been filled in by the server, perhaps with just this.
pub(super) fn was_set(touched: &Touched<'_>) -> bool {
    read::at(&touched.pair.old.value, &touched.field.to_string()).is_some()
}

/// The pods that are selected are others. Where the first versions of the API had no selector, it was all labels of the
/// template.
pub(super) fn selects_others(touched: &Touched<'_>) -> bool {
    let selector = |resource: &Resource| {
        let said = read::at(&resource.value, "spec.selector").cloned();
        let filled_in = ["extensions/v1beta1", "apps/v1beta1"].contains(&resource.api_version.as_str());
        let labels = || read::pod_labels(resource).map(|labels| Value::map([("matchLabels", labels.clone())]));
        said.or_else(|| filled_in.then(labels).flatten())
    };
    let (old, new) = (selector(&touched.pair.old), selector(&touched.pair.new));
    old.is_some() && old != new
}

/// The old one says that it does not change.
pub(super) fn is_immutable(touched: &Touched<'_>) -> bool {
    read::flag(&touched.pair.old.value, "immutable") == Some(true)
}

/// A claim may ask for more room, not for less.
pub(super) fn shrinks(touched: &Touched<'_>) -> bool {
    let room = |resource: &Resource| read::at(&resource.value, "spec.resources.requests.storage").cloned();
    let (Some(old), Some(new)) = (room(&touched.pair.old), room(&touched.pair.new)) else { return false };
    quantity::compare(&old, &new) == Some(Ordering::Greater)
}

/// The Service has an address of its own on both sides, and the new side asks for another one.
pub(super) fn other_address(touched: &Touched<'_>) -> bool {
    let address = |resource: &Resource| {
        let listed = read::texts(&resource.value, "spec.clusterIPs").first().map(|ip| (*ip).to_owned());
        let single = read::text(&resource.value, "spec.clusterIP").to_owned();
        if single.is_empty() { listed.unwrap_or_default() } else { single }
    };
    let (old, new) = (address(&touched.pair.old), address(&touched.pair.new));
    has_address(touched.pair) && !new.is_empty() && old != new
}

/// The first family of addresses is another one; a second one may come and go.
pub(super) fn other_family(touched: &Touched<'_>) -> bool {
    let first = |resource: &Resource| read::texts(&resource.value, "spec.ipFamilies").first().map(|f| (*f).to_owned());
    let (old, new) = (first(&touched.pair.old), first(&touched.pair.new));
    has_address(touched.pair) && old.is_some() && new.is_some() && old != new
}

fn has_address(pair: &Paired) -> bool {
    [&pair.old, &pair.new].iter().all(|side| read::text(&side.value, "spec.type") != "ExternalName")
}

/// A port for health checks is set on both sides.
pub(super) fn other_health_port(touched: &Touched<'_>) -> bool {
    let port = |resource: &Resource| read::number(&resource.value, "spec.healthCheckNodePort").filter(|port| *port > 0);
    let (old, new) = (port(&touched.pair.old), port(&touched.pair.new));
    old.is_some() && new.is_some() && old != new
}

/// The Service is a load balancer on both sides.
pub(super) fn stays_load_balancer(touched: &Touched<'_>) -> bool {
    [&touched.pair.old, &touched.pair.new].iter().all(|side| read::text(&side.value, "spec.type") == "LoadBalancer")
}

/// What a suspended Job's template may change: where its pods may go, and how they are labelled.
const SCHEDULING: [&str; 4] = ["nodeSelector", "affinity", "tolerations", "schedulingGates"];

/// Something else changes than what may while the Job is suspended.
pub(super) fn job_template(touched: &Touched<'_>) -> bool {
    let suspended = read::flag(&touched.pair.old.value, "spec.suspend") == Some(true);
    let may = |change: &Change| {
        let keys: Vec<&str> = change.path.keys().map(|key| key.as_str()).skip(2).collect();
        match keys[..] {
            ["metadata"] | ["metadata", "labels" | "annotations", ..] => true,
            ["spec", field, ..] => SCHEDULING.contains(&field),
            _ => false,
        }
    };
    !touched.changes.iter().all(|change| defaults::of_pod(change) || (suspended && may(change)))
}

/// The number of completions of an indexed Job may follow its parallelism.
pub(super) fn completions(touched: &Touched<'_>) -> bool {
    let number = |path| read::number(&touched.pair.new.value, path);
    let indexed = read::text(&touched.pair.new.value, "spec.completionMode") == "Indexed";
    let counted = read::number(&touched.pair.old.value, "spec.completions").is_some();
    let follows = number("spec.completions").is_some() && number("spec.completions") == number("spec.parallelism");
    !(indexed && counted && follows)
}

/// Something else changes than a running Pod may: images, more tolerations, an earlier deadline.
pub(super) fn pod_spec(touched: &Touched<'_>) -> bool {
    !touched.changes.iter().all(|change| match change.path.steps() {
        [_, Step::Key(list), Step::Item(_), Step::Key(field)] => {
            matches!(list.as_str(), "containers" | "initContainers") && field == "image"
        }
        [_, Step::Key(list), ..] if list == "tolerations" => matches!(change.detail, Detail::Added(_)),
        [_, Step::Key(field)] if field == "activeDeadlineSeconds" => {
            let seconds = |resource: &Resource| read::number(&resource.value, "spec.activeDeadlineSeconds");
            seconds(&touched.pair.new).is_some_and(|new| seconds(&touched.pair.old).is_none_or(|old| new < old))
        }
        _ => defaults::of_pod(change),
    })
}

/// The version in which objects were stored is no longer among the versions.
pub(super) fn stored_version(touched: &Touched<'_>) -> bool {
    let versions = |resource: &Resource| read::items(&resource.value, "spec.versions").to_vec();
    let is_stored = |version: &&Value| read::flag(version, "storage") == Some(true);
    let (old, new) = (versions(&touched.pair.old), versions(&touched.pair.new));
    let stored = old.iter().find(is_stored).map(|version| read::text(version, "name"));
    stored.is_some_and(|stored| !new.is_empty() && new.iter().all(|version| read::text(version, "name") != stored))
}
