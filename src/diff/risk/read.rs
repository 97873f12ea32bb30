//! Reading manifests as rules need it: fields by path, pod templates, selectors.

use std::sync::Arc;

use crate::value::{Map, Str, Value};

use super::super::{Detail, FieldPath, Paired, Resource, ResourceChange, Step};

/// The value at a path of keys such as `spec.template.spec`; null is none.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.').filter(|key| !key.is_empty());
    keys.try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// The text there; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

/// The boolean there.
pub(super) fn flag(value: &Value, path: &str) -> Option<bool> {
    at(value, path)?.as_bool()
}

/// The whole number there.
pub(super) fn number(value: &Value, path: &str) -> Option<i64> {
    match at(value, path)? {
        Value::Num(n, _) => n.as_i64(),
        _ => None,
    }
}

/// The items of the list there; none where there is no list.
pub(super) fn items<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// The texts in the list there.
pub(super) fn texts<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    items(value, path).iter().filter_map(Value::as_str).collect()
}

/// The item of the list there that has this name.
pub(super) fn named<'a>(value: &'a Value, path: &str, name: &str) -> Option<&'a Value> {
    items(value, path).iter().find(|item| text(item, "name") == name)
}

/// An annotation; empty where there is none.
pub(super) fn annotation<'a>(resource: &'a Resource, key: &str) -> &'a str {
    let annotations = at(&resource.value, "metadata.annotations");
    annotations.and_then(|all| all.get(key)?.as_str()).unwrap_or_default()
}

/// Whether Helm leaves it in the cluster when it is no longer part of the release.
pub(super) fn is_kept(resource: &Resource) -> bool {
    annotation(resource, "helm.sh/resource-policy").trim().eq_ignore_ascii_case("keep")
}

/// Whether it is a hook, which Helm creates anew rather than changes, and does not delete with the release.
pub(super) fn is_hook(resource: &Resource) -> bool {
    !annotation(resource, "helm.sh/hook").is_empty()
}

/// Whether the new one is another resource to the cluster, which takes the place of the old one. A manifest without a
/// namespace is in that of its release, which is taken for the one that is named on the other side.
pub(super) fn is_another(pair: &Paired) -> bool {
    let (old, new) = (&pair.old.id, &pair.new.id);
    let moved = old.namespace != new.namespace && !old.namespace.is_empty() && !new.namespace.is_empty();
    pair.likeness.is_some() && (old.name != new.name || moved)
}

/// A path of keys.
pub(super) fn path(keys: &str) -> FieldPath {
    below(&FieldPath::default(), keys)
}

/// A path of keys below another.
pub(super) fn below(path: &FieldPath, keys: &str) -> FieldPath {
    let keys = keys.split('.').filter(|key| !key.is_empty()).map(|key| Step::Key(key.into()));
    FieldPath(path.steps().iter().cloned().chain(keys).collect())
}

/// The path to the item of a list that is known by its name.
pub(super) fn item(path: &FieldPath, keys: &str, name: &str) -> FieldPath {
    let mut path = below(path, keys);
    path.0.push(Step::Item(vec![("name", name.into())]));
    path
}

/// Where a kind of Kubernetes' own has its pod template; the Pod itself is one.
pub(super) fn template_path(resource: &Resource) -> Option<&'static str> {
    match (resource.id.group.as_str(), resource.id.kind.as_str()) {
        ("", "Pod") => Some(""),
        ("", "ReplicationController") | ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
            Some("spec.template")
        }
        ("batch", "Job") => Some("spec.template"),
        ("batch", "CronJob") => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}

/// The pod template of a workload.
pub(super) fn template(resource: &Resource) -> Option<&Value> {
    at(&resource.value, template_path(resource)?)
}

/// The labels of a workload's pods.
pub(super) fn pod_labels(resource: &Resource) -> Option<&Value> {
    at(template(resource)?, "metadata.labels")
}

