//! What a change means for a cluster: rules that find the dangerous ones, and what to do about each.
//!
//! A rule speaks of a resource that is not the same on both sides, and of nothing else: two sides that are the same
//! carry no risk. Rules that look at several resources (a Service and its pods, a budget and its replicas) speak where
//! the change made it so, not where it has been so before. What is compared and how is the business of others.

mod api;
mod class;
mod data_loss;
mod defaults;
mod downtime;
mod immutable;
mod ownership;
mod read;
mod replaced;
mod restart;
mod security;
mod upgrade;
mod versions;

#[cfg(test)]
mod tests;

pub use class::{Class, UnknownClass};

pub(super) use read::some;
pub(super) use replaced::{is_kind_change, is_workload};
pub(super) use upgrade::Upgrade;

use super::{FieldPath, ResourceChange};

/// The minor version of the latest Kubernetes that the rules know; what they are for where no other is asked for.
pub const LATEST_MINOR: u32 = 35;

/// What one kind of danger is.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in words with `-` between them.
    pub id: &'static str,
    /// Its class.
    pub class: Class,
    /// When it speaks.
    pub what: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Who says so: the section of the API reference or the page of Kubernetes' documentation.
    pub source: &'static str,
}

/// A danger that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The place of its resource among those of the report.
    pub resource: usize,
    /// The field; empty where it is the resource as a whole.
    pub path: FieldPath,
    /// What is going to happen.
    pub reason: String,
}

impl Risk {
    /// The class of its rule.
    pub fn class(&self) -> Class {
        self.rule.class
    }
}

/// Finds the risks of an upgrade, by resource and then the worst first.
pub(super) fn assess(upgrade: &Upgrade<'_>) -> Vec<Risk> {
    type Check = fn(&Upgrade<'_>, &ResourceChange, &mut Found);
    const EACH: [Check; 9] = [
        immutable::check,
        data_loss::check,
        downtime::check,
        security::check,
        replaced::check,
        api::check,
        ownership::check,
        restart::check,
        data_loss::check_volumes,
    ];
    let mut found = Found { risks: Vec::new(), resource: 0 };
    for (n, change) in upgrade.changes.iter().enumerate() {
        found.resource = n;
        EACH.iter().for_each(|check| check(upgrade, change, &mut found));
    }
    if !upgrade.changes.is_empty() {
        downtime::check_all(upgrade, &mut found);
    }
    found.risks.sort_by_key(|risk| (risk.resource, risk.class()));
    found.risks
}

/// All rules, by class.
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = immutable::RULES.iter().map(|fixed| &fixed.rule).collect();
    let others = [
        data_loss::RULES,
        downtime::RULES,
        security::pod::RULES,
        security::rbac::RULES,
        security::network::RULES,
        security::secrets::RULES,
        replaced::RULES,
        api::RULES,
        ownership::RULES,
        restart::RULES,
    ];
    rules.extend(others.into_iter().flatten().copied());
    rules.sort_by_key(|rule| rule.class);
    rules
}

/// What has been found so far.
struct Found {
    risks: Vec<Risk>,
    /// The resource that is looked at.
    resource: usize,
}

impl Found {
    fn add(&mut self, rule: &'static Rule, path: FieldPath, reason: impl Into<String>) {
        self.add_to(self.resource, rule, path, reason);
    }

    fn add_to(&mut self, resource: usize, rule: &'static Rule, path: FieldPath, reason: impl Into<String>) {
        self.risks.push(Risk { rule, resource, path, reason: reason.into() });
    }
}
