//! All YAML of the program: spanned events in, values out, and back.
//!
//! Reads and prints what Helm's YAML library (goyaml v2 behind sigs.k8s.io/yaml) reads and prints. Knows nothing of
//! charts or templates.

mod event;

pub use event::{Event, EventKind, Style, YamlError};
