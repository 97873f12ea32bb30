//! Paths with slashes; those of the operating system are the same, as Helm runs where paths have slashes.
//!
//! Semantics: Go's `path` and `path/filepath` on Unix.

use super::Param::Str;
use super::args::{string, text};
use super::{Context, Function};
use crate::runtime::Runtime;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("base", &[Str], |_, a| Ok(string(base(text(a, 0)?)))),
    Function::new("osBase", &[Str], |_, a| Ok(string(base(text(a, 0)?)))),
    Function::new("dir", &[Str], |_, a| Ok(string(dir(text(a, 0)?)))),
    Function::new("osDir", &[Str], |_, a| Ok(string(dir(text(a, 0)?)))),
    Function::new("clean", &[Str], |_, a| Ok(string(clean(text(a, 0)?)))),
    Function::new("osClean", &[Str], |_, a| Ok(string(clean(text(a, 0)?)))),
    Function::new("ext", &[Str], |_, a| Ok(string(ext(text(a, 0)?)))),
    Function::new("osExt", &[Str], |_, a| Ok(string(ext(text(a, 0)?)))),
    Function::new("isAbs", &[Str], is_abs),
    Function::new("osIsAbs", &[Str], is_abs),
];

fn is_abs(_: &Context<'_>, a: &[Runtime]) -> super::args::Out {
    Ok(text(a, 0)?.starts_with(b"/").into())
}

/// The last element; `.` for no path, `/` for slashes alone.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|b| *b != b'/').map_or(0, |i| i + 1);
    let start = path[..end].iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1);
    if start == end { b"/" } else { &path[start..end] }
}

/// All but the last element, cleaned.
fn dir(path: &[u8]) -> Vec<u8> {
    clean(&path[..path.iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1)])
}

/// From the last dot of the last element on.
fn ext(path: &[u8]) -> &[u8] {
    let name = &path[path.iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1)..];
    name.iter().rposition(|b| *b == b'.').map_or(&[], |dot| &name[dot..])
}

/// Without `.`, `//`, and the `..` that something stands before; `.` for nothing.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut kept: Vec<&[u8]> = Vec::new();
    for element in path.split(|b| *b == b'/') {
        match element {
            b"" | b"." => {}
            b".." if kept.last().is_some_and(|last| *last != b"..") => drop(kept.pop()),
            b".." if rooted => {}
            _ => kept.push(element),
        }
    }
    let joined = kept.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
