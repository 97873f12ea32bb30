//! Template text to tokens, as `text/template/parse/lex.go` of Go 1.25 reads it.
//!
//! Trim markers are dealt with here; the parser never sees them. Knows nothing of grammar.

use memchr::{memchr, memchr3, memmem};

use crate::runtime::text::{first_rune, is_digit, is_letter, is_print};

/// What kind of token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What could not be read; its reason is the token's text.
    Error,
    Bool,
    /// A printable ASCII character of no other use, such as a comma.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Str,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Kind {
    /// Keywords are shown as `<if>`.
    fn is_keyword(self) -> bool {
        self as u8 >= Kind::Block as u8
    }
}

fn keyword(word: &[u8]) -> Option<Kind> {
    Some(match word {
        b"block" => Kind::Block,
        b"break" => Kind::Break,
        b"continue" => Kind::Continue,
        b"define" => Kind::Define,
        b"else" => Kind::Else,
        b"end" => Kind::End,
        b"if" => Kind::If,
        b"nil" => Kind::Nil,
        b"range" => Kind::Range,
        b"template" => Kind::Template,
        b"with" => Kind::With,
        b"true" | b"false" => Kind::Bool,
        _ => return None,
    })
}

/// A token: small, since there are many. Space between tokens is none itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Whether space stands before it.
    pub spaced: bool,
    /// The offset of its first byte.
    pub start: u32,
    /// The offset after its last byte.
    pub end: u32,
}

/// `%#U`: `U+002D '-'`.
fn unicode_name(c: char) -> String {
    let shown = if is_print(c) { format!(" '{c}'") } else { String::new() };
    format!("U+{:04X}{shown}", c as u32)
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_alphanumeric(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => true,
        '\0'..='\x7f' => false,
        _ => is_letter(c) || is_digit(c),
    }
}

/// Part of a name.
const NAME: u8 = 1;
/// May follow a name.
const ENDS: u8 = 2;

/// What each byte may be.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => NAME,
            b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(' => ENDS,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// A `-` after the left delimiter with space behind it.
fn left_trim_marker(rest: &[u8]) -> bool {
    matches!(rest, [b'-', space, ..] if is_space(*space))
}

/// A `-` with space before it, where a right delimiter may follow.
fn right_trim_marker(rest: &[u8]) -> bool {
    matches!(rest, [space, b'-', ..] if is_space(*space))
}

/// Where the next left delimiter is.
fn find_left(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr(b'{', text.get(from..)?)?;
        if text.get(at + 1) == Some(&b'{') {
            return Some(at);
        }
        from = at + 1;
    }
}

const MARKER: usize = 2;
const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";

/// Reads tokens one by one.
pub(super) struct Lexer<'t> {
    input: &'t [u8],
    pos: usize,
    /// Where the token being read begins.
    start: usize,
    spaced: bool,
    inside: bool,
    depth: isize,
    /// Why the text could not be read any further.
    reason: String,
}

impl<'t> Lexer<'t> {
    pub fn new(input: &'t [u8]) -> Self {
        let reason = String::new();
        Lexer { input, pos: 0, start: 0, spaced: false, inside: false, depth: 0, reason }
    }

    /// The next token; after the last one, `Eof` again and again, and after an error nothing else.
    pub fn next_token(&mut self) -> Token {
        if self.inside {
            return self.inside_action();
        }
        loop {
            if let Some(token) = self.text_or_delim() {
                return token;
            }
        }
    }

    /// The bytes of a token.
    pub fn text(&self, token: Token) -> &'t [u8] {
        self.input.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// A token as Go names it in an error.
    pub fn describe(&self, token: Token) -> String {
        let text = String::from_utf8_lossy(self.text(token));
        match token.kind {
            Kind::Eof => "EOF".into(),
            Kind::Error => self.reason.clone(),
            kind if kind.is_keyword() => format!("<{text}>"),
            _ if self.text(token).len() > 10 => {
                let cut: String = text.chars().take(10).collect();
                format!("{}...", crate::runtime::text::quote(cut.as_bytes()))
            }
            _ => crate::runtime::text::quote(self.text(token)),
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.pos..).unwrap_or_default()
    }

