//! References followed to what they aim at.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::manifest::Id;
use crate::value::{Str, Value};

use super::collect::{self, Part, Reference, Target};
use super::connect::{self, Service, Told};
use super::dangling::{Dangling, Problem};
use super::object::{World, is_service};
use super::{Relation, selector::Selector};

/// Where references lead, and which lead nowhere.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) links: Vec<Link>,
    /// Services and the workloads whose pods they select.
    pub(super) selected: HashSet<(usize, usize)>,
    pub(super) dangling: Vec<Dangling>,
}

/// A reference and where it leads.
#[derive(Debug)]
pub(super) struct Link {
    /// The place of the one who refers.
    pub(super) from: usize,
    pub(super) to: To,
    pub(super) relation: Relation,
    pub(super) label: String,
    pub(super) place: String,
}

/// Where a reference leads.
#[derive(Debug)]
pub(super) enum To {
    Object(usize),
    /// The claims that a StatefulSet makes.
    Claim(Id),
    Absent(Id),
}

impl Findings {
    /// Follows all references. Services that were there before are known by name and are not in the render.
    pub(super) fn of(world: &World<'_>, gone: &[Service]) -> Findings {
        let mut resolver = Resolver { world, links: Vec::new(), selected: HashSet::new(), problems: IndexMap::new() };
        for reference in collect::references(world) {
            resolver.follow(&reference);
        }
        resolver.claims();
        resolver.connections(gone);
        Findings {
            links: resolver.links,
            selected: resolver.selected,
            dangling: resolver.problems.into_values().collect(),
        }
    }
}

struct Resolver<'w, 'a> {
    world: &'w World<'a>,
    links: Vec<Link>,
    selected: HashSet<(usize, usize)>,
    problems: IndexMap<Problem, Dangling>,
}

