//! What the validator found, as the tree that Helm's validator would have built.
//!
//! The jsonschema crate lists every failed keyword side by side; Helm's validator nests them by `allOf`, by references
//! and by values, stops at the first of `type`, `const`, `enum` and `format` in one schema object, and says once which
//! properties are missing. The evaluation path of an error says where in that tree it belongs.

use indexmap::IndexMap;
use jsonschema::JsonType;
use serde_json::Value as Json;

use crate::value::{Path, Segment};

use super::document::{descends, schema_steps};
use super::helm::quote_all;

/// A failed keyword, or several that belong together.
#[derive(Debug)]
pub(super) struct Failure {
    /// The value that it is about.
    pub at: Path,
    /// What failed.
    pub kind: Kind,
    /// What Helm says after `at '…': `.
    pub helm: String,
    /// The keyword in the schema.
    pub rule: Rule,
    /// What failed below it.
    pub causes: Vec<Failure>,
}

/// Where a keyword stands in the schema, and how the validator came there.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    /// The JSON pointer of the keyword.
    pub pointer: Vec<String>,
    /// The keywords and names on the way, `$ref` among them.
    pub route: Vec<String>,
}

impl Rule {
    /// The place of an enclosing keyword.
    pub fn up_to(mut self, keyword: &str) -> Self {
        for tokens in [&mut self.pointer, &mut self.route] {
            if let Some(last) = tokens.iter().rposition(|token| token == keyword) {
                tokens.truncate(last + 1);
            }
        }
        self
    }

    /// Another keyword in the same schema object.
    pub fn beside(&self, keyword: &str) -> Self {
        let mut rule = self.clone();
        for tokens in [&mut rule.pointer, &mut rule.route] {
            tokens.pop();
            tokens.push(keyword.to_owned());
        }
        rule
    }

    /// The keyword itself.
    pub fn keyword(&self) -> &str {
        self.route.last().map_or("", String::as_str)
    }
}

/// The kinds of [`Failure`], with what the schema asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Several failures in one schema object.
    Group,
    /// Several failures behind a `$ref`.
    Reference,
    /// One or more parts of an `allOf`.
    AllOf,
    /// Every branch of an `anyOf`.
    AnyOf,
    /// Every branch of a `oneOf`, or none of two branches.
    OneOf(Option<(usize, usize)>),
    /// The value has another type than these.
    Type(Vec<JsonType>),
    /// Properties are missing.
    Required(Vec<String>),
    /// Properties are missing which another one needs.
    Dependent { on: String, missing: Vec<String> },
    /// Properties are there which may not be.
    Unknown(Vec<String>),
    /// The value is none of these.
    Enum(Vec<Json>),
    /// The value is not this one.
    Const(Json),
    /// The value is too small or too large, too short or too long; the keyword says which, this is the limit.
    Limit(f64),
    /// The text does not match a pattern.
    Pattern(String),
    /// The text does not have a format; the reason.
    Format(String, String),
    /// The value fits a schema that it may not fit.
    Not,
    /// The value may not be there.
    False,
    /// Too few or too many items fit the schema of `contains`.
    Contains,
    /// The name of a property is not allowed.
    PropertyName(String),
    /// Two items are the same.
    Unique(usize, usize),
    /// There are more items than a list of schemas has.
    ExtraItems(usize),
    /// Something else, in the validator's words.
    Other,
}

/// An error on its way into the tree.
pub(super) struct Item {
    steps: Vec<Step>,
    failure: Failure,
}

impl Item {
    /// `object` is the way to the schema object in which the failure is.
    pub fn new(object: &[String], failure: Failure) -> Self {
        Item { steps: steps(object, &failure.at), failure }
    }

    /// How many steps lead to a schema object.
    pub fn depth(object: &[String], at: &Path) -> usize {
        steps(object, at).len()
    }
}

/// One step from a schema object into one below it, and from a value into one below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Step {
    keyword: String,
    argument: Option<String>,
    child: Option<Segment>,
}

