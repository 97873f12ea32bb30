//! Manifests against the types of the API: unknown fields, wrong types, what is missing, what is none of the values
//! that there are.
//!
//! The rules that go beyond are kept by type as well, and run where a value of their type is met.

use super::duplicates;
use super::findings::Findings;
use super::kinds::in_words;
use super::node::{AsInt as _, Node};
use super::syntax::{self, Quantity};
use super::types::{Field, JSON_SCHEMA, Shape, Type, Types};
use crate::diag::nearest;
use crate::value::Value;

/// Fields that the API reference calls required and that the API server does without, with what it does.
const FORGIVEN: &[(&str, &str, &str)] = &[
    ("rbac.v1.RoleRef", "apiGroup", "rbac.authorization.k8s.io is filled in"),
    ("networking.v1.NetworkPolicySpec", "podSelector", "all pods are selected"),
    ("apps.v1.StatefulSetSpec", "serviceName", "pods get no names in DNS"),
    ("core.v1.LimitRangeSpec", "limits", "nothing is limited"),
    ("discovery.v1.EndpointSlice", "endpoints", "there are none"),
    ("apiextensions.v1.CustomResourceDefinitionVersion", "served", "it is not served"),
    ("apiextensions.v1.CustomResourceDefinitionVersion", "storage", "it is not the stored version"),
];

/// Checks values against types.
pub(super) struct Structure<'t> {
    pub(super) types: &'t Types,
}

impl Structure<'_> {
    /// Checks a value of a type, and all below it.
    pub(super) fn check_type(&self, node: &Node<'_>, name: &str, out: &mut Findings) {
        let Some(found) = self.types.get(name) else { return };
        if node.value.as_map().is_none() {
            return mismatch(node, "a map", out);
        }
        for (key, below) in node.entries() {
            match found.field(key) {
                Some(field) => self.check_field(&below, name, field, out),
                None => self.unknown(&below, key, &found, out),
            }
        }
        if !in_status(node) {
            found.fields().iter().filter(|f| f.required && !node.has(f.name)).for_each(|f| missing(node, name, f, out));
        }
        found.rules.iter().for_each(|rule| rule(node, out));
    }

    fn check_field(&self, node: &Node<'_>, owner: &str, field: &Field, out: &mut Findings) {
        self.check(node, &field.shape, out);
        if let Shape::List(_, identity) = &field.shape {
            duplicates::check(node, owner, field.name, identity, out);
        }
    }

    /// Checks a value. Null stands for nothing, whatever the type.
    fn check(&self, node: &Node<'_>, shape: &Shape, out: &mut Findings) {
        if node.value.is_null() {
            return;
        }
        match shape {
            Shape::Type(name) => self.check_type(node, name, out),
            Shape::List(item, _) => match node.value {
                Value::List(..) => node.items().for_each(|below| self.check(&below, item, out)),
                _ => mismatch(node, "a list", out),
            },
            Shape::Map(item) => match node.value {
                Value::Map(..) => node.entries().for_each(|(_, below)| self.check(&below, item, out)),
                _ => mismatch(node, "a map", out),
            },
            Shape::Schemas => self.check_schemas(node, out),
            _ => check_scalar(node, shape, out),
        }
    }

    /// A field that there is not: which one was meant, or where it belongs.
    fn unknown(&self, node: &Node<'_>, key: &str, found: &Type, out: &mut Findings) {
        let names = || found.fields().iter().map(|field| field.name);
        let help = if let Some(versions) = found.versions_of(key) {
            Some(format!("versions that know it: {}", in_words(versions)))
        } else if let Some(near) = nearest(key, names()) {
            Some(format!("did you mean `{near}`?"))
        } else {
            found.fields().iter().find(|field| self.has(&field.shape, key)).map(|f| format!("`{}` has one", f.name))
        };
        out.error_with(node, "unknown-field", "is not a field that Kubernetes knows".to_owned(), help);
    }

    fn has(&self, shape: &Shape, key: &str) -> bool {
        match shape {
            Shape::Type(name) => self.types.get(name).is_some_and(|below| below.field(key).is_some()),
            _ => false,
        }
    }

    fn check_schemas(&self, node: &Node<'_>, out: &mut Findings) {
        match node.value {
            Value::Bool(..) => {}
            Value::List(..) => node.items().for_each(|below| self.check_type(&below, JSON_SCHEMA, out)),
            _ => self.check_type(node, JSON_SCHEMA, out),
        }
    }
}

