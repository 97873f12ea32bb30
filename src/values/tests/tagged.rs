//! What tags do to layers and defaults, case by case and against a naive merge of whole trees.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::live::Random;
use super::*;

/// What layers over the defaults of a chart `t` and of its subchart `s` come to, and the warnings: the same where what
/// they override is forgotten.
fn merge(defaults: &str, subchart: &str, texts: &[&str]) -> (Value, Vec<String>) {
    let merged = merge_into(Layers::new(), defaults, subchart, texts);
    assert_eq!(merged, merge_into(Layers::forgetful(), defaults, subchart, texts), "{texts:?}");
    merged
}

fn merge_into(mut layers: Layers, defaults: &str, subchart: &str, texts: &[&str]) -> (Value, Vec<String>) {
    let sources = Sources::default();
    for text in texts {
        let source = sources.add("layer", SourceKind::Data, text.as_bytes()).unwrap();
        layers.file(&source).unwrap_or_else(|err| panic!("{text}\n{:?}", err.diagnostic()));
    }
    let [defaults, subchart] = [defaults, subchart].map(|text| {
        let source = sources.add("values.yaml", SourceKind::Data, text.as_bytes()).unwrap();
        layers.apart(&source).unwrap_or_else(|err| panic!("{text}\n{:?}", err.diagnostic()))
    });
    let (user, mut provenance) = layers.finish();
    let mut odd = Warnings::default();
    let mut read = |file: &File| Ok::<_, ()>(if file.shown() == "values.yaml" { &defaults } else { &subchart }.clone());
    let tree = process_dependencies(&chart(), &user, &mut read, &mut provenance, &mut odd).unwrap();
    let coalesced = coalesce(&tree, &user, &mut provenance, &mut odd).unwrap();
    let misfits = provenance.misfits().iter().map(|m| misfit(m).title);
    // Few of the cases have something to import.
    let odd = odd.into_vec().into_iter().map(|w| w.kind).filter(|k| !matches!(k, WarningKind::NothingToImport { .. }));
    let warnings = odd.map(|kind| kind.to_string()).chain(misfits).collect();
    (coalesced.values, warnings)
}

/// A chart `t` that declares a subchart `s`, which makes Helm merge defaults before it merges all.
fn chart() -> Arc<Chart> {
    static CHART: std::sync::OnceLock<Arc<Chart>> = std::sync::OnceLock::new();
    let load = || {
        let folder = tempfile::tempdir().unwrap();
        write_chart(folder.path(), "t", "a: 1");
        write_chart(&folder.path().join("charts/s"), "s", "a: 1");
        let chart_yaml = folder.path().join("Chart.yaml");
        let text = fs::read_to_string(&chart_yaml).unwrap();
        let imports = "import-values: [{child: exports, parent: got}]";
        fs::write(chart_yaml, format!("{text}dependencies: [{{name: s, version: 1.0.0, {imports}}}]\n")).unwrap();
        Arc::new(load_folder(folder.path(), ".", &Sources::default()).unwrap())
    };
    CHART.get_or_init(load).clone()
}

