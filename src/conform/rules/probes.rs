//! Probes and lifecycle handlers (`pkg/apis/core/validation`: validateProbe, validateHandler).

use super::super::findings::Findings;
use super::super::node::Node;
use super::{exactly_one, port_reference, within};

/// validateProbe, validateLivenessProbe.
pub(super) fn probe(probe: &Node<'_>, out: &mut Findings) {
    exactly_one(probe, &["exec", "httpGet", "tcpSocket", "grpc"], "probe", out);
    for key in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        within(probe, key, 0, i32::MAX.into(), out);
    }
    within(probe, "terminationGracePeriodSeconds", 1, i64::MAX, out);
    let kind = probe.key();
    if let Some(threshold) = probe.get("successThreshold")
        && probe.int("successThreshold").is_some_and(|n| n > 1)
        && matches!(kind, "livenessProbe" | "startupProbe")
    {
        out.error(&threshold, "probe", format!("must be 1 in a {kind}"));
    }
    if let (Some(grace), "readinessProbe") = (probe.get("terminationGracePeriodSeconds"), kind) {
        out.error(&grace, "probe", "must not be set in a readinessProbe");
    }
    command(probe, out);
}

/// validateLifecycle.
pub(super) fn lifecycle_handler(handler: &Node<'_>, out: &mut Findings) {
    exactly_one(handler, &["exec", "httpGet", "tcpSocket", "sleep"], "lifecycle", out);
    command(handler, out);
}

/// validateExecAction.
fn command(handler: &Node<'_>, out: &mut Findings) {
    if let Some(exec) = handler.get("exec").filter(|exec| exec.list("command").is_empty()) {
        out.missing(&exec, "command");
    }
}

/// validateHTTPGetAction.
pub(super) fn http_get(action: &Node<'_>, out: &mut Findings) {
    port_reference(action, "port", out);
    for header in action.list("httpHeaders") {
        super::form(&header, "name", "http-header", header_name, out);
    }
}

/// IsHTTPHeaderName.
fn header_name(text: &str) -> Option<String> {
    let holds = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (!holds).then(|| "must consist of letters, digits and `-`".to_owned())
}

/// validateTCPSocketAction.
pub(super) fn tcp_socket(action: &Node<'_>, out: &mut Findings) {
    port_reference(action, "port", out);
}

/// validateGRPCAction.
pub(super) fn grpc(action: &Node<'_>, out: &mut Findings) {
    port_reference(action, "port", out);
}

/// The kubelet looks a named port up among those of the container itself (ProbeHandler.httpGet.port).
pub(super) fn named_ports(container: &Node<'_>, out: &mut Findings) {
    let ports = container.list("ports");
    let handlers = ["livenessProbe", "readinessProbe", "startupProbe"].iter().filter_map(|key| container.get(key));
    for action in handlers.flat_map(|probe| ["httpGet", "tcpSocket"].map(|key| probe.get(key))).flatten() {
        let Some((node, name)) = action.get("port").zip(action.text("port")) else { continue };
        let is_number = name.bytes().all(|b| b.is_ascii_digit());
        if !is_number && !ports.iter().any(|port| port.text("name") == Some(name)) {
            out.warn(&node, "port", format!("no port of the container is called `{name}`: the probe will fail"));
        }
    }
}
