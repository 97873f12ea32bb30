//! What a gobwas glob is compiled to, and how it matches.
//!
//! A matcher answers two questions: whether it matches a whole text, and where in a text it first matches, with how many
//! bytes. In gobwas the answers do not always agree, and where they do not, patterns match what they should not (see
//! [`compile`](super::compile)); so both are as they are there (0.2.3, `match/`), with its mix of bytes and characters.

use memchr::{memchr, memmem, memrchr};

use super::first_char;

#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Nothing,
    Text(String),
    /// Anything without a `/`.
    Any,
    /// Anything.
    Super,
    /// One character that is not `/`.
    Single,
    List {
        chars: String,
        not: bool,
    },
    Range {
        low: char,
        high: char,
        not: bool,
    },
    AnyOf(Vec<Matcher>),
    /// All at once, each on the whole.
    Every(Vec<Matcher>),
    /// One after the other, each of a fixed length.
    Row {
        matchers: Vec<Matcher>,
        len: usize,
    },
    Tree(Box<Tree>),
    Prefix(String),
    Suffix(String),
    PrefixSuffix(String, String),
    /// A prefix and anything without a `/`.
    PrefixAny(String),
    /// Anything without a `/` and a suffix.
    SuffixAny(String),
    Contains {
        needle: String,
        not: bool,
    },
    /// At least so many characters.
    Min(usize),
    /// At most so many characters.
    Max(usize),
}

/// A matcher that is looked for, and those for what stands before and after it; none stands for nothing.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub value: Matcher,
    pub left: Option<Matcher>,
    pub right: Option<Matcher>,
    left_len: Option<usize>,
    right_len: Option<usize>,
    len: Option<usize>,
}

/// Where a matcher first matches in a text, and with how many bytes, in ascending order.
type Found = (usize, Vec<usize>);

