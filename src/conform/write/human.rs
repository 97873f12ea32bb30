//! The report for a terminal: what is wrong, resource by resource; nothing where all is well.

use std::collections::BTreeMap;
use std::iter;

use super::super::report::{Checked, Finding, Level, Origin, Report, Status};
use super::{location, sentence};
use crate::diag::Sources;

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// The report for a terminal, with colour or without.
pub fn human(report: &Report, sources: &Sources, colour: bool) -> String {
    let mut page = Page { out: String::new(), colour, sources };
    report.resources.iter().filter(|checked| is_told(checked)).for_each(|checked| page.resource(checked));
    let mut unchecked: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for checked in report.resources.iter().filter(|checked| has_cel_rules(checked)) {
        *unchecked.entry((&checked.api_version, &checked.kind)).or_default() += 1;
    }
    for ((api_version, kind), count) in unchecked {
        let resources = if count == 1 { "1 resource" } else { &format!("{count} resources") };
        page.painted(CYAN, "note");
        page.out.push_str(&format!(
            ": {api_version} {kind}: the rules in CEL of its schema were not checked ({resources})\n"
        ));
    }
    page.out
}

/// One line: how many resources there are of each verdict.
pub fn summary(report: &Report) -> String {
    let sum = report.summary();
    let parts = [(sum.valid, "valid"), (sum.invalid, "invalid"), (sum.skipped, "skipped"), (sum.errors, "unreadable")];
    let parts: Vec<_> = parts.iter().map(|(count, what)| format!("{count} {what}")).collect();
    let warnings = if sum.warnings == 1 { "1 warning".to_owned() } else { format!("{} warnings", sum.warnings) };
    let total = report.resources.len();
    let resources = if total == 1 { "resource" } else { "resources" };
    format!("{total} {resources}: {}; {warnings}\n", parts.join(", "))
}

fn is_told(checked: &Checked) -> bool {
    checked.status != Status::Valid || checked.findings.iter().any(|finding| finding.level > Level::Note)
}

fn has_cel_rules(checked: &Checked) -> bool {
    checked.findings.iter().any(|finding| finding.rule == "cel")
}

struct Page<'s> {
    out: String,
    colour: bool,
    sources: &'s Sources,
}

impl Page<'_> {
    fn resource(&mut self, checked: &Checked) {
        self.painted(BOLD, &checked.title());
        self.out.push_str(match checked.status {
            Status::Valid => " is valid, but\n",
            Status::Invalid => " is invalid\n",
            Status::Skipped => " was skipped\n",
            Status::Error => " cannot be read\n",
        });
        let told = checked.findings.iter().filter(|finding| finding.rule != "cel");
        told.for_each(|finding| self.finding(finding, checked));
    }

    fn finding(&mut self, finding: &Finding, checked: &Checked) {
        self.out.push_str(&format!("  {}: ", location(finding.pos, checked, self.sources)));
        let colour = match finding.level {
            Level::Error => RED,
            Level::Warning => YELLOW,
            Level::Note => CYAN,
        };
        self.painted(colour, finding.level.name());
        self.out.push_str(&format!(": {} ({})\n", sentence(finding), finding.rule));
        let Origin { template, calls, value } = &finding.origin;
        let calls = calls.iter().map(|call| ("called by", *call));
        for (what, pos) in iter::once(("printed by", *template)).chain(calls).chain([("value from", *value)]) {
            if let Some(place) = self.sources.locate(pos) {
                self.out.push_str(&format!("    {what} {place}\n"));
            }
        }
        if let Some(help) = &finding.help {
            self.out.push_str(&format!("    help: {help}\n"));
        }
    }

    fn painted(&mut self, colour: &str, text: &str) {
        match self.colour {
            true => self.out.extend([colour, text, RESET]),
            false => self.out.push_str(text),
        }
    }
}
