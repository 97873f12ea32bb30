//! Chart.yaml, requirements.yaml and Chart.lock as typed data, with Helm's validation of it.
//!
//! Follows `pkg/chart/v2` of Helm 4.1.4.

use crate::diag::Pos;
use crate::value::{Str, Value};

use super::decode::{Decoder, Fault, Field, pos_of};
use super::semver::Version;

/// What Chart.yaml says of a chart.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// Its name, or its alias once dependencies are processed.
    pub name: String,
    /// Its home page.
    pub home: String,
    /// Where its source is kept.
    pub sources: Vec<String>,
    /// Its version.
    pub version: String,
    /// One sentence on it.
    pub description: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Who maintains it.
    pub maintainers: Vec<Maintainer>,
    /// The address of an icon.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// Kept for old charts; has no effect.
    pub condition: String,
    /// Kept for old charts; has no effect.
    pub tags: String,
    /// The version of what the chart deploys.
    pub app_version: String,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Notes for other programs, in key order; `None` where there is no such field.
    pub annotations: Option<Vec<(String, String)>>,
    /// The Kubernetes versions that it is for, as a constraint.
    pub kube_version: String,
    /// The charts that it depends on. `None` and an empty list are different things to Helm: it looks into the
    /// dependencies of an undeclared subchart only where the parent has a list.
    pub dependencies: Option<Vec<Dependency>>,
    /// `application`, `library`, or nothing.
    pub kind: String,
    /// The data as it was written, for spans.
    pub raw: Value,
}

/// Who maintains a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// A person or organisation.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their page.
    pub url: String,
    /// Whether the list has null in its place.
    null: bool,
}

/// A chart that a chart depends on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dependency {
    /// Its name in its own Chart.yaml; its alias once dependencies are processed.
    pub name: String,
    /// The range that its version must lie in.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Comma-separated paths into the values; the first one that is a boolean decides whether it is enabled.
    pub condition: String,
    /// Tags that enable or disable it.
    pub tags: Vec<String>,
    /// Whether it is enabled; decided while dependencies are processed.
    pub enabled: bool,
    /// What of its values goes into the parent's.
    pub import_values: Vec<Value>,
    /// The name to use in place of its own.
    pub alias: String,
    /// Where it was written.
    pub pos: Pos,
    /// Whether its values were imported; `import_values` then says what, and is not read again.
    pub imported: bool,
    /// Whether the list has null in its place.
    null: bool,
}

/// Chart.lock: the dependencies as they were last resolved.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// When, as an RFC 3339 time.
    pub generated: String,
    /// A hash of what was asked for.
    pub digest: String,
    /// What it resolved to.
    pub dependencies: Vec<Dependency>,
}

