//! The report for programs, as `docs/validate.schema.json` describes it.

use serde::Serialize;

use super::super::report::{Checked, Finding, Report};
use super::location;
use crate::diag::Sources;

/// The version of this format.
const VERSION: u8 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'r> {
    api_version: &'r str,
    kind: &'r str,
    namespace: &'r str,
    name: &'r str,
    status: &'static str,
    file: &'r str,
    line: usize,
    findings: Vec<Problem<'r>>,
}

#[derive(Serialize)]
struct Problem<'r> {
    level: &'static str,
    rule: &'static str,
    path: &'r str,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'r str>,
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Totals {
    resources: usize,
    valid: usize,
    invalid: usize,
    skipped: usize,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Page<'r> {
    version: u8,
    resources: Vec<Resource<'r>>,
    summary: Totals,
}

/// The report as JSON.
pub fn json(report: &Report, sources: &Sources) -> String {
    let sum = report.summary();
    let summary = Totals {
        resources: report.resources.len(),
        valid: sum.valid,
        invalid: sum.invalid,
        skipped: sum.skipped,
        errors: sum.errors,
        warnings: sum.warnings,
    };
    let resources = report.resources.iter().map(|checked| resource(checked, sources)).collect();
    let mut text = serde_json::to_string_pretty(&Page { version: VERSION, resources, summary }).unwrap_or_default();
    text.push('\n');
    text
}

fn resource<'r>(checked: &'r Checked, sources: &Sources) -> Resource<'r> {
    Resource {
        api_version: &checked.api_version,
        kind: &checked.kind,
        namespace: &checked.namespace,
        name: &checked.name,
        status: checked.status.name(),
        file: &checked.file,
        line: location(checked.pos, checked, sources).line,
        findings: checked.findings.iter().map(|finding| problem(finding, checked, sources)).collect(),
    }
}

fn problem<'r>(finding: &'r Finding, checked: &Checked, sources: &Sources) -> Problem<'r> {
    let at = location(finding.pos, checked, sources);
    Problem {
        level: finding.level.name(),
        rule: finding.rule,
        path: &finding.path,
        message: &finding.message,
        help: finding.help.as_deref(),
        file: at.file,
        line: at.line,
        column: at.column,
    }
}
