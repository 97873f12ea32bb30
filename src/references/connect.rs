//! Who talks to whom: the Services that workloads are told the names of, by environment, arguments and files.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::manifest::Id;
use crate::value::{Str, Value};

use super::hosts::{Hosts, Mention};
use super::object::{Object, World};
use super::table::CONTAINERS;

/// A Service that may be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) id: Id,
    /// The namespace that it is installed into, as far as it is known.
    pub(super) namespace: Str,
    pub(super) ports: Vec<u16>,
    /// Its name stands for the pods themselves, and any of their ports.
    pub(super) headless: bool,
}

impl Service {
    /// What a manifest of a Service says.
    pub(super) fn of(object: &Object<'_>) -> Service {
        let spec = |key: &str| object.value.get("spec")?.get(key);
        let ports = spec("ports").and_then(Value::as_list).into_iter().flat_map(|ports| ports.iter());
        let ports = ports.filter_map(|port| match port.get("port")? {
            Value::Num(number, _) => u16::try_from(number.as_i64()?).ok(),
            _ => None,
        });
        let headless = spec("clusterIP").and_then(Value::as_str) == Some("None");
        let external = spec("type").and_then(Value::as_str) == Some("ExternalName");
        Service {
            id: object.id.clone(),
            namespace: object.namespace.clone(),
            ports: ports.collect(),
            headless: headless || external,
        }
    }
}

/// A Service that a workload is told the name of.
#[derive(Debug)]
pub(super) struct Told {
    /// The workload.
    pub(super) by: usize,
    /// The Service, by its number among those that were given.
    pub(super) service: usize,
    pub(super) port: Option<u16>,
    pub(super) place: String,
    /// It stands in a ConfigMap or Secret, with whatever else does.
    pub(super) in_file: bool,
}

/// All that workloads are told, given the ConfigMaps and Secrets that each of them uses.
pub(super) fn told(world: &World<'_>, services: &[Service], uses: &HashMap<usize, Vec<usize>>) -> Vec<Told> {
    let hosts = Hosts::new(services);
    let mut files: HashMap<usize, Vec<(Mention, String)>> = HashMap::new();
    let mut all = Vec::new();
    for (by, object) in world.objects.iter().enumerate().filter(|(_, object)| object.pod.is_some()) {
        let told = |(mention, place): (Mention, String), in_file| {
            let Mention { service, port } = mention;
            Told { by, service, port, place, in_file }
        };
        all.extend(in_containers(&hosts, object).into_iter().map(|found| told(found, false)));
        for config in uses.get(&by).into_iter().flatten() {
            let found = files.entry(*config).or_insert_with(|| in_files(&hosts, &world.objects[*config]));
            all.extend(found.iter().map(|found| told(found.clone(), true)));
        }
    }
    all
}

/// The Services that the containers of a workload name, and where.
fn in_containers(hosts: &Hosts<'_>, object: &Object<'_>) -> Vec<(Mention, String)> {
    let Some(pod) = object.pod else { return Vec::new() };
    let mut found = Vec::new();
    for list in CONTAINERS {
        for container in pod.spec.get(list).and_then(Value::as_list).into_iter().flat_map(|list| list.iter()) {
            for (key, text, place) in texts(list, container) {
                let mentions = hosts.find(key, text, &object.namespace).into_iter();
                found.extend(mentions.map(|mention| (mention, format!("{}.{place}", pod.at))));
            }
        }
    }
    found
}

/// The Services that a ConfigMap or Secret names, and where.
fn in_files(hosts: &Hosts<'_>, object: &Object<'_>) -> Vec<(Mention, String)> {
    let mut found = Vec::new();
    for (key, text) in files(object.value) {
        let mentions = hosts.find(key, &text, &object.namespace).into_iter();
        found.extend(mentions.map(|mention| (mention, format!("{} data[{key}]", object.id))));
    }
    found
}

/// The texts of a container: the key, the text and the place of each.
fn texts<'a>(list: &str, container: &'a Value) -> Vec<(&'a str, &'a str, String)> {
    let name = container.get("name").and_then(Value::as_str).unwrap_or_default();
    let mut texts = Vec::new();
    let items = |key: &str| container.get(key).and_then(Value::as_list).into_iter().flat_map(|items| items.iter());
    for variable in items("env") {
        let field = |key: &str| variable.get(key).and_then(Value::as_str);
        if let (Some(key), Some(value)) = (field("name"), field("value")) {
            texts.push((key, value, format!("{list}[{name}].env[{key}]")));
        }
    }
    for field in ["command", "args"] {
        let mut flag = "";
        for (index, text) in items(field).enumerate() {
            let Some(text) = text.as_str() else { continue };
            texts.push((flag, text, format!("{list}[{name}].{field}[{index}]")));
            flag = if text.starts_with('-') { text } else { "" };
        }
    }
    texts
}

/// The texts in a ConfigMap or Secret: the key and the text of each.
fn files(value: &Value) -> Vec<(&str, String)> {
    let entries = |field: &str| value.get(field).and_then(Value::as_map).into_iter().flat_map(|map| map.iter());
    let encoded = value.get("kind").and_then(Value::as_str) == Some("Secret");
    let plain = entries("stringData").chain(entries("data").filter(|_| !encoded));
    let mut files: Vec<(&str, String)> =
        plain.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?.to_owned()))).collect();
    files.extend(entries("data").filter(|_| encoded).filter_map(|(key, value)| {
        let text: String = value.as_str()?.split_ascii_whitespace().collect();
        Some((key.as_str(), String::from_utf8(STANDARD.decode(text).ok()?).ok()?))
    }));
    files
}
