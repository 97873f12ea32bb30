//! The report as one HTML page that needs nothing else: a tree of resources, a filter, both sides beside each other.
//!
//! Style and script are in the page, and the page forbids itself to load anything.

use super::super::risk::Risk;
use super::super::{Broken, Line, LineKind, Report, ResourceChange, hunks};
use super::repeated::Told;
use super::{heading, lines, risks, unified, view};
use crate::markup::{coded, escaped};

const STYLE: &str = include_str!("page.css");
/// Folds of more lines than this do not hold them: the page is to stay light.
const MOST_FOLDED: usize = 1000;

const SCRIPT: &str = include_str!("page.js");

/// The report as a page, with `context` lines around what changed; the others are folded.
pub fn html(report: &Report, context: usize) -> String {
    let title = format!("{} → {}", report.old, report.new);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        title = escaped(&title),
    );
    header(report, &title, &mut out);
    out += "<div id=\"page\">\n";
    tree(report, &mut out);
    out += "<main>\n";
    let told = Told::of(report, context);
    repeated(&told, &mut out);
    for n in 0..report.resources.len() {
        section(report, n, &told, context, &mut out);
    }
    if report.is_empty() {
        out += "<p id=\"nothing\">No differences.</p>\n";
    }
    out += &format!("</main>\n</div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn header(report: &Report, title: &str, out: &mut String) {
    *out += &format!(
        "<header>\n<h1>{}</h1>\n<p>{}</p>\n{}{}<div id=\"tools\">\n\
         <button type=\"button\" id=\"inline\" aria-pressed=\"false\">One column</button>\n\
         <button type=\"button\" id=\"open\">Open all</button>\n\
         <button type=\"button\" id=\"close\">Close all</button>\n</div>\n</header>\n",
        escaped(title),
        heading::summary(&report.summary()),
        match risks::counts(report) {
            none if none.is_empty() => none,
            counts => format!("<p class=\"risk\">Risks: {counts}</p>\n"),
        },
        report.broken.iter().map(broken).collect::<String>(),
    );
}

/// References that lead nowhere now: what is not there, and below a fold who refers to it.
fn broken(broken: &Broken) -> String {
    let from: String =
        broken.from.iter().map(|from| format!("<li>{}</li>\n", escaped(&lines::visible(from)))).collect();
    let what = escaped(&lines::visible(&broken.what));
    format!("<details class=\"risk\"><summary>Broken reference: {what}</summary>\n<ul>\n{from}</ul>\n</details>\n")
}

/// Namespaces, kinds in them, resources in those.
fn tree(report: &Report, out: &mut String) {
    *out += "<nav>\n<input type=\"search\" id=\"filter\" placeholder=\"Filter by name, kind or field\" \
             aria-label=\"Filter by name, kind or field\">\n<div id=\"fates\">\n";
    for fate in ["changed", "added", "removed", "renamed"] {
        *out += &format!("<label><input type=\"checkbox\" checked value=\"{fate}\"> {fate}</label>\n");
    }
    *out += "</div>\n<p id=\"shown\"></p>\n";
    let mut resources: Vec<(usize, &ResourceChange)> = report.resources.iter().enumerate().collect();
    // Within a namespace resources stay in the order of their kinds.
    resources.sort_by_key(|(_, change)| &change.resource().id.namespace);
    for namespace in resources.chunk_by(|(_, a), (_, b)| a.resource().id.namespace == b.resource().id.namespace) {
        branch(&namespace[0].1.resource().id.namespace, "no namespace", out);
        for kind in namespace.chunk_by(|(_, a), (_, b)| a.resource().id.kind == b.resource().id.kind) {
            branch(&kind[0].1.resource().id.kind, "document", out);
            *out += "<ul>\n";
            kind.iter().for_each(|(n, change)| leaf(*n, change, report.risks_of(*n), out));
            *out += "</ul>\n</details>\n";
        }
        *out += "</details>\n";
    }
    *out += "</nav>\n";
}