#[test]
fn tags_over_layers_and_defaults() {
    let cases: [(&str, &[&str], &str); 27] = [
        ("l: [1]", &["l: !append [2]"], "{l: [1, 2]}"),
        ("l: [1]", &["l: !prepend [2]"], "{l: [2, 1]}"),
        ("l: [1]", &["l: !append [2]", "l: !prepend [3]"], "{l: [3, 1, 2]}"),
        ("l: [1]", &["l: [2]", "l: !append [3]"], "{l: [2, 3]}"),
        ("l: [1]", &["l: !append [2]", "l: [3]"], "{l: [3]}"),
        ("{}", &["l: !append [2]"], "{l: [2]}"),
        ("l: null", &["l: !append [2]"], "{l: [2]}"),
        ("l: [1]", &["l: null", "l: !append [2]"], "{l: [2]}"),
        ("l: [1]", &["l: !append [2]\n---\nl: !append [3]"], "{l: [1, 2, 3]}"),
        ("l: !append [1]", &["l: !append [2]"], "{l: [1, 2]}"),
        ("m: {l: [1]}", &["m: {l: !append [2]}"], "{m: {l: [1, 2]}}"),
        // Items by a key: merged where they meet, appended elsewhere, and again below.
        (
            "c: [{name: a, x: 1, l: [1]}, {name: b}]",
            &["c: !merge:name [{name: a, z: 2, l: !append [2]}, {name: d}]"],
            "{c: [{name: a, x: 1, l: [1, 2], z: 2}, {name: b}, {name: d}]}",
        ),
        ("c: [{id: 1, x: 1}]", &["c: !merge:id [{id: 1.0, x: 2}]"], "{c: [{id: 1, x: 2}]}"),
        ("c: [{id: 1, x: 1}]", &["c: !merge:id [{id: '1', x: 2}]"], "{c: [{id: 1, x: 1}, {id: \"1\", x: 2}]}"),
        ("c: [{id: 1, x: 1}]", &["c: !merge:id [!replace {id: 1, z: 2}]"], "{c: [{id: 1, z: 2}]}"),
        ("c: [{id: 1, x: 1}]", &["c: !merge:id [{id: 1, x: !delete {}}]"], "{c: [{id: 1}]}"),
        ("c: [7, {x: 1}]", &["c: !merge:id [{id: 1}]"], "{c: [7, {x: 1}, {id: 1}]}"),
        ("c: [{id: 1}]", &["c: !append [{id: 2}]", "c: !merge:id [{id: 1, x: 1}]"], "{c: [{id: 1, x: 1}, {id: 2}]}"),
        // Maps that are not merged, also where a later layer goes on with them.
        ("m: {x: 1}", &["m: !replace {z: 2}"], "{m: {z: 2}}"),
        ("m: {x: 1}", &["m: {v: 0}", "m: !replace {z: 2}", "m: {w: 3}"], "{m: {z: 2, w: 3}}"),
        ("m: {x: 1}", &["m: !delete {}"], "{}"),
        ("m: {x: 1}", &["m: !delete {}", "m: {z: 2}"], "{m: {z: 2}}"),
        ("m: {x: 1}", &["m: !delete {}", "m: null", "m: {z: 2}"], "{m: {z: 2}}"),
        ("l: [1]", &["l: !delete {}", "l: !append [2]"], "{l: [2]}"),
        ("{}", &["m: !delete {}"], "{}"),
        ("s0: {x: {y1: 1}}", &["s0: {x: {y1: !delete {}, z: 1}}"], "{s0: {x: {z: 1}}}"),
        ("m: {x: 1}", &["m: {x: !delete {}}"], "{m: {}}"),
    ];
    for (defaults, layers, want) in cases {
        let (mut values, warnings) = merge(defaults, "{}", layers);
        // The subchart's own values come along.
        values.as_map_mut().unwrap().remove("s");
        assert_eq!((&values, warnings), (&read_yaml(want), vec![]), "{defaults} {layers:?}");
    }
}

#[track_caller]
fn check(values: &Value, want: &str) {
    assert_eq!(values, &read_yaml(want));
}

#[test]
fn tags_over_what_subcharts_say() {
    let subchart = "l: [1]\nm: {x: 1}";
    let cases: [(&str, &str, &str); 10] = [
        ("{}", "s: {l: !append [2]}", "{s: {l: [1, 2], m: {x: 1}, global: {}}}"),
        ("s: {l: !append [2]}", "{}", "{s: {l: [1, 2], m: {x: 1}, global: {}}}"),
        ("s: {l: !append [2]}", "s: {l: !prepend [3]}", "{s: {l: [3, 1, 2], m: {x: 1}, global: {}}}"),
        ("s: {l: [2]}", "s: {l: !append [3]}", "{s: {l: [2, 3], m: {x: 1}, global: {}}}"),
        ("s: {m: {z: 1}}", "s: {m: !replace {v: 1}}", "{s: {l: [1], m: {v: 1}, global: {}}}"),
        ("s: {m: !replace {z: 1}}", "s: {m: {v: 1}}", "{s: {l: [1], m: {z: 1, v: 1}, global: {}}}"),
        ("s: {m: !delete {}}", "s: {l: !delete {}}", "{s: {global: {}}}"),
        ("s: {m: !delete {}}", "s: {m: {v: 1}}", "{s: {l: [1], m: {v: 1}, global: {}}}"),
        // A chart's own defaults are always there.
        ("s: {z: 1}", "s: !delete {}", "{s: {l: [1], m: {x: 1}, global: {}}}"),
        ("s: {z: 1}", "s: !replace {v: 1}", "{s: {l: [1], m: {x: 1}, v: 1, global: {}}}"),
    ];
    for (parent, layer, want) in cases {
        assert_eq!(merge(parent, subchart, &[layer]).0, read_yaml(want), "{parent} {layer}");
    }
}

