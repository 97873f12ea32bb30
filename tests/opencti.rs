//! The bundled OpenCTI chart: the same manifests as the public chart's for the values of its documentation, and a
//! snapshot of each combination of layers.

use crate::common::{as_reviewed, fits_kubernetes, fixture, render, rendered, same_as_reference};

const DEPENDENCIES: &str = "opensearch.enabled=false,minio.enabled=false,rabbitmq.enabled=false,redis.enabled=false";
const REFERENCES: [&str; 5] =
    ["single", "clustering", "migration", "migration-then-disable-clustering", "migration-then-frontend-off"];

#[test]
fn the_manifests_are_those_of_the_public_chart_but_for_the_listed_differences() {
    for name in REFERENCES {
        let files = name.split("-then-").filter(|part| *part != "single");
        let files: Vec<String> =
            files.map(|f| fixture(&format!("opencti/values/{f}.yaml")).display().to_string()).collect();
        let mut args = vec!["opencti", "opencti", "--set", DEPENDENCIES];
        files.iter().for_each(|file| args.extend(["-f", file]));
        let mut ours = rendered(&args);
        ours.retain(|title, _| !title.starts_with("ServiceMonitor/"));
        same_as_reference("opencti", name, &ours);
    }
}

/// The combinations of layers that are reviewed.
const COMBINATIONS: [(&str, &[&str]); 10] = [
    ("base", &[]),
    ("clustering", &["--layer", "clustering"]),
    ("clustering-ha", &["--layer", "clustering,ha"]),
    ("clustering-rollback", &["--layer", "clustering,rollback"]),
    ("clustering-ha-rollback", &["--layer", "clustering,ha,rollback"]),
    ("ha", &["--layer", "ha"]),
    ("ha-rollback", &["--layer", "ha,rollback"]),
    ("rollback", &["--layer", "rollback"]),
    ("ingestion-only", &["--layer", "clustering", "--set", "clustering.frontend.enabled=false"]),
    ("frontend-only", &["--layer", "clustering", "--set", "clustering.ingestion.enabled=false"]),
];

#[test]
fn each_combination_of_layers_is_as_it_was_reviewed() {
    for (name, args) in COMBINATIONS {
        as_reviewed("opencti", name, &render(&[&["opencti"], args].concat()).ok());
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
        let all = rendered(&[&["opencti", "--set", connector], args].concat());
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

#[test]
fn manifests_are_what_kubernetes_takes() {
    let all = "clustering.enabled=true,clustering.frontend.ingress.enabled=true,secrets[0].name=s,secrets[0].data.a=b";
    for args in COMBINATIONS.iter().map(|(_, args)| *args).chain([&["--set", all][..]]) {
        fits_kubernetes(&args.join(" "), &render(&[&["opencti"], args].concat()).ok());
    }
}
