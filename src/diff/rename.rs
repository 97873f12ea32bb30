//! Resources that went by another name: recognised by what they hold.
//!
//! For each resource that is gone the added ones of its kind that share rare features with it are looked at, so that
//! the cost grows with the number of fields and not with that of possible pairs. Where two are equally likely and their
//! names do not decide, there is no rename: saying nothing is better than guessing.

use std::collections::{HashMap, HashSet};

use super::features::{self, Hashing};
use super::pair::Pair;
use super::{Id, Resource};

/// How alike two resources must be.
const ALIKE: f64 = 0.6;

/// A feature that more resources than this have leads to none of them.
const COMMON: usize = 16;

/// How many resources are looked at for one that is gone.
const CANDIDATES: usize = 8;

/// Two likenesses that are nearer than this do not decide between two pairs.
const NEAR: f64 = 0.05;

/// A pair that may be one resource.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    old: usize,
    new: usize,
    likeness: f64,
    /// How many words their names share, in the order of the words, as a part of all.
    names: f64,
}

/// Finds renames among the resources at the places given.
pub(super) fn find(olds: &[Resource], removed: &[usize], news: &[Resource], added: &[usize]) -> Vec<Pair> {
    if removed.is_empty() || added.is_empty() {
        return Vec::new();
    }
    let search = Search::new(news, added);
    let mut candidates: Vec<Candidate> = removed.iter().flat_map(|old| search.candidates(*old, &olds[*old])).collect();
    candidates.sort_by(|a, b| {
        b.likeness.total_cmp(&a.likeness).then(b.names.total_cmp(&a.names)).then((a.old, a.new).cmp(&(b.old, b.new)))
    });
    choose(&candidates)
}

/// The best of the candidates, each resource at most once, where nothing else is about as good.
fn choose(candidates: &[Candidate]) -> Vec<Pair> {
    let (mut by_old, mut by_new) = (HashMap::<usize, Vec<&Candidate>>::new(), HashMap::<usize, Vec<&Candidate>>::new());
    for candidate in candidates {
        by_old.entry(candidate.old).or_default().push(candidate);
        by_new.entry(candidate.new).or_default().push(candidate);
    }
    let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
    let mut pairs = Vec::new();
    for one in candidates {
        let taken = |c: &Candidate| old_taken.contains(&c.old) || new_taken.contains(&c.new);
        let rivals = by_old[&one.old].iter().chain(&by_new[&one.new]);
        let mut rivals = rivals.filter(|c| (c.old, c.new) != (one.old, one.new) && !taken(c));
        if !taken(one) && !rivals.any(|rival| rival.likeness > one.likeness - NEAR && rival.names >= one.names) {
            pairs.push(Pair { old: one.old, new: one.new, likeness: Some(one.likeness) });
            old_taken.insert(one.old);
            new_taken.insert(one.new);
        }
    }
    pairs
}

/// What a resource is alike in.
struct Features {
    /// As it is.
    plain: Vec<u64>,
    /// With its own name taken for that of any other.
    named: Vec<u64>,
}

impl Features {
    fn of(resource: &Resource, hashing: &Hashing) -> Self {
        let [plain, named] = [false, true].map(|named| features::of_resource(resource, named, hashing));
        Features { plain, named }
    }

    /// The better of both views: a name may stand in the fields because it is that of the resource, or by chance.
    fn likeness(&self, other: &Features) -> f64 {
        features::likeness(&self.plain, &other.plain).max(features::likeness(&self.named, &other.named))
    }
}

/// The added resources, to be found by their features.
struct Search<'a> {
    hashing: Hashing,
    news: &'a [Resource],
    features: HashMap<usize, Features>,
    /// The resources that have a feature; none where they are too many.
    having: HashMap<u64, Vec<usize>, foldhash::fast::RandomState>,
}

impl<'a> Search<'a> {
    fn new(news: &'a [Resource], added: &[usize]) -> Self {
        let mut search =
            Search { hashing: Hashing::default(), news, features: HashMap::new(), having: HashMap::default() };
        for new in added {
            let features = Features::of(&news[*new], &search.hashing);
            for clue in search.clues(&news[*new], &features) {
                let having = search.having.entry(clue).or_default();
                if having.len() <= COMMON {
                    having.push(*new);
                }
            }
            search.features.insert(*new, features);
        }
        search.having.retain(|_, having| having.len() <= COMMON);
        search
    }

    /// What leads to a resource: features, all of them together, and the words of its name, all within its kind.
    fn clues(&self, resource: &Resource, features: &Features) -> Vec<u64> {
        let kind = self.hashing.one(&(&resource.id.group, &resource.id.kind));
        let words = words(&resource.id.name).map(|word| self.hashing.one(&word));
        let wholes = [&features.plain, &features.named].map(|all| self.hashing.one(all));
        let clues =
            features.named.iter().copied().chain(wholes).chain([self.hashing.one(&resource.id.name)]).chain(words);
        clues.map(|clue| self.hashing.one(&(kind, clue))).collect()
    }

    fn candidates(&self, old: usize, resource: &Resource) -> Vec<Candidate> {
        let features = Features::of(resource, &self.hashing);
        let mut hits: HashMap<usize, usize, foldhash::fast::RandomState> = HashMap::default();
        for clue in self.clues(resource, &features) {
            self.having.get(&clue).into_iter().flatten().for_each(|new| *hits.entry(*new).or_default() += 1);
        }
        let mut hits: Vec<(usize, usize)> = hits.into_iter().collect();
        hits.sort_unstable_by_key(|(new, hits)| (std::cmp::Reverse(*hits), *new));
        let likely = hits.into_iter().take(CANDIDATES).map(|(new, _)| Candidate {
            old,
            new,
            likeness: self.features.get(&new).map_or(0.0, |new| features.likeness(new)),
            names: alike_names(&resource.id, &self.news[new].id),
        });
        likely.filter(|candidate| candidate.likeness >= ALIKE).collect()
    }
}

fn words(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split(['-', '.', ':'])
}

/// How much of two names is the same: words at the beginning and the end. A resource that only moved to another
/// namespace is the likeliest of all.
fn alike_names(old: &Id, new: &Id) -> f64 {
    let (a, b): (Vec<&str>, Vec<&str>) = (words(&old.name).collect(), words(&new.name).collect());
    let shorter = a.len().min(b.len());
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count().min(shorter - front.min(shorter));
    2.0 * (front + back) as f64 / (a.len() + b.len()) as f64
}
