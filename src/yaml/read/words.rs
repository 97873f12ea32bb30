//! Searches in text that look at eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;
const SPACES: u64 = ONES * b' ' as u64;

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The high bit of each byte that is zero; above such a byte, of others too.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// How many bytes are below the lowest bit that is set.
#[inline(always)]
fn below(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

/// How many spaces stand at an offset.
#[inline(always)]
pub(super) fn spaces(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(word) = word(bytes, end) {
        let other = word ^ SPACES;
        if other != 0 {
            return end + below(other) - at;
        }
        end += 8;
    }
    while bytes.get(end) == Some(&b' ') {
        end += 1;
    }
    end - at
}

/// The offset of the next `:`, `#` or control character (line breaks, tabs), or of the end.
#[inline(always)]
pub(super) fn plain_run(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = word(bytes, at) {
        let control = word.wrapping_sub(SPACES) & !word & HIGH;
        let found = control | zeros(word ^ (ONES * b':' as u64)) | zeros(word ^ (ONES * b'#' as u64));
        if found != 0 {
            return at + below(found);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| matches!(b, b':' | b'#' | 0..b' ')).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_the_first_byte_that_matters() {
        for head in 0..20 {
            for (stop, more) in [(":", "#"), ("#", ":"), ("\n", ": "), ("\t", ""), ("", "")] {
                let text = format!("{}{stop}{more}", "aé!9\u{7E}".repeat(4).chars().take(head).collect::<String>());
                let want = text.find([':', '#', '\n', '\t']).unwrap_or(text.len());
                assert_eq!(plain_run(text.as_bytes(), 0), want, "{text:?}");
            }
            let text = format!("{}!x", " ".repeat(head));
            assert_eq!(spaces(text.as_bytes(), 0), head);
            assert_eq!(spaces(text.as_bytes(), head.min(3)), head - head.min(3));
        }
    }
}
