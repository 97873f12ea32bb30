//! Literals: what Go's `strconv` and `text/template/parse` make of quoted texts, characters and numbers.

use super::ast::Number;
use crate::engine::gotpl::complex::Complex;
use crate::runtime::Runtime;
use crate::runtime::text::{first_rune, quote};

/// Whether nothing in a quoted or raw text is an escape, so that it is written right in any case.
pub(super) fn is_plain(quoted: &[u8]) -> bool {
    quoted.first() == Some(&b'`') || memchr::memchr(b'\\', quoted).is_none()
}

/// What a quoted or raw text says; `None` where it is not written right.
pub(super) fn unquote(quoted: &[u8]) -> Option<Runtime> {
    let (first, body) = (*quoted.first()?, quoted.get(1..quoted.len() - 1)?);
    if first == b'`' {
        return Some(match memchr::memchr(b'\r', body) {
            None => said(body),
            Some(_) => Runtime::bytes(body.iter().copied().filter(|b| *b != b'\r').collect::<Vec<u8>>()),
        });
    }
    if memchr::memchr(b'\\', body).is_none() {
        // A byte that is not UTF-8 is replaced here, though not in raw texts.
        return Some(match std::str::from_utf8(body) {
            Ok(text) => Runtime::str(text),
            Err(_) => Runtime::str(String::from_utf8_lossy(body)),
        });
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let (unit, used) = unescape(rest, first)?;
        match unit {
            Unit::Byte(byte) => out.push(byte),
            Unit::Rune(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[used..];
    }
    Some(Runtime::bytes(out))
}

fn said(bytes: &[u8]) -> Runtime {
    std::str::from_utf8(bytes).map_or_else(|_| Runtime::bytes(bytes), Runtime::str)
}

enum Unit {
    Byte(u8),
    Rune(char),
}

/// One character of a quoted text and how many bytes it took, as `strconv.UnquoteChar`.
fn unescape(rest: &[u8], quote: u8) -> Option<(Unit, usize)> {
    match rest {
        [b'\\', tail @ ..] => {
            let (unit, used) = escape(tail, quote)?;
            Some((unit, used + 1))
        }
        [byte, ..] if *byte == quote => None,
        _ => first_rune(rest).map(|(c, size)| (Unit::Rune(c.unwrap_or('\u{fffd}')), size)),
    }
}

fn escape(tail: &[u8], quote: u8) -> Option<(Unit, usize)> {
    let byte = match tail.first()? {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        b @ (b'"' | b'\'') if *b == quote => *b,
        b'x' => return Some((Unit::Byte(hex(tail.get(1..3)?)? as u8), 3)),
        b'u' => return Some((Unit::Rune(char::from_u32(hex(tail.get(1..5)?)?)?), 5)),
        b'U' => return Some((Unit::Rune(char::from_u32(hex(tail.get(1..9)?)?)?), 9)),
        b'0'..=b'7' => return octal(tail.get(..3)?).map(|b| (Unit::Byte(b), 3)),
        _ => return None,
    };
    Some((Unit::Byte(byte), 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |n: u32, b| Some(n << 4 | char::from(*b).to_digit(16)?))
}

fn octal(digits: &[u8]) -> Option<u8> {
    let n = digits.iter().try_fold(0, |n, b| Some(n * 8 + char::from(*b).to_digit(8)?))?;
    u8::try_from(n).ok()
}

/// A character constant with its quotes.
pub(super) fn character(text: &[u8]) -> Result<Number, String> {
    let invalid = || "invalid syntax".to_owned();
    let rest = text.get(1..).ok_or_else(invalid)?;
    let (unit, used) = unescape(rest, b'\'').ok_or_else(invalid)?;
    if &rest[used..] != b"'" {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(text)));
    }
    let code = match unit {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Rune(c) => c as u32,
    };
    Ok(Number {
        int: Some(code.into()),
        uint: Some(code.into()),
        float: Some(code.into()),
        ideal: Some(Runtime::int(code.into())),
    })
}

/// A pair of numbers with an `i` behind the second.
pub(super) fn complex(text: &str) -> Result<Number, String> {
    let number = || {
        let body = text.strip_suffix('i')?;
        let split = body.char_indices().skip(1).filter(|(at, c)| matches!(c, '+' | '-') && !after_exponent(body, *at));
        let (at, _) = split.last()?;
        Some((float(&body[..at])?, float(&body[at..])?))
    };
    let parts = number().ok_or_else(|| format!("illegal number syntax: {}", quote(text.as_bytes())))?;
    Ok(simplify(parts))
}

fn after_exponent(text: &str, at: usize) -> bool {
    let hex = text.contains(['x', 'X']);
    text.as_bytes()[..at].last().is_some_and(|b| matches!(b, b'p' | b'P') || !hex && matches!(b, b'e' | b'E'))
}

/// A complex number, and what else it is where its imaginary part is zero.
fn simplify(parts: (f64, f64)) -> Number {
    let ideal = Some(Complex::value(parts.0, parts.1));
    let float = (parts.1 == 0.0).then_some(parts.0);
    Number { int: float.and_then(exact_int), uint: float.and_then(exact_uint), float, ideal }
}

fn exact_int(f: f64) -> Option<i64> {
    (f.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&f)).then_some(f as i64)
}

