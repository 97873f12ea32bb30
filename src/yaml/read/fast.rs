//! The short cut through block collections in plain style, which most of most files are.
//!
//! It reads whole lines (`key: value`, `key:`, `- item`) by searching for the few bytes that matter, makes the events
//! directly, and leaves the state as the complete grammar would. Whatever is not of the plainest kind it leaves alone:
//! then the complete grammar takes over, from the same place. So it changes nothing but the time; where the text is in
//! error, an event or two more may come before the error.

use std::borrow::Cow;

use super::super::event::{Event, EventKind};
use super::super::{Style, YamlError};
use super::Reader;
use super::parse::State;
use super::piece::slice;
use super::scan::{MAX_DEPTH, Scanner, TokenKind};
use super::text::is_blank;

/// The most bytes from the beginning of a key to its `:` with which it surely is one.
const MAX_KEY: usize = 1024;

type Next<'a> = Result<Option<Event<'a>>, YamlError>;

/// A place to go back to.
#[derive(Clone, Copy)]
struct Mark {
    pos: usize,
    line_start: usize,
    simple_key_allowed: bool,
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
}

/// What ends a plain scalar on its line.
enum Stop {
    Colon,
    Comment,
    LineEnd,
    /// Something for the grammar.
    Other,
}

impl<'a> Reader<'a> {
    /// The next event where the text is plain enough; nothing where the grammar has to look.
    pub(super) fn fast_step(&mut self) -> Next<'a> {
        match self.state {
            State::BlockMappingKey => Ok(self.fast_key()),
            State::BlockMappingContent => self.fast_content(),
            State::BlockSequence | State::IndentlessSequence => self.fast_item(),
            _ => Ok(None),
        }
    }

    fn made(kind: EventKind<'a>, start: usize, end: usize) -> Option<Event<'a>> {
        Some(Event { kind, start, end })
    }

    fn scalar_event(&self, start: usize, end: usize, style: Style) -> Option<Event<'a>> {
        let quote = usize::from(style != Style::Plain);
        let text = Cow::Borrowed(slice(self.scan.text, start + quote, end - quote));
        Self::made(EventKind::Scalar { text, style, props: None }, start, end)
    }

    fn fast_key(&mut self) -> Option<Event<'a>> {
        if !self.scan.is_at_ease() {
            return None;
        }
        let column = self.scan.settle()?;
        if column < self.scan.indent {
            self.scan.pop_indent();
            self.close();
            return Self::made(EventKind::MappingEnd, self.scan.pos, self.scan.pos);
        }
        let at = self.scan.pos;
        let key = if column == self.scan.indent { self.find_key(at)? } else { return None };
        self.scan.pos = key.after;
        self.scan.simple_key_allowed = false;
        self.state = State::BlockMappingContent;
        self.scalar_event(key.start, key.end, key.style)
    }

    fn fast_content(&mut self) -> Next<'a> {
        let mark = self.scan.mark();
        self.scan.pass_blanks();
        let event = match self.scan.byte(self.scan.pos) {
            b'\n' | b'\r' | b'#' | 0 => self.fast_below(State::BlockMappingKey, mark.pos, true),
            b'\'' | b'"' => self.fast_quoted(State::BlockMappingKey)?,
            b'|' | b'>' => self.fast_block_scalar(State::BlockMappingKey)?,
            b'[' | b'{' => self.fast_empty_flow(State::BlockMappingKey),
            _ => self.fast_plain(State::BlockMappingKey),
        };
        if event.is_none() {
            self.scan.reset(mark);
        }
        Ok(event)
    }

    fn fast_item(&mut self) -> Next<'a> {
        self.scan.give_back_entry();
        if !self.scan.is_at_ease() {
            return Ok(None);
        }
        let Some(column) = self.scan.settle() else { return Ok(None) };
        let indentless = self.state == State::IndentlessSequence;
        if column == self.scan.indent && self.scan.is_entry(self.scan.pos) {
            return self.fast_entry(self.state);
        }
        if column < self.scan.indent || (indentless && column == self.scan.indent) {
            if !indentless {
                self.scan.pop_indent();
            }
            self.close();
            return Ok(Self::made(EventKind::SequenceEnd, self.scan.pos, self.scan.pos));
        }
        Ok(None)
    }

    /// What follows `-`.
    fn fast_entry(&mut self, resume: State) -> Next<'a> {
        let mark = self.scan.mark();
        self.scan.pos += 1;
        let after = self.scan.pos;
        while self.scan.byte(self.scan.pos) == b' ' {
            self.scan.pos += 1;
        }
        let event = match self.scan.byte(self.scan.pos) {
            b'\n' | b'\r' | b'#' | 0 => self.fast_below(resume, after, false),
            b'|' | b'>' => self.fast_block_scalar(resume)?,
            b'[' | b'{' if self.scan.is_line_over(self.scan.pos + 2) => self.fast_empty_flow(resume),
            b'[' | b'{' => None,
            c => match self.fast_nested(resume) {
                Some(event) => Some(event),
                None if c == b'\'' || c == b'"' => self.fast_quoted_item(resume)?,
                None => self.fast_plain(resume),
            },
        };
        if event.is_none() {
            self.scan.reset(mark);
        }
        Ok(event)
    }

    /// What follows a `:` or `-` that ends its line.
    fn fast_below(&mut self, resume: State, after: usize, value: bool) -> Option<Event<'a>> {
        let column = self.scan.settle()?;
        if column > self.scan.indent {
            return self.fast_nested(resume);
        }
        let at = self.scan.pos;
        match self.scan.is_entry(at) {
            true if value && column == self.scan.indent => {
                self.open(resume, at, State::IndentlessSequence);
                return Self::made(EventKind::SequenceStart { flow: false, props: None }, at, at + 1);
            }
            false if resume == State::BlockSequence && column == self.scan.indent => return None,
            _ => {}
        }
        self.state = resume;
        self.scalar_event(after, after, Style::Plain)
    }

    /// A block collection that begins here.
    fn fast_nested(&mut self, resume: State) -> Option<Event<'a>> {
        let at = self.scan.pos;
        let (state, kind) = if self.scan.is_entry(at) {
            (State::BlockSequence, EventKind::SequenceStart { flow: false, props: None })
        } else {
            self.key = self.find_key(at)?;
            (State::BlockMappingKey, EventKind::MappingStart { flow: false, props: None })
        };
        if self.scan.indents.len() >= MAX_DEPTH {
            return None;
        }
        self.scan.indents.push(self.scan.indent);
        self.scan.indent = self.scan.column();
        self.open(resume, at, state);
        Self::made(kind, at, at)
    }

    fn find_key(&self, at: usize) -> Option<Key> {
        if self.key.start == at { Some(self.key) } else { self.scan.find_key(at) }
    }

    /// A plain scalar that ends on its line.
    fn fast_plain(&mut self, resume: State) -> Option<Event<'a>> {
        let start = self.scan.pos;
        if !self.scan.begins_plain(start) {
            return None;
        }
        let (stop, at) = self.scan.plain_stop(start);
        match stop {
            Stop::LineEnd | Stop::Comment => {}
            Stop::Colon | Stop::Other => return None,
        }
        let end = self.scan.trim_end(start, at);
        self.scan.pos = at;
        let on_next_line = self.scan.pass_gap()? && matches!(stop, Stop::LineEnd);
        if on_next_line && self.scan.column() > self.scan.indent {
            return None;
        }
        self.state = resume;
        self.scalar_event(start, end, Style::Plain)
    }

    fn fast_quoted(&mut self, resume: State) -> Next<'a> {
        let start = self.scan.pos;
        let (text, style) = self.scan.quoted()?;
        self.state = resume;
        Ok(Self::made(EventKind::Scalar { text, style, props: None }, start, self.scan.pos))
    }

    /// A quoted scalar where a key might stand.
    fn fast_quoted_item(&mut self, resume: State) -> Next<'a> {
        let event = self.fast_quoted(resume)?;
        if !self.scan.is_line_over(self.scan.pos) {
            self.state = resume;
            return Ok(None);
        }
        self.scan.simple_key_allowed = false;
        Ok(event)
    }

    fn fast_block_scalar(&mut self, resume: State) -> Next<'a> {
        let start = self.scan.pos;
        let (text, style, end) = self.scan.block_scalar()?;
        self.scan.simple_key_allowed = true;
        self.state = resume;
        Ok(Self::made(EventKind::Scalar { text, style, props: None }, start, end))
    }

    /// `[]` or `{}`.
    fn fast_empty_flow(&mut self, resume: State) -> Option<Event<'a>> {
        let at = self.scan.pos;
        let kind = match self.scan.bytes().get(at..at + 2)? {
            b"[]" => EventKind::SequenceStart { flow: true, props: None },
            b"{}" => EventKind::MappingStart { flow: true, props: None },
            _ => return None,
        };
        self.scan.pos += 1;
        self.scan.simple_key_allowed = false;
        self.open(resume, at, State::EmptyFlow);
        Self::made(kind, at, at + 1)
    }
}

