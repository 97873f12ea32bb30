//! Numbers from anything: Go's `strconv` and Sprig's casts.
//!
//! Semantics: cast 1.7.0 (`ToInt64`, `ToFloat64`, errors become 0), Go's `strconv`.

use super::Param::{Any, Str};
use super::args::{any, text};
use super::{Context, Function};
use crate::runtime::{Numbers, Runtime};
use crate::value::Num;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("int", &[Any], |ctx, a| Ok(Runtime::int(to_int64(ctx, any(a, 0)?)))),
    Function::new("int64", &[Any], |ctx, a| Ok(Runtime::int64(to_int64(ctx, any(a, 0)?)))),
    Function::new("float64", &[Any], |_, a| Ok(Runtime::Float(to_float64(any(a, 0)?)))),
    Function::new("atoi", &[Str], |_, a| Ok(Runtime::int(parse_saturating(text(a, 0)?)))),
    Function::new("toDecimal", &[Any], |ctx, a| {
        Ok(Runtime::int64(parse_int(&any(a, 0)?.to_text(ctx.numbers()), 8).unwrap_or(0)))
    }),
];

/// Why text is no number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bad {
    /// It does not look like one.
    Syntax,
    /// It is out of range; the nearest number that is in it.
    Range(i64),
}

impl Bad {
    fn nearest(self) -> i64 {
        match self {
            Bad::Syntax => 0,
            Bad::Range(nearest) => nearest,
        }
    }
}

/// An int64 as cast makes it: fractions are cut off, text is read in the base that its prefix says, and what is no
/// number is 0.
pub(super) fn to_int64(ctx: &Context<'_>, value: &Runtime) -> i64 {
    match value {
        Runtime::Int(n, _) => *n,
        Runtime::YamlInt(Num::Int(n) | Num::Int64(n)) if ctx.numbers() == Numbers::Exact => *n,
        Runtime::YamlInt(n) => float_to_int(n.as_f64()),
        Runtime::Float(n) => float_to_int(*n),
        Runtime::Bool(b) => i64::from(*b),
        Runtime::Str(text) => parse_int(trim_zero_decimal(text).as_bytes(), 0).unwrap_or(0),
        Runtime::Object(object) => object.as_int().unwrap_or(0),
        Runtime::Nil | Runtime::Binary(_) | Runtime::List(_) | Runtime::Map(_) => 0,
    }
}

/// Go's conversion on amd64: what does not fit becomes the lowest int64.
pub(super) fn float_to_int(n: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&n);
    if fits { n as i64 } else { i64::MIN }
}

/// `1.00` counts as an integer.
fn trim_zero_decimal(s: &str) -> &str {
    let head = s.trim_end_matches('0');
    match head.strip_suffix('.') {
        Some(integer) if head.len() < s.len() => integer,
        _ => s,
    }
}

/// A float64 as cast makes it; what is no number is 0.
pub(super) fn to_float64(value: &Runtime) -> f64 {
    match value {
        Runtime::Bool(b) => f64::from(u8::from(*b)),
        Runtime::Str(text) => parse_float(text).unwrap_or(0.0),
        Runtime::Object(object) => object.as_int().map_or(0.0, |n| n as f64),
        other => other.as_f64().unwrap_or(0.0),
    }
}

/// `strconv.ParseInt(text, base, 64)`; base 0 takes prefixes and underscores.
pub(super) fn parse_int(text: &[u8], base: u32) -> Result<i64, Bad> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = parse_uint(digits, base)?;
    let limit = i128::from(if negative { i64::MIN } else { i64::MAX });
    let number = if negative { -magnitude } else { magnitude };
    match i64::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) => Err(Bad::Range(limit as i64)),
    }
}

/// A decimal number; the nearest one where it is out of range, 0 where it is none.
pub(super) fn parse_saturating(text: &[u8]) -> i64 {
    parse_int(text, 10).unwrap_or_else(Bad::nearest)
}

/// Digits without a sign; what is beyond u64 comes out as something beyond it.
fn parse_uint(digits: &[u8], base: u32) -> Result<i128, Bad> {
    let (radix, rest) = match (base, digits) {
        (1.., _) => (base, digits),
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (16, rest),
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (2, rest),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (8, rest),
        (0, [b'0', rest @ ..]) if !rest.is_empty() => (8, rest),
        _ => (10, digits),
    };
    if rest.is_empty() || base == 0 && !underscores_fit(digits) {
        return Err(Bad::Syntax);
    }
    let mut number: i128 = 0;
    for byte in rest.iter().filter(|b| base != 0 || **b != b'_') {
        let digit = char::from(*byte).to_digit(radix).ok_or(Bad::Syntax)?;
        number = (number * i128::from(radix) + i128::from(digit)).min(i128::from(u64::MAX) + 1);
    }
    Ok(number)
}

