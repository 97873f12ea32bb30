//! What Helm makes of many templates in many charts; expectations come from Helm 4.1.4.

use std::sync::Arc;

use super::{chart, context, context_of, on_large_stack, render};
use crate::chart::File;
use crate::diag::{SourceKind, Sources, Style, draw};
use crate::engine::gotpl::{Gotpl, render_alone};
use crate::engine::{Engine as _, Files, RenderErrorKind, Scope, Template};
use crate::runtime::Runtime;
use crate::value::Value;

fn values() -> Value {
    Value::map([
        ("name", Value::str("web")),
        ("global", Value::map([("g", Value::str("G"))])),
        ("sub", Value::map([("port", Value::str("80")), ("global", Value::map([("g", Value::str("G"))]))])),
    ])
}

/// The outputs of a chart `t` with a subchart `sub`, in Helm's order.
fn tree(own: &[(&str, &str)], subchart: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let sources = Sources::default();
    let values = values();
    let scope = |base: &str, values: &Value, subcharts| {
        let files = Files::new(vec![File::new("cfg/a.txt", "", *b"one\ntwo\n"), File::new("b.txt", "", *b"x")]);
        Arc::new(Scope { base_path: base.into(), values: values.clone(), chart: chart(), files, subcharts })
    };
    let sub = scope("t/charts/sub/templates", values.get("sub").unwrap(), Vec::new());
    let root = scope("t/templates", &values, vec![("sub".into(), sub.clone())]);
    let template = |scope: &Arc<Scope>, (name, text): &(&str, &str)| {
        let name = format!("{}/{name}", scope.base_path);
        let source = sources.add(name.clone(), SourceKind::Template, text.as_bytes()).unwrap();
        Arc::new(Template { name, source, scope: scope.clone(), jinja: false })
    };
    let mut templates: Vec<_> = own.iter().map(|t| template(&root, t)).collect();
    templates.extend(subchart.iter().map(|t| template(&sub, t)));
    let context = context_of(sources, &values, templates);
    let engine = Gotpl::new(context).map_err(|err| err.message)?;
    let printing = engine.order().iter().filter(|t| !t.is_partial());
    printing.map(|t| Ok((t.name.clone(), engine.render(t).map_err(|err| err.message)?))).collect()
}

fn outputs(own: &[(&str, &str)], subchart: &[(&str, &str)]) -> Vec<String> {
    tree(own, subchart).unwrap().into_iter().map(|(name, text)| format!("{name}: {text}")).collect()
}

#[test]
fn the_deepest_and_last_template_runs_first() {
    let own = [("a.yaml", "1"), ("b.yaml", "2"), ("d/c.yaml", "3"), ("_p.tpl", "4")];
    let names = [
        "t/charts/sub/templates/x.yaml: 5",
        "t/templates/d/c.yaml: 3",
        "t/templates/b.yaml: 2",
        "t/templates/a.yaml: 1",
    ];
    assert_eq!(outputs(&own, &[("x.yaml", "5")]), names);
}

#[test]
fn of_two_definitions_the_parents_counts() {
    let own = [("a.yaml", "{{ include \"d\" . }}"), ("_h.tpl", "{{ define \"d\" }}parent{{ end }}")];
    let sub = [("x.yaml", "{{ include \"d\" . }}"), ("_h.tpl", "{{ define \"d\" }}child{{ end }}")];
    assert_eq!(outputs(&own, &sub), ["t/charts/sub/templates/x.yaml: parent", "t/templates/a.yaml: parent"]);
    // An empty definition replaces nothing.
    let own = [("a.yaml", "{{ include \"d\" . }}"), ("_h.tpl", "{{ define \"d\" }}  {{ end }}")];
    assert_eq!(outputs(&own, &sub)[1], "t/templates/a.yaml: child");
}

#[test]
fn charts_share_their_values() {
    let own = [(
        "a.yaml",
        "{{ .Values.sub.port }} {{ .Values.sub.new }} {{ .Subcharts.sub.Values.port }} {{ .Values.global.g }}",
    )];
    let sub =
        [("x.yaml", "{{ .Values.port }}{{ $_ := set .Values \"port\" \"81\" }}{{ $_ := set .Values \"new\" \"n\" }}")];
    assert_eq!(outputs(&own, &sub), ["t/charts/sub/templates/x.yaml: 80", "t/templates/a.yaml: 81 n 81 G"]);
}

