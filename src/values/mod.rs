//! Values: layers merged into one tree, and what a chart tree makes of it.
//!
//! *Overlay* lays one layer over another and keeps nulls; *coalesce* lays the result over the charts' defaults and lets
//! null delete. Knows nothing of templates.

mod coalesce;
mod dependencies;
mod heap;
mod layers;
mod merge;
mod overlay;
mod set;
pub mod stream;
mod tree;
mod warning;

pub use coalesce::{Coalesced, Refusal, RefusalKind, coalesce};
pub use dependencies::{DependencyError, process_dependencies};
pub use layers::{LayerError, Layers};
pub use merge::Duplicate;
pub use overlay::overlay;
pub use set::{ReadFile, SetError, SetErrorKind, SetFlag, apply as apply_set};
pub use tree::{ChartTree, ReadValues};
pub use warning::{Warning, WarningKind, Warnings};

#[cfg(test)]
mod tests;
