//! Which text goyaml quotes because it would not read back as itself: words, numbers, dates, numbers to base 60.
//!
//! Knows nothing of indicators, line breaks and other grammar.

use super::Dialect;
use super::resolve::{Resolved, resolve_plain};
use super::tagged::is_timestamp;

/// Whether goyaml quotes text because it would resolve to something other than a string, or would do so in YAML 1.1.
pub(super) fn is_quoted(text: &str, dialect: Dialect) -> bool {
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-') => {
            is_timestamp(text)
                || resolve_plain(text) != Resolved::Str
                || is_base_60(text.as_bytes())
                || (dialect == Dialect::V3Pretty && is_signed_octal(text))
        }
        _ => resolve_plain(text) != Resolved::Str,
    }
}

/// `0o-17`, which goyaml v3 reads with a sign after the prefix.
fn is_signed_octal(text: &str) -> bool {
    let plain = text.replace('_', "");
    let signed = plain.strip_prefix("0o").unwrap_or_default();
    let unsigned = signed.strip_prefix(['+', '-']).unwrap_or_default();
    unsigned.bytes().all(|b| b.is_ascii_digit()) && i64::from_str_radix(unsigned, 8).is_ok()
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: numbers to base 60, which goyaml quotes for readers of YAML 1.1.
pub(super) fn is_base_60(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    if !text.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let mut parts = text.split(|b| *b == b':');
    let head = parts.next().is_some_and(|p| p.iter().all(is_digit_or_underscore));
    let mut parts = parts.peekable();
    if !head || parts.peek().is_none() {
        return false;
    }
    while let Some(part) = parts.next() {
        let whole = match part.iter().position(|b| *b == b'.') {
            Some(dot) if parts.peek().is_none() && part[dot + 1..].iter().all(is_digit_or_underscore) => &part[..dot],
            _ => part,
        };
        if !matches!(whole, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']) {
            return false;
        }
    }
    true
}

fn is_digit_or_underscore(b: &u8) -> bool {
    b.is_ascii_digit() || *b == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_quoted() {
        let quoted = "y Yes NO off true Null ~ .inf +.Inf -.INF .NaN 0 -1 +12 0777 08 0x1F 0X1f 0b10 0b-1 0o17 1_000 \
                      1__0_ 1. .5 -.5 .5_5 1e3 1E-400 18446744073709551615 -9223372036854775808 123456789012345678901 \
                      2001-01-01 2001-1-2T3:4:5Z 2001-1-2t3:4:5.123456789012+24:60 1:30 -1_0:59:5.5_ 2000-2-29 0000-1-1";
        for text in quoted.split(' ') {
            assert!(is_quoted(text, Dialect::V2), "{text}");
        }
        assert!(is_quoted("2001-1-1   1:2:3,5", Dialect::V2));
        assert!(is_quoted("", Dialect::V2));
        assert!(is_quoted("0o-7", Dialect::V3Pretty));
    }

    #[test]
    fn other_text_is_not() {
        let plain = "yEs ye nul - + -- .. . .e5 ._5 .5_ 0x 0xg 0b2 0o8 -0b-1 0o-7 +-1 1e 1e+ 1e400 .5e400 1.2.3 10Gi \
                     0xFFFFFFFFFFFFFFFFF +.nan << = 2001-13-01 2001-02-29 2001-1 2001-1-2T3:4:5 2001-1-2T24:0:0Z \
                     2001-1-2T3:4:5+25:00 01-01-2001 1:60 1:2: :30 1:30:x 12345-1-1 +";
        for text in plain.split_whitespace() {
            assert!(!is_quoted(text, Dialect::V2), "{text}");
        }
    }
}
