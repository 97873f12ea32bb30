//! One file of a chart: in memory, or on disk until somebody asks for what is in it.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::disk;
use super::error::ChartError;
use crate::diag::{Bytes, Source, SourceKind, Sources};

/// A file of a chart: its path there, its bytes, and the name that messages call it by.
///
/// It is read when it is first asked for, since large charts have megabytes that no template looks at. Its text gets
/// positions of its own only when somebody asks for them, too.
#[derive(Debug, Clone)]
pub struct File {
    path: String,
    shown: String,
    content: Arc<Content>,
    source: OnceLock<Arc<Source>>,
}

/// What is in a file: the same for all that are clones of each other, so that it is read once.
#[derive(Debug)]
struct Content {
    read: OnceLock<Result<Bytes, ChartError>>,
    on_disk: PathBuf,
    size: u64,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl File {
    /// A file; a byte order mark at its beginning is dropped, as Helm drops it.
    pub fn new(path: impl Into<String>, shown: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let read = OnceLock::from(Ok(without_mark(bytes.into())));
        File::with(path.into(), shown.into(), Content { read, on_disk: PathBuf::new(), size: 0 })
    }

    /// A file on disk that is yet to be read.
    pub(super) fn on_disk(found: disk::Found, shown: String) -> Self {
        let disk::Found { path, on_disk, size } = found;
        File::with(path, shown, Content { read: OnceLock::new(), on_disk, size })
    }

    fn with(path: String, shown: String, content: Content) -> Self {
        File { path, shown, content: Arc::new(content), source: OnceLock::new() }
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
    ///
    /// # Errors
    /// It cannot be read; the same error each time.
    pub fn bytes(&self) -> Result<&Bytes, ChartError> {
        let Content { read, on_disk, size } = &*self.content;
        let on_demand = || {
            fs::File::open(on_disk)
                .and_then(|mut file| disk::read_whole(&mut file, *size))
                .map(without_mark)
                .map_err(|err| ChartError::read(&self.shown, &err))
        };
        read.get_or_init(on_demand).as_ref().map_err(Clone::clone)
    }

    /// Why it could not be read, where somebody has asked for it.
    pub(super) fn failure(&self) -> Option<&ChartError> {
        self.content.read.get()?.as_ref().err()
    }

    /// Its text with positions; the same ones each time.
    ///
    /// # Errors
    /// When it cannot be read, or all texts together exceed what positions can name.
    pub fn source(&self, sources: &Sources) -> Result<Arc<Source>, ChartError> {
        if let Some(source) = self.source.get() {
            return Ok(source.clone());
        }
        let source = sources.add(self.shown.clone(), self.kind(), self.bytes()?.clone())?;
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

fn without_mark(bytes: Bytes) -> Bytes {
    match bytes.strip_prefix(BOM) {
        Some(rest) => rest.into(),
        None => bytes,
    }
}
