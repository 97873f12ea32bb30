//! Manifests as one text.

use crate::manifest::{Manifest, Manifests, Role};

/// The text that `helm template` prints.
pub fn to_text(manifests: &Manifests) -> String {
    to_pieces(manifests).concat()
}

/// The text that `helm template` prints, in the pieces that it is made of.
///
/// Each manifest stands below `---` and `# Source:`. As in Helm an empty line stands for manifests where there are
/// hooks only or nothing, unless manifests were picked by name.
pub(super) fn to_pieces(manifests: &Manifests) -> Vec<&str> {
    if manifests.picked {
        return manifests.list.iter().flat_map(picked).collect();
    }
    let (hooks, others): (Vec<_>, Vec<_>) = manifests.list.iter().partition(|m| matches!(m.role, Role::Hook(_)));
    let mut pieces: Vec<&str> = others.into_iter().flat_map(whole).collect();
    trim_end(&mut pieces);
    pieces.push("\n");
    pieces.extend(hooks.into_iter().flat_map(whole));
    pieces
}

/// Takes away the space that all pieces together end with.
fn trim_end(pieces: &mut Vec<&str>) {
    while let Some(last) = pieces.pop() {
        let kept = last.trim_end();
        if !kept.is_empty() {
            pieces.push(kept);
            return;
        }
    }
}

/// A manifest as it stands in a text or file.
pub(super) fn whole(manifest: &Manifest) -> [&str; 5] {
    ["---\n# Source: ", &manifest.file.path, "\n", manifest.text(), "\n"]
}

/// A manifest that was picked: without a line for a text that is empty.
fn picked(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let title = if manifest.titled { ["# Source: ", &manifest.file.path, "\n"] } else { [""; 3] };
    let text = if manifest.range.is_empty() { [""; 2] } else { [manifest.text(), "\n"] };
    ["---\n"].into_iter().chain(title).chain(text)
}
