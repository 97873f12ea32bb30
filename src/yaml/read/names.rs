//! Anchors, aliases, tags and directives.

use std::borrow::Cow;

use super::super::YamlError;
use super::piece::slice;
use super::scan::{Scanner, TokenKind};
use super::text::{is_blank, is_word};

impl<'a> Scanner<'a> {
    /// Passes letters, digits, `_` and `-`.
    fn word(&mut self) -> &'a str {
        let start = self.pos;
        while is_word(self.byte(self.pos)) {
            self.pos += 1;
        }
        slice(self.text, start, self.pos)
    }

    /// `&name` or `*name`.
    pub fn scan_anchor(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let start = self.pos;
        let alias = self.byte(start) == b'*';
        self.pos += 1;
        let name = self.word();
        let ends = self.is_blankz(self.pos)
            || matches!(self.byte(self.pos), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            let error = self.error("did not find expected alphabetic or numeric character");
            return Err(error.within(start, if alias { "alias" } else { "anchor" }));
        }
        Ok(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) })
    }

    /// `!<verbatim>`, `!handle!suffix`, `!suffix` or `!`. A handle of nothing means that the suffix is the whole tag.
    pub fn scan_tag(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let start = self.pos;
        let (handle, suffix) =
            if self.byte(start + 1) == b'<' { ("", self.verbatim_tag(start)?) } else { self.shorthand_tag(start)? };
        if !self.is_blankz(self.pos) {
            return Err(self.error("did not find expected whitespace or line break").within(start, "tag"));
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    fn verbatim_tag(&mut self, start: usize) -> Result<Cow<'a, str>, YamlError> {
        self.pos += 2;
        let suffix = self.uri(start, "tag")?;
        if self.byte(self.pos) != b'>' {
            return Err(self.error("did not find the expected '>'").within(start, "tag"));
        }
        self.pos += 1;
        Ok(suffix)
    }

    fn shorthand_tag(&mut self, start: usize) -> Result<(&'a str, Cow<'a, str>), YamlError> {
        let handle = self.handle();
        if handle.len() > 1 && handle.ends_with('!') {
            return Ok((handle, self.uri(start, "tag")?));
        }
        // What looked like a handle is the beginning of the suffix.
        self.pos = start + 1;
        if !is_uri(self.byte(self.pos)) {
            return Ok(("", Cow::Borrowed("!")));
        }
        Ok(("!", self.uri(start, "tag")?))
    }

    /// `!`, and what follows it up to another `!`, or as far as it is a word.
    fn handle(&mut self) -> &'a str {
        let start = self.pos;
        self.pos += 1;
        self.word();
        self.pos += usize::from(self.byte(self.pos) == b'!');
        slice(self.text, start, self.pos)
    }

    /// The characters of a URI, `%` escapes decoded.
    fn uri(&mut self, start: usize, what: &'static str) -> Result<Cow<'a, str>, YamlError> {
        let from = self.pos;
        while is_uri(self.byte(self.pos)) && self.byte(self.pos) != b'%' {
            self.pos += 1;
        }
        let head = slice(self.text, from, self.pos);
        if self.byte(self.pos) == b'%' {
            return self.escaped_uri(head, start, what);
        }
        if head.is_empty() {
            return Err(self.error("did not find expected tag URI").within(start, what));
        }
        Ok(Cow::Borrowed(head))
    }

    fn escaped_uri(&mut self, head: &str, start: usize, what: &'static str) -> Result<Cow<'a, str>, YamlError> {
        let mut uri = head.as_bytes().to_vec();
        // How many octets of a character are still to come.
        let mut rest = 0;
        while rest > 0 || is_uri(self.byte(self.pos)) {
            if rest == 0 && self.byte(self.pos) != b'%' {
                uri.push(self.byte(self.pos));
                self.pos += 1;
                continue;
            }
            let octet = self.octet().ok_or_else(|| self.error("did not find URI escaped octet").within(start, what))?;
            rest = match (rest, octet) {
                (0, 0..=0x7F) => 0,
                (0, 0xC0..=0xDF) => 1,
                (0, 0xE0..=0xEF) => 2,
                (0, 0xF0..=0xF7) => 3,
                (0, _) => return Err(self.error("found an incorrect leading UTF-8 octet").within(start, what)),
                (_, 0x80..=0xBF) => rest - 1,
                _ => return Err(self.error("found an incorrect trailing UTF-8 octet").within(start, what)),
            };
            uri.push(octet);
            self.pos += 3;
        }
        Ok(Cow::Owned(String::from_utf8_lossy(&uri).into_owned()))
    }

    /// `%` and two hexadecimal digits at `pos`.
    fn octet(&self) -> Option<u8> {
        let digit = |at| (self.byte(at) as char).to_digit(16);
        let octet = digit(self.pos + 1)? << 4 | digit(self.pos + 2)?;
        (self.byte(self.pos) == b'%').then_some(octet as u8)
    }

    /// `%YAML 1.1` or `%TAG !handle! prefix`, with the rest of its line.
    pub fn scan_directive(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let start = self.pos;
        self.pos += 1;
        let name = self.word();
        if name.is_empty() {
            return Err(self.error("could not find expected directive name").within(start, "directive"));
        }
        if !self.is_blankz(self.pos) {
            return Err(self.error("found unexpected non-alphabetical character").within(start, "directive"));
        }
        let kind = match name {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_directive(start)?,
            _ => return Err(self.error("found unknown directive name").within(start, "directive")),
        };
        self.pass_blanks();
        if self.byte(self.pos) == b'#' {
            self.pass_line();
        }
        if !self.is_breakz(self.pos) {
            return Err(self.error("did not find expected comment or line break").within(start, "directive"));
        }
        self.pass_break();
        Ok(kind)
    }

    fn version(&mut self, start: usize) -> Result<TokenKind<'a>, YamlError> {
        self.pass_blanks();
        let major = self.version_number(start)?;
        if self.byte(self.pos) != b'.' {
            return Err(self.error("did not find expected digit or '.' character").within(start, "%YAML directive"));
        }
        self.pos += 1;
        let minor = self.version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn version_number(&mut self, start: usize) -> Result<u8, YamlError> {
        let from = self.pos;
        let mut number = 0;
        while self.byte(self.pos).is_ascii_digit() {
            if self.pos - from == 2 {
                return Err(self.error("found extremely long version number").within(start, "%YAML directive"));
            }
            number = number * 10 + (self.byte(self.pos) - b'0');
            self.pos += 1;
        }
        if self.pos == from {
            return Err(self.error("did not find expected version number").within(start, "%YAML directive"));
        }
        Ok(number)
    }

    fn tag_directive(&mut self, start: usize) -> Result<TokenKind<'a>, YamlError> {
        self.pass_blanks();
        let fail = |scanner: &Self, message| Err(scanner.error(message).within(start, "%TAG directive"));
        let at = self.pos;
        let handle = if self.byte(at) == b'!' { self.handle() } else { "" };
        if !handle.ends_with('!') {
            return fail(self, "did not find expected '!'");
        }
        if !is_blank(self.byte(self.pos)) {
            return fail(self, "did not find expected whitespace");
        }
        self.pass_blanks();
        let prefix = self.uri(start, "%TAG directive")?;
        if !self.is_blankz(self.pos) {
            return fail(self, "did not find expected whitespace or line break");
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }
}

/// Whether a byte may stand in a tag.
fn is_uri(byte: u8) -> bool {
    is_word(byte)
        || matches!(byte, b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'!' | b'~')
        || matches!(byte, b'*' | b'\'' | b'(' | b')' | b'[' | b']' | b'%')
}
