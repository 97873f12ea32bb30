//! Numbers: integers in each base, floats in each form.

use super::Printer;
use super::text::{LOWER, UPPER, quote_char, unicode};
use crate::runtime::Runtime;
use crate::value::format_float;

impl Printer<'_> {
    /// An integer by its bits; signed ones are sign-extended.
    pub(super) fn integer(&mut self, value: &Runtime, bits: u64, signed: bool, verb: char) {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.digits(bits, 16, false, verb, LOWER);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.digits(bits, 10, signed, verb, LOWER),
            'b' => self.digits(bits, 2, signed, verb, LOWER),
            'o' | 'O' => self.digits(bits, 8, signed, verb, LOWER),
            'x' => self.digits(bits, 16, signed, verb, LOWER),
            'X' => self.digits(bits, 16, signed, verb, UPPER),
            'c' => {
                let c = rune(bits);
                self.pad(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            'q' => {
                let quoted = quote_char(rune(bits), self.flags.plus);
                self.pad(quoted.as_bytes());
            }
            'U' => {
                let text = unicode(bits, self.flags.precision.unwrap_or(0), self.flags.sharp);
                self.pad_with_space(text.as_bytes());
            }
            _ => self.bad_verb(value, verb),
        }
    }

    fn digits(&mut self, bits: u64, base: u64, signed: bool, verb: char, letters: &[u8; 17]) {
        let negative = signed && (bits as i64) < 0;
        let mut rest = if negative { bits.wrapping_neg() } else { bits };
        let flags = self.flags;
        let least = match (flags.precision, flags.width) {
            (Some(0), _) if rest == 0 => {
                return self.pad_with_space(b"");
            }
            (Some(precision), _) => precision,
            // Zeros leave room for the sign.
            (None, Some(width)) if flags.zero && !flags.minus => {
                width.saturating_sub(usize::from(negative || flags.plus || flags.space))
            }
            _ => 1,
        };
        let mut text = Vec::with_capacity(24);
        while rest > 0 || text.len() < least.max(1) {
            text.push(letters[(rest % base) as usize]);
            rest /= base;
        }
        match base {
            2 if flags.sharp => text.extend(b"b0"),
            8 if flags.sharp && text.last() != Some(&b'0') => text.push(b'0'),
            16 if flags.sharp => text.extend([letters[16], b'0']),
            _ => {}
        }
        if verb == 'O' {
            text.extend(b"o0");
        }
        text.extend(sign(negative, flags.plus, flags.space));
        text.reverse();
        self.pad_with_space(&text);
    }

    pub(super) fn float(&mut self, value: &Runtime, number: f64, verb: char) {
        match verb {
            'v' => self.float_as(number, 'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.float_as(number, verb, None),
            'f' | 'F' => self.float_as(number, 'f', Some(6)),
            'e' | 'E' => self.float_as(number, verb, Some(6)),
            _ => self.bad_verb(value, verb),
        }
    }

    fn float_as(&mut self, number: f64, verb: char, default: Option<usize>) {
        let precision = self.flags.precision.or(default);
        let mut text = with_sign(&format(number, verb, precision));
        if self.flags.space && text.starts_with('+') && !self.flags.plus {
            text.replace_range(..1, " ");
        }
        if !number.is_finite() {
            let bare = number.is_nan() && !self.flags.space && !self.flags.plus;
            return self.pad_with_space(&text.as_bytes()[usize::from(bare)..]);
        }
        if self.flags.sharp && verb != 'b' {
            text = with_point(&text, verb, precision);
        }
        if !self.flags.plus && text.starts_with('+') {
            return self.pad(&text.as_bytes()[1..]);
        }
        match self.flags.width {
            // The sign stands before the zeros.
            Some(width) if self.flags.zero && !self.flags.minus && width > text.len() => {
                self.out.push(text.as_bytes()[0]);
                self.padding(width - text.len());
                self.out.extend_from_slice(&text.as_bytes()[1..]);
            }
            _ => self.pad(text.as_bytes()),
        }
    }

    pub(super) fn complex(&mut self, value: &Runtime, (real, imaginary): (f64, f64), verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        self.out.push(b'(');
        self.float(value, real, verb);
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(value, imaginary, verb);
        self.flags.plus = plus;
        self.push("i)");
    }
}

fn sign(negative: bool, plus: bool, space: bool) -> Option<u8> {
    match (negative, plus, space) {
        (true, ..) => Some(b'-'),
        (_, true, _) => Some(b'+'),
        (_, _, true) => Some(b' '),
        _ => None,
    }
}

fn rune(bits: u64) -> char {
    u32::try_from(bits).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}

fn with_sign(text: &str) -> String {
    if text.starts_with(['-', '+']) { text.to_owned() } else { format!("+{text}") }
}

/// `strconv.FormatFloat`.
fn format(number: f64, verb: char, precision: Option<usize>) -> String {
    if !number.is_finite() {
        return format_float(number, 'g', -1);
    }
    let digits = precision.map_or(-1, |p| i32::try_from(p).unwrap_or(i32::MAX));
    match verb {
        'b' => binary(number),
        'x' | 'X' => {
            let text = hexadecimal(number, precision);
            if verb == 'X' { text.to_uppercase() } else { text }
        }
        'E' | 'G' => format_float(number, verb.to_ascii_lowercase(), digits).to_uppercase(),
        verb => format_float(number, verb, digits),
    }
}

/// The bits of a float: whether it is negative, its exponent and its mantissa of 53 bits.
fn parts(number: f64) -> (bool, i32, u64) {
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = bits & ((1 << 52) - 1);
    let (exponent, mantissa) = if exponent == 0 { (1, mantissa) } else { (exponent, mantissa | 1 << 52) };
    (number.is_sign_negative(), exponent - 1023, mantissa)
}

/// `%b`: `4503599627370496p-52`.
fn binary(number: f64) -> String {
    let (negative, exponent, mantissa) = parts(number);
    format!("{}{mantissa}p{:+}", if negative { "-" } else { "" }, exponent - 52)
}

/// `%x`: `0x1.8p+00`.
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    let (negative, mut exponent, mut mantissa) = parts(number);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent -= shift - 8;
    }
    // The leading 1 is bit 60 now.
    if let Some(precision) = precision.filter(|p| *p < 15) {
        let shift = precision * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(p) => format!("{fraction:0<p$}")[..p].to_owned(),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let (minus, sign) = (if negative { "-" } else { "" }, if exponent < 0 { '-' } else { '+' });
    format!("{minus}0x{}{point}{fraction}p{sign}{:02}", mantissa >> 60 & 1, exponent.abs())
}

/// `#`: a decimal point in any case, and with `%g` the zeros that it drops.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let mut digits = match verb {
        'g' | 'G' | 'x' => precision.map_or(6, |p| p as i64),
        _ => 0,
    };
    let hex = matches!(verb, 'x' | 'X');
    let tail_at = text.find(|c| matches!(c, 'p' | 'P') || !hex && matches!(c, 'e' | 'E')).unwrap_or(text.len());
    let (head, tail) = text.split_at(tail_at);
    let mut significant = false;
    for c in head.chars().skip(1).filter(|c| *c != '.') {
        significant |= c != '0';
        digits -= i64::from(significant);
    }
    let mut out = head.to_owned();
    if !head.contains('.') {
        digits -= i64::from(&head[1..] == "0");
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', usize::try_from(digits).unwrap_or(0)));
    out + tail
}
