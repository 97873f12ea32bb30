//! Places in the base's text, and new text in its style.

use std::ops::Range;

use super::survey::Style;
use crate::value::{Map, Value};
use crate::yaml::{Dialect, Numbers, Text, WriteOptions, to_flow, to_yaml};

/// The longest key that is written in front of a `:` without `?`.
const MAX_KEY: usize = 512;

/// The most bytes that a line break has.
pub(super) const LONGEST_BREAK: usize = 3;

/// How many bytes the line break at an offset has; 0 where there is none.
fn break_len(text: Text<'_>, at: usize) -> usize {
    match text.byte(at) {
        b'\n' => 1,
        b'\r' => 1 + usize::from(text.byte(at + 1) == b'\n'),
        0xC2 if text.byte(at + 1) == 0x85 => 2,
        0xE2 if text.byte(at + 1) == 0x80 && matches!(text.byte(at + 2), 0xA8 | 0xA9) => 3,
        _ => 0,
    }
}

/// The column of an offset, in bytes.
pub(super) fn column(text: Text<'_>, at: usize) -> usize {
    let mut start = at;
    while start > text.start() && !begins_line(text, start) {
        start -= 1;
    }
    let line = text.slice(start..at);
    line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line).len()
}

/// Where the line of an offset ends, before its line break; `end` at the latest.
pub(super) fn line_end(text: Text<'_>, from: usize, end: usize) -> usize {
    (from..end).find(|at| break_len(text, *at) > 0).unwrap_or(end.max(from))
}

/// Whether a line break is in a range.
pub(super) fn has_break(text: Text<'_>, from: usize, end: usize) -> bool {
    line_end(text, from, end) < end
}

/// Whether an offset is at the beginning of a line that is not the first one.
pub(super) fn begins_line(text: Text<'_>, at: usize) -> bool {
    (1..=LONGEST_BREAK).any(|len| at >= len && break_len(text, at - len) == len)
}

/// Where a block scalar ends, without the empty lines below it, unless they are part of it.
pub(super) fn block_scalar_end(text: Text<'_>, start: usize, end: usize) -> usize {
    let header = line_end(text, start, end);
    if text.slice(start..header.min(start + 3)).contains(&b'+') {
        return end;
    }
    let scalar = text.slice(start..end);
    let last = scalar.iter().rposition(|b| !b.is_ascii_whitespace()).map_or(end, |n| start + n + 1);
    let line_end = line_end(text, last, end);
    line_end + break_len(text, line_end).min(end - line_end)
}

/// The comment on the first line of a block scalar, with the blanks before it.
pub(super) fn comment_in_header(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let line_end = line_end(text, start, end);
    let header = text.slice(start..line_end);
    let hash = memchr::memchr(b'#', header)?;
    let blank = header[..hash].iter().rposition(|b| !b" \t".contains(b)).map_or(0, |n| n + 1);
    Some(start + blank..line_end)
}

/// The first byte of a gap between two tokens that is neither white space nor in a comment.
pub(super) fn first_solid(text: Text<'_>, from: usize, end: usize) -> Option<usize> {
    let mut at = from;
    while at < end {
        match text.byte(at) {
            b' ' | b'\t' => at += 1,
            b'#' => at = line_end(text, at, end),
            // A byte order mark.
            0xEF if text.byte(at + 1) == 0xBB && text.byte(at + 2) == 0xBF => at += 3,
            _ => match break_len(text, at) {
                0 => return Some(at),
                len => at += len,
            },
        }
    }
    None
}

/// After the last byte of a gap that is neither white space nor in a comment; `from` where there is none.
pub(super) fn solid_end(text: Text<'_>, from: usize, end: usize) -> usize {
    let (mut at, mut last) = (from, from);
    while let Some(solid) = first_solid(text, at, end) {
        (at, last) = (solid + 1, solid + 1);
    }
    last
}

/// A value as it is written behind a key: what stands on the key's line, and the lines below, each with its line break
/// before it.
#[derive(Debug, Default, Clone)]
pub(super) struct Written {
    pub head: String,
    pub lines: String,
}

impl Style {
    /// The value of an entry of a block map at a column.
    pub fn value(&self, value: &Value, column: usize) -> Written {
        let mut written = Written::default();
        match value {
            Value::Map(map, _) if !map.is_empty() => written.lines = self.entries(map, column + self.step),
            Value::List(items, _) if !items.is_empty() => {
                for item in items.iter() {
                    self.item(item, column + self.dash, &mut written.lines);
                }
            }
            Value::Str(text, _) => self.text(text, column, &mut written),
            scalar => written.head = leaf(scalar),
        }
        written
    }

