//! References that lead nowhere in a render.

use indexmap::IndexMap;

use crate::diag::Diagnostic;
use crate::manifest::Id;
use crate::value::Str;

use super::Relation;

/// What is referred to and is not there, and who refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// What is not there.
    pub problem: Problem,
    /// Who refers to it: the resource, what it means by it, and the field.
    pub from: Vec<(Id, Relation, String)>,
    /// It would be in another namespace than all who refer to it, where somebody else may look after it.
    pub(super) foreign: bool,
}

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Problem {
    /// A resource.
    Absent(Id),
    /// A port of a Service that is there.
    NoPort {
        /// The Service.
        service: Id,
        /// The port, by number or name.
        port: Str,
        /// The ports that it has.
        has: Vec<Str>,
    },
    /// A key of a ConfigMap or Secret that is there.
    NoKey {
        /// The ConfigMap or Secret.
        of: Id,
        /// The key.
        key: Str,
    },
    /// Pods with labels that a resource selects.
    NoPods {
        /// Who selects them.
        by: Id,
        /// The labels.
        labels: String,
    },
    /// Services with labels that a resource selects.
    NoServices {
        /// Who selects them.
        by: Id,
        /// The labels.
        labels: String,
    },
    /// A port of pods or Services that are there, by its name.
    NoNamedPort {
        /// Who looks for it.
        by: Id,
        /// Their labels.
        labels: String,
        /// The name.
        port: Str,
    },
}

/// How many resources are shown.
const SHOWN: usize = 4;

impl Dangling {
    /// What to tell.
    pub fn diagnostic(&self) -> Diagnostic {
        self.told().into_iter().fold(Diagnostic::warning(self.problem.to_string()), Diagnostic::note)
    }

    /// Who refers to it, a line each: the resource with the first of its fields. Of many, some.
    pub fn told(&self) -> Vec<String> {
        let mut fields: IndexMap<(&Id, Relation), Vec<&str>> = IndexMap::new();
        for (id, relation, place) in &self.from {
            fields.entry((id, *relation)).or_default().push(place);
        }
        let it = match &self.problem {
            Problem::NoPods { .. } | Problem::NoServices { .. } | Problem::NoNamedPort { .. } => "them",
            _ => "it",
        };
        let line = |((id, relation), places): (&(&Id, Relation), &Vec<&str>)| {
            let more = if places.len() > 1 { format!(" and {} more", places.len() - 1) } else { String::new() };
            format!("{id} {} {it}: {}{more}", relation.verb(), places[0])
        };
        let more = fields.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("and {more} more"));
        fields.iter().take(SHOWN).map(line).chain(more).collect()
    }

    /// Whether it is of those that are usually no part of a render: what every cluster has or an administrator brings.
    pub(super) fn is_usual(&self) -> bool {
        const KINDS: [&str; 9] = [
            "ClusterIssuer",
            "Gateway",
            "GatewayClass",
            "IngressClass",
            "Issuer",
            "PersistentVolume",
            "PriorityClass",
            "RuntimeClass",
            "StorageClass",
        ];
        self.foreign || matches!(&self.problem, Problem::Absent(id) if KINDS.contains(&id.kind.as_str()))
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Absent(id) => write!(f, "{id} is not in this render"),
            Problem::NoPort { service, port, has } if has.is_empty() => {
                write!(f, "{service} has no port {port}; it has none")
            }
            Problem::NoPort { service, port, has } => {
                write!(f, "{service} has no port {port}; it has {}", has.join(", "))
            }
            Problem::NoKey { of, key } => write!(f, "{of} has no key `{key}`"),
            Problem::NoPods { labels, .. } => write!(f, "no pods in this render have the labels {labels}"),
            Problem::NoServices { labels, .. } => write!(f, "no Service in this render has the labels {labels}"),
            Problem::NoNamedPort { labels, port, .. } => {
                write!(f, "nothing with the labels {labels} has a port named `{port}`")
            }
        }
    }
}
