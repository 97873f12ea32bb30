//! The kinds that Kubernetes itself serves, by version.

use super::types::in_versions;

const KINDS: &str = include_str!("kubernetes/kinds.txt");

/// A kind of Kubernetes' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) api_version: &'static str,
    pub(super) name: &'static str,
    /// Whether its resources belong to no namespace.
    pub(super) cluster: bool,
    /// The name of its type.
    pub(super) type_name: &'static str,
    versions: &'static str,
}

fn all() -> impl Iterator<Item = Kind> {
    KINDS.lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

/// `apps/v1 Deployment namespace apps.v1.Deployment 25-37`.
fn read(line: &'static str) -> Option<Kind> {
    let mut words = line.split(' ');
    let (api_version, name, scope, type_name) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let versions = words.next().unwrap_or_default();
    Some(Kind { api_version, name, cluster: scope == "cluster", type_name, versions })
}

/// The kind of a resource, in a version of Kubernetes.
pub(super) fn find(minor: u8, api_version: &str, kind: &str) -> Option<Kind> {
    let start = memchr::memmem::find(KINDS.as_bytes(), format!("\n{api_version} {kind} ").as_bytes())?;
    let found = KINDS[start + 1..].lines().next().and_then(read)?;
    in_versions(minor, found.versions).then_some(found)
}

/// Whether a kind belongs to no namespace, whichever version has it.
pub(super) fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    all().any(|k| k.cluster && k.name == kind && group_of(k.api_version) == group)
}

/// `apps` of `apps/v1`.
pub(super) fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether the group is one that only Kubernetes itself serves, so that no CustomResourceDefinition can add to it.
pub(super) fn is_own_group(group: &str) -> bool {
    group.is_empty()
        || REMOVED.iter().any(|(g, ..)| group_of(g) == group)
        || all().any(|k| group_of(k.api_version) == group)
}

/// Kinds that are gone, with the version that took them away and what took their place
/// (Kubernetes' deprecated API migration guide).
const REMOVED: &[(&str, &str, u8, &str)] = &[
    ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass", 22, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "Deployment", 16, "apps/v1"),
    ("extensions/v1beta1", "DaemonSet", 16, "apps/v1"),
    ("extensions/v1beta1", "ReplicaSet", 16, "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    ("apps/v1beta1", "Deployment", 16, "apps/v1"),
    ("apps/v1beta1", "StatefulSet", 16, "apps/v1"),
    ("apps/v1beta2", "Deployment", 16, "apps/v1"),
    ("apps/v1beta2", "StatefulSet", 16, "apps/v1"),
    ("apps/v1beta2", "DaemonSet", 16, "apps/v1"),
    ("apps/v1beta2", "ReplicaSet", 16, "apps/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", "APIService", 22, "apiregistration.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 22, "admissionregistration.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 22, "admissionregistration.k8s.io/v1"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22, "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", 22, "coordination.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "StorageClass", 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver", 22, "storage.k8s.io/v1"),
    ("batch/v1beta1", "CronJob", 25, "batch/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "Event", 25, "events.k8s.io/v1"),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
];

/// Why Kubernetes does not serve something of a group of its own: where it is served instead, or since when.
pub(super) fn why_missing(minor: u8, api_version: &str, kind: &str) -> String {
    if let Some((.., since, instead)) = REMOVED.iter().find(|(a, k, ..)| *a == api_version && *k == kind) {
        let instead = if instead.is_empty() { String::new() } else { format!("; use {instead}") };
        return format!("Kubernetes has no {api_version} {kind} since 1.{since}{instead}");
    }
    let missing = format!("Kubernetes 1.{minor} has no {api_version} {kind}");
    let here: Vec<_> =
        all().filter(|k| k.name == kind && in_versions(minor, k.versions)).map(|k| k.api_version).collect();
    if !here.is_empty() {
        return format!("{missing}; there is {}", here.join(", "));
    }
    match all().find(|k| k.api_version == api_version && k.name == kind) {
        Some(k) => format!("{missing}; versions that have it: {}", in_words(k.versions)),
        None => missing,
    }
}

/// `26-31` as `1.26 to 1.31`.
pub(super) fn in_words(versions: &str) -> String {
    let word = |range: &str| match range.split_once('-') {
        Some((from, "")) => format!("1.{from} and later"),
        Some((from, to)) if from == to => format!("1.{from}"),
        Some((from, to)) => format!("1.{from} to 1.{to}"),
        None => range.to_owned(),
    };
    versions.split(',').map(word).collect::<Vec<_>>().join(", ")
}

/// The kinds of a version with the API version asked for, for a suggestion.
pub(super) fn names_in(minor: u8, api_version: &str) -> Vec<&'static str> {
    all().filter(|k| k.api_version == api_version && in_versions(minor, k.versions)).map(|k| k.name).collect()
}

/// How many kinds a version has.
#[cfg(test)]
pub(super) fn count(minor: u8) -> usize {
    all().filter(|k| in_versions(minor, k.versions)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_belong_to_versions() {
        assert!(find(25, "autoscaling/v2beta2", "HorizontalPodAutoscaler").is_some());
        assert!(find(26, "autoscaling/v2beta2", "HorizontalPodAutoscaler").is_none());
        assert!(find(35, "v1", "Node").expect("a kind").cluster);
        assert!(!find(35, "apps/v1", "Deployment").expect("a kind").cluster);
        assert!(is_own_group("apps") && is_own_group("extensions") && !is_own_group("monitoring.coreos.com"));
    }

    #[test]
    fn what_is_missing_is_explained() {
        for (minor, api_version, kind, want) in [
            (
                35,
                "extensions/v1beta1",
                "Ingress",
                "Kubernetes has no extensions/v1beta1 Ingress since 1.22; use networking.k8s.io/v1",
            ),
            (35, "v1", "Deployment", "Kubernetes 1.35 has no v1 Deployment; there is apps/v1"),
            (
                25,
                "networking.k8s.io/v1",
                "IPAddress",
                "Kubernetes 1.25 has no networking.k8s.io/v1 IPAddress; versions that have it: 1.33 and later",
            ),
            (35, "apps/v1", "Deploiment", "Kubernetes 1.35 has no apps/v1 Deploiment"),
        ] {
            assert_eq!(why_missing(minor, api_version, kind), want);
        }
    }
}
