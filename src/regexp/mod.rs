//! Go's regular expressions: RE2's syntax as Go reads it, with Go's errors, matched by the engine of the `regex` crate.
//!
//! Both engines find the leftmost match and prefer the first alternative, so a tree of one means the same to the other.
//! Where the syntax differs (`\d` is ASCII, `[a&&b]` no intersection, `\Q…\E`, `a{,3}` literal, limits on repetition),
//! Go's reading counts. Knows nothing of templates.
//! Semantics: Go 1.25 `regexp` and `regexp/syntax`.

mod class;
mod parse;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::Span;
use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

/// An expression ready to search with.
#[derive(Debug)]
pub struct Regex {
    tree: Hir,
    /// The engine for short texts of ASCII.
    ascii: meta::Regex,
    /// The engine for other short texts, and that for long ones, once there was one.
    whole: OnceLock<meta::Regex>,
    fast: OnceLock<meta::Regex>,
    names: Arc<[Option<String>]>,
}

/// Why text is no expression, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub reason: &'static str,
    /// The part of the expression that is.
    pub part: String,
}

impl SyntaxError {
    fn new(reason: &'static str, part: &str) -> Self {
        SyntaxError { reason, part: part.to_owned() }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.reason, self.part)
    }
}

impl std::error::Error for SyntaxError {}

/// The memory that a compiled expression may take: what Go allows.
const SIZE_LIMIT: usize = 128 << 20;

/// The memory of an engine for ASCII up to which that for all characters is within the limit: each of its states, of some
/// tens of bytes, may be a class, and no class takes more than some tens of thousands.
const SMALL: usize = 32 << 10;

/// From how many bytes on an automaton is worth making.
const LONG: usize = 1 << 14;

/// An engine for an expression, with a lazily made automaton or without; none where it would be too large.
fn build(tree: &Hir, automaton: bool) -> Option<meta::Regex> {
    let config = meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).dfa(false).hybrid(automaton);
    // One thread searches; left to itself the crate asks the system how many there may be.
    meta::Builder::new().configure(config.pool_capacity(1)).build_from_hir(tree).ok()
}

/// What an expression is where all characters are ASCII. A class of others becomes an automaton for their bytes, which
/// takes longer to make than most expressions search.
fn of_ascii(tree: &Hir) -> Hir {
    let all = |trees: &[Hir]| trees.iter().map(of_ascii).collect();
    match tree.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Repetition(of) => Hir::repetition(Repetition { sub: Box::new(of_ascii(&of.sub)), ..of.clone() }),
        HirKind::Capture(of) => Hir::capture(Capture { sub: Box::new(of_ascii(&of.sub)), ..of.clone() }),
        HirKind::Concat(trees) => Hir::concat(all(trees)),
        HirKind::Alternation(trees) => Hir::alternation(all(trees)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Bytes(_)) | HirKind::Look(_) => tree.clone(),
    }
}

/// Whether text is an expression; it is not compiled.
pub fn is_valid(pattern: &str) -> bool {
    parse::parse(pattern).is_ok()
}

impl Regex {
    /// Reads and compiles an expression.
    ///
    /// # Errors
    /// What Go refuses, and what compiles to something too large.
    pub fn new(pattern: &str) -> Result<Regex, SyntaxError> {
        let (tree, names) = parse::parse(pattern)?;
        let too_large = || SyntaxError::new("expression too large", pattern);
        let ascii = build(&of_ascii(&tree), false).ok_or_else(too_large)?;
        let whole = match ascii.memory_usage() {
            ..=SMALL => OnceLock::new(),
            _ => build(&tree, false).ok_or_else(too_large)?.into(),
        };
        Ok(Regex { tree, ascii, whole, fast: OnceLock::new(), names: names.into() })
    }

    /// What to search a text with: most expressions search one short text of ASCII once, for which making more than
    /// that takes costs more than it saves.
    fn engine(&self, text: &[u8]) -> &meta::Regex {
        let make = |automaton| build(&self.tree, automaton).unwrap_or_else(|| self.ascii.clone());
        match text {
            _ if text.len() >= LONG => self.fast.get_or_init(|| make(true)),
            _ if text.is_ascii() => &self.ascii,
            _ => self.whole.get_or_init(|| make(false)),
        }
    }

