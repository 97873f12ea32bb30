//! Which text would not read back as itself if it were written plain: words, numbers, dates.
//!
//! The rules are those by which goyaml resolves a plain scalar, with Go's `strconv` and `time.Parse` behind them. Knows
//! nothing of indicators, line breaks and other grammar.

use std::borrow::Cow;

use super::Dialect;

/// Whether goyaml quotes text because it would resolve to something other than a string, or would do so in YAML 1.1.
pub(super) fn resolves(text: &str, dialect: Dialect) -> bool {
    match text.as_bytes().first() {
        None | Some(b'~') => text.len() < 2,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => is_word(text),
        Some(b'.') => is_not_finite(text) || is_dotted_float(text),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            is_not_finite(text) || is_timestamp(text) || is_number(text, dialect) || is_base_60(text.as_bytes())
        }
        Some(_) => false,
    }
}

/// The words of YAML 1.1 for booleans and null.
fn is_word(text: &str) -> bool {
    matches!(text, "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE")
        || matches!(text, "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE")
        || matches!(text, "null" | "Null" | "NULL")
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// What begins with a digit or sign and is a number once its underscores are gone.
fn is_number(text: &str, dialect: Dialect) -> bool {
    let plain = without_underscores(text);
    is_integer(&plain, dialect) || is_float(&plain)
}

/// The text without its underscores.
pub(super) fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// `strconv.ParseInt(text, 0, 64)` or `ParseUint` succeed, or the spellings that goyaml accepts besides: `0b-1`, and
/// `0o-7` in v3.
fn is_integer(text: &str, dialect: Dialect) -> bool {
    let (limit, digits) = split_sign(text).unwrap_or((u64::MAX, text));
    let (radix, digits) = split_radix(digits);
    if fits(digits, radix, limit) {
        return true;
    }
    let odd = match (text.get(..2), dialect) {
        (Some("0b"), _) => Some(2),
        (Some("0o"), Dialect::V3Pretty) => Some(8),
        _ => None,
    };
    odd.zip(text.get(2..).and_then(split_sign)).is_some_and(|(radix, (limit, digits))| fits(digits, radix, limit))
}

/// A sign's largest magnitude in an int64, and the digits after it.
fn split_sign(text: &str) -> Option<(u64, &str)> {
    let positive = text.strip_prefix('+').map(|digits| (i64::MAX.unsigned_abs(), digits));
    positive.or_else(|| text.strip_prefix('-').map(|digits| (i64::MIN.unsigned_abs(), digits)))
}

/// The radix that Go reads from a prefix; a leading zero alone means octal.
fn split_radix(digits: &str) -> (u32, &str) {
    let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) else { return (10, digits) };
    let radix = match rest.as_bytes() {
        [b'x' | b'X', _, ..] => 16,
        [b'o' | b'O', _, ..] => 8,
        [b'b' | b'B', _, ..] => 2,
        _ => return (8, rest),
    };
    (radix, &rest[1..])
}

