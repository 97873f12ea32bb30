//! Everything a user would notice, tried on the built binary.
//!
//! - `bifrost`: the bundled chart against what the public chart prints, and its own snapshots
//! - `charts`: the project's own charts, against recorded Helm output
//! - `cli`: commands, flags, exit codes, where output goes
//! - `functions`: the function library's cases, asked of a live Helm
//! - `manifests`: sorting and printing, against recorded Helm output
//! - `merge`: layers merged into the text of a base, and its mistakes
//! - `mistakes`: wrong input of every kind; each message is a snapshot
//! - `opencti`: the bundled chart against what the public chart prints, and its own snapshots
//! - `stores`: the bundled charts that the products depend on
//! - `values`: `values` and `why`, and the tags of layers
//! - `yaml_suite`: the YAML test suite's cases, beside libyaml and Helm
//! - `yaml_write`: the YAML and JSON writers against Helm's

mod bifrost;
mod charts;
mod cli;
mod common;
mod functions;
mod manifests;
mod merge;
mod mistakes;
mod opencti;
mod stores;
mod values;
mod yaml_suite;
mod yaml_write;
