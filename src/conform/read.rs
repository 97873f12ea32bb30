//! Texts read into resources.

use std::ops::Range;
use std::sync::Arc;

use super::findings::pos_of;
use super::report::{Finding, Level, Origin};
use crate::diag::{Pos, Source};
use crate::manifest;
use crate::value::{Str, Value};
use crate::yaml::{self, Duplicate, YamlError};

/// A text with manifests.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub text: Arc<Source>,
    /// The template that printed it, where that is known; elsewhere a comment `# Source:` tells.
    pub template: Option<Str>,
    /// The manifest in it, where there is one that counts; all of them otherwise.
    pub range: Option<Range<usize>>,
}

/// One resource, or what could not be read as one.
pub(super) struct Read {
    /// The file or template that it is in.
    pub(super) file: Str,
    pub(super) content: Result<Value, Finding>,
    pub(super) pos: Pos,
    /// Keys of its text that stand twice.
    pub(super) duplicates: Vec<Duplicate>,
}

impl Document {
    /// Its bytes, or those of the manifest that counts.
    pub(super) fn bytes(&self) -> &[u8] {
        self.range.clone().and_then(|range| self.text.text.get(range)).unwrap_or(&self.text.text)
    }
}

impl Read {
    /// What was read, where it could be.
    pub(super) fn value(&self) -> Option<&Value> {
        self.content.as_ref().ok()
    }
}

/// All resources in some texts; of a list each item is one.
pub(super) fn read(documents: &[Document]) -> Vec<Read> {
    documents.iter().flat_map(pieces).flat_map(|piece| read_piece(&piece)).collect()
}

/// The manifests of a text, each by itself.
pub(super) fn pieces(document: &Document) -> Vec<Document> {
    let text = match (std::str::from_utf8(&document.text.text), &document.range) {
        (Ok(text), None) => text,
        // What is no text is told when it is read.
        _ => return vec![document.clone()],
    };
    let piece = |range| Document { range: Some(range), ..document.clone() };
    manifest::split(text).into_iter().map(piece).collect()
}

/// The resources of a manifest: one, or those of a list.
pub(super) fn read_piece(piece: &Document) -> Vec<Read> {
    let source = &piece.text;
    let name = piece.template.clone().unwrap_or_else(|| Str::from(source.name.as_str()));
    let range = piece.range.clone().unwrap_or(0..source.text.len());
    let pos = source.base.offset(range.start);
    let text = match std::str::from_utf8(piece.bytes()) {
        Ok(text) => text,
        Err(err) => {
            let error = YamlError::new(range.start + err.valid_up_to(), "this is not UTF-8 text");
            return vec![broken(name, source.base, &error)];
        }
    };
    let comment = if piece.template.is_some() { None } else { manifest::source_comment(text) };
    let file = match comment {
        Some(template) => ecow::eco_format!("{name} ({template})"),
        None => name,
    };
    match yaml::load_range(source, range) {
        Ok(loaded) => resources(&file, pos, loaded.value, loaded.duplicates).collect(),
        Err(error) => vec![broken(file, source.base, &error)],
    }
}

fn resources(file: &Str, pos: Pos, value: Value, duplicates: Vec<Duplicate>) -> impl Iterator<Item = Read> {
    let mut duplicates = Some(duplicates);
    let resources = manifest::expand(value).into_iter();
    resources.map(move |value| {
        let at = pos_of(&value);
        let pos = if at.is_some() { at } else { pos };
        // Of a list the first item tells them all.
        let duplicates = duplicates.take().unwrap_or_default();
        Read { file: file.clone(), content: Ok(value), pos, duplicates }
    })
}

fn broken(file: Str, base: Pos, error: &YamlError) -> Read {
    let pos = base.offset(error.at);
    let finding = Finding {
        level: Level::Error,
        rule: "yaml",
        path: String::new(),
        pos,
        origin: Origin::default(),
        message: format!("is not valid YAML: {}", error.message),
        help: error.help.map(str::to_owned),
    };
    Read { file, content: Err(finding), pos, duplicates: Vec::new() }
}
