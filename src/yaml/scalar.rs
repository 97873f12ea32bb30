//! How text is written as a scalar: what it is made of, the style that follows from it, and the writing itself.
//!
//! The styles and their fallbacks are those of libyaml's emitter as goyaml carries it, oddities included: U+2028 and
//! U+2029 count as line breaks, a tab rules out a literal block in v2, characters beyond U+FFFF are escaped. Knows
//! nothing of collections.

use super::Dialect;
use super::quote::is_quoted;

/// Beyond this column v2 breaks a line at the next space.
const WIDTH: usize = 80;

/// What a text is made of, as far as its style depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape(u16);

impl Shape {
    pub const SPACE: Shape = Shape(1);
    pub const NEWLINE: Shape = Shape(1 << 1);
    /// U+2028 or U+2029, which stand in the output as they are.
    pub const SEPARATOR: Shape = Shape(1 << 2);
    pub const TAB: Shape = Shape(1 << 3);
    /// Something that must be escaped.
    pub const SPECIAL: Shape = Shape(1 << 4);
    /// A carriage return or U+0085: a line break that must be escaped.
    pub const ESCAPED_BREAK: Shape = Shape(1 << 5);
    /// U+0085.
    pub const NEXT_LINE: Shape = Shape(1 << 6);
    /// Something that YAML does not allow unescaped and JSON does not escape.
    pub const REFUSED: Shape = Shape(1 << 7);
    /// An indicator where it would mean something.
    pub const INDICATOR: Shape = Shape(1 << 8);
    /// A space or break first or last.
    pub const EDGE: Shape = Shape(1 << 9);
    pub const TRAILING_SPACE: Shape = Shape(1 << 10);
    pub const SPACE_BREAK: Shape = Shape(1 << 11);
    pub const BREAK_SPACE: Shape = Shape(1 << 12);
    /// A character beyond U+FFFF, which goyaml escapes although it need not.
    pub const ASTRAL: Shape = Shape(1 << 13);

    /// Whether any of these is there.
    pub fn has(self, any: Shape) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether the text has more than one line.
    pub fn multiline(self) -> bool {
        self.has(Shape::NEWLINE.or(Shape::SEPARATOR).or(Shape::ESCAPED_BREAK))
    }

    const fn or(self, other: Shape) -> Shape {
        Shape(self.0 | other.0)
    }

    fn add(&mut self, other: Shape) {
        *self = self.or(other);
    }

    fn add_if(&mut self, condition: bool, other: Shape) {
        if condition {
            self.add(other);
        }
    }
}

/// What a byte can contribute to a [`Shape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    Space,
    Newline,
    Colon,
    Hash,
    Control,
    /// The first byte of a character of which some matter.
    Lead,
}

static CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = Class::Control;
        byte += 1;
    }
    table[0x7f] = Class::Control;
    table[b' ' as usize] = Class::Space;
    table[b'\n' as usize] = Class::Newline;
    table[b':' as usize] = Class::Colon;
    table[b'#' as usize] = Class::Hash;
    table[0xc2] = Class::Lead;
    table[0xe2] = Class::Lead;
    table[0xef] = Class::Lead;
    byte = 0xf0;
    while byte < 0x100 {
        table[byte] = Class::Lead;
        byte += 1;
    }
    table
}

/// Reads a text once and says what it is made of.
pub(super) fn shape(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let mut shape = edges(text);
    for (i, byte) in bytes.iter().enumerate() {
        match CLASSES[*byte as usize] {
            Class::Other => {}
            Class::Space => {
                shape.add(Shape::SPACE);
                shape.add_if(ends_in_break(&bytes[..i]), Shape::BREAK_SPACE);
            }
            Class::Newline => {
                shape.add(Shape::NEWLINE);
                shape.add_if(bytes[..i].ends_with(b" "), Shape::SPACE_BREAK);
            }
            Class::Colon => shape.add_if(matches!(bytes.get(i + 1), None | Some(b' ')), Shape::INDICATOR),
            Class::Hash => shape.add_if(bytes[..i].ends_with(b" "), Shape::INDICATOR),
            Class::Control => shape.add(control(*byte)),
            Class::Lead => {
                let seen = beyond_ascii(&bytes[i..]);
                shape.add(seen);
                shape.add_if(seen.has(Shape::SEPARATOR) && bytes[..i].ends_with(b" "), Shape::SPACE_BREAK);
            }
        }
    }
    shape
}

