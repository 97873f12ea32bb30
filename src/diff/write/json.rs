//! The report as JSON, for programs. `docs/diff.schema.json` says what is in it.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::value::{Num, Value};

use super::super::risk::{Class, Risk};
use super::super::{Broken, Change, Detail, FieldPath, Report, Resource, ResourceChange, Step, Summary};
use super::heading;

/// The version of the format. It changes when a field is taken away or means something else.
const VERSION: u32 = 1;

/// The report as JSON.
pub fn json(report: &Report) -> String {
    // Nothing in a report is without a form in JSON; keys are text and numbers are finite.
    let mut text = serde_json::to_string_pretty(&Of(report)).unwrap_or_default();
    text.push('\n');
    text
}

/// Something in its JSON form.
struct Of<'a, T: ?Sized>(&'a T);

impl Serialize for Of<'_, Report> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resources = self.0.resources.iter().enumerate();
        let resources: Vec<_> = resources.map(|(n, change)| WithRisks { change, risks: self.0.risks_of(n) }).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("old", &self.0.old)?;
        map.serialize_entry("new", &self.0.new)?;
        map.serialize_entry("summary", &Of(&self.0.summary()))?;
        map.serialize_entry("risks", &Of(&self.0.classes()))?;
        map.serialize_entry("broken", &self.0.broken.iter().map(Of).collect::<Vec<_>>())?;
        map.serialize_entry("resources", &resources)?;
        map.end()
    }
}

impl Serialize for Of<'_, Broken> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("problem", &self.0.what)?;
        map.serialize_entry("from", &self.0.from)?;
        map.end()
    }
}

impl Serialize for Of<'_, Summary> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Summary { added, removed, changed, renamed, unchanged } = self.0;
        let counts = [
            ("added", added),
            ("removed", removed),
            ("changed", changed),
            ("renamed", renamed),
            ("unchanged", unchanged),
        ];
        serializer.collect_map(counts)
    }
}

/// How many risks there are of each class.
impl Serialize for Of<'_, Vec<(Class, usize)>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(class, count)| (class.name(), count)))
    }
}

struct WithRisks<'a> {
    change: &'a ResourceChange,
    risks: &'a [Risk],
}

impl Serialize for WithRisks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("change", heading::word(self.change.fate()))?;
        if let Some(old) = self.change.before() {
            map.serialize_entry("old", &Of(old))?;
        }
        if let Some(new) = self.change.after() {
            map.serialize_entry("new", &Of(new))?;
        }
        map.serialize_entry("risks", &self.risks.iter().map(Of).collect::<Vec<_>>())?;
        match self.change {
            ResourceChange::Added(one) | ResourceChange::Removed(one) => {
                map.serialize_entry("manifest", &Of(&one.value))?;
            }
            ResourceChange::Paired(pair) => {
                if let Some(likeness) = pair.likeness {
                    map.serialize_entry("likeness", &likeness)?;
                }
                let changes: Vec<Of<'_, Change>> = pair.changes.iter().map(Of).collect();
                map.serialize_entry("changes", &changes)?;
            }
        }
        map.end()
    }
}

impl Serialize for Of<'_, Risk> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("class", self.0.class().name())?;
        map.serialize_entry("rule", self.0.rule.id)?;
        map.serialize_entry("path", &self.0.path.to_string())?;
        map.serialize_entry("steps", &Of(&self.0.path))?;
        map.serialize_entry("reason", &self.0.reason)?;
        map.serialize_entry("advice", self.0.rule.advice)?;
        map.end()
    }
}

impl Serialize for Of<'_, Resource> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Resource { id, api_version, template, .. } = self.0;
        let fields = [
            ("apiVersion", Some(api_version)),
            ("kind", Some(&id.kind)),
            ("namespace", Some(&id.namespace)),
            ("name", Some(&id.name)),
            ("template", template.as_ref()),
        ];
        let said = fields.into_iter().filter_map(|(key, text)| Some((key, text.filter(|t| !t.is_empty())?.as_str())));
        serializer.collect_map(said)
    }
}

impl Serialize for Of<'_, Change> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("path", &self.0.path.to_string())?;
        map.serialize_entry("steps", &Of(&self.0.path))?;
        match &self.0.detail {
            Detail::Added(new) => {
                map.serialize_entry("change", "added")?;
                map.serialize_entry("new", &Of(new))?;
            }
            Detail::Removed(old) => {
                map.serialize_entry("change", "removed")?;
                map.serialize_entry("old", &Of(old))?;
            }
            Detail::Replaced { old, new } => {
                map.serialize_entry("change", "replaced")?;
                map.serialize_entry("old", &Of(old))?;
                map.serialize_entry("new", &Of(new))?;
            }
            Detail::Text { old, new, .. } => {
                map.serialize_entry("change", "text")?;
                map.serialize_entry("old", old.as_str())?;
                map.serialize_entry("new", new.as_str())?;
            }
            Detail::Reordered { old, new } => {
                map.serialize_entry("change", "reordered")?;
                map.serialize_entry("old", &old.iter().map(|name| name.as_str()).collect::<Vec<_>>())?;
                map.serialize_entry("new", &new.iter().map(|name| name.as_str()).collect::<Vec<_>>())?;
            }
        }
        map.end()
    }
}

impl Serialize for Of<'_, FieldPath> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.steps().iter().map(Of))
    }
}

/// A key is text, a place a number, an item the fields it is known by, a member of a set its text in a list.
impl Serialize for Of<'_, Step> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Step::Key(key) => serializer.serialize_str(key),
            Step::Index(index) => serializer.serialize_u64(*index as u64),
            Step::Item(fields) => serializer.collect_map(fields.iter().map(|(key, value)| (key, value.as_str()))),
            Step::Member(text) => serializer.collect_seq([text.as_str()]),
        }
    }
}

impl Serialize for Of<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null(_) => serializer.serialize_unit(),
            Value::Bool(b, _) => serializer.serialize_bool(*b),
            Value::Num(Num::Int(n) | Num::Int64(n), _) => serializer.serialize_i64(*n),
            Value::Num(Num::Uint(n), _) => serializer.serialize_u64(*n),
            Value::Num(Num::Float(n), _) => serializer.serialize_f64(*n),
            Value::Str(text, _) => serializer.serialize_str(text),
            Value::List(items, _) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Of(item)))?;
                list.end()
            }
            Value::Map(entries, _) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key.as_str(), &Of(value)))?;
                map.end()
            }
        }
    }
}
