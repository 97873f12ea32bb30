//! Reading an argument character by character, as Go's `bytes.Buffer.ReadRune` does.

use std::ops::Range;

/// The first character of some bytes and its length; a byte that is not UTF-8 is one U+FFFD, as in Go.
pub(super) fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let head = bytes.get(..4).unwrap_or(bytes);
    let chunk = head.utf8_chunks().next()?;
    Some(chunk.valid().chars().next().map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// Text up to a stop.
pub(super) struct Piece {
    /// The text, with its escapes resolved.
    pub text: String,
    /// Where it stands, without the stop.
    pub span: Range<usize>,
    /// The character that ended it; none at the end of the argument.
    pub stop: Option<char>,
}

/// A place in an argument.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether `\` takes the next character as it is: not so for `--set-literal`.
    escapes: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a [u8], escapes: bool) -> Self {
        Scanner { text, at: 0, escapes }
    }

    /// The byte to be read next.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Goes on from a byte further on.
    pub fn skip_to(&mut self, offset: usize) {
        self.at = offset;
    }

    pub fn peek(&self) -> Option<char> {
        Some(first_char(self.text.get(self.at..)?)?.0)
    }

    pub fn next(&mut self) -> Option<char> {
        let (c, len) = first_char(self.text.get(self.at..)?)?;
        self.at += len;
        Some(c)
    }

    /// Passes over the next character if it is this one.
    pub fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    /// Reads up to one of the stops, and past it. A backslash at the very end is dropped, as in Helm.
    pub fn until(&mut self, stops: &[char]) -> Piece {
        let start = self.at;
        let mut text = String::new();
        loop {
            let end = self.at;
            match self.next() {
                Some(c) if stops.contains(&c) => return Piece { text, span: start..end, stop: Some(c) },
                Some('\\') if self.escapes => text.extend(self.next()),
                Some(c) => text.push(c),
                None => return Piece { text, span: start..end, stop: None },
            }
        }
    }
}
