//! Which fields name other resources: the API reference of Kubernetes 1.35, the Gateway API, and the custom resources
//! that charts commonly bring along.

use super::Relation;

/// What a field aims at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    /// A resource by name, of this kind unless the field says another. The field is the name, or an object with it.
    Object(&'static str),
    /// Pods by their labels.
    Pods,
}

/// A field that names other resources.
pub(super) struct Row {
    /// The kinds that have it.
    pub(super) kinds: &'static [&'static str],
    /// Where it is: `[]` goes into a list, `*` into each field of an object.
    pub(super) at: &'static str,
    pub(super) aim: Aim,
    pub(super) relation: Relation,
}

const fn row(kinds: &'static [&'static str], at: &'static str, kind: &'static str, relation: Relation) -> Row {
    Row { kinds, at, aim: Aim::Object(kind), relation }
}

const fn pods(kinds: &'static [&'static str], at: &'static str, relation: Relation) -> Row {
    Row { kinds, at, aim: Aim::Pods, relation }
}

const ROUTES: &[&str] = &["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const BINDINGS: &[&str] = &["RoleBinding", "ClusterRoleBinding"];

/// Fields of resources.
pub(super) const FIELDS: &[Row] = &[
    row(&["Ingress"], "spec.defaultBackend.service", "Service", Relation::Routes),
    row(&["Ingress"], "spec.rules[].http.paths[].backend.service", "Service", Relation::Routes),
    // Before networking.k8s.io/v1.
    row(&["Ingress"], "spec.backend", "Service", Relation::Routes),
    row(&["Ingress"], "spec.rules[].http.paths[].backend", "Service", Relation::Routes),
    row(&["Ingress"], "spec.tls[].secretName", "Secret", Relation::Uses),
    row(&["Ingress"], "spec.ingressClassName", "IngressClass", Relation::Class),
    row(ROUTES, "spec.rules[].backendRefs[]", "Service", Relation::Routes),
    row(ROUTES, "spec.rules[].filters[].requestMirror.backendRef", "Service", Relation::Routes),
    row(ROUTES, "spec.parentRefs[]", "Gateway", Relation::Attaches),
    row(&["Gateway"], "spec.gatewayClassName", "GatewayClass", Relation::Class),
    row(&["Gateway"], "spec.listeners[].tls.certificateRefs[]", "Secret", Relation::Uses),
    row(&["StatefulSet"], "spec.serviceName", "Service", Relation::Governed),
    row(&["StatefulSet"], "spec.volumeClaimTemplates[].spec.storageClassName", "StorageClass", Relation::Class),
    row(&["PersistentVolumeClaim", "PersistentVolume"], "spec.storageClassName", "StorageClass", Relation::Class),
    row(&["PersistentVolumeClaim"], "spec.volumeName", "PersistentVolume", Relation::Stores),
    row(&["HorizontalPodAutoscaler"], "spec.scaleTargetRef", "Deployment", Relation::Scales),
    row(&["VerticalPodAutoscaler"], "spec.targetRef", "Deployment", Relation::Scales),
    row(&["ScaledObject"], "spec.scaleTargetRef", "Deployment", Relation::Scales),
    row(&["ScaledObject"], "spec.triggers[].authenticationRef", "TriggerAuthentication", Relation::Uses),
    row(&["TriggerAuthentication"], "spec.secretTargetRef[]", "Secret", Relation::Uses),
    row(&["ServiceAccount"], "secrets[]", "Secret", Relation::Uses),
    row(&["ServiceAccount"], "imagePullSecrets[]", "Secret", Relation::Uses),
    row(BINDINGS, "roleRef", "ClusterRole", Relation::Grants),
    row(BINDINGS, "subjects[]", "", Relation::Binds),
    row(WEBHOOKS, "webhooks[].clientConfig.service", "Service", Relation::Calls),
    row(&["CustomResourceDefinition"], "spec.conversion.webhook.clientConfig.service", "Service", Relation::Calls),
    row(&["APIService"], "spec.service", "Service", Relation::Calls),
    row(&["Certificate"], "spec.issuerRef", "Issuer", Relation::Uses),
    pods(&["PodDisruptionBudget"], "spec.selector", Relation::Guards),
    pods(&["NetworkPolicy"], "spec.podSelector", Relation::Guards),
];

/// Fields of the spec of a pod, whatever makes it.
pub(super) const POD_FIELDS: &[Row] = &[
    row(&[], "serviceAccountName", "ServiceAccount", Relation::RunsAs),
    row(&[], "imagePullSecrets[]", "Secret", Relation::Uses),
    row(&[], "priorityClassName", "PriorityClass", Relation::Class),
    row(&[], "runtimeClassName", "RuntimeClass", Relation::Class),
    row(&[], "volumes[].configMap", "ConfigMap", Relation::Uses),
    row(&[], "volumes[].secret", "Secret", Relation::Uses),
    row(&[], "volumes[].persistentVolumeClaim.claimName", "PersistentVolumeClaim", Relation::Stores),
    row(&[], "volumes[].projected.sources[].configMap", "ConfigMap", Relation::Uses),
    row(&[], "volumes[].projected.sources[].secret", "Secret", Relation::Uses),
    row(&[], "volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName", "StorageClass", Relation::Class),
    row(&[], "volumes[].azureFile.secretName", "Secret", Relation::Uses),
    row(&[], "volumes[].csi.nodePublishSecretRef", "Secret", Relation::Uses),
    row(&[], "volumes[].*.secretRef", "Secret", Relation::Uses),
    row(&[], "*Containers[].env[].valueFrom.configMapKeyRef", "ConfigMap", Relation::Uses),
    row(&[], "*Containers[].env[].valueFrom.secretKeyRef", "Secret", Relation::Uses),
    row(&[], "*Containers[].envFrom[].configMapRef", "ConfigMap", Relation::Uses),
    row(&[], "*Containers[].envFrom[].secretRef", "Secret", Relation::Uses),
];

/// The lists of containers of a pod, which `*Containers` stands for.
pub(super) const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];