impl Matcher {
    pub fn tree(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Matcher {
        let len = |side: &Option<Matcher>| side.as_ref().map_or(Some(0), Matcher::len);
        let (left_len, right_len) = (len(&left), len(&right));
        let len = value.len().zip(left_len).zip(right_len).map(|((value, left), right)| value + left + right);
        Matcher::Tree(Box::new(Tree { value, left, right, left_len, right_len, len }))
    }

    /// How many characters it matches, if that is fixed.
    pub fn len(&self) -> Option<usize> {
        match self {
            Matcher::Nothing => Some(0),
            Matcher::Text(text) => Some(text.chars().count()),
            Matcher::Single | Matcher::List { .. } | Matcher::Range { .. } => Some(1),
            Matcher::AnyOf(matchers) => any_of_len(matchers),
            Matcher::Row { len, .. } => Some(*len),
            Matcher::Tree(tree) => tree.len,
            _ => None,
        }
    }

    /// Whether it matches a whole text.
    pub fn matches(&self, text: &[u8]) -> bool {
        match self {
            Matcher::Nothing => text.is_empty(),
            Matcher::Text(wanted) => text == wanted.as_bytes(),
            Matcher::Any => memchr(b'/', text).is_none(),
            Matcher::Super => true,
            Matcher::Single | Matcher::List { .. } | Matcher::Range { .. } => {
                let (c, len) = first_char(text);
                text.len() <= len && self.takes(c)
            }
            Matcher::AnyOf(matchers) => matchers.iter().any(|m| m.matches(text)),
            Matcher::Every(matchers) => matchers.iter().all(|m| m.matches(text)),
            Matcher::Row { matchers, len } => chars(text).count() == *len && row_begins(matchers, text),
            Matcher::Tree(tree) => tree.matches(text),
            Matcher::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
            Matcher::Suffix(suffix) => text.ends_with(suffix.as_bytes()),
            Matcher::PrefixSuffix(prefix, suffix) => {
                text.starts_with(prefix.as_bytes()) && text.ends_with(suffix.as_bytes())
            }
            Matcher::PrefixAny(prefix) => {
                text.strip_prefix(prefix.as_bytes()).is_some_and(|rest| memchr(b'/', rest).is_none())
            }
            Matcher::SuffixAny(suffix) => {
                text.strip_suffix(suffix.as_bytes()).is_some_and(|rest| memchr(b'/', rest).is_none())
            }
            Matcher::Contains { needle, not } => memmem::find(text, needle.as_bytes()).is_some() != *not,
            Matcher::Min(limit) => chars(text).count() >= *limit,
            Matcher::Max(limit) => chars(text).count() <= *limit,
        }
    }

    /// Whether it, being a matcher of one character, matches this one.
    fn takes(&self, c: char) -> bool {
        match self {
            Matcher::Single => c != '/',
            Matcher::List { chars, not } => chars.contains(c) != *not,
            Matcher::Range { low, high, not } => (*low..=*high).contains(&c) != *not,
            _ => false,
        }
    }

    /// Where it first matches.
    fn find(&self, text: &[u8]) -> Option<Found> {
        match self {
            Matcher::Nothing => Some((0, vec![0])),
            Matcher::Text(wanted) => Some((memmem::find(text, wanted.as_bytes())?, vec![wanted.len()])),
            Matcher::Any => Some((0, boundaries(up_to_slash(text), 0))),
            Matcher::Super => Some((0, boundaries(text, 0))),
            Matcher::Single | Matcher::List { .. } | Matcher::Range { .. } => {
                chars(text).find(|(_, c)| self.takes(*c)).map(|(at, c)| (at, vec![c.len_utf8()]))
            }
            Matcher::AnyOf(matchers) => find_any_of(matchers, text),
            Matcher::Every(matchers) => find_every(matchers, text),
            Matcher::Row { matchers, len } => find_row(matchers, *len, text),
            Matcher::Tree(_) => None,
            Matcher::Prefix(prefix) => find_prefix(prefix, text, |rest| rest),
            Matcher::PrefixAny(prefix) => find_prefix(prefix, text, up_to_slash),
            Matcher::Suffix(suffix) => Some((0, vec![memmem::find(text, suffix.as_bytes())? + suffix.len()])),
            Matcher::PrefixSuffix(prefix, suffix) => find_prefix_suffix(prefix, suffix, text),
            Matcher::SuffixAny(suffix) => {
                let at = memmem::find(text, suffix.as_bytes())?;
                let start = memrchr(b'/', text.get(..at)?).map_or(0, |slash| slash + 1);
                Some((start, vec![at + suffix.len() - start]))
            }
            Matcher::Contains { needle, not } => find_contains(needle, *not, text),
            Matcher::Min(limit) => {
                let ends: Vec<usize> = char_ends(text, 0).skip(limit.saturating_sub(1)).collect();
                (text.len() >= *limit && !ends.is_empty()).then_some((0, ends))
            }
            Matcher::Max(limit) => Some((0, std::iter::once(0).chain(char_ends(text, 0).take(*limit)).collect())),
        }
    }
}

impl Tree {
    /// Looks for the value from left to right, and for each place tries its lengths from the greatest.
    fn matches(&self, text: &[u8]) -> bool {
        if self.len.is_some_and(|len| len > text.len()) {
            return false;
        }
        let mut at = self.left_len.unwrap_or(0);
        let limit = text.len().saturating_sub(self.right_len.unwrap_or(0));
        while at < limit {
            let Some((index, lengths)) = text.get(at..limit).and_then(|part| self.value.find(part)) else {
                return false;
            };
            at += index;
            let (before, rest) = text.split_at(at.min(text.len()));
            if fits(&self.left, before)
                && lengths.iter().rev().any(|len| fits(&self.right, rest.get(*len..).unwrap_or_default()))
            {
                return true;
            }
            at += first_char(rest).1;
        }
        false
    }
}

fn fits(side: &Option<Matcher>, text: &[u8]) -> bool {
    side.as_ref().map_or(text.is_empty(), |matcher| matcher.matches(text))
}

/// gobwas forgets a first matcher whose length is not fixed.
fn any_of_len(matchers: &[Matcher]) -> Option<usize> {
    let mut len = None;
    for matcher in matchers {
        match (len, matcher.len()) {
            (None, other) => len = other,
            (Some(a), Some(b)) if a == b => {}
            _ => return None,
        }
    }
    len
}

/// The characters of a text with their places; a byte that is not UTF-8 is one U+FFFD.
fn chars(text: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (c, len) = first_char(text.get(at..)?);
        let start = at;
        at += len;
        (len > 0).then_some((start, c))
    })
}

