//! Helm 4's cutting of a values file into documents, before any of it is read as YAML.

use std::ops::Range;

use super::YamlError;

/// The documents of a values file, as ranges of its bytes.
///
/// A line that begins with `---` ends a document, wherever it stands (unless nothing stands before it, in which case
/// it belongs to the document that it begins).
#[derive(Debug, Clone)]
pub struct Documents<'a> {
    input: &'a [u8],
    pos: usize,
}

impl<'a> Documents<'a> {
    /// Cuts a values file.
    pub fn new(input: &'a [u8]) -> Self {
        Documents { input, pos: 0 }
    }

    /// Where the next line that begins with `---` is, from an offset on that begins a line.
    fn separator(&self, from: usize) -> Option<usize> {
        let rest = self.input.get(from..)?;
        if rest.starts_with(b"---") {
            return Some(from);
        }
        memchr::memmem::find(rest, b"\n---").map(|n| from + n + 1)
    }

    fn next_line(&self, from: usize) -> usize {
        let rest = self.input.get(from..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.input.len(), |n| from + n + 1)
    }

    /// Only a comment may follow `---` on its line.
    fn check_separator(&self, at: usize) -> Result<(), YamlError> {
        let line = self.input.get(at + 3..self.next_line(at)).unwrap_or_default();
        separator_fault(line).map_or(Ok(()), |fault| Err(fault.offset(at)))
    }
}

/// What is wrong with the rest of a line that begins with `---`; the error's offset is that of the line.
pub(super) fn separator_fault(rest: &[u8]) -> Option<YamlError> {
    let rest = String::from_utf8_lossy(rest);
    let rest = rest.trim();
    if rest.is_empty() || rest.starts_with('#') {
        return None;
    }
    let mut error = YamlError::new(0, format!("invalid Yaml document separator: {rest}"));
    error.help = Some("put the document on the line after `---`: Helm 4 cuts values files at lines that begin so");
    Some(error)
}

impl Iterator for Documents<'_> {
    type Item = Result<Range<usize>, YamlError>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.pos;
        if start >= self.input.len() {
            return None;
        }
        let mut from = start;
        loop {
            let Some(separator) = self.separator(from) else {
                self.pos = self.input.len();
                return Some(Ok(start..self.pos));
            };
            if let Err(error) = self.check_separator(separator) {
                self.pos = self.input.len();
                return Some(Err(error));
            }
            let next = self.next_line(separator);
            if separator > start {
                self.pos = next;
                return Some(Ok(start..separator));
            }
            from = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Result<&str, String>> {
        let documents = Documents::new(text.as_bytes());
        documents.map(|d| d.map(|range| &text[range]).map_err(|e| e.message.into_owned())).collect()
    }

    #[test]
    fn documents_are_cut_at_lines() {
        assert_eq!(cut(""), []);
        assert_eq!(cut("a: 1\n"), [Ok("a: 1\n")]);
        assert_eq!(cut("a: 1\n---\nb: 2"), [Ok("a: 1\n"), Ok("b: 2")]);
        assert_eq!(cut("---\na: 1\n--- # c\r\nb: 2\n---\n"), [Ok("---\na: 1\n"), Ok("b: 2\n")]);
        assert_eq!(cut("---\n---\na: 1\n"), [Ok("---\n"), Ok("a: 1\n")]);
        assert_eq!(cut("a: 1\n --- x\n"), [Ok("a: 1\n --- x\n")]);
        assert_eq!(cut("--- {a: 1}\n"), [Err("invalid Yaml document separator: {a: 1}".into())]);
        assert_eq!(cut("a: 1\n----\n"), [Err("invalid Yaml document separator: -".into())]);
    }
}
