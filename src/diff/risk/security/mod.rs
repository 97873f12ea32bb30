//! What somebody may do, see or reach that could not before.

pub(super) mod network;
pub(super) mod pod;
pub(super) mod rbac;
pub(super) mod secrets;

use super::super::ResourceChange;
use super::{Class, Found, Rule, Upgrade};

const fn rule(id: &'static str, what: &'static str, advice: &'static str, source: &'static str) -> Rule {
    Rule { id, class: Class::Security, what, advice, source }
}

pub(super) fn check(_: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    pod::check(change, found);
    rbac::check(change, found);
    network::check(change, found);
    secrets::check(change, found);
}
