//! The head of a document: what Helm reads of it before it prints it, by Helm's rules (`releaseutil.SimpleHead`).
//!
//! The head is taken from the events of the reader, which all are read, since a document must be valid to its end. What
//! needs more than events (aliases, tags, merges, numbers where text is wanted, a field that stands twice or in another
//! case) is loaded as a whole and taken apart as Go's encoding/json does it.

use crate::diag::{SourceKind, Sources};
use crate::value::{Num, Origin, Provenance, Str, Value, format_float};
use crate::yaml::{self, Event, EventKind, Reader, Resolved, Style, YamlError, resolve_plain};

use super::ManifestErrorKind;

/// What the head of a document says; what it does not say is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// `apiVersion`.
    pub api_version: Str,
    /// `kind`.
    pub kind: Str,
    /// `metadata.name`.
    pub name: Str,
    /// `metadata.namespace`, where it is text.
    pub namespace: Str,
    /// `metadata.annotations`, each key once.
    pub annotations: Vec<(Str, Str)>,
}

impl Head {
    /// The text of an annotation.
    pub fn annotation(&self, name: &str) -> Option<&Str> {
        self.annotations.iter().find(|(key, _)| key == name).map(|(_, text)| text)
    }

    /// The text of an annotation, emptied, to set anew.
    fn annotate(&mut self, name: Str) -> &mut Str {
        let place = self.annotations.iter().position(|(key, _)| *key == name).unwrap_or(self.annotations.len());
        if place == self.annotations.len() {
            self.annotations.push((name, Str::new()));
        }
        let text = &mut self.annotations[place].1;
        text.clear();
        text
    }
}

/// Reads a document and takes its head.
///
/// # Errors
/// What Helm refuses; offsets count from the beginning of the text.
pub(super) fn read(text: &str) -> Result<Head, ManifestErrorKind> {
    match Scan::default().run(text) {
        Ok(head) => Ok(head),
        Err(Stop::Yaml(error)) => Err(ManifestErrorKind::Yaml(*error)),
        Err(Stop::Unusual) => read_whole(text),
    }
}

/// Loads the document as a whole and takes its head.
fn read_whole(text: &str) -> Result<Head, ManifestErrorKind> {
    let too_long = |_| ManifestErrorKind::Yaml(YamlError::new(0, "too long"));
    let source = Sources::default().add("", SourceKind::Rendered, text.as_bytes()).map_err(too_long)?;
    let value = yaml::load(&source).map_err(ManifestErrorKind::Yaml)?.value;
    of_value(&value).map_err(|wrong| {
        let at = source.offset(Provenance::default().pos(wrong.origin));
        ManifestErrorKind::Shape { at, field: wrong.field, wanted: wrong.wanted, found: wrong.found }
    })
}

/// Why the scan ends early.
enum Stop {
    Yaml(Box<YamlError>),
    /// The head cannot be told from events alone.
    Unusual,
}

impl From<Box<YamlError>> for Stop {
    fn from(error: Box<YamlError>) -> Self {
        Stop::Yaml(error)
    }
}

/// What a collection is to the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    Root,
    Metadata,
    Annotations,
    OtherMap,
    List,
}

/// What the next value is to the head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Slot {
    #[default]
    Other,
    ApiVersion,
    Kind,
    Metadata,
    Name,
    Namespace,
    Annotations,
    Annotation(Str),
}

/// The scan of a document's events.
#[derive(Debug, Default)]
struct Scan {
    head: Head,
    /// The open collections, and whether a key comes next.
    open: Vec<(Level, bool)>,
    slot: Slot,
    /// Which fields were there.
    seen: Vec<Slot>,
}

