//! `render blame`, and what `--validate` says of the origin of what it refuses.

use crate::common::Folder;

const VALUES: &str = "\
replicas: 2
labels:
  team: shop
node:
  disk: ssd
env:
- {name: A, value: one}
- {name: B, value: '2'}
";

const HELPERS: &str = "\
{{- define \"labels\" -}}
app: {{ .Chart.Name }}
{{- range $key, $value := .Values.labels }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end -}}
";

const GO: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    {{- include \"labels\" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      {{- with .Values.node }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
      - name: web
        image: web:{{ randNumeric 3 }}
        env:
        {{- range .Values.env }}
        - name: {{ .name }}
          value: {{ .value | quote }}
        {{- end }}
";

const JINJA: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels:
    {{- Values.labels | toYaml | nindent(4) }}
data:
  replicas: {{ Values.replicas | quote }}
  {% for item in Values.env %}
  {{ item.name }}: {{ item.value | quote }}
  {% endfor %}
";

fn chart() -> Folder {
    Folder::new(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", VALUES),
        ("shop/templates/_helpers.tpl", HELPERS),
        ("shop/templates/web.yaml", GO),
        ("shop/templates/config.yaml.j2", JINJA),
    ])
}

/// The lines of what a run printed, `random` in place of what comes by chance.
fn lines(text: &str) -> Vec<String> {
    let plain = |line: &str| match line.split_once("image: web:") {
        Some((head, _)) => format!("{head}image: web:random"),
        None => line.to_owned(),
    };
    text.lines().map(plain).collect()
}

#[track_caller]
fn keep(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../snapshots/blame", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn each_line_of_a_go_template_names_the_line_that_printed_it() {
    let printed = chart().render(&["blame", "deployment/web", "shop"]).ok();
    keep("go", &lines(&printed).join("\n"));
}

#[test]
fn each_line_of_a_jinja_template_names_the_line_that_printed_it() {
    let folder = chart();
    let printed = folder.render(&["blame", "templates/config.yaml.j2", "shop"]).ok();
    assert_eq!(folder.render(&["blame", "shop/templates/config.yaml.j2", "shop"]).ok(), printed);
    assert_eq!(folder.render(&["blame", "ConfigMap/web", "shop"]).ok(), printed);
    keep("jinja", &printed);
}

#[test]
fn the_report_for_editors_has_the_calls_too() {
    let printed = chart().render(&["blame", "Deployment/web", "shop", "-o", "json"]).ok();
    let report: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let text = &report["texts"][0];
    assert_eq!(text["source"], "shop/templates/web.yaml");
    let line = &text["lines"][6];
    assert_eq!((&line["line"], &line["text"]), (&7.into(), &"    team: \"shop\"".into()));
    assert_eq!(line["template"]["file"], "shop/templates/_helpers.tpl");
    assert_eq!((&line["template"]["line"], &line["template"]["column"]), (&4.into(), &4.into()));
    assert_eq!(line["calls"][0]["file"], "shop/templates/web.yaml");
    assert_eq!(line["calls"][0]["line"], 6);
    assert_eq!(line["values"], serde_json::json!([{"file": "shop/values.yaml", "line": 3, "column": 3}]));
}

/// The rows of a template that prints one line for each expression.
fn rows(expressions: &[&str], args: &[&str]) -> Vec<String> {
    let lines = expressions.iter().enumerate().map(|(n, expression)| format!("k{n}: {expression}\n"));
    let folder = chart();
    folder.write("shop/templates/rows.yaml", &format!("apiVersion: v1\nkind: X\n{}", lines.collect::<String>()));
    let printed = folder.render(&[&["blame", "templates/rows.yaml", "shop"], args].concat()).ok();
    printed.lines().skip(2).map(|line| line["shop/templates/rows.yaml:N".len()..].trim().to_owned()).collect()
}

#[test]
fn a_value_that_went_through_unchanged_is_found() {
    let expressions = [
        "{{ .Values.labels.team | default \"none\" | quote }}",
        "{{ $x := .Values.labels.team | default \"none\" }}{{ $x }}",
        "{{ with .Values.labels.team }}{{ . }}{{ end }}",
        "{{ .Values.none | default .Values.replicas }}",
        "{{ tpl \"{{ .Values.node.disk }}\" . }}",
        "{{ .Values.node.disk }}:{{ .Values.replicas }}",
        "{{ (index .Values.env 1).name }}",
    ];
    let args = ["--set", "replicas=3"];
    assert_eq!(
        rows(&expressions, &args),
        [
            "shop/values.yaml:3     3) k0: \"shop\"",
            "shop/values.yaml:3     4) k1: shop",
            "shop/values.yaml:3     5) k2: shop",
            "--set:1                6) k3: 3",
            "shop/values.yaml:5     7) k4: ssd",
            "shop/values.yaml:5 +1  8) k5: ssd:3",
            "shop/values.yaml:8     9) k6: B",
        ]
    );
}

#[test]
fn a_value_that_went_through_a_map_of_the_template_is_found() {
    let expressions = [
        "{{ with dict \"team\" .Values.labels.team }}{{ .team }}{{ end }}",
        "{{ range list .Values.labels.team }}{{ . }}{{ end }}",
        "{{ index .Values.node \"disk\" }}",
        "{{ dict \"team\" .Values.labels.team | toYaml | nindent 2 }}",
        "{{ merge (dict \"x\" 1) .Values.node | toYaml | nindent 2 }}",
        "{{ .Values.replicas | quote }}",
    ];
    let found: Vec<_> =
        rows(&expressions, &[]).iter().map(|row| row.split("  ").next().unwrap_or("").to_owned()).collect();
    let want = [
        "values.yaml:3",
        "values.yaml:3",
        "values.yaml:5",
        "",
        "values.yaml:3",
        "",
        "values.yaml:5",
        "",
        "values.yaml:1",
    ];
    let want = want.map(|place| if place.is_empty() { String::new() } else { format!("shop/{place}") });
    let found: Vec<_> =
        found.iter().map(|cell| if cell.contains("values") { cell.clone() } else { String::new() }).collect();
    assert_eq!(found, want);
}

const MACROS: &str = "\
{% macro port(number, name) %}
{{ name | quote }}: {{ number }}
{% endmacro %}
{% macro fields(map, names) %}
{% for name in names %}
{{ {name: map[name]} | toYaml }}
{% endfor %}
{% endmacro %}
kind: X
{% for label, value in Values.labels | items %}
{{ label }}: {{ value }}
{% endfor %}
{{ fields(Values.node, [\"disk\"]) }}
{% set team = Values.labels.team %}
t: {{ team | default(\"none\") }}
{{ port(Values.replicas, Values.env[0].name) }}
u: {{ team | upper }}
n: {{ 1 + 1 }}
c: {{ Values.node | combine({\"x\": 1}) | toYaml | nindent(2) }}
";

#[test]
fn a_value_that_went_through_loops_and_macros_is_found() {
    let folder = chart();
    folder.write("shop/templates/macros.yaml.j2", MACROS);
    let printed = folder.render(&["blame", "templates/macros.yaml.j2", "shop"]).ok();
    keep("jinja-macros", &printed);
}

#[test]
fn the_report_for_editors_is_as_its_schema_says() {
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blame.schema.json"));
    let schema = serde_json::from_str(&schema.expect("a schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for what in ["Deployment/web", "templates/config.yaml.j2"] {
        let json = serde_json::from_str(&chart().render(&["blame", what, "shop", "-o", "json"]).ok()).expect("JSON");
        let faults: Vec<_> = validator.iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn a_value_that_was_changed_or_written_by_a_template_has_no_origin() {
    let expressions = [
        "{{ upper .Values.labels.team }}",
        "{{ printf \"%s-x\" .Values.labels.team }}",
        "{{ if .Values.labels.team }}shop{{ end }}",
        "{{ if .Values.labels.team }}{{ \"shop\" }}{{ end }}",
        "{{ eq .Values.yes true }}",
        "{{ .Values.yes | not | not }}",
        "{{ $x := \"shop\" }}{{ $x }}",
        "{{ $_ := set .Values.node \"disk\" \"hdd\" }}{{ .Values.node.disk }}",
    ];
    let rows = rows(&expressions, &["--set", "yes=true"]);
    assert!(rows.iter().all(|row| !row.contains("values.yaml") && !row.contains("--set")), "{rows:#?}");
}

#[test]
fn a_name_that_nothing_has_is_refused_with_the_nearest_one() {
    let refused = chart().render(&["blame", "Deployment/wep", "shop"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    assert!(refused.stderr.contains("did you mean `Deployment/web`?"), "{}", refused.stderr);
}

#[test]
fn a_finding_names_the_place_in_the_template() {
    let folder = chart();
    let refused = folder.render(&["shop", "--validate", "--set", "replicas=many"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    keep("finding", &refused.stderr);
}
