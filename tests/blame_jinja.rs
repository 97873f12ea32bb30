//! `render blame` of numbers and truths in Jinja templates: on their way through names, maps, lists, loops and macros.

use crate::common::Folder;

const VALUES: &str = "\
port: 8080
admin: 9090
up: true
down: false
ratio: 0.5
one: 1
list: [1001, 1002]
twins: [80, 80]
map: {http: 81, https: 443}
equal: {a: 77, b: 77}
text: '5432'
servers:
- {name: a, port: 11}
- {name: b, port: 12}
deep: {er: {port: 5555}}
";

const HELPERS: &str = "\
{% set shared = Values.deep.er.port %}
{% macro show(p, q=Values.admin) %}{{ p }} {{ q }}{% endmacro %}
{% macro outer(c) %}{{ show(c.port, q=c.port) }}{% endmacro %}
{% macro wrap() %}{{ caller(Values.port) }}{% endmacro %}
{% macro change(n) %}{% set n.port = 8080 %}{% endmacro %}
{% macro default(x=8080) %}{{ x }}{% endmacro %}
";

const HEAD: &str = "\
{% import '_h.j2' as h %}
{% from '_h.j2' import shared as other, show, wrap, change, default as of_default %}
kind: X
";

/// What is told of the lines that begin with `k`, as `LINE:COLUMN` of the values, in a template.
fn told(template: &str) -> Vec<String> {
    let folder = Folder::new(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", VALUES),
        ("shop/templates/_h.j2", HELPERS),
        ("shop/templates/_i.j2", "{{ Values.port }} {{ p | default(3) }}"),
        ("shop/templates/rows.yaml.j2", &format!("{HEAD}{template}\n")),
    ]);
    let printed = folder.render(&["blame", "templates/rows.yaml.j2", "shop", "-o", "json"]).ok();
    let report: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let rows = report["texts"][0]["lines"].as_array().expect("lines").iter();
    let rows = rows.filter(|row| row["text"].as_str().expect("text").trim_start().starts_with('k'));
    let places = |row: &serde_json::Value| {
        let places = row["values"].as_array().into_iter().flatten();
        places.map(|place| format!("{}:{}", place["line"], place["column"])).collect::<Vec<_>>().join(" ")
    };
    rows.filter(|row| row["text"] != "kind: X").map(places).collect()
}

