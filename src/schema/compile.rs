//! From the text of a schema to its validator, and what can be wrong on the way.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind as Found;
use jsonschema::{Draft, ReferencingError, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value as Json;

use crate::diag::{Diagnostic, Source, Span};

use super::document::Document;
use super::json::{Values, from_json};
use super::violation::{Report, Violation, report};
use super::{locate, patterns, read};

/// A schema that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong, each with its place in the schema.
    pub problems: Vec<Diagnostic>,
}

impl From<Diagnostic> for SchemaError {
    fn from(problem: Diagnostic) -> Self {
        SchemaError { problems: vec![problem] }
    }
}

fn problem(span: Span, title: impl Into<String>, label: impl Into<String>) -> Diagnostic {
    Diagnostic::error(title).label(span, label)
}

/// The text, read.
pub(super) fn read_document(source: &Arc<Source>) -> Result<Document, SchemaError> {
    let json: Json = serde_json::from_slice(text(source)).map_err(|error| not_json(source, &error))?;
    let draft = draft_of(&json).map_err(|uri| unknown_draft(source, &uri))?;
    let rewritten = patterns::rewrite(&json);
    Ok(Document { json, rewritten, draft, source: source.clone() })
}

/// The text without a byte order mark, which Helm passes over in every file of a chart.
pub(super) fn text(source: &Source) -> &[u8] {
    source.text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&source.text)
}

fn not_json(source: &Source, error: &serde_json::Error) -> SchemaError {
    if text(source).iter().all(u8::is_ascii_whitespace) {
        return problem(source.span(), "the schema is empty", "")
            .help("a schema that allows everything is `{}`; without a schema, delete the file")
            .into();
    }
    let line = source.line_span(error.line());
    let mark = if error.line() == 1 { source.text.len() - text(source).len() } else { 0 };
    let at = source.offset(line.start) + mark + error.column().saturating_sub(1);
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    problem(source.range(at..at + 1), "the schema is not valid JSON", message).into()
}

/// The draft that `$schema` names; Helm takes the latest one where it names none.
fn draft_of(json: &Json) -> Result<Draft, String> {
    let Some(uri) = json.get("$schema").and_then(Json::as_str) else { return Ok(Draft::Draft202012) };
    draft_named(uri).ok_or_else(|| uri.to_owned())
}

/// The draft that has an address.
pub(super) fn draft_named(uri: &str) -> Option<Draft> {
    let plain = uri.strip_suffix('#').unwrap_or(uri);
    let plain = plain.strip_prefix("http://").or_else(|| plain.strip_prefix("https://")).unwrap_or(plain);
    match plain {
        "json-schema.org/schema" | "json-schema.org/draft/2020-12/schema" => Some(Draft::Draft202012),
        "json-schema.org/draft/2019-09/schema" => Some(Draft::Draft201909),
        "json-schema.org/draft-07/schema" => Some(Draft::Draft7),
        "json-schema.org/draft-06/schema" => Some(Draft::Draft6),
        "json-schema.org/draft-04/schema" => Some(Draft::Draft4),
        _ => None,
    }
}

fn unknown_draft(source: &Source, uri: &str) -> SchemaError {
    let place = locate::locate(&source.text, &["$schema".to_owned()]);
    let span = place.map_or_else(|| source.span(), |place| source.range(place.value));
    let title = format!("`{uri}` is not a draft of JSON Schema that is known here");
    problem(span, title, "nothing is fetched to learn what it means")
        .note("known are draft-04, draft-06, draft-07, 2019-09 and 2020-12")
        .help("write, for example, \"$schema\": \"http://json-schema.org/draft-07/schema#\"")
        .into()
}

/// Answers every reference to another document with a schema that allows everything, and keeps a list of them.
///
/// Helm looks at a reference only where validation can come by it, the crate at all of them; which of the two sorts one
/// is turns out afterwards.
#[derive(Debug, Clone, Default)]
pub(super) struct NoFetch(Arc<Mutex<Vec<String>>>);