    /// Whether it matches somewhere.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.engine(text).is_match(Subject::new(text).searched())
    }

    /// The place of the leftmost match.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let subject = Subject::new(text);
        self.engine(text).find(subject.searched()).map(|found| subject.place(found.span()))
    }

    /// The places of the matches that do not overlap, at most `limit` where it is not negative. An empty match right
    /// behind another match does not count.
    pub fn find_all(&self, text: &[u8], limit: i64) -> Vec<Range<usize>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let subject = Subject::new(text);
        self.engine(text).find_iter(subject.searched()).take(limit).map(|found| subject.place(found.span())).collect()
    }

    /// The parts between the matches, at most `limit` where it is not negative; nothing for 0.
    pub fn split<'t>(&self, text: &'t [u8], limit: i64) -> Vec<&'t [u8]> {
        if limit == 0 {
            return Vec::new();
        }
        let mut parts = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.find_all(text, limit) {
            if limit > 0 && i64::try_from(parts.len()).unwrap_or(i64::MAX) == limit - 1 {
                break;
            }
            end = found.start;
            if found.end != 0 {
                parts.push(&text[start..end]);
            }
            start = found.end;
        }
        if end != text.len() {
            parts.push(&text[start..]);
        }
        parts
    }

    /// Puts what `replacement` writes for each match in its place; `None` where the result would be longer than `limit`.
    pub fn replace_all(&self, text: &[u8], replacement: &Replacement<'_>, limit: usize) -> Option<Vec<u8>> {
        let subject = Subject::new(text);
        let mut out = Vec::with_capacity(text.len());
        let mut done = 0;
        for found in self.engine(text).captures_iter(subject.searched()) {
            let whole = subject.place(found.get_match()?.span());
            out.extend_from_slice(&text[done..whole.start]);
            replacement.write(&subject, &self.names, &found, &mut out);
            done = whole.end;
            if out.len() > limit {
                return None;
            }
        }
        out.extend_from_slice(&text[done..]);
        Some(out)
    }
}

/// A text that is searched. Go takes each byte that is not of UTF-8 for a U+FFFD.
struct Subject<'t> {
    text: &'t [u8],
    /// The text as Go reads it, and where each byte of that comes from, where it is not the text itself.
    read: Option<(Vec<u8>, Vec<usize>)>,
}

impl<'t> Subject<'t> {
    fn new(text: &'t [u8]) -> Self {
        if std::str::from_utf8(text).is_ok() {
            return Subject { text, read: None };
        }
        let (mut read, mut places) = (Vec::with_capacity(text.len() + 8), Vec::with_capacity(text.len() + 8));
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            read.extend_from_slice(chunk.valid().as_bytes());
            places.extend(at..at + chunk.valid().len());
            at += chunk.valid().len();
            for _ in chunk.invalid() {
                let replacement = "\u{fffd}".as_bytes();
                read.extend_from_slice(replacement);
                places.extend(std::iter::repeat_n(at, replacement.len()));
                at += 1;
            }
        }
        places.push(at);
        Subject { text, read: Some((read, places)) }
    }

    fn searched(&self) -> &[u8] {
        self.read.as_ref().map_or(self.text, |(read, _)| read)
    }

    /// Where in the text something was found.
    fn place(&self, found: Span) -> Range<usize> {
        match &self.read {
            None => found.range(),
            Some((_, places)) => places[found.start]..places[found.end],
        }
    }
}

/// What to put in the place of a match.
#[derive(Debug, Clone, Copy)]
pub enum Replacement<'a> {
    /// This text.
    Literal(&'a [u8]),
    /// This text, with `$1`, `$name`, `${name}` for what a group matched and `$$` for `$`.
    Template(&'a [u8]),
}

impl Replacement<'_> {
    fn write(&self, subject: &Subject<'_>, names: &[Option<String>], found: &Captures, out: &mut Vec<u8>) {
        match self {
            Replacement::Literal(literal) => out.extend_from_slice(literal),
            Replacement::Template(template) => expand(template, out, |name, out| {
                out.extend_from_slice(group(name, names, found).map_or(&[], |span| &subject.text[subject.place(span)]));
            }),
        }
    }
}

/// Writes a template, and has what it refers to written.
fn expand(template: &[u8], out: &mut Vec<u8>, write: impl Fn(&str, &mut Vec<u8>)) {
    let mut rest = template;
    while let Some(at) = memchr::memchr(b'$', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let [b'$', tail @ ..] = rest {
            out.push(b'$');
            rest = tail;
        } else if let Some((name, tail)) = reference(rest) {
            write(name, out);
            rest = tail;
        } else {
            out.push(b'$');
        }
    }
    out.extend_from_slice(rest);
}

