//! Which template printed which piece of a rendered text.

use super::carried::Carried;
use crate::diag::Span;

/// A piece of rendered text and the template text that printed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Offset of its first byte in the rendered text.
    pub start: usize,
    /// Where in a template it came from: the same text where `literal`, else the expression that printed it.
    pub span: Span,
    /// Whether it stands in the template as it is, so that offsets inside it correspond byte by byte.
    pub literal: bool,
    /// The calls through which it was printed, the innermost first: macros, includes.
    pub calls: Vec<Span>,
}

/// All pieces of one rendered text in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceMap {
    segments: Vec<Segment>,
    carried: Vec<Carried>,
    text: String,
}

impl SourceMap {
    /// A map of this text; `segments` are in the order of their starts, `carried` as they were found.
    pub fn new(text: String, segments: Vec<Segment>, mut carried: Vec<Carried>) -> Self {
        carried.sort_by_key(|piece| piece.range.start);
        SourceMap { segments, carried, text }
    }

    /// The text that the traced render printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place in a template that printed the byte at an offset, and the calls that led to it.
    pub fn locate(&self, offset: usize) -> Option<(Span, &[Span])> {
        let after = self.segments.partition_point(|s| s.start <= offset);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let span = if segment.literal {
            let start = segment.span.start.offset(offset - segment.start).min(segment.span.end);
            Span::new(start, start)
        } else {
            segment.span
        };
        Some((span, &segment.calls))
    }

    /// The merged values that stand unchanged in the text, in order.
    pub fn carried(&self) -> &[Carried] {
        &self.carried
    }
}
