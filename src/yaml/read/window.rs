//! Reading a text too large to hold, a window at a time.
//!
//! A reader of a window yields events as if the text ended with it. So whoever reads by windows keeps a
//! [`Checkpoint`] now and then, counts on nothing that came after it, and goes on from it in the next window.

use super::parse::{Frame, State};
use super::scan::{MAX_SIMPLE_KEY, Saved, Scanner};
use super::{Reader, text};

/// How near its end a window decides nothing: as much as is ever looked at to tell one token.
const SLACK: usize = 16;

/// How far before its place a checkpoint within a line begins: further back than any key that may still come true.
const BACK: usize = 4 * MAX_SIMPLE_KEY + 4;

/// A place between two events, and what the reader knows there.
#[derive(Debug)]
pub struct Checkpoint {
    offset: usize,
    state: State,
    resumes: Vec<State>,
    scan: Saved,
    fast: bool,
}

impl Checkpoint {
    /// Where the next window has to begin, counted from the beginning of this one.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl<'a> Reader<'a> {
    /// Where the reader is, if all events so far are settled by what stands before.
    ///
    /// In block collections such places are between two lines, in flow collections anywhere. There is none while an
    /// anchor or tag is read ahead, nor in a document with `%TAG`.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        if !self.tags.is_empty() {
            return None;
        }
        let (offset, scan) = if self.at_ease { self.between_lines()? } else { self.within_flow()? };
        let resumes = self.frames.iter().map(|frame| frame.resume).collect();
        Some(Checkpoint { offset, state: self.state, resumes, scan, fast: self.fast })
    }

    fn between_lines(&self) -> Option<(usize, Saved)> {
        let scan = &self.scan;
        // What the next line begins with may have been looked at, up to the end of its key.
        let settled = !self.is_near_end() && self.key.end_at(scan.pos) + SLACK < scan.text.len();
        let between_lines = scan.simple_key_allowed && settled;
        let blank = scan.bytes().get(scan.line_start..scan.pos)?.iter().all(|b| *b == b' ');
        if between_lines && blank { Some((scan.line_start, scan.save(scan.line_start)?)) } else { None }
    }

    fn within_flow(&self) -> Option<(usize, Saved)> {
        let scan = &self.scan;
        if scan.flow_level == 0 || self.is_near_end() {
            return None;
        }
        let back = scan.text.floor_char_boundary(scan.pos.saturating_sub(BACK));
        let offset = scan.queue.iter().map(|token| token.start).fold(scan.line_start.max(back), usize::min);
        Some((offset, scan.save(offset)?))
    }

    /// Goes on from a checkpoint in a window that begins there. Offsets are those in this window.
    pub fn resume(checkpoint: &Checkpoint, window: &'a [u8]) -> Self {
        let scan = Scanner::restore(&checkpoint.scan, text::check(window));
        let fast = checkpoint.fast && !scan.exotic;
        let at_ease = fast && scan.is_at_ease();
        // Where the open collections began is behind; an error names the beginning of the window instead.
        let frames = checkpoint.resumes.iter().map(|resume| Frame { resume: *resume, start: 0 }).collect();
        Reader { state: checkpoint.state, frames, fast, at_ease, ..Reader::of(scan) }
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
        check_by(text, &[20, 33, 50, 64, 100, 1000]);
    }

    fn check_by(text: &[u8], sizes: &[usize]) {
        let (events, error) = whole(text);
        for size in sizes {
            let (windowed, windowed_error) = by_windows(text, *size);
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
        // What a window ends with may look like an item or a key.
        check(b"a: &x # more than a few bytes of a comment\n--- # c\n");
        check(b"a: &x # more than a few bytes of a comment\n-b: c\n");
        check(b"a:\n  a key that is not one:but text\n  of two lines # and a comment\n");
    }

    #[test]
    fn windows_change_nothing_in_flow_collections() {
        let item = r#"{"id": 1, "name": "é, \"x\"", "list": [1, [], {}, {"a": {"b": [2, 3]}}], plain: a b},"#;
        let line = format!("{{\"items\": [{}]}}", item.repeat(200));
        check_by(line.as_bytes(), &[5000, 6001, 9000]);
        check_by(format!("a:\n  b: {line}\n  c: d\ne: f\n").as_bytes(), &[5000, 7000]);
        let lines = item.replace(", ", ",\n ");
        let lines = format!("a: [{}]\nb: c\n", lines.repeat(20));
        check_by(lines.as_bytes(), &[64, 100, 300]);
        check_by(lines.replace("\nb: c", "}\nb: c").as_bytes(), &[64, 100, 300]);
        check_by(format!("{{\"a\": [{}\"x\": @]}}", item.repeat(200)).as_bytes(), &[5000]);
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
