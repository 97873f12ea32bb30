//! Where pods run: affinity, tolerations, spreading, priorities, disruptions.

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::metadata::label_key;
use super::workloads::int_or_percent;
use super::{form, required_text, within};

/// ValidateNodeSelectorRequirement.
pub(super) fn node_requirement(node: &Node<'_>, out: &mut Findings) {
    if let Some((key, text)) = node.get("key").zip(node.text("key")) {
        label_key(&key, text, out);
    }
    let values = node.list("values");
    match node.text("operator") {
        Some("In" | "NotIn") if values.is_empty() => {
            out.error(node, "selector", "has no `values`, which In and NotIn need")
        }
        Some("Exists" | "DoesNotExist") if !values.is_empty() => {
            out.error(node, "selector", "has `values`, which Exists and DoesNotExist do not take");
        }
        Some("Gt" | "Lt") if values.len() != 1 => {
            out.error(node, "selector", "must have one value, which Gt and Lt need")
        }
        _ => {}
    }
}

/// validatePodAffinityTerm.
pub(super) fn pod_affinity_term(term: &Node<'_>, out: &mut Findings) {
    required_text(term, "topologyKey", out);
    form(term, "topologyKey", "label", syntax::qualified_name, out);
    term.list("namespaces").iter().for_each(|name| super::form_of(name, "name", syntax::dns_label, out));
}

/// ValidatePreferredSchedulingTerms, validateWeightedPodAffinityTerms.
pub(super) fn weight(term: &Node<'_>, out: &mut Findings) {
    within(term, "weight", 1, 100, out);
}

/// ValidateTolerations.
pub(super) fn toleration(toleration: &Node<'_>, out: &mut Findings) {
    let operator = toleration.text("operator").unwrap_or("Equal");
    match toleration.get("key").zip(toleration.text("key")) {
        Some((key, text)) => label_key(&key, text, out),
        None if operator != "Exists" => {
            out.error(toleration, "toleration", "must have `operator: Exists` where it has no key")
        }
        None => {}
    }
    if let (Some(value), "Exists") = (toleration.get("value").filter(|_| toleration.text("value").is_some()), operator)
    {
        out.error(&value, "toleration", "must be empty beside `operator: Exists`");
    }
    if operator == "Equal" {
        form(toleration, "value", "label", syntax::label_value, out);
    }
    if let Some(seconds) =
        toleration.get("tolerationSeconds").filter(|_| toleration.text("effect") != Some("NoExecute"))
    {
        out.error(&seconds, "toleration", "must stand beside `effect: NoExecute`");
    }
}

/// validateTopologySpreadConstraints.
pub(super) fn spread(constraint: &Node<'_>, out: &mut Findings) {
    within(constraint, "maxSkew", 1, i32::MAX.into(), out);
    within(constraint, "minDomains", 1, i32::MAX.into(), out);
    required_text(constraint, "topologyKey", out);
    required_text(constraint, "whenUnsatisfiable", out);
    form(constraint, "topologyKey", "label", syntax::qualified_name, out);
    if let Some(domains) =
        constraint.get("minDomains").filter(|_| constraint.text("whenUnsatisfiable") == Some("ScheduleAnyway"))
    {
        out.error(&domains, "spread", "is for `whenUnsatisfiable: DoNotSchedule`");
    }
    if !constraint.has("labelSelector") {
        out.warn(constraint, "spread", "has no `labelSelector` and counts no pods");
    }
}

/// ValidatePodDisruptionBudgetSpec.
pub(super) fn disruption_budget(spec: &Node<'_>, out: &mut Findings) {
    if let (Some(_), Some(second)) = (spec.get("minAvailable"), spec.get("maxUnavailable")) {
        out.error(&second, "disruption-budget", "may not stand beside `minAvailable`");
    }
    for amount in ["minAvailable", "maxUnavailable"].iter().filter_map(|key| spec.get(key)) {
        int_or_percent(&amount, out);
        let percent = amount.value.as_str().and_then(|text| text.strip_suffix('%')?.parse::<u64>().ok());
        if percent.is_some_and(|percent| percent > 100) {
            out.error(&amount, "percentage", "must be at most 100%");
        }
        if amount.key() == "maxUnavailable" && (spec.int("maxUnavailable") == Some(0) || percent == Some(0)) {
            out.warn(&amount, "disruption-budget", "lets no pod be evicted: nodes cannot be drained");
        }
        if amount.key() == "minAvailable" && percent == Some(100) {
            out.warn(&amount, "disruption-budget", "lets no pod be evicted: nodes cannot be drained");
        }
    }
    if !spec.has("selector") {
        out.warn(spec, "disruption-budget", "has no `selector` and covers no pods");
    }
}

/// ValidatePriorityClass.
pub(super) fn priority_class(class: &Node<'_>, out: &mut Findings) {
    let name = class.get("metadata").and_then(|meta| meta.text("name")).unwrap_or_default();
    if name.starts_with("system-") && !matches!(name, "system-node-critical" | "system-cluster-critical") {
        out.error(class, "priority", format!("`{name}`: names that begin with `system-` are Kubernetes' own"));
    }
    // Above are those of the system (HighestUserDefinablePriority).
    if !name.starts_with("system-") {
        within(class, "value", i64::MIN, 1_000_000_000, out);
    }
}
