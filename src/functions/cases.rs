//! Upper and lower case, and words joined in the ways of programming languages.
//!
//! Semantics: Go's `strings`, goutils 1.1.1, xstrings 1.5.0.

use super::Function;
use super::Param::Str;
use super::args::{string, text};
use crate::runtime::text::{
    is_digit, is_letter, is_lower, is_punct, is_title, is_upper, runes, to_lower, to_title, to_upper,
};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("upper", &[Str], |_, a| Ok(string(mapped(text(a, 0)?, to_upper)))),
    Function::new("lower", &[Str], |_, a| Ok(string(mapped(text(a, 0)?, to_lower)))),
    Function::new("title", &[Str], |_, a| Ok(string(first_letters(text(a, 0)?, separates, to_title)))),
    Function::new("untitle", &[Str], |_, a| Ok(string(untitle(text(a, 0)?)))),
    Function::new("swapcase", &[Str], |_, a| Ok(string(swap(text(a, 0)?)))),
    Function::new("initials", &[Str], |_, a| Ok(string(initials(text(a, 0)?)))),
    Function::new("snakecase", &[Str], |_, a| Ok(string(joined(text(a, 0)?, '_')))),
    Function::new("kebabcase", &[Str], |_, a| Ok(string(joined(text(a, 0)?, '-')))),
    Function::new("camelcase", &[Str], |_, a| Ok(string(pascal(text(a, 0)?)))),
];

fn mapped(s: &[u8], map: fn(char) -> char) -> String {
    match std::str::from_utf8(s) {
        Ok(s) if s.is_ascii() => s.chars().map(map).collect(),
        _ => runes(s).map(map).collect(),
    }
}

/// Maps each rune that follows one where `separates` holds, and the first one.
fn first_letters(s: &[u8], separates: fn(char) -> bool, map: fn(char) -> char) -> String {
    let mut before = ' ';
    runes(s).map(|c| if separates(std::mem::replace(&mut before, c)) { map(c) } else { c }).collect()
}

/// What begins a new word for Go's `strings.Title`: in ASCII all but letters, digits and `_`, elsewhere white space.
fn separates(c: char) -> bool {
    if c.is_ascii() {
        !c.is_ascii_alphanumeric() && c != '_'
    } else {
        !is_letter(c) && !is_digit(c) && c.is_whitespace()
    }
}

fn untitle(s: &[u8]) -> String {
    first_letters(s, char::is_whitespace, to_lower)
}

/// goutils' `SwapCase`: lower case becomes title case at the start of a word, upper case elsewhere.
fn swap(s: &[u8]) -> String {
    let mut start = true;
    let swapped = runes(s).map(|c| {
        let (new, next) = match c {
            _ if is_upper(c) || is_title(c) => (to_lower(c), false),
            _ if is_lower(c) && start => (to_title(c), false),
            _ if is_lower(c) => (to_upper(c), start),
            _ => (c, c.is_whitespace()),
        };
        start = next;
        new
    });
    swapped.collect()
}

/// goutils' `Initials`, which reads bytes as runes.
fn initials(s: &[u8]) -> String {
    let mut gap = true;
    let starts = |c: &char| {
        let space = c.is_whitespace();
        std::mem::replace(&mut gap, space) && !space
    };
    s.iter().map(|b| char::from(*b)).filter(starts).collect()
}

/// xstrings' `ToPascalCase`: connectors go and the rune after them becomes upper case; of several in a row all but one
/// stay, and those at the start. In a run of upper case that begins a word, what follows its first rune becomes lower.
fn pascal(s: &[u8]) -> String {
    let mut rest = runes(s).peekable();
    let mut out: String = std::iter::from_fn(|| rest.next_if(|c| connects(*c))).collect();
    let Some(first) = rest.next() else {
        // Of connectors alone the last one comes twice.
        out.extend(out.chars().last());
        return out;
    };
    let (mut shouting, mut held) = (is_upper(first), to_upper(first));
    for c in rest {
        let mut next = c;
        match (connects(held), connects(c)) {
            (true, true) => out.push(held),
            (true, false) => {
                shouting = is_upper(c);
                next = to_upper(c);
            }
            (false, _) => {
                if shouting && is_upper(c) {
                    next = to_lower(c);
                } else {
                    shouting = false;
                }
                out.push(held);
            }
        }
        held = next;
    }
    out.push(held);
    out
}

