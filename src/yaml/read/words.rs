//! Searches in text that look at sixteen bytes at a time.

use wide::u8x16;

/// How many bytes are looked at together.
const WIDTH: usize = 16;

#[inline(always)]
fn block(bytes: &[u8], at: usize) -> Option<u8x16> {
    Some(u8x16::from(*bytes.get(at..)?.first_chunk::<WIDTH>()?))
}

/// The number of the first byte whose bit is set.
#[inline(always)]
fn first(bits: u32) -> usize {
    bits.trailing_zeros() as usize
}

/// How many spaces stand at an offset.
#[inline(always)]
pub(super) fn spaces(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(block) = block(bytes, end) {
        let other = !block.simd_eq(u8x16::splat(b' ')).to_bitmask();
        if other & 0xFFFF != 0 {
            return end + first(other) - at;
        }
        end += WIDTH;
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
    while let Some(block) = block(bytes, at) {
        let control = block.simd_lt(u8x16::splat(b' '));
        let found = control | block.simd_eq(u8x16::splat(b':')) | block.simd_eq(u8x16::splat(b'#'));
        let found = found.to_bitmask();
        if found != 0 {
            return at + first(found);
        }
        at += WIDTH;
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
