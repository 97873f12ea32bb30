//! Files that are written beside their place and moved there when they are whole.

use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::{Exit, Stop};
use crate::diag::Diagnostic;

/// A new file in the folder of another, which goes away unless it is moved there.
pub(super) fn file(path: &Path) -> Result<NamedTempFile, Stop> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".render-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|err| unwritable(path, &err))
}

/// Moves a file that is whole to its place.
pub(super) fn settle(file: NamedTempFile, path: &Path) -> Result<(), Stop> {
    file.persist(path).map(drop).map_err(|err| unwritable(path, &err.error))
}

/// Why a file cannot be written.
pub(super) fn unwritable(path: &Path, err: &io::Error) -> Stop {
    let reason = match err.kind() {
        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
        kind => kind.to_string(),
    };
    Stop::new(Exit::Failed, Diagnostic::error(format!("{} cannot be written: {reason}", path.display())))
}
