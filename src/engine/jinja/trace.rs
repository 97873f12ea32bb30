//! Traced rendering: templates are marked so that each piece of their output says where it came from.
//!
//! A mark is a run of characters from a private-use plane put before each piece of literal text, and before and after
//! each `{{ }}`. Marks travel with the text through macros, captures, includes and the functions that keep text, and
//! are taken out of the result while its source map is built.

use std::sync::Arc;

use minijinja::Environment;
use minijinja::machinery::{Token, tokenize};
use minijinja::value::Value as Jinja;

use super::Shared;
use crate::diag::{Pos, Span};
use crate::engine::{Segment, SourceMap};
use crate::value::Value;

/// Begins the mark of literal text: its position follows.
const LITERAL: char = '\u{F0001}';
/// Begins the mark before an expression: the positions of its start and end follow.
const OPEN: char = '\u{F0002}';
/// The mark after an expression.
const CLOSE: char = '\u{F0003}';
/// Ends a number.
const STOP: char = '\u{F0004}';
/// Hexadecimal digits.
const DIGIT: u32 = 0xF_0010;

fn is_mark(c: char) -> bool {
    ('\u{F0001}'..='\u{F001F}').contains(&c)
}

fn write_number(out: &mut String, number: u32) {
    for shift in (0..8).rev().map(|n| n * 4).skip_while(|shift| number >> shift == 0 && *shift > 0) {
        out.extend(char::from_u32(DIGIT + (number >> shift & 0xF)));
    }
    out.push(STOP);
}

/// A template's text with marks. Whitespace control is resolved while it is read, so the result is to be rendered
/// without `trim_blocks` and `lstrip_blocks`. A template that cannot be read stays as it is, for the engine to refuse.
pub(super) fn mark(text: &str, base: Pos) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut start = 0;
    for item in tokenize(text, false, super::syntax()) {
        let Ok((token, span)) = item else { return text.to_owned() };
        let (from, to) = (span.start_offset as usize, span.end_offset as usize);
        match token {
            Token::TemplateData(data) => mark_data(&mut out, data, offset_in(text, data).map(|at| base.offset(at))),
            Token::VariableStart | Token::BlockStart => start = to,
            Token::VariableEnd => {
                let inner = text.get(start..from).unwrap_or_default();
                out.push(OPEN);
                write_number(&mut out, base.offset(start).0);
                write_number(&mut out, base.offset(from).0);
                out.push_str(&format!("{{{{{inner}}}}}{CLOSE}"));
            }
            Token::BlockEnd => out.push_str(&format!("{{%{}%}}", text.get(start..from).unwrap_or_default())),
            _ => {}
        }
    }
    out
}

/// Each line gets a mark of its own, so that offsets stay true when the text is indented.
fn mark_data(out: &mut String, data: &str, pos: Option<Pos>) {
    let raw = ["{{", "{%", "{#"].iter().any(|tag| data.contains(tag));
    let mut at = 0;
    for line in data.split_inclusive('\n') {
        if let (Some(pos), false) = (pos, line.trim().is_empty()) {
            out.push(LITERAL);
            write_number(out, pos.offset(at).0);
        }
        at += line.len();
        if raw {
            out.push_str(&format!("{{% raw %}}{line}{{% endraw %}}"));
        } else {
            out.push_str(line);
        }
    }
}

/// Where a part of a text begins in it.
fn offset_in(text: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (at + part.len() <= text.len()).then_some(at)
}

/// A text without marks.
pub(super) fn strip(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).collect()
}

/// A value without marks, where it is text.
pub(super) fn strip_value(value: &Jinja) -> Jinja {
    match value.as_str() {
        Some(text) if text.contains(is_mark) => Jinja::from(strip(text)),
        _ => value.clone(),
    }
}

/// Filters of Jinja's that would take marks for text.
pub(super) fn override_filters(env: &mut Environment<'_>) {
    env.add_filter("trim", |text: String| trim(&text));
    env.add_filter("upper", |text: String| strip(&text).to_uppercase());
    env.add_filter("lower", |text: String| strip(&text).to_lowercase());
    for name in ["length", "count"] {
        env.add_filter(name, |value: Jinja| strip_value(&value).len());
    }
}

