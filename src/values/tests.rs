//! Dependencies and coalescing against what Helm was measured to do.

mod live;
mod streaming;
mod tagged;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::chart::{Chart, File, load_folder};
use crate::diag::{Pos, SourceKind, Sources};
use crate::value::{Num, Origin, Provenance, Value};

/// What was made of a chart and values.
struct Outcome {
    tree: ChartTree,
    values: Value,
    warnings: Vec<Warning>,
}

fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as J;
    match json {
        J::Null => Value::NULL,
        J::Bool(b) => Value::bool(*b),
        J::Number(n) => Value::Num(n.as_i64().map_or(Num::Float(n.as_f64().unwrap()), Num::Int), Origin::NONE),
        J::String(s) => Value::str(s.as_str()),
        J::Array(items) => Value::list(items.iter().map(from_json)),
        J::Object(map) => Value::map(map.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as J;
    match value {
        Value::Null(_) => J::Null,
        Value::Bool(b, _) => J::Bool(*b),
        Value::Num(n, _) => n.as_i64().map_or_else(|| n.as_f64().into(), Into::into),
        Value::Str(s, _) => J::String(s.to_string()),
        Value::List(items, _) => J::Array(items.iter().map(to_json).collect()),
        Value::Map(map, _) => J::Object(map.iter().map(|(k, v)| (k.to_string(), to_json(v))).collect()),
    }
}

/// All documents of a values file, each over those before it.
fn read_yaml(text: &str) -> Value {
    let source = Sources::default().add("values.yaml", SourceKind::Data, text.as_bytes()).unwrap();
    crate::yaml::load_documents(&source).unwrap().iter().fold(Value::map::<&str>([]), |mut all, document| {
        if !document.value.is_null() {
            lay_over(&mut all, &document.value);
        }
        all
    })
}

fn lay_over(under: &mut Value, over: &Value) {
    if let (Value::Map(map, _), true) = (over, under.as_map().is_some()) {
        for (key, value) in map.iter() {
            let under = under.as_map_mut().unwrap();
            match under.get_mut(key) {
                Some(old) => lay_over(old, value),
                None => drop(under.insert(key.clone(), value.clone())),
            }
        }
    } else if !over.is_null() || !under.is_null() {
        *under = over.clone();
    }
}

fn compose(chart: Chart, user: &Value) -> Result<Outcome, Refusal> {
    let (mut provenance, mut warnings) = (Provenance::default(), Warnings::default());
    let mut read = |file: &File| Ok::<_, ()>(read_yaml(std::str::from_utf8(file.bytes().unwrap()).unwrap()));
    let tree = process_dependencies(&Arc::new(chart), user, &mut read, &mut provenance, &mut warnings);
    let tree = tree.map_err(|error| match error {
        DependencyError::Refused(refusal) => refusal,
        DependencyError::Values(()) => unreachable!(),
    })?;
    let coalesced = coalesce(&tree, user, &mut provenance, &mut warnings)?;
    Ok(Outcome { tree, values: coalesced.values, warnings: warnings.into_vec() })
}

fn write_chart(folder: &Path, name: &str, values: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n")).unwrap();
    fs::write(folder.join("values.yaml"), values).unwrap();
}

/// `.Values` of a chart `t` with a subchart `s`, `stderr` and errors, written as the measured cases have them.
fn measure(values: &str, files: &[String], subchart: Option<&str>) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_chart(folder.path(), "t", values);
    if let Some(values) = subchart {
        let below = folder.path().join("charts/s");
        write_chart(&below, "s", values);
        // The measured chart declares it, since the null rules differ where imports were merged before.
        let chart_yaml = folder.path().join("Chart.yaml");
        let text = fs::read_to_string(&chart_yaml).unwrap();
        fs::write(chart_yaml, text + "dependencies: [{name: s, version: 1.0.0}]\n").unwrap();
    }
    let mut user = Value::map::<&str>([]);
    files.iter().for_each(|file| lay_over(&mut user, &read_yaml(file)));
    match compose(load_folder(folder.path(), ".", &Sources::default()).unwrap(), &user) {
        Err(error) => format!("ERR {}", error.to_string().split(':').next().unwrap()),
        Ok(outcome) => {
            let mut text = to_json(&outcome.values).to_string();
            for subchart in &outcome.tree.subcharts {
                text += &format!(" | sub {}", to_json(&outcome.tree.values_of(subchart, &outcome.values)));
            }
            for warning in &outcome.warnings {
                text += &format!(" | stderr: {}", warning.kind);
            }
            text
        }
    }
}

/// What a measured case should come to: without the repetitions on stderr, and with sorted keys.
fn expected(text: &str) -> String {
    if let Some(error) = text.strip_prefix("ERR ") {
        let reason =
            error.rsplit("Error: ").next().unwrap().trim_start_matches("chart dependencies processing failed: ");
        return format!("ERR {}", reason.split(':').next().unwrap());
    }
    text.lines().next().unwrap().trim_end_matches('"').to_owned()
}

fn sorted(text: &str) -> String {
    let part = |part: &str| {
        let (head, json) = part.split_at(part.find('{').unwrap_or(part.len()));
        match serde_json::from_str::<std::collections::BTreeMap<String, serde_json::Value>>(json) {
            Ok(map) => format!("{head}{}", from_json(&serde_json::to_value(map).unwrap()).sorted_json()),
            Err(_) => part.to_owned(),
        }
    };
    text.split(" | ").map(part).collect::<Vec<_>>().join(" | ")
}