impl<'a> Resolver<'_, 'a> {
    fn follow(&mut self, reference: &Reference<'a>) {
        match &reference.target {
            Target::Object { kind, namespace, name, part } => {
                let Some(index) = self.world.named(kind, namespace, name) else {
                    return self.absent(reference, kind, namespace, name);
                };
                self.link(reference, To::Object(index), part);
                let found = &self.world.objects[index];
                if let Some(problem) = part.as_ref().and_then(|part| lacks(&found.id, found.value, part)) {
                    self.lead_nowhere(reference, problem, false);
                }
            }
            Target::Pods { selector, namespace, ports } => {
                let found = self.world.pods(selector, namespace);
                let has =
                    |pod: usize, port: &str| self.world.objects[pod].pod.is_some_and(|pod| has_port(pod.spec, port));
                let missing = ports.iter().find(|port| !found.iter().any(|pod| has(*pod, port)));
                self.taken(reference, selector, namespace, &found, missing.copied());
                if reference.relation == Relation::Selects {
                    self.selected.extend(found.iter().map(|pod| (reference.from, *pod)));
                }
            }
            Target::Services { selector, namespace, ports } => {
                let found = self.world.services(selector, namespace);
                let has =
                    |at: usize, port: &str| service_ports(self.world.objects[at].value).iter().any(|own| own == port);
                let missing = ports.iter().find(|port| !found.iter().any(|service| has(*service, port)));
                self.taken(reference, selector, namespace, &found, missing.copied());
            }
        }
    }

    fn absent(&mut self, reference: &Reference<'_>, kind: &Str, namespace: &Str, name: &Str) {
        if reference.optional || every_cluster_has(kind, name) {
            return;
        }
        let from = &self.world.objects[reference.from];
        let shown = if *namespace == from.namespace { from.id.namespace.clone() } else { namespace.clone() };
        let id = Id { kind: kind.clone(), namespace: shown, name: name.clone(), group: Str::new() };
        self.link(reference, To::Absent(id.clone()), &None);
        self.lead_nowhere(reference, Problem::Absent(id), self.is_foreign(reference, namespace));
    }

    /// A selector that takes these objects, none of which has a port.
    fn taken(
        &mut self,
        reference: &Reference<'_>,
        selector: &Selector<'_>,
        namespace: &Str,
        found: &[usize],
        no_port: Option<&str>,
    ) {
        for index in found {
            self.link(reference, To::Object(*index), &None);
        }
        let (by, labels) = (self.world.objects[reference.from].id.clone(), selector.to_string());
        let problem = match (found.is_empty(), no_port) {
            (true, _) if matches!(reference.target, Target::Services { .. }) => Problem::NoServices { by, labels },
            (true, _) => Problem::NoPods { by, labels },
            (false, Some(port)) => Problem::NoNamedPort { by, labels, port: port.into() },
            (false, None) => return,
        };
        self.lead_nowhere(reference, problem, self.is_foreign(reference, namespace));
    }

    fn lead_nowhere(&mut self, reference: &Reference<'_>, problem: Problem, foreign: bool) {
        if !reference.optional {
            self.problem(problem, foreign, reference.from, reference.relation, &reference.place);
        }
    }

    /// Whether a namespace is another than that of the one who refers to it.
    fn is_foreign(&self, reference: &Reference<'_>, namespace: &Str) -> bool {
        let own = &self.world.objects[reference.from].namespace;
        let home = if own.is_empty() { &self.world.namespace } else { own };
        namespace != home && !namespace.is_empty() && !home.is_empty()
    }

    fn link(&mut self, reference: &Reference<'_>, to: To, part: &Option<Part>) {
        let label = match part {
            Some(Part::Port(_)) if !reference.label.is_empty() => reference.label.clone(),
            Some(Part::Port(port)) => format!(":{port}"),
            _ => reference.label.clone(),
        };
        let Reference { from, relation, ref place, .. } = *reference;
        if matches!(to, To::Object(to) if to == from) {
            return;
        }
        self.links.push(Link { from, to, relation, label, place: place.clone() });
    }

    fn problem(&mut self, problem: Problem, foreign: bool, from: usize, relation: Relation, place: &str) {
        let new = |problem: &Problem| Dangling { problem: problem.clone(), from: Vec::new(), foreign: true };
        let dangling = self.problems.entry(problem).or_insert_with_key(new);
        dangling.foreign &= foreign;
        dangling.from.push((self.world.objects[from].id.clone(), relation, place.to_owned()));
    }

    /// The volumes that StatefulSets claim for each of their pods.
    fn claims(&mut self) {
        let objects = self.world.objects.iter().enumerate();
        for (from, object) in objects.filter(|(_, object)| object.id.kind == "StatefulSet") {
            let templates = object.value.get("spec").and_then(|spec| spec.get("volumeClaimTemplates"));
            for template in templates.and_then(Value::as_list).into_iter().flat_map(|list| list.iter()) {
                let Some(name) = template.get("metadata").and_then(|metadata| metadata.get("name")?.as_str()) else {
                    continue;
                };
                let id = Id {
                    kind: "PersistentVolumeClaim".into(),
                    namespace: object.id.namespace.clone(),
                    name: ecow::eco_format!("{name}-{}-*", object.id.name),
                    group: Str::new(),
                };
                let place = format!("spec.volumeClaimTemplates[{name}]");
                let relation = Relation::Stores;
                self.links.push(Link { from, to: To::Claim(id), relation, label: String::new(), place });
            }
        }
    }

    /// The Services that workloads are told the names of, those that are gone among them. That the pods of a Service know
    /// each other by it is no connection.
    fn connections(&mut self, gone: &[Service]) {
        let is_service = |at: &usize| is_service(&self.world.objects[*at].id);
        let here: Vec<usize> = (0..self.world.objects.len()).filter(is_service).collect();
        let services = here.iter().map(|at| Service::of(&self.world.objects[*at]));
        let services: Vec<Service> = services.chain(gone.iter().cloned()).collect();
        for told in connect::told(self.world, &services, &self.config_by_workload()) {
            let service = here.get(told.service).copied();
            if !service.is_some_and(|service| self.selected.contains(&(service, told.by))) {
                self.connection(&told, &services[told.service], service);
            }
        }
    }

    /// The ConfigMaps and Secrets of each workload.
    fn config_by_workload(&self) -> HashMap<usize, Vec<usize>> {
        let mut uses: HashMap<usize, Vec<usize>> = HashMap::new();
        for link in self.links.iter().filter(|link| link.relation == Relation::Uses) {
            let To::Object(to) = link.to else { continue };
            let all = uses.entry(link.from).or_default();
            if !all.contains(&to) {
                all.push(to);
            }
        }
        uses
    }

    fn connection(&mut self, told: &Told, service: &Service, at: Option<usize>) {
        let label = told.port.map(|port| format!(":{port}")).unwrap_or_default();
        let to = at.map_or_else(|| To::Absent(service.id.clone()), To::Object);
        let relation = Relation::Connects;
        self.links.push(Link { from: told.by, to, relation, label, place: told.place.clone() });
        let problem = match (at, told.port) {
            (None, _) => Problem::Absent(service.id.clone()),
            // What a file holds may never be used.
            (Some(at), Some(port)) if !told.in_file && !service.headless && !service.ports.contains(&port) => {
                let has = service_ports(self.world.objects[at].value);
                Problem::NoPort { service: service.id.clone(), port: ecow::eco_format!("{port}"), has }
            }
            _ => return,
        };
        self.problem(problem, false, told.by, relation, &told.place);
    }
}

