//! Which template printed which piece of a text, for a render that is to tell.
//!
//! Segments are recorded as the output grows. What `include` and `tpl` give keeps its segments in a table beside it,
//! found again by the text's address wherever the text goes: into variables, maps, through `default`. A function that
//! makes a text of another keeps those lines of it that are there again, as `indent` and `nindent` do.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use ecow::eco_format;

use super::exec::Val;
use super::set::File;
use crate::diag::{Pos, Sources, Span};
use crate::engine::carried::{self, Carried};
use crate::engine::{Segment, SourceMap};
use crate::runtime::{List, MapRef, Runtime};
use crate::value::{Origin, Str, Value};

/// Texts of up to this many bytes have no address of their own unless they are given one.
const INLINE: usize = 15;

/// What a traced render knows.
#[derive(Default)]
pub(super) struct Trace {
    told: Told,
    /// The calls that are being run, the outermost first.
    pub calls: Vec<Span>,
    /// The merged values that the expression at hand has read.
    pub read: Vec<Value>,
    texts: HashMap<(usize, usize), Kept, foldhash::fast::RandomState>,
    made: HashMap<usize, Made, foldhash::fast::RandomState>,
}

/// What is known of a piece of output.
#[derive(Debug, Default)]
struct Told {
    segments: Vec<Segment>,
    carried: Vec<Carried>,
    /// The values that are carried.
    values: Vec<Value>,
}

/// How much was known at some time.
pub(super) struct Mark {
    segments: usize,
    carried: usize,
    values: usize,
}

impl Told {
    fn mark(&self) -> Mark {
        Mark { segments: self.segments.len(), carried: self.carried.len(), values: self.values.len() }
    }

    /// Takes what came to be known since a mark, of output from `start` on.
    fn take_since(&mut self, mark: &Mark, start: usize) -> Told {
        let mut segments: Vec<_> = self.segments.drain(mark.segments..).collect();
        segments.iter_mut().for_each(|segment| segment.start -= start);
        let carried = self.carried.drain(mark.carried..).map(|piece| piece.moved(|at| at - start)).collect();
        Told { segments, carried, values: self.values.drain(mark.values..).collect() }
    }

    /// Adds what is known of a text that is put at `at`.
    fn add(&mut self, told: &Told, at: usize) {
        self.segments.extend(told.segments.iter().map(|s| Segment { start: s.start + at, ..s.clone() }));
        self.carried.extend(told.carried.iter().map(|piece| piece.moved(|from| from + at)));
        self.values.extend(told.values.iter().cloned());
    }

    /// Adds the values that were found in the output from `at` on, where that is not known yet.
    fn add_found(&mut self, found: Vec<Carried>, at: usize, read: Vec<Value>) {
        if found.is_empty() {
            return;
        }
        carried::add(&mut self.carried, found, at);
        self.values.extend(read);
    }
}

/// A text of which something is known. Holding the text keeps its address from being used again.
struct Kept {
    text: Str,
    told: Told,
}

/// A map or list that a template made, and where its scalars were written. Holding it keeps its address from being used
/// again.
struct Made {
    _value: Runtime,
    origins: Vec<(Str, Origin)>,
}

/// A text at an address of its own, however short it is.
pub(super) fn addressed(text: &str) -> Str {
    let mut own = Str::with_capacity(text.len().max(INLINE + 1));
    own.push_str(text);
    own
}

fn key(text: &Str) -> (usize, usize) {
    (text.as_ptr().addr(), text.len())
}

impl Trace {
    /// Plain text of a template is about to be printed.
    pub fn literal(&mut self, at: usize, file: &File, range: Range<usize>, sources: &Sources) {
        let span = file.span(range.start, range.end, sources);
        self.push(at, span, true);
    }

    fn push(&mut self, start: usize, span: Span, literal: bool) {
        let calls = self.calls.iter().rev().copied().collect();
        self.told.segments.push(Segment { start, span, literal, calls });
    }

    /// A value is read: it is one of the merged values, or a text that some of them stand in.
    pub fn seen(&mut self, value: &Val) {
        self.read.extend(value.merged());
        if let Some(kept) = self.texts.get(&address(&value.value)) {
            self.read.extend(kept.told.values.iter().cloned());
        }
    }

    /// A pipeline gave this value. Where it is one that was read since `mark`, it was written where that was; what is in
    /// a text that was made of some is kept.
    pub fn carry(&mut self, mark: usize, value: &mut Val) {
        if value.origin != Origin::NONE || matches!(value.value, Runtime::Map(_) | Runtime::List(_)) {
            return;
        }
        let data = value.value.to_value();
        if let Some(origin) = only_one(&self.read[mark..], &data) {
            value.origin = origin;
        } else if let Runtime::Str(text) = &value.value
            && self.kept(&value.value).is_none()
        {
            let found = carried::find(text, 0, &self.read[mark..]);
            let values = if found.is_empty() { Vec::new() } else { self.read[mark..].to_vec() };
            self.keep(&value.value, Told { segments: Vec::new(), carried: found, values });
        }
    }

