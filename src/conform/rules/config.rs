//! ConfigMaps and Secrets (`pkg/apis/core/validation`: ValidateConfigMap, ValidateSecret).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;

/// What the data of one may have in bytes (MaxSecretSize; etcd takes no more).
const LARGEST: usize = 1 << 20;

/// ValidateConfigMap.
pub(super) fn config_map(resource: &Node<'_>, out: &mut Findings) {
    keys(resource, &["data", "binaryData"], out);
    let binary = resource.get("binaryData");
    for (key, below) in resource.get("data").iter().flat_map(Node::entries) {
        if binary.as_ref().is_some_and(|binary| binary.has(key)) {
            out.error(&below, "duplicate", "is a key of binaryData too");
        }
    }
    let bytes = size(resource, "data") + size(resource, "binaryData") / 4 * 3;
    if bytes > LARGEST {
        out.error(resource, "size", format!("has {bytes} bytes of data; {LARGEST} are allowed"));
    }
}

/// ValidateSecret.
pub(super) fn secret(resource: &Node<'_>, out: &mut Findings) {
    keys(resource, &["data", "stringData"], out);
    let bytes = size(resource, "stringData") + size(resource, "data") / 4 * 3;
    if bytes > LARGEST {
        out.error(resource, "size", format!("has {bytes} bytes of data; {LARGEST} are allowed"));
    }
    let kind = resource.text("type").unwrap_or("Opaque");
    let has = |key: &str| {
        ["data", "stringData"].iter().any(|data| resource.get(data).is_some_and(|data| data.get(key).is_some()))
    };
    let needed: &[&str] = match kind {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => &["username"],
        _ => &[],
    };
    for key in needed.iter().filter(|key| !has(key)) {
        out.error(resource, "secret-type", format!("has no `{key}` in its data, which `type: {kind}` needs"));
    }
    let account =
        resource.at(&["metadata", "annotations"]).and_then(|all| all.text("kubernetes.io/service-account.name"));
    if kind == "kubernetes.io/service-account-token" && account.is_none() {
        out.error(
            resource,
            "secret-type",
            "has no annotation `kubernetes.io/service-account.name`, which its type needs",
        );
    }
    docker_config(resource, out);
}

/// What is to be JSON is JSON, where it is written in clear.
fn docker_config(resource: &Node<'_>, out: &mut Findings) {
    let Some(text) = resource.get("stringData").and_then(|data| data.get(".dockerconfigjson")) else { return };
    if text.value.as_str().is_some_and(|json| serde_json::from_str::<serde::de::IgnoredAny>(json).is_err()) {
        out.error(&text, "secret-type", "is not JSON");
    }
}

fn keys(resource: &Node<'_>, maps: &[&str], out: &mut Findings) {
    for (key, below) in
        maps.iter().filter_map(|key| resource.get(key)).flat_map(|data| data.entries().collect::<Vec<_>>())
    {
        if let Some(wrong) = syntax::config_key(key) {
            out.error(&below, "key", format!("the key `{key}` {wrong}"));
        }
    }
}

fn size(resource: &Node<'_>, key: &str) -> usize {
    let data = resource.get(key);
    data.iter().flat_map(Node::entries).map(|(_, value)| value.value.as_str().map_or(0, str::len)).sum()
}
