//! Scalars: plain, quoted, and in blocks.

use std::borrow::Cow;

use super::super::{Style, YamlError};
use super::piece::Piece;
use super::scan::Scanner;
use super::text::{break_char, is_blank};

/// White space between two words of a scalar that may go over several lines.
#[derive(Default)]
struct Gap {
    /// The first line break.
    first: Option<char>,
    /// The line breaks after it.
    more: String,
}

impl Gap {
    /// Takes the line break at `pos`.
    fn pass_break(&mut self, scanner: &mut Scanner) {
        let c = break_char(scanner.bytes(), scanner.pos);
        match self.first {
            None => self.first = Some(c),
            Some(_) => self.more.push(c),
        }
        scanner.pass_break();
    }

    /// Folds: one line break is a space, more are one less; U+2028 and U+2029 stay.
    fn fold_into(&mut self, text: &mut Piece) {
        match self.first.take() {
            Some('\n') if self.more.is_empty() => text.char(' '),
            Some('\n') | None => text.text(&self.more),
            Some(other) => {
                text.char(other);
                text.text(&self.more);
            }
        }
        self.more.clear();
    }
}

impl<'a> Scanner<'a> {
    /// A plain scalar, and where its text ends; passes the white space after it as well.
    pub fn plain(&mut self) -> Result<(Cow<'a, str>, usize), YamlError> {
        let start = self.pos;
        let mut end = self.pos;
        let mut text = Piece::new(self.text);
        let mut gap = Gap::default();
        while self.byte(self.pos) != b'#' && !self.at_document_indicator() {
            let run = self.plain_run(self.pos);
            if run > self.pos {
                match gap.first {
                    Some(_) => gap.fold_into(&mut text),
                    None => text.range(end, self.pos),
                }
                text.range(self.pos, run);
                (self.pos, end) = (run, run);
            }
            if !is_blank(self.byte(self.pos)) && !self.is_break(self.pos) {
                break;
            }
            self.plain_gap(&mut gap, start)?;
            if self.flow_level == 0 && self.column() <= self.indent {
                break;
            }
        }
        // The white space passed over a line break: a key may follow.
        self.simple_key_allowed |= gap.first.is_some();
        Ok((text.finish(), end))
    }

    fn at_document_indicator(&self) -> bool {
        self.pos == self.line_start && self.document_indicator(self.pos).is_some()
    }

    /// The end of the characters, from an offset on, that belong to a plain scalar and are not white space.
    fn plain_run(&self, from: usize) -> usize {
        let flow = self.flow_level > 0;
        let mut at = from;
        loop {
            match self.byte(at) {
                0 | b' ' | b'\t' | b'\n' | b'\r' => return at,
                b':' if self.is_blankz(at + 1) => return at,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if flow => return at,
                0xC2 | 0xE2 if self.exotic && self.is_break(at) => return at,
                _ => at += 1,
            }
        }
    }

    /// White space after a word of a plain scalar.
    fn plain_gap(&mut self, gap: &mut Gap, start: usize) -> Result<(), YamlError> {
        loop {
            match self.byte(self.pos) {
                b'\t' if gap.first.is_some() && self.column() <= self.indent => {
                    let error = self.error("found a tab character that violates indentation");
                    return Err(error.within(start, "plain scalar"));
                }
                b' ' | b'\t' => self.pos += 1,
                _ if self.is_break(self.pos) => gap.pass_break(self),
                _ => return Ok(()),
            }
        }
    }

    /// A scalar in quotes.
    pub fn quoted(&mut self) -> Result<(Cow<'a, str>, Style), YamlError> {
        let start = self.pos;
        let quote = self.byte(self.pos);
        self.pos += 1;
        let mut text = Piece::new(self.text);
        let mut gap = Gap::default();
        loop {
            if self.at_document_indicator() {
                return Err(self.error("found unexpected document indicator").within(start, "quoted scalar"));
            }
            if self.pos >= self.text.len() {
                let (at, why) = self.bad.unwrap_or((self.pos, "found unexpected end of stream"));
                return Err(YamlError::new(at, why).within(start, "quoted scalar"));
            }
            let escaped_break = self.quoted_run(quote, &mut text, start)?;
            if self.byte(self.pos) == quote {
                break;
            }
            self.quoted_gap(&mut gap, &mut text, escaped_break);
        }
        self.pos += 1;
        Ok((text.finish(), if quote == b'"' { Style::Double } else { Style::Single }))
    }

