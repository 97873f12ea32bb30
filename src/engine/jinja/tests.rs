use std::sync::Arc;

use super::*;
use crate::diag::{SourceKind, Sources, Style, draw};
use crate::engine::objects::Files;
use crate::engine::{Capabilities, Objects, Release, Warnings};
use crate::functions::{FuncError, Random};
use crate::value::Value;

struct Fixed;

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        buffer.fill(7);
        Ok(())
    }
    fn now(&self) -> i128 {
        0
    }
}

fn values() -> Value {
    Value::map([
        ("name", Value::str("web")),
        ("on", Value::bool(true)),
        ("big", Value::int(1_000_000)),
        ("empty", Value::NULL),
        ("hosts", Value::list([Value::str("a"), Value::str("b")])),
        ("clustering", Value::map([("frontend", Value::map([("replicaCount", Value::int(2))]))])),
    ])
}

/// An engine over these templates, by file name.
fn engine(templates: &[(&str, &str)]) -> (Jinja, Arc<Context>) {
    let sources = Sources::default();
    let scope = Arc::new(Scope {
        base_path: "c/templates".into(),
        values: values(),
        chart: Value::map([("Name", Value::str("c"))]),
        files: Files::default(),
        subcharts: Vec::new(),
    });
    let template = |(name, text): &(&str, &str)| {
        let name = format!("c/templates/{name}");
        let source = sources.add(name.clone(), SourceKind::Template, text.as_bytes()).unwrap();
        Arc::new(Template { name, source, scope: scope.clone(), jinja: true })
    };
    let context = Arc::new(Context {
        release: Release { name: "r".into(), namespace: "ns".into(), is_upgrade: false, revision: 1 },
        capabilities: Arc::new(Capabilities::new("v1.35.0", "1", "35", [])),
        templates: templates.iter().map(template).collect(),
        root: scope.values.clone(),
        provenance: Arc::default(),
        removed: Vec::new(),
        sources,
        random: Arc::new(Fixed),
        objects: Objects::default(),
        dns: false,
        warnings: Warnings::default(),
    });
    (Jinja::new(context.clone(), None), context)
}

/// The first template's output, or its drawn error.
fn render(templates: &[(&str, &str)]) -> String {
    let (engine, context) = engine(templates);
    let style = Style { colour: false, show_secrets: false };
    engine.render(&context.templates[0]).unwrap_or_else(|err| draw(&err.diagnostic(), &context.sources, style))
}

#[test]
fn values_print_as_yaml_spells_them() {
    for (text, want) in [
        ("{{ Values.on }} {{ Values.empty }} {{ Values.big }}", "true null 1000000"),
        ("{{ 1.0 }} {{ 2.5 }} {{ 10000000000000000000000.0 }}", "1 2.5 1e+22"),
        ("{{ [Values.on, none] | join(',') }} {{ Values.on | string }}", "true,null true"),
        ("{% set x %}{{ Values.on }}{% endset %}{{ x }}", "true"),
        ("{{ Release.Name }}/{{ Release.Namespace }} {{ Chart.Name }} {{ Template.Name }}", "r/ns c c/templates/a"),
        ("{{ Capabilities.KubeVersion.Version }} {{ Capabilities.APIVersions.Has('apps/v1') }}", "v1.35.0 true"),
        ("{{ 'x' if Values.nope else 'y' }} {{ Values.nope | default('z') }}", "y z"),
        ("{% for k, v in Values.clustering.frontend.items() %}{{ k }}={{ v }}{% endfor %}", "replicaCount=2"),
        ("{{ 'name' in Values }} {{ 'nope' in Values }} {{ Values.get('nope', 1) }}", "true false 1"),
        ("{{ dict(a=1).a }} {{ dict({'a': 1}, b=2) | to_json }} {{ dict('a', 3).a }}", "1 {\"a\":1,\"b\":2} 3"),
        ("{{ {'a': {'x': 1}} | combine({'a': {'y': 2}}, recursive=true) | to_json }}", "{\"a\":{\"x\":1,\"y\":2}}"),
        ("{{ tpl('{{ Values.name }}') }} {{ '{{ x }}' | tpl({'x': 3}) }}", "web 3"),
    ] {
        assert_eq!(render(&[("a", text)]), want, "{text}");
    }
}

#[test]
fn templates_find_one_another() {
    let helpers = ("_h.j2", "{% macro name(x) %}{{ x }}-{{ Values.name }}{% endmacro %}");
    assert_eq!(render(&[("a", "{% import '_h.j2' as h %}{{ h.name('r') }}"), helpers]), "r-web");
    assert_eq!(render(&[("a", "{% from 'c/templates/_h.j2' import name %}{{ name('r') }}"), helpers]), "r-web");
    assert_eq!(render(&[("a", "{{ include('_b.j2') }}"), ("_b.j2", "{{ Template.Name }}")]), "c/templates/a");
}

