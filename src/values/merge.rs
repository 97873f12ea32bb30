//! The streaming merger: the events of a layer update the one merged tree in place.
//!
//! No tree of a layer is built. Where a key stands twice in a layer, or comes again by `<<`, what its predecessor did is
//! undone first: the origins in the tree tell what this layer wrote and what stood there before, so the only record
//! kept beside the tree is, for each map that is open, which of its entries were merged into.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::overlay::overlay;
use crate::diag::{Pos, Source, Span};
use crate::value::{Map, Origin, Provenance, Str, Value};
use crate::yaml::{Event, EventKind, Expander, Reader, Resolved, YamlError, is_merge, resolve};

/// A key that stands twice in one map of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: Str,
    /// Where it stands first; nothing is left of what it said there.
    pub first: Pos,
    /// Where it stands again.
    pub again: Span,
}

/// Lays one document over the merged tree.
///
/// # Errors
/// Where the document is not YAML, or is YAML that Helm's library refuses. The tree is then half merged.
pub(super) fn merge_document(
    root: &mut Value,
    source: &Source,
    range: Range<usize>,
    provenance: &mut Provenance,
    duplicates: &mut Vec<Duplicate>,
) -> Result<(), YamlError> {
    let base = source.base.offset(range.start);
    let text = source.text.get(range.clone()).unwrap_or_default();
    let layer = Span::new(base, base.offset(text.len()));
    let mut merge =
        Merge { events: Expander::new(Reader::new(text).with_final_newline()), layer, provenance, duplicates };
    merge.document(root).map_err(|err| err.offset(range.start))
}

struct Merge<'a, 'm> {
    events: Expander<'a>,
    /// The positions of this layer.
    layer: Span,
    provenance: &'m mut Provenance,
    duplicates: &'m mut Vec<Duplicate>,
}

/// What this layer has done to the entries of an open map that were there before, by place.
#[derive(Default)]
struct Journal {
    /// Merged into, with the place of the key that did it.
    merged: Vec<(usize, Pos)>,
    /// Set by `<<`, which is no reason for a warning when a key sets it again.
    by_merge_key: Vec<usize>,
}

/// What is in an entry before this layer's last word on it.
struct Prior {
    /// Whether an earlier layer has a value there.
    earlier: bool,
    /// Where this layer set it before.
    repeated: Option<Pos>,
}

