//! Go's `fmt`: `Sprintf`, `Sprint` and `Sprintln` for everything that templates can see.
//!
//! Follows fmt/print.go and fmt/format.go of Go 1.25, whose mistakes in a format are printed, not refused.

mod float;
mod text;
mod value;

use crate::runtime::{IntType, Numbers, Runtime};

/// Widths and precisions beyond this count as absent.
const TOO_LARGE: i64 = 1_000_000;

/// `fmt.Sprintf`.
pub fn sprintf(format: &[u8], args: &[Runtime]) -> Vec<u8> {
    let mut out = Vec::with_capacity(format.len() + 16);
    let mut printer = Printer::new(&mut out);
    Formatter { format, at: 0, args, next: 0, reordered: false, good_index: true, after_index: false }
        .run(&mut printer);
    out
}

/// `fmt.Sprint`: a space between two operands of which neither is text.
pub fn sprint(args: &[Runtime]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut after_text = true;
    for arg in args {
        let is_text = matches!(arg, Runtime::Str(_) | Runtime::Binary(_));
        if !is_text && !after_text {
            out.push(b' ');
        }
        print_into(arg, &mut out);
        after_text = is_text;
    }
    out
}

/// `fmt.Sprintln`.
pub fn sprintln(args: &[Runtime]) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        print_into(arg, &mut out);
    }
    out.push(b'\n');
    out
}

/// What `%v` prints.
pub fn print_into(value: &Runtime, out: &mut Vec<u8>) {
    match value {
        Runtime::Str(text) => out.extend_from_slice(text.as_bytes()),
        Runtime::Object(_) => Printer::new(out).arg(value, 'v'),
        _ => value.print(Numbers::Go, out),
    }
}

/// The flags of a verb.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    zero: bool,
    /// `%#v` and `%+v`, which mean something else than `#` and `+` elsewhere.
    sharp_v: bool,
    plus_v: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Prints values under the flags of the current verb.
struct Printer<'o> {
    out: &'o mut Vec<u8>,
    flags: Flags,
    /// Whether a wrong verb is being told, when methods are not asked.
    erroring: bool,
    depth: usize,
}

impl<'o> Printer<'o> {
    fn new(out: &'o mut Vec<u8>) -> Self {
        Printer { out, flags: Flags::default(), erroring: false, depth: 0 }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }
}

/// Reads a format.
struct Formatter<'a> {
    format: &'a [u8],
    at: usize,
    args: &'a [Runtime],
    /// The number of the next argument.
    next: usize,
    /// Whether an argument was ever named by its number.
    reordered: bool,
    good_index: bool,
    after_index: bool,
}

