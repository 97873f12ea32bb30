//! What a trace knows of values that cannot say themselves where they were written: of what a name is bound to, of the
//! attributes of a namespace, and of the entries of maps and lists that a template made.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Value as Jinja, ValueKind};
use minijinja::{Error, State};

use super::{convert, reads};
use crate::value::{Map, Origin, Str, Value};

/// What is known of a value: the companion of a name.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// The merged value that a text, number or truth is.
    Value(Value),
    /// A namespace, with what is known of its attributes. It is the same object wherever it is handed to.
    Names(Arc<Mutex<HashMap<String, Known>>>),
}

impl Object for Known {
    /// Not that of an opaque object, which a template's globals would not hand on.
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }
}

impl Known {
    pub(super) fn of(companion: &Jinja) -> Option<&Known> {
        companion.downcast_object_ref()
    }

    /// A companion: none where nothing is known.
    pub(super) fn to_jinja(known: Option<Known>) -> Jinja {
        known.map_or_else(|| Jinja::from(()), Jinja::from_object)
    }

    pub(super) fn names(attributes: impl Iterator<Item = (String, Known)>) -> Known {
        Known::Names(Arc::new(Mutex::new(attributes.collect())))
    }

    /// Whether it can be what is known of a value.
    pub(super) fn is_of(&self, value: &Jinja) -> bool {
        match self {
            Known::Value(known) => is_same(&convert::to_value(value), known),
            Known::Names(_) => value.kind() == ValueKind::Map,
        }
    }

    /// What is known of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Known> {
        match self {
            Known::Value(_) => None,
            Known::Names(names) => names.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned(),
        }
    }

    /// Says what is known of an attribute from now on.
    pub(super) fn put(&self, name: &str, known: Option<Known>) {
        let Known::Names(names) = self else { return };
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(known) => drop(names.insert(name.to_owned(), known)),
            None => drop(names.remove(name)),
        }
    }
}

/// A map or list that a template made, with the merged values that its entries are: looks into it are noted as those into
/// the merged values are. It behaves as the map or list itself.
pub(super) struct Made {
    inner: Jinja,
    object: DynObject,
    known: HashMap<Jinja, Value>,
}

impl Made {
    /// A map or list as it is, where nothing is known of its entries.
    pub(super) fn wrap(inner: Jinja, known: HashMap<Jinja, Value>) -> Jinja {
        match inner.as_object() {
            Some(object) if !known.is_empty() => {
                let object = object.clone();
                Jinja::from_object(Made { inner, object, known })
            }
            _ => inner,
        }
    }

    /// It as data, with the origins of its entries.
    pub(super) fn to_value(&self) -> Value {
        let entry = |key: &Jinja, item: Jinja| match (convert::to_value(&item), self.known.get(key)) {
            (value, Some(known)) => value.with_origin(known.origin()),
            (value, None) => value,
        };
        let pairs = self.object.try_iter_pairs().into_iter().flatten();
        match self.object.repr() {
            ObjectRepr::Map => {
                let entries = pairs.map(|(key, item)| (convert::key_text(&key), entry(&key, item)));
                Value::Map(Arc::new(entries.collect::<Map>()), Origin::NONE)
            }
            _ => Value::list(pairs.map(|(key, item)| entry(&key, item))),
        }
    }
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner, f)
    }
}

impl Object for Made {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        self.object.repr()
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let found = self.object.get_value(key)?;
        let value = self.known.get(key).cloned().or_else(|| of_template(&found));
        value.into_iter().for_each(|value| reads::found(&value, || Some(convert::key_text(key))));
        Some(found)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.object.repr() {
            // Its items are got one by one, so that they are noted.
            ObjectRepr::Seq => self.object.enumerator_len().map_or(Enumerator::NonEnumerable, Enumerator::Seq),
            _ => Enumerator::Values(self.object.try_iter().into_iter().flatten().collect()),
        }
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        self.object.enumerator_len()
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.object.is_true()
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Jinja]) -> Result<Jinja, Error> {
        self.object.call_method(state, method, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

/// What a function made of values, with the origins of those entries that are in one of them under the same keys.
pub(super) fn adopt(made: Value, of: &[&Value]) -> Value {
    match made {
        Value::Map(map, Origin::NONE) => {
            let entries = map.iter().map(|(key, entry)| {
                let same: Vec<_> = of.iter().filter_map(|value| value.as_map()?.get(key)).collect();
                (key.clone(), adopt(entry.clone(), &same))
            });
            Value::Map(Arc::new(entries.collect()), Origin::NONE)
        }
        made if made.origin() == Origin::NONE => {
            let mut same = of.iter().filter(|value| **value == &made);
            match (same.next(), same.next()) {
                (Some(one), None) => at(made, one),
                _ => made,
            }
        }
        made => made,
    }
}

/// A value with the origins of one that is the same.
fn at(value: Value, same: &Value) -> Value {
    match (value, same) {
        (Value::List(items, _), Value::List(others, origin)) => {
            let items = items.iter().zip(others.iter()).map(|(item, other)| at(item.clone(), other));
            Value::List(Arc::new(items.collect()), *origin)
        }
        (Value::Map(map, _), Value::Map(others, origin)) => {
            let entry = |(key, entry): (&Str, &Value)| match others.get(key) {
                Some(other) => (key.clone(), at(entry.clone(), other)),
                None => (key.clone(), entry.clone()),
            };
            Value::Map(Arc::new(map.iter().map(entry).collect()), *origin)
        }
        (value, same) => value.with_origin(same.origin()),
    }
}

/// A number or truth that a template wrote or computed: one of the merged values that is the same may not be it.
fn of_template(value: &Jinja) -> Option<Value> {
    matches!(value.kind(), ValueKind::Number | ValueKind::Bool).then(|| convert::to_value(value))
}

/// Whether a number, truth or text is a merged value, or is printed as that is: as a text, or read from one.
pub(super) fn is_same(value: &Value, merged: &Value) -> bool {
    let print = |value: &Value| {
        let mut text = String::new();
        value.print_into(&mut text);
        text
    };
    match (value, merged) {
        (Value::Str(text, _), Value::Num(..) | Value::Bool(..)) => *text == *print(merged),
        (Value::Num(..) | Value::Bool(..), Value::Str(text, _)) => *text == *print(value),
        (Value::Num(..) | Value::Bool(..) | Value::Str(..), _) => value == merged,
        _ => false,
    }
}
