//! `html`, `js` and `urlquery`.

use crate::runtime::text::{first_rune, is_print};

/// `template.HTMLEscape`.
pub(super) fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(*byte),
        }
    }
    out
}

/// `template.JSEscape`.
pub(super) fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((rune, size)) = first_rune(rest) {
        match rune {
            Some(c @ ('\\' | '\'' | '"')) => out.extend([b'\\', c as u8]),
            Some(c @ ('<' | '>' | '&' | '=' | '\0'..='\x1f')) => {
                out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes());
            }
            Some(c) if c.is_ascii() || is_print(c) => out.extend_from_slice(&rest[..size]),
            // Go asks whether U+FFFD, which such a byte reads as, prints: it does, and the byte stays.
            None => out.extend_from_slice(&rest[..size]),
            Some(c) => out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes()),
        }
        rest = &rest[size..];
    }
    out
}

/// `url.QueryEscape`.
pub(super) fn url_query(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(*byte)),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_in_go() {
        assert_eq!(html(b"<a b='\"&\0"), "&lt;a b=&#39;&#34;&amp;\u{fffd}".as_bytes());
        assert_eq!(js("<a='\"\\\n\u{200b}é".as_bytes()), "\\u003Ca\\u003D\\'\\\"\\\\\\u000A\\u200Bé".as_bytes());
        assert_eq!(url_query("a b&c/é~".as_bytes()), "a+b%26c%2F%C3%A9~");
    }
}