impl Formatter<'_> {
    fn run(&mut self, printer: &mut Printer<'_>) {
        while let Some(plain) = memchr::memchr(b'%', &self.format[self.at..]) {
            printer.out.extend_from_slice(&self.format[self.at..self.at + plain]);
            self.at += plain + 1;
            self.verb(printer);
            if self.at >= self.format.len() {
                break;
            }
        }
        printer.out.extend_from_slice(&self.format[self.at.min(self.format.len())..]);
        self.extra(printer);
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn verb(&mut self, printer: &mut Printer<'_>) {
        self.good_index = true;
        printer.flags = self.flags();
        self.index();
        self.width(printer);
        self.precision(printer);
        if !self.after_index {
            self.index();
        }
        let Some((rune, size)) = crate::runtime::text::first_rune(&self.format[self.at..]) else {
            return printer.push("%!(NOVERB)");
        };
        let verb = rune.unwrap_or('\u{fffd}');
        self.at += size;
        self.print(printer, verb);
    }

    fn print(&mut self, printer: &mut Printer<'_>, verb: char) {
        if verb == '%' {
            return printer.push("%");
        }
        let reason = if !self.good_index {
            "(BADINDEX)"
        } else if self.next >= self.args.len() {
            "(MISSING)"
        } else {
            if matches!(verb, 'v' | 'w') {
                let flags = &mut printer.flags;
                flags.sharp_v = std::mem::take(&mut flags.sharp);
                flags.plus_v = std::mem::take(&mut flags.plus);
            }
            printer.arg(&self.args[self.next], verb);
            self.next += 1;
            return;
        };
        printer.push("%!");
        printer.push_char(verb);
        printer.push(reason);
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    fn width(&mut self, printer: &mut Printer<'_>) {
        if self.peek() != Some(b'*') {
            printer.flags.width = self.number();
            if self.after_index && printer.flags.width.is_some() {
                self.good_index = false;
            }
            return;
        }
        self.at += 1;
        match self.int_arg() {
            Some(width) => {
                printer.flags.width = Some(width.unsigned_abs() as usize);
                if width < 0 {
                    printer.flags.minus = true;
                    printer.flags.zero = false;
                }
            }
            None => printer.push("%!(BADWIDTH)"),
        }
        self.after_index = false;
    }

    fn precision(&mut self, printer: &mut Printer<'_>) {
        if self.peek() != Some(b'.') {
            return;
        }
        self.at += 1;
        if self.after_index {
            self.good_index = false;
        }
        self.index();
        if self.peek() != Some(b'*') {
            printer.flags.precision = Some(self.number().unwrap_or(0));
            return;
        }
        self.at += 1;
        printer.flags.precision = self.int_arg().and_then(|n| usize::try_from(n).ok());
        if printer.flags.precision.is_none() {
            printer.push("%!(BADPREC)");
        }
        self.after_index = false;
    }

    /// Digits; where they are too many, the rest of the format is swallowed with them.
    fn number(&mut self) -> Option<usize> {
        let (number, at) = parse_number(self.format, self.at, self.format.len());
        self.at = at;
        number
    }

    /// `[3]`: the number of the argument to take next.
    fn index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let (index, size) = parse_index(&self.format[self.at..]);
        self.at += size;
        self.after_index = index.is_some();
        match index.and_then(|n| n.checked_sub(1)).filter(|n| *n < self.args.len()) {
            Some(index) => self.next = index,
            None => self.good_index = false,
        }
    }

    /// The argument of a `*`.
    fn int_arg(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next += 1;
        let number = match arg {
            Runtime::Int(n, IntType::Uint64) if *n < 0 => return None,
            Runtime::Int(n, _) => *n,
            Runtime::Object(object) => object.as_int()?,
            _ => return None,
        };
        (number.unsigned_abs() <= TOO_LARGE.unsigned_abs()).then_some(number)
    }

    /// Arguments that no verb took, unless they were taken out of order.
    fn extra(&self, printer: &mut Printer<'_>) {
        if self.reordered || self.next >= self.args.len() {
            return;
        }
        printer.flags = Flags::default();
        printer.push("%!(EXTRA ");
        for (i, arg) in self.args[self.next..].iter().enumerate() {
            printer.push(if i > 0 { ", " } else { "" });
            printer.typed(arg);
        }
        printer.push(")");
    }
}

fn parse_number(text: &[u8], start: usize, end: usize) -> (Option<usize>, usize) {
    let mut number: i64 = 0;
    let mut at = start;
    while let Some(digit) = text[..end].get(at).filter(|b| b.is_ascii_digit()) {
        if number > TOO_LARGE {
            return (None, end);
        }
        number = number * 10 + i64::from(digit - b'0');
        at += 1;
    }
    ((at > start).then_some(number as usize), at)
}

/// The number in brackets and how long it is with them.
fn parse_index(text: &[u8]) -> (Option<usize>, usize) {
    let Some(close) = memchr::memchr(b']', text).filter(|_| text.len() >= 3) else { return (None, 1) };
    let (number, at) = parse_number(text, 1, close);
    (number.filter(|_| at == close), close + 1)
}

#[cfg(test)]
mod tests;
