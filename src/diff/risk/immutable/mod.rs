//! Fields that the API server refuses to change.
//!
//! The rules are rows of a table. A hook is created anew, and a renamed resource is another one: neither is changed.

mod conditions;
mod table;

use super::super::report::{Change, Detail};
use super::super::{FieldPath, Paired, ResourceChange, Step};
use super::{Found, Rule, Upgrade, defaults, read};

pub(super) use table::RULES;

/// Fields of a kind that keep their value.
pub(super) struct Fixed {
    pub(super) rule: Rule,
    /// The group, today's one where a kind has moved.
    pub(super) group: &'static str,
    pub(super) kind: &'static str,
    /// The paths; `*` at the end stands for all fields there but those in `but`.
    pub(super) at: &'static [&'static str],
    pub(super) but: &'static [&'static str],
    /// Fields, by their last key, that are the same to the API server with this value and without one.
    pub(super) defaults: &'static [(&'static str, LeftOut)],
    /// Whether the API server refuses these changes. It does not refuse all of them everywhere.
    pub(super) refused: fn(&Touched<'_>) -> bool,
    /// The minor version of Kubernetes that first allows the change; none does where it is 0.
    pub(super) until: u32,
}

/// A field of a row that is not the same, and how.
pub(super) struct Touched<'a> {
    pub(super) pair: &'a Paired,
    pub(super) field: FieldPath,
    pub(super) changes: Vec<&'a Change>,
}

/// What a field means that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    /// The same as this value.
    Is(&'static str),
    /// Whatever value there may be.
    Any,
    /// What somebody else may have set: to set it is not refused.
    Unknown,
}

pub(super) fn check(upgrade: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    let ResourceChange::Paired(pair) = change else { return };
    if read::is_another(pair) || read::is_hook(&pair.old) || read::is_hook(&pair.new) {
        return;
    }
    let of_kind = |fixed: &&Fixed| fixed.kind == pair.new.id.kind && fixed.group == pair.new.id.group;
    let in_force = |fixed: &&Fixed| fixed.until == 0 || upgrade.minor < fixed.until;
    for fixed in RULES.iter().filter(of_kind).filter(in_force) {
        fixed.check(pair, found);
    }
}

impl Fixed {
    fn check(&'static self, pair: &Paired, found: &mut Found) {
        let mut all: Vec<Touched<'_>> = Vec::new();
        for change in pair.changes.iter().filter(|change| !self.means_nothing(change)) {
            let Some(field) = self.at.iter().find_map(|at| self.field(at, change)) else { continue };
            match all.iter_mut().find(|touched| touched.field == field) {
                Some(touched) => touched.changes.push(change),
                None => all.push(Touched { pair, field, changes: vec![change] }),
            }
        }
        for touched in all.into_iter().filter(|touched| (self.refused)(touched)) {
            found.add(&self.rule, touched.field, "the API server refuses to change it");
        }
    }

    /// The field at a path of the row that a change is in, or that it puts in or takes away with what is around it.
    fn field(&self, at: &str, change: &Change) -> Option<FieldPath> {
        let mut steps = change.path.steps().iter();
        let mut field = FieldPath::default();
        for (n, key) in at.split('.').enumerate() {
            match (key, steps.next()) {
                ("*", Some(step @ Step::Key(own))) if !self.but.contains(&own.as_str()) => field.0.push(step.clone()),
                (key, Some(Step::Key(own))) if own == key => field.0.push(Step::Key(own.clone())),
                (_, Some(_)) | ("*", None) => return None,
                (_, None) => {
                    let rest = at.splitn(n + 1, '.').last()?;
                    return read::at(defaults::whole(change)?, rest).map(|_| read::path(at));
                }
            }
        }
        Some(field)
    }

    fn means_nothing(&self, change: &Change) -> bool {
        let mut rows = self.defaults.iter().filter(|(key, _)| defaults::last_key(change) == Some(key));
        defaults::is_empty(change)
            || rows.any(|(key, left_out)| match left_out {
                LeftOut::Any => true,
                LeftOut::Unknown => matches!(change.detail, Detail::Added(_)),
                LeftOut::Is(text) => defaults::is(change, key, text),
            })
    }
}
