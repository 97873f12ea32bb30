//! `render diff`: sides of every kind, exit codes, formats.

use crate::common::{Folder, Ran, refused, render};

const OLD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"1\"}\n";
const NEW: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"2\"}\n";

fn folder() -> Folder {
    Folder::new(&[
        ("old.yaml", OLD),
        ("new.yaml", NEW),
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/values.yaml", "a: \"1\"\n"),
        (
            "chart/templates/c.yaml.j2",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"{{ Values.a }}\"}\n",
        ),
    ])
}

#[track_caller]
fn differs(ran: Ran) -> String {
    assert_eq!(ran.code, 5, "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

#[test]
fn the_exit_code_says_whether_something_is_different() {
    let folder = folder();
    assert_eq!(folder.render(&["diff", "old.yaml", "old.yaml"]).ok(), "no differences (1 resource)\n");
    let said = differs(folder.render(&["diff", "old.yaml", "new.yaml"]));
    assert_eq!(
        said,
        "~ ConfigMap c  v1\n  ~ data.a: \"1\" → \"2\"\n\n1 changed, 0 unchanged\n  ~ ConfigMap c  1 change\n"
    );
    assert_eq!(folder.render(&["diff", "old.yaml", "new.yaml", "--exit-zero"]).ok(), said);
    assert!(differs(folder.render(&["diff", "-R", "old.yaml", "new.yaml"])).contains("\"2\" → \"1\""));
}

#[test]
fn a_side_is_a_file_a_folder_stdin_or_a_render() {
    let folder = folder();
    folder.write("all/z/a.yml", "---\n---\n");
    folder.write("all/.hidden/b.yaml", "not: [yaml");
    folder.write("all/README.md", "not: [yaml");
    folder.write("all/b.json", r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"2"}}"#);
    let change = "~ data.a: \"1\" → \"2\"";
    for args in [
        &["old.yaml", "all"][..],
        &["old.yaml", "--", "chart", "--set-string", "a=2"],
        &["--", "chart", "--", "chart", "--set-string", "a=2"],
        &["--", "r", "chart", "--no-hooks=true", "--", "chart", "--set-string=a=2"],
    ] {
        let said = differs(folder.render(&[&["diff"], args].concat()));
        assert!(said.contains(change), "{args:?}: {said}");
    }
    let said = folder.render_with_input(&["diff", "old.yaml", "-"], NEW);
    assert!(differs(said).contains(change));
    let said = folder.render_with_input(&["diff", "--", "chart", "--", "chart", "-f", "-"], "a: \"2\"\n");
    assert!(differs(said).contains(change));
    let said = differs(folder.render(&["diff", "-o", "json", "old.yaml", "--", "chart", "--set-string", "a=2"]));
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["new"], "chart --set-string a=2");
    assert_eq!(json["resources"][0]["new"]["template"], "shop/templates/c.yaml.j2");
}

#[test]
fn a_render_is_in_its_namespace_whether_its_manifests_say_so_or_not() {
    let folder = folder();
    folder.write("live.yaml", &OLD.replace("name: c", "name: c, namespace: shop"));
    let same = "no differences (1 resource)\n";
    assert_eq!(folder.render(&["diff", "live.yaml", "--", "chart", "-n", "shop"]).ok(), same);
    folder.render(&["snapshot", "shop", "chart", "-n", "shop", "-o", "snapshot.yaml"]).ok();
    assert_eq!(folder.render(&["diff", "live.yaml", "snapshot.yaml"]).ok(), same);
    let said = differs(folder.render(&["diff", "live.yaml", "--", "chart", "-n", "other"]));
    assert!(said.starts_with("~ ConfigMap c  v1") && said.contains("- metadata.namespace: shop"), "{said}");
}

#[test]
fn what_is_no_side_is_refused() {
    let folder = folder();
    folder.write("bad.yaml", "---\na: 1\n---\nb: 1\nc: [1\nd: 2\n");
    let run = |args: &[&str]| folder.render(&[&["diff"], args].concat());
    refused(&run(&["old.yaml"]), 2, &["two sides are compared, and 1 is given"]);
    refused(&run(&[]), 2, &["two sides are compared, and 0 are given"]);
    refused(&run(&["old.yaml", "new.yaml", "--", "chart"]), 2, &["3 are given"]);
    refused(&run(&["old.yaml", "none.yaml"]), 2, &["there is no file or folder `none.yaml`"]);
    refused(&run(&["old.yaml", "chart"]), 2, &["chart is a chart, not manifests", "render diff old.yaml -- chart"]);
    refused(&run(&["-", "-"]), 2, &["stdin is given twice"]);
    refused(&run(&["-", "--", "chart", "-f", "-"]), 2, &["stdin is given twice"]);
    refused(&run(&["old.yaml", "--", "chart", "--output-dir", "x"]), 2, &["--output-dir means nothing"]);
    refused(&run(&["old.yaml", "--", "chart", "--validate"]), 2, &["--validate means nothing"]);
    refused(&run(&["old.yaml", "--", "chart", "--frobnicate"]), 2, &["--frobnicate"]);
    refused(&run(&["old.yaml", "new.yaml", "--ignore", "a["]), 2, &["--ignore a[ means nothing", "`]` is missing"]);
    refused(&run(&["old.yaml", "bad.yaml"]), 1, &["bad.yaml:6:", "c: [1"]);
    refused(&run(&["old.yaml", "--", "chart", "-f", "bad.yaml"]), 1, &["bad.yaml"]);
}

