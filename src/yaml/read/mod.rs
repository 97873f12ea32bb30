//! The reader: bytes to spanned events.
//!
//! Accepts and refuses what libyaml 0.2 does in the form that Helm's library has it. The complete grammar is in
//! `scan` (bytes to tokens) and `parse` (tokens to events).

mod names;
mod parse;
mod piece;
mod scalar;
mod scan;
mod text;

use std::borrow::Cow;

use super::{Event, YamlError};
use parse::{Frame, State};
use scan::Scanner;

pub use text::transcode;

/// Yields the events of a stream of documents, one by one.
///
/// The input is UTF-8, with a byte order mark or without; [`transcode`] makes it so. After the last document it yields
/// nothing; after an error, what it yields means nothing.
pub struct Reader<'a> {
    scan: Scanner<'a>,
    state: State,
    frames: Vec<Frame>,
    /// What the document's `%TAG` directives declare.
    tags: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Reader<'a> {
    /// A reader of an input. What is not text in it is an error once the reader comes to it.
    pub fn new(input: &'a [u8]) -> Self {
        let scan = Scanner::new(text::check(input));
        Reader { scan, state: State::StreamStart, frames: Vec::new(), tags: Vec::new() }
    }

    /// Takes a line break to stand after the last line where it has none, as Helm 4 puts one there.
    #[must_use]
    pub fn with_final_newline(mut self) -> Self {
        self.scan.final_newline = true;
        self
    }

    /// The next event; nothing after the last document.
    ///
    /// # Errors
    /// What is not YAML. The events before it have been yielded by then.
    #[expect(clippy::should_implement_trait, reason = "the iterator would yield results that go on after an error")]
    pub fn next(&mut self) -> Result<Option<Event<'a>>, YamlError> {
        self.step()
    }

    /// What the input has, within `ahead` bytes from where the reader is, that is not text.
    pub fn bad_within(&self, ahead: usize) -> Option<YamlError> {
        let (at, why) = self.scan.bad?;
        (at < self.scan.pos + ahead).then(|| YamlError::new(at, why))
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("pos", &self.scan.pos).field("state", &self.state).finish_non_exhaustive()
    }
}
