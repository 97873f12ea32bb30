//! Layers merged into a text: a base of any size is copied, and what overlays say is written into it.
//!
//! The base is read twice by windows and never held. The first pass (`survey`) checks it and finds where the overlays,
//! which are one `patch` by then, meet it; from that a `plan` is made, which the second pass (`splice`) carries out.
//! Comments, order and formatting stay wherever nothing is changed. Reading the output gives what
//! [`Layers`](super::Layers) gives for the base and the overlays. Memory grows with the overlays, the nesting, the names
//! of anchors, and those anchored nodes whose aliases an overlay changes or is in the way of.

mod anchors;
mod copy;
mod error;
mod patch;
mod plan;
mod splice;
mod survey;
mod text;
mod walk;

#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, Write};

use patch::Patch;
use plan::Plan;
use splice::{Fault, Splice};
use survey::{Found, Survey};
use walk::Kept;

use super::edit::misfit;
use super::layers::{check_copied, documents};
use crate::diag::{Diagnostic, Source};
use crate::value::Value;
use crate::yaml::{Event, Sink, Text, WINDOW, YamlError, read_documents};

pub use super::layers::LayerError;
pub use error::{StreamError, StreamErrorKind};

/// Overlays, to be merged into a base.
#[derive(Debug)]
pub struct Overlays {
    patch: Patch,
    warnings: Vec<Diagnostic>,
}

/// How to merge.
#[derive(Debug, Clone, Copy)]
pub struct StreamOptions {
    /// Whether comments and empty lines of the base are left out.
    pub strip_comments: bool,
    /// How many bytes of the base are read at a time.
    pub window: usize,
}

impl Default for StreamOptions {
    fn default() -> Self {
        StreamOptions { strip_comments: false, window: WINDOW }
    }
}

/// A base that was checked, and what is to be written into it.
#[derive(Debug)]
pub struct Checked<'o> {
    patch: &'o Patch,
    plan: Plan,
    kept: Kept,
    options: StreamOptions,
}

impl Default for Overlays {
    fn default() -> Self {
        Overlays { patch: Patch::new(), warnings: Vec::new() }
    }
}

impl Overlays {
    /// Lays a file over those before it, each of its documents in turn.
    ///
    /// # Errors
    /// As [`Layers::file`](super::Layers::file).
    pub fn file(&mut self, source: &std::sync::Arc<Source>) -> Result<(), LayerError> {
        let (documents, warnings) = documents(source, &mut self.patch.provenance)?;
        for map in documents.iter().filter_map(Value::as_map) {
            self.patch.lay(map);
            check_copied(source, &self.patch.provenance)?;
        }
        self.warnings.extend(warnings);
        Ok(())
    }

    /// Warnings about keys that stand twice in one file.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Reads a base from where it stands to its end, and finds out what to write into it.
    ///
    /// # Errors
    /// Where the base is not YAML, or not a map, or what Helm's library refuses; where it cannot be read.
    pub fn check<R: Read + Seek>(&self, base: &mut R, options: StreamOptions) -> Result<Checked<'_>, StreamError> {
        let begin = base.stream_position().map_err(StreamError::read)?;
        let (mut wiped, mut kept) = (vec![false; self.patch.len()], Kept::default());
        loop {
            base.seek(io::SeekFrom::Start(begin)).map_err(StreamError::read)?;
            let mut found = survey(&self.patch, wiped.clone(), kept, base, options.window)?;
            let now_wiped = plan::wiped(&self.patch, &found);
            if !found.kept.turn() && now_wiped == wiped {
                let (plan, kept) = plan::plan(&self.patch, found);
                return Ok(Checked { patch: &self.patch, plan, kept, options });
            }
            // What an alias means has to be known after all: again, with an eye on its anchor.
            (wiped, kept) = (now_wiped, found.kept);
        }
    }
}

impl Checked<'_> {
    /// Warnings about tags that find no list.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.plan.misfits.iter().map(misfit).collect()
    }

    /// Reads the same base again and writes what it comes to.
    ///
    /// # Errors
    /// Where the base cannot be read or is another one by now, or the output cannot be written.
    pub fn write(self, base: &mut dyn Read, out: &mut dyn Write) -> Result<(), StreamError> {
        let out = io::BufWriter::with_capacity(64 << 10, out);
        let splice = Splice::new(self.patch, self.plan, self.kept, out, self.options.strip_comments);
        let mut second = Second(splice);
        read_documents(base, self.options.window, &mut second)?;
        Ok(second.0.finish()?)
    }
}

fn survey(
    patch: &Patch,
    wiped: Vec<bool>,
    kept: Kept,
    base: &mut dyn Read,
    window: usize,
) -> Result<Found, StreamError> {
    let mut first = First(Survey::new(patch, wiped, kept));
    match read_documents(base, window, &mut first) {
        Ok(()) => Ok(first.0.finish()),
        Err(error) => Err(error.within(first.0.innermost())),
    }
}

struct First<'p>(Survey<'p>);

impl Sink for First<'_> {
    type Error = StreamError;

    fn event(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), StreamError> {
        self.0.event(event, text)
    }

    fn document_end(&mut self, _at: usize, _text: Text<'_>) -> Result<(), StreamError> {
        self.0.document_end();
        Ok(())
    }

    fn settled(&mut self, _at: usize, _text: Text<'_>) -> Result<(), StreamError> {
        Ok(())
    }

    fn keep_from(&self) -> usize {
        usize::MAX
    }
}

struct Second<'p, W>(Splice<'p, W>);

impl<W: Write> Sink for Second<'_, W> {
    type Error = StreamError;

    fn event(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), StreamError> {
        Ok(self.0.event(event, text)?)
    }

    fn document_end(&mut self, at: usize, text: Text<'_>) -> Result<(), StreamError> {
        Ok(self.0.document_end(at, text)?)
    }

    fn settled(&mut self, at: usize, text: Text<'_>) -> Result<(), StreamError> {
        Ok(self.0.settled(at, text)?)
    }

    fn keep_from(&self) -> usize {
        self.0.keep_from()
    }
}

impl From<YamlError> for StreamError {
    fn from(error: YamlError) -> Self {
        StreamError { kind: StreamErrorKind::Yaml(error) }
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        StreamError::read(error)
    }
}

impl From<Fault> for StreamError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Yaml(error) => error.into(),
            Fault::Write(error) => StreamError { kind: StreamErrorKind::Write(error) },
        }
    }
}
