//! Why a base cannot be merged, and where: the lines around are read again, since the base was not kept.

use std::io::{self, Read, Seek, SeekFrom};

use crate::diag::{Diagnostic, Skipped, SourceKind, Sources, Span};
use crate::yaml::YamlError;

/// How much of a very long line is shown at most, before and after a place.
const AROUND: u64 = 4096;

/// Why a base cannot be merged.
#[derive(Debug)]
pub struct StreamError {
    /// The reason.
    pub kind: StreamErrorKind,
}

/// The kinds of [`StreamError`].
#[derive(Debug)]
pub enum StreamErrorKind {
    /// It is not YAML, or YAML that Helm's library refuses.
    Yaml(YamlError),
    /// It has a tag that is not right, or in the way of an overlay.
    Tag(YamlError),
    /// It cannot be read.
    Read(io::Error),
    /// The output cannot be written.
    Write(io::Error),
}

impl StreamError {
    pub(super) fn read(error: io::Error) -> Self {
        StreamError { kind: StreamErrorKind::Read(error) }
    }

    pub(super) fn refused(error: YamlError) -> Self {
        StreamError { kind: StreamErrorKind::Tag(error) }
    }

    /// The same error, with where the collection began that it is in: a window may know only that there is one.
    pub(super) fn within(mut self, innermost: Option<usize>) -> Self {
        if let StreamErrorKind::Yaml(YamlError { context: Some((at, what)), .. }) = &mut self.kind
            && (what.contains("block mapping") || what.contains("collection") || what.contains("flow"))
            && let Some(start) = innermost
        {
            *at = start;
        }
        self
    }

    /// As a diagnostic. The base is read again for the lines to show; `name` is what to call it.
    pub fn diagnostic<R: Read + Seek>(&self, name: &str, base: &mut R, sources: &Sources) -> Diagnostic {
        let (what, error) = match &self.kind {
            StreamErrorKind::Read(error) => return Diagnostic::error(format!("{name} cannot be read: {error}")),
            StreamErrorKind::Write(error) => {
                return Diagnostic::error(format!("the output cannot be written: {error}"));
            }
            StreamErrorKind::Yaml(error) => ("not valid YAML: ", error),
            StreamErrorKind::Tag(error) => ("", error),
        };
        let mut place = |at: usize| excerpt(name, base, at as u64, sources).ok();
        let diagnostic = Diagnostic::error(format!("{what}{}", error.message));
        let diagnostic = diagnostic.label_opt(place(error.at), "");
        let context = error.context.and_then(|(at, what)| Some((place(at)?, format!("in this {what}"))));
        let diagnostic = match context {
            Some((span, text)) => diagnostic.label(span, text),
            None => diagnostic,
        };
        diagnostic.help_opt(error.help)
    }
}

/// Registers the line that an offset is on as a source of its own, and gives the offset's place in it.
fn excerpt<R: Read + Seek>(name: &str, base: &mut R, at: u64, sources: &Sources) -> io::Result<Span> {
    base.seek(SeekFrom::Start(0))?;
    let mut skipped = Skipped::default();
    let mut line_start = 0;
    let mut passed = 0;
    let mut chunk = vec![0; 64 << 10];
    while passed < at {
        let wanted = (at - passed).min(chunk.len() as u64) as usize;
        let read = base.read(&mut chunk[..wanted])?;
        if read == 0 {
            break;
        }
        for newline in memchr::memchr_iter(b'\n', &chunk[..read]) {
            skipped.lines += 1;
            line_start = passed + newline as u64 + 1;
        }
        passed += read as u64;
    }
    // Of a very long line only a part is shown.
    let start = line_start.max(at.saturating_sub(AROUND));
    skipped.columns = characters(base, line_start, start)?;
    base.seek(SeekFrom::Start(start))?;
    let mut line = Vec::new();
    base.take(at - start + AROUND).read_to_end(&mut line)?;
    let after = (at - start) as usize;
    let end = memchr::memchr(b'\n', line.get(after..).unwrap_or_default()).map_or(line.len(), |n| after + n);
    line.truncate(end);
    let source = sources.add_part(name, SourceKind::Data, line, skipped).map_err(|_| io::ErrorKind::OutOfMemory)?;
    Ok(Span::at(source.range(after..after).start))
}

/// How many characters begin in a range.
fn characters<R: Read + Seek>(base: &mut R, from: u64, to: u64) -> io::Result<usize> {
    base.seek(SeekFrom::Start(from))?;
    let mut count = 0;
    let mut rest = base.take(to - from);
    let mut chunk = vec![0; 64 << 10];
    loop {
        match rest.read(&mut chunk)? {
            0 => return Ok(count),
            read => count += chunk[..read].iter().filter(|b| **b & 0xC0 != 0x80).count(),
        }
    }
}
