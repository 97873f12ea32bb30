//! The bundled OpenCTI chart: the same manifests as the public chart's for the values of its documentation, and a
//! snapshot of each combination of layers.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::{Mapping, Value};

use crate::common::{fixture, fixture_text, render};

const DEPENDENCIES: &str = "opensearch.enabled=false,minio.enabled=false,rabbitmq.enabled=false,redis.enabled=false";
const REFERENCES: [&str; 5] =
    ["single", "clustering", "migration", "migration-then-disable-clustering", "migration-then-frontend-off"];

/// A resource, by kind and name.
type Resources = BTreeMap<String, Value>;

fn resources(text: &str) -> Resources {
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(|d| <Value as serde::Deserialize>::deserialize(d).expect("valid YAML"));
    documents.filter(|d| !d.is_null()).map(|d| (title(&d), normal(d))).collect()
}

fn title(document: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text(&document["kind"]), text(&document["metadata"]["name"]))
}

/// Without nulls, and with checksums by presence.
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
    match key.as_str() {
        Some(name) if name.starts_with("checksum/") => (key, Value::from("present")),
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

fn render_reference(name: &str) -> Resources {
    let files = name.split("-then-").filter(|part| *part != "single");
    let files: Vec<String> =
        files.map(|f| fixture(&format!("opencti/values/{f}.yaml")).display().to_string()).collect();
    let mut args = vec!["opencti", "opencti", "--set", DEPENDENCIES];
    files.iter().for_each(|file| args.extend(["-f", file]));
    resources(&render(&args).ok())
}

/// Where the bundled chart differs from one reference.
fn found(name: &str) -> BTreeSet<(String, String)> {
    let ours = render_reference(name);
    let theirs = resources(&fixture_text(&format!("opencti/reference/{name}.yaml")));
    let mut all = BTreeSet::new();
    for title in ours.keys().chain(theirs.keys()).filter(|t| !t.starts_with("ServiceMonitor/")) {
        let mut paths = BTreeSet::new();
        let of = |side: &Resources| side.get(title).cloned().unwrap_or(Value::Null);
        differences(&of(&ours), &of(&theirs), "", &mut paths);
        all.extend(paths.into_iter().map(|path| (title.clone(), path)));
    }
    all
}

/// A difference that is listed covers what lies below its path, and must be found.
#[test]
fn the_manifests_are_those_of_the_public_chart_but_for_the_listed_differences() {
    let listed: Vec<BTreeMap<String, String>> =
        serde_yaml::from_str(&fixture_text("opencti/differences.yaml")).expect("a list");
    for name in REFERENCES {
        let found = found(name);
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
}

#[test]
fn each_combination_of_layers_is_as_it_was_reviewed() {
    let combinations: [(&str, &[&str]); 6] = [
        ("base", &[]),
        ("clustering", &["--layer", "clustering"]),
        ("clustering-ha", &["--layer", "clustering,ha"]),
        ("clustering-rollback", &["--layer", "clustering,rollback"]),
        ("ingestion-only", &["--layer", "clustering", "--set", "clustering.frontend.enabled=false"]),
        ("frontend-only", &["--layer", "clustering", "--set", "clustering.ingestion.enabled=false"]),
    ];
    for (name, args) in combinations {
        let text = render(&[&["opencti"], args].concat()).ok();
        insta::with_settings!({snapshot_path => "../snapshots/opencti", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// The connectivity matrix of the documentation: workers to ingestion, connectors to the frontend, each to the other
/// where one is off, all to the server in single mode.
#[test]
fn everyone_talks_to_whom_the_documentation_says() {
    let connector = "connectors[0].name=x,connectors[0].enabled=true";
    let modes: [(&[&str], &str, &str); 4] = [
        (&[], "opencti-server", "opencti-server"),
        (&["--set", "clustering.enabled=true"], "opencti-ingestion", "opencti-frontend"),
        (
            &["--set", "clustering.enabled=true,clustering.frontend.enabled=false"],
            "opencti-ingestion",
            "opencti-ingestion",
        ),
        (
            &["--set", "clustering.enabled=true,clustering.ingestion.enabled=false"],
            "opencti-frontend",
            "opencti-frontend",
        ),
    ];
    for (args, worker, connectors) in modes {
        let all = resources(&render(&[&["opencti", "--set", connector], args].concat()).ok());
        let url = |title: &str| {
            let env =
                all[title]["spec"]["template"]["spec"]["containers"][0]["env"].as_sequence().expect("env").clone();
            let url = env.iter().find(|e| e["name"] == "OPENCTI_URL").expect("OPENCTI_URL")["value"].clone();
            url.as_str().expect("text").to_owned()
        };
        assert_eq!(url("Deployment/opencti-worker"), format!("http://{worker}:80"));
        assert_eq!(url("Deployment/opencti-x-connector"), format!("http://{connectors}:80"));
        assert!(all.contains_key(&format!("Service/{worker}")) && all.contains_key(&format!("Service/{connectors}")));
    }
}

/// Each manifest reads as the Kubernetes type of its kind, and nothing of it is lost on the way: no field is unknown, none
/// has the wrong type.
#[test]
fn manifests_are_what_kubernetes_takes() {
    let all = "clustering.enabled=true,clustering.frontend.ingress.enabled=true,secrets[0].name=s,secrets[0].data.a=b";
    let combinations: [&[&str]; 4] =
        [&[], &["--layer", "clustering,ha"], &["--layer", "clustering,ha,rollback"], &["--set", all]];
    for args in combinations {
        for (title, manifest) in resources(&render(&[&["opencti"], args].concat()).ok()) {
            let kind = title.split('/').next().expect("a kind");
            let read = through_type(kind, &manifest);
            assert_eq!(read.as_ref(), Some(&manifest), "{args:?} {title}");
        }
    }
}

/// A manifest as the type of its kind writes it again. ServiceMonitors are not Kubernetes' own.
fn through_type(kind: &str, manifest: &Value) -> Option<Value> {
    use k8s_openapi::api::{apps, autoscaling, core, networking, policy};
    fn through<T: serde::de::DeserializeOwned + serde::Serialize>(manifest: &Value) -> Option<Value> {
        let typed: T = serde_yaml::from_value(manifest.clone()).ok()?;
        serde_yaml::to_value(typed).ok().map(normal)
    }
    match kind {
        "ConfigMap" => through::<core::v1::ConfigMap>(manifest),
        "Deployment" => through::<apps::v1::Deployment>(manifest),
        "HorizontalPodAutoscaler" => through::<autoscaling::v2::HorizontalPodAutoscaler>(manifest),
        "Ingress" => through::<networking::v1::Ingress>(manifest),
        "NetworkPolicy" => through::<networking::v1::NetworkPolicy>(manifest),
        "PodDisruptionBudget" => through::<policy::v1::PodDisruptionBudget>(manifest),
        "Secret" => through::<core::v1::Secret>(manifest),
        "Service" => through::<core::v1::Service>(manifest),
        "ServiceAccount" => through::<core::v1::ServiceAccount>(manifest),
        "ServiceMonitor" => Some(manifest.clone()),
        _ => None,
    }
}
