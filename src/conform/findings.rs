//! Where the checks of one resource put what they find.

use super::node::Node;
use super::report::{Finding, Level, Origin};
use crate::diag::Pos;
use crate::value::{Provenance, Value};

/// What was found in one resource so far.
pub(super) struct Findings {
    /// The minor version of Kubernetes that it is for.
    pub(super) minor: u8,
    /// Its kind.
    pub(super) kind: String,
    list: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(minor: u8, kind: &str) -> Self {
        Findings { minor, kind: kind.to_owned(), list: Vec::new() }
    }

    /// Something that the API server refuses.
    pub(super) fn error(&mut self, node: &Node<'_>, rule: &'static str, message: impl Into<String>) {
        self.add(Level::Error, node, rule, message.into(), None);
    }

    /// The same, with what to do about it.
    pub(super) fn error_with(&mut self, node: &Node<'_>, rule: &'static str, message: String, help: Option<String>) {
        self.add(Level::Error, node, rule, message, help);
    }

    /// A field that has to be there.
    pub(super) fn missing(&mut self, node: &Node<'_>, field: &str) {
        self.error(node, "required", format!("has no `{field}`, which is required"));
    }

    /// Something that the API server accepts and a person would regret.
    pub(super) fn warn(&mut self, node: &Node<'_>, rule: &'static str, message: impl Into<String>) {
        self.add(Level::Warning, node, rule, message.into(), None);
    }

    /// A warning about a place in the text that no value has.
    pub(super) fn warn_at(&mut self, pos: Pos, rule: &'static str, message: String) {
        let (level, path, origin) = (Level::Warning, String::new(), Origin::default());
        self.list.push(Finding { level, rule, path, pos, origin, message, help: None });
    }

    /// Something that was not checked.
    pub(super) fn note(&mut self, node: &Node<'_>, rule: &'static str, message: impl Into<String>) {
        self.add(Level::Note, node, rule, message.into(), None);
    }

    fn add(&mut self, level: Level, node: &Node<'_>, rule: &'static str, message: String, help: Option<String>) {
        let (path, pos) = (node.path(), pos_of(node.value));
        self.list.push(Finding { level, rule, path, pos, origin: Origin::default(), message, help });
    }

    /// What was found, in the order of the text.
    pub(super) fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| finding.pos);
        self.list
    }
}

/// Where a value is written: for an entry of a map its key. Nothing was laid over it, so its origin is its place.
pub(super) fn pos_of(value: &Value) -> Pos {
    Provenance::default().pos(value.origin())
}
