//! Which merged values stand unchanged in a text that an expression printed.
//!
//! An expression says what it read; what it printed says whether one of these went through: as the same text, indented
//! perhaps or quoted, or as YAML that has it, entry by entry. Where two that are the same were read, none is named.

use std::ops::Range;

use crate::diag::{Pos, SourceKind, Sources};
use crate::value::{Map, Origin, Provenance, Value};
use crate::yaml;

/// A piece of rendered text, and where the value was written that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The piece; for an entry of a map from its key on, and where that holds a map or list, no more than its first line.
    pub range: Range<usize>,
    /// The origin of the value.
    pub origin: Origin,
}

impl Carried {
    /// The same in a text that begins elsewhere.
    #[must_use]
    pub fn moved(&self, by: impl Fn(usize) -> usize) -> Carried {
        Carried { range: by(self.range.start)..by(self.range.end), origin: self.origin }
    }
}

/// The values that stand in what an expression printed, of those that it read. The text begins at a column of its line.
pub(super) fn find(printed: &str, column: usize, read: &[Value]) -> Vec<Carried> {
    if read.is_empty() || printed.trim().is_empty() {
        return Vec::new();
    }
    let parsed = Parsed::new(printed, column);
    let mut found = Vec::new();
    for value in read {
        match (value, &parsed) {
            (Value::Map(..) | Value::List(..), Some(parsed)) => {
                parsed.common(&parsed.value, value, &mut found);
                parsed.only_entry().into_iter().for_each(|entry| parsed.common(entry, value, &mut found));
            }
            (Value::Map(..) | Value::List(..), None) | (Value::Null(_), _) => {}
            (scalar, parsed) => {
                let same = is_same(printed, scalar) || parsed.as_ref().is_some_and(|parsed| parsed.value == *scalar);
                found.extend(same.then(|| Carried { range: 0..printed.len(), origin: scalar.origin() }));
                let entry = parsed.as_ref().and_then(|parsed| {
                    parsed
                        .only_entry()
                        .filter(|entry| *entry == scalar)
                        .and_then(|entry| parsed.carried(entry, scalar.origin()))
                });
                found.extend(entry);
            }
        }
    }
    found.sort_by_key(|carried| carried.range.start);
    found.dedup();
    let places = found.chunk_by(|one, next| one.range.start == next.range.start);
    let sure = places.filter_map(|same| if let [one] = same { Some(one.clone()) } else { None });
    sure.filter(|one| one.origin != Origin::NONE).collect()
}

/// Adds what was found in the output from `at` on to what is known of it, where nothing is known yet.
pub(super) fn add(known: &mut Vec<Carried>, found: Vec<Carried>, at: usize) {
    let of_output = known.len() - known.iter().rev().take_while(|piece| piece.range.start >= at).count();
    let all = known.len();
    for piece in found.iter().map(|piece| piece.moved(|from| from + at)) {
        let is_known = |known: &Carried| known.range.start < piece.range.end && piece.range.start < known.range.end;
        if !known[of_output..all].iter().any(is_known) {
            known.push(piece);
        }
    }
}

/// Whether a text is printed as it is, but for quotes and the space around its lines.
fn is_same(printed: &str, value: &Value) -> bool {
    let text = match value {
        Value::Str(text, _) => text.clone(),
        scalar => {
            let mut text = String::new();
            scalar.print_into(&mut text);
            text.into()
        }
    };
    let same = |printed: &str| printed.lines().map(str::trim).eq(text.trim().lines().map(str::trim));
    let printed = printed.trim();
    !text.trim().is_empty() && (same(printed) || same(printed.trim_matches(['"', '\''])))
}

/// A printed text, read as YAML.
struct Parsed<'t> {
    text: &'t str,
    value: Value,
    /// The position that its first byte was read at.
    base: Pos,
}

impl<'t> Parsed<'t> {
    /// Reads a text, with space in place of what stands before it in its line.
    fn new(text: &'t str, column: usize) -> Option<Self> {
        let padded = " ".repeat(column) + text;
        let source = Sources::default().add("", SourceKind::Rendered, padded.as_bytes()).ok()?;
        let value = yaml::load_range(&source, 0..padded.len()).ok()?.value;
        Some(Parsed { text, value, base: source.base.offset(column) })
    }

