//! JSON as Go's `encoding/json` reads it into `any`, with the place of each value.
//!
//! Not serde_json, because Go takes half of a surrogate pair and bytes that are not UTF-8 (as U+FFFD), reads one value
//! off the front of a longer text, allows 10,000 levels, and because each value keeps its origin. Depth costs no stack.

use std::ops::Range;
use std::sync::Arc;

use super::parse::MAX_DEPTH;
use super::scan::first_char;
use super::{Fault, SetErrorKind, SetFlag, origin_in};
use crate::diag::Source;
use crate::value::{Map, Num, Origin, Str, Value};

/// Where the JSON object is that a `--set-json` argument consists of, if it is of that form.
pub(super) fn whole_object(flag: SetFlag, text: &[u8]) -> Option<Range<usize>> {
    let start = skip_white(text)?;
    (flag == SetFlag::SetJson && text.get(start) == Some(&b'{')).then(|| start..start + trimmed_len(&text[start..]))
}

/// The first byte that is not part of Unicode white space.
fn skip_white(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let (c, len) = first_char(text.get(at..)?)?;
        if !c.is_whitespace() {
            return Some(at);
        }
        at += len;
    }
}

/// The length without the Unicode white space at the end.
fn trimmed_len(text: &[u8]) -> usize {
    let tail = text.utf8_chunks().last().filter(|chunk| chunk.invalid().is_empty()).map_or("", |chunk| chunk.valid());
    text.len() - (tail.len() - tail.trim_end().len())
}

/// Reads a range of a text as one value.
pub(super) fn read_all(source: &Source, range: Range<usize>) -> Result<Value, Fault> {
    let text = source.text.get(..range.end).unwrap_or_default();
    let mut reader = Reader { source, text, at: range.start, open: Vec::new() };
    let value = reader.value()?;
    reader.white();
    if reader.at < range.end {
        return Err(reader.fault("the object ends before this", reader.at));
    }
    Ok(value)
}

/// Reads the value that begins at a byte of a text; also says where it ends.
pub(super) fn read(source: &Source, start: usize) -> Result<(Value, usize), Fault> {
    let mut reader = Reader { source, text: &source.text, at: start, open: Vec::new() };
    let value = reader.value()?;
    Ok((value, reader.at))
}

struct Reader<'a> {
    source: &'a Source,
    text: &'a [u8],
    at: usize,
    open: Vec<Open>,
}

/// A list or a map that is not closed yet.
enum Open {
    List(Vec<Value>, Origin),
    Map { map: Map, origin: Origin, key: Str, key_origin: Origin },
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, Fault> {
        loop {
            self.white();
            let Some(value) = self.begin()? else { continue };
            if let Some(value) = self.end(value)? {
                return Ok(value);
            }
        }
    }

