//! What may stand in a YAML text at all, and where its lines end.

use super::super::YamlError;

/// The part of an input that is text.
pub(super) struct Checked<'a> {
    /// All of the input, or what stands before the first byte that may not be there.
    pub text: &'a str,
    /// Where the text breaks off before the end of the input, and why.
    pub bad: Option<(usize, &'static str)>,
    /// Whether the text has line breaks other than `\n` and `\r`.
    pub exotic: bool,
}

/// Reads an input as UTF-8 without control characters, as far as it is.
pub(super) fn check(input: &[u8]) -> Checked<'_> {
    let (text, bad) = match std::str::from_utf8(input) {
        Ok(text) => (text, None),
        Err(error) => {
            let (head, tail) = input.split_at(error.valid_up_to());
            (std::str::from_utf8(head).unwrap_or_default(), Some((head.len(), why_not_utf8(tail))))
        }
    };
    let mut checked = Checked { text, bad, exotic: false };
    let mut at = 0;
    for block in text.as_bytes().chunks(BLOCK) {
        if !is_plain_ascii(block) {
            checked.look_closely(at, at + block.len());
        }
        at += block.len();
        if checked.text.len() < at {
            break;
        }
    }
    checked
}

const BLOCK: usize = 1024;

/// Whether a block is ASCII without control characters; written so that it compiles to vector instructions.
fn is_plain_ascii(block: &[u8]) -> bool {
    let mut odd = 0;
    for b in block {
        odd |= u8::from(b.wrapping_sub(0x20) > 0x5E) & u8::from(!matches!(b, b'\t' | b'\n' | b'\r'));
    }
    odd == 0
}

impl Checked<'_> {
    /// Looks at each character that begins between two offsets, and at the one across the first.
    fn look_closely(&mut self, from: usize, to: usize) {
        let bytes = self.text.as_bytes();
        for at in from..to {
            // The first two bytes of a character tell; a character of two or three bytes may begin in this block
            // and end in the next.
            match (bytes[at], bytes.get(at + 1), bytes.get(at + 2)) {
                (b'\t' | b'\n' | b'\r' | 0x20..=0x7E, _, _) => {}
                (0xC2, Some(0x85), _) | (0xE2, Some(0x80), Some(0xA8 | 0xA9)) => self.exotic = true,
                (0..=0x1F | 0x7F, _, _) | (0xC2, Some(0x80..=0x9F), _) | (0xEF, Some(0xBF), Some(0xBE | 0xBF)) => {
                    self.bad = Some((at, "control characters are not allowed"));
                    self.text = &self.text[..at];
                    return;
                }
                _ => {}
            }
        }
    }
}

/// The reason in libyaml's words.
fn why_not_utf8(tail: &[u8]) -> &'static str {
    let width = match tail.first() {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF7) => 4,
        _ => return "invalid leading UTF-8 octet",
    };
    let trailing = tail.iter().skip(1).take(width - 1).take_while(|b| **b & 0xC0 == 0x80).count();
    if trailing + 1 < width {
        let broken_off = trailing + 1 == tail.len();
        return if broken_off { "incomplete UTF-8 octet sequence" } else { "invalid trailing UTF-8 octet" };
    }
    match (tail.first(), tail.get(1)) {
        (Some(0xC0 | 0xC1), _) | (Some(0xE0), Some(0x80..=0x9F)) | (Some(0xF0), Some(0x80..=0x8F)) => {
            "invalid length of a UTF-8 sequence"
        }
        _ => "invalid Unicode character",
    }
}

/// How many bytes the line break at an offset has; 0 where there is none.
pub(super) fn break_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xC2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xE2) if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
        _ => 0,
    }
}

/// The character that the line break at an offset stands for: U+2028 and U+2029 stay, all others are `\n`.
pub(super) fn break_char(bytes: &[u8], at: usize) -> char {
    match (bytes.get(at), bytes.get(at + 2)) {
        (Some(0xE2), Some(0xA8)) => '\u{2028}',
        (Some(0xE2), _) => '\u{2029}',
        _ => '\n',
    }
}

/// Whether a byte is a space or a tab.
pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Whether a byte may stand in the name of an anchor, a directive or a tag handle.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const UTF16_LE: [u8; 2] = [0xFF, 0xFE];
const UTF16_BE: [u8; 2] = [0xFE, 0xFF];

/// Whether a byte order mark says that an input is UTF-16.
pub fn is_utf16(input: &[u8]) -> bool {
    input.starts_with(&UTF16_LE) || input.starts_with(&UTF16_BE)
}

/// The input as UTF-8 where a byte order mark says that it is UTF-16; nothing where it does not.
///
/// # Errors
/// Half a character, or half a surrogate pair.
pub fn transcode(input: &[u8]) -> Result<Option<String>, YamlError> {
    let unit = match input.first_chunk::<2>() {
        Some(&UTF16_LE) => u16::from_le_bytes,
        Some(&UTF16_BE) => u16::from_be_bytes,
        _ => return Ok(None),
    };
    let units = input.chunks_exact(2).skip(1).filter_map(|pair| Some(unit(*pair.first_chunk()?)));
    let mut text = String::with_capacity(input.len() / 2);
    for (i, c) in char::decode_utf16(units).enumerate() {
        text.push(c.map_err(|_| YamlError::new(2 * i + 2, "expected low surrogate area"))?);
    }
    if input.len() % 2 == 1 {
        return Err(YamlError::new(input.len() - 1, "incomplete UTF-16 character"));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_where_it_is_not_text() {
        let long = [b'a'; 3 * BLOCK];
        for (tail, want) in [
            (&b"ok \xC3\xA9 \xF0\x9F\x98\x80 \t\r\n"[..], None),
            (b"\x07", Some("control characters are not allowed")),
            (b"\x7F", Some("control characters are not allowed")),
            (b"\xC2\x80", Some("control characters are not allowed")),
            (b"\xEF\xBF\xBE", Some("control characters are not allowed")),
            (b"\xFF", Some("invalid leading UTF-8 octet")),
            (b"\xC3", Some("incomplete UTF-8 octet sequence")),
            (b"\xC3a", Some("invalid trailing UTF-8 octet")),
            (b"\xC0\x80", Some("invalid length of a UTF-8 sequence")),
            (b"\xED\xA0\x80", Some("invalid Unicode character")),
        ] {
            for head in [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 7] {
                let input = [&long[..head], tail].concat();
                let checked = check(&input);
                assert_eq!(checked.bad, want.map(|why| (head, why)), "{tail:?}");
                assert_eq!(checked.text.len(), if want.is_some() { head } else { input.len() });
            }
        }
    }

    #[test]
    fn utf16_is_read() {
        assert_eq!(transcode(b"\xFF\xFEv\0:\0").unwrap().as_deref(), Some("v:"));
        assert_eq!(transcode(b"\xFE\xFF\0v\xD8\x3D\xDE\0").unwrap().as_deref(), Some("v\u{1F600}"));
        assert_eq!(transcode(b"v: 1").unwrap(), None);
        assert!(transcode(b"\xFF\xFEv").is_err());
        assert!(transcode(b"\xFE\xFF\xD8\x3D").is_err());
    }
}
