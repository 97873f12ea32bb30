//! The block writer: what Helm's `toYaml` and `toYamlPretty` print, byte for byte.
//!
//! `toYaml` is goyaml v2's emitter behind the way through JSON that sigs.k8s.io/yaml takes: numbers become float64s
//! and are read again from their JSON text, U+0085 is folded as the line break that it is in YAML, and what YAML
//! refuses unescaped is an error. One pass appends to one text; nesting costs no stack. Knows nothing of templates.

use std::fmt::Write as _;

use crate::value::{Map, Num, Value, format_float};

use super::scalar::{self, Place, Shape, pad};
use super::{flow, json, key_order};

/// The deepest nesting that goyaml reads.
const MAX_DEPTH: usize = 10_000;

/// The longest key, in bytes, that libyaml writes before a `:` without `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// The longest key that libyaml reads without `?`, in characters and as written.
pub(super) const MAX_READ_KEY: usize = 1024;

/// Whose style of YAML to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// goyaml v2, behind Helm's `toYaml`: lists stand at their key's column, lines break beyond column 80.
    V2,
    /// goyaml v3 with an indent of 2, behind Helm's `toYamlPretty`: lists are indented, lines never break.
    V3Pretty,
}

/// What is made of the data before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// What Helm holds: numbers from YAML are float64s. In [`Dialect::V2`] all data goes through JSON text.
    Helm,
    /// Exactly the data: integers in full, every character kept.
    Exact,
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whose style.
    pub dialect: Dialect,
    /// What is made of the data.
    pub numbers: Numbers,
}

impl WriteOptions {
    /// What Helm's `toYaml` prints.
    pub const HELM: WriteOptions = WriteOptions { dialect: Dialect::V2, numbers: Numbers::Helm };
    /// What Helm's `toYamlPretty` prints.
    pub const HELM_PRETTY: WriteOptions = WriteOptions { dialect: Dialect::V3Pretty, numbers: Numbers::Helm };
    /// The style of `toYaml`, and exactly the data.
    pub const EXACT: WriteOptions = WriteOptions { dialect: Dialect::V2, numbers: Numbers::Exact };
}

/// Data that Helm's libraries refuse to write. `toYaml` and `toJson` print nothing then; `mustToYaml` and `mustToJson`
/// fail with these words.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteError {
    /// JSON has no infinity and no NaN.
    NotFinite(f64),
    /// The text that goes through JSON has a character that YAML allows only escaped.
    ControlCharacter(char),
    /// A key is longer than 1024 characters as JSON, or has a line break that JSON does not escape (U+0085).
    UnreadableKey,
    /// After U+0085 there is `---` or `...`, which ends a document even within quotes.
    DocumentIndicator,
    /// Lists and maps are nested deeper than 10,000.
    TooDeep,
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WriteError::NotFinite(n) => write!(f, "json: unsupported value: {}", format_float(*n, 'g', -1)),
            WriteError::ControlCharacter(_) => f.write_str("yaml: control characters are not allowed"),
            WriteError::UnreadableKey => f.write_str("yaml: did not find expected ',' or '}'"),
            WriteError::DocumentIndicator => f.write_str("yaml: found unexpected document indicator"),
            WriteError::TooDeep => write!(f, "yaml: exceeded max depth of {MAX_DEPTH}"),
        }
    }
}

impl std::error::Error for WriteError {}

/// The value as a YAML document, its last line without a line break.
///
/// # Errors
/// Where Helm's libraries refuse the data; with [`Numbers::Exact`] never.
pub fn to_yaml(value: &Value, options: &WriteOptions) -> Result<String, WriteError> {
    Writer::new(*options).run(value)
}

/// What to write behind a leaf as a comment.
pub type Comment<'a> = dyn Fn(&Value) -> Option<String> + 'a;

/// The value as a document for people: exactly the data, maps in their own order, no line broken; a comment behind
/// each scalar and each empty list or map for which there is one. The last line has no line break.
///
/// # Errors
/// None; data of any kind can be written so.
pub fn to_yaml_for_people(value: &Value, comment: &Comment<'_>) -> Result<String, WriteError> {
    let options = WriteOptions { dialect: Dialect::V3Pretty, numbers: Numbers::Exact };
    Writer { comment: Some(comment), ..Writer::new(options) }.run(value)
}

/// Where a node goes.
#[derive(Debug, Clone, Copy)]
enum Position {
    Root,
    /// On the line of its `-`, or of the `:` that belongs to a `?`, in a collection of this indent.
    SameLine(usize),
    /// Behind a simple key of a map of this indent.
    Key(usize),
}