/// Begins a branch of the tree.
fn branch(name: &str, nameless: &str, out: &mut String) {
    let name = if name.is_empty() { nameless } else { name };
    *out += &format!("<details open><summary>{}</summary>\n", escaped(name));
}

/// A resource in the tree.
fn leaf(n: usize, change: &ResourceChange, risks: &[Risk], out: &mut String) {
    let (word, sign) = (heading::word(change.fate()), heading::sign(change.fate()));
    let name = escaped(&change.resource().id.name);
    let classes = risks::classes(risks);
    let mark = if risks.is_empty() { classes } else { format!(" <b class=\"risk\" title=\"{classes}\">!</b>") };
    *out += &format!("<li data-of=\"r{n}\"><a href=\"#r{n}\" class=\"{word}\"><i>{sign}</i> {name}{mark}</a></li>\n");
}

/// What is the same in many resources.
fn repeated(told: &Told, out: &mut String) {
    for group in told.repeated.chunk_by(|(a, _), (b, _)| a == b) {
        *out += &format!(
            "<details open class=\"repeated\">\n<summary><b>In each of {} resources</b></summary>\n<ul class=\"fields\">\n",
            group[0].0
        );
        for line in group.iter().flat_map(|(_, lines)| lines) {
            *out += &format!("<li>{} {}</li>\n", line.mark.sign(), escaped(&line.text));
        }
        *out += "</ul>\n</details>\n";
    }
}

/// A resource: its name, its risks, its fields that changed, both sides; folded where all is told already.
fn section(report: &Report, n: usize, told: &Told, context: usize, out: &mut String) {
    let (change, other, risks) = (&report.resources[n], told.kinds.other(report, n), report.risks_of(n));
    let fate = heading::word(change.fate());
    let name = heading::name(change);
    let fields: Vec<String> = change.changes().iter().map(|change| change.path.to_string()).collect();
    let rules: Vec<&str> = risks.iter().flat_map(|risk| [risk.class().name(), risk.rule.id]).collect();
    let words = [&name, &heading::version(change), &fields.join(" "), &rules.join(" ")];
    let words = words.map(|words| words.to_lowercase()).join(" ");
    let (template, place) = (heading::template(change), heading::place(change, other));
    let about = [fate.to_owned(), heading::version(change), heading::extent(change), template, place];
    let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
    let open = if told.is_all(report, n) { "" } else { " open" };
    *out += &format!(
        "<details{open} class=\"resource {fate}\" id=\"r{n}\" data-fate=\"{fate}\" data-words=\"{}\">\n\
         <summary><b>{} {}</b> <span>{}</span></summary>\n",
        escaped(&words),
        heading::sign(change.fate()),
        escaped(&name),
        escaped(&about.join(", ")),
    );
    if !risks.is_empty() {
        *out += "<ul class=\"risks\">\n";
        risks.iter().for_each(|risk| danger(risk, out));
        *out += "</ul>\n";
    }
    if !fields.is_empty() {
        *out += "<ul class=\"fields\">\n";
        fields.iter().for_each(|field| *out += &format!("<li>{}</li>\n", escaped(field)));
        *out += "</ul>\n";
    }
    let (old, new) = unified::texts(change, other, view::laid_out);
    table(&old, &new, context, out);
    *out += "</details>\n";
}

fn danger(risk: &Risk, out: &mut String) {
    let (class, said, advice) = (risk.class(), escaped(&risks::said(risk)), coded(risk.rule.advice, escaped));
    *out += &format!("<li><b class=\"risk\" title=\"{}\">{class}</b> {said} <i>{advice}</i></li>\n", risk.rule.id);
}

