//! Changes as lines, for the formats that people read line by line.

use crate::value::Value;

use super::super::text::laid_out;
use super::super::{Change, Detail, LineKind, hunks};
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

/// The lines for a change, with `context` lines around those of a text.
pub(super) fn of_change(change: &Change, context: usize) -> Vec<Line> {
    let path = match change.path.to_string() {
        root if root.is_empty() => ".".to_owned(),
        path => path,
    };
    match &change.detail {
        Detail::Added(value) => titled(Mark::Added, &path, value),
        Detail::Removed(value) => titled(Mark::Removed, &path, value),
        Detail::Replaced { old, new } => replaced(&path, old, new),
        Detail::Reordered { old, new } => {
            let text = format!("{path}: order {} → {}", old.join(", "), new.join(", "));
            vec![Line { mark: Mark::Changed, text }]
        }
        Detail::Text { old, new, json: true } => of_text(&path, &laid_out(old), &laid_out(new), context)
            .unwrap_or_else(|| replaced(&path, &Value::str(old.clone()), &Value::str(new.clone()))),
        Detail::Text { old, new, json: false } => of_text(&path, old, new, context).unwrap_or_default(),
    }
}

/// The longest text that is put on one line with another.
const SHORT: usize = 60;

fn replaced(path: &str, old: &Value, new: &Value) -> Vec<Line> {
    if is_leaf(old) && is_leaf(new) {
        let (old, new) = (leaf(old), leaf(new));
        if old.chars().count() <= SHORT && new.chars().count() <= SHORT {
            return vec![Line { mark: Mark::Changed, text: format!("{path}: {old} → {new}") }];
        }
    }
    let mut lines = titled(Mark::Removed, path, old);
    lines.extend(titled(Mark::Added, path, new));
    lines
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
