//! The fields that keep their value, for the kinds of Kubernetes 1.35.
//!
//! The source of a row is the type and field of the API reference that says so, or that is checked on each update
//! where the reference is silent (`Validate…Update` of Kubernetes' `validation.go`).

use super::LeftOut::{Any, Is, Unknown};
use super::{Fixed, Rule, conditions as when};
use crate::diff::risk::Class;

/// What is not said in a row: nothing may be left out, all changes are refused, in every version.
const PLAIN: Fixed = Fixed {
    rule: Rule { id: "", class: Class::Immutable, what: "", advice: "", source: "" },
    group: "",
    kind: "",
    at: &[],
    but: &[],
    defaults: &[],
    refused: when::always,
    until: 0,
};

const fn rule(id: &'static str, what: &'static str, advice: &'static str, source: &'static str) -> Rule {
    Rule { id, class: Class::Immutable, what, advice, source }
}

const ANEW: &str = "delete it before the upgrade, or give the new one another name";
const WITH_PODS: &str = "delete it before the upgrade, and its pods with it, or give the new one another name";
const ORPHANS: &str = "delete it with `kubectl delete --cascade=orphan` before the upgrade: claims stay, and pods where \
                       the selector does";
const KEEP: &str = "keep the value; a claim with another one needs another name, and its data copied";
const NEW_JOB: &str = "delete the Job before the upgrade, or put a revision into its name";
const APPS: &str = "apps";
const BATCH: &str = "batch";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const RESOURCE: &str = "resource.k8s.io";

