//! Values as Jinja sees them, shared and not copied, and back.

use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectExt as _, ObjectRepr, Value as Jinja, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};

use super::super::{Context, Scope, Template};
use super::error::note_miss;
use super::known::Made;
use super::reads;
use crate::runtime::{IntType, MapRef, Object as RuntimeTrait, Runtime};
use crate::value::{Map, Num, Origin, Str, Value};

/// A map of the merged values, and where it was written.
#[derive(Debug)]
pub(super) struct MapObject(pub(super) Arc<Map>, pub(super) Origin);

impl Object for MapObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        match key.as_str() {
            Some(key) => self.get_value_by_str(key),
            // Keys are text here; `map[8080]` finds the key that YAML reads as a number.
            None => self.get_value_by_str(&key.to_string()),
        }
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Jinja> {
        let found = self.0.get(key);
        match found {
            Some(value) => reads::found(value, || Some(key.into())),
            None => {
                reads::missed(self, key);
                note_miss(&self.0, key);
            }
        }
        found.map(to_jinja)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|this| Box::new(this.0.keys().map(|key| Jinja::from(key.as_str()))))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }
}

/// A list of the merged values, and where it was written.
#[derive(Debug)]
pub(super) struct ListObject(pub(super) Arc<Vec<Value>>, pub(super) Origin);

impl Object for ListObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let found = key.as_usize().and_then(|at| self.0.get(at));
        match found {
            Some(item) => reads::found(item, || Some(key_text(key))),
            None => reads::found(&Value::List(self.0.clone(), self.1), || None),
        }
        found.map(to_jinja)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// A built-in object: `Files`, `Capabilities`.
#[derive(Debug)]
struct BuiltIn(Arc<dyn RuntimeTrait>);

impl Object for BuiltIn {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        if self.0.entries().is_some() { ObjectRepr::Map } else { ObjectRepr::Plain }
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.0.field(key.as_str()?).map(|value| runtime_to_jinja(&value))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.0.entries() {
            Some(entries) => {
                Enumerator::Values(entries.into_iter().map(|(key, _)| Jinja::from(key.as_str())).collect())
            }
            None => Enumerator::NonEnumerable,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.0.truthy()
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Jinja]) -> Result<Jinja, Error> {
        let args: Vec<Runtime> = args.iter().map(from_jinja).collect();
        match self.0.call(method, &args) {
            Some(Ok(value)) => Ok(runtime_to_jinja(&value)),
            Some(Err(message)) => Err(Error::new(ErrorKind::InvalidOperation, message)),
            None => Err(Error::new(ErrorKind::UnknownMethod, format!("it has {}", self.0.names().join(", ")))),
        }
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.0.print(&mut out);
        f.write_str(&out)
    }
}

/// A value for a template; maps and lists are shared.
pub(super) fn to_jinja(value: &Value) -> Jinja {
    match value {
        Value::Null(_) => Jinja::from(()),
        Value::Bool(b, _) => Jinja::from(*b),
        Value::Num(Num::Int(n) | Num::Int64(n), _) => Jinja::from(*n),
        Value::Num(Num::Uint(n), _) => Jinja::from(*n),
        Value::Num(Num::Float(n), _) => Jinja::from(*n),
        Value::Str(text, origin) => reads::text(text, *origin).unwrap_or_else(|| Jinja::from(text.as_str())),
        Value::List(items, origin) => Jinja::from_object(ListObject(items.clone(), *origin)),
        Value::Map(map, origin) => Jinja::from_object(MapObject(map.clone(), *origin)),
    }
}

/// What a function gave, for a template.
pub(super) fn runtime_to_jinja(value: &Runtime) -> Jinja {
    match value {
        Runtime::Binary(bytes) => Jinja::from_bytes(bytes.to_vec()),
        Runtime::Object(object) => Jinja::from_object(BuiltIn(object.clone())),
        Runtime::Str(text) => Jinja::from(text.as_str()),
        Runtime::List(list) if list.items().iter().any(|i| matches!(i, Runtime::Object(_))) => {
            list.items().iter().map(runtime_to_jinja).collect()
        }
        other => to_jinja(&other.to_value()),
    }
}

/// A template's value for a function. Maps come with handles of their own: what a function writes into one is seen in
/// its result alone.
pub(super) fn from_jinja(value: &Jinja) -> Runtime {
    if let Some(map) = value.downcast_object_ref::<MapObject>() {
        return Runtime::Map(MapRef::frozen(map.0.clone()));
    }
    if let Some(list) = value.downcast_object_ref::<ListObject>() {
        return Runtime::List(crate::runtime::List::frozen(list.0.clone()));
    }
    if let Some(object) = value.downcast_object_ref::<BuiltIn>() {
        return Runtime::Object(object.0.clone());
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Runtime::Nil,
        ValueKind::Bool => Runtime::Bool(value.is_true()),
        ValueKind::Number => number(value),
        ValueKind::Bytes => Runtime::bytes(value.as_bytes().unwrap_or_default()),
        ValueKind::Map => Runtime::map(entries(value).map(|(k, v)| (k, from_jinja(&v)))),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Plain if value.try_iter().is_ok() => {
            Runtime::list(value.try_iter().into_iter().flatten().map(|item| from_jinja(&item)))
        }
        _ => Runtime::Str(value.as_str().map_or_else(|| Str::from(value.to_string()), Str::from)),
    }
}

