//! `render` turns a chart, layered values and a schema into Kubernetes YAML.
//!
//! One direction of flow: chart and values are loaded, layers merged, the schema checked, templates rendered, manifests
//! split and ordered, and printed. No two modules depend on each other, and each depends only on those in lines above it:
//!
//! - [`diag`], [`regexp`], `markup`
//! - [`value`]
//! - [`yaml`], [`runtime`]
//! - [`chart`], [`schema`]
//! - [`values`], [`functions`], [`manifest`]
//! - [`engine`], [`adopt`], and over manifests [`output`], [`conform`], [`diff`], [`references`]
//! - [`lint`], [`snapshot`]
//! - [`pipeline`], where the stages are chained
//! - [`cli`]

#![forbid(unsafe_code)]

pub mod adopt;
pub mod chart;
pub mod cli;
pub mod conform;
pub mod diag;
pub mod diff;
pub mod engine;
pub mod functions;
pub mod lint;
pub mod manifest;
mod markup;
pub mod output;
pub mod pipeline;
pub mod references;
pub mod regexp;
pub mod runtime;
pub mod schema;
pub mod snapshot;
pub mod value;
pub mod values;
pub mod yaml;