/// Underscores only between digits, or between a base prefix and a digit.
fn underscores_fit(number: &[u8]) -> bool {
    let body = match number {
        [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', rest @ ..] => rest,
        _ if number.first() == Some(&b'_') => return false,
        _ => number,
    };
    let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_hexdigit);
    let inside = |i: usize| digit(body.get(i + 1)) && (i == 0 || digit(body.get(i - 1)));
    body.iter().enumerate().filter(|(_, b)| **b == b'_').all(|(i, _)| inside(i))
}

/// `strconv.ParseFloat(text, 64)`; out of range is no number.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let (negative, body) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = body.to_ascii_lowercase();
    let number = match lower.as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" if body.len() == text.len() => f64::NAN,
        _ if !underscores_fit(lower.as_bytes()) => return None,
        _ => finite(&lower.replace('_', ""))?,
    };
    Some(if negative { -number } else { number })
}

fn finite(lower: &str) -> Option<f64> {
    if let Some(hex) = lower.strip_prefix("0x") {
        return hex_float(hex);
    }
    let plain = lower.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-'));
    let signed = lower.starts_with(['+', '-']);
    lower.parse::<f64>().ok().filter(|n| plain && !signed && n.is_finite())
}

/// `1.8p3` after its `0x`: a fraction in hexadecimal and an exponent of two, which must be there.
fn hex_float(hex: &str) -> Option<f64> {
    let (mantissa, exponent) = hex.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || exponent.is_empty() || digits.len() > 4096 {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    let mut number = 0_u128;
    let mut dropped = 0_i64;
    for digit in digits.chars() {
        let digit = u128::from(digit.to_digit(16)?);
        match number >> 120 {
            0 => number = number << 4 | digit,
            // Beyond 120 bits only whether something follows can decide how to round.
            _ => {
                number |= u128::from(digit != 0);
                dropped += 4;
            }
        }
    }
    let shift = exponent.saturating_add(dropped - 4 * i64::try_from(fraction.len()).ok()?);
    let value = scale(number, shift);
    value.is_finite().then_some(value)
}

/// `number * 2^shift`, rounded once.
fn scale(number: u128, shift: i64) -> f64 {
    if number == 0 {
        return 0.0;
    }
    let bits = i64::from(128 - number.leading_zeros());
    // What a float64 keeps: 53 bits, fewer where it is denormal.
    let keep = (bits.saturating_add(shift).saturating_add(1074)).clamp(0, 53);
    let drop = bits - keep;
    let rounded = match u32::try_from(drop) {
        Err(_) | Ok(0) => number,
        Ok(drop @ 1..=127) => {
            let (high, low, half) = (number >> drop, number & ((1 << drop) - 1), 1_u128 << (drop - 1));
            high + u128::from(low > half || low == half && high & 1 == 1)
        }
        Ok(_) => 0,
    };
    let power = shift.saturating_add(drop.max(0)).clamp(-2000, 2000) as i32;
    // Two steps, as 2^power alone may be out of range where the product is not.
    rounded as f64 * 2_f64.powi(power / 2) * 2_f64.powi(power - power / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_as_go_reads_them() {
        for (text, base, want) in [
            ("12", 10, Ok(12)),
            ("+7", 10, Ok(7)),
            ("-0x1F", 0, Ok(-31)),
            ("0b101", 0, Ok(5)),
            ("0o17", 0, Ok(15)),
            ("017", 0, Ok(15)),
            ("08", 0, Err(Bad::Syntax)),
            ("1_000", 0, Ok(1000)),
            ("0x_1", 0, Ok(1)),
            ("0_1", 0, Ok(1)),
            ("1__0", 0, Err(Bad::Syntax)),
            ("_1", 0, Err(Bad::Syntax)),
            ("1_", 0, Err(Bad::Syntax)),
            ("1_0", 10, Err(Bad::Syntax)),
            ("", 10, Err(Bad::Syntax)),
            ("-", 10, Err(Bad::Syntax)),
            ("0x", 0, Err(Bad::Syntax)),
            ("9223372036854775808", 10, Err(Bad::Range(i64::MAX))),
            ("-9223372036854775808", 10, Ok(i64::MIN)),
            ("-99999999999999999999999999999999999999999999", 10, Err(Bad::Range(i64::MIN))),
        ] {
            assert_eq!(parse_int(text.as_bytes(), base), want, "{text}");
        }
    }

    #[test]
    fn floats_as_go_reads_them() {
        for (text, want) in [
            ("1.5", Some(1.5)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1e3", Some(1000.0)),
            ("1_0.5", Some(10.5)),
            ("0x1p-2", Some(0.25)),
            ("0x1.8p1", Some(3.0)),
            ("0x1", None),
            ("0x1p-1074", Some(5e-324)),
            ("0x1p-1075", Some(0.0)),
            ("0x1p1024", None),
            ("Inf", Some(f64::INFINITY)),
            ("-infinity", Some(f64::NEG_INFINITY)),
            ("1e400", None),
            ("", None),
            (".", None),
            ("+-1", None),
            ("1 ", None),
        ] {
            assert_eq!(parse_float(text), want, "{text}");
        }
    }
}