fn check_scalar(node: &Node<'_>, shape: &Shape, out: &mut Findings) {
    let value = node.value;
    let text = value.as_str();
    match shape {
        Shape::Object if value.as_map().is_none() => mismatch(node, "a map", out),
        Shape::Bool if value.as_bool().is_none() => mismatch(node, "a boolean", out),
        Shape::Int32 | Shape::Int64 => check_integer(node, *shape == Shape::Int32, out),
        Shape::Number if !matches!(value, Value::Num(..)) => mismatch(node, "a number", out),
        Shape::Text | Shape::Enum(_) | Shape::Bytes | Shape::Time if text.is_none() => mismatch(node, "a string", out),
        Shape::Enum(values) if !in_status(node) => check_enum(node, values, out),
        Shape::Bytes if text.is_some_and(|text| !syntax::is_base64(text)) => {
            let help = (out.kind == "Secret").then(|| "encode it, or put it under `stringData`".to_owned());
            out.error_with(node, "base64", "is not base64".to_owned(), help);
        }
        Shape::Time => {
            if let Some(fault) = text.and_then(syntax::date_time) {
                out.error(node, "time", fault);
            }
        }
        Shape::Quantity => check_quantity(node, out),
        Shape::IntOrString if text.is_none() => match value.as_int() {
            Some(number) if i32::try_from(number).is_ok() => {}
            _ => mismatch(node, "an integer or a string", out),
        },
        _ => {}
    }
}

fn check_integer(node: &Node<'_>, narrow: bool, out: &mut Findings) {
    match node.value.as_int() {
        None => mismatch(node, "an integer", out),
        Some(number) if narrow && i32::try_from(number).is_err() => {
            out.error(node, "type", format!("must be a 32-bit integer, and {number} is none"));
        }
        Some(_) => {}
    }
}

fn check_quantity(node: &Node<'_>, out: &mut Findings) {
    if !matches!(node.value, Value::Str(..) | Value::Num(..)) {
        return mismatch(node, "a quantity", out);
    }
    if Quantity::of(node.value).is_none() {
        let written = node.value.as_str().unwrap_or_default();
        let message =
            format!("`{written}` is no quantity: a number with one of m, k, M, G, T, Ki, Mi, Gi, Ti behind it");
        let meant = ["m", "k", "Ki", "Mi", "Gi", "Ti", "M", "G", "T"].into_iter().find_map(|suffix| {
            let number = written.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
            let typed = written[number.len()..].trim().trim_end_matches(['b', 'B']);
            let fits = typed.eq_ignore_ascii_case(suffix) && Quantity::parse(number).is_some();
            fits.then(|| format!("did you mean `{number}{suffix}`?"))
        });
        out.error_with(node, "quantity", message, meant);
    }
}

/// Values are parted by `|`; an empty one stands for nothing given.
fn check_enum(node: &Node<'_>, values: &str, out: &mut Findings) {
    let Some(text) = node.value.as_str() else { return };
    if values.split('|').any(|value| value == text) {
        return;
    }
    one_of(node, &values.split('|').filter(|value| !value.is_empty()).collect::<Vec<_>>(), out);
}

/// Text that is none of the values that there are.
pub(super) fn one_of(node: &Node<'_>, values: &[&str], out: &mut Findings) {
    let text = node.value.as_str().unwrap_or_default();
    let near = nearest(text, values.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let all = values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>();
    let all = if all.len() > 12 { format!("{}, …", all[..12].join(", ")) } else { all.join(", ") };
    out.error_with(node, "enum", format!("`{text}` is none of {all}"), near);
}

/// A value of another type than the field's.
pub(super) fn mismatch(node: &Node<'_>, wanted: &str, out: &mut Findings) {
    let found = node.value.kind();
    let article = if found.starts_with('i') { "an" } else { "a" };
    let help = match (wanted, node.value) {
        ("a string", Value::Bool(..) | Value::Num(..)) => Some("put it in quotes".to_owned()),
        ("an integer" | "a boolean", Value::Str(text, _)) if is_plain(text) => Some("leave the quotes out".to_owned()),
        _ => None,
    };
    out.error_with(node, "type", format!("must be {wanted}, is {article} {found}"), help);
}

/// Whether text would be a number or a boolean without its quotes.
fn is_plain(text: &str) -> bool {
    text.parse::<i64>().is_ok() || matches!(text, "true" | "false")
}

fn missing(node: &Node<'_>, owner: &str, field: &Field, out: &mut Findings) {
    match FORGIVEN.iter().find(|(name, key, _)| *name == owner && *key == field.name) {
        Some((.., instead)) => out.warn(node, "required", format!("has no `{}`; {instead}", field.name)),
        None => out.missing(node, field.name),
    }
}

/// Whether a value is below a resource's `status`, of which the API server takes nothing when a resource is created.
fn in_status(node: &Node<'_>) -> bool {
    node.first_key() == "status"
}
