//! Whether a schema has known keywords only, each with a value of the form that every draft from 7 on wants. Parts that
//! no values reach count too: a schema that does not compile is an error whatever the values are.

use super::Node;
use super::patterns;

/// Keywords that some draft, or the crate, knows and this module does not.
const LEFT_TO_THE_CRATE: [&str; 16] = [
    "additionalItems",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "id",
    "maxContains",
    "minContains",
    "multipleOf",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "discriminator",
];

/// Whether all parts of a schema have known forms.
pub(super) fn are_known(root: &Node<'_>) -> bool {
    // `$schema` elsewhere would change the draft in the middle.
    match root {
        Node::Map(entries) => entries.iter().all(|(key, value)| key == "$schema" || keyword(root, key, value)),
        _ => false,
    }
}

fn schema(root: &Node<'_>, node: &Node<'_>) -> bool {
    match node {
        Node::Bool(_) => true,
        Node::Map(entries) => entries.iter().all(|(key, value)| keyword(root, key, value)),
        _ => false,
    }
}

fn keyword(root: &Node<'_>, name: &str, value: &Node<'_>) -> bool {
    match name {
        "description" | "title" | "$comment" | "format" => value.text().is_some(),
        "type" => types(value),
        "default" | "const" => is_inert(value),
        "properties" | "definitions" | "$defs" => named(root, value, |name| !name.starts_with('$')),
        "patternProperties" => named(root, value, patterns::is_plain),
        "items" | "additionalProperties" | "propertyNames" | "not" | "if" | "then" | "else" => schema(root, value),
        "allOf" | "anyOf" | "oneOf" => list(value, |part| schema(root, part)),
        "$ref" => value.text().is_some_and(|reference| root.target(reference).is_some()),
        "required" => matches!(value, Node::List(names) if are_unique_texts(names)),
        "enum" => list(value, is_inert),
        "examples" => matches!(value, Node::List(_)) && is_inert(value),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => matches!(value, Node::Number(_)),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => is_count(value),
        "pattern" => value.text().is_some_and(patterns::is_plain),
        "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => matches!(value, Node::Bool(_)),
        _ => !name.starts_with('$') && !LEFT_TO_THE_CRATE.contains(&name) && is_inert(value),
    }
}

fn named(root: &Node<'_>, schemas: &Node<'_>, is_name: impl Fn(&str) -> bool) -> bool {
    let Node::Map(entries) = schemas else { return false };
    entries.iter().all(|(name, part)| is_name(name) && schema(root, part))
}

fn list(node: &Node<'_>, holds: impl Fn(&Node<'_>) -> bool) -> bool {
    matches!(node, Node::List(items) if !items.is_empty() && items.iter().all(holds))
}

fn types(node: &Node<'_>) -> bool {
    match node {
        Node::List(names) => !names.is_empty() && are_unique_texts(names) && names.iter().all(is_type),
        name => is_type(name),
    }
}

fn is_type(node: &Node<'_>) -> bool {
    matches!(node.text(), Some("array" | "boolean" | "integer" | "null" | "number" | "object" | "string"))
}

/// Whether all items are texts, and none stands twice.
pub(super) fn are_unique_texts(items: &[Node<'_>]) -> bool {
    let texts: Option<Vec<_>> = items.iter().map(Node::text).collect();
    texts.is_some_and(|mut texts| {
        texts.sort_unstable();
        texts.windows(2).all(|pair| pair[0] != pair[1])
    })
}

fn is_count(node: &Node<'_>) -> bool {
    matches!(node, Node::Number(n) if *n >= 0.0 && n.fract() == 0.0)
}

/// Data that cannot be taken for a part of the schema: the crate looks for references everywhere.
fn is_inert(node: &Node<'_>) -> bool {
    match node {
        Node::Map(entries) => {
            entries.iter().all(|(key, value)| !key.starts_with('$') && key != "id" && is_inert(value))
        }
        Node::List(items) => items.iter().all(is_inert),
        _ => true,
    }
}
