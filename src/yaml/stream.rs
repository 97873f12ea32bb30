//! A values file read by windows: its events, as those of the whole text, in memory that the text does not decide.
//!
//! Documents are cut as [`Documents`](super::Documents) cuts them, each is read up to its end, and each event is handed
//! on together with the text around it. A window grows only where a single scalar, or a run of comments, is larger.

use std::io::{self, Read};
use std::ops::Range;

use super::documents::separator_fault;
use super::read::Checkpoint;
use super::{Event, EventKind, Reader, YamlError};

/// How many bytes a window has where nothing asks for more.
pub const WINDOW: usize = 256 << 10;

/// The part of the input that is in memory, addressed by offsets in the input.
#[derive(Debug, Clone, Copy)]
pub struct Text<'t> {
    bytes: &'t [u8],
    start: usize,
}

impl<'t> Text<'t> {
    /// A range of the input; what is not in memory is left out.
    pub fn slice(&self, range: Range<usize>) -> &'t [u8] {
        let at = |offset: usize| offset.saturating_sub(self.start).min(self.bytes.len());
        self.bytes.get(at(range.start)..at(range.end)).unwrap_or_default()
    }

    /// A byte of the input; 0 where it is not in memory.
    pub fn byte(&self, at: usize) -> u8 {
        at.checked_sub(self.start).and_then(|at| self.bytes.get(at)).copied().unwrap_or(0)
    }

    /// Where what is in memory begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where what is in memory ends.
    pub fn end(&self) -> usize {
        self.start + self.bytes.len()
    }
}

/// Who takes the events of a stream.
pub trait Sink {
    /// Why one may refuse to go on.
    type Error: From<YamlError> + From<io::Error>;

    /// An event, with its offsets in the input. The text holds all from [`Sink::keep_from`] to the next event.
    ///
    /// # Errors
    /// As the sink has it.
    fn event(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), Self::Error>;

