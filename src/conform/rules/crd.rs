//! CustomResourceDefinitions (`k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{among, form};

/// ValidateCustomResourceDefinition.
pub(super) fn definition(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return };
    let (group, plural) = (spec.text("group"), spec.get("names").and_then(|names| names.text("plural")));
    let Some(name) = resource.at(&["metadata", "name"]) else { return };
    if let Some(wanted) = group.zip(plural).map(|(group, plural)| format!("{plural}.{group}"))
        && name.value.as_str() != Some(&wanted)
    {
        out.error(&name, "name", format!("must be `{wanted}`: the plural and the group"));
    }
}

/// ValidateCustomResourceDefinitionSpec.
pub(super) fn versions(spec: &Node<'_>, out: &mut Findings) {
    among(spec, "scope", &["Namespaced", "Cluster"], out);
    form(spec, "group", "name", syntax::dns_subdomain, out);
    if spec.text("group").is_some_and(|group| !group.contains('.')) {
        spec.get("group")
            .iter()
            .for_each(|node| out.error(node, "name", "must have at least two parts, as `example.com`"));
    }
    if let Some(names) = spec.get("names") {
        ["plural", "singular"].iter().for_each(|key| form(&names, key, "name", syntax::dns_1035_label, out));
        form(&names, "kind", "name", |kind| syntax::dns_1035_label(&kind.to_lowercase()), out);
    }
    let versions = spec.list("versions");
    let stored = versions.iter().filter(|version| version.is_true("storage")).count();
    if stored != 1 {
        out.error(spec, "crd", format!("has {stored} versions with `storage: true`; there must be one"));
    }
    for version in &versions {
        form(version, "name", "name", syntax::dns_1035_label, out);
        match version.at(&["schema", "openAPIV3Schema"]) {
            None => out.error(version, "crd", "has no `schema.openAPIV3Schema`, which is required"),
            Some(schema) if schema.text("type") != Some("object") => {
                out.error(&schema, "crd", "must have `type: object`");
            }
            Some(schema) => structural(&schema, out),
        }
    }
}

/// A schema is structural: each part of it has a type (ValidateStructural, the part that people trip over).
fn structural(schema: &Node<'_>, out: &mut Findings) {
    let untyped =
        schema.is_true("x-kubernetes-int-or-string") || schema.is_true("x-kubernetes-preserve-unknown-fields");
    if schema.text("type").is_none() && !untyped {
        out.missing(schema, "type");
    }
    if schema.text("type") == Some("array") && !schema.has("items") {
        out.missing(schema, "items");
    }
    if schema.get("additionalProperties").is_some_and(|more| more.value.as_bool() != Some(false))
        && schema.get("properties").is_some_and(|all| all.len() > 0)
    {
        out.error(schema, "crd", "has `properties` and `additionalProperties`; one of them is allowed");
    }
    if let Some(reference) = schema.get("$ref") {
        out.error(&reference, "crd", "is not allowed in a schema of a CustomResourceDefinition");
    }
    schema.get("properties").iter().flat_map(Node::entries).for_each(|(_, below)| structural(&below, out));
    for below in ["items", "additionalProperties"].iter().filter_map(|key| schema.get(key)) {
        if below.value.as_map().is_some() {
            structural(&below, out);
        }
    }
}
