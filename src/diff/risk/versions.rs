//! The API versions of Kubernetes that are deprecated or gone, up to 1.37.
//!
//! By the Deprecated API Migration Guide, and by what the API types say of themselves (`prerelease-lifecycle-gen`), which
//! is what the API server warns by. An end after 1.37 is a plan.

/// An API version of some kinds that has an end.
pub(super) struct Version {
    pub(super) api_version: &'static str,
    pub(super) kinds: &'static [&'static str],
    /// The minor version that first calls it deprecated.
    pub(super) deprecated: u32,
    /// The first minor version without it; none where no end is known.
    pub(super) removed: Option<u32>,
    /// What takes its place; empty where nothing does.
    pub(super) instead: &'static str,
}

/// The row for an API version of a kind.
pub(super) fn find(api_version: &str, kind: &str) -> Option<&'static Version> {
    VERSIONS.iter().find(|row| row.api_version == api_version && row.kinds.contains(&kind))
}

const fn row(
    api_version: &'static str,
    kinds: &'static [&'static str],
    deprecated: u32,
    removed: u32,
    instead: &'static str,
) -> Version {
    Version { api_version, kinds, deprecated, removed: Some(removed), instead }
}

const WORKLOADS: &[&str] = &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"];
const ROLES: &[&str] = &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const POLICIES: &[&str] = &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
const MUTATING: &[&str] = &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const REVIEWS: &[&str] =
    &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview", "SelfSubjectRulesReview"];
const DEVICES: &[&str] = &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"];