fn exact_uint(f: f64) -> Option<u64> {
    (f.fract() == 0.0 && (0.0..18_446_744_073_709_551_616.0).contains(&f)).then_some(f as u64)
}

/// A number, as `parse.newNumber`.
pub(super) fn number(text: &str) -> Result<Number, String> {
    if let Some(imaginary) = text.strip_suffix('i').and_then(float) {
        return Ok(simplify((0.0, imaginary)));
    }
    let (int, uint) = integer(text);
    if int.is_some() || uint.is_some() {
        let float = int.map(|n| n as f64).or(uint.map(|n| n as f64));
        return Ok(Number { int, uint, float, ideal: int.map(Runtime::int) });
    }
    let Some(float) = float(text) else { return Err(format!("illegal number syntax: {}", quote(text.as_bytes()))) };
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: {}", quote(text.as_bytes())));
    }
    let (int, uint) = (exact_int(float), exact_uint(float));
    Ok(Number { int, uint, float: Some(float), ideal: Some(Runtime::Float(float)) })
}

/// `strconv.ParseInt` and `ParseUint` with base 0.
fn integer(text: &str) -> (Option<i64>, Option<u64>) {
    let (sign, body) = split_sign(text);
    let Some(magnitude) = magnitude(body) else { return (None, None) };
    let int = match sign {
        Some('-') => 0i64.checked_sub_unsigned(magnitude),
        _ => i64::try_from(magnitude).ok(),
    };
    let uint = (sign.is_none() || int == Some(0)).then_some(magnitude);
    (int, uint)
}

fn split_sign(text: &str) -> (Option<char>, &str) {
    match text.chars().next() {
        Some(sign @ ('+' | '-')) => (Some(sign), &text[1..]),
        _ => (None, text),
    }
}

fn magnitude(body: &str) -> Option<u64> {
    if !underscores_fit(body) {
        return None;
    }
    let bytes = body.as_bytes();
    let (base, digits) = match bytes {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        _ => (10, bytes),
    };
    let mut seen = false;
    let value = digits.iter().filter(|b| **b != b'_').try_fold(0u64, |n, b| {
        seen = true;
        let digit = char::from(*b).to_digit(base)?;
        n.checked_mul(base.into())?.checked_add(digit.into())
    })?;
    seen.then_some(value)
}

