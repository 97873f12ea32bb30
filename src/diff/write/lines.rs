//! Changes as lines, for the formats that people read line by line.

use crate::value::{Str, Value};

use super::super::risk::some;
use super::super::text::laid_out;
use super::super::{Change, Detail, FieldPath, LineKind, Step, hunks};
use super::view::{block, is_leaf, leaf};

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// It is there on both sides.
    Kept,
    Added,
    Removed,
    /// It holds what was and what is.
    Changed,
    /// It says where the next ones are.
    Place,
}

impl Mark {
    /// The sign that stands before it.
    pub(super) fn sign(self) -> char {
        match self {
            Mark::Added => '+',
            Mark::Removed => '-',
            Mark::Changed => '~',
            Mark::Kept | Mark::Place => ' ',
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    pub(super) mark: Mark,
    pub(super) text: String,
}

/// The lines for changes, a group each; members that come to a set, or go, are one group.
pub(super) fn of_changes(changes: &[Change], context: usize) -> Vec<Vec<Line>> {
    let together =
        |a: &Change, b: &Change| member(a).is_some_and(|a| member(b).is_some_and(|b| a.0 == b.0 && a.1 == b.1));
    let lines = |group: &[Change]| match members(group) {
        Some(line) => vec![line],
        None => group.iter().flat_map(|change| of_change(change, context)).collect(),
    };
    changes.chunk_by(together).map(lines).collect()
}

/// Members that come to one set, or go: `spec.finalizers: a, b`.
fn members(group: &[Change]) -> Option<Line> {
    let (mark, set, _) = member(group.first()?)?;
    let texts: Vec<String> = group.iter().filter_map(|change| Some(leaf(member(change)?.2))).collect();
    Some(Line { mark, text: format!("{}: {}", FieldPath(set.to_vec()), visible(&texts.join(", "))) })
}

/// Whether a member of a set comes or goes, where the set is, and the member.
fn member(change: &Change) -> Option<(Mark, &[Step], &Value)> {
    let (Step::Member(_), set) = change.path.steps().split_last()? else { return None };
    match &change.detail {
        Detail::Added(value) => Some((Mark::Added, set, value)),
        Detail::Removed(value) => Some((Mark::Removed, set, value)),
        _ => None,
    }
}

/// The lines for a change, with `context` lines around those of a text.
fn of_change(change: &Change, context: usize) -> Vec<Line> {
    let path = match change.path.to_string() {
        root if root.is_empty() => ".".to_owned(),
        path => path,
    };
    match &change.detail {
        Detail::Added(value) => titled(Mark::Added, &path, value),
        Detail::Removed(value) => titled(Mark::Removed, &path, value),
        Detail::Replaced { old, new } => replaced(&path, old, new),
        Detail::Reordered { old, new } => {
            vec![Line { mark: Mark::Changed, text: visible(&format!("{path}: order {}", order(old, new))) }]
        }
        Detail::Text { old, new, json: true } => of_text(&path, &laid_out(old), &laid_out(new), context)
            .unwrap_or_else(|| vec![Line { mark: Mark::Changed, text: format!("{path}: JSON in another layout") }]),
        Detail::Text { old, new, json: false } => of_text(&path, old, new, context).unwrap_or_default(),
    }
}

/// The longest text that is put on one line with another.
const SHORT: usize = 60;

/// Names in two orders, without those before the first and after the last that has moved.
fn order(old: &[Str], new: &[Str]) -> String {
    let same = |(a, b): &(&Str, &Str)| a == b;
    let start = old.iter().zip(new).take_while(same).count();
    let end = old.len() - old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(same).count();
    let names = |all: &[Str]| {
        let names: Vec<String> = all[start..end].iter().map(Str::to_string).collect();
        some(&names)
    };
    format!("{} → {}", names(old), names(new))
}

fn replaced(path: &str, old: &Value, new: &Value) -> Vec<Line> {
    if is_leaf(old) && is_leaf(new) {
        let (old, new) = shortened(&leaf(old), &leaf(new));
        if old.chars().count() <= SHORT && new.chars().count() <= SHORT {
            return vec![Line { mark: Mark::Changed, text: format!("{path}: {old} → {new}") }];
        }
    }
    let mut lines = titled(Mark::Removed, path, old);
    lines.extend(titled(Mark::Added, path, new));
    lines
}

/// Both texts, without the middle of what nobody reads, such as a certificate in base64, where the ends tell them apart.
fn shortened(old: &str, new: &str) -> (String, String) {
    const LONG: usize = 120;
    const END: usize = 12;
    let is_code = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b));
    let short = |text: &str| match text.len() > LONG && is_code(text) {
        true => format!("{}…{} ({} characters)", &text[..END], &text[text.len() - END..], text.len()),
        false => text.to_owned(),
    };
    match (short(old), short(new)) {
        (a, b) if a == b => (old.to_owned(), new.to_owned()),
        both => both,
    }
}

/// A path and a value: a leaf behind it, anything else below it.
fn titled(mark: Mark, path: &str, value: &Value) -> Vec<Line> {
    if is_leaf(value) {
        return vec![Line { mark, text: format!("{path}: {}", visible(&leaf(value))) }];
    }
    let title = Line { mark, text: format!("{path}:") };
    let below = whole(mark, value).into_iter().map(|line| Line { mark, text: format!("  {}", line.text) });
    std::iter::once(title).chain(below).collect()
}

/// All lines of a value that is on one side only.
pub(super) fn whole(mark: Mark, value: &Value) -> Vec<Line> {
    block(value).lines().map(|line| Line { mark, text: visible(line) }).collect()
}

/// A text that changed; none where its lines are the same.
fn of_text(path: &str, old: &str, new: &str, context: usize) -> Option<Vec<Line>> {
    let mut lines = vec![Line { mark: Mark::Changed, text: format!("{path}:") }];
    for hunk in hunks(old, new, context) {
        lines.push(Line { mark: Mark::Place, text: format!("  {}", hunk.title()) });
        for line in &hunk.lines {
            let mark = match line.kind {
                LineKind::Kept => Mark::Kept,
                LineKind::Removed => Mark::Removed,
                LineKind::Added => Mark::Added,
            };
            lines.push(Line { mark, text: format!("  {}", visible(line.text)).trim_end().to_owned() });
            if line.unended && line.kind != LineKind::Kept {
                lines.push(Line { mark: Mark::Place, text: "  (no line break at the end)".to_owned() });
            }
        }
    }
    (lines.len() > 1).then_some(lines)
}

/// A line with what a terminal would act on or hide made visible.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let ends = text.len() - text.len().saturating_sub(text.trim_end_matches([' ', '\t']).len());
    for (at, c) in text.char_indices() {
        match c {
            '\t' if at < ends => out.push('\t'),
            ' ' if at >= ends => out.push('·'),
            '\t' => out.push('⇥'),
            '\r' => out.push('␍'),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}
