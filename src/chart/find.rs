//! From what a person typed to a chart.

use std::path::Path;

use crate::diag::{Sources, nearest};

use super::assemble::{assemble_root, check_ignored, unpack_shown};
use super::disk::{self, Kind};
use super::error::{ArchiveFault, ChartError, ChartErrorKind};
use super::ignore::Rules;
use super::{Bundle, Chart, File, Place};

/// The chart that was asked for: a folder with Chart.yaml, an archive, or the name of a bundled chart where no such path
/// is; with nothing asked for, the folder at hand.
///
/// Paths are taken from `cwd`; messages show them as they were typed.
///
/// # Errors
/// There is no such chart, or it is broken.
pub fn find(typed: Option<&str>, cwd: &Path, bundle: &Bundle, sources: &Sources) -> Result<Chart, ChartError> {
    let name = typed.unwrap_or(".");
    let path = cwd.join(name);
    match disk::kind(&path) {
        // A file that is no archive does not hide a bundled chart.
        Kind::File if !bundle.has(name) => return load_archive(&path, name, sources),
        Kind::Folder if disk::kind(&path.join("Chart.yaml")) == Kind::File => return load_folder(&path, name, sources),
        _ => {}
    }
    match bundle.load(name, sources)? {
        Some(chart) => Ok(chart),
        None => Err(ChartError::new(not_found(name, disk::kind(&path), bundle))),
    }
}

fn not_found(name: &str, found: Kind, bundle: &Bundle) -> ChartErrorKind {
    let bundled = bundle.names();
    if found == Kind::Folder {
        let folder = if name == "." { "the current folder" } else { name }.to_owned();
        return ChartErrorKind::NoChart { folder, bundled };
    }
    if name.contains("://") {
        return ChartErrorKind::Remote { name: name.to_owned() };
    }
    let nearest = nearest(name, bundled.iter().map(String::as_str)).map(str::to_owned);
    ChartErrorKind::NotFound { name: name.to_owned(), nearest, bundled }
}

/// Loads a chart from a folder; `typed` is what messages call it.
///
/// # Errors
/// There is no Chart.yaml, .helmignore is broken, a file cannot be read, or the chart is broken.
pub fn load_folder(folder: &Path, typed: &str, sources: &Sources) -> Result<Chart, ChartError> {
    let shown = shown_prefix(typed);
    let rules = read_rules(folder, &shown, sources)?;
    let found = disk::walk(folder, &shown, &|path, is_dir| rules.ignored(path, is_dir))?;
    let show = |path: &str| format!("{shown}{path}");
    let files: Vec<_> = found
        .into_iter()
        .map(|found| {
            let shown = show(&found.path);
            File::on_disk(found, shown)
        })
        .collect();
    if files.iter().all(|file| file.path() != "Chart.yaml")
        && let Some(bytes) = disk::read_if_there(&folder.join("Chart.yaml"), &show("Chart.yaml"))?
    {
        check_ignored(&File::new("Chart.yaml", show("Chart.yaml"), bytes), sources)?;
    }
    assemble_root(files, Place::Folder(folder.to_owned()), sources)
}

fn read_rules(folder: &Path, shown: &str, sources: &Sources) -> Result<Rules, ChartError> {
    const NAME: &str = ".helmignore";
    let Some(bytes) = disk::read_if_there(&folder.join(NAME), &format!("{shown}{NAME}"))? else {
        return Ok(Rules::default());
    };
    Rules::parse(&String::from_utf8_lossy(&bytes)).or_else(|err| {
        let source = File::new(NAME, format!("{shown}{NAME}"), bytes).source(sources)?;
        let pos = source.line_span(err.line).start;
        Err(ChartError::at(pos, ChartErrorKind::Ignore { message: err.message }))
    })
}

/// What stands before a path in the chart when it is shown.
fn shown_prefix(typed: &str) -> String {
    match typed.trim_end_matches('/') {
        "." => String::new(),
        folder => format!("{folder}/"),
    }
}

/// Loads a chart from an archive; `typed` is what messages call it.
///
/// # Errors
/// It cannot be read, is no archive, or the chart is broken.
pub fn load_archive(archive: &Path, typed: &str, sources: &Sources) -> Result<Chart, ChartError> {
    let fault = |fault| ChartError::new(ChartErrorKind::Archive { path: typed.to_owned(), fault });
    let bytes = disk::read_if_there(archive, typed)?.unwrap_or_default();
    let files = unpack_shown(&bytes, typed).map_err(fault)?;
    if files.iter().all(|file| file.path() != "Chart.yaml") {
        return Err(fault(ArchiveFault::NoChartYaml));
    }
    assemble_root(files, Place::Archive(archive.to_owned()), sources)
}