/// A collection that is being written.
#[derive(Debug)]
struct Frame<'a> {
    indent: usize,
    /// Whether the next entry continues the current line.
    same_line: bool,
    entries: Entries<'a>,
}

#[derive(Debug)]
enum Entries<'a> {
    List(std::slice::Iter<'a, Value>),
    /// The entries of a map stand sorted in [`Writer::keys`], from `start` on; `next` is to be written next.
    Map {
        start: usize,
        next: usize,
    },
}

/// What a frame yields.
enum Step<'a> {
    Item(&'a Value),
    Entry(&'a str, &'a Value),
    End,
}

struct Writer<'a> {
    out: String,
    /// Where the current line begins.
    line: usize,
    /// Whether the output is at the beginning of a line.
    fresh: bool,
    frames: Vec<Frame<'a>>,
    keys: Vec<(&'a str, &'a Value)>,
    options: WriteOptions,
    /// Who reads comments reads maps in their own order too.
    comment: Option<&'a Comment<'a>>,
}

impl<'a> Writer<'a> {
    fn new(options: WriteOptions) -> Self {
        Writer { out: String::new(), line: 0, fresh: true, frames: vec![], keys: vec![], options, comment: None }
    }

    fn run(mut self, value: &'a Value) -> Result<String, WriteError> {
        self.document(value)?;
        if self.out.ends_with('\n') {
            self.out.pop();
        }
        Ok(self.out)
    }

    fn document(&mut self, root: &'a Value) -> Result<(), WriteError> {
        self.node(root, Position::Root)?;
        while let Some((step, indent, same_line)) = self.step() {
            match step {
                Step::End => drop(self.frames.pop()),
                Step::Item(item) => {
                    self.begin_entry(indent, same_line);
                    self.out.push('-');
                    self.node(item, Position::SameLine(indent))?;
                }
                Step::Entry(key, value) => {
                    self.begin_entry(indent, same_line);
                    let position = self.key(key, indent)?;
                    self.node(value, position)?;
                }
            }
        }
        Ok(())
    }

    /// The next thing to do in the innermost collection, with its indent and whether to stay on the line.
    fn step(&mut self) -> Option<(Step<'a>, usize, bool)> {
        let frame = self.frames.last_mut()?;
        let same_line = std::mem::take(&mut frame.same_line);
        let step = match &mut frame.entries {
            Entries::List(items) => items.next().map_or(Step::End, Step::Item),
            Entries::Map { start, next } => match self.keys.get(*next) {
                Some((key, value)) => {
                    *next += 1;
                    Step::Entry(key, value)
                }
                None => {
                    self.keys.truncate(*start);
                    Step::End
                }
            },
        };
        Some((step, frame.indent, same_line))
    }

    fn begin_entry(&mut self, indent: usize, same_line: bool) {
        if !same_line {
            self.begin_line(indent);
        }
    }

    fn begin_line(&mut self, indent: usize) {
        if !self.fresh {
            self.out.push('\n');
        }
        self.fresh = false;
        self.line = self.out.len();
        pad(&mut self.out, indent);
    }

    fn node(&mut self, value: &'a Value, position: Position) -> Result<(), WriteError> {
        match value {
            Value::Map(map, _) if !map.is_empty() => {
                let entries = self.sorted(map);
                let indent = match position {
                    Position::Root => 0,
                    Position::SameLine(indent) | Position::Key(indent) => indent + 2,
                };
                self.open(entries, indent, position)
            }
            Value::List(items, _) if !items.is_empty() => {
                let indent = match position {
                    Position::Root => 0,
                    Position::Key(indent) if self.options.dialect == Dialect::V2 => indent,
                    Position::SameLine(indent) | Position::Key(indent) => indent + 2,
                };
                self.open(Entries::List(items.iter()), indent, position)
            }
            _ => {
                let start = self.out.len();
                self.leaf(value, position)?;
                self.add_comment(value, start);
                Ok(())
            }
        }
    }

    /// Puts the comment of a leaf, which was written from `start` on, behind it: behind the indicator of a block
    /// scalar, which goes on below it.
    fn add_comment(&mut self, value: &Value, start: usize) {
        let Some(comment) = self.comment.and_then(|comment| comment(value)) else { return };
        let end = self.out[start..].find('\n').map_or(self.out.len(), |n| start + n);
        self.out.insert_str(end, &format!(" # {comment}"));
    }