#[test]
fn what_globals_set_is_seen_everywhere() {
    let globals = ("_globals.j2", "{% set full = Release.Name ~ '-' ~ Values.name %}{% set sides = {'a': [1]} %}text");
    assert_eq!(render(&[("a", "{{ full }} {{ sides.a[0] }}"), globals]), "r-web 1");
    let helpers = ("_h.j2", "{% macro name() %}{{ full }}{% endmacro %}");
    assert_eq!(render(&[("a", "{% from '_h.j2' import name %}{{ name() }}"), helpers, globals]), "r-web");
    let (engine, context) = engine(&[("a", "{{ full }}"), globals]);
    assert_eq!(engine.trace(&context.templates[0]).unwrap().text(), "r-web");
}

#[test]
fn errors_point_at_the_template() {
    let cases: [(&str, &[(&str, &str)]); 10] = [
        ("globals", &[("a", "{{ full }}"), ("_globals.j2", "{% set full = Release.Name %}\n{{ Values.nmae }}")]),
        ("undefined", &[("a", "x: 1\ny: {{ Values.clustering.fronted.replicaCount }}\n")]),
        (
            "undefined_in_macro",
            &[
                ("a", "{% from '_h' import m %}\n{{ m(Values.clustering.frontend) }}"),
                ("_h", "{% macro m(c) %}\nreplicas: {{ c.replicas }}\n{% endmacro %}"),
            ],
        ),
        ("undefined_variable", &[("a", "{{ Vlues.name }}")]),
        ("fail", &[("a", "{{ fail('no such mode') }}")]),
        ("required", &[("a", "{{ required('a name is needed', Values.empty) }}")]),
        ("syntax", &[("a", "a: 1\n{% if Values.on %}\nb: 2\n")]),
        ("unknown_filter", &[("a", "{{ Values.name | uper }}")]),
        ("unknown_import", &[("a", "{% import '_helper.j2' as h %}"), ("_helpers.j2", "")]),
        ("tpl", &[("a", "{{ tpl('x: {{ Values.nme }}') }}")]),
    ];
    for (name, templates) in cases {
        insta::with_settings!({snapshot_path => "../../../snapshots/diagnostics", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format!("jinja_{name}"), render(templates));
        });
    }
}

#[test]
fn a_trace_prints_the_same_and_knows_the_template() {
    let templates = [
        (
            "a",
            "{% import '_h' as h %}\nkind: X\n{% if Values.on %}\n  name: {{ Values.name }}\n{% endif %}\n  labels:\n{{ h.labels() | indent(4, true) }}\n",
        ),
        ("_h", "{% macro labels() %}\napp: {{ Values.name }}\ntier: front{% endmacro %}"),
    ];
    let (engine, context) = engine(&templates);
    let plain = engine.render(&context.templates[0]).unwrap();
    let map = engine.trace(&context.templates[0]).unwrap();
    assert_eq!(map.text(), plain);
    let place = |text: &str| {
        let (span, calls) = map.locate(plain.find(text).unwrap()).unwrap();
        (context.sources.locate(span.start).unwrap().to_string(), calls.len())
    };
    assert_eq!(place("kind"), ("c/templates/a:2:1".into(), 0));
    assert_eq!(place("web"), ("c/templates/a:4:12".into(), 0));
    assert_eq!(place("app"), ("c/templates/_h:2:1".into(), 1));
    assert_eq!(place("tier"), ("c/templates/_h:3:1".into(), 1));
}

