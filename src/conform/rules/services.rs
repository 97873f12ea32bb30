//! Services and their endpoints (`pkg/apis/core/validation`: ValidateService).

use std::collections::HashMap;

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::metadata::labels;
use super::{form, form_of, port_reference, within};

/// ValidateService.
pub(super) fn service(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    let (kind, ports) = (spec.text("type").unwrap_or("ClusterIP"), spec.list("ports"));
    labels(&spec, "selector", out);
    by_type(&spec, kind, ports.len(), out);
    for unnamed in ports.iter().filter(|port| ports.len() > 1 && port.text("name").is_none()) {
        out.error(unnamed, "port", "has no `name`, which each port needs where there are several");
    }
    node_ports(&ports, out);
    addresses(&spec, out);
    affinity(&spec, out);
    let is_external = matches!(kind, "NodePort" | "LoadBalancer") || !spec.list("externalIPs").is_empty();
    if let Some(policy) =
        spec.get("externalTrafficPolicy").filter(|_| !is_external && spec.text("externalTrafficPolicy").is_some())
    {
        out.error(&policy, "service-type", format!("is for services that are reached from outside, not for {kind}"));
    }
    if let Some(port) = spec.get("healthCheckNodePort").filter(|_| spec.int("healthCheckNodePort") != Some(0))
        && (kind != "LoadBalancer" || spec.text("externalTrafficPolicy") != Some("Local"))
    {
        out.error(&port, "service-type", "is for `type: LoadBalancer` with `externalTrafficPolicy: Local`");
    }
}

/// What the kinds of Services need and have not.
fn by_type(spec: &Node<'_>, kind: &str, ports: usize, out: &mut Findings) {
    let headless = spec.text("clusterIP") == Some("None");
    match kind {
        "ExternalName" if spec.text("externalName").is_none() => out.missing(spec, "externalName"),
        "ExternalName" => {
            form(spec, "externalName", "name", |text| syntax::dns_subdomain(text.trim_end_matches('.')), out);
            if let Some(address) = spec.get("clusterIP").filter(|_| spec.text("clusterIP").is_some()) {
                out.error(&address, "service-type", "may not be set for `type: ExternalName`");
            }
        }
        _ if ports == 0 && !headless => out.missing(spec, "ports"),
        "LoadBalancer" | "NodePort" if headless => {
            let message = format!("may not be None for `type: {kind}`");
            spec.get("clusterIP").iter().for_each(|address| out.error(address, "service-type", message.clone()));
        }
        _ => {}
    }
    if kind != "LoadBalancer" {
        for key in ["loadBalancerClass", "allocateLoadBalancerNodePorts"] {
            let given = spec.get(key).filter(|given| given.value.as_str() != Some(""));
            given.iter().for_each(|given| out.error(given, "service-type", "is for `type: LoadBalancer`"));
        }
        if let Some(ranges) = spec.get("loadBalancerSourceRanges").filter(|ranges| ranges.len() > 0) {
            out.error(&ranges, "service-type", "is for `type: LoadBalancer`");
        }
    }
    if kind == "ClusterIP" {
        for port in spec.list("ports").iter().filter(|port| port.int("nodePort").is_some_and(|n| n != 0)) {
            port.get("nodePort")
                .iter()
                .for_each(|port| out.error(port, "service-type", "may not be set for `type: ClusterIP`"));
        }
    }
}

/// One port of a node is for one port of a Service.
fn node_ports(ports: &[Node<'_>], out: &mut Findings) {
    let mut seen: HashMap<(i64, &str), String> = HashMap::new();
    for port in ports {
        let Some(number) = port.int("nodePort").filter(|number| *number != 0) else { continue };
        let id = (number, port.text("protocol").unwrap_or("TCP"));
        if let Some(other) = seen.insert(id, port.path()) {
            out.error(port, "duplicate", format!("takes port {number} of the nodes, as {other} does"));
        }
        if !(30000..=32767).contains(&number) {
            port.get("nodePort").iter().for_each(|node| {
                out.warn(
                    node,
                    "port",
                    "is outside of 30000 to 32767, which clusters allow unless they are told otherwise",
                );
            });
        }
    }
}

fn addresses(spec: &Node<'_>, out: &mut Findings) {
    form(spec, "clusterIP", "ip", |text| if text == "None" { None } else { syntax::ip(text) }, out);
    spec.list("externalIPs").iter().for_each(|address| form_of(address, "ip", syntax::ip, out));
    spec.list("loadBalancerSourceRanges")
        .iter()
        .for_each(|range| form_of(range, "ip", |t| syntax::cidr(t.trim()), out));
    let (first, all) = (spec.text("clusterIP"), spec.list("clusterIPs"));
    if let (Some(first), Some(second)) = (first, all.first())
        && second.value.as_str() != Some(first)
    {
        out.error(second, "ip", format!("must be the same as clusterIP, which is {first}"));
    }
}

fn affinity(spec: &Node<'_>, out: &mut Findings) {
    let Some(config) = spec.get("sessionAffinityConfig") else { return };
    if spec.text("sessionAffinity") != Some("ClientIP") {
        return out.warn(&config, "session-affinity", "is for `sessionAffinity: ClientIP`, and dropped");
    }
    config.get("clientIP").iter().for_each(|client| within(client, "timeoutSeconds", 1, 86400, out));
}

/// validateServicePort.
pub(super) fn port(port: &Node<'_>, out: &mut Findings) {
    form(port, "name", "port", syntax::dns_label, out);
    if let Some((below, wrong)) = port.get("port").zip(port.int("port").and_then(syntax::port_number)) {
        out.error(&below, "port", format!("{} {wrong}", port.int("port").unwrap_or_default()));
    }
    let unset = port.int("targetPort") == Some(0);
    if !unset {
        port_reference(port, "targetPort", out);
    }
    within(port, "nodePort", 0, 65535, out);
    form(port, "appProtocol", "label", syntax::qualified_name, out);
}

/// ValidateEndpointSlice.
pub(super) fn endpoint_slice(slice: &Node<'_>, out: &mut Findings) {
    super::among(slice, "addressType", &["IPv4", "IPv6", "FQDN"], out);
    let kind = slice.text("addressType").unwrap_or_default();
    for endpoint in slice.list("endpoints") {
        for address in endpoint.list("addresses") {
            match kind {
                "FQDN" => form_of(&address, "name", syntax::dns_subdomain, out),
                "IPv4" | "IPv6" => form_of(&address, "ip", |text| family(text, kind), out),
                _ => {}
            }
        }
    }
}

fn family(text: &str, kind: &str) -> Option<String> {
    let other = syntax::is_ipv6(text) != (kind == "IPv6");
    syntax::ip(text).or_else(|| other.then(|| format!("must be an {kind} address")))
}
