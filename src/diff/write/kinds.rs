//! Workloads that become ones of another kind under the same name: one goes, one comes, and what is told is how the one
//! that comes differs from the one that goes.

use std::collections::HashMap;

use super::super::risk::{is_kind_change, is_workload};
use super::super::{Report, Resource, ResourceChange};

/// For the place of each such workload in a report that of the other one.
pub(super) struct Kinds(HashMap<usize, usize>);

impl Kinds {
    pub(super) fn of(report: &Report) -> Kinds {
        let gone = report.risks.iter().filter(|risk| is_kind_change(risk)).map(|risk| risk.resource);
        let pairs = gone.filter_map(|old| Some((old, successor(report, old)?)));
        Kinds(pairs.flat_map(|(old, new)| [(old, new), (new, old)]).collect())
    }

    /// The resource that comes where this one goes, or that goes where this one comes.
    pub(super) fn other<'a>(&self, report: &'a Report, place: usize) -> Option<&'a Resource> {
        Some(report.resources[*self.0.get(&place)?].resource())
    }
}

fn successor(report: &Report, gone: usize) -> Option<usize> {
    let gone = &report.resources[gone].resource().id;
    report.resources.iter().position(|change| match change {
        ResourceChange::Added(new) => {
            is_workload(new) && (&new.id.namespace, &new.id.name) == (&gone.namespace, &gone.name)
        }
        _ => false,
    })
}
