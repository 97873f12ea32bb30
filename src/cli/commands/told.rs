//! What `values` and `why` both tell of a value: what it is, who set it, and where. Secrets are masked here.

use anyhow::Context as _;
use serde::Serialize;

use crate::diag::{Location, Pos, Sources, is_secret_key};
use crate::pipeline::{Giver, Merged};
use crate::value::{Map, Path, Segment, Value};
use crate::yaml::{JsonOptions, Numbers, to_flow, to_json};

/// A value as JSON, exactly.
pub(super) const JSON: JsonOptions = JsonOptions { escape_html: false, pretty: true, numbers: Numbers::Exact };

/// A place as a program reads it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Place {
    file: String,
    line: usize,
    column: usize,
    /// Who set it.
    by: String,
}

impl Place {
    /// The place at a position; none where nothing was written there.
    pub(super) fn at(pos: Pos, merged: &Merged, sources: &Sources) -> Option<Place> {
        let Location { file, line, column } = sources.locate(pos)?;
        let by = merged.giver(pos).map(by).unwrap_or_default();
        Some(Place { file, line, column, by })
    }

    pub(super) fn location(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }

    /// File and line.
    pub(super) fn line(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    pub(super) fn by(&self) -> &str {
        &self.by
    }
}

/// Who gives a value, as the reader knows it. Of an argument only what comes before `=` is told: the rest may be secret.
pub(super) fn by(giver: &Giver) -> String {
    match giver {
        Giver::Defaults(chart) => format!("defaults of {chart}"),
        Giver::Layer(name) => format!("--layer {name}"),
        Giver::File(path) => format!("-f {path}"),
        Giver::Set(flag, argument) => match argument.split_once('=') {
            Some((key, _)) if !argument.starts_with('{') => format!("{} {key}", flag.name()),
            _ => flag.name().to_owned(),
        },
    }
}

/// Shows values of secret keys, or masks them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Masks {
    pub(super) show: bool,
}

impl Masks {
    /// A value as it may be shown: text and numbers under keys that sound secret are masked.
    pub(super) fn apply(self, value: &Value, path: &Path) -> Value {
        if self.show { value.clone() } else { masked(value, last_key(path).is_some_and(is_secret_key)) }
    }
}

/// The key that a value, or the list it is in, is known by.
fn last_key(path: &Path) -> Option<&str> {
    path.segments().iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    })
}

fn masked(value: &Value, secret: bool) -> Value {
    match value {
        Value::Map(map, origin) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), masked(value, is_secret_key(key))));
            Value::Map(entries.collect::<Map>().into(), *origin)
        }
        Value::List(items, origin) => {
            Value::List(items.iter().map(|item| masked(item, secret)).collect::<Vec<_>>().into(), *origin)
        }
        Value::Str(text, origin) if secret && !text.is_empty() => Value::str("***").with_origin(*origin),
        Value::Num(_, origin) if secret => Value::str("***").with_origin(*origin),
        _ => value.clone(),
    }
}

/// A value on one line, cut where it is long.
pub(super) fn brief(value: &Value) -> String {
    const MOST: usize = 72;
    let mut text = String::new();
    match value {
        Value::Str(masked, _) if masked == "***" => text.push_str(masked),
        _ => to_flow(value, &mut text),
    }
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A value for a program.
pub(super) fn json(value: &Value) -> anyhow::Result<serde_json::Value> {
    let text = to_json(value, &JSON).map_err(|err| anyhow::anyhow!("{err}"))?;
    serde_json::from_str(&text).context("a value cannot be written as JSON")
}
