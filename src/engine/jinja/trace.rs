//! Traced rendering: templates are marked so that each piece of their output says where it came from.
//!
//! A mark is a run of characters from a private-use plane put before each piece of literal text, and before and after
//! each `{{ }}`; what this prints begins with the number under which is noted what it read. Marks travel with the text through macros, captures, includes and the functions that keep text, and
//! are taken out of the result while its source map is built.

use std::collections::{HashMap, HashSet};

use minijinja::machinery::{Token, tokenize};
use minijinja::value::Value as Jinja;
use minijinja::{Environment, Error, Output, State};

use super::Shared;
use super::reads::{self, Printed, Reads};
use crate::diag::{Pos, Span};
use crate::engine::carried::{self, Carried};
use crate::engine::{Segment, SourceMap};

/// Begins the mark of literal text: its position follows.
const LITERAL: char = '\u{F0001}';
/// Begins the mark before an expression: the positions of its start and end follow.
const OPEN: char = '\u{F0002}';
/// The mark after an expression.
const CLOSE: char = '\u{F0003}';
/// Ends a number.
const STOP: char = '\u{F0004}';
/// Begins the mark of what an expression read: its number follows.
const READ: char = '\u{F0005}';
/// What is called before and after each expression; no template calls it.
const BEGIN: &str = "__begin";
const END: &str = "__end";
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
                out.push_str(&format!("{{% do {BEGIN}() %}}{{{{{inner}}}}}{{% do {END}() %}}{CLOSE}"));
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

/// What marked templates call.
pub(super) fn add_hooks(env: &mut Environment<'_>) {
    env.add_function(BEGIN, reads::begin);
    env.add_function(END, reads::end);
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
    /// The names of loops' items and macros' arguments, by where their template begins.
    bound: HashMap<Pos, HashSet<String>>,
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
        Marks {
            text: String::new(),
            segments: Vec::new(),
            carried: Vec::new(),
            open: Vec::new(),
            reads,
            shared,
            bound: HashMap::new(),
        }
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
        let Some(Printed { read, around }) = open.read.and_then(|number| self.reads.of(number)) else { return };
        let is_bound = !around.is_empty() && self.is_bound_name(open.span);
        let read = [read.as_slice(), if is_bound { around } else { &[] }].concat();
        let column = open.start - self.text[..open.start].rfind('\n').map_or(0, |at| at + 1);
        let found = carried::find(&self.text[open.start..], column, &read);
        carried::add(&mut self.carried, found, open.start);
    }

    /// Whether an expression begins with a name alone, that of a loop's item or of a macro's argument in its template.
    fn is_bound_name(&mut self, span: Span) -> bool {
        let Some(source) = self.shared.context.sources.find(span.start) else { return false };
        let text = String::from_utf8_lossy(source.slice(span));
        let (name, rest) = text.trim().split_at(text.trim().find(|c| !is_word(c)).unwrap_or(text.trim().len()));
        let names =
            self.bound.entry(source.base).or_insert_with(|| bound_names(&String::from_utf8_lossy(&source.text)));
        names.contains(name) && (rest.is_empty() || rest.trim_start().starts_with('|'))
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

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names that a template gives to the items of its loops and the arguments of its macros.
fn bound_names(text: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut tag = None;
    let mut before = None;
    for (token, _) in tokenize(text, false, super::syntax()).map_while(Result::ok) {
        match (&token, tag) {
            (Token::BlockEnd, _) => tag = None,
            (Token::Ident(word), None) if matches!(before, Some(Token::BlockStart)) => tag = Some(*word),
            (Token::Ident("in"), Some("for")) => tag = None,
            (Token::Ident(name), Some("for")) => drop(names.insert((*name).to_owned())),
            (Token::Ident(name), Some("macro")) if matches!(before, Some(Token::ParenOpen | Token::Comma)) => {
                names.insert((*name).to_owned());
            }
            _ => {}
        }
        before = Some(token);
    }
    names
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
