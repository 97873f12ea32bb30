//! Where a mistake was made that a reader notices only later: quotes and brackets that are opened and not closed, and
//! texts that go on where something else was meant.

use super::{EventKind, Reader, Style};

/// What was opened before an offset at which a text was found not to be YAML, and is likely the reason: a scalar that
/// ends in that line and begins above it, or what is never closed.
pub fn opened_before(text: &str, at: usize) -> Option<usize> {
    let at = text.floor_char_boundary(at);
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let mut reader = Reader::new(text.as_bytes());
    let mut scalar = None;
    loop {
        match reader.next() {
            Ok(Some(event)) => {
                if let EventKind::Scalar { style: Style::Plain | Style::Single | Style::Double, .. } = event.kind {
                    scalar = Some(event.start..event.end);
                }
            }
            Ok(None) => return None,
            Err(error) => {
                let is_open = |what: &str| what.starts_with("flow") || what.starts_with("quoted");
                let open = error.context.filter(|(_, what)| is_open(what)).map(|(start, _)| start);
                let above = scalar.filter(|scalar| scalar.start < line && line < scalar.end).map(|scalar| scalar.start);
                return open.filter(|start| *start < line).or(above);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_and_not_closed_is_found() {
        for (text, want) in [
            ("a: \"x\nb: 1\nc: \"y\"\n", Some("\"x\n")),
            ("a: 'x\nb: 1\n", Some("'x\n")),
            ("a: 1\nb: [\nc: 2\n", Some("[\n")),
            ("a: \"x\ny\"\nb: c: d\n", None),
            ("a: b\n  c\nd: e\n  f: g\n", Some("e\n")),
            ("a: [\nb: c\nd:\n  e: f\n", Some("[\n")),
            ("a: b: c\n", None),
            ("a:\n  b: 1\n c: 2\n", None),
        ] {
            let mut reader = Reader::new(text.as_bytes());
            let error = loop {
                if let Err(error) = reader.next() {
                    break error;
                }
            };
            let found = opened_before(text, error.at);
            assert_eq!(found, want.and_then(|want| text.find(want)), "{text:?}: {error:?}");
        }
    }
}
