//! What is left out of a comparison.

use std::sync::Arc;

use crate::value::{Map, Value};

use super::{Resource, list};

/// Labels that say which version of a chart printed a manifest.
const CHART_LABELS: [&str; 3] = ["helm.sh/chart", "app.kubernetes.io/version", "chart"];

/// What only a cluster writes.
const SERVER: [&str; 8] = [
    "status",
    "metadata.managedFields",
    "metadata.uid",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.creationTimestamp",
    "metadata.selfLink",
    r"metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration",
];

/// What is left out of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    fields: Vec<Rule>,
    labels: bool,
    checksums: bool,
    order: bool,
    spaces: bool,
}

/// A field, or a resource, that is left out.
#[derive(Debug, Clone)]
struct Rule {
    /// Any where empty.
    kind: String,
    /// Any where empty.
    name: String,
    /// All of the resource where empty.
    path: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A key, or what an item of a list is known by, with `*` for any characters.
    Name(String),
    /// `**`: any way down.
    Any,
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRule {
    /// The rule.
    pub rule: String,
    /// What is wrong with it.
    pub message: &'static str,
}

impl Rules {
    /// Reads rules: `[KIND[/NAME]:][PATH]`, or one of `@labels`, `@checksums`, `@server`, `@order` and `@spaces`.
    ///
    /// A path is written as the report prints it: keys with `.` between them, `\.` for a dot in a key, `[web]` for an
    /// item of a list. `*` stands for any characters of one step, `**` for any number of steps.
    ///
    /// # Errors
    /// The first rule that means nothing.
    pub fn parse(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Rules, BadRule> {
        let mut rules = Rules::default();
        for text in texts {
            let text = text.as_ref();
            match text {
                "@labels" => rules.labels = true,
                "@checksums" => rules.checksums = true,
                "@order" => rules.order = true,
                "@spaces" => rules.spaces = true,
                "@server" => SERVER.iter().try_for_each(|rule| rules.add(rule))?,
                _ => rules.add(text)?,
            }
        }
        Ok(rules)
    }

    fn add(&mut self, text: &str) -> Result<(), BadRule> {
        self.fields.push(Rule::parse(text).map_err(|message| BadRule { rule: text.to_owned(), message })?);
        Ok(())
    }

    /// Whether another order of items is a change.
    pub(super) fn order(&self) -> bool {
        !self.order
    }

    /// Whether all of a resource is left out.
    pub(super) fn hides(&self, resource: &Resource) -> bool {
        self.fields.iter().any(|rule| rule.path.is_empty() && rule.is_for(resource))
    }

    /// The resource without what is left out.
    pub(super) fn prune(&self, resource: &Resource) -> Resource {
        let mut resource = resource.clone();
        let rules: Vec<&[Part]> =
            self.fields.iter().filter(|rule| rule.is_for(&resource)).map(|rule| rule.path.as_slice()).collect();
        if !rules.is_empty() {
            prune(&mut resource.value, &rules);
        }
        if self.labels || self.checksums {
            self.prune_metadata(&mut resource.value);
        }
        if self.spaces {
            trim(&mut resource.value);
        }
        resource
    }

    /// Takes labels and annotations out of all `metadata` and selectors.
    fn prune_metadata(&self, value: &mut Value) {
        if !has_maps(value) {
            return;
        }
        if let Value::List(items, _) = value {
            return Arc::make_mut(items).iter_mut().for_each(|item| self.prune_metadata(item));
        }
        let Some(map) = value.as_map_mut() else { return };
        for (key, value) in map.iter_mut() {
            match (key.as_str(), value.as_map_mut()) {
                ("labels" | "matchLabels", Some(labels)) if self.labels => {
                    labels.retain(|label, _| !CHART_LABELS.contains(&label.as_str()));
                }
                ("annotations", Some(annotations)) if self.checksums => {
                    annotations.retain(|name, _| !name.to_ascii_lowercase().contains("checksum"));
                }
                _ => self.prune_metadata(value),
            }
        }
        drop_emptied(map);
    }
}

/// Takes spaces and carriage returns from the ends of lines in texts, and what is blank from both ends of a text.
fn trim(value: &mut Value) {
    match value {
        Value::Map(map, _) => Arc::make_mut(map).iter_mut().for_each(|(_, value)| trim(value)),
        Value::List(items, _) => Arc::make_mut(items).iter_mut().for_each(trim),
        Value::Str(text, _) if text.contains(char::is_whitespace) => {
            let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
            *text = lines.join("\n").into();
        }
        _ => {}
    }
}

/// A map of labels that are all left out is left out itself: it is there on one side only.
fn drop_emptied(map: &mut Map) {
    map.retain(|key, value| {
        !(matches!(key.as_str(), "labels" | "annotations") && value.as_map().is_some_and(|map| map.is_empty()))
    });
}

fn has_maps(value: &Value) -> bool {
    match value {
        Value::Map(..) => true,
        Value::List(items, _) => items.iter().any(has_maps),
        _ => false,
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Rule, &'static str> {
        if text.starts_with('@') {
            return Err("the rules with @ are `@labels`, `@checksums`, `@server`, `@order` and `@spaces`");
        }
        let (subject, path) = match text.split_once(':') {
            Some((subject, path)) if !subject.contains(['.', '[']) => (subject, path),
            _ => ("", text),
        };
        let (kind, name) = subject.split_once('/').unwrap_or((subject, ""));
        if subject.is_empty() && path.is_empty() {
            return Err("a path or a kind is missing");
        }
        Ok(Rule { kind: kind.to_owned(), name: name.to_owned(), path: parts(path)? })
    }

    fn is_for(&self, resource: &Resource) -> bool {
        let is = |pattern: &str, text: &str| pattern.is_empty() || matches(pattern, text);
        is(&self.kind, &resource.id.kind) && is(&self.name, &resource.id.name)
    }
}

/// Reads a path.
fn parts(path: &str) -> Result<Vec<Part>, &'static str> {
    let mut parts = Vec::new();
    let mut name = String::new();
    let mut in_item = false;
    let mut chars = path.chars();
    let mut end = |name: &mut String, in_item: bool| match std::mem::take(name) {
        empty if empty.is_empty() => in_item.then_some(()).map_or(Ok(()), |()| Err("`[]` names no item")),
        any if any == "**" && !in_item => {
            parts.push(Part::Any);
            Ok(())
        }
        name => {
            parts.push(Part::Name(name));
            Ok(())
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            '.' if !in_item => end(&mut name, false)?,
            '[' if !in_item => {
                end(&mut name, false)?;
                in_item = true;
            }
            ']' if in_item => {
                end(&mut name, true)?;
                in_item = false;
            }
            c => name.push(c),
        }
    }
    if in_item {
        return Err("`]` is missing");
    }
    end(&mut name, false)?;
    Ok(parts)
}

/// Takes out of a value what the rules name, each given from here on.
fn prune(value: &mut Value, rules: &[&[Part]]) {
    match value {
        Value::Map(map, _) => {
            let map = Arc::make_mut(map);
            map.retain(|key, value| keep(value, &below(rules, &|name| matches(name, key))));
            drop_emptied(map);
        }
        Value::List(items, _) => {
            let items = Arc::make_mut(items);
            let mut place = 0;
            items.retain_mut(|item| {
                let names = known_by(item, place);
                place += 1;
                keep(item, &below(rules, &|name| names.iter().any(|known| matches(name, known))))
            });
        }
        _ => {}
    }
}

/// Prunes a value that is one step down; false where it is left out itself.
fn keep(value: &mut Value, rules: &[&[Part]]) -> bool {
    if rules.iter().any(|rule| rule.iter().all(|part| *part == Part::Any)) {
        return false;
    }
    if !rules.is_empty() {
        prune(value, rules);
    }
    true
}

/// The rules that still count one step down, where a name matches.
fn below<'a>(rules: &[&'a [Part]], is: &dyn Fn(&str) -> bool) -> Vec<&'a [Part]> {
    let mut next = Vec::new();
    for rule in rules {
        match rule.split_first() {
            Some((Part::Name(name), rest)) if is(name) => next.push(rest),
            Some((Part::Any, rest)) => {
                next.push(*rule);
                next.extend(below(&[rest], is));
            }
            _ => {}
        }
    }
    next
}

/// What a rule may call an item of a list: its place, a field that it may be known by, a port with its protocol.
fn known_by(item: &Value, place: usize) -> Vec<String> {
    const FIELDS: [&str; 8] = ["name", "mountPath", "devicePath", "host", "path", "key", "id", "ip"];
    let mut names = vec![place.to_string()];
    let Value::Map(map, _) = item else {
        names.push(list::label(item));
        return names;
    };
    names.extend(FIELDS.iter().filter_map(|field| map.get(field)).map(list::label));
    for port in ["containerPort", "port"].iter().filter_map(|field| map.get(field)).map(list::label) {
        let protocol = map.get("protocol").map_or_else(|| "TCP".to_owned(), list::label);
        names.extend([format!("{port}/{protocol}"), port]);
    }
    names
}

/// Whether text is what a pattern says; `*` in it stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}
