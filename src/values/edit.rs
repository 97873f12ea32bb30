//! Laying one node over another, with what a tag of the upper one says about it.
//!
//! An edit may meet what it is about long after it was read: `!append` in a layer is for the list of an earlier layer,
//! of the chart's defaults or of a subchart's. So a node keeps its edit in the provenance, and whatever comes to lie
//! beneath it later goes through [`lay`].

use std::collections::HashMap;
use std::sync::Arc;

use super::overlay::overlay;
use crate::diag::{Diagnostic, Pos, Span};
use crate::value::{Edit, Map, Misfit, Path, Provenance, Value};

/// A node laid over another one, which comes beneath all that the first one overrode already. Edits in that line are
/// made anew, lowest first.
///
/// A node of the same place changes nothing, since Helm merges the same values several times over.
pub(super) fn lay(over: Value, base: Value, provenance: &mut Provenance) -> Value {
    let (origin, pos) = (over.origin(), provenance.pos(over.origin()));
    if pos.is_some() && pos == provenance.pos(base.origin()) {
        return over;
    }
    let below = match provenance.overrode(origin).cloned() {
        None => base,
        Some(first) => {
            let before = first.origin();
            let below = lay(first, base, provenance);
            if below.origin() == before {
                return over;
            }
            below
        }
    };
    let edit = provenance.edit(origin).cloned();
    let value = match &edit {
        Some(edit) => edited(edit, &below, pos, provenance).unwrap_or(over),
        None => over,
    };
    value.with_origin(provenance.record(pos, Some(below), edit))
}

/// The list that an edit makes of what is beneath; nothing where it makes none.
fn edited(edit: &Edit, below: &Value, pos: Pos, provenance: &mut Provenance) -> Option<Value> {
    let own = edit.items()?;
    let Value::List(items, _) = below else {
        if !below.is_null() {
            let (tag, beneath) = (edit.to_string(), provenance.pos(below.origin()));
            provenance.note_misfit(Misfit { tag, pos, beneath, found: below.kind() });
        }
        return Some(Value::List(own.clone(), below.origin()));
    };
    provenance.note_copied(items.len() + own.len());
    Some(Value::list(match edit {
        Edit::Prepend(_) => own.iter().chain(&**items).cloned().collect(),
        Edit::MergeBy(key, _) => merged(key, items, own, provenance),
        _ => items.iter().chain(&**own).cloned().collect::<Vec<_>>(),
    }))
}

/// Each item merged into the first one with the same value under the key, or put after the last one.
fn merged(key: &str, items: &[Value], own: &[Value], provenance: &mut Provenance) -> Vec<Value> {
    let mut all = items.to_vec();
    let mut places = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(id) = identity(item, key) {
            places.entry(id).or_insert(place);
        }
    }
    for item in own {
        let place = identity(item, key).map(|id| *places.entry(id).or_insert(all.len()));
        match place.and_then(|place| all.get_mut(place)) {
            Some(found) => drop(overlay(found, item.clone(), provenance)),
            None => all.push(item.clone()),
        }
    }
    all
}

/// The scalar under a key of a list item, by which it is known.
pub(super) fn identity(item: &Value, key: &str) -> Option<(&'static str, String)> {
    match item.get(key)? {
        Value::Bool(b, _) => Some(("boolean", b.to_string())),
        Value::Num(n, _) => Some(("number", n.to_string())),
        Value::Str(text, _) => Some(("string", text.to_string())),
        Value::Null(_) | Value::List(..) | Value::Map(..) => None,
    }
}

/// Takes out what `!delete` left to be taken out when all is merged, and notes where it was.
pub(super) fn sweep(value: Value, provenance: &Provenance, removed: &mut Vec<(Path, Value)>) -> Value {
    if !provenance.has_edits() {
        return value;
    }
    let mut sweeping = Sweeping { provenance, path: Path::root(), removed };
    sweeping.node(&value).unwrap_or(value)
}

struct Sweeping<'a> {
    provenance: &'a Provenance,
    path: Path,
    removed: &'a mut Vec<(Path, Value)>,
}

impl Sweeping<'_> {
    /// The node without what is deleted below it; nothing where it stays as it is.
    fn node(&mut self, value: &Value) -> Option<Value> {
        match value {
            Value::Map(map, origin) => Some(Value::Map(Arc::new(self.map(map)?), *origin)),
            Value::List(items, origin) => Some(Value::List(Arc::new(self.list(items)?), *origin)),
            _ => None,
        }
    }

    fn map(&mut self, map: &Map) -> Option<Map> {
        let mut swept = None;
        for (key, value) in map {
            self.path.push_key(key.clone());
            if is_deleted(value, self.provenance) {
                self.removed.push((self.path.clone(), value.clone()));
                swept.get_or_insert_with(|| map.clone()).remove(key);
            } else if let Some(value) = self.node(value) {
                swept.get_or_insert_with(|| map.clone()).insert(key.clone(), value);
            }
            self.path.pop();
        }
        swept
    }

    fn list(&mut self, items: &[Value]) -> Option<Vec<Value>> {
        let mut swept = None;
        for (i, item) in items.iter().enumerate() {
            self.path.push_index(i);
            if let Some(item) = self.node(item) {
                swept.get_or_insert_with(|| items.to_vec())[i] = item;
            }
            self.path.pop();
        }
        swept
    }
}

/// A warning about an edit that found no list.
pub fn misfit(misfit: &Misfit) -> Diagnostic {
    let span = |pos: Pos| pos.is_some().then(|| Span::at(pos));
    Diagnostic::warning(format!("`{}` finds no list beneath: it replaces a value of type {}", misfit.tag, misfit.found))
        .label_opt(span(misfit.pos), "")
        .label_opt(span(misfit.beneath), "the value that does not count")
}

/// Whether a node is what `!delete` left.
pub(super) fn is_deleted(value: &Value, provenance: &Provenance) -> bool {
    value.is_null() && provenance.edit(value.origin()) == Some(&Edit::Delete)
}
