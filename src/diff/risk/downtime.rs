//! What stops answering for a while, or keeps a node from being drained.

mod services;

use super::super::{Paired, Resource, ResourceChange};
use super::upgrade::View;
use super::{Class, Found, Rule, Upgrade, read};
use crate::value::Value;

const fn rule(id: &'static str, what: &'static str, advice: &'static str, source: &'static str) -> Rule {
    Rule { id, class: Class::Downtime, what, advice, source }
}

static TO_ZERO: Rule = rule(
    "scaled-to-zero",
    "a workload that had pods is to have none",
    "expect nothing to answer until it is scaled up",
    "DeploymentSpec.replicas, StatefulSetSpec.replicas",
);
static TO_ONE: Rule = rule(
    "scaled-to-one",
    "a workload that had several pods is to have one",
    "expect it to be away whenever its only pod is: at each upgrade, drain, failure of a node",
    "DeploymentSpec.replicas, StatefulSetSpec.replicas",
);
static RECREATE: Rule = rule(
    "strategy-recreate",
    "the strategy of a Deployment becomes Recreate",
    "expect all pods to end before the first new one starts, at this upgrade and each later one",
    "DeploymentStrategy.type",
);
static MISMATCH: Rule = rule(
    "selector-mismatch",
    "the selector of a workload no longer selects the pods of its own template",
    "let the labels of the template have all that the selector asks for; the API server refuses it otherwise",
    "DeploymentSpec.selector, LabelSelector",
);
static BUDGET: Rule = rule(
    "budget-blocks",
    "a PodDisruptionBudget lets no pod of a workload be evicted",
    "let it have one pod less than there are replicas, or more replicas; a drain of a node waits forever otherwise",
    "PodDisruptionBudgetSpec.minAvailable, PodDisruptionBudgetSpec.maxUnavailable",
);
static AUTOSCALER: Rule = rule(
    "autoscaler-replicas",
    "a workload that an autoscaler scales says how many replicas it has",
    "leave `replicas` out: each upgrade sets the number back, whatever the load",
    "Horizontal Pod Autoscaling: Migrating Deployments and StatefulSets to horizontal autoscaling",
);

pub(super) const RULES: &[&Rule] =
    &[&TO_ZERO, &TO_ONE, &RECREATE, &MISMATCH, &BUDGET, &AUTOSCALER, &services::WITHOUT_PODS, &services::REMOVED];

pub(super) fn check(upgrade: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    if let ResourceChange::Paired(pair) = change {
        replicas(upgrade, pair, found);
        strategy(pair, found);
        selector(pair, found);
    }
}

/// What several resources make of each other.
pub(super) fn check_all(upgrade: &Upgrade<'_>, found: &mut Found) {
    budgets(upgrade, found);
    autoscalers(upgrade, found);
    services::check(upgrade, found);
}

fn replicas(upgrade: &Upgrade<'_>, pair: &Paired, found: &mut Found) {
    if !read::is_scaled(&pair.new) {
        return;
    }
    let left_out = read::at(&pair.new.value, "spec.replicas").is_none();
    let scaler = upgrade.new.scaler(&pair.new).filter(|_| left_out);
    let old = if scaler.is_some() { read::replicas(&pair.old) } else { upgrade.old.pods(&pair.old) };
    let path = read::path("spec.replicas");
    match (read::replicas(&pair.new), scaler) {
        (0, _) if old > 0 => found.add(&TO_ZERO, path, format!("{old} → 0 pods")),
        (1, Some(scaler)) if old > 1 => {
            let reason = format!("{old} → 1 pods until {} scales it up: no replicas are one replica", scaler.id);
            found.add(&TO_ONE, path, reason);
        }
        (1, None) if old > 1 => found.add(&TO_ONE, path, format!("{old} → 1 pods")),
        _ => {}
    }
}

fn strategy(pair: &Paired, found: &mut Found) {
    const TYPE: &str = "spec.strategy.type";
    let of = |resource: &Resource| read::text(&resource.value, TYPE) == "Recreate";
    let is_deployment = pair.new.id.kind == "Deployment" && pair.new.id.group == "apps";
    if is_deployment && of(&pair.new) && !of(&pair.old) && read::replicas(&pair.new) > 0 {
        found.add(&RECREATE, read::path(TYPE), "pods are no longer replaced one after another");
    }
}

