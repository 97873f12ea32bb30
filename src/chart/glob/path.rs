//! Patterns of Go's `path/filepath.Match`, on systems whose separator is `/`.

use super::{BadPattern, first_char};

/// A pattern in pieces, each of which follows a `*` or does not.
#[derive(Debug, Clone)]
pub(in crate::chart) struct PathPattern {
    chunks: Vec<Chunk>,
    /// Whether what comes after the chunks is malformed.
    broken: bool,
}

#[derive(Debug, Clone)]
struct Chunk {
    star: bool,
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
enum Item {
    /// A byte that stands for itself.
    Byte(u8),
    /// `?`
    Single,
    /// `[a-z]` or `[^a-z]`, which may match a `/`.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl PathPattern {
    pub fn parse(pattern: &str) -> Self {
        let mut reader = Reader { rest: pattern.as_bytes() };
        let mut chunks = Vec::new();
        while !reader.rest.is_empty() {
            match reader.chunk() {
                Ok(chunk) => chunks.push(chunk),
                Err(BadPattern) => return PathPattern { chunks, broken: true },
            }
        }
        PathPattern { chunks, broken: false }
    }

    /// Each chunk is matched at the first place where it fits and never again elsewhere, as in Go.
    pub fn matches(&self, path: &str) -> Result<bool, BadPattern> {
        let mut rest = path.as_bytes();
        for (i, chunk) in self.chunks.iter().enumerate() {
            if chunk.star && chunk.items.is_empty() {
                return Ok(!rest.contains(&b'/'));
            }
            let last = !self.broken && i + 1 == self.chunks.len();
            match chunk.find(rest, last) {
                Some(after) => rest = after,
                None => return Ok(false),
            }
        }
        if self.broken { Err(BadPattern) } else { Ok(rest.is_empty()) }
    }
}

impl Chunk {
    /// What is left of a text after the chunk: nothing, if the chunk is the last one.
    fn find<'a>(&self, text: &'a [u8], last: bool) -> Option<&'a [u8]> {
        let reach = if self.star { text.iter().position(|b| *b == b'/').unwrap_or(text.len()) } else { 0 };
        // Of a known length, what reaches the end begins at a known place.
        let is_long = last && self.items.iter().all(|item| matches!(item, Item::Byte(_)));
        let from = if is_long { text.len().checked_sub(self.items.len())? } else { 0 };
        (from..=reach).find_map(|skip| self.fit(text.get(skip..)?).filter(|rest| !last || rest.is_empty()))
    }

    fn fit<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        self.items.iter().try_fold(text, |rest, item| rest.get(item.fit(rest)?..))
    }
}

impl Item {
    /// How many bytes at the beginning of a text match.
    fn fit(&self, text: &[u8]) -> Option<usize> {
        let first = *text.first()?;
        match self {
            Item::Byte(byte) => (*byte == first).then_some(1),
            Item::Single => (first != b'/').then(|| first_char(text).1),
            Item::Class { negated, ranges } => {
                let (c, len) = first_char(text);
                (ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated).then_some(len)
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn chunk(&mut self) -> Result<Chunk, BadPattern> {
        let mut chunk = Chunk { star: false, items: Vec::new() };
        while self.eat(b'*') {
            chunk.star = true;
        }
        while let Some((byte, rest)) = self.rest.split_first() {
            if *byte == b'*' {
                break;
            }
            self.rest = rest;
            chunk.items.push(match byte {
                b'?' => Item::Single,
                b'[' => self.class()?,
                b'\\' => Item::Byte(self.byte()?),
                byte => Item::Byte(*byte),
            });
        }
        Ok(chunk)
    }

    fn class(&mut self) -> Result<Item, BadPattern> {
        let negated = self.eat(b'^');
        let mut ranges = Vec::new();
        while ranges.is_empty() || !self.eat(b']') {
            let low = self.bound()?;
            let high = if self.eat(b'-') { self.bound()? } else { low };
            ranges.push((low, high));
        }
        Ok(Item::Class { negated, ranges })
    }

    /// An end of a range; something must follow it.
    fn bound(&mut self) -> Result<char, BadPattern> {
        if matches!(self.rest.first(), None | Some(b'-' | b']')) {
            return Err(BadPattern);
        }
        self.eat(b'\\');
        let (c, len) = first_char(self.rest);
        self.rest = self.rest.get(len..).unwrap_or_default();
        if len == 0 || self.rest.is_empty() { Err(BadPattern) } else { Ok(c) }
    }

    fn byte(&mut self) -> Result<u8, BadPattern> {
        let (byte, rest) = self.rest.split_first().ok_or(BadPattern)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let rest = self.rest.strip_prefix(&[wanted]);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}
