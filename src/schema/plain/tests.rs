//! A plain yes against the crate, which it must never contradict.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::diag::{Source, SourceKind, Sources};
use crate::schema::json::from_json;
use crate::schema::{Schema, SchemaError};

fn source(text: &str) -> Arc<Source> {
    Sources::default().add("values.schema.json", SourceKind::Schema, text.as_bytes()).unwrap()
}

/// What is read off a schema and what the crate says, which may say more.
fn compare(schema: &Json, values: &Json) -> Option<bool> {
    let text = schema.to_string();
    let node = Node::read(text.as_bytes())?;
    let values = from_json(values);
    let plain = verdict(&node, &values);
    if draft(&node).is_some() && forms::are_known(&node) {
        let compiled: Result<Schema, SchemaError> = Schema::compile(&source(&text));
        let compiled = compiled.unwrap_or_else(|err| panic!("{text} does not compile: {:?}", err.problems[0].title));
        assert!(compiled.warnings().is_empty(), "{text} warns");
        if let Some(plain) = plain {
            assert_eq!(plain, compiled.accepts(&values), "{text} of {values:?}");
        }
    }
    plain
}

#[test]
fn says_what_the_crate_says_or_nothing() {
    let shared = json!({"$defs": {"a": {"type": "string"}, "loop": {"$ref": "#/$defs/loop"}}});
    for (schema, values, want) in [
        (json!({}), json!({"a": 1}), Some(true)),
        (json!({"type": "integer"}), json!(1), Some(true)),
        (json!({"type": "integer"}), json!(1.0), Some(true)),
        (json!({"type": ["string", "null"]}), json!(1.5), Some(false)),
        (json!({"type": "text"}), json!(1), None),
        (json!({"type": []}), json!(1), None),
        (json!({"type": ["null", "null"]}), json!(null), None),
        (json!({"const": 1.0}), json!(1), None),
        (json!({"const": 1}), json!(1), Some(true)),
        (json!({"enum": ["a", 1, null]}), json!(null), Some(true)),
        (json!({"enum": [[1]]}), json!([1]), None),
        (json!({"minimum": 9_007_199_254_740_993_i64}), json!(1), None),
        (json!({"maximum": 3}), json!(9_007_199_254_740_993_i64), None),
        (json!({"exclusiveMaximum": 3}), json!(3), Some(false)),
        (json!({"exclusiveMaximum": true}), json!(3), None),
        (json!({"minLength": 2, "maxLength": 2}), json!("éé"), Some(true)),
        (json!({"minLength": -1}), json!("a"), None),
        (json!({"minLength": 1.0}), json!("a"), None),
        (json!({"required": ["a", "a"]}), json!({"a": 1}), None),
        (json!({"required": ["a"]}), json!({"b": 1}), Some(false)),
        (json!({"properties": {"a": {"type": "null"}}, "additionalProperties": false}), json!({"b": 1}), Some(false)),
        (json!({"patternProperties": {"^a": false}, "additionalProperties": true}), json!({"ba": 1}), Some(true)),
        (json!({"patternProperties": {"(?=a)": true}}), json!({}), None),
        (json!({"propertyNames": {"maxLength": 1}}), json!({"ab": 1}), Some(false)),
        (json!({"items": {"type": "string"}}), json!(["a"]), Some(true)),
        (json!({"items": [{"type": "string"}]}), json!(["a"]), None),
        (json!({"uniqueItems": true}), json!(["a", "b"]), Some(true)),
        (json!({"uniqueItems": true}), json!([1, 2]), None),
        (json!({"oneOf": [{"type": "null"}, true, {"type": "number"}]}), json!(1), Some(false)),
        (json!({"anyOf": []}), json!(1), None),
        (json!({"not": {"const": 1.0}}), json!(1), None),
        (json!({"not": {"type": "null"}}), json!(1), Some(true)),
        (json!({"if": {"type": "null"}, "then": false, "else": {"minimum": 2}}), json!(1), Some(false)),
        (json!({"pattern": "^\\d{2}$"}), json!("12"), Some(true)),
        (json!({"pattern": "^(..........){999}$"}), json!("12"), None),
        (json!({"pattern": "\\s"}), json!(" "), None),
        (json!({"properties": {"far": {"pattern": "("}}}), json!({}), None),
        (json!({"properties": {"far": {"contains": {}}}}), json!({}), None),
        (json!({"properties": {"$ref": {"type": "null"}}}), json!({}), None),
        (json!({"format": "email"}), json!("no address"), Some(true)),
        (json!({"$schema": "http://json-schema.org/draft-07/schema#", "format": "email"}), json!("none"), Some(false)),
        (json!({"$schema": "http://json-schema.org/draft-07/schema#", "format": "mine"}), json!("none"), None),
        (json!({"$schema": "http://json-schema.org/draft-04/schema#"}), json!({}), None),
        (json!({"$schema": "http://json-schema.org/schema#"}), json!({}), Some(true)),
        (json!({"$schema": 7}), json!({}), None),
        (json!({"properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema#"}}}), json!({}), None),
        (json!({"$id": "http://a.b/c"}), json!({}), None),
        (json!({"$ref": "#/$defs/a", "$defs": shared["$defs"]}), json!("text"), Some(true)),
        (json!({"$ref": "#/$defs/a", "$defs": shared["$defs"]}), json!(1), Some(false)),
        (json!({"$ref": "#/$defs/loop", "$defs": shared["$defs"]}), json!(1), None),
        (json!({"$ref": "#/$defs/none", "$defs": shared["$defs"]}), json!(1), None),
        (json!({"$ref": "other.json"}), json!(1), None),
        (json!({"$ref": "urn:a"}), json!(1), None),
        (json!({"form": true, "x-render-message": "m", "hidden": {"path": "a"}}), json!(1), Some(true)),
        (json!({"form": {"$ref": "other.json"}}), json!(1), None),
        (json!({"description": 1}), json!(1), None),
        (json!({"examples": {}}), json!(1), None),
        (json!({"deprecated": "yes"}), json!(1), None),
        (json!(true), json!(1), None),
    ] {
        assert_eq!(compare(&schema, &values), want, "{schema} of {values}");
    }
}

