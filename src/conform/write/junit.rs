//! JUnit's XML: a test case a resource.

use super::super::report::{Checked, Report, Status};
use super::{advice, location};
use crate::diag::Sources;
use crate::markup;

/// The report as JUnit XML.
pub fn junit(report: &Report, sources: &Sources) -> String {
    let sum = report.summary();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites>\n  <testsuite name=\"render validate\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
        report.resources.len(),
        sum.invalid,
        sum.errors,
        sum.skipped
    ));
    report.resources.iter().for_each(|checked| case(checked, sources, &mut out));
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(checked: &Checked, sources: &Sources, out: &mut String) {
    let (name, class) = (escape(&checked.title()), escape(&checked.file));
    out.push_str(&format!("    <testcase name=\"{name}\" classname=\"{class}\""));
    let element = match checked.status {
        Status::Invalid => "failure",
        Status::Error => "error",
        Status::Skipped => "skipped",
        Status::Valid if checked.findings.is_empty() => return out.push_str("/>\n"),
        Status::Valid => "system-out",
    };
    let findings = checked.findings.iter().map(|finding| {
        let at = location(finding.pos, checked, sources);
        escape(&format!("{at}: {}: {}", finding.level.name(), advice(finding)))
    });
    let text = findings.collect::<Vec<_>>().join("\n");
    out.push_str(&format!(">\n      <{element}>{text}</{element}>\n    </testcase>\n"));
}

fn escape(text: &str) -> String {
    // What XML 1.0 cannot hold.
    let forbidden = |c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    markup::escaped(text).replace(forbidden, "\u{fffd}")
}
