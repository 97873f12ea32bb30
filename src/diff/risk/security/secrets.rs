//! Secrets in plain sight: in the environment of a container, in a ConfigMap.
//!
//! By the names of keys, as everywhere; values have been replaced by digests before this is asked.

use super::super::super::redact::is_literal;
use super::super::super::{ResourceChange, Step};
use super::super::{Found, Rule, read};
use super::rule;
use crate::diag::is_secret_key;
use crate::value::Value;

static IN_ENV: Rule = rule(
    "secret-in-env",
    "a secret stands as a plain value in the environment of a container",
    "put it into a Secret, and refer to it with secretKeyRef",
    "Good practices for Kubernetes Secrets",
);
static IN_CONFIG: Rule = rule(
    "secret-in-config",
    "a secret stands as a plain value in a ConfigMap",
    "put it into a Secret",
    "Good practices for Kubernetes Secrets",
);

pub(in super::super) const RULES: &[&Rule] = &[&IN_ENV, &IN_CONFIG];

/// Ends of names that hold something about a secret, and not the secret.
const ABOUT: [&str; 26] = [
    "file",
    "path",
    "dir",
    "url",
    "uri",
    "endpoint",
    "ttl",
    "expiry",
    "expiration",
    "lifetime",
    "duration",
    "interval",
    "length",
    "size",
    "policy",
    "enabled",
    "required",
    "header",
    "issuer",
    "audience",
    "algorithm",
    "method",
    "domain",
    "samesite",
    "secure",
    "id",
];

/// Kinds of files that are more than a secret.
const FILES: [&str; 11] = ["sh", "py", "js", "yaml", "yml", "json", "conf", "tpl", "sql", "toml", "xml"];

pub(super) fn check(change: &ResourceChange, found: &mut Found) {
    let Some(new) = change.after() else { return };
    if new.id.kind == "ConfigMap" && new.id.group.is_empty() {
        let data = |value| read::at(value, "data").and_then(Value::as_map);
        let old = change.before().and_then(|old| data(&old.value));
        for (key, value) in data(&new.value).into_iter().flat_map(|map| map.iter()) {
            let was_plain = old.and_then(|old| old.get(key)).is_some_and(|old| is_plain(key, old));
            if is_plain(key, value) && !was_plain {
                let mut path = read::path("data");
                path.0.push(Step::Key(key.clone()));
                found.add(&IN_CONFIG, path, "whoever may read ConfigMaps can read it");
            }
        }
    }
    environments(change, found);
}

fn environments(change: &ResourceChange, found: &mut Found) {
    let Some((new, template)) = change.after().and_then(|new| Some((new, read::template(new)?))) else { return };
    let old = read::template_before(change);
    let root = read::path(read::template_path(new).unwrap_or_default());
    for (list, container) in read::containers(template) {
        let name = read::text(container, "name");
        let before = old.as_ref().and_then(|old| read::named(old, list, name));
        for variable in read::items(container, "env") {
            let key = read::text(variable, "name");
            let is_plain = |variable: &Value| variable.get("value").is_some_and(|value| is_plain(key, value));
            let was_plain = before.and_then(|before| read::named(before, "env", key)).is_some_and(is_plain);
            if is_plain(variable) && !was_plain {
                let path = read::item(&read::item(&root, list, name), "env", key);
                found.add(&IN_ENV, path, format!("whoever may read the workload can read {key}"));
            }
        }
    }
}

/// Whether a secret stands under this key as it is.
fn is_plain(key: &str, value: &Value) -> bool {
    let folded: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let about = ABOUT.iter().any(|end| folded.ends_with(end));
    let is_file = key.rsplit_once('.').is_some_and(|(_, kind)| FILES.contains(&kind));
    is_secret_key(key) && !about && !is_file && value.as_str().is_some_and(is_literal)
}
