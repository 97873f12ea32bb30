//! Why a snapshot cannot be used.

use crate::diag::Diagnostic;

/// Why a snapshot cannot be used; most with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotError {
    /// It is none.
    None(String),
    /// There are several in one, or other manifests before it.
    Several(String),
    /// Its header does not say how secrets stand in it.
    Header(String),
    /// The key of its digests is needed.
    KeyMissing(String),
    /// Its digests were made with another key.
    OtherKey(String),
    /// A key is so short that it could be found by trying.
    ShortKey,
    /// No key can be made.
    NoRandomness,
}

impl SnapshotError {
    /// What to tell.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            SnapshotError::None(name) => Diagnostic::error(format!("{name} is not a snapshot"))
                .help("`render snapshot` writes one; move this file away, or name another with -o"),
            SnapshotError::Several(name) => {
                Diagnostic::error(format!("{name} holds more than a snapshot")).help("give one snapshot file at a time")
            }
            SnapshotError::Header(name) => {
                Diagnostic::error(format!("{name}: the header does not say how secrets stand in this snapshot"))
                    .help("write it anew: remove the file and run `render snapshot`")
            }
            SnapshotError::KeyMissing(name) => {
                Diagnostic::error(format!("{name}: the key of the digests in this snapshot is kept elsewhere"))
                    .help("give the file that holds it: --secrets-key FILE")
            }
            SnapshotError::OtherKey(name) => {
                Diagnostic::error(format!("{name}: the digests in this snapshot were made with another key"))
                    .help("give the file that holds the key it was written with: --secrets-key FILE")
            }
            SnapshotError::ShortKey => Diagnostic::error("the key of --secrets-key is too short to be one")
                .help("16 random characters are the least: `openssl rand -hex 32 > FILE`"),
            SnapshotError::NoRandomness => Diagnostic::error("the operating system has no randomness for a key")
                .help("give a key: --secrets-key FILE"),
        }
    }
}
