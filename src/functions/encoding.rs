//! Base64 and base32, with Go's opinion on what is wrong with a text; hashes.
//!
//! Semantics: Go's `encoding/base64` and `encoding/base32`; Sprig gives their errors as the result.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::Function;
use super::Param::Str;
use super::args::{string, text};

/// The family.
pub(super) const FAMILY: &[Function] =
    &[
        Function::new("b64enc", &[Str], |_, a| Ok(base64(text(a, 0)?).into())),
        Function::new("b64dec", &[Str], |_, a| {
            Ok(from_base64(text(a, 0)?).map_or_else(|at| illegal("base64", at), string))
        }),
        Function::new("b32enc", &[Str], |_, a| Ok(base32(text(a, 0)?).into())),
        Function::new("b32dec", &[Str], |_, a| {
            Ok(from_base32(text(a, 0)?).map_or_else(|at| illegal("base32", at), string))
        }),
        Function::new("sha1sum", &[Str], |_, a| Ok(hex(&Sha1::digest(text(a, 0)?)).into())),
        Function::new("sha256sum", &[Str], |_, a| Ok(hex(&Sha256::digest(text(a, 0)?)).into())),
        Function::new("sha512sum", &[Str], |_, a| Ok(hex(&Sha512::digest(text(a, 0)?)).into())),
        Function::new("adler32sum", &[Str], |_, a| Ok(adler2::adler32_slice(text(a, 0)?).to_string().into())),
    ];

fn illegal(encoding: &str, at: usize) -> crate::runtime::Runtime {
    format!("illegal {encoding} data at input byte {at}").into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|n| char::from(DIGITS[usize::from(n)])).collect()
}

const ALPHABET_64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ALPHABET_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Standard base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    encode::<6>(bytes, ALPHABET_64, 4)
}

fn base32(bytes: &[u8]) -> String {
    encode::<5>(bytes, ALPHABET_32, 8)
}

/// `BITS` bits a digit, padded to whole groups of digits.
fn encode<const BITS: u32>(bytes: &[u8], alphabet: &[u8], group: usize) -> String {
    let mut out = String::with_capacity((bytes.len() * 8 / BITS as usize + group).next_multiple_of(group));
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= BITS {
            bits -= BITS;
            out.push(char::from(alphabet[(held >> bits & ((1 << BITS) - 1)) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(alphabet[(held << (BITS - bits) & ((1 << BITS) - 1)) as usize]));
    }
    while !out.len().is_multiple_of(group) {
        out.push('=');
    }
    out
}

fn digit_64(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn digit_32(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'2'..=b'7' => byte - b'2' + 26,
        _ => return None,
    }))
}

fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Standard base64; newlines do not count. An error is the place that Go names.
pub(super) fn from_base64(s: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(s.len() / 4 * 3);
    let (mut held, mut digits) = (0_u32, 0_usize);
    for (at, byte) in s.iter().enumerate() {
        match digit_64(*byte) {
            Some(digit) => {
                held = held << 6 | digit;
                digits += 1;
                if digits == 4 {
                    out.extend_from_slice(&held.to_be_bytes()[1..]);
                    (held, digits) = (0, 0);
                }
            }
            None if is_newline(*byte) => {}
            None if *byte != b'=' || digits < 2 => return Err(at),
            None => {
                padding_64(s, at + 1, digits)?;
                let group = (held << (24 - 6 * digits)).to_be_bytes();
                out.extend_from_slice(&group[1..digits]);
                return Ok(out);
            }
        }
    }
    if digits > 0 { Err(s.len() - digits) } else { Ok(out) }
}

/// What may stand after a first `=`: a second one after two digits, and newlines.
fn padding_64(s: &[u8], mut at: usize, digits: usize) -> Result<(), usize> {
    let skip = |at: usize| at + s[at..].iter().take_while(|b| is_newline(**b)).count();
    if digits == 2 {
        at = skip(at);
        match s.get(at) {
            Some(b'=') => at += 1,
            Some(_) => return Err(at - 1),
            None => return Err(s.len()),
        }
    }
    at = skip(at);
    if at < s.len() { Err(at) } else { Ok(()) }
}

/// Standard base32; newlines do not count, for places neither.
fn from_base32(s: &[u8]) -> Result<Vec<u8>, usize> {
    let s: Vec<u8> = s.iter().copied().filter(|b| !is_newline(*b)).collect();
    let mut out = Vec::with_capacity(s.len() / 8 * 5);
    for (i, group) in s.chunks(8).enumerate() {
        let start = i * 8;
        let end = group.iter().position(|b| digit_32(*b).is_none()).unwrap_or(group.len());
        if end < 8 {
            padding_32(&s, start, group, end)?;
        }
        let held = group[..end].iter().filter_map(|b| digit_32(*b)).fold(0_u64, |held, d| held << 5 | u64::from(d));
        let bytes = (held << (40 - 5 * end)).to_be_bytes();
        out.extend_from_slice(&bytes[3..3 + end * 5 / 8]);
        if end < 8 {
            break;
        }
    }
    Ok(out)
}

/// Whether a group may end after so many digits. Go takes `=` for padding from 8 bytes before the end of the text, and
/// does not look at what follows it.
fn padding_32(s: &[u8], start: usize, group: &[u8], end: usize) -> Result<(), usize> {
    let last = s.len() - start - end <= 8;
    match group.get(end) {
        // The text ends without padding.
        None => Err(start),
        Some(b'=') if end >= 2 && last => {
            if group.len() < 8 {
                return Err(s.len());
            }
            match group[end..].iter().position(|b| *b != b'=') {
                Some(wrong) => Err(start + end + wrong - 1),
                None if matches!(end, 3 | 6) => Err(start + end),
                None => Ok(()),
            }
        }
        Some(_) => Err(start + end),
    }
}
