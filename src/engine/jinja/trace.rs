//! Traced rendering: templates are marked so that each piece of their output says where it came from.
//!
//! A mark is a run of characters from a private-use plane put before each piece of literal text, and before and after
//! each `{{ }}`; what this prints begins with the number under which is noted what it read. Marks travel with the text
//! through macros, captures, includes and the functions that keep text, and are taken out of the result while its source
//! map is built.

use std::sync::Arc;

use minijinja::value::{Value as Jinja, ValueKind};
use minijinja::{Environment, Error, Output, State};

use super::reads::{self, Reads};
use super::{Shared, convert};
use crate::diag::{Pos, Span};
use crate::engine::carried::{self, Carried};
use crate::engine::{Segment, SourceMap};
use crate::value::Value;

/// Begins the mark of literal text: its position follows.
pub(super) const LITERAL: char = '\u{F0001}';
/// Begins the mark before an expression: the positions of its start and end follow.
pub(super) const OPEN: char = '\u{F0002}';
/// The mark after an expression.
pub(super) const CLOSE: char = '\u{F0003}';
/// Ends a number.
const STOP: char = '\u{F0004}';
/// Begins the mark of what an expression read: its number follows.
const READ: char = '\u{F0005}';
/// Hexadecimal digits.
const DIGIT: u32 = 0xF_0010;

fn is_mark(c: char) -> bool {
    ('\u{F0001}'..='\u{F001F}').contains(&c)
}

pub(super) fn write_number(out: &mut String, number: u32) {
    for shift in (0..8).rev().map(|n| n * 4).skip_while(|shift| number >> shift == 0 && *shift > 0) {
        out.extend(char::from_u32(DIGIT + (number >> shift & 0xF)));
    }
    out.push(STOP);
}

/// A text without marks.
pub(super) fn strip(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).collect()
}

/// A value without marks, in whatever text of it.
pub(super) fn strip_value(value: &Jinja) -> Jinja {
    match value.kind() {
        ValueKind::String => strip_text(value),
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable if !convert::is_built_in(value) => {
            strip_data(&convert::to_value(value)).map_or_else(|| value.clone(), |plain| convert::to_jinja(&plain))
        }
        _ => value.clone(),
    }
}

/// A text without marks, or any other value as it is.
pub(super) fn strip_text(value: &Jinja) -> Jinja {
    match value.as_str() {
        Some(text) if text.contains(is_mark) => Jinja::from(strip(text)),
        _ => value.clone(),
    }
}

/// Data without marks, where there are some in it.
pub(super) fn strip_data(value: &Value) -> Option<Value> {
    match value {
        Value::Str(text, origin) if text.contains(is_mark) => Some(Value::Str(strip(text).into(), *origin)),
        Value::List(items, origin) => {
            let stripped: Vec<_> = items.iter().map(strip_data).collect();
            let both = || items.iter().zip(&stripped).map(|(item, plain)| plain.as_ref().unwrap_or(item).clone());
            stripped.iter().any(Option::is_some).then(|| Value::List(Arc::new(both().collect()), *origin))
        }
        Value::Map(map, origin) => {
            let stripped: Vec<_> = map.iter().map(|(_, entry)| strip_data(entry)).collect();
            let both =
                || map.iter().zip(&stripped).map(|((k, v), plain)| (k.clone(), plain.as_ref().unwrap_or(v).clone()));
            stripped.iter().any(Option::is_some).then(|| Value::Map(Arc::new(both().collect()), *origin))
        }
        _ => None,
    }
}

/// Quotes a value; of a text with marks, what is between them, since these would be escaped.
pub(super) fn quote(value: &Jinja, quote: impl Fn(Jinja) -> Result<Jinja, Error>) -> Result<Jinja, Error> {
    let Some(text) = value.as_str().filter(|text| text.contains(is_mark)) else { return quote(value.clone()) };
    let mut out = String::from('"');
    for run in text.split_inclusive(is_mark) {
        let (plain, mark) = run.split_at(run.trim_end_matches(is_mark).len());
        let quoted = quote(Jinja::from(plain))?;
        let inner = quoted.as_str().and_then(|quoted| quoted.strip_prefix('"')?.strip_suffix('"'));
        out.extend([inner.unwrap_or_default(), mark]);
    }
    out.push('"');
    Ok(Jinja::from(out))
}

