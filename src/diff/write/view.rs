//! Values as people read them: block YAML with keys in their order, and text of several lines always line by line.
//!
//! What Helm's writer puts into one quoted line (a file with tabs, or with spaces at the ends of lines) could not be
//! compared line by line.

use std::sync::Arc;

use super::super::text;
use crate::value::{Str, Value};
use crate::yaml::{self, Resolved};

/// A value as lines of YAML, each with its line break.
pub(super) fn block(value: &Value) -> String {
    let mut out = String::new();
    match value {
        value if is_leaf(value) => {
            out.push_str(&leaf(value));
            out.push('\n');
        }
        Value::Str(text, _) => literal(text, 0, &mut out),
        value => collection(value, 0, false, &mut out),
    }
    out
}

/// A value as lines of YAML in which JSON on a single line is laid out.
pub(super) fn laid_out(value: &Value) -> String {
    let mut value = value.clone();
    lay_out(&mut value);
    block(&value)
}

fn lay_out(value: &mut Value) {
    match value {
        Value::Map(map, _) => Arc::make_mut(map).iter_mut().for_each(|(_, value)| lay_out(value)),
        Value::List(items, _) => Arc::make_mut(items).iter_mut().for_each(lay_out),
        Value::Str(json, _) if text::is_json(json) => *json = text::laid_out(json).into(),
        _ => {}
    }
}

/// Whether a value stands on one line: a scalar of one line, an empty collection.
pub(super) fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Map(map, _) => map.is_empty(),
        Value::List(items, _) => items.is_empty(),
        Value::Str(text, _) => !text.trim_end_matches('\n').contains('\n'),
        _ => true,
    }
}

/// A value on one line, with quotes only where it would be taken for something else without.
pub(super) fn leaf(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Str(plain, _) if is_plain(plain) => text.push_str(plain),
        Value::Str(quoted, _) if quoted.contains(['"', '\\']) && !quoted.contains(char::is_control) => {
            text = format!("'{}'", quoted.as_str().replace('\'', "''"));
        }
        value => yaml::to_flow(value, &mut text),
    }
    text
}

/// Whether text reads as itself without quotes.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let begins = !b"-?:,[]{}#&*!|>'\"%@` =".contains(first) || is_dashed(text);
    let ends = !matches!(last, b':' | b' ');
    begins
        && ends
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(char::is_control)
        && yaml::resolve_plain(text) == Resolved::Str
}

/// A flag such as `--port=80`, or a digest in place of a secret: what begins with `-` or `<` and goes on.
fn is_dashed(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && !text.starts_with("- ") && !text.starts_with("---")
}

/// The entries of a map or list that has some; the first one goes on in the line where `inline`.
fn collection(value: &Value, indent: usize, inline: bool, out: &mut String) {
    let mut inline = inline;
    let mut begin = |out: &mut String| {
        if !std::mem::take(&mut inline) {
            out.extend(std::iter::repeat_n(' ', indent));
        }
    };
    match value {
        Value::Map(map, _) => map.iter().for_each(|(key, value)| {
            begin(out);
            entry(key, value, indent, out);
        }),
        Value::List(items, _) => items.iter().for_each(|item| {
            begin(out);
            out.push_str("- ");
            match item {
                item if is_leaf(item) => {
                    out.push_str(&leaf(item));
                    out.push('\n');
                }
                Value::Str(text, _) => literal(text, indent + 2, out),
                item => collection(item, indent + 2, true, out),
            }
        }),
        _ => {}
    }
}

/// A key and what it holds: lists at the column of the key, as Helm writes them.
fn entry(key: &Str, value: &Value, indent: usize, out: &mut String) {
    out.push_str(&leaf(&Value::str(key.clone())));
    out.push(':');
    match value {
        value if is_leaf(value) => {
            out.push(' ');
            out.push_str(&leaf(value));
            out.push('\n');
        }
        Value::Str(text, _) => {
            out.push(' ');
            literal(text, indent + 2, out);
        }
        value => {
            out.push('\n');
            collection(value, indent + if matches!(value, Value::Map(..)) { 2 } else { 0 }, false, out);
        }
    }
}

/// Text of several lines after `|`.
fn literal(text: &str, indent: usize, out: &mut String) {
    out.push_str(match (text.ends_with("\n\n"), text.ends_with('\n')) {
        (true, _) => "|+\n",
        (_, true) => "|\n",
        _ => "|-\n",
    });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{SourceKind, Sources};

    fn read(text: &str) -> Value {
        let source = Sources::default().add("v.yaml", SourceKind::Data, text.as_bytes()).expect("room");
        yaml::load(&source).expect("YAML").value
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = "b: 1\na:\n- x\n- - y\n  - z: 1\n    w: [a, b]\n- k: |\n    one\n\n    two\t \n  l: {}\n\"on\": \"1\"\n\
                    image: nginx:1.25\nargs:\n- --port=80\n- \"- x\"\nempty: \"\"\nt: |-\n  a\n   b\n";
        let value = read(text);
        assert_eq!(read(&block(&value)), value, "{}", block(&value));
        assert!(block(&value).contains("image: nginx:1.25\nargs:\n- --port=80\n- \"- x\"\n"));
        assert!(block(&value).contains("- k: |\n    one\n\n    two\t \n  l: {}\n"));
    }
}
