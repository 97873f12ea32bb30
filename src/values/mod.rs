//! (being written)

mod coalesce;
mod dependencies;
mod heap;
mod set;
mod tree;
mod warning;

pub use coalesce::{Coalesced, Refusal, RefusalKind, coalesce};
pub use dependencies::{DependencyError, process_dependencies};
pub use set::{ReadFile, SetError, SetErrorKind, SetFlag, apply as apply_set};
pub use tree::{ChartTree, ReadValues};
pub use warning::{Warning, WarningKind, Warnings};

#[cfg(test)]
mod tests;
