//! How the items of a list are told apart: by fields, as members of a set, or by their place.
//!
//! The tables follow the API reference of Kubernetes 1.35: `x-kubernetes-patch-merge-key` and
//! `x-kubernetes-list-map-keys` for keys, `x-kubernetes-list-type: set` for sets. Where the reference calls a list atomic
//! although its items have an identity that a reader goes by, the row says so.

use std::collections::HashSet;

use crate::value::{Str, Value};

/// A list whose items are told apart by fields.
pub(super) struct KeyedList {
    /// The last keys of the way to it, steps into lists left out.
    pub(super) at: &'static str,
    /// The kind it is in; any where empty.
    pub(super) kind: &'static str,
    /// The fields, the first of which an item must have.
    pub(super) keys: &'static [&'static str],
    /// The type of the API reference that says so.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by people and by the test of the table"))]
    pub(super) source: &'static str,
}

const fn row(at: &'static str, kind: &'static str, keys: &'static [&'static str], source: &'static str) -> KeyedList {
    KeyedList { at, kind, keys, source }
}

/// The lists with keys. Where the keys of one row do not tell all items apart, the next row for the list counts.
pub(super) const KEYED: &[KeyedList] = &[
    row("containers", "", &["name"], "PodSpec"),
    row("initContainers", "", &["name"], "PodSpec"),
    row("ephemeralContainers", "", &["name"], "PodSpec"),
    row("volumes", "", &["name"], "PodSpec"),
    row("imagePullSecrets", "", &["name"], "PodSpec"),
    row("hostAliases", "", &["ip"], "PodSpec"),
    row("topologySpreadConstraints", "", &["topologyKey", "whenUnsatisfiable"], "PodSpec"),
    row("resourceClaims", "", &["name"], "PodSpec"),
    row("schedulingGates", "", &["name"], "PodSpec"),
    row("env", "", &["name"], "Container"),
    row("containers.ports", "", &["containerPort", "protocol"], "Container"),
    row("initContainers.ports", "", &["containerPort", "protocol"], "Container"),
    row("ephemeralContainers.ports", "", &["containerPort", "protocol"], "EphemeralContainer"),
    row("volumeMounts", "", &["mountPath"], "Container"),
    row("volumeDevices", "", &["devicePath"], "Container"),
    row("resources.claims", "", &["name"], "ResourceRequirements"),
    row("spec.ports", "Service", &["port", "protocol"], "ServiceSpec"),
    row("secrets", "ServiceAccount", &["name"], "ServiceAccount"),
    row("metadata.ownerReferences", "", &["uid"], "ObjectMeta"),
    row("webhooks", "MutatingWebhookConfiguration", &["name"], "MutatingWebhookConfiguration"),
    row("webhooks", "ValidatingWebhookConfiguration", &["name"], "ValidatingWebhookConfiguration"),
    row("matchConditions", "", &["name"], "MutatingWebhook, ValidatingWebhook, ValidatingAdmissionPolicySpec"),
    row("spec.variables", "ValidatingAdmissionPolicy", &["name"], "ValidatingAdmissionPolicySpec"),
    row("spec.podGroups", "Workload", &["name"], "WorkloadSpec"),
    row("spec.drivers", "CSINode", &["name"], "CSINodeSpec"),
    row("x-kubernetes-validations", "", &["rule"], "JSONSchemaProps"),
    row("status.conditions", "", &["type"], "the status of most kinds"),
    row("status.addresses", "Node", &["type"], "NodeStatus"),
    row("status.podIPs", "Pod", &["ip"], "PodStatus"),
    row("status.hostIPs", "Pod", &["ip"], "PodStatus"),
    row("status.resourceClaimStatuses", "Pod", &["name"], "PodStatus"),
    row("status.devices", "ResourceClaim", &["driver", "device", "pool", "shareID"], "ResourceClaimStatus"),
    row("status.reservedFor", "ResourceClaim", &["uid"], "ResourceClaimStatus"),
    row("spec.volumeClaimTemplates", "StatefulSet", &["metadata.name"], "atomic; a claim is named after its template"),
    row("spec.versions", "CustomResourceDefinition", &["name"], "atomic; versions have names"),
    row("subjects", "RoleBinding", &["kind", "namespace", "name"], "atomic; what the subject is"),
    row("subjects", "ClusterRoleBinding", &["kind", "namespace", "name"], "atomic; what the subject is"),
    row("spec.rules", "Ingress", &["host"], "atomic; requests are routed by host"),
    row("http.paths", "Ingress", &["path"], "atomic; requests are routed by path"),
    row("http.paths", "Ingress", &["path", "pathType"], "atomic; requests are routed by path"),
    row("configMap.items", "", &["path"], "atomic; the file that is mounted"),
    row("secret.items", "", &["path"], "atomic; the file that is mounted"),
    row("downwardAPI.items", "", &["path"], "atomic; the file that is mounted"),
];

