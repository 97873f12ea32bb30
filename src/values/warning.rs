//! What merging and dependency processing find odd and go on with.

use std::fmt;

use crate::diag::{Diagnostic, Pos, Span};

/// Something odd in the values or in Chart.yaml that Helm warns of too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub kind: WarningKind,
    /// The value that counts, or the entry of Chart.yaml.
    pub pos: Pos,
    /// The value that does not count.
    pub other: Pos,
}

/// The kinds of [`Warning`]. They print in Helm's words, values left out, which could be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WarningKind {
    /// A map in place of a default that is none.
    NotATable {
        /// The path of the value, the chart's name first.
        path: String,
    },
    /// No map in place of one, in a map that stands for another.
    TableOverwritten {
        /// The path of the value.
        path: String,
    },
    /// A map in place of something that is none, in a map that stands for another.
    TableKept {
        /// The path of the value.
        path: String,
    },
    /// `global` is no map in a subchart's values.
    GlobalOfSubchart,
    /// `global` is no map in a chart's own values.
    GlobalOfChart,
    /// A map in `global` where the subchart has none.
    GlobalConflict {
        /// The key in `global`.
        key: String,
    },
    /// No map in `global` where the subchart has one.
    GlobalTableKept {
        /// The key in `global`.
        key: String,
    },
    /// A condition or a tag with a value that is no boolean.
    NotBool {
        /// The path of a condition, or the tag.
        path: String,
        /// The dependency.
        chart: String,
    },
    /// Values to import that are no map, or not there.
    NothingToImport {
        /// The dependency.
        chart: String,
        /// The part of the path that is no map.
        part: String,
    },
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WarningKind::NotATable { path } => write!(f, "skipped value for {path}: Not a table."),
            WarningKind::TableOverwritten { path } => write!(f, "cannot overwrite table with non table for {path}"),
            WarningKind::TableKept { path } => {
                write!(f, "destination for {path} is a table. Ignoring non-table value")
            }
            WarningKind::GlobalOfSubchart => f.write_str("skipping globals because destination global is not a table."),
            WarningKind::GlobalOfChart => f.write_str("skipping globals because source global is not a table."),
            WarningKind::GlobalConflict { key } => {
                write!(f, "Conflict: cannot merge map onto non-map for {key:?}. Skipping.")
            }
            WarningKind::GlobalTableKept { key } => write!(f, "key {key} is table. Skipping"),
            WarningKind::NotBool { path, chart } => write!(f, "returned non-bool value for {path} of chart {chart}"),
            WarningKind::NothingToImport { chart, part } => {
                write!(f, "ImportValues missing table from chart {chart}: {part:?} is not a table")
            }
        }
    }
}

impl Warning {
    /// The warning as it is shown.
    pub fn diagnostic(&self) -> Diagnostic {
        let span = |pos: Pos| pos.is_some().then(|| Span::at(pos));
        Diagnostic::warning(self.kind.to_string())
            .label_opt(span(self.pos), "")
            .label_opt(span(self.other), "the value that does not count")
    }
}

/// The warnings of a run, each once: Helm merges several times over and repeats itself.
#[derive(Debug, Default)]
pub struct Warnings(Vec<Warning>);

impl Warnings {
    /// Adds one unless it is known.
    pub(super) fn add(&mut self, kind: WarningKind, pos: Pos, other: Pos) {
        if !self.0.iter().any(|known| known.kind == kind) {
            self.0.push(Warning { kind, pos, other });
        }
    }

    /// The warnings in the order in which they came up.
    pub fn into_vec(self) -> Vec<Warning> {
        self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
