//! Rendered manifests as data: read, compared with what another chart prints, checked against Kubernetes' types.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_yaml::{Mapping, Value};

use super::{fixture_text, render};

/// A resource, by kind and name.
pub type Resources = BTreeMap<String, Value>;

/// The manifests of a text.
pub fn resources(text: &str) -> Resources {
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(|d| <Value as serde::Deserialize>::deserialize(d).expect("valid YAML"));
    documents.filter(|d| !d.is_null()).map(|d| (title(&d), normal(d))).collect()
}

/// What a run that goes well prints.
#[track_caller]
pub fn rendered(args: &[&str]) -> Resources {
    resources(&render(args).ok())
}

fn title(document: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text(&document["kind"]), text(&document["metadata"]["name"]))
}

/// Without nulls, with checksums by presence, and embedded JSON as data.
fn normal(value: Value) -> Value {
    match value {
        Value::Mapping(map) => {
            Value::Mapping(map.into_iter().filter(|(_, v)| !v.is_null()).map(normal_entry).collect::<Mapping>())
        }
        Value::Sequence(items) => items.into_iter().map(normal).collect(),
        other => other,
    }
}

fn normal_entry((key, value): (Value, Value)) -> (Value, Value) {
    match (key.as_str(), value.as_str()) {
        (Some(name), _) if name.starts_with("checksum/") => (key, Value::from("present")),
        (Some(name), Some(json)) if name.ends_with(".json") => {
            let data = serde_json::from_str(json).unwrap_or_else(|_| value.clone());
            (key, data)
        }
        _ => (key, normal(value)),
    }
}

/// The JSON pointers at which two values differ.
fn differences(ours: &Value, theirs: &Value, at: &str, out: &mut BTreeSet<String>) {
    match (ours, theirs) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            let keys: BTreeSet<&str> = a.keys().chain(b.keys()).filter_map(Value::as_str).collect();
            for key in keys {
                let below = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                differences(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), &below, out);
            }
        }
        (Value::Sequence(a), Value::Sequence(b)) => {
            for i in 0..a.len().max(b.len()) {
                let item = |list: &[Value]| list.get(i).cloned().unwrap_or(Value::Null);
                differences(&item(a), &item(b), &format!("{at}/{i}"), out);
            }
        }
        (a, b) if a != b => drop(out.insert(at.to_owned())),
        _ => {}
    }
}

/// Where two sets of resources differ, as a resource and a JSON pointer in it.
pub fn all_differences(ours: &Resources, theirs: &Resources) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for title in ours.keys().chain(theirs.keys()) {
        let mut paths = BTreeSet::new();
        let of = |side: &Resources| side.get(title).cloned().unwrap_or(Value::Null);
        differences(&of(ours), &of(theirs), "", &mut paths);
        all.extend(paths.into_iter().map(|path| (title.clone(), path)));
    }
    all
}

/// A bundled chart prints what tests/fixtures/PRODUCT/reference/NAME.yaml holds, but for what differences.yaml lists.
///
/// A difference that is listed covers what lies below its path, has a reason, and must be found.
#[track_caller]
pub fn same_as_reference(product: &str, name: &str, ours: &Resources) {
    let theirs = resources(&fixture_text(&format!("{product}/reference/{name}.yaml")));
    let found = all_differences(ours, &theirs);
    let listed: Vec<BTreeMap<String, String>> =
        serde_yaml::from_str(&fixture_text(&format!("{product}/differences.yaml"))).expect("a list");
    let listed: Vec<_> = listed.iter().filter(|d| d["reference"] == name).collect();
    assert!(listed.iter().all(|d| !d["reason"].is_empty()));
    let covers = |d: &BTreeMap<String, String>, (title, path): &(String, String)| {
        d["resource"] == *title && (path == &d["path"] || path.starts_with(&format!("{}/", d["path"])))
    };
    let unlisted: Vec<_> = found.iter().filter(|f| !listed.iter().any(|d| covers(d, f))).collect();
    assert!(unlisted.is_empty(), "{name}: differs and is not listed: {unlisted:#?}");
    let unused: Vec<_> = listed.iter().filter(|d| !found.iter().any(|f| covers(d, f))).collect();
    assert!(unused.is_empty(), "{name}: listed and not found: {unused:#?}");
}

