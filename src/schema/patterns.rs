//! Regular expressions of Go, in which Helm reads `pattern` and `patternProperties`, for the crate, which reads those
//! of ECMAScript.
//!
//! Rewritten is only what both have and take differently, or Go alone has: `[[:alpha:]]`, `\s`, `\Q…\E`, `\a`, `\0`, a
//! brace that stands for itself. What ECMAScript alone has (`\u0061`) is left to mean what it means there.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

/// What had to be rewritten in a schema.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// The whole schema, where anything in it had to be.
    pub json: Option<Json>,
    /// The original of each rewritten name under `patternProperties`.
    pub names: HashMap<String, String>,
}

/// Rewrites the patterns of a schema.
pub(super) fn rewrite(json: &Json) -> Rewritten {
    let mut names = HashMap::new();
    let json = rewrite_below(json, &mut names);
    Rewritten { json, names }
}

/// The rewritten part of a schema; `None` where it can stay as it is, which most can.
fn rewrite_below(json: &Json, names: &mut HashMap<String, String>) -> Option<Json> {
    match json {
        Json::Array(items) => {
            let mut copy: Option<Vec<Json>> = None;
            for (n, item) in items.iter().enumerate() {
                if let Some(item) = rewrite_below(item, names) {
                    copy.get_or_insert_with(|| items.clone())[n] = item;
                }
            }
            copy.map(Json::Array)
        }
        Json::Object(entries) => {
            let mut copy: Option<Map<String, Json>> = None;
            for (key, value) in entries {
                if let Some(value) = rewrite_keyword(key, value, names) {
                    copy.get_or_insert_with(|| entries.clone()).insert(key.clone(), value);
                }
            }
            copy.map(Json::Object)
        }
        _ => None,
    }
}

fn rewrite_keyword(key: &str, value: &Json, names: &mut HashMap<String, String>) -> Option<Json> {
    match (key, value) {
        ("pattern", Json::String(pattern)) => changed(pattern, to_ecma(pattern)),
        ("patternProperties", Json::Object(schemas)) => rewrite_names(schemas, names),
        // A space may not stand in a URI, and the crate minds.
        ("$ref" | "$dynamicRef", Json::String(reference)) => {
            reference.contains(' ').then(|| Json::String(reference.replace(' ', "%20")))
        }
        ("const" | "enum" | "default" | "examples", _) => None,
        (_, value) => rewrite_below(value, names),
    }
}

fn changed(from: &str, to: String) -> Option<Json> {
    (from != to).then_some(Json::String(to))
}

fn rewrite_names(schemas: &Map<String, Json>, names: &mut HashMap<String, String>) -> Option<Json> {
    let mut rewritten = Map::new();
    let mut differs = false;
    for (pattern, schema) in schemas {
        let name = to_ecma(pattern);
        if name != *pattern {
            names.insert(name.clone(), pattern.clone());
            differs = true;
        }
        let below = rewrite_below(schema, names);
        differs |= below.is_some();
        rewritten.insert(name, below.unwrap_or_else(|| schema.clone()));
    }
    differs.then_some(Json::Object(rewritten))
}

/// A pattern of Go as one of ECMAScript.
pub(super) fn to_ecma(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut class = false;
    while let Some(c) = rest.chars().next() {
        let (written, length) = match c {
            '\\' => escape(rest, class),
            '[' if class => posix(rest).unwrap_or(("[".to_owned(), 1)),
            '[' => {
                class = true;
                class_start(rest)
            }
            ']' if class => {
                class = false;
                ("]".to_owned(), 1)
            }
            '{' if !class && !is_repetition(rest) => ("\\{".to_owned(), 1),
            c => (c.to_string(), c.len_utf8()),
        };
        out.push_str(&written);
        rest = &rest[length..];
    }
    out
}

/// The beginning of a class; a `]` right behind it stands for itself.
fn class_start(rest: &str) -> (String, usize) {
    for start in ["[^]", "[]"] {
        if rest.starts_with(start) {
            return (start.replace(']', "\\]"), start.len());
        }
    }
    ("[".to_owned(), 1)
}

/// An escape: what to write and how much of the pattern it stands for.
fn escape(rest: &str, class: bool) -> (String, usize) {
    const SPACE: &str = "\\t\\n\\f\\r ";
    const SPACE_RANGES: &str = "\t\n\x0c\r  ";
    let Some(c) = rest[1..].chars().next() else { return (rest.to_owned(), rest.len()) };
    match (c, class) {
        ('s', true) => (SPACE.to_owned(), 2),
        ('s', false) => (format!("[{SPACE}]"), 2),
        ('S', false) => (format!("[^{SPACE}]"), 2),
        ('S', true) => (others(SPACE_RANGES), 2),
        // A letter that is not ASCII ends no word in Go.
        ('b', false) => ("(?-u:\\b)".to_owned(), 2),
        ('a', _) => ("\\x07".to_owned(), 2),
        ('0', _) => octal(rest),
        ('Q', false) => quoted(rest),
        ('p' | 'P' | 'x', _) if rest[2..].starts_with('{') => braced(rest, c),
        (c, _) => (format!("\\{c}"), 1 + c.len_utf8()),
    }
}