/// Trims the text and keeps the marks around it.
fn trim(text: &str) -> String {
    let skip = |c: char| c.is_whitespace() || is_mark(c);
    let body = text.trim_start_matches(skip);
    let head = text[..text.len() - body.len()].chars().filter(|c| is_mark(*c));
    let core = body.trim_end_matches(skip);
    let tail = body[core.len()..].chars().filter(|c| is_mark(*c));
    head.chain(core.chars()).chain(tail).collect()
}

/// Takes the marks out of a rendered text and keeps what they say; `values` are those that its templates see.
pub(super) fn read_marks(marked: &str, shared: &Shared, values: &Value) -> SourceMap {
    let mut reader = Marks { text: String::with_capacity(marked.len()), segments: Vec::new(), open: Vec::new() };
    let mut rest = marked;
    while let Some(at) = rest.find(is_mark) {
        reader.text.push_str(&rest[..at]);
        rest = reader.mark(&rest[at..]);
    }
    reader.text.push_str(rest);
    reader.finish(shared, values)
}

struct Marks {
    text: String,
    segments: Vec<Segment>,
    open: Vec<Span>,
}

impl Marks {
    /// Reads the mark that the text begins with, and gives what follows it.
    fn mark<'t>(&mut self, text: &'t str) -> &'t str {
        let mut chars = text.chars();
        let kind = chars.next();
        let mut rest = chars.as_str();
        match kind {
            Some(LITERAL) => {
                let start = Pos(read_number(&mut rest));
                self.push(Span::at(start), true);
            }
            Some(OPEN) => {
                let (start, end) = (Pos(read_number(&mut rest)), Pos(read_number(&mut rest)));
                self.push(Span::new(start, end), false);
                self.open.push(Span::new(start, end));
            }
            Some(CLOSE) => {
                if let Some(span) = self.open.pop() {
                    self.push(Span::at(span.end), true);
                }
            }
            _ => {}
        }
        rest
    }

    fn push(&mut self, span: Span, literal: bool) {
        let calls = self.open.iter().rev().copied().collect();
        self.segments.push(Segment { start: self.text.len(), span, literal, calls, values: Arc::default() });
    }

    /// Gives literal segments their lengths, and expressions the spans that show them without the space around.
    fn finish(mut self, shared: &Shared, values: &Value) -> SourceMap {
        let ends: Vec<usize> = self.segments.iter().skip(1).map(|s| s.start).chain([self.text.len()]).collect();
        for (segment, end) in self.segments.iter_mut().zip(ends) {
            if segment.literal {
                segment.span.end = segment.span.start.offset(end - segment.start);
            } else {
                segment.span = tighten(segment.span, shared);
                segment.values = named(segment.span, shared, values);
            }
            for call in &mut segment.calls {
                *call = tighten(*call, shared);
            }
        }
        SourceMap::new(self.text, self.segments)
    }
}

fn tighten(span: Span, shared: &Shared) -> Span {
    let Some(source) = shared.context.sources.find(span.start) else { return span };
    let text = source.slice(span);
    let lead = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let trail = text.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    let start = span.start.offset(lead);
    Span::new(start, Pos(span.end.0 - trail as u32).max(start))
}

/// The values that an expression names in full, as `Values.a.b`.
fn named(span: Span, shared: &Shared, values: &Value) -> Arc<[Value]> {
    const NAME: &str = "Values";
    let Some(source) = shared.context.sources.find(span.start) else { return Arc::default() };
    let text = String::from_utf8_lossy(source.slice(span));
    let is_inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let chains = text.split(|c: char| !is_inside(c)).map(|chain| chain.split('.'));
    let paths = chains.filter_map(|mut chain| (chain.next() == Some(NAME)).then_some(chain));
    paths.filter_map(|mut path| path.try_fold(values, |value, key| value.get(key)).cloned()).collect()
}

fn read_number(rest: &mut &str) -> u32 {
    let end = rest.find(STOP).unwrap_or(0);
    let number = rest[..end].chars().fold(0, |n: u32, c| n << 4 | (u32::from(c).wrapping_sub(DIGIT) & 0xF));
    *rest = rest[end..].strip_prefix(STOP).unwrap_or(&rest[end..]);
    number
}
