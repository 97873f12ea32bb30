//! Each block of values in OpenCTI's documents on clustering and on the upgrade to version 2, rendered as documented, with
//! what the document says of it.

use serde_yaml::Value;

use crate::common::{Folder, Ran, Resources, fits_kubernetes, fixture, render, resources};

/// The chart with the values of these blocks, each over the ones before it.
fn run(blocks: &[&str], more: &[&str]) -> Ran {
    let files: Vec<_> = blocks.iter().map(|b| fixture(&format!("opencti/values/{b}.yaml"))).collect();
    let files: Vec<_> = files.iter().flat_map(|file| ["-f", file.to_str().expect("a path")]).collect();
    render(&[&["opencti", "opencti"], &files[..], more].concat())
}

#[track_caller]
fn blocks(blocks: &[&str]) -> Resources {
    let text = run(blocks, &[]).ok();
    fits_kubernetes(&blocks.join(", "), &text);
    resources(&text)
}

fn env(workload: &Value, name: &str) -> Value {
    let env = workload["spec"]["template"]["spec"]["containers"][0]["env"].as_sequence().expect("env");
    env.iter().find(|e| e["name"] == name).map_or(Value::Null, |e| e["value"].clone())
}

#[test]
fn clustering_is_one_switch() {
    let all = blocks(&["clustering-on"]);
    assert!(all.contains_key("Deployment/opencti-frontend") && all.contains_key("Deployment/opencti-ingestion"));
    assert!(!all.contains_key("Deployment/opencti-server") && !all.contains_key("Service/opencti-server"));
    let all = blocks(&["clustering-on", "replicas", "frontend-ingress"]);
    assert_eq!(all["Deployment/opencti-frontend"]["spec"]["replicas"], 2);
    assert_eq!(all["Deployment/opencti-ingestion"]["spec"]["replicas"], 3);
    let rule = &all["Ingress/opencti-frontend"]["spec"]["rules"][0];
    assert_eq!(rule["host"], "your-opencti-domain.com");
    assert_eq!(rule["http"]["paths"][0]["backend"]["service"]["name"], "opencti-frontend");
}

/// In the layer, as in the documents, both clusters have the services of the release.
#[test]
fn the_addresses_of_the_layer_lead_to_its_dependencies() {
    let all = resources(&render(&["opencti", "--layer", "clustering"]).ok());
    for (name, service) in [
        ("ELASTICSEARCH__URL", "opencti-cluster-opensearch"),
        ("MINIO__ENDPOINT", "opencti-cluster-minio"),
        ("RABBITMQ__HOSTNAME", "opencti-cluster-rabbitmq"),
        ("REDIS__HOSTNAME", "opencti-cluster-redis"),
    ] {
        for cluster in ["frontend", "ingestion"] {
            let at = env(&all[&format!("Deployment/opencti-cluster-{cluster}")], name);
            assert!(at.as_str().expect("text").contains(service), "{cluster}: {at:?}");
        }
        assert!(all.contains_key(&format!("Service/{service}")), "{service}");
    }
}

#[test]
fn the_complete_example_has_what_it_says() {
    let all = blocks(&["clustering"]);
    assert_eq!(all["Ingress/opencti-cluster-frontend"]["spec"]["rules"][0]["host"], "opencti.example.com");
    assert_eq!(all["HorizontalPodAutoscaler/opencti-cluster-ingestion"]["spec"]["maxReplicas"], 15);
    assert_eq!(env(&all["Deployment/opencti-cluster-worker"], "OPENCTI_URL"), "http://opencti-cluster-ingestion:80");
    assert_eq!(all["Secret/opencti-cluster-credentials"]["type"], "Opaque");
}

