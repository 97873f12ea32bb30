//! Values against a structural schema (`k8s.io/apiextensions-apiserver/pkg/apiserver/{schema,validation}`).
//!
//! The rules in CEL (`x-kubernetes-validations`) are only counted.

use super::super::duplicates::tell;
use super::super::node::{AsInt as _, Node};
use super::super::report::Level;
use super::super::structure::{mismatch, one_of};
use super::super::syntax;
use super::{Out, combine};
use crate::diag::nearest;
use crate::value::Value;

/// What every resource has, whether its schema says so or not.
const COMMON: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// How many rules in CEL a schema has.
pub(super) fn cel_rules(schema: &Value) -> usize {
    let own = schema.get("x-kubernetes-validations").and_then(Value::as_list).map_or(0, |rules| rules.len());
    let properties = schema.get("properties").and_then(Value::as_map).into_iter().flat_map(|all| all.iter());
    let below = properties.map(|(_, below)| below);
    let others = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    own + below.chain(others).map(cel_rules).sum::<usize>()
}

/// Checks a resource, or a value in one and all below it.
pub(super) fn check(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    if node.value.is_null() {
        // A null is dropped where a default takes its place.
        if !says(schema, "nullable") && schema.get("default").is_none() && schema.get("type").is_some() {
            out.findings.error(node, "type", "is null, which its schema does not allow");
        }
        return;
    }
    if !has_type(node, schema, out) {
        return;
    }
    match node.value {
        Value::Map(..) => check_map(node, schema, out),
        Value::List(..) => check_list(node, schema, out),
        _ => {}
    }
    check_bounds(node, schema, out);
    combine::check(node, schema, out);
}

pub(super) fn says(schema: &Value, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// Whether a value is of the type that its schema asks for.
fn has_type(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) -> bool {
    let value = node.value;
    let is_integer = value.as_int().is_some();
    if says(schema, "x-kubernetes-int-or-string") {
        let holds = is_integer || value.as_str().is_some();
        if !holds {
            mismatch(node, "an integer or a string", out.findings);
        }
        return holds;
    }
    let (holds, wanted) = match schema.get("type").and_then(Value::as_str) {
        Some("object") => (value.as_map().is_some(), "a map"),
        Some("array") => (value.as_list().is_some(), "a list"),
        Some("string") => (value.as_str().is_some(), "a string"),
        Some("integer") => (is_integer, "an integer"),
        Some("number") => (matches!(value, Value::Num(..)), "a number"),
        Some("boolean") => (value.as_bool().is_some(), "a boolean"),
        _ => (true, ""),
    };
    if !holds {
        mismatch(node, wanted, out.findings);
    }
    holds
}

fn check_map(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    let properties = schema.get("properties").and_then(Value::as_map);
    let more = schema.get("additionalProperties");
    let is_resource = node.depth() == 0 || says(schema, "x-kubernetes-embedded-resource");
    let keeps_all = says(schema, "x-kubernetes-preserve-unknown-fields") || schema.get("type").is_none();
    for (key, below) in node.entries() {
        match (properties.and_then(|all| all.get(key)), more) {
            _ if is_resource && COMMON.contains(&key) => {}
            (Some(schema), _) => check(&below, schema, out),
            (None, Some(schema @ Value::Map(..))) => check(&below, schema, out),
            (None, Some(Value::Bool(true, _))) => {}
            (None, _) if keeps_all => {}
            (None, _) => {
                let near = nearest(key, properties.iter().flat_map(|all| all.keys()).map(|key| key.as_str()));
                let near = near.map(|near| format!("did you mean `{near}`?"));
                out.findings.error_with(&below, "unknown-field", "is not a field of its schema".to_owned(), near);
            }
        }
    }
    if is_resource && node.depth() > 0 {
        ["apiVersion", "kind"].iter().filter(|key| !node.has(key)).for_each(|key| out.findings.missing(node, key));
    }
    check_required(node, schema, out);
}

/// What is required is there, or filled in.
pub(super) fn check_required(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    let properties = schema.get("properties");
    let has_default = |key: &str| properties.and_then(|all| all.get(key)?.get("default")).is_some();
    for key in items(schema, "required").filter_map(Value::as_str) {
        if node.value.get(key).is_none() && !has_default(key) {
            out.findings.missing(node, key);
        }
    }
}

pub(super) fn items<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = &'s Value> {
    schema.get(key).and_then(Value::as_list).into_iter().flat_map(|list| list.iter())
}

