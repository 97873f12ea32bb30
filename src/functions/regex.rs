//! Regular expressions.
//!
//! Semantics: Sprig 3.3.0 `regex.go`. Those with `must` fail with the error of the expression, the others with what Go's
//! `MustCompile` panics with, `regexMatch` alone with nothing.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::Param::{Int, Str};
use super::args::{MAX_TEXT, Out, fail, int, string, text};
use super::split::strings;
use super::{FuncError, Function};
use crate::regexp::{Regex, Replacement, SyntaxError};
use crate::runtime::text::quote;
use crate::runtime::{Elem, List, Runtime};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("regexMatch", &[Str, Str], |_, a| {
        Ok(compiled(text(a, 0)?).is_ok_and(|regex| text(a, 1).is_ok_and(|s| regex.is_match(s))).into())
    }),
    Function::new("mustRegexMatch", &[Str, Str], |_, a| Ok(must(a)?.is_match(text(a, 1)?).into())),
    Function::new("regexFind", &[Str, Str], |_, a| find(&*regex(a)?, a)),
    Function::new("mustRegexFind", &[Str, Str], |_, a| find(&*must(a)?, a)),
    Function::new("regexFindAll", &[Str, Str, Int], |_, a| find_all(&*regex(a)?, a)),
    Function::new("mustRegexFindAll", &[Str, Str, Int], |_, a| find_all(&*must(a)?, a)),
    Function::new("regexReplaceAll", &[Str, Str, Str], |_, a| {
        replace(&*regex(a)?, a, Replacement::Template(text(a, 2)?))
    }),
    Function::new("mustRegexReplaceAll", &[Str, Str, Str], |_, a| {
        replace(&*must(a)?, a, Replacement::Template(text(a, 2)?))
    }),
    Function::new("regexReplaceAllLiteral", &[Str, Str, Str], |_, a| {
        replace(&*regex(a)?, a, Replacement::Literal(text(a, 2)?))
    }),
    Function::new("mustRegexReplaceAllLiteral", &[Str, Str, Str], |_, a| {
        replace(&*must(a)?, a, Replacement::Literal(text(a, 2)?))
    }),
    Function::new("regexSplit", &[Str, Str, Int], |_, a| split(&*regex(a)?, a)),
    Function::new("mustRegexSplit", &[Str, Str, Int], |_, a| split(&*must(a)?, a)),
    Function::new("regexQuoteMeta", &[Str], |_, a| Ok(string(quote_meta(text(a, 0)?)))),
];

/// How many expressions are kept compiled: charts use few, but use them often.
const KEPT: usize = 256;

static COMPILED: LazyLock<RwLock<HashMap<String, Arc<Regex>>>> = LazyLock::new(RwLock::default);

fn compiled(pattern: &[u8]) -> Result<Arc<Regex>, SyntaxError> {
    let Ok(pattern) = std::str::from_utf8(pattern) else {
        return Err(SyntaxError { reason: "invalid UTF-8", part: String::from_utf8_lossy(pattern).into_owned() });
    };
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Ok(regex.clone());
    }
    let regex = Arc::new(Regex::new(pattern)?);
    let mut kept = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

fn must(a: &[Runtime]) -> Result<Arc<Regex>, FuncError> {
    compiled(text(a, 0)?).map_err(|err| FuncError::new(err.to_string()))
}

fn regex(a: &[Runtime]) -> Result<Arc<Regex>, FuncError> {
    let pattern = text(a, 0)?;
    compiled(pattern).map_err(|err| FuncError::new(format!("regexp: Compile({}): {err}", backquoted(pattern))))
}

/// Between backquotes, unless there is something in it that cannot stand there.
fn backquoted(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text) if text.chars().all(|c| c == '\t' || !matches!(c, '`' | '\u{feff}') && c >= ' ' && c != '\x7f') => {
            format!("`{text}`")
        }
        _ => quote(text),
    }
}

fn find(regex: &Regex, a: &[Runtime]) -> Out {
    let s = text(a, 1)?;
    Ok(string(regex.find(s).map_or(&b""[..], |found| &s[found])))
}

/// No match gives Go's nil slice.
fn find_all(regex: &Regex, a: &[Runtime]) -> Out {
    let s = text(a, 1)?;
    match regex.find_all(s, int(a, 2)?) {
        found if found.is_empty() => Ok(Runtime::List(List::nil(Elem::Str))),
        found => Ok(strings(found.into_iter().map(|range| &s[range]))),
    }
}

fn replace(regex: &Regex, a: &[Runtime], replacement: Replacement<'_>) -> Out {
    match regex.replace_all(text(a, 1)?, &replacement, MAX_TEXT) {
        Some(replaced) => Ok(string(replaced)),
        None => fail("the result would be longer than 256 MiB"),
    }
}

fn split(regex: &Regex, a: &[Runtime]) -> Out {
    let (pattern, s, limit) = (text(a, 0)?, text(a, 1)?, int(a, 2)?);
    Ok(match limit {
        0 => Runtime::List(List::nil(Elem::Str)),
        _ if s.is_empty() && !pattern.is_empty() => strings([""]),
        _ => strings(regex.split(s, limit)),
    })
}

fn quote_meta(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for byte in s {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}
