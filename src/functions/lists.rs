//! Lists. None is changed in place; what Sprig takes by reflection may be a list of any element type.
//!
//! Semantics: Sprig 3.3.0 `list.go` and `numeric.go` (`until`, `seq`).

use super::Param::{Any, Int};
use super::args::{MAX_ITEMS, NIL_POINTER, Out, any, fail, int, list, string};
use super::number::to_int64;
use super::{Context, FuncError, Function, equal::equal};
use crate::runtime::{Elem, List, Runtime};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("list", &[], |_, a| Ok(Runtime::list(a.iter().cloned()))).rest(Any),
    Function::new("tuple", &[], |_, a| Ok(Runtime::list(a.iter().cloned()))).rest(Any),
    Function::new("first", &[Any], first),
    Function::new("mustFirst", &[Any], first),
    Function::new("last", &[Any], last),
    Function::new("mustLast", &[Any], last),
    Function::new("rest", &[Any], rest),
    Function::new("mustRest", &[Any], rest),
    Function::new("initial", &[Any], initial),
    Function::new("mustInitial", &[Any], initial),
    Function::new("append", &[Any, Any], append),
    Function::new("mustAppend", &[Any, Any], append),
    Function::new("push", &[Any, Any], append),
    Function::new("mustPush", &[Any, Any], append),
    Function::new("prepend", &[Any, Any], prepend),
    Function::new("mustPrepend", &[Any, Any], prepend),
    Function::new("concat", &[], concat).rest(Any),
    Function::new("reverse", &[Any], reverse),
    Function::new("mustReverse", &[Any], reverse),
    Function::new("uniq", &[Any], uniq),
    Function::new("mustUniq", &[Any], uniq),
    Function::new("without", &[Any], without).rest(Any),
    Function::new("mustWithout", &[Any], without).rest(Any),
    Function::new("has", &[Any, Any], has),
    Function::new("mustHas", &[Any, Any], has),
    Function::new("slice", &[Any], slice).rest(Any),
    Function::new("mustSlice", &[Any], slice).rest(Any),
    Function::new("chunk", &[Int, Any], chunk),
    Function::new("mustChunk", &[Int, Any], chunk),
    Function::new("until", &[Int], |_, a| {
        let count = int(a, 0)?;
        Ok(ints(steps(0, count, if count < 0 { -1 } else { 1 })?))
    }),
    Function::new("untilStep", &[Int, Int, Int], |_, a| Ok(ints(steps(int(a, 0)?, int(a, 1)?, int(a, 2)?)?))),
    Function::new("seq", &[], seq).rest(Int),
];

fn first(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot find first on type")?.items();
    Ok(items.first().cloned().unwrap_or(Runtime::Nil))
}

fn last(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot find last on type")?.items();
    Ok(items.last().cloned().unwrap_or(Runtime::Nil))
}

/// A new `[]interface {}`, nil where the list to take from had no items.
fn some_of(from: &[Runtime], taken: &[Runtime]) -> Out {
    Ok(Runtime::List(match from.is_empty() {
        true => List::nil(Elem::Any),
        false => List::new(taken.into(), Elem::Any),
    }))
}

fn rest(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot find rest on type")?.items();
    some_of(items, items.get(1..).unwrap_or_default())
}

fn initial(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot find initial on type")?.items();
    some_of(items, &items[..items.len().saturating_sub(1)])
}

fn append(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot push on type")?.items();
    Ok(Runtime::list(items.iter().chain([any(a, 1)?]).cloned()))
}

fn prepend(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot prepend on type")?.items();
    Ok(Runtime::list([any(a, 1)?].into_iter().chain(items).cloned()))
}

fn concat(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let mut all: Vec<Runtime> = Vec::new();
    for (i, arg) in a.iter().enumerate() {
        match arg {
            Runtime::List(list) => all.extend_from_slice(list.items()),
            Runtime::Nil => return fail(NIL_POINTER),
            other => return concat_refuses(ctx, other, i),
        }
    }
    some_of(&all, &all)
}

