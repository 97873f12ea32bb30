//! Random values that stay what they were: results of random functions, found in what they went into, are looked up in
//! the same places of earlier manifests.
//!
//! A render tells what it drew. Each result is looked for in the rendered objects: alone, within a longer text, encoded.
//! The same field of the object of the same name in the earlier render then holds the value to keep, wherever the text
//! around the result is the same. What is not found for certain stays random. Whether a value fits the call is for
//! [`crate::functions::keep`] to say. Knows nothing of how objects were rendered or read.

mod field;
mod pattern;

use std::collections::{BTreeMap, HashMap};

use crate::functions::keep::{self, Part};
use crate::functions::{Drawn, Id};
use crate::runtime::Runtime;
use crate::value::Value;

use field::Identity;
use pattern::Faces;

/// What an earlier render has of the results of this one.
#[derive(Debug, Default)]
pub struct Found {
    /// The values to keep, by the calls that are to give them.
    pub kept: HashMap<Id, Runtime>,
    /// Where they stand.
    pub places: HashMap<Id, String>,
    /// Places that say different things of one call, whose value is not kept.
    pub disputed: Vec<[String; 2]>,
    /// How many objects were in the earlier render, too.
    pub paired: usize,
}

/// Values that were found for the part of a result, with the places where they stand.
type Candidates = BTreeMap<(usize, Part), Vec<(String, String)>>;

/// Looks for the results of a render in its objects, and for what they were in earlier ones. Of two earlier objects with
/// one identity the first counts.
pub fn find(drawn: &[Drawn], new: &[Value], old: &[Value]) -> Found {
    let faces = Faces::new(drawn);
    let mut olds: HashMap<Identity<'_>, &Value> = HashMap::new();
    for object in old {
        olds.entry(Identity::of(object)).or_insert(object);
    }
    let mut candidates = Candidates::new();
    let mut paired = 0;
    for object in new {
        let identity = Identity::of(object);
        let twin = olds.get(&identity).copied().or_else(|| renamed(&faces, &identity, &olds));
        if let Some(twin) = twin {
            paired += 1;
            compare(&faces, &identity, object, twin, &mut candidates);
        }
    }
    Found { paired, ..decide(drawn, &candidates) }
}

/// The earlier object whose name differs in what is random of it, if there is one alone.
fn renamed<'o>(faces: &Faces<'_>, new: &Identity<'_>, olds: &HashMap<Identity<'_>, &'o Value>) -> Option<&'o Value> {
    let spots = faces.spots(new.name);
    if spots.is_empty() {
        return None;
    }
    let same = |old: &Identity<'_>| faces.capture(&spots, new.name, old.name, false).iter().all(Option::is_some);
    let mut found = olds.iter().filter(|(old, _)| old.is_like(new) && same(old));
    found.next().filter(|_| found.next().is_none()).map(|(_, object)| *object)
}

/// Collects what the fields of an earlier object have where those of a new one have random results.
fn compare(faces: &Faces<'_>, identity: &Identity<'_>, new: &Value, old: &Value, candidates: &mut Candidates) {
    field::walk(new, &mut |path, text| {
        let spots = faces.spots(text);
        if spots.is_empty() {
            return;
        }
        let Some(before) = field::text_at(old, path) else { return };
        let free = identity.is_secret();
        for (spot, found) in spots.iter().zip(faces.capture(&spots, text, &before, free)) {
            let place = || format!("{identity} {}", field::shown(path));
            let all = candidates.entry((spot.drawn, spot.part)).or_default();
            all.extend(found.map(|value| (value, place())));
        }
    });
}

/// Puts the parts together, where all places say the same.
fn decide(drawn: &[Drawn], candidates: &Candidates) -> Found {
    let mut found = Found::default();
    for (n, call) in drawn.iter().enumerate() {
        let of_call = candidates.range((n, Part::Whole)..=(n, Part::Hash));
        let mut parts = Vec::new();
        let mut place = None;
        for ((_, part), all) in of_call {
            let Some((value, first)) = all.first() else { continue };
            if let Some((_, other)) = all.iter().find(|(another, _)| another != value) {
                found.disputed.push([first.clone(), other.clone()]);
                parts.clear();
                break;
            }
            parts.push((*part, value.as_str()));
            place = place.or(Some(first));
        }
        if let (Some(value), Some(place)) = (keep::whole(call, &parts), place) {
            found.add(&call.id, value, place);
        }
    }
    found
}

impl Found {
    /// Keeps a value. A call that gave several results, in runs of a template that went different ways, keeps none where
    /// they were different before.
    fn add(&mut self, id: &Id, value: Runtime, place: &str) {
        match self.kept.get(id) {
            Some(other) if *other != value => {
                self.kept.remove(id);
                self.disputed.push([self.places.remove(id).unwrap_or_default(), place.to_owned()]);
            }
            _ => {
                self.kept.insert(id.clone(), value);
                self.places.insert(id.clone(), place.to_owned());
            }
        }
    }
}
