//! What holds of manifests together: no resource twice, Services that find their pods' ports, Ingresses their Services'.

use std::collections::HashMap;

use super::findings::Findings;
use super::kinds::group_of;
use super::node::Node;
use super::report::{Checked, Finding, Level, Origin, Status};
use super::rules::selector_matches;
use crate::value::{Str, Value};

/// A resource that could be read, beside what is said of it.
pub(super) struct Pair<'r> {
    pub(super) value: &'r Value,
    pub(super) checked: &'r mut Checked,
}

/// Checks manifests against each other.
pub(super) fn check(pairs: &mut [Pair<'_>], minor: u8) {
    duplicates(pairs);
    let values: Vec<(&Value, Str)> = pairs.iter().map(|pair| (pair.value, pair.checked.namespace.clone())).collect();
    for pair in pairs.iter_mut() {
        let mut out = Findings::new(minor, &pair.checked.kind);
        let others = || values.iter().filter(|(_, namespace)| *namespace == pair.checked.namespace).map(|(v, _)| *v);
        match pair.checked.kind.as_str() {
            "Service" => target_ports(&Node::root(pair.value), others(), &mut out),
            "Ingress" => backends(&Node::root(pair.value), &others().collect::<Vec<_>>(), &mut out),
            _ => {}
        }
        pair.checked.findings.extend(out.into_list());
    }
}

/// Of two resources of one kind and name the second one is refused, or takes the place of the first.
fn duplicates(pairs: &mut [Pair<'_>]) {
    let mut seen: HashMap<[Str; 4], (Str, bool)> = HashMap::new();
    for Pair { value, checked } in pairs {
        let meta = Node::root(value).get("metadata");
        if checked.kind.is_empty() || meta.as_ref().is_none_or(|meta| meta.text("name").is_none()) {
            continue;
        }
        let is_hook = meta.and_then(|meta| meta.get("annotations")).is_some_and(|all| all.has("helm.sh/hook"));
        let group = Str::from(group_of(&checked.api_version));
        let id = [group, checked.kind.clone(), checked.namespace.clone(), checked.name.clone()];
        let Some((other, other_is_hook)) = seen.insert(id, (checked.file.clone(), is_hook)) else { continue };
        // A hook comes and goes by itself.
        let level = if is_hook || other_is_hook { Level::Warning } else { Level::Error };
        let message = format!("is there twice; the first one is in {other}");
        let (path, pos) = (String::new(), checked.pos);
        let (rule, origin) = ("duplicate-resource", Origin::default());
        checked.findings.push(Finding { level, rule, path, pos, origin, message, help: None });
        if level == Level::Error {
            checked.status = Status::Invalid;
        }
    }
}

/// A port by name is one of the pods that the Service selects, where any of them are known
/// (ServicePort.targetPort: looked up among the ports of the pods' containers).
fn target_ports<'v>(service: &Node<'_>, others: impl Iterator<Item = &'v Value>, out: &mut Findings) {
    let Some(spec) = service.get("spec") else { return };
    let Some(selector) = spec.get("selector").filter(|selector| selector.len() > 0) else { return };
    let selector = Value::map([("matchLabels", selector.value.clone())]);
    let templates: Vec<Node<'v>> = others.filter_map(pod_template).collect();
    let selected: Vec<_> = templates
        .iter()
        .filter(|pod| selector_matches(&selector, pod.at(&["metadata", "labels"]).map(|labels| labels.value)))
        .collect();
    if selected.is_empty() {
        return;
    }
    for port in spec.list("ports") {
        let Some((node, name)) = port.get("targetPort").zip(port.text("targetPort")) else { continue };
        let is_number = name.bytes().all(|b| b.is_ascii_digit());
        if !is_number && !selected.iter().any(|pod| has_port(pod, name)) {
            out.warn(&node, "port", format!("no container of the pods that it selects has a port `{name}`"));
        }
    }
}

fn pod_template(value: &Value) -> Option<Node<'_>> {
    let root = Node::root(value);
    match root.text("kind")? {
        "Pod" => Some(root),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => root.at(&["spec", "template"]),
        _ => None,
    }
}

fn has_port(pod: &Node<'_>, name: &str) -> bool {
    let Some(spec) = pod.get("spec") else { return false };
    let containers = ["containers", "initContainers"].iter().flat_map(|key| spec.list(key)).collect::<Vec<_>>();
    containers.iter().any(|container| container.list("ports").iter().any(|port| port.text("name") == Some(name)))
}

/// A backend is a port of a Service, where that is known.
fn backends(ingress: &Node<'_>, others: &[&Value], out: &mut Findings) {
    let Some(spec) = ingress.get("spec") else { return };
    let paths = spec.list("rules").into_iter().filter_map(|rule| rule.get("http")).flat_map(|http| http.list("paths"));
    let backends = paths.filter_map(|path| path.get("backend")).chain(spec.get("defaultBackend"));
    for service in backends.filter_map(|backend| backend.get("service")) {
        let Some((name, port)) = service.text("name").zip(service.get("port")) else { continue };
        let is_meant = |other: &&&Value| {
            let other = Node::root(other);
            other.text("kind") == Some("Service") && other.get("metadata").and_then(|m| m.text("name")) == Some(name)
        };
        let Some(found) = others.iter().find(is_meant).and_then(|found| Node::root(found).get("spec")) else {
            continue;
        };
        let has = found.list("ports").iter().any(|candidate| match port.text("name") {
            Some(name) => candidate.text("name") == Some(name),
            None => candidate.int("port") == port.int("number"),
        });
        if !has && found.text("type") != Some("ExternalName") {
            out.warn(&port, "port", format!("the Service `{name}` has no such port"));
        }
    }
}
