//! The bundled Malcolm chart: what the public chart's inventory and the document on Kubernetes say, and a snapshot of
//! each form.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use crate::common::{
    Ran, Resources, as_reviewed, fits_kubernetes, fixture, fixture_text, inventory_line, render, resources,
};

fn run(args: &[&str]) -> Ran {
    render(&[&["malcolm", "malcolm", "-n", "malcolm"], args].concat())
}

#[track_caller]
fn all(args: &[&str]) -> Resources {
    resources(&run(args).ok())
}

const FORMS: [(&str, &str); 6] = [
    ("base", ""),
    ("local", "storage.type=local"),
    ("nfs", "storage.type=nfs,storage.nfs.server=nas.example.com"),
    ("efs", "storage.type=efs,storage.efs.fileSystemId=fs-1,storage.claims.pcap-claim.volumeHandle=fs-1::fsap-2"),
    ("remote-opensearch", "opensearch.primary=opensearch-remote,opensearch.url=https://opensearch.example.com:9200"),
    (
        "controller-and-live",
        "live.enabled=true,ingress.host=malcolm.example.org,ingress.tlsPassthrough=true,ingressController.enabled=true",
    ),
];

#[test]
fn each_form_is_as_it_was_reviewed() {
    let given = fixture("malcolm/given.yaml");
    for (name, set) in FORMS {
        let text = run(&["-f", given.to_str().expect("a path"), "--set", set]).ok();
        as_reviewed("malcolm", name, &text);
        fits_kubernetes(name, &text);
    }
}

#[test]
fn everything_of_the_inventory_is_there_but_for_the_listed_differences() {
    let ours: BTreeSet<_> = all(&[]).iter().map(|(title, manifest)| inventory_line(title, manifest)).collect();
    let listed: Vec<BTreeMap<String, String>> =
        serde_yaml::from_str(&fixture_text("malcolm/differences.yaml")).expect("a list");
    assert!(listed.iter().all(|d| !d["reason"].is_empty()));
    let theirs = fixture_text("malcolm/inventory.txt");
    let missing: BTreeSet<_> = theirs.lines().filter(|line| !ours.contains(*line)).collect();
    assert_eq!(missing, listed.iter().map(|d| d["line"].as_str()).collect());
    let live: BTreeSet<_> =
        all(&["--set", "live.enabled=true"]).iter().map(|(title, manifest)| inventory_line(title, manifest)).collect();
    for name in ["filebeat", "zeek-live", "suricata-live", "arkime-live"] {
        assert!(live.contains(&format!("DaemonSet {name}-daemonset")), "{name}");
    }
}

/// Each service mounts and reads only what the release has, or what the user said is there.
#[test]
fn nothing_is_mounted_that_is_not_there() {
    let all = all(&["--set", "live.enabled=true"]);
    for (title, workload) in &all {
        let pod = &workload["spec"]["template"]["spec"];
        let volumes = pod["volumes"].as_sequence().cloned().unwrap_or_default();
        for volume in &volumes {
            for (kind, of, name) in [
                ("ConfigMap", "configMap", "name"),
                ("Secret", "secret", "secretName"),
                ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
            ] {
                if let Some(name) = volume[of][name].as_str() {
                    assert!(all.contains_key(&format!("{kind}/{name}")), "{title} mounts {kind} {name}");
                }
            }
        }
        let containers =
            pod["initContainers"].as_sequence().into_iter().chain(pod["containers"].as_sequence()).flatten();
        for container in containers {
            for source in container["envFrom"].as_sequence().into_iter().flatten() {
                let map = source["configMapRef"]["name"].as_str().map(|n| format!("ConfigMap/{n}"));
                let secret = source["secretRef"]["name"].as_str().map(|n| format!("Secret/{n}"));
                let source = map.or(secret).expect("a source");
                assert!(all.contains_key(&source), "{title} reads {source}");
            }
            for mount in container["volumeMounts"].as_sequence().into_iter().flatten() {
                assert!(volumes.iter().any(|v| v["name"] == mount["name"]), "{title}: {mount:?}");
            }
        }
    }
}

#[test]
fn every_service_has_one_pod() {
    let all = all(&[]);
    let replicas =
        all.iter().filter(|(title, _)| title.starts_with("Deployment/") || title.starts_with("StatefulSet/"));
    assert!(replicas.map(|(_, workload)| &workload["spec"]["replicas"]).all(|replicas| replicas == 1));
}

