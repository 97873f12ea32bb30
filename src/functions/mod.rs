//! The function library: Sprig 3.3.0 as Helm offers it, and Helm's own, in one table that both engines share.
//!
//! Each family is a file with a table of [`Function`]s. A function takes its arguments in the order a Go template
//! writes them, the piped value last. Those that need an engine (`include`, `tpl`, `lookup`, `required`, `fail`) live
//! in the engines.

mod args;
mod cases;
mod crypto;
mod data;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod draws;
mod encoding;
mod equal;
mod json;
pub mod keep;
mod lists;
mod math;
mod network;
mod number;
mod paths;
mod random;
mod reading;
mod reflection;
mod regex;
mod semver;
mod split;
mod strings;
mod system;
mod table;
mod toml;

pub use draws::{Drawn, Draws, Entered, Id, Seed};
pub use system::System;
pub use table::{Context, FuncError, Function, Param, Random, find, names};

#[cfg(test)]
mod tests;
