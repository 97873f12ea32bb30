//! The streaming merger: the events of a layer update the one merged tree in place.
//!
//! No tree of a layer is built. Where a key stands twice in a layer, or comes again by `<<`, what its predecessor did is
//! undone first: the origins in the tree tell what this layer wrote and what stood there before, so the only record
//! kept beside the tree is, for each map that is open, which of its entries were merged into.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::edit::lay;
use super::overlay::overlay;
use super::scratch::{Scratch, Texts};
use super::tags::{Tag, TagError, TagErrorKind, meant_by, unknown_item};
use crate::diag::{Pos, Source, Span};
use crate::value::{Edit, Map, Origin, Provenance, Str, Value};
use crate::yaml::{
    Event, EventKind, Expander, Line, Quick, Reader, Resolved, Style, YamlError, is_merge, is_utf16, load_document,
    resolve, resolve_plain,
};

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

/// A tag on a list or map that is none of ours but near to one; it means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTag {
    /// The tag.
    pub tag: String,
    /// The one that was likely meant.
    pub near: String,
    /// Where it stands.
    pub span: Span,
}

/// What is odd about a layer that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A key stands twice.
    Duplicate(Duplicate),
    /// A tag is likely misspelt.
    UnknownTag(UnknownTag),
}

/// Why a document cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeError {
    /// It is not YAML, or is YAML that Helm's library refuses.
    Yaml(YamlError),
    /// A tag is not right.
    Tag(TagError),
}

impl From<YamlError> for MergeError {
    fn from(err: YamlError) -> Self {
        MergeError::Yaml(err)
    }
}

impl From<Box<YamlError>> for MergeError {
    fn from(err: Box<YamlError>) -> Self {
        MergeError::Yaml(*err)
    }
}

impl MergeError {
    /// The same error, found in a text that begins `bytes` further on.
    fn offset(self, bytes: usize) -> Self {
        match self {
            MergeError::Yaml(err) => MergeError::Yaml(err.offset(bytes)),
            MergeError::Tag(TagError { tag, kind, range }) => {
                MergeError::Tag(TagError { tag, kind, range: range.start + bytes..range.end + bytes })
            }
        }
    }
}

/// Lays one document, a range of the text of a source, over the merged tree.
///
/// # Errors
/// Where the document is not YAML, or is YAML that Helm's library refuses, or has a tag that is not right. The tree is
/// then half merged.
pub(super) fn merge_document(
    root: &mut Value,
    source: &Source,
    text: &[u8],
    range: Range<usize>,
    provenance: &mut Provenance,
    remarks: &mut Vec<Remark>,
    scratch: &mut Scratch,
) -> Result<(), MergeError> {
    let base = source.base.offset(range.start);
    let text = text.get(range.clone()).unwrap_or_default();
    // Offsets in what is made of UTF-16 are not those in the file, so there is nothing to be told of its nodes.
    if is_utf16(text) {
        let value = load_document(source, range)?.value;
        if !value.is_null() {
            overlay(root, value, provenance);
        }
        return Ok(());
    }
    let layer = Span::new(base, base.offset(text.len()));
    let events = Expander::new(Reader::new(text).with_final_newline());
    let mut merge = Merge { text, events, layer, provenance, remarks, scratch };
    merge.document(root).map_err(|err| err.offset(range.start))
}

/// How many list items may be copied where tags make lists.
pub(super) const MOST_COPIED: usize = 1 << 22;

struct Merge<'a, 'm> {
    text: &'a [u8],
    events: Expander<'a>,
    /// The positions of this layer.
    layer: Span,
    provenance: &'m mut Provenance,
    remarks: &'m mut Vec<Remark>,
    scratch: &'m mut Scratch,
}

/// An open map: where its entries are likely found, and what this layer has done to those that were there before, by
/// place.
struct Journal {
    /// The place after that of the key before: layers mostly have their keys in the same order.
    next: usize,
    /// The signatures of all keys of the map, where this layer began it.
    keys: Option<u64>,
    /// Merged into, with the place of the key that did it.
    merged: BTreeMap<usize, Pos>,
    /// Set by `<<`, which is no reason for a warning when a key sets it again.
    by_merge_key: BTreeSet<usize>,
}

