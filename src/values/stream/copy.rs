//! The output: ranges of the base, with comments or without, and new text.

use std::io::{self, Write};

use super::text::comment_in_header;
use crate::yaml::{Event, EventKind, Style, Text};

/// Copies the base from its beginning to its end, with what is to be left out passed over.
#[derive(Debug)]
pub(super) struct Copy<W> {
    out: W,
    /// Whether comments and empty lines are left out.
    strip: bool,
    /// Up to where the base is copied or passed over.
    at: usize,
    /// Whether the output is at the beginning of a line.
    fresh: bool,
}

impl<W: Write> Copy<W> {
    pub fn new(out: W, strip: bool) -> Self {
        Copy { out, strip, at: 0, fresh: true }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// Leaves out what is before an offset and not copied yet.
    pub fn pass(&mut self, to: usize) {
        self.at = self.at.max(to);
    }

    /// Copies up to an offset as it is.
    pub fn raw(&mut self, to: usize, text: Text<'_>) -> io::Result<()> {
        if to > self.at {
            self.bytes(text.slice(self.at..to))?;
            self.at = to;
        }
        Ok(())
    }

    /// Copies what stands between two tokens, up to an offset. Where comments are kept this may be tokens as well.
    pub fn gap(&mut self, to: usize, text: Text<'_>) -> io::Result<()> {
        if !self.strip {
            return self.raw(to, text);
        }
        if to > self.at {
            let gap = text.slice(self.at..to);
            self.at = to;
            self.stripped(gap)?;
        }
        Ok(())
    }

    /// Copies a token, which ends at an offset. Where comments are kept that can wait.
    pub fn token(&mut self, event: &Event<'_>, end: usize, text: Text<'_>) -> io::Result<()> {
        if !self.strip || self.at >= end {
            return Ok(());
        }
        self.gap(event.start, text)?;
        if let EventKind::Scalar { style: Style::Literal | Style::Folded, .. } = event.kind
            && let Some(comment) = comment_in_header(text, event.start, end)
        {
            self.raw(comment.start, text)?;
            self.pass(comment.end);
        }
        self.raw(end, text)
    }

    fn stripped(&mut self, gap: &[u8]) -> io::Result<()> {
        // White space counts only with what follows it on its line.
        let (mut at, mut blank) = (0, 0);
        while let Some(byte) = gap.get(at) {
            let from = at;
            match byte {
                b' ' | b'\t' => {
                    at += 1;
                    continue;
                }
                b'#' => {
                    at += memchr::memchr2(b'\n', b'\r', &gap[at..]).unwrap_or(gap.len() - at);
                }
                b'\n' | b'\r' => {
                    at += 1 + usize::from(gap[at..].starts_with(b"\r\n"));
                    if !self.fresh {
                        self.bytes(&gap[from..at])?;
                    }
                }
                _ => {
                    at += 1;
                    self.bytes(&gap[blank..at])?;
                }
            }
            blank = at;
        }
        self.bytes(&gap[blank..])
    }

    /// Writes new text.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(last) = bytes.last() {
            self.fresh = matches!(last, b'\n' | b'\r');
            self.out.write_all(bytes)?;
        }
        Ok(())
    }

    /// Ends the line that is begun, if one is.
    pub fn end_line(&mut self, newline: &str) -> io::Result<()> {
        if self.fresh { Ok(()) } else { self.write(newline) }
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
