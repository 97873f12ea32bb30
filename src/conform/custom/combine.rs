//! `allOf`, `anyOf`, `oneOf`, `not`: what a structural schema may say of a value besides its structure.

use super::super::findings::Findings;
use super::super::node::Node;
use super::Out;
use super::schema::{check_bounds, check_required, items};
use crate::value::Value;

/// Checks a value against the combined schemas of its schema.
pub(super) fn check(node: &Node<'_>, schema: &Value, out: &mut Out<'_>) {
    items(schema, "allOf").for_each(|part| check_part(node, part, out));
    if schema.get("anyOf").is_some() && !items(schema, "anyOf").any(|part| holds(node, part, out)) {
        out.findings.error(node, "any-of", "fits none of the alternatives of its schema (anyOf)");
    }
    if schema.get("oneOf").is_some() {
        let fitting = items(schema, "oneOf").filter(|part| holds(node, part, out)).count();
        if fitting != 1 {
            out.findings.error(
                node,
                "one-of",
                format!("fits {fitting} of the alternatives of its schema (oneOf); it must be one"),
            );
        }
    }
    if schema.get("not").is_some_and(|part| holds(node, part, out)) {
        out.findings.error(node, "not", "fits what its schema excludes (not)");
    }
}

fn holds(node: &Node<'_>, part: &Value, out: &Out<'_>) -> bool {
    let mut own = Findings::new(out.findings.minor, &out.findings.kind);
    check_part(node, part, &mut Out { findings: &mut own, patterns: out.patterns });
    own.into_list().is_empty()
}

/// A part of a combination says nothing of which fields there are.
fn check_part(node: &Node<'_>, part: &Value, out: &mut Out<'_>) {
    if let Some(wanted) = part.get("type").and_then(Value::as_str)
        && !is_of(node.value, wanted)
    {
        return out.findings.error(node, "type", format!("must be of type {wanted}"));
    }
    check_bounds(node, part, out);
    if node.value.as_map().is_some() {
        check_required(node, part, out);
        let properties = part.get("properties").and_then(Value::as_map);
        for (key, schema) in properties.into_iter().flat_map(|all| all.iter()) {
            node.get(key).iter().for_each(|below| check_part(below, schema, out));
        }
    }
    if let Some(of_items) = part.get("items") {
        node.items().for_each(|item| check_part(&item, of_items, out));
    }
    check(node, part, out);
}

fn is_of(value: &Value, wanted: &str) -> bool {
    use super::super::node::AsInt as _;
    match wanted {
        "object" => value.as_map().is_some(),
        "array" => value.as_list().is_some(),
        "string" => value.as_str().is_some(),
        "integer" => value.as_int().is_some(),
        "number" => matches!(value, Value::Num(..)),
        "boolean" => value.as_bool().is_some(),
        _ => true,
    }
}
