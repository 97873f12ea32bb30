//! What `lookup` answers from: objects as a cluster would give them.
//!
//! No cluster is asked; what there is was read from files. Semantics: pkg/engine/lookup_func.go of Helm 4.1.4.

use std::sync::Arc;

use crate::value::{Map, Num, Str, Value};

/// Kinds that are in no namespace.
const CLUSTER_WIDE: [&str; 24] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// The objects of a cluster, or that there is none. Of two with the same identity the one that was added first counts.
#[derive(Debug, Clone, Default)]
pub struct Objects(Option<Vec<Value>>);

impl Objects {
    /// Objects of a cluster, from manifests. One that names no namespace is in `namespace`, that of the release.
    pub fn new<'v>(manifests: impl IntoIterator<Item = &'v Value>, namespace: &str) -> Objects {
        Objects(Some(manifests.into_iter().map(|manifest| as_stored(manifest, namespace)).collect()))
    }

    /// One object, or an empty map; where the name is empty, a list of those in the namespace, or in all namespaces.
    /// Without a cluster it is an empty map in any case.
    pub fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Value {
        let Some(all) = &self.0 else { return Value::map::<&str>([]) };
        let wide = CLUSTER_WIDE.contains(&kind);
        let of_kind =
            |object: &&Value| text(object, "kind") == kind && group(text(object, "apiVersion")) == group(api_version);
        let found = all.iter().filter(of_kind);
        if !name.is_empty() {
            let mut found = found.filter(|object| wide || of_metadata(object, "namespace") == namespace);
            let found = found.find(|object| of_metadata(object, "name") == name);
            return found.cloned().unwrap_or_else(|| Value::map::<&str>([]));
        }
        let found =
            found.filter(|object| wide || namespace.is_empty() || of_metadata(object, "namespace") == namespace);
        Value::map([
            ("apiVersion", Value::str(api_version)),
            ("items", Value::list(found.cloned())),
            ("kind", Value::str(format!("{kind}List"))),
            ("metadata", Value::map([("resourceVersion", Value::str(""))])),
        ])
    }

    /// All of them, as a cluster would give them.
    pub fn all(&self) -> &[Value] {
        self.0.as_deref().unwrap_or_default()
    }
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn of_metadata<'v>(object: &'v Value, field: &str) -> &'v str {
    object.get("metadata").map(|metadata| text(metadata, field)).unwrap_or_default()
}

fn group(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// A manifest as a cluster gives it back: in a namespace, the texts of a Secret among its data, integers as int64.
fn as_stored(manifest: &Value, namespace: &str) -> Value {
    let mut object = with_integers(manifest);
    if text(&object, "kind") == "Secret" && group(text(&object, "apiVersion")).is_empty() {
        encode_texts(&mut object);
    }
    let wide = CLUSTER_WIDE.contains(&text(&object, "kind"));
    let named = !of_metadata(&object, "namespace").is_empty();
    let metadata = object.as_map_mut().and_then(|map| map.get_mut("metadata")).and_then(Value::as_map_mut);
    match metadata {
        Some(metadata) if wide => drop(metadata.remove("namespace")),
        Some(metadata) if !named => drop(metadata.insert("namespace".into(), Value::str(namespace))),
        _ => {}
    }
    object
}

/// What the API server does with `stringData`.
fn encode_texts(secret: &mut Value) {
    let Some(map) = secret.as_map_mut() else { return };
    let Some(Value::Map(texts, _)) = map.remove("stringData") else { return };
    let mut data = map.get("data").and_then(Value::as_map).map(|data| Map::clone(data)).unwrap_or_default();
    for (key, value) in texts.iter() {
        let mut printed = String::new();
        value.print_into(&mut printed);
        data.insert(key.clone(), Value::str(super::objects::base64(printed.as_bytes())));
    }
    map.insert("data".into(), Value::Map(Arc::new(data), crate::value::Origin::NONE));
}

fn with_integers(value: &Value) -> Value {
    match value {
        Value::Num(Num::Int(n), origin) => Value::Num(Num::Int64(*n), *origin),
        Value::List(items, origin) => Value::List(Arc::new(items.iter().map(with_integers).collect()), *origin),
        Value::Map(map, origin) => {
            let map: Map = map.iter().map(|(key, value)| (Str::clone(key), with_integers(value))).collect();
            Value::Map(Arc::new(map), *origin)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Value {
        let source = crate::diag::Sources::default().add("x", crate::diag::SourceKind::Data, text.as_bytes()).unwrap();
        crate::yaml::load(&source).unwrap().value
    }

    fn objects(texts: &[&str]) -> Objects {
        let values: Vec<Value> = texts.iter().map(|text| loaded(text)).collect();
        Objects::new(&values, "shop")
    }

    fn yaml(value: &Value) -> String {
        crate::yaml::to_yaml(value, &crate::yaml::WriteOptions::HELM).unwrap()
    }

    #[test]
    fn texts_of_secrets_are_data() {
        let all =
            objects(&["{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: eA==}, stringData: {b: z}}"]);
        let found = all.lookup("v1", "Secret", "shop", "a");
        assert_eq!(yaml(found.get("data").unwrap()).trim_end(), "a: eA==\nb: eg==");
        assert!(found.get("stringData").is_none());
        assert_eq!(all.lookup("v1", "Secret", "other", "a"), Value::map::<&str>([]));
    }

    #[test]
    fn lists_are_of_a_namespace_or_of_all() {
        let all = objects(&[
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 2}}",
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: other}}",
            "{apiVersion: v1, kind: Namespace, metadata: {name: other}}",
        ]);
        let names = |namespace: &str| {
            let list = all.lookup("apps/v1", "Deployment", namespace, "");
            let items = list.get("items").unwrap().as_list().unwrap().clone();
            items.iter().map(|item| of_metadata(item, "name").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!([names(""), names("shop"), names("x")], [vec!["a", "b"], vec!["a"], vec![]]);
        assert_eq!(of_metadata(&all.lookup("v1", "Namespace", "", "other"), "name"), "other");
        let replicas =
            all.lookup("apps/v1beta2", "Deployment", "shop", "a").get("spec").unwrap().get("replicas").cloned();
        assert!(matches!(replicas, Some(Value::Num(Num::Int64(2), _))));
    }

    #[test]
    fn without_a_cluster_there_is_nothing() {
        assert_eq!(Objects::default().lookup("v1", "Secret", "shop", ""), Value::map::<&str>([]));
        let list = objects(&[]).lookup("v1", "Secret", "shop", "");
        assert_eq!(list.get("items"), Some(&Value::list([])));
    }
}
