//! Where rendered text came from: the traced render is asked for a place in the text of the plain one.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use super::Kept;
use crate::diag::{Pos, Span};
use crate::engine::{Carried, Context, Engine as _, Rendered, SourceMap};

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

/// Tells where the texts of one render came from. A template is rendered again when it is first asked about.
pub struct Tracer<'k> {
    kept: &'k Kept,
    traced: HashMap<&'k str, Option<Traced<'k>>>,
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
        let trace = || self.kept.engines.trace(&rendered.template).ok().map(|map| Traced::new(&rendered.text, map));
        let traced = self.traced.entry(&rendered.template.name).or_insert_with(trace).as_ref()?;
        traced.printed(offset, &self.kept.context)
    }
}

/// What a template rendered, and what it rendered again.
pub(super) struct Traced<'p> {
    plain: &'p str,
    plain_lines: Lines,
    map: SourceMap,
    lines: Lines,
    /// The lines of the second text by what they say, then by number.
    sorted: OnceCell<Vec<usize>>,
}

impl<'p> Traced<'p> {
    /// For a text that a template rendered, and the map of what it rendered again.
    pub fn new(plain: &'p str, map: SourceMap) -> Self {
        let (plain_lines, lines) = (Lines::of(plain), Lines::of(map.text()));
        Traced { plain, plain_lines, map, lines, sorted: OnceCell::new() }
    }

    /// What printed the byte at an offset of the first text.
    pub fn printed(&self, offset: usize, context: &Context) -> Option<Printed> {
        let text = self.map.text();
        let at = text.floor_char_boundary(self.same_place(offset)?);
        let (span, calls) = self.map.locate(at)?;
        let line = self.lines.range(text, self.lines.number(at));
        // A line that chance made another one may carry other values.
        let is_same =
            text[line.clone()] == self.plain[self.plain_lines.range(self.plain, self.plain_lines.number(offset))];
        let stands = |c: &&Carried| is_same && c.range.start < line.end && line.start < c.range.end;
        let inside: Vec<_> = self.map.carried().iter().filter(stands).collect();
        let pos = |carried: &&Carried| context.provenance.pos(carried.origin);
        let whole = inside.iter().find(|carried| is_all(text, at..line.end, &carried.range));
        let mut values: Vec<Pos> = inside.iter().map(pos).collect();
        values.dedup();
        Some(Printed { template: span, calls: calls.to_vec(), value: whole.map(pos), values })
    }

    /// Where a place of the first text is in the second, which was printed by the same templates and may differ by
    /// chance: the same line where both have as many, else the nearest line that is the same.
    fn same_place(&self, offset: usize) -> Option<usize> {
        let (plain, other) = (self.plain, self.map.text());
        if plain == other {
            return Some(offset);
        }
        let number = self.plain_lines.number(offset);
        let line = self.plain_lines.range(plain, number);
        let (column, wanted) = (plain.floor_char_boundary(offset) - line.start, &plain[line]);
        if self.plain_lines.count() != self.lines.count() {
            return Some(self.lines.range(other, self.nearest(wanted, number)?).start + column);
        }
        let line = self.lines.range(other, number);
        let (start, found) = (line.start, &other[line]);
        // What chance made longer or shorter moves what stands behind it.
        let same = wanted.bytes().zip(found.bytes()).take_while(|(a, b)| a == b).count();
        let begins_alike = same > wanted.len() - wanted.trim_start().len();
        (begins_alike || wanted == found).then(|| start + column.min(same))
    }

    /// The line of the second text that says this and is nearest to a number.
    fn nearest(&self, wanted: &str, number: usize) -> Option<usize> {
        let text = self.map.text();
        let says = |number: &usize| &text[self.lines.range(text, *number)];
        let sorted = self.sorted.get_or_init(|| {
            let mut numbers: Vec<usize> = (0..self.lines.count()).collect();
            numbers.sort_by_key(|number| (says(number), *number));
            numbers
        });
        let same = &sorted[sorted.partition_point(|n| says(n) < wanted)..sorted.partition_point(|n| says(n) <= wanted)];
        let after = same.partition_point(|n| *n < number);
        let around = same[after.saturating_sub(1)..].iter().take(2);
        around.copied().min_by_key(|n| n.abs_diff(number))
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Lines(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    /// The number of the line that an offset is in, from 0.
    fn number(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) - 1
    }

    /// A line of the text, without its end.
    fn range(&self, text: &str, number: usize) -> Range<usize> {
        let start = self.0[number];
        start..self.0.get(number + 1).map_or(text.len(), |next| next - 1)
    }
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
