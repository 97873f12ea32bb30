//! Requests, limits and quotas (`pkg/apis/core/validation`: ValidateResourceRequirements).

use std::cmp::Ordering;

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax::{self, Quantity};

/// The resources of a container.
pub(super) fn container(container: &Node<'_>, out: &mut Findings) {
    let Some(resources) = container.get("resources") else { return };
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    for (name, amount) in limits.iter().chain(&requests).flat_map(Node::entries) {
        resource_name(name, &amount, out);
        check_amount(name, &amount, out);
    }
    for (name, request) in requests.iter().flat_map(Node::entries) {
        let limit = limits.as_ref().and_then(|limits| limits.get(name));
        match (Quantity::of(request.value), limit.and_then(|limit| Quantity::of(limit.value))) {
            (Some(requested), Some(limit)) => compare(name, &request, requested.compare(&limit), out),
            (Some(_), None) if !may_be_overcommitted(name) => {
                out.error(&request, "resources", format!("has no limit beside it, which {name} needs"));
            }
            _ => {}
        }
    }
}

fn compare(name: &str, request: &Node<'_>, order: Ordering, out: &mut Findings) {
    match order {
        Ordering::Greater => out.error(request, "resources", format!("is more than the limit of {name}")),
        Ordering::Less if !may_be_overcommitted(name) => {
            out.error(request, "resources", format!("must be the same as the limit of {name}"));
        }
        _ => {}
    }
}

/// CPU, memory and ephemeral storage; others are whole things (IsOvercommitAllowed).
fn may_be_overcommitted(name: &str) -> bool {
    (!name.contains('/') || name.starts_with("kubernetes.io/")) && !name.starts_with("hugepages-")
}

/// validateContainerResourceName: of the names without a prefix only some mean something.
fn resource_name(name: &str, node: &Node<'_>, out: &mut Findings) {
    if let Some(wrong) = syntax::qualified_name(name) {
        return out.error(node, "resources", format!("the name `{name}` {wrong}"));
    }
    let known = matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
    if !known && !name.contains('/') {
        let near = crate::diag::nearest(name, ["cpu", "memory", "ephemeral-storage"]);
        let message =
            format!("`{name}` is none of cpu, memory, ephemeral-storage, nor of the form `example.com/thing`");
        out.error_with(node, "resources", message, near.map(|near| format!("did you mean `{near}`?")));
    }
}

/// ValidateResourceQuantityValue.
fn check_amount(name: &str, node: &Node<'_>, out: &mut Findings) {
    let Some(amount) = Quantity::of(node.value) else { return };
    if amount.is_negative() {
        out.error(node, "resources", "must not be negative");
    } else if !may_be_overcommitted(name) && !name.starts_with("hugepages-") && !amount.is_whole() {
        out.error(node, "resources", format!("must be a whole number: {name} is not divided"));
    } else if matches!(name, "memory" | "ephemeral-storage") && !amount.is_whole() {
        out.warn(node, "resources", "is a part of a byte; `m` stands for thousandths, `M` and `Mi` for millions");
    } else if name == "memory"
        && !amount.is_zero()
        && Quantity::parse("1Ki").is_some_and(|kilo| amount.compare(&kilo).is_lt())
    {
        out.warn(node, "resources", "is less than a kilobyte; write 512Mi for megabytes");
    } else if name == "cpu" && too_fine(&amount) {
        out.warn(node, "resources", "is less than a thousandth of a CPU");
    }
}

fn too_fine(amount: &Quantity) -> bool {
    !amount.is_zero() && Quantity::parse("1m").is_some_and(|least| amount.compare(&least).is_lt())
}

/// ValidateResourceQuotaSpec.
pub(super) fn quota(spec: &Node<'_>, out: &mut Findings) {
    for (name, amount) in spec.get("hard").iter().flat_map(Node::entries) {
        if let Some(wrong) = syntax::qualified_name(name.split('/').next_back().unwrap_or(name)) {
            out.error(&amount, "resources", format!("the name `{name}` {wrong}"));
        }
        if Quantity::of(amount.value).is_some_and(|amount| amount.is_negative()) {
            out.error(&amount, "resources", "must not be negative");
        }
    }
}
