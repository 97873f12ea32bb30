//! From rendered text to manifests: documents, their heads, hooks, the order in which Helm installs.
//!
//! Does what Helm 4.1 does before it prints (`pkg/release/v1/util`): splits by its own idea of a separator, refuses what
//! its YAML library refuses, sets hooks apart, sorts by kind. Knows nothing of how the text was rendered, nor of how
//! manifests are printed.

mod head;
mod hook;
mod id;
mod list;
mod order;
mod quantity;
mod split;

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{Diagnostic, Pos, Span};
use crate::value::Str;
use crate::yaml::{self, YamlError};

pub use head::Head;
pub use hook::{Hook, HookEvent};
pub use id::Id;
pub use list::{expand, source_comment};
pub use order::rank;
pub use quantity::Quantity;
pub use split::split;
pub(crate) use split::{pieces, trimmed};

/// A text with the path by which Helm names it: `chart/templates/x.yaml`, `chart/charts/sub/crds/y.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path, with the chart's name in front.
    pub path: Arc<str>,
    /// What a template printed, or what a file of crds/ holds.
    pub text: Arc<String>,
}

impl File {
    /// A file.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        File { path: path.into(), text: Arc::new(text.into()) }
    }
}

/// What a manifest is to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A file of crds/, as it is: not split, and not checked.
    Crd,
    /// An object of the release.
    Object,
    /// An object that is created at events in the life of the release.
    Hook(Hook),
}

/// One document that a template printed, or one file of crds/.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Where it comes from.
    pub file: File,
    /// Which bytes of the file's text it is.
    pub range: Range<usize>,
    /// What its head says; nothing for [`Role::Crd`].
    pub head: Head,
    /// What it is to the release.
    pub role: Role,
    /// Whether `# Source:` is to be printed above it. Not so for a part of a [`Role::Crd`] that has such a line already.
    pub titled: bool,
}

impl Manifest {
    /// Its text.
    pub fn text(&self) -> &str {
        self.file.text.get(self.range.clone()).unwrap_or_default()
    }

    /// What it is as a hook.
    pub fn hook(&self) -> Option<&Hook> {
        match &self.role {
            Role::Hook(hook) => Some(hook),
            _ => None,
        }
    }
}

/// A document that Helm leaves out, because it is a hook for an event that Helm does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Where it comes from.
    pub file: File,
    /// Which bytes of the file's text it is.
    pub range: Range<usize>,
    /// Its events, as written.
    pub events: Str,
}

/// All manifests of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifests {
    /// In the order in which Helm prints them: files of crds/, objects, hooks.
    pub list: Vec<Manifest>,
    /// What was left out.
    pub dropped: Vec<Dropped>,
    /// Whether they were picked by name, in which case nothing stands for what was not.
    pub picked: bool,
}