/// What of a resource is referred to and is not there.
fn lacks(id: &Id, value: &Value, part: &Part) -> Option<Problem> {
    match (part, id.kind.as_str()) {
        (Part::Port(port), "Service") if is_service(id) => {
            let has = service_ports(value);
            (!has.contains(port)).then(|| Problem::NoPort { service: id.clone(), port: port.clone(), has })
        }
        (Part::Key(key), "ConfigMap" | "Secret") => {
            let fields = ["data", "binaryData", "stringData"];
            let has = fields.iter().any(|field| value.get(field).is_some_and(|data| data.get(key).is_some()));
            (!has).then(|| Problem::NoKey { of: id.clone(), key: key.clone() })
        }
        _ => None,
    }
}

/// The ports of a Service, by number and by name.
fn service_ports(service: &Value) -> Vec<Str> {
    let ports = service.get("spec").and_then(|spec| spec.get("ports")).and_then(Value::as_list);
    let fields = |port: &Value| {
        ["port", "name"].map(|field| match port.get(field)? {
            Value::Str(name, _) => Some(name.clone()),
            Value::Num(number, _) => Some(ecow::eco_format!("{number}")),
            _ => None,
        })
    };
    ports.into_iter().flat_map(|ports| ports.iter()).flat_map(fields).flatten().collect()
}

/// Whether a container of a pod has a port with a name.
fn has_port(spec: &Value, name: &str) -> bool {
    let items = |value: &Value, key: &str| value.get(key).and_then(Value::as_list).cloned().unwrap_or_default();
    let named = |container: &Value| {
        items(container, "ports").iter().any(|port| port.get("name").and_then(Value::as_str) == Some(name))
    };
    ["containers", "initContainers"].iter().any(|list| items(spec, list).iter().any(named))
}

/// Whether something is there without anybody bringing it.
fn every_cluster_has(kind: &str, name: &str) -> bool {
    match kind {
        "ServiceAccount" => name == "default",
        "ConfigMap" => name == "kube-root-ca.crt",
        "ClusterRole" => matches!(name, "cluster-admin" | "admin" | "edit" | "view") || name.starts_with("system:"),
        "Role" => name.starts_with("system:") || name == "extension-apiserver-authentication-reader",
        "PriorityClass" => name.starts_with("system-"),
        _ => false,
    }
}