    /// Reads a scalar or an empty list or map; or opens one that is not empty, up to its first value.
    fn begin(&mut self) -> Result<Option<Value>, Fault> {
        let origin = origin_in(self.source, self.at);
        let value = match self.peek() {
            Some(b'[') => return self.open_list(origin),
            Some(b'{') => return self.open_map(origin),
            Some(b'"') => Value::str(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Some(value.with_origin(origin)))
    }

    fn open_list(&mut self, origin: Origin) -> Result<Option<Value>, Fault> {
        self.enter()?;
        if self.eat(b']') {
            return Ok(Some(Value::list([]).with_origin(origin)));
        }
        self.open.push(Open::List(Vec::new(), origin));
        Ok(None)
    }

    fn open_map(&mut self, origin: Origin) -> Result<Option<Value>, Fault> {
        self.enter()?;
        let map = Map::new();
        if self.eat(b'}') {
            return Ok(Some(Value::Map(Arc::new(map), origin)));
        }
        let (key, key_origin) = self.key()?;
        self.open.push(Open::Map { map, origin, key, key_origin });
        Ok(None)
    }

    /// Passes over the opening bracket.
    fn enter(&mut self) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::new(SetErrorKind::TooDeep { limit: MAX_DEPTH }, self.at..self.at + 1));
        }
        self.at += 1;
        self.white();
        Ok(())
    }

    /// Puts a value where it belongs and closes what ends after it; gives the outermost value once it is closed.
    fn end(&mut self, mut value: Value) -> Result<Option<Value>, Fault> {
        loop {
            let Some(open) = self.open.pop() else { return Ok(Some(value)) };
            self.white();
            let more = self.eat(b',');
            value = match open {
                Open::List(mut items, origin) => {
                    items.push(value);
                    if more {
                        self.open.push(Open::List(items, origin));
                        return Ok(None);
                    }
                    self.expect(b']', "expected `,` or `]`")?;
                    Value::list(items).with_origin(origin)
                }
                Open::Map { mut map, origin, key, key_origin } => {
                    map.insert(key, value.with_origin(key_origin));
                    if more {
                        self.white();
                        let (key, key_origin) = self.key()?;
                        self.open.push(Open::Map { map, origin, key, key_origin });
                        return Ok(None);
                    }
                    self.expect(b'}', "expected `,` or `}`")?;
                    Value::Map(Arc::new(map), origin)
                }
            };
        }
    }

    fn key(&mut self) -> Result<(Str, Origin), Fault> {
        let origin = origin_in(self.source, self.at);
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a key in double quotes", self.at));
        }
        let key = self.string()?;
        self.white();
        self.expect(b':', "expected `:`")?;
        Ok((key.into(), origin))
    }

    fn word(&mut self) -> Result<Value, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let words = [("null", Value::NULL), ("true", Value::bool(true)), ("false", Value::bool(false))];
        for (word, value) in words {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.fault("expected a JSON value", self.at))
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        let mut integer = true;
        if self.eat(b'.') {
            integer = false;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            integer = false;
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        match number(text, integer) {
            Some(number) => Ok(Value::Num(number, Origin::NONE)),
            None => Err(Fault::new(json("the number is too large"), start..self.at)),
        }
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault("expected a digit", start)) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.text.get(self.at..).and_then(first_char) {
                None => return Err(Fault::new(json("the text is not closed"), start..self.at)),
                Some(('"', _)) => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(('\\', _)) => text.push(self.escape()?),
                Some((c, _)) if c < ' ' => return Err(self.fault("a control character is written `\\u00XX`", self.at)),
                Some((c, len)) => {
                    text.push(c);
                    self.at += len;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let letter = self.text.get(start + 1).copied();
        self.at = start + 2;
        Ok(match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => return Err(Fault::new(json("there is no such escape"), start..start + 2)),
        })
    }

    /// The rest of `\uXXXX`, with a second one where both make a pair; half of a pair is U+FFFD.
    fn code_point(&mut self, start: usize) -> Result<char, Fault> {
        let Some(unit) = self.hex(self.at) else {
            return Err(Fault::new(json("expected four hexadecimal digits"), start..self.at));
        };
        self.at += 4;
        let pair = self.text.get(self.at..).filter(|rest| rest.starts_with(b"\\u")).and_then(|_| self.hex(self.at + 2));
        if let Some(Ok(c)) = pair.and_then(|low| char::decode_utf16([unit, low]).next()).filter(|_| is_high(unit)) {
            self.at += 6;
            return Ok(c);
        }
        Ok(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&self, at: usize) -> Option<u16> {
        self.text.get(at..at + 4)?.iter().try_fold(0, |n, b| Some(n * 16 + (*b as char).to_digit(16)? as u16))
    }

    fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: u8, message: &'static str) -> Result<(), Fault> {
        if self.eat(wanted) { Ok(()) } else { Err(self.fault(message, self.at)) }
    }

    fn fault(&self, message: &'static str, at: usize) -> Fault {
        Fault::new(json(message), at..at + 1)
    }
}

fn json(message: &'static str) -> SetErrorKind {
    SetErrorKind::Json { message }
}

fn is_high(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

/// An integer as it is written, where 64 bits hold it; `-0` and everything else a float, unless that is infinite.
fn number(text: &str, integer: bool) -> Option<Num> {
    if integer && text != "-0" {
        if let Ok(n) = text.parse() {
            return Some(Num::Int(n));
        }
        if let Ok(n) = text.parse() {
            return Some(Num::Uint(n));
        }
    }
    text.parse().ok().filter(|n: &f64| n.is_finite()).map(Num::Float)
}
