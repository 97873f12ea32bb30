//! Secrets out of sight: values replaced by digests that say whether they changed, and nothing else.
//!
//! The digest is keyed, with a key that is made for one comparison and thrown away, so that not even a short password
//! can be found by trying; a snapshot alone brings a key along. Replacing comes before comparing: whatever is made of a report cannot show what it never had.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::diag::{is_secret_key, may_name_secrets};
use crate::value::{Map, Str, Value};

use super::Resource;
use super::list::label;
use super::text::is_json;

/// The annotation in which `kubectl apply` keeps all of a manifest.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What stands for a value that a template makes up anew in each render. It is no secret what stands for one.
pub const RANDOM: &str = "<random>";

/// The key of digests.
pub type DigestKey = [u8; 32];

/// What is done with the values of secrets.
#[derive(Debug, Clone)]
pub enum Secrets {
    /// They are shown; those of a Secret's `data` decoded where they are text.
    Shown,
    /// They are replaced by digests made with this key.
    Masked(DigestKey),
}

/// Masked, with a key that nobody knows.
impl Default for Secrets {
    fn default() -> Self {
        let mut key = [0; 32];
        // Without randomness all digests are made with one key; still nothing is shown.
        let _ = getrandom::fill(&mut key);
        Secrets::Masked(key)
    }
}

impl Secrets {
    /// The resource as it may be shown.
    pub fn redact(&self, resource: &Resource) -> Resource {
        let mut resource = resource.clone();
        let is_secret = resource.id.kind == "Secret" && resource.id.group.is_empty();
        match (is_secret, self) {
            (true, _) => self.secret(&mut resource.value),
            (false, Secrets::Shown) => {}
            (false, Secrets::Masked(_)) => self.mask_within(&mut resource.value),
        }
        resource
    }

    /// Treats the values of a Secret, and its annotations.
    fn secret(&self, value: &mut Value) {
        let Some(map) = value.as_map_mut() else { return };
        for field in ["data", "stringData"] {
            let Some(entries) = map.get_mut(field).and_then(Value::as_map_mut) else { continue };
            for (_, value) in entries.iter_mut() {
                *value = self.entry(value, field == "data");
            }
        }
        let (Secrets::Masked(_), Some(metadata)) = (self, map.get_mut("metadata")) else { return };
        if let Some(annotations) = metadata.as_map_mut().and_then(|metadata| metadata.get_mut("annotations"))
            && let Some(Value::Str(text, _)) = annotations.as_map_mut().and_then(|all| all.get_mut(LAST_APPLIED))
        {
            *text = self.mask(text.as_bytes());
        }
        self.mask_within(metadata);
    }

    fn mask_within(&self, value: &mut Value) {
        if let Some(masked) = self.node(value) {
            *value = masked;
        }
    }

    /// What stands for an entry of a Secret, whatever it is; `encoded` says that text is base64.
    fn entry(&self, value: &Value, encoded: bool) -> Value {
        let decoded = value.as_str().filter(|_| encoded).and_then(decode);
        let text = match (self, decoded) {
            (Secrets::Masked(_), Some(bytes)) => self.mask(&bytes),
            (Secrets::Masked(_), None) if value.is_null() => return Value::NULL,
            (Secrets::Masked(_), None) => self.mask(label(value).as_bytes()),
            (Secrets::Shown, Some(bytes)) => match std::str::from_utf8(&bytes) {
                Ok(text) => text.into(),
                Err(_) => return value.clone(),
            },
            (Secrets::Shown, None) => return value.clone(),
        };
        Value::Str(text, value.origin())
    }

