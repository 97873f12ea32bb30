//! Character classes: `[…]`, `\d`, `[:alpha:]`, `\p{Greek}`.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::SyntaxError;
use super::parse::{escape, next};

type Parsed<'a> = Result<(ClassUnicode, &'a str), SyntaxError>;

/// What stands in brackets, and what follows it. `text` begins with `[`.
pub(super) fn brackets(text: &str, fold: bool) -> Parsed<'_> {
    let (negated, mut rest) = match text[1..].strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, &text[1..]),
    };
    let mut class = ClassUnicode::empty();
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        let part;
        (part, rest) = match group(rest, fold)? {
            Some(group) => group,
            None => range(rest, text, fold)?,
        };
        class.union(&part);
    }
    if negated {
        class.negate();
    }
    Ok((class, &rest[1..]))
}

/// A class that has a name: `[:alpha:]`, `\pL`, `\d`.
fn group(text: &str, fold: bool) -> Result<Option<(ClassUnicode, &str)>, SyntaxError> {
    if let Some(posix) = posix(text, fold)? {
        return Ok(Some(posix));
    }
    escaped(text, fold)
}

/// A class that an escape stands for.
pub(super) fn escaped(text: &str, fold: bool) -> Result<Option<(ClassUnicode, &str)>, SyntaxError> {
    if text.starts_with("\\p") || text.starts_with("\\P") {
        return unicode(text, fold).map(Some);
    }
    let Some(name) = text.strip_prefix('\\').and_then(|t| t.bytes().next()) else { return Ok(None) };
    let ranges: &[(char, char)] = match name.to_ascii_lowercase() {
        b'd' => &[('0', '9')],
        b's' => &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
        b'w' => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        _ => return Ok(None),
    };
    Ok(Some((of(ranges, fold, name.is_ascii_uppercase()), &text[2..])))
}

fn of(ranges: &[(char, char)], fold: bool, negated: bool) -> ClassUnicode {
    folded(ClassUnicode::new(ranges.iter().map(|(from, to)| ClassUnicodeRange::new(*from, *to))), fold, negated)
}

fn folded(mut class: ClassUnicode, fold: bool, negated: bool) -> ClassUnicode {
    if fold {
        // Fails only where the tables of Unicode are left out at compile time.
        let _ = class.try_case_fold_simple();
    }
    if negated {
        class.negate();
    }
    class
}

/// One rune, without regard to its case.
pub(super) fn folded_rune(c: char) -> ClassUnicode {
    of(&[(c, c)], true, false)
}

fn posix(text: &str, fold: bool) -> Result<Option<(ClassUnicode, &str)>, SyntaxError> {
    let Some(body) = text.strip_prefix("[:") else { return Ok(None) };
    let Some((name, rest)) = body.split_once(":]") else { return Ok(None) };
    let (negated, bare) = name.strip_prefix('^').map_or((false, name), |bare| (true, bare));
    match posix_ranges(bare) {
        Some(ranges) => Ok(Some((of(ranges, fold, negated), rest))),
        None => Err(SyntaxError::new("invalid character class range", &text[..name.len() + 4])),
    }
}

fn posix_ranges(name: &str) -> Option<&'static [(char, char)]> {
    Some(match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}

/// `\pL`, `\p{Greek}`, `\P{^Lu}`.
fn unicode(text: &str, fold: bool) -> Parsed<'_> {
    let Some((name, rest)) = property_name(text)? else {
        return Err(SyntaxError::new("invalid character class range", text));
    };
    let (inverted, bare) = name.strip_prefix('^').map_or((false, name), |bare| (true, bare));
    let table = property(bare)
        .ok_or_else(|| SyntaxError::new("invalid character class range", &text[..text.len() - rest.len()]))?;
    Ok((folded(table, fold, text.starts_with("\\P") != inverted), rest))
}