#[test]
fn a_reference_stands_alone_up_to_draft_7() {
    let schema = |draft: &str| json!({"$schema": draft, "$ref": "#/$defs/a", "minimum": 5, "$defs": {"a": true}});
    assert_eq!(compare(&schema("http://json-schema.org/draft-07/schema#"), &json!(1)), Some(true));
    assert_eq!(compare(&schema("https://json-schema.org/draft/2019-09/schema"), &json!(1)), Some(false));
}

#[test]
fn a_key_that_stands_twice_is_left_to_the_crate() {
    assert_eq!(Node::read(br#"{"type": "string", "type": "object"}"#), None);
}

#[test]
fn references_that_double_at_each_step_end() {
    let step = |n: u32| {
        let next = json!({"$ref": format!("#/$defs/{}", n + 1)});
        (n.to_string(), json!({"allOf": [next, next]}))
    };
    let mut defs: serde_json::Map<String, Json> = (0..40).map(step).collect();
    defs.insert("40".to_owned(), json!(true));
    let text = json!({"$ref": "#/$defs/0", "$defs": defs}).to_string();
    assert_eq!(verdict(&Node::read(text.as_bytes()).unwrap(), &from_json(&json!(1))), None);
}

fn scalar() -> impl Strategy<Value = Json> {
    let numbers =
        prop::sample::select(vec![json!(0), json!(1), json!(2), json!(-1), json!(1.5), json!(1.0), json!(1e30)]);
    prop_oneof![
        2 => numbers,
        2 => "[abA1é]{0,3}".prop_map(Json::from),
        1 => Just(json!(null)),
        1 => any::<bool>().prop_map(Json::from),
        1 => Just(json!(9_007_199_254_740_993_i64)),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            map("[abc]", inner).prop_map(Json::from),
        ]
    })
}

fn map(key: &'static str, inner: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    prop::collection::vec((key, inner), 0..3).prop_map(|entries| Json::Object(entries.into_iter().collect()))
}

/// Schemas of known keywords, now and then with a value of another form.
fn schema() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![6 => leaf_keyword().prop_map(|entry| Json::Object([entry].into_iter().collect())), 1 => any::<bool>().prop_map(Json::from)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let entry = prop_oneof![3 => leaf_keyword(), 4 => keyword_of(inner)];
        prop::collection::vec(entry, 1..5).prop_map(|entries| Json::Object(entries.into_iter().collect()))
    })
}

