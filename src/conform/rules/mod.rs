//! What the API server checks beyond the schema, by the type that it checks it of.
//!
//! Each rule names the function of Kubernetes' validation, or the place in the API reference, that says so. An error is
//! what the API server refuses; what it accepts but a person would regret is a warning.

mod admission;
mod autoscaling;
mod config;
mod container;
mod crd;
mod env;
mod jobs;
mod metadata;
mod networking;
mod pod;
mod probes;
mod rbac;
mod resources;
mod scheduling;
mod security;
mod selectors;
mod services;
mod storage;
mod volumes;
mod workloads;

use super::findings::Findings;
use super::node::Node;
use super::structure::one_of;
use super::syntax::{self, Fault};

pub(super) use metadata::{check as check_metadata, name_of_kind};
pub(super) use selectors::matches as selector_matches;

/// A rule: looks at a value of its type.
pub(super) type Rule = for<'v> fn(&Node<'v>, &mut Findings);

/// The rules, by type.
pub(super) const TABLE: &[(&str, Rule)] = &[
    ("admissionregistration.v1.MutatingWebhook", admission::webhook),
    ("admissionregistration.v1.RuleWithOperations", admission::rule),
    ("admissionregistration.v1.ValidatingWebhook", admission::webhook),
    ("apiextensions.v1.CustomResourceDefinition", crd::definition),
    ("apiextensions.v1.CustomResourceDefinitionSpec", crd::versions),
    ("apps.v1.DaemonSet", workloads::daemon_set),
    ("apps.v1.Deployment", workloads::deployment),
    ("apps.v1.ReplicaSet", workloads::replica_set),
    ("apps.v1.StatefulSet", volumes::claimed_mounts),
    ("apps.v1.StatefulSet", workloads::stateful_set),
    ("autoscaling.v1.HorizontalPodAutoscalerSpec", autoscaling::bounds),
    ("autoscaling.v2.HorizontalPodAutoscalerSpec", autoscaling::bounds),
    ("autoscaling.v2.HorizontalPodAutoscalerSpec", autoscaling::metrics),
    ("autoscaling.v2.MetricTarget", autoscaling::target),
    ("batch.v1.CronJobSpec", jobs::cron_job),
    ("batch.v1.JobSpec", jobs::job),
    ("core.v1.ConfigMap", config::config_map),
    ("core.v1.Container", container::container),
    ("core.v1.Container", probes::named_ports),
    ("core.v1.Container", resources::container),
    ("core.v1.ContainerPort", container::port),
    ("core.v1.EnvFromSource", env::env_from),
    ("core.v1.EnvVar", env::env_var),
    ("core.v1.EphemeralContainer", container::container),
    ("core.v1.GRPCAction", probes::grpc),
    ("core.v1.HTTPGetAction", probes::http_get),
    ("core.v1.HostAlias", pod::host_alias),
    ("core.v1.LifecycleHandler", probes::lifecycle_handler),
    ("core.v1.NodeSelectorRequirement", scheduling::node_requirement),
    ("core.v1.PersistentVolume", storage::volume),
    ("core.v1.PersistentVolumeClaimSpec", storage::claim),
    ("core.v1.PodAffinityTerm", scheduling::pod_affinity_term),
    ("core.v1.PodSecurityContext", security::pod_context),
    ("core.v1.PodSpec", container::all),
    ("core.v1.PodSpec", container::host_ports),
    ("core.v1.PodSpec", pod::pod),
    ("core.v1.PodSpec", volumes::mounts),
    ("core.v1.PreferredSchedulingTerm", scheduling::weight),
    ("core.v1.Probe", probes::probe),
    ("core.v1.ResourceQuotaSpec", resources::quota),
    ("core.v1.Secret", config::secret),
    ("core.v1.SecurityContext", security::context),
    ("core.v1.Service", services::service),
    ("core.v1.ServicePort", services::port),
    ("core.v1.TCPSocketAction", probes::tcp_socket),
    ("core.v1.Toleration", scheduling::toleration),
    ("core.v1.TopologySpreadConstraint", scheduling::spread),
    ("core.v1.Volume", volumes::volume),
    ("core.v1.VolumeMount", volumes::mount),
    ("core.v1.WeightedPodAffinityTerm", scheduling::weight),
    ("discovery.v1.EndpointSlice", services::endpoint_slice),
    ("meta.v1.LabelSelector", selectors::label_selector),
    ("meta.v1.LabelSelectorRequirement", selectors::requirement),
    ("meta.v1.ObjectMeta", metadata::object_meta),
    ("networking.v1.HTTPIngressPath", networking::path),
    ("networking.v1.IPBlock", networking::ip_block),
    ("networking.v1.IngressBackend", networking::backend),
    ("networking.v1.IngressRule", networking::host),
    ("networking.v1.IngressSpec", networking::ingress),
    ("networking.v1.NetworkPolicyPeer", networking::peer),
    ("networking.v1.NetworkPolicyPort", networking::policy_port),
    ("policy.v1.PodDisruptionBudgetSpec", scheduling::disruption_budget),
    ("rbac.v1.ClusterRole", rbac::cluster_role),
    ("rbac.v1.ClusterRoleBinding", rbac::cluster_role_binding),
    ("rbac.v1.PolicyRule", rbac::policy_rule),
    ("rbac.v1.Role", rbac::role),
    ("rbac.v1.RoleBinding", rbac::role_binding),
    ("rbac.v1.Subject", rbac::subject),
    ("scheduling.v1.PriorityClass", scheduling::priority_class),
    ("storage.v1.StorageClass", storage::class),
];

