//! Environment variables (`pkg/apis/core/validation`: ValidateEnv, ValidateEnvFrom).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{exactly_one, form, required_text};

/// What a `fieldRef` may name (validEnvDownwardAPIFieldPathExpressions).
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// ValidateEnv, validateEnvVarValueFrom.
pub(super) fn env_var(variable: &Node<'_>, out: &mut Findings) {
    required_text(variable, "name", out);
    let minor = out.minor;
    form(variable, "name", "env", |text| syntax::env_name(minor, text), out);
    let Some(from) = variable.get("valueFrom") else { return };
    if variable.text("value").is_some() {
        out.error(&from, "env", "may not stand beside a `value` that is not empty");
    }
    let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    exactly_one(&from, &sources, "env", out);
    for reference in ["configMapKeyRef", "secretKeyRef"].iter().filter_map(|key| from.get(key)) {
        required_text(&reference, "key", out);
        form(&reference, "key", "env", syntax::config_key, out);
        named(&reference, out);
    }
    from.get("fieldRef").iter().for_each(|field| field_path(field, &FIELDS, out));
}

/// A field of the pod: one of some, or a label or annotation by its key (validateObjectFieldSelector).
pub(super) fn field_path(field: &Node<'_>, known: &[&str], out: &mut Findings) {
    let Some((node, text)) = field.get("fieldPath").zip(field.text("fieldPath")) else { return };
    let key = ["metadata.annotations['", "metadata.labels['"].iter().find_map(|start| text.strip_prefix(start));
    match key.and_then(|rest| rest.strip_suffix("']")) {
        Some(key) => {
            if let Some(wrong) = syntax::qualified_name(&key.to_lowercase()) {
                out.error(&node, "field-path", format!("names the key `{key}`, which {wrong}"));
            }
        }
        None if known.contains(&text) => {}
        None => super::one_of(&node, known, out),
    }
}

/// ValidateEnvFrom.
pub(super) fn env_from(source: &Node<'_>, out: &mut Findings) {
    let minor = out.minor;
    form(source, "prefix", "env", |text| syntax::env_name(minor, text), out);
    if let Some(key) = exactly_one(source, &["configMapRef", "secretRef"], "env", out) {
        source.get(key).iter().for_each(|reference| named(reference, out));
    }
}

/// A reference that names nothing (`Required value` for its name).
fn named(reference: &Node<'_>, out: &mut Findings) {
    if reference.text("name").is_none() {
        out.missing(reference, "name");
    }
    form(reference, "name", "name", syntax::dns_subdomain, out);
}
