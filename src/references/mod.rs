//! Who refers to whom in a set of manifests: the graph of a render, and what in it leads nowhere.
//!
//! References are found by the fields that name other resources, by selectors, and by the names of Services in what
//! containers are told. What is not in the render is not wrong for that: a person or a controller may bring it. So it
//! is said, and no more; what a change of manifests breaks is told by [`broken_by`]. Knows nothing of how manifests
//! came to be, nor of the command line.

mod change;
mod collect;
mod connect;
mod dangling;
pub mod draw;
mod hosts;
mod object;
mod resolve;
mod selector;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::manifest::{self, Id};
use crate::value::{Str, Value};

pub use change::broken_by;
pub use dangling::{Dangling, Problem};

use object::World;
use resolve::{Findings, Link, To};

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Requests from outside come to it.
    Reaches,
    /// It hands requests on.
    Routes,
    /// It takes requests from; drawn the other way round.
    Attaches,
    /// It stands for the pods.
    Selects,
    /// It is told the name of a Service.
    Connects,
    /// It keeps data in it.
    Stores,
    /// It reads configuration or secrets.
    Uses,
    /// Its pods have their names by it.
    Governed,
    /// It has the class.
    Class,
    /// It sets the number or size of its pods.
    Scales,
    /// It limits what may be done to or by the pods.
    Guards,
    /// It lets the pods through.
    Admits,
    /// It takes metrics from it.
    Monitors,
    /// Its pods have the identity.
    RunsAs,
    /// It gives the rights of a role.
    Grants,
    /// It gives rights to an account.
    Binds,
    /// The API server calls it.
    Calls,
}

impl Relation {
    /// What stands between the one and the other.
    pub fn verb(self) -> &'static str {
        match self {
            Relation::Reaches => "reaches",
            Relation::Routes => "routes to",
            Relation::Attaches => "attaches to",
            Relation::Selects => "selects",
            Relation::Connects => "connects to",
            Relation::Stores => "stores in",
            Relation::Uses => "uses",
            Relation::Governed => "is governed by",
            Relation::Class => "has the class",
            Relation::Scales => "scales",
            Relation::Guards => "guards",
            Relation::Admits => "admits",
            Relation::Monitors => "monitors",
            Relation::RunsAs => "runs as",
            Relation::Grants => "grants",
            Relation::Binds => "binds",
            Relation::Calls => "calls",
        }
    }
}

/// What a node is in the picture of a render.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Who uses it, from outside.
    Users,
    /// What lets requests in: Ingress, Gateway, routes.
    Ingress,
    /// Services.
    Service,
    /// What runs pods.
    Workload,
    /// Claims of volumes, and volumes.
    Store,
    /// ConfigMaps, Secrets, and what makes them.
    Config,
    /// What acts on workloads and Services: autoscalers, budgets, network policies, monitors, webhooks.
    Policy,
    /// Accounts, roles and bindings.
    Access,
    /// Anything else.
    Other,
}

impl Tier {
    /// Its name in what is printed.
    fn name(self) -> &'static str {
        match self {
            Tier::Users => "users",
            Tier::Ingress => "ingress",
            Tier::Service => "service",
            Tier::Workload => "workload",
            Tier::Store => "store",
            Tier::Config => "config",
            Tier::Policy => "policy",
            Tier::Access => "access",
            Tier::Other => "other",
        }
    }
}

/// Whether a node is in the render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is a manifest of it.
    Here,
    /// A manifest of it makes it: the claims of a StatefulSet.
    Made,
    /// It is referred to and not in it; or it is who uses all this.
    Elsewhere,
}

/// A resource, or who is outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Who it is. A claim that a StatefulSet makes has `*` for the number of the pod.
    pub id: Id,
    /// What it is.
    pub tier: Tier,
    /// Whether it is in the render.
    pub standing: Standing,
}

/// All references from one node to another that mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The place of the one node; the direction is that of requests where there are some.
    pub from: usize,
    /// The place of the other.
    pub to: usize,
    /// What they mean.
    pub relation: Relation,
    /// What is known besides: hosts and paths that are routed, ports that are connected to.
    pub labels: Vec<String>,
    /// The fields that say so.
    pub places: Vec<String>,
}

/// Who refers to whom in a render.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The nodes, by tier, and in each by kind and name.
    pub nodes: Vec<Node>,
    /// The edges, by nodes.
    pub edges: Vec<Edge>,
    /// What leads nowhere.
    pub dangling: Vec<Dangling>,
}

