//! The bundled Bifrost chart: the same manifests as the public chart's for the values of its documentation on cluster
//! mode, what the documentation says of each block, and a snapshot of each combination of layers.

use serde_yaml::Value;

use crate::common::{
    Ran, Resources, as_reviewed, fits_kubernetes, fixture, fixture_text, render, rendered, resources, same_as_reference,
};

const TAG: &str = "image.tag=v1.4.11";

/// The chart with the values of these blocks of the documentation, each over the ones before it.
fn run(blocks: &[&str], more: &[&str]) -> Ran {
    let files: Vec<_> = blocks.iter().map(|b| fixture(&format!("bifrost/values/{b}.yaml"))).collect();
    let files: Vec<_> = files.iter().flat_map(|file| ["-f", file.to_str().expect("a path")]).collect();
    render(&[&["bifrost", "bifrost", "--set", TAG], &files[..], more].concat())
}

fn config(all: &Resources) -> &Value {
    &all["ConfigMap/bifrost-config"]["data"]["config.json"]
}

#[test]
fn the_manifests_are_those_of_the_public_chart() {
    let references = [
        "cluster",
        "ha-production",
        "cluster-then-discovery-dns",
        "cluster-then-discovery-kubernetes",
        "cluster-then-static-peers",
    ];
    for name in references {
        let blocks: Vec<_> = name.split("-then-").collect();
        same_as_reference("bifrost", name, &resources(&run(&blocks, &[]).ok()));
    }
}

/// The combinations of layers, and the kinds of storage, that are reviewed.
const COMBINATIONS: [(&str, &[&str]); 12] = [
    ("base", &[]),
    ("clustering", &["--layer", "clustering"]),
    ("clustering-ha", &["--layer", "clustering,ha"]),
    ("clustering-rollback", &["--layer", "clustering,rollback"]),
    ("clustering-ha-rollback", &["--layer", "clustering,ha,rollback"]),
    ("ha", &["--layer", "ha"]),
    ("ha-rollback", &["--layer", "ha,rollback"]),
    ("rollback", &["--layer", "rollback"]),
    ("clustering-stateful", &["--layer", "clustering", "--set", "workload=StatefulSet"]),
    ("bundled-postgresql", &["--set", "storage.mode=postgres,postgresql.enabled=true,postgresql.auth.password=given"]),
    ("existing-claim", &["--set", "storage.persistence.existingClaim=bifrost-data,ingress.enabled=true"]),
    (
        "sqlite-deployment",
        &[
            "--set",
            "workload=Deployment,vectorStore.enabled=true,vectorStore.type=qdrant,vectorStore.qdrant.external.host=qdrant",
        ],
    ),
];

#[test]
fn each_combination_of_layers_is_as_it_was_reviewed() {
    for (name, args) in COMBINATIONS {
        let text = run(&[], args).ok();
        as_reviewed("bifrost", name, &text);
        fits_kubernetes(name, &text);
    }
}

/// What each way of discovery needs, as the platform reads it.
#[test]
fn peers_find_one_another_as_the_block_says() {
    let endpoint = |n: usize| format!("http://etcd-{n}.etcd.default.svc.cluster.local:2379");
    let endpoints = format!("[\"{}\", \"{}\", \"{}\"]", endpoint(0), endpoint(1), endpoint(2));
    for (block, want) in [
        (
            "discovery-consul",
            "{enabled: true, type: consul, service_name: bifrost-cluster, consul_address: 'consul.consul.svc.cluster.local:8500'}",
        ),
        (
            "discovery-etcd",
            &format!("{{enabled: true, type: etcd, service_name: bifrost-cluster, etcd_endpoints: {endpoints}}}"),
        ),
        ("discovery-mdns", "{enabled: true, type: mdns, mdns_service: _bifrost._tcp}"),
        (
            "allowed-address-space",
            "{enabled: true, type: kubernetes, k8s_namespace: default, k8s_label_selector: app.kubernetes.io/name=bifrost, allowed_address_space: [10.0.0.0/8, 172.16.0.0/12]}",
        ),
    ] {
        let all = resources(&run(&["cluster", block], &[]).ok());
        let want: Value = serde_yaml::from_str(want).expect("YAML");
        assert_eq!(config(&all)["cluster_config"]["discovery"], want, "{block}");
        assert_eq!(config(&all)["cluster_config"]["gossip"]["port"], 7946, "{block}");
    }
    let udp = [
        "--set",
        "bifrost.cluster.discovery.type=udp,bifrost.cluster.discovery.enabled=true,bifrost.cluster.discovery.serviceName=b,bifrost.cluster.discovery.udpBroadcastPort=7947",
    ];
    let all = resources(&run(&["cluster"], &udp).ok());
    assert_eq!(config(&all)["cluster_config"]["discovery"]["udp_broadcast_port"], 7947);
    let all = resources(&run(&["cluster", "region"], &[]).ok());
    assert_eq!(config(&all)["cluster_config"]["region"], "us-east-1");
}

