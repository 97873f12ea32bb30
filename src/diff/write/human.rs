//! The report for a terminal: resource by resource what changed, and a summary below it all.

use super::super::risk::{Class, Risk};
use super::super::{Fate, Report, Resource, ResourceChange};
use super::lines::{self, Line, Mark, visible};
use super::repeated::Told;
use super::{Style, heading, risks};

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// The report for a terminal.
pub fn human(report: &Report, style: &Style) -> String {
    let mut page = Page { out: String::new(), colour: style.colour };
    let told = Told::of(report, style.context);
    page.repeated(&told);
    for (n, change) in report.resources.iter().enumerate() {
        page.resource(change, &told.own[n], told.kinds.other(report, n), report.risks_of(n));
    }
    page.summary(report, &told);
    page.broken(report);
    page.advice(report);
    page.out
}

struct Page {
    out: String,
    colour: bool,
}

impl Page {
    /// What is the same in many resources, under the number of them.
    fn repeated(&mut self, told: &Told) {
        for group in told.repeated.chunk_by(|(a, _), (b, _)| a == b) {
            self.painted(&[BOLD], &format!("= in each of {} resources", group[0].0));
            self.out.push('\n');
            group.iter().for_each(|(_, lines)| self.lines(lines));
            self.out.push('\n');
        }
    }

    fn resource(&mut self, change: &ResourceChange, own: &[Vec<Line>], other: Option<&Resource>, risks: &[Risk]) {
        if own.is_empty() && !change.changes().is_empty() && risks.is_empty() {
            return;
        }
        self.title(change, other);
        match change {
            ResourceChange::Added(new) if other.is_none() => self.lines(&lines::whole(Mark::Added, &new.value)),
            ResourceChange::Removed(old) if other.is_none() => self.lines(&lines::whole(Mark::Removed, &old.value)),
            _ => own.iter().for_each(|lines| self.lines(lines)),
        }
        risks.iter().for_each(|risk| self.risk(risk));
        self.out.push('\n');
    }

    fn risk(&mut self, risk: &Risk) {
        self.out += "  ! ";
        self.painted(&[BOLD, colour_of_class(risk.class())], risk.class().name());
        self.out += &format!(": {}\n", risks::said(risk));
    }

    fn title(&mut self, change: &ResourceChange, other: Option<&Resource>) {
        let sign = heading::sign(change.fate());
        let title = format!("{sign} {}", heading::name(change));
        self.painted(&[BOLD, colour_of(change.fate())], &title);
        let about = [heading::version(change), heading::template(change), heading::place(change, other)];
        let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
        if !about.is_empty() {
            self.painted(&[DIM], &format!("  {}", about.join("  ")));
        }
        self.out.push('\n');
    }

    fn lines(&mut self, lines: &[Line]) {
        for line in lines {
            let colour = match line.mark {
                Mark::Added => GREEN,
                Mark::Removed => RED,
                Mark::Changed => YELLOW,
                Mark::Place => CYAN,
                Mark::Kept => "",
            };
            let text = format!("  {} {}", line.mark.sign(), line.text);
            self.painted(&[colour], text.trim_end());
            self.out.push('\n');
        }
    }

    fn summary(&mut self, report: &Report, told: &Told) {
        if report.is_empty() {
            self.out += &format!("no differences ({})\n", heading::count(report.unchanged, "resource"));
            return;
        }
        self.painted(&[BOLD], &heading::summary(&report.summary()));
        self.out.push('\n');
        for entry in told.entries(report) {
            match entry[..] {
                [n] => self.entry(&report.resources[n], told.own[n].is_empty(), report.risks_of(n)),
                _ => self.entries(report, &entry),
            }
            self.out.push('\n');
        }
    }

    fn entry(&mut self, change: &ResourceChange, is_told: bool, risks: &[Risk]) {
        let line = format!("  {} {}", heading::sign(change.fate()), heading::name(change));
        self.painted(&[colour_of(change.fate())], &line);
        let extent = heading::extent(change);
        if !extent.is_empty() {
            let above = if is_told { ", told above" } else { "" };
            self.painted(&[DIM], &format!("  {extent}{above}"));
        }
        if let Some(worst) = risks.first() {
            self.painted(&[colour_of_class(worst.class())], &format!("  [{}]", risks::classes(risks)));
        }
    }

    /// Resources of one kind of which all is told above.
    fn entries(&mut self, report: &Report, places: &[usize]) {
        let (kind, names) = heading::names(report, places);
        self.painted(
            &[colour_of(Fate::Changed)],
            &format!("  {} {kind} ×{}", heading::sign(Fate::Changed), places.len()),
        );
        self.painted(&[DIM], &format!("  told above: {names}"));
    }

    /// What to do about the risks, rule by rule.
    fn advice(&mut self, report: &Report) {
        if report.risks.is_empty() {
            return;
        }
        self.out.push('\n');
        self.painted(&[BOLD], &format!("risks: {}", risks::counts(report)));
        self.out.push('\n');
        for (rule, risks) in risks::by_rule(report) {
            self.out += "  ! ";
            self.painted(&[colour_of_class(rule.class)], rule.class.name());
            self.painted(&[DIM], &format!("  {}", rule.id));
            let times = if risks.len() > 1 { format!(" ×{}", risks.len()) } else { String::new() };
            self.out += &format!("{times}: {}\n", rule.advice);
        }
    }

    /// The references that lead nowhere now.
    fn broken(&mut self, report: &Report) {
        if report.broken.is_empty() {
            return;
        }
        self.out.push('\n');
        self.painted(&[BOLD], &format!("broken references: {}", report.broken.len()));
        self.out.push('\n');
        for broken in &report.broken {
            self.out += &format!("  ! {}\n", visible(&broken.what));
            for from in &broken.from {
                self.painted(&[DIM], &format!("      {}", visible(from)));
                self.out.push('\n');
            }
        }
    }

    fn painted(&mut self, codes: &[&str], text: &str) {
        let paint = self.colour && codes.iter().any(|code| !code.is_empty());
        if paint {
            codes.iter().for_each(|code| self.out.push_str(code));
        }
        self.out.push_str(text);
        if paint {
            self.out.push_str(RESET);
        }
    }
}

fn colour_of_class(class: Class) -> &'static str {
    match class {
        Class::DataLoss | Class::Immutable => RED,
        Class::Downtime | Class::Security | Class::Replaced | Class::Api => YELLOW,
        Class::Ownership | Class::Restart => CYAN,
    }
}

fn colour_of(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => GREEN,
        Fate::Removed => RED,
        Fate::Changed => YELLOW,
        Fate::Renamed => CYAN,
    }
}