    /// What was read since `mark` was only asked about.
    pub fn forget(&mut self, mark: usize) {
        self.read.truncate(mark);
    }

    /// An expression's value is about to be printed.
    pub fn print(&mut self, at: usize, span: Span, value: &Runtime) {
        self.push(at, span, false);
        if let Some(kept) = self.texts.get(&address(value)) {
            self.told.add(&kept.told, at);
        }
    }

    /// An expression's value was printed, at the end of this output.
    pub fn printed(&mut self, at: usize, out: &[u8]) {
        let read = std::mem::take(&mut self.read);
        let Ok(text) = std::str::from_utf8(&out[at..]) else { return };
        let column = at - memchr::memrchr(b'\n', &out[..at]).map_or(0, |n| n + 1);
        self.told.add_found(carried::find(text, column, &read), at, read);
    }

    fn kept(&self, value: &Runtime) -> Option<&Kept> {
        self.texts.get(&address(value))
    }

    /// Where the value was written that stands at an offset of a text, or that the text is.
    pub fn origin_in(&self, text: &Str, offset: usize) -> Origin {
        if let Some(origin) = only_one(&self.read, &Value::Str(text.clone(), Origin::NONE)) {
            return origin;
        }
        let carried = self.texts.get(&key(text)).map(|kept| &kept.told.carried);
        let mut inside = carried.into_iter().flatten().filter(|piece| piece.range.contains(&offset));
        inside.next().map_or(Origin::NONE, |piece| piece.origin)
    }

    /// From here on output becomes a text.
    pub fn begin_capture(&mut self) -> Mark {
        self.told.mark()
    }

    /// The output since `mark`, from `start` on, became this text.
    pub fn end_capture(&mut self, mark: &Mark, start: usize, text: &Runtime) {
        let told = self.told.take_since(mark, start);
        self.keep(text, told);
    }

    fn keep(&mut self, text: &Runtime, mut told: Told) {
        let Runtime::Str(text) = text else { return };
        distinct(&mut told.values);
        let is_empty = told.segments.is_empty() && told.carried.is_empty();
        // A short text may have no address of its own.
        if !is_empty && text.clone().as_ptr() == text.as_ptr() {
            self.texts.insert(key(text), Kept { text: text.clone(), told });
        }
    }

    /// A value was looked up in the first of these, by the others.
    pub fn looked_up(&mut self, args: &[Runtime]) {
        let Some((first, steps)) = args.split_first() else { return };
        let mut value = Val::bare(first.clone());
        for step in steps {
            let found = match (&value.value, step) {
                (Runtime::Map(map), Runtime::Str(key)) => map.get(key).map(|found| (found, self.origin_of(map, key))),
                (Runtime::List(list), Runtime::Int(at, _)) => usize::try_from(*at)
                    .ok()
                    .and_then(|at| Some((list.items().get(at)?.clone(), self.origin_of_item(list, at)))),
                _ => None,
            };
            let Some((found, origin)) = found else { return };
            value = Val { origin, ..Val::bare(found) };
        }
        self.seen(&value);
    }

    /// A function made a value of others.
    pub fn called(&mut self, args: &[Runtime], value: &Runtime) {
        match value {
            Runtime::Str(output) if self.kept(value).is_none() => {
                let mut told = Told::default();
                let mut from = 0;
                for kept in args.iter().filter_map(|arg| self.kept(arg)) {
                    from = align(kept, output, from, &mut told);
                }
                self.keep(value, told);
            }
            Runtime::Map(map) if map.merged().is_none() => self.note_made(map.address().addr(), value, map.entries()),
            Runtime::List(list) if list.merged().is_none() => {
                let items =
                    list.items().iter().enumerate().map(|(i, item)| (eco_format!("{i}"), item.clone())).collect();
                self.note_made(list.items().as_ptr().addr(), value, items);
            }
            _ => {}
        }
    }

    /// Keeps the origins of the scalars in a map or list that a template made of what it read.
    fn note_made(&mut self, address: usize, value: &Runtime, entries: Vec<(Str, Runtime)>) {
        let origin = |(key, value): (Str, Runtime)| {
            let is_scalar = !matches!(value, Runtime::Map(_) | Runtime::List(_));
            let read = is_scalar.then(|| only_one(&self.read, &value.to_value())).flatten();
            let origin = read.unwrap_or_else(|| self.origin_at(address, &key));
            (is_scalar && origin != Origin::NONE).then_some((key, origin))
        };
        let origins: Vec<_> = entries.into_iter().filter_map(origin).collect();
        match origins.is_empty() {
            true => drop(self.made.remove(&address)),
            false => drop(self.made.insert(address, Made { _value: value.clone(), origins })),
        }
    }