/// The name that a template refers to behind its `$`, and what follows.
fn reference(rest: &[u8]) -> Option<(&str, &[u8])> {
    let (braced, body) = rest.strip_prefix(b"{").map_or((false, rest), |body| (true, body));
    let valid = std::str::from_utf8(body)
        .unwrap_or_else(|err| std::str::from_utf8(&body[..err.valid_up_to()]).unwrap_or_default());
    let name = &valid[..valid.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(valid.len())];
    let tail = &body[name.len()..];
    match (name.is_empty(), braced) {
        (true, _) => None,
        (false, false) => Some((name, tail)),
        (false, true) => Some((name, tail.strip_prefix(b"}")?)),
    }
}

/// What the group of this number or name matched; of several groups with a name the first that matched.
fn group(name: &str, names: &[Option<String>], found: &Captures) -> Option<Span> {
    if name.bytes().all(|b| b.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0')) {
        return found.get_group(name.parse().ok()?);
    }
    let named = names.iter().enumerate().filter(|(_, group)| group.as_deref() == Some(name));
    named.filter_map(|(i, _)| found.get_group(i)).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_searched_as_a_short_one_is() {
        let part = "ab-Cé_1\n\u{fffd}".as_bytes();
        let long = part.repeat(LONG / part.len() + 1);
        for pattern in ["a", "[^a-z]+", "(?i)c|b-", "\\W", "(a)(b)?", "x*", "é.", "(?m)^a"] {
            let regex = Regex::new(pattern).unwrap();
            let (few, many) = (regex.find_all(part, -1).len(), regex.find_all(&long, -1).len());
            let copies = long.len() / part.len();
            // Matches run together across copies, or end where one does.
            assert!((few.saturating_sub(1) * copies..=few * copies + 1).contains(&many), "{pattern}: {few}, {many}");
            let by_parts: Vec<_> = long.chunks(part.len()).map(|part| regex.is_match(part)).collect();
            assert_eq!(regex.is_match(&long), by_parts.contains(&true), "{pattern}");
        }
    }

    /// What is made for ASCII alone finds there what the whole expression does, groups and all.
    #[test]
    fn a_text_of_ascii_is_searched_as_any_other() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/regex-cases.json")).unwrap();
        let patterns = cases.as_array().unwrap().iter().filter_map(|case| case["pattern"].as_str());
        let more =
            ["[^a-z]", "(?i)k(s)", "\\PL+|(\\pN)", "é|(a)", "(.)(?P<x>[^é])?", "[é-ü]*x", "(?s).{2,3}?", "\\W\\b"];
        let mut compared = 0;
        for regex in patterns.chain(more).filter_map(|pattern| Regex::new(pattern).ok()) {
            let whole = build(&regex.tree, false).unwrap();
            for text in ["", "K", "ks KS", "a-b_C1\n\t~", "x.y.z:80", "\0\x7f", "aaab 12"] {
                let found = |engine: &meta::Regex| -> Vec<Vec<Option<Span>>> {
                    let groups = |found: Captures| (0..found.group_len()).map(|n| found.get_group(n)).collect();
                    engine.captures_iter(text).map(groups).collect()
                };
                assert_eq!(found(&regex.ascii), found(&whole), "{:?} in {text:?}", regex.tree);
                compared += 1;
            }
        }
        assert!(compared > 400, "{compared}");
    }

    #[test]
    fn what_is_too_large_is_refused_whatever_the_text() {
        let nested = |class: &str| format!("((({class}){{10}}){{10}}){{10}}");
        assert!(Regex::new(&nested("[a-z]")).is_ok_and(|regex| regex.whole.get().is_some()));
        assert!(Regex::new(&format!("(?:{}){{1000}}", "\\pL".repeat(90))).is_err());
    }

    /// Each case has an expression, a text, and whether Go matches it, or the end of Go's error.
    #[test]
    fn reads_expressions_as_go_does() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/regex-cases.json")).unwrap();
        for case in cases.as_array().unwrap() {
            let (pattern, text) = (case["pattern"].as_str().unwrap(), case["text"].as_str().unwrap());
            match (Regex::new(pattern), case["match"].as_bool()) {
                (Ok(regex), Some(want)) => assert_eq!(regex.is_match(text.as_bytes()), want, "{pattern}"),
                (Err(err), None) => assert!(err.to_string().ends_with(case["error"].as_str().unwrap()), "{err}"),
                (got, want) => panic!("{pattern}: {want:?}, but {got:?}"),
            }
        }
    }
}
