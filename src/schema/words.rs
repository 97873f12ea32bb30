//! The plain words of a violation.

use jsonschema::JsonType;
use serde_json::Value as Json;

use crate::value::{Path, Value};

/// How much of a text is repeated in a message.
const LONG: usize = 60;

/// How many allowed values are listed.
const MANY: usize = 12;

/// A path, or what to call the root.
pub(super) fn path(path: &Path) -> String {
    if path.is_root() { "the values as a whole".to_owned() } else { format!("`{path}`") }
}

/// A key by itself.
pub(super) fn key(key: &str) -> String {
    path(&Path::root().key(key))
}

/// `a string or null`.
pub(super) fn types(types: &[JsonType]) -> String {
    let named = |t: &JsonType| match t {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Number => "a number",
        JsonType::Integer => "an integer",
        JsonType::String => "a string",
        JsonType::Array => "a list",
        JsonType::Object => "a map",
    };
    // Null is said last: it is an exception, not what one would write.
    let (null, others): (Vec<_>, Vec<_>) = types.iter().partition(|t| **t == JsonType::Null);
    or(&others.into_iter().chain(null).map(|t| named(t).to_owned()).collect::<Vec<_>>())
}

/// `a, b or c`.
pub(super) fn or(texts: &[String]) -> String {
    match texts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// `is the string "3"`; only the type where the value is secret.
pub(super) fn is(value: &Value, hidden: bool) -> String {
    match value {
        Value::Null(_) => "is null".to_owned(),
        Value::Str(..) if hidden => "is a string (a secret, not shown)".to_owned(),
        Value::Num(..) if hidden => "is a number (a secret, not shown)".to_owned(),
        Value::Bool(b, _) => format!("is {b}"),
        Value::Num(n, _) => format!("is {n}"),
        Value::Str(text, _) if text.is_empty() => "is an empty string".to_owned(),
        Value::Str(text, _) => format!("is the string {}", quoted(text)),
        Value::List(items, _) if items.is_empty() => "is an empty list".to_owned(),
        Value::Map(map, _) if map.is_empty() => "is an empty map".to_owned(),
        Value::List(..) => "is a list".to_owned(),
        Value::Map(..) => "is a map".to_owned(),
    }
}

/// As [`is`], with a reason.
pub(super) fn is_because(value: &Value, hidden: bool, why: &str) -> String {
    if why.is_empty() { is(value, hidden) } else { format!("{} ({why})", is(value, hidden)) }
}

/// Text in double quotes, cut where it is long.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// The values of an `enum`, as one would write them in YAML.
pub(super) fn options(options: &[Json]) -> String {
    let shown: Vec<_> = options.iter().take(MANY).map(option).collect();
    match (options.len(), options.len().saturating_sub(MANY)) {
        (1, _) => shown.concat(),
        (_, 0) => format!("one of {}", shown.join(", ")),
        (_, more) => format!("one of {} and {more} more", shown.join(", ")),
    }
}

/// One allowed value.
pub(super) fn option(option: &Json) -> String {
    match option {
        Json::String(text) if !text.is_empty() && !reads_otherwise(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// Whether text without quotes would be read as something else than a string.
fn reads_otherwise(text: &str) -> bool {
    matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "~") || text.parse::<f64>().is_ok()
}

/// `1 item`, `2 items`.
pub(super) fn count(n: usize, what: &str) -> String {
    match (n, what) {
        (1, _) => format!("1 {what}"),
        (_, "entry") => format!("{n} entries"),
        _ => format!("{n} {what}s"),
    }
}

/// What a keyword with a limit asks, and what the value has.
pub(super) fn limit(keyword: &str, limit: f64, value: &Value, hidden: bool) -> (String, String) {
    let numeric = |words: &str| (format!("must be {words} {limit}"), is(value, hidden));
    let (what, got) = match value {
        Value::Str(text, _) => ("character", text.chars().count()),
        Value::List(items, _) => ("item", items.len()),
        Value::Map(map, _) => ("entry", map.len()),
        _ => ("", 0),
    };
    match keyword {
        "minimum" => numeric("at least"),
        "maximum" => numeric("at most"),
        "exclusiveMinimum" => numeric("more than"),
        "exclusiveMaximum" => numeric("less than"),
        "multipleOf" => numeric("a multiple of"),
        _ if limit == 1.0 && got == 0 => ("must not be empty".to_owned(), String::new()),
        _ => {
            let least = if keyword.starts_with("min") { "least" } else { "most" };
            (
                format!("must have at {least} {}", count(limit as usize, what)),
                if hidden { String::new() } else { format!("has {got}") },
            )
        }
    }
}

/// What a format is called.
pub(super) fn format(name: &str) -> String {
    let named = match name {
        "date-time" => "a date and time such as 2024-05-31T12:00:00Z",
        "date" => "a date such as 2024-05-31",
        "time" => "a time such as 12:00:00Z",
        "duration" => "a duration such as P1DT12H",
        "period" => "a period such as 2024-05-31T12:00:00Z/P1D",
        "email" => "an email address",
        "hostname" => "a host name",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uri" | "iri" => "a URI with a scheme, such as https://example.com",
        "uri-reference" | "iri-reference" => "a URI or a part of one",
        "uri-template" => "a URI template",
        "uuid" => "a UUID",
        "semver" => "a semantic version such as 1.2.3",
        "regex" => "a regular expression",
        "json-pointer" => "a JSON pointer such as /a/b",
        "relative-json-pointer" => "a relative JSON pointer such as 1/a",
        other => return format!("of the format `{other}`"),
    };
    named.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_values_as_one_would_write_them() {
        let list = serde_json::json!(["a", "true", "1", "", 1, null]);
        let list = list.as_array().unwrap();
        assert_eq!(options(list), r#"one of `a`, `"true"`, `"1"`, `""`, `1`, `null`"#);
        assert_eq!(options(&list[..1]), "`a`");
        let many: Vec<_> = (0..15).map(Json::from).collect();
        assert!(options(&many).ends_with("`11` and 3 more"));
    }

    #[test]
    fn types_in_words() {
        assert_eq!(types(&[JsonType::Null, JsonType::Integer, JsonType::String]), "an integer, a string or null");
    }
}
