//! Stored renders: what was rendered and how, as a file that is reviewed in a pull request and compared later.
//!
//! The file is YAML: a header, and then the manifests in Helm's order of installation and by name, whatever templates
//! they came from. Digests stand in it for secrets, unless they are wanted plain; their key stands in the header or is
//! kept elsewhere. What is read back is a side of a comparison. Knows nothing of how manifests came to be, nor of the
//! command line.

mod chance;
mod error;
mod header;

use sha2::{Digest as _, Sha256};

use crate::diff::{self, DigestKey, Options, Report, Resource, Secrets, Side};
use crate::manifest;
use crate::yaml::to_yaml_for_people;

pub use chance::marked;
pub use error::SnapshotError;
pub use header::{Given, How};

/// A stored render.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// How secrets stand in it.
    pub form: Form,
    /// Its manifests.
    pub side: Side,
}

/// The least text that is taken for a key: fewer characters could be found by trying.
const SHORTEST_KEY: usize = 16;

/// The key that a text of any length stands for; a line break at its end does not count.
///
/// # Errors
/// It is so short that it could be found by trying.
pub fn key_of(text: &[u8]) -> Result<DigestKey, SnapshotError> {
    let text = text.trim_ascii_end();
    if text.len() < SHORTEST_KEY {
        return Err(SnapshotError::ShortKey);
    }
    Ok(Sha256::digest(text).into())
}

/// How secrets stand in a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Plain,
    /// As digests, with a key that stands in the header.
    Digests(DigestKey),
    /// As digests, with a key that is kept elsewhere.
    Sealed(DigestKey),
}

impl Form {
    /// Digests with a new key.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn digests() -> Result<Form, SnapshotError> {
        let mut key = DigestKey::default();
        getrandom::fill(&mut key).map_err(|_| SnapshotError::NoRandomness)?;
        Ok(Form::Digests(key))
    }

    /// The key of its digests.
    pub fn key(&self) -> Option<DigestKey> {
        match self {
            Form::Plain => None,
            Form::Digests(key) | Form::Sealed(key) => Some(*key),
        }
    }
}

impl Snapshot {
    /// Whether manifests are those of a snapshot, or several.
    pub fn is_in(side: &Side) -> bool {
        side.resources.iter().any(header::is_header)
    }

    /// The snapshot that manifests are, given the key of its digests where it is kept elsewhere.
    ///
    /// # Errors
    /// They are not those of one snapshot, its header is not right, or the key is missing or another.
    pub fn open(mut side: Side, key: Option<DigestKey>) -> Result<Snapshot, SnapshotError> {
        match side.resources.iter().filter(|resource| header::is_header(resource)).count() {
            1 if side.resources.first().is_some_and(header::is_header) => {}
            0 => return Err(SnapshotError::None(side.name)),
            _ => return Err(SnapshotError::Several(side.name)),
        }
        let header = side.resources.remove(0);
        let form = header::form(&side.name, &header.value, key)?;
        side.digests = form.key();
        side.namespace = header::namespace(&header.value).into();
        Ok(Snapshot { form, side })
    }

    /// What is different in a new render, which has marks for what comes by chance as the snapshot has.
    pub fn compare(&self, fresh: &Side) -> Report {
        diff::compare(&self.side, fresh, &Options::default())
    }
}

/// The text of a snapshot.
pub fn to_text(how: &How, form: &Form, side: &Side) -> String {
    let mut resources: Vec<Resource> = match form.key() {
        Some(key) => side.resources.iter().map(|resource| Secrets::Masked(key).redact(resource)).collect(),
        None => side.resources.clone(),
    };
    resources.sort_by(|a, b| (manifest::rank(&a.id.kind), &a.id).cmp(&(manifest::rank(&b.id.kind), &b.id)));
    let mut text = header::to_text(how, form);
    for resource in &resources {
        text.push_str("---\n");
        if let Some(template) = resource.template.as_deref().filter(|path| !path.contains(char::is_control)) {
            text.push_str(&format!("# Source: {template}\n"));
        }
        // Data of any kind can be written so.
        text.push_str(&to_yaml_for_people(&resource.value, &|_| None).unwrap_or_default());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
