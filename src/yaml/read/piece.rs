//! The text of a scalar as it is put together.

use std::borrow::Cow;

/// Text that stays a range of the input for as long as what is added follows what is there.
pub(super) struct Piece<'a> {
    source: &'a str,
    start: usize,
    end: usize,
    owned: Option<String>,
}

impl<'a> Piece<'a> {
    pub fn new(source: &'a str) -> Self {
        Piece { source, start: 0, end: 0, owned: None }
    }

    /// Adds a range of the input.
    pub fn range(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        let source = self.source;
        match &mut self.owned {
            Some(text) => text.push_str(slice(source, start, end)),
            None if self.start == self.end => (self.start, self.end) = (start, end),
            None if self.end == start => self.end = end,
            None => self.own().push_str(slice(source, start, end)),
        }
    }

    /// Adds text that is not in the input.
    pub fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.own().push_str(text);
        }
    }

    /// Adds a character that is not in the input.
    pub fn char(&mut self, c: char) {
        self.own().push(c);
    }

    /// Whether `\n` stands at an offset of the input.
    pub fn is_newline_at(&self, at: usize) -> bool {
        self.source.as_bytes().get(at) == Some(&b'\n')
    }

    fn own(&mut self) -> &mut String {
        let held = slice(self.source, self.start, self.end);
        self.owned.get_or_insert_with(|| held.to_owned())
    }

    pub fn finish(self) -> Cow<'a, str> {
        match self.owned {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(slice(self.source, self.start, self.end)),
        }
    }
}

/// A range of a text; empty where it is none, which no caller asks for.
pub(super) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}
