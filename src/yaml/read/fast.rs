//! The short cut through block collections in plain style, which most of most files are.
//!
//! It reads whole lines (`key: value`, `key:`, `- item`) by searching for the few bytes that matter, makes the events
//! directly, and leaves the state as the complete grammar would. Whatever is not of the plainest kind it leaves alone:
//! then the complete grammar takes over, from the same place. So it changes nothing but the time; where the text is in
//! error, an event or two more may come before the error.

use std::borrow::Cow;

use super::super::Style;
use super::super::event::{Event, EventKind};
use super::parse::State;
use super::piece::slice;
use super::scan::{MAX_DEPTH, Scanner, TokenKind};
use super::text::is_blank;
use super::words::{plain_run, spaces};
use super::{Reader, Step};

/// The most bytes from the beginning of a key to its `:` with which it surely is one.
const MAX_KEY: usize = 1024;

/// A place to go back to.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    pos: usize,
    line_start: usize,
    simple_key_allowed: bool,
}

/// A line of a block mapping in plain style.
#[derive(Debug)]
pub enum Line<'a> {
    /// A key and its value.
    Entry {
        /// The key as it stands in the input.
        key: &'a str,
        /// The offset where it begins.
        at: usize,
        /// The value.
        value: Quick<'a>,
    },
    /// A key with `[]` or `{}`.
    Empty {
        /// The key as it stands in the input.
        key: &'a str,
        /// The offset where it begins.
        at: usize,
        /// Whether it is `[]`.
        list: bool,
    },
    /// A key with a block collection below it, whose event was come to.
    Opens {
        /// The key as it stands in the input.
        key: &'a str,
        /// The offset where it begins.
        at: usize,
    },
    /// No line: the mapping ends before it.
    End,
}

/// A scalar as it stands on one line of the input, without anchor, tag or escapes.
#[derive(Debug, Clone, Copy)]
pub struct Quick<'a> {
    /// Its text.
    pub text: &'a str,
    /// How it was written.
    pub style: Style,
    /// The offset where it begins, its quote included.
    pub start: usize,
}

impl<'a> Quick<'a> {
    /// Its event.
    pub fn event(self) -> Event<'a> {
        let quotes = if self.style == Style::Plain { 0 } else { 2 };
        let kind = EventKind::Scalar { text: Cow::Borrowed(self.text), style: self.style, props: None };
        Event { kind, start: self.start, end: self.start + self.text.len() + quotes }
    }
}

/// A key that has been found, so that it need not be found twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    start: usize,
    /// After its text, quotes included.
    end: usize,
    /// After its `:`.
    after: usize,
    style: Style,
}

impl Key {
    /// No key.
    pub const NONE: Key = Key { start: usize::MAX, end: 0, after: 0, style: Style::Plain };

    /// Where the key that begins at an offset ends, with its `:`; there where none is known.
    pub fn end_at(&self, start: usize) -> usize {
        if self.start == start { self.after } else { start }
    }
}

/// What ends a plain scalar on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Colon,
    Comment,
    LineEnd,
    /// Something for the grammar.
    Other,
}

