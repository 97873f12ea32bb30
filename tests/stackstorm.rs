//! The bundled StackStorm HA chart: what the public chart's inventory and the document on high availability say, and a
//! snapshot of each form.

use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::common::{
    Ran, Resources, as_reviewed, fits_kubernetes, fixture, fixture_text, from_base64, inventory_line, render, resources,
};

fn run(values: &[&str], more: &[&str]) -> Ran {
    let files: Vec<_> = values.iter().map(|v| fixture(&format!("stackstorm/values/{v}.yaml"))).collect();
    let files: Vec<_> = files.iter().flat_map(|file| ["-f", file.to_str().expect("a path")]).collect();
    render(&[&["st2", "stackstorm-ha"], &files[..], more].concat())
}

#[track_caller]
fn all(values: &[&str], more: &[&str]) -> Resources {
    resources(&run(values, more).ok())
}

fn pod<'a>(all: &'a Resources, deployment: &str) -> &'a Value {
    &all[&format!("Deployment/st2-{deployment}")]["spec"]["template"]
}

/// Each form, by the values files and the arguments that make it.
const FORMS: [(&str, &[&str], &[&str]); 6] = [
    ("base", &["secrets"], &[]),
    ("sensors", &["secrets", "sensors"], &[]),
    (
        "pack-images",
        &["secrets"],
        &[
            "--set",
            "st2.packs.images[0].repository=example.com/st2,st2.packs.images[0].name=packs,st2.packs.images[0].pullSecret=login",
        ],
    ),
    (
        "pack-volumes",
        &["secrets"],
        &[
            "--set",
            "st2.packs.volumes.enabled=true,st2.packs.volumes.packs.nfs.server=nfs,st2.packs.volumes.packs.nfs.path=/packs,st2.packs.volumes.virtualenvs.persistentVolumeClaim.claimName=virtualenvs",
        ],
    ),
    ("external", &["secrets", "external"], &[]),
    (
        "everything",
        &["secrets"],
        &[
            "--set",
            "st2chatops.enabled=true,st2.rbac.enabled=true,ingress.enabled=true,ingress.ingressClassName=nginx,ingress.hosts[0].host=st2.example.com,serviceAccount.serviceAccountName=st2,st2api.serviceAccount.attach=true,st2web.env.ST2WEB_HTTPS=1",
        ],
    ),
];

#[test]
fn each_form_is_as_it_was_reviewed() {
    for (name, values, args) in FORMS {
        let text = run(values, args).ok();
        as_reviewed("stackstorm-ha", name, &text);
        fits_kubernetes(name, &text);
    }
}