    /// The next rune without taking it; a byte that is not UTF-8 reads as U+FFFD.
    fn peek(&self) -> Option<(char, usize)> {
        first_rune(self.rest()).map(|(c, size)| (c.unwrap_or('\u{fffd}'), size))
    }

    fn peek_byte(&self) -> Option<u8> {
        self.input.get(self.pos).copied()
    }

    fn emit(&mut self, kind: Kind) -> Token {
        let spaced = std::mem::take(&mut self.spaced);
        let token = Token { kind, spaced, start: self.start as u32, end: self.pos as u32 };
        self.start = self.pos;
        token
    }

    /// Skips what was passed.
    fn ignore(&mut self) {
        self.start = self.pos;
    }

    /// A reason why the text cannot be read; nothing follows it, as if an action were cut off here.
    #[cold]
    fn error(&mut self, reason: impl Into<String>) -> Token {
        if self.reason.is_empty() {
            self.reason = reason.into();
        }
        self.pos = self.start;
        self.input = &self.input[..self.pos];
        self.inside = true;
        self.emit(Kind::Error)
    }

    fn text_or_delim(&mut self) -> Option<Token> {
        if self.rest().starts_with(LEFT) {
            return self.left_delim();
        }
        let Some(at) = find_left(self.rest()) else {
            let kind = if self.pos < self.input.len() { Kind::Text } else { Kind::Eof };
            self.pos = self.input.len();
            return Some(self.emit(kind));
        };
        let text = self.skip_text(at);
        if text.is_some() { text } else { self.left_delim() }
    }

    /// The text before the delimiter at `at`, cut by a trim marker; none where nothing is left.
    fn skip_text(&mut self, at: usize) -> Option<Token> {
        let body = &self.rest()[..at];
        let trims = left_trim_marker(&self.rest()[at + LEFT.len()..]);
        let kept = if trims { body.iter().rposition(|b| !is_space(*b)).map_or(0, |last| last + 1) } else { at };
        self.pos += kept;
        let token = self.emit(Kind::Text);
        self.pos += at - kept;
        self.ignore();
        (kept > 0).then_some(token)
    }

    /// The left delimiter, or nothing where it begins a comment.
    fn left_delim(&mut self) -> Option<Token> {
        self.pos += LEFT.len();
        let marker = if left_trim_marker(self.rest()) { MARKER } else { 0 };
        if self.rest()[marker..].starts_with(b"/*") {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelim);
        self.inside = true;
        self.depth = 0;
        self.pos += marker;
        self.ignore();
        Some(token)
    }

    /// Skips a comment.
    #[cold]
    fn comment(&mut self) -> Option<Token> {
        let Some(end) = memmem::find(&self.rest()[2..], b"*/") else { return Some(self.error("unclosed comment")) };
        self.pos += end + 4;
        let Some(trims) = self.right_delim_ahead() else {
            return Some(self.error("comment ends before closing delimiter"));
        };
        self.ignore();
        self.pass_right_delim(trims);
        self.ignore();
        None
    }

