//! The only place where charts touch the file system.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::error::{ChartError, ChartErrorKind, MAX_FILE};
use crate::diag::Bytes;

/// A file that a walk found.
pub(super) struct Found {
    /// Its path below the root, with `/`.
    pub path: String,
    pub on_disk: PathBuf,
    pub size: u64,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Nothing,
}

/// What is at a path, symbolic links followed.
pub(super) fn kind(path: &Path) -> Kind {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Kind::Folder,
        Ok(_) => Kind::File,
        Err(_) => Kind::Nothing,
    }
}

/// The bytes of a file; `None` where there is none.
pub(super) fn read_if_there(path: &Path, shown: &str) -> Result<Option<Vec<u8>>, ChartError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(err) => Err(ChartError::read(shown, &err)),
    }
}

/// The names of the files in a folder; none where there is no such folder.
pub(super) fn file_names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| kind(&folder.join(name)) == Kind::File).collect();
    names.sort_unstable();
    names
}

/// Which paths below the root a walk passes over.
pub(super) type Ignored<'a> = dyn Fn(&str, bool) -> bool + 'a;

/// All files below a folder in the order in which Helm finds them: by name within each folder, symbolic links followed.
///
/// # Errors
/// What cannot be read, what is no file, what is too large, links that lead nowhere or back to a folder around them.
pub(super) fn walk(root: &Path, shown: &str, ignored: &Ignored<'_>) -> Result<Vec<Found>, ChartError> {
    let mut walk = Walk { shown, ignored, found: Vec::new() };
    walk.folder(&Place { path: root.to_owned(), name: String::new(), real: None })?;
    Ok(walk.found)
}

struct Walk<'a> {
    shown: &'a str,
    ignored: &'a Ignored<'a>,
    found: Vec<Found>,
}

/// A folder on the way.
struct Place {
    path: PathBuf,
    /// Its path below the root.
    name: String,
    /// Where it really is, once a link has been followed.
    real: Option<PathBuf>,
}

impl Walk<'_> {
    fn folder(&mut self, place: &Place) -> Result<(), ChartError> {
        let error = |err: io::Error| ChartError::read(self.show(&place.name), &err);
        let mut entries: Vec<_> = fs::read_dir(&place.path).map_err(error)?.collect::<Result<_, _>>().map_err(error)?;
        entries.sort_by_cached_key(fs::DirEntry::file_name);
        entries.iter().try_for_each(|entry| self.entry(place, entry))
    }

    fn entry(&mut self, place: &Place, entry: &fs::DirEntry) -> Result<(), ChartError> {
        let slash = if place.name.is_empty() { "" } else { "/" };
        let name = format!("{}{slash}{}", place.name, entry.file_name().to_string_lossy());
        let mut kind = entry.file_type().map_err(|err| ChartError::read(self.show(&name), &err))?;
        let path = entry.path();
        let is_link = kind.is_symlink();
        if is_link {
            kind = fs::metadata(&path).map_err(|err| self.bad_link(&name, &err.to_string()))?.file_type();
        }
        if (self.ignored)(&name, kind.is_dir()) {
            return Ok(());
        }
        if kind.is_dir() {
            let real = if is_link { Some(self.follow(place, &path, &name)?) } else { None };
            let real = real.or_else(|| place.real.as_ref().map(|real| real.join(entry.file_name())));
            return self.folder(&Place { path, name, real });
        }
        if !kind.is_file() {
            return Err(ChartError::new(ChartErrorKind::Irregular { path: self.show(&name) }));
        }
        // Of what is no link, the entry finds it without going the whole way again.
        let found = if is_link { fs::metadata(&path) } else { entry.metadata() };
        let size = found.map_err(|err| ChartError::read(self.show(&name), &err))?.len();
        if size > MAX_FILE {
            let name = entry.file_name().to_string_lossy().into_owned();
            return Err(ChartError::new(ChartErrorKind::TooLarge { name }));
        }
        self.found.push(Found { path: name, on_disk: path, size });
        Ok(())
    }

    /// Where a link to a folder leads. One that leads to a folder around it would be walked without end.
    fn follow(&self, place: &Place, path: &Path, name: &str) -> Result<PathBuf, ChartError> {
        let real = |path: &Path| fs::canonicalize(path).map_err(|err| self.bad_link(name, &err.to_string()));
        let target = real(path)?;
        let here = match &place.real {
            Some(here) => here.clone(),
            None => real(&place.path)?,
        };
        if here.starts_with(&target) {
            return Err(self.bad_link(name, "it leads to a folder around it"));
        }
        Ok(target)
    }

    fn bad_link(&self, name: &str, cause: &str) -> ChartError {
        let cause = cause.split(" (os error").next().unwrap_or(cause).to_lowercase();
        ChartError::new(ChartErrorKind::Link { path: self.show(name), cause })
    }

    fn show(&self, name: &str) -> String {
        format!("{}{name}", self.shown)
    }
}

/// The bytes of a file that had this size a moment ago, read straight to where they will stay: large files are not
/// copied.
///
/// # Errors
/// It cannot be read.
pub fn read_whole(file: &mut fs::File, size: u64) -> io::Result<Bytes> {
    let most = size.saturating_add(1);
    let mut bytes = Vec::with_capacity(most as usize);
    // Within a limit, the size is not asked for again.
    file.by_ref().take(most).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == most {
        // It has grown meanwhile, or is no ordinary file.
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes.into())
}

/// Writes files below a folder that is empty or not there: all of them or none.
///
/// # Errors
/// The folder has something in it, or cannot be written.
pub(super) fn write_folder<'a>(
    target: &Path,
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<(), ChartError> {
    let is_empty = match fs::read_dir(target) {
        Ok(mut entries) => entries.next().is_none(),
        Err(err) => err.kind() == io::ErrorKind::NotFound,
    };
    if !is_empty {
        return Err(ChartError::new(ChartErrorKind::ExportTarget { path: target.display().to_string() }));
    }
    let beside = if target.is_dir() { target } else { parent(target) };
    fs::create_dir_all(beside).map_err(|err| ChartError::write(beside, &err))?;
    let staging = tempfile::Builder::new().prefix(".render-").tempdir_in(beside);
    let staging = staging.map_err(|err| ChartError::write(beside, &err))?;
    let chart = staging.path().join("chart");
    fs::create_dir(&chart).map_err(|err| ChartError::write(&chart, &err))?;
    for (path, bytes) in files {
        write_file(&chart.join(path), bytes).map_err(|err| ChartError::write(&target.join(path), &err))?;
    }
    publish(&chart, target).map_err(|err| ChartError::write(target, &err))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Puts a finished folder where it belongs. A folder that is there stays the same folder, since somebody may stand in
/// it.
fn publish(finished: &Path, target: &Path) -> io::Result<()> {
    if !target.exists() {
        return fs::rename(finished, target);
    }
    let entries = fs::read_dir(finished)?.collect::<io::Result<Vec<_>>>()?;
    for (i, entry) in entries.iter().enumerate() {
        if let Err(err) = fs::rename(entry.path(), target.join(entry.file_name())) {
            for moved in &entries[..i] {
                fs::rename(target.join(moved.file_name()), moved.path())?;
            }
            return Err(err);
        }
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, bytes)
}
