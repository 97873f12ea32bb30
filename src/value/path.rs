//! Paths into values, written as `--set` writes them.

use super::Str;

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Into a map, by key.
    Key(Str),
    /// Into a list, by place from 0.
    Index(usize),
}

/// A way from the root of a document to one of its values.
///
/// Prints as `--set` would take it: `clustering.frontend.hosts[0].host`, with `\.` for a dot in a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Path(Vec<Segment>);

/// Text that is not a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// The byte where it goes wrong.
    pub at: usize,
    /// What is wrong there.
    pub message: &'static str,
}

impl Path {
    /// The path to the root.
    pub fn root() -> Self {
        Path(Vec::new())
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether it leads to the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes one step further, into a map.
    pub fn push_key(&mut self, key: impl Into<Str>) {
        self.0.push(Segment::Key(key.into()));
    }

    /// Goes one step further, into a list.
    pub fn push_index(&mut self, index: usize) {
        self.0.push(Segment::Index(index));
    }

    /// Goes one step further.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Goes one step back.
    pub fn pop(&mut self) -> Option<Segment> {
        self.0.pop()
    }

    /// This path and one more step into a map.
    #[must_use]
    pub fn key(&self, key: impl Into<Str>) -> Path {
        let mut path = self.clone();
        path.push_key(key);
        path
    }

    /// This path and one more step into a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Path {
        let mut path = self.clone();
        path.push_index(index);
        path
    }

    /// Reads `a.b[0].c`; `\` takes the next character as it is, and so do quotes around a key, all of it:
    /// `a."b.c"`, `a["b.c"]`. A leading `.Values.` or `Values.` is passed over.
    ///
    /// # Errors
    /// An empty key, quotes that are not closed, or brackets without a number or quotes.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let prefix = [".Values.", "Values."].into_iter().find(|p| text.starts_with(p)).map_or(0, str::len);
        let mut parser = PathParser { text, at: prefix, path: Path::root() };
        while parser.at < text.len() {
            parser.step()?;
        }
        Ok(parser.path)
    }
}

/// What of a path's text is still to be read.
struct PathParser<'t> {
    text: &'t str,
    at: usize,
    path: Path,
}

impl<'t> PathParser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, PathError> {
        Err(PathError { at: self.at, message })
    }

    /// Passes over a character where it comes next.
    fn take(&mut self, wanted: char) -> bool {
        let there = self.rest().starts_with(wanted);
        self.at += if there { wanted.len_utf8() } else { 0 };
        there
    }

    /// One key or index, with the dot before a key that is not the first.
    fn step(&mut self) -> Result<(), PathError> {
        if self.take('[') {
            return self.bracket();
        }
        if !self.path.is_root() && !self.take('.') {
            return self.fail("expected `.` or `[` here");
        }
        let key = match self.quoted()? {
            Some(key) => key,
            None => self.plain(),
        };
        if key.is_empty() {
            return self.fail("a key is missing here");
        }
        self.path.push_key(key);
        Ok(())
    }

    /// A key up to the next `.` or `[`.
    fn plain(&mut self) -> String {
        let mut key = String::new();
        let mut chars = self.rest().char_indices();
        let mut end = self.rest().len();
        while let Some((i, c)) = chars.next() {
            match c {
                '\\' => key.extend(chars.next().map(|(_, c)| c)),
                '.' | '[' => {
                    end = i;
                    break;
                }
                c => key.push(c),
            }
        }
        self.at += end;
        key
    }

    /// A key in quotes, if one comes next.
    fn quoted(&mut self) -> Result<Option<String>, PathError> {
        let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Ok(None) };
        let inner = self.rest().get(1..).unwrap_or_default();
        let Some(end) = inner.find(quote) else { return self.fail("this quote is not closed") };
        self.at += end + 2;
        Ok(Some(inner[..end].to_owned()))
    }

    /// What is between brackets: an index, or a key in quotes.
    fn bracket(&mut self) -> Result<(), PathError> {
        if let Some(key) = self.quoted()? {
            self.path.push_key(key);
        } else {
            let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
            let Ok(index) = self.rest()[..digits].parse() else { return self.fail("expected a number and `]`") };
            self.path.push_index(index);
            self.at += digits;
        }
        if self.take(']') { Ok(()) } else { self.fail("expected `]` here") }
    }
}

impl From<Vec<Segment>> for Path {
    fn from(segments: Vec<Segment>) -> Self {
        Path(segments)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    for (i, c) in key.chars().enumerate() {
                        if matches!(c, '.' | '[' | '\\') || i == 0 && matches!(c, '"' | '\'') {
                            f.write_str("\\")?;
                        }
                        write!(f, "{c}")?;
                    }
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in ["a", "a.b[0].c", "a[0][1]", r"nodeSelector.kubernetes\.io/role", "[2].a", r#"a.\"b"#, "a.b'"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Path::parse(".Values.a.b").unwrap().to_string(), "a.b");
        for text in [r#"a."b.c".d"#, r#"a["b.c"].d"#, "a['b.c'].d"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), r"a.b\.c.d", "{text}");
        }
    }

    #[test]
    fn says_where_a_path_is_wrong() {
        for (text, at) in [("a..b", 2), ("a.", 2), ("a[x]", 2), ("a[0]b", 4), (".a", 0), ("a.\"b", 2)] {
            assert_eq!(Path::parse(text).unwrap_err().at, at, "{text}");
        }
    }
}