#[test]
fn everything_of_the_inventory_is_there() {
    let ours: BTreeSet<_> = all(&[], &[]).iter().map(|(title, manifest)| inventory_line(title, manifest)).collect();
    let theirs = fixture_text("stackstorm/inventory.txt");
    let missing: Vec<_> = theirs.lines().filter(|line| !ours.contains(*line)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    // Beside it, there is only what the dependencies are made of.
    let others: Vec<_> = ours.iter().filter(|line| !theirs.lines().any(|l| l == *line)).collect();
    let of_dependency = |line: &str| ["st2-mongodb", "st2-rabbitmq", "st2-redis"].iter().any(|d| line.contains(d));
    assert!(others.iter().all(|line| of_dependency(line)), "{others:#?}");
    for cluster in ["mongodb", "rabbitmq", "redis"] {
        assert!(ours.contains(&format!("StatefulSet st2-{cluster} replicas=3")), "{cluster}");
    }
}

/// `kubectl logs -l release=…`, with `tier=backend` for the services alone, and `-l app=st2client`.
#[test]
fn labels_are_those_that_the_document_selects_by() {
    let all = all(&[], &[]);
    for (title, manifest) in &all {
        let labels = &manifest["spec"]["template"]["metadata"]["labels"];
        match title.split_once('/').expect("a kind") {
            ("Deployment", name) => {
                assert_eq!(labels["release"], "st2", "{title}");
                let tier = if name == "st2-st2web" { "frontend" } else { "backend" };
                assert_eq!(labels["tier"], tier, "{title}");
            }
            ("StatefulSet", _) => {
                assert_eq!(labels["release"], "st2", "{title}");
                assert!(labels["tier"].is_null(), "{title}");
            }
            _ => {}
        }
    }
    assert_eq!(pod(&all, "st2client")["metadata"]["labels"]["app"], "st2client");
}

#[test]
fn a_sensor_that_is_named_has_a_pod_of_its_own() {
    let all = all(&["sensors"], &[]);
    assert!(!all.contains_key("Deployment/st2-st2sensorcontainer"));
    for (name, sensor) in
        [("github", "githubwebhook.GitHubWebhookSensor"), ("circleci", "circle_ci.CircleCIWebhookSensor")]
    {
        let deployment = &all[&format!("Deployment/st2-st2sensorcontainer-{name}")]["spec"];
        assert_eq!(deployment["replicas"], 1);
        let command = deployment["template"]["spec"]["containers"][0]["command"].as_sequence().expect("a command");
        let has = |arg: &str| command.iter().any(|c| c == arg);
        assert!(has("--single-sensor-mode") && has(&format!("--sensor-ref={sensor}")), "{command:?}");
    }
}

#[test]
fn chatops_is_off_until_it_is_asked_for() {
    assert!(!all(&[], &[]).contains_key("Deployment/st2-st2chatops"));
    let on = all(&[], &["--set", "st2chatops.enabled=true"]);
    assert_eq!(on["Deployment/st2-st2chatops"]["spec"]["replicas"], 1);
    assert_eq!(on["Service/st2-st2chatops"]["spec"]["ports"][0]["port"], 8081);
}

/// Pods copy packs out of images, or share volumes that they may write to.
#[test]
fn packs_come_out_of_images_or_lie_on_shared_volumes() {
    let mount = |all: &Resources, name: &str| {
        let mounts =
            pod(all, "st2actionrunner")["spec"]["containers"][0]["volumeMounts"].as_sequence().expect("mounts");
        mounts.iter().find(|m| m["mountPath"] == name).cloned().unwrap_or_default()
    };
    let volume = |all: &Resources, name: &str| {
        let volumes = pod(all, "st2actionrunner")["spec"]["volumes"].as_sequence().expect("volumes");
        volumes.iter().find(|v| v["name"] == name).cloned().unwrap_or_default()
    };
    let images = all(&[], FORMS[2].2);
    let init = pod(&images, "st2actionrunner")["spec"]["initContainers"].as_sequence().expect("init containers");
    let copies: Vec<_> = init.iter().filter(|c| c["name"].as_str().is_some_and(|n| n.contains("pack"))).collect();
    assert_eq!(copies[0]["image"], "example.com/st2/packs:latest");
    assert_eq!(copies[1]["image"], "stackstorm/st2actionrunner:3.8");
    assert_eq!(mount(&images, "/opt/stackstorm/packs")["readOnly"], true);
    assert!(volume(&images, "st2-packs-vol")["emptyDir"].is_mapping());
    assert_eq!(pod(&images, "st2actionrunner")["spec"]["imagePullSecrets"][0]["name"], "login");
    let shared = all(&[], FORMS[3].2);
    assert_eq!(volume(&shared, "st2-packs-vol")["nfs"]["server"], "nfs");
    assert_eq!(volume(&shared, "st2-virtualenvs-vol")["persistentVolumeClaim"]["claimName"], "virtualenvs");
    assert!(mount(&shared, "/opt/stackstorm/packs")["readOnly"].is_null());
}

/// What is elsewhere is not deployed, not waited for, and has to be named in st2.config.
#[test]
fn services_elsewhere_have_to_be_named() {
    let external = all(&["external"], &[]);
    assert!(!external.keys().any(|title| title.starts_with("StatefulSet/")));
    assert!(pod(&external, "st2scheduler")["spec"]["initContainers"].is_null());
    let config = external["ConfigMap/st2-st2-config"]["data"]["st2.docker.conf"].as_str().expect("text");
    assert!(!config.contains("[messaging]") && !config.contains("[database]") && !config.contains("[coordination]"));
    for (chart, setting) in [
        ("mongodb", "`host` in its section [database]"),
        ("rabbitmq", "`url` in its section [messaging]"),
        ("redis", "`url` in its section [coordination]"),
    ] {
        let ran = run(&[], &["--set", &format!("{chart}.enabled=false")]);
        assert!(ran.code == 1 && ran.stderr.contains(setting) && ran.stdout.is_empty(), "{chart}: {}", ran.stderr);
    }
}

/// The configuration leads to the clusters that come with the release.
#[test]
fn the_configuration_leads_to_the_dependencies() {
    let all = all(&[], &["-n", "st2", "--set", "rabbitmq.auth.password=p@ss"]);
    let config = all["ConfigMap/st2-st2-config"]["data"]["st2.docker.conf"].as_str().expect("text");
    for part in [
        "url = amqp://admin:p%40ss@st2-rabbitmq:5672/",
        "st2-mongodb-2.st2-mongodb-headless.st2.svc.cluster.local:27017/st2?authSource=st2&replicaSet=rs0",
        "url = redis://st2-redis-0.st2-redis-headless.st2.svc.cluster.local:26379?sentinel=mymaster",
        "sentinel_fallback=st2-redis-2.st2-redis-headless.st2.svc.cluster.local:26379",
    ] {
        assert!(config.contains(part), "{part}: {config}");
    }
}

/// What nobody set is made up: a password, a key for other machines, a key for the datastore.
#[test]
fn secrets_are_made_up_where_none_are_given() {
    let made_up = all(&[], &[]);
    let text = |all: &Resources, secret: &str, key: &str| {
        let data = all[&format!("Secret/st2-st2-{secret}")]["data"][key].as_str().expect("data").to_owned();
        String::from_utf8(from_base64(&data)).expect("text")
    };
    assert_eq!(text(&made_up, "auth", "ST2_AUTH_PASSWORD").len(), 12);
    assert!(text(&made_up, "ssh", "private_key").starts_with("-----BEGIN EC PRIVATE KEY-----"));
    let key: Value =
        serde_yaml::from_str(&text(&made_up, "datastore-crypto-key", "datastore_crypto_key")).expect("JSON");
    assert_eq!(key["aesKeyString"].as_str().map(str::len), Some(43));
    let given = all(&["secrets"], &[]);
    assert_eq!(text(&given, "auth", "ST2_AUTH_PASSWORD"), "given");
    assert_eq!(text(&given, "ssh", "private_key"), "given");
    let without = all(&[], &["--set", "st2.existingAuthSecret=mine,st2.datastore_crypto_key=disable"]);
    assert!(
        !without.contains_key("Secret/st2-st2-auth") && !without.contains_key("Secret/st2-st2-datastore-crypto-key")
    );
}

#[test]
fn what_cannot_work_is_refused_with_the_reason() {
    for (set, reason) in [
        ("st2.packs.volumes.enabled=true", "shared packs need a volume"),
        ("st2.packs.images[0].name=x", "needs repository and name"),
        ("st2timersengine.replicas=2", "not a key that the schema knows"),
        ("st2api.replica=2", "did you mean `replicas`?"),
    ] {
        let ran = run(&[], &["--set", set]);
        assert!(ran.code == 3 && ran.stderr.contains(reason), "{set}: {}", ran.stderr);
    }
}