    /// A document has ended, with everything up to the next one, which begins at an offset: behind the line with `---`.
    ///
    /// # Errors
    /// As the sink has it.
    fn document_end(&mut self, at: usize, text: Text<'_>) -> Result<(), Self::Error>;

    /// All events up to an offset have been given; more text may be asked for.
    ///
    /// # Errors
    /// As the sink has it.
    fn settled(&mut self, at: usize, text: Text<'_>) -> Result<(), Self::Error>;

    /// The offset from which on text is still needed.
    fn keep_from(&self) -> usize;
}

/// Reads a values file to its end by windows of a size, its documents one by one.
///
/// # Errors
/// What the sink says, what is no document of a values file (as an offset in the input), what cannot be read.
pub fn read_documents<S: Sink>(input: &mut dyn Read, window: usize, sink: &mut S) -> Result<(), S::Error> {
    let mut stream = Stream { input, buffer: Vec::new(), start: 0, ended: false, window };
    let mut begin = 0;
    while stream.has(begin)? {
        begin = stream.document(begin, sink)?;
    }
    Ok(())
}

struct Stream<'i> {
    input: &'i mut dyn Read,
    buffer: Vec<u8>,
    /// The offset of the buffer's first byte.
    start: usize,
    /// Whether the buffer holds the input's end.
    ended: bool,
    window: usize,
}

/// How far a search for the end of a document has come.
struct Cut {
    /// Up to where there is none.
    searched: usize,
    /// Where the document ends, and where the next one begins.
    found: Option<Range<usize>>,
}

/// What came of a window.
enum Outcome {
    /// The document is over.
    Done,
    /// It goes on from here.
    On(Checkpoint),
    /// Nothing is settled: a larger window is needed.
    TooSmall,
}

impl Stream<'_> {
    fn text(&self) -> Text<'_> {
        Text { bytes: &self.buffer, start: self.start }
    }

    fn end(&self) -> usize {
        self.start + self.buffer.len()
    }

    fn has(&mut self, at: usize) -> io::Result<bool> {
        self.fill(at + 1)?;
        Ok(self.end() > at)
    }

    /// Reads on until the buffer reaches an offset, or the input ends.
    fn fill(&mut self, up_to: usize) -> io::Result<()> {
        while !self.ended && self.end() < up_to {
            let wanted = (up_to - self.end()) as u64;
            let read = self.input.take(wanted).read_to_end(&mut self.buffer)?;
            self.ended = (read as u64) < wanted;
        }
        Ok(())
    }

    /// Forgets what is before an offset.
    fn drop_before(&mut self, at: usize) {
        let passed = at.saturating_sub(self.start).min(self.buffer.len());
        // Moving what is left costs less often if more is passed at once.
        if passed > self.buffer.len() / 2 {
            self.buffer.drain(..passed);
            self.start += passed;
        }
    }

    /// Reads the document that begins at an offset; gives where the next one begins.
    fn document<S: Sink>(&mut self, begin: usize, sink: &mut S) -> Result<usize, S::Error> {
        let mut cut = Cut { searched: begin, found: None };
        let (mut at, mut checkpoint, mut size) = (begin, None::<Checkpoint>, self.window);
        loop {
            self.fill(at + size)?;
            self.search::<S>(begin, &mut cut)?;
            match self.window(at, (begin, &cut), checkpoint.as_ref(), sink)? {
                Outcome::Done => break,
                Outcome::On(found) => {
                    at += found.offset();
                    (checkpoint, size) = (Some(found), self.window);
                }
                Outcome::TooSmall => size *= 2,
            }
            sink.settled(at, self.text())?;
            self.drop_before(at.min(sink.keep_from()).min(cut.searched.saturating_sub(1)));
        }
        self.pass_rest(begin, &mut cut, sink)
    }

    /// Looks on for the line that ends the document.
    fn search<S: Sink>(&mut self, begin: usize, cut: &mut Cut) -> Result<(), S::Error> {
        while cut.found.is_none() {
            let Some(line) = self.marker_line(cut.searched) else {
                // The beginning of a marker may be there.
                cut.searched = cut.searched.max(self.end().saturating_sub(3));
                return Ok(());
            };
            let next = self.next_line(line)?;
            if let Some(fault) = separator_fault(self.text().slice(line + 3..next)) {
                return Err(fault.offset(line).into());
            }
            cut.searched = next;
            // One at the very beginning belongs to the document.
            cut.found = (line > begin).then_some(line..next);
        }
        Ok(())
    }

    /// Where the next line that begins with `---` begins, from an offset on.
    fn marker_line(&self, from: usize) -> Option<usize> {
        let begins_line = from == 0 || self.text().byte(from - 1) == b'\n';
        let rest = self.text().slice(from..self.end());
        if begins_line && rest.starts_with(b"---") {
            return Some(from);
        }
        memchr::memmem::find(rest, b"\n---").map(|n| from + n + 1)
    }

    /// Where the line after that of an offset begins, or the input ends.
    fn next_line(&mut self, from: usize) -> io::Result<usize> {
        let mut searched = from;
        loop {
            if let Some(n) = memchr::memchr(b'\n', self.text().slice(searched..self.end())) {
                return Ok(searched + n + 1);
            }
            searched = self.end();
            if self.ended {
                return Ok(searched);
            }
            self.fill(searched + self.window)?;
        }
    }

    /// Hands on the events of a window, as far as they are settled.
    fn window<S: Sink>(
        &self,
        at: usize,
        (begin, cut): (usize, &Cut),
        checkpoint: Option<&Checkpoint>,
        sink: &mut S,
    ) -> Result<Outcome, S::Error> {
        let (text, end) = (self.text(), cut.found.as_ref().map_or(self.end(), |found| found.start));
        let last = self.ended || cut.found.is_some();
        let window = text.slice(at..end);
        let mut reader = match checkpoint {
            Some(checkpoint) => Reader::resume(checkpoint, window),
            None => Reader::new(window).with_final_newline(),
        };
        debug_assert!(at >= begin);
        let mut held: Vec<Event<'_>> = Vec::new();
        let (mut passed, step) = (None::<Checkpoint>, self.window / 32);
        let settle = |held: &mut Vec<Event<'_>>, sink: &mut S| held.drain(..).try_for_each(|e| sink.event(&e, text));
        loop {
            match reader.next() {
                Ok(Some(event)) => {
                    let (ends, reached) = (event.kind == EventKind::DocumentEnd, event.end);
                    held.push(Event { start: at + event.start, end: at + event.end, ..event });
                    if ends && (last || !reader.is_near_end()) {
                        settle(&mut held, sink)?;
                        return Ok(Outcome::Done);
                    }
                    let from = passed.as_ref().map_or(0, Checkpoint::offset);
                    if last {
                        settle(&mut held, sink)?;
                    } else if reached > from + step
                        && let Some(found) = reader.checkpoint().filter(|found| found.offset() > from)
                    {
                        settle(&mut held, sink)?;
                        passed = Some(found);
                    }
                }
                Ok(None) if last => return Ok(Outcome::Done),
                Err(error) if last || !reader.is_near_end() => {
                    settle(&mut held, sink)?;
                    return Err(error.offset(at).into());
                }
                Ok(None) | Err(_) => return Ok(passed.map_or(Outcome::TooSmall, Outcome::On)),
            }
        }
    }

    /// Passes what stands between the end of a document's YAML and the next document.
    fn pass_rest<S: Sink>(&mut self, begin: usize, cut: &mut Cut, sink: &mut S) -> Result<usize, S::Error> {
        loop {
            self.search::<S>(begin, cut)?;
            if cut.found.is_some() || self.ended {
                break;
            }
            sink.settled(cut.searched, self.text())?;
            self.drop_before(cut.searched.saturating_sub(1).min(sink.keep_from()));
            self.fill(self.end() + self.window)?;
        }
        let end = self.end();
        let found = cut.found.clone().unwrap_or(end..end);
        sink.document_end(found.end, self.text())?;
        self.drop_before(found.end.saturating_sub(1).min(sink.keep_from()));
        Ok(found.end)
    }
}
