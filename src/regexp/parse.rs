//! From Go's syntax to the tree that the engine compiles.

use regex_syntax::hir::{Capture, Class, Dot, Hir, Look, Repetition};

use super::SyntaxError;
use super::class::{brackets, escaped, folded_rune};

/// The most copies that a repetition, together with those inside it, may ask for.
const MAX_REPEAT: i64 = 1000;

/// The deepest nesting of groups. Go allows 1000; what compiles the tree goes down it recursively.
const MAX_DEPTH: usize = 250;

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_newline: bool,
    lazy: bool,
}

/// A piece of an expression, and how many copies of its innermost part it asks for.
#[derive(Debug)]
struct Piece {
    hir: Hir,
    copies: i64,
}

/// An open group.
#[derive(Debug, Default)]
struct Group {
    /// The flags that hold again behind it.
    outer: Flags,
    capture: Option<u32>,
    branches: Vec<Piece>,
    pieces: Vec<Piece>,
}

struct Parser<'a> {
    whole: &'a str,
    /// The open groups, innermost last; the whole expression is the first.
    groups: Vec<Group>,
    flags: Flags,
    /// The names of the groups that capture; Go lets several have the same.
    names: Vec<Option<String>>,
}

/// Reads an expression; gives its tree and the names of its groups, the whole match being the first.
pub(super) fn parse(text: &str) -> Result<(Hir, Vec<Option<String>>), SyntaxError> {
    let mut parser = Parser { whole: text, groups: Vec::new(), flags: Flags::default(), names: vec![None] };
    let mut current = Group::default();
    let mut rest = text;
    // The repetition just before, which another one must not follow.
    let mut repeated = "";
    while !rest.is_empty() {
        let at = rest;
        rest = parser.step(at, &mut current, repeated)?;
        let is_repeat = at.starts_with(['*', '+', '?']) || at.starts_with('{') && counts(at).is_some();
        repeated = if is_repeat { at } else { "" };
    }
    if !parser.groups.is_empty() {
        return Err(SyntaxError::new("missing closing )", text));
    }
    Ok((current.close().hir, parser.names))
}

impl Group {
    /// Ends a branch.
    fn branch(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        let copies = pieces.iter().map(|p| p.copies).max().unwrap_or(1);
        self.branches.push(Piece { hir: Hir::concat(pieces.into_iter().map(|p| p.hir).collect()), copies });
    }

    fn close(mut self) -> Piece {
        self.branch();
        let copies = self.branches.iter().map(|p| p.copies).max().unwrap_or(1);
        let hir = Hir::alternation(self.branches.into_iter().map(|p| p.hir).collect());
        let hir = match self.capture {
            Some(index) => Hir::capture(Capture { index, name: None, sub: Box::new(hir) }),
            None => hir,
        };
        Piece { hir, copies }
    }

    fn push(&mut self, hir: Hir) {
        self.pieces.push(Piece { hir, copies: 1 });
    }
}

