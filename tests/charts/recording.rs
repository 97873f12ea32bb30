//! Recordings: what a Helm printed of a chart, run by run, as a file that people can read.
//!
//! The first line is Helm's version. A run is its command, the exit code, and what was printed and written. A command
//! that nothing follows yet is a run that is still to be recorded.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{self, Folder, Ran};

/// What stands before each run.
const RUN: &str = "========== ";

const STDOUT: &str = "=== stdout\n";
const FILE: &str = "=== file ";
const STDERR: &str = "=== stderr\n";

/// One run and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The words after `helm`.
    pub command: String,
    pub exit: i32,
    /// What was printed, and after it what was written, file by file.
    pub stdout: String,
    pub stderr: String,
}

/// All runs of a chart.
pub struct Recording {
    pub version: String,
    pub runs: Vec<Run>,
}

/// The charts of tests/fixtures/charts, by name.
pub fn charts() -> Vec<String> {
    let entries = fs::read_dir(common::fixture("charts")).expect("the folder of charts");
    let folders = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

/// Where the recording of a chart is.
pub fn path_of(chart: &str) -> PathBuf {
    common::fixture(&format!("charts/{chart}.txt"))
}

impl Recording {
    /// The recording of a chart; `None` for a chart that Helm cannot render.
    pub fn of(chart: &str) -> Option<Self> {
        let text = fs::read_to_string(path_of(chart)).ok()?;
        let (version, runs) = text.split_once('\n').expect("a version");
        let runs = format!("\n{}", runs.trim_end_matches('\n'));
        let runs = runs.split(&format!("\n{RUN}")).skip(1).map(|run| Run::read(&format!("{run}\n"))).collect();
        Some(Recording { version: version.to_owned(), runs })
    }

    pub fn write(&self, chart: &str) {
        let runs: String = self.runs.iter().map(Run::to_text).collect();
        fs::write(path_of(chart), format!("{}\n{runs}", self.version)).expect("the recording can be written");
    }
}

impl Run {
    /// Reads a run as it was written, or a command alone.
    fn read(text: &str) -> Self {
        let (command, rest) = text.split_once('\n').unwrap_or((text, ""));
        let command = command.strip_prefix("helm ").expect("a command of helm").to_owned();
        let (exit, rest) = rest.split_once('\n').unwrap_or_default();
        let (stdout, stderr) = rest.rsplit_once(STDERR).unwrap_or_default();
        let exit = exit.strip_prefix("exit ").and_then(|code| code.parse().ok()).unwrap_or(-1);
        let line = if stderr.is_empty() { "" } else { "\n" };
        let stdout = stdout.strip_prefix(STDOUT).unwrap_or(stdout).to_owned();
        Run { command, exit, stdout, stderr: format!("{}{line}", stderr.trim_end_matches('\n')) }
    }

    fn to_text(&self) -> String {
        let Run { command, exit, stdout, stderr } = self;
        let line = if stdout.is_empty() || stdout.ends_with('\n') { "" } else { "\n" };
        format!("{RUN}helm {command}\nexit {exit}\n{STDOUT}{stdout}{line}{STDERR}{stderr}")
    }

    /// Runs a command in a folder that holds a chart and keeps what came of it.
    pub fn new(command: &str, chart: &str, run: impl FnOnce(&[&str], &Folder) -> Ran) -> Self {
        let folder = Folder::new(&[]);
        unpack(&common::fixture(&format!("charts/{chart}")), &folder.path(chart));
        let words: Vec<_> = command.split(' ').collect();
        let Ran { code, stdout, stderr } = run(&words, &folder);
        let here = format!("{}/", folder.path("").display()).replace("//", "/");
        let plain = |text: String| text.replace(&here, "");
        let mut stdout = plain(stdout);
        written(&folder.path(""), "", chart, &mut stdout);
        let stderr = plain(stderr);
        let line = if stderr.is_empty() { "" } else { "\n" };
        Run {
            command: command.to_owned(),
            exit: code,
            stdout,
            stderr: format!("{}{line}", stderr.trim_end_matches('\n')),
        }
    }
}

/// Copies a chart; a folder that is called as an archive becomes one.
fn unpack(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).expect("a file");
    } else if from.extension().is_some_and(|end| end == "tgz") {
        pack(from, to);
    } else {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            unpack(&entry.path(), &to.join(entry.file_name()));
        }
    }
}

fn pack(from: &Path, to: &Path) {
    let file = fs::File::create(to).expect("an archive");
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
    archive.append_dir_all("", from).and_then(|()| archive.into_inner()?.finish()).expect("an archive");
}

/// Adds what a run wrote to what it printed.
fn written(folder: &Path, below: &str, chart: &str, out: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if path == chart {
            continue;
        }
        if entry.path().is_dir() {
            written(&entry.path(), &format!("{path}/"), chart, out);
        } else {
            let text = fs::read_to_string(entry.path()).expect("a text");
            out.push_str(&format!("{FILE}{path}\n{text}"));
        }
    }
}
