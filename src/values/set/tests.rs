//! The `--set` family against recorded Helm output, and what Helm does not tell: origins, spans, messages, limits.

use proptest::prelude::*;

use super::cases::{CASES, SEQUENCES};
use super::*;
use crate::diag::{Diagnostic, SourceKind, Sources};
use crate::value::{Num, Path};

const FLAGS: [SetFlag; 5] = [SetFlag::Set, SetFlag::SetString, SetFlag::SetJson, SetFlag::SetFile, SetFlag::SetLiteral];

/// Values, and everything needed to apply arguments to them.
struct Bench {
    sources: Sources,
    provenance: Provenance,
    root: Value,
}

impl Bench {
    fn new(base: &str) -> Self {
        let sources = Sources::default();
        let source = sources.add("values.yaml", SourceKind::Data, base.as_bytes()).unwrap();
        let (root, _) = json::read(&source, 0).unwrap();
        Bench { sources, provenance: Provenance::default(), root }
    }

    fn apply(&mut self, flag: SetFlag, argument: &[u8]) -> Result<(), Box<(SetError, Diagnostic)>> {
        let source = self.sources.add(flag.name(), SourceKind::Argument, argument).unwrap();
        apply(&mut self.root, flag, &source, &mut read, &mut self.provenance).map_err(|error| {
            let diagnostic = error.diagnostic(&source);
            Box::new((error, diagnostic))
        })
    }

    /// Where the value at a path was written.
    fn origin(&self, path: &str) -> String {
        let value = self.root.at(&Path::parse(path).unwrap()).unwrap();
        let location = self.sources.locate(self.provenance.pos(value.origin())).unwrap();
        format!("{}:{}", location.file, location.column)
    }