impl Scanner<'_> {
    fn mark(&self) -> Mark {
        Mark { pos: self.pos, line_start: self.line_start, simple_key_allowed: self.simple_key_allowed }
    }

    fn reset(&mut self, mark: Mark) {
        (self.pos, self.line_start) = (mark.pos, mark.line_start);
        self.simple_key_allowed = mark.simple_key_allowed;
    }

    /// Takes a `-` back that was read ahead.
    fn give_back_entry(&mut self) {
        if let Some(token) = self.queue.front()
            && matches!(token.kind, TokenKind::BlockEntry)
            && self.queue.len() == 1
        {
            self.pos = token.start;
            self.simple_key_allowed = true;
            self.queue.clear();
        }
    }

    /// Goes to the next token, which must begin its line, and gives its column: -1 where the document ends.
    fn settle(&mut self) -> Option<isize> {
        loop {
            match self.byte(self.pos) {
                b'\n' | b'\r' => {
                    self.pass_break();
                    self.simple_key_allowed = true;
                }
                b' ' => self.pos += 1,
                b'\t' if !self.simple_key_allowed => self.pos += 1,
                b'#' => self.pass_line(),
                0 if self.pos < self.text.len() || self.bad.is_some() => return None,
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

    /// Passes what is between a plain scalar and the next token; whether no comment is there. Nothing where the
    /// grammar has to look.
    fn pass_gap(&mut self) -> Option<bool> {
        let mut bare = true;
        loop {
            match self.byte(self.pos) {
                b'\n' | b'\r' => {
                    self.pass_break();
                    self.simple_key_allowed = true;
                }
                b' ' => self.pos += 1,
                b'#' => {
                    bare = false;
                    self.pass_line();
                }
                b'\t' => return None,
                0 => return Some(false),
                _ => return Some(bare),
            }
        }
    }

    fn is_entry(&self, at: usize) -> bool {
        self.byte(at) == b'-' && self.is_blankz(at + 1)
    }

    /// Whether nothing but white space and a comment is left of a line.
    fn is_line_over(&self, from: usize) -> bool {
        let mut at = from;
        while is_blank(self.byte(at)) {
            at += 1;
        }
        matches!(self.byte(at), b'\n' | b'\r' | b'#' | 0)
    }

    fn begins_plain(&self, at: usize) -> bool {
        match self.byte(at) {
            b'-' => !self.is_blankz(at + 1),
            c => BEGINS_PLAIN[usize::from(c)],
        }
    }

    /// The key that begins at an offset, where it is one line of plain text or of text in quotes without escapes.
    fn find_key(&self, start: usize) -> Option<Key> {
        let style = match self.byte(start) {
            b'"' => Style::Double,
            b'\'' => Style::Single,
            _ => Style::Plain,
        };
        let (end, colon) = if style == Style::Plain {
            let (stop, at) = if self.begins_plain(start) { self.plain_stop(start) } else { return None };
            matches!(stop, Stop::Colon).then(|| (self.trim_end(start, at), at))?
        } else {
            self.quoted_key(start)?
        };
        (colon - start <= MAX_KEY).then_some(Key { start, end, after: colon + 1, style })
    }

    /// The end of a quoted key, and its `:`.
    fn quoted_key(&self, start: usize) -> Option<(usize, usize)> {
        let quote = self.byte(start);
        let mut end = start + 1;
        while self.byte(end) != quote {
            if matches!(self.byte(end), 0 | b'\n' | b'\r' | b'\\') {
                return None;
            }
            end += 1;
        }
        end += 1;
        let mut colon = end;
        while self.byte(colon) == b' ' {
            colon += 1;
        }
        (self.byte(colon) == b':' && self.is_blankz(colon + 1)).then_some((end, colon))
    }

    /// What ends a plain scalar that begins at an offset, and where.
    fn plain_stop(&self, start: usize) -> (Stop, usize) {
        let bytes = self.bytes();
        let mut at = start;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(run) = rest.iter().position(|b| MAY_END_PLAIN[usize::from(*b)]) else {
                return (Stop::LineEnd, bytes.len());
            };
            at += run;
            match self.byte(at) {
                b':' if self.is_blankz(at + 1) => return (Stop::Colon, at),
                b'#' if self.byte(at - 1) == b' ' => return (Stop::Comment, at),
                b':' | b'#' => at += 1,
                b'\n' | b'\r' => return (Stop::LineEnd, at),
                _ => return (Stop::Other, at),
            }
        }
    }

    /// The end of a text without the spaces at its end.
    fn trim_end(&self, start: usize, end: usize) -> usize {
        let mut end = end;
        while end > start && self.byte(end - 1) == b' ' {
            end -= 1;
        }
        end
    }
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

/// Bytes that may end a plain scalar outside of flow collections.
const MAY_END_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b":#\n\r\t\0";
    let mut i = 0;
    while i < ends.len() {
        table[ends[i] as usize] = true;
        i += 1;
    }
    table
};
