//! The schema as it was written: its parts by JSON pointer, their places in the file, the chart's own messages.

use std::ops::Range;
use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, ValidationError, ValidationOptions, ValidatorMap};
use serde_json::Value as Json;

use crate::diag::{Source, Span};

use super::compile::NoFetch;
use super::failure::Rule;
use super::json::Values;
use super::patterns::Rewritten;
use super::{formats, locate};

/// The keyword with which a chart says a rule in its own words.
const MESSAGE: &str = "x-render-message";

/// The schema as it was written.
#[derive(Debug)]
pub(super) struct Document {
    /// The schema as the chart has it.
    pub json: Json,
    /// What of it the crate takes otherwise.
    pub rewritten: Rewritten,
    pub draft: Draft,
    pub source: Arc<Source>,
}

impl Document {
    /// The schema as the crate takes it.
    pub fn rewritten(&self) -> &Json {
        self.rewritten.json.as_ref().unwrap_or(&self.json)
    }

    /// The part that a pointer leads to.
    pub fn get(&self, pointer: &[String]) -> Option<&Json> {
        pointer.iter().try_fold(&self.json, |json, token| step(json, token))
    }

    /// Where a part stands: its key, where it has one, and its value.
    pub fn span(&self, pointer: &[String]) -> Option<Span> {
        let place = locate::locate(&self.source.text, pointer)?;
        let start = place.key.map_or(place.value.start, |key| key.start);
        Some(self.source.range(start..place.value.end))
    }

    /// The number, or an item of the list of them, at a place, as it was written.
    pub fn number(&self, pointer: &[String], item: Option<usize>) -> Option<String> {
        let tokens: Vec<_> = pointer.iter().cloned().chain(item.map(|i| i.to_string())).collect();
        let Range { start, end } = locate::locate(&self.source.text, &tokens)?.value;
        let text = std::str::from_utf8(self.source.text.get(start..end)?).ok()?;
        self.get(&tokens)?.is_number().then(|| text.to_owned())
    }

    /// A pointer as a URI fragment.
    pub fn fragment(pointer: &[String]) -> String {
        let escaped = pointer.iter().map(|token| token.replace('~', "~0").replace('/', "~1"));
        escaped.fold("#".to_owned(), |uri, token| uri + "/" + &token)
    }