#[test]
fn later_templates_see_what_earlier_ones_changed() {
    let own = [
        ("a.yaml", "{{ .Values.seen }}{{ .Release.mark }}"),
        ("b.yaml", "{{ $_ := set .Values \"seen\" \"yes\" }}{{ $_ := set .Release \"mark\" 1 }}"),
    ];
    let sub = [("x.yaml", "{{ .Release.mark }}")];
    assert_eq!(
        outputs(&own, &sub),
        ["t/charts/sub/templates/x.yaml: ", "t/templates/b.yaml: ", "t/templates/a.yaml: yes1"]
    );
}

#[test]
fn files_are_maps_of_bytes() {
    let text = concat!(
        "{{ .Files.Get \"b.txt\" }} {{ .Files.GetBytes \"b.txt\" }} {{ .Files.Lines \"cfg/a.txt\" }} {{ len .Files }} ",
        "{{ range $p, $b := .Files.Glob \"cfg/*\" }}{{ $p }}={{ $b }}={{ toString $b | trim | quote }}{{ end }} ",
        "{{ (.Files.Glob \"*.txt\").AsConfig }} {{ (.Files.Glob \"*.txt\").AsSecrets }} {{ .Files.nope }} ",
        "{{ index .Files \"b.txt\" }} {{ printf \"%s %T\" (.Files.GetBytes \"b.txt\") .Files.nope }}",
    );
    let want = concat!(
        "t/templates/a.yaml: x [120] [one two] 2 cfg/a.txt=[111 110 101 10 116 119 111 10]=\"one\\ntwo\" ",
        "b.txt: x b.txt: eA== [] [120] x []uint8",
    );
    assert_eq!(outputs(&[("a.yaml", text)], &[]), [want]);
}

#[test]
fn template_names_and_paths_are_known() {
    let text = "{{ .Template.Name }} {{ .Template.BasePath }} {{ include \"p\" . }}";
    let own = [("a.yaml", text), ("_p.tpl", "{{ define \"p\" }}{{ .Template.Name }}{{ end }}")];
    assert_eq!(outputs(&own, &[]), ["t/templates/a.yaml: t/templates/a.yaml t/templates t/templates/a.yaml"]);
}

#[test]
fn what_a_file_is_named_can_be_included() {
    let own = [("a.yaml", "[{{ include \"t/templates/b.yaml\" . }}]"), ("b.yaml", "B")];
    assert_eq!(outputs(&own, &[])[1], "t/templates/a.yaml: [B]");
}

#[test]
fn the_first_text_in_order_that_cannot_be_read_is_told() {
    let err = tree(&[("a.yaml", "{{ end }}"), ("b.yaml", "{{ nosuch }}")], &[]).unwrap_err();
    assert_eq!(err, "parse error at (t/templates/b.yaml:1): function \"nosuch\" not defined");
}

#[test]
fn endless_templates_end() {
    for text in [
        "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}",
        "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
        "{{ define \"a\" }}{{ tpl .t . }}{{ end }}{{ template \"a\" (dict \"t\" \"{{ template \\\"a\\\" . }}\") }}",
        "{{ range 1000000000 }}{{ end }}",
        "{{ range 1000000000 }}{{ print \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" }}{{ end }}",
        "{{ $x := \"aaaaaaaaaaaaaaaa\" }}{{ range 60 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}",
        "{{ $x := list 1 2 3 4 }}{{ range 60 }}{{ $x = concat $x $x }}{{ end }}",
    ] {
        let err = on_large_stack(|| render(&values(), &[("a.yaml", text)]).unwrap_err());
        assert_eq!(err.kind, RenderErrorKind::Limit, "{text}: {}", err.message.chars().take(300).collect::<String>());
    }
}

#[test]
fn a_text_that_stands_alone_has_sprig_and_no_data() {
    let context = context(&values(), &[]);
    let alone = |text: &str| render_alone(&context, "--flag", "name", text).map_err(|err| err.message);
    assert_eq!(alone("x-{{ upper \"a\" | lower }}{{ with .a }}{{ .b }}{{ end }}"), Ok("x-a".into()));
    assert_eq!(alone("{{ .a.b }}"), Ok("<no value>".into()));
    assert_eq!(alone("{{ define \"a\" }}b{{ end }}{{ template \"a\" }}"), Ok("b".into()));
    let fails = |text: &str, message: &str| assert_eq!(alone(text), Err(message.to_owned()));
    fails("{{ toYaml 1 }}", "template: name:1: function \"toYaml\" not defined");
    fails("{{ include \"a\" . }}", "template: name:1: function \"include\" not defined");
    fails("{{ end }}", "template: name:1: unexpected {{end}}");
    fails("{{ fail \"no\" }}", "template: name:1:3: executing \"name\" at <fail \"no\">: error calling fail: no");
}