fn control(byte: u8) -> Shape {
    match byte {
        b'\t' => Shape::TAB,
        b'\r' => Shape::SPECIAL.or(Shape::ESCAPED_BREAK),
        0x7f => Shape::SPECIAL.or(Shape::REFUSED),
        _ => Shape::SPECIAL,
    }
}

/// What the character beyond ASCII that these bytes begin with contributes.
fn beyond_ascii(bytes: &[u8]) -> Shape {
    match bytes {
        [0xc2, 0x85, ..] => Shape::SPECIAL.or(Shape::ESCAPED_BREAK).or(Shape::NEXT_LINE),
        [0xc2, 0x80..=0x9f, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => Shape::SPECIAL.or(Shape::REFUSED),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Shape::SEPARATOR,
        [0xef, 0xbb, 0xbf, ..] => Shape::SPECIAL,
        [0xf0..=0xff, ..] => Shape::ASTRAL,
        _ => Shape::default(),
    }
}

/// What the ends of a text contribute.
fn edges(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let mut shape = Shape::default();
    shape.add_if(begins_with_indicator(bytes), Shape::INDICATOR);
    shape.add_if(text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) || ends_in_break(bytes), Shape::EDGE);
    shape.add_if(bytes.ends_with(b" "), Shape::EDGE.or(Shape::TRAILING_SPACE));
    shape
}

fn begins_with_indicator(bytes: &[u8]) -> bool {
    match bytes {
        [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] => true,
        [b'-' | b'?' | b':', rest @ ..] => matches!(rest, [] | [b' ', ..]),
        [first, ..] => b"#,[]{}&*!|>'\"%@`".contains(first),
        [] => false,
    }
}

fn ends_in_break(bytes: &[u8]) -> bool {
    matches!(bytes, [.., b'\n'] | [.., 0xe2, 0x80, 0xa8 | 0xa9])
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Plain,
    Single,
    Double,
    Literal,
}

/// The style of a text. Whether it is a key makes no difference: one of several lines is not written as a simple key.
fn style(text: &str, shape: Shape, dialect: Dialect) -> Written {
    let escaped = Shape::SPACE_BREAK.or(Shape::SPECIAL).or(Shape::ASTRAL);
    if shape.has(Shape::NEWLINE) {
        let tab = dialect == Dialect::V2 && shape.has(Shape::TAB);
        let literal = !tab && !shape.has(escaped.or(Shape::TRAILING_SPACE));
        return if literal { Written::Literal } else { Written::Double };
    }
    if shape.has(escaped.or(Shape::BREAK_SPACE).or(Shape::TAB)) || is_quoted(text, dialect) {
        Written::Double
    } else if shape.has(Shape::EDGE.or(Shape::SEPARATOR).or(Shape::INDICATOR)) {
        Written::Single
    } else {
        Written::Plain
    }
}

/// Where a scalar goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The offset in the output where the current line begins.
    pub line: usize,
    /// How far its further lines are indented.
    pub indent: usize,
    /// Whether it is a simple key, which must stay on one line.
    pub simple_key: bool,
}

