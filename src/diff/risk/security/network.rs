//! Who may reach what: NetworkPolicies, Services that face outside, TLS of an Ingress.

use super::super::super::report::{Change, Detail};
use super::super::super::{FieldPath, Paired, Resource, ResourceChange, Step};
use super::super::{Found, Rule, read};
use super::rule;
use crate::value::Value;

static POLICY_REMOVED: Rule = rule(
    "network-policy-removed",
    "a NetworkPolicy is removed",
    "keep it, or look what else limits the traffic of its pods",
    "NetworkPolicy",
);
static POLICY_OPENED: Rule = rule(
    "network-policy-opened",
    "a NetworkPolicy allows more traffic",
    "look whether the new peers and ports are meant",
    "NetworkPolicySpec",
);
static EXPOSED: Rule = rule(
    "service-exposed",
    "a Service is to be reached from outside the cluster: by LoadBalancer, NodePort or externalIPs",
    "keep ClusterIP, with an Ingress in front, or limit loadBalancerSourceRanges",
    "ServiceSpec.type, ServiceSpec.externalIPs",
);
static TLS_REMOVED: Rule = rule(
    "ingress-tls-removed",
    "a host of an Ingress loses its TLS",
    "keep the host under `tls`, or end TLS in front of the Ingress",
    "IngressSpec.tls",
);

pub(in super::super) const RULES: &[&Rule] = &[&POLICY_REMOVED, &POLICY_OPENED, &EXPOSED, &TLS_REMOVED];

pub(super) fn check(change: &ResourceChange, found: &mut Found) {
    let resource = change.resource();
    match (resource.id.group.as_str(), resource.id.kind.as_str()) {
        ("networking.k8s.io", "NetworkPolicy") => policy(change, found),
        ("", "Service") => service(change, found),
        ("networking.k8s.io", "Ingress") => ingress(change, found),
        _ => {}
    }
}

fn policy(change: &ResourceChange, found: &mut Found) {
    match change {
        ResourceChange::Removed(old) if !read::is_kept(old) => {
            found.add(
                &POLICY_REMOVED,
                FieldPath::default(),
                "the traffic of the pods it selected is no longer limited by it",
            );
        }
        ResourceChange::Paired(pair) => {
            let mut opened = pair.changes.iter().filter_map(|change| Some((&change.path, opens(pair, change)?)));
            if let Some((path, reason)) = opened.next() {
                let more = opened.count();
                let more = if more > 0 { format!(", and {more} more") } else { String::new() };
                found.add(&POLICY_OPENED, path.clone(), format!("{reason}{more}"));
            }
        }
        _ => {}
    }
}

/// How a change of a policy allows more; none where it does not.
fn opens(pair: &Paired, change: &Change) -> Option<String> {
    let keys: Vec<&str> = change.path.keys().map(|key| key.as_str()).collect();
    let is_item = !matches!(change.path.steps().last(), Some(Step::Key(_)));
    match (&keys[..], &change.detail) {
        (["spec", "policyTypes"], Detail::Removed(kind)) if is_item => {
            Some(format!("{} is no longer limited", kind.as_str().unwrap_or_default()))
        }
        (["spec", "policyTypes"], _) => None,
        (["spec", way @ ("ingress" | "egress")], Detail::Added(rules)) => {
            let rules = if is_item { std::slice::from_ref(rules) } else { read::items(rules, "") };
            (!rules.is_empty() && limited(&pair.old, way)).then(|| format!("more {way} is allowed"))
        }
        (["spec", way @ ("ingress" | "egress"), list @ ("from" | "to" | "ports")], detail) => match (is_item, detail) {
            (true, Detail::Added(_)) => Some(format!("more {way} is allowed")),
            // No peers are all peers, no ports all ports.
            (false, Detail::Removed(items)) if !read::items(items, "").is_empty() => {
                Some(format!("{way} is no longer limited by `{list}`"))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a policy limits traffic of this way.
fn limited(policy: &Resource, way: &str) -> bool {
    let types = read::texts(&policy.value, "spec.policyTypes");
    match types.is_empty() {
        true => way == "ingress" || read::at(&policy.value, "spec.egress").is_some(),
        false => types.iter().any(|kind| kind.eq_ignore_ascii_case(way)),
    }
}

fn service(change: &ResourceChange, found: &mut Found) {
    let kind = |resource: &Resource| match read::text(&resource.value, "spec.type") {
        "LoadBalancer" => 2,
        "NodePort" => 1,
        _ => 0,
    };
    let Some(new) = change.after() else { return };
    let old = change.before();
    if kind(new) > old.map_or(0, kind) {
        let way = if kind(new) == 2 { "a load balancer" } else { "a port of every node" };
        found.add(&EXPOSED, read::path("spec.type"), format!("it can be reached by {way}"));
    }
    let addresses = |resource: &Resource| read::items(&resource.value, "spec.externalIPs").to_vec();
    let before = old.map(addresses).unwrap_or_default();
    if addresses(new).iter().any(|address| !before.contains(address)) {
        found.add(&EXPOSED, read::path("spec.externalIPs"), "it can be reached by more addresses outside the cluster");
    }
}

fn ingress(change: &ResourceChange, found: &mut Found) {
    let (Some(old), Some(new)) = (change.before(), change.after()) else { return };
    let bare = |host: &&str| !has_tls(&new.value, host) && has_tls(&old.value, host);
    let hosts = read::items(&new.value, "spec.rules").iter().map(|rule| read::text(rule, "host"));
    let hosts: Vec<String> = hosts.filter(|host| !host.is_empty()).filter(bare).map(str::to_owned).collect();
    if !hosts.is_empty() {
        found.add(&TLS_REMOVED, read::path("spec.tls"), format!("no TLS any longer for {}", read::some(&hosts)));
    }
}

/// Whether an Ingress ends TLS for a host: one without hosts does for all.
fn has_tls(ingress: &Value, host: &str) -> bool {
    read::items(ingress, "spec.tls").iter().any(|tls| {
        let hosts = read::texts(tls, "hosts");
        let wild = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
        hosts.is_empty() || hosts.contains(&host) || wild.is_some_and(|wild| hosts.contains(&wild.as_str()))
    })
}
