//! Which item of an old list is which of the new one.

use std::collections::HashMap;

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::value::{Str, Value};

use super::Step;
use super::features::{self, Hashing};
use super::keys::{Comparison, Identity, comparison, identities};
use super::path::FieldPath;

/// What became of an item, by its places in the old list and in the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Both(usize, usize),
    Removed(usize),
    Added(usize),
}

/// Two lists beside each other.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// All items with the steps to them, in the order of the new list, those that are gone after it or in their place.
    pub(super) items: Vec<(Fate, Step)>,
    /// The names of the items in both, in the old and the new order, where these are not the same.
    pub(super) reordered: Option<(Vec<Str>, Vec<Str>)>,
}

/// Lays two lists beside each other, given the kind of the resource and the keys on the way to them.
pub(super) fn align(kind: &str, keys: &[&str], old: &[Value], new: &[Value], hashing: &Hashing) -> Alignment {
    match comparison(kind, keys, old, new) {
        Comparison::Keyed(old_ids, new_ids) => keyed(old, &old_ids, new, &new_ids, hashing),
        Comparison::Sets => sets(old, new),
        Comparison::Sequences => Sequences { old, new, hashing }.align(),
    }
}

fn keyed(old: &[Value], old_ids: &[Identity], new: &[Value], new_ids: &[Identity], hashing: &Hashing) -> Alignment {
    let mut partners = partners(old_ids, new_ids);
    pair_by_name(old, new, &mut partners);
    pair_by_likeness(old, new, &mut partners, hashing);
    let mut alignment = Alignment::default();
    for (j, id) in new_ids.iter().enumerate() {
        let fate = partners[j].map_or(Fate::Added(j), |i| Fate::Both(i, j));
        alignment.items.push((fate, Step::Item(id.clone())));
    }
    let mut kept = vec![false; old.len()];
    partners.iter().flatten().for_each(|i| kept[*i] = true);
    let gone = old_ids.iter().enumerate().filter(|(i, _)| !kept[*i]);
    alignment.items.extend(gone.map(|(i, id)| (Fate::Removed(i), Step::Item(id.clone()))));
    alignment.reordered = reordered(&partners, |j| name(&Step::Item(new_ids[j].clone())));
    alignment
}

/// For each item of the new list the one of the old list with the same identity.
fn partners(old: &[Identity], new: &[Identity]) -> Vec<Option<usize>> {
    let places: HashMap<&Identity, usize> = old.iter().enumerate().map(|(i, id)| (id, i)).collect();
    new.iter().map(|id| places.get(id).copied()).collect()
}

/// Items that are left and have the same name are one, though what tells them apart has changed: a port, a path.
fn pair_by_name(old: &[Value], new: &[Value], partners: &mut [Option<usize>]) {
    const NAME: &[&str] = &["name"];
    let (left_old, left_new) = left(old.len(), partners);
    let names = |items: &[Value], places: &[usize]| {
        identities(&places.iter().map(|place| items[*place].clone()).collect::<Vec<_>>(), NAME)
    };
    if left_old.is_empty() || left_new.is_empty() {
        return;
    }
    let (Some(old_names), Some(new_names)) = (names(old, &left_old), names(new, &left_new)) else { return };
    for (j, partner) in self::partners(&old_names, &new_names).into_iter().enumerate() {
        partners[left_new[j]] = partner.map(|i| left_old[i]);
    }
}

/// The places of the items without a partner, in the old list and in the new one.
fn left(old: usize, partners: &[Option<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut free = vec![true; old];
    partners.iter().flatten().for_each(|i| free[*i] = false);
    ((0..old).filter(|i| free[*i]).collect(), (0..partners.len()).filter(|j| partners[*j].is_none()).collect())
}

/// Items that are left and hold much of the same are one that has another name now: a container, for one. Where two
/// are, none is taken for it.
fn pair_by_likeness(old: &[Value], new: &[Value], partners: &mut [Option<usize>], hashing: &Hashing) {
    /// Items with fewer fields are alike by chance.
    const LEAST: usize = 8;
    const ALIKE: f64 = 0.6;
    /// In longer lists than this no item is looked for.
    const MOST: usize = 32;
    let (left_old, left_new) = left(old.len(), partners);
    if left_old.is_empty() || left_new.is_empty() || left_old.len().max(left_new.len()) > MOST {
        return;
    }
    let features = |items: &[Value], places: &[usize]| -> Vec<(usize, Vec<u64>)> {
        let all = places.iter().map(|place| (*place, features::of_value(&items[*place], hashing)));
        all.filter(|(_, features)| features.len() >= LEAST).collect()
    };
    let (olds, news) = (features(old, &left_old), features(new, &left_new));
    let alike = |a: &[u64], b: &[u64]| features::likeness(a, b) >= ALIKE;
    for (j, new) in &news {
        let mut found = olds.iter().filter(|(_, old)| alike(old, new));
        if let (Some((i, old)), None) = (found.next(), found.next())
            && news.iter().filter(|(_, other)| alike(old, other)).count() == 1
        {
            partners[*j] = Some(*i);
        }
    }
}

/// The names of the items in both lists in either order, where the orders are not the same.
fn reordered(partners: &[Option<usize>], name: impl Fn(usize) -> Str) -> Option<(Vec<Str>, Vec<Str>)> {
    let both: Vec<(usize, usize)> = partners.iter().enumerate().filter_map(|(j, i)| Some(((*i)?, j))).collect();
    if both.is_sorted() {
        return None;
    }
    let mut before = both.clone();
    before.sort_unstable();
    let names = |pairs: &[(usize, usize)]| pairs.iter().map(|(_, j)| name(*j)).collect();
    Some((names(&before), names(&both)))
}

/// What a step calls an item.
fn name(step: &Step) -> Str {
    let text = FieldPath(vec![step.clone()]).to_string();
    text[1..text.len() - 1].into()
}

fn sets(old: &[Value], new: &[Value]) -> Alignment {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    old.iter().enumerate().rev().for_each(|(i, item)| places.entry(label(item)).or_default().push(i));
    let mut alignment = Alignment::default();
    for (j, item) in new.iter().enumerate() {
        let label = label(item);
        let fate = places.get_mut(&label).and_then(Vec::pop).map_or(Fate::Added(j), |i| Fate::Both(i, j));
        alignment.items.push((fate, Step::Member(label.into())));
    }
    let mut gone: Vec<(usize, String)> =
        places.into_iter().flat_map(|(label, left)| left.into_iter().map(move |i| (i, label.clone()))).collect();
    gone.sort_unstable();
    alignment.items.extend(gone.into_iter().map(|(i, label)| (Fate::Removed(i), Step::Member(label.into()))));
    alignment
}

/// A scalar on one line.
pub(super) fn label(item: &Value) -> String {
    match item {
        Value::Str(text, _) => text.to_string(),
        other => {
            let mut text = String::new();
            crate::yaml::to_flow(other, &mut text);
            text
        }
    }
}

/// Two lists without keys.
struct Sequences<'a> {
    old: &'a [Value],
    new: &'a [Value],
    hashing: &'a Hashing,
}

