//! Everything a user would notice, tried on the built binary.
//!
//! - `bifrost`: the bundled chart against what the public chart prints, and its own snapshots
//! - `blame`, `blame_jinja`: which line of which template printed what, and which value it is
//! - `bundled`: what holds of every bundled chart
//! - `charts`: the project's own charts, against recorded Helm output
//! - `ci`: the workflows of docs/ci.md
//! - `cli`: commands, flags, exit codes, where output goes
//! - `diff`: comparing manifests and renders
//! - `functions`: the function library's cases, asked of a live Helm
//! - `graph`: who refers to whom in a render
//! - `guides`: the steps of docs/upgrades.md
//! - `lint`: what is likely a mistake though it renders
//! - `located`: planted faults, and the lines that errors name
//! - `malcolm`: the bundled Malcolm chart
//! - `manifests`: sorting and printing, against recorded Helm output
//! - `merge`: layers merged into the text of a base, and its mistakes
//! - `mistakes`: wrong input of every kind; each message is a snapshot
//! - `opencti`: the bundled chart against what the public chart prints, and its own snapshots
//! - `opencti_documents`: each block of its documents
//! - `page`: the page that `render diff` writes, in a browser
//! - `peers`: what helm-diff and dyff show, and `render diff` too
//! - `snapshot`: stored renders
//! - `stable`: seeds, lookups, and secrets that stay
//! - `stackstorm`: the bundled StackStorm HA chart
//! - `stores`: the bundled charts that the products depend on
//! - `validate`: manifests against what the API server accepts
//! - `values`: `values` and `why`, and the tags of layers
//! - `yaml_suite`: the YAML test suite's cases, beside libyaml and Helm
//! - `yaml_write`: the YAML and JSON writers against Helm's

mod bifrost;
mod blame;
mod blame_jinja;
mod bundled;
mod charts;
mod ci;
mod cli;
mod common;
mod diff;
mod functions;
mod graph;
mod guides;
mod lint;
mod located;
mod malcolm;
mod manifests;
mod merge;
mod mistakes;
mod opencti;
mod opencti_documents;
mod page;
mod peers;
mod snapshot;
mod stable;
mod stackstorm;
mod stores;
mod validate;
mod values;
mod yaml_suite;
mod yaml_write;
