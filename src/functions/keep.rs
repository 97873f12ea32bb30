//! What an earlier render's result of a random function is to the same call today: how it looks in a text, and whether
//! it still fits what the call is given.

use std::borrow::Cow;
use std::sync::Arc;

use super::args::{int, text};
use super::{Context, Drawn, Function, crypto};
use crate::runtime::time::{Time, Zone};
use crate::runtime::{Numbers, Runtime};
use crate::value::Str;

pub use crypto::Missed;

/// A part of a result that templates print by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// All of it.
    Whole,
    /// A certificate.
    Cert,
    /// The key of a certificate.
    Key,
    /// What follows the user's name in a line of a password file.
    Hash,
}

/// A result that is kept.
pub struct Again {
    /// It.
    pub value: Runtime,
    /// What tells whether something was asked of it that it has not.
    pub missed: Option<Arc<Missed>>,
}

/// How results of a function look.
enum Shape {
    /// So many characters of a kind.
    Letters(usize, fn(u8) -> bool),
    /// As long as the result that there is, with these checks made elsewhere.
    AsLong,
    Integer,
    Pem(&'static str),
    /// A time in a layout.
    Date(Vec<u8>),
}

/// The parts of a result, as they are printed, without a line end after them.
pub fn parts(drawn: &Drawn) -> Vec<(Part, Str)> {
    let whole = || match &drawn.value {
        Runtime::Str(text) => Some((Part::Whole, Str::from(text.trim_end_matches('\n')))),
        Runtime::Int(n, _) => Some((Part::Whole, n.to_string().into())),
        _ => None,
    };
    match drawn.id.function {
        "htpasswd" => {
            let hash = drawn.value.as_str().and_then(|line| line.split_once(':'));
            whole().into_iter().chain(hash.map(|(_, hash)| (Part::Hash, hash.into()))).collect()
        }
        _ => match crypto::parts(&drawn.value) {
            Some((cert, key)) => vec![(Part::Cert, cert.trim_end().into()), (Part::Key, key.trim_end().into())],
            None => whole().into_iter().collect(),
        },
    }
}

/// What tells an argument from others. A certificate is asked for no key.
pub(super) fn written(arg: &Runtime) -> Cow<'_, [u8]> {
    match crypto::parts(arg) {
        Some((cert, _)) => Cow::Borrowed(cert.as_bytes()),
        None => arg.to_text(Numbers::Exact),
    }
}

/// When a result ends, in seconds since 1970: that of a certificate.
pub fn ends(drawn: &Drawn) -> Option<i64> {
    crypto::ends(&drawn.value)
}

/// Whether anything that stands where the result stands may be kept, however long it is: it is text that somebody chose
/// or made up, and not the outcome of what the call is given.
pub fn is_free(drawn: &Drawn) -> bool {
    matches!(drawn.id.function, "randAlphaNum" | "randAlpha" | "randNumeric" | "randAscii" | "randBytes" | "uuidv4")
}

/// How many bytes at the beginning of a text may be what the call printed in another render.
pub fn extent(drawn: &Drawn, part: Part, text: &str) -> Option<usize> {
    match shape(drawn, part) {
        Shape::Letters(count, of) => {
            text.as_bytes().get(..count).filter(|found| found.iter().all(|b| of(*b))).map(<[u8]>::len)
        }
        Shape::AsLong => {
            let count = printed(drawn, part)?.chars().count();
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.nth(count)
        }
        Shape::Integer => {
            let sign = usize::from(text.starts_with('-'));
            let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then_some(sign + digits)
        }
        Shape::Pem(kind) => {
            let begins = text.strip_prefix("-----BEGIN ").is_some_and(|rest| rest.starts_with(kind) || kind.is_empty());
            let end = text.find("\n-----END ").filter(|_| begins)?;
            let last = end + 1 + text[end + 1..].find('\n').unwrap_or(text.len() - end - 1);
            Some(text[..last].trim_end().len())
        }
        Shape::Date(layout) => Time::parse(&layout, text.as_bytes(), &Zone::Utc).is_ok().then_some(text.len()),
    }
}

