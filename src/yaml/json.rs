//! JSON as Go's encoding/json writes it, behind Helm's `toJson`, `toPrettyJson` and `toRawJson`.
//!
//! Keys are sorted by their bytes. JSON is YAML, so it lives here; nothing here parses.

use std::fmt::Write as _;

use crate::value::{Num, Value, format_float};

use super::{Numbers, WriteError};

/// How to write JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonOptions {
    /// Whether `<`, `>` and `&` are escaped.
    pub escape_html: bool,
    /// Whether each entry has a line of its own, indented by 2.
    pub pretty: bool,
    /// What numbers are: float64s as Helm holds them, or exact.
    pub numbers: Numbers,
}

impl JsonOptions {
    /// What Helm's `toJson` prints.
    pub const HELM: JsonOptions = JsonOptions { escape_html: true, pretty: false, numbers: Numbers::Helm };
    /// What `toPrettyJson` prints.
    pub const HELM_PRETTY: JsonOptions = JsonOptions { pretty: true, ..JsonOptions::HELM };
    /// What `toRawJson` prints.
    pub const HELM_RAW: JsonOptions = JsonOptions { escape_html: false, ..JsonOptions::HELM };
}

/// The value as JSON.
///
/// # Errors
/// [`WriteError::NotFinite`] for infinities and NaN.
pub fn to_json(value: &Value, options: &JsonOptions) -> Result<String, WriteError> {
    let mut writer = Writer { out: String::new(), frames: vec![], options: *options };
    writer.node(value)?;
    while let Some(frame) = writer.frames.pop() {
        writer.proceed(frame)?;
    }
    Ok(writer.out)
}

/// A collection that is being written: what is left of it, and whether something was written already.
enum Frame<'a> {
    List(std::slice::Iter<'a, Value>, bool),
    Map(std::vec::IntoIter<(&'a crate::value::Str, &'a Value)>, bool),
}

struct Writer<'a> {
    out: String,
    frames: Vec<Frame<'a>>,
    options: JsonOptions,
}

impl<'a> Writer<'a> {
    fn node(&mut self, value: &'a Value) -> Result<(), WriteError> {
        match value {
            Value::Null(_) => self.out.push_str("null"),
            Value::Bool(b, _) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Num(n, _) => number(&mut self.out, *n, self.options.numbers)?,
            Value::Str(text, _) => string(&mut self.out, text, self.options.escape_html),
            Value::List(items, _) => {
                self.out.push('[');
                self.frames.push(Frame::List(items.iter(), false));
            }
            Value::Map(map, _) => {
                self.out.push('{');
                self.frames.push(Frame::Map(map.sorted().into_iter(), false));
            }
        }
        Ok(())
    }

    /// Writes the next entry of a collection, or its end.
    fn proceed(&mut self, frame: Frame<'a>) -> Result<(), WriteError> {
        match frame {
            Frame::List(mut items, begun) => match items.next() {
                Some(item) => {
                    self.frames.push(Frame::List(items, true));
                    self.begin_entry(begun);
                    self.node(item)
                }
                None => self.end(']', begun),
            },
            Frame::Map(mut entries, begun) => match entries.next() {
                Some((key, value)) => {
                    self.frames.push(Frame::Map(entries, true));
                    self.begin_entry(begun);
                    string(&mut self.out, key, self.options.escape_html);
                    self.out.push_str(if self.options.pretty { ": " } else { ":" });
                    self.node(value)
                }
                None => self.end('}', begun),
            },
        }
    }

    fn begin_entry(&mut self, begun: bool) {
        if begun {
            self.out.push(',');
        }
        self.new_line();
    }

    fn end(&mut self, bracket: char, begun: bool) -> Result<(), WriteError> {
        if begun {
            self.new_line();
        }
        self.out.push(bracket);
        Ok(())
    }

    fn new_line(&mut self) {
        if self.options.pretty {
            self.out.push('\n');
            super::scalar::pad(&mut self.out, self.frames.len() * 2);
        }
    }
}

/// Writes a number as encoding/json does: in full from 1e-6 up to 1e21, else with an exponent of no leading zero.
fn number(out: &mut String, number: Num, numbers: Numbers) -> Result<(), WriteError> {
    match (number, numbers) {
        (Num::Int64(n), _) | (Num::Int(n), Numbers::Exact) => drop(write!(out, "{n}")),
        (Num::Uint(n), Numbers::Exact) => drop(write!(out, "{n}")),
        _ => return float(out, number.as_f64()),
    }
    Ok(())
}