#[test]
fn tags_over_imported_and_global_values() {
    let of = |defaults, subchart, layer| merge(defaults, subchart, &[layer]).0;
    let imported = of("got: {l: !append [2]}", "exports: {l: [1]}", "got: {l: !append [3]}");
    check(&imported, "{got: {l: [1, 2, 3]}, s: {exports: {l: [1]}, global: {}}}");
    let layer = "global: {l: !append [2], m: !replace {v: 3}}";
    let global = of("global: {m: {x: 1}}", "global: {l: [1], m: {z: 2}}", layer);
    check(&global, "{global: {m: {v: 3}, l: [2]}, s: {global: {l: [1, 2], m: {v: 3}}}}");
    let global = of("global: {m: {x: 1}}", "global: {m: {z: 2}}", "global: {m: !delete {}}");
    check(&global, "{global: {}, s: {global: {}}}");
}

#[test]
fn a_key_that_stands_twice_undoes_its_tag() {
    let cases: [(&[&str], &str); 8] = [
        (&["l: !append [2]\nl: !append [3]"], "{l: [1, 3], m: {x: 1}}"),
        (&["l: [0]", "l: !append [2]\nl: !append [3]"], "{l: [0, 3], m: {x: 1}}"),
        (&["m: {v: 0}", "m: !replace {}\nm: {z: 1}"], "{l: [1], m: {x: 1, v: 0, z: 1}}"),
        (&["m: {v: 0}", "m: !delete {}\nm: {z: 1}"], "{l: [1], m: {x: 1, v: 0, z: 1}}"),
        (&["m: {z: 1}\nm: !delete {}"], "{l: [1]}"),
        // `<<` brings tags along, and so do aliases.
        (&["d: &d {l: !append [2]}\n<<: *d"], "{l: [1, 2], m: {x: 1}, d: {l: [2]}}"),
        (&["d: &d {l: !append [2]}\nl: !append [3]\n<<: *d"], "{l: [1, 2], m: {x: 1}, d: {l: [2]}}"),
        (&["l: &l !append [2]\nk: *l"], "{l: [1, 2], m: {x: 1}, k: [2]}"),
    ];
    for (layers, want) in cases {
        let mut values = merge("l: [1]\nm: {x: 1}", "{}", layers).0;
        values.as_map_mut().unwrap().remove("s");
        assert_eq!(values, read_yaml(want), "{layers:?}");
    }
}

#[test]
fn a_tag_that_finds_no_list_warns() {
    let (values, warnings) = merge("l: 1", "{}", &["l: !append [2]"]);
    check(&values, "{l: [2], s: {global: {}}}");
    assert_eq!(warnings, ["`!append` finds no list beneath: it replaces a value of type integer"]);
    let (_, warnings) = merge("{}", "{}", &["l: {x: 1}", "l: !merge:id [{id: 1}]"]);
    assert_eq!(warnings, ["`!merge:id` finds no list beneath: it replaces a value of type map"]);
}

#[test]
fn lists_that_grow_without_end_are_refused() {
    let text = "l: !append [1, 2, 3, 4]\n---\n".repeat(40_000);
    let source = Sources::default().add("f", SourceKind::Data, text.as_bytes()).unwrap();
    let err = Layers::new().file(&source).unwrap_err().diagnostic();
    assert_eq!(err.title, "`!append` adds to lists that are too long, too often");
}

