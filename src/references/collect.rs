//! The references in manifests: what each field that names other resources says.

use crate::value::{Str, Value};

use super::Relation;
use super::object::{Object, World, is_cluster_scoped, is_service};
use super::selector::Selector;
use super::table::{Aim, CONTAINERS, FIELDS, POD_FIELDS, Row};

/// What one resource says of others.
#[derive(Debug)]
pub(super) struct Reference<'a> {
    pub(super) from: usize,
    /// Where it says so.
    pub(super) place: String,
    pub(super) relation: Relation,
    pub(super) target: Target<'a>,
    /// Nothing need be there.
    pub(super) optional: bool,
    /// What is written beside it in a picture.
    pub(super) label: String,
}

/// What a reference aims at.
#[derive(Debug)]
pub(super) enum Target<'a> {
    /// A resource by name.
    Object { kind: Str, namespace: Str, name: Str, part: Option<Part> },
    /// Whatever pods have labels, and ports of these names.
    Pods { selector: Selector<'a>, namespace: Str, ports: Vec<&'a str> },
    /// Whatever Services have labels, and ports of these names.
    Services { selector: Selector<'a>, namespace: Str, ports: Vec<&'a str> },
}

/// A part of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// A port of a Service, by number or name.
    Port(Str),
    /// A key of a ConfigMap or Secret.
    Key(Str),
}

/// All references of all manifests, connections aside.
pub(super) fn references<'a>(world: &World<'a>) -> Vec<Reference<'a>> {
    let mut all = Vec::new();
    for (from, object) in world.objects.iter().enumerate() {
        let mut collector = Collector { from, object, found: Vec::new() };
        collector.fields();
        collector.selectors();
        all.append(&mut collector.found);
    }
    all
}

struct Collector<'w, 'a> {
    from: usize,
    object: &'w Object<'a>,
    found: Vec<Reference<'a>>,
}

impl<'a> Collector<'_, 'a> {
    /// What the tables list.
    fn fields(&mut self) {
        let kind = self.object.id.kind.as_str();
        for row in FIELDS.iter().filter(|row| row.kinds.contains(&kind)) {
            let mut place = Place::default();
            each(self.object.value, row.at, &mut place, &mut |value, place| self.add(row, value, place));
        }
        let Some(pod) = self.object.pod else { return };
        for row in POD_FIELDS {
            let lists: &[&str] = if row.at.starts_with('*') { &CONTAINERS } else { &[""] };
            for list in lists {
                let mut place = Place(vec![Step::Key(pod.at)]);
                let at = row.at.replacen("*Containers", list, 1);
                each(pod.spec, &at, &mut place, &mut |value, place| self.add(row, value, place));
            }
        }
    }

    fn add(&mut self, row: &Row, value: &'a Value, place: &Place<'_>) {
        match row.aim {
            Aim::Object(kind) => self.object(kind, row.relation, value, place),
            Aim::Pods => self.pods(row.relation, value, place.to_string(), Vec::new(), self.object.namespace.clone()),
        }
    }

    /// A resource by name: a text, or an object with `name` and perhaps `kind`, `namespace`, `port`, `key`, `optional`.
    fn object(&mut self, kind: &str, relation: Relation, value: &Value, place: &Place<'_>) {
        let field =
            |keys: &[&str]| keys.iter().find_map(|key| value.get(key)?.as_str()).filter(|text| !text.is_empty());
        let name = value.as_str().or_else(|| field(&["name", "serviceName", "secretName"]));
        let Some(name) = name.filter(|name| !name.is_empty()) else { return };
        let kind = field(&["kind"]).unwrap_or(kind);
        if matches!(kind, "" | "User" | "Group") {
            return;
        }
        let namespace = match is_cluster_scoped(kind) {
            true => Str::new(),
            false => field(&["namespace"]).map_or_else(|| self.object.namespace.clone(), Str::from),
        };
        let optional = value.get("optional").and_then(Value::as_bool) == Some(true);
        for part in parts(value) {
            self.found.push(Reference {
                from: self.from,
                place: place.to_string(),
                relation,
                label: label(relation, self.object.value, place),
                target: Target::Object { kind: kind.into(), namespace: namespace.clone(), name: name.into(), part },
                optional,
            });
        }
    }

    /// What is found by labels and needs more than a field: Services with their ports, monitors, peers of policies.
    fn selectors(&mut self) {
        let spec = |key: &str| self.object.value.get("spec")?.get(key);
        let namespace = self.object.namespace.clone();
        match self.object.id.kind.as_str() {
            "Service" if is_service(&self.object.id) && text(spec("type")) != "ExternalName" => {
                let ports = items(spec("ports")).filter_map(|port| port.get("targetPort")?.as_str());
                // A number in quotes is a number.
                let ports = ports.filter(|port| port.parse::<u16>().is_err()).collect();
                if let Some(selector) = spec("selector") {
                    self.pods(Relation::Selects, selector, "spec.selector".to_owned(), ports, namespace);
                }
            }
            "PodMonitor" => {
                let ports = items(spec("podMetricsEndpoints")).filter_map(|end| end.get("port")?.as_str()).collect();
                let (selector, namespace) = (spec("selector"), self.monitored());
                if let Some(selector) = selector {
                    self.pods(Relation::Monitors, selector, "spec.selector".to_owned(), ports, namespace);
                }
            }
            "ServiceMonitor" => {
                let ports = items(spec("endpoints")).filter_map(|end| end.get("port")?.as_str()).collect();
                if let Some(selector) = spec("selector").and_then(Selector::read) {
                    let target = Target::Services { selector, namespace: self.monitored(), ports };
                    self.push(Relation::Monitors, target, "spec.selector".to_owned(), false);
                }
            }
            "NetworkPolicy" => self.peers(),
            _ => {}
        }
    }

    /// The namespace that a monitor looks into; empty where it is not one.
    fn monitored(&self) -> Str {
        let chosen = self.object.value.get("spec").and_then(|spec| spec.get("namespaceSelector"));
        let Some(chosen) = chosen.and_then(Value::as_map).filter(|map| !map.is_empty()) else {
            return self.object.namespace.clone();
        };
        let names: Vec<&str> = items(chosen.get("matchNames")).filter_map(Value::as_str).collect();
        match names[..] {
            [one] => one.into(),
            _ => Str::new(),
        }
    }

    /// The pods in its own namespace that a NetworkPolicy lets in and out. They may well be those of others.
    fn peers(&mut self) {
        for (direction, side) in [("ingress", "from"), ("egress", "to")] {
            let at = format!("spec.{direction}[].{side}[]");
            let namespace = self.object.namespace.clone();
            each(self.object.value, &at, &mut Place::default(), &mut |peer, place| {
                let pods = peer.get("podSelector").filter(|_| peer.get("namespaceSelector").is_none());
                if let Some(selector) = pods.and_then(Selector::read) {
                    let target = Target::Pods { selector, namespace: namespace.clone(), ports: Vec::new() };
                    self.push(Relation::Admits, target, place.to_string(), true);
                }
            });
        }
    }

    fn pods(&mut self, relation: Relation, selector: &'a Value, place: String, ports: Vec<&'a str>, namespace: Str) {
        if let Some(selector) = Selector::read(selector) {
            self.push(relation, Target::Pods { selector, namespace, ports }, place, false);
        }
    }

    fn push(&mut self, relation: Relation, target: Target<'a>, place: String, optional: bool) {
        self.found.push(Reference { from: self.from, place, relation, target, optional, label: String::new() });
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_list).into_iter().flat_map(|items| items.iter())
}