/// Both texts beside each other.
fn table(old: &str, new: &str, context: usize, out: &mut String) {
    *out += "<table>\n<colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup>\n<tbody>\n";
    for hunk in hunks(old, new, usize::MAX / 4) {
        let mut rows = Rows { old: hunk.old_start, new: hunk.new_start, out };
        let mut lines = hunk.lines.as_slice();
        let mut first = true;
        while !lines.is_empty() {
            let kept = lines.iter().take_while(|line| line.kind == LineKind::Kept).count();
            let (run, rest) = lines.split_at(kept);
            rows.kept(run, if first { 0 } else { context }, if rest.is_empty() { 0 } else { context });
            let removed = rest.iter().take_while(|line| line.kind == LineKind::Removed).count();
            let added = rest[removed..].iter().take_while(|line| line.kind == LineKind::Added).count();
            rows.changed(&rest[..removed], &rest[removed..removed + added]);
            lines = &rest[removed + added..];
            first = false;
        }
    }
    *out += "</tbody>\n</table>\n";
}

struct Rows<'a> {
    /// The numbers of the next lines.
    old: usize,
    new: usize,
    out: &'a mut String,
}

impl Rows<'_> {
    /// Lines that are on both sides; those further away from a change than `after` and `before` it are folded.
    fn kept(&mut self, lines: &[Line<'_>], after: usize, before: usize) {
        let folded = lines.len().saturating_sub(after.saturating_add(before));
        // A fold of one line would take as much room as the line.
        if folded < 2 {
            return self.same(lines);
        }
        let (front, rest) = lines.split_at(after);
        let (middle, back) = rest.split_at(folded);
        self.same(front);
        self.fold(middle);
        self.same(back);
    }

    fn same(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            let text = escaped(&lines::visible(line.text));
            self.row("kept", Some(&text), Some(&text));
        }
    }

    /// Lines that are shown when they are asked for.
    fn fold(&mut self, lines: &[Line<'_>]) {
        let title = format!("{} unchanged lines", lines.len());
        let is_held = lines.len() <= MOST_FOLDED;
        let title = if is_held { format!("<button type=\"button\">{title}</button>") } else { title };
        *self.out += &format!("</tbody>\n<tbody class=\"fold\"><tr><td colspan=\"4\">{title}</td></tr></tbody>\n");
        if is_held {
            *self.out += "<tbody hidden>\n";
            self.same(lines);
            *self.out += "</tbody>\n";
        } else {
            self.old += lines.len();
            self.new += lines.len();
        }
        *self.out += "<tbody>\n";
    }

    /// Lines that are gone beside those that have come.
    fn changed(&mut self, removed: &[Line<'_>], added: &[Line<'_>]) {
        for n in 0..removed.len().max(added.len()) {
            let (old, new) = match (removed.get(n), added.get(n)) {
                (Some(old), Some(new)) => {
                    let (old, new) = marked(&lines::visible(old.text), &lines::visible(new.text));
                    (Some(old), Some(new))
                }
                (old, new) => {
                    let text = |line: Option<&Line<'_>>| line.map(|line| escaped(&lines::visible(line.text)));
                    (text(old), text(new))
                }
            };
            self.row("changed", old.as_deref(), new.as_deref());
        }
    }

    fn row(&mut self, class: &str, old: Option<&str>, new: Option<&str>) {
        *self.out += &format!("<tr class=\"{class}\">");
        for (side, number, text) in [("old", &mut self.old, old), ("new", &mut self.new, new)] {
            match text {
                Some(text) => {
                    *self.out += &format!("<td class=\"n {side}\">{number}</td><td class=\"{side}\">{text}</td>");
                    *number += 1;
                }
                None => *self.out += &format!("<td class=\"n {side} none\"></td><td class=\"{side} none\"></td>"),
            }
        }
        *self.out += "</tr>\n";
    }
}

/// Two lines with what is not the same in them marked.
fn marked(old: &str, new: &str) -> (String, String) {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[front..], &new[front..]);
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let back: usize = pairs.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let mark = |text: &str| {
        let (start, middle, end) = (&text[..front], &text[front..text.len() - back], &text[text.len() - back..]);
        let middle = if middle.is_empty() { String::new() } else { format!("<mark>{}</mark>", escaped(middle)) };
        format!("{}{middle}{}", escaped(start), escaped(end))
    };
    (mark(old), mark(new))
}
