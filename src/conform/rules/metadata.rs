//! Names, labels, annotations (`k8s.io/apimachinery/pkg/api/validation`: ValidateObjectMeta).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax::{self, Fault};
use super::form;

/// All annotations of a resource may have this many bytes (TotalAnnotationSizeLimitB).
const ANNOTATIONS: usize = 256 << 10;

/// Labels, annotations, finalizers, wherever metadata stands (ValidateObjectMetaAccessor).
pub(super) fn object_meta(meta: &Node<'_>, out: &mut Findings) {
    labels(meta, "labels", out);
    if let Some(annotations) = meta.get("annotations") {
        for (key, below) in annotations.entries() {
            if let Some(wrong) = syntax::qualified_name(&key.to_lowercase()) {
                out.error(&below, "annotation", format!("the key `{key}` {wrong}"));
            }
        }
        let size: usize = annotations.entries().map(|(k, v)| k.len() + v.value.as_str().map_or(0, str::len)).sum();
        if size > ANNOTATIONS {
            out.error(&annotations, "annotation", format!("have {size} bytes together; {ANNOTATIONS} are allowed"));
        }
    }
    for finalizer in meta.list("finalizers") {
        super::form_of(&finalizer, "finalizer", syntax::qualified_name, out);
    }
    form(meta, "namespace", "name", syntax::dns_label, out);
    form(meta, "generateName", "name", |text| syntax::dns_subdomain(text.trim_end_matches('-')), out);
    owners(meta, out);
}

/// One owner controls (ValidateOwnerReferences).
fn owners(meta: &Node<'_>, out: &mut Findings) {
    let owners = meta.list("ownerReferences");
    for key in ["apiVersion", "kind", "name", "uid"] {
        owners.iter().for_each(|owner| super::required_text(owner, key, out));
    }
    if let Some(second) = owners.iter().filter(|owner| owner.is_true("controller")).nth(1) {
        out.error(second, "owner", "is a second owner with `controller: true`; there can be one");
    }
}

/// The entries of a map are labels (ValidateLabels).
pub(super) fn labels(node: &Node<'_>, key: &str, out: &mut Findings) {
    for (label, value) in node.get(key).iter().flat_map(Node::entries) {
        label_key(&value, label, out);
        super::form_of(&value, "label", syntax::label_value, out);
    }
}

/// A key of a label, at what it is the key of.
pub(super) fn label_key(node: &Node<'_>, key: &str, out: &mut Findings) {
    if let Some(wrong) = syntax::qualified_name(key) {
        out.error(node, "label", format!("the key `{key}` {wrong}"));
    }
}

/// The metadata of a resource itself: it has a name, and one that its kind allows.
pub(in super::super) fn check(resource: &Node<'_>, fault: fn(&str) -> Fault, cluster: bool, out: &mut Findings) {
    let Some(meta) = resource.get("metadata") else { return out.missing(resource, "metadata") };
    if meta.text("name").is_none() && meta.text("generateName").is_none() {
        out.missing(&meta, "name");
    }
    form(&meta, "name", "name", fault, out);
    if let (true, Some(namespace)) = (cluster, meta.get("namespace")) {
        out.warn(&namespace, "namespace", "belongs to no namespace; this one is passed over");
    }
}

/// What the name of a kind must be (the `NameFn` of its validation).
pub(in super::super) fn name_of_kind(group: &str, kind: &str) -> fn(&str) -> Fault {
    match (group, kind) {
        // ValidateServiceName: RFC 1035, for it becomes a part of a DNS name.
        ("", "Service") => syntax::dns_1035_label,
        ("", "Namespace") => syntax::dns_label,
        ("rbac.authorization.k8s.io", _) | ("certificates.k8s.io", "CertificateSigningRequest") => syntax::path_segment,
        // ValidateCronJobCreate: a Job gets 11 characters more.
        ("batch", "CronJob") => cron_job,
        _ => syntax::dns_subdomain,
    }
}

fn cron_job(name: &str) -> Fault {
    let long = || format!("must have at most 52 characters, has {}: Jobs are named after it", name.len());
    syntax::dns_subdomain(name).or_else(|| (name.len() > 52).then(long))
}
