//! Versions and constraints as Helm's library has them (Masterminds/semver 3.4.0).
//!
//! Used for chart versions, `kubeVersion`, dependency ranges, and `semverCompare`. Knows nothing of charts. What that
//! library does with regular expressions is done here by hand; none of them needs to go back over its input.

use std::cmp::Ordering;
use std::fmt;

/// A version: `1`, `1.2` and `v1.2.3-rc.1+build` are all versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// What stands behind `-`; empty for a release.
    pub pre: String,
    /// What stands behind `+`; it does not count in comparisons.
    pub metadata: String,
    /// The text that was read.
    pub original: String,
}

/// Text that is not a version or not a constraint; prints in the library's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SemverError {
    /// Not a version at all.
    Invalid,
    /// A number that 64 bits do not hold.
    Overflow(String),
    /// A number with a leading zero behind `-`.
    LeadingZero,
    /// Not a constraint: the part between two `||`.
    Constraint(String),
    /// A constraint whose version is not one, such as `>=1x`.
    ConstraintVersion,
}

impl fmt::Display for SemverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SemverError::Invalid => f.write_str("invalid semantic version"),
            SemverError::Overflow(digits) => {
                write!(f, "error parsing version segment: strconv.ParseUint: parsing {digits:?}: value out of range")
            }
            SemverError::LeadingZero => f.write_str("version segment starts with 0"),
            SemverError::Constraint(text) => write!(f, "improper constraint: {text}"),
            SemverError::ConstraintVersion => f.write_str("constraint parser error"),
        }
    }
}

impl std::error::Error for SemverError {}

impl Version {
    /// Reads a version as leniently as `NewVersion`: a `v` before it, missing numbers and leading zeros are fine.
    ///
    /// # Errors
    /// Whatever else it is.
    pub fn parse(text: &str) -> Result<Version, SemverError> {
        let parts = Parts::scan(text, |c| c.is_ascii_digit()).ok_or(SemverError::Invalid)?;
        if parts.len != text.len() {
            return Err(SemverError::Invalid);
        }
        let number = |digits: Option<&str>| digits.map_or(Ok(0), parse_number);
        let version = Version {
            major: parse_number(parts.major)?,
            minor: number(parts.minor)?,
            patch: number(parts.patch)?,
            pre: parts.pre.unwrap_or_default().to_owned(),
            metadata: parts.metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        };
        check_prerelease(&version.pre)?;
        Ok(version)
    }

    /// Whether it is a pre-release.
    pub fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// Order by the numbers, then by the pre-release; metadata does not count.
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| match (self.is_prerelease(), other.is_prerelease()) {
            (false, false) => Ordering::Equal,
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (true, true) => compare_prerelease(&self.pre, &other.pre),
        })
    }
}

/// All three numbers, without the `v`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn parse_number(digits: &str) -> Result<u64, SemverError> {
    digits.parse().map_err(|_| match digits.bytes().all(|b| b.is_ascii_digit()) {
        true => SemverError::Overflow(digits.to_owned()),
        false => SemverError::Invalid,
    })
}

