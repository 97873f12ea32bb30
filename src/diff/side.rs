//! One side of a comparison: texts read into resources.

use std::sync::Arc;

use crate::diag::Source;
use crate::manifest::{self, Id};
use crate::value::{Map, Str, Value};
use crate::yaml::{self, YamlError};

use super::DigestKey;

/// One side of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// What to call it.
    pub name: String,
    /// Its resources, in the order of its texts.
    pub resources: Vec<Resource>,
    /// The key of the digests that stand in it for secrets; none where the secrets themselves do.
    pub digests: Option<DigestKey>,
}

/// A text with manifests.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub text: Arc<Source>,
    /// The template that printed it, where that is known; elsewhere a comment `# Source:` tells.
    pub template: Option<Str>,
}

/// A manifest that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// What it is to a cluster.
    pub id: Id,
    /// Its `apiVersion`.
    pub api_version: Str,
    /// All of it.
    pub value: Value,
    /// The template that printed it.
    pub template: Option<Str>,
}

impl Side {
    /// Reads manifests; of a `List` each item is one.
    ///
    /// # Errors
    /// The first text that is not YAML, with what is wrong.
    pub fn read(
        name: impl Into<String>,
        documents: impl IntoIterator<Item = Document>,
    ) -> Result<Side, (Arc<Source>, YamlError)> {
        let mut side = Side { name: name.into(), ..Side::default() };
        for document in documents {
            if let Err(error) = side.add(&document) {
                return Err((document.text, error));
            }
        }
        Ok(side)
    }

    fn add(&mut self, document: &Document) -> Result<(), YamlError> {
        let Ok(text) = std::str::from_utf8(&document.text.text) else {
            let at = document.text.text.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            return Err(YamlError::new(at, "this is not UTF-8 text"));
        };
        for range in manifest::split(text) {
            let template = document.template.clone().or_else(|| source_comment(&text[range.clone()]));
            let value = yaml::load_range(&document.text, range)?.value;
            self.expand(value, template);
        }
        Ok(())
    }

    /// Adds a manifest, or each item of a list of manifests.
    fn expand(&mut self, value: Value, template: Option<Str>) {
        if value.is_null() {
            return;
        }
        let Some(kind) = listed_kind(&value) else { return self.resources.push(Resource::new(value, template)) };
        let items = value.get("items").and_then(Value::as_list).cloned().unwrap_or_default();
        for item in items.iter() {
            self.expand(of_kind(item, &kind, value.get("apiVersion")), template.clone());
        }
    }
}

impl Resource {
    /// What a manifest says of itself.
    pub fn new(value: Value, template: Option<Str>) -> Resource {
        let api_version = value.get("apiVersion").and_then(Value::as_str).map(Str::from).unwrap_or_default();
        let id = Id::of(&value);
        Resource { id, api_version, value, template }
    }
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
fn source_comment(text: &str) -> Option<Str> {
    let comments = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    comments.filter_map(|line| line.strip_prefix("# Source: ")).next().map(|path| path.trim().into())
}
