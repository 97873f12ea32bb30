//! The bundled charts that other products depend on: on their own, and below a parent.

use serde_yaml::Value;

use crate::common::{Folder, as_reviewed, fits_kubernetes, render, rendered};

/// What is reviewed of each chart. Passwords are given, since those made up differ from run to run.
const REVIEWED: [(&str, &str, &[&str]); 13] = [
    ("minio", "standalone", &["--set", "rootUser=admin,rootPassword=given-password"]),
    ("minio", "distributed", &["--set", "mode=distributed,existingSecret=minio-root"]),
    ("mongodb", "replica-set", &["--set", "auth.rootPassword=given,auth.replicaSetKey=given"]),
    (
        "mongodb",
        "with-user",
        &["--set", "auth.username=app,auth.database=app,auth.existingSecret=mongo,persistence.enabled=false"],
    ),
    ("opensearch", "cluster", &[]),
    ("opensearch", "single-node", &["--set", "singleNode=true,sysctlInit.enabled=false,config.opensearch\\.yml=a: b"]),
    ("opensearch", "secured", &["--set", "security.enabled=true,security.adminPassword=Given-1"]),
    ("postgresql", "single", &["--set", "auth.password=given"]),
    ("rabbitmq", "single", &["--set", "auth.password=given,auth.erlangCookie=given"]),
    (
        "rabbitmq",
        "cluster",
        &["--set", "clustering.enabled=true,auth.password=given,auth.erlangCookie=given,definitions.queues[0].name=q"],
    ),
    ("redis", "single", &["--set", "auth.password=given"]),
    ("redis", "open", &["--set", "auth.enabled=false,persistence.enabled=false"]),
    ("redis", "sentinel", &["--set", "sentinel.enabled=true,auth.password=given"]),
];

#[test]
fn each_form_is_as_it_was_reviewed() {
    for (chart, name, args) in REVIEWED {
        let text = render(&[&[chart], args].concat()).ok();
        as_reviewed(chart, name, &text);
        fits_kubernetes(&format!("{chart} {name}"), &text);
    }
}

/// `render` with a chart that depends on all of them, below `values`.
fn below_a_parent(values: &str) -> Folder {
    let folder = Folder::new(&[("parent/values.yaml", values)]);
    let charts = ["minio", "mongodb", "opensearch", "postgresql", "rabbitmq", "redis"];
    let mut chart = "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n".to_owned();
    for name in charts {
        chart += &format!("  - {{name: {name}, version: 1.x.x, condition: {name}.enabled}}\n");
        folder.render(&["export", name, &format!("parent/charts/{name}")]).ok();
    }
    chart += "  - {name: redis, alias: cache, version: 1.x.x, condition: cache.enabled}\n";
    folder.write("parent/Chart.yaml", &chart);
    folder
}

#[test]
fn conditions_aliases_and_globals_reach_them() {
    let folder = below_a_parent(
        "global: {imageRegistry: mirror.example.com, imagePullSecrets: [{name: login}]}\nminio: {enabled: false}\nopensearch: {singleNode: true}\n",
    );
    let all = crate::common::resources(&folder.render(&["shop", "parent"]).ok());
    let sets: Vec<_> = all.keys().filter_map(|title| title.strip_prefix("StatefulSet/")).collect();
    assert_eq!(
        sets,
        ["shop-cache", "shop-mongodb", "shop-opensearch", "shop-postgresql", "shop-rabbitmq", "shop-redis"]
    );
    for set in sets {
        let pod = &all[&format!("StatefulSet/{set}")]["spec"]["template"]["spec"];
        let image = pod["containers"][0]["image"].as_str().expect("an image");
        assert!(image.starts_with("mirror.example.com/"), "{image}");
        assert_eq!(pod["imagePullSecrets"][0]["name"], "login", "{set}");
    }
}

/// What is made up in one place is what other places of the release read.
#[test]
fn made_up_passwords_are_the_same_everywhere() {
    let all = rendered(&["rabbitmq", "--set", "definitions.queues[0].name=q"]);
    let text = |secret: &str, key: &str| {
        let data = all[&format!("Secret/{secret}")]["data"][key].as_str().expect("text").to_owned();
        String::from_utf8(crate::common::from_base64(&data)).expect("text")
    };
    let password = text("rabbitmq", "rabbitmq-password");
    assert_eq!(password.len(), 24);
    let definitions: Value = serde_yaml::from_str(&text("rabbitmq-definitions", "definitions.json")).expect("JSON");
    assert_eq!(definitions["users"][0]["password"], Value::from(password));
    assert_eq!(definitions["queues"][0]["name"], "q");
    let again = rendered(&["rabbitmq"]);
    assert_ne!(again["Secret/rabbitmq"], all["Secret/rabbitmq"], "passwords are made up anew");
}

#[test]
fn what_cannot_work_is_refused_with_its_reason() {
    for (args, reason) in [
        ("rabbitmq --set clustering.enabled=true,replicaCount=2", "two cannot tell which of them is cut off"),
        ("rabbitmq --set definitions.queues[0].name=q,auth.existingPasswordSecret=s", "definitions without users"),
        ("redis --set sentinel.enabled=true,replicaCount=2", "at least three nodes"),
        ("opensearch --set replicas=2", "at least three nodes"),
        ("minio --set mode=distributed,replicas=2", "at least four nodes"),
        ("minio --set rootPassword=short", "at least 8 characters"),
        ("mongodb --set auth.username=app", "needs auth.database"),
        ("postgresql --set auth.pasword=x", "did you mean `password`?"),
    ] {
        let ran = render(&args.split(' ').collect::<Vec<_>>());
        assert!(ran.code != 0 && ran.stderr.contains(reason) && ran.stdout.is_empty(), "{args}: {}", ran.stderr);
    }
}