fn selector(pair: &Paired, found: &mut Found) {
    let misses = |resource: &Resource| {
        let selector = read::at(&resource.value, "spec.selector").filter(|selector| selector.as_map().is_some());
        selector.is_some_and(|selector| !read::selects(selector, read::pod_labels(resource)))
    };
    let is_workload = pair.new.id.group == "apps" && read::template_path(&pair.new).is_some();
    if is_workload && misses(&pair.new) && !misses(&pair.old) {
        found.add(&MISMATCH, read::path("spec.selector"), "it does not select the pods of its own template");
    }
}

/// How a budget lets no pod go, of so many; none where it lets one.
fn blocking(budget: &Resource, pods: i64) -> Option<(&'static str, String)> {
    const LEAST: &str = "spec.minAvailable";
    const MOST: &str = "spec.maxUnavailable";
    // Kubernetes rounds both percentages up.
    let count = |value: &Value| match value {
        Value::Num(n, _) => n.as_i64(),
        Value::Str(text, _) => match text.strip_suffix('%') {
            Some(percent) => {
                percent.parse::<i64>().ok().map(|percent| percent.saturating_mul(pods).saturating_add(99) / 100)
            }
            None => text.parse().ok(),
        },
        _ => None,
    };
    let (least, most) = (read::at(&budget.value, LEAST), read::at(&budget.value, MOST));
    match (least.and_then(count), most.and_then(count)) {
        (Some(least), _) if pods > 1 && least >= pods => Some((LEAST, format!("{least} of {pods} pods must stay"))),
        (Some(1..), _) if pods == 1 => Some((LEAST, "the only pod must stay".to_owned())),
        (_, Some(0)) if pods > 0 => Some((MOST, "no pod may go".to_owned())),
        _ => None,
    }
}

fn is_budget(resource: &Resource) -> bool {
    resource.id.kind == "PodDisruptionBudget" && resource.id.group == "policy"
}

/// How many pods of a side a budget is for, and the first workload that has some.
fn guarded<'a>(budget: &Resource, side: &View<'a>) -> Option<(i64, &'a Resource)> {
    let selector = read::at(&budget.value, "spec.selector")?;
    let mut workloads = side.selected(budget, selector);
    workloads.retain(|workload| read::is_scaled(workload));
    let pods = workloads.iter().fold(0_i64, |sum, workload| sum.saturating_add(side.pods(workload)));
    Some((pods, workloads.first()?))
}

fn budgets(upgrade: &Upgrade<'_>, found: &mut Found) {
    for (budget, was) in upgrade.news().filter(|(budget, _)| is_budget(budget)) {
        let Some((pods, workload)) = guarded(budget, &upgrade.new) else { continue };
        let Some((field, reason)) = blocking(budget, pods) else { continue };
        if was.is_some_and(|was| guarded(was, &upgrade.old).is_some_and(|(pods, _)| blocking(was, pods).is_some())) {
            continue;
        }
        if let Some(place) = upgrade.change_of_new(budget) {
            found.add_to(place, &BUDGET, read::path(field), format!("{reason} ({})", workload.id));
        } else if let Some(place) = upgrade.change_of_new(workload) {
            found.add_to(place, &BUDGET, read::path("spec.replicas"), format!("{reason} ({})", budget.id));
        }
    }
}

fn autoscalers(upgrade: &Upgrade<'_>, found: &mut Found) {
    fn fixed<'a>(workload: &Resource, side: &View<'a>) -> Option<&'a Resource> {
        side.scaler(workload).filter(|_| read::at(&workload.value, "spec.replicas").is_some())
    }
    for (workload, was) in upgrade.news().filter(|(workload, _)| read::is_scaled(workload)) {
        let Some(scaler) = fixed(workload, &upgrade.new) else { continue };
        if was.is_some_and(|was| fixed(was, &upgrade.old).is_some()) {
            continue;
        }
        let replicas = read::replicas(workload);
        if let Some(place) = upgrade.change_of_new(workload) {
            let reason = format!("it asks for {replicas}, and {} scales it", scaler.id);
            found.add_to(place, &AUTOSCALER, read::path("spec.replicas"), reason);
        } else if let Some(place) = upgrade.change_of_new(scaler) {
            let reason = format!("it scales {}, which asks for {replicas} replicas", workload.id);
            found.add_to(place, &AUTOSCALER, read::path("spec.scaleTargetRef"), reason);
        }
    }
}
