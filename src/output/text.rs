//! Manifests as one text.

use crate::manifest::{Manifest, Manifests, Role};

/// The text that `helm template` prints.
///
/// Each manifest stands below `---` and `# Source:`. As in Helm an empty line stands for manifests where there are
/// hooks only or nothing, unless manifests were picked by name.
pub fn to_text(manifests: &Manifests) -> String {
    let mut out = String::with_capacity(manifests.list.iter().map(|m| m.range.len() + m.file.path.len() + 16).sum());
    let (hooks, others): (Vec<_>, Vec<_>) = manifests.list.iter().partition(|m| matches!(m.role, Role::Hook(_)));
    if manifests.picked {
        manifests.list.iter().for_each(|manifest| push_picked(manifest, &mut out));
        return out;
    }
    others.into_iter().for_each(|manifest| push(manifest, &mut out));
    out.truncate(out.trim_end().len());
    out.push('\n');
    hooks.into_iter().for_each(|manifest| push(manifest, &mut out));
    out
}

/// Appends a manifest as it stands in a text or file.
pub(super) fn push(manifest: &Manifest, out: &mut String) {
    out.push_str("---\n# Source: ");
    out.push_str(&manifest.file.path);
    out.push('\n');
    out.push_str(manifest.text());
    out.push('\n');
}

/// Appends a manifest that was picked: without a line for a text that is empty.
fn push_picked(manifest: &Manifest, out: &mut String) {
    out.push_str("---\n");
    if manifest.titled {
        out.push_str("# Source: ");
        out.push_str(&manifest.file.path);
        out.push('\n');
    }
    if !manifest.range.is_empty() {
        out.push_str(manifest.text());
        out.push('\n');
    }
}
