//! Texts of several lines, compared line by line.

use imara_diff::{Algorithm, Diff, IndentHeuristic, IndentLevel, InternedInput};

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// It is in both texts.
    Kept,
    /// It is only in the old text.
    Removed,
    /// It is only in the new text.
    Added,
}

/// A line of one text or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// What happened to it.
    pub kind: LineKind,
    /// The line, without the line break.
    pub text: &'a str,
    /// Whether its text ends with it and has no line break there, unlike the other text.
    pub unended: bool,
}

/// Lines that are not the same, with some around them that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The lines, what is gone before what has come.
    pub lines: Vec<Line<'a>>,
    /// The number of the first line in the old text, from 1.
    pub old_start: usize,
    /// The number of the first line in the new text, from 1.
    pub new_start: usize,
}

impl Hunk<'_> {
    /// How many lines of the old text and of the new one it has.
    pub fn lengths(&self) -> (usize, usize) {
        let count = |not| self.lines.iter().filter(|line| line.kind != not).count();
        (count(LineKind::Added), count(LineKind::Removed))
    }

    /// `@@ -1,3 +1,4 @@`, as in a patch.
    pub fn title(&self) -> String {
        let (old, new) = self.lengths();
        let start = |start: usize, len: usize| if len == 0 { start - 1 } else { start };
        format!("@@ -{},{old} +{},{new} @@", start(self.old_start, old), start(self.new_start, new))
    }
}

/// Whether text is compared by lines: there are several, or it is JSON that fills one.
pub(super) fn is_block(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n') || is_json(text)
}

/// Whether text is a list or map in JSON on a single line.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.trim();
    let wrapped = (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    wrapped && text.len() > 2 && !text.contains('\n') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Whether two texts are JSON, of which one at least is on a single line: they are read laid out.
pub(super) fn are_json(old: &str, new: &str) -> bool {
    let parses = |text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    (is_json(old) || is_json(new)) && parses(old) && parses(new)
}

/// JSON laid out a line a field; other text as it is.
pub(super) fn laid_out(text: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| text.to_owned())
}

/// What is not the same in two texts, with `context` lines around it.
pub fn hunks<'a>(old: &'a str, new: &'a str, context: usize) -> Vec<Hunk<'a>> {
    let by_end = old.ends_with('\n') != new.ends_with('\n');
    let (old, new) = (lines(old, by_end), lines(new, by_end));
    let mut input = InternedInput::default();
    input.update_before(old.iter().map(|line| (line.text, line.unended)));
    input.update_after(new.iter().map(|line| (line.text, line.unended)));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    // Hunks begin and end where the text does at the same indent, as people would cut them.
    let indent = |token| IndentLevel::for_ascii_line(input.interner[token].0.bytes(), 8);
    diff.postprocess_with_heuristic(&input, IndentHeuristic::new(indent));
    let mut hunks: Vec<Hunk<'a>> = Vec::new();
    let mut end = 0;
    for change in diff.hunks() {
        let gone = change.before.start as usize..change.before.end as usize;
        let come = change.after.start as usize..change.after.end as usize;
        match hunks.last_mut() {
            Some(hunk) if gone.start - end <= context.saturating_mul(2) => hunk.lines.extend(&old[end..gone.start]),
            _ => {
                close(&mut hunks, &old[end..], context);
                let kept = context.min(gone.start);
                let lines = old[gone.start - kept..gone.start].to_vec();
                hunks.push(Hunk { lines, old_start: gone.start - kept + 1, new_start: come.start - kept + 1 });
            }
        }
        end = gone.end;
        if let Some(hunk) = hunks.last_mut() {
            hunk.lines.extend(old[gone].iter().map(|line| Line { kind: LineKind::Removed, ..*line }));
            hunk.lines.extend(new[come].iter().map(|line| Line { kind: LineKind::Added, ..*line }));
        }
    }
    close(&mut hunks, &old[end..], context);
    hunks
}

/// Ends the last hunk with the lines after it.
fn close<'a>(hunks: &mut [Hunk<'a>], rest: &[Line<'a>], context: usize) {
    if let Some(hunk) = hunks.last_mut() {
        hunk.lines.extend(rest.iter().take(context));
    }
}

/// The lines of a text; where `by_end`, the last one is another without a line break.
fn lines(text: &str, by_end: bool) -> Vec<Line<'_>> {
    let texts = text.split_inclusive('\n').map(|text| (text, text.strip_suffix('\n')));
    let line = |(text, ended): (_, Option<_>)| Line {
        kind: LineKind::Kept,
        text: ended.unwrap_or(text),
        unended: by_end && ended.is_none(),
    };
    texts.map(line).collect()
}
