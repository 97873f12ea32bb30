//! What can go wrong when manifests are chosen and written.

use std::path::PathBuf;

use crate::diag::{Diagnostic, nearest};

/// Why manifests were not written.
#[derive(Debug)]
pub enum OutputError {
    /// A pattern of `--show-only` matches no manifest.
    NotFound {
        /// The pattern.
        pattern: String,
        /// The name that was meant, perhaps.
        nearest: Option<String>,
    },
    /// The path of a manifest leads out of the folder.
    Outside {
        /// The path.
        path: String,
    },
    /// A file cannot be written.
    Io {
        /// The file, or the folder that should hold it.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl OutputError {
    pub(super) fn not_found<'a>(pattern: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let nearest = nearest(pattern, names).map(str::to_owned);
        OutputError::NotFound { pattern: pattern.to_owned(), nearest }
    }

    /// What to tell.
    pub fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            OutputError::NotFound { nearest: Some(name), .. } => diagnostic.help(format!("did you mean `{name}`?")),
            OutputError::NotFound { nearest: None, .. } => {
                diagnostic.help("write the path as it stands below the chart, e.g. templates/deployment.yaml")
            }
            OutputError::Outside { .. } | OutputError::Io { .. } => diagnostic,
        }
    }
}

impl std::fmt::Display for OutputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OutputError::NotFound { pattern, .. } => write!(f, "could not find template {pattern} in chart"),
            OutputError::Outside { path } => write!(f, "{path} leads out of the output folder"),
            OutputError::Io { path, error } => write!(f, "cannot write {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for OutputError {}
