//! Where rendered text came from: the traced render is asked for a place in the text of the plain one.

use std::collections::HashMap;
use std::ops::Range;

use super::Kept;
use crate::diag::{Pos, Span};
use crate::engine::{Carried, Engine as _, Rendered, SourceMap};

/// What printed a place in rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text in a template that stands there, or the expression that printed it.
    pub template: Span,
    /// The calls through which it was printed, the innermost first.
    pub calls: Vec<Span>,
    /// Where the values were written that stand in the line unchanged, in the order of the line.
    pub values: Vec<Pos>,
    /// Where the value was written that all of the rest of the line is, but for a key, quotes and a comment.
    pub value: Option<Pos>,
}

/// A template, rendered again.
struct Traced {
    map: SourceMap,
    carried: Vec<Carried>,
}

/// Tells where the texts of one render came from. A template is rendered again when it is first asked about.
pub struct Tracer<'k> {
    kept: &'k Kept,
    traced: HashMap<&'k str, Option<Traced>>,
}

impl<'k> Tracer<'k> {
    /// One for the texts of a render.
    pub fn new(kept: &'k Kept) -> Self {
        Tracer { kept, traced: HashMap::new() }
    }

    /// What printed the byte at an offset of what a template rendered. None where the second render came out otherwise,
    /// as it may where chance has a say.
    pub fn printed(&mut self, template: &str, offset: usize) -> Option<Printed> {
        let rendered = self.kept.rendered(template)?;
        let Kept { engines, context, .. } = self.kept;
        let trace = || engines.trace(&rendered.template).ok().map(|map| Traced { carried: map.carried(), map });
        let Traced { map, carried } = self.traced.entry(&rendered.template.name).or_insert_with(trace).as_ref()?;
        let text = map.text();
        let at = text.floor_char_boundary(same_place(&rendered.text, text, offset)?);
        let (span, calls) = map.locate(at)?;
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let pos = |carried: &&Carried| context.provenance.pos(carried.origin);
        // A line that chance made another one may carry other values.
        let is_same = text.get(start..end) == Some(line_at(&rendered.text, offset));
        let stands = |c: &&Carried| is_same && c.range.start < end && start < c.range.end;
        let inside: Vec<_> = carried.iter().filter(stands).collect();
        let whole = inside.iter().find(|carried| is_all(text, at..end, &carried.range));
        let mut values: Vec<Pos> = inside.iter().map(pos).collect();
        values.dedup();
        Some(Printed { template: span, calls: calls.to_vec(), value: whole.map(pos), values })
    }
}

/// The line of a text that an offset is in.
fn line_at(text: &str, offset: usize) -> &str {
    let at = text.floor_char_boundary(offset);
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[start..].split('\n').next().unwrap_or_default()
}

/// Whether a piece of a text is all that a part of a line says, but for a key before it, quotes and a comment.
fn is_all(text: &str, rest: Range<usize>, piece: &Range<usize>) -> bool {
    let quotes = ['"', '\'', ' '];
    let (Some(before), Some(after)) =
        (text.get(rest.start..piece.start.max(rest.start)), text.get(piece.end.min(rest.end)..rest.end))
    else {
        return false;
    };
    let key = before.trim_end_matches(quotes);
    let is_key = key.is_empty() || key.strip_suffix(':').is_some_and(|key| !key.contains([',', '{', '[', ':']));
    let after = after.trim_start_matches(quotes);
    is_key && (after.is_empty() || after.starts_with('#'))
}

impl Kept {
    /// All texts that were rendered, notes included, in the order of the templates' runs.
    pub fn all_rendered(&self) -> &[Rendered] {
        &self.rendered
    }

    /// What a template rendered, by its path as `# Source:` has it.
    pub fn rendered(&self, template: &str) -> Option<&Rendered> {
        self.rendered.iter().find(|rendered| rendered.template.name == template)
    }
}

/// Where a place of one text is in another, which was printed by the same templates and may differ by chance: the same
/// line where both have as many, else the nearest line that is the same.
pub(super) fn same_place(text: &str, other: &str, offset: usize) -> Option<usize> {
    if text == other {
        return Some(offset);
    }
    let head = &text[..text.floor_char_boundary(offset)];
    let number = head.matches('\n').count();
    let column = head.len() - head.rfind('\n').map_or(0, |at| at + 1);
    let line = text.lines().nth(number)?;
    let mut starts = std::iter::once(0).chain(other.match_indices('\n').map(|(at, _)| at + 1)).zip(other.lines());
    if text.lines().count() == other.lines().count() {
        let (start, found) = starts.nth(number)?;
        // What chance made longer or shorter moves what stands behind it.
        let same = line.bytes().zip(found.bytes()).take_while(|(a, b)| a == b).count();
        let begins_alike = same > line.len() - line.trim_start().len();
        return (begins_alike || line == found).then(|| start + column.min(same));
    }
    let same = starts.enumerate().filter(|(_, (_, found))| *found == line);
    let (_, (start, _)) = same.min_by_key(|(n, _)| n.abs_diff(number))?;
    Some(start + column)
}