pub(in super::super) static RULES: &[Fixed] = &[
    Fixed {
        rule: rule("deployment-selector", "the selector of a Deployment changes", WITH_PODS, "DeploymentSpec.selector"),
        group: APPS,
        kind: "Deployment",
        at: &["spec.selector"],
        refused: when::selects_others,
        ..PLAIN
    },
    Fixed {
        rule: rule("daemonset-selector", "the selector of a DaemonSet changes", WITH_PODS, "DaemonSetSpec.selector"),
        group: APPS,
        kind: "DaemonSet",
        at: &["spec.selector"],
        refused: when::selects_others,
        ..PLAIN
    },
    Fixed {
        rule: rule("replicaset-selector", "the selector of a ReplicaSet changes", WITH_PODS, "ReplicaSetSpec.selector"),
        group: APPS,
        kind: "ReplicaSet",
        at: &["spec.selector"],
        refused: when::selects_others,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "statefulset-spec",
            "a field of a StatefulSet's spec changes, other than replicas, ordinals, template, updateStrategy, \
             persistentVolumeClaimRetentionPolicy, minReadySeconds, revisionHistoryLimit",
            ORPHANS,
            "StatefulSetSpec; ValidateStatefulSetUpdate",
        ),
        group: APPS,
        kind: "StatefulSet",
        at: &["spec.*"],
        but: &[
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
            "revisionHistoryLimit",
            "selector",
        ],
        defaults: &[
            ("podManagementPolicy", Is("OrderedReady")),
            ("volumeMode", Is("Filesystem")),
            ("apiVersion", Any),
            ("kind", Any),
            ("status", Any),
            ("creationTimestamp", Any),
        ],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "statefulset-selector",
            "the selector of a StatefulSet changes",
            "delete it before the upgrade, and its pods with it; its claims stay",
            "StatefulSetSpec.selector",
        ),
        group: APPS,
        kind: "StatefulSet",
        at: &["spec.selector"],
        refused: when::selects_others,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "statefulset-history",
            "the revisionHistoryLimit of a StatefulSet changes, before Kubernetes 1.33",
            ORPHANS,
            "StatefulSetSpec.revisionHistoryLimit; ValidateStatefulSetUpdate",
        ),
        group: APPS,
        kind: "StatefulSet",
        at: &["spec.revisionHistoryLimit"],
        defaults: &[("revisionHistoryLimit", Is("10"))],
        until: 33,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "controllerrevision-data",
            "the data of a ControllerRevision change",
            ANEW,
            "ControllerRevision.data",
        ),
        group: APPS,
        kind: "ControllerRevision",
        at: &["data"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "job-template",
            "the pod template of a Job changes, other than scheduling and labels while it is suspended",
            NEW_JOB,
            "JobSpec.template; ValidateJobSpecUpdate",
        ),
        group: BATCH,
        kind: "Job",
        at: &["spec.template"],
        refused: when::job_template,
        ..PLAIN
    },
    Fixed {
        rule: rule("job-selector", "the selector of a Job changes", NEW_JOB, "JobSpec.selector"),
        group: BATCH,
        kind: "Job",
        at: &["spec.selector"],
        refused: when::was_set,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "job-completions",
            "the completions of a Job change, other than with the parallelism of an indexed one",
            NEW_JOB,
            "JobSpec.completions",
        ),
        group: BATCH,
        kind: "Job",
        at: &["spec.completions"],
        defaults: &[("completions", Is("1"))],
        refused: when::completions,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "job-policies",
            "completionMode, podFailurePolicy, successPolicy, backoffLimitPerIndex or managedBy of a Job change",
            NEW_JOB,
            "JobSpec; ValidateJobSpecUpdate",
        ),
        group: BATCH,
        kind: "Job",
        at: &[
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.successPolicy",
            "spec.backoffLimitPerIndex",
            "spec.managedBy",
        ],
        defaults: &[("completionMode", Is("NonIndexed"))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "pod-spec",
            "the spec of a Pod changes, other than images, more tolerations, an earlier deadline",
            ANEW,
            "PodSpec; ValidatePodUpdate",
        ),
        kind: "Pod",
        at: &["spec.*"],
        refused: when::pod_spec,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "service-cluster-ip",
            "a Service asks for another cluster IP, or for none where it has one",
            "delete the Service before the upgrade; it does not answer until the new one is there",
            "ServiceSpec.clusterIP, ServiceSpec.clusterIPs",
        ),
        kind: "Service",
        at: &["spec.clusterIP", "spec.clusterIPs"],
        refused: when::other_address,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "service-ip-family",
            "the first IP family of a Service changes",
            "delete the Service before the upgrade; it does not answer until the new one is there",
            "ServiceSpec.ipFamilies",
        ),
        kind: "Service",
        at: &["spec.ipFamilies"],
        refused: when::other_family,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "service-health-port",
            "the healthCheckNodePort of a Service changes",
            "keep the port, or delete the Service before the upgrade",
            "ServiceSpec.healthCheckNodePort",
        ),
        kind: "Service",
        at: &["spec.healthCheckNodePort"],
        refused: when::other_health_port,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "service-load-balancer-class",
            "the loadBalancerClass of a Service changes that stays a LoadBalancer",
            "keep the class, or change the type to ClusterIP and back",
            "ServiceSpec.loadBalancerClass",
        ),
        kind: "Service",
        at: &["spec.loadBalancerClass"],
        refused: when::stays_load_balancer,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "claim-spec",
            "the spec of a PersistentVolumeClaim changes, other than more room and the volumeAttributesClassName",
            KEEP,
            "PersistentVolumeClaimSpec; ValidatePersistentVolumeClaimUpdate",
        ),
        kind: "PersistentVolumeClaim",
        at: &["spec.*"],
        but: &["resources", "volumeAttributesClassName"],
        defaults: &[("volumeMode", Is("Filesystem")), ("volumeName", Unknown), ("storageClassName", Unknown)],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "claim-request",
            "a PersistentVolumeClaim asks for less room",
            KEEP,
            "PersistentVolumeClaimSpec.resources; ValidatePersistentVolumeClaimUpdate",
        ),
        kind: "PersistentVolumeClaim",
        at: &["spec.resources.requests.storage"],
        refused: when::shrinks,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "volume-source",
            "the volume behind a PersistentVolume changes, or its volumeMode",
            "give the new PersistentVolume another name",
            "PersistentVolumeSpec; ValidatePersistentVolumeUpdate",
        ),
        kind: "PersistentVolume",
        at: &[
            "spec.awsElasticBlockStore",
            "spec.azureDisk",
            "spec.azureFile",
            "spec.cephfs",
            "spec.cinder",
            "spec.fc",
            "spec.flexVolume",
            "spec.flocker",
            "spec.gcePersistentDisk",
            "spec.glusterfs",
            "spec.hostPath",
            "spec.iscsi",
            "spec.local",
            "spec.nfs",
            "spec.photonPersistentDisk",
            "spec.portworxVolume",
            "spec.quobyte",
            "spec.rbd",
            "spec.scaleIO",
            "spec.storageos",
            "spec.vsphereVolume",
            "spec.csi.driver",
            "spec.csi.volumeHandle",
            "spec.csi.volumeAttributes",
            "spec.csi.fsType",
            "spec.csi.readOnly",
            "spec.volumeMode",
        ],
        defaults: &[("volumeMode", Is("Filesystem")), ("type", Is("")), ("readOnly", Is("false"))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "volume-affinity",
            "the nodeAffinity of a PersistentVolume changes that had one",
            "give the new PersistentVolume another name",
            "PersistentVolumeSpec.nodeAffinity; ValidatePersistentVolumeUpdate",
        ),
        kind: "PersistentVolume",
        at: &["spec.nodeAffinity"],
        refused: when::was_set,
        ..PLAIN
    },
    Fixed {
        rule: rule("secret-type", "the type of a Secret changes", ANEW, "Secret.type; ValidateSecretUpdate"),
        kind: "Secret",
        at: &["type"],
        defaults: &[("type", Is("Opaque"))],
        ..PLAIN
    },
    Fixed {
        rule: rule("secret-immutable", "a Secret changes that says it is immutable", ANEW, "Secret.immutable"),
        kind: "Secret",
        at: &["data", "stringData", "immutable"],
        refused: when::is_immutable,
        ..PLAIN
    },
    Fixed {
        rule: rule("configmap-immutable", "a ConfigMap changes that says it is immutable", ANEW, "ConfigMap.immutable"),
        kind: "ConfigMap",
        at: &["data", "binaryData", "immutable"],
        refused: when::is_immutable,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "quota-scopes",
            "the scopes of a ResourceQuota change",
            ANEW,
            "ResourceQuotaSpec.scopes; ValidateResourceQuotaUpdate",
        ),
        kind: "ResourceQuota",
        at: &["spec.scopes"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "storageclass-fields",
            "provisioner, parameters, reclaimPolicy or volumeBindingMode of a StorageClass change",
            "delete the StorageClass before the upgrade, or give the new one another name; volumes stay as they are",
            "StorageClass; ValidateStorageClassUpdate",
        ),
        group: STORAGE,
        kind: "StorageClass",
        at: &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
        defaults: &[("reclaimPolicy", Is("Delete")), ("volumeBindingMode", Is("Immediate"))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "csidriver-fields",
            "attachRequired or volumeLifecycleModes of a CSIDriver change",
            "delete the CSIDriver before the upgrade; volumes stay as they are",
            "CSIDriverSpec.attachRequired, CSIDriverSpec.volumeLifecycleModes",
        ),
        group: STORAGE,
        kind: "CSIDriver",
        at: &["spec.attachRequired", "spec.volumeLifecycleModes"],
        defaults: &[("attachRequired", Is("true")), ("volumeLifecycleModes", Is("Persistent"))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "csidriver-pod-info",
            "podInfoOnMount or fsGroupPolicy of a CSIDriver change, before Kubernetes 1.29",
            "delete the CSIDriver before the upgrade; volumes stay as they are",
            "CSIDriverSpec.podInfoOnMount, CSIDriverSpec.fsGroupPolicy",
        ),
        group: STORAGE,
        kind: "CSIDriver",
        at: &["spec.podInfoOnMount", "spec.fsGroupPolicy"],
        defaults: &[("podInfoOnMount", Is("false")), ("fsGroupPolicy", Is("ReadWriteOnceWithFSType"))],
        until: 29,
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "csistoragecapacity-fields",
            "nodeTopology or storageClassName of a CSIStorageCapacity change",
            ANEW,
            "CSIStorageCapacity.nodeTopology, CSIStorageCapacity.storageClassName",
        ),
        group: STORAGE,
        kind: "CSIStorageCapacity",
        at: &["nodeTopology", "storageClassName"],
        ..PLAIN
    },
    Fixed {
        rule: rule("volumeattachment-spec", "the spec of a VolumeAttachment changes", ANEW, "VolumeAttachment.spec"),
        group: STORAGE,
        kind: "VolumeAttachment",
        at: &["spec.*"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "volumeattributesclass-fields",
            "driverName or parameters of a VolumeAttributesClass change",
            "give the new VolumeAttributesClass another name, and name it in the claims",
            "VolumeAttributesClass.driverName, VolumeAttributesClass.parameters",
        ),
        group: STORAGE,
        kind: "VolumeAttributesClass",
        at: &["driverName", "parameters"],
        ..PLAIN
    },
    Fixed {
        rule: rule("rolebinding-role", "the role of a RoleBinding changes", ANEW, "RoleBinding.roleRef"),
        group: RBAC,
        kind: "RoleBinding",
        at: &["roleRef"],
        defaults: &[("apiGroup", Is(RBAC))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "clusterrolebinding-role",
            "the role of a ClusterRoleBinding changes",
            ANEW,
            "ClusterRoleBinding.roleRef",
        ),
        group: RBAC,
        kind: "ClusterRoleBinding",
        at: &["roleRef"],
        defaults: &[("apiGroup", Is(RBAC))],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "ingressclass-controller",
            "the controller of an IngressClass changes",
            ANEW,
            "IngressClassSpec.controller",
        ),
        group: NETWORKING,
        kind: "IngressClass",
        at: &["spec.controller"],
        ..PLAIN
    },
    Fixed {
        rule: rule("servicecidr-cidrs", "the blocks of a ServiceCIDR change", ANEW, "ServiceCIDRSpec.cidrs"),
        group: NETWORKING,
        kind: "ServiceCIDR",
        at: &["spec.cidrs"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "ipaddress-parent",
            "the parent of an IPAddress changes",
            ANEW,
            "IPAddressSpec.parentRef; ValidateIPAddressUpdate",
        ),
        group: NETWORKING,
        kind: "IPAddress",
        at: &["spec.parentRef"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "endpointslice-type",
            "the address type of an EndpointSlice changes",
            ANEW,
            "EndpointSlice.addressType",
        ),
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        at: &["addressType"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "priorityclass-value",
            "value or preemptionPolicy of a PriorityClass change",
            "delete the PriorityClass before the upgrade, or give the new one another name; pods keep their priority",
            "PriorityClass; ValidatePriorityClassUpdate",
        ),
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        at: &["value", "preemptionPolicy"],
        defaults: &[("preemptionPolicy", Is("PreemptLowerPriority"))],
        ..PLAIN
    },
    Fixed {
        rule: rule("workload-groups", "the pod groups of a Workload change", ANEW, "WorkloadSpec.podGroups"),
        group: "scheduling.k8s.io",
        kind: "Workload",
        at: &["spec.podGroups"],
        ..PLAIN
    },
    Fixed {
        rule: rule("runtimeclass-handler", "the handler of a RuntimeClass changes", ANEW, "RuntimeClass.handler"),
        group: "node.k8s.io",
        kind: "RuntimeClass",
        at: &["handler"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "signingrequest-spec",
            "the spec of a CertificateSigningRequest changes",
            ANEW,
            "CertificateSigningRequest.spec",
        ),
        group: "certificates.k8s.io",
        kind: "CertificateSigningRequest",
        at: &["spec.*"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "leasecandidate-name",
            "the lease of a LeaseCandidate changes",
            ANEW,
            "LeaseCandidateSpec.leaseName",
        ),
        group: "coordination.k8s.io",
        kind: "LeaseCandidate",
        at: &["spec.leaseName"],
        ..PLAIN
    },
    Fixed {
        rule: rule("resourceclaim-spec", "the spec of a ResourceClaim changes", ANEW, "ResourceClaim.spec"),
        group: RESOURCE,
        kind: "ResourceClaim",
        at: &["spec.*"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "resourceclaimtemplate-spec",
            "the spec of a ResourceClaimTemplate changes",
            ANEW,
            "ResourceClaimTemplate.spec",
        ),
        group: RESOURCE,
        kind: "ResourceClaimTemplate",
        at: &["spec.*"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "resourceslice-fields",
            "driver, pool name or node of a ResourceSlice change",
            ANEW,
            "ResourceSliceSpec.driver, ResourceSliceSpec.nodeName, ResourcePool.name",
        ),
        group: RESOURCE,
        kind: "ResourceSlice",
        at: &["spec.driver", "spec.nodeName", "spec.pool.name"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "storageversionmigration-resource",
            "the resource of a StorageVersionMigration changes",
            ANEW,
            "StorageVersionMigrationSpec.resource",
        ),
        group: "storagemigration.k8s.io",
        kind: "StorageVersionMigration",
        at: &["spec.resource"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "crd-names",
            "scope, group, kind or plural of a CustomResourceDefinition change",
            "a resource of another name or scope needs a definition of its own, and its objects moved",
            "CustomResourceDefinitionSpec; ValidateCustomResourceDefinitionUpdate",
        ),
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        at: &["spec.scope", "spec.group", "spec.names.kind", "spec.names.plural"],
        ..PLAIN
    },
    Fixed {
        rule: rule(
            "crd-stored-version",
            "the version in which a CustomResourceDefinition stored its objects is dropped",
            "keep the version as served: false until all objects are stored in another one and it is gone from \
             status.storedVersions",
            "CustomResourceDefinitionStatus.storedVersions",
        ),
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        at: &["spec.versions"],
        refused: when::stored_version,
        ..PLAIN
    },
];