/// Whatever a template does, it does the same with marks.
#[test]
fn a_trace_prints_what_a_render_does() {
    for text in [
        "{%- set x = 1 -%} a {{- x }} b {{ x -}} c\n  {% if x %}\n d\n  {% endif %}\n{{+ x }}",
        "{% raw %}{{ x }} {% if %}{% endraw %} {# no #} { {{- {'a': 1}.a -}} }",
        "{% set a, (b, c) = 1, [2, 3] %}{{ a }}{{ b }}{{ c }}{% set d = 1, %}{{ d | length }}{{ () | length }}",
        "{% set x = 1 %}{% for i in [2] %}{% set x = i %}{{ x }}{% endfor %}{{ x }}{% with x = 3, y = x %}{{ y }}{% endwith %}{{ x }}",
        "{% for k, v in {'a': 1, 'b': [2]} | items %}{{ loop.index }}{{ k }}{{ v }}{{ loop.last }}{% else %}none{% endfor %}",
        "{% for x in [1, 2, 3, 4] if x is odd %}{{ loop.length }}{{ x }}{{ loop.nextitem | default('-') }}{% endfor %}",
        "{% for x in range(9) %}{% if x == 2 %}{% continue %}{% elif x > 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
        "{% for x in [{'n': 1, 'in': [{'n': 2}]}] recursive %}{{ x.n }}{{ loop(x.in or []) }}{{ loop.depth }}{% endfor %}",
        "{% macro m(a, b=Values.big, c=[1, 2]) %}{{ a }}{{ b }}{{ c[-1] }}{{ caller() if caller else '' }}{% endmacro %}{{ m(1) }}{{ m(b=2, a=3) }}{% call m(4) %}in{% endcall %}{{ m(*[1, 2], **{'c': [9]}) }}",
        "{% macro l(xs) %}{% for x in xs %}{{ caller(x, loop.index) }}{% endfor %}{% endmacro %}{% call(x, n) l([5, 6]) %}{{ n }}:{{ x }},{% endcall %}",
        "{% set n = namespace(a=1, l=[]) %}{% for i in [1, 2] %}{% set n.a = n.a + i %}{% set n.l = n.l + [i] %}{% endfor %}{{ n.a }}{{ n.l }}{{ n | items | list }}",
        "{% set t %} {{ Values.name }} {% endset %}[{{ t | trim }}]{{ t == ' web ' }}{{ t | trim | length }}",
        "{% macro nil() %}{{ '' }}{% endmacro %}{{ 'empty' if not nil() }}{{ nil() or 'other' }}{{ nil() and 'more' }}{% if nil() %}full{% endif %}",
        "{% macro name() %}{{ Values.name }}{% endmacro %}{{ name() is string }}{{ name() in ['web'] }}{{ {'web': 1}[name()] }}{{ name() | urlencode }}{{ name() | quote }}{{ {'a': name()} | toJson }}{{ [name()] | to_yaml }}{{ name().upper() }}{{ name() | replace('w', 'v') }}{{ name() | trimSuffix('b') }}",
        "{{ 1 + 2 * 3 - (4 - 5) }}{{ 2 ** 3 ** 2 }}{{ 7 // 2 % 2 }}{{ -1 | abs }}{{ (-1) | abs }}{{ 'a' 'b' ~ 1 ~ 'c' }}{{ 1 < 2 < 3 }}{{ not 1 in [1] }}{{ 1 not in [1] }}{{ 1 if 0 else 2 if 0 else 3 }}",
        "{{ 'a' if Values.nope is defined else 'b' }}{{ Values.hosts[::-1] | join }}{{ Values.hosts[:1] }}{{ 'x\\ty\\'z' }}{{ [1, 'a', none, true, 1.5] }}{{ {'a': 1, 2: 'b'} }}{{ (1, 'b') }}",
        "{{ [3, 1] | sort }}{{ {'b': 1, 'a': 2} | dictsort }}{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | sum }}{{ [[1], [2]] | map('first') | list }}{{ [1, 2] | batch(1) | list }}",
        "{% macro name() %}{{ Values.name }}{% endmacro %}{{ ({'a': name()} | merge({'b': 1})).a }}{{ dict('a', name()) | toJson }}{{ list(name()) | join('-') }}{{ omit({'a': name(), 'b': 1}, 'b') | to_json }}{{ name() | default('x') | length }}",
        "{% for i in range(5) %}{% if i == 0 %}a{% elif i == 1 %}b{% elif i is even %}c{% else %}d{% endif %}{% endfor %}",
        "{% filter upper %}a{{ Values.name }}{% endfilter %}{% block b %}{{ Values.big }}{{ self.c() }}{% endblock %}{% block c %}c{% endblock %}",
        "{% set e = dict(a=1) %}{{ dict(e, b=2) }}{{ e.get('x', 3) }}{{ e.keys() | list }}{{ e is mapping }}{{ e == {'a': 1} }}{{ e | pprint }}",
        "{% set big = {'v': Values.big, 'l': [Values.big, Values.on]} %}{{ big }}{{ big.l + [1] }}{{ big == {'v': 1000000, 'l': [1000000, true]} }}{{ big | pprint }}{{ big.l is sequence }}{{ big.l | last is boolean }}{{ big.v + 1 }}{{ big['v'] is integer }}",
    ] {
        let (engine, context) = engine(&[("a", text)]);
        let plain = engine.render(&context.templates[0]).unwrap_or_else(|err| panic!("{text}: {}", err.message));
        let traced = engine.trace(&context.templates[0]).unwrap_or_else(|err| panic!("{text}: {}", err.message));
        assert_eq!(traced.text(), plain, "{text}");
    }
}

#[test]
fn warnings_are_told_once_with_their_place() {
    let (engine, context) = engine(&[("a", "a: 1\n{{ warn('old value') }}b: 2")]);
    assert_eq!(engine.render(&context.templates[0]).unwrap(), "a: 1\nb: 2");
    let warnings = context.warnings.take();
    assert_eq!(warnings.len(), 1);
    assert_eq!(context.sources.locate(warnings[0].labels[0].span.start).unwrap().line, 2);
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let text = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}";
    assert!(render(&[("a", text)]).contains("runs too long"));
}