/// The Role and the Service that the documentation has the user create by hand.
#[test]
fn what_was_done_by_hand_can_be_rendered() {
    let all =
        resources(&run(&["cluster", "discovery-kubernetes", "service-account"], &["--set", "rbac.create=true"]).ok());
    for (title, theirs) in resources(&fixture_text("bifrost/pod-discovery.yaml")) {
        for part in ["rules", "subjects", "roleRef"] {
            assert_eq!(all[&title][part], theirs[part], "{title} {part}");
        }
        assert_eq!(all[&title]["metadata"]["namespace"], "default");
    }
    let all = resources(&run(&["cluster", "discovery-dns"], &["--set", "headlessService.enabled=true"]).ok());
    let (ours, theirs) = (
        &all["Service/bifrost-headless"],
        &resources(&fixture_text("bifrost/headless-service.yaml"))["Service/bifrost-headless"],
    );
    assert_eq!(ours["spec"]["clusterIP"], "None");
    let gossip =
        ours["spec"]["ports"].as_sequence().expect("ports").iter().find(|p| p["name"] == "gossip").expect("gossip");
    assert_eq!(gossip["port"], theirs["spec"]["ports"][0]["port"]);
    assert_eq!(
        ours["spec"]["selector"]["app.kubernetes.io/name"],
        theirs["spec"]["selector"]["app.kubernetes.io/name"]
    );
}

/// A StatefulSet has a headless Service of the name that the documents' addresses have.
#[test]
fn static_peers_need_a_stateful_set() {
    let warned = run(&["cluster", "static-peers"], &[]);
    assert!(warned.stderr.contains("set workload to StatefulSet"), "{}", warned.stderr);
    let ran = run(&["cluster", "static-peers"], &["--set", "workload=StatefulSet,autoscaling.enabled=false"]);
    assert_eq!(ran.stderr, "");
    let all = resources(&ran.ok());
    assert_eq!(all["StatefulSet/bifrost"]["spec"]["serviceName"], "bifrost-headless");
    assert_eq!(all["StatefulSet/bifrost"]["spec"]["replicas"], 3);
    assert!(all.contains_key("Service/bifrost-headless") && !all.contains_key("Deployment/bifrost"));
    let peers = config(&all)["cluster_config"]["peers"].as_sequence().expect("peers");
    assert_eq!(peers[0], "bifrost-0.bifrost-headless.default.svc.cluster.local:7946");
    let scaled = run(&["cluster", "static-peers"], &["--set", "workload=StatefulSet"]);
    assert!(scaled.stderr.contains("does not follow the autoscaler"), "{}", scaled.stderr);
}

#[test]
fn what_cannot_work_is_refused_with_the_reason() {
    let cluster = "bifrost.cluster.enabled=true";
    let discovery =
        |kind: &str| format!("bifrost.cluster.discovery.enabled=true,bifrost.cluster.discovery.type={kind}");
    for (set, reason) in [
        (cluster.to_owned(), "cluster mode needs PostgreSQL, SQLite is for a single node"),
        (
            format!("{cluster},storage.mode=postgres,postgresql.enabled=true,storage.logsStore.type=sqlite"),
            "cluster mode needs PostgreSQL, SQLite is for a single node",
        ),
        (discovery("consul"), "consul discovery registers nodes under a name"),
        (discovery("etcd"), "etcd discovery registers nodes under a name"),
        (discovery("udp"), "udp discovery registers nodes under a name"),
        (discovery("dns"), "dns discovery needs dnsNames"),
        (discovery(""), "discovery needs a type"),
        ("image.tag=".to_owned(), "image.tag is required"),
        ("storage.mode=postgres".to_owned(), "needs a server"),
        ("postgresql.external.enabled=true".to_owned(), "needs the address of the server"),
        ("bifrost.cluster.discovery.allowedAddressSpace[0]=10.0.0.0".to_owned(), "written as CIDR"),
        ("bifrost.clustr.enabled=true".to_owned(), "did you mean `cluster`?"),
    ] {
        let ran = run(&[], &["--set", &set]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{set}");
        assert!(ran.stderr.contains(reason), "{set}: {}", ran.stderr);
    }
    assert_eq!(render(&["bifrost"]).code, 3);
}

/// One node with files of its own, a cluster without, and back: what each step has and no longer has.
#[test]
fn from_one_node_to_a_cluster_and_back() {
    let kinds = |layers: &[&str]| -> Vec<String> {
        let all = rendered(&[&["bifrost", "bifrost", "--set", TAG], layers].concat());
        all.keys().filter(|t| !t.starts_with("ConfigMap/") && !t.starts_with("ServiceAccount/")).cloned().collect()
    };
    assert_eq!(kinds(&[]), ["Service/bifrost", "Service/bifrost-headless", "StatefulSet/bifrost"]);
    assert_eq!(
        kinds(&["--layer", "clustering,ha"]),
        [
            "Deployment/bifrost",
            "HorizontalPodAutoscaler/bifrost",
            "PodDisruptionBudget/bifrost",
            "Role/bifrost-pod-discovery",
            "RoleBinding/bifrost-pod-discovery",
            "Service/bifrost",
        ]
    );
    assert_eq!(kinds(&["--layer", "clustering,ha,rollback"]), ["Deployment/bifrost", "Service/bifrost"]);
}