/// The filter of Jinja's that looks at both ends of a text, where marks are.
pub(super) fn override_filters(env: &mut Environment<'_>) {
    env.add_filter("trim", |text: String| trim(&text));
}

/// Prints as ever, behind the mark of what was read.
pub(super) fn format_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Jinja) -> Result<(), Error> {
    if let Some(number) = reads::print(value).and_then(|number| u32::try_from(number).ok()) {
        let mut mark = String::from(READ);
        write_number(&mut mark, number);
        out.write_str(&mark).map_err(Error::from)?;
    }
    super::print::format_value(out, state, value)
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

/// Takes the marks out of a rendered text and keeps what they say.
pub(super) fn read_marks(marked: &str, shared: &Shared, reads: &Reads) -> SourceMap {
    let mut reader = Marks::new(shared, reads);
    let mut rest = marked;
    while let Some(at) = rest.find(is_mark) {
        reader.text.push_str(&rest[..at]);
        rest = reader.mark(&rest[at..]);
    }
    reader.text.push_str(rest);
    reader.finish()
}

struct Marks<'r> {
    text: String,
    segments: Vec<Segment>,
    carried: Vec<Carried>,
    open: Vec<Open>,
    reads: &'r Reads,
    shared: &'r Shared,
}

/// An expression that is being printed.
struct Open {
    span: Span,
    /// Where its output begins.
    start: usize,
    /// The number of what it read.
    read: Option<usize>,
}

impl<'r> Marks<'r> {
    fn new(shared: &'r Shared, reads: &'r Reads) -> Self {
        Marks { text: String::new(), segments: Vec::new(), carried: Vec::new(), open: Vec::new(), reads, shared }
    }

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
                let span = Span::new(start, end);
                self.push(span, false);
                self.open.push(Open { span, start: self.text.len(), read: None });
            }
            Some(READ) => {
                let number = read_number(&mut rest) as usize;
                if let Some(open) = self.open.last_mut() {
                    open.read = Some(number);
                }
            }
            Some(CLOSE) => {
                if let Some(open) = self.open.pop() {
                    self.find(&open);
                    self.push(Span::at(open.span.end), true);
                }
            }
            _ => {}
        }
        rest
    }

    fn push(&mut self, span: Span, literal: bool) {
        let calls = self.open.iter().rev().map(|open| open.span).collect();
        self.segments.push(Segment { start: self.text.len(), span, literal, calls });
    }

    /// Finds the values in what an expression printed, but for those that are found in a part of it.
    fn find(&mut self, open: &Open) {
        let Some(read) = open.read.and_then(|number| self.reads.of(number)) else { return };
        let column = open.start - self.text[..open.start].rfind('\n').map_or(0, |at| at + 1);
        let found = carried::find(&self.text[open.start..], column, read);
        carried::add(&mut self.carried, found, open.start);
    }

    /// Gives literal segments their lengths, and expressions the spans that show them without the space around.
    fn finish(mut self) -> SourceMap {
        let shared = self.shared;
        let ends: Vec<usize> = self.segments.iter().skip(1).map(|s| s.start).chain([self.text.len()]).collect();
        for (segment, end) in self.segments.iter_mut().zip(ends) {
            if segment.literal {
                segment.span.end = segment.span.start.offset(end - segment.start);
            } else {
                segment.span = tighten(segment.span, shared);
            }
            for call in &mut segment.calls {
                *call = tighten(*call, shared);
            }
        }
        SourceMap::new(self.text, self.segments, self.carried)
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

fn read_number(rest: &mut &str) -> u32 {
    let end = rest.find(STOP).unwrap_or(0);
    let number = rest[..end].chars().fold(0, |n: u32, c| n << 4 | (u32::from(c).wrapping_sub(DIGIT) & 0xF));
    *rest = rest[end..].strip_prefix(STOP).unwrap_or(&rest[end..]);
    number
}
