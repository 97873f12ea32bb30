//! The comparison as data.

use crate::value::{Str, Value};

use super::risk::{Class, Risk};
use super::{FieldPath, Resource};

/// What became of the resources of one side on the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// The resources that are not the same on both sides, in Helm's order of installation, then by name.
    pub resources: Vec<ResourceChange>,
    /// How many are the same.
    pub unchanged: usize,
    /// What the changes put at stake, by resource and then the worst first.
    pub risks: Vec<Risk>,
    /// The references that the changes break, for who knows of them to add.
    pub broken: Vec<Broken>,
}

/// References that lead nowhere because of the changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What is not there.
    pub what: String,
    /// Who refers to it, a line each.
    pub from: Vec<String>,
}

impl Report {
    /// The risks of the resource at a place.
    pub fn risks_of(&self, resource: usize) -> &[Risk] {
        let start = self.risks.partition_point(|risk| risk.resource < resource);
        let end = self.risks.partition_point(|risk| risk.resource <= resource);
        &self.risks[start..end]
    }

    /// How many risks there are of each class that there are risks of, the worst first.
    pub fn classes(&self) -> Vec<(Class, usize)> {
        let count = |class| self.risks.iter().filter(|risk| risk.class() == class).count();
        let counts = Class::ALL.into_iter().map(|class| (class, count(class)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// How many resources met which fate.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { unchanged: self.unchanged, ..Summary::default() };
        for resource in &self.resources {
            *match resource.fate() {
                Fate::Added => &mut summary.added,
                Fate::Removed => &mut summary.removed,
                Fate::Changed => &mut summary.changed,
                Fate::Renamed => &mut summary.renamed,
            } += 1;
        }
        summary
    }
}

/// How many resources met which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Only on the new side.
    pub added: usize,
    /// Only on the old side.
    pub removed: usize,
    /// On both, and not the same.
    pub changed: usize,
    /// On both under different names, the same or not.
    pub renamed: usize,
    /// The same on both.
    pub unchanged: usize,
}

/// A resource that is not the same on both sides.
#[derive(Debug, Clone, PartialEq)]
pub enum ResourceChange {
    /// It is only on the new side.
    Added(Resource),
    /// It is only on the old side.
    Removed(Resource),
    /// It is on both.
    Paired(Box<Paired>),
}

/// A resource that is on both sides, and not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// What it was, as compared.
    pub old: Resource,
    /// What it is, as compared.
    pub new: Resource,
    /// How alike the two are, from 0 to 1, where only that says that they are one.
    pub likeness: Option<f64>,
    /// Its fields that are not the same.
    pub changes: Vec<Change>,
}

impl ResourceChange {
    /// What it was.
    pub fn before(&self) -> Option<&Resource> {
        match self {
            ResourceChange::Added(_) => None,
            ResourceChange::Removed(old) => Some(old),
            ResourceChange::Paired(pair) => Some(&pair.old),
        }
    }

    /// What it is.
    pub fn after(&self) -> Option<&Resource> {
        match self {
            ResourceChange::Added(new) => Some(new),
            ResourceChange::Removed(_) => None,
            ResourceChange::Paired(pair) => Some(&pair.new),
        }
    }

    /// What it is, or was where it is gone.
    pub fn resource(&self) -> &Resource {
        match self {
            ResourceChange::Added(one) | ResourceChange::Removed(one) => one,
            ResourceChange::Paired(pair) => &pair.new,
        }
    }

    /// Its fields that are not the same; none where it is on one side only.
    pub fn changes(&self) -> &[Change] {
        match self {
            ResourceChange::Paired(pair) => &pair.changes,
            _ => &[],
        }
    }

    /// What happened to it.
    pub fn fate(&self) -> Fate {
        match self {
            ResourceChange::Added(_) => Fate::Added,
            ResourceChange::Removed(_) => Fate::Removed,
            ResourceChange::Paired(pair) if pair.likeness.is_some() => Fate::Renamed,
            ResourceChange::Paired(_) => Fate::Changed,
        }
    }
}

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is only on the new side.
    Added,
    /// It is only on the old side.
    Removed,
    /// It is on both sides, and not the same.
    Changed,
    /// It is on both sides under different names or in different namespaces.
    Renamed,
}

/// A field that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where it is.
    pub path: FieldPath,
    /// What happened to it.
    pub detail: Detail,
}

/// What happened to a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// It was not there.
    Added(Value),
    /// It is no longer there.
    Removed(Value),
    /// It has another value, perhaps of another type.
    Replaced {
        /// What it was.
        old: Value,
        /// What it is.
        new: Value,
    },
    /// It is text of several lines, some of which are not the same.
    Text {
        /// What it was.
        old: Str,
        /// What it is.
        new: Str,
        /// Both are JSON, one of them on a single line, and are read line by line when they are laid out.
        json: bool,
    },
    /// The items of a list are in another order, apart from those added and removed.
    Reordered {
        /// The names of the items that are in both, in the old order.
        old: Vec<Str>,
        /// The same in the new order.
        new: Vec<Str>,
    },
}
