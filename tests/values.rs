//! `render values` and `render why`: what they print, over a chart with a subchart and every kind of layer.

use crate::common::{Folder, render};

const CHART: &str = "\
apiVersion: v2
name: shop
version: 1.0.0
dependencies:
  - name: db
    version: 1.0.0
    import-values:
      - child: exported
        parent: imported
";
const VALUES: &str = "\
# The shop.
image:
  repository: shop/web
  tag: \"1.0\"
hosts:
  - shop.example.com
containers:
  - name: web
    env: [A=1]
  - name: log
    image: log:1
limits: {cpu: 1, memory: 2}
annotations:
  example.com/team: shop
note: |
  two
  lines
db:
  auth: {password: fromparent}
  extra: !append [parents]
global:
  region: eu
";
const DB_VALUES: &str = "\
auth: {user: shop, password: hunter2}
extra: [fromdb]
port: 5432
exported: {timeout: 30}
global: {region: none, zone: a}
";
const HA: &str = "\
image: {tag: \"2.0\"}
hosts: !append
  - www.example.com
containers: !merge:name
  - name: web
    env: !append [B=2]
  - name: metrics
    image: metrics:1
";
const MINE: &str = "\
hosts: !prepend [mine.example.com]
limits: !replace
  cpu: 5
annotations: !delete {}
db:
  auth: {user: null}
  extra: !append [mine]
";

fn shop() -> Folder {
    Folder::new(&[
        ("Chart.yaml", CHART),
        ("values.yaml", VALUES),
        ("values-ha.yaml", HA),
        ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
        ("charts/db/values.yaml", DB_VALUES),
        ("mine.yaml", MINE),
        ("templates/all.yaml", "kind: All\nvalues: {{ .Values | toJson }}\n"),
    ])
}

const LAYERS: [&str; 4] = ["--layer", "ha", "-f", "mine.yaml"];

#[track_caller]
fn keep(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../snapshots/values", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|err| panic!("{err}\n{text}"))
}

#[test]
fn values_are_what_templates_see() {
    let folder = shop();
    let rendered = folder.render(&[&["shop", "."][..], &LAYERS].concat()).ok();
    let seen = rendered.lines().find_map(|line| line.strip_prefix("values: ")).unwrap();
    let printed = folder.render(&[&["values", "-o", "json"][..], &LAYERS].concat()).ok();
    assert_eq!(json(&printed), json(seen));
    let yaml = folder.render(&[&["values"][..], &LAYERS].concat()).ok();
    let read: serde_json::Value = serde_yaml::from_str(&yaml).unwrap();
    assert_eq!(read, json(seen));
    // Comments change nothing.
    let commented = folder.render(&[&["values", "--origin"][..], &LAYERS].concat()).ok();
    assert_eq!(serde_yaml::from_str::<serde_json::Value>(&commented).unwrap(), read);
    keep("values_origin", &commented);
}

#[test]
fn values_of_a_bundled_chart_read_back_as_the_same() {
    let once = render(&["values", "opencti", "--layer", "clustering,ha"]).ok();
    let folder = Folder::new(&[("all.yaml", &once)]);
    assert_eq!(folder.render(&["values", "opencti", "-f", "all.yaml"]).ok(), once);
}

#[test]
fn what_a_layer_changes() {
    let folder = shop();
    let diff = |layer, more: &[&str]| folder.render(&[&["values", "--diff", layer][..], &LAYERS, more].concat()).ok();
    keep("diff_layer", &diff("ha", &[]));
    keep("diff_file", &diff("mine.yaml", &[]));
    keep("diff_json", &diff("mine.yaml", &["-o", "json"]));
    folder.write("secret.yaml", "db: {auth: {password: swordfish}}\n");
    let secret = diff("secret.yaml", &["-f", "secret.yaml"]);
    assert_eq!(secret, "~ db.auth.password: *** -> ***  # secret.yaml:1\n");
    let shown = diff("secret.yaml", &["-f", "secret.yaml", "--show-secrets"]);
    assert_eq!(shown, "~ db.auth.password: fromparent -> swordfish  # secret.yaml:1\n");
    folder.write("same.yaml", "image: {repository: shop/web}\n");
    assert_eq!(diff("same.yaml", &["-f", "same.yaml"]), "");
}