/// Writes a text as a scalar; gives whether the output now ends in a line break.
pub(super) fn write(out: &mut String, text: &str, shape: Shape, dialect: Dialect, place: Place) -> bool {
    let folds = dialect == Dialect::V2 && !place.simple_key && shape.has(Shape::SPACE);
    let width = if folds && reaches_width(text, place, out) { WIDTH } else { usize::MAX };
    match style(text, shape, dialect) {
        Written::Literal => {
            literal(out, text, shape, place.indent);
            return ends_in_break(text.as_bytes());
        }
        Written::Double => double(out, text, place, width),
        Written::Plain if width == WIDTH => folded(out, text, place, width, ""),
        Written::Plain => out.push_str(text),
        Written::Single => single(out, text, shape, place, width),
    }
    false
}

fn single(out: &mut String, text: &str, shape: Shape, place: Place, width: usize) {
    out.push('\'');
    if width == WIDTH || shape.has(Shape::SEPARATOR) {
        folded(out, text, place, width, "'");
    } else {
        push_doubled(out, text);
    }
    out.push('\'');
}

fn push_doubled(out: &mut String, text: &str) {
    for (i, part) in text.split('\'').enumerate() {
        if i > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
}

/// Whether the text may reach beyond the width: a cheap bound, since no byte takes more than 4 columns.
fn reaches_width(text: &str, place: Place, out: &str) -> bool {
    out.len() - place.line + text.len() * 4 + 2 > WIDTH
}

fn column(out: &str, place: Place) -> usize {
    out.get(place.line..).map_or(0, |line| line.chars().count())
}

/// Writes plain or single-quoted text, breaking lines at single spaces beyond the width; `quote` is doubled.
fn folded(out: &mut String, text: &str, place: Place, width: usize, quote: &str) {
    let mut column = column(out, place);
    let (mut after_space, mut after_break) = (false, false);
    for (i, c) in text.char_indices() {
        let next = text.as_bytes().get(i + 1);
        match c {
            ' ' if column > width && !after_space && i > 0 && next.is_some_and(|b| *b != b' ') => {
                column = new_line(out, place.indent);
                after_space = true;
            }
            '\u{2028}' | '\u{2029}' => {
                out.push(c);
                (column, after_break) = (0, true);
            }
            _ => {
                if after_break {
                    column = pad(out, place.indent);
                }
                if quote.starts_with(c) {
                    out.push(c);
                    column += 1;
                }
                out.push(c);
                column += 1;
                (after_space, after_break) = (c == ' ', false);
            }
        }
    }
}

fn new_line(out: &mut String, indent: usize) -> usize {
    out.push('\n');
    pad(out, indent)
}

/// Appends spaces, and says how many.
pub(super) fn pad(out: &mut String, indent: usize) -> usize {
    const SPACES: &str = "                                                                ";
    let mut left = indent;
    while left > SPACES.len() {
        out.push_str(SPACES);
        left -= SPACES.len();
    }
    out.push_str(&SPACES[..left]);
    indent
}

fn double(out: &mut String, text: &str, place: Place, width: usize) {
    out.push('"');
    // goyaml looks for a byte order mark at the beginning of the text whichever character it is about to write.
    let escape_all = text.starts_with('\u{feff}');
    let mut column = column(out, place);
    let mut after_space = false;
    for (i, c) in text.char_indices() {
        if escape_all || needs_escape(c) {
            column += escape(out, c);
            after_space = false;
            continue;
        }
        if c == ' ' && column > width && !after_space && i > 0 && i + 1 < text.len() {
            column = new_line(out, place.indent);
            if text[i + 1..].starts_with(' ') {
                out.push('\\');
                column += 1;
            }
        } else {
            out.push(c);
            column += 1;
        }
        after_space = c == ' ';
    }
    out.push('"');
}

fn needs_escape(c: char) -> bool {
    match c {
        '"' | '\\' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        ' '..='~' | '\u{a0}'..='\u{fffd}' => false,
        _ => true,
    }
}

/// Appends the shortest escape of YAML 1.1 for a character; gives its width.
pub(super) fn escape(out: &mut String, c: char) -> usize {
    let start = out.len();
    out.push('\\');
    let short = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0b' => 'v',
        '\x0c' => 'f',
        '\r' => 'r',
        '\x1b' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            hexadecimal(out, u32::from(c));
            return out.len() - start;
        }
    };
    out.push(short);
    2
}

