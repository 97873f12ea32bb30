//! Volumes of pods and where they are mounted (`pkg/apis/core/validation`: ValidateVolumes, ValidateVolumeMounts).

use std::collections::HashSet;

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::env::field_path;
use super::{form, within};

/// What a file of the downward API may hold (validVolumeDownwardAPIFieldPathExpressions).
const FIELDS: [&str; 5] =
    ["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];

/// validateVolumes, validateVolumeSource. One that is nothing becomes an emptyDir (SetDefaults_Volume).
pub(super) fn volume(volume: &Node<'_>, out: &mut Findings) {
    super::required_text(volume, "name", out);
    form(volume, "name", "name", syntax::dns_label, out);
    let sources: Vec<_> = volume.entries().filter(|(key, node)| *key != "name" && !node.value.is_null()).collect();
    match &sources[..] {
        [] => {
            let name = volume.text("name").unwrap_or_default();
            out.warn(volume, "volume", format!("`{name}` says nowhere what it is, and becomes an `emptyDir`"));
        }
        [(key, node)] => source(key, node, out),
        [(first, _), (key, second), ..] => {
            out.error(second, "volume", format!("`{key}` stands beside `{first}`; one of them is allowed"));
        }
    }
}

/// What kinds of volumes need.
pub(super) fn source(kind: &str, source: &Node<'_>, out: &mut Findings) {
    let needed: &[&str] = match kind {
        "configMap" => &["name"],
        "secret" => &["secretName"],
        "hostPath" | "local" => &["path"],
        "persistentVolumeClaim" => &["claimName"],
        "nfs" => &["server", "path"],
        "csi" => &["driver"],
        _ => &[],
    };
    for key in needed.iter().filter(|key| source.text(key).is_none()) {
        out.missing(source, key);
    }
    if let (Some(path), "nfs") =
        (source.get("path").filter(|_| source.text("path").is_some_and(|p| !p.starts_with('/'))), kind)
    {
        out.error(&path, "path", "must be an absolute path");
    }
    if let (Some(path), "hostPath") = (source.get("path"), kind)
        && source.text("path").is_some_and(|path| path.split('/').any(|part| part == ".."))
    {
        out.error(&path, "path", "must not contain `..`");
    }
    match kind {
        "configMap" | "secret" | "downwardAPI" => files(source, out),
        "projected" => projected(source, out),
        _ => {}
    }
}

/// The files of a volume and their modes (validateKeyToPath).
fn files(source: &Node<'_>, out: &mut Findings) {
    mode(source, "defaultMode", out);
    for item in source.list("items") {
        mode(&item, "mode", out);
        super::required_text(&item, "path", out);
        form(&item, "path", "path", syntax::local_path, out);
        item.get("fieldRef").iter().for_each(|field| field_path(field, &FIELDS, out));
    }
}

/// The mode of a file. What is written without a 0 in front is decimal.
fn mode(node: &Node<'_>, key: &str, out: &mut Findings) {
    let Some((below, mode)) = node.get(key).zip(node.int(key)) else { return };
    if !(0..=0o777).contains(&mode) {
        out.error(&below, "mode", format!("{mode} is no mode of a file: 0 to 0777, as 0644 (or 420, its decimal)"));
    }
}

/// validateProjectionSources.
fn projected(source: &Node<'_>, out: &mut Findings) {
    mode(source, "defaultMode", out);
    for part in source.list("sources") {
        let kinds: Vec<_> = part.entries().filter(|(_, node)| !node.value.is_null()).collect();
        if let [(first, _), (key, second), ..] = &kinds[..] {
            out.error(second, "volume", format!("`{key}` stands beside `{first}`; one of them is allowed"));
        }
        for (kind, node) in kinds {
            let needs_name = matches!(kind, "configMap" | "secret") && node.text("name").is_none();
            if needs_name {
                out.missing(&node, "name");
            }
            files(&node, out);
            within(&node, "expirationSeconds", 600, 1 << 32, out);
        }
    }
}

/// ValidateVolumeMounts, a mount by itself.
pub(super) fn mount(mount: &Node<'_>, out: &mut Findings) {
    super::required_text(mount, "name", out);
    super::required_text(mount, "mountPath", out);
    form(mount, "subPath", "path", syntax::local_path, out);
    form(mount, "subPathExpr", "path", syntax::local_path, out);
    if let Some(second) =
        mount.get("subPathExpr").filter(|_| mount.text("subPath").is_some() && mount.text("subPathExpr").is_some())
    {
        out.error(&second, "path", "may not stand beside `subPath`");
    }
    if let Some(path) =
        mount.get("mountPath").filter(|_| mount.text("mountPath").is_some_and(|path| path.contains(':')))
    {
        out.error(&path, "path", "must not contain `:`");
    }
}

/// Each mount is of a volume of the pod. The pods of a StatefulSet have its claims as well.
pub(super) fn mounts(spec: &Node<'_>, out: &mut Findings) {
    if out.kind != "StatefulSet" {
        mounts_of(spec, &[], out);
    }
}

/// The pods of a StatefulSet. The API server looks at them only when it is to make one, and refuses them then.
pub(super) fn claimed_mounts(resource: &Node<'_>, out: &mut Findings) {
    let Some(spec) = resource.get("spec") else { return };
    let claims = spec.list("volumeClaimTemplates");
    let claims: Vec<&str> = claims.iter().filter_map(|claim| claim.get("metadata")?.text("name")).collect();
    spec.at(&["template", "spec"]).iter().for_each(|pod| mounts_of(pod, &claims, out));
}

fn mounts_of(spec: &Node<'_>, claims: &[&str], out: &mut Findings) {
    let volumes = spec.list("volumes");
    let volumes: HashSet<&str> =
        volumes.iter().filter_map(|volume| volume.text("name")).chain(claims.iter().copied()).collect();
    let containers = ["containers", "initContainers"].iter().flat_map(|key| spec.list(key));
    for mount in
        containers.flat_map(|container| [container.list("volumeMounts"), container.list("volumeDevices")].concat())
    {
        let Some((node, name)) = mount.get("name").zip(mount.text("name")) else { continue };
        if !volumes.contains(name) {
            let near =
                crate::diag::nearest(name, volumes.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            out.error_with(&node, "volume-mount", format!("the pod has no volume `{name}`"), near);
        }
    }
}