impl NoFetch {
    fn wanted(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Retrieve for NoFetch {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(uri.as_str().to_owned());
        Ok(Json::Bool(true))
    }
}

/// A validator for a schema, and what to warn of.
pub(super) fn compile(document: &Document) -> Result<(Validator<Values>, Vec<Diagnostic>), SchemaError> {
    let fetch = NoFetch::default();
    let built = document.options(fetch.clone()).build(document.rewritten());
    let wanted = fetch.wanted();
    let outside = if wanted.is_empty() { Vec::new() } else { outside(document, &wanted) };
    let (urns, refused): (Vec<_>, Vec<_>) = outside.into_iter().partition(|(_, uri)| uri.starts_with("urn:"));
    if !refused.is_empty() {
        return Err(SchemaError {
            problems: refused.into_iter().map(|(at, uri)| not_fetched(document, &at, &uri)).collect(),
        });
    }
    match built {
        Ok(validator) => Ok((validator, urns.iter().map(|(at, uri)| urn_ignored(document, at, uri)).collect())),
        Err(error) => Err(invalid(document, &error)),
    }
}

fn not_fetched(document: &Document, at: &[String], uri: &str) -> Diagnostic {
    let what = if uri.starts_with("http") { "another server" } else { "another file" };
    let title = format!("the schema refers to {what}: `{uri}`");
    problem(span(document, at), title, "nothing outside this file is read")
        .help("copy that schema under \"$defs\" here and refer to it as \"#/$defs/…\"")
}

fn urn_ignored(document: &Document, at: &[String], uri: &str) -> Diagnostic {
    Diagnostic::warning(format!("the reference `{uri}` is not resolved and allows everything"))
        .label(span(document, at), "as in Helm")
}

fn span(document: &Document, pointer: &[String]) -> Span {
    document.span(pointer).unwrap_or_else(|| document.source.span())
}

/// The references that validation can come by and that lead to one of the wanted documents.
fn outside(document: &Document, wanted: &[String]) -> Vec<(Vec<String>, String)> {
    let leads_to = |reference: &str| {
        let file = reference.split('#').next().unwrap_or_default().trim_start_matches("./");
        wanted.iter().find(|uri| !file.is_empty() && uri.ends_with(file.trim_start_matches("../"))).map(|uri| {
            if file.contains(':') { file.to_owned() } else { uri.trim_start_matches("json-schema:///").to_owned() }
        })
    };
    let references = references(document).into_iter();
    references.filter_map(|(at, reference)| Some((at, leads_to(&reference)?))).collect()
}

/// The references that validation can come by, with their places: from the root through the keywords that hold schemas
/// and through references into this document.
fn references(document: &Document) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![Vec::new()];
    while let Some(at) = open.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        let Some(Json::Object(schema)) = document.get(&at) else { continue };
        let alone = document.draft < Draft::Draft201909 && schema.contains_key("$ref");
        for (keyword, value) in schema {
            let below = [at.as_slice(), std::slice::from_ref(keyword)].concat();
            match (keyword.as_str(), value) {
                ("$ref" | "$dynamicRef" | "$recursiveRef", Json::String(reference)) => {
                    open.extend(targets(document, reference));
                    found.push((below, reference.clone()));
                }
                (keyword, value) if !alone => open.extend(schemas_in(keyword, value, &below)),
                _ => {}
            }
        }
    }
    found
}

/// Where a reference leads: one place for a pointer, every definition for an anchor or an `$id`.
fn targets(document: &Document, reference: &str) -> Vec<Vec<String>> {
    match reference.strip_prefix('#') {
        Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
            vec![locate::tokens(&pointer.replace("%20", " "))]
        }
        _ => ["$defs", "definitions"].iter().flat_map(|keyword| named_in(document, keyword)).collect(),
    }
}

fn named_in(document: &Document, keyword: &str) -> Vec<Vec<String>> {
    let names = document.json.get(keyword).and_then(Json::as_object);
    names.into_iter().flatten().map(|(name, _)| vec![keyword.to_owned(), name.clone()]).collect()
}

