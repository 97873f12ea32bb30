//! Kubernetes validation: wrong manifests refused, right ones accepted, formats, what a render does with it.

use render::conform::{self, Document, Options, Report, Status, write};
use render::diag::{SourceKind, Sources};

use crate::common::{Folder, fixture, fixture_text, render};

/// One document a manifest, what is special about it in a comment above.
struct Case {
    idea: String,
    text: String,
}

fn cases(path: &str) -> Vec<Case> {
    let text = fixture_text(path);
    let documents = text.split("\n---\n").map(|document| {
        let idea = document.lines().next().and_then(|line| line.strip_prefix("# "));
        Case {
            idea: idea.unwrap_or_else(|| panic!("{path}: no idea: {document}")).to_owned(),
            text: document.to_owned(),
        }
    });
    documents.collect()
}

fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(fixture(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn check(text: &str, sources: &Sources) -> Report {
    let document = |name: &str, text: &str| {
        let text = sources.add(name, SourceKind::Rendered, text.as_bytes()).expect("room");
        Document { text, template: None, range: None }
    };
    let crds = document("crds.yaml", &fixture_text("validate/crds.yaml"));
    conform::validate(&[document("a.yaml", text)], &[crds], &Options { minor: 35, strict: false })
}

#[test]
fn what_the_api_server_refuses_is_refused() {
    let mut count = 0;
    for file in files("validate/wrong") {
        let mut told = String::new();
        for case in cases(&format!("validate/wrong/{file}")) {
            let sources = Sources::default();
            let report = check(&case.text, &sources);
            let statuses: Vec<_> = report.resources.iter().map(|checked| checked.status).collect();
            assert_eq!(statuses, [Status::Invalid], "{file}: {}", case.idea);
            told += &format!("# {}\n{}\n", case.idea, write::human(&report, &sources, false));
            count += 1;
        }
        insta::with_settings!({snapshot_path => "../snapshots/validate", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(file.trim_end_matches(".yaml"), told);
        });
    }
    assert!(count >= 150, "{count} manifests");
}

#[test]
fn what_the_api_server_accepts_is_accepted() {
    let mut count = 0;
    for file in files("validate/right") {
        for case in cases(&format!("validate/right/{file}")) {
            let sources = Sources::default();
            let report = check(&case.text, &sources);
            let statuses: Vec<_> = report.resources.iter().map(|checked| checked.status).collect();
            assert_eq!(statuses, [Status::Valid], "{file}: {}\n{}", case.idea, write::human(&report, &sources, false));
            count += 1;
        }
    }
    assert!(count >= 150, "{count} manifests");
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: x}]}\n";
const MIXED: &str = "\
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replica: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: x, env: [{name: A}, {name: A}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fine}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec: {name: w}
---
a: [
---
- a list
";

#[track_caller]
fn invalid(ran: crate::common::Ran) -> String {
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

#[test]
fn each_format_tells_the_same() {
    let folder = Folder::new(&[("in/mixed.yaml", MIXED)]);
    for format in ["human", "json", "junit", "tap", "sarif", "github"] {
        let printed = invalid(folder.render(&["validate", "in", "-o", format, "--summary"]));
        let printed = printed.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::with_settings!({snapshot_path => "../snapshots/validate", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(format!("format-{format}"), printed);
        });
    }
}

#[test]
fn the_json_is_as_its_schema_says() {
    let folder = Folder::new(&[("a.yaml", MIXED), ("crds.yaml", &fixture_text("validate/crds.yaml"))]);
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/validate.schema.json"));
    let schema = serde_json::from_str(&schema.expect("a schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for args in [&["validate", "a.yaml", "-o", "json"][..], &["validate", "a.yaml", "-o", "json", "--crd", "crds.yaml"]]
    {
        let json = serde_json::from_str(&invalid(folder.render(args))).expect("JSON");
        let faults: Vec<_> = validator.iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn manifests_come_from_files_folders_and_stdin() {
    let folder = Folder::new(&[("a/b.yaml", POD), ("a/c.json", "{\"kind\": \"Pod\"}"), ("bad.yaml", "kind: Pod\n")]);
    assert_eq!(folder.render_with_input(&["validate"], POD).ok(), "");
    assert_eq!(folder.render(&["validate", "a/b.yaml"]).ok(), "");
    let counts = "1 resource: 1 valid, 0 invalid, 0 skipped, 0 unreadable; 0 warnings\n";
    assert_eq!(folder.render_with_input(&["validate", "-", "--summary"], POD).ok(), counts);
    assert!(
        invalid(folder.render(&["validate", "a", "bad.yaml"])).contains("a/c.json:1:1: error: has no `apiVersion`")
    );
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", POD.trim_end().replace('\n', "\n  "));
    assert_eq!(folder.render_with_input(&["validate", "--summary"], &list).ok(), counts);
    let missing = folder.render(&["validate", "none.yaml"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert!(missing.stderr.contains("none.yaml cannot be read"), "{}", missing.stderr);
}

#[test]
fn the_version_of_kubernetes_counts() {
    let autoscaler = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n\
        spec: {maxReplicas: 1, scaleTargetRef: {kind: Deployment, name: a}}\n";
    let folder =
        Folder::new(&[("a.yaml", autoscaler), ("p.yaml", &POD.replace("spec: {", "spec: {resourceClaims: [], "))]);
    assert_eq!(folder.render(&["validate", "a.yaml", "--kube-version", "v1.25.3"]).ok(), "");
    let refused = invalid(folder.render(&["validate", "a.yaml", "--kube-version", "1.26"]));
    assert!(
        refused.contains("Kubernetes 1.26 has no autoscaling/v2beta2 HorizontalPodAutoscaler; there is autoscaling/v1")
    );
    assert_eq!(folder.render(&["validate", "p.yaml"]).ok(), "");
    let refused = invalid(folder.render(&["validate", "p.yaml", "--kube-version", "1.25"]));
    assert!(refused.contains("versions that know it: 1.26 and later"), "{refused}");
    for version in ["1.24", "1.38", "2.0", "new"] {
        let ran = folder.render(&["validate", "a.yaml", "--kube-version", version]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{version}");
        assert!(ran.stderr.contains("1.25 to 1.37 are known"), "{}", ran.stderr);
    }
}

#[test]
fn strict_takes_warnings_and_what_has_no_schema_for_errors() {
    let twice = POD.replace("image: x", "image: x, env: [{name: A}, {name: A}]");
    let folder = Folder::new(&[
        ("twice.yaml", &twice),
        ("w.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n"),
    ]);
    assert!(folder.render(&["validate", "twice.yaml"]).ok().contains("Pod a is valid, but\n"));
    assert!(folder.render(&["validate", "w.yaml"]).ok().contains("Widget a was skipped\n"));
    assert!(invalid(folder.render(&["validate", "twice.yaml", "--strict"])).contains("Pod a is invalid\n"));
    assert!(invalid(folder.render(&["validate", "w.yaml", "--strict"])).contains("Widget a is invalid\n"));
}

fn chart(image: &str) -> Folder {
    let widget =
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {name: a, size: {{ .Values.size }}}\n";
    Folder::new(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/values.yaml", "size: 1\n"),
        ("chart/crds/widget.yaml", &fixture_text("validate/crds.yaml")),
        ("chart/templates/pod.yaml", &POD.replace("image: x", image)),
        ("chart/templates/widget.yaml", widget),
    ])
}

#[test]
fn a_render_that_is_refused_prints_nothing() {
    let refused = chart("img: x").render(&["chart", "--validate"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert!(
        refused.stderr.contains("shop/templates/pod.yaml:4:31: error: spec.containers[0].img"),
        "{}",
        refused.stderr
    );
    let fine = chart("image: x").render(&["chart", "--validate"]);
    assert_eq!((fine.code, &fine.stdout), (0, &chart("image: x").render(&["chart"]).ok()));
    let written = chart("img: x");
    assert_eq!(written.render(&["chart", "--validate", "--output-dir", "out"]).code, 4);
    assert!(!written.path("out").exists());
}

#[test]
fn the_crds_of_a_chart_count_for_its_render() {
    let refused = chart("image: x").render(&["chart", "--validate", "--set", "size=11"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert!(refused.stderr.contains("spec.size: 11 must be at most 10"), "{}", refused.stderr);
    let printed = chart("image: x").render(&["chart", "--validate", "--include-crds"]).ok();
    assert!(printed.contains("kind: CustomResourceDefinition"));
}

#[test]
fn rules_in_cel_are_said_not_to_be_checked() {
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\n\
        spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true, \
        storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, \
        x-kubernetes-validations: [{rule: self.min <= self.max}], properties: {min: {type: integer}, max: {type: integer, \
        x-kubernetes-validations: [{rule: self > 0}]}}}}}}}]}\n";
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {min: 3, max: 1}\n";
    let folder = Folder::new(&[("crd.yaml", crd), ("w.yaml", widget)]);
    let human = folder.render(&["validate", "w.yaml", "--crd", "crd.yaml"]).ok();
    assert_eq!(human, "note: example.com/v1 Widget: the rules in CEL of its schema were not checked (1 resource)\n");
    let json = folder.render(&["validate", "w.yaml", "--crd", "crd.yaml", "-o", "json"]).ok();
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let finding = &report["resources"][0]["findings"][0];
    assert_eq!((&finding["level"], &finding["rule"]), (&"note".into(), &"cel".into()));
    assert!(finding["message"].as_str().is_some_and(|message| message.starts_with("2 rules")), "{finding}");
}

#[test]
fn what_is_there_twice_is_refused() {
    let folder = Folder::new(&[("a.yaml", &format!("{POD}---\n{POD}")), ("b.yaml", POD)]);
    let refused = invalid(folder.render(&["validate", "a.yaml"]));
    assert!(refused.contains("a.yaml:6:1: error: is there twice; the first one is in a.yaml"), "{refused}");
    let other =
        folder.render_with_input(&["validate", "-", "b.yaml"], &POD.replace("name: a}", "name: a, namespace: m}"));
    assert_eq!(other.ok(), "");
}

#[test]
fn every_bundled_chart_is_valid_in_all_combinations_of_layers() {
    for (name, args) in crate::bundled::charts() {
        let listed: Vec<serde_json::Value> = serde_json::from_str(&render(&["list", "-o", "json"]).ok()).expect("JSON");
        let chart = listed.iter().find(|chart| chart["name"] == name).expect("a chart");
        let layers: Vec<&str> = chart["layers"].as_array().into_iter().flatten().filter_map(|l| l.as_str()).collect();
        for chosen in 0..1_usize << layers.len() {
            let mut command = vec![name, name, "--validate"];
            command.extend(args.iter().map(String::as_str));
            let chosen = layers.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1);
            command.extend(chosen.flat_map(|(_, layer)| ["--layer", layer]));
            let ran = render(&command);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command:?}");
        }
    }
}