    /// A value with what stands under secret-like keys masked; none where nothing is.
    fn node(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Map(map, origin) => {
                let masked = |(key, value): (&Str, &Value)| Some((key.clone(), self.field(map, key, value)?));
                let masked: Vec<(Str, Value)> = map.iter().filter_map(masked).collect();
                let mut map = (!masked.is_empty()).then(|| Map::clone(map))?;
                for (key, value) in masked {
                    map.insert(key, value);
                }
                Some(Value::Map(Arc::new(map), *origin))
            }
            Value::List(items, origin) => {
                let masked = items.iter().enumerate().filter_map(|(i, item)| Some((i, self.item(item)?)));
                let masked: Vec<(usize, Value)> = masked.collect();
                let mut items = (!masked.is_empty()).then(|| Vec::clone(items))?;
                for (i, item) in masked {
                    items[i] = item;
                }
                Some(Value::List(Arc::new(items), *origin))
            }
            Value::Str(text, origin) if text.contains('\n') => Some(Value::Str(self.lines(text)?, *origin)),
            Value::Str(text, origin) if is_json(text) => Some(Value::Str(self.json(text)?, *origin)),
            _ => None,
        }
    }

    /// An item of a list, which may be a flag such as `--password=x`.
    fn item(&self, item: &Value) -> Option<Value> {
        match item {
            Value::Str(text, origin) if text.starts_with('-') => Some(Value::Str(self.lines(text)?, *origin)),
            item => self.node(item),
        }
    }

    fn field(&self, map: &Map, key: &str, value: &Value) -> Option<Value> {
        let Value::Str(text, origin) = value else { return self.node(value) };
        let is_secret = match map.get("name") {
            // An environment variable or its like.
            Some(Value::Str(name, _)) if key == "value" => is_secret_key(name),
            _ => is_secret_key(key),
        };
        if is_secret && is_literal(text) {
            return Some(Value::Str(self.mask(text.as_bytes()), *origin));
        }
        self.node(value)
    }

    /// Text with the values in lines such as `password = x` masked, and private keys; none where there are none.
    fn lines(&self, text: &str) -> Option<Str> {
        if !may_name_secrets(text) {
            return None;
        }
        let mut secrets = SecretLines::default();
        let mut out = String::new();
        let (mut start, mut copied) = (0, 0);
        for line in text.split_inclusive('\n') {
            if let Some(range) = secrets.range(line).filter(|range| !range.is_empty()) {
                out.push_str(&text[copied..start + range.start]);
                out.push_str(&self.mask(line[range.clone()].as_bytes()));
                copied = start + range.end;
            }
            start += line.len();
        }
        out.push_str(&text[copied..]);
        (copied > 0).then(|| out.into())
    }

    /// JSON with the text under secret-like keys masked; none where there is none.
    fn json(&self, text: &str) -> Option<Str> {
        let mut value = serde_json::from_str(text).ok()?;
        (self.mask_json(&mut value, false) > 0).then(|| value.to_string().into())
    }

    /// Masks text in JSON, and says how many times.
    fn mask_json(&self, value: &mut serde_json::Value, is_secret: bool) -> usize {
        match value {
            serde_json::Value::String(text) if is_secret && is_literal(text) => {
                *text = self.mask(text.as_bytes()).into();
                1
            }
            serde_json::Value::Array(items) => items.iter_mut().map(|item| self.mask_json(item, false)).sum(),
            serde_json::Value::Object(map) => {
                let named = map.get("name").and_then(serde_json::Value::as_str).is_some_and(is_secret_key);
                let is_secret = |key: &str| is_secret_key(key) || (named && key == "value");
                map.iter_mut().map(|(key, value)| self.mask_json(value, is_secret(key))).sum()
            }
            _ => 0,
        }
    }

    /// What stands for a secret. Nothing stands for nothing.
    fn mask(&self, secret: &[u8]) -> Str {
        let (Secrets::Masked(key), false) = (self, secret.is_empty()) else { return Str::new() };
        if secret == RANDOM.as_bytes() {
            return RANDOM.into();
        }
        ecow::eco_format!("{}{}{}", MARKS[0], digest(key, secret), MARKS[1])
    }
}

/// What [`Secrets`] puts before and after a digest.
const MARKS: [&str; 2] = ["<secret ", ">"];

