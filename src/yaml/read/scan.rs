//! Bytes to tokens: indentation, simple keys, indicators. The scalars and names are in files of their own.
//!
//! This is the complete grammar, as libyaml 0.2 draws it: where a line may begin a key, when a key is recognised only
//! by the `:` after it, and which mistakes are errors, all depend on the same few facts there and here
//! (`simple_key_allowed`, the column of the innermost block collection, the keys that may still come true).

use std::borrow::Cow;
use std::collections::VecDeque;

use super::super::{Style, YamlError};
use super::text::{Checked, break_len, is_blank};

/// How deep block collections may be nested, and flow collections.
pub(super) const MAX_DEPTH: usize = 10_000;

/// How many characters a key without `?` may have, with everything up to its `:`.
pub(super) const MAX_SIMPLE_KEY: usize = 1024;

/// A piece of the text with the meaning that the parser needs.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind<'a>,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug)]
pub(super) enum TokenKind<'a> {
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective { handle: &'a str, prefix: Cow<'a, str> },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowMappingStart,
    FlowSequenceEnd,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    Tag { handle: &'a str, suffix: Cow<'a, str> },
    Scalar { text: Cow<'a, str>, style: Style },
}

/// A place where a key may have begun that only a `:` after it would prove.
#[derive(Debug, Clone, Default)]
struct SimpleKey {
    possible: bool,
    /// Nothing but a key can stand there.
    required: bool,
    /// The number of the token that begins it.
    token: usize,
    at: usize,
    line_start: usize,
}

/// What a scanner knows at a place, its offsets counted from where another window is to begin.
#[derive(Debug)]
pub(super) struct Saved {
    pos: usize,
    line_start: usize,
    indent: isize,
    indents: Vec<isize>,
    flow_level: usize,
    simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,
    queue: Vec<Token<'static>>,
    taken: usize,
    final_newline: bool,
}

impl Token<'_> {
    /// The token in a window that begins `bytes` further on; none where it names an anchor or a tag.
    fn moved_back(&self, bytes: usize) -> Option<Token<'static>> {
        let kind = match &self.kind {
            TokenKind::StreamEnd => TokenKind::StreamEnd,
            TokenKind::BlockSequenceStart => TokenKind::BlockSequenceStart,
            TokenKind::BlockMappingStart => TokenKind::BlockMappingStart,
            TokenKind::BlockEnd => TokenKind::BlockEnd,
            TokenKind::FlowSequenceStart => TokenKind::FlowSequenceStart,
            TokenKind::FlowMappingStart => TokenKind::FlowMappingStart,
            TokenKind::FlowSequenceEnd => TokenKind::FlowSequenceEnd,
            TokenKind::FlowMappingEnd => TokenKind::FlowMappingEnd,
            TokenKind::BlockEntry => TokenKind::BlockEntry,
            TokenKind::FlowEntry => TokenKind::FlowEntry,
            TokenKind::Key => TokenKind::Key,
            TokenKind::Value => TokenKind::Value,
            TokenKind::Scalar { text, style } => {
                TokenKind::Scalar { text: Cow::Owned(text.clone().into_owned()), style: *style }
            }
            _ => return None,
        };
        Some(Token { kind, start: self.start - bytes, end: self.end - bytes })
    }
}

