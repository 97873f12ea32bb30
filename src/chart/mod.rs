//! (being written)

pub mod glob;
pub mod ignore;