fn float(out: &mut String, number: f64) -> Result<(), WriteError> {
    if !number.is_finite() {
        return Err(WriteError::NotFinite(number));
    }
    if number == 0.0 || (1e-6..1e21).contains(&number.abs()) {
        out.push_str(&format_float(number, 'f', -1));
    } else {
        out.push_str(&format_float(number, 'e', -1).replace("e-0", "e-"));
    }
    Ok(())
}

/// The bytes that stand for themselves whatever follows and whatever the options.
static PLAIN: [bool; 256] = plain_bytes();

const fn plain_bytes() -> [bool; 256] {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = byte >= 0x20 && !matches!(byte as u8, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2);
        byte += 1;
    }
    plain
}

/// Writes text in quotes.
fn string(out: &mut String, text: &str, escape_html: bool) {
    out.push('"');
    let mut written = 0;
    for (i, byte) in text.bytes().enumerate() {
        if PLAIN[usize::from(byte)] {
            continue;
        }
        let Some((escape, len)) = escape_at(text, i, byte, escape_html) else { continue };
        out.push_str(&text[written..i]);
        match escape {
            Escape::Short(letter) => out.extend(['\\', letter]),
            Escape::Code(code) => drop(write!(out, "\\u{code:04x}")),
        }
        written = i + len;
    }
    out.push_str(&text[written..]);
    out.push('"');
}

enum Escape {
    Short(char),
    Code(u32),
}

/// The escape of the character that begins at an offset, and its length in bytes, where it needs one.
fn escape_at(text: &str, i: usize, byte: u8, escape_html: bool) -> Option<(Escape, usize)> {
    let escape = match byte {
        b'"' | b'\\' => Escape::Short(char::from(byte)),
        b'\n' => Escape::Short('n'),
        b'\r' => Escape::Short('r'),
        b'\t' => Escape::Short('t'),
        0x08 => Escape::Short('b'),
        0x0c => Escape::Short('f'),
        0..0x20 => Escape::Code(byte.into()),
        b'<' | b'>' | b'&' if escape_html => Escape::Code(byte.into()),
        0xe2 if text[i..].starts_with(['\u{2028}', '\u{2029}']) => {
            return Some((Escape::Code(if text[i..].starts_with('\u{2028}') { 0x2028 } else { 0x2029 }), 3));
        }
        _ => return None,
    };
    Some((escape, 1))
}

/// How many characters JSON takes for a text, quotes included.
pub(super) fn string_width(text: &str) -> usize {
    let mut json = String::with_capacity(text.len() + 2);
    string(&mut json, text, true);
    json.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_go_does() {
        let value = Value::str("<a&\"\\\u{8}\u{c}\u{1f}\u{7f}\u{2028}é\t>");
        let json = |options| to_json(&value, options).unwrap();
        assert_eq!(
            json(&JsonOptions::HELM),
            r#""\u003ca\u0026\"\\\b\f\u001f"#.to_owned() + "\u{7f}\\u2028é\\t\\u003e\""
        );
        assert_eq!(json(&JsonOptions::HELM_RAW), r#""<a&\"\\\b\f\u001f"#.to_owned() + "\u{7f}\\u2028é\\t>\"");
    }

    #[test]
    fn numbers_are_as_go_prints_them() {
        for (n, want) in [
            (Num::Int(1_000_000), "1000000"),
            (Num::Int(9_007_199_254_740_993), "9007199254740992"),
            (Num::Int64(9_007_199_254_740_993), "9007199254740993"),
            (Num::Float(-0.0), "-0"),
            (Num::Float(1e20), "100000000000000000000"),
            (Num::Float(1e21), "1e+21"),
            (Num::Float(1e-7), "1e-7"),
            (Num::Float(1.5e-10), "1.5e-10"),
            (Num::Float(1e-6), "0.000001"),
        ] {
            assert_eq!(to_json(&Value::Num(n, crate::value::Origin::NONE), &JsonOptions::HELM).unwrap(), want);
        }
        let nan = Value::list([Value::Num(Num::Float(f64::NAN), crate::value::Origin::NONE)]);
        assert!(to_json(&nan, &JsonOptions::HELM).is_err());
    }

    #[test]
    fn pretty_json_leaves_empty_collections_on_their_line() {
        let value = Value::map([
            ("b", Value::list([Value::int(1), Value::list([])])),
            ("a", Value::map::<&str>([])),
            ("B", Value::NULL),
        ]);
        let want = "{\n  \"B\": null,\n  \"a\": {},\n  \"b\": [\n    1,\n    []\n  ]\n}";
        assert_eq!(to_json(&value, &JsonOptions::HELM_PRETTY).unwrap(), want);
        assert_eq!(to_json(&value, &JsonOptions::HELM).unwrap(), r#"{"B":null,"a":{},"b":[1,[]]}"#);
    }
}
