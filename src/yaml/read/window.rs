//! Reading a text too large to hold, a window at a time.
//!
//! A reader of a window yields events as if the text ended with it. So whoever reads by windows keeps a
//! [`Checkpoint`] now and then, counts on nothing that came after it, and goes on from it in the next window.

use super::parse::{Frame, State};
use super::scan::Scanner;
use super::{Reader, fast, text};

/// How near its end a window decides nothing: as much as is ever looked at to tell one token.
const SLACK: usize = 16;

/// A place at the beginning of a line, and what the reader knows there.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    offset: usize,
    column: usize,
    state: State,
    indent: isize,
    indents: Vec<isize>,
    resumes: Vec<State>,
    final_newline: bool,
    fast: bool,
}

impl Checkpoint {
    /// Where the next window has to begin, counted from the beginning of this one.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl<'a> Reader<'a> {
    /// Where the reader is, if it is between two lines and all events so far are settled by what stands before.
    ///
    /// There is no such place within flow collections or multi-line scalars, nor in a document with `%TAG`.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let scan = &self.scan;
        let between_lines = scan.simple_key_allowed && scan.pos < scan.text.len();
        let blank = scan.bytes().get(scan.line_start..scan.pos)?.iter().all(|b| *b == b' ');
        if !self.at_ease || !between_lines || !blank || !self.tags.is_empty() {
            return None;
        }
        Some(Checkpoint {
            offset: scan.line_start,
            column: scan.pos - scan.line_start,
            state: self.state,
            indent: scan.indent,
            indents: scan.indents.clone(),
            resumes: self.frames.iter().map(|frame| frame.resume).collect(),
            final_newline: scan.final_newline,
            fast: self.fast,
        })
    }

    /// Goes on from a checkpoint in a window that begins there. Offsets are those in this window.
    pub fn resume(checkpoint: &Checkpoint, window: &'a [u8]) -> Self {
        let mut scan = Scanner::new(text::check(window));
        scan.pos = checkpoint.column;
        scan.line_start = 0;
        scan.indent = checkpoint.indent;
        scan.indents.clone_from(&checkpoint.indents);
        scan.final_newline = checkpoint.final_newline;
        let at_ease = checkpoint.fast && !scan.exotic;
        // Where the open collections began is behind; an error names the beginning of the window instead.
        let frames = checkpoint.resumes.iter().map(|resume| Frame { resume: *resume, start: 0 }).collect();
        Reader { scan, state: checkpoint.state, frames, tags: Vec::new(), fast: at_ease, at_ease, key: fast::Key::NONE }
    }

    /// Whether an error may come from the window's end rather than from the text.
    pub fn is_near_end(&self) -> bool {
        self.scan.pos + SLACK >= self.scan.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Event, YamlError};
    use super::*;

    fn whole(text: &[u8]) -> (Vec<Event<'_>>, Option<YamlError>) {
        let mut reader = Reader::new(text);
        let mut events = Vec::new();
        loop {
            match reader.next() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return (events, None),
                Err(error) => return (events, Some(error)),
            }
        }
    }

    /// The events read by windows of a size, which grow where one is too small.
    fn by_windows(text: &[u8], size: usize) -> (Vec<Event<'_>>, Option<YamlError>) {
        let (mut events, mut base, mut checkpoint, mut wanted) = (Vec::new(), 0, None::<Checkpoint>, size);
        loop {
            let window = &text[base..(base + wanted).min(text.len())];
            let last = base + window.len() == text.len();
            let mut reader = match &checkpoint {
                Some(checkpoint) => Reader::resume(checkpoint, window),
                None => Reader::new(window),
            };
            let (mut kept, mut next) = (events.len(), None);
            let end = loop {
                match reader.next() {
                    Ok(Some(event)) => {
                        events.push(Event { start: event.start + base, end: event.end + base, ..event });
                        if let Some(found) = reader.checkpoint().filter(|found| found.offset() > 0) {
                            (kept, next) = (events.len(), Some(found));
                        }
                    }
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            if last || (end.is_some() && !reader.is_near_end()) {
                return (events, end.map(|error| error.offset(base)));
            }
            events.truncate(kept);
            match next {
                Some(found) => {
                    base += found.offset();
                    (checkpoint, wanted) = (Some(found), size);
                }
                None => wanted *= 2,
            }
        }
    }

    fn check(text: &[u8]) {
        let (events, error) = whole(text);
        for size in [20, 33, 50, 64, 100, 1000] {
            let (windowed, windowed_error) = by_windows(text, size);
            let shown = String::from_utf8_lossy(text);
            assert_eq!(windowed_error.map(|e| (e.at, e.message)), error.clone().map(|e| (e.at, e.message)), "{shown}");
            assert!(windowed.iter().zip(&events).all(|(a, b)| a == b), "by {size} bytes: {shown}");
            assert!(error.is_some() || windowed.len() == events.len(), "by {size} bytes: {shown}");
        }
    }

    #[test]
    fn windows_change_nothing() {
        let part = "a:\n  b: \"q\"\n  # c\n  c:\n  - x\n  - y: [1, 2]\n    z: |\n      t\n\n      u\n  -\n    - k: v\nd: plain\n  more\n\né: {}\n";
        check(part.repeat(3).as_bytes());
        check(format!("{part}---\n{part}...\n# c\n%YAML 1.1\n---\n- {{a: b}}\n- c\n").as_bytes());
        check(format!("{part}x: [\n").as_bytes());
        check(format!("{part}x: @\n{part}").as_bytes());
    }

    #[test]
    fn windows_change_nothing_in_measured_files() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../tests/fixtures/yaml-cases.json")).unwrap();
        for case in cases {
            let text: Vec<u8> = case["input"].as_str().unwrap().chars().map(|c| c as u8).collect();
            if !text.starts_with(&[0xFF]) && !text.starts_with(&[0xFE]) {
                check(&text);
            }
        }
    }
}
