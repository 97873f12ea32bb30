//! What is stored and goes away, or stays behind unused.

use std::cmp::Ordering;

use super::super::list::label;
use super::super::{FieldPath, Paired, Resource, ResourceChange, Step, quantity};
use super::{Class, Found, Rule, Upgrade, read};
use crate::value::Value;

const fn rule(id: &'static str, what: &'static str, advice: &'static str, source: &'static str) -> Rule {
    Rule { id, class: Class::DataLoss, what, advice, source }
}

static CLAIM_REMOVED: Rule = rule(
    "claim-removed",
    "a PersistentVolumeClaim is removed",
    "back up what it holds, or annotate it with `helm.sh/resource-policy: keep` in a release before this one",
    "Persistent Volumes: Reclaiming",
);
static STATEFULSET_REMOVED: Rule = rule(
    "statefulset-removed",
    "a StatefulSet with volumeClaimTemplates is removed",
    "back up what its claims hold, and move it to what takes its place",
    "StatefulSetSpec.persistentVolumeClaimRetentionPolicy",
);
static VOLUME_REMOVED: Rule = rule(
    "volume-removed",
    "a PersistentVolume is removed",
    "back up what it holds; with reclaim policy Retain the storage behind it stays",
    "Persistent Volumes: Reclaiming",
);
static NAMESPACE_REMOVED: Rule = rule(
    "namespace-removed",
    "a Namespace is removed, with all that is in it",
    "annotate it with `helm.sh/resource-policy: keep` in a release before this one, or move what is in it",
    "Namespaces: Working with Namespaces",
);
static CRD_REMOVED: Rule = rule(
    "crd-removed",
    "a CustomResourceDefinition is removed, with all objects of its kind",
    "annotate it with `helm.sh/resource-policy: keep` in a release before this one, or back the objects up",
    "Extend the API with CustomResourceDefinitions: Delete a CustomResourceDefinition",
);
static STORAGE_RENAMED: Rule = rule(
    "storage-renamed",
    "a PersistentVolumeClaim, or a StatefulSet with volumeClaimTemplates, gets another name, and with it empty storage",
    "keep the name, or copy the data to the new claims before the old ones go",
    "StatefulSetSpec.volumeClaimTemplates",
);
static STORAGE_SHRUNK: Rule = rule(
    "storage-shrunk",
    "a claim, or a claim template, asks for less room than before",
    "keep the size; less room needs a new claim, and the data copied",
    "Persistent Volumes: Expanding Persistent Volumes Claims",
);
static STORAGE_CLASS: Rule = rule(
    "storage-class-changed",
    "a claim asks for another storage class, which data do not follow",
    "keep the class, or make a new claim and copy the data",
    "PersistentVolumeClaimSpec.storageClassName",
);
static TEMPLATE_REMOVED: Rule = rule(
    "claim-template-removed",
    "a StatefulSet loses a volumeClaimTemplate",
    "copy the data of its claims, which stay, to where the new pods look for them",
    "StatefulSetSpec.volumeClaimTemplates",
);
static VOLUME_EPHEMERAL: Rule = rule(
    "volume-ephemeral",
    "a volume of a pod that was a claim becomes one that ends with the pod",
    "keep the claim, or copy what must outlive the pod",
    "Volume.emptyDir, Volume.persistentVolumeClaim",
);
static VOLUME_RECLAIMED: Rule = rule(
    "volume-reclaimed",
    "a PersistentVolume is no longer retained when its claim goes",
    "keep `persistentVolumeReclaimPolicy: Retain`",
    "PersistentVolumeSpec.persistentVolumeReclaimPolicy",
);
static CLAIMS_DELETED: Rule = rule(
    "claims-deleted",
    "a StatefulSet's claims are to be deleted with it, or when it is scaled down",
    "keep `persistentVolumeClaimRetentionPolicy` at Retain",
    "StatefulSetSpec.persistentVolumeClaimRetentionPolicy",
);
static SCALED_CLAIMS: Rule = rule(
    "claims-deleted-by-scaling",
    "a StatefulSet whose claims are deleted when it is scaled down is scaled down",
    "move what the last pods hold, or set `whenScaled: Retain` first",
    "StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled",
);

