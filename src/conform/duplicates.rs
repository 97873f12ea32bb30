//! Items of a list that may not stand in it twice.

use std::collections::HashMap;

use super::findings::Findings;
use super::node::Node;
use super::report::Level;
use super::types::Identity;
use crate::value::Value;

/// What the API server does about items that are alike, whatever `x-kubernetes-list-map-keys` says: the owner of the
/// list, the list, the fields, and whether it refuses them (`field.Duplicate` in the validation of the owner).
const TOLD: &[(&str, &str, &[&str], Level)] = &[
    ("core.v1.PodSpec", "containers", &["name"], Level::Error),
    ("core.v1.PodSpec", "initContainers", &["name"], Level::Error),
    ("core.v1.PodSpec", "ephemeralContainers", &["name"], Level::Error),
    ("core.v1.PodSpec", "volumes", &["name"], Level::Error),
    ("core.v1.PodSpec", "schedulingGates", &["name"], Level::Error),
    ("core.v1.PodSpec", "resourceClaims", &["name"], Level::Error),
    ("core.v1.PodSpec", "topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"], Level::Error),
    ("core.v1.PodSpec", "imagePullSecrets", &["name"], Level::Warning),
    ("core.v1.PodSpec", "hostAliases", &["ip"], Level::Warning),
    ("core.v1.Container", "env", &["name"], Level::Warning),
    ("core.v1.Container", "ports", &["name"], Level::Error),
    ("core.v1.Container", "ports", &["containerPort", "protocol"], Level::Warning),
    ("core.v1.Container", "volumeMounts", &["mountPath"], Level::Error),
    ("core.v1.Container", "volumeDevices", &["devicePath"], Level::Error),
    ("core.v1.ServiceSpec", "ports", &["name"], Level::Error),
    ("core.v1.ServiceSpec", "ports", &["port", "protocol"], Level::Error),
    ("core.v1.LimitRangeSpec", "limits", &["type"], Level::Error),
    ("admissionregistration.v1.MutatingWebhookConfiguration", "webhooks", &["name"], Level::Error),
    ("admissionregistration.v1.ValidatingWebhookConfiguration", "webhooks", &["name"], Level::Error),
    ("apiextensions.v1.CustomResourceDefinitionSpec", "versions", &["name"], Level::Error),
    ("networking.v1.NetworkPolicySpec", "policyTypes", &[], Level::Warning),
    ("core.v1.PersistentVolumeClaimSpec", "accessModes", &[], Level::Warning),
];

/// Tells items that are alike.
pub(super) fn check(list: &Node<'_>, owner: &str, field: &str, identity: &Identity, out: &mut Findings) {
    let told: Vec<_> = TOLD.iter().filter(|(o, f, ..)| *o == owner && *f == field).collect();
    for (.., keys, level) in &told {
        tell(list, keys, *level, out);
    }
    match identity {
        Identity::Fields(keys) if told.is_empty() => tell(list, keys, Level::Warning, out),
        Identity::Whole if told.is_empty() => tell(list, &[], Level::Warning, out),
        _ => {}
    }
}

/// Tells items of a list of which the fields, or all, are alike.
pub(super) fn tell(list: &Node<'_>, keys: &[&str], level: Level, out: &mut Findings) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (i, item) in list.items().enumerate() {
        let Some(id) = identity(item.value, keys) else { continue };
        let Some(first) = seen.insert(id.clone(), i) else { continue };
        let place = format!("item {first} has {id} too");
        let known = list.key();
        match level {
            Level::Error => out.error(&item, "duplicate", place),
            _ if known == "env" => out.warn(&item, "duplicate", format!("{place}; the last one counts")),
            _ => out.warn(&item, "duplicate", format!("{place}; a server-side apply may refuse it")),
        }
    }
}

/// What tells an item apart: `name web`. None where it has none of the fields.
fn identity(item: &Value, keys: &[&str]) -> Option<String> {
    if keys.is_empty() {
        return scalar(item).map(|text| format!("`{text}`"));
    }
    let mut words = Vec::new();
    for key in keys {
        match item.get(key).and_then(scalar) {
            Some(text) => words.push(format!("{key} `{text}`")),
            None if *key == "protocol" => words.push("protocol `TCP`".to_owned()),
            None => return None,
        }
    }
    Some(words.join(" and "))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Str(text, _) if text.is_empty() => None,
        Value::Str(text, _) => Some(text.to_string()),
        Value::Num(number, _) => Some(number.to_string()),
        Value::Bool(b, _) => Some(b.to_string()),
        _ => None,
    }
}