/// The lists of scalars in which the order means nothing.
pub(super) const SETS: &[(&str, &str)] = &[
    ("metadata.finalizers", "ObjectMeta"),
    ("endpoints.addresses", "Endpoint"),
    ("spec.volumeLifecycleModes", "CSIDriverSpec"),
    ("spec.validationActions", "ValidatingAdmissionPolicyBindingSpec"),
    ("spec.podCIDRs", "NodeSpec"),
    ("onExitCodes.values", "PodFailurePolicyOnExitCodesRequirement"),
    ("exitCodes.values", "ContainerRestartRuleOnExitCodes"),
    ("resourceRules.verbs", "ResourcePolicyRule"),
    ("resourceRules.apiGroups", "ResourcePolicyRule"),
    ("resourceRules.resources", "ResourcePolicyRule"),
    ("resourceRules.namespaces", "ResourcePolicyRule"),
    ("nonResourceRules.verbs", "NonResourcePolicyRule"),
    ("nonResourceRules.nonResourceURLs", "NonResourcePolicyRule"),
    ("rules.verbs", "PolicyRule; atomic, a rule allows each of them"),
    ("rules.apiGroups", "PolicyRule, Rule; atomic, a rule is for each of them"),
    ("rules.resources", "PolicyRule, Rule; atomic, a rule is for each of them"),
    ("rules.resourceNames", "PolicyRule; atomic, a rule is for each of them"),
    ("rules.nonResourceURLs", "PolicyRule; atomic, a rule is for each of them"),
    ("rules.operations", "RuleWithOperations; atomic, a rule is for each of them"),
    ("rules.apiVersions", "Rule; atomic, a rule is for each of them"),
    ("capabilities.add", "Capabilities; atomic, each is added"),
    ("capabilities.drop", "Capabilities; atomic, each is dropped"),
    ("spec.accessModes", "PersistentVolumeClaimSpec, PersistentVolumeSpec; atomic, each is asked for"),
    ("spec.policyTypes", "NetworkPolicySpec; atomic, each applies"),
    ("matchExpressions.values", "LabelSelectorRequirement, NodeSelectorRequirement; atomic, any of them matches"),
    ("tls.hosts", "IngressTLS; atomic, the certificate is for each of them"),
    ("names.shortNames", "CustomResourceDefinitionNames; atomic, each names the kind"),
    ("names.categories", "CustomResourceDefinitionNames; atomic, the kind is in each of them"),
];

/// What tells the items of any other list apart, where all have it and no two have the same.
const USUAL: [&str; 3] = ["name", "id", "key"];

/// What an item is told apart by: fields and their values.
pub(super) type Identity = Vec<(&'static str, Str)>;

/// How two lists are compared.
pub(super) enum Comparison {
    /// By the identities of their items, those of the old list and of the new one.
    Keyed(Vec<Identity>, Vec<Identity>),
    /// As sets of scalars.
    Sets,
    /// By the longest common subsequence.
    Sequences,
}

/// How to compare two lists, given the kind of the resource (empty for what is no manifest) and the keys on the way to
/// them.
pub(super) fn comparison(kind: &str, keys: &[&str], old: &[Value], new: &[Value]) -> Comparison {
    if old.iter().chain(new).all(|item| !matches!(item, Value::Map(..))) {
        let is_set = !kind.is_empty() && SETS.iter().any(|(at, _)| ends_with(keys, at));
        let scalars = old.iter().chain(new).all(|item| !matches!(item, Value::List(..)));
        return if is_set && scalars { Comparison::Sets } else { Comparison::Sequences };
    }
    let listed = KEYED.iter().filter(|row| row.kind.is_empty() || row.kind == kind);
    let listed = listed.filter(|row| !kind.is_empty() && ends_with(keys, row.at)).map(|row| row.keys);
    let usual = USUAL.iter().map(std::slice::from_ref);
    let both = |keys| Some((identities(old, keys)?, identities(new, keys)?));
    match listed.chain(usual).find_map(both) {
        Some((old, new)) => Comparison::Keyed(old, new),
        None => Comparison::Sequences,
    }
}

fn ends_with(keys: &[&str], at: &str) -> bool {
    let mut keys = keys.iter().rev();
    at.rsplit('.').all(|part| keys.next().is_some_and(|key| *key == part))
}

/// The identities of all items, where each has one of its own.
pub(super) fn identities(items: &[Value], keys: &'static [&'static str]) -> Option<Vec<Identity>> {
    let all: Vec<Identity> = items.iter().map(|item| identity(item, keys)).collect::<Option<_>>()?;
    let different = all.iter().collect::<HashSet<_>>().len();
    (different == all.len()).then_some(all)
}

fn identity(item: &Value, keys: &'static [&'static str]) -> Option<Identity> {
    let first = keys.first().and_then(|key| field(item, key));
    // The host of a rule and the namespace of a subject may be left out, the first key of no other list.
    let first = first.or_else(|| (keys == ["host"] && item.as_map().is_some()).then(|| "*".into()))?;
    let others = keys.iter().skip(1).map(|key| (*key, field(item, key).unwrap_or_else(|| default(key))));
    Some(keys.first().map(|key| (*key, first)).into_iter().chain(others).collect())
}

/// The text of a scalar below an item.
fn field(item: &Value, key: &str) -> Option<Str> {
    match key.split('.').try_fold(item, |value, key| value.get(key))? {
        Value::Str(text, _) => Some(text.clone()),
        Value::Num(n, _) => Some(n.to_string().into()),
        Value::Bool(b, _) => Some(b.to_string().into()),
        Value::Null(_) | Value::List(..) | Value::Map(..) => None,
    }
}

/// What the API server takes for a field that is left out.
pub(super) fn default(key: &str) -> Str {
    match key {
        "protocol" => "TCP".into(),
        _ => Str::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_say_where_they_come_from_and_none_stands_twice() {
        let mut seen = HashSet::new();
        assert!(
            KEYED
                .iter()
                .all(|row| !row.keys.is_empty() && !row.source.is_empty() && seen.insert((row.at, row.kind, row.keys)))
        );
        let mut seen = HashSet::new();
        assert!(SETS.iter().all(|(at, source)| !source.is_empty() && seen.insert(at)));
    }
}
