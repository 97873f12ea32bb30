//! `render graph`: what a render's picture shows, and what it warns of.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{Folder, Ran, render};

const WEB: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
      - name: web
        envFrom: [{secretRef: {name: credentials}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: shop.example
    http: {paths: [{path: /, backend: {service: {name: web, port: {number: 8080}}}}]}
";

/// The edges of a graph that is printed as JSON, as `KIND NAME > KIND NAME`.
#[track_caller]
fn edges(ran: Ran) -> BTreeSet<String> {
    let graph: Value = serde_json::from_str(&ran.ok()).expect("JSON");
    let nodes = graph["nodes"].as_array().expect("nodes");
    let name = |index: &Value| {
        let node = &nodes[index.as_u64().expect("a number") as usize];
        let title = [&node["kind"], &node["name"]].map(|text| text.as_str().unwrap_or_default());
        title.join(" ").trim_end().to_owned()
    };
    let edges = graph["edges"].as_array().expect("edges").iter();
    edges.map(|edge| format!("{} > {}", name(&edge["from"]), name(&edge["to"]))).collect()
}

/// A mode of OpenCTI: who is there, and whom users, workers and connectors talk to.
struct Mode {
    args: &'static [&'static str],
    release: &'static str,
    servers: &'static [&'static str],
    users: Option<&'static str>,
    workers: &'static str,
    connectors: &'static str,
    /// The stores that the servers are told of. The chart's defaults name those of a release `release-name`.
    stores: &'static [&'static str],
}

const STORES: [&str; 4] = ["opensearch", "minio", "rabbitmq", "redis"];
const INGRESS: &str = "clustering.frontend.ingress.enabled=true";

const MODES: [Mode; 4] = [
    Mode {
        args: &["--set", "ingress.enabled=true"],
        release: "opencti",
        servers: &["server"],
        users: Some("server"),
        workers: "server",
        connectors: "server",
        stores: &[],
    },
    Mode {
        args: &["--layer", "clustering", "--set", INGRESS],
        release: "opencti-cluster",
        servers: &["frontend", "ingestion"],
        users: Some("frontend"),
        workers: "ingestion",
        connectors: "frontend",
        stores: &STORES,
    },
    Mode {
        args: &["--layer", "clustering", "--set", INGRESS, "--set", "clustering.ingestion.enabled=false"],
        release: "opencti-cluster",
        servers: &["frontend"],
        users: Some("frontend"),
        workers: "frontend",
        connectors: "frontend",
        stores: &STORES,
    },
    Mode {
        args: &["--layer", "clustering", "--set", "clustering.frontend.enabled=false"],
        release: "opencti-cluster",
        servers: &["ingestion"],
        users: None,
        workers: "ingestion",
        connectors: "ingestion",
        stores: &STORES,
    },
];

impl Mode {
    /// The edges of its picture: the connectivity matrix of the documents, and the stores.
    fn edges(&self) -> BTreeSet<String> {
        let Mode { release, servers, .. } = self;
        let service = |name: &str| format!("Service {release}-{name}");
        let deployment = |name: &str| format!("Deployment {release}-{name}");
        let mut edges =
            vec![(deployment("worker"), service(self.workers)), (deployment("x-connector"), service(self.connectors))];
        if let Some(server) = self.users {
            let of = if server == "server" { String::new() } else { format!("-{server}") };
            let ingress = format!("Ingress {release}{of}");
            edges.extend([("Users".to_owned(), ingress.clone()), (ingress, service(server))]);
        }
        for server in *servers {
            edges.push((service(server), deployment(server)));
            edges.extend(self.stores.iter().map(|store| (deployment(server), service(store))));
        }
        for store in STORES {
            let set = format!("StatefulSet {release}-{store}");
            let claim = format!("PersistentVolumeClaim data-{release}-{store}-*");
            let headless = service(&format!("{store}-headless"));
            edges.extend([(service(store), set.clone()), (headless, set.clone()), (set, claim)]);
        }
        edges.into_iter().map(|(from, to)| format!("{from} > {to}")).collect()
    }
}

#[test]
fn opencti_talks_to_whom_its_documents_say() {
    for mode in MODES {
        let connector = "connectors[0].name=x,connectors[0].enabled=true";
        let ran = render(&[&["graph", "opencti", "-o", "json", "--set", connector], mode.args].concat());
        assert_eq!(edges(ran), mode.edges(), "{:?}", mode.args);
    }
}

