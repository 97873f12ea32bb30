//! What a scalar means: null, a boolean, a number or text, as goyaml v2 decides it, and what it is called as a key.

use std::borrow::Cow;

use super::Style;
use super::tagged::{decode_base64, is_timestamp};
use crate::value::{Num, Origin, Str, Value, format_float};

/// The prefix of the tags that YAML itself defines.
const YAML_TAG: &str = "tag:yaml.org,2002:";

/// What a scalar means.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved {
    /// Null.
    Null,
    /// `true`, `yes`, `on` and the like.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// Another number, which may be infinite or no number at all.
    Float(f64),
    /// Its text, as it is.
    Str,
    /// Text that it encodes (`!!binary`).
    Decoded(String),
}

impl Resolved {
    /// The value, given the text of the scalar.
    pub fn into_value(self, text: &str, origin: Origin) -> Value {
        match self {
            Resolved::Null => Value::Null(origin),
            Resolved::Bool(b) => Value::Bool(b, origin),
            Resolved::Int(n) => Value::Num(Num::Int(n), origin),
            Resolved::Uint(n) => Value::Num(Num::Uint(n), origin),
            Resolved::Float(n) => Value::Num(Num::Float(n), origin),
            Resolved::Str => Value::Str(Str::from(text), origin),
            Resolved::Decoded(text) => Value::Str(Str::from(text), origin),
        }
    }

    /// The text that the scalar has as the key of a map, given its own text: integers in decimal, floats as the
    /// shortest float32. Nothing for null and for integers above `i64::MAX`, which Helm refuses as keys.
    pub fn into_key(self, text: &str) -> Option<Cow<'_, str>> {
        Some(match self {
            Resolved::Null | Resolved::Uint(_) => return None,
            Resolved::Bool(b) => Cow::Borrowed(if b { "true" } else { "false" }),
            Resolved::Int(n) => Cow::Owned(n.to_string()),
            Resolved::Float(n) => Cow::Owned(float_key(n)),
            Resolved::Str => Cow::Borrowed(text),
            Resolved::Decoded(text) => Cow::Owned(text),
        })
    }

    /// The tag, as it is written.
    fn tag(&self) -> &'static str {
        match self {
            Resolved::Null => "!!null",
            Resolved::Bool(_) => "!!bool",
            Resolved::Int(_) | Resolved::Uint(_) => "!!int",
            Resolved::Float(_) => "!!float",
            Resolved::Str | Resolved::Decoded(_) => "!!str",
        }
    }
}

/// Go's `FormatFloat(number, 'g', -1, 32)`, with YAML's words for what is not finite.
fn float_key(number: f64) -> String {
    let number = number as f32;
    if number.is_nan() {
        return ".nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    // The shortest digits that make the float32 are those of the float64 that is written with them.
    let shortest: f64 = number.to_string().parse().unwrap_or(f64::from(number));
    format_float(shortest, 'g', -1)
}

/// Whether a scalar in the place of a key asks for a merge: `<<`, but not in quotes and not by an alias.
pub fn is_merge(text: &str, style: Style, tag: Option<&str>) -> bool {
    text == "<<"
        && match tag {
            None => style == Style::Plain,
            Some(tag) => tag == "!" || tag.strip_prefix(YAML_TAG) == Some("merge"),
        }
}

/// What a scalar means, given how it is written and its tag.
///
/// # Errors
/// A tag that the text does not fit: the message, in goyaml's words.
#[inline]
pub fn resolve(text: &str, style: Style, tag: Option<&str>) -> Result<Resolved, String> {
    match tag {
        None if style == Style::Plain => Ok(resolve_plain(text)),
        None => Ok(Resolved::Str),
        Some(tag) => match tag.strip_prefix(YAML_TAG) {
            Some(name) => resolve_tagged(text, name),
            None => Ok(Resolved::Str),
        },
    }
}

fn resolve_tagged(text: &str, name: &str) -> Result<Resolved, String> {
    let resolved = match name {
        "binary" => {
            return decode_base64(text)
                .map(Resolved::Decoded)
                .ok_or_else(|| "!!binary value contains invalid base64 data".to_owned());
        }
        "timestamp" if is_timestamp(text) => return Ok(Resolved::Str),
        "null" | "bool" | "int" | "float" | "timestamp" => resolve_plain(text),
        _ => return Ok(Resolved::Str),
    };
    match (name, resolved) {
        ("null", Resolved::Null) => Ok(Resolved::Null),
        ("bool", resolved @ Resolved::Bool(_)) => Ok(resolved),
        ("int", resolved @ (Resolved::Int(_) | Resolved::Uint(_))) => Ok(resolved),
        ("float", resolved @ Resolved::Float(_)) => Ok(resolved),
        ("float", Resolved::Int(n)) => Ok(Resolved::Float(n as f64)),
        (_, resolved) => Err(format!("cannot decode {} `{text}` as a !!{name}", resolved.tag())),
    }
}

/// What a plain scalar without a tag means. A date stays text.
#[inline(always)]
pub fn resolve_plain(text: &str) -> Resolved {
    let Some(first) = text.as_bytes().first() else { return Resolved::Null };
    match BEGINS[usize::from(*first)] {
        Beginning::Text => Resolved::Str,
        Beginning::Word if text.len() > LONGEST_WORD => Resolved::Str,
        Beginning::Word => word(text),
        Beginning::Number => number(text),
        Beginning::Dot => special_float(text).or_else(|| dotted_float(text)).unwrap_or(Resolved::Str),
    }
}

/// What a plain scalar may be, by its first byte.
#[derive(Clone, Copy)]
enum Beginning {
    /// Nothing but text.
    Text,
    /// A boolean or null.
    Word,
    Number,
    Dot,
}

const BEGINS: [Beginning; 256] = {
    let mut table = [Beginning::Text; 256];
    let (words, numbers) = (b"yYnNtTfFoO~", b"0123456789+-");
    let mut i = 0;
    while i < words.len() {
        table[words[i] as usize] = Beginning::Word;
        i += 1;
    }
    let mut i = 0;
    while i < numbers.len() {
        table[numbers[i] as usize] = Beginning::Number;
        i += 1;
    }
    table[b'.' as usize] = Beginning::Dot;
    table
};

const LONGEST_WORD: usize = "false".len();

fn word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => Resolved::Str,
    }
}