/// All that a template sees by name, as a Go template has it in its dot.
pub(super) fn dot(state: &State<'_, '_>) -> Runtime {
    const NAMES: [&str; 7] = ["Values", "Release", "Chart", "Capabilities", "Files", "Template", "Subcharts"];
    let known = NAMES.iter().filter_map(|name| Some((Str::from(*name), from_jinja(&state.lookup(name)?))));
    Runtime::map(known)
}

/// The map or list of the merged values that a template's value is, or is made of.
pub(super) fn merged(value: &Jinja) -> Option<Value> {
    if let Some(map) = value.downcast_object_ref::<MapObject>() {
        return Some(Value::Map(map.0.clone(), map.1));
    }
    if let Some(made) = value.downcast_object_ref::<Made>() {
        return Some(made.to_value());
    }
    value.downcast_object_ref::<ListObject>().map(|list| Value::List(list.0.clone(), list.1))
}

/// Whether a value is one of `Files`, `Capabilities` and the like.
pub(super) fn is_built_in(value: &Jinja) -> bool {
    value.downcast_object_ref::<BuiltIn>().is_some()
}

/// A template's value as data; what came from the merged values is shared.
pub(super) fn to_value(value: &Jinja) -> Value {
    if let Some(merged) = merged(value) {
        return merged;
    }
    match value.kind() {
        ValueKind::Map if !is_built_in(value) => {
            let entries = entries(value).map(|(key, item)| (key, to_value(&item)));
            Value::Map(Arc::new(entries.collect()), Origin::NONE)
        }
        ValueKind::Seq | ValueKind::Iterable => {
            Value::list(value.try_iter().into_iter().flatten().map(|item| to_value(&item)))
        }
        _ => from_jinja(value).to_value(),
    }
}

fn number(value: &Jinja) -> Runtime {
    match (value.is_integer(), value.as_i64(), f64::try_from(value.clone())) {
        (true, Some(n), _) => Runtime::Int(n, IntType::Int),
        (true, None, _) if u64::try_from(value.clone()).is_ok() => {
            Runtime::YamlInt(Num::Uint(u64::try_from(value.clone()).unwrap_or_default()))
        }
        (_, _, Ok(n)) => Runtime::Float(n),
        (_, _, Err(_)) => Runtime::Str(value.to_string().into()),
    }
}

/// The entries of a map that a template built.
fn entries(value: &Jinja) -> impl Iterator<Item = (Str, Jinja)> {
    let entries = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
    entries.map(|(key, item)| (key_text(&key), item))
}

/// A key as text, as all keys of data are.
pub(super) fn key_text(key: &Jinja) -> Str {
    key.as_str().map_or_else(|| Str::from(key.to_string()), Str::from)
}

/// `Values`, `Release`, `Chart`, `Capabilities`, `Files`, `Subcharts`.
pub(super) fn add_globals(env: &mut Environment<'_>, context: &Context, scope: &Arc<Scope>) {
    env.add_global("Values", to_jinja(&scope.values));
    env.add_global("Chart", to_jinja(&scope.chart));
    env.add_global("Release", to_jinja(&context.release.to_value()));
    env.add_global("Capabilities", runtime_to_jinja(&context.capabilities_object()));
    env.add_global("Files", Jinja::from_object(BuiltIn(Arc::new(scope.files.clone()))));
    env.add_global("Subcharts", subcharts(context, scope));
}

fn subcharts(context: &Context, scope: &Scope) -> Jinja {
    Jinja::from_pairs(scope.subcharts.iter().map(|(name, sub)| {
        let fields = [
            ("Values", to_jinja(&sub.values)),
            ("Chart", to_jinja(&sub.chart)),
            ("Release", to_jinja(&context.release.to_value())),
            ("Capabilities", runtime_to_jinja(&context.capabilities_object())),
            ("Files", Jinja::from_object(BuiltIn(Arc::new(sub.files.clone())))),
            ("Subcharts", subcharts(context, sub)),
        ];
        (name.to_string(), Jinja::from_pairs(fields))
    }))
}

/// `Template`.
pub(super) fn template_object(template: &Template) -> Jinja {
    to_jinja(&Value::map([
        ("Name", Value::str(template.name.as_str())),
        ("BasePath", Value::str(template.scope.base_path.as_str())),
    ]))
}