fn leaf_keyword() -> impl Strategy<Value = (String, Json)> {
    let names = prop::sample::select(vec![
        "array", "boolean", "integer", "null", "number", "object", "string", "string", "object", "text",
    ]);
    let limit = prop::sample::select(vec!["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]);
    let size = prop::sample::select(vec![
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "uniqueItems",
        "format",
        "description",
        "examples",
        "deprecated",
        "id",
        "contains",
        "anyOf",
        "$ref",
        "then",
        "required",
        "x-any",
        "enum",
    ]);
    let reference =
        prop::sample::select(vec!["#", "#/$defs/a", "#/definitions/b", "#/properties/a", "#/$defs/z", "#a"]);
    let patterns =
        prop::sample::select(vec!["^a", "^[a-z]+$", "b$", "^\\w{1,2}$", "(", "[[:alpha:]]", "^(a|b)$", "^a$"]);
    prop_oneof![
        4 => names.clone().prop_map(|name| ("type".to_owned(), json!(name))),
        2 => prop::collection::vec(names, 0..3).prop_map(|names| ("type".to_owned(), json!(names))),
        2 => (limit, scalar()).prop_map(|(name, value)| (name.to_owned(), value)),
        2 => (size.clone(), 0..3).prop_map(|(name, value)| (name.to_owned(), json!(value))),
        1 => (size, value()).prop_map(|(name, value)| (name.to_owned(), value)),
        2 => prop::collection::vec(value(), 0..4).prop_map(|values| ("enum".to_owned(), json!(values))),
        1 => value().prop_map(|value| ("const".to_owned(), value)),
        1 => any::<bool>().prop_map(|value| ("uniqueItems".to_owned(), json!(value))),
        2 => prop::collection::vec("[abc]", 0..3).prop_map(|names| ("required".to_owned(), json!(names))),
        2 => reference.prop_map(|reference| ("$ref".to_owned(), json!(reference))),
        1 => patterns.prop_map(|pattern| ("pattern".to_owned(), json!(pattern))),
        1 => prop::sample::select(vec!["email", "ipv4", "a"]).prop_map(|name| ("format".to_owned(), json!(name))),
    ]
}

fn keyword_of(inner: impl Strategy<Value = Json> + Clone + 'static) -> impl Strategy<Value = (String, Json)> {
    let one = prop::sample::select(vec!["items", "additionalProperties", "propertyNames", "not", "if", "then", "else"]);
    let list = prop::sample::select(vec!["allOf", "anyOf", "oneOf", "items"]);
    let named = prop::sample::select(vec!["properties", "properties", "definitions", "$defs", "dependencies"]);
    prop_oneof![
        3 => (one, inner.clone()).prop_map(|(name, part)| (name.to_owned(), part)),
        2 => (list, prop::collection::vec(inner.clone(), 0..3)).prop_map(|(name, parts)| (name.to_owned(), json!(parts))),
        3 => (named, map("[abc]", inner.clone())).prop_map(|(name, parts)| (name.to_owned(), parts)),
        1 => map("\\^?[ab\\[]", inner).prop_map(|parts| ("patternProperties".to_owned(), parts)),
    ]
}

fn drafted() -> impl Strategy<Value = Json> {
    let draft = prop::sample::select(vec![
        "",
        "",
        "http://json-schema.org/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
    ]);
    (draft, schema()).prop_map(|(draft, mut schema)| {
        if let Json::Object(entries) = &mut schema {
            if !draft.is_empty() {
                entries.insert("$schema".to_owned(), json!(draft));
            }
            for (holder, name) in [("$defs", "a"), ("definitions", "b")] {
                if !entries.contains_key(holder) {
                    entries.insert(holder.to_owned(), json!({name: {"type": ["string", "number"]}}));
                }
            }
        }
        schema
    })
}

proptest! {
    #[test]
    fn never_contradicts_the_crate(schema in drafted(), values in prop::collection::vec(value(), 4)) {
        for values in &values {
            compare(&schema, values);
        }
    }

    #[test]
    fn patterns_match_as_those_of_the_crate(
        pattern in r"\^?([ab1é_.^$-]|\[\^?[ab0d\\-]{1,4}\]|[*+?|(){}]|\\[dwDsb.^-]|\{1,?2?\}|[0-9,/&~\[\]]){0,8}\$?",
        texts in prop::collection::vec("[ab1_é .-]{0,4}", 4),
    ) {
        for text in &texts {
            compare(&json!({"pattern": pattern}), &json!(text));
        }
    }
}