/// The rules for a type.
pub(super) fn of_type(name: &str) -> Vec<Rule> {
    TABLE.iter().filter(|(of, _)| *of == name).map(|(_, rule)| *rule).collect()
}

/// Text under a key has a form.
fn form(node: &Node<'_>, key: &str, rule: &'static str, fault: impl Fn(&str) -> Fault, out: &mut Findings) {
    if let Some(below) = node.get(key) {
        form_of(&below, rule, fault, out);
    }
}

/// Text has a form; what is empty is not there.
fn form_of(node: &Node<'_>, rule: &'static str, fault: impl Fn(&str) -> Fault, out: &mut Findings) {
    let text = node.value.as_str().filter(|text| !text.is_empty());
    if let Some((text, wrong)) = text.and_then(|text| Some((text, fault(text)?))) {
        out.error(node, rule, format!("`{text}` {wrong}"));
    }
}

/// Text under a key that has to be there and not empty.
fn required_text(node: &Node<'_>, key: &str, out: &mut Findings) {
    if node.get(key).is_some_and(|below| below.value.as_str() == Some("")) {
        out.missing(node, key);
    }
}

/// An integer under a key is within bounds.
fn within(node: &Node<'_>, key: &str, from: i64, to: i64, out: &mut Findings) {
    let Some((below, number)) = node.get(key).zip(node.int(key)) else { return };
    if number < from {
        let least = if from == 0 { "must not be negative".to_owned() } else { format!("must be at least {from}") };
        out.error(&below, "range", format!("{number} {least}"));
    } else if number > to {
        out.error(&below, "range", format!("{number} must be at most {to}"));
    }
}

/// Text under a key is one of these.
fn among(node: &Node<'_>, key: &str, values: &[&str], out: &mut Findings) {
    if let Some(below) = node.get(key)
        && below.value.as_str().is_some_and(|text| !text.is_empty() && !values.contains(&text))
    {
        one_of(&below, values, out);
    }
}

/// A port by number or by name under a key (ValidatePortNumOrName).
fn port_reference(node: &Node<'_>, key: &str, out: &mut Findings) {
    let Some(port) = node.get(key) else { return };
    match node.int(key) {
        Some(number) => {
            if let Some(wrong) = syntax::port_number(number) {
                out.error(&port, "port", format!("{number} {wrong}"));
            }
        }
        None => form_of(&port, "port", syntax::port_name, out),
    }
}

/// Exactly one of some fields is set; gives its name.
fn exactly_one<'k>(node: &Node<'_>, keys: &[&'k str], rule: &'static str, out: &mut Findings) -> Option<&'k str> {
    let mut given = keys.iter().filter(|key| node.has(key));
    let first = given.next().copied();
    match (first, given.next()) {
        (None, _) => out.error(node, rule, format!("has none of {}", in_words(keys))),
        (Some(first), Some(second)) => {
            out.error(node, rule, format!("has `{first}` and `{second}`; one of them is allowed"));
        }
        _ => {}
    }
    first
}

fn in_words(keys: &[&str]) -> String {
    let all: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    if all.len() > 8 { format!("{}, …", all[..8].join(", ")) } else { all.join(", ") }
}
