//! Go's own functions that look at values alone: text/template/funcs.go of Go 1.25.

use super::Val;
use super::compare::{equal, less};
use super::escape::{html, js, url_query};
use super::registry::Builtin;
use crate::engine::gotpl::{fmt, objects};
use crate::runtime::{Bytes, IntType, Numbers, Runtime};

pub(super) fn name(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::And => "and",
        Builtin::Or => "or",
        Builtin::Not => "not",
        Builtin::Len => "len",
        Builtin::Index => "index",
        Builtin::Call => "call",
        Builtin::Html => "html",
        Builtin::Js => "js",
        Builtin::UrlQuery => "urlquery",
        Builtin::Print => "print",
        Builtin::Printf => "printf",
        Builtin::Println => "println",
        Builtin::Eq => "eq",
        Builtin::Ne => "ne",
        Builtin::Lt => "lt",
        Builtin::Le => "le",
        Builtin::Gt => "gt",
        Builtin::Ge => "ge",
    }
}

/// Calls one with arguments that were counted and checked; those that look at more than values are dealt with before.
pub(super) fn call(builtin: Builtin, args: &[Runtime]) -> Result<Runtime, String> {
    let Some((first, rest)) = args.split_first() else {
        return Ok(match builtin {
            Builtin::Println => Runtime::str("\n"),
            _ => Runtime::str(""),
        });
    };
    let second = rest.first().unwrap_or(&Runtime::Nil);
    Ok(match builtin {
        Builtin::Not => Runtime::Bool(!first.truthy()),
        Builtin::Index => index(first, rest)?,
        Builtin::Html => Runtime::bytes(html(&printed(args))),
        Builtin::Js => Runtime::bytes(js(&printed(args))),
        Builtin::UrlQuery => Runtime::Str(url_query(&printed(args)).into()),
        Builtin::Print => Runtime::bytes(fmt::sprint(args)),
        Builtin::Println => Runtime::bytes(fmt::sprintln(args)),
        Builtin::Printf => Runtime::bytes(fmt::sprintf(&first.to_text(Numbers::Go), rest)),
        Builtin::Eq => Runtime::Bool(equal(first, rest)?),
        Builtin::Ne => Runtime::Bool(!equal(first, rest)?),
        Builtin::Lt => Runtime::Bool(less(first, second)?),
        Builtin::Le => Runtime::Bool(less(first, second)? || equal(first, rest)?),
        Builtin::Gt => Runtime::Bool(!(less(first, second)? || equal(first, rest)?)),
        Builtin::Ge => Runtime::Bool(!less(first, second)?),
        Builtin::And | Builtin::Or | Builtin::Len | Builtin::Call => first.clone(),
    })
}

/// The operands as one text, a missing one as templates print it.
fn printed(args: &[Runtime]) -> Vec<u8> {
    if let [only @ (Runtime::Str(_) | Runtime::Binary(_))] = args {
        return only.to_text(Numbers::Go).into_owned();
    }
    let shown = |arg: &Runtime| match arg {
        Runtime::Nil => Runtime::str("<no value>"),
        other => other.clone(),
    };
    fmt::sprint(&args.iter().map(shown).collect::<Vec<_>>())
}

/// `len`.
pub(super) fn len(value: &Val) -> Result<Runtime, String> {
    let len = match &value.value {
        Runtime::Str(text) => text.len(),
        Runtime::Binary(bytes) => bytes.len(),
        Runtime::List(list) => list.len(),
        Runtime::Map(map) => map.len(),
        Runtime::Nil if value.wrapped => return Err("len of nil pointer".into()),
        Runtime::Nil => return Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Runtime::Object(_) if Bytes::of(&value.value).is_some() => Bytes::of(&value.value).map_or(0, <[u8]>::len),
        Runtime::Object(object) => match objects::entries(&**object) {
            Some(entries) => entries.len(),
            None => return Err(format!("len of type {}", object.type_name().trim_start_matches('*'))),
        },
        other => return Err(format!("len of type {}", other.type_name(Numbers::Go))),
    };
    Ok(Runtime::int(i64::try_from(len).unwrap_or(i64::MAX)))
}

/// `index`: one level after the other.
fn index(item: &Runtime, indexes: &[Runtime]) -> Result<Runtime, String> {
    if matches!(item, Runtime::Nil) {
        return Err("index of untyped nil".into());
    }
    let mut item = item.clone();
    for index in indexes {
        item = match &item {
            Runtime::Nil => return Err("index of nil pointer".into()),
            Runtime::List(list) => at(list.len(), index, "slice").map(|i| list.items()[i].clone())?,
            Runtime::Str(text) => byte_at(text.as_bytes(), index)?,
            Runtime::Binary(bytes) => byte_at(bytes, index)?,
            Runtime::Map(map) => match map.get(&key(index)?) {
                None if map.is_strings() => Runtime::str(""),
                entry => entry.unwrap_or(Runtime::Nil),
            },
            Runtime::Object(_) if Bytes::of(&item).is_some() => {
                let bytes = Bytes::of(&item).unwrap_or_default();
                Runtime::Int(bytes[at(bytes.len(), index, "slice")?].into(), IntType::Uint8)
            }
            Runtime::Object(object) if object.kind_name() == "map" => {
                let key = key(index)?;
                objects::entry(&**object, &key).unwrap_or(Runtime::Nil)
            }
            other => return Err(format!("can't index item of type {}", other.type_name(Numbers::Go))),
        };
    }
    Ok(item)
}

fn byte_at(bytes: &[u8], index: &Runtime) -> Result<Runtime, String> {
    Ok(Runtime::Int(bytes[at(bytes.len(), index, "string")?].into(), IntType::Uint8))
}

/// An index below `len`. Go lets the length itself pass its check and then panics.
fn at(len: usize, index: &Runtime, what: &str) -> Result<usize, String> {
    let number = match index {
        Runtime::Int(n, _) => *n,
        Runtime::Nil => return Err("cannot index slice/array with nil".into()),
        Runtime::Object(object) if object.as_int().is_some() => object.as_int().unwrap_or_default(),
        other => return Err(format!("cannot index slice/array with type {}", other.type_name(Numbers::Go))),
    };
    match usize::try_from(number) {
        Ok(at) if at < len => Ok(at),
        Ok(at) if at == len => Err(format!("reflect: {what} index out of range")),
        _ => Err(format!("index out of range: {number}")),
    }
}

fn key(index: &Runtime) -> Result<std::borrow::Cow<'_, str>, String> {
    match index {
        Runtime::Str(text) => Ok(text.as_str().into()),
        Runtime::Binary(bytes) => Ok(String::from_utf8_lossy(bytes)),
        Runtime::Nil => Err("value is nil; should be of type string".into()),
        other => Err(format!("value has type {}; should be string", other.type_name(Numbers::Go))),
    }
}