    /// The characters of a quoted scalar up to white space or the closing quote; whether an escaped line break ended
    /// them.
    fn quoted_run(&mut self, quote: u8, text: &mut Piece<'a>, start: usize) -> Result<bool, YamlError> {
        loop {
            let from = self.pos;
            self.pos = self.quoted_stop(quote);
            text.range(from, self.pos);
            match self.byte(self.pos) {
                b'\'' if quote == b'\'' && self.byte(self.pos + 1) == b'\'' => {
                    text.range(self.pos, self.pos + 1);
                    self.pos += 2;
                }
                b'\\' if quote == b'"' && self.is_break(self.pos + 1) => {
                    self.pos += 1;
                    self.pass_break();
                    return Ok(true);
                }
                b'\\' if quote == b'"' => text.char(self.escape(start)?),
                _ => return Ok(false),
            }
        }
    }

    /// The next byte that means something in a quoted scalar, white space included.
    fn quoted_stop(&self, quote: u8) -> usize {
        let mut at = self.pos;
        loop {
            match self.byte(at) {
                0 | b' ' | b'\t' | b'\n' | b'\r' => return at,
                b'\\' if quote == b'"' => return at,
                c if c == quote => return at,
                0xC2 | 0xE2 if self.exotic && self.is_break(at) => return at,
                _ => at += 1,
            }
        }
    }

    /// White space in a quoted scalar. Where it has no line break it stays.
    fn quoted_gap(&mut self, gap: &mut Gap, text: &mut Piece<'a>, escaped_break: bool) {
        let start = self.pos;
        let mut folded = escaped_break;
        loop {
            if is_blank(self.byte(self.pos)) {
                self.pos += 1;
            } else if self.is_break(self.pos) {
                if escaped_break {
                    // The first line break was escaped and is gone; those after it stay.
                    gap.more.push(break_char(self.bytes(), self.pos));
                    self.pass_break();
                } else {
                    gap.pass_break(self);
                }
                folded = true;
            } else {
                break;
            }
        }
        if folded {
            gap.fold_into(text);
        } else {
            text.range(start, self.pos);
        }
    }

