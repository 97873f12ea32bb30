//! Charts: what is in Chart.yaml, loading from a folder, an archive or the bundled set.
//!
//! Knows nothing of values and templates beyond their bytes. A chart never changes once it is loaded; what processing
//! its dependencies changes (names, subcharts, values) is kept beside it.
//!
//! - [`find()`] is the way in: a path, a bundled chart's name, or the folder at hand.
//! - [`Chart::check_installable`], [`Chart::check_dependencies`] and [`Chart::check_kube_version`] refuse what Helm
//!   refuses before it renders.
//! - [`Chart::layers`] and [`Chart::layer`] are the layers that can be chosen by name.
//! - [`Bundle::export`] writes a bundled chart as an ordinary folder.

mod archive;
mod assemble;
mod bundle;
mod check;
mod decode;
mod disk;
mod error;
mod file;
mod find;
pub mod glob;
pub mod ignore;
mod layers;
mod metadata;
pub mod semver;

use std::path::PathBuf;
use std::sync::Arc;

use crate::diag::Diagnostic;

pub use bundle::Bundle;
pub(crate) use disk::read_whole;
pub use error::{ArchiveFault, ChartError, ChartErrorKind};
pub use file::File;
pub use find::{find, load_archive, load_folder};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};

/// A chart as it was loaded, with its subcharts.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What Chart.yaml says, requirements.yaml included.
    pub metadata: Metadata,
    /// Chart.yaml itself.
    pub chart_yaml: File,
    /// Chart.lock or requirements.lock.
    pub lock: Option<Lock>,
    /// values.yaml: the defaults.
    pub values: Option<File>,
    /// values.schema.json.
    pub schema: Option<File>,
    /// What is below templates/.
    pub templates: Vec<Template>,
    /// What `.Files` offers: everything but templates, charts, Chart.yaml, values.yaml, the schema and the lock.
    pub files: Vec<File>,
    /// The charts of charts/, enabled or not, declared or not, by the names of their folders or archives.
    pub subcharts: Vec<Arc<Chart>>,
    /// Where it came from.
    pub place: Place,
    /// What is odd about it, subcharts aside.
    pub warnings: Vec<Diagnostic>,
    /// The layers of a bundled chart by name.
    layers: Vec<(String, File)>,
}

/// Where a chart came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// An archive.
    Archive(PathBuf),
    /// The binary itself.
    Bundled,
    /// The charts/ of another chart.
    Within,
}

/// The language of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Go's text/template, as Helm runs it.
    Go,
    /// Jinja.
    Jinja,
}

/// A file below templates/.
#[derive(Debug, Clone)]
pub struct Template {
    /// The file; its path begins with `templates/`.
    pub file: File,
    /// The language it is written in.
    pub language: Language,
}

impl Template {
    /// A template is Jinja by its name, or because its chart says so of all of them.
    fn new(file: File, all_jinja: bool) -> Self {
        let is_jinja = all_jinja || file.path().ends_with(".j2") || file.path().ends_with(".jinja");
        Template { file, language: if is_jinja { Language::Jinja } else { Language::Go } }
    }
}

impl Chart {
    /// Its name in Chart.yaml.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The file at a path that `.Files` offers.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path() == path)
    }

    /// The manifests below crds/, in the order of the chart; subcharts have their own.
    pub fn crds(&self) -> impl Iterator<Item = &File> {
        const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];
        let is_manifest = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.rsplit_once('.').is_some_and(|(_, found)| EXTENSIONS.iter().any(|e| found.eq_ignore_ascii_case(e)))
        };
        self.files.iter().filter(move |file| file.path().starts_with("crds/") && is_manifest(file.path()))
    }

    /// Why a file of this chart or of one below it could not be read when somebody asked for it.
    pub fn unread(&self) -> Option<ChartError> {
        let own = self.files.iter().find_map(File::failure).cloned();
        own.or_else(|| self.subcharts.iter().find_map(|subchart| subchart.unread()))
    }

    /// Its README, under any of the names that Helm looks for.
    pub fn readme(&self) -> Option<&File> {
        const NAMES: [&str; 3] = ["readme.md", "readme.txt", "readme"];
        self.files.iter().find(|file| NAMES.iter().any(|name| file.path().eq_ignore_ascii_case(name)))
    }
}

#[cfg(test)]
mod tests;
