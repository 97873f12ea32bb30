//! What a manifest is to a cluster.

use std::fmt;

use crate::value::{Str, Value};

/// What tells a resource apart from others, whatever the version of its API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id {
    /// Its kind; empty for a document that is no manifest.
    pub kind: Str,
    /// Its namespace; empty where it says none.
    pub namespace: Str,
    /// Its name, or what its name is made from.
    pub name: Str,
    /// The group of its API, the present one for a kind that has moved.
    pub group: Str,
}

/// `Deployment shop/web`.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.kind.is_empty() { "document" } else { &self.kind })?;
        match (self.namespace.is_empty(), self.name.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => write!(f, " {}", self.name),
            (false, false) => write!(f, " {}/{}", self.namespace, self.name),
        }
    }
}

impl Id {
    /// What a manifest says of itself.
    pub fn of(manifest: &Value) -> Id {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(Str::from).unwrap_or_default();
        let api_version = manifest.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let metadata = manifest.get("metadata");
        let field = |name: &str| text(metadata.and_then(|metadata| metadata.get(name)));
        let kind = text(manifest.get("kind"));
        let name = Some(field("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| field("generateName"));
        let group = present_group(api_version.rsplit_once('/').map_or("", |(group, _)| group), &kind);
        Id { group: group.into(), namespace: field("namespace"), name, kind }
    }
}

/// The group that a kind is in today, where it has moved from one to another.
fn present_group<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") => "apps",
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "PodSecurityPolicy") => "policy",
        ("", "Event") => "events.k8s.io",
        _ => group,
    }
}
