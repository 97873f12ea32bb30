//! Maps: building, reading, changing, merging.
//!
//! Maps are references, as in Go: `set`, `unset`, `merge` and `mergeOverwrite` change the map they are given and give
//! it back. Where Go walks a map in random order (`keys`, `values`), the order here is that of the keys' bytes.
//! Semantics: Sprig 3.3.0 `dict.go`, mergo 1.0.1, copystructure 1.2.0.

use super::Param::{Any, Map, Str as Text};
use super::args::{Out, any, fail, map, text};
use super::split::strings;
use super::{Context, FuncError, Function};
use crate::runtime::{List, MapRef, Runtime};
use crate::value::Str;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("dict", &[], dict).rest(Any),
    Function::new("get", &[Map, Text], |_, a| Ok(map(a, 0)?.get(&key(a, 1)?).unwrap_or_else(|| "".into()))),
    Function::new("set", &[Map, Text, Any], |_, a| {
        if map(a, 0)?.is_nil() {
            return fail("assignment to entry in nil map");
        }
        map(a, 0)?.insert(key(a, 1)?, any(a, 2)?.clone());
        Ok(any(a, 0)?.clone())
    }),
    Function::new("unset", &[Map, Text], |_, a| {
        let (map, key) = (map(a, 0)?, key(a, 1)?);
        if map.contains_key(&key) {
            map.remove(&key);
        }
        Ok(any(a, 0)?.clone())
    }),
    Function::new("hasKey", &[Map, Text], |_, a| Ok(map(a, 0)?.contains_key(&key(a, 1)?).into())),
    Function::new("pluck", &[Text], pluck).rest(Map),
    Function::new("keys", &[], keys).rest(Map),
    Function::new("values", &[Map], |_, a| Ok(Runtime::list(map(a, 0)?.sorted().into_iter().map(|(_, value)| value)))),
    Function::new("pick", &[Map], pick).rest(Text),
    Function::new("omit", &[Map], omit).rest(Text),
    Function::new("dig", &[], dig).rest(Any),
    Function::new("merge", &[Map], |_, a| lenient(merge(a, false))).rest(Map),
    Function::new("mustMerge", &[Map], |_, a| Ok(merge(a, false)?)).rest(Map),
    Function::new("mergeOverwrite", &[Map], |_, a| lenient(merge(a, true))).rest(Map),
    Function::new("mustMergeOverwrite", &[Map], |_, a| Ok(merge(a, true)?)).rest(Map),
    Function::new("deepCopy", &[Any], deep_copy),
    Function::new("mustDeepCopy", &[Any], deep_copy),
];

/// A key. Keys are UTF-8; of others, what is not is replaced.
fn key(args: &[Runtime], index: usize) -> Result<Str, FuncError> {
    Ok(String::from_utf8_lossy(text(args, index)?).into())
}

/// Keys and values in turn; a key without a value gets an empty text.
fn dict(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let entry = |pair: &[Runtime]| {
        let key = String::from_utf8_lossy(&pair[0].to_text(ctx.numbers())).into();
        (key, pair.get(1).cloned().unwrap_or_else(|| "".into()))
    };
    Ok(Runtime::Map(MapRef::new(a.chunks(2).map(entry))))
}

fn pluck(_: &Context<'_>, a: &[Runtime]) -> Out {
    let key = key(a, 0)?;
    let mut found = Vec::new();
    for i in 1..a.len() {
        found.extend(map(a, i)?.get(&key));
    }
    Ok(Runtime::list(found))
}

fn keys(_: &Context<'_>, a: &[Runtime]) -> Out {
    let mut all = Vec::new();
    for i in 0..a.len() {
        let mut keys = map(a, i)?.keys();
        keys.sort_unstable();
        all.append(&mut keys);
    }
    Ok(strings(all))
}

fn pick(_: &Context<'_>, a: &[Runtime]) -> Out {
    let (from, to) = (map(a, 0)?, MapRef::new([]));
    for i in 1..a.len() {
        let key = key(a, i)?;
        if let Some(value) = from.get(&key) {
            to.insert(key, value);
        }
    }
    Ok(Runtime::Map(to))
}

fn omit(_: &Context<'_>, a: &[Runtime]) -> Out {
    let left_out: Result<Vec<Str>, _> = (1..a.len()).map(|i| key(a, i)).collect();
    let left_out = left_out?;
    Ok(Runtime::map(map(a, 0)?.entries().into_iter().filter(|(key, _)| !left_out.contains(key))))
}