    /// How this schema is compiled.
    pub fn options(&self, fetch: NoFetch) -> ValidationOptions<'static, Arc<dyn jsonschema::Retrieve>, Values> {
        let options = jsonschema::options_for::<Values>()
            .with_draft(self.draft)
            .with_retriever(fetch)
            .with_pattern_options(PatternOptions::regex())
            // Helm takes these as annotations.
            .without_content_encoding_support("base64")
            .without_content_media_type_support("application/json");
        formats::NAMES
            .iter()
            .fold(options, |options, name| options.with_format(*name, |text: &str| formats::check(name, text).is_ok()))
    }

    /// Where a keyword stands that the validator names, in the chart's own spelling.
    pub fn rule(&self, error: &ValidationError<'_>) -> Rule {
        Rule {
            pointer: self.own_pointer(error.schema_path().as_str()),
            route: self.own_pointer(error.evaluation_path().as_str()),
        }
    }

    /// A pointer into the rewritten schema as one into the chart's.
    pub fn own_pointer(&self, pointer: &str) -> Vec<String> {
        let own = |token: String| self.rewritten.names.get(&token).cloned().unwrap_or(token);
        locate::tokens(pointer).into_iter().map(own).collect()
    }

    /// A validator for each part of the schema, by the pointers of the rewritten one.
    pub fn parts(&self) -> Option<ValidatorMap<Values>> {
        self.options(NoFetch::default()).build_map(self.rewritten()).ok()
    }

    /// What the chart says about a failed keyword; `property` is the one that is missing, where one is.
    ///
    /// The nearest `x-render-message` counts, first in the schema object of the keyword, then outwards as far as keywords
    /// such as `allOf`, `then` and `$ref` lead: these put one rule together from parts, whereas `properties` begins
    /// another rule for another value.
    pub fn message(&self, rule: &Rule, property: Option<&str>) -> Option<String> {
        let objects = self.objects(rule);
        let own = objects.last().and_then(|(_, object)| *object);
        let named = property.and_then(|name| own?.get("properties")?.get(name));
        let first_part = objects.iter().position(|(part, _)| *part).unwrap_or(objects.len());
        let enclosing = objects[first_part.saturating_sub(1)..].iter().rev().filter_map(|(_, object)| *object);
        named.into_iter().chain(enclosing).find_map(|object| message_of(object, rule.keyword()))
    }

    /// The title that the schema object of a keyword's branch has.
    pub fn title(&self, pointer: &[String]) -> Option<&str> {
        self.get(pointer)?.get("title")?.as_str()
    }

    /// The schema objects on the way to a keyword, outermost first, each with whether it is a part of the one before.
    /// One behind a reference that does not lead into this very document is not known.
    fn objects(&self, rule: &Rule) -> Vec<(bool, Option<&Json>)> {
        let object = rule.route.split_last().map_or(&[][..], |(_, object)| object);
        let mut at = Some(&self.json);
        let mut objects = vec![(false, at)];
        for (keyword, argument) in schema_steps(object) {
            let below = at.and_then(|json| step(json, keyword));
            at = match (below, argument) {
                (Some(Json::String(reference)), _) => self.target(reference),
                (below, Some(argument)) => below.and_then(|json| step(json, argument)),
                (below, None) => below,
            };
            objects.push((!descends(keyword), at));
        }
        objects
    }

    /// The keys that a schema object lists, and those that its parts list.
    pub fn known(&self, object: &[String]) -> Vec<&str> {
        let mut known = Vec::new();
        if let Some(schema) = self.get(object) {
            self.gather_known(schema, 0, &mut known);
        }
        known
    }

    fn gather_known<'a>(&'a self, schema: &'a Json, depth: usize, known: &mut Vec<&'a str>) {
        // References may run in circles.
        if depth > 8 {
            return;
        }
        for key in schema.get("properties").and_then(Json::as_object).into_iter().flat_map(|keys| keys.keys()) {
            if !known.contains(&key.as_str()) {
                known.push(key);
            }
        }
        let listed = ["allOf", "anyOf", "oneOf"].iter().filter_map(|k| schema.get(k)?.as_array()).flatten();
        let single = ["if", "then", "else"].iter().filter_map(|k| schema.get(k));
        let referred = schema.get("$ref").and_then(Json::as_str).and_then(|reference| self.target(reference));
        listed.chain(single).chain(referred).for_each(|part| self.gather_known(part, depth + 1, known));
    }

    /// What a reference into this document leads to.
    pub fn target(&self, reference: &str) -> Option<&Json> {
        self.get(&locate::tokens(&reference.strip_prefix('#')?.replace("%20", " ")))
    }
}

fn step<'a>(json: &'a Json, token: &str) -> Option<&'a Json> {
    match json {
        Json::Object(entries) => entries.get(token),
        Json::Array(items) => items.get(token.parse::<usize>().ok()?),
        _ => None,
    }
}

fn message_of(object: &Json, keyword: &str) -> Option<String> {
    match object.get(MESSAGE)? {
        Json::String(message) => Some(message.clone()),
        messages => messages.get(keyword)?.as_str().map(str::to_owned),
    }
}

/// The steps from one schema object to the next along a pointer: a keyword, and a name or number where it has several
/// schemas.
pub(super) fn schema_steps(mut route: &[String]) -> Vec<(&str, Option<&str>)> {
    let mut steps = Vec::new();
    while let Some((keyword, rest)) = route.split_first() {
        let several = match keyword.as_str() {
            "properties" | "patternProperties" | "prefixItems" | "allOf" | "anyOf" | "oneOf" | "dependentSchemas"
            | "dependencies" => true,
            "items" => rest.first().is_some_and(|token| token.parse::<usize>().is_ok()),
            _ => false,
        };
        route = rest;
        let argument = if several { route.split_off_first().map(String::as_str) } else { None };
        steps.push((keyword.as_str(), argument));
    }
    steps
}

/// Whether the schema of a keyword is about a part of the value, not about the value itself.
pub(super) fn descends(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties"
            | "patternProperties"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "prefixItems"
            | "items"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains"
    )
}
