//! Ingresses and NetworkPolicies (`pkg/apis/networking/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{exactly_one, form, form_of, port_reference, within};

/// ValidateIngressSpec.
pub(super) fn ingress(spec: &Node<'_>, out: &mut Findings) {
    if spec.list("rules").is_empty() && !spec.has("defaultBackend") {
        out.error(spec, "ingress", "has neither `rules` nor a `defaultBackend`");
    }
    form(spec, "ingressClassName", "name", syntax::dns_subdomain, out);
    for tls in spec.list("tls") {
        tls.list("hosts").iter().for_each(|host| form_of(host, "host", syntax::wildcard_host, out));
    }
}

/// ValidateIngressRules.
pub(super) fn host(rule: &Node<'_>, out: &mut Findings) {
    form(rule, "host", "host", syntax::host, out);
}

/// validateHTTPIngressPath.
pub(super) fn path(path: &Node<'_>, out: &mut Findings) {
    let kind = path.text("pathType").unwrap_or_default();
    let (text, at) = (path.text("path").unwrap_or_default(), path.get("path").unwrap_or_else(|| path.clone()));
    if matches!(kind, "Exact" | "Prefix") {
        if !text.starts_with('/') {
            return out.error(&at, "ingress-path", format!("must begin with `/` where pathType is {kind}"));
        }
        for wrong in ["//", "/./", "/../", "%2f", "%2F"] {
            if text.contains(wrong) {
                out.error(&at, "ingress-path", format!("must not contain `{wrong}`"));
            }
        }
        for wrong in ["/..", "/."] {
            if text.ends_with(wrong) {
                out.error(&at, "ingress-path", format!("must not end with `{wrong}`"));
            }
        }
    } else if kind == "ImplementationSpecific" && !text.is_empty() && !text.starts_with('/') {
        out.error(&at, "ingress-path", "must begin with `/`");
    }
}

/// validateIngressBackend.
pub(super) fn backend(backend: &Node<'_>, out: &mut Findings) {
    if exactly_one(backend, &["service", "resource"], "ingress-backend", out) != Some("service") {
        return;
    }
    let Some(service) = backend.get("service") else { return };
    super::required_text(&service, "name", out);
    form(&service, "name", "name", syntax::dns_1035_label, out);
    let Some(port) = service.get("port") else { return out.missing(&service, "port") };
    exactly_one(&port, &["name", "number"], "ingress-backend", out);
    form(&port, "name", "port", syntax::dns_label, out);
    port_reference(&port, "number", out);
}

/// ValidateIPBlock.
pub(super) fn ip_block(block: &Node<'_>, out: &mut Findings) {
    form(block, "cidr", "ip", syntax::cidr, out);
    let whole = block.text("cidr").unwrap_or_default();
    for except in block.list("except") {
        form_of(&except, "ip", syntax::cidr, out);
        if except.value.as_str().is_some_and(|part| !strictly_inside(part, whole)) {
            out.error(&except, "ip", format!("must be inside of {whole}, and smaller"));
        }
    }
}

/// Whether a block of addresses is a part of another; what is no block is told elsewhere.
fn strictly_inside(part: &str, whole: &str) -> bool {
    let Some((part, whole)) = bits(part).zip(bits(whole)) else { return true };
    let same = |n: u8| n == 0 || part.0 >> (128 - u32::from(n)) == whole.0 >> (128 - u32::from(n));
    part.1 > whole.1 && same(whole.1)
}

/// The bits of a block and how many of them count; IPv4 blocks are taken for the IPv6 blocks that stand for them.
fn bits(block: &str) -> Option<(u128, u8)> {
    let (address, length) = block.split_once('/')?;
    let length: u8 = length.parse().ok()?;
    match address.parse().ok()? {
        std::net::IpAddr::V4(v4) => Some((v4.to_ipv6_mapped().to_bits(), length.checked_add(96)?)),
        std::net::IpAddr::V6(v6) => Some((v6.to_bits(), length)),
    }
    .filter(|(_, length)| *length <= 128)
}

/// ValidateNetworkPolicyPeer.
pub(super) fn peer(peer: &Node<'_>, out: &mut Findings) {
    let selectors = ["podSelector", "namespaceSelector"];
    let selects = selectors.iter().any(|key| peer.has(key));
    match peer.get("ipBlock") {
        Some(block) if selects => out.error(&block, "network-policy", "may not stand beside a selector"),
        None if !selects => {
            out.error(peer, "network-policy", "has none of `podSelector`, `namespaceSelector`, `ipBlock`")
        }
        _ => {}
    }
}

/// ValidateNetworkPolicyPort.
pub(super) fn policy_port(port: &Node<'_>, out: &mut Findings) {
    port_reference(port, "port", out);
    let Some(end) = port.get("endPort") else { return };
    within(port, "endPort", 1, 65535, out);
    match (port.int("port"), port.int("endPort")) {
        (None, _) => out.error(&end, "network-policy", "needs a `port` by number beside it"),
        (Some(first), Some(last)) if last < first => {
            out.error(&end, "network-policy", format!("must be at least port, which is {first}"));
        }
        _ => {}
    }
}
