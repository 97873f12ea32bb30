//! All YAML of the program: spanned events in, values out, and back.
//!
//! Reads and prints what Helm's YAML library (goyaml v2 behind sigs.k8s.io/yaml) reads and prints. Knows nothing of
//! charts or templates.

mod documents;
mod event;
mod expand;
#[cfg(test)]
mod facts;
mod flow;
mod json;
mod key_order;
mod load;
mod opened;
mod quote;
mod read;
mod resolve;
mod scalar;
mod stream;
mod tagged;
mod write;

pub use documents::Documents;
pub use event::{Event, EventKind, Properties, Props, Style, YamlError};
pub use expand::{AliasCount, Expander, MAX_DATA_DEPTH};
pub use flow::to_flow;
pub use json::{JsonOptions, to_json};
pub(crate) use load::READ_AHEAD;
pub use load::{Builder, Duplicate, Loaded, load, load_document, load_documents, load_range};
pub use opened::opened_before;
pub use read::{Checkpoint, Line, Quick, Reader, is_utf16, transcode};
pub use resolve::{Resolved, is_merge, resolve, resolve_plain};
pub use stream::{Sink, Text, WINDOW, read_documents};
pub use write::{Comment, Dialect, Numbers, WriteError, WriteOptions, to_yaml, to_yaml_for_people};
