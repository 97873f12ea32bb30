//! Both sides of an upgrade, as rules that look at several resources need them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::value::Value;

use super::super::pair::Pair;
use super::super::{Id, Resource, ResourceChange};
use super::read;

/// Both sides, and what is not the same.
pub(in super::super) struct Upgrade<'a> {
    olds: &'a [Resource],
    pub(super) news: &'a [Resource],
    pub(super) old: View<'a>,
    pub(super) new: View<'a>,
    pub(super) changes: &'a [ResourceChange],
    /// The minor version of the Kubernetes that the new side is for.
    pub(super) minor: u32,
    /// For each new resource the old one that it was.
    was: Vec<Option<usize>>,
    /// The places of the changes, by what the resource was and by what it is.
    by_old: HashMap<&'a Id, usize>,
    by_new: HashMap<&'a Id, usize>,
}

impl<'a> Upgrade<'a> {
    pub(in super::super) fn new(
        olds: &'a [Resource],
        news: &'a [Resource],
        pairs: &[Pair],
        changes: &'a [ResourceChange],
        minor: u32,
    ) -> Self {
        let mut was = vec![None; news.len()];
        pairs.iter().for_each(|pair| was[pair.new] = Some(pair.old));
        let places = changes.iter().enumerate();
        let by_old = places.clone().filter_map(|(n, change)| Some((&change.before()?.id, n))).collect();
        let by_new = places.filter_map(|(n, change)| Some((&change.after()?.id, n))).collect();
        // Where nothing changed nothing is looked at.
        let view = |side| if changes.is_empty() { View::default() } else { View::of(side) };
        Upgrade { olds, news, old: view(olds), new: view(news), changes, minor, was, by_old, by_new }
    }

    /// The new resources, each with what it was.
    pub(super) fn news(&self) -> impl Iterator<Item = (&'a Resource, Option<&'a Resource>)> {
        self.news.iter().zip(&self.was).map(|(new, was)| (new, was.map(|old| &self.olds[old])))
    }

    /// Whether a resource comes that was not there.
    pub(super) fn adds(&self, id: &Id) -> bool {
        self.by_new.get(id).is_some_and(|place| matches!(self.changes[*place], ResourceChange::Added(_)))
    }

    /// The place of the change of a resource of the old side.
    pub(super) fn change_of_old(&self, old: &Resource) -> Option<usize> {
        self.by_old.get(&old.id).copied()
    }

    /// The place of the change of a resource of the new side.
    pub(super) fn change_of_new(&self, new: &Resource) -> Option<usize> {
        self.by_new.get(&new.id).copied()
    }
}

/// A side, with its workloads to be found by the labels of their pods, its autoscalers by what they scale.
#[derive(Default)]
pub(super) struct View<'a> {
    workloads: Vec<(&'a Resource, Option<&'a Value>)>,
    labelled: HashMap<(&'a str, &'a str), Vec<usize>, RandomState>,
    scalers: HashMap<(&'a str, &'a str), Vec<&'a Resource>, RandomState>,
}

impl<'a> View<'a> {
    fn of(side: &'a [Resource]) -> Self {
        let mut view = View::default();
        for resource in side {
            if let Some(scaled) = scaled(resource) {
                view.scalers.entry(scaled).or_default().push(resource);
            }
            if read::template(resource).is_some() {
                view.add(resource, read::pod_labels(resource));
            }
        }
        view
    }

    fn add(&mut self, workload: &'a Resource, labels: Option<&'a Value>) {
        for (key, value) in labels.and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let labelled = self.labelled.entry((key, value.as_str().unwrap_or_default())).or_default();
            labelled.push(self.workloads.len());
        }
        self.workloads.push((workload, labels));
    }

    /// The workloads whose pods have all these labels; none where no label is asked for.
    pub(super) fn with_labels(&self, by: &Resource, wanted: &Value) -> Vec<&'a Resource> {
        let Some(map) = wanted.as_map() else { return Vec::new() };
        let keys = map.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()));
        let lists = keys.map(|key| self.labelled.get(&key).map(Vec::as_slice).unwrap_or_default());
        let fewest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        let found = fewest.iter().map(|place| &self.workloads[*place]);
        let found = found.filter(|(pod, labels)| read::has_labels(wanted, *labels) && read::together(by, pod));
        found.map(|(resource, _)| *resource).collect()
    }

    /// The workloads whose pods a label selector selects.
    pub(super) fn selected(&self, by: &Resource, selector: &Value) -> Vec<&'a Resource> {
        match read::at(selector, "matchLabels").filter(|wanted| wanted.as_map().is_some_and(|map| !map.is_empty())) {
            Some(wanted) => {
                let mut found = self.with_labels(by, wanted);
                found.retain(|pod| read::selects(selector, read::pod_labels(pod)));
                found
            }
            None => {
                let all = self.workloads.iter().filter(|(_, labels)| read::selects(selector, *labels));
                all.map(|(pod, _)| *pod).filter(|pod| read::together(by, pod)).collect()
            }
        }
    }

    /// The autoscaler that scales a workload.
    pub(super) fn scaler(&self, workload: &Resource) -> Option<&'a Resource> {
        let scalers = self.scalers.get(&(workload.id.kind.as_str(), workload.id.name.as_str()))?;
        scalers.iter().copied().find(|scaler| read::together(scaler, workload))
    }

    /// How many pods a workload has at least.
    pub(super) fn pods(&self, workload: &Resource) -> i64 {
        let Some(scaler) = self.scaler(workload) else { return read::replicas(workload) };
        let least = ["spec.minReplicas", "spec.minReplicaCount"].map(|path| read::number(&scaler.value, path));
        least.into_iter().flatten().next().unwrap_or(1)
    }
}

/// The kind and name of what an autoscaler scales.
fn scaled(scaler: &Resource) -> Option<(&str, &str)> {
    let kind = read::text(&scaler.value, "spec.scaleTargetRef.kind");
    let kind = match (scaler.id.group.as_str(), scaler.id.kind.as_str()) {
        ("autoscaling", "HorizontalPodAutoscaler") => kind,
        ("keda.sh", "ScaledObject") if kind.is_empty() => "Deployment",
        ("keda.sh", "ScaledObject") => kind,
        _ => return None,
    };
    Some((kind, read::text(&scaler.value, "spec.scaleTargetRef.name")))
}
