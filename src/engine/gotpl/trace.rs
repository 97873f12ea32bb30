//! Which template printed which piece of a text, for a render that is to tell.
//!
//! Segments are recorded as the output grows. What `include` and `tpl` give keeps its segments in a table beside it,
//! found again by the text's address wherever the text goes: into variables, maps, through `default`. A function that
//! makes a text of another keeps those lines of it that are there again, as `indent` and `nindent` do.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::exec::Val;
use super::set::File;
use crate::diag::{Pos, Sources, Span};
use crate::engine::{Segment, SourceMap};
use crate::runtime::Runtime;
use crate::value::{Origin, Str, Value};

/// Texts of up to this many bytes have no address of their own.
const INLINE: usize = 15;

/// What a traced render knows.
#[derive(Default)]
pub(super) struct Trace {
    segments: Vec<Segment>,
    /// The calls that are being run, the outermost first.
    pub calls: Vec<Span>,
    /// The merged values that the expression at hand has read.
    pub read: Vec<Value>,
    texts: HashMap<(usize, usize), Kept, foldhash::fast::RandomState>,
}

/// A text whose segments are known. Holding the text keeps its address from being used again.
struct Kept {
    text: Str,
    segments: Vec<Segment>,
}

fn key(text: &Str) -> Option<(usize, usize)> {
    (text.len() > INLINE).then(|| (text.as_ptr().addr(), text.len()))
}

impl Trace {
    /// Plain text of a template is about to be printed.
    pub fn literal(&mut self, at: usize, file: &File, range: Range<usize>, sources: &Sources) {
        let span = file.span(range.start, range.end, sources);
        self.push(at, span, true);
    }

    fn push(&mut self, start: usize, span: Span, literal: bool) {
        let calls = self.calls.iter().rev().copied().collect();
        self.segments.push(Segment { start, span, literal, calls, values: Arc::default() });
    }

    /// A pipeline gave this value. Where it is one that was read since `mark`, it was written where that was.
    pub fn carry(&self, mark: usize, value: &mut Val) {
        if value.origin != Origin::NONE || matches!(value.value, Runtime::Map(_) | Runtime::List(_)) {
            return;
        }
        let is_scalar = |read: &&Value| !matches!(read, Value::Map(..) | Value::List(..));
        let data = value.value.to_value();
        let mut same = self.read[mark..].iter().filter(is_scalar).filter(|read| **read == data);
        if let (Some(one), None) = (same.next(), same.next()) {
            value.origin = one.origin();
        }
    }

    /// An expression's value is about to be printed.
    pub fn print(&mut self, at: usize, span: Span, value: &Runtime) {
        self.push(at, span, false);
        if let Some(segment) = self.segments.last_mut() {
            segment.values = std::mem::take(&mut self.read).into();
        }
        if let Some(kept) = self.kept(value) {
            let moved: Vec<_> = kept.segments.iter().map(|s| Segment { start: s.start + at, ..s.clone() }).collect();
            self.segments.extend(moved);
        }
    }

    fn kept(&self, value: &Runtime) -> Option<&Kept> {
        match value {
            Runtime::Str(text) => self.texts.get(&key(text)?),
            _ => None,
        }
    }

    /// From here on output becomes a text.
    pub fn begin_capture(&mut self) -> usize {
        self.segments.len()
    }

    /// The output since `mark`, from `start` on, became this text.
    pub fn end_capture(&mut self, mark: usize, start: usize, text: &Runtime) {
        let mut segments: Vec<_> = self.segments.drain(mark..).collect();
        segments.iter_mut().for_each(|s| s.start -= start);
        if matches!(text, Runtime::Str(text) if key(text).is_none()) {
            // It cannot be found again; the expression has read what was read for it.
            self.read.extend(segments.iter().flat_map(|s| s.values.iter().cloned()));
        }
        self.keep(text, segments);
    }

    fn keep(&mut self, text: &Runtime, segments: Vec<Segment>) {
        let Runtime::Str(text) = text else { return };
        if let (Some(key), false) = (key(text), segments.is_empty()) {
            self.texts.insert(key, Kept { text: text.clone(), segments });
        }
    }

    /// A function made a value of others.
    pub fn called(&mut self, args: &[Runtime], value: &Runtime) {
        let Runtime::Str(output) = value else { return };
        if self.kept(value).is_some() {
            return;
        }
        let mut found = Vec::new();
        let mut from = 0;
        for kept in args.iter().filter_map(|arg| self.kept(arg)) {
            from = align(kept, output, from, &mut found);
        }
        self.keep(value, found);
    }

    /// The map of the whole text, without what Helm deletes from it.
    pub fn finish(mut self, text: &str) -> SourceMap {
        let mut removed = 0;
        for (at, gap) in text.match_indices("<no value>") {
            let end = at - removed + gap.len();
            self.segments.iter_mut().filter(|s| s.start >= end).for_each(|s| s.start -= gap.len());
            removed += gap.len();
        }
        SourceMap::new(text.replace("<no value>", ""), self.segments)
    }
}

/// Finds the lines of a text in another one made of it, and keeps their segments. Gives where the last one ends.
fn align(kept: &Kept, output: &str, mut from: usize, found: &mut Vec<Segment>) -> usize {
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

/// The segments of a piece of a text, moved to where the piece is now; what indents it belongs to the first one.
fn keep_line(kept: &Kept, piece: Range<usize>, line_start: usize, to: usize, found: &mut Vec<Segment>) {
    let first = kept.segments.partition_point(|s| s.start <= piece.start).saturating_sub(1);
    for segment in kept.segments[first..].iter().take_while(|s| s.start < piece.end) {
        let skipped = piece.start.saturating_sub(segment.start);
        let span = if segment.literal {
            let start = segment.span.start.offset(skipped).min(segment.span.end);
            Span::new(start, Pos(segment.span.end.0.min(start.0 + piece.len() as u32)))
        } else {
            segment.span
        };
        let start = to + segment.start.max(piece.start) - piece.start;
        if start == to && line_start < to {
            found.push(Segment { start: line_start, span: Span::at(span.start), ..segment.clone() });
        }
        found.push(Segment { start, span, ..segment.clone() });
    }
}
