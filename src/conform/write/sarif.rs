//! SARIF 2.1.0, which code scanning reads.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::super::report::{Checked, Finding, Level, Report};
use super::{advice, location};
use crate::diag::Sources;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as SARIF.
pub fn sarif(report: &Report, sources: &Sources) -> String {
    let all = || report.resources.iter().flat_map(|checked| checked.findings.iter().map(move |f| (checked, f)));
    let rules: BTreeSet<_> = all().map(|(_, finding)| finding.rule).collect();
    let rules: Vec<Json> = rules.iter().map(|rule| json!({ "id": rule })).collect();
    let results: Vec<Json> = all().map(|(checked, finding)| result(checked, finding, sources)).collect();
    let driver = json!({ "name": "render", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    let page = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    let mut text = serde_json::to_string_pretty(&page).unwrap_or_default();
    text.push('\n');
    text
}

fn result(checked: &Checked, finding: &Finding, sources: &Sources) -> Json {
    let at = location(finding.pos, checked, sources);
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let place = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&at.file) },
            "region": { "startLine": at.line, "startColumn": at.column },
        },
        "logicalLocations": [{ "fullyQualifiedName": checked.title(), "kind": "resource" }],
    });
    json!({ "ruleId": finding.rule, "level": level, "message": { "text": advice(finding) }, "locations": [place] })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
