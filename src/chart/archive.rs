//! Packed charts: gzipped tar archives.
//!
//! Takes and refuses what `pkg/chart/loader/archive` of Helm 4.1.4 does: the first folder of each path is dropped,
//! links become empty files, nothing may lie outside the chart's folder.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use super::error::{ArchiveFault, MAX_ARCHIVE, MAX_FILE};

/// A file of an archive: its path in the chart, and its bytes.
pub(super) type Packed = (String, Vec<u8>);

/// The files of an archive in their order; of two with one path the later one counts.
///
/// # Errors
/// What is no archive, holds too much, or has paths that lead out of the chart.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Packed>, ArchiveFault> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Err(ArchiveFault::NotGzip);
    }
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes));
    let mut files: Vec<Packed> = Vec::new();
    let mut remaining = MAX_ARCHIVE;
    for entry in archive.entries().map_err(corrupt)? {
        let mut entry = entry.map_err(corrupt)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if is_passed_over(entry.header().entry_type(), &name) {
            continue;
        }
        let path = chart_path(&name)?;
        let data = read(&mut entry, &name, &mut remaining)?;
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some(known) => known.1 = data,
            None => files.push((path, data)),
        }
    }
    if files.is_empty() { Err(ArchiveFault::Empty) } else { Ok(files) }
}

fn corrupt(err: std::io::Error) -> ArchiveFault {
    ArchiveFault::Corrupt(err.to_string())
}

fn is_passed_over(kind: EntryType, name: &str) -> bool {
    kind.is_dir() || name.ends_with('/') || kind.is_pax_global_extensions() || kind.is_pax_local_extensions()
}

fn read<R: Read>(entry: &mut tar::Entry<'_, R>, name: &str, remaining: &mut u64) -> Result<Vec<u8>, ArchiveFault> {
    let kind = entry.header().entry_type();
    if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
        return Ok(Vec::new());
    }
    let size = entry.size();
    if size > *remaining {
        return Err(ArchiveFault::TooLarge);
    }
    if size > MAX_FILE {
        return Err(ArchiveFault::FileTooLarge(name.to_owned()));
    }
    let mut data = Vec::with_capacity(size as usize);
    entry.read_to_end(&mut data).map_err(corrupt)?;
    *remaining -= size;
    if (data.len() as u64) < size || *remaining == 0 {
        return Err(ArchiveFault::TooLarge);
    }
    Ok(data)
}

/// The path of an entry without its first folder. Archives made on Windows may have `\` in place of `/`.
fn chart_path(name: &str) -> Result<String, ArchiveFault> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (top, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err(ArchiveFault::AbsolutePath);
    }
    let path = clean(&rest);
    if path.is_empty() {
        return Err(ArchiveFault::OutsideBase(name.to_owned()));
    }
    if path.starts_with("..") {
        return Err(ArchiveFault::ParentPath);
    }
    if path.as_bytes().get(1..3) == Some(b":/") && path.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(ArchiveFault::DriveLetter);
    }
    if top == "Chart.yaml" {
        return Err(ArchiveFault::ChartYamlNotInBase);
    }
    Ok(path)
}

/// A relative path without `.`, `//` and, where it can be, `..`; empty for the folder itself.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_chart() {
        let ok = |name: &str| chart_path(name).unwrap();
        assert_eq!(ok("a/Chart.yaml"), "Chart.yaml");
        assert_eq!(ok("a/./b//c/../d"), "b/d");
        assert_eq!(ok(r"a\templates\b"), "templates/b");
        for (name, want) in [
            ("a//b", ArchiveFault::AbsolutePath),
            ("Chart.yaml", ArchiveFault::OutsideBase("Chart.yaml".into())),
            ("a/b/..", ArchiveFault::OutsideBase("a/b/..".into())),
            ("a/../b", ArchiveFault::ParentPath),
            ("a/..b", ArchiveFault::ParentPath),
            ("a/c:/b", ArchiveFault::DriveLetter),
            ("Chart.yaml/a", ArchiveFault::ChartYamlNotInBase),
        ] {
            assert_eq!(chart_path(name), Err(want), "{name}");
        }
    }
}
