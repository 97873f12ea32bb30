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

    /// Reads `a.b[0].c`; `\` takes the next character as it is; a leading `.Values.` or `Values.` is passed over.
    ///
    /// # Errors
    /// An empty key, or brackets without a number.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let prefix = [".Values.", "Values."].into_iter().find(|p| text.starts_with(p)).map_or(0, str::len);
        let mut path = Path::root();
        let mut key = String::new();
        let mut after_index = false;
        let mut chars = text[prefix..].char_indices().map(|(i, c)| (i + prefix, c));
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => key.extend(chars.next().map(|(_, c)| c)),
                '.' | '[' if key.is_empty() && !after_index && !(c == '[' && path.is_root()) => {
                    return Err(PathError { at, message: "a key is missing here" });
                }
                '.' => {
                    if !key.is_empty() {
                        path.push_key(std::mem::take(&mut key));
                    }
                    after_index = false;
                }
                '[' => {
                    if !key.is_empty() {
                        path.push_key(std::mem::take(&mut key));
                    }
                    let digits: String = chars.by_ref().map(|(_, c)| c).take_while(|c| *c != ']').collect();
                    let index =
                        digits.parse().map_err(|_| PathError { at: at + 1, message: "expected a number and `]`" })?;
                    path.push_index(index);
                    after_index = true;
                }
                _ if after_index => return Err(PathError { at, message: "expected `.` or `[` after `]`" }),
                c => key.push(c),
            }
        }
        if !key.is_empty() {
            path.push_key(key);
        } else if !after_index && !path.is_root() {
            return Err(PathError { at: text.len(), message: "a key is missing here" });
        }
        Ok(path)
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
                    for c in key.chars() {
                        if matches!(c, '.' | '[' | '\\') {
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
        for text in ["a", "a.b[0].c", "a[0][1]", r"nodeSelector.kubernetes\.io/role", "[2].a"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Path::parse(".Values.a.b").unwrap().to_string(), "a.b");
    }

    #[test]
    fn says_where_a_path_is_wrong() {
        for (text, at) in [("a..b", 2), ("a.", 2), ("a[x]", 2), ("a[0]b", 4), (".a", 0)] {
            assert_eq!(Path::parse(text).unwrap_err().at, at, "{text}");
        }
    }
}
