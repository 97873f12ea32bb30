//! Workflow commands of GitHub Actions, which show findings beside the lines of a pull request.

use super::super::report::{Level, Report};
use super::{advice, location};
use crate::diag::Sources;

/// The report as annotations.
pub fn github(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for checked in &report.resources {
        for finding in &checked.findings {
            let at = location(finding.pos, checked, sources);
            let command = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let (file, title) = (property(&at.file), property(&checked.title()));
            let message = data(&advice(finding));
            out.push_str(&format!(
                "::{command} file={file},line={},col={},title={title}::{message}\n",
                at.line, at.column
            ));
        }
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
