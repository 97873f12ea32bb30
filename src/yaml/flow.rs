//! The one-line writer: data as flow YAML, for a Jinja template that prints a map or list.
//!
//! What it writes reads back as the same data with readers of YAML 1.1 and of 1.2. Text is quoted only where it must
//! be: where it would resolve to something else in either version, or where a flow collection ends plain text (older
//! readers end it at any `:`). Knows nothing of Helm's printing.

use std::fmt::Write as _;

use crate::value::{Map, Num, Value, format_float};

use super::Dialect;
use super::quote::{is_base_60, is_quoted};
use super::scalar::{Shape, escape, shape};
use super::write::MAX_READ_KEY;

/// Appends a value as YAML on one line: `{a: 1, b: [x, "y: z"]}`.
///
/// Maps keep their order, integers are written in full.
pub fn to_flow(value: &Value, out: &mut String) {
    let mut frames = vec![];
    node(value, out, &mut frames);
    while let Some(frame) = frames.pop() {
        proceed(frame, out, &mut frames);
    }
}

/// What is left of a collection, and whether something was written already.
enum Frame<'a> {
    List(std::slice::Iter<'a, Value>, bool),
    Map(<&'a Map as IntoIterator>::IntoIter, bool),
}

fn node<'a>(value: &'a Value, out: &mut String, frames: &mut Vec<Frame<'a>>) {
    match value {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(b, _) => out.push_str(if *b { "true" } else { "false" }),
        Value::Num(n, _) => number(*n, out),
        Value::Str(text, _) => string(text, out),
        Value::List(items, _) => {
            out.push('[');
            frames.push(Frame::List(items.iter(), false));
        }
        Value::Map(map, _) => {
            out.push('{');
            frames.push(Frame::Map(map.iter(), false));
        }
    }
}

fn proceed<'a>(frame: Frame<'a>, out: &mut String, frames: &mut Vec<Frame<'a>>) {
    let separator = |begun| if begun { ", " } else { "" };
    match frame {
        Frame::List(mut items, begun) => match items.next() {
            Some(item) => {
                out.push_str(separator(begun));
                frames.push(Frame::List(items, true));
                node(item, out, frames);
            }
            None => out.push(']'),
        },
        Frame::Map(mut entries, begun) => match entries.next() {
            Some((name, value)) => {
                out.push_str(separator(begun));
                frames.push(Frame::Map(entries, true));
                key(name, out);
                node(value, out, frames);
            }
            None => out.push('}'),
        },
    }
}

/// Writes a key; one that readers would not look far enough ahead for begins with `?`.
fn key(text: &str, out: &mut String) {
    let start = out.len();
    string(text, out);
    if out.len() - start > MAX_READ_KEY {
        out.insert_str(start, "? ");
        out.push(' ');
    }
    out.push_str(": ");
}

/// Writes a number so that every reader takes it for the same one: YAML 1.1 wants a dot in a number with an exponent,
/// some readers refuse integers of more than 64 bits, and only a float has a negative zero.
fn number(number: Num, out: &mut String) {
    let text = match number {
        Num::Float(n) if n.is_finite() && n.abs() >= 1e15 => format_float(n, 'e', -1),
        n => n.to_string(),
    };
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => drop(write!(out, "{mantissa}.0e{exponent}")),
        None if text == "-0" => out.push_str("-0.0"),
        _ => out.push_str(&text),
    }
}

/// Writes text plain or in double quotes.
fn string(text: &str, out: &mut String) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        quoted(text, out);
    }
}

/// Writes text in double quotes, on one line.
pub(super) fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '\0'..='\x1f' | '\x7f'..='\u{9f}' => drop(escape(out, c)),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => drop(escape(out, c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether text stands for itself without quotes within brackets and braces.
fn is_plain(text: &str) -> bool {
    let made_of = shape(text);
    let unfit = [Shape::SPECIAL, Shape::TAB, Shape::EDGE, Shape::INDICATOR].into_iter().any(|part| made_of.has(part));
    !(unfit || made_of.multiline() || text.contains([',', '[', ']', '{', '}', ':', '?']) || resolves_anywhere(text))
}

/// Whether some reader takes plain text for something other than a string.
fn resolves_anywhere(text: &str) -> bool {
    matches!(text, "=" | "<<")
        || is_quoted(text, Dialect::V3Pretty)
        || (matches!(text.as_bytes(), [b'0'..=b'9' | b'+' | b'-' | b'.', ..])
            && (has_number_form(text) || has_date_form(text)))
}

/// Whether text has the form of a date, be it the 31st of June.
fn has_date_form(text: &str) -> bool {
    let digits = |part: Option<&str>, least, most| {
        part.is_some_and(|p| (least..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut parts = text.split('-');
    digits(parts.next(), 4, 4) && digits(parts.next(), 1, 2) && digits(parts.next(), 1, 2) && parts.next().is_none()
}

/// Whether text has the form of a number, be it too large for Go.
fn has_number_form(text: &str) -> bool {
    let plain = text.replace('_', "");
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let all = |digits: &str, radix| digits.chars().all(|c| c.is_digit(radix));
    let radix_form = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => all(&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => all(&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => all(&unsigned[2..], 2),
        _ => false,
    };
    radix_form || has_float_form(plain.as_bytes()) || is_base_60(text.as_bytes())
}

/// Whether bytes have the form of a float, however large.
fn has_float_form(text: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(value: &Value) -> String {
        let mut out = String::new();
        to_flow(value, &mut out);
        out
    }

    #[test]
    fn collections_stand_on_one_line_in_their_order() {
        let value = Value::map([
            ("b", Value::int(1)),
            ("a", Value::list([Value::str("x"), Value::str("y: z"), Value::NULL, Value::list([])])),
            ("empty", Value::map::<&str>([])),
        ]);
        assert_eq!(flow(&value), r#"{b: 1, a: [x, "y: z", null, []], empty: {}}"#);
    }

    #[test]
    fn text_is_quoted_only_where_it_must_be() {
        for plain in ["a b", "it's", "10Gi", "1.2.3", "-a", "a#b", "é", "😀", "a\\b", "a-b_c/d", "2001-1", "0b-1x"] {
            assert_eq!(flow(&Value::str(plain)), plain);
        }
        let quoted =
            "yes y null ~ 1 1.5 0x1F 0o7 0o-7 1e400 1_000 2001-99-99 1:30 = << - ? : a:b a,b [ } # ! & * | @ ` %";
        for quoted in quoted.split(' ').chain(["", " a", "a ", "a #b", "--- a", "\"", "'"]) {
            assert!(flow(&Value::str(quoted)).starts_with('"'), "{quoted}");
        }
        assert_eq!(flow(&Value::str("a\n\"\u{85}\u{feff}\u{1}\\😀")), r#""a\n\"\N\uFEFF\x01\\😀""#);
    }

    #[test]
    fn numbers_are_exact_and_remain_numbers() {
        for (n, want) in [
            (Num::Int(9_007_199_254_740_993), "9007199254740993"),
            (Num::Uint(u64::MAX), "18446744073709551615"),
            (Num::Float(1.5e300), "1.5e+300"),
            (Num::Float(1e300), "1.0e+300"),
            (Num::Float(f64::INFINITY), ".inf"),
        ] {
            assert_eq!(flow(&Value::Num(n, crate::value::Origin::NONE)), want);
        }
    }

    #[test]
    fn a_long_key_is_announced() {
        let long = "k".repeat(2000);
        assert_eq!(flow(&Value::map([(long.clone(), Value::int(1))])), format!("{{? {long} : 1}}"));
    }
}
