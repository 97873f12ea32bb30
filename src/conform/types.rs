//! The types of the Kubernetes API: which fields each has in a version, and what they hold.
//!
//! Read from `kubernetes/types.txt`, which stays text: a type is found by its name and read when something of that type
//! is first met, so a run pays for the types that its manifests have, and a run that validates nothing pays nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::rules::{self, Rule};

const TYPES: &str = include_str!("kubernetes/types.txt");

/// The types of one version of Kubernetes.
pub(super) struct Types {
    minor: u8,
    /// The fields of each type as text, by the type's name.
    texts: HashMap<&'static str, &'static str>,
    read: RefCell<HashMap<&'static str, Rc<Type>>>,
}

/// What a type consists of.
pub(super) struct Type {
    /// In the byte order of their names.
    fields: Vec<Field>,
    /// Fields of other versions, with these versions.
    others: Vec<(&'static str, &'static str)>,
    /// What the API server checks beyond the fields.
    pub(super) rules: Vec<Rule>,
}

/// A field.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Object,
    Bool,
    Int32,
    Int64,
    Number,
    Text,
    Bytes,
    Time,
    Quantity,
    IntOrString,
    /// Text that is one of these, `|` between them.
    Enum(&'static str),
    /// A list, with what tells its items apart.
    List(Box<Shape>, Identity),
    Map(Box<Shape>),
    /// A type, by name.
    Type(&'static str),
    /// A JSON schema, a list of them, or a boolean.
    Schemas,
}

/// What tells the items of a list apart (`x-kubernetes-list-type`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    Place,
    Whole,
    Fields(Vec<&'static str>),
}

/// The name of the type of a JSON schema in a CustomResourceDefinition.
pub(super) const JSON_SCHEMA: &str = "apiextensions.v1.JSONSchemaProps";

impl Types {
    pub(super) fn new(minor: u8) -> Self {
        let texts = blocks(TYPES).collect();
        Types { minor, texts, read: RefCell::default() }
    }

    /// A type by its name.
    pub(super) fn get(&self, name: &str) -> Option<Rc<Type>> {
        if let Some(known) = self.read.borrow().get(name) {
            return Some(known.clone());
        }
        let (name, text) = self.texts.get_key_value(name)?;
        let found = Rc::new(read_type(name, text, self.minor));
        self.read.borrow_mut().insert(name, found.clone());
        Some(found)
    }
}

impl Type {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        let found = self.fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        self.fields.get(found)
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The versions of Kubernetes that have a field which this one has not.
    pub(super) fn versions_of(&self, name: &str) -> Option<&'static str> {
        self.others.iter().find(|(other, _)| *other == name).map(|(_, versions)| *versions)
    }
}

/// The types in a text: a name without indentation, below it a line a field.
fn blocks(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
    let mut heads = starts.filter(|at| text.as_bytes().get(*at).is_some_and(|b| *b != b' ' && *b != b'#')).peekable();
    std::iter::from_fn(move || {
        let block = &text[heads.next()?..heads.peek().copied().unwrap_or(text.len())];
        block.split_once('\n')
    })
}

fn read_type(name: &str, text: &'static str, minor: u8) -> Type {
    let mut fields = Vec::new();
    let mut others = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix(' ')) {
        let mut words = line.split(' ');
        let (Some(key), Some(shape)) = (words.next(), words.next()) else { continue };
        let versions = words.next().unwrap_or_default();
        let name = key.trim_end_matches('!');
        match in_versions(minor, versions) {
            true => fields.push(Field { name, required: key.ends_with('!'), shape: Shape::read(shape) }),
            false => others.push((name, versions)),
        }
    }
    fields.sort_by(|a, b| a.name.cmp(b.name));
    others.retain(|(name, _)| fields.binary_search_by(|field| field.name.cmp(name)).is_err());
    Type { fields, others, rules: rules::of_type(name) }
}

/// Whether `25-27,30-` covers a version; nothing covers all.
pub(super) fn in_versions(minor: u8, versions: &str) -> bool {
    let bound = |text: &str, open: u8| text.parse().unwrap_or(open);
    versions.is_empty()
        || versions.split(',').any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            (bound(from, 0)..=bound(to, u8::MAX)).contains(&minor)
        })
}

impl Shape {
    fn read(text: &'static str) -> Shape {
        if let Some(values) = text.strip_prefix("string(") {
            return Shape::Enum(values.trim_end_matches(')'));
        }
        if let Some((item, keys)) = text.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')) {
            let identity = match keys.strip_prefix('#') {
                None => Identity::Place,
                Some("") => Identity::Whole,
                Some(keys) => Identity::Fields(keys.split(',').collect()),
            };
            return Shape::List(Box::new(Shape::read(item)), identity);
        }
        if let Some(value) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            return Shape::Map(Box::new(Shape::read(value)));
        }
        match text {
            "any" => Shape::Any,
            "object" => Shape::Object,
            "boolean" => Shape::Bool,
            "int32" => Shape::Int32,
            "int64" => Shape::Int64,
            "number" => Shape::Number,
            "string" => Shape::Text,
            "bytes" => Shape::Bytes,
            "time" => Shape::Time,
            "quantity" => Shape::Quantity,
            "int-or-string" => Shape::IntOrString,
            "schemas" | "schema-or-bool" => Shape::Schemas,
            name => Shape::Type(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(shape: &Shape) -> Option<&'static str> {
        match shape {
            Shape::Type(name) => Some(name),
            Shape::List(item, _) | Shape::Map(item) => below(item),
            _ => None,
        }
    }

    #[test]
    fn every_type_that_a_field_names_is_there() {
        for minor in 25..=37 {
            let types = Types::new(minor);
            for name in types.texts.keys() {
                let found = types.get(name).expect("a type of the text");
                for field in found.fields() {
                    assert!(below(&field.shape).is_none_or(|name| types.get(name).is_some()), "{name}.{}", field.name);
                }
                let names: Vec<_> = found.fields().iter().map(|field| field.name).collect();
                assert!(names.is_sorted_by(|a, b| a < b), "1.{minor}: {name} has a field twice: {names:?}");
            }
        }
    }

    #[test]
    fn a_field_belongs_to_versions() {
        let field = |minor, owner: &str, name: &str| {
            let found = Types::new(minor).get(owner).expect("a type");
            found.field(name).map(|field| field.shape.clone())
        };
        assert_eq!(field(25, "core.v1.PodSpec", "resourceClaims"), None);
        assert!(field(26, "core.v1.PodSpec", "resourceClaims").is_some());
        assert_eq!(field(35, "core.v1.ContainerPort", "protocol"), Some(Shape::Enum("|SCTP|TCP|UDP")));
        assert_eq!(Types::new(25).get("core.v1.PodSpec").unwrap().versions_of("resourceClaims"), Some("26-"));
        assert!(in_versions(30, "25-27,30-") && !in_versions(28, "25-27,30-") && in_versions(25, "25-25"));
    }

    #[test]
    fn every_rule_is_for_a_type_that_exists() {
        let texts: HashMap<_, _> = blocks(TYPES).collect();
        for (name, _) in rules::TABLE {
            assert!(texts.contains_key(name), "{name}");
        }
    }
}
