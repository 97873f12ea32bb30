//! Which merged values stand unchanged in a rendered text.
//!
//! An expression says what it read; what it printed says whether one of these went through: as the same text, indented
//! perhaps or quoted, or as YAML that is read as the same value. Where two that are the same were read, none is named.

use std::ops::Range;

use crate::diag::{Pos, SourceKind, Sources};
use crate::value::{Origin, Provenance, Value};
use crate::yaml;

/// A piece of rendered text, and where the value was written that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The piece; for an entry of a map from its key on.
    pub range: Range<usize>,
    /// The origin of the value.
    pub origin: Origin,
}

/// The values that stand in a piece of a text, of those that were read for it.
pub(super) fn find(text: &str, piece: Range<usize>, read: &[Value]) -> Vec<Carried> {
    let Some(printed) = text.get(piece.clone()).filter(|printed| !read.is_empty() && !printed.trim().is_empty()) else {
        return Vec::new();
    };
    let parsed = Parsed::new(text, piece.clone());
    let mut found = Vec::new();
    for value in read {
        match (value, &parsed) {
            (Value::Map(..) | Value::List(..), Some(parsed)) if parsed.value == *value => {
                parsed.leaves(&parsed.value, value, &mut found);
            }
            (Value::Map(..) | Value::List(..), _) => {}
            (scalar, parsed) => {
                let same = is_same(printed, scalar) || parsed.as_ref().is_some_and(|parsed| parsed.value == *scalar);
                found.extend(same.then(|| Carried { range: piece.clone(), origin: scalar.origin() }));
            }
        }
    }
    found.sort_by_key(|carried| carried.range.start);
    found.dedup();
    let places = found.chunk_by(|one, next| one.range.start == next.range.start);
    let sure = places.filter_map(|same| if let [one] = same { Some(one.clone()) } else { None });
    sure.filter(|one| one.origin != Origin::NONE).collect()
}

/// Whether a text is printed as it is, but for quotes and the space around its lines.
fn is_same(printed: &str, value: &Value) -> bool {
    let Value::Str(text, _) = value else { return false };
    let same = |printed: &str| printed.lines().map(str::trim).eq(text.trim().lines().map(str::trim));
    let printed = printed.trim();
    !text.trim().is_empty() && (same(printed) || same(printed.trim_matches(['"', '\''])))
}

/// A piece of a text, read as YAML.
struct Parsed<'t> {
    text: &'t str,
    piece: Range<usize>,
    value: Value,
    /// The position that the first byte of the piece was read at.
    base: Pos,
}

impl<'t> Parsed<'t> {
    /// Reads a piece, with space in place of what stands before it in its line.
    fn new(text: &'t str, piece: Range<usize>) -> Option<Self> {
        let pad = piece.start - text[..piece.start].rfind('\n').map_or(0, |at| at + 1);
        let padded = " ".repeat(pad) + &text[piece.clone()];
        let source = Sources::default().add("", SourceKind::Rendered, padded.as_bytes()).ok()?;
        let value = yaml::load_range(&source, 0..padded.len()).ok()?.value;
        Some(Parsed { text, piece, value, base: source.base.offset(pad) })
    }

    /// The scalars here and in a value that is the same.
    fn leaves(&self, here: &Value, value: &Value, found: &mut Vec<Carried>) {
        match (here, value) {
            (Value::Map(here, _), Value::Map(map, _)) if !here.is_empty() => {
                let both = here.iter().filter_map(|(key, here)| Some((here, map.get(key)?)));
                both.for_each(|(here, value)| self.leaves(here, value, found));
            }
            (Value::List(here, _), Value::List(items, _)) if !here.is_empty() => {
                here.iter().zip(items.iter()).for_each(|(here, item)| self.leaves(here, item, found));
            }
            _ => found.extend(self.carried(here, value.origin())),
        }
    }

    /// What was read as a scalar, to the end of its line.
    fn carried(&self, here: &Value, origin: Origin) -> Option<Carried> {
        let pos = Provenance::default().pos(here.origin());
        let start = self.piece.start + pos.0.checked_sub(self.base.0)? as usize;
        let rest = self.text.get(start..self.piece.end)?;
        Some(Carried { range: start..start + rest.find('\n').unwrap_or(rest.len()), origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Num;

    /// A value that was written at a position.
    fn at(pos: u32, value: Value) -> Value {
        value.with_origin(Origin::at(Pos(pos)))
    }

    /// What is found in a text from an offset on, each with the position it was written at.
    #[track_caller]
    fn check(text: &str, from: usize, read: &[Value], want: &[(&str, u32)]) {
        let found = find(text, from..text.len(), read);
        let pos = |carried: &Carried| Provenance::default().pos(carried.origin).0;
        let found: Vec<_> = found.iter().map(|carried| (&text[carried.range.clone()], pos(carried))).collect();
        assert_eq!(found, want, "{text:?}");
    }

    #[test]
    fn a_scalar_is_found_as_text_or_as_yaml() {
        let tag = at(7, Value::str("1.27"));
        check("tag: 1.27", 5, std::slice::from_ref(&tag), &[("1.27", 7)]);
        check("tag: \"1.27\"", 5, std::slice::from_ref(&tag), &[("\"1.27\"", 7)]);
        check("tag: v1.27", 5, &[tag], &[]);
        let number = Value::Num(Num::Int(2), Origin::NONE);
        check("n: 2", 3, &[at(7, number)], &[("2", 7)]);
        let text = at(7, Value::str("a: [\nb\n"));
        check("data: |\n  a: [\n  b\n", 8, &[text], &[("  a: [\n  b\n", 7)]);
        check("suffix: ", 8, &[at(7, Value::str(""))], &[]);
    }

    #[test]
    fn what_a_map_holds_is_found_line_by_line() {
        let map = Value::map([("disk", at(3, Value::str("ssd"))), ("zone", at(9, Value::str("b")))]);
        check("node:\n  disk: ssd\n  zone: b", 5, std::slice::from_ref(&map), &[("disk: ssd", 3), ("zone: b", 9)]);
        check("node:\n  zone: b\n  disk: hdd", 5, &[map], &[]);
    }

    #[test]
    fn of_two_that_are_the_same_none_is_named() {
        let read = [at(3, Value::str("a")), at(9, Value::str("a")), at(12, Value::str("b"))];
        check("x: a", 3, &read, &[]);
        check("x: b", 3, &read, &[("b", 12)]);
    }
}