#[test]
fn what_is_drawn_is_chosen() {
    let folder = Folder::new(&[("web.yaml", WEB)]);
    let edges =
        |with: &[&str]| edges(folder.render(&[&["graph", "--manifests", "web.yaml", "-o", "json"], with].concat()));
    let traffic = ["Ingress web > Service web", "Service web > Deployment web", "Users > Ingress web"];
    let config = "Deployment web > Secret credentials";
    let access = "Deployment web > ServiceAccount web";
    let set = |edges: &[&str]| edges.iter().map(|edge| (*edge).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(edges(&[]), set(&traffic));
    assert_eq!(edges(&["--with", "config"]), set(&[&traffic[..], &[config]].concat()));
    assert_eq!(edges(&["--with", "config,access"]), set(&[&traffic[..], &[config, access]].concat()));
    assert_eq!(edges(&["--with", "all"]), set(&[&traffic[..], &[config, access]].concat()));
}

#[test]
fn what_leads_nowhere_is_a_warning() {
    let folder = Folder::new(&[("web.yaml", WEB)]);
    let ran = folder.render(&["graph", "--manifests", "web.yaml"]);
    assert_eq!(ran.code, 0);
    insta::with_settings!({snapshot_path => "../snapshots/cli", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("graph_warnings", ran.stderr);
    });
    let strict = folder.render(&["graph", "--manifests", "web.yaml", "--strict"]);
    assert_eq!((strict.code, strict.stdout.as_str()), (1, ""));
    assert!(strict.stderr.contains("error: Service web has no port 8080; it has 80"), "{}", strict.stderr);
}

#[test]
fn every_format_is_as_it_was_reviewed() {
    let folder = Folder::new(&[("web.yaml", WEB)]);
    for format in ["mermaid", "dot", "svg", "json"] {
        let ran = folder.render(&["graph", "--manifests", "web.yaml", "--with", "config", "-o", format]);
        insta::with_settings!({snapshot_path => "../snapshots/cli", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("graph_{format}"), ran.ok());
        });
    }
}

/// Names and labels are of other people's making; none breaks out of its place.
#[test]
fn nothing_in_a_manifest_means_anything_to_a_format() {
    let odd =
        "apiVersion: v1\nkind: Service\nmetadata: {name: \"a\\\"]<b>&amp;\\\\;`#\\n%%\"}\nspec: {type: NodePort}\n";
    let folder = Folder::new(&[("odd.yaml", odd)]);
    let run = |format| folder.render(&["graph", "--manifests", "odd.yaml", "-o", format]).ok();
    assert!(
        run("mermaid").contains("([\"Service<br>a#34;]#60;b#62;#38;amp#59;#92;#59;#96;#35; %%\"])\n"),
        "{}",
        run("mermaid")
    );
    assert!(run("dot").contains("[label=\"Service\\na\\\"]<b>&amp;\\\\;`# %%\", shape=ellipse];\n"), "{}", run("dot"));
    let svg = run("svg");
    assert!(svg.contains(">a&quot;]&lt;b&gt;&amp;amp;\\;`# %%</text>"), "{svg}");
    assert!(!svg.replace("http://www.w3.org/2000/svg", "").contains("http"), "{svg}");
}

#[test]
fn manifests_come_from_where_a_comparison_takes_them() {
    let folder = Folder::new(&[("all/web.yaml", WEB), ("all/more/x.yml", "kind: Job\nmetadata: {name: x}\n")]);
    let piped = folder.render_with_input(&["graph", "--manifests", "-"], WEB);
    assert!(piped.ok().contains("service_web --> deployment_web"));
    assert!(folder.render(&["graph", "--manifests", "all"]).ok().contains("job_x[\"Job<br>x\"]"));
    folder.render(&["snapshot", "r", "opencti", "--layer", "clustering"]).ok();
    let args = ["graph", "r", "opencti", "--layer", "clustering"];
    assert_eq!(folder.render(&["graph", "--manifests", "snapshots/r.yaml"]).ok(), folder.render(&args).ok());
    let refused = |args: &[&str], words: &str| {
        let ran = folder.render(&[&["graph"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    };
    refused(&["--manifests", "none.yaml"], "there is no file or folder `none.yaml`");
    refused(&["opencti", "--manifests", "all"], "cannot be used with");
    refused(&["opencti", "--output-dir", "x"], "--output-dir means nothing here");
    refused(&["opencti", "-o", "png"], "mermaid, dot, svg, json");
}
