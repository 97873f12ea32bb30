//! How Helm 4 spells its schema errors: quoting, numbers, and the tree of `- at '/a': …` lines.
//!
//! The words are those of the validator that Helm embeds (santhosh-tekuri/jsonschema 6.0.2), which prints numbers
//! through golang.org/x/text in English: `1,234` and `1.5×10⁰⁶`.

use std::fmt::Write as _;

use crate::value::{Path, Segment, format_float};

use super::failure::{Failure, Kind};

/// Text in single quotes, with Go's escapes.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if c != ' '
                && (c.is_control() || c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}')) =>
            {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out + "'"
}

/// Several texts in quotes.
pub(super) fn quote_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// A number as golang.org/x/text prints a float64 in English.
pub(super) fn number(number: f64) -> String {
    let plain = format_float(number, 'g', -1);
    match plain.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}×10{}", superscript(exponent)),
        None => group(&plain),
    }
}

fn superscript(exponent: &str) -> String {
    let raised = |c: char| c.to_digit(10).and_then(|d| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(d as usize));
    let sign = if exponent.starts_with('-') { "⁻" } else { "" };
    exponent.chars().filter_map(raised).fold(sign.to_owned(), |text, c| text + c.encode_utf8(&mut [0; 4]))
}

/// Digits with a comma between thousands.
fn group(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = sign.to_owned();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + fraction
}

/// A count, likewise.
pub(super) fn count(count: u64) -> String {
    group(&count.to_string())
}

/// A scalar of a schema; `number` is what its numbers look like there.
pub(super) fn display(value: &serde_json::Value, number: Option<&str>) -> String {
    match value {
        serde_json::Value::Null => "<nil>".to_owned(),
        serde_json::Value::String(text) => quote(text),
        serde_json::Value::Number(n) => number.map_or_else(|| n.to_string(), str::to_owned),
        serde_json::Value::Bool(b) => b.to_string(),
        _ => "value".to_owned(),
    }
}

/// A path as a JSON pointer.
pub(super) fn pointer(path: &Path) -> String {
    let mut out = String::new();
    for segment in path.segments() {
        match segment {
            Segment::Key(key) => out.push_str(&format!("/{}", key.replace("~", "~0").replace("/", "~1"))),
            Segment::Index(index) => out.push_str(&format!("/{index}")),
        }
    }
    out
}

/// The lines under a chart's name in Helm's error, each with a line feed.
pub(super) fn tree(root: &Failure) -> String {
    let mut out = String::new();
    match root.kind {
        Kind::Group => root.causes.iter().for_each(|cause| lines(cause, 0, &mut out)),
        _ => lines(root, 0, &mut out),
    }
    out
}

/// A failure and those below it, as Helm prints them, without the `- ` of the first.
pub(super) fn entry(failure: &Failure) -> String {
    let mut out = String::new();
    lines(failure, 0, &mut out);
    out.trim_start_matches("- ").trim_end().to_owned()
}

fn lines(failure: &Failure, indent: usize, out: &mut String) {
    // Helm's validator checks a key as a document of its own, and so loses the place of its map.
    let at = match failure.kind {
        Kind::PropertyName(_) => String::new(),
        _ => pointer(&failure.at),
    };
    let _ = writeln!(out, "{:indent$}- at {}: {}", "", quote(&at), failure.helm);
    for cause in &failure.causes {
        lines(cause, indent + 2, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_english() {
        for (n, want) in [
            (1.0, "1"),
            (1000.0, "1,000"),
            (999_999.9, "999,999.9"),
            (1e6, "1×10⁰⁶"),
            (1_234_567.0, "1.234567×10⁰⁶"),
            (-1234.0, "-1,234"),
            (-1e-7, "-1×10⁻⁰⁷"),
            (5e-324, "5×10⁻³²⁴"),
            (0.0001, "0.0001"),
        ] {
            assert_eq!(number(n), want);
        }
        assert_eq!(count(12_345_678), "12,345,678");
    }

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quote("a'b\"c\\\n\u{1}é"), r#"'a\'b"c\\\n\x01é'"#);
    }
}
