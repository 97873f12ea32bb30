//! Strings: trimming, cutting, padding, replacing, quoting.
//!
//! Go strings are bytes; what cuts or counts here does so in bytes, and may leave something that is not UTF-8.
//! Semantics: Sprig 3.3.0 `strings.go`, goutils 1.1.1, Go's package `strings`.

use memchr::memmem;

use super::Param::{Any, Int, Str};
use super::args::{self, Out, fail, fits, int, length, string, text};
use super::{Context, Function};
use crate::runtime::Runtime;
use crate::runtime::text::{REPLACEMENT, first_rune, last_rune, quote, runes};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("trim", &[Str], |_, a| Ok(string(trim(text(a, 0)?, char::is_whitespace)))),
    Function::new("trimAll", &[Str, Str], trim_all),
    Function::new("trimall", &[Str, Str], trim_all),
    Function::new("trimPrefix", &[Str, Str], |_, a| {
        let (prefix, s) = (text(a, 0)?, text(a, 1)?);
        Ok(string(s.strip_prefix(prefix).unwrap_or(s)))
    }),
    Function::new("trimSuffix", &[Str, Str], |_, a| {
        let (suffix, s) = (text(a, 0)?, text(a, 1)?);
        Ok(string(s.strip_suffix(suffix).unwrap_or(s)))
    }),
    Function::new("contains", &[Str, Str], |_, a| Ok(memmem::find(text(a, 1)?, text(a, 0)?).is_some().into())),
    Function::new("hasPrefix", &[Str, Str], |_, a| Ok(text(a, 1)?.starts_with(text(a, 0)?).into())),
    Function::new("hasSuffix", &[Str, Str], |_, a| Ok(text(a, 1)?.ends_with(text(a, 0)?).into())),
    Function::new("trunc", &[Int, Str], trunc),
    Function::new("substr", &[Int, Int, Str], substr),
    Function::new("abbrev", &[Int, Str], |_, a| Ok(string(abbreviate(text(a, 1)?, 0, int(a, 0)?)))),
    Function::new("abbrevboth", &[Int, Int, Str], |_, a| Ok(string(abbreviate(text(a, 2)?, int(a, 0)?, int(a, 1)?)))),
    Function::new("repeat", &[Int, Str], |_, a| Ok(string(args::repeat(text(a, 1)?, int(a, 0)?)?))),
    Function::new("replace", &[Str, Str, Str], |_, a| Ok(string(replace(text(a, 2)?, text(a, 0)?, text(a, 1)?)?))),
    Function::new("nospace", &[Str], |_, a| Ok(string(nospace(text(a, 0)?)))),
    Function::new("indent", &[Int, Str], |_, a| Ok(string(indent(int(a, 0)?, text(a, 1)?, b"")?))),
    Function::new("nindent", &[Int, Str], |_, a| Ok(string(indent(int(a, 0)?, text(a, 1)?, b"\n")?))),
    Function::new("wrap", &[Int, Str], |_, a| Ok(string(wrap(text(a, 1)?, int(a, 0)?, b"\n", false)?))),
    Function::new("wrapWith", &[Int, Str, Str], |_, a| Ok(string(wrap(text(a, 2)?, int(a, 0)?, text(a, 1)?, true)?))),
    Function::new("plural", &[Str, Str, Int], |_, a| Ok(string(text(a, usize::from(int(a, 2)? != 1))?))),
    Function::new("quote", &[], |ctx, a| {
        Ok(spaced(a, |value, out| out.extend_from_slice(quote(&value.strval(ctx.numbers())).as_bytes())))
    })
    .rest(Any),
    Function::new("squote", &[], |ctx, a| {
        Ok(spaced(a, |value, out| {
            out.push(b'\'');
            value.print(ctx.numbers(), out);
            out.push(b'\'');
        }))
    })
    .rest(Any),
    Function::new("cat", &[], |ctx, a| Ok(spaced(a, |value, out| value.print(ctx.numbers(), out)))).rest(Any),
    Function::new("toString", &[Any], |ctx, a| Ok(string(args::any(a, 0)?.strval(ctx.numbers())))),
    Function::new("hello", &[], |_, _| Ok("Hello!".into())),
];

fn trim(mut s: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    while let Some((_, size)) = first_rune(s).filter(|(rune, _)| cut(rune.unwrap_or(REPLACEMENT))) {
        s = &s[size..];
    }
    while let Some((_, size)) = last_rune(s).filter(|(rune, _)| cut(rune.unwrap_or(REPLACEMENT))) {
        s = &s[..s.len() - size];
    }
    s
}

fn trim_all(_: &Context<'_>, a: &[Runtime]) -> Out {
    let set: Vec<char> = runes(text(a, 0)?).collect();
    Ok(string(trim(text(a, 1)?, |c| set.contains(&c))))
}

/// The first bytes, or the last ones where the count is negative.
fn trunc(_: &Context<'_>, a: &[Runtime]) -> Out {
    let (count, s) = (int(a, 0)?, text(a, 1)?);
    let len = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    Ok(string(match count {
        _ if len >= s.len() => s,
        0.. => &s[..len],
        _ => &s[s.len() - len..],
    }))
}