    /// Whether a right delimiter stands here, and whether it trims what follows.
    fn right_delim_ahead(&self) -> Option<bool> {
        let rest = self.rest();
        if right_trim_marker(rest) && rest[MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn pass_right_delim(&mut self, trims: bool) {
        self.pos += RIGHT.len() + if trims { MARKER } else { 0 };
        if trims {
            self.pass_space();
        }
    }

    /// Passes space, of which there is little.
    fn pass_space(&mut self) {
        while self.peek_byte().is_some_and(is_space) {
            self.pos += 1;
        }
    }

    /// Passes what may be in a name, up to a letter beyond ASCII.
    fn pass_name(&mut self) {
        let rest = self.rest();
        self.pos += rest.iter().position(|byte| CLASSES[usize::from(*byte)] & NAME == 0).unwrap_or(rest.len());
    }

    fn right_delim(&mut self, trims: bool) -> Token {
        if self.depth > 0 {
            return self.error("unclosed left paren");
        }
        if trims {
            self.pos += MARKER;
            self.ignore();
        }
        self.pos += RIGHT.len();
        let token = self.emit(Kind::RightDelim);
        if trims {
            self.pass_space();
            self.ignore();
        }
        self.inside = false;
        token
    }

    fn inside_action(&mut self) -> Token {
        let before = self.pos;
        self.pass_space();
        self.spaced = self.pos > before;
        self.ignore();
        let Some(byte) = self.peek_byte() else { return self.error("unclosed action") };
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.identifier(),
            b'.' => match self.input.get(self.pos + 1) {
                Some(b'0'..=b'9') => self.number(),
                _ => self.after_sigil(Kind::Field, Kind::Dot),
            },
            b'$' => self.after_sigil(Kind::Variable, Kind::Variable),
            b'"' => self.quoted(b'"', Kind::Str, "unterminated quoted string"),
            b'\'' => self.quoted(b'\'', Kind::CharConstant, "unterminated character constant"),
            b'`' => self.raw_string(),
            b'}' if self.rest().starts_with(RIGHT) => self.right_delim(false),
            b'-' if self.spaced && self.rest().starts_with(b"-}}") => {
                // The last space belongs to a delimiter that trims.
                self.pos -= 1;
                self.ignore();
                self.right_delim(true)
            }
            b'+' | b'-' | b'0'..=b'9' => self.number(),
            _ => self.symbol(byte),
        }
    }

    fn symbol(&mut self, byte: u8) -> Token {
        self.pos += 1;
        match byte {
            b'=' => self.emit(Kind::Assign),
            b':' if self.peek_byte() == Some(b'=') => {
                self.pos += 1;
                self.emit(Kind::Declare)
            }
            b':' => self.error("expected :="),
            b'|' => self.emit(Kind::Pipe),
            b'(' => {
                self.depth += 1;
                self.emit(Kind::LeftParen)
            }
            b')' => {
                self.depth -= 1;
                if self.depth < 0 { self.error("unexpected right paren") } else { self.emit(Kind::RightParen) }
            }
            b' '..=b'~' => self.emit(Kind::Char),
            _ => self.beyond_ascii(),
        }
    }

    /// A name that begins with a letter beyond ASCII, or nothing that may stand in an action.
    fn beyond_ascii(&mut self) -> Token {
        self.pos = self.start;
        match self.peek() {
            Some((c, _)) if is_alphanumeric(c) => self.identifier(),
            found => {
                let name = found.map_or_else(String::new, |(c, _)| unicode_name(c));
                self.error(format!("unrecognized character in action: {name}"))
            }
        }
    }

    fn take_alphanumerics(&mut self) {
        loop {
            self.pass_name();
            if self.peek_byte().is_none_or(|byte| byte.is_ascii()) {
                return;
            }
            match self.peek() {
                Some((c, size)) if is_alphanumeric(c) => self.pos += size,
                _ => return,
            }
        }
    }

    fn identifier(&mut self) -> Token {
        self.take_alphanumerics();
        if !self.at_terminator() {
            return self.bad_character();
        }
        let word = &self.input[self.start..self.pos];
        self.emit(keyword(word).unwrap_or(Kind::Identifier))
    }

    /// `.name` or `$name`, or the sigil alone.
    fn after_sigil(&mut self, named: Kind, alone: Kind) -> Token {
        self.pos += 1;
        if self.at_terminator() {
            return self.emit(alone);
        }
        self.take_alphanumerics();
        if self.at_terminator() { self.emit(named) } else { self.bad_character() }
    }

    fn bad_character(&mut self) -> Token {
        let name = self.peek().map_or_else(String::new, |(c, _)| unicode_name(c));
        self.error(format!("bad character {name}"))
    }

    /// Whether what stands here may follow a name.
    fn at_terminator(&self) -> bool {
        match self.peek_byte() {
            None => true,
            Some(byte) => CLASSES[usize::from(byte)] & ENDS != 0 || self.rest().starts_with(RIGHT),
        }
    }

    /// A quoted text or character, on one line, with escapes left as they are.
    fn quoted(&mut self, quote: u8, kind: Kind, unterminated: &str) -> Token {
        self.pos += 1;
        loop {
            let Some(at) = memchr3(quote, b'\\', b'\n', self.rest()) else { return self.error(unterminated) };
            self.pos += at + 1;
            match (self.input[self.pos - 1], self.peek_byte()) {
                (byte, _) if byte == quote => return self.emit(kind),
                (b'\\', Some(escaped)) if escaped != b'\n' => self.pos += 1,
                _ => return self.error(unterminated),
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        match memchr(b'`', &self.rest()[1..]) {
            Some(end) => {
                self.pos += end + 2;
                self.emit(Kind::RawString)
            }
            None => self.error("unterminated raw quoted string"),
        }
    }

    fn number(&mut self) -> Token {
        let mut good = self.scan_number();
        let mut kind = Kind::Number;
        if good && matches!(self.peek_byte(), Some(b'+' | b'-')) {
            good = self.scan_number() && self.input.get(self.pos - 1) == Some(&b'i');
            kind = Kind::Complex;
        }
        if good {
            return self.emit(kind);
        }
        let seen = crate::runtime::text::quote(&self.input[self.start..self.pos]);
        self.error(format!("bad number syntax: {seen}"))
    }

    /// What looks like a number; whether it is one is seen when it is converted.
    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if digits.len() == 11 && self.accept(b"eE") || digits.len() == 23 && self.accept(b"pP") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        match self.peek().filter(|(c, _)| is_alphanumeric(*c)) {
            Some((_, size)) => {
                self.pos += size;
                false
            }
            None => true,
        }
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.peek_byte().is_some_and(|b| set.contains(&b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> String {
        let mut lexer = Lexer::new(text.as_bytes());
        let mut out = Vec::new();
        loop {
            let token = lexer.next_token();
            let text = String::from_utf8_lossy(lexer.text(token)).into_owned();
            out.push(match token.kind {
                Kind::Eof => break,
                Kind::Error => {
                    out.push(format!("!{}@{}", lexer.describe(token), token.start));
                    break;
                }
                kind => format!("{}{kind:?}:{text}", if token.spaced && kind != Kind::RightDelim { "_ " } else { "" }),
            });
        }
        out.join(" ")
    }

    #[test]
    fn texts_become_tokens() {
        for (text, want) in [
            ("a", "Text:a"),
            ("a{{.b}}c", "Text:a LeftDelim:{{ Field:.b RightDelim:}} Text:c"),
            ("a \n{{- 1 -}}\n b", "Text:a LeftDelim:{{ Number:1 RightDelim:}} Text:b"),
            ("{{-1}}", "LeftDelim:{{ Number:-1 RightDelim:}}"),
            ("{{1  -}} x", "LeftDelim:{{ Number:1 RightDelim:}} Text:x"),
            ("a {{- /* b */ -}} c", "Text:a Text:c"),
            ("{{/* b", "!unclosed comment@2"),
            ("{{/* b */ }}", "!comment ends before closing delimiter@2"),
            (
                "{{$x := . | f \"\\\"\" `}}`}}",
                "LeftDelim:{{ Variable:$x _ Declare::= _ Dot:. _ Pipe:| _ Identifier:f _ Str:\"\\\"\" _ RawString:`}}` RightDelim:}}",
            ),
            ("{{if true}}", "LeftDelim:{{ If:if _ Bool:true RightDelim:}}"),
            ("{{a-b}}", "LeftDelim:{{ !bad character U+002D '-'@2"),
            ("{{\n\n$}", "LeftDelim:{{ !bad character U+007D '}'@4"),
            ("{{1+2i}}{{1+2}}", "LeftDelim:{{ Complex:1+2i RightDelim:}} LeftDelim:{{ !bad number syntax: \"1+2\"@10"),
            ("{{(1}}", "LeftDelim:{{ LeftParen:( Number:1 !unclosed left paren@4"),
            ("{{1)}}", "LeftDelim:{{ Number:1 !unexpected right paren@3"),
            ("{{'a' 'b", "LeftDelim:{{ CharConstant:'a' !unterminated character constant@6"),
            ("{{€}}", "LeftDelim:{{ !unrecognized character in action: U+20AC '€'@2"),
            ("{{é.ü}}", "LeftDelim:{{ Identifier:é Field:.ü RightDelim:}}"),
        ] {
            assert_eq!(tokens(text), want, "{text}");
        }
    }
}
