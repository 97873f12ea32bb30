//! What Helm was measured to make of 812 values files.

use std::fmt::Write as _;

use super::load_documents;
use crate::diag::{SourceKind, Sources};
use crate::value::{Num, Value, format_float, print_go};

/// A case has the bytes of its file as characters.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).expect("a byte")).collect()
}

fn read(input: &[u8]) -> Result<Value, String> {
    let source = Sources::default().add("case", SourceKind::Data, input).expect("room");
    let documents = load_documents(&source).map_err(|error| error.message.into_owned())?;
    Ok(documents.into_iter().map(|loaded| loaded.value).fold(Value::NULL, overlay))
}

/// As Helm lays one document over another.
fn overlay(mut below: Value, above: Value) -> Value {
    let Value::Map(above, _) = &above else { return if below.is_null() { above } else { below } };
    match below.as_map_mut() {
        None => return Value::Map(above.clone(), below.origin()),
        Some(map) => {
            for (key, value) in &**above {
                let old = map.remove(key);
                let both_maps = old.as_ref().is_some_and(|old| old.as_map().is_some()) && value.as_map().is_some();
                let new = if both_maps { overlay(old.unwrap_or_default(), value.clone()) } else { value.clone() };
                map.insert(key.clone(), new);
            }
        }
    }
    below
}

fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null(_) => "<nil>",
        Value::Bool(..) => "bool",
        Value::Num(..) => "float64",
        Value::Str(..) => "string",
        Value::List(..) => "[]interface {}",
        Value::Map(..) => "map[string]interface {}",
    }
}

/// As Go's `json.Marshal` writes what Helm holds.
fn json(value: &Value, out: &mut String) {
    match value {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(b, _) => drop(write!(out, "{b}")),
        Value::Num(n, _) => json_number(*n, out),
        Value::Str(s, _) => json_string(s, out),
        Value::List(items, _) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                json(item, out);
            }
            out.push(']');
        }
        Value::Map(map, _) => {
            out.push('{');
            for (i, (key, value)) in map.sorted().into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                json_string(key, out);
                out.push(':');
                json(value, out);
            }
            out.push('}');
        }
    }
}

fn json_number(n: Num, out: &mut String) {
    let n = n.as_f64();
    if n != 0.0 && !(1e-6..1e21).contains(&n.abs()) {
        out.push_str(&format_float(n, 'e', -1).replace("e-0", "e-"));
    } else {
        out.push_str(&format_float(n, 'f', -1));
    }
}

fn json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\0'..='\x1F' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[test]
fn every_measured_file_reads_as_in_helm() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../tests/fixtures/yaml-cases.json")).expect("JSON");
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn check(case: &serde_json::Value) -> Result<(), String> {
    let input = case["input"].as_str().expect("text");
    let want = &case["helm4"];
    let got = read(&bytes(input));
    let fail = |got: &str, want: &str| Err(format!("{input:?}\n   got {got}\n  want {want}"));
    let value = match (&got, want["error"].as_str()) {
        (Err(_), Some(_)) => return Ok(()),
        (Ok(value), Some(error)) => return fail(&format!("{value:?}"), error),
        (Err(error), None) => return fail(error, &want.to_string()),
        (Ok(value), None) => value.get("v").unwrap_or(&Value::NULL),
    };
    let (mut printed, mut written) = (String::new(), String::new());
    print_go(value, &mut printed);
    json(value, &mut written);
    for (got, field) in [(go_type(value), "type"), (&*printed, "v"), (&*written, "toJson")] {
        if want[field] != got {
            return fail(got, &want[field].to_string());
        }
    }
    Ok(())
}