/// The steps along the way to a schema object.
fn steps(object: &[String], at: &Path) -> Vec<Step> {
    let mut children = at.segments().iter();
    let step = |(keyword, argument): (&str, Option<&str>)| Step {
        keyword: keyword.to_owned(),
        argument: argument.map(str::to_owned),
        child: if descends(keyword) { children.next().cloned() } else { None },
    };
    schema_steps(object).into_iter().map(step).collect()
}

/// The tree of all errors that lie `depth` steps down or deeper, below the value at `at`.
pub(super) fn tree(items: Vec<Item>, depth: usize, at: &Path) -> Option<Failure> {
    let (own, below): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.steps.len() <= depth);
    let mut own: Vec<Failure> = own.into_iter().map(|item| item.failure).collect();
    let decisive = |own: &[Failure], keyword| own.iter().position(|f: &Failure| f.rule.keyword() == keyword);
    if let Some(first) = ["type", "const", "enum", "format"].into_iter().find_map(|keyword| decisive(&own, keyword)) {
        return Some(own.swap_remove(first));
    }
    let mut parts = merge_missing(own);
    parts.extend(parts_below(below, depth, at));
    parts.sort_by_key(|failure| failure.1);
    group(parts.into_iter().map(|(failure, _)| failure).collect(), at)
}

/// The failures of the schema objects below this one, with their rank among the keywords.
fn parts_below(items: Vec<Item>, depth: usize, at: &Path) -> Vec<(Failure, usize)> {
    let mut groups: IndexMap<Step, Vec<Item>> = IndexMap::new();
    for item in items {
        let step = item.steps[depth].clone();
        groups.entry(step).or_default().push(item);
    }
    let (mut parts, mut all_of) = (Vec::new(), Vec::new());
    for (step, items) in groups {
        let below = step.child.iter().cloned().fold(at.clone(), |at, segment| match segment {
            Segment::Key(key) => at.key(key),
            Segment::Index(index) => at.index(index),
        });
        match (step.keyword.as_str(), tree(items, depth + 1, &below)) {
            (_, None) => {}
            ("allOf", Some(failure)) => all_of.push(failure),
            ("$ref" | "$recursiveRef" | "$dynamicRef", Some(failure)) => {
                parts.push((referred(failure, at), rank(&step.keyword)));
            }
            (keyword, Some(failure)) => parts.push((failure, rank(keyword))),
        }
    }
    if !all_of.is_empty() {
        parts.push((Failure::container(Kind::AllOf, "'allOf' failed", at, all_of), rank("allOf")));
    }
    parts
}

impl Failure {
    fn container(kind: Kind, helm: &str, at: &Path, causes: Vec<Failure>) -> Self {
        Failure { at: at.clone(), kind, helm: helm.to_owned(), rule: Rule::default(), causes }
    }

    /// Counts its paths from the root, where it was found by checking one value against one part of the schema.
    pub fn move_below(&mut self, value: &Path, part: &Rule) {
        self.at = Path::from([value.segments(), self.at.segments()].concat());
        // What is found behind a reference is told by its place in the whole schema.
        if !self.rule.route.iter().any(|token| token == "$ref") {
            self.rule.pointer.splice(0..0, part.pointer.iter().cloned());
        }
        self.rule.route.splice(0..0, part.route.iter().cloned());
        self.causes.iter_mut().for_each(|cause| cause.move_below(value, part));
    }

    /// The failures that say something by themselves.
    pub fn leaves(&self) -> Vec<&Failure> {
        match self.kind {
            Kind::Group | Kind::Reference | Kind::AllOf => self.causes.iter().flat_map(Failure::leaves).collect(),
            _ => vec![self],
        }
    }
}

/// One failure stands for itself, several make a group.
fn group(mut parts: Vec<Failure>, at: &Path) -> Option<Failure> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Failure::container(Kind::Group, "validation failed", at, parts)),
    }
}