/// The settings that the migration has for each dependency reach it.
#[test]
fn the_migration_configures_its_dependencies() {
    let all = blocks(&["migration"]);
    let container = |set: &str| all[&format!("StatefulSet/{set}")]["spec"]["template"]["spec"]["containers"][0].clone();
    let opensearch = container("your-release-name-opensearch");
    let variables = opensearch["env"].as_sequence().expect("env");
    let has = |name: &str, value: &str| variables.iter().any(|e| e["name"] == name && e["value"] == value);
    assert!(has("OPENSEARCH_JAVA_OPTS", "-Xmx2G -Xms2G") && has("discovery.type", "single-node"));
    assert_eq!(all["StatefulSet/your-release-name-opensearch"]["spec"]["replicas"], 1);
    let config = &all["ConfigMap/your-release-name-opensearch"]["data"]["opensearch.yml"];
    assert!(config.as_str().expect("text").contains("plugins.security.disabled: true"));
    let mounted = opensearch["volumeMounts"].as_sequence().expect("mounts").iter();
    assert!(mounted.clone().any(|m| m["mountPath"] == "/usr/share/opensearch/config/opensearch.yml"));
    for (name, memory, size) in [
        ("opensearch", "4Gi", "50Gi"),
        ("minio", "1Gi", "100Gi"),
        ("rabbitmq", "1Gi", "10Gi"),
        ("redis", "1Gi", "10Gi"),
    ] {
        let set = format!("your-release-name-{name}");
        assert_eq!(container(&set)["resources"]["limits"]["memory"], memory, "{set}");
        let claim = &all[&format!("StatefulSet/{set}")]["spec"]["volumeClaimTemplates"][0]["spec"];
        assert_eq!(claim["resources"]["requests"]["storage"], size, "{set}");
    }
    for (secret, keys) in
        [("minio", ["rootPassword", "rootUser"]), ("rabbitmq", ["rabbitmq-erlang-cookie", "rabbitmq-password"])]
    {
        let data = all[&format!("Secret/your-release-name-{secret}")]["data"].as_mapping().expect("data");
        assert_eq!(data.keys().filter_map(Value::as_str).collect::<Vec<_>>(), keys);
    }
    let server = &all["Deployment/opencti-frontend"]["spec"]["template"]["spec"]["containers"][0]["env"];
    let password = server.as_sequence().expect("env").iter().find(|e| e["name"] == "RABBITMQ__PASSWORD").expect("set");
    assert_eq!(password["valueFrom"]["secretKeyRef"]["name"], "your-release-name-rabbitmq");
}

#[test]
fn the_frontend_leaves_background_work_to_ingestion() {
    let all = blocks(&["clustering-on", "frontend-env"]);
    for name in ["NOTIFICATION_MANAGER__ENABLED", "HISTORY_MANAGER__ENABLED", "SYNC_MANAGER__ENABLED"] {
        assert_eq!(env(&all["Deployment/opencti-frontend"], name), "false");
        assert_eq!(env(&all["Deployment/opencti-ingestion"], name), Value::Null);
    }
}

/// Two blocks that cannot work as they are printed.
#[test]
fn broken_blocks_are_told() {
    let literal = run(&["clustering-on", "ingestion-env"], &[]);
    assert_eq!((literal.code, literal.stdout.as_str()), (3, ""));
    assert!(literal.stderr.contains("`clustering.ingestion.env` must be a map, but is the string \"...\""));
    let twice = run(&["clustering-on", "monitoring"], &[]);
    assert!(twice.stderr.contains("the key `clustering` stands twice; only the last one counts"), "{}", twice.stderr);
    let all = resources(&twice.ok());
    let monitored: Vec<_> = all.keys().filter(|title| title.starts_with("ServiceMonitor/")).collect();
    assert_eq!(monitored, ["ServiceMonitor/opencti-ingestion"]);
    let endpoint = &all["ServiceMonitor/opencti-ingestion"]["spec"]["endpoints"][0];
    assert_eq!(endpoint["path"], "/metrics");
    assert_eq!(endpoint["metricRelabelings"][0]["targetLabel"], "ingestion_metric");
    assert_eq!(run(&["clustering-on", "monitoring"], &["--strict"]).code, 1);
}

#[test]
fn scaling_budgets_spread_and_isolation() {
    let all = blocks(&["clustering-on", "capacity", "disruption-budgets", "spread", "isolation", "metrics", "probes"]);
    for (cluster, least, most, away) in [("frontend", 2, 10, 1), ("ingestion", 3, 15, 2)] {
        let name = format!("opencti-{cluster}");
        let scaler = &all[&format!("HorizontalPodAutoscaler/{name}")]["spec"];
        assert_eq!((scaler["minReplicas"].as_i64(), scaler["maxReplicas"].as_i64()), (Some(least), Some(most)));
        assert_eq!(scaler["metrics"][0]["resource"]["target"]["averageUtilization"], 50);
        assert_eq!(all[&format!("PodDisruptionBudget/{name}")]["spec"]["maxUnavailable"], away);
        let pod = &all[&format!("Deployment/{name}")]["spec"]["template"]["spec"];
        let spread = &pod["topologySpreadConstraints"][0];
        assert_eq!(spread["labelSelector"]["matchLabels"]["opencti.component"], cluster);
        let from = &all[&format!("NetworkPolicy/{name}")]["spec"]["ingress"][0]["from"][0];
        assert_eq!(from["namespaceSelector"]["matchLabels"]["name"], name);
        assert!(all.contains_key(&format!("ServiceMonitor/{name}")));
        assert_eq!(pod["containers"][0]["livenessProbe"]["initialDelaySeconds"], 180);
    }
}