impl<'a> Parser<'a> {
    /// Reads what the text begins with, and gives the rest.
    fn step(&mut self, text: &'a str, group: &mut Group, repeated: &str) -> Result<&'a str, SyntaxError> {
        let rest = &text[text.chars().next().map_or(0, char::len_utf8)..];
        match text.as_bytes()[0] {
            b'(' if rest.starts_with('?') => return self.perl_group(text, group),
            b'(' => self.open_capture(group, None)?,
            b'|' => group.branch(),
            b')' => {
                let Some(outer) = self.groups.pop() else {
                    return Err(SyntaxError::new("unexpected )", self.whole));
                };
                let closed = std::mem::replace(group, outer);
                self.flags = closed.outer;
                group.pieces.push(closed.close());
            }
            b'^' => group.push(Hir::look(if self.flags.lines { Look::StartLF } else { Look::Start })),
            b'$' => group.push(Hir::look(if self.flags.lines { Look::EndLF } else { Look::End })),
            b'.' => group.push(Hir::dot(if self.flags.dot_newline { Dot::AnyChar } else { Dot::AnyCharExceptLF })),
            b'[' => {
                let (class, rest) = brackets(text, self.flags.fold)?;
                group.push(Hir::class(Class::Unicode(class)));
                return Ok(rest);
            }
            b'*' => return self.repeat(group, (0, None), text, rest, repeated),
            b'+' => return self.repeat(group, (1, None), text, rest, repeated),
            b'?' => return self.repeat(group, (0, Some(1)), text, rest, repeated),
            b'{' => return self.counted(group, text, rest, repeated),
            b'\\' => return self.backslash(text, group),
            _ => self.literal(group, text.chars().next().map_or(0, u32::from)),
        }
        Ok(rest)
    }

    fn open(&mut self, group: &mut Group, capture: Option<u32>, outer: Flags) -> Result<(), SyntaxError> {
        if self.groups.len() >= MAX_DEPTH {
            return Err(SyntaxError::new("expression nests too deeply", self.whole));
        }
        self.groups.push(std::mem::replace(group, Group { outer, capture, ..Group::default() }));
        Ok(())
    }

    fn open_capture(&mut self, group: &mut Group, name: Option<String>) -> Result<(), SyntaxError> {
        let index = u32::try_from(self.names.len()).ok();
        self.names.push(name);
        self.open(group, index, self.flags)
    }

    fn literal(&self, group: &mut Group, rune: u32) {
        group.push(match char::from_u32(rune) {
            None => Hir::fail(),
            Some(c) if self.flags.fold => Hir::class(Class::Unicode(folded_rune(c))),
            Some(c) => Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes()),
        });
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else after the brace makes it a literal.
    fn counted(&self, group: &mut Group, text: &'a str, rest: &'a str, repeated: &str) -> Result<&'a str, SyntaxError> {
        let Some((min, max, after)) = counts(text) else {
            self.literal(group, u32::from('{'));
            return Ok(rest);
        };
        let max_count = max.unwrap_or(min);
        if min > MAX_REPEAT || max_count > MAX_REPEAT || min > max_count {
            return Err(SyntaxError::new("invalid repeat count", &text[..text.len() - after.len()]));
        }
        let rest = self.repeat(group, (min, max), text, after, repeated)?;
        let Some(piece) = group.pieces.last_mut().filter(|_| max != Some(0)) else { return Ok(rest) };
        piece.copies *= max_count.max(1);
        if max_count >= 2 && piece.copies > MAX_REPEAT {
            return Err(SyntaxError::new("invalid repeat count", &text[..text.len() - rest.len()]));
        }
        Ok(rest)
    }

