//! Reading arguments and making results: the few steps that all families share.

use crate::runtime::{List, MapRef, Runtime};

use super::{Context, FuncError};

/// What a function gives.
pub(super) type Out = Result<Runtime, FuncError>;

/// Text longer than this is refused, where an argument asks for it by a number; Go would try, and be killed.
pub(super) const MAX_TEXT: usize = 1 << 28;

/// Lists longer than this are refused, where an argument asks for them by a number.
pub(super) const MAX_ITEMS: usize = 1 << 22;

/// A failure with this reason.
pub(super) fn fail<T>(message: impl Into<String>) -> Result<T, FuncError> {
    Err(FuncError::new(message))
}

/// An argument; engines check that it is there.
pub(super) fn any(args: &[Runtime], index: usize) -> Result<&Runtime, FuncError> {
    args.get(index).ok_or_else(|| FuncError { message: "an argument is missing".into(), argument: Some(index) })
}

fn wrong(index: usize, want: &str) -> FuncError {
    FuncError { message: format!("wrong type for value; expected {want}"), argument: Some(index) }
}

/// A `string`: its bytes.
pub(super) fn text(args: &[Runtime], index: usize) -> Result<&[u8], FuncError> {
    match any(args, index)? {
        Runtime::Str(text) => Ok(text.as_bytes()),
        Runtime::Binary(bytes) => Ok(bytes),
        _ => Err(wrong(index, "string")),
    }
}

/// An `int`.
pub(super) fn int(args: &[Runtime], index: usize) -> Result<i64, FuncError> {
    match any(args, index)? {
        Runtime::Int(n, _) => Ok(*n),
        _ => Err(wrong(index, "int")),
    }
}

/// A `bool`.
pub(super) fn boolean(args: &[Runtime], index: usize) -> Result<bool, FuncError> {
    match any(args, index)? {
        Runtime::Bool(b) => Ok(*b),
        _ => Err(wrong(index, "bool")),
    }
}

/// A `map[string]interface{}`.
pub(super) fn map(args: &[Runtime], index: usize) -> Result<&MapRef, FuncError> {
    match any(args, index)? {
        Runtime::Map(map) => Ok(map),
        _ => Err(wrong(index, "map[string]interface {}")),
    }
}

/// A list of any element type, for functions that take `interface{}` and look at it by reflection; `what` begins the
/// reason where it is none.
pub(super) fn list<'a>(
    ctx: &Context<'_>,
    args: &'a [Runtime],
    index: usize,
    what: &str,
) -> Result<&'a List, FuncError> {
    match any(args, index)? {
        Runtime::List(list) => Ok(list),
        Runtime::Nil => fail(NIL_POINTER),
        other => fail(format!("{what} {}", other.kind_name(ctx.numbers()))),
    }
}

/// What Go says where reflection is asked for the type of nil.
pub(super) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// A Go string.
pub(super) fn string(bytes: impl AsRef<[u8]>) -> Runtime {
    match std::str::from_utf8(bytes.as_ref()) {
        Ok(text) => Runtime::Str(text.into()),
        Err(_) => Runtime::Binary(bytes.as_ref().into()),
    }
}

/// Refuses text of a length that only exhausts memory.
pub(super) fn fits(len: Option<usize>) -> Result<usize, FuncError> {
    match len {
        Some(len) if len <= MAX_TEXT => Ok(len),
        _ => fail("the result would be longer than 256 MiB"),
    }
}

/// The length as Go counts it.
pub(super) fn length(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

/// Go's `strings.Repeat`.
pub(super) fn repeat(text: &[u8], count: i64) -> Result<Vec<u8>, FuncError> {
    let Ok(count) = usize::try_from(count) else { return fail("strings: negative Repeat count") };
    match text.len().checked_mul(count) {
        Some(len) if i64::try_from(len).is_ok() => fits(Some(len)).map(|_| text.repeat(count)),
        _ => fail("strings: Repeat output length overflow"),
    }
}