    /// What is here and in a value that was read: the entries of maps that are the same, and lists that are the same.
    fn common(&self, here: &Value, value: &Value, found: &mut Vec<Carried>) {
        match (here, value) {
            (Value::Map(here, _), Value::Map(map, _)) => self.entries(here, map, found),
            (Value::List(here, _), Value::List(items, _)) if here == items => {
                here.iter().zip(items.iter()).for_each(|(here, item)| self.item(here, item, found));
            }
            _ => {}
        }
    }

    /// What a map holds that has one entry: a name may have been given to what was read.
    fn only_entry(&self) -> Option<&Value> {
        let map = self.value.as_map().filter(|map| map.len() == 1)?;
        map.get_index(0).map(|(_, entry)| entry)
    }

    fn entries(&self, here: &Map, map: &Map, found: &mut Vec<Carried>) {
        for (key, here) in here {
            match (here, map.get(key)) {
                (Value::Map(..), Some(value @ Value::Map(..))) | (Value::List(..), Some(value @ Value::List(..))) => {
                    found.extend(self.carried(here, value.origin()));
                    self.common(here, value, found);
                }
                (_, Some(value)) if here == value => found.extend(self.carried(here, value.origin())),
                _ => {}
            }
        }
    }

    fn item(&self, here: &Value, item: &Value, found: &mut Vec<Carried>) {
        match here {
            Value::Map(map, _) if !map.is_empty() => self.common(here, item, found),
            Value::List(items, _) if !items.is_empty() => self.common(here, item, found),
            _ => found.extend(self.carried(here, item.origin())),
        }
    }

    /// What was read as a value, to the end of its first line; all the lines of a text.
    fn carried(&self, here: &Value, origin: Origin) -> Option<Carried> {
        let pos = Provenance::default().pos(here.origin());
        let start = pos.0.checked_sub(self.base.0)? as usize;
        let rest = self.text.get(start..)?;
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

    /// What is found in a text that is printed at a column, each with the position it was written at.
    #[track_caller]
    fn check(text: &str, column: usize, read: &[Value], want: &[(&str, u32)]) {
        let found = find(text, column, read);
        let pos = |carried: &Carried| Provenance::default().pos(carried.origin).0;
        let found: Vec<_> = found.iter().map(|carried| (&text[carried.range.clone()], pos(carried))).collect();
        assert_eq!(found, want, "{text:?}");
    }

    #[test]
    fn a_scalar_is_found_as_text_or_as_yaml() {
        let tag = at(7, Value::str("1.27"));
        check("1.27", 5, std::slice::from_ref(&tag), &[("1.27", 7)]);
        check("\"1.27\"", 5, std::slice::from_ref(&tag), &[("\"1.27\"", 7)]);
        check("v1.27", 5, &[tag], &[]);
        let number = Value::Num(Num::Int(2), Origin::NONE);
        check("2", 3, &[at(7, number.clone())], &[("2", 7)]);
        check("\"2\"", 3, &[at(7, number)], &[("\"2\"", 7)]);
        let text = at(7, Value::str("a: [\nb\n"));
        check("\n  a: [\n  b\n", 7, &[text], &[("\n  a: [\n  b\n", 7)]);
        check("", 8, &[at(7, Value::str(""))], &[]);
    }

    #[test]
    fn what_a_map_holds_is_found_line_by_line() {
        let map = Value::map([("disk", at(3, Value::str("ssd"))), ("zone", at(9, Value::str("b")))]);
        check("\n  disk: ssd\n  zone: b", 5, std::slice::from_ref(&map), &[("disk: ssd", 3), ("zone: b", 9)]);
        check("\n  zone: b\n  disk: hdd", 5, std::slice::from_ref(&map), &[("zone: b", 9)]);
        check("disk: ssd\n", 0, &[at(3, Value::str("ssd"))], &[("disk: ssd", 3)]);
        let limits = Value::map([("limits", at(20, map))]);
        check("limits:\n  disk: ssd\n", 0, &[limits], &[("limits:", 20), ("disk: ssd", 3)]);
    }

    #[test]
    fn lists_are_found_where_they_are_the_same() {
        let list = Value::list([at(3, Value::str("a")), Value::map([("name", at(9, Value::str("b")))])]);
        check("- a\n- name: b\n", 0, std::slice::from_ref(&list), &[("a", 3), ("name: b", 9)]);
        check("- a\n", 0, &[list], &[]);
    }

    #[test]
    fn of_two_that_are_the_same_none_is_named() {
        let read = [at(3, Value::str("a")), at(9, Value::str("a")), at(12, Value::str("b"))];
        check("a", 3, &read, &[]);
        check("b", 3, &read, &[("b", 12)]);
    }
}