fn connects(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// The kinds of word that xstrings sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Digits.
    Number,
    /// Upper case, or a capital and what follows it: comes out in lower case.
    Upper,
    /// Other letters.
    Letters,
    /// `-`, `_` and white space: come out as the connector.
    Connector,
    /// Punctuation.
    Punct,
    /// Anything else.
    Other,
}

/// xstrings' `ToSnakeCase` and `ToKebabCase`.
fn joined(s: &[u8], connector: char) -> String {
    let runes: Vec<char> = runes(s).collect();
    let mut words = words(&runes).into_iter().peekable();
    let mut out = String::new();
    let mut current = words.next();
    while let Some((kind, word)) = current {
        write(kind, word, connector, &mut out);
        current = words.next();
        let Some((next, digits)) = current else { break };
        match kind {
            Word::Connector | Word::Punct => continue,
            Word::Number => current = run_on(current, &mut words, connector, &mut out),
            _ if next != Word::Number => {}
            // A number at the very end belongs to the word before it.
            _ if words.peek().is_none() => continue,
            // So does one that a new word follows, but letters after it stay with the number: http_2xx, bld4_floor.
            _ => {
                current = words.next();
                let letters = current.is_some_and(|(kind, _)| kind == Word::Letters);
                if letters {
                    out.push(connector);
                }
                write(next, digits, connector, &mut out);
                if letters {
                    current = run_on(current, &mut words, connector, &mut out);
                }
            }
        }
        if current.is_some_and(|(kind, _)| !matches!(kind, Word::Connector | Word::Punct)) {
            out.push(connector);
        }
    }
    out
}

type Item<'a> = (Word, &'a [char]);

/// Writes letters and numbers as long as they follow, and gives what comes then.
fn run_on<'a>(
    mut current: Option<Item<'a>>,
    words: &mut impl Iterator<Item = Item<'a>>,
    connector: char,
    out: &mut String,
) -> Option<Item<'a>> {
    while let Some((kind @ (Word::Letters | Word::Number), word)) = current {
        write(kind, word, connector, out);
        current = words.next();
    }
    current
}

fn write(kind: Word, word: &[char], connector: char, out: &mut String) {
    match kind {
        Word::Connector => out.extend(word.iter().map(|_| connector)),
        Word::Upper => out.extend(word.iter().map(|c| if is_upper(*c) { to_lower(*c) } else { *c })),
        _ => out.extend(word),
    }
}

fn words(mut runes: &[char]) -> Vec<(Word, &[char])> {
    let mut words = Vec::new();
    while let Some(first) = runes.first() {
        let (kind, len) = word(*first, runes);
        let (word, rest) = runes.split_at(len.clamp(1, runes.len()));
        words.push((kind, word));
        runes = rest;
    }
    words
}

/// The kind of the word that begins here, and its length.
fn word(first: char, runes: &[char]) -> (Word, usize) {
    let run = |of: fn(char) -> bool| 1 + runes[1..].iter().take_while(|c| of(**c)).count();
    match first {
        _ if connects(first) => (Word::Connector, run(connects)),
        _ if is_punct(first) => (Word::Punct, run(is_punct)),
        _ if is_upper(first) => {
            let uppers = run(is_upper);
            let then = runes.get(uppers).is_some_and(|c| alphabetic(*c));
            (Word::Upper, if uppers > 1 { uppers - usize::from(then) } else { run(small) })
        }
        _ if alphabetic(first) => (Word::Letters, run(small)),
        _ if first.is_numeric() => (Word::Number, run(char::is_numeric)),
        _ => (Word::Other, run(|c| !connects(c) && !alphabetic(c) && !c.is_numeric() && !is_punct(c))),
    }
}

fn small(c: char) -> bool {
    alphabetic(c) && !is_upper(c)
}

/// Letters other than CJK characters.
fn alphabetic(c: char) -> bool {
    is_letter(c) && !matches!(c, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}')
}