#[test]
fn a_page_a_comment_and_a_patch_are_printed() {
    let folder = folder();
    let run = |format| differs(folder.render(&["diff", "old.yaml", "new.yaml", "-o", format]));
    assert!(run("html").starts_with("<!DOCTYPE html>"));
    assert!(run("markdown").contains("! data.a: \"1\" → \"2\""));
    assert!(run("unified").contains("\n-  a: \"1\"\n+  a: \"2\"\n"));
    assert_eq!(run("brief"), "~ ConfigMap c  1 change\n");
    assert!(differs(folder.render(&["diff", "old.yaml", "new.yaml", "--color", "always"])).contains("\x1b[33m"));
}

#[test]
fn a_risk_that_is_not_wanted_ends_with_a_code_of_its_own() {
    let claim = |size: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: data}}\n\
             spec: {{resources: {{requests: {{storage: {size}}}}}}}\n"
        )
    };
    let folder = Folder::new(&[("a.yaml", &claim("2Gi")), ("b.yaml", &claim("1Gi")), ("c.yaml", &claim("3Gi"))]);
    let run = |args: &[&str]| folder.render(&[&["diff"], args].concat());
    let said = differs(run(&["a.yaml", "b.yaml"]));
    assert!(said.contains("! immutable: spec.resources.requests.storage: the API server refuses"), "{said}");
    assert!(said.contains("risks: 1 data-loss, 1 immutable"), "{said}");
    for args in [
        &["a.yaml", "b.yaml", "--fail-on", "immutable"][..],
        &["a.yaml", "b.yaml", "--fail-on=restart,data-loss", "--exit-zero"],
        &["-R", "b.yaml", "a.yaml", "--fail-on", "restart", "--fail-on", "immutable"],
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.stdout.is_empty()), (6, false), "{args:?}: {}", ran.stderr);
    }
    differs(run(&["a.yaml", "b.yaml", "--fail-on", "security,restart"]));
    differs(run(&["a.yaml", "c.yaml", "--fail-on", "immutable,data-loss"]));
    run(&["a.yaml", "b.yaml", "--fail-on", "immutable", "--ignore", "**.storage"]).ok();
    refused(&run(&["a.yaml", "b.yaml", "--fail-on", "imutable"]), 2, &["`imutable`", "did you mean `immutable`?"]);
    refused(&run(&["a.yaml", "b.yaml", "--fail-on", "everything"]), 2, &["there are data-loss, immutable, downtime"]);
}

#[test]
fn the_new_side_is_for_a_version_of_kubernetes() {
    let folder = folder();
    folder.write(
        "chart/templates/j.yaml.j2",
        "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: j}\nspec: {schedule: \"{{ Values.a }}\"}\n",
    );
    let run = |args: &[&str]| folder.render(&[&["diff", "-o", "brief"], args].concat());
    let line = |ran| differs(ran).lines().find(|line| line.contains("CronJob")).map(str::to_owned);
    let render = |version: &'static str| ["old.yaml", "--", "chart", "--kube-version", version];
    assert_eq!(line(run(&["old.yaml", "--", "chart"])).as_deref(), Some("+ CronJob j  [api]"));
    assert_eq!(line(run(&render("1.20"))).as_deref(), Some("+ CronJob j"));
    assert_eq!(
        line(run(&[&["--kube-version", "v1.21.3"], &render("1.20")[..]].concat())).as_deref(),
        Some("+ CronJob j  [api]")
    );
    refused(&run(&["old.yaml", "new.yaml", "--kube-version", "new"]), 2, &["--kube-version: `new` is not a version"]);
}

#[test]
fn secrets_are_shown_on_demand() {
    let secret =
        |text: &str| format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{a: {text}}}\n");
    let folder = Folder::new(&[("a.yaml", &secret("one")), ("b.yaml", &secret("two"))]);
    let said = differs(folder.render(&["diff", "a.yaml", "b.yaml"]));
    assert!(said.contains("stringData.a: <secret ") && !said.contains("one"), "{said}");
    let said = differs(folder.render(&["diff", "a.yaml", "b.yaml", "--show-secrets"]));
    assert!(said.contains("stringData.a: one → two"), "{said}");
}

