//! One side of a comparison: texts read into resources.

use std::sync::Arc;

use crate::diag::Source;
use crate::manifest::{self, Id};
use crate::value::{Str, Value};
use crate::yaml::{self, YamlError};

use super::DigestKey;

/// One side of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// What to call it.
    pub name: String,
    /// Its resources, in the order of its texts.
    pub resources: Vec<Resource>,
    /// The namespace of its release, where resources are that name none; empty where it is not known.
    pub namespace: Str,
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
            let template = document.template.clone().or_else(|| manifest::source_comment(&text[range.clone()]));
            let value = yaml::load_range(&document.text, range)?.value;
            let resources = manifest::expand(value).into_iter();
            self.resources.extend(resources.map(|value| Resource::new(value, template.clone())));
        }
        Ok(())
    }
}

impl Resource {
    /// What a manifest says of itself.
    pub fn new(value: Value, template: Option<Str>) -> Resource {
        let api_version = value.get("apiVersion").and_then(Value::as_str).map(Str::from).unwrap_or_default();
        let id = Id::of(&value);
        Resource { id, api_version, value, template }
    }

    /// Names the namespace that it is in without saying so.
    pub(super) fn place(&mut self, namespace: &Str) {
        let metadata = self.value.as_map_mut().and_then(|all| all.get_mut("metadata")).and_then(Value::as_map_mut);
        if let Some(metadata) = metadata {
            metadata.insert("namespace".into(), Value::str(namespace.clone()));
            self.id.namespace = namespace.clone();
        }
    }
}
