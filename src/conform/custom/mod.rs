//! Custom resources, by the schemas of their CustomResourceDefinitions.

mod combine;
mod schema;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::findings::Findings;
use super::node::Node;
use super::read::{Document, Read, pieces, read_piece};
use crate::regexp::Regex;
use crate::value::{Str, Value};

/// The custom kinds that are known.
#[derive(Default)]
pub(super) struct Definitions {
    kinds: RefCell<HashMap<(Str, Str), Rc<Definition>>>,
    /// Texts that may define more: those of large charts have megabytes, most of which no resource needs.
    unread: RefCell<Vec<Document>>,
    patterns: Patterns,
}

/// The patterns of schemas, compiled; nothing for one that is none.
#[derive(Default)]
struct Patterns(RefCell<HashMap<String, Option<Rc<Regex>>>>);

impl Patterns {
    fn get(&self, pattern: &str) -> Option<Rc<Regex>> {
        if let Some(known) = self.0.borrow().get(pattern) {
            return known.clone();
        }
        let compiled = Regex::new(pattern).ok().map(Rc::new);
        self.0.borrow_mut().insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

/// Where the checks against a schema put what they find.
struct Out<'f> {
    findings: &'f mut Findings,
    patterns: &'f Patterns,
}

/// A version of a custom kind.
pub(super) struct Definition {
    /// What its resources are checked against.
    schema: Option<Value>,
    /// Whether its resources belong to no namespace.
    pub(super) cluster: bool,
    /// Whether the API server has it.
    served: bool,
    /// How many rules in CEL its schema has.
    cel_rules: OnceCell<usize>,
}

impl Definitions {
    /// The kinds that texts define, and that resources among the manifests do.
    pub(super) fn new<'r>(texts: &[Document], manifests: impl Iterator<Item = &'r Value>) -> Self {
        let definitions = Definitions::default();
        manifests.for_each(|manifest| definitions.add(manifest));
        definitions.unread.borrow_mut().extend(texts.iter().flat_map(pieces));
        definitions
    }

    /// The definition of a resource's kind.
    pub(super) fn find(&self, api_version: &str, kind: &str) -> Option<Rc<Definition>> {
        let key = (Str::from(api_version), Str::from(kind));
        if let Some(known) = self.kinds.borrow().get(&key) {
            return Some(known.clone());
        }
        let (found, rest) = self.unread.take().into_iter().partition(|piece| may_define(piece.bytes(), kind));
        *self.unread.borrow_mut() = rest;
        for piece in &found {
            read_piece(piece).iter().filter_map(Read::value).for_each(|value| self.add(value));
        }
        self.kinds.borrow().get(&key).cloned()
    }

    /// Checks a resource against the definition of its kind.
    pub(super) fn check(&self, definition: &Definition, resource: &Node<'_>, out: &mut Findings) {
        definition.check(resource, &self.patterns, out);
    }

    /// Takes note of what a CustomResourceDefinition defines; anything else is passed over.
    fn add(&self, resource: &Value) {
        let root = Node::root(resource);
        if root.text("kind") != Some("CustomResourceDefinition") {
            return;
        }
        let Some(spec) = root.get("spec") else { return };
        let Some((group, kind)) = spec.text("group").zip(spec.get("names").and_then(|names| names.text("kind"))) else {
            return;
        };
        let cluster = spec.text("scope") == Some("Cluster");
        // apiextensions.k8s.io/v1beta1 could have one schema for all versions.
        let common = spec.at(&["validation", "openAPIV3Schema"]);
        for version in spec.list("versions") {
            let Some(name) = version.text("name") else { continue };
            let schema = version.at(&["schema", "openAPIV3Schema"]).or_else(|| common.clone());
            let schema = schema.map(|schema| schema.value.clone());
            let served = version.value.get("served").and_then(Value::as_bool) != Some(false);
            let definition = Definition { schema, cluster, served, cel_rules: OnceCell::new() };
            self.kinds.borrow_mut().insert((ecow::eco_format!("{group}/{name}"), kind.into()), Rc::new(definition));
        }
    }
}

/// Whether a text says `kind: KIND` anywhere, quoted or not.
fn may_define(text: &[u8], kind: &str) -> bool {
    memchr::memmem::find_iter(text, b"kind").any(|at| {
        let quoted = |b: &&u8| matches!(**b, b'"' | b'\'' | b' ' | b'\t');
        let rest = &text[at + 4..];
        let rest = &rest[rest.iter().take_while(quoted).count()..];
        let Some(rest) = rest.strip_prefix(b":") else { return false };
        let rest = &rest[rest.iter().take_while(quoted).count()..];
        rest.strip_prefix(kind.as_bytes()).is_some_and(|rest| rest.first().is_none_or(|b| !b.is_ascii_alphanumeric()))
    })
}

impl Definition {
    /// Checks a resource of this kind.
    fn check(&self, resource: &Node<'_>, patterns: &Patterns, out: &mut Findings) {
        if !self.served {
            out.error(resource, "crd", "is of a version that its CustomResourceDefinition does not serve");
        }
        let Some(schema) = &self.schema else { return };
        schema::check(resource, schema, &mut Out { findings: out, patterns });
        let rules = *self.cel_rules.get_or_init(|| schema::cel_rules(schema));
        if rules > 0 {
            let rules = if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") };
            out.note(
                resource,
                "cel",
                format!("{rules} of its schema in CEL (x-kubernetes-validations) were not checked"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_define_a_kind_however_it_is_written() {
        for text in ["kind: Widget", "a: 1\n  kind:   'Widget'\n", "{\"kind\":\"Widget\"}", "kind : Widget,"] {
            assert!(may_define(text.as_bytes(), "Widget"), "{text}");
        }
        for text in ["kind: Widgets", "kind: MyWidget", "Widget", "a kind of Widget: x"] {
            assert!(!may_define(text.as_bytes(), "Widget"), "{text}");
        }
    }
}
