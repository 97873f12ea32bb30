//! Whole documents as values.

use std::borrow::Cow;
use std::sync::Arc;

use super::expand::Expander;
use super::resolve::{Resolved, is_merge, resolve};
use super::{Documents, Event, EventKind, Reader, YamlError, transcode};
use crate::diag::{Pos, Source};
use crate::value::{Map, Num, Origin, Provenance, Str, Value, format_float};

/// A document as a value.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Its data. The origin of a map's entry is the key's first byte, that of anything else its own first byte.
    pub value: Value,
    /// The keys that a mapping has more than once.
    pub duplicates: Vec<Duplicate>,
}

/// A key that a mapping has more than once; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key, as text.
    pub key: Str,
    /// Where the one before is.
    pub first: Pos,
    /// Where it is again.
    pub again: Pos,
}

/// The first document of a text, null where it has none; what follows it is not read. So `fromYaml` reads.
///
/// # Errors
/// What Helm's library refuses: text that is not YAML, tags that do not fit, merges of what is no map, keys that have
/// no text, numbers that JSON has not. Offsets are those of the source.
pub fn load(source: &Source) -> Result<Loaded, YamlError> {
    let transcoded = transcode(&source.text)?;
    match &transcoded {
        // Offsets in the text are not those in the source any more; its beginning stands for all of them.
        Some(text) => document(Reader::new(text.as_bytes()), |_| source.base).map_err(YamlError::at_start),
        None => document(Reader::new(&source.text), |offset| source.base.offset(offset)),
    }
}

/// The first document within a range of a text, with a line break after its last line; null where it has none.
///
/// # Errors
/// As [`load`].
pub fn load_range(source: &Source, range: std::ops::Range<usize>) -> Result<Loaded, YamlError> {
    let start = range.start;
    let reader = Reader::new(source.text.get(range).unwrap_or_default()).with_final_newline();
    document(reader, |offset| source.base.offset(start + offset)).map_err(|error| error.offset(start))
}

/// All documents of a values file as Helm 4 reads it: cut at the lines that begin with `---`, each one's first document
/// taken, with a line break after its last line. Each is a map or null.
///
/// # Errors
/// As [`load`]; a document that is neither a map nor null; text after `---`.
pub fn load_documents(source: &Source) -> Result<Vec<Loaded>, YamlError> {
    Documents::new(&source.text).map(|range| load_document(source, range?)).collect()
}

/// One of the documents of a values file, a range of its bytes, as [`load_documents`] reads it.
///
/// # Errors
/// As [`load_documents`].
pub fn load_document(source: &Source, range: std::ops::Range<usize>) -> Result<Loaded, YamlError> {
    let start = range.start;
    let text = source.text.get(range).unwrap_or_default();
    let transcoded = transcode_with_newline(text).map_err(|error| error.offset(start))?;
    let loaded = match &transcoded {
        Some(text) => document(Reader::new(text.as_bytes()), |_| source.base).map_err(YamlError::at_start),
        None => document(Reader::new(text).with_final_newline(), |offset| source.base.offset(start + offset)),
    };
    let loaded = loaded.map_err(|error| error.offset(start))?;
    match loaded.value {
        Value::Map(..) | Value::Null(_) => Ok(loaded),
        value => {
            let at = (written_at(value.origin()).0 - source.base.0) as usize;
            Err(YamlError::new(at, format!("a values file holds a map, not a {}", value.kind())))
        }
    }
}

/// The line break that Helm puts after the last line is one byte, which makes UTF-16 without one odd.
fn transcode_with_newline(text: &[u8]) -> Result<Option<String>, YamlError> {
    match transcode(text)? {
        Some(_) if !text.ends_with(b"\n") => Err(YamlError::new(text.len(), "incomplete UTF-16 character")),
        transcoded => Ok(transcoded),
    }
}

/// How far goyaml decodes ahead: what is not text there is an error even after the document.
pub(crate) const READ_AHEAD: usize = 512;

