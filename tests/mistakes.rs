//! Wrong input of every kind, as a new user would make it. Each message is a snapshot under snapshots/mistakes.

use crate::common::{Folder, Ran};

/// A small chart, whole and right; each mistake changes something about it.
const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\nannotations:\n  render/engine: jinja\n";
const VALUES: &str = "replicas: 2\nmode: single\nimage:\n  repository: shop/web\n  tag: \"1.0\"\nhosts:\n  - shop.example.com\npassword: hunter2\n";
const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "replicas": {"type": "integer", "minimum": 1},
    "mode": {"enum": ["single", "cluster"]},
    "image": {
      "type": "object",
      "additionalProperties": false,
      "properties": {"repository": {"type": "string"}, "tag": {"type": "string", "x-render-message": "pin the image: image.tag is a version in quotes"}}
    },
    "hosts": {"type": "array", "items": {"type": "string"}},
    "password": {"type": "string", "minLength": 5},
    "global": {"type": "object"}
  }
}
"#;
const TEMPLATE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ Release.Name }}-web
spec:
  replicas: {{ Values.replicas }}
  template:
    spec:
      containers:
        - image: {{ Values.image.repository }}:{{ Values.image.tag }}
";

fn shop() -> Folder {
    Folder::new(&[
        ("Chart.yaml", CHART),
        ("values.yaml", VALUES),
        ("values.schema.json", SCHEMA),
        ("templates/web.yaml", TEMPLATE),
        ("values-cluster.yaml", "mode: cluster\nreplicas: 3\n"),
    ])
}

/// Runs, and keeps how it ended and what it said. Nothing may reach stdout.
#[track_caller]
fn check(name: &str, ran: Ran) {
    assert_eq!(ran.stdout, "", "{name}: nothing may be printed when something failed");
    assert!((1..=3).contains(&ran.code), "{name}: exit code {}\n{}", ran.code, ran.stderr);
    keep(name, &ran);
}