fn is_numeric(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

fn check_prerelease(pre: &str) -> Result<(), SemverError> {
    let bad = |part: &str| part.len() > 1 && part.starts_with('0') && is_numeric(part);
    if pre.split('.').any(bad) { Err(SemverError::LeadingZero) } else { Ok(()) }
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = (a.next(), b.next());
        if x.is_none() && y.is_none() {
            return Ordering::Equal;
        }
        let order = compare_part(x.unwrap_or_default(), y.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Nothing comes before anything, numbers before words; a number too large for 64 bits counts as a word.
fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b || a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    match (a.parse::<u64>(), b.parse::<u64>()) {
        // Two spellings of one number, such as 1 and 01, are never equal there.
        (Ok(a), Ok(b)) if a > b => Ordering::Greater,
        (Ok(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// The pieces of a version at the beginning of a text.
struct Parts<'a> {
    major: &'a str,
    minor: Option<&'a str>,
    patch: Option<&'a str>,
    pre: Option<&'a str>,
    metadata: Option<&'a str>,
    /// How many bytes they take, `v` included.
    len: usize,
}

impl<'a> Parts<'a> {
    fn scan(text: &'a str, digit: impl Fn(char) -> bool + Copy) -> Option<Self> {
        let after_v = text.strip_prefix('v').unwrap_or(text);
        let (major, rest) = run(after_v, digit)?;
        let (minor, rest) = after('.', rest, |rest| run(rest, digit));
        let (patch, rest) = match minor {
            Some(_) => after('.', rest, |rest| run(rest, digit)),
            None => (None, rest),
        };
        let (pre, rest) = after('-', rest, identifiers);
        let (metadata, rest) = after('+', rest, identifiers);
        Some(Parts { major, minor, patch, pre, metadata, len: text.len() - rest.len() })
    }
}

/// The longest non-empty run of characters of a kind, and the rest.
fn run(text: &str, kind: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text.find(|c| !kind(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A piece behind its sign; the text is left as it is where sign or piece are missing.
fn after<'a>(
    sign: char,
    text: &'a str,
    piece: impl Fn(&'a str) -> Option<(&'a str, &'a str)>,
) -> (Option<&'a str>, &'a str) {
    match text.strip_prefix(sign).and_then(piece) {
        Some((found, rest)) => (Some(found), rest),
        None => (None, text),
    }
}

/// `rc.1`: words of letters, digits and `-`, with single dots between them.
fn identifiers(text: &str) -> Option<(&str, &str)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (_, mut rest) = run(text, word)?;
    while let Some((_, further)) = rest.strip_prefix('.').and_then(|rest| run(rest, word)) {
        rest = further;
    }
    Some(text.split_at(text.len() - rest.len()))
}

/// What a range must satisfy: groups joined by `||`, in each group all constraints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints(Vec<Group>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    all: Vec<Constraint>,
    /// Pre-releases count only where the group names one.
    prereleases: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// How much of a constraint's version was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Full,
    /// `1.2` or `1.2.x`.
    Minor,
    /// `1` or `1.x`.
    Major,
    /// `*`.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Constraint {
    op: Op,
    version: Version,
    given: Given,
}

/// Longer signs first.
const OPS: [(&str, Op); 11] = [
    ("!=", Op::NotEqual),
    (">=", Op::GreaterEqual),
    ("=>", Op::GreaterEqual),
    ("<=", Op::LessEqual),
    ("=<", Op::LessEqual),
    ("~>", Op::Tilde),
    ("=", Op::Equal),
    (">", Op::Greater),
    ("<", Op::Less),
    ("~", Op::Tilde),
    ("^", Op::Caret),
];

/// The library's `\s`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// The library's digits of a constraint; `|` is among them by a slip in its character class.
fn is_wild_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, 'x' | 'X' | '*' | '|')
}

impl Constraints {
    /// Reads `>=1.2 <2 || ~3.1`, `1.2 - 1.4`, `^1.x` and the like.
    ///
    /// # Errors
    /// What is not a constraint; the empty text is none.
    pub fn parse(text: &str) -> Result<Constraints, SemverError> {
        let text = rewrite_ranges(text);
        text.split("||").map(Group::parse).collect::<Result<_, _>>().map(Constraints)
    }

    /// Whether a version satisfies one of the groups.
    pub fn check(&self, version: &Version) -> bool {
        self.0
            .iter()
            .any(|group| (group.prereleases || !version.is_prerelease()) && group.all.iter().all(|c| c.check(version)))
    }
}

/// Whether a version lies in a range; not where either is malformed.
pub fn is_compatible(range: &str, version: &str) -> bool {
    match (Version::parse(version), Constraints::parse(range)) {
        (Ok(version), Ok(range)) => range.check(&version),
        _ => false,
    }
}

impl Group {
    /// The whole part is looked over before any of its versions, as the library's messages show.
    fn parse(text: &str) -> Result<Group, SemverError> {
        let scanned = scan_group(text).ok_or_else(|| SemverError::Constraint(text.to_owned()))?;
        let all: Vec<_> =
            scanned.iter().map(|(op, parts, text)| Constraint::new(*op, text, parts)).collect::<Result<_, _>>()?;
        let prereleases = all.iter().any(|c| c.version.is_prerelease());
        Ok(Group { all, prereleases })
    }
}

/// The constraints of a group: their signs, the pieces of their versions, the versions as written.
fn scan_group(text: &str) -> Option<Vec<(Op, Parts<'_>, &str)>> {
    let mut all = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    loop {
        let (op, parts, version) = scan_constraint(rest)?;
        let after = &version[parts.len..];
        all.push((op, parts, &version[..version.len() - after.len()]));
        rest = after.trim_start_matches(is_space);
        if rest.is_empty() {
            return Some(all);
        }
        if let Some(next) = rest.strip_prefix(',') {
            rest = next.trim_start_matches(is_space);
        } else if rest.len() == after.len() {
            return None;
        }
    }
}

/// A sign and a version at the beginning of a text, and the text from the version on.
fn scan_constraint(text: &str) -> Option<(Op, Parts<'_>, &str)> {
    let (op, rest) =
        OPS.iter().find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?))).unwrap_or((Op::Equal, text));
    let version = rest.trim_start_matches(is_space);
    Some((op, Parts::scan(version, is_wild_digit)?, version))
}

/// `1.2 - 1.4` becomes `>= 1.2, <= 1.4 `.
fn rewrite_ranges(text: &str) -> String {
    let mut out = text.to_owned();
    let mut at = 0;
    while at < text.len() {
        match scan_range(&text[at..]) {
            Some((low, high, len)) => {
                out = out.replacen(&text[at..at + len], &format!(">= {low}, <= {high} "), 1);
                at += len;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    out
}

/// A range at the beginning of a text: its ends, and how many bytes it takes with the space around it.
fn scan_range(text: &str) -> Option<(&str, &str, usize)> {
    let start = text.trim_start_matches(is_space);
    let low = Parts::scan(start, is_wild_digit)?;
    let dash = start[low.len..].trim_start_matches(is_space);
    let second = dash.strip_prefix('-')?;
    let high_start = second.trim_start_matches(is_space);
    if dash.len() == start.len() - low.len || high_start.len() == second.len() {
        return None;
    }
    let high = Parts::scan(high_start, is_wild_digit)?;
    let rest = high_start[high.len..].trim_start_matches(is_space);
    Some((&start[..low.len], &high_start[..high.len], text.len() - rest.len()))
}

impl Constraint {
    fn new(op: Op, text: &str, parts: &Parts<'_>) -> Result<Constraint, SemverError> {
        let is_any = |part: Option<&str>| matches!(part, None | Some("x" | "X" | "*"));
        let pre = parts.pre.map(|pre| format!("-{pre}")).unwrap_or_default();
        let (given, version) = if is_any(Some(parts.major)) {
            (Given::Nothing, format!("0.0.0{pre}"))
        } else if is_any(parts.minor) {
            (Given::Major, format!("{}.0.0{pre}", parts.major))
        } else if is_any(parts.patch) {
            (Given::Minor, format!("{}.{}.0{pre}", parts.major, parts.minor.unwrap_or_default()))
        } else {
            (Given::Full, text.to_owned())
        };
        let version = Version::parse(&version).map_err(|_| SemverError::ConstraintVersion)?;
        Ok(Constraint { op, version, given })
    }

    /// Whether a version satisfies it, pre-releases aside, which the group decides on.
    fn check(&self, v: &Version) -> bool {
        let order = v.compare(&self.version);
        match self.op {
            Op::Less => order.is_lt(),
            Op::GreaterEqual => order.is_ge(),
            Op::Equal if self.given == Given::Full => order.is_eq(),
            Op::Equal | Op::Tilde => order.is_ge() && self.tilde(v),
            Op::Caret => order.is_ge() && self.caret(v),
            Op::NotEqual => self.not_equal(v),
            Op::Greater => self.greater(v),
            Op::LessEqual => self.less_equal(v),
        }
    }

    /// `~1.2.3` stays within 1.2; `~1` within 1; `~0.0.0` and `*` take everything.
    fn tilde(&self, v: &Version) -> bool {
        let c = &self.version;
        let zero = c.major == 0 && c.minor == 0 && c.patch == 0;
        if zero && matches!(self.given, Given::Full | Given::Nothing) {
            return true;
        }
        v.major == c.major && (v.minor == c.minor || self.given == Given::Major)
    }

    /// `^1.2` stays within 1, `^0.2` within 0.2, `^0.0.3` is 0.0.3 alone.
    fn caret(&self, v: &Version) -> bool {
        let c = &self.version;
        if c.major > 0 || self.given == Given::Major {
            return v.major == c.major;
        }
        if v.major > 0 {
            return false;
        }
        if c.minor > 0 || self.given == Given::Minor {
            return v.minor == c.minor;
        }
        v.minor == 0 && v.patch == c.patch
    }

    fn not_equal(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::Full => v.compare(c).is_ne(),
            // As there: `!=*` is `!=0.0.0`, once major and minor are the same.
            Given::Nothing => v.major != 0 || v.minor != 0 || v.compare(c).is_ne(),
            Given::Major => v.major != c.major,
            Given::Minor => v.major != c.major || v.minor != c.minor || compare_prerelease(&v.pre, &c.pre).is_ne(),
        }
    }

    /// `>11` is 12 at least, `>11.1` is 11.2 at least.
    fn greater(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::Full => v.compare(c).is_gt(),
            _ if v.major != c.major => v.major > c.major,
            Given::Major => false,
            Given::Minor => v.minor > c.minor,
            Given::Nothing => v.compare(c).is_gt(),
        }
    }

    /// `<=11` takes all of 11.
    fn less_equal(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::Full => v.compare(c).is_le(),
            Given::Major => v.major <= c.major,
            _ => v.major < c.major || v.major == c.major && v.minor <= c.minor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_cases() {
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../tests/fixtures/semver-cases.json")).unwrap();
        for case in cases {
            let text = |key: &str| case[key].as_str().unwrap();
            let got = match (Constraints::parse(text("constraint")), Version::parse(text("version"))) {
                (Ok(constraint), Ok(version)) => Some(constraint.check(&version)),
                _ => None,
            };
            assert_eq!(got, case["satisfied"].as_bool(), "{case}");
        }
    }

    #[test]
    fn versions_in_order() {
        let order = ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a.1", "1.0.0-b", "1", "1.0.1", "v1.1", "2"];
        for pair in order.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|v| Version::parse(v).unwrap());
            assert_eq!(a.compare(&b), Ordering::Less, "{a} {b}");
            assert_eq!(b.compare(&a), Ordering::Greater, "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_version() {
        for (text, want) in [
            ("", "invalid semantic version"),
            ("1.2.3.4", "invalid semantic version"),
            ("1.2.3-", "invalid semantic version"),
            ("1.0.0 ", "invalid semantic version"),
            ("1.0.0-01", "version segment starts with 0"),
            (
                "99999999999999999999",
                "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
            ),
        ] {
            assert_eq!(Version::parse(text).unwrap_err().to_string(), want, "{text}");
        }
        assert_eq!(Constraints::parse("1.2 || a b").unwrap_err().to_string(), "improper constraint:  a b");
    }
}
