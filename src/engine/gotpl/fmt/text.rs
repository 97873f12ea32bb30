//! Padding, texts and bytes.

use super::Printer;
use crate::runtime::text::{first_rune, is_print, quote_rune};

/// Lower and upper case digits with the letter of the prefix.
pub(super) const LOWER: &[u8; 17] = b"0123456789abcdefx";
pub(super) const UPPER: &[u8; 17] = b"0123456789ABCDEFX";

impl Printer<'_> {
    pub(super) fn padding(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.out.resize(self.out.len() + count, byte);
    }

    /// Writes a text padded to the width, which counts runes.
    pub(super) fn pad(&mut self, text: &[u8]) {
        let missing = match self.flags.width {
            Some(width) if width > 0 => width.saturating_sub(rune_count(text)),
            _ => 0,
        };
        if !self.flags.minus {
            self.padding(missing);
        }
        self.out.extend_from_slice(text);
        if self.flags.minus {
            self.padding(missing);
        }
    }

    /// As [`Printer::pad`], with spaces alone.
    pub(super) fn pad_with_space(&mut self, text: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = zero;
    }

    pub(super) fn string(&mut self, text: &[u8]) {
        let text = self.truncate(text);
        self.pad(text);
    }

    fn truncate<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let mut at = 0;
        for _ in 0..precision {
            match first_rune(&text[at..]) {
                Some((_, size)) => at += size,
                None => break,
            }
        }
        &text[..at]
    }

    pub(super) fn quoted(&mut self, text: &[u8]) {
        let text = self.truncate(text);
        let quoted = match std::str::from_utf8(text) {
            Ok(text) if self.flags.sharp && can_backquote(text) => format!("`{text}`"),
            _ => quote(text, self.flags.plus),
        };
        self.pad(quoted.as_bytes());
    }

    /// `%x`.
    pub(super) fn hex(&mut self, bytes: &[u8], digits: &[u8; 17]) {
        let length = self.flags.precision.map_or(bytes.len(), |p| p.min(bytes.len()));
        let (sharp, space) = (self.flags.sharp, self.flags.space);
        let width = match (length, space, sharp) {
            (0, ..) => 0,
            (n, true, true) => 5 * n - 1,
            (n, true, false) => 3 * n - 1,
            (n, false, true) => 2 * n + 2,
            (n, false, false) => 2 * n,
        };
        let missing = self.flags.width.unwrap_or(0).saturating_sub(width);
        if !self.flags.minus || length == 0 {
            self.padding(missing);
        }
        for (i, byte) in bytes[..length].iter().enumerate() {
            if space && i > 0 {
                self.out.push(b' ');
            }
            if sharp && (space || i == 0) {
                self.out.extend([b'0', digits[16]]);
            }
            self.out.extend([digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
        if self.flags.minus && length > 0 {
            self.padding(missing);
        }
    }
}

fn rune_count(text: &[u8]) -> usize {
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().count(),
        Err(_) => crate::runtime::text::runes(text).count(),
    }
}

/// `strconv.CanBackquote`.
fn can_backquote(text: &str) -> bool {
    text.chars().all(|c| !matches!(c, '\u{feff}' | '`' | '\x7f') && (c >= ' ' || c == '\t'))
}

/// `strconv.Quote` or `QuoteToASCII`.
fn quote(text: &[u8], ascii: bool) -> String {
    if !ascii {
        return crate::runtime::text::quote(text);
    }
    let mut out = String::from("\"");
    let mut rest = text;
    while let Some((rune, size)) = first_rune(rest) {
        match rune {
            Some(c) => push_ascii(c, '"', &mut out),
            None => out.push_str(&format!("\\x{:02x}", rest[0])),
        }
        rest = &rest[size..];
    }
    out.push('"');
    out
}

fn push_ascii(c: char, quote: char, out: &mut String) {
    match c as u32 {
        0..=0x7f => quote_rune(c, quote, out),
        code @ 0x80..=0xffff => out.push_str(&format!("\\u{code:04x}")),
        code => out.push_str(&format!("\\U{code:08x}")),
    }
}

/// `strconv.QuoteRune` or `QuoteRuneToASCII`.
pub(super) fn quote_char(c: char, ascii: bool) -> String {
    let mut out = String::from("'");
    if ascii {
        push_ascii(c, '\'', &mut out)
    } else {
        quote_rune(c, '\'', &mut out)
    }
    out.push('\'');
    out
}

/// `%U`.
pub(super) fn unicode(code: u64, precision: usize, shown: bool) -> String {
    let mut out = format!("U+{code:0width$X}", width = precision.max(4));
    if let Some(c) = u32::try_from(code).ok().and_then(char::from_u32).filter(|c| shown && is_print(*c)) {
        out.push_str(&format!(" '{c}'"));
    }
    out
}