fn keep(name: &str, ran: &Ran) {
    let text = format!("exit {}\n\n{}", ran.code, ran.stderr);
    insta::with_settings!({snapshot_path => "../snapshots/mistakes", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn nothing_is_wrong_with_the_chart_itself() {
    assert!(shop().render(&["--strict"]).ok().contains("image: shop/web:1.0"));
}

/// Arguments alone.
#[test]
fn wrong_arguments() {
    let cases: [(&str, &[&str]); 30] = [
        ("unknown_flag", &["--vaules", "x.yaml"]),
        ("unknown_layer", &["--layer", "clustr"]),
        ("unknown_bundled_chart", &["openctl"]),
        ("missing_folder", &["./nothing-here"]),
        ("misspelt_command", &["lst"]),
        ("values_file_missing", &["-f", "values-clustr.yaml"]),
        ("values_from_the_network", &["-f", "https://example.com/values.yaml"]),
        ("set_without_value", &["--set", "image.tag"]),
        ("set_comma_in_value", &["--set", "hosts[0]=a,b"]),
        ("set_bad_index", &["--set", "hosts[x]=a"]),
        ("set_json_broken", &["--set-json", "hosts=[1,"]),
        ("set_file_missing", &["--set-file", "password=nothing.txt"]),
        ("show_only_without_match", &["-s", "templates/wbe.yaml"]),
        ("name_too_long", &["a-name-that-is-a-good-deal-longer-than-what-helm-allows-it-to-be", "."]),
        ("name_with_capitals", &["Shop", "."]),
        ("name_given_twice", &["shop", ".", "--name-template", "x"]),
        ("kube_version", &["--kube-version", "latest"]),
        ("refused_repo", &["--repo", "https://charts.example.com"]),
        ("refused_dry_run_server", &["--dry-run=server"]),
        ("bool_flag", &["--no-hooks=maybe"]),
        ("too_many_arguments", &["a", ".", "c"]),
        ("export_unknown", &["export", "opencty", "out"]),
        ("why_misspelt", &["why", "image.tga"]),
        ("why_elsewhere", &["why", "tag"]),
        ("why_nothing_like_it", &["why", "ingress.className"]),
        ("why_no_path", &["why", "image..tag"]),
        ("values_origin_as_json", &["values", "--origin", "-o", "json"]),
        ("values_diff_of_another_layer", &["values", "--layer", "cluster", "--diff", "clustr"]),
        ("values_diff_with_stdin", &["values", "-f", "-", "--layer", "cluster", "--diff", "cluster"]),
        ("values_broken_set", &["values", "--set", "image.tag"]),
    ];
    for (name, args) in cases {
        check(name, shop().render(args));
    }
}

/// A values file, given with -f.
#[test]
fn wrong_values() {
    let cases: [(&str, &str, &[&str]); 25] = [
        ("yaml_indentation", "image:\n  repository: a\n tag: b\n", &[]),
        ("yaml_tab", "image:\n\trepository: a\n", &[]),
        ("yaml_colon_in_text", "mode: single: yes\n", &[]),
        ("yaml_quote_not_closed", "mode: \"single\nreplicas: 3\n", &[]),
        ("yaml_unknown_alias", "image: *defaults\n", &[]),
        ("yaml_billion_laughs", &billion_laughs(), &[]),
        ("yaml_list_at_the_top", "- replicas: 3\n", &[]),
        ("yaml_secret_masked", "password: hunter2: x\n", &[]),
        ("tag_append_to_a_map", "image: !append\n  tag: \"2\"\n", &[]),
        ("tag_append_to_text", "hosts: !append www.example.com\n", &[]),
        ("tag_merge_without_key", "hosts: !merge\n  - name: a\n", &[]),
        ("tag_merge_item_without_key", "hosts: !merge:name\n  - name: a\n  - host: b\n", &[]),
        ("tag_replace_a_list", "hosts: !replace [www.example.com]\n", &[]),
        ("tag_delete_with_entries", "image: !delete\n  tag: \"2\"\n", &[]),
        ("tag_delete_without_braces", "image: !delete\n", &[]),
        ("tag_misspelt_strict", "hosts: !apend [www.example.com]\n", &["--strict"]),
        ("tag_finds_no_list_strict", "mode: !append [single]\n", &["--strict", "--skip-schema-validation"]),
        ("duplicate_key_strict", "replicas: 3\nimage:\n  tag: \"2\"\nreplicas: 4\n", &["--strict"]),
        ("schema_type", "replicas: three\n", &[]),
        ("schema_unknown_key", "image:\n  tga: \"2\"\n", &[]),
        ("schema_enum", "mode: clustr\n", &[]),
        ("schema_minimum_from_set", "", &["--set", "replicas=0"]),
        ("schema_several", "replicas: 0\nmode: x\nhosts: shop.example.com\n", &[]),
        ("schema_message_of_the_chart", "image:\n  tag: 1.10\n", &[]),
        ("schema_secret_masked", "password: abc\n", &[]),
    ];
    for (name, values, args) in cases {
        let folder = shop();
        folder.write("mine.yaml", values);
        check(name, folder.render(&[&["-f", "mine.yaml"], args].concat()));
    }
}

fn billion_laughs() -> String {
    let levels = (1..10).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", ")));
    format!("a0: &a0 lol\n{}", levels.collect::<String>())
}

/// A name, files to write over those of the chart, and arguments.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

