//! The report as a comment on a pull request, in GitHub's Markdown: a table, and a fold a resource.

use super::super::risk::{Class, Risk, Rule};
use super::super::{Report, Resource, ResourceChange};
use super::lines::{self, Line, Mark, visible};
use super::repeated::Told;
use super::{heading, risks};
use crate::markup::coded;

/// What GitHub takes as one comment is 65,536 characters; room is left for what others add.
const LIMIT: usize = 60_000;

/// The report as a comment, with `context` lines around those of a text. What does not fit is named, not shown.
pub fn markdown(report: &Report, context: usize) -> String {
    let mut out = format!("### {} → {}\n\n", code(&report.old), code(&report.new));
    if report.is_empty() {
        return out + &format!("No differences ({}).\n", heading::count(report.unchanged, "resource"));
    }
    out += &format!("{}\n\n", heading::summary(&report.summary()));
    if !report.risks.is_empty() {
        out += &format!("**Risks**: {}\n\n", risks::counts(report));
    }
    let blocks = broken(report).into_iter().chain(dangers(report)).chain(blocks(report, context));
    let blocks: Vec<Block> = blocks.collect();
    let mut left_out = 0;
    // Whatever is still to come is at least named.
    let mut reserve: usize = blocks.iter().map(|block| block.name.len()).sum();
    for block in &blocks {
        reserve -= block.name.len();
        if out.len() + block.whole.len() + reserve <= LIMIT {
            out += &block.whole;
        } else if out.len() + block.name.len() <= LIMIT {
            out += &block.name;
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        out += &format!("\n… and {} for which there is no room here.\n", heading::count(left_out, "resource"));
    }
    out
}

/// A part of the comment: all of it, and what names it where that is too long.
struct Block {
    whole: String,
    name: String,
}

impl Block {
    fn new(title: &str, lines: &[Line]) -> Block {
        let body = body(lines);
        let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
        let whole = format!("<details><summary>{title}</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n\n");
        Block { whole, name: format!("{title} (too long to be shown here)<br>\n") }
    }

    fn line(text: String) -> Block {
        let whole = format!("{text}<br>\n");
        Block { name: whole.clone(), whole }
    }
}

/// The references that lead nowhere now, in a fold that is open.
fn broken(report: &Report) -> Option<Block> {
    let title = format!("<b>{}</b>", heading::count(report.broken.len(), "broken reference"));
    let mut whole = format!("<details open><summary>{title}</summary>\n\n");
    for broken in &report.broken {
        whole += &format!("- {}\n", escaped(&visible(&broken.what)));
        broken.from.iter().for_each(|from| whole += &format!("  - {}\n", escaped(&visible(from))));
    }
    whole += "\n</details>\n\n";
    (!report.broken.is_empty()).then(|| Block { whole, name: format!("{title} (too long to be shown here)<br>\n") })
}

/// The risks, a fold a rule. Those of the worst classes are open.
fn dangers(report: &Report) -> Vec<Block> {
    let block = |(rule, risks): (&'static Rule, Vec<&Risk>)| {
        let count = if risks.len() > 1 { format!(" ({} times)", risks.len()) } else { String::new() };
        let title = format!("<b>{}</b> {}{count}", rule.class, escaped(rule.what));
        let open = if rule.class <= Class::Downtime { " open" } else { "" };
        let mut whole = format!("<details{open}><summary>{title}</summary>\n\n");
        for risk in risks {
            let name = escaped(&heading::name(&report.resources[risk.resource]));
            whole += &format!("- <code>{name}</code> {}\n", escaped(&risks::said(risk)));
        }
        let advice = coded(rule.advice, escaped);
        whole += &format!("\nWhat to do: {advice} (<code>{}</code>)\n\n</details>\n\n", rule.id);
        Block { whole, name: format!("{title}<br>\n") }
    };
    risks::by_rule(report).into_iter().map(block).collect()
}

/// What is the same in many resources, and then the resources.
fn blocks(report: &Report, context: usize) -> Vec<Block> {
    let told = Told::of(report, context);
    let groups = told.repeated.chunk_by(|(a, _), (b, _)| a == b).map(|group| {
        let lines: Vec<Line> = group.iter().flat_map(|(_, lines)| lines).cloned().collect();
        Block::new(&format!("<b>In each of {} resources</b>", group[0].0), &lines)
    });
    let entries = told.entries(report).into_iter().map(|entry| match entry[..] {
        [n] => resource(&report.resources[n], &told.own[n], told.kinds.other(report, n), report.risks_of(n)),
        _ => {
            let (kind, names) = heading::names(report, &entry);
            Block::line(format!("<code>{}</code> ×{}, told above: {}", escaped(&kind), entry.len(), escaped(&names)))
        }
    });
    groups.chain(entries).collect()
}

fn resource(change: &ResourceChange, own: &[Vec<Line>], other: Option<&Resource>, risks: &[Risk]) -> Block {
    let title = title(change, other, risks);
    match change {
        ResourceChange::Added(new) if other.is_none() => Block::new(&title, &lines::whole(Mark::Added, &new.value)),
        ResourceChange::Removed(old) if other.is_none() => Block::new(&title, &lines::whole(Mark::Removed, &old.value)),
        ResourceChange::Removed(_) => Block::line(title),
        _ if own.is_empty() => Block::line(format!("{title}, told above")),
        _ => Block::new(&title, &own.concat()),
    }
}

fn title(change: &ResourceChange, other: Option<&Resource>, risks: &[Risk]) -> String {
    let fate = heading::word(change.fate()).to_owned();
    let about = [fate, heading::version(change), heading::extent(change), heading::place(change, other)];
    let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
    let classes = risks::classes(risks);
    let classes = if classes.is_empty() { classes } else { format!(" <b>{classes}</b>") };
    format!("<code>{}</code> {}{classes}", escaped(&heading::name(change)), escaped(&about.join(", ")))
}

/// Lines as GitHub colours them: `!` for what was and is on one line.
fn body(lines: &[Line]) -> String {
    let mut out = String::new();
    for line in lines {
        let (sign, text) = match line.mark {
            Mark::Changed => ('!', line.text.as_str()),
            Mark::Place if line.text.trim_start().starts_with("@@") => {
                out += line.text.trim_start();
                out.push('\n');
                continue;
            }
            mark => (mark.sign(), line.text.as_str()),
        };
        out += format!("{sign} {text}").trim_end();
        out.push('\n');
    }
    out
}

fn longest_run(text: &str, c: char) -> usize {
    text.split(|other| other != c).map(str::len).max().unwrap_or(0)
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text in which no character means anything to HTML or Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '`' | '*' | '_' | '[' | ']' | '@' | '#' | '|' => out += &format!("&#{};", c as u32),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
