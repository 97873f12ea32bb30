//! Lists of manifests, as `kubectl get -o yaml` prints them, and the comment that names a template.

use std::sync::Arc;

use crate::value::{Map, Str, Value};

/// A manifest, or each item of a list of manifests, lists in lists too; nothing for null.
pub fn expand(value: Value) -> Vec<Value> {
    if value.is_null() {
        return Vec::new();
    }
    let Some(kind) = listed_kind(&value) else { return vec![value] };
    let items = value.get("items").and_then(Value::as_list).cloned().unwrap_or_default();
    items.iter().flat_map(|item| expand(of_kind(item, &kind, value.get("apiVersion")))).collect()
}

/// What the items of a list of manifests are: of any kind for `List`, and of one kind for `ConfigMapList` and its like,
/// where the items need not say it. None for anything else.
fn listed_kind(value: &Value) -> Option<Str> {
    let kind = value.get("kind")?.as_str()?.strip_suffix("List")?;
    let items = value.get("items")?.as_list()?;
    let whole = value.get("spec").is_none() && items.iter().all(|item| item.get("metadata").is_some());
    (kind.is_empty() || whole).then(|| kind.into())
}

/// The item of a list with the kind and version that the list says for all.
fn of_kind(item: &Value, kind: &Str, api_version: Option<&Value>) -> Value {
    let (Value::Map(map, origin), false) = (item, kind.is_empty()) else { return item.clone() };
    let said = [("apiVersion", api_version.cloned()), ("kind", Some(Value::str(kind.clone())))];
    let said = said.into_iter().filter_map(|(key, value)| Some((Str::from(key), value?)));
    let mut full: Map = said.filter(|(key, _)| !map.contains_key(key)).collect();
    map.iter().for_each(|(key, value)| full.push(key.clone(), value.clone()));
    Value::Map(Arc::new(full), *origin)
}

/// The template that a comment above a manifest names.
pub fn source_comment(text: &str) -> Option<Str> {
    let comments = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    comments.filter_map(|line| line.strip_prefix("# Source: ")).next().map(|path| path.trim().into())
}