    fn open(&mut self, entries: Entries<'a>, indent: usize, position: Position) -> Result<(), WriteError> {
        self.check_depth()?;
        let same_line = matches!(position, Position::SameLine(_));
        if same_line {
            self.out.push(' ');
        }
        self.frames.push(Frame { indent, same_line, entries });
        Ok(())
    }

    /// Whether one more collection can be written.
    fn check_depth(&self) -> Result<(), WriteError> {
        if self.frames.len() == MAX_DEPTH && self.through_json() { Err(WriteError::TooDeep) } else { Ok(()) }
    }

    fn sorted(&mut self, map: &'a Map) -> Entries<'a> {
        let start = self.keys.len();
        self.keys.extend(map.iter().map(|(key, value)| (key.as_str(), value)));
        if self.comment.is_none() {
            key_order::sort(&mut self.keys[start..], self.options.dialect);
        }
        Entries::Map { start, next: start }
    }

    /// Writes a key and its `:`.
    fn key(&mut self, key: &str, indent: usize) -> Result<Position, WriteError> {
        let shape = scalar::shape(key);
        if self.through_json() {
            readable_key(key, shape)?;
        }
        if key.len() <= MAX_SIMPLE_KEY && !shape.multiline() {
            self.text(key, shape, Place { line: self.line, indent: indent + 2, simple_key: true });
            self.out.push(':');
            return Ok(Position::Key(indent));
        }
        self.out.push_str("? ");
        self.text(key, shape, Place { line: self.line, indent: indent + 2, simple_key: false });
        self.begin_line(indent);
        self.out.push(':');
        Ok(Position::SameLine(indent))
    }

    /// Writes a scalar or an empty collection.
    fn leaf(&mut self, value: &Value, position: Position) -> Result<(), WriteError> {
        let indent = match position {
            Position::Root => 2,
            Position::SameLine(indent) | Position::Key(indent) => {
                self.out.push(' ');
                indent + 2
            }
        };
        self.fresh = false;
        match value {
            Value::Null(_) => self.out.push_str("null"),
            Value::Bool(b, _) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Num(n, _) => return number(&mut self.out, *n, self.options),
            Value::Str(text, _) => return self.string(text, indent),
            Value::List(..) => self.out.push_str("[]"),
            Value::Map(..) => self.out.push_str("{}"),
        }
        if matches!(value, Value::List(..) | Value::Map(..)) { self.check_depth() } else { Ok(()) }
    }

    fn string(&mut self, text: &str, indent: usize) -> Result<(), WriteError> {
        let place = Place { line: self.line, indent, simple_key: false };
        let shape = scalar::shape(text);
        if !(shape.has(Shape::REFUSED) || shape.has(Shape::NEXT_LINE)) || !self.through_json() {
            self.text(text, shape, place);
            return Ok(());
        }
        if shape.has(Shape::REFUSED) {
            return Err(refused(text));
        }
        let read = read_back(text)?;
        self.text(&read, scalar::shape(&read), place);
        Ok(())
    }

    fn text(&mut self, text: &str, shape: Shape, place: Place) {
        if self.options.numbers == Numbers::Exact && (text == "<<" || shape.has(Shape::SEPARATOR)) {
            // What goyaml writes for these means something else when it is read.
            flow::quoted(text, &mut self.out);
            self.fresh = false;
            return;
        }
        self.fresh = scalar::write(&mut self.out, text, shape, self.options.dialect, place);
    }

    fn through_json(&self) -> bool {
        self.options == WriteOptions::HELM
    }
}

/// Whether goyaml reads a key again from JSON text.
fn readable_key(key: &str, shape: Shape) -> Result<(), WriteError> {
    if shape.has(Shape::REFUSED) {
        return Err(refused(key));
    }
    // A character takes 6 bytes of JSON at most.
    let too_long = key.len() > MAX_READ_KEY / 6 - 1 && json::string_width(key) > MAX_READ_KEY;
    if too_long || shape.has(Shape::NEXT_LINE) { Err(WriteError::UnreadableKey) } else { Ok(()) }
}

fn refused(text: &str) -> WriteError {
    let is_refused = |c: &char| matches!(c, '\x7f'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    WriteError::ControlCharacter(text.chars().find(is_refused).unwrap_or('\x7f'))
}

/// What goyaml reads where JSON has this text between quotes: U+0085 is a line break to it and is folded.
fn read_back(text: &str) -> Result<String, WriteError> {
    let mut lines = text.split('\u{85}');
    let mut read = String::with_capacity(text.len());
    let mut pending = 0;
    let first = lines.next().unwrap_or_default();
    // Spaces around a break go; the first break becomes a space unless others follow, which become line feeds.
    read.push_str(first.trim_end_matches(' '));
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let last = lines.peek().is_none();
        check_document_indicator(line, last)?;
        pending += 1;
        let line = line.trim_start_matches(' ');
        let line = if last { line } else { line.trim_end_matches(' ') };
        if line.is_empty() && !last {
            continue;
        }
        read.push_str(if pending == 1 { " " } else { "" });
        read.extend(std::iter::repeat_n('\n', pending - 1));
        read.push_str(line);
        pending = 0;
    }
    Ok(read)
}

/// A line within quotes must not be `---` or `...`, nor begin with them and a space.
fn check_document_indicator(line: &str, last: bool) -> Result<(), WriteError> {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    let ends = rest.is_some_and(|rest| rest.starts_with(' ') || (rest.is_empty() && !last));
    if ends { Err(WriteError::DocumentIndicator) } else { Ok(()) }
}

/// Writes a number.
fn number(out: &mut String, number: Num, options: WriteOptions) -> Result<(), WriteError> {
    match (number, options.numbers) {
        (Num::Int64(n), _) | (Num::Int(n), Numbers::Exact) => drop(write!(out, "{n}")),
        (Num::Uint(n), Numbers::Exact) => drop(write!(out, "{n}")),
        _ => return float(out, number.as_f64(), options),
    }
    Ok(())
}

fn float(out: &mut String, number: f64, options: WriteOptions) -> Result<(), WriteError> {
    /// Up to here every integer is a float64 of its own, and prints as itself.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        if options == WriteOptions::HELM {
            return Err(WriteError::NotFinite(number));
        }
        out.push_str(if number.is_nan() { ".nan" } else { ["-.inf", ".inf"][usize::from(number > 0.0)] });
    } else if options.numbers == Numbers::Exact && number == 0.0 && number.is_sign_negative() {
        out.push_str("-0.0");
    } else if options.dialect == Dialect::V3Pretty || number.fract() != 0.0 {
        out.push_str(&format_float(number, 'g', -1));
    } else if number.abs() < EXACT {
        let _ = write!(out, "{}", number as i64);
    } else {
        large_integer(out, number);
    }
    Ok(())
}

