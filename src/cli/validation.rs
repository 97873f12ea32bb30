//! Validation as `render validate` and `--validate` share it.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Exit, Stop, manifests};
use crate::chart::semver::Version;
use crate::conform::{self, Document, Options};
use crate::diag::{Diagnostic, Source, Sources};

/// The version of Kubernetes where none is given.
const DEFAULT: u8 = 35;

/// How to validate for the version that was typed.
///
/// # Errors
/// It is no version, or one that is not known.
pub(super) fn options(typed: Option<&str>, strict: bool) -> Result<Options, Stop> {
    let Some(typed) = typed else { return Ok(Options { minor: DEFAULT, strict }) };
    let version = Version::parse(typed).ok().filter(|version| version.major == 1);
    let minor = version.and_then(|version| u8::try_from(version.minor).ok());
    match minor.filter(|minor| conform::VERSIONS.contains(minor)) {
        Some(minor) => Ok(Options { minor, strict }),
        None => {
            let (first, last) = (conform::VERSIONS.start(), conform::VERSIONS.end());
            let refused = Diagnostic::error(format!("--kube-version: there are no schemas for `{typed}`"));
            Err(Stop::new(Exit::Usage, refused.help(format!("Kubernetes 1.{first} to 1.{last} are known"))))
        }
    }
}

/// The CustomResourceDefinitions in files and folders.
///
/// # Errors
/// One cannot be read.
pub(super) fn crds(paths: &[PathBuf], sources: &Sources) -> Result<Vec<Document>, Stop> {
    let mut documents = Vec::new();
    for path in paths {
        documents.extend(manifests::read(path, sources)?.into_iter().map(whole));
    }
    Ok(documents)
}

/// All manifests in a text.
pub(super) fn whole(text: Arc<Source>) -> Document {
    Document { text, template: None, range: None }
}