impl<'a> Merge<'a, '_> {
    fn document(&mut self, root: &mut Value) -> Result<(), YamlError> {
        while let Some(event) = self.next()? {
            match event.kind {
                EventKind::DocumentStart { .. } => {}
                EventKind::DocumentEnd => break,
                EventKind::MappingStart { .. } => {
                    let place = self.layer.start.offset(event.start);
                    self.merge_node(root, event, place)?;
                }
                _ => self.root_scalar(&event)?,
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Event<'a>>, YamlError> {
        self.events.next()
    }

    /// Helm takes a document that is empty or null, and no other that is not a map.
    fn root_scalar(&mut self, event: &Event<'a>) -> Result<(), YamlError> {
        let value = self.value(event.clone(), self.layer.start)?;
        if value.is_null() { Ok(()) } else { Err(not_a_map(event.start, value.kind())) }
    }

    /// Lays the node that begins with `event` over `slot`, which holds what earlier layers said. `place` is where the
    /// node is said to be written: its key, or itself. Tells whether it was merged into a map that stays.
    fn merge_node(&mut self, slot: &mut Value, event: Event<'a>, place: Pos) -> Result<bool, YamlError> {
        if let (EventKind::MappingStart { .. }, Value::Map(map, _)) = (&event.kind, &mut *slot) {
            self.mapping(Arc::make_mut(map))?;
            return Ok(true);
        }
        let value = self.value(event, place)?;
        self.replace(slot, value, place);
        Ok(false)
    }

    fn replace(&mut self, slot: &mut Value, value: Value, place: Pos) {
        let old = std::mem::take(slot);
        *slot = value.with_origin(self.provenance.overriding(place, old));
    }

    /// Builds the node that begins with `event`.
    fn value(&mut self, event: Event<'a>, place: Pos) -> Result<Value, YamlError> {
        let origin = Origin::at(place);
        match event.kind {
            EventKind::MappingStart { .. } => {
                let mut map = Map::new();
                self.mapping(&mut map)?;
                Ok(Value::Map(Arc::new(map), origin))
            }
            EventKind::SequenceStart { .. } => Ok(Value::List(Arc::new(self.sequence()?), origin)),
            _ => scalar(&event, origin),
        }
    }

    fn sequence(&mut self) -> Result<Vec<Value>, YamlError> {
        let mut items = Vec::new();
        while let Some(event) = self.next()? {
            if event.kind == EventKind::SequenceEnd {
                break;
            }
            let place = self.layer.start.offset(event.start);
            items.push(self.value(event, place)?);
        }
        Ok(items)
    }

    fn mapping(&mut self, map: &mut Map) -> Result<(), YamlError> {
        let mut journal = Journal::default();
        while let Some(event) = self.events.next()? {
            match &event.kind {
                EventKind::MappingEnd => break,
                EventKind::Scalar { text, style, .. }
                    if self.events.alias().is_none() && is_merge(text, *style, event.kind.tag()) =>
                {
                    self.merge_key(map, &mut journal)?;
                }
                _ => self.entry(map, &mut journal, &event)?,
            }
        }
        Ok(())
    }

    fn entry(&mut self, map: &mut Map, journal: &mut Journal, key_event: &Event<'a>) -> Result<(), YamlError> {
        let key = key(key_event)?;
        let place = self.layer.start.offset(key_event.start);
        let Some(event) = self.next()? else { return Ok(()) };
        let Some(index) = map.index_of(&key) else {
            let value = self.value(event, place)?;
            map.push(Str::from(key), value);
            return Ok(());
        };
        let prior = self.clear(map, journal, index);
        if let Some(first) = prior.repeated {
            let again = Span::new(place, self.layer.start.offset(key_event.end));
            self.duplicates.push(Duplicate { key: Str::from(key), first, again });
        }
        let Some(slot) = map.get_index_mut(index) else { return Ok(()) };
        if !prior.earlier {
            *slot = self.value(event, place)?;
        } else if self.merge_node(slot, event, place)? {
            journal.merged.push((index, place));
        }
        Ok(())
    }

    /// `<<`: the entries of a map, or of several of which the first has the last word, as goyaml applies them: over
    /// what stands before it in the map, under what comes after.
    fn merge_key(&mut self, map: &mut Map, journal: &mut Journal) -> Result<(), YamlError> {
        let Some(event) = self.next()? else { return Ok(()) };
        let (at, aliased) = (event.start, self.events.alias().is_some());
        let maps = match self.value(event, self.layer.start.offset(at))? {
            Value::Map(one, _) => Some(vec![one]),
            // A list has to stand there itself.
            Value::List(several, _) if !aliased => several.iter().rev().map(|v| v.as_map().cloned()).collect(),
            _ => None,
        };
        let Some(maps) = maps else {
            let help = Some("`<<:` takes an alias to a map, such as `<<: *defaults`");
            let message = "map merge requires map or sequence of maps as the value";
            return Err(YamlError { help, ..YamlError::new(at, message) });
        };
        for (key, value) in maps.iter().flat_map(|m| m.iter()) {
            self.merged_entry(map, journal, key, value.clone());
        }
        Ok(())
    }

    fn merged_entry(&mut self, map: &mut Map, journal: &mut Journal, key: &Str, value: Value) {
        let Some(index) = map.index_of(key) else {
            journal.by_merge_key.push(map.len());
            map.push(key.clone(), value);
            return;
        };
        let earlier = self.clear(map, journal, index).earlier;
        journal.by_merge_key.push(index);
        let Some(slot) = map.get_index_mut(index) else { return };
        if !earlier {
            *slot = value;
        } else {
            let place = self.provenance.pos(value.origin());
            if overlay(slot, value, self.provenance) {
                journal.merged.push((index, place));
            }
        }
    }

    /// Undoes what this layer did to an entry.
    fn clear(&mut self, map: &mut Map, journal: &mut Journal, index: usize) -> Prior {
        let Some(slot) = map.get_index_mut(index) else { return Prior { earlier: false, repeated: None } };
        let merged = journal.merged.iter().position(|(i, _)| *i == index);
        let written = self.written_here(slot).or(merged.map(|i| journal.merged[i].1));
        let Some(first) = written else { return Prior { earlier: true, repeated: None } };
        if let Some(i) = merged {
            journal.merged.swap_remove(i);
        }
        let by_merge_key = journal.by_merge_key.contains(&index);
        journal.by_merge_key.retain(|i| *i != index);
        let before = self.before(std::mem::take(slot));
        let earlier = before.is_some();
        *slot = before.unwrap_or_default();
        Prior { earlier, repeated: (!by_merge_key).then_some(first) }
    }

    /// Where this layer wrote a value, if it did.
    fn written_here(&self, value: &Value) -> Option<Pos> {
        let pos = self.provenance.pos(value.origin());
        (self.layer.start <= pos && pos <= self.layer.end).then_some(pos)
    }

    /// What a value was before this layer: gone where the layer brought it, and the values below it likewise.
    fn before(&self, mut value: Value) -> Option<Value> {
        if self.written_here(&value).is_some() {
            return self.provenance.overrode(value.origin()).cloned();
        }
        if let Some(map) = value.as_map_mut() {
            map.retain(|_, child| match self.before(std::mem::take(child)) {
                Some(old) => {
                    *child = old;
                    true
                }
                None => false,
            });
        }
        Some(value)
    }
}

/// A document whose value, at an offset, is no map.
pub(super) fn not_a_map(at: usize, kind: &str) -> YamlError {
    let help = Some("write `key: value` lines at the top level");
    YamlError { help, ..YamlError::new(at, format!("the values must be a map, this is a {kind}")) }
}

/// What a scalar means; an infinite number or none is refused, as JSON has none and Helm goes through JSON.
pub(super) fn scalar(event: &Event<'_>, origin: Origin) -> Result<Value, YamlError> {
    let EventKind::Scalar { text, style, .. } = &event.kind else { return Ok(Value::Null(origin)) };
    match resolve(text, *style, event.kind.tag()).map_err(|message| YamlError::new(event.start, message))? {
        Resolved::Float(number) if !number.is_finite() => {
            let help = Some("put it in quotes if it is meant as text");
            let message = format!("unsupported value: {text} is not a number that JSON has");
            Err(YamlError { help, ..YamlError::new(event.start, message) })
        }
        resolved => Ok(resolved.into_value(text, origin)),
    }
}

/// The text of a key. Maps, lists and null are refused.
pub(super) fn key<'e>(event: &'e Event<'_>) -> Result<Cow<'e, str>, YamlError> {
    let EventKind::Scalar { text, style, .. } = &event.kind else {
        return Err(refused_key(event.start, "a list or map"));
    };
    let resolved = resolve(text, *style, event.kind.tag()).map_err(|message| YamlError::new(event.start, message))?;
    let shown = if text.is_empty() { "null" } else { text };
    resolved.into_key(text).ok_or_else(|| refused_key(event.start, shown))
}

/// What cannot be a key, at an offset.
pub(super) fn refused_key(at: usize, what: &str) -> YamlError {
    let help = Some("put it in quotes if it is meant as text");
    YamlError { help, ..YamlError::new(at, format!("{what} cannot be a key")) }
}