impl<'a> Reader<'a> {
    /// The next line of the block mapping that is open, where it is of the plainest kind: what several events would say,
    /// in one step. Nothing is read otherwise.
    #[inline]
    pub(in crate::yaml) fn plain_line(&mut self) -> Option<Line<'a>> {
        if self.state != State::BlockMappingKey || !self.at_ease || !self.scan.simple_key_allowed {
            return None;
        }
        let at = self.scan.pos;
        let (byte, column) = (self.scan.byte(at), self.scan.column());
        // A letter is no white space, comment or marker.
        if byte <= b'.' && (byte != b'-' || column == 0) {
            return None;
        }
        if column < self.scan.indent {
            self.scan.pop_indent();
            self.close();
            return Some(Line::End);
        }
        if column > self.scan.indent || byte == b'-' {
            return None;
        }
        if self.key.start != at && !self.scan.find_key(at, &mut self.key) {
            return None;
        }
        if self.key.style != Style::Plain {
            return None;
        }
        self.line = self.scan.mark();
        let (end, after) = (self.key.end, self.key.after);
        let key = slice(self.scan.text, at, end);
        let line = match self.scan.byte(after) {
            b' ' => match self.scan.byte(after + 1) {
                b'"' | b'\'' => self.quoted_value(after + 1).map(|value| Line::Entry { key, at, value }),
                b'[' | b'{' => self.empty_value(after + 1).map(|list| Line::Empty { key, at, list }),
                _ => self.plain_value(after + 1).map(|value| Line::Entry { key, at, value }),
            },
            b'\n' => self.plain_below(after + 1).then_some(Line::Opens { key, at }),
            _ => None,
        };
        if line.is_none() {
            self.unread_line();
        }
        line
    }

    /// Goes back to before the line that was given last, which was an entry.
    pub(in crate::yaml) fn unread_line(&mut self) {
        self.scan.reset(self.line);
    }

    /// The plain scalar of one line at an offset.
    #[inline(always)]
    fn plain_value(&mut self, start: usize) -> Option<Quick<'a>> {
        self.scan.pos = start;
        self.scan.simple_key_allowed = false;
        let end = self.scan.one_line_plain()?;
        let start = self.scan.value_start;
        Some(Quick { text: slice(self.scan.text, start, end), style: Style::Plain, start })
    }

    /// The scalar in quotes, without escapes, of one line at an offset.
    fn quoted_value(&mut self, start: usize) -> Option<Quick<'a>> {
        let (end, style) = self.scan.one_line_quoted(start)?;
        let text = slice(self.scan.text, start + 1, end - 1);
        self.scan.pass_line_end(end).then_some(Quick { text, style, start })
    }

    /// Whether what ends its line at an offset is `[]`; nothing where it is not `{}` either.
    fn empty_value(&mut self, start: usize) -> Option<bool> {
        let list = match self.scan.bytes().get(start..start + 2) {
            Some(b"[]") => true,
            Some(b"{}") => false,
            _ => return None,
        };
        self.scan.pass_line_end(start + 2).then_some(list)
    }

    /// Comes to the block collection that begins on the line at an offset.
    #[inline(always)]
    fn plain_below(&mut self, line: usize) -> bool {
        let at = line + spaces(self.scan.bytes(), line);
        (self.scan.pos, self.scan.line_start) = (at, line);
        let column = self.scan.column();
        if column > self.scan.indent {
            return self.fast_nested(State::BlockMappingKey);
        }
        let is_list = column == self.scan.indent && self.scan.is_entry(at);
        if is_list {
            self.open(State::BlockMappingKey, at, State::IndentlessSequence);
            self.event = Event { kind: EventKind::SequenceStart { flow: false, props: None }, start: at, end: at + 1 };
        }
        is_list
    }

    /// The next event, by the short cut where the text is plain enough.
    #[inline]
    pub(super) fn fast_step(&mut self) -> Step {
        match self.state {
            State::BlockMappingKey => self.fast_key(),
            State::BlockMappingContent => self.fast_content(),
            State::BlockSequence | State::IndentlessSequence => self.fast_item(),
            _ => self.slow_step(),
        }
    }

    /// The next event, by the grammar.
    #[inline(never)]
    pub(super) fn slow_step(&mut self) -> Step {
        let event = self.step();
        self.at_ease = self.fast && self.give_back();
        let Some(event) = event? else { return Ok(false) };
        self.event = event;
        Ok(true)
    }

    /// Undoes the reading ahead of an indicator; whether nothing is read ahead then.
    fn give_back(&mut self) -> bool {
        if self.scan.queue.len() == 1
            && let Some(token) = self.scan.queue.front()
        {
            match (&token.kind, self.state) {
                (TokenKind::BlockEntry, State::BlockSequence | State::IndentlessSequence) => {
                    self.scan.pos = token.start;
                    self.scan.simple_key_allowed = true;
                    self.scan.take();
                }
                (TokenKind::Value, State::BlockMappingValue) if !self.scan.simple_key_allowed => {
                    self.state = State::BlockMappingContent;
                    self.scan.take();
                }
                _ => {}
            }
        }
        self.scan.is_at_ease()
    }

    #[inline(always)]
    fn made(&mut self, kind: EventKind<'a>, start: usize, end: usize) -> Step {
        self.event = Event { kind, start, end };
        Ok(true)
    }

    #[inline(always)]
    fn scalar_event(&mut self, start: usize, end: usize, style: Style) -> Step {
        let quote = usize::from(style != Style::Plain);
        let text = Cow::Borrowed(slice(self.scan.text, start + quote, end - quote));
        self.made(EventKind::Scalar { text, style, props: None }, start, end)
    }

    #[inline]
    fn fast_key(&mut self) -> Step {
        let Some(column) = self.scan.settle() else { return self.slow_step() };
        let at = self.scan.pos;
        if column < self.scan.indent {
            self.scan.pop_indent();
            self.close();
            return self.made(EventKind::MappingEnd, at, at);
        }
        let found = self.key.start == at || self.scan.find_key(at, &mut self.key);
        if !found || column != self.scan.indent {
            return self.slow_step();
        }
        self.scan.pos = self.key.after;
        self.scan.simple_key_allowed = false;
        self.state = State::BlockMappingContent;
        self.scalar_event(at, self.key.end, self.key.style)
    }

    #[inline]
    fn fast_content(&mut self) -> Step {
        let mark = self.scan.mark();
        if self.scan.byte(self.scan.pos) == b' ' {
            self.scan.pos += 1;
        }
        if let Some(end) = self.scan.one_line_plain() {
            let start = self.scan.value_start;
            self.state = State::BlockMappingKey;
            return self.scalar_event(start, end, Style::Plain);
        }
        self.other_content(mark)
    }

    /// A value that is not plain text on one line.
    fn other_content(&mut self, mark: Mark) -> Step {
        self.scan.reset(mark);
        self.scan.pass_blanks();
        match self.scan.byte(self.scan.pos) {
            b'\n' | b'\r' | b'#' | 0 => self.fast_below(State::BlockMappingKey, mark, mark.pos),
            b'\'' | b'"' => self.fast_quoted(State::BlockMappingKey),
            b'|' | b'>' => self.fast_block_scalar(State::BlockMappingKey),
            b'[' | b'{' => self.fast_empty_flow(State::BlockMappingKey, mark),
            _ => self.fast_plain(State::BlockMappingKey, mark),
        }
    }

    /// Leaves it to the grammar, from a place on.
    fn leave(&mut self, mark: Mark) -> Step {
        self.scan.reset(mark);
        self.slow_step()
    }

    fn fast_item(&mut self) -> Step {
        let Some(column) = self.scan.settle() else { return self.slow_step() };
        let indentless = self.state == State::IndentlessSequence;
        if column == self.scan.indent && self.scan.is_entry(self.scan.pos) {
            return self.fast_entry(self.state);
        }
        if column < self.scan.indent || (indentless && column == self.scan.indent) {
            if !indentless {
                self.scan.pop_indent();
            }
            self.close();
            return self.made(EventKind::SequenceEnd, self.scan.pos, self.scan.pos);
        }
        self.slow_step()
    }

    /// What follows `-`.
    fn fast_entry(&mut self, resume: State) -> Step {
        let mark = self.scan.mark();
        self.scan.pos += 1;
        let after = self.scan.pos;
        self.scan.pos += spaces(self.scan.bytes(), after);
        if self.fast_nested(resume) {
            return Ok(true);
        }
        match self.scan.byte(self.scan.pos) {
            b'\n' | b'\r' | b'#' | 0 => self.fast_below(resume, mark, after),
            b'|' | b'>' => self.fast_block_scalar(resume),
            b'[' | b'{' if self.scan.is_line_over(self.scan.pos + 2) => self.fast_empty_flow(resume, mark),
            b'\'' | b'"' => self.fast_quoted_item(resume, mark),
            _ => self.fast_plain(resume, mark),
        }
    }

    fn fast_plain(&mut self, resume: State, mark: Mark) -> Step {
        let Some(end) = self.scan.one_line_plain() else { return self.leave(mark) };
        let start = self.scan.value_start;
        self.state = resume;
        self.scalar_event(start, end, Style::Plain)
    }

    /// What follows a `:` or `-` that ends its line.
    fn fast_below(&mut self, resume: State, mark: Mark, after: usize) -> Step {
        let Some(column) = self.scan.settle() else { return self.leave(mark) };
        let at = self.scan.pos;
        if column > self.scan.indent {
            return if self.fast_nested(resume) { Ok(true) } else { self.leave(mark) };
        }
        if column == self.scan.indent {
            match (self.scan.is_entry(at), resume) {
                (true, State::BlockMappingKey) => {
                    self.open(resume, at, State::IndentlessSequence);
                    return self.made(EventKind::SequenceStart { flow: false, props: None }, at, at + 1);
                }
                (true, _) => {}
                (false, State::BlockSequence) => return self.leave(mark),
                // Anything but another key may be the value.
                (false, _) if self.scan.find_key(at, &mut self.key) => {}
                (false, _) => return self.leave(mark),
            }
        }
        self.state = resume;
        self.scalar_event(after, after, Style::Plain)
    }

    /// Enters the block collection that begins here, where one surely does; whether it did.
    fn fast_nested(&mut self, resume: State) -> bool {
        let at = self.scan.pos;
        let entry = self.scan.is_entry(at);
        if self.scan.indents.len() >= MAX_DEPTH || (!entry && !self.scan.find_key(at, &mut self.key)) {
            return false;
        }
        self.scan.indents.push(self.scan.indent);
        self.scan.indent = self.scan.column();
        if entry {
            self.open(resume, at, State::BlockSequence);
            self.event = Event { kind: EventKind::SequenceStart { flow: false, props: None }, start: at, end: at };
        } else {
            self.open(resume, at, State::BlockMappingKey);
            self.event = Event { kind: EventKind::MappingStart { flow: false, props: None }, start: at, end: at };
        }
        true
    }

    fn fast_quoted(&mut self, resume: State) -> Step {
        let start = self.scan.pos;
        let (text, style) = self.scan.quoted()?;
        self.state = resume;
        self.made(EventKind::Scalar { text, style, props: None }, start, self.scan.pos)
    }

    /// A quoted scalar where a key might stand.
    fn fast_quoted_item(&mut self, resume: State, mark: Mark) -> Step {
        let event = self.fast_quoted(resume);
        if event.is_ok() && !self.scan.is_line_over(self.scan.pos) {
            return self.leave(mark);
        }
        self.scan.simple_key_allowed = false;
        event
    }

    fn fast_block_scalar(&mut self, resume: State) -> Step {
        let start = self.scan.pos;
        let (text, style, end) = self.scan.block_scalar()?;
        self.scan.simple_key_allowed = true;
        self.state = resume;
        self.made(EventKind::Scalar { text, style, props: None }, start, end)
    }

    /// `[]` or `{}`.
    fn fast_empty_flow(&mut self, resume: State, mark: Mark) -> Step {
        let at = self.scan.pos;
        let kind = match self.scan.bytes().get(at..at + 2) {
            Some(b"[]") => EventKind::SequenceStart { flow: true, props: None },
            Some(b"{}") => EventKind::MappingStart { flow: true, props: None },
            _ => return self.leave(mark),
        };
        self.scan.pos += 1;
        self.scan.simple_key_allowed = false;
        self.open(resume, at, State::EmptyFlow);
        self.made(kind, at, at + 1)
    }
}