impl Scan {
    fn run(mut self, text: &str) -> Result<Head, Stop> {
        let mut reader = Reader::new(text.as_bytes());
        while reader.advance()? {
            let event = reader.current();
            // Helm looks no further than the first document; `...` can be followed by anything.
            if event.kind == EventKind::DocumentEnd {
                break;
            }
            self.event(event)?;
        }
        match reader.bad_within(yaml::READ_AHEAD) {
            Some(error) => Err(Stop::Yaml(error.into())),
            None => Ok(self.head),
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Stop> {
        if event.kind.props().is_some() {
            return Err(Stop::Unusual);
        }
        match &event.kind {
            EventKind::DocumentStart { .. } | EventKind::DocumentEnd => Ok(()),
            EventKind::Alias(_) => Err(Stop::Unusual),
            EventKind::Scalar { text, style, .. } if self.key_comes() => self.key(text, *style == Style::Plain),
            EventKind::Scalar { text, style, .. } => self.scalar(text, *style == Style::Plain),
            EventKind::SequenceStart { .. } | EventKind::MappingStart { .. } if self.key_comes() => Err(Stop::Unusual),
            EventKind::SequenceStart { .. } => self.list(),
            EventKind::MappingStart { .. } => self.map(),
            EventKind::SequenceEnd | EventKind::MappingEnd => {
                self.open.pop();
                Ok(())
            }
        }
    }

    fn level(&self) -> Level {
        self.open.last().map_or(Level::Document, |(level, _)| *level)
    }

    /// Whether a key comes next, and from now on the other of key and value.
    fn key_comes(&mut self) -> bool {
        match self.open.last_mut() {
            None | Some((Level::List, _)) => false,
            Some((_, key)) => std::mem::replace(key, !*key),
        }
    }

    fn key(&mut self, text: &str, plain: bool) -> Result<(), Stop> {
        if plain && (text == "<<" || resolve_plain(text) != Resolved::Str) {
            return Err(Stop::Unusual);
        }
        let level = self.level();
        self.slot = match (level, text) {
            (Level::Root, "apiVersion") => Slot::ApiVersion,
            (Level::Root, "kind") => Slot::Kind,
            (Level::Root, "metadata") => Slot::Metadata,
            (Level::Metadata, "name") => Slot::Name,
            (Level::Metadata, "namespace") => Slot::Namespace,
            (Level::Metadata, "annotations") => Slot::Annotations,
            (Level::Annotations, key) => Slot::Annotation(key.into()),
            (Level::Root, key) if Field::of_root(key).is_some() => return Err(Stop::Unusual),
            (Level::Metadata, key) if Field::of_metadata(key).is_some() => return Err(Stop::Unusual),
            _ => return Ok(()),
        };
        if level != Level::Annotations {
            if self.seen.contains(&self.slot) {
                return Err(Stop::Unusual);
            }
            self.seen.push(self.slot.clone());
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, plain: bool) -> Result<(), Stop> {
        let slot = std::mem::take(&mut self.slot);
        let resolved = if plain { resolve_plain(text) } else { Resolved::Str };
        // JSON has no infinity and no NaN; where text is wanted, they are text.
        let infinite = matches!(resolved, Resolved::Float(n) if !n.is_finite());
        if self.level() == Level::Document || (infinite && slot == Slot::Other) {
            return Err(Stop::Unusual);
        }
        let field = match slot {
            Slot::ApiVersion => &mut self.head.api_version,
            Slot::Kind => &mut self.head.kind,
            Slot::Name => &mut self.head.name,
            Slot::Namespace if resolved == Resolved::Str => &mut self.head.namespace,
            Slot::Annotation(name) => self.head.annotate(name),
            Slot::Metadata | Slot::Annotations => return Err(Stop::Unusual),
            Slot::Namespace | Slot::Other => return Ok(()),
        };
        if let Some(text) = as_text(resolved, text) {
            *field = text;
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Stop> {
        match std::mem::take(&mut self.slot) {
            Slot::Other | Slot::Namespace if self.level() != Level::Document => self.open.push((Level::List, false)),
            _ => return Err(Stop::Unusual),
        }
        Ok(())
    }

    fn map(&mut self) -> Result<(), Stop> {
        let level = match std::mem::take(&mut self.slot) {
            _ if self.level() == Level::Document => Level::Root,
            Slot::Metadata => Level::Metadata,
            Slot::Annotations => Level::Annotations,
            Slot::Other | Slot::Namespace => Level::OtherMap,
            _ => return Err(Stop::Unusual),
        };
        self.open.push((level, true));
        Ok(())
    }
}

/// What sigs.k8s.io/yaml makes of a scalar where text is wanted; nothing of null.
fn as_text(resolved: Resolved, text: &str) -> Option<Str> {
    match resolved {
        Resolved::Float(n) if !n.is_finite() => Some(format_float(n, 'g', -1).into()),
        Resolved::Uint(n) => Some(n.to_string().into()),
        resolved => resolved.into_key(text).map(Str::from),
    }
}

/// A field of Helm's structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    ApiVersion,
    Kind,
    Metadata,
    Name,
    Annotations,
}

impl Field {
    /// encoding/json takes a key for a field whatever its case.
    fn of_root(key: &str) -> Option<Field> {
        [(Field::ApiVersion, "apiversion"), (Field::Kind, "kind"), (Field::Metadata, "metadata")]
            .into_iter()
            .find(|(_, name)| is_folded(key, name))
            .map(|(field, _)| field)
    }

    fn of_metadata(key: &str) -> Option<Field> {
        let fields = [(Field::Name, "name"), (Field::Annotations, "annotations")];
        fields.into_iter().find(|(_, name)| is_folded(key, name)).map(|(field, _)| field)
    }
}

/// Whether two names are the same but for their case; `ſ` is a case of `s`, the sign for kelvin one of `k`.
fn is_folded(key: &str, lower: &str) -> bool {
    let folded = key.chars().map(|c| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    });
    key.len() <= lower.len() * 3 && folded.eq(lower.chars())
}

/// What is not what Helm's structure wants.
struct Wrong {
    origin: Origin,
    field: Str,
    wanted: &'static str,
    found: &'static str,
}

impl Wrong {
    fn new(field: impl Into<Str>, wanted: &'static str, found: &Value) -> Self {
        Wrong { origin: found.origin(), field: field.into(), wanted, found: found.kind() }
    }
}

/// The head of a document that was loaded as a whole.
fn of_value(value: &Value) -> Result<Head, Wrong> {
    let mut head = Head::default();
    let Value::Map(map, _) = value else {
        return if value.is_null() { Ok(head) } else { Err(Wrong::new("the document", "a map", value)) };
    };
    for (key, value) in map.sorted() {
        match Field::of_root(key) {
            Some(Field::ApiVersion) => set_text(&mut head.api_version, value, "apiVersion")?,
            Some(Field::Kind) => set_text(&mut head.kind, value, "kind")?,
            Some(Field::Metadata) => add_metadata(&mut head, value)?,
            _ => {}
        }
    }
    Ok(head)
}

/// A second `metadata`, in another case, adds to the first; null takes it away.
fn add_metadata(head: &mut Head, value: &Value) -> Result<(), Wrong> {
    let Value::Map(map, _) = value else {
        if !value.is_null() {
            return Err(Wrong::new("metadata", "a map", value));
        }
        (head.name, head.namespace, head.annotations) = Default::default();
        return Ok(());
    };
    if let Some(namespace) = map.get("namespace").and_then(Value::as_str) {
        head.namespace = namespace.into();
    }
    for (key, value) in map.sorted() {
        match Field::of_metadata(key) {
            Some(Field::Name) => set_text(&mut head.name, value, "metadata.name")?,
            Some(Field::Annotations) => add_annotations(head, value)?,
            _ => {}
        }
    }
    Ok(())
}

fn add_annotations(head: &mut Head, value: &Value) -> Result<(), Wrong> {
    let Value::Map(map, _) = value else {
        if !value.is_null() {
            return Err(Wrong::new("metadata.annotations", "a map", value));
        }
        head.annotations.clear();
        return Ok(());
    };
    for (key, value) in map.sorted() {
        set_text(head.annotate(key.clone()), value, &format!("metadata.annotations.{key}"))?;
    }
    Ok(())
}

/// Sets a text field; null leaves what is there.
fn set_text(field: &mut Str, value: &Value, name: &str) -> Result<(), Wrong> {
    let (resolved, text) = match value {
        Value::Null(_) => return Ok(()),
        Value::Str(text, _) => (Resolved::Str, text.as_str()),
        Value::Bool(b, _) => (Resolved::Bool(*b), ""),
        Value::Num(Num::Float(n), _) => (Resolved::Float(*n), ""),
        Value::Num(Num::Uint(n), _) => (Resolved::Uint(*n), ""),
        Value::Num(Num::Int(n) | Num::Int64(n), _) => (Resolved::Int(*n), ""),
        Value::List(..) | Value::Map(..) => return Err(Wrong::new(name, "text", value)),
    };
    if let Some(text) = as_text(resolved, text) {
        *field = text;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        read(text).unwrap_or_else(|err| panic!("{err:?} in {text}"))
    }

    fn refused(text: &str) -> String {
        match read(text).unwrap_err() {
            ManifestErrorKind::Yaml(error) => format!("{} {}", error.at, error.message),
            ManifestErrorKind::Shape { at, field, wanted, found } => format!("{at} {field} {wanted} {found}"),
        }
    }

    #[test]
    fn a_head_is_read_wherever_its_fields_stand() {
        let read = head(
            "spec: {kind: X, metadata: {name: no}, list: [{apiVersion: no}, [a]]}\nmetadata:\n  labels: {name: no}\n  \
             annotations:\n    a: \"1\"\n    b: |\n      text\n    a: '2'\n  name: web\n  namespace: ns\nkind: K\napiVersion: v1\n",
        );
        assert_eq!((&*read.api_version, &*read.kind, &*read.name, &*read.namespace), ("v1", "K", "web", "ns"));
        assert_eq!(read.annotations, [("a".into(), "2".into()), ("b".into(), "text\n".into())]);
        for empty in ["", "# comment", "~", "{}", "spec: 1", "metadata: {}"] {
            assert_eq!(head(empty), Head::default(), "{empty}");
        }
    }

    #[test]
    fn what_is_no_text_becomes_text() {
        let read =
            head("apiVersion: 1\nkind: true\nmetadata: {name: 1.5, namespace: 7, annotations: {a: 010, 1: yes, c: }}");
        assert_eq!((&*read.api_version, &*read.kind, &*read.name, &*read.namespace), ("1", "true", "1.5", ""));
        assert_eq!(read.annotations, [("1".into(), "true".into()), ("a".into(), "8".into()), ("c".into(), "".into())]);
        assert_eq!(head("kind: ~\nmetadata: ~"), Head::default());
        assert_eq!(head("kind: -.inf").kind, "-Inf");
        assert_eq!(head("kind: 0.1").kind, "0.1");
        assert_eq!(head("metadata: {name: web, annotations: ~}").name, "web");
    }

    #[test]
    fn a_field_in_another_case_counts_too() {
        assert_eq!(head("Kind: A").kind, "A");
        assert_eq!(head("kind: b\nKIND: A").kind, "b");
        assert_eq!(head("kind: b\nkind: c").kind, "c");
        let read = head("Metadata: {Name: a, annotations: {x: v}}\nmetadata: {annotations: {z: w}}");
        assert_eq!(read.name, "a");
        assert_eq!(read.annotations, [("x".into(), "v".into()), ("z".into(), "w".into())]);
    }

    #[test]
    fn aliases_are_followed() {
        assert_eq!(head("x: &x {name: web}\nmetadata: *x").name, "web");
    }

    #[test]
    fn what_is_no_manifest_is_refused_where_it_stands() {
        for (text, want) in [
            ("- a", "0 the document a map list"),
            ("x", "0 the document a map string"),
            ("a: 1\nkind: [b]", "5 kind text list"),
            ("apiVersion: {}", "0 apiVersion text map"),
            ("metadata: x", "0 metadata a map string"),
            ("metadata:\n  name: {}", "12 metadata.name text map"),
            ("metadata: {annotations: [a]}", "11 metadata.annotations a map list"),
            ("metadata: {annotations: {a: {}}}", "25 metadata.annotations.a text map"),
        ] {
            assert_eq!(refused(text), want, "{text}");
        }
    }

    #[test]
    fn a_document_is_checked_to_its_end_and_no_further() {
        assert!(read("kind: a\nspec: [").is_err());
        assert_eq!(head("kind: a\n...\n[").kind, "a");
        assert_eq!(head("{kind: a} [").kind, "a");
    }
}