    /// Repeats the last piece. `after` is what follows the operator that `text` begins with.
    fn repeat(
        &self,
        group: &mut Group,
        (min, max): (i64, Option<i64>),
        text: &'a str,
        after: &'a str,
        repeated: &str,
    ) -> Result<&'a str, SyntaxError> {
        let (swapped, after) = after.strip_prefix('?').map_or((false, after), |after| (true, after));
        if !repeated.is_empty() {
            let operators = &repeated[..repeated.len() - after.len()];
            return Err(SyntaxError::new("invalid nested repetition operator", operators));
        }
        let Some(piece) = group.pieces.pop() else {
            let operator = &text[..text.len() - after.len()];
            return Err(SyntaxError::new("missing argument to repetition operator", operator));
        };
        let count = |n: i64| u32::try_from(n).unwrap_or(0);
        let hir = Hir::repetition(Repetition {
            min: count(min),
            max: max.map(count),
            greedy: self.flags.lazy == swapped,
            sub: Box::new(piece.hir),
        });
        group.pieces.push(Piece { hir, copies: if max == Some(0) { 1 } else { piece.copies } });
        Ok(after)
    }

    /// `(?:…)`, `(?i)`, `(?P<name>…)`, `(?<name>…)`.
    fn perl_group(&mut self, text: &'a str, group: &mut Group) -> Result<&'a str, SyntaxError> {
        let named = text.strip_prefix("(?P<").filter(|_| text.len() > 4);
        if let Some(body) = named.or(text.strip_prefix("(?<").filter(|_| text.len() > 3)) {
            return self.named_group(text, body, group);
        }
        let mut flags = self.flags;
        let mut on = true;
        let mut rest = &text[2..];
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_newline = on,
                'U' => flags.lazy = on,
                '-' if on => on = false,
                ':' | ')' if on || !text[..text.len() - rest.len() - 1].ends_with('-') => {
                    let outer = std::mem::replace(&mut self.flags, flags);
                    if c == ':' {
                        self.open(group, None, outer)?;
                    }
                    return Ok(rest);
                }
                _ => break,
            }
        }
        Err(SyntaxError::new("invalid or unsupported Perl syntax", &text[..text.len() - rest.len()]))
    }

    fn named_group(&mut self, text: &'a str, body: &'a str, group: &mut Group) -> Result<&'a str, SyntaxError> {
        let Some((name, rest)) = body.split_once('>') else {
            return Err(SyntaxError::new("invalid named capture", text));
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(SyntaxError::new("invalid named capture", &text[..text.len() - rest.len()]));
        }
        self.open_capture(group, Some(name.to_owned()))?;
        Ok(rest)
    }

    fn backslash(&self, text: &'a str, group: &mut Group) -> Result<&'a str, SyntaxError> {
        let look = match text.as_bytes().get(1) {
            Some(b'A') => Look::Start,
            Some(b'z') => Look::End,
            Some(b'b') => Look::WordAscii,
            Some(b'B') => Look::WordAsciiNegate,
            Some(b'C') => return Err(SyntaxError::new("invalid escape sequence", &text[..2])),
            Some(b'Q') => {
                let (quoted, rest) = text[2..].split_once("\\E").unwrap_or((&text[2..], ""));
                quoted.chars().for_each(|c| self.literal(group, u32::from(c)));
                return Ok(rest);
            }
            _ => return self.escaped(text, group),
        };
        group.push(Hir::look(look));
        Ok(&text[2..])
    }

    fn escaped(&self, text: &'a str, group: &mut Group) -> Result<&'a str, SyntaxError> {
        if let Some((class, rest)) = escaped(text, self.flags.fold)? {
            group.push(Hir::class(Class::Unicode(class)));
            return Ok(rest);
        }
        let (rune, rest) = escape(text)?;
        self.literal(group, rune);
        Ok(rest)
    }
}

/// The counts in braces and what follows them; a count too large to read is above any limit.
fn counts(text: &str) -> Option<(i64, Option<i64>, &str)> {
    let (min, rest) = count(text.strip_prefix('{')?)?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (Some(min), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => count(rest).map(|(max, rest)| (Some(max), rest))?,
    };
    Some((min, max, rest.strip_prefix('}')?))
}

fn count(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = &text[..digits];
    if digits == 0 || digits > 1 && number.starts_with('0') {
        return None;
    }
    Some((number.parse().unwrap_or(i64::MAX), &text[digits..]))
}

/// The first rune, and what follows it.
pub(super) fn next(text: &str) -> Result<(char, &str), SyntaxError> {
    match text.chars().next() {
        Some(c) => Ok((c, &text[c.len_utf8()..])),
        // Go reads on in an empty text and finds U+FFFD.
        None => Ok(('\u{fffd}', text)),
    }
}

/// The rune that an escape stands for, and what follows it. It may be a surrogate.
pub(super) fn escape(text: &str) -> Result<(u32, &str), SyntaxError> {
    if text.len() == 1 {
        return Err(SyntaxError::new("trailing backslash at end of expression", ""));
    }
    let (c, rest) = next(&text[1..])?;
    let octal = |s: &str| s.starts_with(|c| ('0'..='7').contains(&c));
    let simple = match c {
        '0' => return Ok(octals(&text[1..])),
        '1'..='7' if octal(rest) => return Ok(octals(&text[1..])),
        'x' => return hexadecimal(text, rest),
        'a' => '\x07',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        _ if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        _ => return Err(invalid_escape(text, rest)),
    };
    Ok((u32::from(simple), rest))
}

fn invalid_escape(text: &str, rest: &str) -> SyntaxError {
    SyntaxError::new("invalid escape sequence", &text[..text.len() - rest.len()])
}

/// Up to three digits.
fn octals(text: &str) -> (u32, &str) {
    let digits = text.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    (u32::from_str_radix(&text[..digits], 8).unwrap_or(0), &text[digits..])
}

/// `\x41`, `\x{1F600}`; `rest` begins behind the `x`.
fn hexadecimal<'a>(text: &str, rest: &'a str) -> Result<(u32, &'a str), SyntaxError> {
    if rest.is_empty() {
        return Err(invalid_escape(text, rest));
    }
    let Some(body) = rest.strip_prefix('{') else {
        let (high, after) = next(rest)?;
        let (low, after) = next(after)?;
        return match (high.to_digit(16), low.to_digit(16)) {
            (Some(high), Some(low)) => Ok((high * 16 + low, after)),
            _ => Err(invalid_escape(text, after)),
        };
    };
    let mut rune = 0;
    let mut after = body;
    loop {
        let Some(c) = after.chars().next() else { return Err(invalid_escape(text, after)) };
        after = &after[c.len_utf8()..];
        match c.to_digit(16) {
            Some(digit) if rune * 16 + digit <= u32::from(char::MAX) => rune = rune * 16 + digit,
            None if c == '}' && after.len() + 1 < body.len() => return Ok((rune, after)),
            _ => return Err(invalid_escape(text, after)),
        }
    }
}
