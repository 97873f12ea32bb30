//! JSON as Go's `encoding/json` reads it, with its errors.

use std::sync::Arc;

use crate::runtime::text::{quote, runes};
use crate::value::{Map, Num, Origin, Str, Value};

/// How deep lists and maps may be nested.
const MAX_DEPTH: usize = 10_000;

/// A text that was read.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its data.
    pub(super) value: Value,
    /// The first number in it that no float64 holds; null stands in its place, infinity where it is all there is.
    pub(super) too_large: Option<String>,
}

/// A list or a map that is being read.
enum Open {
    List(Vec<Value>),
    /// The map, and the key whose value comes next.
    Map(Map, Str),
}

struct Parser<'a> {
    text: &'a [u8],
    pos: usize,
    too_large: Option<String>,
}

/// Reads a text.
pub(super) fn parse(text: &[u8]) -> Result<Parsed, String> {
    let mut parser = Parser { text, pos: 0, too_large: None };
    let mut open: Vec<Open> = Vec::new();
    loop {
        let mut value = match parser.begin(&mut open)? {
            Some(value) => value,
            None => continue,
        };
        // A value may end the lists and maps around it.
        loop {
            match open.pop() {
                None => {
                    parser.end()?;
                    if parser.too_large.is_some() && value.is_null() {
                        value = Value::Num(Num::Float(f64::INFINITY), Origin::NONE);
                    }
                    return Ok(Parsed { value, too_large: parser.too_large });
                }
                Some(frame) => match parser.after(frame, value, &mut open)? {
                    Some(closed) => value = closed,
                    None => break,
                },
            }
        }
    }
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        while matches!(self.text.get(self.pos), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.pos += 1;
        }
    }

    /// The next byte after white space.
    fn next(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.get(self.pos).copied()
    }

    /// What Go says of a byte that cannot be here; of the end where white space could.
    fn unexpected(&self, context: &str) -> String {
        match self.text.get(self.pos) {
            Some(byte) => invalid(*byte, context),
            None => "unexpected end of JSON input".into(),
        }
    }

    /// The same, where no white space may be: Go reads a blank at the end.
    fn broken(&self, context: &str) -> String {
        invalid(self.text.get(self.pos).copied().unwrap_or(b' '), context)
    }

    /// Begins a value: a scalar is given back, a list or map is opened.
    fn begin(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, String> {
        if open.len() > MAX_DEPTH {
            return Err("exceeded max depth".into());
        }
        match self.next() {
            Some(b'[') => {
                self.pos += 1;
                if self.next() == Some(b']') {
                    self.pos += 1;
                    return Ok(Some(Value::list([])));
                }
                open.push(Open::List(Vec::new()));
                Ok(None)
            }
            Some(b'{') => {
                self.pos += 1;
                if self.next() == Some(b'}') {
                    self.pos += 1;
                    return Ok(Some(Value::map::<Str>([])));
                }
                let key = self.key()?;
                open.push(Open::Map(Map::new(), key));
                Ok(None)
            }
            Some(b'"') => Ok(Some(Value::str(self.string()?))),
            Some(b't') => self.literal("true", Value::bool(true)),
            Some(b'f') => self.literal("false", Value::bool(false)),
            Some(b'n') => self.literal("null", Value::NULL),
            Some(b'-' | b'0'..=b'9') => self.number().map(Some),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    /// Puts a value into what is open; gives the list or map where that ends it.
    fn after(&mut self, frame: Open, value: Value, open: &mut Vec<Open>) -> Result<Option<Value>, String> {
        let next = self.next();
        match frame {
            Open::List(mut items) => {
                items.push(value);
                match next {
                    Some(b',') => open.push(Open::List(items)),
                    Some(b']') => {
                        self.pos += 1;
                        return Ok(Some(Value::list(items)));
                    }
                    _ => return Err(self.unexpected("after array element")),
                }
                self.pos += 1;
            }
            Open::Map(mut map, key) => {
                map.insert(key, value);
                match next {
                    Some(b',') => {
                        self.pos += 1;
                        let key = self.key()?;
                        open.push(Open::Map(map, key));
                    }
                    Some(b'}') => {
                        self.pos += 1;
                        return Ok(Some(Value::Map(Arc::new(map), Origin::NONE)));
                    }
                    _ => return Err(self.unexpected("after object key:value pair")),
                }
            }
        }
        Ok(None)
    }

    /// Nothing but white space may follow.
    fn end(&mut self) -> Result<(), String> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("after top-level value")),
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Str, String> {
        if self.next() != Some(b'"') {
            return Err(self.unexpected("looking for beginning of object key string"));
        }
        let key = self.string()?;
        if self.next() != Some(b':') {
            return Err(self.unexpected("after object key"));
        }
        self.pos += 1;
        Ok(key.into())
    }

    fn literal(&mut self, name: &str, value: Value) -> Result<Option<Value>, String> {
        for want in name.bytes() {
            if self.text.get(self.pos) != Some(&want) {
                return Err(self.broken(&format!("in literal {name} (expecting '{}')", char::from(want))));
            }
            self.pos += 1;
        }
        Ok(Some(value))
    }

    fn digits(&mut self) -> usize {
        let count = self.text[self.pos..].iter().take_while(|b| b.is_ascii_digit()).count();
        self.pos += count;
        count
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.pos;
        self.pos += usize::from(self.text[start] == b'-');
        if self.text.get(self.pos) == Some(&b'0') {
            self.pos += 1;
        } else if self.digits() == 0 {
            return Err(self.broken("in numeric literal"));
        }
        let mut integer = true;
        if self.text.get(self.pos) == Some(&b'.') {
            self.pos += 1;
            integer = false;
            if self.digits() == 0 {
                return Err(self.broken("after decimal point in numeric literal"));
            }
        }
        if matches!(self.text.get(self.pos), Some(b'e' | b'E')) {
            self.pos += 1;
            integer = false;
            self.pos += usize::from(matches!(self.text.get(self.pos), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.broken("in exponent of numeric literal"));
            }
        }
        let text = std::str::from_utf8(&self.text[start..self.pos]).unwrap_or_default();
        Ok(self.numeric(text, integer))
    }

    /// Integers stay exact, but for -0, which is a float64's.
    fn numeric(&mut self, text: &str, integer: bool) -> Value {
        if integer && text != "-0" {
            if let Ok(n) = text.parse() {
                return Value::Num(Num::Int(n), Origin::NONE);
            }
            if let Ok(n) = text.parse() {
                return Value::Num(Num::Uint(n), Origin::NONE);
            }
        }
        match text.parse::<f64>() {
            Ok(n) if n.is_finite() => Value::Num(Num::Float(n), Origin::NONE),
            _ => {
                let message = || format!("json: cannot unmarshal number {text} into Go value of type float64");
                self.too_large.get_or_insert_with(message);
                Value::NULL
            }
        }
    }

    /// The text of a string, at whose first quote the parser is.
    fn string(&mut self) -> Result<String, String> {
        self.pos += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.pos..];
            let plain = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
            match std::str::from_utf8(&rest[..plain]) {
                Ok(text) => out.push_str(text),
                Err(_) => out.extend(runes(&rest[..plain])),
            }
            self.pos += plain;
            match rest.get(plain) {
                Some(b'"') => {
                    self.pos += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.pos += 1;
                    let c = self.escape()?;
                    out.push(c);
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    /// What an escape stands for, behind its backslash.
    fn escape(&mut self) -> Result<char, String> {
        let c = match self.text.get(self.pos) {
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(*c),
            Some(b'u') => return self.unicode(),
            _ => return Err(self.broken("in string escape code")),
        };
        self.pos += 1;
        Ok(c)
    }

    /// `\u0041`, or two of them that are a surrogate pair; a surrogate alone is no rune.
    fn unicode(&mut self) -> Result<char, String> {
        let first = self.four_digits()?;
        if (0xd800..0xdc00).contains(&first) && self.text[self.pos..].starts_with(b"\\u") {
            let back = self.pos;
            self.pos += 1;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let rune = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.pos = back;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The number behind the `u` at which the parser is.
    fn four_digits(&mut self) -> Result<u32, String> {
        self.pos += 1;
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.text.get(self.pos).and_then(|b| char::from(*b).to_digit(16));
            number = number << 4 | digit.ok_or_else(|| self.broken("in \\u hexadecimal character escape"))?;
            self.pos += 1;
        }
        Ok(number)
    }
}

fn invalid(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => {
            let quoted = quote(char::from(byte).to_string().as_bytes());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    };
    format!("invalid character {shown} {context}")
}