    /// What the value at a path overrode.
    fn overrode(&self, path: &str) -> Option<&Value> {
        self.provenance.overrode(self.root.at(&Path::parse(path).unwrap()).unwrap().origin())
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    match path {
        "f1" => Ok(b"one\n".to_vec()),
        "f2" => Ok("\u{feff}two".into()),
        "binary" => Ok(vec![0xff]),
        _ => Err("no such file".into()),
    }
}

/// A value in the notation of the recorded cases.
fn show(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".into(),
        Value::Bool(b, _) => b.to_string(),
        Value::Num(Num::Int64(n), _) => n.to_string(),
        Value::Num(n, _) => format!("{:?}", n.as_f64()),
        Value::Str(text, _) => serde_json::to_string(text.as_str()).unwrap(),
        Value::List(items, _) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        Value::Map(map, _) => {
            let entry = |(key, value): (&crate::value::Str, _)| format!("{key:?}:{}", show(value));
            format!("{{{}}}", map.sorted().into_iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}

#[test]
fn same_as_recorded() {
    let single = CASES
        .iter()
        .flat_map(|(base, flag, cases)| cases.iter().map(|(argument, want)| (*base, vec![(*flag, *argument)], *want)));
    let sequences = SEQUENCES.iter().map(|(base, flags, want)| (*base, flags.to_vec(), *want));
    let mut wrong = Vec::new();
    for (base, flags, want) in single.chain(sequences) {
        let mut bench = Bench::new(base);
        let result = flags.iter().try_for_each(|(flag, argument)| bench.apply(*flag, argument.as_bytes()));
        let got = result.ok().map(|()| show(&bench.root));
        if got.as_deref() != want {
            wrong.push(format!("{base} {flags:?}: wanted {want:?}, got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_byte_that_is_not_utf8_is_one_replacement_character() {
    for (flag, argument, want) in [
        (SetFlag::Set, &b"\xff=\xc3\x28\xe2\x82"[..], "{\"\u{fffd}\":\"\u{fffd}(\u{fffd}\u{fffd}\"}"),
        (SetFlag::SetLiteral, b"a=\xff", "{\"a\":\"\u{fffd}\"}"),
        (SetFlag::SetJson, b"a=\"\xff\xfe\"", "{\"a\":\"\u{fffd}\u{fffd}\"}"),
    ] {
        let mut bench = Bench::new("{}");
        bench.apply(flag, argument).unwrap();
        assert_eq!(show(&bench.root), want);
    }
}

#[test]
fn each_value_has_the_place_of_its_key() {
    let mut bench = Bench::new(r#"{"m":{"x":1},"l":[1]}"#);
    bench.apply(SetFlag::Set, b"m.x=2,m.y.z=3,l[0]=5,l[2]=6,n={x,y}").unwrap();
    bench.apply(SetFlag::SetJson, br#"j={"k":[1]}"#).unwrap();
    bench.apply(SetFlag::SetJson, br#" {"m":{"x":9}}"#).unwrap();
    for (path, want) in [
        ("m", "values.yaml:2"),
        ("m.x", "--set-json:8"),
        ("m.y", "--set:9"),
        ("m.y.z", "--set:11"),
        ("l", "values.yaml:14"),
        ("l[0]", "--set:16"),
        ("l[1]", "--set:23"),
        ("l[2]", "--set:23"),
        ("n", "--set:29"),
        ("n[1]", "--set:34"),
        ("j", "--set-json:1"),
        ("j.k", "--set-json:4"),
        ("j.k[0]", "--set-json:9"),
    ] {
        assert_eq!(bench.origin(path), want, "{path}");
    }
}

#[test]
fn what_was_overridden_is_kept() {
    let mut bench = Bench::new(r#"{"m":{"x":1},"l":["s"]}"#);
    bench.apply(SetFlag::Set, b"m.x=2,m.y=3,l[0].k=4").unwrap();
    assert_eq!(bench.overrode("m.x"), Some(&Value::int(1)));
    assert_eq!(bench.overrode("m.y"), None);
    assert_eq!(bench.overrode("m"), None);
    assert_eq!(bench.overrode("l[0]"), Some(&Value::str("s")));
    bench.apply(SetFlag::SetJson, br#"{"m":{"x":null}}"#).unwrap();
    assert_eq!(bench.overrode("m.x"), Some(&Value::int(2)));
    assert_eq!(bench.provenance.overrode(bench.overrode("m.x").unwrap().origin()), Some(&Value::int(1)));
}

/// The title, the text under the label, and the first help.
fn told(base: &str, flag: SetFlag, argument: &str) -> (String, String, String) {
    let (_, diagnostic) = *Bench::new(base).apply(flag, argument.as_bytes()).unwrap_err();
    let label = diagnostic.labels.first().map(|label| {
        let sources = Sources::default();
        sources.add("values.yaml", SourceKind::Data, base.as_bytes()).unwrap();
        let source = sources.add("", SourceKind::Argument, argument.as_bytes()).unwrap();
        String::from_utf8_lossy(source.slice(label.span)).into_owned()
    });
    (diagnostic.title, label.unwrap_or_default(), diagnostic.help.first().cloned().unwrap_or_default())
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    use SetFlag::*;
    for (flag, argument, title, label, help) in [
        (Set, "a=x,b", "--set: key \"b\" has no value", "b", r"a comma in a value is written `\,`"),
        (Set, "a=x,b,c=1", "--set: key \"b\" has no value", "b,", r"a comma in a value is written `\,`"),
        (Set, "a", "--set: key \"a\" has no value", "a", "write key=value"),
        (Set, "a=1,,b=2", "--set: a key is missing before `,`", ",", r"a comma in a value"),
        (Set, "a.=1", "--set: a key is missing below \"a\"", "a.", r"a dot within a key is written `\.`"),
        (Set, "s.x=1", "--set: \"s\" is a string, not a map", "s", r"a dot within a key is written `\.`"),
        (SetLiteral, "s.x=1", "--set-literal: \"s\" is a string, not a map", "s", "--set-literal has no way"),
        (Set, "n.x=1", "--set: \"n\" is null, not a map", "n", "nothing can be set below a null"),
        (Set, "m.s[0]=1", "--set: \"s\" is a string, not a list", "s", "an index is a number from 0"),
        (Set, "l[0][1]=1", "--set: \"[0]\" is a string, not a list", "[0]", "an index is a number"),
        (Set, "l[-1]=1", "--set: \"-1\" is not an index", "[-1]", "an index is a number from 0"),
        (Set, "l[0]x=1", "--set: unexpected \"x\" after an index", "x", "an index is a number from 0"),
        (Set, "l[65537]=1", "--set: index 65537 is greater than 65536, the greatest allowed", "[65537]", ""),
        (Set, "a={x,y", "--set: a list is not closed", "{x,y", "a list is written {one,two}"),
        (SetJson, "a=x", "--set-json: not JSON: expected a JSON value", "x", "text stands in double quotes"),
        (SetJson, "{\"a\":1}}", "--set-json: not JSON: the object ends before this", "}", "text stands"),
        (SetJson, "a=1e999", "--set-json: not JSON: the number is too large", "1e999", "text stands"),
        (SetFile, "a=f1,b=x", "--set-file: cannot read \"x\": no such file", "x", r"a comma in a value"),
        (SetFile, "a=binary", "--set-file: \"binary\" is not UTF-8 text", "binary", "encode the file"),
    ] {
        let base = r#"{"s":"text","n":null,"m":{"s":""},"l":["x"]}"#;
        let (got_title, got_label, got_help) = told(base, flag, argument);
        assert_eq!((got_title.as_str(), got_label.as_str()), (title, label), "{argument}");
        assert!(got_help.starts_with(help), "{argument}: {got_help}");
    }
}

#[test]
fn secrets_are_not_repeated() {
    let (error, diagnostic) = *Bench::new("{}").apply(SetFlag::Set, b"db.password=hunter,2").unwrap_err();
    assert_eq!(error.kind, SetErrorKind::NoValue { key: "2".into() });
    assert_eq!(error.span, 19..20);
    assert_eq!(diagnostic.title, "--set: key `***` has no value");
    assert_eq!(diagnostic.labels, []);
    assert_eq!(diagnostic.notes, ["at character 20 of the argument, which is not shown"]);
}

#[test]
fn a_clash_shows_where_the_other_value_was_set() {
    let (_, diagnostic) = *Bench::new(r#"{"s":"text"}"#).apply(SetFlag::Set, b"s.x=1").unwrap_err();
    assert_eq!(diagnostic.labels[1].text, "the string was set here");
    assert_eq!(diagnostic.labels[1].span.start.0, 2);
}

#[test]
fn a_refused_argument_loses_nothing() {
    let base = r#"{"a":{"b":[{"c":1},"s"]}}"#;
    for argument in ["a.b[0].c.d=1", "a..=1", "a.b[1][0]=1", "a.b[65537]=1", "a.b[70000].x=1"] {
        let mut bench = Bench::new(base);
        bench.apply(SetFlag::Set, argument.as_bytes()).unwrap_err();
        assert_eq!(show(&bench.root), base.replace(":1}", ":1.0}"), "{argument}");
    }
}

#[test]
fn depth_costs_no_stack() {
    // A stack that holds the teardown of a value this deep, which is not the matter here.
    let work = || {
        for (levels, accepted) in [(9_999, true), (10_000, false)] {
            let mut bench = Bench::new("{}");
            let argument = format!("a{}=1", "[0]".repeat(levels));
            for _ in 0..2 {
                assert_eq!(bench.apply(SetFlag::Set, argument.as_bytes()).is_ok(), accepted);
            }
        }
        for (levels, accepted) in [(10_000, true), (10_001, false)] {
            let mut bench = Bench::new("{}");
            let json = format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
            for _ in 0..2 {
                assert_eq!(bench.apply(SetFlag::SetJson, json.as_bytes()).is_ok(), accepted);
            }
            let json = format!("a={}{}", "[".repeat(levels), "]".repeat(levels));
            assert_eq!(bench.apply(SetFlag::SetJson, json.as_bytes()).is_ok(), accepted);
        }
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_argument_panics(
        argument in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..40),
            proptest::collection::vec(proptest::sample::select(b"ab01=,.[]{}\\\":-e \xc3tu".to_vec()), 0..40),
        ],
        flag in proptest::sample::select(FLAGS.to_vec()),
    ) {
        let mut bench = Bench::new(r#"{"a":{"b":[1,{"a":null}]},"b":[[1]],"":{"a":1}}"#);
        let _ = bench.apply(flag, &argument);
    }
}
