//! Deployments, StatefulSets, DaemonSets, ReplicaSets (`pkg/apis/apps/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::selectors::matches;
use super::within;

const I32: i64 = i32::MAX as i64;

/// ValidateDeployment.
pub(super) fn deployment(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    pods(&spec, out);
    let keys = ["replicas", "minReadySeconds", "revisionHistoryLimit"];
    keys.iter().for_each(|key| within(&spec, key, 0, I32, out));
    within(&spec, "progressDeadlineSeconds", 1, I32, out);
    let ready = spec.int("minReadySeconds").unwrap_or(0);
    if let Some(deadline) = spec.get("progressDeadlineSeconds")
        && spec.int("progressDeadlineSeconds").is_some_and(|seconds| seconds <= ready)
    {
        out.error(&deadline, "range", format!("must be greater than minReadySeconds, which is {ready}"));
    }
    strategy(&spec, "strategy", out);
}

/// ValidateStatefulSet.
pub(super) fn stateful_set(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    pods(&spec, out);
    let keys = ["replicas", "minReadySeconds", "revisionHistoryLimit"];
    keys.iter().for_each(|key| within(&spec, key, 0, I32, out));
    if let Some(update) = spec.at(&["updateStrategy", "rollingUpdate"]) {
        within(&update, "partition", 0, I32, out);
        if spec.at(&["updateStrategy"]).and_then(|update| update.text("type")) == Some("OnDelete") {
            out.error(&update, "strategy", "stands beside `type: OnDelete`, which has none");
        }
    }
    if let Some(name) = resource.at(&["metadata", "name"])
        && let Some(text) = name.value.as_str().filter(|text| syntax::dns_label(text).is_some())
    {
        out.warn(&name, "name", format!("`{text}` is no DNS label: pods named after it get no host name"));
    }
}

/// ValidateDaemonSet.
pub(super) fn daemon_set(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    pods(&spec, out);
    ["minReadySeconds", "revisionHistoryLimit"].iter().for_each(|key| within(&spec, key, 0, I32, out));
    if let Some(seconds) = spec.at(&["template", "spec", "activeDeadlineSeconds"]) {
        out.error(&seconds, "pod-template", "is not allowed in a DaemonSet");
    }
    strategy(&spec, "updateStrategy", out);
}

/// ValidateReplicaSet.
pub(super) fn replica_set(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    pods(&spec, out);
    ["replicas", "minReadySeconds"].iter().for_each(|key| within(&spec, key, 0, I32, out));
}

/// The first label of a selector that is not among labels.
fn mismatch<'v>(selector: &Node<'v>, labels: Option<&Node<'v>>) -> Option<Node<'v>> {
    let entries = selector.get("matchLabels")?.entries().map(|(_, entry)| entry).collect::<Vec<_>>();
    let has =
        |entry: &Node<'v>| labels.and_then(|labels| labels.get(entry.key())).is_some_and(|l| l.value == entry.value);
    entries.into_iter().find(|entry| !has(entry))
}

/// The selector selects the template's labels, and something at all; pods are started again, whatever ends them
/// (ValidatePodTemplateSpecForReplicaSet and its like).
fn pods(spec: &Node<'_>, out: &mut Findings) {
    if let Some(selector) = spec.get("selector") {
        let labels = spec.at(&["template", "metadata", "labels"]);
        if ["matchLabels", "matchExpressions"].iter().all(|key| selector.get(key).is_none_or(|below| below.len() == 0))
        {
            out.error(&selector, "selector", "is empty, and would select every pod");
        } else if !matches(selector.value, labels.as_ref().map(|labels| labels.value)) {
            let place = mismatch(&selector, labels.as_ref()).unwrap_or(selector);
            out.error(&place, "selector", "does not select the labels of the pod template");
        }
    }
    if let Some(policy) = spec.at(&["template", "spec", "restartPolicy"])
        && policy.value.as_str().is_some_and(|text| !matches!(text, "" | "Always"))
    {
        out.error(&policy, "pod-template", "must be `Always` here");
    }
    if let Some(containers) = spec.at(&["template", "spec", "ephemeralContainers"]).filter(|list| list.len() > 0) {
        out.error(&containers, "pod-template", "are not allowed in a pod template");
    }
}

/// ValidateDeploymentStrategy, ValidateDaemonSetUpdateStrategy.
fn strategy(spec: &Node<'_>, key: &str, out: &mut Findings) {
    let Some(rolling) = spec.at(&[key, "rollingUpdate"]) else { return };
    let kind = spec.get(key).and_then(|strategy| strategy.text("type"));
    match kind {
        Some("Recreate") => out.error(&rolling, "strategy", "stands beside `type: Recreate`, which has none"),
        Some("OnDelete") => return out.warn(&rolling, "strategy", "is passed over beside `type: OnDelete`"),
        _ => {}
    }
    for part in ["maxUnavailable", "maxSurge"] {
        rolling.get(part).iter().for_each(|amount| int_or_percent(amount, out));
    }
    // A DaemonSet's defaults are 1 and 0, a Deployment's 25 % each.
    let is_daemon_set = key == "updateStrategy";
    let unavailable = rolling.get("maxUnavailable").is_none_or(|amount| !is_none(&amount));
    let surge = rolling.get("maxSurge").map_or(!is_daemon_set, |amount| !is_none(&amount));
    if !unavailable && !surge {
        out.error(
            &rolling,
            "strategy",
            "has neither `maxUnavailable` nor `maxSurge` above 0: nothing could be updated",
        );
    }
    if is_daemon_set && unavailable && surge {
        out.error(&rolling, "strategy", "must have `maxUnavailable: 0` beside a `maxSurge`");
    }
}

fn is_none(amount: &Node<'_>) -> bool {
    use super::super::node::AsInt as _;
    amount.value.as_int() == Some(0) || amount.value.as_str() == Some("0%")
}

/// A number that is not negative, or a percentage (ValidatePositiveIntOrPercent, IsValidPercent).
pub(super) fn int_or_percent(node: &Node<'_>, out: &mut Findings) {
    use super::super::node::AsInt as _;
    if let Some(text) = node.value.as_str() {
        let number = text.strip_suffix('%').filter(|number| !number.is_empty());
        if !number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit())) {
            out.error(node, "percentage", format!("`{text}` must be a number, or a percentage as `25%`"));
        }
    } else if node.value.as_int().is_some_and(|number| number < 0) {
        out.error(node, "range", "must not be negative");
    }
}
