//! `render diff`: sides of every kind, exit codes, formats.

use crate::common::{Folder, Ran, render};

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

#[track_caller]
fn refused(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "{word} is not in {}", ran.stderr);
    }
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
