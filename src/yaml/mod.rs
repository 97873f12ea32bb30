//! All YAML of the program: spanned events in, values out, and back.
//!
//! Reads and prints what Helm's YAML library (goyaml v2 behind sigs.k8s.io/yaml) reads and prints. Knows nothing of
//! charts or templates.

mod documents;
mod event;
mod expand;
#[cfg(test)]
mod facts;
mod load;
mod read;
mod resolve;
mod tagged;

pub use documents::Documents;
pub use event::{Event, EventKind, Properties, Props, Style, YamlError};
pub use expand::Expander;
pub use load::{Duplicate, Loaded, load, load_documents};
pub use read::{Checkpoint, Reader, transcode};
pub use resolve::{Resolved, is_merge, resolve, resolve_plain};