fn check_list(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    if let Some(of_items) = schema.get("items") {
        node.items().for_each(|item| check(&item, of_items, out));
    }
    match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
        Some("map") => {
            let keys: Vec<_> = items(schema, "x-kubernetes-list-map-keys").filter_map(Value::as_str).collect();
            tell(node, &keys, Level::Error, out.findings);
        }
        Some("set") => tell(node, &[], Level::Error, out.findings),
        _ => {}
    }
}

/// The bounds of a value: how large, how long, how many, which.
pub(super) fn check_bounds(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    check_enum(node, schema, out);
    match node.value {
        Value::Num(number, _) => check_number(node, number.as_f64(), schema, out),
        Value::Str(text, _) => check_text(node, text, schema, out),
        Value::List(items, _) => check_size(node, items.len(), ("minItems", "maxItems", "items"), schema, out),
        Value::Map(map, _) => check_size(node, map.len(), ("minProperties", "maxProperties", "entries"), schema, out),
        _ => {}
    }
}

fn check_enum(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    if schema.get("enum").is_none() || items(schema, "enum").any(|value| value == node.value) {
        return;
    }
    let values: Vec<_> = items(schema, "enum").filter_map(Value::as_str).collect();
    match node.value.as_str() {
        Some(_) => one_of(node, &values, out.findings),
        None => out.findings.error(node, "enum", "is none of the values that its schema allows"),
    }
}

fn check_number(node: &Node<'_>, number: f64, schema: &Value, out: &mut Out<'_>) {
    let bound = |key: &str| match schema.get(key) {
        Some(Value::Num(bound, _)) => Some(bound.as_f64()),
        _ => None,
    };
    if let Some(least) =
        bound("minimum").filter(|least| number < *least || says(schema, "exclusiveMinimum") && number == *least)
    {
        let words = if says(schema, "exclusiveMinimum") { "greater than" } else { "at least" };
        out.findings.error(node, "range", format!("{number} must be {words} {least}"));
    }
    if let Some(most) =
        bound("maximum").filter(|most| number > *most || says(schema, "exclusiveMaximum") && number == *most)
    {
        let words = if says(schema, "exclusiveMaximum") { "less than" } else { "at most" };
        out.findings.error(node, "range", format!("{number} must be {words} {most}"));
    }
    if let Some(unit) = bound("multipleOf").filter(|unit| *unit > 0.0 && (number / unit).fract() != 0.0) {
        out.findings.error(node, "range", format!("{number} must be a multiple of {unit}"));
    }
    let narrow = schema.get("format").and_then(Value::as_str) == Some("int32");
    if narrow && (number < f64::from(i32::MIN) || number > f64::from(i32::MAX)) {
        out.findings.error(node, "range", format!("must be a 32-bit integer, and {number} is none"));
    }
}

fn check_text(node: &Node<'_>, text: &str, schema: &Value, out: &mut Out<'_>) {
    check_size(node, text.chars().count(), ("minLength", "maxLength", "characters"), schema, out);
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && out.patterns.get(pattern).is_some_and(|regex| !regex.is_match(text.as_bytes()))
    {
        out.findings.error(node, "pattern", format!("does not match the pattern `{pattern}`"));
    }
    let fault = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => syntax::date_time(text),
        Some("ipv4" | "ipv6") => syntax::ip(text),
        Some("cidr") => syntax::cidr(text),
        Some("byte") if !syntax::is_base64(text) => Some("is not base64".to_owned()),
        _ => None,
    };
    if let Some(fault) = fault {
        out.findings.error(node, "format", fault);
    }
}

fn check_size(node: &Node<'_>, size: usize, (min, max, what): (&str, &str, &str), schema: &Value, out: &mut Out<'_>) {
    let bound = |key: &str| schema.get(key).and_then(|bound| usize::try_from(bound.as_int()?).ok());
    if let Some(least) = bound(min).filter(|least| size < *least) {
        out.findings.error(node, "size", format!("has {size} {what}; at least {least} are required"));
    }
    if let Some(most) = bound(max).filter(|most| size > *most) {
        out.findings.error(node, "size", format!("has {size} {what}; at most {most} are allowed"));
    }
}