fn hexadecimal(out: &mut String, code: u32) {
    let (letter, digits) = match code {
        0..=0xff => ('x', 2),
        0x100..=0xffff => ('u', 4),
        _ => ('U', 8),
    };
    out.push(letter);
    for shift in (0..digits).rev() {
        let digit = char::from_digit((code >> (shift * 4)) & 0xf, 16).unwrap_or('0');
        out.push(digit.to_ascii_uppercase());
    }
}

/// Writes `|`, its hints, and the lines below.
fn literal(out: &mut String, text: &str, shape: Shape, indent: usize) {
    out.push('|');
    if text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) {
        out.push('2');
    }
    out.push_str(chomping(text));
    out.push('\n');
    if shape.has(Shape::SEPARATOR) {
        text.split_inclusive(['\n', '\u{2028}', '\u{2029}']).for_each(|line| literal_line(out, line, indent));
    } else {
        text.split_inclusive('\n').for_each(|line| literal_line(out, line, indent));
    }
}

fn literal_line(out: &mut String, line: &str, indent: usize) {
    if !line.starts_with(['\n', '\u{2028}', '\u{2029}']) {
        pad(out, indent);
    }
    out.push_str(line);
}

/// `-` where the text ends without a line break, `+` where with several or with nothing else.
fn chomping(text: &str) -> &'static str {
    let is_break = |c: &char| matches!(c, '\n' | '\u{2028}' | '\u{2029}');
    let mut last = text.chars().rev();
    match (last.next().filter(is_break), last.next()) {
        (None, _) => "-",
        (Some(_), Some(before)) if !is_break(&before) => "",
        (Some(_), _) => "+",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, dialect: Dialect) -> String {
        let mut out = String::from("k: ");
        write(&mut out, text, shape(text), dialect, Place { line: 0, indent: 2, simple_key: false });
        out.split_off(3)
    }

    #[test]
    fn each_text_has_its_style() {
        for (text, want) in [
            ("plain text", "plain text"),
            ("a:b#c", "a:b#c"),
            ("a: b", "'a: b'"),
            ("a #b", "'a #b'"),
            ("it's: x", "'it''s: x'"),
            (" a", "' a'"),
            ("- a", "'- a'"),
            ("-a", "-a"),
            ("---", "'---'"),
            ("true", "\"true\""),
            ("a\tb", "\"a\\tb\""),
            ("😀", "\"\\U0001F600\""),
            ("\u{feff}a", "\"\\uFEFF\\x61\""),
            ("a\u{2028}b", "'a\u{2028}  b'"),
            ("a\nb", "|-\n  a\n  b"),
            ("a\n\nb\n", "|\n  a\n\n  b\n"),
            (" a\n\n", "|2+\n   a\n\n"),
            ("\n", "|2+\n\n"),
            ("a \nb", "\"a \\nb\""),
            ("a\nb ", "\"a\\nb \""),
        ] {
            assert_eq!(written(text, Dialect::V2), want, "{text:?}");
        }
    }

    #[test]
    fn a_tab_keeps_a_literal_in_v3() {
        assert_eq!(written("a\tb\n", Dialect::V2), "\"a\\tb\\n\"");
        assert_eq!(written("a\tb\n", Dialect::V3Pretty), "|\n  a\tb\n");
    }

    #[test]
    fn long_lines_break_at_a_space() {
        let long = format!("{} b c", "a".repeat(80));
        assert_eq!(written(&long, Dialect::V2), format!("{}\n  b c", "a".repeat(80)));
        assert_eq!(written(&long, Dialect::V3Pretty), long);
        let quoted = format!("{}:  b\t c", "a".repeat(80));
        assert_eq!(
            written(&quoted, Dialect::V2),
            format!("\"{}:\n  \\ b\\t\n  c\"", "a".repeat(80)).replace("\\t\n  c", "\\t c")
        );
    }
}