fn char_ends(text: &[u8], offset: usize) -> impl Iterator<Item = usize> {
    chars(text).map(move |(at, c)| offset + at + c.len_utf8())
}

/// The places before, between and after the characters of a text.
fn boundaries(text: &[u8], offset: usize) -> Vec<usize> {
    chars(text).map(|(at, _)| at).chain([text.len()]).map(|at| offset + at).collect()
}

fn up_to_slash(text: &[u8]) -> &[u8] {
    text.get(..memchr(b'/', text).unwrap_or(text.len())).unwrap_or(text)
}

fn find_any_of(matchers: &[Matcher], text: &[u8]) -> Option<Found> {
    let mut found: Option<Found> = None;
    for (at, lengths) in matchers.iter().filter_map(|m| m.find(text)) {
        match &mut found {
            Some((first, _)) if *first < at => {}
            Some((first, known)) if *first == at => {
                known.extend(lengths);
                known.sort_unstable();
                known.dedup();
            }
            _ => found = Some((at, lengths)),
        }
    }
    found
}

/// Intersects the lengths, counted from where the first matcher matches.
fn find_every(matchers: &[Matcher], text: &[u8]) -> Option<Found> {
    let (mut index, mut offset) = (0, 0);
    let mut current: Option<Vec<usize>> = None;
    for matcher in matchers {
        let (at, lengths) = matcher.find(text.get(index..)?)?;
        let next: Vec<usize> = match current {
            None => lengths,
            Some(known) => known
                .into_iter()
                .filter_map(|len| (len + index).checked_sub(at + offset))
                .filter(|len| lengths.contains(len))
                .collect(),
        };
        if next.is_empty() {
            return None;
        }
        current = Some(next);
        index = at + offset;
        offset += at;
    }
    Some((index, current.unwrap_or_default()))
}

/// The length is counted in characters, and taken for bytes.
fn find_row(matchers: &[Matcher], len: usize, text: &[u8]) -> Option<Found> {
    chars(text)
        .map(|(at, _)| at)
        .take_while(|at| text.len() - at >= len)
        .find(|at| text.get(*at..).is_some_and(|rest| row_begins(matchers, rest)))
        .map(|at| (at, vec![len]))
}

/// Whether a text begins with a row. Of the last character that a matcher is to match only the first byte is handed to
/// it; a matcher of nothing is handed all the rest.
fn row_begins(matchers: &[Matcher], mut text: &[u8]) -> bool {
    for matcher in matchers {
        let len = matcher.len().unwrap_or(0);
        let mut places = chars(text).map(|(at, _)| at);
        let last = if len == 0 { places.last() } else { places.nth(len - 1) };
        let Some((part, rest)) = last.and_then(|last| text.split_at_checked(last + 1)) else { return false };
        if !matcher.matches(part) {
            return false;
        }
        text = rest;
    }
    true
}

fn find_prefix(prefix: &str, text: &[u8], part: fn(&[u8]) -> &[u8]) -> Option<Found> {
    let at = memmem::find(text, prefix.as_bytes())?;
    let rest = part(text.get(at + prefix.len()..)?);
    Some((at, std::iter::once(prefix.len()).chain(char_ends(rest, prefix.len())).collect()))
}

fn find_prefix_suffix(prefix: &str, suffix: &str, text: &[u8]) -> Option<Found> {
    let at = memmem::find(text, prefix.as_bytes())?;
    let mut rest = text.get(at..)?;
    let mut lengths = Vec::new();
    while let Some(end) = memmem::rfind(rest, suffix.as_bytes()) {
        lengths.insert(0, end + suffix.len());
        rest = rest.get(..end)?;
    }
    (!lengths.is_empty()).then_some((at, lengths))
}

fn find_contains(needle: &str, not: bool, text: &[u8]) -> Option<Found> {
    let at = memmem::find(text, needle.as_bytes());
    if not {
        return Some((0, boundaries(text.get(..at.unwrap_or(text.len()))?, 0)));
    }
    let end = at? + needle.len();
    Some((0, boundaries(text.get(end..)?, end)))
}