/// An index of `--set` means the list of the layers, and makes a list of its own of it, as in Helm.
#[test]
fn set_by_index_settles_a_list() {
    let sources = Sources::default();
    let mut layers = Layers::new();
    layers.file(&sources.add("f", SourceKind::Data, *b"l: !append [1, 2]").unwrap()).unwrap();
    let argument = sources.add("--set", SourceKind::Argument, *b"l[0]=7").unwrap();
    layers.set(SetFlag::Set, &argument, &mut |_| Err(String::new())).unwrap();
    let (mut user, mut provenance) = layers.finish();
    let list = user.as_map_mut().unwrap().get_mut("l").unwrap();
    let laid = edit::lay(std::mem::take(list), Value::list([Value::int(0)]), &mut provenance);
    assert_eq!(laid, Value::list([Value::int(7), Value::int(2)]));
}

#[test]
fn tags_in_the_wrong_place_are_refused() {
    let cases = [
        ("l: !append {a: 1}", 3),
        ("l: !append x", 3),
        ("l: !append\n", 3),
        ("m: !replace [1]", 3),
        ("m: !delete", 3),
        ("m: !delete {a: 1}", 3),
        ("l: !merge [{a: 1}]", 3),
        ("l: !merge: [{a: 1}]", 3),
        ("l: !merge:a [{a: 1}, {b: 1}]", 21),
        ("l: !merge:a [{a: {}}]", 13),
        ("l: !merge:a [1]", 13),
        ("l: !merge:a [{a: 1}, {a: 2}, {a: 1.0}]", 29),
        ("l: [!append [1]]", 4),
        ("l:\n  - !delete {}", 7),
        ("!replace {a: 1}", 0),
        ("a: 1\n---\n!replace {b: 1}", 9),
        ("a: {b: &x !delete {c: 1}}", 10),
    ];
    for (text, at) in cases {
        let source = Sources::default().add("f", SourceKind::Data, text.as_bytes()).unwrap();
        let err = Layers::new().file(&source).expect_err(text).diagnostic();
        assert_eq!(source.offset(err.labels[0].span.start), at, "{text}: {}", err.title);
        assert!(!err.title.starts_with("not valid YAML"), "{text}: {}", err.title);
    }
}

/// A tree of a layer. Keys tell kinds (`m` maps, `l` lists, `k` lists of maps with a name, others numbers), so that
/// what Helm does where kinds differ does not come in.
enum Node {
    Number(usize),
    List(&'static str, Vec<Node>),
    Map(&'static str, Vec<(&'static str, Node)>),
}

const KEYS: [&str; 7] = ["m1", "m2", "l1", "l2", "k1", "k2", "x"];

fn random_map(random: &mut Random, depth: usize) -> Vec<(&'static str, Node)> {
    let wanted = |key: &&&str| random.chance(55) && !(depth == 0 && key.starts_with(['m', 'k']));
    let keys: Vec<_> = KEYS.iter().filter(wanted).copied().collect();
    keys.into_iter().map(|key| (key, random_node(random, key, depth))).collect()
}

fn random_node(random: &mut Random, key: &str, depth: usize) -> Node {
    if random.chance(10) {
        return Node::Map("!delete ", vec![]);
    }
    match key.as_bytes()[0] {
        b'm' => {
            let tag = *random.pick(&["", "", "", "!replace "]);
            Node::Map(tag, random_map(random, depth - 1))
        }
        b'l' => {
            let tag = *random.pick(&["", "!append ", "!prepend "]);
            let count = random.below(3);
            Node::List(tag, (0..count).map(|_| Node::Number(random.below(9))).collect())
        }
        b'k' => {
            let tag = *random.pick(&["", "!append ", "!merge:name ", "!merge:name "]);
            let names: Vec<usize> = (0..3).filter(|_| random.chance(60)).collect();
            Node::List(tag, names.into_iter().map(|name| random_item(random, name, depth - 1)).collect())
        }
        _ => Node::Number(random.below(9)),
    }
}

fn random_item(random: &mut Random, name: usize, depth: usize) -> Node {
    let mut entries = random_map(random, depth);
    entries.push(("name", Node::Number(name)));
    let tag = *random.pick(&["", "", "!replace "]);
    Node::Map(tag, entries)
}