fn concat_refuses(ctx: &Context<'_>, value: &Runtime, argument: usize) -> Out {
    let message = format!("Cannot concat type {} as list", value.kind_name(ctx.numbers()));
    Err(FuncError { message, argument: Some(argument) })
}

fn reverse(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    Ok(Runtime::list(list(ctx, a, 0, "Cannot find reverse on type")?.items().iter().rev().cloned()))
}

fn uniq(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let mut kept: Vec<Runtime> = Vec::new();
    for item in list(ctx, a, 0, "Cannot find uniq on type")?.items() {
        if !contains(ctx, &kept, item) {
            kept.push(item.clone());
        }
    }
    Ok(Runtime::list(kept))
}

fn contains(ctx: &Context<'_>, items: &[Runtime], wanted: &Runtime) -> bool {
    items.iter().any(|item| equal(ctx, item, wanted))
}

fn without(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let items = list(ctx, a, 0, "Cannot find without on type")?.items();
    Ok(Runtime::list(items.iter().filter(|item| !contains(ctx, &a[1..], item)).cloned()))
}

fn has(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    if matches!(any(a, 1)?, Runtime::Nil) {
        return Ok(false.into());
    }
    Ok(contains(ctx, list(ctx, a, 1, "Cannot find has on type")?.items(), any(a, 0)?).into())
}

/// From the first index to before the second one; a part of a list keeps its element type.
fn slice(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let list = list(ctx, a, 0, "list should be type of slice or array but")?;
    if list.is_empty() {
        return Ok(Runtime::Nil);
    }
    let index = |i: usize, default: usize| match a.get(i) {
        Some(value) => usize::try_from(to_int64(ctx, value)).ok(),
        None => Some(default),
    };
    match (index(1, 0), index(2, list.len())) {
        (Some(start), Some(end)) if start <= end && end <= list.len() => {
            Ok(Runtime::List(List::new(list.items()[start..end].into(), list.elem())))
        }
        _ => fail("reflect.Value.Slice: slice index out of bounds"),
    }
}

/// Lists of `size` items, the last one shorter. The arithmetic is Sprig's, in float64, for what no size allows.
fn chunk(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let (size, items) = (int(a, 0)?, list(ctx, a, 1, "Cannot chunk type")?.items());
    let parts = match usize::try_from(size) {
        Ok(size @ 1..) => items.chunks(size).map(|part| Runtime::list(part.iter().cloned())).collect(),
        _ if items.len() == 1 && size < -1 => vec![Runtime::list(items.iter().cloned())],
        _ if ((items.len() as f64 - 1.0) / size as f64).floor() == -1.0 => Vec::new(),
        _ => return fail("runtime error: makeslice: len out of range"),
    };
    Ok(Runtime::List(List::new(parts.into(), Elem::Lists)))
}

/// Sprig's `untilStep`: nothing where the step leads away from the end.
fn steps(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, FuncError> {
    let (distance, step_size) = (start.abs_diff(stop), step.unsigned_abs());
    if step == 0 || (stop < start) != (step < 0) {
        return Ok(Vec::new());
    }
    let count = usize::try_from(distance.div_ceil(step_size)).unwrap_or(usize::MAX);
    if count > MAX_ITEMS {
        return fail(format!("the list would have more than {MAX_ITEMS} items"));
    }
    Ok((0..count).map(|i| start.wrapping_add(step.wrapping_mul(i as i64))).collect())
}

fn ints(numbers: Vec<i64>) -> Runtime {
    Runtime::List(List::new(numbers.into_iter().map(Runtime::int).collect(), Elem::Int))
}

/// The numbers up to the end with it, as text: the end, or start and end, or start, step and end.
fn seq(_: &Context<'_>, a: &[Runtime]) -> Out {
    let numbers: Result<Vec<i64>, _> = (0..a.len()).map(|i| int(a, i)).collect();
    let (start, step, end) = match *numbers?.as_slice() {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok("".into()),
    };
    let towards = if end < start { -1 } else { 1 };
    let numbers = steps(start, end.wrapping_add(towards), step.unwrap_or(towards))?;
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(string(texts.join(" ")))
}