#[test]
fn definitions_can_be_included_from_elsewhere() {
    let engine = Gotpl::new(context(&values(), &[("_h.tpl", "{{ define \"d\" }}<{{ .x }}>{{ end }}")])).unwrap();
    let data = Runtime::map([("x", Runtime::str("y"))]);
    assert_eq!(engine.include_by_name("d", &data).unwrap().unwrap(), "<y>");
    assert!(engine.include_by_name("nope", &data).is_none());
}

/// An error as it is drawn.
fn drawn(templates: &[(&str, &str)]) -> String {
    let context = context(&values(), templates);
    let style = Style { colour: false, show_secrets: false };
    let result = Gotpl::new(context.clone()).and_then(|engine| engine.render(&context.templates[0]));
    draw(&result.unwrap_err().diagnostic(), &context.sources, style)
}

#[test]
fn errors_show_the_way_to_their_place() {
    let helpers = ("_h.tpl", "{{ define \"labels\" }}\n  app: {{ .Values.nmae.x }}\n{{ end }}");
    let fails = "{{ template \"m\" . }}{{ define \"m\" }}{{ fail \"choose one\\nor two\" }}{{ end }}";
    let cases: [(&str, &[(&str, &str)]); 6] = [
        ("nil_pointer", &[("a.yaml", "a: 1\n{{ include \"labels\" . | indent 2 }}\n"), helpers]),
        ("null_of_a_variable", &[("a.yaml", "{{ $v := dict \"a\" nil }}{{ $v.a.b }}")]),
        ("unknown_function", &[("a.yaml", "{{ uper .Values.name }}")]),
        ("unknown_template", &[("a.yaml", "{{ include \"label\" . }}"), helpers]),
        ("tpl", &[("a.yaml", "{{ tpl \"a: {{ .b.c }}\" (dict \"b\" 1) }}")]),
        ("fail", &[("a.yaml", fails)]),
    ];
    for (name, templates) in cases {
        insta::with_settings!({snapshot_path => "../../../../snapshots/diagnostics", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format!("gotpl_{name}"), drawn(templates));
        });
    }
}

#[test]
fn each_byte_knows_its_template() {
    let helpers = "{{ define \"labels\" }}\napp: {{ .Values.name }}\ntier: front\n{{ end }}";
    let text = "metadata:\n  labels:\n    {{- include \"labels\" . | trim | nindent 4 }}\nlast: {{ .nope }}{{ quote .Values.name }} end\n";
    let context = context(&values(), &[("a.yaml", text), ("_h.tpl", helpers)]);
    let engine = Gotpl::new(context.clone()).unwrap();
    let map = engine.trace(&context.templates[0]).unwrap();
    assert_eq!(map.text(), engine.render(&context.templates[0]).unwrap());
    let at = |needle: &str| {
        let (span, calls) = map.locate(map.text().find(needle).unwrap()).unwrap();
        let place = context.sources.locate(span.start).unwrap().to_string();
        let calls: Vec<String> = calls.iter().map(|c| context.sources.locate(c.start).unwrap().to_string()).collect();
        format!("{place} from {}", calls.join(","))
    };
    assert_eq!(at("metadata"), "t/templates/a.yaml:1:1 from ");
    assert_eq!(at("app"), "t/templates/_h.tpl:2:1 from t/templates/a.yaml:3:9");
    assert_eq!(at("web"), "t/templates/_h.tpl:2:9 from t/templates/a.yaml:3:9");
    assert_eq!(at("front"), "t/templates/_h.tpl:3:7 from t/templates/a.yaml:3:9");
    assert_eq!(at("last"), "t/templates/a.yaml:4:1 from ");
    assert_eq!(at("\"web\""), "t/templates/a.yaml:4:21 from ");
    assert_eq!(at("end"), "t/templates/a.yaml:4:43 from ");
}
