//! What a validation found, as data.

use crate::diag::Pos;
use crate::value::Str;

/// What became of a set of manifests.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Each resource, in the order of the texts.
    pub resources: Vec<Checked>,
}

/// A resource that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its `apiVersion`; empty where it has none.
    pub api_version: Str,
    /// Its `kind`; empty where it has none.
    pub kind: Str,
    /// Its namespace; empty where it says none.
    pub namespace: Str,
    /// Its name, or what its name is made from.
    pub name: Str,
    /// The file or template that it is in.
    pub file: Str,
    /// Where it begins.
    pub pos: Pos,
    /// The verdict.
    pub status: Status,
    /// What there is to say about it.
    pub findings: Vec<Finding>,
}

/// A verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The API server would accept it.
    Valid,
    /// The API server would refuse it.
    Invalid,
    /// There is no schema for it: nothing but its metadata was checked.
    Skipped,
    /// It could not be read.
    Error,
}

impl Status {
    /// What it is called in output.
    pub fn name(self) -> &'static str {
        match self {
            Status::Valid => "valid",
            Status::Invalid => "invalid",
            Status::Skipped => "skipped",
            Status::Error => "error",
        }
    }
}

/// One thing to say about a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The rule that says so: a short name that does not change.
    pub rule: &'static str,
    /// The field: `spec.containers[0].image`; empty for the resource itself.
    pub path: String,
    /// Where it stands, in a file or in rendered text.
    pub pos: Pos,
    /// What that comes from, as far as whoever asked for the checks knows and has put here.
    pub origin: Origin,
    /// What is wrong, one line.
    pub message: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

/// What rendered text comes from; [`Pos::NONE`] where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The place in a template that printed it.
    pub template: Pos,
    /// The calls through which it was printed, the innermost first.
    pub calls: Vec<Pos>,
    /// Where the value was written that it carries.
    pub value: Pos,
}

/// How bad a [`Finding`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was not checked.
    Note,
    /// The API server accepts it, and a person would regret it.
    Warning,
    /// The API server refuses it.
    Error,
}

impl Level {
    /// What it is called in output.
    pub fn name(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// How many resources there are of each kind of verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Those the API server would accept.
    pub valid: usize,
    /// Those it would refuse.
    pub invalid: usize,
    /// Those without a schema.
    pub skipped: usize,
    /// Those that could not be read.
    pub errors: usize,
    /// Warnings about any of them.
    pub warnings: usize,
}

impl Report {
    /// How many resources there are of each kind of verdict.
    pub fn summary(&self) -> Summary {
        let of = |status| self.resources.iter().filter(|r| r.status == status).count();
        let findings = self.resources.iter().flat_map(|r| &r.findings);
        Summary {
            valid: of(Status::Valid),
            invalid: of(Status::Invalid),
            skipped: of(Status::Skipped),
            errors: of(Status::Error),
            warnings: findings.filter(|finding| finding.level == Level::Warning).count(),
        }
    }

    /// Whether nothing is invalid or unreadable.
    pub fn is_ok(&self) -> bool {
        let Summary { invalid, errors, .. } = self.summary();
        invalid + errors == 0
    }
}

impl Checked {
    /// `Deployment shop/web`, or `document` for what is no resource.
    pub fn title(&self) -> String {
        let kind = if self.kind.is_empty() { "document" } else { &self.kind };
        match (self.namespace.is_empty(), self.name.is_empty()) {
            (_, true) => kind.to_owned(),
            (true, false) => format!("{kind} {}", self.name),
            (false, false) => format!("{kind} {}/{}", self.namespace, self.name),
        }
    }
}