/// Writes what goyaml reads from the JSON text of an integer: an int64 or uint64 where it fits, a float elsewhere.
fn large_integer(out: &mut String, number: f64) {
    let text = format_float(number, 'f', -1);
    if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        out.push_str(&text);
    } else {
        out.push_str(&format_float(number, 'g', -1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Origin;

    fn helm(value: &Value) -> Result<String, WriteError> {
        to_yaml(value, &WriteOptions::HELM)
    }

    fn num(n: Num) -> Value {
        Value::Num(n, Origin::NONE)
    }

    fn nested() -> Value {
        let map = Value::map([("b", Value::list([Value::int(1), Value::list([Value::NULL])])), ("a", Value::list([]))]);
        Value::map([("list", Value::list([map.clone(), Value::list([map])])), ("empty", Value::map::<&str>([]))])
    }

    #[test]
    fn lists_stand_at_their_key_in_v2_and_are_indented_in_v3() {
        let v2 = "empty: {}\nlist:\n- a: []\n  b:\n  - 1\n  - - null\n- - a: []\n    b:\n    - 1\n    - - null";
        assert_eq!(helm(&nested()).unwrap(), v2);
        let v3 = "empty: {}\nlist:\n  - a: []\n    b:\n      - 1\n      - - null\n  - - a: []\n      b:\n        - 1\n        - - null";
        assert_eq!(to_yaml(&nested(), &WriteOptions::HELM_PRETTY).unwrap(), v3);
    }

    #[test]
    fn a_key_that_is_long_or_has_lines_gets_a_question_mark() {
        let long = "k".repeat(129);
        let value = Value::map([(long.as_str(), Value::list([Value::int(1), Value::int(2)]))]);
        assert_eq!(helm(&value).unwrap(), format!("? {long}\n: - 1\n  - 2"));
        let value = Value::map([("a\nb", Value::map([("c", Value::int(1))]))]);
        assert_eq!(helm(&value).unwrap(), "? |-\n  a\n  b\n: c: 1");
        let value = Value::map([("\n", Value::str("\n"))]);
        assert_eq!(helm(&value).unwrap(), "? |2+\n\n: |2+\n");
    }

    #[test]
    fn numbers_go_through_json() {
        for (n, v2, v3, exact) in [
            (Num::Int(1_000_000), "1000000", "1e+06", "1000000"),
            (Num::Int64(1_000_000), "1000000", "1000000", "1000000"),
            (Num::Int(9_007_199_254_740_993), "9007199254740992", "9.007199254740992e+15", "9007199254740993"),
            (Num::Uint(u64::MAX), "1.8446744073709552e+19", "1.8446744073709552e+19", "18446744073709551615"),
            (Num::Float(9.223372036854776e18), "9223372036854776000", "9.223372036854776e+18", "9223372036854776000"),
            (
                Num::Float(-9.223372036854776e18),
                "-9.223372036854776e+18",
                "-9.223372036854776e+18",
                "-9.223372036854776e+18",
            ),
            (Num::Float(123_456_789.125), "1.23456789125e+08", "1.23456789125e+08", "1.23456789125e+08"),
            (Num::Float(-0.0), "0", "-0", "-0.0"),
            (Num::Float(1.5), "1.5", "1.5", "1.5"),
        ] {
            assert_eq!(helm(&num(n)).unwrap(), v2);
            assert_eq!(to_yaml(&num(n), &WriteOptions::HELM_PRETTY).unwrap(), v3);
            assert_eq!(to_yaml(&num(n), &WriteOptions::EXACT).unwrap(), exact);
        }
    }

    #[test]
    fn what_yaml_refuses_is_an_error_unless_exact() {
        for (value, error) in [
            (num(Num::Float(f64::INFINITY)), WriteError::NotFinite(f64::INFINITY)),
            (Value::str("a\x7f"), WriteError::ControlCharacter('\x7f')),
            (Value::map([("\u{ffff}", Value::NULL)]), WriteError::ControlCharacter('\u{ffff}')),
            (Value::map([("k".repeat(1023), Value::NULL)]), WriteError::UnreadableKey),
            (Value::map([("<".repeat(171), Value::NULL)]), WriteError::UnreadableKey),
            (Value::map([("a\u{85}", Value::NULL)]), WriteError::UnreadableKey),
            (Value::str("a\u{85}--- b"), WriteError::DocumentIndicator),
        ] {
            assert_eq!(helm(&value), Err(error));
            assert!(to_yaml(&value, &WriteOptions::HELM_PRETTY).is_ok());
            assert!(to_yaml(&value, &WriteOptions::EXACT).is_ok());
        }
        assert!(helm(&Value::map([("k".repeat(1022), Value::NULL)])).is_ok());
    }

    #[test]
    fn nesting_has_the_limit_of_goyaml_and_costs_no_stack() {
        // Never dropped, since dropping them does cost stack.
        let nested = |depth| (1..depth).fold(Value::list([]), |value, _| Value::list([value]));
        let (deep, too_deep) = [10_000, 10_001].map(|depth| std::mem::ManuallyDrop::new(nested(depth))).into();
        assert!(helm(&deep).is_ok());
        assert_eq!(helm(&too_deep), Err(WriteError::TooDeep));
        assert_eq!(to_yaml(&too_deep, &WriteOptions::EXACT).unwrap().len(), 20_002);
    }

    #[test]
    fn next_line_is_folded_as_a_line_break() {
        for (text, want) in [
            ("a\u{85}b", "a b"),
            ("a  \u{85}  b", "a b"),
            ("a\u{85}\u{85}b", "|-\n  a\n  b"),
            ("a\u{85} \u{85}\u{85} b ", "\"a\\n\\nb \""),
            ("\u{85}", "' '"),
            ("a\u{85}---", "a ---"),
        ] {
            assert_eq!(helm(&Value::str(text)).unwrap(), want, "{text:?}");
        }
        assert_eq!(to_yaml(&Value::str("a\u{85}b"), &WriteOptions::EXACT).unwrap(), "\"a\\Nb\"");
    }

    #[test]
    fn exact_text_keeps_its_meaning() {
        assert_eq!(to_yaml(&Value::map([("<<", Value::str("<<"))]), &WriteOptions::EXACT).unwrap(), "\"<<\": \"<<\"");
        assert_eq!(to_yaml(&Value::str("a\n\u{2028}"), &WriteOptions::EXACT).unwrap(), "\"a\\n\\L\"");
        assert_eq!(helm(&Value::map([("<<", Value::str("<<"))])).unwrap(), "<<: <<");
    }
}
