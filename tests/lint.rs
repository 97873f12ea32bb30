//! `render lint`: what it finds, what it leaves alone, how it ends.

use crate::common::{Folder, Ran, render};

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\nicon: https://shop.example/icon.svg\n";
const VALUES: &str = "image: {tag: v1}\nreplicas: 1\nresources: {}\nsidecars: []\nextra: ''\n";
const TEMPLATE: &str = r#"{{- $tag := (.Values.image).tag }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "shop.name" (dict "root" $ "suffix" "web") }}
data:
  tag: {{ $tag | quote }}
  replicas: "{{ .Values.replicas }}"
  {{- with .Values.resources }}
  resources: |
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- range $name, $sidecar := .Values.sidecars }}
  {{ $sidecar.name }}: {{ get $sidecar "image" }}
  {{- end }}
  {{- if .Values.never }}
  never: {{ index .Values "never" "here" }}
  {{- end }}
  extra: {{ tpl (.Values.extra | default "") . | quote }}
"#;
const HELPERS: &str = r#"{{- define "shop.name" -}}
{{ .root.Values.nameOverride | default .root.Release.Name }}-{{ .suffix }}
{{- end -}}
"#;

fn shop() -> Folder {
    Folder::new(&[
        ("Chart.yaml", CHART),
        ("values.yaml", VALUES),
        ("templates/web.yaml", TEMPLATE),
        ("templates/_helpers.tpl", HELPERS),
    ])
}

fn lint(folder: &Folder, values: &str, more: &[&str]) -> Ran {
    folder.write("mine.yaml", values);
    folder.render(&[&["lint", ".", "-f", "mine.yaml"], more].concat())
}