/// The text and everything that scanning remembers of it.
pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub bad: Option<(usize, &'static str)>,
    pub exotic: bool,
    /// A line break is taken to stand after the last line where it has none.
    pub final_newline: bool,
    pub pos: usize,
    /// Where the line of `pos` begins. Columns are counted in bytes: they count only where nothing but ASCII stands
    /// to their left.
    pub line_start: usize,
    /// The column of the innermost block collection; -1 outside of all.
    pub indent: isize,
    pub indents: Vec<isize>,
    pub flow_level: usize,
    /// Where the plain scalar that the short cut read last begins.
    pub value_start: usize,
    /// Whether a key without `?` may begin at `pos`.
    pub simple_key_allowed: bool,
    /// The last place that may begin a key, for each flow level from none on.
    simple_keys: Vec<SimpleKey>,
    pub queue: VecDeque<Token<'a>>,
    /// How many tokens the parser has taken.
    taken: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(checked: Checked<'a>) -> Self {
        let start = if checked.text.starts_with('\u{FEFF}') { 3 } else { 0 };
        Scanner {
            text: checked.text,
            bad: checked.bad,
            exotic: checked.exotic,
            final_newline: false,
            pos: start,
            line_start: start,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            value_start: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            queue: VecDeque::new(),
            taken: 0,
        }
    }

    /// What is to be known to go on in a window that begins at an offset, which is before everything read ahead.
    pub fn save(&self, offset: usize) -> Option<Saved> {
        let key = |key: &SimpleKey| SimpleKey {
            at: key.at.saturating_sub(offset),
            // Lines that are behind count only as being others than the current one.
            line_start: match key.line_start == self.line_start {
                true => self.line_start.saturating_sub(offset),
                false => key.line_start.checked_sub(offset).unwrap_or(usize::MAX),
            },
            ..key.clone()
        };
        Some(Saved {
            pos: self.pos - offset,
            line_start: self.line_start.saturating_sub(offset),
            indent: self.indent,
            indents: self.indents.clone(),
            flow_level: self.flow_level,
            simple_key_allowed: self.simple_key_allowed,
            simple_keys: self.simple_keys.iter().map(key).collect(),
            queue: self.queue.iter().map(|token| token.moved_back(offset)).collect::<Option<_>>()?,
            taken: self.taken,
            final_newline: self.final_newline,
        })
    }

    /// A scanner that goes on in a window that begins where `saved` says.
    pub fn restore(saved: &Saved, window: Checked<'a>) -> Self {
        Scanner {
            pos: saved.pos,
            line_start: saved.line_start,
            indent: saved.indent,
            indents: saved.indents.clone(),
            flow_level: saved.flow_level,
            simple_key_allowed: saved.simple_key_allowed,
            simple_keys: saved.simple_keys.clone(),
            queue: saved.queue.iter().filter_map(|token| token.moved_back(0)).collect(),
            taken: saved.taken,
            final_newline: saved.final_newline,
            ..Scanner::new(window)
        }
    }

    #[inline(always)]
    pub fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The byte at an offset; 0, which no text has, after the last one.
    #[inline(always)]
    pub fn byte(&self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or(0)
    }

    #[inline(always)]
    pub fn column(&self) -> isize {
        (self.pos - self.line_start) as isize
    }

    pub fn is_break(&self, at: usize) -> bool {
        break_len(self.bytes(), at) > 0
    }

    /// Whether a line break or the end is at an offset.
    pub fn is_breakz(&self, at: usize) -> bool {
        self.byte(at) == 0 || self.is_break(at)
    }

    /// Whether a space, a tab, a line break or the end is at an offset.
    pub fn is_blankz(&self, at: usize) -> bool {
        is_blank(self.byte(at)) || self.is_breakz(at)
    }

    /// Passes the line break at `pos`, where there is one.
    pub fn pass_break(&mut self) -> bool {
        let len = break_len(self.bytes(), self.pos);
        if len > 0 {
            self.pos += len;
            self.line_start = self.pos;
        }
        len > 0
    }

    /// Passes spaces and tabs.
    pub fn pass_blanks(&mut self) {
        while is_blank(self.byte(self.pos)) {
            self.pos += 1;
        }
    }

    /// Passes everything up to the end of the line.
    pub fn pass_line(&mut self) {
        self.pos = self.line_end(self.pos);
    }

    /// The offset of the next line break, or of the end.
    pub fn line_end(&self, from: usize) -> usize {
        let rest = self.bytes().get(from..).unwrap_or_default();
        if !self.exotic {
            return memchr::memchr2(b'\n', b'\r', rest).map_or(self.text.len(), |n| from + n);
        }
        (from..self.text.len()).find(|at| self.is_break(*at)).unwrap_or(self.text.len())
    }

    pub fn error(&self, message: &'static str) -> YamlError {
        YamlError::new(self.pos, message)
    }

    /// Whether nothing is read ahead, and nothing depends on what has been.
    pub fn is_at_ease(&self) -> bool {
        self.queue.is_empty() && self.flow_level == 0 && self.simple_keys.first().is_none_or(|key| !key.possible)
    }

    /// The next token, without taking it.
    pub fn peek(&mut self) -> Result<&TokenKind<'a>, YamlError> {
        self.peek_token().map(|token| &token.kind)
    }

    pub fn peek_token(&mut self) -> Result<&Token<'a>, YamlError> {
        while self.queue.is_empty() || self.head_may_be_key()? {
            self.fetch()?;
        }
        // The loop ends only where there is one.
        self.queue.front().ok_or_else(|| YamlError::new(self.pos, "did not find expected token"))
    }

    /// Takes the token that was peeked at.
    pub fn take(&mut self) -> Option<Token<'a>> {
        let token = self.queue.pop_front();
        self.taken += usize::from(token.is_some());
        token
    }

    /// Whether a `:` further on may still turn the first token of the queue into a key.
    fn head_may_be_key(&mut self) -> Result<bool, YamlError> {
        let taken = self.taken;
        // Token numbers grow from level to level.
        let level = self.simple_keys.partition_point(|key| key.token < taken);
        match self.simple_keys.get(level) {
            Some(key) if key.possible && key.token == taken => self.is_valid_key(level),
            _ => Ok(false),
        }
    }

    fn is_valid_key(&mut self, level: usize) -> Result<bool, YamlError> {
        let Some(key) = self.simple_keys.get(level).filter(|key| key.possible) else { return Ok(false) };
        if key.line_start == self.line_start && !self.is_far(key.at) {
            return Ok(true);
        }
        if key.required {
            return Err(self.missing_colon(key.at));
        }
        if let Some(key) = self.simple_keys.get_mut(level) {
            key.possible = false;
        }
        Ok(false)
    }

    fn is_far(&self, from: usize) -> bool {
        self.pos - from > MAX_SIMPLE_KEY
            && super::piece::slice(self.text, from, self.pos).chars().count() > MAX_SIMPLE_KEY
    }

    fn missing_colon(&self, key: usize) -> YamlError {
        self.error("could not find expected ':'").within(key, "simple key")
    }

    /// Notes that a key may begin here.
    pub fn save_simple_key(&mut self) -> Result<(), YamlError> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        self.remove_simple_key()?;
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == self.column(),
            token: self.taken + self.queue.len(),
            at: self.pos,
            line_start: self.line_start,
        };
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    /// Gives up the key that may have begun on this flow level.
    fn remove_simple_key(&mut self) -> Result<(), YamlError> {
        match self.simple_keys.last_mut() {
            Some(key) if key.possible && key.required => {
                let at = key.at;
                Err(self.missing_colon(at))
            }
            Some(key) => {
                key.possible = false;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn push(&mut self, kind: TokenKind<'a>, start: usize) {
        self.queue.push_back(Token { kind, start, end: self.pos });
    }

    /// Passes an indicator and queues its token.
    fn indicator(&mut self, kind: TokenKind<'a>, len: usize) {
        let start = self.pos;
        self.pos += len;
        self.push(kind, start);
    }

    /// Opens a block collection where the column is deeper than the innermost one. Its token goes to the end of the
    /// queue, or in front of the token with a number.
    fn roll_indent(
        &mut self,
        column: isize,
        number: Option<usize>,
        kind: TokenKind<'a>,
        at: usize,
    ) -> Result<(), YamlError> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.push_indent(column, at)?;
        let token = Token { kind, start: at, end: at };
        self.insert(number, token);
        Ok(())
    }

    /// Makes a column that of the innermost block collection.
    pub fn push_indent(&mut self, column: isize, at: usize) -> Result<(), YamlError> {
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(YamlError::new(at, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    pub fn pop_indent(&mut self) {
        self.indent = self.indents.pop().unwrap_or(-1);
    }

    fn insert(&mut self, number: Option<usize>, token: Token<'a>) {
        match number.and_then(|n| n.checked_sub(self.taken)) {
            Some(at) if at < self.queue.len() => self.queue.insert(at, token),
            _ => self.queue.push_back(token),
        }
    }

    /// Closes the block collections that are deeper than a column.
    fn unroll_indent(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push(TokenKind::BlockEnd, self.pos);
            self.pop_indent();
        }
    }

    /// Reads the next token (or what is a token only together with what follows) into the queue.
    fn fetch(&mut self) -> Result<(), YamlError> {
        self.pass_to_token();
        self.unroll_indent(self.column());
        let c = self.byte(self.pos);
        if c == 0 {
            return self.stream_end();
        }
        if self.column() == 0 {
            if c == b'%' {
                return self.directive();
            }
            if let Some(kind) = self.document_indicator(self.pos) {
                self.leave_blocks()?;
                self.indicator(kind, 3);
                return Ok(());
            }
        }
        let block = self.flow_level == 0;
        let before_blank = matches!(c, b'-' | b'?' | b':') && self.is_blankz(self.pos + 1);
        match c {
            b'[' => self.flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.flow_start(TokenKind::FlowMappingStart),
            b']' => self.flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.flow_end(TokenKind::FlowMappingEnd),
            b',' => self.flow_entry(),
            b'-' if before_blank => self.block_entry(),
            b'?' if !block || before_blank => self.key(),
            b':' if !block || before_blank => self.value(),
            b'*' | b'&' => self.anchor(),
            b'!' => self.tag(),
            b'|' | b'>' if block => self.block_scalar_token(),
            b'\'' | b'"' => self.quoted_token(),
            _ if starts_plain(c, block) => self.plain_token(),
            _ => Err(self.error("found character that cannot start any token")),
        }
    }

    /// Passes white space, comments and line breaks. Tabs are white space only where no key may begin.
    fn pass_to_token(&mut self) {
        loop {
            while self.byte(self.pos) == b' '
                || (self.byte(self.pos) == b'\t' && (self.flow_level > 0 || !self.simple_key_allowed))
            {
                self.pos += 1;
            }
            if self.byte(self.pos) == b'#' {
                self.pass_line();
            }
            if !self.pass_break() {
                return;
            }
            self.simple_key_allowed |= self.flow_level == 0;
        }
    }

    /// `---` or `...` before white space.
    pub fn document_indicator(&self, at: usize) -> Option<TokenKind<'a>> {
        let kind = match self.bytes().get(at..at + 3)? {
            b"---" => TokenKind::DocumentStart,
            b"..." => TokenKind::DocumentEnd,
            _ => return None,
        };
        self.is_blankz(at + 3).then_some(kind)
    }

    fn leave_blocks(&mut self) -> Result<(), YamlError> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        Ok(())
    }

    fn stream_end(&mut self) -> Result<(), YamlError> {
        if let Some((at, why)) = self.bad {
            return Err(YamlError::new(at, why));
        }
        // The end is a line of its own: a key cannot reach it.
        self.line_start = self.pos;
        self.leave_blocks()?;
        self.push(TokenKind::StreamEnd, self.pos);
        Ok(())
    }

    fn directive(&mut self) -> Result<(), YamlError> {
        self.leave_blocks()?;
        let start = self.pos;
        let kind = self.scan_directive()?;
        self.push(kind, start);
        Ok(())
    }

    fn flow_start(&mut self, kind: TokenKind<'a>) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(YamlError::new(self.pos, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        let token = self.taken + self.queue.len() + 1;
        self.simple_keys.push(SimpleKey { token, ..SimpleKey::default() });
        self.simple_key_allowed = true;
        self.indicator(kind, 1);
        Ok(())
    }

    fn flow_end(&mut self, kind: TokenKind<'a>) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.indicator(kind, 1);
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), YamlError> {
        // In a flow collection the parser finds the mistake, and knows where the collection began.
        if self.flow_level == 0 {
            self.require_line("block sequence entries are not allowed in this context")?;
            self.roll_indent(self.column(), None, TokenKind::BlockSequenceStart, self.pos)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn key(&mut self) -> Result<(), YamlError> {
        if self.flow_level == 0 {
            self.require_line("mapping keys are not allowed in this context")?;
            self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.pos)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn require_line(&self, message: &'static str) -> Result<(), YamlError> {
        if self.simple_key_allowed { Ok(()) } else { Err(self.error(message)) }
    }

    fn value(&mut self) -> Result<(), YamlError> {
        let level = self.simple_keys.len().saturating_sub(1);
        if self.is_valid_key(level)? {
            self.simple_key_value(level)?;
        } else {
            if self.flow_level == 0 {
                self.require_line("mapping values are not allowed in this context")?;
                self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.pos)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// The `:` shows that a key did begin where one might have.
    fn simple_key_value(&mut self, level: usize) -> Result<(), YamlError> {
        let Some(key) = self.simple_keys.get_mut(level) else { return Ok(()) };
        key.possible = false;
        let (number, at, column) = (key.token, key.at, (key.at - key.line_start) as isize);
        self.insert(Some(number), Token { kind: TokenKind::Key, start: at, end: at });
        self.roll_indent(column, Some(number), TokenKind::BlockMappingStart, at)?;
        // A key cannot follow a key on its line.
        self.simple_key_allowed = false;
        Ok(())
    }

    fn anchor(&mut self) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let kind = self.scan_anchor()?;
        self.push(kind, start);
        Ok(())
    }

    fn tag(&mut self) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let kind = self.scan_tag()?;
        self.push(kind, start);
        Ok(())
    }

    fn block_scalar_token(&mut self) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.pos;
        let (text, style, end) = self.block_scalar()?;
        self.queue.push_back(Token { kind: TokenKind::Scalar { text, style }, start, end });
        Ok(())
    }

    fn quoted_token(&mut self) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let (text, style) = self.quoted()?;
        self.push(TokenKind::Scalar { text, style }, start);
        Ok(())
    }

    fn plain_token(&mut self) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let (text, end) = self.plain()?;
        self.queue.push_back(Token { kind: TokenKind::Scalar { text, style: Style::Plain }, start, end });
        Ok(())
    }
}

/// Whether a byte may begin a plain scalar, given that it is none of the indicators recognised before.
fn starts_plain(c: u8, block: bool) -> bool {
    match c {
        b'-' => true,
        b'?' | b':' => block,
        b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' => false,
        b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => false,
        _ => true,
    }
}
