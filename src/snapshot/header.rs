//! The first document of a snapshot: how it was rendered, and how secrets stand in it.

use crate::diff::{DigestKey, Resource, digest};
use crate::value::Value;
use crate::yaml::to_yaml_for_people;

use super::{Form, SnapshotError};

const API_VERSION: &str = "render/v1";
const KIND: &str = "Snapshot";
const COMMENT: &str = "# What was rendered, and how. `render snapshot --check` compares it with the current render,\n\
                       # `render snapshot --update` accepts what is different.\n";

/// What is digested to tell one key from another.
const SAMPLE: &[u8] = b"render snapshot";

/// How a snapshot was rendered: for people, who may see from it why a render is different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// The program and its version.
    pub tool: String,
    /// The release's name.
    pub release: String,
    /// The release's namespace.
    pub namespace: String,
    /// The chart's name.
    pub chart: String,
    /// The chart's version.
    pub version: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// The Kubernetes version that was rendered for.
    pub kube_version: String,
    /// What gave values, in its order.
    pub values: Vec<Given>,
    /// Other flags that decide about the manifests.
    pub flags: Vec<String>,
}

/// Something that gave values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What it is: `--layer ha`, `-f mine.yaml`.
    pub from: String,
    /// Its text.
    pub text: Vec<u8>,
}

/// Whether a resource is the header of a snapshot.
pub(super) fn is_header(resource: &Resource) -> bool {
    resource.api_version == API_VERSION && resource.id.kind == KIND
}

/// The header as text.
pub(super) fn to_text(how: &How, form: &Form) -> String {
    // Where secrets are plain, nothing is given away by a digest that anybody can make.
    let key = form.key().unwrap_or_default();
    let given = how.values.iter().map(|given| {
        Value::map([("from", Value::str(given.from.as_str())), ("digest", Value::str(digest(&key, &given.text)))])
    });
    let chart = [("name", &how.chart), ("version", &how.version), ("appVersion", &how.app_version)];
    let release = [("name", &how.release), ("namespace", &how.namespace)];
    let mut entries = vec![
        ("apiVersion", Value::str(API_VERSION)),
        ("kind", Value::str(KIND)),
        ("tool", Value::str(how.tool.as_str())),
        ("release", texts(&release)),
        ("chart", texts(&chart)),
        ("kubeVersion", Value::str(how.kube_version.as_str())),
        ("values", Value::list(given)),
    ];
    if !how.flags.is_empty() {
        entries.push(("flags", Value::list(how.flags.iter().map(|flag| Value::str(flag.as_str())))));
    }
    entries.push(("secrets", secrets(form)));
    let text = to_yaml_for_people(&Value::map(entries), &|_| None);
    format!("{COMMENT}{}\n", text.unwrap_or_default())
}

fn texts(entries: &[(&'static str, &String)]) -> Value {
    let said = entries.iter().filter(|(_, text)| !text.is_empty());
    Value::map(said.map(|(key, text)| (*key, Value::str(text.as_str()))))
}

fn secrets(form: &Form) -> Value {
    match form {
        Form::Plain => Value::map([("as", Value::str("plain"))]),
        Form::Digests(key) => Value::map([("as", Value::str("digests")), ("key", Value::str(hex(key)))]),
        Form::Sealed(key) => {
            Value::map([("as", Value::str("digests")), ("digestOfKey", Value::str(digest(key, SAMPLE)))])
        }
    }
}

/// The namespace of the release; empty where a header does not say.
pub(super) fn namespace(header: &Value) -> &str {
    header.get("release").and_then(|release| release.get("namespace")).and_then(Value::as_str).unwrap_or_default()
}

/// How secrets stand in the snapshot below a header.
pub(super) fn form(name: &str, header: &Value, given: Option<DigestKey>) -> Result<Form, SnapshotError> {
    let text = |key: &str| header.get("secrets").and_then(|secrets| secrets.get(key)).and_then(Value::as_str);
    match (text("as"), text("key"), text("digestOfKey"), given) {
        (Some("plain"), None, None, _) => Ok(Form::Plain),
        (Some("digests"), Some(key), None, _) => {
            Ok(Form::Digests(of_hex(key).ok_or_else(|| SnapshotError::Header(name.to_owned()))?))
        }
        (Some("digests"), None, Some(_), None) => Err(SnapshotError::KeyMissing(name.to_owned())),
        (Some("digests"), None, Some(sample), Some(key)) if digest(&key, SAMPLE) == sample => Ok(Form::Sealed(key)),
        (Some("digests"), None, Some(_), Some(_)) => Err(SnapshotError::OtherKey(name.to_owned())),
        _ => Err(SnapshotError::Header(name.to_owned())),
    }
}

fn hex(key: &DigestKey) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_hex(text: &str) -> Option<DigestKey> {
    let mut key = DigestKey::default();
    if text.len() != 2 * key.len() || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}