/// The name of a property, and what follows it; nothing where a brace is not closed.
fn property_name(text: &str) -> Result<Option<(&str, &str)>, SyntaxError> {
    let (_, after) = next(&text[2..])?;
    Ok(match text[2..].strip_prefix('{') {
        Some(body) => body.split_once('}'),
        None => Some((&text[2..text.len() - after.len()], after)),
    })
}

/// Scripts whose names have four letters, as the codes of all scripts have.
const SCRIPTS_OF_FOUR: &[&str] = &["ahom", "cham", "kawi", "lisu", "miao", "modi", "newa", "thai", "toto"];

/// Scripts that Go 1.25 does not find: their names have two words, of which its lookup makes one, or are too new.
#[rustfmt::skip]
const SCRIPTS_NOT_FOUND: &[&str] = &[
    "anatolianhieroglyphs", "canadianaboriginal", "caucasianalbanian", "cyprominoan", "divesakuru",
    "egyptianhieroglyphs", "garay", "gunjalagondi", "gurungkhema", "hanifirohingya", "imperialaramaic",
    "inscriptionalpahlavi", "inscriptionalparthian", "katakanaorhiragana", "khitansmallscript", "kiratrai", "lineara",
    "linearb", "masaramgondi", "meeteimayek", "mendekikakui", "meroiticcursive", "meroitichieroglyphs", "nagmundari",
    "newtailue", "nyiakengpuachuehmong", "olchiki", "oldhungarian", "olditalic", "oldnortharabian", "oldpermic",
    "oldpersian", "oldsogdian", "oldsoutharabian", "oldturkic", "olduyghur", "olonal", "pahawhhmong", "paucinhau",
    "phagspa", "psalterpahlavi", "signwriting", "sorasompeng", "sunuwar", "sylotinagri", "taile", "taitham", "taiviet",
    "todhri", "tulutigalari", "unknown", "zanabazarsquare",
];

/// General categories by any of their names, and scripts by their full ones; case, spaces, `-` and `_` do not count.
fn property(name: &str) -> Option<ClassUnicode> {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_ascii_lowercase();
    if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    match name.as_str() {
        "any" => return Some(ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])),
        "ascii" => return Some(ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')])),
        // No text holds a surrogate.
        "cs" | "surrogate" => return Some(ClassUnicode::empty()),
        _ => {}
    }
    let by_code = name.len() == 4 && !SCRIPTS_OF_FOUR.contains(&name.as_str());
    let script = !by_code && !SCRIPTS_NOT_FOUND.contains(&name.as_str());
    table(&format!("\\p{{gc={name}}}")).or_else(|| if script { table(&format!("\\p{{sc={name}}}")) } else { None })
}

fn table(pattern: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(pattern).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// A rune or two with `-` between them.
fn range<'a>(text: &'a str, whole: &str, fold: bool) -> Parsed<'a> {
    let (low, mut rest) = rune(text, whole)?;
    let mut high = low;
    if rest.len() >= 2 && rest.starts_with('-') && !rest[1..].starts_with(']') {
        (high, rest) = rune(&rest[1..], whole)?;
    }
    if high < low {
        return Err(SyntaxError::new("invalid character class range", &text[..text.len() - rest.len()]));
    }
    Ok((folded(runes(low, high), fold, false), rest))
}

fn rune<'a>(text: &'a str, whole: &str) -> Result<(u32, &'a str), SyntaxError> {
    match text.as_bytes().first() {
        None => Err(SyntaxError::new("missing closing ]", whole)),
        Some(b'\\') => escape(text),
        Some(_) => next(text).map(|(c, rest)| (c as u32, rest)),
    }
}

/// A range of code points without the surrogates in it.
fn runes(low: u32, high: u32) -> ClassUnicode {
    let parts = [(low, high.min(0xd7ff)), (low.max(0xe000), high)];
    let chars = parts.iter().filter_map(|(from, to)| Some((char::from_u32(*from)?, char::from_u32(*to)?)));
    ClassUnicode::new(chars.filter(|(from, to)| from <= to).map(|(from, to)| ClassUnicodeRange::new(from, to)))
}