/// A reference adds nothing to a single failure behind it and keeps several apart from its neighbours.
fn referred(failure: Failure, at: &Path) -> Failure {
    match failure.kind {
        Kind::Group => Failure { kind: Kind::Reference, at: at.clone(), ..failure },
        _ => failure,
    }
}

/// The crate reports missing properties one by one, Helm all those of one `required` at once.
fn merge_missing(own: Vec<Failure>) -> Vec<(Failure, usize)> {
    let mut merged: Vec<Failure> = Vec::new();
    for mut failure in own {
        if !merged.iter_mut().any(|earlier| earlier.absorb(&mut failure)) {
            merged.push(failure);
        }
    }
    merged.iter_mut().for_each(arrange_name);
    let ranked = |failure: Failure| {
        let rank = rank(failure.rule.keyword());
        (failure, rank)
    };
    merged.into_iter().map(ranked).collect()
}

/// What is wrong with the name of a property, as a tree of its own.
fn arrange_name(failure: &mut Failure) {
    if !matches!(failure.kind, Kind::PropertyName(_)) {
        return;
    }
    let item = |cause: Failure| {
        let object = cause.rule.route.split_last().map_or(Vec::new(), |(_, object)| object.to_vec());
        Item::new(&object, cause)
    };
    let items = std::mem::take(&mut failure.causes).into_iter().map(item).collect();
    match tree(items, Item::depth(&failure.rule.route, &Path::root()), &Path::root()) {
        Some(Failure { kind: Kind::Group, causes, .. }) => failure.causes = causes,
        other => failure.causes.extend(other),
    }
}

impl Failure {
    /// Takes in another failure of the same keyword, where that makes one message of two.
    fn absorb(&mut self, other: &mut Failure) -> bool {
        if self.rule.route != other.rule.route || self.at != other.at {
            return false;
        }
        match (&mut self.kind, &other.kind) {
            (Kind::Required(missing), Kind::Required(more)) => {
                missing.extend(more.iter().cloned());
                self.helm = missing_properties(missing);
            }
            (Kind::Dependent { on, missing }, Kind::Dependent { on: same, missing: more }) if on == same => {
                missing.extend(more.iter().cloned());
                self.helm = dependent_properties(on, missing);
            }
            (Kind::PropertyName(name), Kind::PropertyName(same)) if name == same => {
                self.causes.append(&mut other.causes)
            }
            _ => return false,
        }
        true
    }
}

/// Helm's words for `required`.
pub(super) fn missing_properties(missing: &[String]) -> String {
    let names = quote_all(missing.iter().map(String::as_str));
    format!("missing {} {names}", if missing.len() == 1 { "property" } else { "properties" })
}

/// Helm's words for `dependentRequired` and its predecessor `dependencies`.
pub(super) fn dependent_properties(on: &str, missing: &[String]) -> String {
    let names = quote_all(missing.iter().map(String::as_str));
    format!("properties {names} required, if {} exists", quote_all([on]))
}

/// The order in which Helm's validator takes the keywords of one schema object.
fn rank(keyword: &str) -> usize {
    const ORDER: [&str; 38] = [
        "$ref",
        "minProperties",
        "maxProperties",
        "required",
        "properties",
        "patternProperties",
        "propertyNames",
        "dependentSchemas",
        "dependentRequired",
        "minItems",
        "maxItems",
        "uniqueItems",
        "items",
        "prefixItems",
        "additionalItems",
        "contains",
        "minContains",
        "maxContains",
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "$recursiveRef",
        "$dynamicRef",
        "not",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "else",
        "unevaluatedProperties",
        "unevaluatedItems",
        "",
    ];
    let keyword = match keyword {
        "dependencies" => "required",
        "additionalProperties" => "patternProperties",
        keyword => keyword,
    };
    ORDER.iter().position(|k| *k == keyword).unwrap_or(ORDER.len())
}
