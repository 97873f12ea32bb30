//! What an upgrade changes: two sets of manifests, compared resource by resource and field by field.
//!
//! Manifests are read into a [`Side`] each, [`compare()`] makes a [`Report`] of the two, and the functions of [`mod@write`]
//! print it. The report is plain data; what its changes mean for a cluster is what [`risk`] says. Knows nothing of how
//! manifests came to be, nor of the command line.

mod compare;
mod features;
mod ignore;
mod keys;
mod list;
mod pair;
mod path;
mod quantity;
mod redact;
mod rename;
mod report;
pub mod risk;
mod side;
mod text;
pub mod write;

#[cfg(test)]
mod tests;

pub use crate::manifest::Id;
pub use compare::reconciled;
pub use ignore::{BadRule, Rules};
pub use path::{FieldPath, Step};
pub use redact::{DigestKey, RANDOM, Secrets, digest, is_redacted};
pub use report::{Broken, Change, Detail, Fate, Paired, Report, ResourceChange, Summary};
pub use side::{Document, Resource, Side};
pub use text::{Hunk, Line, LineKind, hunks};

use crate::manifest;
use crate::value::Str;

/// How to compare.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is taken out of both sides before they are compared.
    pub ignore: Rules,
    /// Whether values of secrets are shown.
    pub secrets: Secrets,
    /// The minor version of the Kubernetes that the new side is for; the latest that is known where none is given.
    pub kube_minor: Option<u32>,
}

/// Compares two sets of manifests.
///
/// What is to be ignored and what is secret is taken out first, so that nothing that is made of the report shows it. Where
/// digests stand in a side already, the other's are made with the same key, whatever the options say.
pub fn compare(old: &Side, new: &Side, options: &Options) -> Report {
    let secrets = old.digests.or(new.digests).map_or_else(|| options.secrets.clone(), Secrets::Masked);
    let (mut olds, mut news) = (prepared(old, options, &secrets), prepared(new, options, &secrets));
    let pairing = pair::pair(&olds, &news, [&old.namespace, &new.namespace]);
    for pair in &pairing.pairs {
        place(&mut olds[pair.old], &old.namespace, &news[pair.new]);
        place(&mut news[pair.new], &new.namespace, &olds[pair.old]);
    }
    let mut unchanged = 0;
    let mut resources = Vec::new();
    for pair in &pairing.pairs {
        let (old, new) = (&olds[pair.old], &news[pair.new]);
        let changes = compare::changes(old, new, options.ignore.order());
        match changes.is_empty() {
            true => unchanged += 1,
            false => resources.push(ResourceChange::Paired(Box::new(Paired {
                old: old.clone(),
                new: new.clone(),
                likeness: pair.likeness,
                changes,
            }))),
        }
    }
    resources.extend(pairing.removed.iter().map(|i| ResourceChange::Removed(olds[*i].clone())));
    resources.extend(pairing.added.iter().map(|i| ResourceChange::Added(news[*i].clone())));
    resources.sort_by(|a, b| order(a).cmp(&order(b)));
    let minor = options.kube_minor.unwrap_or(risk::LATEST_MINOR);
    let risks = risk::assess(&risk::Upgrade::new(&olds, &news, &pairing.pairs, &resources, minor));
    Report { old: old.name.clone(), new: new.name.clone(), resources, unchanged, risks, broken: Vec::new() }
}

/// The resources as they are compared: without what is to be ignored, secrets replaced.
fn prepared(side: &Side, options: &Options, secrets: &Secrets) -> Vec<Resource> {
    let wanted = side.resources.iter().filter(|resource| !options.ignore.hides(resource));
    let pruned = wanted.map(|resource| options.ignore.prune(resource));
    match side.digests {
        Some(_) => pruned.collect(),
        None => pruned.map(|resource| secrets.redact(&resource)).collect(),
    }
}

/// Says which namespace a resource is in where it does not, and it is the one that the other side names.
fn place(resource: &mut Resource, home: &Str, other: &Resource) {
    if resource.id.namespace.is_empty() && !home.is_empty() && *home == other.id.namespace {
        resource.place(home);
    }
}

/// Helm's order of installation, then by name.
fn order(change: &ResourceChange) -> ((usize, &str), &Id) {
    let id = &change.resource().id;
    (manifest::rank(&id.kind), id)
}
