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
    let Some((head, rest)) = line.split_once("additional properties ") else { return line.to_owned() };
    let Some(list) = rest.strip_suffix(" not allowed") else { return line.to_owned() };
    let mut names: Vec<_> = list.split(", ").collect();
    names.sort_unstable();
    format!("{head}additional properties {} not allowed", names.join(", "))
}

#[test]
fn as_helm_says() {
    if let Some(helm) = std::env::var_os("RENDER_RECORD_HELM") {
        record(FilePath::new(&helm));
    }
    let (mut total, mut verdicts, mut texts) = (0, Vec::new(), Vec::new());
    for case in cases() {
        total += 1;
        let got = ours(&case);
        let compiled = |text: &Option<String>| text.as_ref().map(|t| t.starts_with("- at"));
        if compiled(&case.helm) != compiled(&got) {
            verdicts.push(format!("{}\n{}\nHELM {:?}\nOURS {got:?}\n", case.schema, case.values, case.helm));
        } else if let (Some(want), Some(got)) = (&case.helm, &got)
            && want.starts_with("- at")
            && sorted(want) != sorted(got)
        {
            texts.push(format!("{}\n{}\nHELM\n{}\nOURS\n{}\n", case.schema, case.values, sorted(want), sorted(got)));
        }
    }
    println!("{total} cases, {} verdicts differ, {} texts differ", verdicts.len(), texts.len());
    assert!(verdicts.is_empty() && texts.is_empty(), "{}\n=====\n{}", verdicts.join("\n"), texts.join("\n"));
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