impl Graph {
    /// The graph of manifests. Those that say no namespace are in the one given; where that is empty, any will do.
    pub fn of<'a>(manifests: impl IntoIterator<Item = &'a Value>, namespace: &str) -> Graph {
        let world = World::new(manifests, namespace);
        let findings = Findings::of(&world, &[]);
        let mut builder = Builder::default();
        for object in &world.objects {
            let tier = tier(&object.id, object.pod.is_some());
            builder.node(&object.id, tier, Standing::Here);
        }
        // A Service that also selects the pods is drawn before them, and need not be drawn behind them too.
        let is_drawn = |link: &&Link| match link.to {
            To::Object(to) => link.relation != Relation::Governed || !findings.selected.contains(&(to, link.from)),
            _ => true,
        };
        for link in findings.links.iter().filter(is_drawn) {
            let target = match &link.to {
                To::Object(index) => *index,
                To::Claim(id) => builder.node(id, Tier::Store, Standing::Made),
                To::Absent(id) => builder.node(id, tier(id, false), Standing::Elsewhere),
            };
            builder.edge(link.from, target, link.relation, &link.label, &link.place);
        }
        builder.users(&world);
        let dangling = findings.dangling.into_iter().filter(|dangling| !dangling.is_usual()).collect();
        builder.finish(dangling)
    }

    /// The same without the nodes that are not wanted, and without what is none of the render's and has no edge.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&Node) -> bool) -> Graph {
        let wanted: Vec<bool> = self.nodes.iter().map(wanted).collect();
        let edges: Vec<&Edge> = self.edges.iter().filter(|edge| wanted[edge.from] && wanted[edge.to]).collect();
        let linked: HashSet<usize> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        let keep = |(index, node): &(usize, &Node)| {
            let own = node.standing == Standing::Here && node.tier != Tier::Other;
            wanted[*index] && (own || linked.contains(index))
        };
        let kept: Vec<usize> = self.nodes.iter().enumerate().filter(keep).map(|(index, _)| index).collect();
        let places: HashMap<usize, usize> = kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let moved = |edge: &Edge| Edge { from: places[&edge.from], to: places[&edge.to], ..edge.clone() };
        Graph {
            nodes: kept.iter().map(|index| self.nodes[*index].clone()).collect(),
            edges: edges.into_iter().map(moved).collect(),
            dangling: self.dangling.clone(),
        }
    }
}

/// What a resource is in the picture.
fn tier(id: &Id, runs_pods: bool) -> Tier {
    match id.kind.as_str() {
        _ if runs_pods => Tier::Workload,
        "Ingress" | "Gateway" | "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute" => Tier::Ingress,
        "Service" if id.group.is_empty() => Tier::Service,
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" | "Pod" => Tier::Workload,
        "PersistentVolumeClaim" | "PersistentVolume" => Tier::Store,
        "ConfigMap" | "Secret" | "SealedSecret" | "ExternalSecret" | "Certificate" | "TriggerAuthentication" => {
            Tier::Config
        }
        "HorizontalPodAutoscaler" | "VerticalPodAutoscaler" | "ScaledObject" | "PodDisruptionBudget" => Tier::Policy,
        "NetworkPolicy" | "ServiceMonitor" | "PodMonitor" | "APIService" => Tier::Policy,
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => Tier::Policy,
        "ServiceAccount" | "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => Tier::Access,
        _ => Tier::Other,
    }
}

#[derive(Debug, Default)]
struct Builder {
    nodes: Vec<Node>,
    by_id: HashMap<Id, usize>,
    edges: IndexMap<(usize, usize, Relation), Edge>,
}

impl Builder {
    /// The place of a node. Two manifests that are the same resource are two nodes.
    fn node(&mut self, id: &Id, tier: Tier, standing: Standing) -> usize {
        match self.by_id.get(id) {
            Some(index) if standing != Standing::Here => *index,
            _ => {
                let index = self.nodes.len();
                self.by_id.insert(id.clone(), index);
                self.nodes.push(Node { id: id.clone(), tier, standing });
                index
            }
        }
    }

    fn edge(&mut self, from: usize, to: usize, relation: Relation, label: &str, place: &str) {
        let (from, to) = if relation == Relation::Attaches { (to, from) } else { (from, to) };
        let new = || Edge { from, to, relation, labels: Vec::new(), places: Vec::new() };
        let edge = self.edges.entry((from, to, relation)).or_insert_with(new);
        for (text, list) in [(label, &mut edge.labels), (place, &mut edge.places)] {
            if !text.is_empty() && !list.iter().any(|known| known == text) {
                list.push(text.to_owned());
            }
        }
    }

    /// Users come in by what lets requests in and takes them from nothing else, and by Services that are open.
    fn users(&mut self, world: &World<'_>) {
        let routed: Vec<usize> = self.edges.values().map(|edge| edge.to).collect();
        let is_entry = |(index, node): &(usize, &Node)| match node.tier {
            Tier::Ingress => !routed.contains(index),
            Tier::Service => world.objects.get(*index).is_some_and(|object| is_open(object.value)),
            _ => false,
        };
        let entries: Vec<usize> = self.nodes.iter().enumerate().filter(is_entry).map(|(index, _)| index).collect();
        for entry in entries {
            let users = Id { kind: Str::from("Users"), ..Id::default() };
            let users = self.node(&users, Tier::Users, Standing::Elsewhere);
            self.edge(users, entry, Relation::Reaches, "", "");
        }
    }

    /// Everything in order.
    fn finish(self, dangling: Vec<Dangling>) -> Graph {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|index| {
            let node = &self.nodes[*index];
            (node.tier, manifest::rank(&node.id.kind), &node.id, *index)
        });
        let places: HashMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let moved =
            self.edges.into_values().map(|edge| Edge { from: places[&edge.from], to: places[&edge.to], ..edge });
        let mut edges: Vec<Edge> = moved.collect();
        edges.sort_by_key(|edge| (edge.from, edge.to, edge.relation));
        Graph { nodes: order.iter().map(|index| self.nodes[*index].clone()).collect(), edges, dangling }
    }
}

/// Whether a Service can be reached from outside.
fn is_open(service: &Value) -> bool {
    let kind = service.get("spec").and_then(|spec| spec.get("type")).and_then(Value::as_str);
    matches!(kind, Some("LoadBalancer" | "NodePort"))
}