/// The paths that no template reads, as they are told.
#[track_caller]
fn unread(folder: &Folder, values: &str) -> Vec<String> {
    let ran = lint(folder, values, &["-o", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&ran.ok()).expect("JSON");
    let messages = rows.as_array().expect("a list").iter().filter_map(|row| row["message"].as_str());
    messages.filter_map(|message| message.strip_prefix("no template reads ")).map(str::to_owned).collect()
}

#[track_caller]
fn keep(name: &str, ran: &Ran) {
    let text = format!("exit {}\n\n{}{}", ran.code, ran.stdout, ran.stderr);
    insta::with_settings!({snapshot_path => "../snapshots/lint", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_misspelt_key_is_told_with_its_line_and_what_was_meant() {
    let shop = shop();
    keep("misspelt", &lint(&shop, "image:\n  tagg: v2\nreplica: 2\n", &[]));
    keep("misspelt-json", &lint(&shop, "image:\n  tagg: v2\n", &["-o", "json"]));
    keep("misspelt-set", &shop.render(&["lint", ".", "--set", "image.tga=v2"]));
}

#[test]
fn what_a_template_may_read_is_read() {
    let read = "\
image: {tag: v2}
nameOverride: x
resources: {limits: {cpu: 1}}
sidecars: [{name: a, image: b}]
never: {here: 1}
common: &common {image: b}
extra: '{{ .Values.mine.a }}'
mine: {a: 1}
";
    assert_eq!(unread(&shop(), read), [""; 0]);
}

#[test]
fn what_lies_beside_what_is_read_is_not() {
    let values = "\
sidecars: [{name: a, image: b, port: 1}]
never: {there: 1}
extra: '{{ .Values.mine.a }}'
mine: {b: 1}
";
    assert_eq!(unread(&shop(), values), ["`sidecars[0].port`", "`never.there`", "`mine.b`"]);
}

#[test]
fn values_of_subcharts_and_globals_are_those_of_their_templates() {
    let shop = shop();
    shop.write("Chart.yaml", &format!("{CHART}dependencies: [{{name: db, version: 1.0.0, condition: db.enabled}}]\n"));
    shop.write("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n");
    shop.write("charts/db/templates/db.yaml", "# {{ .Values.size }} {{ .Values.global.zone }}\n");
    let values = "db: {enabled: true, size: 1, sise: 2}\nglobal: {zone: a, zones: b}\n";
    assert_eq!(unread(&shop, values), ["`db.sise`", "`global.zones`"]);
    // What is for a chart that is not there cannot be known.
    assert_eq!(unread(&shop, "db: {enabled: false, anything: 1}\n"), [""; 0]);
}

#[test]
fn jinja_templates_read_what_their_tags_name() {
    let shop = Folder::new(&[
        ("Chart.yaml", CHART),
        ("values.yaml", "image: {tag: v1}\nlabels: {}\n"),
        (
            "templates/web.yaml.j2",
            "{% for k, v in Values.labels | items %}\n# {{ k }}\n{% endfor %}\n# {{ Values.image.tag }}\n",
        ),
    ]);
    assert_eq!(unread(&shop, "image: {tag: v2, tagg: v3}\nlabels: {any: 1}\nlabel: 1\n"), ["`image.tagg`", "`label`"]);
}

#[test]
fn what_the_schema_does_not_know_is_told_unless_it_lets_it_in() {
    let shop = shop();
    shop.write(
        "values.schema.json",
        r#"{"properties": {"image": {"properties": {"tag": {}}}, "resources": {}, "sidecars": {"type": "array"}}}"#,
    );
    keep("schema", &lint(&shop, "image: {tag: v2}\nresources: {limits: {cpu: 1}}\nreplicas: 2\n", &[]));
}

#[test]
fn a_chart_is_held_to_the_rules_of_helm_lint() {
    let shop = shop();
    shop.write(
        "Chart.yaml",
        "apiVersion: v1\nname: shop\nversion: '1.0'\ntype: application\nsourcs: []\nsources: [no url]\nmaintainers: [{email: a@b.c}]\n",
    );
    shop.write("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n");
    shop.write("templates/note.md", "# {{ .Values.replicas }}\n");
    shop.write("templates/_more.tpl", "{{ define \"shop.unused\" }}{{ end }}\n");
    keep("rules", &shop.render(&["lint", "."]));
}

#[test]
fn what_is_rendered_is_held_to_the_rules_of_helm_lint() {
    let shop = shop();
    let deployment =
        "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: {{ .Values.title }}}\nspec: {}\n";
    shop.write("templates/deployment.yaml", deployment);
    shop.write(
        "templates/service.yaml",
        "  # What lies behind.\napiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n",
    );
    let workload = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec: {template: {}}\n";
    shop.write("templates/agent.yaml", workload);
    let item = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {helm.sh/resource-policy: keep}}}";
    shop.write("templates/list.yaml", &format!("apiVersion: v1\nkind: List\nitems:\n- {item}\n"));
    shop.write("crds/widget.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    shop.write("crds/template.yaml", "{{ if true }}\n");
    keep("manifests", &lint(&shop, "title: Web_1\n", &[]));
}

#[test]
fn a_chart_that_asks_for_values_is_not_wrong_for_want_of_them() {
    let shop = shop();
    shop.write("templates/asks.yaml", "# {{ required \"say where: zone\" .Values.zone }}\n");
    let asked = shop.render(&["lint", "."]);
    assert_eq!(asked.code, 0, "{}", asked.stderr);
    assert!(asked.stdout.contains("warning: say where: zone"), "{}", asked.stdout);
    assert_eq!(lint(&shop, "zone: a\n", &[]).ok(), "");
}

#[test]
fn a_template_that_fails_without_the_given_values_is_told() {
    let shop = shop();
    shop.write("templates/needs.yaml", "# {{ .Values.zone.name }}\n");
    keep("without-values", &lint(&shop, "zone: {name: a}\n", &[]));
}

/// What is said of keys that templates cannot do without.
#[track_caller]
fn needed(folder: &Folder, more: &[&str]) -> Vec<String> {
    let ran = folder.render(&[&["lint", ".", "-o", "json"], more].concat());
    let rows: serde_json::Value = serde_json::from_str(&ran.ok()).expect("JSON");
    let messages = rows.as_array().expect("a list").iter().filter_map(|row| row["message"].as_str());
    messages.filter(|message| message.contains("where values have no")).map(str::to_owned).collect()
}

fn charts(values: &str, templates: &[(&str, &str)]) -> Folder {
    Folder::new(&[&[("Chart.yaml", CHART), ("values.yaml", values)], templates].concat())
}

#[test]
fn a_key_that_templates_cannot_do_without_is_told_once() {
    let shop = shop();
    shop.write("templates/job.yaml", "# {{ .Values.image.tag }}\n# {{ include \"shop.sidecar\" . }}\n");
    shop.write("templates/_sidecar.tpl", "{{ define \"shop.sidecar\" }}{{ index .Values.sidecars 0 }}{{ end }}\n");
    shop.write("values.yaml", &VALUES.replace("sidecars: []", "sidecars: [{name: a, image: b}]"));
    keep("needed", &shop.render(&["lint", "."]));
    keep("needed-json", &shop.render(&["lint", ".", "-o", "json"]));
    for name in ["a", "b", "c", "d"] {
        shop.write(&format!("templates/{name}.yaml"), "# {{ .Values.image.tag }}\n");
    }
    let many = shop.render(&["lint", "."]).ok();
    assert!(many.contains("note: 5 templates fail where values have no `image`"), "{many}");
    assert!(many.contains("  = note: and 2 more\n"), "{many}");
    // It is no mistake, and says the same whatever is given.
    assert_eq!(shop.render(&["lint", ".", "--strict"]).code, 0);
    assert_eq!(needed(&shop, &[]), needed(&shop, &["--set", "image.tag=v2,extra=a"]));
}

#[test]
fn a_key_is_needed_in_whatever_way_its_absence_fails() {
    let values = "a: {b: 1}\nc: [1]\nd: text\ne: 1\nf: {}\ng: null\nh: ''\n";
    let reads = [
        ("templates/a.yaml", "# {{ .Values.a.b }}\n"),
        ("templates/c.yaml", "# {{ index .Values.c 0 }}\n"),
        ("templates/d.yaml", "# {{ .Values.d | trunc 3 }}\n"),
        ("templates/e.yaml", "# {{ if gt .Values.e 0.0 }}{{ end }}\n"),
        // These can do without.
        (
            "templates/f.yaml",
            "# {{ range .Values.f }}{{ end }}{{ toYaml .Values.f }}{{ with .Values.a }}{{ .b }}{{ end }}\n",
        ),
        ("templates/g.yaml", "# {{ .Values.g }}{{ (.Values.a).b }}{{ .Values.d | default \"x\" | trunc 3 }}\n"),
        (
            "templates/h.yaml",
            "# {{ required \"give h\" (.Values.h | default 1) }}{{ required \"give a\" .Values.a }}\n",
        ),
    ];
    let want = ["a", "c", "d", "e"].map(|key| format!("1 template fails where values have no `{key}`"));
    assert_eq!(needed(&charts(values, &reads), &[]), want);
}

#[test]
fn jinja_templates_cannot_do_without_keys_either() {
    let values = "image: {tag: v1}\nlabels: {}\nreplicas: 1\nports: [1]\n";
    let chart = charts(
        values,
        &[
            (
                "templates/web.yaml.j2",
                "{% from '_names.j2' import tag %}\n# {{ tag() }} {{ Values.replicas | default(1) }}\n",
            ),
            ("templates/job.yaml.j2", "{% from '_names.j2' import tag %}\n# {{ tag() }} {{ Values.ports[0] }}\n"),
            ("templates/_names.j2", "{% macro tag() %}{{ Values.image.tag }}{% endmacro %}\n"),
        ],
    );
    keep("needed-jinja", &chart.render(&["lint", "."]));
}

#[test]
fn a_key_that_is_asked_for_by_the_schema_or_the_subchart_has_is_not_needed() {
    let values = "image: {tag: v1}\nzone: {name: a}\ndb: {enabled: false, size: {disk: 1}}\n";
    let shop = charts(
        values,
        &[
            ("templates/web.yaml", "# {{ .Values.image.tag }} {{ .Values.zone.name }} {{ .Values.db.size.disk }}\n"),
            ("values.schema.json", r#"{"required": ["image"]}"#),
            ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
            ("charts/db/values.yaml", "size: {disk: 1}\n"),
            ("charts/db/templates/db.yaml", "# {{ .Values.global.zone }}\n"),
        ],
    );
    shop.write("Chart.yaml", &format!("{CHART}dependencies: [{{name: db, version: 1.0.0, condition: db.enabled}}]\n"));
    // Without `db` nothing disables the subchart, which has a size.
    assert_eq!(needed(&shop, &[]), ["1 template fails where values have no `zone`"]);
}

#[test]
fn templates_that_fail_anyway_say_nothing_of_keys() {
    let asks = ("templates/asks.yaml", "# {{ required \"say where\" .Values.zone }}{{ .Values.image.tag }}\n");
    let chart = charts(
        "image: {tag: v1}\nzone: ''\nlist: [1]\n",
        &[asks, ("templates/list.yaml", "# {{ first .Values.list }}\n")],
    );
    assert_eq!(needed(&chart, &[]), ["1 template fails where values have no `list`"]);
    let fails = ("templates/fails.yaml", "# {{ .Values.mine.name }}{{ .Values.image.tag }}\n");
    let chart = charts("image: {tag: v1}\n", &[fails]);
    assert_eq!(needed(&chart, &["--set", "mine.name=a"]), [""; 0]);
}

#[test]
fn a_default_that_the_schema_states_otherwise_is_told() {
    let shop = shop();
    let schema = r##"{"properties": {"replicas": {"default": 3}, "image": {"$ref": "#/$defs/image"}, "resources": {"default": {}}},
        "$defs": {"image": {"properties": {"tag": {"default": "v1"}}}}}"##;
    shop.write("values.schema.json", schema);
    keep("defaults", &shop.render(&["lint", "."]));
}

#[test]
fn warnings_fail_where_that_is_asked_for_and_errors_always() {
    let shop = shop();
    assert_eq!(lint(&shop, "replicas: 2\n", &["--strict"]).code, 0);
    assert_eq!(lint(&shop, "replica: 2\n", &[]).code, 0);
    assert_eq!(lint(&shop, "replica: 2\n", &["--strict"]).code, 1);
    shop.write("templates/broken.yaml", "{{ .Values.replicas\n");
    let ran = lint(&shop, "replica: 2\n", &[]);
    assert_eq!((ran.code, ran.stdout.contains("error: ")), (1, true), "{}", ran.stdout);
    assert_eq!(shop.render(&["lint", "nowhere"]).code, 2);
}

#[test]
fn nothing_is_found_in_the_bundled_charts() {
    for (chart, layers) in [("opencti", true), ("bifrost", true), ("malcolm", false), ("stackstorm-ha", false)] {
        let tag = if chart == "bifrost" { &["--set", "image.tag=v1.4.11"][..] } else { &[] };
        let mut layers = if layers { vec!["clustering", "ha", "clustering,ha", "rollback"] } else { Vec::new() };
        layers.push("");
        for layer in layers {
            let layer = if layer.is_empty() { Vec::new() } else { vec!["--layer", layer] };
            let args = [&["lint", chart, "--strict"], tag, layer.as_slice()].concat();
            assert_eq!(render(&args).ok(), "", "{args:?}");
        }
    }
}

#[test]
fn a_library_is_looked_at_though_it_renders_nothing() {
    let shop = shop();
    shop.write("Chart.yaml", &format!("{CHART}type: library\nsources: [no url]\n"));
    let ran = shop.render(&["lint", "."]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("error: sources: `no url` is not a URL"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("installable"), "{}", ran.stdout);
}