impl Value {
    fn sorted_json(&self) -> String {
        match self {
            Value::Map(map, _) => {
                let entries = map.sorted().into_iter().map(|(k, v)| format!("{k:?}:{}", v.sorted_json()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
            _ => to_json(self).to_string(),
        }
    }
}

#[test]
fn measured_layering() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../tests/fixtures/layering.json")).unwrap();
    for case in cases {
        let text = |i: usize| case[i].as_str();
        let mut files: Vec<String> =
            case[2].as_array().unwrap().iter().map(|file| file.as_str().unwrap().to_owned()).collect();
        // The arguments stand in the names of the cases.
        match text(0).unwrap() {
            "--set a=null" => files.push("a: null".into()),
            "--set a.x=null" => files.push("a: {x: null}".into()),
            "--set l[0]=9" => files.push("l: [9]".into()),
            _ => {}
        }
        let got = measure(text(1).unwrap(), &files, text(3));
        assert_eq!(sorted(&got), sorted(&expected(text(5).unwrap())), "{}", text(0).unwrap());
    }
}

/// Values of which each scalar says where it was written: its own number as the position.
fn placed(json: &str) -> Value {
    fn place(value: &mut Value) {
        let pos = value.as_map().is_none().then(|| to_json(value).as_u64()).flatten();
        if let Some(pos) = pos {
            value.set_origin(Origin::at(Pos(pos as u32)));
        }
        if let Some(map) = value.as_map_mut() {
            map.iter_mut().for_each(|(_, value)| place(value));
        }
    }
    let mut value = from_json(&serde_json::from_str(json).unwrap());
    place(&mut value);
    value
}

#[test]
fn origins_come_along_and_tell_what_they_stand_over() {
    let folder = tempfile::tempdir().unwrap();
    write_chart(folder.path(), "t", "");
    write_chart(&folder.path().join("charts/s"), "s", "");
    for import in ["", "dependencies: [{name: s, version: 1.0.0, import-values: [{child: m, parent: got}]}]\n"] {
        let chart_yaml = format!("apiVersion: v2\nname: t\nversion: 1.0.0\n{import}");
        fs::write(folder.path().join("Chart.yaml"), chart_yaml).unwrap();
        let chart = load_folder(folder.path(), ".", &Sources::default()).unwrap();
        let user = placed(r#"{"s": {"k": 31}}"#);
        let (mut provenance, mut warnings) = (Provenance::default(), Warnings::default());
        let mut read = |file: &File| {
            let is_parent = file.shown() == "values.yaml";
            let parent = r#"{"s": {"k": 21, "p": 22}, "global": {"g": 23}}"#;
            let child = r#"{"k": 11, "p": 12, "c": 13, "m": {"x": 14}, "global": {"g": 15}}"#;
            Ok::<_, ()>(placed(if is_parent { parent } else { child }))
        };
        let tree = process_dependencies(&Arc::new(chart), &user, &mut read, &mut provenance, &mut warnings).unwrap();
        let values = coalesce(&tree, &user, &mut provenance, &mut warnings).unwrap().values;
        let line = |path: &str| {
            let mut origin = values.at(&crate::value::Path::parse(path).unwrap()).unwrap().origin();
            let mut line = vec![provenance.pos(origin).0];
            while let Some(below) = provenance.overrode(origin) {
                origin = below.origin();
                line.push(provenance.pos(origin).0);
            }
            line
        };
        assert_eq!(line("s.k"), [31, 21, 11]);
        assert_eq!(line("s.p"), [22, 12]);
        assert_eq!(line("s.c"), [13]);
        assert_eq!(line("s.global.g"), [23, 15]);
        if !import.is_empty() {
            assert_eq!(line("got.x"), [14]);
        }
        let below = tree.values_of(&tree.subcharts[0], &values);
        assert!(Arc::ptr_eq(below.as_map().unwrap(), values.get("s").unwrap().as_map().unwrap()));
    }
    let source = Sources::default().add("x", SourceKind::Data, *b"x").unwrap();
    assert_eq!(source.base, Pos(1));
}

#[test]
fn deep_values_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    write_chart(folder.path(), "t", "");
    let deep = |last: &str| (0..1000).fold(Value::str(last), |value, _| Value::map([("a", value)]));
    let chart = load_folder(folder.path(), ".", &Sources::default()).unwrap();
    let (mut provenance, mut warnings) = (Provenance::default(), Warnings::default());
    let mut read = |_: &File| Ok::<_, ()>(deep("default"));
    let user = deep("user");
    let tree = process_dependencies(&Arc::new(chart), &user, &mut read, &mut provenance, &mut warnings).unwrap();
    let coalesced = coalesce(&tree, &user, &mut provenance, &mut warnings).unwrap();
    assert_eq!(coalesced.values, user);
}

#[test]
fn what_lies_deep_in_global_is_one_map() {
    let folder = tempfile::tempdir().unwrap();
    write_chart(folder.path(), "t", "global: {a: {b: {c: 1}}}");
    write_chart(&folder.path().join("charts/s"), "s", "global: {a: {b: {d: 2}}}");
    let chart = load_folder(folder.path(), ".", &Sources::default()).unwrap();
    let (mut provenance, mut warnings) = (Provenance::default(), Warnings::default());
    let mut read = |file: &File| Ok::<_, ()>(read_yaml(std::str::from_utf8(file.bytes().unwrap()).unwrap()));
    let user = Value::map::<&str>([]);
    let tree = process_dependencies(&Arc::new(chart), &user, &mut read, &mut provenance, &mut warnings).unwrap();
    let coalesced = coalesce(&tree, &user, &mut provenance, &mut warnings).unwrap();
    let shared: Vec<_> = coalesced.shared.iter().map(|(a, b)| format!("{a} {b}")).collect();
    assert_eq!(shared, ["global.a.b s.global.a.b"]);
    // What the subchart adds there shows in the parent.
    assert_eq!(to_json(&coalesced.values)["global"], serde_json::json!({"a": {"b": {"c": 1, "d": 2}}}));
}
