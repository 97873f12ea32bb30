//! What the documents of helm-diff and dyff say that those show, `render diff` shows too: a pair of sides for each.

use crate::common::Folder;

/// A kind of change, the flags, both sides, and what is told of it; where nothing is, the sides are the same.
struct Pair {
    what: &'static str,
    flags: &'static [&'static str],
    old: String,
    new: String,
    told: &'static [&'static str],
}

fn pair(what: &'static str, old: impl Into<String>, new: impl Into<String>, told: &'static [&'static str]) -> Pair {
    Pair { what, flags: &[], old: old.into(), new: new.into(), told }
}

fn with(flags: &'static [&'static str], pair: Pair) -> Pair {
    Pair { flags, ..pair }
}

fn config(data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {data}\n")
}

fn secret(password: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{password: {password}}}\n")
}

/// Of any YAML, as dyff compares it.
fn of_values() -> Vec<Pair> {
    vec![
        pair("another text", "a: x", "a: q", &["~ a: x → q"]),
        pair("another number", "a: 1", "a: 2", &["~ a: 1 → 2"]),
        pair("another boolean", "a: true", "a: false", &["~ a: true → false"]),
        pair("a boolean written otherwise", "a: True", "a: true", &[]),
        pair("a value added", "a: {b: 1}", "a: {b: 1, c: 2}", &["+ a.c: 2"]),
        pair("a value removed", "a: {b: 1, c: 2}", "a: {b: 1}", &["- a.c: 2"]),
        pair("another type", "a: \"12\"", "a: 12", &["~ a: \"12\" → 12"]),
        pair("a map that becomes a list", "a: {b: 1}", "a: [1]", &["- a:", "-   b: 1", "+ a:", "+   - 1"]),
        pair("null for a value", "a: 1", "a: null", &["~ a: 1 → null"]),
        pair("the order of keys", "a: 1\nb: 2", "b: 2\na: 1", &[]),
        pair("quotes and comments", "a: 'x' # why", "a: \"x\"", &[]),
        pair("anchors", "a: &x {b: 1}\nc: *x", "a: {b: 1}\nc: {b: 1}", &[]),
        pair("an entry of a list", "a: [x, q]", "a: [x, r, q]", &["+ a[1]: r"]),
        pair("one of two like entries", "a: [x, x]", "a: [x]", &["- a[1]: x"]),
        pair("the order of a list", "a: [x, q]", "a: [q, x]", &["~ a: order x, q → q, x"]),
        with(&["--ignore", "@order"], pair("the order, left out", "a: [x, q]", "a: [q, x]", &[])),
        pair(
            "entries by name",
            "a: [{name: x, v: 1}, {name: q}]",
            "a: [{name: q}, {name: x, v: 2}]",
            &["a[x].v: 1 → 2"],
        ),
        pair("entries by key", "a: [{key: x, v: 1}]", "a: [{key: q}, {key: x, v: 2}]", &["+ a[q]:", "a[x].v: 1 → 2"]),
        pair("entries by id", "a: [{id: 1, v: 1}]", "a: [{id: 1, v: 2}]", &["~ a[1].v: 1 → 2"]),
        pair("spaces", "a: x", "a: \"x \"", &["~ a: x → \"x \""]),
        with(&["--ignore", "@spaces"], pair("spaces, left out", "a: x", "a: \" x\\n\"", &[])),
        pair(
            "lines of a text",
            "a: |\n  x\n  q\n  r\n",
            "a: |\n  x\n  Q\n  r\n",
            &["    x\n", "-   q", "+   Q", "    r\n"],
        ),
        with(
            &["-C", "0"],
            pair("no lines around", "a: |\n  x\n  q\n", "a: |\n  x\n  Q\n", &["@@ -2,1 +2,1 @@\n  -   q"]),
        ),
        pair(
            "JSON in a text",
            "a: '{\"b\":1,\"c\":2}'",
            "a: '{\"b\":1,\"c\":3}'",
            &["-     \"c\": 2", "+     \"c\": 3"],
        ),
        pair("JSON laid out", "a: '{\"b\":1}'", "a: |\n  {\n    \"b\": 1\n  }\n", &["~ a: JSON in another layout"]),
        with(&["--ignore", "a.*"], pair("fields left out", "a: {b: 1}\nc: 1", "a: {b: 2}\nc: 2", &["1 change\n"])),
        with(&["--reverse"], pair("both sides exchanged", "a: x", "a: q", &["~ a: q → x"])),
    ]
}

