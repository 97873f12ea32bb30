//! Which resource of the old side is which of the new one.

use std::collections::{HashMap, HashSet, VecDeque};

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

/// Pairs resources by what they are to a cluster, and those that are left by likeness. Of several with one name, which
/// no cluster can have, the first is paired with the first.
pub(super) fn pair(olds: &[Resource], news: &[Resource]) -> Pairing {
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
    pairing.settle(rename::find(olds, &pairing.removed, news, &pairing.added));
    pairing
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