/// The document's error, with the names of the claims.
#[test]
fn claims_that_are_missing_are_named() {
    let message = |claims: &str| {
        format!("Storage objects required by Malcolm are not defined: {{'PersistentVolumeClaim': [{claims}]}}")
    };
    let others = "'zeek-claim', 'suricata-claim', 'config-claim', 'runtime-logs-claim'";
    let opensearch = "'opensearch-claim', 'opensearch-backup-claim'";
    for (args, claims) in [
        (vec!["--set", "storage.type="], format!("'pcap-claim', {others}, {opensearch}")),
        (
            vec!["--set", "storage.type=", "--set-json", r#"storage.existingClaims=["pcap-claim"]"#],
            format!("{others}, {opensearch}"),
        ),
        (
            vec!["--set", "storage.type=,opensearch.primary=opensearch-remote,opensearch.url=https://o:9200"],
            format!("'pcap-claim', {others}"),
        ),
        (vec!["--set", "storage.claims.zeek-claim=null"], "'zeek-claim'".to_owned()),
    ] {
        let ran = run(&args);
        assert!(ran.code == 1 && ran.stdout.is_empty(), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(&message(&claims)), "{args:?}: {}", ran.stderr);
    }
    let there = r#"storage.existingClaims=["pcap-claim","zeek-claim","suricata-claim","config-claim","runtime-logs-claim","opensearch-claim","opensearch-backup-claim"]"#;
    let all = all(&["--set", "storage.type=", "--set-json", there]);
    assert!(!all.keys().any(|title| title.starts_with("PersistentVolume")));
}

#[test]
fn volumes_are_where_the_values_say() {
    let volume = |set: &str| all(&["--set", set])["PersistentVolume/malcolm-pcap-volume"]["spec"].clone();
    assert_eq!(volume(FORMS[1].1)["hostPath"]["path"], "/var/lib/malcolm/pcap");
    assert_eq!(volume(FORMS[2].1)["nfs"]["path"], "/malcolm/pcap");
    assert_eq!(volume(FORMS[3].1)["csi"]["volumeHandle"], "fs-1::fsap-2");
    let claims = |set: &str| all(&["--set", set]).keys().filter(|t| t.starts_with("PersistentVolumeClaim/")).count();
    assert_eq!((claims(FORMS[1].1), claims(FORMS[4].1)), (7, 5));
}

#[test]
fn a_remote_opensearch_takes_the_place_of_the_local_one() {
    let all = all(&["--set", FORMS[4].1]);
    assert!(!all.contains_key("StatefulSet/opensearch") && !all.contains_key("Service/opensearch"));
    let env = &all["ConfigMap/opensearch-env"]["data"];
    assert_eq!(env["OPENSEARCH_URL"], "https://opensearch.example.com:9200");
    assert_eq!(env["OPENSEARCH_PRIMARY"], "opensearch-remote");
}

/// The arguments, the ports and the rule that the document prints.
#[test]
fn the_ingress_controller_is_as_the_document_has_it() {
    let all = all(&["--set", FORMS[5].1]);
    let document: Value = serde_yaml::from_str(&fixture_text("malcolm/controller.yaml")).expect("YAML");
    let container = &all["Deployment/ingress-nginx-controller"]["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["args"], document["args"]);
    assert_eq!(container["ports"], document["containerPorts"]);
    let service = &all["Service/ingress-nginx-controller"]["spec"];
    for (key, value) in document["service"].as_mapping().expect("a map") {
        assert_eq!(&service[key], value);
    }
    assert_eq!(all["Ingress/malcolm-ingress"]["spec"]["rules"], document["rules"]);
    let tcp = &all["ConfigMap/tcp-services"]["data"];
    assert_eq!(tcp["5044"], "malcolm/logstash:5044");
    let led: Vec<_> = tcp.as_mapping().expect("a map").keys().filter_map(Value::as_str).collect();
    assert_eq!(led, ["5044", "5045", "9200"]);
}

#[test]
fn what_cannot_work_is_refused_with_the_reason() {
    for (set, reason) in [
        ("storage.claims.pcap-claim.size=large", "a number with a unit"),
        ("storage.type=nfs", "NFS needs the name of the server"),
        ("storage.type=efs", "EFS needs the file system"),
        ("opensearch.primary=opensearch-remote", "needs its address in opensearch.url"),
        ("ingress.tlsPassthrough=true", "passthrough routes by host"),
        ("services.arkime.port=1", "did you mean `ports`?"),
        ("services.mine.kind=Deployment", "image"),
    ] {
        let ran = run(&["--set", set]);
        assert!(ran.code == 3 && ran.stderr.contains(reason), "{set}: {}", ran.stderr);
    }
}