const FIELDS: [&str; 17] = [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];
const DEPENDENCY_FIELDS: [&str; 8] =
    ["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];
const MAINTAINER_FIELDS: [&str; 3] = ["name", "email", "url"];
const LOCK_FIELDS: [&str; 3] = ["generated", "digest", "dependencies"];

/// The `apiVersion` alone, which Helm reads first to tell the kinds of charts apart.
pub(super) fn api_version(raw: &Value) -> Result<String, Fault> {
    let mut decoder = Decoder::default();
    let mut version = String::new();
    for (name, value) in decoder.root(raw, "loader.chartBase", &["apiVersion"]) {
        decoder.string(value, Field { owner: "chartBase", parent: "", name }, &mut version);
    }
    decoder.finish().map(|()| version)
}

impl Metadata {
    /// Whether it is a library chart, which only lends its `_` files to others.
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// The fields of Chart.yaml that mean nothing. Letter case does not count, as in Helm.
    pub fn unknown_fields(&self) -> impl Iterator<Item = &str> {
        let keys = self.raw.as_map().into_iter().flat_map(|map| map.keys().map(Str::as_str));
        keys.filter(|key| !FIELDS.iter().any(|field| field.eq_ignore_ascii_case(key)))
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.iter().flatten().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// Takes what a document says over what is there; requirements.yaml is read over Chart.yaml.
    pub(super) fn read(&mut self, raw: &Value) -> Result<(), Fault> {
        let mut decoder = Decoder::default();
        for (name, value) in decoder.root(raw, "v2.Metadata", &FIELDS) {
            self.read_field(&mut decoder, name, value);
        }
        decoder.finish()
    }

    fn read_field(&mut self, decoder: &mut Decoder, name: &str, value: &Value) {
        let field = Field { owner: "Metadata", parent: "", name };
        match name {
            "name" => decoder.string(value, field, &mut self.name),
            "home" => decoder.string(value, field, &mut self.home),
            "sources" => decoder.strings(value, field, &mut self.sources),
            "version" => decoder.string(value, field, &mut self.version),
            "description" => decoder.string(value, field, &mut self.description),
            "keywords" => decoder.strings(value, field, &mut self.keywords),
            "maintainers" => self.maintainers = read_maintainers(decoder, value, field),
            "icon" => decoder.string(value, field, &mut self.icon),
            "apiVersion" => decoder.string(value, field, &mut self.api_version),
            "condition" => decoder.string(value, field, &mut self.condition),
            "tags" => decoder.string(value, field, &mut self.tags),
            "appVersion" => decoder.string(value, field, &mut self.app_version),
            "deprecated" => decoder.bool(value, field, &mut self.deprecated),
            "annotations" => self.annotations = decoder.string_map(value, field),
            "kubeVersion" => decoder.string(value, field, &mut self.kube_version),
            "dependencies" => read_dependencies(decoder, value, field, &mut self.dependencies),
            _ => decoder.string(value, field, &mut self.kind),
        }
    }

    /// Cleans the texts and checks what Helm checks at load.
    pub(super) fn validate(&mut self) -> Result<(), Fault> {
        self.clean();
        // Only a requirements.yaml without a Chart.yaml leaves it empty.
        if self.api_version.is_empty() {
            return Err(self.fault("apiVersion", "chart.metadata.apiVersion is required"));
        }
        if let Some(fault) = self.name_fault().or_else(|| self.version_fault()) {
            return Err(fault);
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err(self.fault("type", "chart.metadata.type must be application or library"));
        }
        if self.maintainers.iter().any(|m| m.null) {
            return Err(self.fault("maintainers", "maintainers must not contain empty or null nodes"));
        }
        self.check_dependencies()
    }

    fn clean(&mut self) {
        let texts = [&mut self.name, &mut self.description, &mut self.home, &mut self.icon, &mut self.condition];
        let more = [&mut self.tags, &mut self.app_version, &mut self.kube_version];
        let lists = self.sources.iter_mut().chain(&mut self.keywords);
        let people = self.maintainers.iter_mut().flat_map(|m| [&mut m.name, &mut m.email, &mut m.url]);
        texts.into_iter().chain(more).chain(lists).chain(people).for_each(sanitize);
    }

    fn fault(&self, field: &str, message: impl Into<String>) -> Fault {
        Fault { message: message.into(), pos: self.raw.get(field).map_or(pos_of(&self.raw), pos_of) }
    }

    fn name_fault(&self) -> Option<Fault> {
        let name = &self.name;
        let message = match name.as_str() {
            "" => "chart.metadata.name is required".to_owned(),
            "." | ".." => format!("chart.metadata.name {name:?} is not allowed"),
            "/" => return None,
            _ if name.contains('/') => format!("chart.metadata.name {name:?} is invalid"),
            _ => return None,
        };
        Some(self.fault("name", message))
    }

    fn version_fault(&self) -> Option<Fault> {
        if self.version.is_empty() {
            return Some(self.fault("version", "chart.metadata.version is required"));
        }
        let invalid = || self.fault("version", format!("chart.metadata.version {:?} is invalid", self.version));
        Version::parse(&self.version).err().map(|_| invalid())
    }

    fn check_dependencies(&mut self) -> Result<(), Fault> {
        let mut seen: Vec<&str> = Vec::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            let pos = dependency.pos;
            dependency.validate().map_err(|message| Fault { message, pos })?;
            let key = dependency.key();
            if seen.contains(&key) {
                let message = format!("more than one dependency with name or alias {key:?}");
                return Err(Fault { message, pos });
            }
            seen.push(key);
        }
        Ok(())
    }

    /// `.Chart` as templates see it: every field under its Go name, and `IsRoot`.
    ///
    /// `Annotations` is null where there are none; in Go it is then a map without entries.
    pub fn to_value(&self, is_root: bool) -> Value {
        Value::map([
            ("Name", text(&self.name)),
            ("Home", text(&self.home)),
            ("Sources", texts(&self.sources)),
            ("Version", text(&self.version)),
            ("Description", text(&self.description)),
            ("Keywords", texts(&self.keywords)),
            ("Maintainers", Value::list(self.maintainers.iter().map(Maintainer::to_value))),
            ("Icon", text(&self.icon)),
            ("APIVersion", text(&self.api_version)),
            ("Condition", text(&self.condition)),
            ("Tags", text(&self.tags)),
            ("AppVersion", text(&self.app_version)),
            ("Deprecated", Value::bool(self.deprecated)),
            ("Annotations", self.annotations_value()),
            ("KubeVersion", text(&self.kube_version)),
            ("Dependencies", Value::list(self.dependencies.iter().flatten().map(Dependency::to_value))),
            ("Type", text(&self.kind)),
            ("IsRoot", Value::bool(is_root)),
        ])
    }

    fn annotations_value(&self) -> Value {
        match &self.annotations {
            Some(entries) => Value::map(entries.iter().map(|(k, v)| (k.as_str(), text(v)))),
            None => Value::NULL,
        }
    }
}

fn text(text: &str) -> Value {
    Value::str(text)
}

fn texts(texts: &[String]) -> Value {
    Value::list(texts.iter().map(|t| text(t)))
}

impl Maintainer {
    fn to_value(&self) -> Value {
        Value::map([("Name", text(&self.name)), ("Email", text(&self.email)), ("URL", text(&self.url))])
    }
}

impl Dependency {
    /// The name that it goes by in the parent: its alias where it has one.
    pub fn key(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }

    fn validate(&mut self) -> Result<(), String> {
        if self.null {
            return Err("dependencies must not contain empty or null nodes".into());
        }
        let texts = [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition];
        texts.into_iter().chain(&mut self.tags).for_each(sanitize);
        if !self.alias.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return Err(format!("dependency {:?} has disallowed characters in the alias", self.name));
        }
        Ok(())
    }

    fn to_value(&self) -> Value {
        Value::map([
            ("Name", text(&self.name)),
            ("Version", text(&self.version)),
            ("Repository", text(&self.repository)),
            ("Condition", text(&self.condition)),
            ("Tags", texts(&self.tags)),
            ("Enabled", Value::bool(self.enabled)),
            ("ImportValues", Value::list(self.import_values.iter().cloned())),
            ("Alias", text(&self.alias)),
        ])
    }

    fn read(&mut self, decoder: &mut Decoder, value: &Value, list: Field<'_>) {
        self.pos = pos_of(value);
        for (name, value) in decoder.object(value, list, "v2.Dependency", &DEPENDENCY_FIELDS) {
            let field = Field { owner: "Dependency", parent: list.name, name };
            match name {
                "name" => decoder.string(value, field, &mut self.name),
                "version" => decoder.string(value, field, &mut self.version),
                "repository" => decoder.string(value, field, &mut self.repository),
                "condition" => decoder.string(value, field, &mut self.condition),
                "tags" => decoder.strings(value, field, &mut self.tags),
                "enabled" => decoder.bool(value, field, &mut self.enabled),
                "import-values" => {
                    self.import_values = decoder.items(value, field, "[]interface {}").unwrap_or_default().to_vec();
                }
                _ => decoder.string(value, field, &mut self.alias),
            }
        }
    }
}

