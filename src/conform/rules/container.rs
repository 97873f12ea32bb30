//! Containers and their ports (`pkg/apis/core/validation`: validateContainers, validateInitContainers).

use std::collections::HashMap;

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{among, form, required_text};

const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// What all containers of a pod must be together.
pub(super) fn all(spec: &Node<'_>, out: &mut Findings) {
    if let Some(containers) = spec.get("containers").filter(|list| list.len() == 0) {
        out.error(&containers, "required", "is empty; a pod has at least one container");
    }
    let mut names: HashMap<&str, &str> = HashMap::new();
    for list in LISTS {
        for container in spec.list(list) {
            let Some(name) = container.text("name") else { continue };
            if let Some(other) = names.insert(name, list).filter(|other| *other != list) {
                out.error(&container, "duplicate", format!("one of the {other} is called `{name}` too"));
            }
        }
    }
    for container in spec.list("initContainers") {
        init_container(&container, out);
    }
    for policy in spec.list("containers").iter().filter_map(|container| container.get("restartPolicy")) {
        if out.minor < 34 {
            out.error(&policy, "restart-policy", "is for initContainers; other containers have that of the pod");
        }
    }
}

/// An init container ends, so it has no lifecycle and no probes, unless it is a sidecar.
fn init_container(container: &Node<'_>, out: &mut Findings) {
    if container.text("restartPolicy") == Some("Always") {
        return;
    }
    for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(below) = container.get(key).filter(|below| below.len() > 0) {
            out.error(&below, "init-container", "is not allowed in an init container without `restartPolicy: Always`");
        }
    }
}

/// validateContainerCommon.
pub(super) fn container(container: &Node<'_>, out: &mut Findings) {
    required_text(container, "name", out);
    form(container, "name", "name", syntax::dns_label, out);
    among(container, "restartPolicy", &["Always", "Never", "OnFailure"], out);
    // What is neither text nor null has a wrong type, which is told of already.
    match container.get("image") {
        Some(image) if !image.value.is_null() && image.value.as_str() != Some("") => {
            if image.value.as_str().is_some_and(|text| text.trim() != text) {
                out.error(&image, "image", "must not begin or end with a blank");
            }
        }
        _ => out.missing(container, "image"),
    }
    if let Some(image) = container.get("image")
        && image.value.as_str().is_some_and(|text| text.ends_with(':') || text.contains("::"))
    {
        out.warn(&image, "image", "has an empty tag and cannot be pulled");
    }
}

/// validateContainerPorts.
pub(super) fn port(port: &Node<'_>, out: &mut Findings) {
    form(port, "name", "port", syntax::port_name, out);
    form(port, "hostIP", "ip", syntax::ip, out);
    for key in ["containerPort", "hostPort"] {
        // 0 stands for none given, which a port of the host may be.
        let number = port.int(key).filter(|number| *number != 0 || key == "containerPort");
        if let Some((below, wrong)) = port.get(key).zip(number.and_then(syntax::port_number)) {
            out.error(&below, "port", format!("{} {wrong}", number.unwrap_or_default()));
        }
    }
}

/// Two containers cannot have one port of the host (checkHostPortConflicts); on the host's network each port is one.
pub(super) fn host_ports(spec: &Node<'_>, out: &mut Findings) {
    let on_host = spec.is_true("hostNetwork");
    let mut taken: HashMap<(i64, &str, &str), String> = HashMap::new();
    for port in spec.list("containers").iter().flat_map(|container| container.list("ports")) {
        let own = if on_host { port.int("containerPort") } else { None };
        let Some(number) = port.int("hostPort").filter(|number| *number != 0).or(own) else { continue };
        if on_host && port.int("containerPort").is_some_and(|inside| inside != number) {
            out.error(
                &port,
                "host-port",
                "must have the same hostPort and containerPort: the pod is on the host's network",
            );
        }
        let id = (number, port.text("protocol").unwrap_or("TCP"), port.text("hostIP").unwrap_or_default());
        if let Some(other) = taken.insert(id, port.path()) {
            out.error(&port, "host-port", format!("takes port {number} of the host, as {other} does"));
        }
    }
    named_twice(spec, out);
}

/// A name that two ports of a pod have means the first of them.
fn named_twice(spec: &Node<'_>, out: &mut Findings) {
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (i, container) in spec.list("containers").iter().enumerate() {
        for port in container.list("ports") {
            let Some(name) = port.text("name") else { continue };
            if named.insert(name, i).is_some_and(|other| other != i) {
                out.warn(
                    &port,
                    "port",
                    format!("a port of another container is called `{name}` too; the first one is meant"),
                );
            }
        }
    }
}