/// The walk of the upgrade guide: single, clustering, a part of it off, single again. Who serves whom at each step.
#[test]
fn up_to_clustering_and_back() {
    let steps: [(&[&str], &[&str], &str, &str); 4] = [
        (&["migration"], &["frontend", "ingestion"], "ingestion", "frontend"),
        (&["migration", "frontend-off"], &["ingestion"], "ingestion", "ingestion"),
        (&["migration", "ingestion-off"], &["frontend"], "frontend", "frontend"),
        (&["migration", "disable-clustering"], &["server"], "server", "server"),
    ];
    for (values, servers, worker, connector) in steps {
        let all = blocks(values);
        for name in ["server", "frontend", "ingestion"] {
            let is_there = all.contains_key(&format!("Deployment/opencti-{name}"));
            assert_eq!(is_there, servers.contains(&name), "{values:?} {name}");
        }
        let url = |name: &str| format!("http://opencti-{name}:80");
        assert_eq!(env(&all["Deployment/opencti-worker"], "OPENCTI_URL"), url(worker), "{values:?}");
        assert_eq!(env(&all["Deployment/opencti-opencti-connector"], "OPENCTI_URL"), url(connector), "{values:?}");
        let ingress: Vec<_> = all.iter().filter(|(title, _)| title.starts_with("Ingress/")).collect();
        let backends: Vec<_> = ingress
            .iter()
            .map(|(_, i)| {
                i["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"].as_str().expect("a name")
            })
            .collect();
        let public: &[&str] = match servers {
            ["ingestion"] => &[],
            ["server"] => &["opencti-server"],
            _ => &["opencti-frontend"],
        };
        assert_eq!(backends, public, "{values:?}");
    }
}

/// Values that were written for version 1 know nothing of clustering.
const VERSION_1: &str = "\
fullnameOverride: cti
replicaCount: 2
env:
  APP__ADMIN__EMAIL: admin@example.com
  APP__BASE_PATH: /cti
  ELASTICSEARCH__URL: http://cti-opensearch:9200
  MINIO__ENDPOINT: cti-minio
ingress:
  enabled: true
  hosts:
    - host: cti.example.com
worker:
  replicaCount: 3
  autoscaling: {enabled: true, minReplicas: 2, maxReplicas: 6}
connectors:
  - name: mitre
    enabled: true
    image: {repository: opencti/connector-mitre}
opensearch:
  enabled: true
  opensearchJavaOpts: -Xmx512M -Xms512M
  singleNode: true
  persistence: {enabled: false}
elasticsearch: {enabled: false}
minio:
  enabled: true
  mode: standalone
  rootUser: minio
  rootPassword: a-password
  resources: {requests: {memory: 512Mi}}
  persistence: {enabled: false}
rabbitmq:
  enabled: true
  replicaCount: 1
  clustering: {enabled: false}
  auth: {username: user, password: a-password, erlangCookie: a-cookie}
  persistence: {enabled: false}
redis:
  enabled: true
";

#[test]
fn values_of_version_1_render_unchanged() {
    let folder = Folder::new(&[("v1.yaml", VERSION_1)]);
    let ran = folder.render(&["opencti", "opencti", "-f", "v1.yaml"]);
    assert_eq!(ran.stderr, "");
    let text = ran.ok();
    fits_kubernetes("version 1", &text);
    let off = folder.render(&["opencti", "opencti", "-f", "v1.yaml", "--set", "clustering.enabled=false"]).ok();
    assert_eq!(text, off);
    let all = resources(&text);
    assert_eq!(all["Deployment/cti-server"]["spec"]["replicas"], 2);
    assert_eq!(env(&all["Deployment/cti-worker"], "OPENCTI_URL"), "http://cti-server:80/cti");
    assert_eq!(env(&all["Deployment/cti-mitre-connector"], "OPENCTI_URL"), "http://cti-server:80/cti");
    let backend = &all["Ingress/cti"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"];
    assert_eq!(backend, "cti-server");
}

#[test]
fn a_dependency_that_is_not_bundled_is_refused() {
    let ran = render(&["opencti", "--set", "rustfs.enabled=true"]);
    assert!(ran.code == 3 && ran.stderr.contains("use opensearch and minio"), "{}", ran.stderr);
}