/// A template of the chart, or a file of its definition.
#[test]
fn wrong_charts() {
    let cases: [Case; 19] = [
        ("template_not_closed", &[("templates/web.yaml", "a: 1\n{% if Values.replicas %}\nb: 2\n")], &[]),
        ("template_syntax", &[("templates/web.yaml", "a: {{ Values.replicas + }}\n")], &[]),
        ("template_undefined", &[("templates/web.yaml", "a: {{ Values.image.repositry }}\n")], &[]),
        (
            "template_undefined_in_import",
            &[
                ("templates/web.yaml", "{% from '_h.yaml' import m %}\n{{ m(Values.image) }}\n"),
                ("templates/_h.yaml", "{% macro m(image) %}\nimage: {{ image.name }}\n{% endmacro %}\n"),
            ],
            &[],
        ),
        ("template_unknown_filter", &[("templates/web.yaml", "a: {{ Values.mode | quot }}\n")], &[]),
        ("template_wrong_argument", &[("templates/web.yaml", "a: {{ Values.hosts | trunc(3) }}\n")], &[]),
        (
            "template_required",
            &[("templates/web.yaml", "a: {{ required('set `domain`, the public name', Values.domain) }}\n")],
            &[],
        ),
        (
            "template_fail",
            &[(
                "templates/web.yaml",
                "{% if Values.replicas > 1 %}\n{{ fail('one replica only:\\nthe disk is local') }}\n{% endif %}\n",
            )],
            &[],
        ),
        (
            "template_warn_strict",
            &[("templates/web.yaml", "a: 1\n{{ warn('mode `single` goes away in 2.0') }}\n")],
            &["--strict"],
        ),
        (
            "template_missing_import",
            &[("templates/web.yaml", "{% import '_helper.yaml' as h %}\n"), ("templates/_helpers.yaml", "")],
            &[],
        ),
        (
            "rendered_yaml_broken",
            &[("templates/web.yaml", "kind: X\nmetadata:\n  name: {{ Values.mode }}\n   labels: {}\n")],
            &[],
        ),
        (
            "rendered_yaml_broken_by_a_value",
            &[
                (
                    "templates/web.yaml",
                    "{% from '_h.yaml' import m %}\nkind: X\nmetadata:\n{{ m() | indent(2, true) }}\n",
                ),
                ("templates/_h.yaml", "{% macro m() %}\nname: {{ Values.mode }}: x\nlabels: {}\n{%- endmacro %}\n"),
            ],
            &[],
        ),
        ("chart_yaml_broken", &[("Chart.yaml", "apiVersion: v2\nname: [shop\n")], &[]),
        ("chart_without_name", &[("Chart.yaml", "apiVersion: v2\nversion: 1.0.0\n")], &[]),
        ("chart_version", &[("Chart.yaml", "apiVersion: v2\nname: shop\nversion: one\n")], &[]),
        (
            "chart_dependency_missing",
            &[(
                "Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: redis\n    version: 1.x\n    repository: https://example.com\n",
            )],
            &[],
        ),
        ("chart_library", &[("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\ntype: library\n")], &[]),
        (
            "chart_kube_version",
            &[("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: '>=1.40'\n")],
            &[],
        ),
        ("schema_broken", &[("values.schema.json", "{\n  \"type\": \"objekt\"\n}\n")], &[]),
    ];
    for (name, files, args) in cases {
        let folder = shop();
        files.iter().for_each(|(path, text)| folder.write(path, text));
        check(name, folder.render(args));
    }
}

#[test]
fn no_chart_here() {
    check("no_chart_here", Folder::new(&[("values.yaml", "a: 1\n")]).render(&["-f", "values.yaml"]));
}

#[test]
fn the_output_folder_is_a_file() {
    let folder = shop();
    folder.write("out", "mine");
    check("output_dir_is_a_file", folder.render(&["--output-dir", "out"]));
    assert_eq!(std::fs::read_to_string(folder.path("out")).unwrap(), "mine");
}

#[test]
fn export_into_a_folder_with_files() {
    let folder = Folder::new(&[("out/mine.txt", "")]);
    check("export_not_empty", folder.render(&["export", "opencti", "out"]));
}

/// A key that stands twice is a warning that names both lines, and the last one counts.
#[test]
fn a_duplicate_key_warns() {
    let folder = shop();
    folder.write("mine.yaml", "replicas: 3\nmode: single\nreplicas: 4\n");
    let ran = folder.render(&["-f", "mine.yaml"]);
    keep("duplicate_key", &ran);
    assert!(ran.ok().contains("replicas: 4"));
}

/// What it first said is undone even where that took the place of another file's value, however large the files are.
#[test]
fn a_duplicate_key_gives_back_what_it_overrode() {
    let folder = shop();
    let ballast = format!("ballast:\n{}", "  - some text that takes its room\n".repeat(40_000));
    folder.write("base.yaml", &format!("replicas: 3\nowner: {{name: sam, teams: [web]}}\n{ballast}"));
    folder
        .write("mine.yaml", &format!("owner: {{name: kim, teams: [db]}}\nowner: {{mail: kim@example.org}}\n{ballast}"));
    let ran = folder.render(&["values", ".", "-f", "base.yaml", "-f", "mine.yaml", "--origin"]);
    assert!(ran.stderr.contains("the key `owner` stands twice"), "{}", ran.stderr);
    let values = ran.ok();
    let owner: Vec<&str> = values.lines().skip_while(|line| !line.starts_with("owner:")).take(5).collect();
    let base = "# base.yaml:2";
    assert_eq!(
        owner.join("\n"),
        format!("owner:\n  name: sam {base}\n  teams:\n    - web {base}\n  mail: kim@example.org # mine.yaml:2")
    );
}