/// The digest of a text with a key, short enough to be read.
pub fn digest(key: &DigestKey, text: &[u8]) -> String {
    // A key of any length fits.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(text);
    mac.finalize().into_bytes().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text holds what stands for a secret, or for a random value, somewhere.
pub fn is_redacted(text: &str) -> bool {
    let is_digest = |digest: &str| digest.len() == 12 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut marks = text.split(MARKS[0]).skip(1);
    text.contains(RANDOM) || marks.any(|rest| rest.split_once(MARKS[1]).is_some_and(|(digest, _)| is_digest(digest)))
}

/// The bytes that base64 stands for; line breaks in it mean nothing.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// Whether text is a value and not a reference to one, such as `$(PASSWORD)` or `{{ .Token }}`, nor a switch.
pub(super) fn is_literal(text: &str) -> bool {
    const SWITCHES: [&str; 6] = ["true", "false", "yes", "no", "on", "off"];
    !text.is_empty()
        && !SWITCHES.iter().any(|switch| text.eq_ignore_ascii_case(switch))
        && !text.starts_with(['$', '%'])
        && !text.starts_with("{{")
}

/// Secrets in the lines of a text, found one line after another.
#[derive(Default)]
struct SecretLines {
    /// The indent of a key whose value stands in the lines below it, further in.
    below: Option<usize>,
    /// Whether the lines are those of a private key.
    in_key: bool,
    /// Whether the last `name:` was that of a secret, so that the next `value:` is one.
    named: bool,
}

impl SecretLines {
    /// Where in the next line a secret stands.
    fn range(&mut self, line: &str) -> Option<std::ops::Range<usize>> {
        let start = line.len() - line.trim_start().len();
        let whole = start..start + line.trim().len();
        if line.contains("PRIVATE KEY-----") {
            self.in_key = line.contains("-----BEGIN");
            return None;
        }
        if self.in_key || self.below.is_some_and(|indent| start > indent) {
            return Some(whole);
        }
        if !whole.is_empty() {
            self.below = None;
        }
        let (key, value) = entry(line)?;
        let is_secret = is_secret_key(key) || (key == "value" && self.named);
        if matches!(key, "name" | "value") {
            self.named = key == "name" && is_secret_key(&line[value.clone()]);
        }
        let range = Some(value).filter(|value| is_secret && is_literal(&line[value.clone()]))?;
        if matches!(line[range.clone()].as_bytes(), [b'|' | b'>'] | [b'|' | b'>', b'-' | b'+']) {
            self.below = Some(start);
            return None;
        }
        Some(range)
    }
}

/// The key in a line such as `password: x`, `TOKEN="x"`, `"apiKey": "x",` or `--password=x`, and where its value stands.
fn entry(line: &str) -> Option<(&str, std::ops::Range<usize>)> {
    let end = line.find([':', '='])?;
    let key = line[..end].trim().trim_start_matches("- ").trim_matches(['"', '\'']);
    if key.is_empty() || key.contains(char::is_whitespace) {
        return None;
    }
    let value = &line[end + 1..];
    let start = end + 1 + (value.len() - value.trim_start_matches([' ', '\t', '"', '\'']).len());
    let end = start + line[start..].trim_end_matches(['\r', '\n', ' ', ',', '"', '\'']).len();
    Some((key, start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_lines_are_found() {
        for (line, want) in [
            ("password: hunter2\n", Some("hunter2")),
            ("  \"apiKey\": \"x y\",\n", Some("x y")),
            ("TOKEN='a'", Some("a")),
            ("- token: a\n", Some("a")),
            ("password = $(cat file)\n", None),
            ("password:\n", None),
            ("secretName: a\n", None),
            ("set the password: now\n", None),
            ("host: a\n", None),
            ("--password=a", Some("a")),
        ] {
            assert_eq!(SecretLines::default().range(line).map(|range| &line[range]), want, "{line}");
        }
    }

    #[test]
    fn secrets_of_several_lines_are_found() {
        let secrets = Secrets::Masked([1; 32]);
        let text = "a:\n  token: |\n    one\n\n    two\n  b: c\n-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\nd\n";
        let masked = secrets.lines(text).expect("secrets");
        assert!(!masked.contains("one") && !masked.contains("two") && !masked.contains("MII"), "{masked}");
        assert!(masked.contains("\n  b: c\n") && masked.ends_with("\nd\n"), "{masked}");
        assert_eq!(secrets.lines("a: b\nc\n"), None);
        let masked = secrets.lines("- name: DB_PASSWORD\n  value: x1\n- name: HOST\n  value: x2\n").expect("secrets");
        assert!(!masked.contains("x1") && masked.contains("value: x2"), "{masked}");
        let named = secrets.json(r#"[{"name":"DB_PASSWORD","value":"x1"}]"#).expect("secrets");
        assert!(!named.contains("x1"), "{named}");
        let json = secrets.json(r#"{"a":[{"password":"x","n":1}],"token":2}"#).expect("secrets");
        assert!(
            json.starts_with(r#"{"a":[{"password":"<secret "#) && json.ends_with(r#">","n":1}],"token":2}"#),
            "{json}"
        );
    }
}
