//! Which resource of the old side is which of the new one.

use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;

use super::{Id, Resource, rename};

/// Two resources that are one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    /// Its place on the old side.
    pub(super) old: usize,
    /// Its place on the new side.
    pub(super) new: usize,
    /// How alike they are, where only that says that they are one.
    pub(super) likeness: Option<f64>,
}

/// All pairs, and what is left.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    pub(super) pairs: Vec<Pair>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// Pairs resources by what they are to a cluster, then those of which only one side names the namespace, and those that
/// are left by likeness. Of several with one name, which no cluster can have, the first is paired with the first.
///
/// `homes` are the namespaces of the resources that name none, on either side, as far as they are known.
pub(super) fn pair(olds: &[Resource], news: &[Resource], homes: [&str; 2]) -> Pairing {
    let mut waiting: HashMap<&Id, VecDeque<usize>, foldhash::fast::RandomState> = HashMap::default();
    for (i, old) in olds.iter().enumerate() {
        waiting.entry(&old.id).or_default().push_back(i);
    }
    let mut pairing = Pairing::default();
    let mut gone = vec![true; olds.len()];
    for (new, resource) in news.iter().enumerate() {
        match waiting.get_mut(&resource.id).and_then(VecDeque::pop_front) {
            Some(old) => {
                gone[old] = false;
                pairing.pairs.push(Pair { old, new, likeness: None });
            }
            None => pairing.added.push(new),
        }
    }
    pairing.removed = (0..olds.len()).filter(|old| gone[*old]).collect();
    let old_left = Left { resources: olds, places: &pairing.removed, home: homes[0] };
    let new_left = Left { resources: news, places: &pairing.added, home: homes[1] };
    pairing.settle(unplaced(&old_left, &new_left));
    pairing.settle(rename::find(olds, &pairing.removed, news, &pairing.added));
    pairing
}

/// The resources of a side that are left, by their places.
struct Left<'a> {
    resources: &'a [Resource],
    places: &'a [usize],
    /// The namespace of those that name none; empty where it is not known.
    home: &'a str,
}

impl Left<'_> {
    fn names_its_namespace(&self, place: usize) -> bool {
        !self.resources[place].id.namespace.is_empty()
    }

    fn namespace(&self, place: usize) -> &str {
        if self.names_its_namespace(place) { &self.resources[place].id.namespace } else { self.home }
    }
}

/// Pairs of one kind and name of which one side says the namespace and the other does not: such a manifest is in the
/// namespace of its release. Where that is not known it is taken for the one that is named, unless there are several.
fn unplaced(olds: &Left<'_>, news: &Left<'_>) -> Vec<Pair> {
    let mut named: IndexMap<(&str, &str, &str), [Vec<usize>; 2]> = IndexMap::new();
    for (side, left) in [olds, news].into_iter().enumerate() {
        for place in left.places {
            let id = &left.resources[*place].id;
            named.entry((&id.group, &id.kind, &id.name)).or_default()[side].push(*place);
        }
    }
    let mut pairs = Vec::new();
    for [mut old_places, mut new_places] in named.into_values() {
        let may_be = |old, new| olds.names_its_namespace(old) != news.names_its_namespace(new);
        let is_home = |old, new| may_be(old, new) && olds.namespace(old) == news.namespace(new);
        new_places.retain(|new| match old_places.iter().position(|old| is_home(*old, *new)) {
            Some(at) => {
                pairs.push(Pair { old: old_places.remove(at), new: *new, likeness: None });
                false
            }
            None => true,
        });
        if let (&[old], &[new]) = (&old_places[..], &new_places[..])
            && may_be(old, new)
        {
            pairs.push(Pair { old, new, likeness: None });
        }
    }
    pairs
}

impl Pairing {
    /// Takes pairs up, and out of what is left.
    fn settle(&mut self, found: Vec<Pair>) {
        let olds: HashSet<usize> = found.iter().map(|pair| pair.old).collect();
        let news: HashSet<usize> = found.iter().map(|pair| pair.new).collect();
        self.removed.retain(|old| !olds.contains(old));
        self.added.retain(|new| !news.contains(new));
        self.pairs.extend(found);
    }
}