pub(super) static VERSIONS: &[Version] = &[
    row("extensions/v1beta1", WORKLOADS, 8, 16, "apps/v1"),
    row("apps/v1beta1", WORKLOADS, 8, 16, "apps/v1"),
    row("apps/v1beta2", WORKLOADS, 9, 16, "apps/v1"),
    row("extensions/v1beta1", &["NetworkPolicy"], 9, 16, "networking.k8s.io/v1"),
    row("extensions/v1beta1", &["PodSecurityPolicy"], 10, 16, "policy/v1beta1"),
    row("scheduling.k8s.io/v1alpha1", &["PriorityClass"], 14, 17, "scheduling.k8s.io/v1"),
    row("extensions/v1beta1", &["Ingress"], 14, 22, "networking.k8s.io/v1"),
    row("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 19, 22, "networking.k8s.io/v1"),
    row("admissionregistration.k8s.io/v1beta1", WEBHOOKS, 16, 22, "admissionregistration.k8s.io/v1"),
    row("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 16, 22, "apiextensions.k8s.io/v1"),
    row("apiregistration.k8s.io/v1beta1", &["APIService"], 19, 22, "apiregistration.k8s.io/v1"),
    row("authentication.k8s.io/v1beta1", &["TokenReview"], 19, 22, "authentication.k8s.io/v1"),
    row("authorization.k8s.io/v1beta1", REVIEWS, 19, 22, "authorization.k8s.io/v1"),
    row("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 19, 22, "certificates.k8s.io/v1"),
    row("coordination.k8s.io/v1beta1", &["Lease"], 19, 22, "coordination.k8s.io/v1"),
    row("rbac.authorization.k8s.io/v1alpha1", ROLES, 17, 22, "rbac.authorization.k8s.io/v1"),
    row("rbac.authorization.k8s.io/v1beta1", ROLES, 17, 22, "rbac.authorization.k8s.io/v1"),
    row("scheduling.k8s.io/v1beta1", &["PriorityClass"], 14, 22, "scheduling.k8s.io/v1"),
    row("storage.k8s.io/v1beta1", &["StorageClass", "VolumeAttachment", "CSIDriver"], 19, 22, "storage.k8s.io/v1"),
    row("storage.k8s.io/v1beta1", &["CSINode"], 17, 22, "storage.k8s.io/v1"),
    row("batch/v1beta1", &["CronJob"], 21, 25, "batch/v1"),
    row("discovery.k8s.io/v1beta1", &["EndpointSlice"], 21, 25, "discovery.k8s.io/v1"),
    row("events.k8s.io/v1beta1", &["Event"], 22, 25, "events.k8s.io/v1"),
    row("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 22, 25, "autoscaling/v2"),
    row("policy/v1beta1", &["PodDisruptionBudget"], 21, 25, "policy/v1"),
    row("policy/v1beta1", &["PodSecurityPolicy"], 21, 25, ""),
    row("node.k8s.io/v1beta1", &["RuntimeClass"], 22, 25, "node.k8s.io/v1"),
    row("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 23, 26, "autoscaling/v2"),
    row("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, 23, 26, "flowcontrol.apiserver.k8s.io/v1"),
    row("storage.k8s.io/v1alpha1", &["CSIStorageCapacity", "VolumeAttachment"], 21, 24, "storage.k8s.io/v1"),
    row("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 24, 27, "storage.k8s.io/v1"),
    row("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, 26, 29, "flowcontrol.apiserver.k8s.io/v1"),
    row("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, 29, 32, "flowcontrol.apiserver.k8s.io/v1"),
    row("admissionregistration.k8s.io/v1alpha1", POLICIES, 29, 32, "admissionregistration.k8s.io/v1"),
    row("admissionregistration.k8s.io/v1beta1", POLICIES, 31, 34, "admissionregistration.k8s.io/v1"),
    row("resource.k8s.io/v1alpha3", DEVICES, 32, 34, "resource.k8s.io/v1"),
    row("storage.k8s.io/v1alpha1", &["VolumeAttributesClass"], 32, 35, "storage.k8s.io/v1"),
    row("storagemigration.k8s.io/v1alpha1", &["StorageVersionMigration"], 35, 35, "storagemigration.k8s.io/v1beta1"),
    row("scheduling.k8s.io/v1alpha1", &["Workload"], 36, 36, "scheduling.k8s.io/v1beta1"),
    row("storage.k8s.io/v1beta1", &["VolumeAttributesClass"], 34, 37, "storage.k8s.io/v1"),
    row("networking.k8s.io/v1beta1", &["IPAddress", "ServiceCIDR"], 34, 37, "networking.k8s.io/v1"),
    row("certificates.k8s.io/v1alpha1", &["ClusterTrustBundle"], 34, 37, "certificates.k8s.io/v1beta1"),
    row("scheduling.k8s.io/v1alpha2", &["Workload", "PodGroup"], 37, 37, "scheduling.k8s.io/v1beta1"),
    row("resource.k8s.io/v1beta1", DEVICES, 35, 38, "resource.k8s.io/v1"),
    row("admissionregistration.k8s.io/v1alpha1", MUTATING, 35, 38, "admissionregistration.k8s.io/v1"),
    row("coordination.k8s.io/v1alpha2", &["LeaseCandidate"], 35, 38, "coordination.k8s.io/v1beta1"),
    row("resource.k8s.io/v1beta2", DEVICES, 36, 39, "resource.k8s.io/v1"),
    row("admissionregistration.k8s.io/v1beta1", MUTATING, 37, 40, "admissionregistration.k8s.io/v1"),
    Version {
        api_version: "v1",
        kinds: &["Endpoints"],
        deprecated: 33,
        removed: None,
        instead: "discovery.k8s.io/v1 EndpointSlice",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_after_they_are_deprecated_and_none_stands_twice() {
        let mut seen = std::collections::HashSet::new();
        for row in VERSIONS {
            assert!(row.removed.is_none_or(|removed| removed >= row.deprecated), "{}", row.api_version);
            assert!(row.kinds.iter().all(|kind| seen.insert((row.api_version, kind))), "{}", row.api_version);
            assert!(
                row.kinds.iter().all(|kind| find(row.instead, kind).is_none_or(|other| other.removed > row.removed))
            );
        }
    }
}
