//! Go strings: bytes that are mostly UTF-8, read as runes, with Go's case mapping and quoting.

use std::fmt::Write as _;

pub use crate::value::{is_digit, is_letter};
use unicode_general_category::{GeneralCategory as Category, get_general_category};

/// What Go reads where bytes are not UTF-8.
pub const REPLACEMENT: char = '\u{fffd}';

/// The first rune and its length in bytes, as Go's `utf8.DecodeRune`: `None` for a byte that is not UTF-8.
pub fn first_rune(bytes: &[u8]) -> Option<(Option<char>, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((Some(char::from(first)), 1));
    }
    let rune = (2..=4).filter_map(|n| bytes.get(..n)).find_map(|head| std::str::from_utf8(head).ok()?.chars().next());
    Some((rune, rune.map_or(1, char::len_utf8)))
}

/// The last rune and its length in bytes, as Go's `utf8.DecodeLastRune`.
pub fn last_rune(bytes: &[u8]) -> Option<(Option<char>, usize)> {
    let last = *bytes.last()?;
    if last < 0x80 {
        return Some((Some(char::from(last)), 1));
    }
    let starts = (2..=4).filter_map(|n| bytes.len().checked_sub(n));
    let rune = starts.filter_map(|at| std::str::from_utf8(&bytes[at..]).ok()).find_map(|tail| {
        let mut chars = tail.chars();
        chars.next().filter(|_| chars.next().is_none())
    });
    Some((rune, rune.map_or(1, char::len_utf8)))
}

/// The runes; each byte that is not UTF-8 counts as one.
pub fn runes(mut bytes: &[u8]) -> impl Iterator<Item = char> + '_ {
    std::iter::from_fn(move || {
        let (rune, size) = first_rune(bytes)?;
        bytes = &bytes[size..];
        Some(rune.unwrap_or(REPLACEMENT))
    })
}

/// `unicode.ToUpper`: one rune for one, where Unicode has longer mappings too.
pub fn to_upper(c: char) -> char {
    match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shift(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shift(c, 9),
        _ => single(c, c.to_uppercase()),
    }
}

/// `unicode.ToLower`.
pub fn to_lower(c: char) -> char {
    if c == '\u{130}' { 'i' } else { single(c, c.to_lowercase()) }
}

/// `unicode.ToTitle`.
pub fn to_title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

fn shift(c: char, by: u32) -> char {
    char::from_u32(c as u32 + by).unwrap_or(c)
}

fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// `unicode.IsUpper`: category Lu, which is less than Unicode's property Uppercase.
pub fn is_upper(c: char) -> bool {
    get_general_category(c) == Category::UppercaseLetter
}

/// `unicode.IsLower`: category Ll.
pub fn is_lower(c: char) -> bool {
    get_general_category(c) == Category::LowercaseLetter
}

/// `unicode.IsTitle`: category Lt.
pub fn is_title(c: char) -> bool {
    get_general_category(c) == Category::TitlecaseLetter
}

/// `unicode.IsPunct`: categories P.
pub fn is_punct(c: char) -> bool {
    use Category::{
        ClosePunctuation, ConnectorPunctuation, DashPunctuation, FinalPunctuation, InitialPunctuation, OpenPunctuation,
        OtherPunctuation,
    };
    matches!(
        get_general_category(c),
        ConnectorPunctuation
            | DashPunctuation
            | OpenPunctuation
            | ClosePunctuation
            | InitialPunctuation
            | FinalPunctuation
            | OtherPunctuation
    )
}

/// `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    use Category::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}' | '\u{ad}' => false,
        '\u{a1}'..='\u{ff}' => true,
        _ => !matches!(
            get_general_category(c),
            Control
                | Format
                | LineSeparator
                | ParagraphSeparator
                | PrivateUse
                | SpaceSeparator
                | Surrogate
                | Unassigned
        ),
    }
}

/// `strconv.Quote`, and what `%q` prints of a string.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    let mut rest = bytes;
    while let Some((rune, size)) = first_rune(rest) {
        match rune {
            Some(c) => quote_rune(c, '"', &mut out),
            None => drop(write!(out, "\\x{:02x}", rest[0])),
        }
        rest = &rest[size..];
    }
    out.push('"');
    out
}

/// A rune as it stands in a Go literal between these quotes.
pub fn quote_rune(c: char, quote: char, out: &mut String) {
    match c {
        _ if c == quote || c == '\\' => out.extend(['\\', c]),
        _ if is_print(c) => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        '\0'..=' ' | '\x7f' => drop(write!(out, "\\x{:02x}", c as u32)),
        '\u{80}'..='\u{ffff}' => drop(write!(out, "\\u{:04x}", c as u32)),
        _ => drop(write!(out, "\\U{:08x}", c as u32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go() {
        for (bytes, want) in [
            (b"a\"b\\\n\x01\x7f".as_slice(), r#""a\"b\\\n\x01\x7f""#),
            ("é\u{a0}\u{200b}日\u{10ffff}".as_bytes(), r#""é\u00a0\u200b日\U0010ffff""#),
            (b"\xff\xe6\x97", r#""\xff\xe6\x97""#),
        ] {
            assert_eq!(quote(bytes), want);
        }
    }

    #[test]
    fn maps_one_rune_to_one() {
        assert_eq!("ßǆŉᾳi".chars().map(to_upper).collect::<String>(), "ßǄŉᾼI");
        assert_eq!("İǄ".chars().map(to_lower).collect::<String>(), "iǆ");
        assert_eq!("ǆაa".chars().map(to_title).collect::<String>(), "ǅაA");
        assert!(!is_upper('Ⓐ') && is_upper('É'));
    }

    #[test]
    fn reads_runes_from_both_ends() {
        assert_eq!(runes(b"a\xff\xe6\x97\xe6\x97\xa5").collect::<String>(), "a\u{fffd}\u{fffd}\u{fffd}日");
        assert_eq!(last_rune("a日".as_bytes()), Some((Some('日'), 3)));
        assert_eq!(last_rune(b"a\x97"), Some((None, 1)));
        assert_eq!(last_rune(b""), None);
    }
}