/// A part of a result, as it is printed.
pub fn printed(drawn: &Drawn, part: Part) -> Option<Str> {
    parts(drawn).into_iter().find(|(of, _)| *of == part).map(|(_, text)| text)
}

fn shape(drawn: &Drawn, part: Part) -> Shape {
    let count = |index: usize| int(&drawn.args, index).ok().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let layout = || text(&drawn.args, 0).unwrap_or_default().to_vec();
    match (drawn.id.function, part) {
        (_, Part::Cert) => Shape::Pem("CERTIFICATE-----"),
        (_, Part::Key) | ("genPrivateKey", _) => Shape::Pem(""),
        ("randAlphaNum", _) => Shape::Letters(count(0), |b| b.is_ascii_alphanumeric()),
        ("randAlpha", _) => Shape::Letters(count(0), |b| b.is_ascii_alphabetic()),
        ("randNumeric", _) => Shape::Letters(count(0), |b| b.is_ascii_digit()),
        ("randAscii", _) => Shape::Letters(count(0), |b| (b' '..=b'~').contains(&b)),
        ("uuidv4", _) => Shape::Letters(36, |b| b.is_ascii_hexdigit() || b == b'-'),
        ("randInt", _) => Shape::Integer,
        ("date" | "dateInZone" | "date_in_zone", _) => Shape::Date(layout()),
        ("htmlDate" | "htmlDateInZone", _) => Shape::Date(b"2006-01-02".to_vec()),
        _ => Shape::AsLong,
    }
}

/// The result of which these are the parts, where they are enough.
pub fn whole(drawn: &Drawn, parts: &[(Part, &str)]) -> Option<Runtime> {
    let part = |of: Part| parts.iter().find(|(part, _)| *part == of).map(|(_, text)| *text);
    let block = |text: &str| format!("{text}\n");
    match (part(Part::Whole), drawn.id.function) {
        (Some(text), "randInt") => text.parse().ok().map(Runtime::int),
        (Some(text), "genPrivateKey") => Some(block(text).into()),
        (Some(text), _) => Some(text.into()),
        (None, "htpasswd") => {
            let user = String::from_utf8_lossy(text(&drawn.args, 0).ok()?);
            part(Part::Hash).map(|hash| format!("{user}:{hash}").into())
        }
        (None, _) => part(Part::Cert).map(|cert| crypto::pair(block(cert), part(Part::Key).map(block))),
    }
}

/// What a call keeps of an earlier result: nothing where that does not fit what the call is given.
pub(super) fn again(function: &Function, ctx: &Context<'_>, args: &[Runtime], old: &Runtime) -> Option<Again> {
    let bytes = || old.to_text(ctx.numbers());
    let fits = match function.name {
        "randInt" => match (int(args, 0), int(args, 1), old) {
            (Ok(min), Ok(max), Runtime::Int(n, _)) => (min..max).contains(n),
            _ => false,
        },
        "shuffle" => sorted(&bytes()) == sorted(text(args, 0).ok()?),
        "date" | "dateInZone" | "date_in_zone" | "htmlDate" | "htmlDateInZone" => true,
        "randBytes" | "randAlphaNum" | "randAlpha" | "randNumeric" | "randAscii" | "uuidv4" => true,
        _ => return crypto::again(function, ctx, args, old),
    };
    fits.then(|| Again { value: old.clone(), missed: None })
}

fn sorted(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    text.sort_unstable();
    text
}

pub(super) fn is_certificate(value: &Runtime) -> bool {
    crypto::parts(value).is_some()
}

/// Whether a result can be kept at all: times are what they are, but for the present one that is printed.
pub(super) fn is_kept(function: &Function, ctx: &Context<'_>, args: &[Runtime]) -> bool {
    let is_now = |value: &Runtime| {
        let now = Time::from_nanos(ctx.random.now(), Zone::Utc);
        Time::of(value).is_some_and(|time| (time.unix(), time.nanos()) == (now.unix(), now.nanos()))
    };
    match function.name {
        "date" | "dateInZone" | "date_in_zone" => args.get(1).is_some_and(is_now),
        "htmlDate" | "htmlDateInZone" => args.first().is_some_and(is_now),
        "now" | "ago" | "durationRound" => false,
        _ => true,
    }
}