/// Underscores stand between digits, or between a base's prefix and a digit; `strconv.underscoreOK`.
fn underscores_fit(body: &str) -> bool {
    let bytes = body.as_bytes();
    let prefixed = matches!(bytes, [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', ..]);
    let hex = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let (mut last, rest) = if prefixed { (b'0', &bytes[2..]) } else { (b'^', bytes) };
    for byte in rest {
        let kind = match byte {
            b'0'..=b'9' => b'0',
            b'a'..=b'f' | b'A'..=b'F' if hex => b'0',
            b'_' => b'_',
            _ => b'!',
        };
        if kind == b'_' && last != b'0' || last == b'_' && kind != b'0' {
            return false;
        }
        last = kind;
    }
    last != b'_'
}

/// `strconv.ParseFloat` of what the lexer lets through; nothing where it overflows.
fn float(text: &str) -> Option<f64> {
    let (sign, body) = split_sign(text);
    if !underscores_fit(body) {
        return None;
    }
    let plain: String = body.chars().filter(|c| *c != '_').collect();
    let value = match plain.as_bytes() {
        [b'0', b'x' | b'X', ..] => hex_float(&plain[2..])?,
        [first, ..] if first.is_ascii_digit() || *first == b'.' => plain.parse::<f64>().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(if sign == Some('-') { -value } else { value })
}

/// The digits and the power of two of a hexadecimal float.
fn hex_float(body: &str) -> Option<f64> {
    let (mantissa, exponent) = body.split_once(['p', 'P'])?;
    let mut power: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for (i, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let kept = value.leading_zeros() >= 4;
        // What no longer fits only matters for rounding: one sticky bit of it is enough.
        value = if kept { value << 4 | digit } else { value | u64::from(digit != 0) };
        power = power.saturating_add(if kept { 0 } else { 4 }).saturating_sub(if i >= whole.len() { 4 } else { 0 });
    }
    Some(scale(value as f64, power))
}

fn scale(mut value: f64, power: i32) -> f64 {
    let mut left = power.clamp(-5000, 5000);
    while left != 0 && value != 0.0 && value.is_finite() {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(step);
        left -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_what_is_written() {
        for (quoted, want) in [
            (r#""a\t\x41\u00e9\101\"""#, Some("a\tAéA\"")),
            ("`a\\n\r`", Some("a\\n")),
            (r#""\'""#, None),
            (r#""\400""#, None),
            (r#""\ud800""#, None),
            (r#""\x4""#, None),
            (r#""\z""#, None),
        ] {
            assert_eq!(unquote(quoted.as_bytes()), want.map(Runtime::str), "{quoted}");
        }
        assert_eq!(unquote(br#""\xff""#), Some(Runtime::bytes(vec![0xff])));
        assert_eq!(unquote(b"\"\xff\""), Some(Runtime::str("\u{fffd}")));
        assert_eq!(unquote(b"`\xff`"), Some(Runtime::bytes(vec![0xff])));
    }

    #[test]
    fn numbers_are_held_under_each_type_that_fits() {
        for (text, int, uint, float) in [
            ("0x_1F", Some(31), Some(31), Some(31.0)),
            ("017", Some(15), Some(15), Some(15.0)),
            ("1_0.5_0", None, None, Some(10.5)),
            ("1e3", Some(1000), Some(1000), Some(1000.0)),
            ("-2", Some(-2), None, Some(-2.0)),
            ("-0", Some(0), Some(0), Some(0.0)),
            ("+4", Some(4), None, Some(4.0)),
            ("0x1p-2", None, None, Some(0.25)),
            ("0x1.8p1", Some(3), Some(3), Some(3.0)),
            (".5", None, None, Some(0.5)),
            ("5.", Some(5), Some(5), Some(5.0)),
            ("18446744073709551615", None, Some(u64::MAX), Some(18446744073709551615.0)),
            ("-9223372036854775808", Some(i64::MIN), None, Some(i64::MIN as f64)),
        ] {
            let number = number(text).unwrap();
            assert_eq!((number.int, number.uint, number.float), (int, uint, float), "{text}");
        }
        for (text, reason) in [
            ("99999999999999999999", "integer overflow: \"99999999999999999999\""),
            ("08", "integer overflow: \"08\""),
            ("0b2", "illegal number syntax: \"0b2\""),
            ("1_", "illegal number syntax: \"1_\""),
            ("1e400", "illegal number syntax: \"1e400\""),
            ("0x1.8", "illegal number syntax: \"0x1.8\""),
            ("-", "illegal number syntax: \"-\""),
        ] {
            assert_eq!(number(text).unwrap_err(), reason);
        }
        assert_eq!(number("1.5e2i").unwrap().ideal, Some(Complex::value(0.0, 150.0)));
        assert_eq!(complex("1e+2-2.5i").unwrap().ideal, Some(Complex::value(100.0, -2.5)));
        assert_eq!(complex("0x1p+2+0x1p-1i").unwrap().ideal, Some(Complex::value(4.0, 0.5)));
        assert_eq!(complex("1+0i").unwrap().int, Some(1));
    }

    #[test]
    fn characters_are_numbers() {
        assert_eq!(character("'日'".as_bytes()).unwrap().int, Some(26085));
        assert_eq!(character(br"'\''").unwrap().int, Some(39));
        assert_eq!(character(br"'\xff'").unwrap().int, Some(255));
        assert_eq!(character(b"'ab'").unwrap_err(), "malformed character constant: 'ab'");
        assert_eq!(character(b"''").unwrap_err(), "invalid syntax");
        assert_eq!(character(br#"'\"'"#).unwrap_err(), "invalid syntax");
    }
}
