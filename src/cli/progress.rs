//! How far a large file has been read, on stderr where that is a terminal.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Seek, SeekFrom, Write as _};

/// From how many bytes on there is something to wait for.
const LARGE: u64 = 64 << 20;

/// The columns of the bar.
const WIDTH: u64 = 30;

/// A file that shows how far it has been read.
#[derive(Debug)]
pub(super) struct Progress<'f> {
    file: &'f mut File,
    what: &'static str,
    /// The file's size; nothing where nothing is to be shown.
    size: Option<u64>,
    passed: u64,
    /// The percentage that is on the screen.
    shown: Option<u64>,
}

impl<'f> Progress<'f> {
    pub fn new(file: &'f mut File, what: &'static str) -> Self {
        let size = file.metadata().ok().map(|about| about.len());
        let size = size.filter(|size| *size > LARGE && io::stderr().is_terminal());
        Progress { file, what, size, passed: 0, shown: None }
    }

    fn show(&mut self) {
        let Some(size) = self.size else { return };
        let percent = (self.passed * 100 / size).min(100);
        if self.shown != Some(percent) {
            self.shown = Some(percent);
            say(&line(self.what, percent));
        }
    }
}

fn line(what: &str, percent: u64) -> String {
    let done = (WIDTH * percent / 100) as usize;
    format!("\r{what} [{}{}] {percent:3} %", "#".repeat(done), " ".repeat(WIDTH as usize - done))
}

/// Nobody is left to tell where stderr is closed.
fn say(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl Read for Progress<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.passed += read as u64;
        self.show();
        Ok(read)
    }
}

impl Seek for Progress<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.passed = at;
        Ok(at)
    }
}

/// Clears the line for what comes after.
impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if self.shown.is_some() {
            say(&format!("\r{}\r", " ".repeat(line(self.what, 100).len())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows() {
        assert_eq!(line("checking", 0), format!("\rchecking [{}]   0 %", " ".repeat(30)));
        assert_eq!(line("writing", 50), format!("\rwriting [{}{}]  50 %", "#".repeat(15), " ".repeat(15)));
    }
}
