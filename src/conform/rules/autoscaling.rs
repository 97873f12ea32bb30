//! HorizontalPodAutoscalers (`pkg/apis/autoscaling/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::{among, required_text, within};

/// validateHorizontalPodAutoscalerSpec.
pub(super) fn bounds(spec: &Node<'_>, out: &mut Findings) {
    within(spec, "minReplicas", 0, i32::MAX.into(), out);
    within(spec, "maxReplicas", 1, i32::MAX.into(), out);
    within(spec, "targetCPUUtilizationPercentage", 1, i32::MAX.into(), out);
    if let (Some(min), Some(max)) = (spec.int("minReplicas"), spec.int("maxReplicas"))
        && max < min
    {
        spec.get("maxReplicas").iter().for_each(|node| {
            out.error(node, "range", format!("{max} must be at least minReplicas, which is {min}"));
        });
    }
    if let Some(target) = spec.get("scaleTargetRef") {
        ["kind", "name"].iter().for_each(|key| required_text(&target, key, out));
    }
}

/// What a metric measures, and the field that says so.
const SOURCES: [(&str, &str); 5] = [
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
    ("Pods", "pods"),
    ("Object", "object"),
    ("External", "external"),
];

/// validateMetricSpec.
pub(super) fn metrics(spec: &Node<'_>, out: &mut Findings) {
    for metric in spec.list("metrics") {
        let Some(kind) = metric.text("type") else { continue };
        match SOURCES.iter().find(|(name, _)| *name == kind) {
            None => among(&metric, "type", &SOURCES.map(|(name, _)| name), out),
            Some((_, key)) if !metric.has(key) => out.missing(&metric, key),
            Some((_, key)) => {
                for (other, node) in metric.entries().filter(|(other, _)| *other != "type" && other != key) {
                    out.error(&node, "metric", format!("`{other}` stands beside `type: {kind}`"));
                }
            }
        }
    }
}

/// validateMetricTarget.
pub(super) fn target(target: &Node<'_>, out: &mut Findings) {
    among(target, "type", &["Utilization", "Value", "AverageValue"], out);
    within(target, "averageUtilization", 1, i32::MAX.into(), out);
    if !["value", "averageValue", "averageUtilization"].iter().any(|key| target.has(key)) {
        out.error(target, "metric", "has none of `value`, `averageValue`, `averageUtilization`");
    }
}
