//! Manifests as references see them: who they are, which pods they run, what they can be found by.

use std::collections::HashMap;

use crate::manifest::Id;
use crate::value::{Map, Str, Value};

use super::selector::Selector;

/// A manifest.
#[derive(Debug)]
pub(super) struct Object<'a> {
    /// Who it is, as it says.
    pub(super) id: Id,
    /// The namespace that it is installed into; empty where that is not known, or none.
    pub(super) namespace: Str,
    pub(super) value: &'a Value,
    /// The pods that it is or makes.
    pub(super) pod: Option<Pod<'a>>,
}

/// The pods of a workload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pod<'a> {
    pub(super) labels: Option<&'a Map>,
    pub(super) spec: &'a Value,
    /// Where the spec is.
    pub(super) at: &'static str,
}

/// All manifests of a render, to be looked up.
#[derive(Debug, Default)]
pub(super) struct World<'a> {
    pub(super) objects: Vec<Object<'a>>,
    /// The namespace of those that say none; empty where it is not known.
    pub(super) namespace: Str,
    by_name: HashMap<(Str, Str), Vec<usize>>,
    pods: ByLabel<'a>,
    services: ByLabel<'a>,
}

impl<'a> World<'a> {
    /// Reads manifests. Those that say no namespace are in the one given; where that is empty it is not known.
    pub(super) fn new(manifests: impl IntoIterator<Item = &'a Value>, namespace: &str) -> World<'a> {
        let mut world = World { namespace: namespace.into(), ..World::default() };
        for value in manifests {
            let id = Id::of(value);
            let namespace = match is_cluster_scoped(&id.kind) {
                true => Str::new(),
                false => Some(&id.namespace).filter(|own| !own.is_empty()).cloned().unwrap_or_else(|| namespace.into()),
            };
            let pod = pod(&id.kind, value);
            world.add(Object { id, namespace, value, pod });
        }
        world
    }

    fn add(&mut self, object: Object<'a>) {
        let index = self.objects.len();
        let Id { kind, name, .. } = &object.id;
        self.by_name.entry((kind.clone(), name.clone())).or_default().push(index);
        for secret in secrets_made_by(kind, name, object.value) {
            self.by_name.entry(("Secret".into(), secret)).or_default().push(index);
        }
        if let Some(pod) = &object.pod {
            self.pods.add(index, pod.labels);
        }
        if is_service(&object.id) {
            let labels = object.value.get("metadata").and_then(|metadata| metadata.get("labels"));
            self.services.add(index, labels.and_then(Value::as_map).map(|labels| &**labels));
        }
        self.objects.push(object);
    }

    /// The object of a kind with a name in a namespace, rather than one of which the namespace is not known.
    pub(super) fn named(&self, kind: &str, namespace: &str, name: &str) -> Option<usize> {
        let all = self.by_name.get(&(kind.into(), name.into()))?.iter().copied();
        let exactly = |index: &usize| self.objects[*index].namespace == namespace;
        all.clone().find(exactly).or_else(|| all.clone().find(|index| self.is_in(*index, namespace)))
    }

    /// The workloads whose pods a selector takes, in a namespace.
    pub(super) fn pods(&self, selector: &Selector<'_>, namespace: &str) -> Vec<usize> {
        self.pods.find(selector).filter(|index| self.is_in(*index, namespace)).collect()
    }

    /// The Services that a selector takes, in a namespace.
    pub(super) fn services(&self, selector: &Selector<'_>, namespace: &str) -> Vec<usize> {
        self.services.find(selector).filter(|index| self.is_in(*index, namespace)).collect()
    }

    /// Whether an object is in a namespace, as far as both are known.
    fn is_in(&self, index: usize, namespace: &str) -> bool {
        let own = &self.objects[index].namespace;
        own.is_empty() || namespace.is_empty() || own == namespace
    }
}

/// Objects by each of their labels, so that a selector looks at few of them.
#[derive(Debug, Default)]
struct ByLabel<'a> {
    all: Vec<(usize, Option<&'a Map>)>,
    by_label: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> ByLabel<'a> {
    fn add(&mut self, index: usize, labels: Option<&'a Map>) {
        for (key, value) in labels.into_iter().flatten() {
            if let Some(value) = value.as_str() {
                self.by_label.entry((key, value)).or_default().push(self.all.len());
            }
        }
        self.all.push((index, labels));
    }

    fn find<'s>(&'s self, selector: &'s Selector<'_>) -> impl Iterator<Item = usize> + 's {
        const NONE: &Vec<usize> = &Vec::new();
        let places =
            selector.labels().map(|label| self.by_label.get(&label).unwrap_or(NONE)).min_by_key(|all| all.len());
        let every = places.is_none().then_some(0..self.all.len());
        let places = places.into_iter().flatten().copied().chain(every.into_iter().flatten());
        places.map(|place| self.all[place]).filter(|(_, labels)| selector.takes(*labels)).map(|(index, _)| index)
    }
}

/// Whether it is a Service of Kubernetes' own.
pub(super) fn is_service(id: &Id) -> bool {
    id.kind == "Service" && id.group.is_empty()
}

/// Whether objects of a kind are in no namespace.
pub(super) fn is_cluster_scoped(kind: &str) -> bool {
    const KINDS: [&str; 14] = [
        "APIService",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    ];
    KINDS.contains(&kind)
}

/// The pods that a manifest is or makes: of any kind whose `spec.template` has containers, those of others included.
fn pod<'a>(kind: &str, value: &'a Value) -> Option<Pod<'a>> {
    let (template, at) = match kind {
        "Pod" => (value, "spec"),
        "CronJob" => (
            value.get("spec")?.get("jobTemplate")?.get("spec")?.get("template")?,
            "spec.jobTemplate.spec.template.spec",
        ),
        _ => (value.get("spec")?.get("template")?, "spec.template.spec"),
    };
    let spec = template.get("spec")?;
    spec.get("containers")?.as_list()?;
    let labels = template.get("metadata").and_then(|metadata| metadata.get("labels"));
    Some(Pod { labels: labels.and_then(Value::as_map).map(|labels| &**labels), spec, at })
}

/// The Secrets that a controller makes of a resource that asks for them.
fn secrets_made_by(kind: &str, name: &Str, value: &Value) -> Vec<Str> {
    let spec = value.get("spec");
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(Str::from);
    let below = |key: &str, name: &str| text(spec.and_then(|spec| spec.get(key)?.get(name)));
    let one = match kind {
        "Certificate" => text(spec.and_then(|spec| spec.get("secretName"))),
        "SealedSecret" => Some(name.clone()),
        "ExternalSecret" => below("target", "name").or_else(|| Some(name.clone())),
        "VaultStaticSecret" | "VaultDynamicSecret" | "VaultPKISecret" => below("destination", "name"),
        "Ingress" if asks_for_certificates(value) => {
            let hosts = spec.and_then(|spec| spec.get("tls")).and_then(Value::as_list);
            let hosts = hosts.into_iter().flat_map(|hosts| hosts.iter());
            return hosts.filter_map(|host| text(host.get("secretName"))).collect();
        }
        _ => None,
    };
    one.into_iter().collect()
}

/// Whether an annotation has cert-manager make the certificates of an Ingress.
fn asks_for_certificates(ingress: &Value) -> bool {
    const ANNOTATIONS: [&str; 3] =
        ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"];
    let annotations = ingress.get("metadata").and_then(|metadata| metadata.get("annotations"));
    annotations.is_some_and(|annotations| ANNOTATIONS.iter().any(|key| annotations.get(key).is_some()))
}
