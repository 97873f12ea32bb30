//! From text to lists of text and back: split, join, sort.
//!
//! Semantics: Sprig 3.3.0 `strings.go` and `list.go`, Go's `strings`.

use memchr::memmem;

use super::Param::{Any, Int, Str};
use super::args::{Out, any, fits, int, string, text};
use super::strings::rune_starts;
use super::{Context, Function};
use crate::runtime::{Elem, List, MapRef, Runtime};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("split", &[Str, Str], |_, a| Ok(numbered(parts(text(a, 1)?, text(a, 0)?, -1)))),
    Function::new("splitn", &[Str, Int, Str], |_, a| Ok(numbered(parts(text(a, 2)?, text(a, 0)?, int(a, 1)?)))),
    Function::new("splitList", &[Str, Str], |_, a| Ok(strings(parts(text(a, 1)?, text(a, 0)?, -1)))),
    Function::new("join", &[Str, Any], join),
    Function::new("toStrings", &[Any], |ctx, a| Ok(strings(texts(ctx, any(a, 0)?)))),
    Function::new("sortAlpha", &[Any], sort_alpha),
];

/// A `[]string` of these.
pub(super) fn strings<T: AsRef<[u8]>>(items: impl IntoIterator<Item = T>) -> Runtime {
    Runtime::List(List::new(items.into_iter().map(string).collect(), Elem::Str))
}

/// A `map[string]string` with the keys `_0`, `_1` and so on.
fn numbered(parts: Vec<&[u8]>) -> Runtime {
    let entry = |(i, part)| (format!("_{i}").into(), string(part));
    Runtime::Map(MapRef::strings(parts.into_iter().enumerate().map(entry)))
}

/// `strings.SplitN`: at most `n` parts, all for a negative `n`; between runes where the separator is empty.
pub(super) fn parts<'a>(s: &'a [u8], separator: &[u8], n: i64) -> Vec<&'a [u8]> {
    let cuts = match usize::try_from(n) {
        Ok(0) => return Vec::new(),
        Ok(n) => n - 1,
        Err(_) => usize::MAX,
    };
    if separator.is_empty() && s.is_empty() {
        return Vec::new();
    }
    let places: Vec<usize> = match separator.is_empty() {
        true => rune_starts(s).skip(1).take(cuts).collect(),
        false => memmem::find_iter(s, separator).take(cuts).collect(),
    };
    let mut done = 0;
    let mut parts: Vec<&[u8]> = Vec::with_capacity(places.len() + 1);
    for at in places {
        parts.push(&s[done..at]);
        done = at + separator.len();
    }
    parts.push(&s[done..]);
    parts
}

/// Sprig's `strslice`: the items as text without nil; anything but a list counts as a list of it.
pub(super) fn texts(ctx: &Context<'_>, value: &Runtime) -> Vec<Vec<u8>> {
    let items = match value {
        Runtime::List(list) => list.items(),
        one => std::slice::from_ref(one),
    };
    let present = items.iter().filter(|item| !matches!(item, Runtime::Nil));
    present.map(|item| item.strval(ctx.numbers()).into_owned()).collect()
}

fn join(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let (separator, items) = (text(a, 0)?, texts(ctx, any(a, 1)?));
    let added = separator.len().checked_mul(items.len());
    fits(added.and_then(|n| n.checked_add(items.iter().map(Vec::len).sum())))?;
    Ok(string(items.join(separator)))
}

/// Sorts by bytes. A `[]string` is sorted in place, so that all who hold it see it sorted, as in Go.
fn sort_alpha(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let Runtime::List(list) = any(a, 0)? else {
        return Ok(strings([any(a, 0)?.to_text(ctx.numbers())]));
    };
    let by_bytes = |items: &mut Vec<Runtime>| {
        items.sort_by(|a, b| a.to_text(ctx.numbers()).cmp(&b.to_text(ctx.numbers())));
    };
    if let Some(sorted) = list.sort_in_place(by_bytes) {
        return Ok(Runtime::List(sorted));
    }
    let mut items = texts(ctx, any(a, 0)?);
    items.sort_unstable();
    Ok(strings(items))
}
