//! What to do about a violation.

use jsonschema::JsonType;
use serde_json::Value as Json;

use crate::diag::nearest;
use crate::value::{Num, Path, Value};

use super::failure::Kind;
use super::read::{Context, is_secret};
use super::words;

/// How many keys are worth listing when none of them is near.
const FEW: usize = 12;

/// What to do where a value is of the wrong type or not among the allowed ones.
pub(super) fn for_kind(context: &Context<'_>, kind: &Kind, at: &Path) -> Vec<String> {
    let value = context.value(at);
    let hidden = !context.show_secrets && is_secret(at);
    match kind {
        Kind::Type(types) => for_type(types, value, hidden).into_iter().collect(),
        Kind::Enum(options) => for_enum(options, value, hidden).into_iter().collect(),
        Kind::Const(option) => for_enum(std::slice::from_ref(option), value, hidden).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn for_type(types: &[JsonType], value: &Value, hidden: bool) -> Option<String> {
    let wants = |t| types.contains(&t);
    let wants_list = wants(JsonType::Array).then(|| "write it as an item of a list, after `- `".to_owned());
    match value {
        Value::Str(text, _) => {
            for_number(types, text, hidden).or_else(|| for_boolean(text, wants(JsonType::Boolean))).or(wants_list)
        }
        Value::Num(..) | Value::Bool(..) if wants(JsonType::String) => {
            Some(format!("write {} in quotes; on the command line use --set-string", it(value, hidden)))
        }
        Value::Null(_) => for_null(types),
        Value::Num(Num::Float(n), _) if wants(JsonType::Integer) && n.is_finite() && !hidden => {
            Some(format!("write {} or {}", n.floor(), n.ceil()))
        }
        Value::Num(..) | Value::Bool(..) => wants_list,
        _ => None,
    }
}

fn for_number(types: &[JsonType], text: &str, hidden: bool) -> Option<String> {
    let number = text.trim().parse::<f64>().ok().filter(|n| n.is_finite())?;
    let wanted = types.contains(&JsonType::Number) || (types.contains(&JsonType::Integer) && number.fract() == 0.0);
    let shown = if hidden { "it" } else { text.trim() };
    wanted.then(|| format!("write {shown} without quotes; on the command line use --set, not --set-string"))
}

fn for_boolean(text: &str, wanted: bool) -> Option<String> {
    let meant = match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => true,
        "false" | "no" | "off" => false,
        _ => return None,
    };
    wanted.then(|| format!("write {meant} without quotes"))
}

fn for_null(types: &[JsonType]) -> Option<String> {
    let empty = match types.iter().find(|t| **t != JsonType::Null)? {
        JsonType::Object => "write {} for an empty map, or leave the key out",
        JsonType::Array => "write [] for an empty list, or leave the key out",
        JsonType::String => "write \"\" for an empty string, or leave the key out",
        _ => "give it a value, or leave the key out",
    };
    Some(format!("a key without a value is null; {empty}"))
}

fn it(value: &Value, hidden: bool) -> String {
    if hidden { "it".to_owned() } else { format!("\"{}\"", scalar(value)) }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Str(text, _) => text.to_string(),
        Value::Num(n, _) => n.to_string(),
        Value::Bool(b, _) => b.to_string(),
        _ => String::new(),
    }
}

fn for_enum(options: &[Json], value: &Value, hidden: bool) -> Option<String> {
    let text = scalar(value);
    if hidden || text.is_empty() {
        return None;
    }
    let as_text = |option: &Json| match option {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(same) = options.iter().find(|option| as_text(option) == text) {
        return Some(match same {
            Json::String(_) => format!("write \"{text}\" in quotes; on the command line use --set-string"),
            _ => format!("write {text} without quotes"),
        });
    }
    let texts: Vec<_> = options.iter().filter_map(Json::as_str).collect();
    nearest(&text, texts).map(|near| format!("did you mean `{near}`?"))
}

/// What to do about a key that the schema does not know, given those that it does.
pub(super) fn for_unknown(key: &str, known: &[&str]) -> Vec<String> {
    if let Some(near) = nearest(key, known.iter().copied()) {
        return vec![format!("did you mean `{near}`?")];
    }
    let mut sorted = known.to_vec();
    sorted.sort_unstable();
    match sorted.len() {
        0 => Vec::new(),
        1..=FEW => vec![format!("known here: {}", sorted.iter().map(|k| words::key(k)).collect::<Vec<_>>().join(", "))],
        _ => Vec::new(),
    }
}

/// Why a subchart is given a key that its schema does not list.
pub(super) fn for_global() -> (String, String) {
    (
        "every subchart is given its parent's `global`, {} where there is none; Helm refuses this as well".to_owned(),
        "add \"global\": {\"type\": \"object\"} to the \"properties\" of the subchart's schema".to_owned(),
    )
}