    /// The character that an escape stands for.
    fn escape(&mut self, start: usize) -> Result<char, YamlError> {
        let (c, digits) = match self.byte(self.pos + 1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0B', 0),
            b'f' => ('\x0C', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1B', 0),
            c @ (b' ' | b'"' | b'\'' | b'\\') => (c as char, 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{A0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('x', 2),
            b'u' => ('u', 4),
            b'U' => ('U', 8),
            _ => return Err(self.error("found unknown escape character").within(start, "quoted scalar")),
        };
        self.pos += 2;
        if digits == 0 { Ok(c) } else { self.escape_code(digits, start) }
    }

    fn escape_code(&mut self, digits: usize, start: usize) -> Result<char, YamlError> {
        let code = self.bytes().get(self.pos..self.pos + digits).unwrap_or_default();
        let code = code.iter().try_fold(0u32, |n, c| Some((n << 4) | (*c as char).to_digit(16)?));
        let Some(code) = code.filter(|_| self.pos + digits <= self.text.len()) else {
            return Err(self.error("did not find expected hexdecimal number").within(start, "quoted scalar"));
        };
        let Some(c) = char::from_u32(code) else {
            return Err(self.error("found invalid Unicode character escape code").within(start, "quoted scalar"));
        };
        self.pos += digits;
        Ok(c)
    }
}

/// What the line of `|` or `>` says.
struct Header {
    start: usize,
    literal: bool,
    /// `-` is false, `+` is true.
    keep: Option<bool>,
    /// The indentation indicator, 0 where there is none.
    increment: usize,
}

impl<'a> Scanner<'a> {
    /// A scalar after `|` or `>`, and where it ends: before the indentation of what follows.
    pub fn block_scalar(&mut self) -> Result<(Cow<'a, str>, Style, usize), YamlError> {
        let header = self.block_header()?;
        let mut indent = match header.increment {
            0 => 0,
            n => self.indent.max(0) + n as isize,
        };
        let mut end = self.pos;
        let mut text = Piece::new(self.text);
        let mut breaks = Breaks::default();
        self.block_breaks(&mut indent, &mut breaks, &header, &mut end)?;
        let mut after_blank = false;
        while self.column() == indent && self.pos < self.text.len() {
            let blank = is_blank(self.byte(self.pos));
            let fold = !header.literal && !after_blank && !blank;
            breaks.join_into(&mut text, fold);
            after_blank = blank;
            let line_end = self.line_end(self.pos);
            text.range(self.pos, line_end);
            self.pos = line_end;
            breaks.last = self.pass_line_break();
            self.block_breaks(&mut indent, &mut breaks, &header, &mut end)?;
        }
        breaks.chomp_into(&mut text, header.keep);
        let style = if header.literal { Style::Literal } else { Style::Folded };
        Ok((text.finish(), style, end))
    }

    /// Passes the break at the end of a line, which may be one that is only taken to be there.
    fn pass_line_break(&mut self) -> Option<LineBreak> {
        let (at, c) = (self.pos, break_char(self.bytes(), self.pos));
        if self.pass_break() {
            return Some(LineBreak { at, c });
        }
        (self.final_newline && at == self.text.len()).then(|| {
            self.line_start = at;
            LineBreak { at, c: '\n' }
        })
    }

    fn block_header(&mut self) -> Result<Header, YamlError> {
        let start = self.pos;
        let mut header = Header { start, literal: self.byte(start) == b'|', keep: None, increment: 0 };
        self.pos += 1;
        if self.chomping(&mut header) {
            self.indentation(&mut header)?;
        } else if self.indentation(&mut header)? {
            self.chomping(&mut header);
        }
        self.pass_blanks();
        if self.byte(self.pos) == b'#' {
            self.pass_line();
        }
        if !self.is_breakz(self.pos) {
            let error = self.error("did not find expected comment or line break");
            return Err(error.within(header.start, "block scalar"));
        }
        self.pass_line_break();
        Ok(header)
    }

    fn chomping(&mut self, header: &mut Header) -> bool {
        header.keep = match self.byte(self.pos) {
            b'+' => Some(true),
            b'-' => Some(false),
            _ => None,
        };
        self.pos += usize::from(header.keep.is_some());
        header.keep.is_some()
    }

    fn indentation(&mut self, header: &mut Header) -> Result<bool, YamlError> {
        let digit = self.byte(self.pos);
        if digit == b'0' {
            let error = self.error("found an indentation indicator equal to 0");
            return Err(error.within(header.start, "block scalar"));
        }
        if digit.is_ascii_digit() {
            header.increment = usize::from(digit - b'0');
            self.pos += 1;
        }
        Ok(header.increment > 0)
    }

    /// Passes indentation and empty lines; finds the indentation out where it is not known (0).
    fn block_breaks(
        &mut self,
        indent: &mut isize,
        breaks: &mut Breaks,
        header: &Header,
        end: &mut usize,
    ) -> Result<(), YamlError> {
        *end = self.pos;
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.byte(self.pos) == b' ' {
                self.pos += 1;
            }
            deepest = deepest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.byte(self.pos) == b'\t' {
                let error = self.error("found a tab character where an indentation space is expected");
                return Err(error.within(header.start, "block scalar"));
            }
            // At the end, a line of spaces alone has a line break too where one is taken to be there.
            if self.column() == 0 && self.pos == self.text.len() {
                break;
            }
            let Some(found) = self.pass_line_break() else { break };
            breaks.more.push(found.c);
            *end = self.pos;
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}

struct LineBreak {
    at: usize,
    c: char,
}

/// The line breaks after a line of a block scalar.
#[derive(Default)]
struct Breaks {
    /// The one that ends it.
    last: Option<LineBreak>,
    /// Those of the empty lines that follow.
    more: String,
}

impl Breaks {
    /// Adds them before another line, which folds with the one before them or not.
    fn join_into(&mut self, text: &mut Piece, fold: bool) {
        if fold && self.last.as_ref().is_some_and(|last| last.c == '\n') {
            if self.more.is_empty() {
                text.char(' ');
            }
            self.last = None;
        }
        self.last_into(text);
        text.text(&self.more);
        self.more.clear();
    }

    /// Adds those that chomping leaves at the end.
    fn chomp_into(mut self, text: &mut Piece, keep: Option<bool>) {
        if keep != Some(false) {
            self.last_into(text);
        }
        if keep == Some(true) {
            text.text(&self.more);
        }
    }

    /// A `\n` that stands in the input is taken from there.
    fn last_into(&mut self, text: &mut Piece) {
        match self.last.take() {
            Some(LineBreak { at, c: '\n' }) if text.is_newline_at(at) => text.range(at, at + 1),
            Some(last) => text.char(last.c),
            None => {}
        }
    }
}
