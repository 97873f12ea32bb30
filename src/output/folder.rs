//! Manifests as files in a folder: what `helm template --output-dir` writes.
//!
//! Each template has a file with all manifests that came from it, in the order in which they are printed. All files are
//! first written beside their places and then moved there one by one, so that a failure leaves what was there.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::manifest::{Manifest, Manifests, Role};

use super::{OutputError, text};

/// Writes manifests into files below a folder, and gives the lines that Helm prints: `wrote …` for each manifest, and
/// an empty one.
///
/// With a release's name the files stand in a folder of that name; those of crds/ do not. Unlike Helm, which appends
/// hooks to what an earlier run left, a file holds what this run wrote; and manifests that were picked by name are
/// written, where Helm writes all and then fails.
///
/// # Errors
/// When a path leads out of the folder, or a file cannot be written.
pub fn to_folder(manifests: &Manifests, dir: &Path, release: Option<&str>) -> Result<String, OutputError> {
    let mut plan: IndexMap<(Option<&str>, Arc<str>), String> = IndexMap::new();
    let mut said = String::new();
    for manifest in &manifests.list {
        let below = release.filter(|_| manifest.role != Role::Crd);
        check_inside(manifest)?;
        said.push_str(&format!("wrote {}/{}\n", named(dir, below), manifest.file.path));
        plan.entry((below, manifest.file.path.clone())).or_default().extend(text::whole(manifest));
    }
    said.push('\n');
    let files = plan.into_iter().map(|((below, path), text)| (dir.join(below.unwrap_or_default()).join(&*path), text));
    write_all(files)?;
    Ok(said)
}

/// The folder as Helm names it: as typed, or cleaned where the release's name is added.
fn named(dir: &Path, below: Option<&str>) -> String {
    match below {
        None => dir.display().to_string(),
        Some(release) => clean(&dir.join(release)).display().to_string(),
    }
}

/// The path without `.`, and without `..` where something stands before it, as Go's `filepath.Clean`.
fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        let last = cleaned.components().next_back();
        match (component, last) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(cleaned.pop()),
            (Component::ParentDir, Some(Component::RootDir)) => {}
            _ => cleaned.push(component),
        }
    }
    cleaned
}

fn check_inside(manifest: &Manifest) -> Result<(), OutputError> {
    let path = &*manifest.file.path;
    let inside = Path::new(path).components().all(|component| matches!(component, Component::Normal(_)));
    if inside { Ok(()) } else { Err(OutputError::Outside { path: path.to_owned() }) }
}

/// Writes all files beside their places, then moves them there.
fn write_all(files: impl Iterator<Item = (PathBuf, String)>) -> Result<(), OutputError> {
    let staged: Vec<_> = files.map(|(path, text)| Ok((stage(&path, &text)?, path))).collect::<Result<_, _>>()?;
    for (file, path) in staged {
        file.persist(&path).map_err(|err| OutputError::Io { path: path.clone(), error: err.error })?;
    }
    Ok(())
}

/// A new file beside a path, which goes away unless it is moved there.
fn stage(path: &Path, text: &str) -> Result<tempfile::NamedTempFile, OutputError> {
    let failed = |error| OutputError::Io { path: path.to_owned(), error };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".render-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::File;

    fn manifests(files: &[(&str, &str)]) -> Manifests {
        Manifests::sort_out(files.iter().map(|(path, text)| File::new(*path, *text)), []).unwrap()
    }

    #[test]
    fn a_file_holds_what_this_run_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let hook = "metadata: {annotations: {helm.sh/hook: test}}";
        let all = manifests(&[("c/templates/a.yaml", "a: 1\n---\na: 2"), ("c/templates/h.yaml", hook)]);
        for _ in 0..2 {
            let said = to_folder(&all, dir.path(), None).unwrap();
            assert_eq!(said.lines().count(), 4);
        }
        let read = |path| std::fs::read_to_string(dir.path().join(path)).unwrap();
        assert_eq!(
            read("c/templates/a.yaml"),
            "---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/a.yaml\na: 2\n"
        );
        assert_eq!(read("c/templates/h.yaml"), format!("---\n# Source: c/templates/h.yaml\n{hook}\n"));
        assert_eq!(std::fs::read_dir(dir.path().join("c/templates")).unwrap().count(), 2);
    }

    #[test]
    fn a_failure_changes_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let old = dir.path().join("c/templates/a.yaml");
        std::fs::create_dir_all(old.parent().unwrap()).unwrap();
        std::fs::write(&old, "old").unwrap();
        std::fs::write(dir.path().join("c/other"), "a file where a folder is needed").unwrap();
        let all = manifests(&[("c/templates/a.yaml", "a: 1"), ("c/other/b.yaml", "b: 1")]);
        assert!(matches!(to_folder(&all, dir.path(), None), Err(OutputError::Io { .. })));
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
        assert_eq!(std::fs::read_dir(old.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let outside = manifests(&[("c/charts/../../../x/templates/a.yaml", "a: 1")]);
        assert!(matches!(to_folder(&outside, dir.path(), None), Err(OutputError::Outside { .. })));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_is_named_as_go_names_it() {
        for (dir, below, want) in [
            ("out", None, "out"),
            ("./out/", None, "./out/"),
            ("./a/../b", Some("r"), "b/r"),
            ("../a/./b/", Some("r"), "../a/b/r"),
            ("/../a", Some("r"), "/a/r"),
            (".", Some("r"), "r"),
        ] {
            assert_eq!(named(Path::new(dir), below), want);
        }
    }
}