/// Each manifest reads as the Kubernetes type of its kind, and nothing of it is lost on the way: no field is unknown,
/// none has the wrong type.
#[track_caller]
pub fn fits_kubernetes(what: &str, text: &str) {
    for document in serde_yaml::Deserializer::from_str(text) {
        let manifest = <Value as serde::Deserialize>::deserialize(document).expect("valid YAML");
        let title = title(&manifest);
        let read = through_type(title.split('/').next().expect("a kind"), &manifest);
        let read = read.unwrap_or_else(|| panic!("{what}: {title} is not of its kind: {manifest:?}"));
        let mut lost = BTreeSet::new();
        differences(&read, &without_nulls(manifest), "", &mut lost);
        assert!(lost.is_empty(), "{what}: {title} has fields that Kubernetes does not know: {lost:#?}");
    }
    accepted_by_kubectl(what, text);
}

/// A manifest as the type of its kind writes it again. ServiceMonitors are not Kubernetes' own.
fn through_type(kind: &str, manifest: &Value) -> Option<Value> {
    use k8s_openapi::api::{apps, autoscaling, batch, core, networking, policy, rbac};
    fn through<T: serde::de::DeserializeOwned + serde::Serialize>(manifest: &Value) -> Option<Value> {
        let typed: T = serde_yaml::from_value(manifest.clone()).ok()?;
        serde_yaml::to_value(typed).ok().map(without_nulls)
    }
    match kind {
        "ConfigMap" => through::<core::v1::ConfigMap>(manifest),
        "DaemonSet" => through::<apps::v1::DaemonSet>(manifest),
        "Deployment" => through::<apps::v1::Deployment>(manifest),
        "HorizontalPodAutoscaler" => through::<autoscaling::v2::HorizontalPodAutoscaler>(manifest),
        "Ingress" => through::<networking::v1::Ingress>(manifest),
        "Job" => through::<batch::v1::Job>(manifest),
        "NetworkPolicy" => through::<networking::v1::NetworkPolicy>(manifest),
        "PersistentVolume" => through::<core::v1::PersistentVolume>(manifest),
        "PersistentVolumeClaim" => through::<core::v1::PersistentVolumeClaim>(manifest),
        "PodDisruptionBudget" => through::<policy::v1::PodDisruptionBudget>(manifest),
        "Role" => through::<rbac::v1::Role>(manifest),
        "RoleBinding" => through::<rbac::v1::RoleBinding>(manifest),
        "Secret" => through::<core::v1::Secret>(manifest),
        "Service" => through::<core::v1::Service>(manifest),
        "ServiceAccount" => through::<core::v1::ServiceAccount>(manifest),
        "ServiceMonitor" => Some(without_nulls(manifest.clone())),
        "StatefulSet" => through::<apps::v1::StatefulSet>(manifest),
        _ => None,
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Mapping(map) => {
            let entries = map.into_iter().filter(|(_, v)| !v.is_null());
            Value::Mapping(entries.map(|(key, v)| (key, without_nulls(v))).collect())
        }
        Value::Sequence(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// A real kubectl reads the manifests, where the variable KUBECTL names one. It needs no cluster for this.
#[track_caller]
fn accepted_by_kubectl(what: &str, text: &str) {
    let Ok(kubectl) = std::env::var("KUBECTL") else { return };
    let mut child = Command::new(kubectl)
        .args(["annotate", "--local", "-f", "-", "checked=yes", "-o", "name"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("KUBECTL can be run");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("kubectl reads");
    let output = child.wait_with_output().expect("kubectl ends");
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// What a layer combination of a bundled chart prints, as it was reviewed: snapshots/CHART/NAME.snap.
#[track_caller]
pub fn as_reviewed(chart: &str, name: &str, text: &str) {
    insta::with_settings!({snapshot_path => format!("../../snapshots/{chart}"), prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

/// A resource as an inventory lists it: kind, name, ports of a Service, replicas.
pub fn inventory_line(title: &str, manifest: &Value) -> String {
    let mut line = title.replacen('/', " ", 1);
    if let (true, Some(ports)) = (title.starts_with("Service/"), manifest["spec"]["ports"].as_sequence()) {
        let ports: BTreeSet<_> = ports.iter().filter_map(|p| p["port"].as_u64()).map(|p| p.to_string()).collect();
        line += &format!(" ports={}", ports.into_iter().collect::<Vec<_>>().join(","));
    }
    match manifest["spec"]["replicas"].as_u64() {
        Some(replicas) => line + &format!(" replicas={replicas}"),
        None => line,
    }
}
