//! The two languages of file patterns that Helm's users write: `.Files.Glob` takes gobwas globs, `--show-only` and
//! .helmignore take those of Go's `filepath.Match`.
//!
//! Knows nothing of charts and files; matches text against text.

mod compile;
mod matcher;
mod path;
mod syntax;
#[cfg(test)]
mod tests;

pub(super) use path::PathPattern;

use matcher::Matcher;

/// A pattern that is none in the language of `filepath.Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern;

/// Matches a path as Go's `filepath.Match` does: `*` and `?` stop at `/`, `[a-z]` and `[^a-z]` do not, `\` takes the
/// next character as it is.
///
/// # Errors
/// A pattern that is malformed, if the path matches up to the `*` before the malformed part; else it does not match.
pub fn filepath_match(pattern: &str, path: &str) -> Result<bool, BadPattern> {
    PathPattern::parse(pattern).matches(path)
}

/// A compiled pattern of `.Files.Glob`.
#[derive(Debug, Clone)]
pub struct Glob(Matcher);

/// Compiles a pattern as Helm's `.Files.Glob` does: in the language of github.com/gobwas/glob 0.2.3 with `/` as the
/// separator. A pattern that is malformed there matches every path, as `**` does.
pub fn gobwas(pattern: &str) -> Glob {
    Glob(syntax::parse(pattern).map_or(Matcher::Super, |nodes| compile::compile(&nodes)))
}

impl Glob {
    /// Whether a path matches.
    ///
    /// gobwas panics, and so fails the template, for a few patterns with empty alternatives (`a{}`); they match
    /// nothing here.
    pub fn matches(&self, path: &str) -> bool {
        self.0.matches(path.as_bytes())
    }
}

/// The first character of some bytes, and its length; as in Go one U+FFFD for a byte that is not UTF-8, and U+FFFD of
/// length 0 for none.
fn first_char(bytes: &[u8]) -> (char, usize) {
    let head = bytes.get(..4).unwrap_or(bytes);
    match head.utf8_chunks().next() {
        None => (char::REPLACEMENT_CHARACTER, 0),
        Some(chunk) => chunk.valid().chars().next().map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())),
    }
}