impl Sequences<'_> {
    fn align(&self) -> Alignment {
        let mut input = InternedInput::default();
        input.update_before(self.old.iter().map(|item| self.hashing.of(item)));
        input.update_after(self.new.iter().map(|item| self.hashing.of(item)));
        if let Some(reordered) = self.only_reordered(&input) {
            return reordered;
        }
        let diff = Diff::compute(Algorithm::Histogram, &input);
        let mut alignment = Alignment::default();
        let (mut i, mut j) = (0, 0);
        for hunk in diff.hunks() {
            self.same(&mut alignment, &mut i, &mut j, hunk.before.start as usize);
            self.hunk(&mut alignment, i..hunk.before.end as usize, j..hunk.after.end as usize);
            (i, j) = (hunk.before.end as usize, hunk.after.end as usize);
        }
        self.same(&mut alignment, &mut i, &mut j, self.old.len());
        alignment
    }

    fn same(&self, alignment: &mut Alignment, i: &mut usize, j: &mut usize, end: usize) {
        while *i < end {
            alignment.items.push((Fate::Both(*i, *j), Step::Index(*j)));
            (*i, *j) = (*i + 1, *j + 1);
        }
    }

    /// Pairs the items of a range that are alike; the others are removed and added.
    fn hunk(&self, alignment: &mut Alignment, old: std::ops::Range<usize>, new: std::ops::Range<usize>) {
        /// How many items further on one that is alike is looked for.
        const WINDOW: usize = 8;
        let single = old.len() == 1 && new.len() == 1;
        let mut next = new.start;
        for i in old {
            let near = next..new.end.min(next + WINDOW);
            match near.clone().find(|j| single || self.alike(&self.old[i], &self.new[*j])) {
                Some(j) => {
                    alignment.items.extend((next..j).map(|j| (Fate::Added(j), Step::Index(j))));
                    alignment.items.push((Fate::Both(i, j), Step::Index(j)));
                    next = j + 1;
                }
                None => alignment.items.push((Fate::Removed(i), Step::Index(i))),
            }
        }
        alignment.items.extend((next..new.end).map(|j| (Fate::Added(j), Step::Index(j))));
    }

    /// Whether an item may be another one, changed: half of its fields are the same, or what stands before `=`.
    fn alike(&self, old: &Value, new: &Value) -> bool {
        match (old, new) {
            (Value::Str(old, _), Value::Str(new, _)) => {
                let flag = |text: &str| text.split_once(['=', ':', ' ']).map(|(flag, _)| flag.to_owned());
                flag(old).is_some_and(|old| flag(new).is_some_and(|new| old == new))
            }
            (Value::Map(..), Value::Map(..)) | (Value::List(..), Value::List(..)) => {
                let features = |value| features::of_value(value, self.hashing);
                features::likeness(&features(old), &features(new)) >= 0.5
            }
            _ => false,
        }
    }

    /// Where the lists hold the same items and only their order is another: that.
    fn only_reordered(&self, input: &InternedInput<u64>) -> Option<Alignment> {
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        if input.before == input.after || input.before.len() != input.after.len() {
            return None;
        }
        input.before.iter().enumerate().rev().for_each(|(i, token)| places.entry(token.0).or_default().push(i));
        let partners = input.after.iter().map(|token| places.get_mut(&token.0)?.pop());
        let partners: Vec<Option<usize>> = partners.collect();
        if partners.iter().any(Option::is_none) {
            return None;
        }
        let items = partners.iter().enumerate().filter_map(|(j, i)| Some((Fate::Both((*i)?, j), Step::Index(j))));
        let items = items.collect();
        Some(Alignment { items, reordered: reordered(&partners, |j| label(&self.new[j]).into()) })
    }
}
