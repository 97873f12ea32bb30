//! The fields of an object that hold text, and the same fields of another one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::value::Value;

/// What tells an object apart from others, whatever the version of its API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity<'v> {
    group: &'v str,
    kind: &'v str,
    namespace: &'v str,
    pub(super) name: &'v str,
}

impl<'v> Identity<'v> {
    pub(super) fn of(object: &'v Value) -> Identity<'v> {
        let text = |value: Option<&'v Value>| value.and_then(Value::as_str).unwrap_or_default();
        let metadata = |name: &str| text(object.get("metadata").and_then(|metadata| metadata.get(name)));
        Identity {
            group: text(object.get("apiVersion")).rsplit_once('/').map_or("", |(group, _)| group),
            kind: text(object.get("kind")),
            namespace: metadata("namespace"),
            name: metadata("name"),
        }
    }

    /// Whether only its name is another one.
    pub(super) fn is_like(&self, other: &Identity<'_>) -> bool {
        (self.group, self.kind, self.namespace) == (other.group, other.kind, other.namespace)
    }

    pub(super) fn is_secret(&self) -> bool {
        (self.group, self.kind) == ("", "Secret")
    }
}

/// `Secret shop/web`.
impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        match self.namespace.is_empty() {
            true => write!(f, " {}", self.name),
            false => write!(f, " {}/{}", self.namespace, self.name),
        }
    }
}

/// A step from a value to one within it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'v> {
    Key(&'v str),
    /// An item of a list of so many, with the name that it has.
    Item(usize, usize, Option<&'v str>),
}

/// Shows every field that holds text or a number; the data of a Secret decoded, where it is text then.
pub(super) fn walk<'v>(object: &'v Value, see: &mut dyn FnMut(&[Step<'v>], &str)) {
    let mut path = Vec::new();
    walk_value(object, Identity::of(object).is_secret(), &mut path, see);
}

fn walk_value<'v>(value: &'v Value, secret: bool, path: &mut Vec<Step<'v>>, see: &mut dyn FnMut(&[Step<'v>], &str)) {
    match value {
        Value::Map(map, _) => {
            for (key, value) in map.iter() {
                path.push(Step::Key(key));
                walk_value(value, secret, path, see);
                path.pop();
            }
        }
        Value::List(items, _) => {
            for (i, item) in items.iter().enumerate() {
                path.push(Step::Item(i, items.len(), name_of(item)));
                walk_value(item, secret, path, see);
                path.pop();
            }
        }
        value => {
            if let Some(text) = text_of(value, secret && is_data(path)) {
                see(path, &text);
            }
        }
    }
}

/// The text in the same field of another object of the same kind: items of lists by their names, or by number where they
/// have none, or the name is what is asked for, and the lists are as long.
pub(super) fn text_at(object: &Value, path: &[Step<'_>]) -> Option<String> {
    let is_name = |n: usize| matches!(path.get(n + 1..), Some([Step::Key("name")]));
    let value = path.iter().enumerate().try_fold(object, |value, (n, step)| match step {
        Step::Key(key) => value.get(key),
        Step::Item(_, _, Some(name)) if !is_name(n) => value.as_list()?.iter().find(|item| name_of(item) == Some(name)),
        Step::Item(i, count, _) => value.as_list().filter(|items| items.len() == *count)?.get(*i),
    });
    text_of(value?, Identity::of(object).is_secret() && is_data(path))
}

/// `data.password`, `webhooks[hook].clientConfig.caBundle`.
pub(super) fn shown(path: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.push_str(&format!(".{key}")),
            Step::Item(_, _, Some(name)) => out.push_str(&format!("[{name}]")),
            Step::Item(i, ..) => out.push_str(&format!("[{i}]")),
        }
    }
    out
}

fn name_of(item: &Value) -> Option<&str> {
    item.get("name").and_then(Value::as_str)
}

fn is_data(path: &[Step<'_>]) -> bool {
    matches!(path, [Step::Key("data"), _])
}

fn text_of(value: &Value, encoded: bool) -> Option<String> {
    match value {
        Value::Str(text, _) if encoded => {
            let text: String = text.split_ascii_whitespace().collect();
            String::from_utf8(STANDARD.decode(text).ok()?).ok()
        }
        Value::Str(text, _) => Some(text.to_string()),
        Value::Num(number, _) => Some(number.to_string()),
        _ => None,
    }
}