pub(super) const RULES: &[&Rule] = &[
    &CLAIM_REMOVED,
    &STATEFULSET_REMOVED,
    &VOLUME_REMOVED,
    &NAMESPACE_REMOVED,
    &CRD_REMOVED,
    &STORAGE_RENAMED,
    &STORAGE_SHRUNK,
    &STORAGE_CLASS,
    &TEMPLATE_REMOVED,
    &VOLUME_EPHEMERAL,
    &VOLUME_RECLAIMED,
    &CLAIMS_DELETED,
    &SCALED_CLAIMS,
];

pub(super) fn check(_: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    match change {
        ResourceChange::Added(_) => {}
        ResourceChange::Removed(old) => removed(old, found),
        ResourceChange::Paired(pair) if read::is_another(pair) => renamed(pair, found),
        ResourceChange::Paired(pair) => {
            claims(pair, found);
            retention(pair, found);
        }
    }
}

/// Helm deletes what is no longer in a release, hooks and what is to be kept apart.
fn removed(old: &Resource, found: &mut Found) {
    if read::is_kept(old) || read::is_hook(old) {
        return;
    }
    let (rule, reason) = match (old.id.group.as_str(), old.id.kind.as_str()) {
        ("", "PersistentVolumeClaim") => {
            (&CLAIM_REMOVED, "the claim is deleted, and with it what it holds unless its volume is retained")
        }
        ("", "PersistentVolume") => (&VOLUME_REMOVED, "the volume is no longer known to the cluster"),
        ("", "Namespace") => {
            (&NAMESPACE_REMOVED, "everything in the namespace is deleted, other releases' resources too")
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            (&CRD_REMOVED, "all objects of the kind are deleted, in every namespace")
        }
        ("apps", "StatefulSet") if !claim_templates(old).is_empty() => (
            &STATEFULSET_REMOVED,
            match policy(old, "whenDeleted") {
                "Delete" => "its claims are deleted with it",
                _ => "its claims stay, and nothing uses what they hold",
            },
        ),
        _ => return,
    };
    found.add(rule, FieldPath::default(), reason);
}

fn renamed(pair: &Paired, found: &mut Found) {
    if read::is_hook(&pair.old) {
        return;
    }
    let (old, new) = (&pair.old.id.name, &pair.new.id.name);
    let same_namespace = pair.old.id.namespace == pair.new.id.namespace;
    let place = if same_namespace { old.to_string() } else { format!("{}/{old}", pair.old.id.namespace) };
    let field = read::path(if same_namespace { "metadata.name" } else { "metadata.namespace" });
    match pair.old.id.kind.as_str() {
        "PersistentVolumeClaim" if pair.old.id.group.is_empty() => {
            let fate = if read::is_kept(&pair.old) { "stays, unused" } else { "is deleted with what it holds" };
            found.add(&STORAGE_RENAMED, field, format!("{new} begins empty; {place} {fate}"));
        }
        "StatefulSet" => {
            let templates: Vec<String> = claim_templates(&pair.old)
                .iter()
                .map(|template| read::text(template, "metadata.name"))
                .filter(|name| !name.is_empty())
                .map(|name| format!("{name}-{old}-0"))
                .collect();
            if !templates.is_empty() {
                let reason = format!(
                    "the pods of {new} begin with empty claims; what {} and its like hold stays behind",
                    read::some(&templates)
                );
                found.add(&STORAGE_RENAMED, field, reason);
            }
        }
        _ => {}
    }
}

fn claim_templates(resource: &Resource) -> &[Value] {
    read::items(&resource.value, "spec.volumeClaimTemplates")
}

fn policy<'a>(resource: &'a Resource, when: &str) -> &'a str {
    read::text(&resource.value, &format!("spec.persistentVolumeClaimRetentionPolicy.{when}"))
}

