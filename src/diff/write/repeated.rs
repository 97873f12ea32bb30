//! Changes that are the same in many resources, such as the version of a chart in their labels: told once.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::super::compare::changes;
use super::super::{Fate, Report, ResourceChange};
use super::kinds::Kinds;
use super::lines::{self, Line};

/// A change that is the same in this many resources is told once.
const MANY: usize = 3;

/// What there is to say of the fields of a report's resources.
pub(super) struct Told {
    /// Changes that are the same in many resources, and in how many; those in most of them first.
    pub(super) repeated: Vec<(usize, Vec<Line>)>,
    /// For each resource of the report its own changes.
    pub(super) own: Vec<Vec<Vec<Line>>>,
    /// The workloads that become ones of another kind.
    pub(super) kinds: Kinds,
}

impl Told {
    /// Sorts a report's changes into those told once and those told with their resource.
    pub(super) fn of(report: &Report, context: usize) -> Told {
        let kinds = Kinds::of(report);
        let of_resource = |(n, resource): (usize, &ResourceChange)| match (resource, kinds.other(report, n)) {
            (ResourceChange::Added(new), Some(old)) => lines::of_changes(&changes(old, new, true), context),
            _ => lines::of_changes(resource.changes(), context),
        };
        let all: Vec<Vec<Vec<Line>>> = report.resources.iter().enumerate().map(of_resource).collect();
        let mut counts: HashMap<&[Line], usize> = HashMap::new();
        all.iter().flatten().for_each(|lines| *counts.entry(lines).or_default() += 1);
        let is_repeated = |lines: &&Vec<Line>| counts[&lines[..]] >= MANY;
        let own = all.iter().map(|changes| changes.iter().filter(|lines| !is_repeated(lines)).cloned().collect());
        let own = own.collect();
        let mut told = HashSet::new();
        let first = all.iter().flatten().filter(is_repeated).filter(|lines| told.insert(&lines[..]));
        let mut repeated: Vec<(usize, Vec<Line>)> = first.map(|lines| (counts[&lines[..]], lines.clone())).collect();
        repeated.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        Told { repeated, own, kinds }
    }

    /// Whether nothing is left to say of a resource: it is changed as many others are, and there is no risk in it.
    pub(super) fn is_all(&self, report: &Report, place: usize) -> bool {
        let is_changed = report.resources[place].fate() == Fate::Changed;
        is_changed && self.own[place].is_empty() && report.risks_of(place).is_empty()
    }

    /// The places of a report's resources in its order; those of one kind of which nothing is left to say, where they
    /// are many, are together at the place of the first.
    pub(super) fn entries(&self, report: &Report) -> Vec<Vec<usize>> {
        let mut entries: IndexMap<(&str, &str, usize), Vec<usize>> = IndexMap::new();
        for (n, change) in report.resources.iter().enumerate() {
            let id = &change.resource().id;
            let key =
                if self.is_all(report, n) { (id.group.as_str(), id.kind.as_str(), usize::MAX) } else { ("", "", n) };
            entries.entry(key).or_default().push(n);
        }
        let few = |places: Vec<usize>| match places.len() > MANY {
            true => vec![places],
            false => places.into_iter().map(|place| vec![place]).collect(),
        };
        let mut entries: Vec<Vec<usize>> = entries.into_values().flat_map(few).collect();
        entries.sort_unstable();
        entries
    }
}
