//! Changes that are the same in many resources, such as the version of a chart in their labels: told once.

use std::collections::{HashMap, HashSet};

use super::super::{Report, ResourceChange};
use super::lines::{self, Line};

/// A change that is the same in this many resources is told once.
const MANY: usize = 3;

/// What there is to say of the fields of a report's resources.
pub(super) struct Told {
    /// Changes that are the same in many resources, and in how many; those in most of them first.
    pub(super) repeated: Vec<(usize, Vec<Line>)>,
    /// For each resource of the report its own changes.
    pub(super) own: Vec<Vec<Vec<Line>>>,
}

impl Told {
    /// Sorts a report's changes into those told once and those told with their resource.
    pub(super) fn of(report: &Report, context: usize) -> Told {
        let of_resource = |resource: &ResourceChange| {
            resource.changes().iter().map(|change| lines::of_change(change, context)).collect()
        };
        let all: Vec<Vec<Vec<Line>>> = report.resources.iter().map(of_resource).collect();
        let mut counts: HashMap<&[Line], usize> = HashMap::new();
        all.iter().flatten().for_each(|lines| *counts.entry(lines).or_default() += 1);
        let is_repeated = |lines: &&Vec<Line>| counts[&lines[..]] >= MANY;
        let own = all.iter().map(|changes| changes.iter().filter(|lines| !is_repeated(lines)).cloned().collect());
        let own = own.collect();
        let mut told = HashSet::new();
        let first = all.iter().flatten().filter(is_repeated).filter(|lines| told.insert(&lines[..]));
        let mut repeated: Vec<(usize, Vec<Line>)> = first.map(|lines| (counts[&lines[..]], lines.clone())).collect();
        repeated.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        Told { repeated, own }
    }
}