/// The claims of a resource that are on both sides, and the templates for claims that are gone.
fn claims(pair: &Paired, found: &mut Found) {
    match (pair.new.id.group.as_str(), pair.new.id.kind.as_str()) {
        ("", "PersistentVolumeClaim") => {
            room(&FieldPath::default(), &pair.old.value, &pair.new.value, found);
            class(&pair.old.value, &pair.new.value, found);
        }
        ("apps", "StatefulSet") => {
            for old in claim_templates(&pair.old) {
                let name = read::text(old, "metadata.name");
                let mut path = read::path("spec.volumeClaimTemplates");
                path.0.push(Step::Item(vec![("metadata.name", name.into())]));
                let same = |new: &&Value| read::text(new, "metadata.name") == name;
                match claim_templates(&pair.new).iter().find(same) {
                    // Claims that are there keep their class, and stay in use.
                    Some(new) => room(&path, old, new, found),
                    None => {
                        found.add(&TEMPLATE_REMOVED, path, format!("the pods no longer mount their claims `{name}`"))
                    }
                }
            }
        }
        _ => {}
    }
}

fn room(path: &FieldPath, old: &Value, new: &Value, found: &mut Found) {
    const ROOM: &str = "spec.resources.requests.storage";
    if let (Some(old), Some(new)) = (read::at(old, ROOM), read::at(new, ROOM))
        && quantity::compare(old, new) == Some(Ordering::Greater)
    {
        found.add(&STORAGE_SHRUNK, read::below(path, ROOM), format!("{} instead of {}", label(new), label(old)));
    }
}

fn class(old: &Value, new: &Value, found: &mut Found) {
    const CLASS: &str = "spec.storageClassName";
    let (old, new) = (read::text(old, CLASS), read::text(new, CLASS));
    if !old.is_empty() && old != new {
        let new = if new.is_empty() { "the default class" } else { new };
        found.add(&STORAGE_CLASS, read::path(CLASS), format!("{new} instead of {old}"));
    }
}

/// Whether what is stored goes when something else does.
fn retention(pair: &Paired, found: &mut Found) {
    match (pair.new.id.group.as_str(), pair.new.id.kind.as_str()) {
        ("", "PersistentVolume") => {
            const RECLAIM: &str = "spec.persistentVolumeReclaimPolicy";
            let (old, new) = (read::text(&pair.old.value, RECLAIM), read::text(&pair.new.value, RECLAIM));
            if matches!(old, "" | "Retain") && matches!(new, "Delete" | "Recycle") {
                let reason = "what is stored is deleted when the claim is".to_owned();
                found.add(&VOLUME_RECLAIMED, read::path(RECLAIM), reason);
            }
        }
        ("apps", "StatefulSet") => {
            for (when, event) in [("whenDeleted", "the StatefulSet is deleted"), ("whenScaled", "it is scaled down")] {
                if policy(&pair.old, when) != "Delete" && policy(&pair.new, when) == "Delete" {
                    let path = read::path(&format!("spec.persistentVolumeClaimRetentionPolicy.{when}"));
                    found.add(&CLAIMS_DELETED, path, format!("claims are deleted when {event}"));
                }
            }
            let (old, new) = (read::replicas(&pair.old), read::replicas(&pair.new));
            if new < old && policy(&pair.new, "whenScaled") == "Delete" {
                let reason = match old.saturating_sub(new) {
                    1 => "the claims of 1 pod are deleted".to_owned(),
                    pods => format!("the claims of {pods} pods are deleted"),
                };
                found.add(&SCALED_CLAIMS, read::path("spec.replicas"), reason);
            }
        }
        _ => {}
    }
}

/// Volumes of pods that were claims and are no longer.
pub(super) fn check_volumes(_: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    let ResourceChange::Paired(pair) = change else { return };
    let (Some(old), Some(new)) = (read::template(&pair.old), read::template(&pair.new)) else { return };
    let at = read::path(read::template_path(&pair.new).unwrap_or_default());
    for volume in read::items(new, "spec.volumes").iter().filter(|volume| read::at(volume, "emptyDir").is_some()) {
        let name = read::text(volume, "name");
        let claimed = read::named(old, "spec.volumes", name)
            .is_some_and(|old| read::at(old, "persistentVolumeClaim").is_some())
            || claim_templates(&pair.old).iter().any(|template| read::text(template, "metadata.name") == name);
        if claimed {
            let reason = format!("`{name}` was a claim and is an emptyDir, which ends with its pod");
            found.add(&VOLUME_EPHEMERAL, read::item(&at, "spec.volumes", name), reason);
        }
    }
}
