//! (being written)

mod set;

pub use set::{ReadFile, SetError, SetErrorKind, SetFlag, apply as apply_set};