#[test]
fn opencti_in_clusters_is_told_resource_by_resource() {
    let said = differs(render(&["diff", "-o", "brief", "--", "opencti", "--", "opencti", "--layer", "clustering"]));
    for line in [
        "- Deployment opencti-server",
        "- Service opencti-server",
        "+ Deployment opencti-cluster-frontend",
        "+ Deployment opencti-cluster-ingestion",
        "> Deployment opencti-worker → opencti-cluster-worker",
    ] {
        assert!(said.lines().any(|said| said.starts_with(line)), "{line} is not in {said}");
    }
    render(&["diff", "--", "opencti", "--layer", "clustering", "--", "opencti", "--layer", "clustering"]).ok();
}

#[test]
fn what_the_products_put_at_stake_on_their_way_is_told() {
    let risks = |old: &[&str], new: &[&str]| {
        let said = differs(render(&[&["diff", "-o", "json", "--"], old, &["--"], new].concat()));
        let json: serde_json::Value = serde_json::from_str(&said).unwrap();
        let resources = json["resources"].as_array().unwrap().clone();
        let of_resource = |change: &serde_json::Value| {
            let resource = if change["new"].is_null() { &change["old"] } else { &change["new"] };
            let name = format!("{} {}", resource["kind"].as_str().unwrap(), resource["name"].as_str().unwrap());
            let rules = change["risks"].as_array().unwrap().iter();
            rules.map(|risk| format!("{} {name}", risk["rule"].as_str().unwrap())).collect::<Vec<_>>()
        };
        resources.iter().flat_map(of_resource).collect::<Vec<String>>()
    };
    let opencti = risks(&["opencti"], &["opencti", "--layer", "clustering"]);
    for risk in [
        "renamed Deployment opencti-cluster-worker",
        "storage-renamed StatefulSet opencti-cluster-opensearch",
        "storage-renamed StatefulSet opencti-cluster-minio",
    ] {
        assert!(opencti.iter().any(|found| found == risk), "{risk} is not in {opencti:?}");
    }
    assert!(!opencti.iter().any(|found| found.contains("selector")), "{opencti:?}");
    let bifrost: [&str; 3] = ["bifrost", "--set", "image.tag=v1.4.11"];
    let cluster = [&bifrost[..], &["--layer", "clustering,ha"]].concat();
    let single = [&bifrost[..], &["--layer", "clustering,ha,rollback"]].concat();
    assert_eq!(
        risks(&bifrost, &cluster),
        ["statefulset-removed StatefulSet bifrost", "kind-changed StatefulSet bifrost"]
    );
    assert_eq!(risks(&cluster, &single), ["scaled-to-one Deployment bifrost", "pods-restart Deployment bifrost"]);
}

/// A Service goes and is still named; a Secret that nobody makes was named before, and is not told.
#[test]
fn references_that_the_change_breaks_are_told() {
    let folder = Folder::new(&[]);
    let job = |host: &str| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec: {{template: {{spec: {{containers: [{{name: x, env: \
             [{{name: API, value: \"http://{host}:80\"}}, {{name: P, valueFrom: {{secretKeyRef: {{name: mine, key: k}}}}}}]}}]}}}}}}\n"
        )
    };
    let service = |name: &str| {
        format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{port: 80}}]}}\n")
    };
    folder.write("old.yaml", &(job("old") + &service("old")));
    folder.write("half.yaml", &(job("old") + &service("new")));
    folder.write("new.yaml", &(job("new") + &service("new")));
    let run = |format| differs(folder.render(&["diff", "old.yaml", "half.yaml", "-o", format]));
    let what = "Service old is not in this render";
    let from = "Job j connects to it: spec.template.spec.containers[x].env[API]";
    assert!(run("human").contains(&format!("\nbroken references: 1\n  ! {what}\n      {from}\n")), "{}", run("human"));
    assert!(run("brief").ends_with(&format!("\n! {what}\n")));
    assert!(run("unified").starts_with(&format!("# broken reference: {what}\n")));
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(json["broken"], serde_json::json!([{"problem": what, "from": [from]}]));
    let comment = run("markdown");
    assert!(
        comment.contains(&format!("<b>1 broken reference</b></summary>\n\n- {what}\n  - Job j connects to it: ")),
        "{comment}"
    );
    assert!(run("html").contains(&format!("<summary>Broken reference: {what}</summary>\n<ul>\n<li>{from}</li>\n")));
    for same in [["old.yaml", "new.yaml"], ["old.yaml", "old.yaml"], ["half.yaml", "half.yaml"]] {
        let said = folder.render(&["diff", same[0], same[1]]).stdout;
        assert!(!said.contains("broken"), "{same:?}: {said}");
    }
}