/// The parts of a resource that an object which names it also names: a port, a key, the keys that become files.
fn parts(value: &Value) -> Vec<Option<Part>> {
    let port = value.get("port").or_else(|| value.get("servicePort"));
    // In an Ingress it is an object with a number or a name.
    let port = port.and_then(|port| port.get("number").or_else(|| port.get("name")).or(Some(port)));
    let keys = value.get("key").into_iter().chain(items(value.get("items")).filter_map(|item| item.get("key")));
    let keys: Vec<_> = keys.filter_map(Value::as_str).map(|key| Some(Part::Key(key.into()))).collect();
    match port {
        Some(Value::Str(name, _)) => vec![Some(Part::Port(name.clone()))],
        Some(Value::Num(number, _)) => vec![Some(Part::Port(number.to_string().into()))],
        _ if keys.is_empty() => vec![None],
        _ => keys,
    }
}

/// The host and path of a rule that routes.
fn label(relation: Relation, value: &Value, place: &Place<'_>) -> String {
    let Relation::Routes = relation else { return String::new() };
    let rule = place.0.iter().find_map(|step| match step {
        Step::Item("rules", index) => Some(*index),
        _ => None,
    });
    let path = place.0.iter().find_map(|step| match step {
        Step::Item("paths", index) => Some(*index),
        _ => None,
    });
    let spec = value.get("spec");
    let at = |list: Option<&'_ Value>, index: Option<usize>| list.and_then(Value::as_list)?.get(index?).cloned();
    let rule = at(spec.and_then(|spec| spec.get("rules")), rule);
    let host = rule.as_ref().and_then(|rule| rule.get("host"));
    let host = host.or_else(|| spec?.get("hostnames")?.as_list()?.first());
    let path = at(rule.as_ref().and_then(|rule| rule.get("http")?.get("paths")), path);
    let path = path.as_ref().and_then(|path| path.get("path"));
    format!("{}{}", text(host), text(path))
}

/// A step to a field.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    /// An item of the list under a key.
    Item(&'a str, usize),
    /// The same, of a list whose items have names.
    Named(&'a str, &'a str),
}

/// The way to a field.
#[derive(Debug, Default)]
struct Place<'a>(Vec<Step<'a>>);

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            let dot = if n > 0 { "." } else { "" };
            match step {
                Step::Key(key) => write!(f, "{dot}{key}")?,
                Step::Item(key, index) => write!(f, "{dot}{key}[{index}]")?,
                Step::Named(key, name) => write!(f, "{dot}{key}[{name}]")?,
            }
        }
        Ok(())
    }
}

/// Calls for each value at a path below one.
fn each<'a, 'p>(value: &'a Value, at: &'p str, place: &mut Place<'p>, found: &mut impl FnMut(&'a Value, &Place<'p>))
where
    'a: 'p,
{
    let (step, rest) = at.split_once('.').unwrap_or((at, ""));
    let mut go = |value: &'a Value, step: Step<'p>| {
        place.0.push(step);
        if rest.is_empty() {
            found(value, place)
        } else {
            each(value, rest, place, found)
        }
        place.0.pop();
    };
    match step.strip_suffix("[]") {
        Some(key) => items(value.get(key)).enumerate().for_each(|(index, item)| {
            let name = item.get("name").and_then(Value::as_str).filter(|_| !rest.is_empty());
            go(item, name.map_or(Step::Item(key, index), |name| Step::Named(key, name)));
        }),
        None if step == "*" => {
            value.as_map().into_iter().flat_map(|map| map.iter()).for_each(|(key, value)| go(value, Step::Key(key)));
        }
        None => {
            if let Some(value) = value.get(step) {
                go(value, Step::Key(step));
            }
        }
    }
}