impl Journal {
    fn new(map: &Map) -> Self {
        let keys = map.is_empty().then_some(0);
        Journal { next: 0, keys, merged: BTreeMap::new(), by_merge_key: BTreeSet::new() }
    }

    /// The place of a key in the map; the key is said to be there from now on.
    fn find(&mut self, map: &Map, key: &str) -> Option<usize> {
        if let Some(keys) = &mut self.keys {
            let known = *keys & signature(key) != 0;
            *keys |= signature(key);
            if !known {
                return None;
            }
        }
        let expected = map.get_index(self.next).filter(|(k, _)| *k == key).map(|_| self.next);
        let found = expected.or_else(|| map.index_of(key))?;
        self.next = found + 1;
        Some(found)
    }
}

/// One bit of 64; two keys that have different ones are not the same.
fn signature(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let mixed = byte(0).wrapping_mul(3) ^ byte(key.len() / 2).wrapping_mul(7) ^ byte(key.len().wrapping_sub(1));
    1 << (mixed.wrapping_add(key.len() as u8) % 64)
}

/// What is in an entry before this layer's last word on it.
struct Prior {
    /// Whether an earlier layer has a value there.
    earlier: bool,
    /// Where this layer set it before.
    repeated: Option<Pos>,
}

impl<'a> Merge<'a, '_> {
    fn document(&mut self, root: &mut Value) -> Result<(), MergeError> {
        while self.events.advance()? {
            match self.events.event().kind {
                EventKind::DocumentStart { .. } => {}
                EventKind::DocumentEnd => break,
                EventKind::MappingStart { .. } => {
                    if self.tag()?.is_some() {
                        return Err(self.tag_error(self.events.event(), TagErrorKind::OnTheRoot));
                    }
                    self.merge_node(root, self.place())?;
                }
                _ => self.root_scalar()?,
            }
        }
        Ok(())
    }

    /// Where the node begins that was come to.
    fn place(&self) -> Pos {
        self.layer.start.offset(self.events.event().start)
    }

    /// Helm takes a document that is empty or null, and no other that is not a map.
    fn root_scalar(&mut self) -> Result<(), MergeError> {
        let at = self.events.event().start;
        let value = self.value(self.layer.start)?;
        if value.is_null() { Ok(()) } else { Err(not_a_map(at, value.kind()).into()) }
    }

    /// Lays the node that was come to over `slot`, which holds what earlier layers said. `place` is where the node is
    /// said to be written: its key, or itself. Tells whether it was merged into a map that stays.
    fn merge_node(&mut self, slot: &mut Value, place: Pos) -> Result<bool, MergeError> {
        if let (EventKind::MappingStart { .. }, Value::Map(map, _)) = (&self.events.event().kind, &mut *slot)
            && self.tag()?.is_none()
        {
            self.mapping(Arc::make_mut(map))?;
            return Ok(true);
        }
        let at = self.events.event().start;
        let value = self.value(place)?;
        let old = std::mem::take(slot);
        *slot = lay(value, old, self.provenance);
        self.check_copied(slot, at)?;
        Ok(false)
    }

    /// Builds the node that was come to; its tag says what becomes of it where it is laid over another.
    #[inline]
    fn value(&mut self, place: Pos) -> Result<Value, MergeError> {
        match self.tag()? {
            None => self.untagged(Origin::at(place)),
            Some(tag) => self.tagged(tag, place),
        }
    }

    #[cold]
    fn tagged(&mut self, tag: Tag, place: Pos) -> Result<Value, MergeError> {
        let start = self.events.event().clone();
        let node = self.untagged(Origin::at(place))?;
        let edit = tag.edit(&node).map_err(|kind| self.tag_error(&start, kind))?;
        if let Some((item, kind)) = unknown_item(&edit, &node) {
            let at = (self.provenance.pos(item.origin()).0 - self.layer.start.0) as usize;
            let tag = edit.to_string();
            return Err(MergeError::Tag(TagError { tag, kind, range: at..at }));
        }
        let node = if edit == Edit::Delete { Value::NULL } else { node };
        Ok(node.with_origin(self.provenance.editing(place, edit)))
    }

    fn untagged(&mut self, origin: Origin) -> Result<Value, MergeError> {
        match self.events.event().kind {
            EventKind::MappingStart { .. } => {
                let mut map = self.scratch.map();
                self.mapping(&mut map)?;
                Ok(Value::Map(Arc::new(self.scratch.finish_map(map)), origin))
            }
            EventKind::SequenceStart { .. } => Ok(Value::List(Arc::new(self.sequence()?), origin)),
            _ => Ok(scalar(self.events.event(), origin, &mut self.scratch.texts)?),
        }
    }

    /// The tag of ours that a node has.
    #[inline]
    fn tag(&mut self) -> Result<Option<Tag>, MergeError> {
        if self.events.event().kind.props().is_some() { self.read_tag() } else { Ok(None) }
    }

    #[cold]
    fn read_tag(&mut self) -> Result<Option<Tag>, MergeError> {
        let event = self.events.event();
        let Some(text) = event.kind.tag().filter(|tag| tag.starts_with('!')) else { return Ok(None) };
        match Tag::parse(text) {
            Some(tag) => {
                let checked = tag.and_then(|tag| tag.check(&event.kind).map(|()| tag));
                Ok(Some(checked.map_err(|kind| self.tag_error(event, kind))?))
            }
            None => {
                if let (Some(near), true) = (meant_by(text), event.kind.nesting() > 0) {
                    let range = self.tag_range(event, text);
                    let span = Span::new(self.layer.start.offset(range.start), self.layer.start.offset(range.end));
                    let remark = Remark::UnknownTag(UnknownTag { tag: text.to_owned(), near, span });
                    if !self.remarks.contains(&remark) {
                        self.remarks.push(remark);
                    }
                }
                Ok(None)
            }
        }
    }

    fn tag_error(&self, event: &Event<'a>, kind: TagErrorKind) -> MergeError {
        let tag = event.kind.tag().unwrap_or_default();
        MergeError::Tag(TagError { tag: tag.to_owned(), kind, range: self.tag_range(event, tag) })
    }

    /// Where the tag of a node stands; the node itself where the tag is written in another way than it reads.
    fn tag_range(&self, event: &Event<'a>, tag: &str) -> Range<usize> {
        let before = self.text.get(..event.start).unwrap_or_default();
        match memchr::memmem::rfind(before, tag.as_bytes()) {
            Some(at) => at..at + tag.len(),
            None => event.start..event.start,
        }
    }

    fn sequence(&mut self) -> Result<Vec<Value>, MergeError> {
        let mut items = self.scratch.list();
        while self.events.advance()? && !matches!(self.events.event().kind, EventKind::SequenceEnd) {
            if self.tag()?.is_some_and(|tag| tag != Tag::Replace) {
                return Err(self.tag_error(self.events.event(), TagErrorKind::OnAnItem));
            }
            items.push(self.value(self.place())?);
        }
        Ok(self.scratch.finish_list(items))
    }

    fn mapping(&mut self, map: &mut Map) -> Result<(), MergeError> {
        let mut journal = Journal::new(map);
        loop {
            match self.events.plain_line() {
                Some(Line::Entry { key, at, value }) if self.plain_entry(map, &mut journal, key, at, value) => continue,
                Some(Line::Empty { key, at, list }) if self.empty_entry(map, &mut journal, key, at, list) => continue,
                Some(Line::Entry { .. } | Line::Empty { .. }) => self.events.unread_line(),
                Some(Line::Opens { key, at }) if is_text_key(key) => {
                    self.named_entry(map, &mut journal, key, at..at + key.len())?;
                    continue;
                }
                Some(Line::Opens { key, at }) => {
                    self.entry(map, &mut journal, &plain_event(key, at))?;
                    continue;
                }
                Some(Line::End) => return Ok(()),
                None => {}
            }
            if !self.events.advance()? || matches!(self.events.event().kind, EventKind::MappingEnd) {
                return Ok(());
            }
            let (key, by_alias) = (self.events.take_event(), self.events.alias().is_some());
            if !self.events.advance()? {
                return Ok(());
            }
            if by_alias {
                let at = key.start..key.end;
                self.named_entry(map, &mut journal, &self::key(&key)?, at)?;
            } else {
                self.entry(map, &mut journal, &key)?;
            }
        }
    }

    /// An entry that is one line, in a map that does not have it, or over a value of an earlier layer. Nothing is done,
    /// and false told, where it is anything else.
    #[inline(always)]
    fn plain_entry(&mut self, map: &mut Map, journal: &mut Journal, key: &str, at: usize, value: Quick<'a>) -> bool {
        let resolved = if value.style == Style::Plain { resolve_plain(value.text) } else { Resolved::Str };
        !is_refused(&resolved)
            && self
                .quick_entry(map, journal, key, at, |origin, texts| resolved_value(resolved, value.text, origin, texts))
    }

    /// The same for an entry that is an empty list or map.
    fn empty_entry(&mut self, map: &mut Map, journal: &mut Journal, key: &str, at: usize, list: bool) -> bool {
        self.quick_entry(map, journal, key, at, |origin, _| match list {
            true => Value::List(Arc::default(), origin),
            false => Value::Map(Arc::default(), origin),
        })
    }

    /// The same, given what makes the value.
    #[inline(always)]
    fn quick_entry(
        &mut self,
        map: &mut Map,
        journal: &mut Journal,
        key: &str,
        at: usize,
        make: impl FnOnce(Origin, &mut Texts) -> Value,
    ) -> bool {
        if !is_text_key(key) {
            return false;
        }
        let place = self.layer.start.offset(at);
        let Some(index) = journal.find(map, key) else {
            let value = make(Origin::at(place), &mut self.scratch.texts);
            map.push(self.scratch.texts.share(key), value);
            return true;
        };
        match map.get_index_mut(index) {
            Some(slot) if !self.provenance.has_edits() && self.is_before(slot) => {
                let origin = self.provenance.overriding(place, std::mem::take(slot));
                *slot = make(origin, &mut self.scratch.texts);
                true
            }
            _ => false,
        }
    }

    /// An entry of a map, given the event of its key; its value was come to.
    fn entry(&mut self, map: &mut Map, journal: &mut Journal, key: &Event<'a>) -> Result<(), MergeError> {
        match &key.kind {
            EventKind::Scalar { text, style, .. } if is_merge(text, *style, key.kind.tag()) => {
                self.merge_key(map, journal)
            }
            _ => self.named_entry(map, journal, &self::key(key)?, key.start..key.end),
        }
    }

    /// An entry under a key, whatever that is called, and where that stands.
    fn named_entry(
        &mut self,
        map: &mut Map,
        journal: &mut Journal,
        key: &str,
        at: Range<usize>,
    ) -> Result<(), MergeError> {
        let place = self.layer.start.offset(at.start);
        let Some(index) = journal.find(map, key) else {
            let value = self.value(place)?;
            map.push(self.scratch.texts.share(key), value);
            return Ok(());
        };
        let prior = self.clear(map, journal, index);
        if let Some(first) = prior.repeated {
            let again = Span::new(place, self.layer.start.offset(at.end));
            self.remarks.push(Remark::Duplicate(Duplicate { key: Str::from(key), first, again }));
        }
        let Some(slot) = map.get_index_mut(index) else { return Ok(()) };
        if !prior.earlier {
            *slot = self.value(place)?;
        } else if self.merge_node(slot, place)? {
            journal.merged.insert(index, place);
        }
        Ok(())
    }

    /// `<<`: the entries of a map, or of several of which the first has the last word, as goyaml applies them: over
    /// what stands before it in the map, under what comes after.
    #[cold]
    fn merge_key(&mut self, map: &mut Map, journal: &mut Journal) -> Result<(), MergeError> {
        let (at, aliased) = (self.events.event().start, self.events.alias().is_some());
        let maps = match self.value(self.layer.start.offset(at))? {
            Value::Map(one, _) => Some(vec![one]),
            // A list has to stand there itself.
            Value::List(several, _) if !aliased => several.iter().rev().map(|v| v.as_map().cloned()).collect(),
            _ => None,
        };
        let Some(maps) = maps else {
            let help = Some("`<<:` takes an alias to a map, such as `<<: *defaults`");
            let message = "map merge requires map or sequence of maps as the value";
            return Err(YamlError { help, ..YamlError::new(at, message) }.into());
        };
        for (key, value) in maps.iter().flat_map(|m| m.iter()) {
            self.merged_entry(map, journal, key, value.clone());
            map.get(key).map_or(Ok(()), |made| self.check_copied(made, at))?;
        }
        Ok(())
    }

    /// Lists that tags make are kept as each layer left them: that must not grow with layers times items.
    fn check_copied(&self, made: &Value, at: usize) -> Result<(), MergeError> {
        match self.provenance.edit(made.origin()) {
            Some(edit) if self.provenance.copied() > MOST_COPIED => {
                Err(MergeError::Tag(TagError { tag: edit.to_string(), kind: TagErrorKind::TooMuch, range: at..at }))
            }
            _ => Ok(()),
        }
    }

    fn merged_entry(&mut self, map: &mut Map, journal: &mut Journal, key: &Str, value: Value) {
        let Some(index) = journal.find(map, key) else {
            journal.by_merge_key.insert(map.len());
            map.push(key.clone(), value);
            return;
        };
        let earlier = self.clear(map, journal, index).earlier;
        journal.by_merge_key.insert(index);
        let Some(slot) = map.get_index_mut(index) else { return };
        if !earlier {
            *slot = value;
        } else {
            let place = self.provenance.pos(value.origin());
            if overlay(slot, value, self.provenance) {
                journal.merged.insert(index, place);
            }
        }
    }

    /// Undoes what this layer did to an entry.
    fn clear(&mut self, map: &mut Map, journal: &mut Journal, index: usize) -> Prior {
        let Some(slot) = map.get_index_mut(index) else { return Prior { earlier: false, repeated: None } };
        let written = self.written_here(slot).or(journal.merged.remove(&index));
        let Some(first) = written else { return Prior { earlier: true, repeated: None } };
        let by_merge_key = journal.by_merge_key.remove(&index);
        let before = self.before(std::mem::take(slot));
        let earlier = before.is_some();
        *slot = before.unwrap_or_default();
        Prior { earlier, repeated: (!by_merge_key).then_some(first) }
    }

    /// Whether a value is as an earlier layer left it. Of a map only the journal knows.
    #[inline(always)]
    fn is_before(&self, value: &Value) -> bool {
        !matches!(value, Value::Map(..)) && self.written_here(value).is_none()
    }

    /// Where this layer wrote a value, if it did.
    fn written_here(&self, value: &Value) -> Option<Pos> {
        let pos = self.provenance.pos(value.origin());
        (self.layer.start <= pos && pos <= self.layer.end).then_some(pos)
    }

    /// What a value was before this layer: gone where the layer brought it, and the values below it likewise.
    fn before(&mut self, mut value: Value) -> Option<Value> {
        if self.written_here(&value).is_some() {
            return self.provenance.recall(value.origin());
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

/// What a scalar means that belongs to no tree.
pub(super) fn lone_scalar(event: &Event<'_>) -> Result<Value, YamlError> {
    scalar(event, Origin::NONE, &mut Texts::default())
}

/// The event of a plain scalar.
fn plain_event(text: &str, start: usize) -> Event<'_> {
    Quick { text, style: Style::Plain, start }.event()
}

/// Whether a plain scalar in the place of a key is a text, and no `<<`.
#[inline(always)]
fn is_text_key(key: &str) -> bool {
    resolve_plain(key) == Resolved::Str && !is_merge(key, Style::Plain, None)
}

/// Whether it is an infinite number or none: JSON has neither, and Helm goes through JSON.
fn is_refused(resolved: &Resolved) -> bool {
    matches!(resolved, Resolved::Float(number) if !number.is_finite())
}

#[inline(always)]
fn resolved_value(resolved: Resolved, text: &str, origin: Origin, texts: &mut Texts) -> Value {
    match resolved {
        Resolved::Str => Value::Str(texts.share(text), origin),
        resolved => resolved.into_value(text, origin),
    }
}

/// What a scalar means.
fn scalar(event: &Event<'_>, origin: Origin, texts: &mut Texts) -> Result<Value, YamlError> {
    let EventKind::Scalar { text, style, .. } = &event.kind else { return Ok(Value::Null(origin)) };
    let resolved = resolve(text, *style, event.kind.tag()).map_err(|message| YamlError::new(event.start, message))?;
    if is_refused(&resolved) {
        let help = Some("put it in quotes if it is meant as text");
        let message = format!("unsupported value: {text} is not a number that JSON has");
        return Err(YamlError { help, ..YamlError::new(event.start, message) });
    }
    Ok(resolved_value(resolved, text, origin, texts))
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