fn substr(_: &Context<'_>, a: &[Runtime]) -> Out {
    let (start, end, s) = (int(a, 0)?, int(a, 1)?, text(a, 2)?);
    let len = length(s.len());
    let (from, to) = match (start, end) {
        (..0, ..0) => return fail(format!("runtime error: slice bounds out of range [:{end}]")),
        (..0, _) if end > len => {
            return fail(format!("runtime error: slice bounds out of range [:{end}] with length {len}"));
        }
        (..0, _) => (0, end),
        _ if end < 0 || end > len => (start, len),
        _ => (start, end),
    };
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(i), Ok(j)) if i <= j => Ok(string(&s[i..j])),
        _ => fail(format!("runtime error: slice bounds out of range [{from}:{to}]")),
    }
}

/// goutils' `AbbreviateFull` behind Sprig's checks of the width.
fn abbreviate(s: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let len = length(s.len());
    if width < 4 || offset > 0 && width < 7 || len <= width {
        return s.to_vec();
    }
    let kept = width - 3;
    let offset = offset.min(len - kept);
    if offset <= 4 {
        return [head(s, kept), b"..."].concat();
    }
    let tail = &s[usize::try_from(offset).unwrap_or(0)..];
    match length(tail.len()) > kept {
        true => [b"...", abbreviate(tail, 0, kept).as_slice()].concat(),
        false => [b"...", tail].concat(),
    }
}

fn head(s: &[u8], len: i64) -> &[u8] {
    s.get(..usize::try_from(len).unwrap_or(0)).unwrap_or(s)
}

/// `strings.ReplaceAll`; nothing as what to replace stands before each rune and at the end.
pub(super) fn replace(s: &[u8], old: &[u8], new: &[u8]) -> Result<Vec<u8>, super::FuncError> {
    let places: Vec<usize> = match old.is_empty() {
        true => rune_starts(s).chain([s.len()]).collect(),
        false => memmem::find_iter(s, old).collect(),
    };
    fits(places.len().checked_mul(new.len()).and_then(|added| added.checked_add(s.len())))?;
    let mut out = Vec::with_capacity(s.len());
    let mut done = 0;
    for at in places {
        out.extend_from_slice(&s[done..at]);
        out.extend_from_slice(new);
        done = at + old.len();
    }
    out.extend_from_slice(&s[done..]);
    Ok(out)
}

/// Where each rune begins.
pub(super) fn rune_starts(s: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (_, size) = first_rune(&s[at..])?;
        at += size;
        Some(at - size)
    })
}

/// goutils reads bytes as if they were runes: where there is white space to delete, what is not ASCII comes out as
/// Latin-1 read anew.
fn nospace(s: &[u8]) -> Vec<u8> {
    let kept: String = s.iter().map(|b| char::from(*b)).filter(|c| !c.is_whitespace()).collect();
    if kept.chars().count() == s.len() { s.to_vec() } else { kept.into_bytes() }
}

fn indent(spaces: i64, s: &[u8], before: &[u8]) -> Result<Vec<u8>, super::FuncError> {
    let pad = args::repeat(b" ", spaces)?;
    let lines = memchr::memchr_iter(b'\n', s).count() + 1;
    let len = fits(pad.len().checked_mul(lines).and_then(|n| n.checked_add(s.len() + before.len())))?;
    let mut out = Vec::with_capacity(len);
    out.extend_from_slice(before);
    out.extend_from_slice(&pad);
    let mut done = 0;
    for at in memchr::memchr_iter(b'\n', s) {
        out.extend_from_slice(&s[done..=at]);
        out.extend_from_slice(&pad);
        done = at + 1;
    }
    out.extend_from_slice(&s[done..]);
    Ok(out)
}

/// goutils' `WrapCustom`: breaks at spaces; a word longer than a line stays whole or, with `cut`, is cut.
fn wrap(mut s: &[u8], width: i64, newline: &[u8], cut: bool) -> Result<Vec<u8>, super::FuncError> {
    let newline = if newline.is_empty() { b"\n" } else { newline };
    let width = usize::try_from(width).unwrap_or(0).max(1);
    let mut out = Vec::new();
    while s.len() > width {
        if s[0] == b' ' {
            s = &s[1..];
            continue;
        }
        let space = memchr::memrchr(b' ', &s[..=width]);
        let (line, rest) = match space {
            Some(at) => (&s[..at], &s[at + 1..]),
            None if cut => s.split_at(width),
            None => match memchr::memchr(b' ', &s[width..]) {
                Some(at) => (&s[..width + at], &s[width + at + 1..]),
                None => break,
            },
        };
        out.extend_from_slice(line);
        out.extend_from_slice(newline);
        fits(Some(out.len()))?;
        s = rest;
    }
    out.extend_from_slice(s);
    Ok(out)
}

/// Everything but nil, written one after the other with spaces between.
fn spaced(values: &[Runtime], mut write: impl FnMut(&Runtime, &mut Vec<u8>)) -> Runtime {
    let mut out = Vec::new();
    for (i, value) in values.iter().filter(|value| !matches!(value, Runtime::Nil)).enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        write(value, &mut out);
    }
    string(out)
}