/// A rendered document that Helm refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// Where it comes from.
    pub file: File,
    /// Which bytes of the file's text the document is.
    pub range: Range<usize>,
    /// What is wrong with it.
    pub kind: ManifestErrorKind,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestErrorKind {
    /// It is not YAML, or YAML that Helm's library refuses; offsets count from the beginning of the file's text.
    Yaml(YamlError),
    /// It is YAML, but what it holds at an offset of the file's text cannot be part of a manifest.
    Shape {
        /// The offset.
        at: usize,
        /// What is there: the document itself, or a field as `metadata.name`.
        field: Str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
}

impl ManifestError {
    /// The offset in the file's text where it goes wrong.
    pub fn at(&self) -> usize {
        match &self.kind {
            ManifestErrorKind::Yaml(error) => error.at,
            ManifestErrorKind::Shape { at, .. } => *at,
        }
    }

    /// The offset of what is likely to be put right, where that is in a line above: quotes or brackets that do not close
    /// where they should, or a text that goes on where it should not.
    pub fn cause(&self) -> Option<usize> {
        let document = &self.file.text[self.range.clone()];
        let ManifestErrorKind::Yaml(error) = &self.kind else { return None };
        yaml::opened_before(document, error.at - self.range.start).map(|at| self.range.start + at)
    }

    /// As a diagnostic in the file's text; `base` is the position of its first byte.
    pub fn diagnostic(&self, base: Pos) -> Diagnostic {
        let path = &self.file.path;
        match &self.kind {
            ManifestErrorKind::Yaml(error) => {
                let mut diagnostic = error.diagnostic(base);
                diagnostic.title = format!("{path} rendered to text that is {}", diagnostic.title);
                diagnostic
            }
            ManifestErrorKind::Shape { at, field, wanted, found } => {
                let title = format!("{path} rendered to something that is no manifest: {field} must be {wanted}");
                Diagnostic::error(title).label(Span::at(base.offset(*at)), format!("this is {found}"))
            }
        }
    }
}

impl Manifests {
    /// Sorts out what templates printed. `crds` are files of crds/, in the order of the charts.
    ///
    /// Partials (`_…`), `…NOTES.txt` and blank texts are passed over.
    ///
    /// # Errors
    /// Every document that Helm would refuse, in the order of their files; never an empty list.
    pub fn sort_out(
        rendered: impl IntoIterator<Item = File>,
        crds: impl IntoIterator<Item = File>,
    ) -> Result<Manifests, Vec<ManifestError>> {
        let mut files: Vec<File> = rendered.into_iter().filter(|file| prints_manifests(&file.path)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut sorter = Sorter::default();
        files.iter().for_each(|file| sorter.add_file(file));
        if !sorter.errors.is_empty() {
            return Err(sorter.errors);
        }
        let mut list: Vec<Manifest> = crds.into_iter().map(crd).collect();
        list.extend(by_kind(sorter.objects));
        list.extend(by_kind(sorter.hooks));
        Ok(Manifests { list, dropped: sorter.dropped, picked: false })
    }
}

/// Whether what a template of this name prints can be manifests.
fn prints_manifests(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !name.starts_with('_') && !path.ends_with("NOTES.txt")
}

fn crd(file: File) -> Manifest {
    let range = 0..file.text.len();
    Manifest { file, range, head: Head::default(), role: Role::Crd, titled: true }
}

fn by_kind(mut manifests: Vec<Manifest>) -> Vec<Manifest> {
    manifests.sort_by(|a, b| rank(&a.head.kind).cmp(&rank(&b.head.kind)));
    manifests
}

/// What was found so far.
#[derive(Debug, Default)]
struct Sorter {
    objects: Vec<Manifest>,
    hooks: Vec<Manifest>,
    dropped: Vec<Dropped>,
    errors: Vec<ManifestError>,
}

impl Sorter {
    fn add_file(&mut self, file: &File) {
        for range in split(&file.text) {
            match head::read(&file.text[range.clone()]) {
                Ok(head) => self.add(file.clone(), range, head),
                Err(kind) => {
                    let kind = kind.offset(range.start);
                    self.errors.push(ManifestError { file: file.clone(), range, kind });
                }
            }
        }
    }

    fn add(&mut self, file: File, range: Range<usize>, head: Head) {
        let (role, list) = match Hook::of(&head) {
            None => (Role::Object, &mut self.objects),
            Some(Ok(hook)) => (Role::Hook(hook), &mut self.hooks),
            Some(Err(events)) => return self.dropped.push(Dropped { file, range, events }),
        };
        list.push(Manifest { file, range, head, role, titled: true });
    }
}

impl ManifestErrorKind {
    /// The same error, found in a text that begins `bytes` further on.
    fn offset(self, bytes: usize) -> Self {
        match self {
            ManifestErrorKind::Yaml(mut error) => {
                error.at += bytes;
                error.context = error.context.map(|(at, what)| (at + bytes, what));
                ManifestErrorKind::Yaml(error)
            }
            ManifestErrorKind::Shape { at, field, wanted, found } => {
                ManifestErrorKind::Shape { at: at + bytes, field, wanted, found }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(files: &[(&str, &str)]) -> Result<Manifests, Vec<ManifestError>> {
        Manifests::sort_out(files.iter().map(|(path, text)| File::new(*path, *text)), [])
    }

    #[test]
    fn a_manifest_knows_where_it_comes_from() {
        let text = "---\nkind: Job\n---\nkind: Secret\nmetadata: {name: s}\n";
        let all = sorted(&[("c/templates/a.yaml", text), ("c/templates/NOTES.txt", "[")]).unwrap();
        let [secret, job] = &all.list[..] else { panic!("{all:?}") };
        assert_eq!((&*secret.file.path, secret.text()), ("c/templates/a.yaml", "kind: Secret\nmetadata: {name: s}"));
        assert_eq!(secret.range, 18..50);
        assert_eq!((&*secret.head.name, &*job.head.kind), ("s", "Job"));
    }

    #[test]
    fn every_refused_document_is_told_with_its_place() {
        let errors = sorted(&[("b", "a: 1\n---\n\nb: [\n---\nc: 1\n---\nkind: []"), ("a", "- x")]).unwrap_err();
        let told: Vec<_> = errors.iter().map(|e| (&*e.file.path, e.at(), e.range.clone())).collect();
        assert_eq!(told[0], ("a", 0, 0..3));
        assert_eq!((told[1].0, &told[1].2), ("b", &(10..14)));
        assert!((10..=14).contains(&told[1].1));
        assert_eq!(told[2], ("b", 28, 28..36));
        let told = errors[2].diagnostic(Pos(100));
        assert_eq!(told.title, "b rendered to something that is no manifest: kind must be text");
        assert_eq!(told.labels[0].span.start, Pos(128));
    }

    #[test]
    fn a_hook_of_an_unknown_event_is_dropped_and_told() {
        let all = sorted(&[("a", "metadata: {annotations: {helm.sh/hook: crd-install}}")]).unwrap();
        assert!(all.list.is_empty());
        assert_eq!(all.dropped[0].events, "crd-install");
    }
}
