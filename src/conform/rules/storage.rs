//! Volumes, claims and classes (`pkg/apis/core/validation`, `pkg/apis/storage/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax::{self, Quantity};
use super::form;

/// ValidatePersistentVolumeClaimSpec.
pub(super) fn claim(spec: &Node<'_>, out: &mut Findings) {
    modes(spec, out);
    let storage = spec.at(&["resources", "requests", "storage"]);
    match storage {
        None => out.error(spec, "required", "has no `resources.requests.storage`, which is required"),
        Some(storage) => positive(&storage, out),
    }
    form(spec, "storageClassName", "name", syntax::dns_subdomain, out);
    if let Some(source) = spec.get("dataSource").filter(|source| source.text("kind") == Some("PersistentVolumeClaim")) {
        super::required_text(&source, "name", out);
    }
}

fn positive(storage: &Node<'_>, out: &mut Findings) {
    if Quantity::of(storage.value).is_some_and(|amount| amount.is_negative() || amount.is_zero()) {
        out.error(storage, "range", "must be greater than 0");
    }
}

fn modes(spec: &Node<'_>, out: &mut Findings) {
    let modes = spec.list("accessModes");
    if modes.is_empty() {
        out.error(spec, "required", "has no `accessModes`, of which one is required");
    }
    let once = modes.iter().find(|mode| mode.value.as_str() == Some("ReadWriteOncePod"));
    if let Some(mode) = once.filter(|_| modes.len() > 1) {
        out.error(mode, "access-modes", "may not stand beside other modes");
    }
}

/// ValidatePersistentVolume.
pub(super) fn volume(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return out.missing(resource, "spec") };
    modes(&spec, out);
    match spec.at(&["capacity", "storage"]) {
        None => out.error(&spec, "required", "has no `capacity.storage`, which is required"),
        Some(storage) => positive(&storage, out),
    }
    let settings = [
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    ];
    let sources: Vec<_> =
        spec.entries().filter(|(key, node)| !settings.contains(key) && !node.value.is_null()).collect();
    match &sources[..] {
        [] => out.error(&spec, "volume", "says nowhere where the data is: `csi`, `hostPath`, `nfs`, …"),
        [_, (key, second), ..] => {
            out.error(second, "volume", format!("`{key}` stands beside `{}`; one of them is allowed", sources[0].0));
        }
        [(key, source)] => {
            if *key == "local" && !spec.has("nodeAffinity") {
                out.error(source, "volume", "needs `nodeAffinity` beside it");
            }
            super::volumes::source(key, source, out);
        }
    }
}

/// ValidateStorageClass.
pub(super) fn class(class: &Node<'_>, out: &mut Findings) {
    super::required_text(class, "provisioner", out);
    if let Some(policy) = class.get("reclaimPolicy").filter(|policy| policy.value.as_str() == Some("Recycle")) {
        super::one_of(&policy, &["Delete", "Retain"], out);
    }
}
