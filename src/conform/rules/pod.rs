//! What a pod says besides its containers and volumes (`pkg/apis/core/validation`: ValidatePodSpec).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::metadata::labels;
use super::{form, form_of, within};

/// ValidatePodSpec.
pub(super) fn pod(spec: &Node<'_>, out: &mut Findings) {
    within(spec, "activeDeadlineSeconds", 1, i32::MAX.into(), out);
    within(spec, "terminationGracePeriodSeconds", 0, i64::MAX, out);
    ["hostname", "subdomain"].iter().for_each(|key| form(spec, key, "name", syntax::dns_label, out));
    for key in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] {
        form(spec, key, "name", syntax::dns_subdomain, out);
    }
    labels(spec, "nodeSelector", out);
    dns(spec, out);
    spec.get("os").iter().for_each(|os| super::among(os, "name", &["linux", "windows"], out));
    if let Some((service_account, name)) = spec.get("serviceAccount").zip(spec.text("serviceAccountName"))
        && service_account.value.as_str() != Some(name)
    {
        out.warn(&service_account, "service-account", format!("is passed over: serviceAccountName says `{name}`"));
    }
    if let Some(pid) =
        spec.get("shareProcessNamespace").filter(|_| spec.is_true("shareProcessNamespace") && spec.is_true("hostPID"))
    {
        out.error(&pid, "host-namespaces", "may not stand beside `hostPID: true`");
    }
    for secret in spec.list("imagePullSecrets").iter().filter(|secret| secret.text("name").is_none()) {
        out.warn(secret, "image-pull-secret", "has no name, and does nothing");
    }
}

/// validatePodDNSConfig.
fn dns(spec: &Node<'_>, out: &mut Findings) {
    let config = spec.get("dnsConfig");
    let servers = config.as_ref().map(|config| config.list("nameservers")).unwrap_or_default();
    if spec.text("dnsPolicy") == Some("None") && servers.is_empty() {
        out.error(spec, "dns", "must have at least one of `dnsConfig.nameservers` where dnsPolicy is None");
    }
    servers.iter().for_each(|server| form_of(server, "ip", syntax::ip, out));
    if let Some(fourth) = servers.get(3) {
        out.error(fourth, "dns", "is one too many: at most 3 are allowed");
    }
    for option in config.iter().flat_map(|config| config.list("options")).filter(|option| option.text("name").is_none())
    {
        out.missing(&option, "name");
    }
}

/// ValidateHostAliases.
pub(super) fn host_alias(alias: &Node<'_>, out: &mut Findings) {
    form(alias, "ip", "ip", syntax::ip, out);
    alias.list("hostnames").iter().for_each(|host| form_of(host, "name", syntax::dns_subdomain, out));
}