impl Scanner<'_> {
    #[inline(always)]
    fn mark(&self) -> Mark {
        Mark { pos: self.pos, line_start: self.line_start, simple_key_allowed: self.simple_key_allowed }
    }

    fn reset(&mut self, mark: Mark) {
        (self.pos, self.line_start) = (mark.pos, mark.line_start);
        self.simple_key_allowed = mark.simple_key_allowed;
    }

    /// Goes to the next token, which must begin its line, and gives its column: -1 where the document ends.
    #[inline(always)]
    fn settle(&mut self) -> Option<isize> {
        // Most often the line before was passed up to here. A letter is no white space, comment or marker.
        if self.simple_key_allowed && self.byte(self.pos) > b'.' {
            return Some(self.column());
        }
        self.pass_lines()
    }

    fn pass_lines(&mut self) -> Option<isize> {
        loop {
            match self.byte(self.pos) {
                b'\n' | b'\r' => {
                    self.pass_break();
                    self.simple_key_allowed = true;
                    self.pos += spaces(self.bytes(), self.pos);
                }
                b' ' => self.pos += 1,
                b'\t' if !self.simple_key_allowed => self.pos += 1,
                b'#' => self.pass_line(),
                0 if self.bad.is_some() => return None,
                0 => return Some(-1),
                _ if !self.simple_key_allowed => return None,
                _ => break,
            }
        }
        if self.pos > self.line_start {
            return Some(self.column());
        }
        match self.byte(self.pos) {
            b'%' => None,
            b'-' | b'.' if self.document_indicator(self.pos).is_some() => Some(-1),
            _ => Some(0),
        }
    }

    /// Reads a plain scalar that ends on its line, up to the next token; gives the end of its text. Its beginning is
    /// noted. Nothing (and any place) where the grammar has to look.
    #[inline(always)]
    fn one_line_plain(&mut self) -> Option<usize> {
        let start = self.pos;
        if !self.begins_plain(start) {
            return None;
        }
        self.value_start = start;
        let (stop, at) = self.plain_stop(start);
        let end = self.trim_end(at);
        self.pos = at;
        if stop == Stop::LineEnd && self.pass_to_text(at) {
            return (self.column() <= self.indent).then_some(end);
        }
        match stop {
            Stop::LineEnd | Stop::Comment => self.pass_gap(stop == Stop::LineEnd).then_some(end),
            Stop::Colon | Stop::Other => None,
        }
    }

    /// Passes the line break at an offset, and the spaces after it, where something stands behind them: the usual end of
    /// a line. Whether that is so.
    #[inline(always)]
    fn pass_to_text(&mut self, at: usize) -> bool {
        let line = at + 1;
        let next = line + spaces(self.bytes(), line);
        let is_usual = self.byte(at) == b'\n' && self.byte(next) > b'#';
        if is_usual {
            (self.pos, self.line_start, self.simple_key_allowed) = (next, line, true);
        }
        is_usual
    }

    /// The same, where a line ends that the next one does not go on.
    fn pass_line_end(&mut self, at: usize) -> bool {
        self.pass_to_text(at) && self.column() <= self.indent
    }

    /// Passes what is between a plain scalar and the next token; whether the scalar has surely ended. A comment ends it.
    fn pass_gap(&mut self, bare: bool) -> bool {
        let mut bare = bare;
        loop {
            match self.byte(self.pos) {
                b'\n' | b'\r' => {
                    self.pass_break();
                    self.simple_key_allowed = true;
                    self.pos += spaces(self.bytes(), self.pos);
                }
                b' ' => self.pos += 1,
                b'#' => {
                    bare = false;
                    self.pass_line();
                }
                b'\t' => return false,
                0 => return true,
                _ => return !bare || self.column() <= self.indent,
            }
        }
    }

    #[inline(always)]
    fn is_entry(&self, at: usize) -> bool {
        self.byte(at) == b'-' && is_gap(self.byte(at + 1))
    }

    /// Whether nothing but white space and a comment is left of a line.
    fn is_line_over(&self, from: usize) -> bool {
        let mut at = from;
        while is_blank(self.byte(at)) {
            at += 1;
        }
        matches!(self.byte(at), b'\n' | b'\r' | b'#' | 0)
    }

    #[inline(always)]
    fn begins_plain(&self, at: usize) -> bool {
        let c = self.byte(at);
        BEGINS_PLAIN[usize::from(c)] || (c == b'-' && !is_gap(self.byte(at + 1)))
    }

    /// Finds the key that begins at an offset, where it is one line of plain text or of text in quotes without escapes.
    // Handing the key over in place spares a copy that waits for its parts.
    #[inline]
    fn find_key(&self, start: usize, key: &mut Key) -> bool {
        if !self.begins_plain(start) {
            return self.quoted_key(start, key);
        }
        let (stop, colon) = self.plain_stop(start);
        let found = stop == Stop::Colon && colon - start <= MAX_KEY;
        if found {
            (key.start, key.end, key.after, key.style) = (start, self.trim_end(colon), colon + 1, Style::Plain);
        }
        found
    }

    /// Where the scalar in quotes, without escapes, that begins at an offset ends on its line.
    fn one_line_quoted(&self, start: usize) -> Option<(usize, Style)> {
        let quote = self.byte(start);
        let style = match quote {
            b'"' => Style::Double,
            b'\'' => Style::Single,
            _ => return None,
        };
        let mut end = start + 1;
        while self.byte(end) != quote {
            if matches!(self.byte(end), 0 | b'\n' | b'\r' | b'\\') {
                return None;
            }
            end += 1;
        }
        Some((end + 1, style))
    }

    fn quoted_key(&self, start: usize, key: &mut Key) -> bool {
        let Some((end, style)) = self.one_line_quoted(start) else { return false };
        let colon = end + spaces(self.bytes(), end);
        let found = self.byte(colon) == b':' && is_gap(self.byte(colon + 1)) && colon - start <= MAX_KEY;
        if found {
            *key = Key { start, end, after: colon + 1, style };
        }
        found
    }

    /// What ends the plain scalar that begins at an offset, and where.
    #[inline(always)]
    fn plain_stop(&self, start: usize) -> (Stop, usize) {
        let mut at = start;
        loop {
            at = plain_run(self.bytes(), at);
            match self.byte(at) {
                b'\n' => return (Stop::LineEnd, at),
                b':' if is_gap(self.byte(at + 1)) => return (Stop::Colon, at),
                b'#' if self.byte(at - 1) == b' ' => return (Stop::Comment, at),
                b':' | b'#' => at += 1,
                b'\r' | 0 => return (Stop::LineEnd, at),
                _ => return (Stop::Other, at),
            }
        }
    }

    /// The end of a text without the spaces before it. The text begins with something else.
    #[inline(always)]
    fn trim_end(&self, end: usize) -> usize {
        let mut end = end;
        while end > 0 && self.byte(end - 1) == b' ' {
            end -= 1;
        }
        end
    }
}

/// Whether a byte is a space, a tab, a line break or the end. Texts with other line breaks are not read here.
#[inline(always)]
fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0)
}

/// Bytes that begin a plain scalar whatever follows.
const BEGINS_PLAIN: [bool; 256] = {
    let mut table = [true; 256];
    let not = b" \t\n\r-?:,[]{}#&*!|>'\"%@`\0";
    let mut i = 0;
    while i < not.len() {
        table[not[i] as usize] = false;
        i += 1;
    }
    table
};
