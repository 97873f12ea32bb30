//! All YAML of the program: spanned events in, values out, and back.
//!
//! Reads and prints what Helm's YAML library (goyaml v2 behind sigs.k8s.io/yaml) reads and prints. Knows nothing of
//! charts or templates.

mod event;
mod flow;
mod json;
mod key_order;
mod quote;
mod scalar;
mod write;

pub use event::{Event, EventKind, Style, YamlError};
pub use flow::to_flow;
pub use json::{JsonOptions, to_json};
pub use write::{Dialect, Numbers, WriteError, WriteOptions, to_yaml};