/// Entries that are there already are read over, as Go's decoder reuses the items of a list.
fn read_dependencies(decoder: &mut Decoder, value: &Value, field: Field<'_>, into: &mut Option<Vec<Dependency>>) {
    let Some(items) = decoder.items(value, field, "[]*v2.Dependency") else {
        if value.is_null() {
            *into = None;
        }
        return;
    };
    let list = into.get_or_insert_default();
    list.resize_with(items.len(), Dependency::default);
    for (dependency, item) in list.iter_mut().zip(items) {
        dependency.null = item.is_null();
        if !dependency.null {
            dependency.read(decoder, item, field);
        }
    }
}

fn read_maintainers(decoder: &mut Decoder, value: &Value, list: Field<'_>) -> Vec<Maintainer> {
    let items = decoder.items(value, list, "[]*v2.Maintainer").unwrap_or_default();
    items.iter().map(|item| read_maintainer(decoder, item, list)).collect()
}

fn read_maintainer(decoder: &mut Decoder, value: &Value, list: Field<'_>) -> Maintainer {
    let mut maintainer = Maintainer { null: value.is_null(), ..Maintainer::default() };
    if maintainer.null {
        return maintainer;
    }
    for (name, value) in decoder.object(value, list, "v2.Maintainer", &MAINTAINER_FIELDS) {
        let field = Field { owner: "Maintainer", parent: list.name, name };
        match name {
            "name" => decoder.string(value, field, &mut maintainer.name),
            "email" => decoder.string(value, field, &mut maintainer.email),
            _ => decoder.string(value, field, &mut maintainer.url),
        }
    }
    maintainer
}

