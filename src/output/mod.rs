//! Printing manifests as `helm template` prints them: to one text, or into a folder.
//!
//! Which manifests are wanted is a choice from data; only then is anything written. Knows nothing of how manifests came
//! to be, nor of the command line.

mod error;
mod folder;
mod select;
mod text;

use std::borrow::Cow;
use std::path::PathBuf;

use crate::manifest::Manifests;

pub use error::OutputError;
pub use folder::to_folder;
pub use select::{Selection, select};
pub use text::to_text;

/// Where manifests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To stdout, as one text.
    Stdout,
    /// Into files below a folder.
    Folder {
        /// The folder, as it was typed.
        dir: PathBuf,
        /// Whether the release's name is a folder of its own below it (`--release-name`).
        by_release: bool,
    },
}

/// Writes manifests to where they go, and gives what belongs on stdout, in pieces: put together they would take as much
/// room again as everything that was rendered.
///
/// # Errors
/// When a file cannot be written; then none was changed, as far as the file system allows.
pub fn write<'m>(
    manifests: &'m Manifests,
    destination: &Destination,
    release: &str,
) -> Result<Vec<Cow<'m, str>>, OutputError> {
    match destination {
        Destination::Stdout => Ok(text::to_pieces(manifests).into_iter().map(Cow::Borrowed).collect()),
        Destination::Folder { dir, by_release } => {
            to_folder(manifests, dir, by_release.then_some(release)).map(|text| vec![text.into()])
        }
    }
}
