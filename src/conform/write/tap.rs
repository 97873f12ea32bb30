//! The Test Anything Protocol, version 13: a line a resource.

use super::super::report::{Checked, Report, Status};
use super::{advice, location};
use crate::diag::Sources;

/// The report as TAP.
pub fn tap(report: &Report, sources: &Sources) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.resources.len());
    for (i, checked) in report.resources.iter().enumerate() {
        let (verdict, directive) = match checked.status {
            Status::Valid => ("ok", ""),
            Status::Skipped => ("ok", " # SKIP there is no schema"),
            Status::Invalid | Status::Error => ("not ok", ""),
        };
        let title = format!("{} ({})", checked.title(), checked.file);
        out.push_str(&format!("{verdict} {} - {}{directive}\n", i + 1, title.replace('#', "\\#")));
        out.push_str(&comments(checked, sources));
    }
    out
}

fn comments(checked: &Checked, sources: &Sources) -> String {
    let findings = checked.findings.iter().map(|finding| {
        let at = location(finding.pos, checked, sources);
        format!("  # {at}: {}: {}\n", finding.level.name(), advice(finding).replace('\n', " "))
    });
    findings.collect()
}