    fn origin_at(&self, address: usize, key: &str) -> Origin {
        let origins = self.made.get(&address).map(|made| &made.origins);
        origins.into_iter().flatten().find(|(known, _)| known == key).map_or(Origin::NONE, |(_, origin)| *origin)
    }

    /// Where the value under a key was written.
    pub fn origin_of(&self, map: &MapRef, key: &str) -> Origin {
        match map.merged() {
            Some(merged) => merged.get(key).map(Value::origin).unwrap_or_default(),
            None => self.origin_at(map.address().addr(), key),
        }
    }

    /// Where an item was written.
    pub fn origin_of_item(&self, list: &List, at: usize) -> Origin {
        match list.merged() {
            Some(merged) => merged.get(at).map(Value::origin).unwrap_or_default(),
            None => self.origin_at(list.items().as_ptr().addr(), &eco_format!("{at}")),
        }
    }

    /// The map of the whole text, without what Helm deletes from it.
    pub fn finish(mut self, text: &str) -> SourceMap {
        let Told { segments, carried, .. } = &mut self.told;
        let mut removed = 0;
        for (at, gap) in text.match_indices("<no value>") {
            let end = at - removed + gap.len();
            let back = |at: usize| if at >= end { at - gap.len() } else { at };
            segments.iter_mut().for_each(|s| s.start = back(s.start));
            carried.iter_mut().for_each(|piece| *piece = piece.moved(back));
            removed += gap.len();
        }
        SourceMap::new(text.replace("<no value>", ""), self.told.segments, self.told.carried)
    }
}

/// Leaves out values that stand there twice: a text in a text in a text carries the same ones again and again.
fn distinct(values: &mut Vec<Value>) {
    let mut known = HashSet::new();
    values.retain(|value| {
        let address = match value {
            Value::Map(map, _) => Arc::as_ptr(map).addr(),
            Value::List(items, _) => Arc::as_ptr(items).addr(),
            _ => 0,
        };
        known.insert((value.origin(), address))
    });
}

/// The key that a text is kept under; no other text has that of one that is not kept.
fn address(value: &Runtime) -> (usize, usize) {
    match value {
        Runtime::Str(text) => key(text),
        _ => Default::default(),
    }
}

/// Where a scalar was written, where one that is the same was read and no other one.
fn only_one(read: &[Value], data: &Value) -> Option<Origin> {
    let is_scalar = |read: &&Value| !matches!(read, Value::Map(..) | Value::List(..));
    let mut same = read.iter().filter(is_scalar).filter(|read| *read == data).map(Value::origin);
    let first = same.next()?;
    same.all(|other| other == first).then_some(first)
}

/// Finds the lines of a text in another one made of it, and keeps what is known of them. Gives where the last one ends.
fn align(kept: &Kept, output: &str, mut from: usize, found: &mut Told) -> usize {
    found.values.extend(kept.told.values.iter().cloned());
    let mut start = 0;
    for line in kept.text.split_inclusive('\n') {
        let body = line.trim();
        let at = start + (line.len() - line.trim_start().len());
        start += line.len();
        if body.is_empty() {
            continue;
        }
        let Some(offset) = output[from..].find(body) else { continue };
        let to = from + offset;
        let line_start = output[..to].rfind('\n').map_or(0, |n| n + 1).max(from);
        keep_line(kept, at..at + body.len(), line_start, to, found);
        from = to + body.len();
    }
    from
}

/// What is known of a piece of a text, moved to where the piece is now; what indents it belongs to the first segment.
fn keep_line(kept: &Kept, piece: Range<usize>, line_start: usize, to: usize, found: &mut Told) {
    for carried in kept.told.carried.iter().filter(|c| c.range.start < piece.end && piece.start < c.range.end) {
        found.carried.push(carried.moved(|at| to + at.clamp(piece.start, piece.end) - piece.start));
    }
    let segments = &kept.told.segments;
    let first = segments.partition_point(|s| s.start <= piece.start).saturating_sub(1);
    for segment in segments[first..].iter().take_while(|s| s.start < piece.end) {
        let skipped = piece.start.saturating_sub(segment.start);
        let span = if segment.literal {
            let start = segment.span.start.offset(skipped).min(segment.span.end);
            Span::new(start, Pos(segment.span.end.0.min(start.0 + piece.len() as u32)))
        } else {
            segment.span
        };
        let start = to + segment.start.max(piece.start) - piece.start;
        if start == to && line_start < to {
            found.segments.push(Segment { start: line_start, span: Span::at(span.start), ..segment.clone() });
        }
        found.segments.push(Segment { start, span, ..segment.clone() });
    }
}