#[test]
fn why_a_value_is_what_it_is() {
    let folder = shop();
    let mut text = String::new();
    let cases: [&[&str]; 17] = [
        &["image.tag"],
        &["image.tag", "--set", "image.tag=3"],
        &["Values.image.tag"],
        &["hosts"],
        &["hosts[1]"],
        &["containers.0.env"],
        &["containers[0]"],
        &["limits"],
        &["limits.memory"],
        &["annotations"],
        &[r#"annotations."example.com/team""#],
        &["db.auth.user"],
        &["db.extra"],
        &["db.global.region"],
        &["imported.timeout"],
        &["note"],
        &["db"],
    ];
    for args in cases {
        let args = [&["why", args[0], "."], &args[1..], &LAYERS].concat();
        text += &format!("$ render {}\n{}\n", args.join(" "), folder.render(&args).ok());
    }
    keep("why", &text);
    let report = folder.render(&[&["why", "db.extra", ".", "-o", "json"][..], &LAYERS].concat()).ok();
    json(&report);
    keep("why_json", &report);
}

#[test]
fn why_masks_secrets_and_values_does_not() {
    let folder = shop();
    for (args, want) in [
        (&["why", "db.auth.password"][..], false),
        (&["why", "db"], false),
        (&["why", "db", "-o", "json"], false),
        (&["why", "db.auth.password", ".", "--set", "db.auth.password=fromparent2"], false),
        (&["why", "db.auth.password", "--show-secrets"], true),
        (&["values"], true),
    ] {
        assert_eq!(folder.render(args).ok().contains("fromparent"), want, "{args:?}");
    }
}

#[test]
fn paths_with_dots_are_written_in_three_ways() {
    let folder = shop();
    let of = |path: &str| folder.render(&["why", path]).ok();
    let escaped = of(r"annotations.example\.com/team");
    assert!(escaped.contains("values.yaml:14:3"), "{escaped}");
    assert_eq!(of(r#"annotations."example.com/team""#), escaped);
    assert_eq!(of("annotations['example.com/team']"), escaped);
}

/// Helm passes over the tags: the files stay usable there, with Helm's meaning.
#[test]
fn tagged_files_are_files_to_helm() {
    if !crate::common::has_helm() {
        return;
    }
    let folder = shop();
    let args = ["template", ".", "-f", "values-ha.yaml", "-f", "mine.yaml"];
    let output = crate::common::helm(&args, &folder.path(""));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#""hosts":["mine.example.com"]"#));
}

#[test]
fn colour_is_put_in_on_demand() {
    let folder = shop();
    let ran = folder.render(&["why", "image.tag", ".", "--layer", "ha", "--color", "always"]).ok();
    assert!(ran.contains("\u{1b}[1m") && ran.contains("\u{1b}[2m"), "{ran:?}");
    assert!(!folder.render(&["why", "image.tag"]).ok().contains('\u{1b}'));
}

/// What docs/values.md shows is what the program prints, but for line numbers in the bundled charts' files.
#[test]
fn the_documentation_shows_real_output() {
    let folder = Folder::new(&[("mine.yaml", "clustering:\n  frontend:\n    replicaCount: 4\n")]);
    let text = include_str!("../docs/values.md");
    let blocks: Vec<&str> = text.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        let (command, want) = block.strip_prefix("$ ").and_then(|block| block.split_once('\n')).unwrap();
        assert_eq!(without_numbers(&folder.shell(command)), without_numbers(want), "$ {command}");
    }
}

/// Text with each place reduced to its file, and each run of spaces to one.
fn without_numbers(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word.split_once(".yaml:") {
        Some((file, _)) => format!("{file}.yaml"),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
