//! Values: layers merged into one tree, and what a chart tree makes of it.
//!
//! *Overlay* lays one layer over another and keeps nulls; *coalesce* lays the result over the charts' defaults and lets
//! null delete. Knows nothing of templates.

mod change;
mod coalesce;
mod dependencies;
mod edit;
mod explain;
mod heap;
mod layers;
mod merge;
mod overlay;
mod scratch;
mod set;
pub mod stream;
mod tags;
mod tree;
mod warning;

pub use change::{Change, changes, leaves};
pub use coalesce::{Coalesced, Refusal, RefusalKind, coalesce};
pub use dependencies::{DependencyError, process_dependencies};
pub use edit::misfit;
pub use explain::{Step, Trail, explain, near};
pub use layers::{LayerError, Layers};
pub use merge::{Duplicate, MergeError, Remark, UnknownTag};
pub use overlay::overlay;
pub use set::{ReadFile, SetError, SetErrorKind, SetFlag, apply as apply_set};
pub use tags::{TagError, TagErrorKind};
pub use tree::{ChartTree, ReadValues};
pub use warning::{Warning, WarningKind, Warnings};

#[cfg(test)]
mod tests;