impl Lock {
    /// Chart.lock or requirements.lock.
    pub(super) fn read(raw: &Value) -> Result<Lock, Fault> {
        let mut decoder = Decoder::default();
        let mut lock = Lock::default();
        for (name, value) in decoder.root(raw, "v2.Lock", &LOCK_FIELDS) {
            let field = Field { owner: "Lock", parent: "", name };
            match name {
                "generated" => read_time(&mut decoder, value, &mut lock.generated),
                "digest" => decoder.string(value, field, &mut lock.digest),
                _ => {
                    let mut dependencies = None;
                    read_dependencies(&mut decoder, value, field, &mut dependencies);
                    lock.dependencies = dependencies.unwrap_or_default();
                }
            }
        }
        decoder.finish().map(|()| lock)
    }
}

fn read_time(decoder: &mut Decoder, value: &Value, into: &mut String) {
    match value {
        Value::Str(text, _) if is_rfc3339(text) => *into = text.to_string(),
        Value::Str(text, _) => decoder.fail(value, bad_time(text)),
        Value::Null(_) => {}
        _ => decoder.fail(value, "Time.UnmarshalJSON: input is not a JSON string"),
    }
}

fn bad_time(text: &Str) -> String {
    format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse it as an RFC 3339 time")
}

/// Whether Go's JSON decoder takes a text as a time.
fn is_rfc3339(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(19) else { return false };
    let number = |range: std::ops::Range<usize>| {
        let digits = date.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    let parts = [number(0..4), number(5..7), number(8..10), number(11..13), number(14..16), number(17..19)];
    let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = parts else { return false };
    let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    marks.iter().all(|(at, mark)| date.get(*at..at + 1) == Some(mark))
        && in_range
        && hour < 24
        && minute < 60
        && second < 60
        && is_zone(skip_fraction(rest))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400) && month == 2 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn skip_fraction(text: &str) -> &str {
    match text.strip_prefix('.') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => text,
    }
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    let Some((hours, minutes)) = offset.split_once(':') else { return false };
    let below = |digits: &str, limit: u32| {
        digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse().is_ok_and(|n: u32| n < limit)
    };
    below(hours, 24) && below(minutes, 60)
}

/// White space becomes a space, and what does not print goes.
fn sanitize(text: &mut String) {
    if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return;
    }
    *text = text.chars().filter_map(|c| if c.is_whitespace() { Some(' ') } else { is_print(c).then_some(c) }).collect();
}

/// Go's `unicode.IsPrint` for what is not white space. The standard library knows which characters print, and tells
/// through its escaping alone; a letter stands before the character since a combining one is escaped at the beginning.
fn is_print(c: char) -> bool {
    c.is_ascii_graphic() || !c.is_ascii() && !format!("a{c}").escape_debug().any(|e| e == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned() {
        let mut text = "a\u{a0}b\u{200b}c\u{ad}e\u{301}\u{378}\td\u{7f}\\\"".to_owned();
        sanitize(&mut text);
        assert_eq!(text, "a bce\u{301} d\\\"");
    }

    #[test]
    fn times_as_go_reads_them() {
        for text in ["2020-02-29T23:59:59Z", "2021-01-25T10:29:44.8112381-05:00"] {
            assert!(is_rfc3339(text), "{text}");
        }
        for text in ["", "2020-01-01", "2021-02-29T00:00:00Z", "2020-01-01T00:00:00", "2020-01-01T24:00:00Z", "x"] {
            assert!(!is_rfc3339(text), "{text}");
        }
    }
}