/// `\p{Greek}`, `\p{^L}`, `\x{61}`.
fn braced(rest: &str, c: char) -> (String, usize) {
    let Some((inside, _)) = rest[3..].split_once('}') else { return (rest.to_owned(), rest.len()) };
    let written = match (c, inside.strip_prefix('^')) {
        ('p', Some(class)) => format!("\\P{{{class}}}"),
        ('P', Some(class)) => format!("\\p{{{class}}}"),
        _ => format!("\\{c}{{{inside}}}"),
    };
    (written, inside.len() + 4)
}

fn octal(rest: &str) -> (String, usize) {
    let digits = rest[1..].bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    let code = u32::from_str_radix(&rest[1..=digits], 8).unwrap_or_default();
    (format!("\\x{code:02x}"), 1 + digits)
}

/// `\Q…\E`: text that stands for itself.
fn quoted(rest: &str) -> (String, usize) {
    let (text, length) = rest[2..].find("\\E").map_or((&rest[2..], rest.len()), |end| (&rest[2..2 + end], end + 4));
    let literal = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
    (text.chars().map(literal).collect(), length)
}

/// `[:alpha:]` or `[:^alpha:]` inside a class.
fn posix(rest: &str) -> Option<(String, usize)> {
    let (name, _) = rest.strip_prefix("[:")?.split_once(":]")?;
    let (negated, class) = name.strip_prefix('^').map_or((false, name), |class| (true, class));
    let ranges = match class {
        "alnum" => "09AZaz",
        "alpha" => "AZaz",
        "ascii" => "\0\x7f",
        "blank" => "\t\t  ",
        "cntrl" => "\0\x1f\x7f\x7f",
        "digit" => "09",
        "graph" => "!~",
        "lower" => "az",
        "print" => " ~",
        "punct" => "!/:@[`{~",
        "space" => "\t\r  ",
        "upper" => "AZ",
        "word" => "09AZ__az",
        "xdigit" => "09AFaf",
        _ => return None,
    };
    Some((if negated { others(ranges) } else { members(ranges) }, name.len() + 4))
}

/// Ranges, each by its first and last character, as the inside of a class.
fn members(ranges: &str) -> String {
    pairs(ranges).map(|(first, last)| range(first, last)).collect()
}

/// All other characters.
fn others(ranges: &str) -> String {
    let mut next = 0;
    let mut out = String::new();
    for (first, last) in pairs(ranges) {
        if first > next {
            out += &range(next, first - 1);
        }
        next = last + 1;
    }
    out + &range(next, char::MAX as u32)
}

fn pairs(ranges: &str) -> impl Iterator<Item = (u32, u32)> {
    let bytes = ranges.as_bytes().chunks_exact(2);
    bytes.map(|pair| (u32::from(pair[0]), u32::from(pair[1])))
}

fn range(first: u32, last: u32) -> String {
    format!("\\x{{{first:x}}}-\\x{{{last:x}}}")
}

/// Whether a brace begins a repetition: `{2}`, `{2,}`, `{2,3}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites_what_go_reads_otherwise() {
        for (go, ecma) in [
            ("^[a-z]+$", "^[a-z]+$"),
            ("^[[:alpha:]_]{2,}$", "^[\\x{41}-\\x{5a}\\x{61}-\\x{7a}_]{2,}$"),
            ("[[:^digit:]]", "[\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}]"),
            ("a{,3}{x}", "a\\{,3}\\{x}"),
            ("\\Qa.b\\E+", "a\\.b+"),
            ("\\Q[", "\\["),
            ("[]a]", "[\\]a]"),
            ("\\a\\0\\012", "\\x07\\x00\\x0a"),
            ("[\\s{]\\s\\S", "[\\t\\n\\f\\r {][\\t\\n\\f\\r ][^\\t\\n\\f\\r ]"),
            ("é\\", "é\\"),
            ("\\p{Greek}\\x{61}[\\p{^L}]{", "\\p{Greek}\\x{61}[\\P{L}]\\{"),
        ] {
            assert_eq!(to_ecma(go), ecma, "{go}");
        }
    }

    #[test]
    fn names_are_found_again() {
        let schema = serde_json::json!({"patternProperties": {"^\\s": {"pattern": "{"}}, "const": {"pattern": "{"}});
        let rewritten = rewrite(&schema);
        assert_eq!(rewritten.names["^[\\t\\n\\f\\r ]"], "^\\s");
        let json = rewritten.json.expect("two patterns are rewritten");
        assert_eq!(json["patternProperties"]["^[\\t\\n\\f\\r ]"]["pattern"], "\\{");
        assert_eq!(json["const"]["pattern"], "{");
    }

    #[test]
    fn a_schema_without_such_patterns_is_not_copied() {
        let schema = serde_json::json!({"allOf": [{"pattern": "^a+$"}], "patternProperties": {"^x-": {"$ref": "#/a"}}});
        assert_eq!(rewrite(&schema).json, None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_rewritten(text in "[\\\\\\[\\]{}^:,apQEsSb0é]{0,12}") {
            to_ecma(&text);
        }
    }
}
