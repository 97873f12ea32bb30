//! Source texts, and the one number that names a place in any of them.
//!
//! All texts share one address space: a [`Pos`] is the offset of a byte in the concatenation of every text that was
//! registered, so a span is 8 bytes and names its file by itself (rustc's source map has the same idea). Lines are
//! counted only when a place is shown.

use std::sync::{Arc, OnceLock, RwLock};

use super::Bytes;

/// A byte in one of the texts of a [`Sources`]; no text at all where it is [`Pos::NONE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pos(pub u32);

impl Pos {
    /// Nowhere.
    pub const NONE: Pos = Pos(0);

    /// The first place after the last one that can be named: half of the u32s, the other half being left to those
    /// who store a place and something else in one number.
    pub const END: u32 = 1 << 31;

    /// Whether it is a place at all.
    pub fn is_some(self) -> bool {
        self != Pos::NONE
    }

    /// The place `bytes` further on in the same text.
    #[must_use]
    pub fn offset(self, bytes: usize) -> Pos {
        Pos(self.0 + bytes as u32)
    }
}

/// A range of bytes in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: Pos,
    /// The byte after the last.
    pub end: Pos,
}

impl Span {
    /// The span from `start` up to `end`.
    pub fn new(start: Pos, end: Pos) -> Self {
        Span { start, end }
    }

    /// An empty span at `pos`.
    pub fn at(pos: Pos) -> Self {
        Span { start: pos, end: pos }
    }
}

/// What a source text is, which decides how its secrets are masked when a line of it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A values file, a chart file.
    Data,
    /// A schema: it speaks of secrets and holds none.
    Schema,
    /// A `--set` argument or another piece of the command line.
    Argument,
    /// A template.
    Template,
    /// Text that a template rendered.
    Rendered,
}

/// One source text with its name.
#[derive(Debug)]
pub struct Source {
    /// What to call it in messages: a path as the user typed it, or `--set`.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Its bytes.
    pub text: Bytes,
    /// The position of its first byte.
    pub base: Pos,
    /// What stands before it, where it is a part of a larger text.
    skipped: Skipped,
    lines: OnceLock<Vec<u32>>,
}

/// What stands before a part of a text that is too large to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Whole lines.
    pub lines: usize,
    /// Characters on the line on which the part begins.
    pub columns: usize,
}

impl Source {
    /// The span of the whole text.
    pub fn span(&self) -> Span {
        self.range(0..self.text.len())
    }

    /// The span of a range of byte offsets in this text; what lies beyond its end is cut to it.
    pub fn range(&self, range: std::ops::Range<usize>) -> Span {
        let clamp = |n: usize| self.base.offset(n.min(self.text.len()));
        Span::new(clamp(range.start), clamp(range.end))
    }

    /// The offset of a position in this text.
    pub fn offset(&self, pos: Pos) -> usize {
        (pos.0.saturating_sub(self.base.0) as usize).min(self.text.len())
    }

    /// The bytes of a span of this text.
    pub fn slice(&self, span: Span) -> &[u8] {
        let start = self.offset(span.start);
        &self.text[start..self.offset(span.end).max(start)]
    }

    /// The span of a line, counted from 1, without its line end.
    pub fn line_span(&self, line: usize) -> Span {
        let lines = self.line_starts();
        let start = lines.get(line.saturating_sub(1 + self.skipped.lines)).map_or(self.text.len(), |n| *n as usize);
        let rest = &self.text[start..];
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let len = if rest[..len].ends_with(b"\r") { len - 1 } else { len };
        self.range(start..start + len)
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', &self.text).map(|n| n as u32 + 1)).collect()
        })
    }

    /// Line and column of an offset, both from 1, the column in characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let lines = self.line_starts();
        let line = lines.partition_point(|start| *start as usize <= offset);
        let start = lines[line - 1] as usize;
        let before = if line == 1 { self.skipped.columns } else { 0 };
        let column = String::from_utf8_lossy(&self.text[start..offset]).chars().count() + 1;
        (line + self.skipped.lines, before + column)
    }
}

/// A place as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The source's name.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// More text than positions can name (2 GiB in all).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcesFull {
    /// The text for which there was no room.
    pub name: String,
}

/// All source texts of a run. Cheap to clone: a clone is the same set.
#[derive(Debug, Clone, Default)]
pub struct Sources(Arc<RwLock<Vec<Arc<Source>>>>);

impl Sources {
    /// Registers a text and gives it positions of its own.
    ///
    /// # Errors
    /// When all texts together exceed 2 GiB.
    pub fn add(
        &self,
        name: impl Into<String>,
        kind: SourceKind,
        text: impl Into<Bytes>,
    ) -> Result<Arc<Source>, SourcesFull> {
        self.add_part(name, kind, text, Skipped::default())
    }

    /// Registers a part of a text that is too large to be held.
    ///
    /// # Errors
    /// As [`Sources::add`].
    pub fn add_part(
        &self,
        name: impl Into<String>,
        kind: SourceKind,
        text: impl Into<Bytes>,
        skipped: Skipped,
    ) -> Result<Arc<Source>, SourcesFull> {
        let (name, text) = (name.into(), text.into());
        let mut all = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A byte between two texts, so that the end of one is not the beginning of the next.
        let base = all.last().map_or(1, |s| s.base.0 as usize + s.text.len() + 1);
        if base + text.len() + 1 >= Pos::END as usize {
            return Err(SourcesFull { name });
        }
        let source = Arc::new(Source { name, kind, text, base: Pos(base as u32), skipped, lines: OnceLock::new() });
        all.push(source.clone());
        Ok(source)
    }

    /// The text that a position lies in.
    pub fn find(&self, pos: Pos) -> Option<Arc<Source>> {
        let all = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let after = all.partition_point(|s| s.base <= pos);
        let source = all.get(after.checked_sub(1)?)?;
        (pos.0 as usize <= source.base.0 as usize + source.text.len()).then(|| source.clone())
    }

    /// File, line and column of a position.
    pub fn locate(&self, pos: Pos) -> Option<Location> {
        let source = self.find(pos)?;
        let (line, column) = source.line_column(source.offset(pos));
        Some(Location { file: source.name.clone(), line, column })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let sources = Sources::default();
        let a = sources.add("a", SourceKind::Data, *b"x: 1\ny: 2").unwrap();
        let b = sources.add("b", SourceKind::Data, "ä: 1\r\n".as_bytes()).unwrap();
        let at = |pos| sources.locate(pos).unwrap().to_string();
        assert_eq!(at(a.range(5..6).start), "a:2:1");
        assert_eq!(at(a.span().end), "a:2:5");
        assert_eq!(at(b.range(4..5).start), "b:1:4");
        assert_eq!(b.slice(b.line_span(1)), "ä: 1".as_bytes());
        let part = Skipped { lines: 10, columns: 5 };
        let c = sources.add_part("c", SourceKind::Data, *b"x: 1\ny: 2", part).unwrap();
        assert_eq!((at(c.range(1..1).start), at(c.range(6..6).start)), ("c:11:7".into(), "c:12:2".into()));
        assert_eq!(c.slice(c.line_span(12)), b"y: 2");
        assert_eq!(sources.locate(Pos::NONE), None);
    }
}
