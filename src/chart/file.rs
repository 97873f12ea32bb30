//! One file of a chart, in memory.

use std::sync::{Arc, OnceLock};

use crate::diag::{Source, SourceKind, Sources, SourcesFull};

/// A file of a chart: its path there, its bytes, and the name that messages call it by.
///
/// Its text gets positions of its own only when somebody asks for them.
#[derive(Debug, Clone)]
pub struct File {
    path: String,
    shown: String,
    bytes: Arc<[u8]>,
    source: OnceLock<Arc<Source>>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl File {
    /// A file; a byte order mark at its beginning is dropped, as Helm drops it.
    pub(super) fn new(path: impl Into<String>, shown: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let mut bytes = bytes.into();
        if let Some(rest) = bytes.strip_prefix(BOM) {
            bytes = rest.into();
        }
        File { path: path.into(), shown: shown.into(), bytes, source: OnceLock::new() }
    }

    /// The same file under another path, seen from a chart further down.
    pub(super) fn moved(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Its path in the chart, with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What to call it in messages.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Its bytes.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// Its text with positions; the same ones each time.
    ///
    /// # Errors
    /// When all texts together exceed what positions can name.
    pub fn source(&self, sources: &Sources) -> Result<Arc<Source>, SourcesFull> {
        if let Some(source) = self.source.get() {
            return Ok(source.clone());
        }
        let source = sources.add(self.shown.clone(), self.kind(), self.bytes.clone())?;
        Ok(self.source.get_or_init(|| source).clone())
    }

    fn kind(&self) -> SourceKind {
        match self.path.as_str() {
            "values.schema.json" => SourceKind::Schema,
            path if path.starts_with("templates/") => SourceKind::Template,
            _ => SourceKind::Data,
        }
    }
}