/// Of manifests, as both compare them.
fn of_manifests() -> Vec<Pair> {
    let service = |name: &str, port: u16| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{port: {port}}}], selector: {{app: a}}}}\n"
        )
    };
    let both = format!("{}---\n{}", config("{a: x}"), service("web", 80));
    let turned = format!("{}---\n{}", service("web", 80), config("{a: x}"));
    let listed =
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: x}}]\n";
    let long = |c: &str| config(&format!("{{a: {}}}", c.repeat(400)));
    vec![
        pair(
            "a resource added",
            config("{a: x}"),
            both.clone(),
            &["+ Service web  v1\n", "  +   - port: 80", "1 added"],
        ),
        pair("a resource removed", both.clone(), config("{a: x}"), &["- Service web  v1\n", "1 removed"]),
        pair("a resource renamed", service("web", 80), service("shop", 80), &["> Service web → shop", "1 renamed"]),
        pair("the order of documents", both, turned, &[]),
        pair("a list of manifests", config("{a: x}"), listed, &[]),
        pair("empty documents", format!("---\n---\n{}---\n", config("{a: x}")), config("{a: x}"), &[]),
        pair(
            "another version of the API",
            "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
            &["policy/v1beta1 → policy/v1"],
        ),
        with(&["--ignore", "Service:"], pair("a kind left out", service("web", 80), service("web", 81), &[])),
        pair("that a secret changed", secret("aHVudGVyMg=="), secret("aHVudGVyMw=="), &["~ data.password: <secret "]),
        with(
            &["--show-secrets"],
            pair(
                "secrets, decoded",
                secret("aHVudGVyMg=="),
                secret("aHVudGVyMw=="),
                &["~ data.password: hunter2 → hunter3"],
            ),
        ),
        pair(
            "a certificate or its like",
            long("Abcd"),
            long("Efgh"),
            &["~ data.a: AbcdAbcdAbcd…AbcdAbcdAbcd (1600 characters) → Efgh"],
        ),
        pair(
            "carriage returns",
            config("{a: \"x\\r\\ny\\r\\n\"}"),
            config("{a: \"x\\ny\\n\"}"),
            &["-   x␍", "+   x\n"],
        ),
        with(
            &["--ignore", "@spaces"],
            pair("carriage returns, left out", config("{a: \"x\\r\\ny\\r\\n\"}"), config("{a: \"x\\ny\\n\"}"), &[]),
        ),
        pair("another spelling of the same", config("{\"a\": 'x'}"), config("\n  a: x"), &[]),
        with(
            &["-o", "brief"],
            pair("a line a resource", service("web", 80), service("web", 81), &["~ Service web  2 changes\n"]),
        ),
        with(&["-o", "unified"], pair("a patch", config("{a: x}"), config("{a: q}"), &["-  a: x\n+  a: q\n"])),
        with(&["-o", "json"], pair("for programs", config("{a: x}"), config("{a: q}"), &["\"path\": \"data.a\""])),
        with(
            &["-o", "markdown"],
            pair("for GitHub", config("{a: x}"), config("{a: q}"), &["```diff\n! data.a: x → q"]),
        ),
    ]
}

#[test]
fn what_others_show_is_shown() {
    let folder = Folder::new(&[]);
    for Pair { what, flags, old, new, told } in of_values().into_iter().chain(of_manifests()) {
        folder.write("old.yaml", &old);
        folder.write("new.yaml", &new);
        let ran = folder.render(&[&["diff", "old.yaml", "new.yaml"], flags].concat());
        assert_eq!(ran.code, if told.is_empty() { 0 } else { 5 }, "{what}: {}{}", ran.stdout, ran.stderr);
        for text in told {
            assert!(ran.stdout.contains(text), "{what}: {text:?} is not told:\n{}", ran.stdout);
        }
    }
}