/// The first document of a reader.
fn document(reader: Reader<'_>, pos: impl Fn(usize) -> Pos) -> Result<Loaded, YamlError> {
    let mut events = Expander::new(reader);
    let mut builder = Builder::new(pos);
    while events.advance()? {
        let event = events.event();
        match event.kind {
            EventKind::DocumentStart { .. } => {}
            EventKind::DocumentEnd => {
                if let Some(error) = events.reader().bad_within(READ_AHEAD) {
                    return Err(error);
                }
                break;
            }
            _ => builder.add(event, events.alias())?,
        }
    }
    builder.finish()
}

/// A collection that is being built.
enum Open {
    List(Vec<Value>, Origin),
    Map(OpenMap),
    /// The list after `<<`.
    Merges(Vec<Arc<Map>>),
}

struct OpenMap {
    map: Map,
    origin: Origin,
    /// Where it began, and the ranges in it of maps that were merged: keys from elsewhere are no duplicates.
    start: usize,
    merged: Vec<std::ops::Range<usize>>,
    key: Key,
}

/// What a map's next event is.
enum Key {
    /// The key itself.
    Missing,
    /// The value of a key, which is at an offset.
    Text(Str, usize),
    /// The value of `<<`.
    Merge(usize),
}

/// What JSON cannot express is an error only where it is still there in the end.
struct Flaw {
    at: usize,
    /// That of the value; none for a key.
    origin: Origin,
    message: &'static str,
}

/// Builds the value that a run of events says.
pub struct Builder<P> {
    pos: P,
    stack: Vec<Open>,
    root: Value,
    duplicates: Vec<Duplicate>,
    flaws: Vec<Flaw>,
}

impl<P: Fn(usize) -> Pos> Builder<P> {
    /// Nothing yet; `pos` gives the place of an offset.
    pub fn new(pos: P) -> Self {
        Builder { pos, stack: Vec::new(), root: Value::NULL, duplicates: Vec::new(), flaws: Vec::new() }
    }

    fn origin(&self, offset: usize) -> Origin {
        Origin::at((self.pos)(offset))
    }