fn special_float(text: &str) -> Option<Resolved> {
    Some(Resolved::Float(match text {
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => f64::INFINITY,
        "-.inf" | "-.Inf" | "-.INF" => f64::NEG_INFINITY,
        _ => return None,
    }))
}

/// What begins with a digit or a sign. Underscores do not count, wherever they stand.
fn number(text: &str) -> Resolved {
    if let Some(n) = short_decimal(text.as_bytes()) {
        return Resolved::Int(n);
    }
    // Most of what begins like a number and is none (`100m`, `2Gi`, dates, versions) has a byte that no number has, or
    // more than one dot.
    let mut dots = 0;
    let mut underscore = false;
    for b in text.bytes() {
        match b {
            b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'+' | b'-' | b'x' | b'X' | b'o' | b'O' => {}
            b'i' | b'I' | b'n' | b'N' => {}
            b'.' => dots += 1,
            b'_' => underscore = true,
            _ => return Resolved::Str,
        }
    }
    match (dots, underscore) {
        (2.., _) => Resolved::Str,
        (_, true) => digits(&text.replace('_', "")),
        (_, false) => digits(text),
    }
}

/// Decimal digits alone, so few that they fit.
fn short_decimal(text: &[u8]) -> Option<i64> {
    if text.len() > 18 || (text.len() > 1 && text.first() == Some(&b'0')) {
        return None;
    }
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

fn digits(text: &str) -> Resolved {
    integer(text)
        .or_else(|| special_float(text))
        .or_else(|| float(text))
        .or_else(|| signed_binary(text))
        .unwrap_or(Resolved::Str)
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn integer(text: &str) -> Option<Resolved> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let magnitude = magnitude(rest)?;
    match i64::try_from(magnitude) {
        Ok(n) => Some(Resolved::Int(if negative { -n } else { n })),
        Err(_) if negative && magnitude == 1 << 63 => Some(Resolved::Int(i64::MIN)),
        Err(_) if rest.len() == text.len() => Some(Resolved::Uint(magnitude)),
        Err(_) => None,
    }
}

/// An integer with a prefix for its base, `0` alone being the one for octal.
fn magnitude(text: &str) -> Option<u64> {
    let (base, digits) = match text.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', _, ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', _, ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', _, ..] => (2, text.get(2..)?),
        [b'0', ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    digits.bytes().try_fold(0u64, |n, c| {
        let digit = (c as char).to_digit(base)?;
        n.checked_mul(u64::from(base))?.checked_add(u64::from(digit))
    })
}

/// `0b-101`, which goyaml reads with a sign after the prefix.
fn signed_binary(text: &str) -> Option<Resolved> {
    let rest = text.strip_prefix("0b")?;
    let (negative, digits) = match rest.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, rest.strip_prefix('+')?),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let magnitude = i64::from_str_radix(digits, 2).ok().filter(|_| plain)?;
    Some(Resolved::Int(if negative { -magnitude } else { magnitude }))
}

/// What begins with a dot goes to Go's `strconv.ParseFloat` alone, which takes an underscore between two digits.
fn dotted_float(text: &str) -> Option<Resolved> {
    if !text.contains('_') {
        return float(text);
    }
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let between_digits = text.match_indices('_').all(|(at, _)| digit(at.wrapping_sub(1)) && digit(at + 1));
    between_digits.then(|| float(&text.replace('_', ""))).flatten()
}

/// A decimal fraction, with an exponent or without; nothing where it is too large for a float64.
fn float(text: &str) -> Option<Resolved> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let well_formed = all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|digits| !digits.is_empty() && all_digits(digits));
    let number: f64 = text.parse().ok().filter(|_| well_formed)?;
    number.is_finite().then_some(Resolved::Float(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars() {
        use Resolved::{Bool, Float, Int, Null, Str, Uint};
        for (text, want) in [
            ("", Null),
            ("~", Null),
            ("nULL", Str),
            ("y", Bool(true)),
            ("Off", Bool(false)),
            ("0", Int(0)),
            ("-0", Int(0)),
            ("0777", Int(511)),
            ("0o17", Int(15)),
            ("0x_1F", Int(31)),
            ("0b101", Int(5)),
            ("0b-101", Int(-5)),
            ("0b+101", Int(5)),
            ("0b--1", Str),
            ("1__0", Int(10)),
            ("+_1", Int(1)),
            ("-", Str),
            ("+", Str),
            ("08", Float(8.0)),
            ("0x", Str),
            ("9223372036854775807", Int(i64::MAX)),
            ("9223372036854775808", Uint(1 << 63)),
            ("-9223372036854775808", Int(i64::MIN)),
            ("+9223372036854775808", Float(9_223_372_036_854_775_808.0)),
            ("-9223372036854775809", Float(-9_223_372_036_854_775_808.0)),
            ("18446744073709551616", Float(18_446_744_073_709_551_616.0)),
            ("0xFFFFFFFFFFFFFFFFFF", Str),
            ("1.", Float(1.0)),
            (".5", Float(0.5)),
            (".5_0", Float(0.5)),
            (".5_5e1_0", Float(5_500_000_000.0)),
            ("._5", Str),
            (".5_", Str),
            (".5__5", Str),
            ("1_0.5", Float(10.5)),
            ("+.5", Float(0.5)),
            (".", Str),
            ("1e3", Float(1000.0)),
            ("1e", Str),
            ("1E400", Str),
            ("1e-400", Float(0.0)),
            (".inf", Float(f64::INFINITY)),
            ("-.INF", Float(f64::NEG_INFINITY)),
            ("-.nan", Str),
            ("inf", Str),
            ("12:30:45", Str),
            ("2001-12-14", Str),
            ("1.2.3", Str),
        ] {
            assert_eq!(resolve_plain(text), want, "{text:?}");
        }
    }

    #[test]
    fn tags_are_checked() {
        let tagged = |name: &str, text| resolve(text, Style::Double, Some(&format!("{YAML_TAG}{name}")));
        assert_eq!(tagged("int", "0x1F"), Ok(Resolved::Int(31)));
        assert_eq!(tagged("float", "1"), Ok(Resolved::Float(1.0)));
        assert_eq!(tagged("str", "1"), Ok(Resolved::Str));
        assert_eq!(tagged("seq", "1"), Ok(Resolved::Str));
        assert_eq!(tagged("binary", "aGk="), Ok(Resolved::Decoded("hi".into())));
        assert_eq!(tagged("int", "3.5"), Err("cannot decode !!float `3.5` as a !!int".into()));
        assert_eq!(tagged("null", "x"), Err("cannot decode !!str `x` as a !!null".into()));
        assert!(tagged("float", "9223372036854775808").is_err());
        assert!(tagged("timestamp", "2001-13-14").is_err());
        assert_eq!(tagged("timestamp", "2001-12-14"), Ok(Resolved::Str));
        assert_eq!(resolve("1", Style::Plain, Some("!")), Ok(Resolved::Str));
        assert_eq!(resolve("1", Style::Plain, Some("!mine")), Ok(Resolved::Str));
    }

    #[test]
    fn keys_are_named() {
        let key = |text: &str| resolve_plain(text).into_key(text).map(Cow::into_owned);
        for (text, want) in [
            ("0x10", "16"),
            ("123456789.5", "1.2345679e+08"),
            ("1.5", "1.5"),
            ("0.1", "0.1"),
            ("1e39", ".inf"),
            (".nan", ".nan"),
            ("on", "true"),
            ("1e-7", "1e-07"),
            ("100000.0", "100000"),
            ("1e6", "1e+06"),
        ] {
            assert_eq!(key(text).as_deref(), Some(want), "{text}");
        }
        assert_eq!(key("~"), None);
        assert_eq!(key("9223372036854775808"), None);
    }
}