/// Keys on the way down, what to give where one is missing, and the map.
fn dig(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let [keys @ .., default, root] = a else { return fail("dig needs at least three arguments") };
    let converted = |value: &Runtime, to: &str| {
        let is = match value {
            Runtime::Nil => "nil",
            other => other.type_name(ctx.numbers()),
        };
        FuncError::new(format!("interface conversion: interface {{}} is {is}, not {to}"))
    };
    let as_map = |value: &Runtime| match value {
        Runtime::Map(map) if !map.is_strings() && !map.is_values() => Ok(map.clone()),
        other => Err(converted(other, "map[string]interface {}")),
    };
    if keys.is_empty() {
        return fail("dig needs at least three arguments");
    }
    let mut at = root.clone();
    as_map(&at)?;
    if let Some(odd) = keys.iter().find(|key| !matches!(key, Runtime::Str(_) | Runtime::Binary(_))) {
        return Err(converted(odd, "string"));
    }
    for i in 0..keys.len() {
        match as_map(&at)?.get(&key(keys, i)?) {
            Some(value) => at = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(at)
}

/// Why maps cannot be merged.
enum MergeError {
    /// mergo's own error: a map would have to be merged into a pointer.
    Types,
    /// What makes Go panic, which no function swallows.
    Panic(FuncError),
}

impl From<FuncError> for MergeError {
    fn from(err: FuncError) -> Self {
        MergeError::Panic(err)
    }
}

impl From<MergeError> for FuncError {
    fn from(err: MergeError) -> Self {
        match err {
            MergeError::Types => FuncError::new("src and dst must be of same type"),
            MergeError::Panic(err) => err,
        }
    }
}

/// mergo's own errors make an empty text.
fn lenient(merged: Result<Runtime, MergeError>) -> Out {
    match merged {
        Err(MergeError::Types) => Ok("".into()),
        other => Ok(other?),
    }
}

fn merge(a: &[Runtime], overwrite: bool) -> Result<Runtime, MergeError> {
    let mut target = map(a, 0)?.clone();
    for i in 1..a.len() {
        let source = map(a, i)?;
        if target.is_nil() && !source.is_nil() {
            target = MapRef::new([]);
        }
        merge_into(&target, source, overwrite, &mut Vec::new())?;
    }
    Ok(Runtime::Map(target))
}

/// mergo's rules: what is missing or empty in `target` is taken from `source`, with `overwrite` everything is; maps
/// that stand on both sides are merged, unless the target's is empty. What is taken is shared, not copied.
fn merge_into(
    target: &MapRef,
    source: &MapRef,
    overwrite: bool,
    path: &mut Vec<(MapRef, MapRef)>,
) -> Result<(), MergeError> {
    if path.iter().any(|(t, s)| t.same(target) && s.same(source)) {
        return Ok(fail("the maps to merge hold themselves")?);
    }
    path.push((target.clone(), source.clone()));
    for (key, value) in source.sorted() {
        let old = target.get(&key);
        if let (Some(Runtime::Map(old)), Runtime::Map(new)) = (&old, &value)
            && !old.is_nil()
        {
            merge_into(old, new, overwrite, path)?;
        }
        if let (Some(Runtime::Object(old)), Runtime::Map(_)) = (&old, &value)
            && !overwrite
            && old.kind_name() == "ptr"
        {
            return Err(MergeError::Types);
        }
        let take = match (&old, &value) {
            (_, Runtime::Nil) => overwrite,
            (Some(Runtime::Map(old)), Runtime::Map(_)) => old.is_empty(),
            (Some(old), _) => overwrite || !old.truthy(),
            (None, _) => true,
        };
        if take {
            put(target, key, value)?;
        }
    }
    path.pop();
    Ok(())
}

fn put(target: &MapRef, key: Str, value: Runtime) -> Result<(), MergeError> {
    if target.is_strings() && !matches!(value, Runtime::Str(_) | Runtime::Binary(_)) {
        return Ok(fail("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string")?);
    }
    target.insert(key, value);
    Ok(())
}

fn deep_copy(_: &Context<'_>, a: &[Runtime]) -> Out {
    match any(a, 0)? {
        Runtime::Nil => fail("reflect: call of reflect.Value.Type on zero Value"),
        value => copied(value, &mut Vec::new()),
    }
}

fn copied(value: &Runtime, path: &mut Vec<MapRef>) -> Out {
    match value {
        Runtime::Map(map) if !map.is_nil() => {
            if path.iter().any(|outer| outer.same(map)) {
                return fail("the map to copy holds itself");
            }
            path.push(map.clone());
            let copy = map.copied(|value| copied(value, path));
            path.pop();
            copy.map(|copy| Runtime::Map(if map.is_values() { copy.as_values() } else { copy }))
        }
        Runtime::List(list) if !list.is_nil() => {
            let items: Result<Vec<Runtime>, _> = list.items().iter().map(|item| copied(item, path)).collect();
            Ok(Runtime::List(List::new(items?.into(), list.elem())))
        }
        Runtime::Object(object) => Ok(object.deep_copy().unwrap_or_else(|| value.clone())),
        scalar => Ok(scalar.clone()),
    }
}
