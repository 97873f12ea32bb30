//! Where Helm cuts a text into documents: at `(?:^|\s*\n)---\s*`, whatever YAML makes of it.
//!
//! So `---` within a block scalar cuts if it begins a line, `---foo` leaves `foo`, and of two separators in a row the
//! second is part of the document. Knows nothing of YAML.

use std::ops::Range;

/// The documents of a rendered text, trimmed; those of nothing at all are left out.
///
/// One of white space that Go's regular expressions do not count as such (U+00A0, U+0085 …) stays as an empty range.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let whole = trimmed(text, 0..text.len());
    pieces(text, whole).into_iter().filter(|piece| !piece.is_empty()).map(|piece| trimmed(text, piece)).collect()
}

/// What is left of a range between separators, empty ranges and white space included.
pub(crate) fn pieces(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut begin = range.start;
    while let Some(separator) = next_separator(text.as_bytes(), begin, &range) {
        pieces.push(begin..separator.start);
        begin = separator.end;
    }
    pieces.push(begin..range.end);
    pieces
}

/// The next separator at or after `from`.
fn next_separator(text: &[u8], from: usize, range: &Range<usize>) -> Option<Range<usize>> {
    let begins_line = |at: usize| at == range.start || (at > from && text[at - 1] == b'\n');
    let mut dashes = memchr::memmem::find_iter(&text[from..range.end], b"---").map(|i| i + from);
    // Overlapping finds (`a----`) begin no line.
    let at = dashes.find(|at| begins_line(*at))?;
    let spaces = text[from..at].iter().rev().take_while(|b| is_space(**b)).count();
    let after = text[at + 3..range.end].iter().take_while(|b| is_space(**b)).count();
    Some(at - spaces..at + 3 + after)
}

/// What `\s` is in Go.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// The range without white space at its ends, as Go's `strings.TrimSpace` sees it.
pub(crate) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start.max(range.start + piece.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_cut_as_helm_cuts_them() {
        let cases: [(&str, &[&str]); 17] = [
            ("", &[]),
            (" \n", &[]),
            ("---\n", &[]),
            ("a: 1", &["a: 1"]),
            ("---\na: 1\n---\nb: 2\n", &["a: 1", "b: 2"]),
            ("---\n---\na: 1", &["---\na: 1"]),
            ("a: 1\n--- # c\nb: 2", &["a: 1", "# c\nb: 2"]),
            ("a: 1\n---foo: 2", &["a: 1", "foo: 2"]),
            ("a: 1\n----\nb: 2", &["a: 1", "-\nb: 2"]),
            ("a: 1\n ---\nb: 2", &["a: 1\n ---\nb: 2"]),
            ("a: 1 \t\r\n---  \n\n\nb: 2\r\n", &["a: 1", "b: 2"]),
            ("a: b---\nc----", &["a: b---\nc----"]),
            ("a: |\n  x\n\n\n---\n\n\n---\n# c\n---\n", &["a: |\n  x", "---\n# c"]),
            ("a: 1\n---\n\u{a0}\n---\nb: 1", &["a: 1", "", "b: 1"]),
            ("\u{b}---\na: 1", &["a: 1"]),
            ("a\n---", &["a"]),
            ("------\na", &["---\na"]),
        ];
        for (text, want) in cases {
            let got: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }
}