fn fits(digits: &str, radix: u32, limit: u64) -> bool {
    // `from_str_radix` takes a sign, Go does not take a second one.
    !digits.starts_with(['+', '-']) && u64::from_str_radix(digits, radix).is_ok_and(|n| n <= limit)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and not too large for a float64.
fn is_float(text: &str) -> bool {
    has_float_form(text.as_bytes()) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether bytes have the form of a float, however large.
pub(super) fn has_float_form(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix(b".") {
        Some(rest) => split_digits(rest),
        None => (&[][..], rest),
    };
    !(whole.is_empty() && fraction.is_empty()) && (rest.is_empty() || is_exponent(rest))
}

fn is_exponent(text: &[u8]) -> bool {
    let [b'e' | b'E', rest @ ..] = text else { return false };
    let digits = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// What begins with a dot is read by `strconv.ParseFloat` alone, which takes an underscore between two digits.
fn is_dotted_float(text: &str) -> bool {
    let bytes = text.as_bytes();
    let separates = |i: usize| {
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        digit(i.wrapping_sub(1)) && digit(i + 1)
    };
    (0..bytes.len()).filter(|i| bytes[*i] == b'_').all(separates) && is_float(&without_underscores(text))
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

/// Whether `time.Parse` takes the text in one of goyaml's layouts: a date, or a date and time after `T`, `t` (with a
/// zone) or spaces (without one).
fn is_timestamp(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let [y1, y2, y3, y4, b'-', ..] = rest else { return false };
    let year = [y1, y2, y3, y4].iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(**b - b'0')));
    rest = &rest[5..];
    let (Some(year), Some(month)) = (year, number(&mut rest)) else { return false };
    let Some(day) = literal(&mut rest, b'-').and_then(|()| number(&mut rest)) else { return false };
    (1..=days_in(year, month)).contains(&day) && is_time_or_nothing(rest)
}

fn is_time_or_nothing(mut rest: &[u8]) -> bool {
    match rest.first() {
        None => true,
        Some(b'T' | b't') => {
            rest = &rest[1..];
            time(&mut rest).is_some() && is_zone(rest)
        }
        Some(b' ') => {
            let start = rest.iter().position(|b| *b != b' ').unwrap_or(rest.len());
            rest = &rest[start..];
            time(&mut rest).is_some() && rest.is_empty()
        }
        Some(_) => false,
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// One or two digits.
fn number(rest: &mut &[u8]) -> Option<u32> {
    let (digits, n) = match **rest {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => (2, u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        [a @ b'0'..=b'9', ..] => (1, u32::from(a - b'0')),
        _ => return None,
    };
    *rest = &rest[digits..];
    Some(n)
}

fn literal(rest: &mut &[u8], byte: u8) -> Option<()> {
    *rest = rest.strip_prefix(&[byte])?;
    Some(())
}

/// Hours, minutes, seconds and any number of decimals.
fn time(rest: &mut &[u8]) -> Option<()> {
    number(rest).filter(|hour| *hour < 24)?;
    literal(rest, b':')?;
    number(rest).filter(|minute| *minute < 60)?;
    literal(rest, b':')?;
    number(rest).filter(|second| *second < 60)?;
    if let [b'.' | b',', b'0'..=b'9', ..] = **rest {
        *rest = split_digits(&rest[1..]).1;
    }
    Some(())
}

/// `Z`, or an offset; Go lets one be 24 hours and 60 minutes at most.
fn is_zone(rest: &[u8]) -> bool {
    let two = |a: u8, b: u8| (a - b'0') * 10 + (b - b'0');
    match *rest {
        [b'Z'] => true,
        [b'+' | b'-', h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'9', m2 @ b'0'..=b'9'] => {
            two(h1, h2) <= 24 && two(m1, m2) <= 60
        }
        _ => false,
    }
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
            assert!(resolves(text, Dialect::V2), "{text}");
        }
        assert!(resolves("2001-1-1   1:2:3,5", Dialect::V2));
        assert!(resolves("", Dialect::V2));
        assert!(resolves("0o-7", Dialect::V3Pretty));
    }

    #[test]
    fn other_text_is_not() {
        let plain = "yEs ye nul - + -- .. . .e5 ._5 .5_ 0x 0xg 0b2 0o8 -0b-1 0o-7 +-1 1e 1e+ 1e400 .5e400 1.2.3 10Gi \
                     0xFFFFFFFFFFFFFFFFF +.nan << = 2001-13-01 2001-02-29 2001-1 2001-1-2T3:4:5 2001-1-2T24:0:0Z \
                     2001-1-2T3:4:5+25:00 01-01-2001 1:60 1:2: :30 1:30:x 12345-1-1 +";
        for text in plain.split_whitespace() {
            assert!(!resolves(text, Dialect::V2), "{text}");
        }
    }
}