const POD_LISTS: [&str; 2] = ["initContainers", "containers"];

/// The pod template of what a resource was, its containers called what they are called now.
pub(super) fn template_before(change: &ResourceChange) -> Option<Value> {
    let mut template = template(change.before()?)?.clone();
    for change in change.changes() {
        if let ([.., Step::Key(list), Step::Item(_), Step::Key(field)], Detail::Replaced { old, new }) =
            (change.path.steps(), &change.detail)
            && POD_LISTS.contains(&list.as_str())
            && field == "name"
        {
            let spec = template.as_map_mut().and_then(|template| template.get_mut("spec")).and_then(Value::as_map_mut);
            spec.into_iter().for_each(|spec| rename(spec, old, new));
        }
    }
    Some(template)
}

/// Gives the containers of a pod that have a name another one.
fn rename(pod: &mut Map, old: &Value, new: &Value) {
    for list in POD_LISTS {
        let Some(Value::List(containers, _)) = pod.get_mut(list) else { continue };
        for container in Arc::make_mut(containers).iter_mut().filter_map(Value::as_map_mut) {
            if let Some(name) = container.get_mut("name").filter(|name| *name == old) {
                *name = new.clone();
            }
        }
    }
}

/// The lists of containers in a pod.
pub(super) const CONTAINERS: [&str; 2] = ["spec.initContainers", "spec.containers"];

/// The containers of a pod template, with the list that each is in.
pub(super) fn containers(template: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    CONTAINERS.into_iter().flat_map(|list| items(template, list).iter().map(move |container| (list, container)))
}

/// Whether it runs pods for as long as it is there, some number of them.
pub(super) fn is_scaled(resource: &Resource) -> bool {
    let group = resource.id.group.as_str();
    match resource.id.kind.as_str() {
        "Deployment" | "StatefulSet" | "ReplicaSet" => group == "apps",
        "ReplicationController" => group.is_empty(),
        _ => false,
    }
}

/// How many pods it asks for; one where it does not say.
pub(super) fn replicas(resource: &Resource) -> i64 {
    number(&resource.value, "spec.replicas").unwrap_or(1).max(0)
}

/// Whether labels have all that a map of them asks for.
pub(super) fn has_labels(wanted: &Value, labels: Option<&Value>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).map(label_text);
    wanted.as_map().is_some_and(|map| map.iter().all(|(key, value)| label(key) == Some(label_text(value))))
}

/// The text of a label, which a template may have printed as a number or a boolean.
fn label_text(value: &Value) -> Str {
    match value {
        Value::Str(text, _) => text.clone(),
        Value::Num(n, _) => n.to_string().into(),
        Value::Bool(b, _) => b.to_string().into(),
        _ => Str::new(),
    }
}

/// Whether a label selector (`matchLabels`, `matchExpressions`) selects labels.
pub(super) fn selects(selector: &Value, labels: Option<&Value>) -> bool {
    let by_labels = at(selector, "matchLabels").is_none_or(|wanted| has_labels(wanted, labels));
    by_labels && items(selector, "matchExpressions").iter().all(|expression| holds(expression, labels))
}

fn holds(expression: &Value, labels: Option<&Value>) -> bool {
    let label = labels.and_then(|labels| labels.get(text(expression, "key"))).map(label_text);
    let is_listed = label.as_ref().is_some_and(|label| texts(expression, "values").contains(&label.as_str()));
    match text(expression, "operator") {
        "In" => is_listed,
        "NotIn" => !is_listed,
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        _ => false,
    }
}

/// Whether two resources can be in one namespace; one that says none is in that of its release, which is not known.
pub(super) fn together(a: &Resource, b: &Resource) -> bool {
    let (a, b) = (&a.id.namespace, &b.id.namespace);
    a == b || a.is_empty() || b.is_empty()
}

/// Some of many names, and how many more there are.
pub(in super::super) fn some(names: &[String]) -> String {
    const MOST: usize = 4;
    let shown = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
