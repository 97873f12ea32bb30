//! Schemas and values against what a real Helm said of them, and the drawn diagnostics.

use std::path::{Path as FilePath, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::*;
use crate::diag::{SourceKind, Sources};

/// A schema, values, and what Helm says below `c:`; null where it renders.
struct Case {
    schema: String,
    values: Json,
    helm: Option<String>,
}

fn fixture() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema/helm-4.1.4.jsonl")
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(fixture()).unwrap();
    let case = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        Case {
            schema: json["schema"].as_str().unwrap().to_owned(),
            values: json["values"].clone(),
            helm: json["helm"].as_str().map(str::to_owned),
        }
    };
    text.lines().map(case).collect()
}

fn source(text: &str) -> Arc<Source> {
    Sources::default().add("values.schema.json", SourceKind::Data, text.as_bytes()).unwrap()
}

/// What this crate says in Helm's place.
fn ours(case: &Case) -> Option<String> {
    match Schema::compile(&source(&case.schema)) {
        Err(error) => Some(format!("compile: {}", error.problems[0].title)),
        Ok(schema) => Some(schema.helm_text(&json::from_json(&case.values))).filter(|text| !text.is_empty()),
    }
}

/// Helm's lines with those of one level in a fixed order: it walks maps in none.
fn sorted(text: &str) -> String {
    sorted_blocks(&text.trim_end().lines().collect::<Vec<_>>(), 2).join("\n")
}

fn sorted_blocks(lines: &[&str], indent: usize) -> Vec<String> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if line.starts_with(&" ".repeat(indent)) => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    let whole = |block: &Vec<&str>| {
        let below = sorted_blocks(&block[1..], indent + 2);
        [&[sorted_names(block[0])], below.as_slice()].concat().join("\n")
    };
    let mut texts: Vec<String> = blocks.iter().map(whole).collect();
    texts.sort();
    texts
}

/// `additional properties 'b', 'a' not allowed`
fn sorted_names(line: &str) -> String {
    // Go's own words about what its parsers refuse are not repeated.
    for own in ["is not valid ipv6: ParseAddr(", "is not valid regex: error parsing regexp"] {
        if let Some(at) = line.find(own) {
            return line[..at + own.len()].to_owned();
        }
    }
    let Some((head, rest)) = line.split_once("additional properties ") else { return line.to_owned() };
    let Some(list) = rest.strip_suffix(" not allowed") else { return line.to_owned() };
    let mut names: Vec<_> = list.split(", ").collect();
    names.sort_unstable();
    format!("{head}additional properties {} not allowed", names.join(", "))
}

/// Where this crate and Helm differ on purpose: a part of the schema, and why.
const DIFFERENCES: [(&str, &str); 12] = [
    (r#"[{"type": "string"}], "additionalItems": {"type""#, "Helm counts additional items from 0 again"),
    (r#""definitions": {"a": {"pattern": "["}}"#, "a pattern that nothing refers to is not compiled"),
    (r#""^\\u0061""#, "\\u is ECMAScript's and means there what it says"),
    (r#""\\cA""#, "\\c is ECMAScript's and means there what it says"),
    (r#""x**""#, "a repeated repetition is harmless"),
    (r#""(?x) a b""#, "a flag of the regex crate"),
    (r#""a{1001}""#, "Go's limit of 1000 repetitions"),
    (r#""(a{999}){2}""#, "Go's limit of 1000 repetitions"),
    (r#"{"a":"\ud800"}"#, "half a surrogate pair is no text"),
    (r#""unevaluatedItems":false,"contains""#, "the crate says how many items are left over, not which"),
    (r##"{"if": {}, "then": {"$ref": "#/$defs/q", "not""##, "a property that a failed part lists is known all the same"),
    (r#"{"dependentRequired": {"a": ["b", "c"]}, "not": {"properties": {"c""#, "what stands below `not` makes nothing known"),
];

/// How this crate and Helm differ on a case, if they do.
fn difference(case: &Case) -> Option<String> {
    let got = ours(case);
    let (want, got) = (case.helm.as_deref(), got.as_deref());
    let verdict = |text: Option<&str>| text.map(|text| text.starts_with("- at"));
    let same = match (want, got) {
        (Some(want), Some(got)) if want.starts_with("- at") => sorted(want) == sorted(got),
        _ => true,
    };
    let show = |text: Option<&str>| text.map_or("accepted".to_owned(), sorted);
    (verdict(want) != verdict(got) || !same)
        .then(|| format!("{}\n{}\nHELM\n{}\nOURS\n{}\n", case.schema, case.values, show(want), show(got)))
}

#[test]
fn as_helm_says() {
    if let Some(helm) = std::env::var_os("RENDER_RECORD_HELM") {
        record(FilePath::new(&helm));
    }
    let mut used = [false; DIFFERENCES.len()];
    let mut differing = Vec::new();
    for case in cases() {
        let Some(difference) = difference(&case) else { continue };
        match DIFFERENCES.iter().position(|(part, _)| case.schema.contains(part)) {
            Some(known) => used[known] = true,
            None => differing.push(difference),
        }
    }
    assert!(differing.is_empty(), "{} differ\n{}", differing.len(), differing.join("\n"));
    let unused: Vec<_> = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(unused.is_empty(), "no longer different: {unused:?}");
}

/// Asks a real Helm again and writes what it says.
fn record(helm: &FilePath) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    let mut lines = String::new();
    for case in cases() {
        write("values.schema.json", &case.schema);
        write("values.yaml", &case.values.to_string());
        let output = Command::new(helm).args(["template", "r"]).arg(folder.path()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let said = (!output.status.success()).then(|| stderr.split_once("\nc:\n").map_or("?", |(_, t)| t).trim_end().to_owned());
        lines += &json!({"schema": case.schema, "values": case.values, "helm": said}).to_string();
        lines.push('\n');
    }
    std::fs::write(fixture(), lines).unwrap();
}