/// A map as text; now and then with a key that stands twice, of which the first is to count for nothing.
fn print_map(entries: &[(&'static str, Node)], random: &mut Random, out: &mut String) {
    out.push('{');
    for (key, node) in entries {
        if *key != "name" && random.chance(15) {
            let _ = write!(out, "{key}: ");
            print(&random_node(random, key, 1), random, out);
            out.push_str(", ");
        }
        let _ = write!(out, "{key}: ");
        print(node, random, out);
        out.push_str(", ");
    }
    out.push('}');
}

fn print(node: &Node, random: &mut Random, out: &mut String) {
    match node {
        Node::Number(n) => drop(write!(out, "{n}")),
        Node::Map(tag, entries) => {
            out.push_str(tag);
            print_map(entries, random, out);
        }
        Node::List(tag, items) => {
            out.push_str(tag);
            out.push('[');
            for item in items {
                print(item, random, out);
                out.push_str(", ");
            }
            out.push(']');
        }
    }
}

/// The naive merge: a whole tree laid over what all trees before it made.
fn lay_node(base: Option<Value>, node: &Node) -> Option<Value> {
    match node {
        Node::Number(n) => Some(Value::int(*n as i64)),
        Node::Map("!delete ", _) => None,
        Node::Map(tag, entries) => {
            let base = base.filter(|_| *tag != "!replace ").unwrap_or_else(|| Value::map::<&str>([]));
            Some(lay_entries(base, entries))
        }
        Node::List(tag, items) => {
            let below: Vec<Value> = base.iter().filter_map(Value::as_list).flat_map(|l| l.iter().cloned()).collect();
            let own = || items.iter().filter_map(|item| lay_node(None, item));
            Some(Value::list(match *tag {
                "!append " => below.into_iter().chain(own()).collect(),
                "!prepend " => own().chain(below).collect(),
                "!merge:name " => lay_items(below, items),
                _ => own().collect::<Vec<_>>(),
            }))
        }
    }
}

fn lay_entries(mut base: Value, entries: &[(&'static str, Node)]) -> Value {
    let map = base.as_map_mut().unwrap();
    for (key, node) in entries {
        match lay_node(map.get(key).cloned(), node) {
            Some(value) => drop(map.insert((*key).into(), value)),
            None => drop(map.remove(key)),
        }
    }
    base
}

fn lay_items(mut below: Vec<Value>, items: &[Node]) -> Vec<Value> {
    for item in items {
        let fresh = lay_node(None, item).unwrap();
        match below.iter_mut().find(|other| other.get("name") == fresh.get("name")) {
            Some(other) => *other = lay_node(Some(std::mem::take(other)), item).unwrap(),
            None => below.push(fresh),
        }
    }
    below
}

proptest! {
    #[test]
    fn the_streaming_merge_is_the_naive_one(seed in any::<u64>()) {
        let mut random = Random(seed);
        let trees: Vec<_> = (0..=random.below(4)).map(|_| random_map(&mut random, 3)).collect();
        let texts: Vec<String> = trees.iter().map(|tree| {
            let mut text = String::new();
            print_map(tree, &mut random, &mut text);
            text
        }).collect();
        let naive = trees.iter().fold(Value::map::<&str>([]), |base, tree| lay_entries(base, tree));
        let layers: Vec<&str> = texts[1..].iter().map(String::as_str).collect();
        let mut streamed = merge(&texts[0], "{}", &layers).0;
        streamed.as_map_mut().unwrap().remove("s");
        prop_assert_eq!(&streamed, &naive, "{:#?}", texts);
        // The same where all of it is a subchart's, its own defaults at the bottom and the parent's over them.
        let below: Vec<String> = texts[1..].iter().map(|text| format!("{{s: {text}}}")).collect();
        let parent = below.first().map_or("{}", String::as_str);
        let layers: Vec<&str> = below.iter().skip(1).map(String::as_str).collect();
        let mut streamed = merge(parent, &texts[0], &layers).0.get("s").cloned().unwrap();
        streamed.as_map_mut().unwrap().remove("global");
        prop_assert_eq!(&streamed, &naive, "{:#?}", texts);
    }
}
