//! Label selectors (`k8s.io/apimachinery/pkg/apis/meta/v1/validation`: ValidateLabelSelector).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::structure::one_of;
use super::super::syntax;
use super::metadata::{label_key, labels};
use crate::value::Value;

/// The labels of a selector.
pub(super) fn label_selector(selector: &Node<'_>, out: &mut Findings) {
    labels(selector, "matchLabels", out);
}

/// A requirement (ValidateLabelSelectorRequirement).
pub(super) fn requirement(node: &Node<'_>, out: &mut Findings) {
    if let Some((key, text)) = node.get("key").zip(node.text("key")) {
        label_key(&key, text, out);
    }
    let values = node.list("values");
    match node.text("operator") {
        Some("In" | "NotIn") if values.is_empty() => {
            out.error(node, "selector", "has no `values`, which In and NotIn need");
        }
        Some("Exists" | "DoesNotExist") if !values.is_empty() => {
            out.error(node, "selector", "has `values`, which Exists and DoesNotExist do not take");
        }
        Some("In" | "NotIn" | "Exists" | "DoesNotExist") | None => {}
        Some(_) => node.get("operator").iter().for_each(|operator| {
            one_of(operator, &["In", "NotIn", "Exists", "DoesNotExist"], out);
        }),
    }
    for value in values {
        super::form_of(&value, "label", syntax::label_value, out);
    }
}

/// Whether a selector selects labels; one that is empty selects all.
pub(in super::super) fn matches(selector: &Value, labels: Option<&Value>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
    let all = selector.get("matchLabels").and_then(Value::as_map);
    let exact = all.is_none_or(|all| all.iter().all(|(key, value)| label(key) == value.as_str()));
    exact && requirements(selector).all(|requirement| holds(requirement, &label))
}

fn requirements(selector: &Value) -> impl Iterator<Item = &Value> {
    selector.get("matchExpressions").and_then(Value::as_list).into_iter().flat_map(|list| list.iter())
}

fn holds<'a>(requirement: &Value, label: &impl Fn(&str) -> Option<&'a str>) -> bool {
    let found = label(requirement.get("key").and_then(Value::as_str).unwrap_or_default());
    let values = requirement.get("values").and_then(Value::as_list);
    let among = || values.is_some_and(|values| values.iter().any(|value| value.as_str() == found));
    match requirement.get("operator").and_then(Value::as_str) {
        Some("In") => found.is_some() && among(),
        Some("NotIn") => found.is_none() || !among(),
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => true,
    }
}