    /// Adds an event, given where the alias is that brought it. An alias itself adds nothing.
    ///
    /// # Errors
    /// What Helm's library refuses.
    pub fn add(&mut self, event: &Event<'_>, alias: Option<usize>) -> Result<(), YamlError> {
        if let Some(Open::Map(OpenMap { key: Key::Missing, .. })) = self.stack.last()
            && event.kind.nesting() >= 0
        {
            return self.add_key(event, alias);
        }
        let Event { kind, start, end } = event;
        let start = *start;
        match kind {
            EventKind::Scalar { text, style, .. } => {
                let resolved = resolve(text, *style, kind.tag()).map_err(|message| YamlError::new(start, message))?;
                self.add_scalar(resolved, text, start, alias)
            }
            EventKind::SequenceStart { .. } => self.open_list(start, alias),
            EventKind::MappingStart { .. } => {
                let origin = self.value_origin(start, alias);
                let map = OpenMap { map: Map::new(), origin, start, merged: Vec::new(), key: Key::Missing };
                self.stack.push(Open::Map(map));
                Ok(())
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => self.close(*end),
            EventKind::Alias(_) | EventKind::DocumentStart { .. } | EventKind::DocumentEnd => Ok(()),
        }
    }

    /// Adds what an alias at an offset stands for.
    ///
    /// # Errors
    /// What Helm's library refuses.
    pub fn add_alias(&mut self, value: &Value, at: usize) -> Result<(), YamlError> {
        let Some(Open::Map(OpenMap { key: Key::Missing, .. })) = self.stack.last() else {
            return self.place(value.clone(), at..at);
        };
        let (resolved, text) = match value {
            Value::Null(_) => (Resolved::Null, ""),
            Value::Bool(b, _) => (Resolved::Bool(*b), ""),
            Value::Num(Num::Int(n) | Num::Int64(n), _) => (Resolved::Int(*n), ""),
            Value::Num(Num::Uint(n), _) => (Resolved::Uint(*n), ""),
            Value::Num(Num::Float(n), _) => (Resolved::Float(*n), ""),
            Value::Str(text, _) => (Resolved::Str, text.as_str()),
            Value::List(..) | Value::Map(..) => return Err(wants_scalar_key(at)),
        };
        let key = Key::Text(self.key_text(resolved, text, at), at);
        if let Some(Open::Map(open)) = self.stack.last_mut() {
            open.key = key;
        }
        Ok(())
    }

    /// The origin of a value: its key in a map, the alias that brought it, or its own place.
    fn value_origin(&self, start: usize, alias: Option<usize>) -> Origin {
        match self.stack.last() {
            Some(Open::Map(OpenMap { key: Key::Text(_, at), .. })) => self.origin(*at),
            _ => self.origin(alias.unwrap_or(start)),
        }
    }

    fn add_key(&mut self, event: &Event<'_>, alias: Option<usize>) -> Result<(), YamlError> {
        let EventKind::Scalar { text, style, .. } = &event.kind else {
            return Err(wants_scalar_key(event.start));
        };
        let at = alias.unwrap_or(event.start);
        let tag = event.kind.tag();
        let key = if alias.is_none() && is_merge(text, *style, tag) {
            Key::Merge(at)
        } else {
            let resolved = resolve(text, *style, tag).map_err(|message| YamlError::new(event.start, message))?;
            Key::Text(self.key_text(resolved, text, at), at)
        };
        if let Some(Open::Map(open)) = self.stack.last_mut() {
            open.key = key;
        }
        Ok(())
    }

    fn key_text(&mut self, resolved: Resolved, text: &str, at: usize) -> Str {
        let message = match resolved {
            Resolved::Null => "unsupported map key: null",
            _ => "unsupported map key: an integer above 9223372036854775807",
        };
        match resolved.into_key(text) {
            Some(key) => Str::from(key),
            None => {
                let key = flawed_key(self.flaws.len());
                self.flaws.push(Flaw { at, origin: Origin::NONE, message });
                key
            }
        }
    }

    fn add_scalar(
        &mut self,
        resolved: Resolved,
        text: &str,
        start: usize,
        alias: Option<usize>,
    ) -> Result<(), YamlError> {
        let origin = self.value_origin(start, alias);
        if matches!(resolved, Resolved::Float(n) if !n.is_finite()) {
            self.flaws.push(Flaw { at: alias.unwrap_or(start), origin, message: "unsupported value" });
        }
        self.place(resolved.into_value(text, origin), start..start)
    }

    fn open_list(&mut self, start: usize, alias: Option<usize>) -> Result<(), YamlError> {
        let open = match self.stack.last() {
            Some(Open::Map(OpenMap { key: Key::Merge(at), .. })) => match alias {
                Some(_) => return Err(wants_map(*at)),
                None => Open::Merges(Vec::new()),
            },
            Some(Open::Merges(_)) => return Err(wants_map(alias.unwrap_or(start))),
            _ => Open::List(Vec::new(), self.value_origin(start, alias)),
        };
        self.stack.push(open);
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), YamlError> {
        match self.stack.pop() {
            Some(Open::List(items, origin)) => self.place(Value::List(Arc::new(items), origin), 0..0),
            Some(Open::Map(open)) => self.place(Value::Map(Arc::new(open.map), open.origin), open.start..end),
            Some(Open::Merges(maps)) => {
                // The first one wins, so it comes last.
                maps.iter().rev().for_each(|map| self.merge(map));
                self.end_merge();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Puts a value where it belongs.
    fn place(&mut self, value: Value, range: std::ops::Range<usize>) -> Result<(), YamlError> {
        match self.stack.last_mut() {
            None => self.root = value,
            Some(Open::List(items, _)) => items.push(value),
            Some(Open::Merges(maps)) => match value {
                Value::Map(map, _) => maps.push(map),
                _ => return Err(wants_map(range.start)),
            },
            Some(Open::Map(open)) => match std::mem::replace(&mut open.key, Key::Missing) {
                Key::Merge(at) => match value {
                    Value::Map(map, _) => {
                        open.merged.push(range);
                        self.merge(&map);
                        self.end_merge();
                    }
                    _ => return Err(wants_map(at)),
                },
                Key::Text(key, at) => self.insert(key, value, at),
                Key::Missing => {}
            },
        }
        Ok(())
    }

    fn insert(&mut self, key: Str, value: Value, at: usize) {
        let Some(Open::Map(open)) = self.stack.last_mut() else { return };
        let Some(old) = open.map.get_mut(&key) else {
            open.map.push(key, value);
            return;
        };
        let old = std::mem::replace(old, value);
        self.note_duplicate(key, &old, at);
    }

    fn note_duplicate(&mut self, key: Str, old: &Value, at: usize) {
        let Some(Open::Map(open)) = self.stack.last() else { return };
        let first = written_at(old.origin());
        let from_elsewhere = first < (self.pos)(open.start)
            || open.merged.iter().any(|range| (self.pos)(range.start) <= first && first < (self.pos)(range.end));
        if !from_elsewhere {
            let again = (self.pos)(at);
            self.duplicates.push(Duplicate { key, first, again });
        }
    }

    /// Puts the entries of a map over those of the innermost one.
    fn merge(&mut self, map: &Map) {
        if let Some(Open::Map(open)) = self.stack.last_mut() {
            for (key, value) in map {
                open.map.insert(key.clone(), value.clone());
            }
        }
    }

    fn end_merge(&mut self) {
        if let Some(Open::Map(open)) = self.stack.last_mut() {
            open.key = Key::Missing;
        }
    }

    /// What was built.
    ///
    /// # Errors
    /// What JSON cannot express, where it is still there in the end.
    pub fn finish(self) -> Result<Loaded, YamlError> {
        if !self.flaws.is_empty()
            && let Some(error) = self.remaining_flaw()
        {
            return Err(error);
        }
        Ok(Loaded { value: self.root, duplicates: self.duplicates })
    }

    /// A flaw that no later entry has replaced.
    fn remaining_flaw(&self) -> Option<YamlError> {
        let mut values = vec![&self.root];
        while let Some(value) = values.pop() {
            match value {
                Value::Num(Num::Float(n), origin) if !n.is_finite() => return Some(self.unsupported(*n, *origin)),
                Value::List(items, _) => values.extend(items.iter()),
                Value::Map(map, _) => {
                    if let Some(flaw) = map.keys().find_map(|key| self.flaws.get(flaw_of(key)?)) {
                        return Some(YamlError::new(flaw.at, flaw.message));
                    }
                    values.extend(map.iter().map(|(_, value)| value));
                }
                _ => {}
            }
        }
        None
    }

    fn unsupported(&self, number: f64, origin: Origin) -> YamlError {
        let at = self.flaws.iter().find(|flaw| flaw.origin == origin).map_or(0, |flaw| flaw.at);
        YamlError::new(at, Cow::Owned(format!("unsupported value: {}", format_float(number, 'g', -1))))
    }
}

/// The key of an entry whose own has no text: one that text hardly has.
fn flawed_key(flaw: usize) -> Str {
    ecow::eco_format!("\0{flaw}")
}

fn flaw_of(key: &str) -> Option<usize> {
    key.strip_prefix('\0')?.parse().ok()
}

fn written_at(origin: Origin) -> Pos {
    Provenance::default().pos(origin)
}

fn wants_scalar_key(at: usize) -> YamlError {
    YamlError::new(at, "invalid map key: a list or a map cannot be a key")
}

fn wants_map(at: usize) -> YamlError {
    YamlError::new(at, "map merge requires map or sequence of maps as the value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{SourceKind, Sources};

    fn read(text: &str) -> (Arc<Source>, Result<Loaded, YamlError>) {
        let source = Sources::default().add("v.yaml", SourceKind::Data, text.as_bytes()).expect("room");
        let loaded = load(&source);
        (source, loaded)
    }

    fn fails(text: &str) -> (usize, String) {
        let error = read(text).1.expect_err(text);
        (error.at, error.message.into_owned())
    }

    #[test]
    fn values_know_where_they_are() {
        let text = "a: &x\n  b: 1\nl:\n- p\n- *x\nd: *x\n";
        let (source, loaded) = read(text);
        let value = loaded.unwrap().value;
        for (path, want) in [
            ("", "a: &x"),
            ("a", "a: &x"),
            ("a.b", "b: 1"),
            ("l", "l:"),
            ("l[0]", "p\n"),
            ("l[1]", "*x\nd"),
            ("l[1].b", "b: 1"),
            ("d", "d: *x"),
        ] {
            let path = if path.is_empty() { crate::value::Path::root() } else { path.parse_path() };
            let at = source.offset(written_at(value.at(&path).unwrap().origin()));
            assert!(text[at..].starts_with(want), "{path}: {}", &text[at..]);
        }
    }

    trait ParsePath {
        fn parse_path(&self) -> crate::value::Path;
    }

    impl ParsePath for str {
        fn parse_path(&self) -> crate::value::Path {
            crate::value::Path::parse(self).unwrap()
        }
    }

    #[test]
    fn a_key_twice_is_found_but_not_one_from_a_merge() {
        let duplicates = |text: &str| {
            let (source, loaded) = read(text);
            let found = loaded.unwrap().duplicates.into_iter();
            found.map(|d| (d.key.to_string(), source.offset(d.first), source.offset(d.again))).collect::<Vec<_>>()
        };
        assert_eq!(duplicates("a: 1\nb: 2\na: 3\n\"a\": 4\n"), [("a".into(), 0, 10), ("a".into(), 10, 15)]);
        assert_eq!(duplicates("x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n"), []);
        assert_eq!(duplicates("y:\n  <<: {a: 1}\n  a: 2\n"), []);
        assert_eq!(duplicates("a: &x {k: 1, k: 2}\nb: *x\n").len(), 2);
    }

    #[test]
    fn what_json_cannot_say_is_an_error_while_it_stands() {
        assert_eq!(fails("a: 1\nv: [.inf]"), (9, "unsupported value: +Inf".into()));
        assert_eq!(fails("v: {~: 1}"), (4, "unsupported map key: null".into()));
        assert!(read("v: .inf\nv: 1").1.is_ok());
        assert!(read("v: {~: 1}\nv: 1").1.is_ok());
    }

    #[test]
    fn aliases_are_bounded() {
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, of) in ('b'..'j').zip('a'..) {
            let list = vec![format!("*{of}"); 9].join(", ");
            bomb += &format!("{name}: &{name} [{list}]\n");
        }
        assert_eq!(fails(&bomb).1, "document contains excessive aliasing");
        assert_eq!(fails("v: &a [*a]"), (7, "anchor 'a' value contains itself".into()));
        assert_eq!(fails("v: *a"), (3, "unknown anchor 'a' referenced".into()));
        assert_eq!(read("v: {<<: [], a: 1}").1.unwrap().value.at(&"v.a".parse_path()), Some(&Value::int(1)));
        assert_eq!(fails("v: {<<: 1}"), (4, "map merge requires map or sequence of maps as the value".into()));
    }

    #[test]
    fn an_anchor_means_what_it_last_meant_when_the_alias_was_read() {
        let (_, loaded) = read("a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y\ne: *x\nf: &z [&z 3]\ng: *z\n");
        let value = loaded.unwrap().value;
        assert_eq!(value.get("d"), Some(&Value::list([Value::int(1)])));
        assert_eq!(value.get("e"), Some(&Value::int(2)));
        assert_eq!(value.get("g"), Some(&Value::int(3)));
    }

    #[test]
    fn only_the_first_document_is_read() {
        assert_eq!(read("v: 1\n---\nv: [").1.unwrap().value.get("v"), Some(&Value::int(1)));
        assert_eq!(read("").1.unwrap().value, Value::NULL);
        assert_eq!(read("{v: 1} [").1.unwrap().value.get("v"), Some(&Value::int(1)));
    }

    #[test]
    fn a_values_file_is_maps() {
        let all = |text: &str| {
            let source = Sources::default().add("v.yaml", SourceKind::Data, text.as_bytes()).expect("room");
            load_documents(&source).map(|all| all.len()).map_err(|e| (e.at, e.message.into_owned()))
        };
        assert_eq!(all("a: 1\n---\n---\nb: |\n  x"), Ok(2));
        assert_eq!(all("a: 1\n---\n- b\n"), Err((9, "a values file holds a map, not a list".into())));
        assert_eq!(all("a: 1\n---\nb: [\n").unwrap_err().0, 14);
    }
}