/// Checks rows of templates, each with what is told of the lines that it prints.
#[track_caller]
fn check(rows: &[(&str, &[&str])]) {
    let wrong = rows.iter().filter_map(|(template, want)| {
        let told = told(template);
        (told != *want).then(|| format!("{template}\n  tells {told:?}, not {want:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_go_through_names() {
    check(&[
        ("{% set p = Values.port %}\nk: {{ p }}", &["1:1"]),
        ("{% set p = Values.port %}{% set q = p %}{% set r = q %}\nk: {{ r }}", &["1:1"]),
        ("{% set p = Values.port %}\nk: {{ p | quote }}\nk: {{ p | string }}", &["1:1", "1:1"]),
        ("{% with a = Values.up, b = a %}\nk: {{ b }}\n{% endwith %}", &["3:1"]),
        ("{% set a, (b, c) = Values.port, [Values.admin, Values.ratio] %}\nk: {{ a }}", &["1:1"]),
        ("{% set p = Values.port if Values.up else Values.admin %}\nk: {{ p }}", &["1:1"]),
        ("{% set p = Values.none | default(Values.admin) %}\nk: {{ p }}", &["2:1"]),
        ("{% set p = Values.down or Values.port %}\nk: {{ p }}", &["1:1"]),
        (
            "k: {{ Values.one and Values.equal.a and Values.equal.b }}\nk: {{ Values.down or Values.equal.a or Values.equal.b }}",
            &["10:16", "10:9"],
        ),
        ("{% set p = Values.text | int %}\nk: {{ p }}", &["11:1"]),
        ("k: {{ other }}\nk: {{ h.shared }}", &["15:13", "15:13"]),
        ("{% set p = Values.port %}\nk: {% include '_i.j2' %}", &["1:1"]),
        ("{% set p = Values.port %}\nk: {{ tpl('{{ Values.admin }}') }}", &["2:1"]),
    ]);
}

#[test]
fn numbers_go_through_maps_and_lists_of_the_template() {
    check(&[
        (
            "{% set c = {'port': Values.port, 'b': 2} %}\nk: {{ c.port }}\nk: {{ c['port'] }}\nk: {{ c.b }}",
            &["1:1", "1:1", ""],
        ),
        (
            "{% set c = {'x': {'y': [Values.admin, Values.up]}} %}\nk: {{ c.x.y[0] }}\nk: {{ c.x.y[-1] }}",
            &["2:1", "3:1"],
        ),
        ("{% set c = {'k1': Values.port, 'k2': 8080} %}\n{{ c | to_yaml }}", &["1:1", ""]),
        (
            "{% set c = {'k1': Values.equal.a, 'k2': Values.equal.b, 'k3': 77} %}\n{{ c | to_yaml }}",
            &["10:9", "10:16", ""],
        ),
        (
            "{% for k, v in {'k1': Values.equal.a, 'k2': Values.equal.b, 'k3': 77}.items() %}\n{{ k }}: {{ v }}\n{% endfor %}",
            &["10:9", "10:16", ""],
        ),
        ("{% set c = dict(k1=Values.port, k2=8080) %}\n{{ c | to_yaml }}\nk: {{ c.k1 }}", &["1:1", "", "1:1"]),
        (
            "{% set c = {'k1': Values.port} | combine({'k2': Values.admin}, {'k3': 3}) %}\n{{ c | to_yaml }}\nk: {{ c.k2 }}",
            &["1:1", "2:1", "", "2:1"],
        ),
        (
            "{% set m = merge({'http': 9}, Values.map) %}\nk: {{ m.http }}\nk: {{ m.https }}\nk: {{ omit(m, 'http').https }}",
            &["", "9:17", "9:17"],
        ),
        ("{% set l = [8080] + [Values.port] %}\n{% for x in l %}\nk: {{ x }}\n{% endfor %}", &["", "1:1"]),
        (
            "{% set l = Values.servers | map(attribute='port') | list %}\nk: {{ l[1] }}\nk: {{ l | first }}",
            &["14:13", "13:13"],
        ),
        ("k: {{ {'a': Values.port}.a }}\nk: {{ [8080, Values.port] | last }}", &["1:1", "1:1"]),
    ]);
}

#[test]
fn numbers_go_through_namespaces() {
    check(&[
        ("{% set n = namespace(port=Values.port, b=1) %}\nk: {{ n.port }}\nk: {{ n.b }}", &["1:1", ""]),
        (
            "{% set n = namespace(p=0) %}{% for s in Values.servers %}{% set n.p = s.port %}{% endfor %}\nk: {{ n.p }}",
            &["14:13"],
        ),
        (
            "{% set n = namespace(l=[]) %}{% for s in Values.servers %}{% set n.l = n.l + [{'k': s.port}] %}{% endfor %}\n{{ n.l[0] | to_yaml }}\nk: {{ n.l[1].k }}",
            &["13:13", "14:13"],
        ),
        ("{% set n = namespace(port=Values.port) %}{% set m = n %}{{ change(m) }}\nk: {{ n.port }}", &[""]),
    ]);
}

#[test]
fn numbers_go_through_loops() {
    check(&[
        ("{% for x in Values.twins %}\nk: {{ x }}\n{% endfor %}", &["8:9", "8:13"]),
        ("{% for k, v in Values.equal | items %}\nk: {{ v }}\n{% endfor %}", &["10:9", "10:16"]),
        ("{% for k, v in Values.map | dictsort(reverse=true) %}\nk: {{ v }}\n{% endfor %}", &["9:17", "9:7"]),
        ("{% for x in Values.list if x > 1001 %}\nk: {{ x }}\n{% endfor %}", &["7:14"]),
        ("{% for x in Values.list | reverse %}\nk: {{ x }}\n{% endfor %}", &["7:14", "7:8"]),
        (
            "{% for s in [{'p': Values.one, 'in': [{'p': Values.port}]}] recursive %}\nk: {{ s.p }}\n{{ loop(s.in or []) }}{% endfor %}",
            &["6:1", "1:1"],
        ),
        (
            "{% set l = {'a': Values.list} %}\n{% for x in l.a %}\nk{{ loop.index }}: {{ x }}\n{% endfor %}",
            &["7:8", "7:14"],
        ),
    ]);
}

#[test]
fn numbers_go_through_macros() {
    check(&[
        ("{% set p = Values.port %}\nk: {{ show(p) }}", &["1:1 2:1"]),
        ("k: {{ show(q=Values.port, p=Values.one) }}", &["6:1 1:1"]),
        ("k: {{ h.outer({'port': Values.one}) }}", &["6:1"]),
        ("k: {% call(u) wrap() %}{{ u }}{% endcall %}", &["1:1"]),
    ]);
}

/// The rule: a number is told where it is the one value that was read for what it is printed for.
#[test]
fn nothing_is_told_of_a_number_that_may_be_another() {
    check(&[
        // Computed, or asked for.
        ("{% set x = Values.port %}\nk: {{ x + 0 }}\n{% set y = x + 0 %}\nk: {{ y }}\nk: {{ y * 1 }}", &["", "", ""]),
        ("k: {{ 1 if Values.one else 2 }}\nk: {{ true if Values.up }}\nk: {{ 1 if Values.one == 1 }}", &["", "", ""]),
        (
            "k: {{ Values.one == 1 }}\nk: {{ not Values.down }}\nk: {{ Values.up and true }}\nk: {{ Values.down or false }}",
            &["", "", "", ""],
        ),
        ("k: {{ Values.list | length }}\nk: {{ range(Values.one, 3) | first }}\nk: {{ -Values.one }}", &["", "", ""]),
        ("{% for i in range(Values.one, 3) %}\nk: {{ i }}\n{% endfor %}", &["", ""]),
        // Written by the template.
        ("k: {{ Values.none | default(8080) }}\nk: {{ Values.port if Values.down else 8080 }}", &["", ""]),
        ("{% if Values.port %}\nk: {{ 8080 }}\n{% endif %}\n{% set c %}8080{% endset %}\nk: {{ c }}", &["", ""]),
        ("k: {{ show(Values.port if Values.down else 8080, q=8080) }}\nk: {{ of_default() }}", &["", ""]),
        ("{% set a, b = 8080, Values.port %}\nk: {{ a }}\nk: {{ b }}", &["", "1:1"]),
        ("k: {{ [8080, Values.port] | first }}\nk: {{ {'a': Values.port, 'b': 8080}.b }}", &["", ""]),
        ("{% for x in [Values.port, 8080] %}\nk: {{ x }}\n{% endfor %}", &["1:1", ""]),
        (
            "k: {{ [Values.equal.a, Values.equal.b] | sort | first }}\nk: {{ Release.Revision or Values.one }}",
            &["", ""],
        ),
        // Names that are used again, and that are others within.
        ("{% set x = Values.port %}{% set x = 8080 %}\nk: {{ x }}", &[""]),
        (
            "{% set x = Values.port %}{% for i in [1] %}{% set x = 8080 %}\nk: {{ x }}\n{% endfor %}\nk: {{ x }}",
            &["", "1:1"],
        ),
        ("{% set x = Values.port %}{% with x = 8080 %}\nk: {{ x }}\n{% endwith %}\nk: {{ x }}", &["", "1:1"]),
        (
            "{% set x = Values.port %}{% macro m(x) %}{{ x }}{% endmacro %}{% macro n() %}{{ x }}{% endmacro %}\nk: {{ m(8080) }}\nk: {{ n() }}",
            &["", "1:1"],
        ),
        ("{% set n = namespace(v=Values.port) %}{% set n.v = 8080 %}\nk: {{ n.v }}", &[""]),
    ]);
}

#[test]
fn a_finding_names_the_line_of_a_number_that_went_through_a_map() {
    let service = "{% set c = {'port': Values.port} %}\n{% macro service(c) %}\napiVersion: v1\nkind: Service\n\
        metadata: {name: web}\nspec:\n  ports:\n  - port: {{ c.port }}\n{% endmacro %}\n{{ service(c) }}";
    let folder = Folder::new(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", "port: 80\n"),
        ("shop/templates/service.yaml.j2", service),
        ("mine.yaml", "# Mine.\nport: 80800\n"),
    ]);
    let refused = folder.render(&["shop", "shop", "--validate", "-f", "mine.yaml"]);
    assert_eq!(refused.code, 4);
    assert!(refused.stderr.contains("value from mine.yaml:2:1"), "{}", refused.stderr);
}
