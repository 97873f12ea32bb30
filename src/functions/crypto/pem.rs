//! PEM: base64 between two lines that say what it is.

use super::super::encoding::{base64, from_base64};

/// A block of this type.
pub(super) fn encode(kind: &str, bytes: &[u8]) -> String {
    let body = base64(bytes);
    let mut out = format!("-----BEGIN {kind}-----\n");
    // Base64 is ASCII, so that each 64 bytes are text.
    for line in body.as_bytes().chunks(64) {
        out.extend(line.iter().map(|b| char::from(*b)));
        out.push('\n');
    }
    out + &format!("-----END {kind}-----\n")
}

/// The type and the content of the first block of a text; what stands around blocks does not count.
pub(super) fn decode(text: &str) -> Option<(&str, Vec<u8>)> {
    let mut lines = text.lines();
    loop {
        let line = lines.by_ref().find(|line| line.starts_with("-----BEGIN "))?;
        let Some(kind) = line.trim_end().strip_prefix("-----BEGIN ").and_then(|l| l.strip_suffix("-----")) else {
            continue;
        };
        let end = format!("-----END {kind}-----");
        let mut body = String::new();
        let closed = lines.by_ref().any(|line| {
            let last = line.trim_end() == end;
            // A line with a colon is a header.
            if !last && !line.contains(':') {
                body += line.trim();
            }
            last
        });
        match from_base64(body.as_bytes()) {
            Ok(bytes) if closed => return Some((kind, bytes)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = format!("some words\n{}trailing\n", encode("A KEY", &bytes));
        assert_eq!(decode(&text), Some(("A KEY", bytes)));
        assert_eq!(decode("-----BEGIN X-----\nYQ==\n"), None);
        assert_eq!(encode("E", b""), "-----BEGIN E-----\n-----END E-----\n");
    }
}
