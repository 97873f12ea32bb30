//! Manifests that are given as files, folders or stdin.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Exit, Stop};
use crate::diag::{Diagnostic, Source, SourceKind, Sources};
use crate::pipeline;

/// A text with manifests.
///
/// # Errors
/// When all texts together exceed what positions can name.
pub(super) fn text(name: String, bytes: Vec<u8>, sources: &Sources) -> Result<Arc<Source>, Stop> {
    Ok(sources.add(name, SourceKind::Rendered, bytes).map_err(pipeline::Error::from)?)
}

/// What stdin holds.
///
/// # Errors
/// It cannot be read.
pub(super) fn stdin(sources: &Sources) -> Result<Vec<Arc<Source>>, Stop> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|err| unreadable(Path::new("stdin"), &err))?;
    Ok(vec![text("stdin".to_owned(), bytes, sources)?])
}

/// A file, or the YAML and JSON files below a folder.
///
/// # Errors
/// One cannot be read.
pub(super) fn read(path: &Path, sources: &Sources) -> Result<Vec<Arc<Source>>, Stop> {
    if !path.is_dir() {
        return Ok(vec![file(path, sources)?]);
    }
    let files = files(path).map_err(|err| unreadable(path, &err))?;
    files.iter().map(|path| file(path, sources)).collect()
}

/// One file.
///
/// # Errors
/// It cannot be read.
pub(super) fn file(path: &Path, sources: &Sources) -> Result<Arc<Source>, Stop> {
    let bytes = std::fs::read(path).map_err(|err| unreadable(path, &err))?;
    text(path.display().to_string(), bytes, sources)
}

/// The YAML and JSON files below a folder, by path; what is hidden is left out.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let is_manifest = path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml" || ext == "json");
            match entry.file_type()? {
                _ if entry.file_name().as_encoded_bytes().starts_with(b".") => {}
                kind if kind.is_dir() => folders.push(path),
                _ if is_manifest && path.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file that cannot be read.
pub(super) fn unreadable(path: &Path, err: &std::io::Error) -> Stop {
    Stop::new(Exit::Failed, Diagnostic::error(format!("{} cannot be read: {err}", path.display())))
}
