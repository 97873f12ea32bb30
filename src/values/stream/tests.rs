//! Small cases, and random ones against [`Layers`].

mod random;

use std::io::Cursor;

use super::patch::swept;
use super::*;
use crate::diag::{SourceKind, Sources};
use crate::value::Value;
use crate::values::Layers;
use crate::values::layers::tests::REFUSED;
use crate::yaml::to_flow;

/// Merges as the command does.
fn merge(base: &str, overlays: &[&str], options: StreamOptions) -> Result<String, StreamError> {
    let sources = Sources::default();
    let mut patch = Overlays::default();
    for overlay in overlays {
        patch.file(&sources.add("overlay", SourceKind::Data, overlay.as_bytes()).unwrap()).unwrap();
    }
    let mut input = Cursor::new(base);
    let checked = patch.check(&mut input, options)?;
    let mut out = Vec::new();
    checked.write(&mut Cursor::new(base), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// The tree that the merger makes of layers.
fn layered(files: &[&str]) -> Option<Value> {
    let sources = Sources::default();
    let mut layers = Layers::new();
    for text in files {
        layers.file(&sources.add("f", SourceKind::Data, text.as_bytes()).unwrap()).ok()?;
    }
    let (value, provenance) = layers.finish();
    Some(swept(value, &provenance))
}

fn shown(value: Option<Value>) -> String {
    let mut text = String::new();
    value.iter().for_each(|value| to_flow(value, &mut text));
    text
}

/// Merges by windows of several sizes; the output must be the same, and mean what the layers mean.
#[track_caller]
fn merged(base: &str, overlays: &[&str]) -> String {
    let text = merge(base, overlays, StreamOptions::default()).unwrap();
    let files: Vec<&str> = std::iter::once(base).chain(overlays.iter().copied()).collect();
    let (got, want) = (layered(&[&text]), layered(&files));
    assert!(got.is_some() && got == want, "{base:?} {overlays:?}\n{text}\n{}\n{}", shown(got), shown(want));
    for window in [24, 40, 100] {
        let by_window = merge(base, overlays, StreamOptions { window, ..StreamOptions::default() }).unwrap();
        assert_eq!(by_window, text, "by {window} bytes: {base:?} {overlays:?}");
    }
    let stripped = merge(base, overlays, StreamOptions { strip_comments: true, ..StreamOptions::default() }).unwrap();
    assert_eq!(layered(&[&stripped]), want, "stripped: {base:?} {overlays:?}\n{stripped}");
    text
}

#[test]
fn what_no_overlay_touches_stays() {
    let base = "# head\r\na:   1 # one\r\n\r\nb: { x: 1,\r\n  y: [1,2] } # two\r\nc: |+\r\n  t\r\n\r\n# end";
    assert_eq!(merged(base, &[]), base);
    assert_eq!(merged(base, &["{}", "a: 1", "b: {x: 1}"]), base);
}

#[test]
fn values_are_replaced_where_they_stand() {
    for (base, overlay, want) in [
        ("a: 1\nb: 2\n", "a: 3", "a: 3\nb: 2\n"),
        ("a:   1   # one\nb: 2\n", "a: 3", "a:   3   # one\nb: 2\n"),
        ("a: 'x\n  y'  # one\nb: 2\n", "a: 3", "a: 3\nb: 2\n"),
        ("a: &x !!str 1 # one\nb: 2\n", "a: 3", "a: 3 # one\nb: 2\n"),
        ("a:\nb: 2\n", "a: 3", "a: 3\nb: 2\n"),
        ("a: # none\nb: 2\n", "a: 3", "a: 3 # none\nb: 2\n"),
        ("a: \"x\"# one\n", "a: v", "a: v # one\n"),
        ("a: 1", "a: 3", "a: 3"),
        ("a: |\n  x\n\n# about b\nb: 2\n", "a: 3", "a: 3\n\n# about b\nb: 2\n"),
        ("a: |\n  x", "a: 3", "a: 3"),
        ("a: # list\n  # first\n  - 1\n  - 2 # two\n\nb: 2\n", "a: 3", "a: 3 # list\n\nb: 2\n"),
        ("a:\n- 1\n- 2\nb: 2\n", "a: [3]", "a:\n- 3\nb: 2\n"),
        ("a:\n  - 1\n", "a: [3, {x: 1, z: [p]}]", "a:\n  - 3\n  - x: 1\n    z:\n      - p\n"),
        ("a: [1, 2] # two\nb: 2\n", "a: [3]", "a: # two\n  - 3\nb: 2\n"),
        ("a:\n  x: 1\n  y: 2\nb: 2\n", "a: null", "a: null\nb: 2\n"),
        ("a: 1 # one\nb: 2\n", "a: {x: 1}", "a: # one\n  x: 1\nb: 2\n"),
        ("a: 1\n", "a: \"p\\nq\\n\"", "a: |\n  p\n  q\n"),
        ("a: 1 # one\n", "a: \"p\\nq\"", "a: |- # one\n  p\n  q\n"),
        ("a: 1\n", "a: \"p\\n\\n\"", "a: \"p\\n\\n\"\n"),
        ("? a\n: 1\n", "a: 3", "? a\n: 3\n"),
        ("? a\nb: 2\n", "a: {x: 1}", "? a\n:\n  x: 1\nb: 2\n"),
        ("{a: 1, b: 2}\n", "a: 3", "{a: 3, b: 2}\n"),
        ("{a: [1,\n 2], b: {x: 1}} # c\n", "a: {z: [3]}\nb: 4", "{a: {z: [3]}, b: 4} # c\n"),
        ("{a, b: 2, c: }\n", "a: 3\nc: 4", "{a: 3, b: 2, c: 4 }\n"),
        ("{\"a\":1,\"b\":\"x\"}\n", "a: 3\nb: v", "{\"a\": 3,\"b\": v}\n"),
        ("on: 1\n0x10: 1\n'y': 1\n", "true: 2\n\"16\": 3\n\"y\": 4", "on: 2\n0x10: 3\n'y': 4\n"),
    ] {
        assert_eq!(merged(base, &[overlay]), want, "{base:?} {overlay:?}");
    }
}

#[test]
fn entries_are_added_at_the_end_of_their_map() {
    for (base, overlay, want) in [
        ("a: 1\n", "b: 2", "a: 1\nb: 2\n"),
        ("a: 1", "b: 2", "a: 1\nb: 2"),
        ("a: 1 # one\n\n# end\n", "b: 2", "a: 1 # one\nb: 2\n\n# end\n"),
        (
            "a:\n    x: 1\n\n# about b\nb: 2\n",
            "a: {z: {p: 1}}",
            "a:\n    x: 1\n    z:\n        p: 1\n\n# about b\nb: 2\n",
        ),
        ("a:\n  x:\n    p: 1\n", "a: {x: {q: 2}, z: 3}\nb: 4", "a:\n  x:\n    p: 1\n    q: 2\n  z: 3\nb: 4\n"),
        ("a:\r\n  x: 1\r\nb: 2\r\n", "a: {z: 3}", "a:\r\n  x: 1\r\n  z: 3\r\nb: 2\r\n"),
        ("a: |\n  x\n", "b: 2", "a: |\n  x\nb: 2\n"),
        ("a: |+\n  x\n\n", "b: 2", "a: |+\n  x\n\nb: 2\n"),
        ("a: |\n  x", "b: 2", "a: |\n  x\nb: 2"),
        ("m:\n  a: |\n    x\n\n\nb: 1\n", "m: {z: 2}", "m:\n  a: |\n    x\n  z: 2\n\n\nb: 1\n"),
        ("a:\n", "b: 2", "a:\nb: 2\n"),
        ("a: &x\n", "b: 2", "a: &x\nb: 2\n"),
        ("a:\n-\n", "b: 2", "a:\n-\nb: 2\n"),
        ("a: {}\n", "a: {x: 1}", "a:\n  x: 1\n"),
        ("a: {} # none\nb: 1\n", "a: {x: {z: 1}}", "a: # none\n  x:\n    z: 1\nb: 1\n"),
        ("a: { } # none\n", "a: {x: 1}", "a: # none\n  x: 1\n"),
        ("a: null # none\n", "a: {x: 1}", "a: # none\n  x: 1\n"),
        ("a: {x: 1}\n", "a: {z: [1]}", "a: {x: 1, z: [1]}\n"),
        ("a: {x: 1, } # c\n", "a: {z: 1}", "a: {x: 1, z: 1 } # c\n"),
        ("a: {x: {p: 1}}\n", "a: {x: {z: 2}}", "a: {x: {p: 1, z: 2}}\n"),
        ("a: {x: , c : } # c\n", "a: {z: 1}", "a: {x: , c : , z: 1 } # c\n"),
        ("a: {x: !!str }\n", "a: {z: 1}", "a: {x: !!str , z: 1 }\n"),
        ("a: {x: {}}\n", "a: {x: {z: 2}}", "a: {x: {z: 2}}\n"),
        ("{\n  a: 1, # one\n  b: 2 # two\n}\n", "c: 3\nd: 4", "{\n  a: 1, # one\n  b: 2, # two\n  c: 3,\n  d: 4\n}\n"),
        ("{\n  a: 1,\n}\n", "c: 3", "{\n  a: 1,\n  c: 3\n}\n"),
        ("  a: 1\n", "b: 2", "  a: 1\n  b: 2\n"),
        ("a: 1\n...\nb: [\n", "b: 2", "a: 1\nb: 2\n...\nb: [\n"),
        ("\u{FEFF}a: 1\n", "b: 2", "\u{FEFF}a: 1\nb: 2\n"),
        (
            "a: 1\n",
            "\"k: v\": 1\n\"no\": 2\n\"\": 3",
            "a: 1\n\"k: v\": 1\n\"no\": 2\n\"\": 3\n".replace("\"k: v\"", "'k: v'").as_str(),
        ),
    ] {
        assert_eq!(merged(base, &[overlay]), want, "{base:?} {overlay:?}");
    }
}

#[test]
fn a_base_without_a_map() {
    for (base, want) in [
        ("", "a: 1\n"),
        ("# nothing yet\n", "# nothing yet\na: 1\n"),
        ("# nothing yet", "# nothing yet\na: 1\n"),
        ("{}\n", "a: 1\n"),
        ("{} # c\n", "{a: 1} # c\n"),
        ("null\n", "a: 1\n"),
        ("# c\n~ # d\n", "# c\n{a: 1} # d\n"),
        ("---\n", "---\na: 1\n"),
        ("---\n...\n", "---\n...\n---\na: 1\n"),
        ("--- # c\n!!null null\n", "--- # c\na: 1\n"),
    ] {
        assert_eq!(merged(base, &["a: 1"]), want, "{base:?}");
    }
}

#[test]
fn documents_are_layers() {
    for (base, overlays, want) in [
        ("a: 1\n---\nb: 2\n", &["a: 3\nb: 4"][..], "a: 3\n---\nb: 4\n"),
        ("a: {x: 1}\n---\na: {z: 2}\n", &["a: {x: 3, p: 4}"], "a: {x: 3}\n---\na: {z: 2, p: 4}\n"),
        ("a: {x: 1}\n---\nb: 2\n", &["c: 3"], "a: {x: 1}\n---\nb: 2\nc: 3\n"),
        ("a: {x: 1}\n---\na: 5\n", &["a: {z: 3}"], "a:\n  z: 3\n---\na:\n  z: 3\n"),
        ("a: {x: 1}\n---\n# none\n", &["a: 1", "a: {z: 3}"], "a:\n  z: 3\n---\n# none\n"),
        ("a: 1\n--- # c\nb: 2\n--- # d\n", &["b: 3"], "a: 1\n--- # c\nb: 3\n--- # d\n"),
    ] {
        assert_eq!(merged(base, overlays), want, "{base:?} {overlays:?}");
    }
    // An alias brings a map that must not shine through.
    let base = "x: &x {b: {q: 1}}\na:\n  <<: *x\n---\na: {c: 1}\n";
    let text = merged(base, &["a: {b: 1}", "a: {b: {r: 1}}"]);
    assert!(text.ends_with("---\na:\n  b: null\n---\na:\n  b:\n    r: 1\n"), "{text}");
}

#[test]
fn the_last_of_several_equal_keys_counts() {
    assert_eq!(merged("a: {x: 1}\na:\n  z: 2\n", &["a: {p: 3}"]), "a: {x: 1}\na:\n  z: 2\n  p: 3\n");
    assert_eq!(merged("a: {x: 1}\na: 5\n", &["a: {p: 3}"]), "a:\n  p: 3\na:\n  p: 3\n");
    assert_eq!(merged("a: 1\na: 2\n", &["a: 3"]), "a: 3\na: 3\n");
    // What is undone stays, and what its anchors mean.
    let base = "a: {b: {p: &x 1}}\na: {c: *x}\n";
    assert_eq!(merged(base, &["a: {b: {q: 2}}"]), "a: {b: {p: &x 1}}\na: {c: *x, b: {q: 2}}\n");
}

#[test]
fn aliases_keep_their_meaning() {
    for (base, overlay, want) in [
        // What an anchor is on is replaced: its first alias becomes what it was.
        ("a: &x 1\nb: *x\nc: *x\n", "a: 2", "a: 2\nb: &x 1\nc: *x\n"),
        ("a: &x {p: 1}\nb: [*x, *x]\n", "a: {p: 2}", "a: &x {p: 2}\nb: [&x {p: 1}, *x]\n"),
        ("a:\n  k: &x {p: &y [1]}\nb: *y\nc: *x\n", "a: 2", "a: 2\nb: &y [1]\nc: &x {p: [1]}\n"),
        ("a: &x {p: 1}\nb:\n  <<: *x\n  q: 2\n", "a: 2", "a: 2\nb:\n  <<: &x {p: 1}\n  q: 2\n"),
        ("a: &x k\n*x : v\n", "a: 2", "a: 2\n&x k : v\n"),
        // What one of them means is known only once another is.
        (
            "v: &v {p: 1}\nu: &u {q: 1}\nw: &w {a: *u, b: *v}\nx: *v\ny: *w\n",
            "v: 3\nw: 2",
            "v: 3\nu: &u {q: 1}\nw: 2\nx: &v {p: 1}\ny: &w {a: {q: 1}, b: {p: 1}}\n",
        ),
        // An alias is given up with what it is in.
        ("a: &x 1\nb: *x\n", "b: 2", "a: &x 1\nb: 2\n"),
        // A map that an alias brings is written out where an overlay changes it.
        ("a: &x {p: 1, q: 2}\nb: *x\nc: *x\n", "b: {p: 3}", "a: &x {p: 1, q: 2}\nb:\n  p: 3\n  q: 2\nc: *x\n"),
        (
            "a: &x {p: {q: 1, r: 2}}\nb:\n  <<: *x\n  s: 1\n",
            "b: {p: {q: 3}}",
            "a: &x {p: {q: 1, r: 2}}\nb:\n  <<: *x\n  s: 1\n  p:\n    q: 3\n    r: 2\n",
        ),
        ("a: &x {p: 1}\nb:\n  p: 0\n  <<: *x\n", "b: {p: 3}", "a: &x {p: 1}\nb:\n  p: 3\n  <<: *x\n  p: 3\n"),
        ("a: &x {p: 1}\nb: {<<: *x}\n", "b: {q: 3}", "a: &x {p: 1}\nb: {<<: *x, q: 3}\n"),
        ("a: &x {p: 1}\nb:\n  <<: *x\n  p: 0\n", "b: {p: 3}", "a: &x {p: 1}\nb:\n  <<: *x\n  p: 3\n"),
        ("a: &x {p: 1}\nb:\n  <<: [{p: 2}, *x]\n", "b: {p: 3}", "a: &x {p: 1}\nb:\n  <<: [{p: 2}, *x]\n  p: 3\n"),
        ("x: &k b\na: &x {p: 1}\n*k : 1\n", "b: 2", "x: &k b\na: &x {p: 1}\n*k : 2\n"),
        ("- &x 1\n", "", "- &x 1\n"),
    ] {
        if overlay.is_empty() {
            assert!(merge(base, &[overlay], StreamOptions::default()).is_err());
        } else {
            assert_eq!(merged(base, &[overlay]), want, "{base:?} {overlay:?}");
        }
    }
}

#[test]
fn tags_are_carried_out() {
    for (base, overlays, want) in [
        ("l: [1] # one\nb: 2\n", &["l: !append [2]"][..], "l: # one\n  - 1\n  - 2\nb: 2\n"),
        ("l:\n- 1\nb: 2\n", &["l: !append [2]", "l: !prepend [3]"], "l:\n- 3\n- 1\n- 2\nb: 2\n"),
        ("{l: [1]}\n", &["l: !append [2]\n---\nl: !append [3]"], "{l: [1, 2, 3]}\n"),
        ("l: [1]\n", &["l: !append [2]", "l: [3]", "l: !append [4]"], "l:\n  - 3\n  - 4\n"),
        ("b: 2\n", &["l: !append [2]"], "b: 2\nl:\n  - 2\n"),
        ("l: null\n", &["l: !prepend [2]"], "l:\n  - 2\n"),
        ("x: &x [1]\nl: *x\n", &["l: !append [2]"], "x: &x [1]\nl:\n  - 1\n  - 2\n"),
        ("x: &x {l: [1]}\nm: {<<: *x}\n", &["m: {l: !append [2]}"], "x: &x {l: [1]}\nm: {<<: *x, l: [1, 2]}\n"),
        ("l: [&x 1]\nb: *x\n", &["l: !append [2]"], "l:\n  - 1\n  - 2\nb: &x 1\n"),
        ("l: [1]\n---\nl: [2]\n", &["l: !append [3]"], "l:\n  - 2\n  - 3\n---\nl:\n  - 2\n  - 3\n"),
        ("l: [1]\nl: [2]\n", &["l: !append [3]"], "l:\n  - 2\n  - 3\nl:\n  - 2\n  - 3\n"),
        (
            "c:\n  - name: a\n    l: [1]\n  - name: b\n",
            &["c: !merge:name [{name: b, z: 1}, {name: a, l: !append [2]}, {name: d}]"],
            "c:\n  - name: a\n    l:\n      - 1\n      - 2\n  - name: b\n    z: 1\n  - name: d\n",
        ),
        ("c: [{id: 1, x: 1}]\n", &["c: !merge:id [{id: 1, x: !delete {}}]"], "c:\n  - id: 1\n"),
        ("m:\n  x: 1 # one\nb: 2\n", &["m: !replace {z: 2}", "m: {w: 3}"], "m:\n  z: 2\n  w: 3\nb: 2\n"),
        ("m:\n  x: 1\nb: 2\n", &["m: !delete {}"], "m: null\nb: 2\n"),
        ("m:\n  x: 1\nb: 2\n", &["m: !delete {}", "m: {z: 2}"], "m:\n  z: 2\nb: 2\n"),
        ("m:\n  l: !append [1]\nb: 2\n", &["b: 3"], "m:\n  l: !append [1]\nb: 3\n"),
        ("m:\n  l: !append [1]\nb: 2\n", &["m: 1"], "m: 1\nb: 2\n"),
    ] {
        assert_eq!(merged(base, overlays), want, "{base:?} {overlays:?}");
    }
}

/// The warnings about overlays over a base, or why it is refused.
fn said(base: &str, overlay: &str) -> String {
    let sources = Sources::default();
    let mut overlays = Overlays::default();
    overlays.file(&sources.add("overlay", SourceKind::Data, overlay.as_bytes()).unwrap()).unwrap();
    match overlays.check(&mut Cursor::new(base), StreamOptions::default()) {
        Ok(checked) => checked.warnings().into_iter().map(|warning| warning.title).collect(),
        Err(error) => error.diagnostic("base", &mut Cursor::new(base), &sources).title,
    }
}

#[test]
fn tags_that_find_no_list_warn() {
    for (base, found) in [("l: 1", "integer"), ("l: {x: 1}", "map"), ("x: &x {a: 1}\nl: *x", "map")] {
        let want = format!("`!append` finds no list beneath: it replaces a value of type {found}");
        assert_eq!(said(base, "l: !append [2]"), want, "{base}");
    }
    assert_eq!(said("l: [1]", "l: !append [2]"), "");
}

/// What a tag of the base says about the layers before it would be lost where its text is written anew.
#[test]
fn tags_of_the_base_must_not_be_in_the_way() {
    for (base, overlay, tag) in [
        ("l: !append [1]", "l: !append [2]", "!append"),
        ("m: !replace {x: 1}", "m: {z: 2}", "!replace"),
        ("m: !delete {}", "m: {z: 2}", "!delete"),
        ("l: [!replace {id: 1}]", "l: !append [2]", "!replace"),
        ("x: &x {m: !delete {}}\na: *x", "a: {z: 2}", "!delete"),
        ("x: &x {m: !delete {}}\na: *x", "x: 1", "!delete"),
        ("x: &x {m: !delete {}}\na: {<<: *x}", "a: {z: 2}", "!delete"),
    ] {
        let want = format!("`{tag}` in the base is on something that an overlay changes");
        assert_eq!(said(base, overlay), want, "{base} {overlay}");
    }
    for base in ["l: !append {}", "l: [!append []]", "m: !delete []", "!replace {a: 1}", "l: !merge []"] {
        assert!(layered(&[base]).is_none() && merge(base, &["z: 1"], StreamOptions::default()).is_err(), "{base}");
    }
}

#[test]
fn comments_are_stripped() {
    let strip = StreamOptions { strip_comments: true, ..StreamOptions::default() };
    for (base, overlay, want) in [
        ("# head\n\na: 1 # one\n\n  # two\nb: # three\n  - x # y\n\n", "{}", "a: 1\nb:\n  - x\n"),
        ("a: | # c\n  # text\n\n  t\n# end\nb: '# no' # c\n", "c: 1", "a: |\n  # text\n\n  t\nb: '# no'\nc: 1\n"),
        ("{ # c\n  a: 1, # one\n  b: 2 # two\n}\n--- # d\n# e\nc: 1\n", "a: 3", "{\n  a: 3,\n  b: 2\n}\n---\nc: 1\n"),
        ("a: 1 # c\r\n\r\nb: 2\r\n", "a: 3", "a: 3\r\nb: 2\r\n"),
        ("# c", "a: 1", "a: 1\n"),
    ] {
        assert_eq!(merge(base, &[overlay], strip).unwrap(), want, "{base:?}");
    }
}

#[test]
fn what_the_merger_refuses_is_refused() {
    for base in REFUSED {
        assert!(layered(&[base]).is_none(), "{base}");
        assert!(merge(base, &["z: 1"], StreamOptions::default()).is_err(), "{base}");
    }
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &(b'b'..b'k')
            .map(|c| format!("{0}: &{0} [{1}]\n", c as char, vec![format!("*{}", (c - 1) as char); 9].join(", ")))
            .collect::<String>();
    assert!(merge(&bomb, &["z: 1"], StreamOptions::default()).is_err());
}