    /// The entries of a block map at a column, each line with its line break before it.
    pub fn entries(&self, map: &Map, column: usize) -> String {
        let mut lines = String::new();
        for (key, value) in map {
            self.line(column, &mut lines);
            self.entry(key, value, column, &mut lines);
        }
        lines
    }

    fn line(&self, column: usize, out: &mut String) {
        out.push_str(self.newline);
        out.extend(std::iter::repeat_n(' ', column));
    }

    fn entry(&self, key: &str, value: &Value, column: usize, out: &mut String) {
        let written = self.value(value, column);
        let name = leaf(&Value::str(key));
        if name.len() <= MAX_KEY && !name.contains('\n') {
            out.push_str(&name);
        } else {
            out.push_str("? ");
            to_flow(&Value::str(key), out);
            self.line(column, out);
        }
        out.push(':');
        if !written.head.is_empty() {
            out.push(' ');
            out.push_str(&written.head);
        }
        out.push_str(&written.lines);
    }

    /// An item of a list whose `-` is at a column. The first line of what it holds stands behind the `-`.
    fn item(&self, item: &Value, column: usize, out: &mut String) {
        self.line(column, out);
        out.push('-');
        let inner = column + 2;
        let lines = match item {
            Value::Map(map, _) if !map.is_empty() => self.entries(map, inner),
            Value::List(items, _) if !items.is_empty() => {
                let mut lines = String::new();
                items.iter().for_each(|item| self.item(item, inner, &mut lines));
                lines
            }
            leaf => {
                let written = self.value(leaf, column);
                out.push(' ');
                out.push_str(&written.head);
                out.push_str(&written.lines);
                return;
            }
        };
        out.push(' ');
        out.push_str(lines.get(self.newline.len() + inner..).unwrap_or_default());
    }

    /// Text: a literal block where it has several lines and one can hold it.
    fn text(&self, text: &str, column: usize, written: &mut Written) {
        let whole = leaf(&Value::str(text));
        let (head, lines) = whole.split_once('\n').unwrap_or((&whole, ""));
        // An indentation indicator would have to change with the indentation, and what follows `+` is the base's.
        if lines.is_empty() || head.contains(|c: char| c.is_ascii_digit() || c == '+') {
            to_flow_text(text, &whole, &mut written.head);
            return;
        }
        written.head = head.to_owned();
        for line in lines.split('\n') {
            match line.strip_prefix("  ") {
                Some(line) => {
                    self.line(column + self.step.max(1), &mut written.lines);
                    written.lines.push_str(line);
                }
                None => written.lines.push_str(self.newline),
            }
        }
    }
}

/// Text on one line, as it would be written anyway where that is one line.
fn to_flow_text(text: &str, written: &str, out: &mut String) {
    if written.contains('\n') {
        to_flow(&Value::str(text), out);
    } else {
        out.push_str(written);
    }
}

/// A scalar or an empty collection. Text may have several lines, those after the first indented by 2.
fn leaf(value: &Value) -> String {
    let dialect = if matches!(value, Value::Str(..)) { Dialect::V3Pretty } else { Dialect::V2 };
    // What is written exactly is never refused.
    to_yaml(value, &WriteOptions { dialect, numbers: Numbers::Exact }).unwrap_or_default()
}

/// A value on one line, for a flow collection.
pub(super) fn flow(value: &Value) -> String {
    let mut text = String::new();
    to_flow(value, &mut text);
    text
}

/// The entries of a map on one line, for a flow map.
pub(super) fn flow_entries(map: &Map) -> Vec<String> {
    let entry = |(key, value): (&_, &Value)| {
        let mut text = String::new();
        to_flow(&Value::map([(crate::value::Str::clone(key), value.clone())]), &mut text);
        text[1..text.len() - 1].to_owned()
    };
    map.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { step: 4, dash: 0, newline: "\n" };

    #[test]
    fn blocks_follow_a_style() {
        let map = Value::map([("b", Value::int(1)), ("a", Value::str("x\ny\n"))]);
        let list = Value::list([map.clone(), Value::list([Value::str("p"), Value::map::<&str>([])])]);
        let value = Value::map([("m", map), ("l", list), ("e", Value::list([])), ("yes", Value::str("no"))]);
        let want = "\n    m:\n        b: 1\n        a: |\n            x\n            y\n    l:\n    - b: 1\n      a: |\n          \
                    x\n          y\n    - - p\n      - {}\n    e: []\n    \"yes\": \"no\"";
        assert_eq!(STYLE.value(&value, 0).lines, want);
        let windows = Style { newline: "\r\n", ..STYLE };
        assert_eq!(windows.value(&value, 0).lines, want.replace('\n', "\r\n"));
    }
}
