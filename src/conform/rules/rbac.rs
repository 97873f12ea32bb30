//! Roles and their bindings (`pkg/apis/rbac/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{among, required_text};

/// ValidatePolicyRule.
pub(super) fn policy_rule(rule: &Node<'_>, out: &mut Findings) {
    let count = |key: &str| rule.list(key).len();
    if count("verbs") == 0 {
        out.missing(rule, "verbs");
    }
    if count("nonResourceURLs") > 0 {
        if count("apiGroups") + count("resources") + count("resourceNames") > 0 {
            out.error(rule, "rbac", "is for `nonResourceURLs` and for resources at once; it can be for one of them");
        }
    } else {
        ["apiGroups", "resources"].iter().filter(|key| count(key) == 0).for_each(|key| out.missing(rule, key));
    }
}

/// ValidateRole.
pub(super) fn role(role: &Node<'_>, out: &mut Findings) {
    for urls in role.list("rules").iter().filter_map(|rule| rule.get("nonResourceURLs")).filter(|urls| urls.len() > 0) {
        out.error(&urls, "rbac", "is not allowed in a Role, which is for a namespace");
    }
}

/// ValidateClusterRole.
pub(super) fn cluster_role(role: &Node<'_>, out: &mut Findings) {
    if let Some(rule) = role.get("aggregationRule")
        && rule.list("clusterRoleSelectors").is_empty()
    {
        out.missing(&rule, "clusterRoleSelectors");
    }
}

/// ValidateRoleBinding.
pub(super) fn role_binding(binding: &Node<'_>, out: &mut Findings) {
    role_reference(binding, &["Role", "ClusterRole"], out);
}

/// ValidateClusterRoleBinding.
pub(super) fn cluster_role_binding(binding: &Node<'_>, out: &mut Findings) {
    role_reference(binding, &["ClusterRole"], out);
    for subject in binding.list("subjects").iter().filter(|subject| subject.text("kind") == Some("ServiceAccount")) {
        if subject.text("namespace").is_none() {
            out.missing(subject, "namespace");
        }
    }
}

fn role_reference(binding: &Node<'_>, kinds: &[&str], out: &mut Findings) {
    let Some(reference) = binding.get("roleRef") else { return };
    among(&reference, "apiGroup", &["rbac.authorization.k8s.io"], out);
    among(&reference, "kind", kinds, out);
    required_text(&reference, "name", out);
    super::form(&reference, "name", "name", syntax::path_segment, out);
}

/// ValidateRoleBindingSubject.
pub(super) fn subject(subject: &Node<'_>, out: &mut Findings) {
    required_text(subject, "name", out);
    match subject.text("kind") {
        Some("ServiceAccount") => {
            super::form(subject, "name", "name", syntax::dns_subdomain, out);
            if let Some(group) = subject.get("apiGroup").filter(|_| subject.text("apiGroup").is_some()) {
                out.error(&group, "rbac", "must be empty for a ServiceAccount");
            }
        }
        Some("User" | "Group") => among(subject, "apiGroup", &["rbac.authorization.k8s.io"], out),
        Some(_) => among(subject, "kind", &["ServiceAccount", "User", "Group"], out),
        None => {}
    }
}
