//! Which manifests are wanted.

use crate::chart::glob::filepath_match;
use crate::manifest::{Manifest, Manifests, Role, pieces, trimmed};

use super::OutputError;

/// What is wanted of a release's manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Patterns of paths without the chart's name (`--show-only`); all where there are none.
    pub show_only: Vec<String>,
    /// The files of crds/ (`--include-crds`).
    pub crds: bool,
    /// Hooks (not with `--no-hooks`).
    pub hooks: bool,
    /// Hooks that are tests (not with `--skip-tests`).
    pub tests: bool,
}

/// Chooses manifests.
///
/// `--show-only` picks as Helm does: for each pattern in turn all that match it, so that a manifest can be picked twice;
/// of a file of crds/ with several documents the first alone, others only if they have a `# Source:` line of their own.
///
/// # Errors
/// A pattern that matches nothing.
pub fn select(mut manifests: Manifests, selection: &Selection) -> Result<Manifests, OutputError> {
    manifests.list.retain(|manifest| match &manifest.role {
        Role::Crd => selection.crds,
        Role::Object => true,
        Role::Hook(hook) => selection.hooks && (selection.tests || !hook.is_test()),
    });
    if selection.show_only.is_empty() {
        return Ok(manifests);
    }
    let parts: Vec<(String, Manifest)> = manifests.list.iter().flat_map(parts).collect();
    manifests.list.clear();
    for pattern in &selection.show_only {
        let before = manifests.list.len();
        let matching = parts.iter().filter(|(name, _)| filepath_match(pattern, name) == Ok(true));
        manifests.list.extend(matching.map(|(_, part)| part.clone()));
        if manifests.list.len() == before {
            return Err(OutputError::not_found(pattern, parts.iter().map(|(name, _)| name.as_str())));
        }
    }
    manifests.picked = true;
    Ok(manifests)
}

/// What Helm sees of a manifest when it splits its own output again: the parts that have a `# Source:` line, with the
/// name in it.
fn parts(manifest: &Manifest) -> Vec<(String, Manifest)> {
    let text = &manifest.file.text;
    let mut ranges = pieces(text, manifest.range.clone()).into_iter();
    let part = |range, titled| Manifest { range, titled, ..manifest.clone() };
    let name = source_name(&format!("# Source: {}", manifest.file.path)).unwrap_or_default().to_owned();
    let first = ranges.next().unwrap_or_default();
    let end = first.start + text[first.clone()].trim_end().len();
    let mut parts = vec![(name, part(first.start..end, true))];
    let others = ranges.filter(|range| !range.is_empty()).map(|range| trimmed(text, range));
    parts.extend(others.filter_map(|range| {
        let name = source_name(&text[range.clone()])?.to_owned();
        Some((name, part(range, false)))
    }));
    parts
}

/// What `# Source: [^/]+/(.+)` finds.
fn source_name(text: &str) -> Option<&str> {
    text.match_indices("# Source: ").find_map(|(at, comment)| {
        let rest = &text[at + comment.len()..];
        let slash = rest.find('/').filter(|slash| *slash > 0)?;
        rest[slash + 1..].split('\n').next().filter(|name| !name.is_empty())
    })
}