/// The schemas that a keyword holds.
fn schemas_in(keyword: &str, value: &Json, at: &[String]) -> Vec<Vec<String>> {
    let each = |names: Vec<String>| names.into_iter().map(|name| [at, &[name]].concat()).collect();
    match (keyword, value) {
        ("properties" | "patternProperties" | "dependentSchemas" | "dependencies", Json::Object(schemas)) => {
            each(schemas.keys().cloned().collect())
        }
        ("allOf" | "anyOf" | "oneOf" | "items" | "prefixItems", Json::Array(schemas)) => {
            each((0..schemas.len()).map(|i| i.to_string()).collect())
        }
        (
            "items"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "propertyNames"
            | "not"
            | "if"
            | "then"
            | "else",
            _,
        ) => vec![at.to_vec()],
        _ => Vec::new(),
    }
}

/// Why the validator was not built.
fn invalid(document: &Document, error: &ValidationError<'_>) -> SchemaError {
    if let Found::Referencing(error) = error.kind() {
        return unresolved(document, error).into();
    }
    let at = document.own_pointer(error.instance_path().as_str());
    if let Found::Format { format } = error.kind()
        && format == "regex"
    {
        return bad_pattern(document, &at).into();
    }
    let report = against_meta_schema(document);
    if report.violations.is_empty() {
        return problem(span(document, &at), "the schema is not valid", error.to_string()).into();
    }
    SchemaError { problems: report.violations.iter().map(|violation| misused(document, violation)).collect() }
}

fn bad_pattern(document: &Document, at: &[String]) -> Diagnostic {
    // A name under `patternProperties` is checked as a name, and so told at the map of them.
    let pattern = document.get(at).and_then(Json::as_str).unwrap_or_default();
    let title = format!("`{pattern}` is not a regular expression that can be used here");
    problem(span(document, at), title, "")
        .help("look-around such as `(?=…)` and back-references are not supported, as in Helm")
}

fn unresolved(document: &Document, error: &ReferencingError) -> Diagnostic {
    let target = match error {
        ReferencingError::PointerToNowhere { pointer } => pointer.as_str(),
        ReferencingError::NoSuchAnchor { anchor } | ReferencingError::InvalidAnchor { anchor } => anchor.as_str(),
        _ => "",
    };
    let references = references(document);
    let found = references.iter().find(|(_, reference)| !target.is_empty() && reference.ends_with(target));
    match found {
        Some((at, reference)) => problem(span(document, at), format!("`{reference}` leads nowhere in this schema"), ""),
        None => problem(document.source.span(), "a reference in the schema cannot be resolved", error.to_string()),
    }
}

/// The schema checked as a value against the schema of its draft.
fn against_meta_schema(document: &Document) -> Report {
    let values = from_json(&document.json);
    let Ok(validator) = jsonschema::meta::validator_for(&document.json) else { return Report::default() };
    let (draft, source) = (document.draft, document.source.clone());
    let meta = Document { json: Json::Null, rewritten: patterns::Rewritten::default(), draft, source };
    let context = read::Context { values: &values, schema: &meta, show_secrets: true };
    let place = |path: &crate::value::Path| {
        let pointer: Vec<_> = locate::tokens(&super::helm::pointer(path));
        document.span(&pointer)
    };
    report(&context, &place, validator.iter_errors(&document.json))
}

fn misused(document: &Document, violation: &Violation) -> Diagnostic {
    let span = violation.place.unwrap_or_else(|| document.source.span());
    let title = format!("the schema is not valid: {}", violation.title());
    let mut diagnostic = problem(span, title, violation.asks.clone());
    diagnostic.notes.clone_from(&violation.notes);
    // The other advice is about YAML and the command line.
    if matches!(violation.keyword.as_str(), "enum" | "anyOf") {
        diagnostic.help.clone_from(&violation.help);
    }
    diagnostic
}
