//! The formats that Helm's validator knows, each with its reason for refusing a text.
//!
//! Helm checks `format` up to draft-07; from 2019-09 on it is a comment. Formats that are not listed here, `idn-email`
//! among them, are never checked.

use std::net::{Ipv4Addr, Ipv6Addr};

type Checked = Result<(), String>;

/// The names of the formats; those that the crate would check and Helm does not are listed too, to be let through.
pub(super) const NAMES: [&str; 21] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "period",
    "regex",
    "relative-json-pointer",
    "semver",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Whether a text has a format.
///
/// # Errors
/// Why it does not, in the words of Helm's validator wherever these are its own and not Go's.
pub(super) fn check(name: &str, text: &str) -> Checked {
    match name {
        "date" => date(text),
        "date-time" => date_time(text),
        "duration" => duration(text),
        "email" => email(text),
        "hostname" => hostname(text),
        "ipv4" => ipv4(text),
        "ipv6" => ipv6(text),
        "json-pointer" => json_pointer(text),
        "period" => period(text),
        "regex" => regex(text),
        "relative-json-pointer" => relative_json_pointer(text),
        "semver" => semver(text),
        "time" => time(text),
        "uri" | "iri" => uri(text).and_then(|absolute| ensure(absolute, "relative url")),
        "uri-reference" | "iri-reference" => {
            ensure(!text.contains('\\'), "contains \\")?;
            uri(text).map(drop)
        }
        "uri-template" => uri_template(text),
        "uuid" => uuid(text),
        _ => Ok(()),
    }
}

fn ensure(holds: bool, why: &str) -> Checked {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

fn within<T>(what: &str, checked: Result<T, String>) -> Result<T, String> {
    checked.map_err(|why| format!("invalid {what}: {why}"))
}

/// A character in Go's quotes.
fn shown(c: char) -> String {
    format!("'{}'", c.escape_default())
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn json_pointer(text: &str) -> Checked {
    if text.is_empty() {
        return Ok(());
    }
    ensure(text.starts_with('/'), "not starting with /")?;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '~' {
            ensure(matches!(chars.next(), Some('0' | '1')), "~ must be followed by 0 or 1")?;
        }
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Checked {
    let count = digits(text);
    ensure(count > 0, "must start with non-negative integer")?;
    ensure(count == 1 || !text.starts_with('0'), "starts with zero")?;
    let rest = &text[count..];
    if rest == "#" { Ok(()) } else { json_pointer(rest) }
}

fn uuid(text: &str) -> Checked {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<_> = text.split('-').collect();
    ensure(groups.len() == LENGTHS.len(), "must have 5 elements")?;
    for (i, (group, length)) in groups.into_iter().zip(LENGTHS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", i + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", shown(c)));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Checked {
    let Some(rest) = text.strip_prefix('P') else { return Err("must start with P".to_owned()) };
    ensure(!rest.is_empty(), "nothing after P")?;
    if let Some(weeks) = rest.strip_suffix('W') {
        ensure(!weeks.is_empty(), "no number in week")?;
        return ensure(digits(weeks) == weeks.len(), "invalid week");
    }
    let mut parts = rest.split('T');
    elements(parts.next().unwrap_or_default(), "YMD")?;
    if let Some(time) = parts.next() {
        ensure(!time.is_empty(), "no time elements")?;
        elements(time, "HMS")?;
    }
    ensure(parts.next().is_none(), "more than one T")
}

fn elements(mut text: &str, units: &str) -> Checked {
    let mut left = units;
    while !text.is_empty() {
        let count = digits(text);
        ensure(count > 0, "missing number")?;
        let Some(unit) = text[count..].chars().next() else { return Err("missing unit".to_owned()) };
        match left.find(unit) {
            Some(at) => left = &left[at + 1..],
            None if units.contains(unit) => return Err(format!("unit {} out of order", shown(unit))),
            None => return Err(format!("invalid unit {}", shown(unit))),
        }
        text = &text[count + unit.len_utf8()..];
    }
    Ok(())
}

fn period(text: &str) -> Checked {
    let Some((start, end)) = text.split_once('/') else { return Err("missing slash".to_owned()) };
    if start.starts_with('P') {
        within("start duration", duration(start))?;
        return within("end date-time", date_time(end));
    }
    within("start date-time", date_time(start))?;
    if end.starts_with('P') { within("end duration", duration(end)) } else { within("end date-time", date_time(end)) }
}

fn ipv4(text: &str) -> Checked {
    let groups: Vec<_> = text.split('.').collect();
    ensure(groups.len() == 4, "expected four decimals")?;
    for group in &groups {
        ensure(group.len() < 2 || !group.starts_with('0'), "leading zeros")?;
        let number: i64 = group.parse().map_err(|_| format!("strconv.Atoi: parsing {group:?}: invalid syntax"))?;
        ensure((0..=255).contains(&number), "decimal must be between 0 and 255")?;
    }
    // Go reads `+1` as a number, too.
    ensure(groups.iter().all(|g| !g.starts_with('-')) || text.parse::<Ipv4Addr>().is_ok(), "invalid decimal")
}

fn ipv6(text: &str) -> Checked {
    ensure(text.contains(':'), "missing colon")?;
    if let Some((address, zone)) = text.split_once('%')
        && !zone.is_empty()
        && address.parse::<Ipv6Addr>().is_ok()
    {
        return Err("zone id is not a part of ipv6 address".to_owned());
    }
    text.parse::<Ipv6Addr>().map(drop).map_err(|_| format!("ParseAddr({text:?}): not an address"))
}

fn hostname(text: &str) -> Checked {
    let name = text.strip_suffix('.').unwrap_or(text);
    ensure(name.len() <= 253, "more than 253 characters long")?;
    for label in name.split('.') {
        ensure((1..=63).contains(&label.len()), "label must be 1 to 63 characters long")?;
        ensure(!label.starts_with('-'), "label starts with hyphen")?;
        ensure(!label.ends_with('-'), "label ends with hyphen")?;
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(format!("invalid character {}", shown(c)));
        }
    }
    Ok(())
}

fn email(text: &str) -> Checked {
    ensure(text.len() <= 254, "more than 255 characters long")?;
    let Some((local, domain)) = text.rsplit_once('@') else { return Err("missing @".to_owned()) };
    ensure(local.len() <= 64, "local part more than 64 characters long")?;
    mailbox(local)?;
    match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => match address.strip_prefix("IPv6:") {
            Some(address) => within("ipv6 address", ipv6(address)),
            None => within("ipv4 address", ipv4(address)),
        },
        None => within("domain", hostname(domain)),
    }
}

fn mailbox(local: &str) -> Checked {
    // Helm's validator looks at the opening quote alone and takes the last character for the closing one.
    if let Some(rest) = local.strip_prefix('"')
        && let Some((last, _)) = rest.char_indices().next_back()
    {
        let plain = !rest[..last].contains(['\\', '"']);
        return ensure(plain, "backslash and quote are not allowed within quoted local part");
    }
    ensure(!local.starts_with('.'), "starts with dot")?;
    ensure(!local.ends_with('.'), "ends with dot")?;
    ensure(!local.contains(".."), "consecutive dots")?;
    match local.chars().find(|c| !c.is_ascii_alphanumeric() && !".!#$%&'*+-/=?^_`{|}~".contains(*c)) {
        Some(c) => Err(format!("invalid character {}", shown(c))),
        None => Ok(()),
    }
}

fn date(text: &str) -> Checked {
    let mut numbers = [0_u32; 3];
    let mut rest = text;
    for (number, (layout, width)) in numbers.iter_mut().zip([("2006", 4), ("01", 2), ("02", 2)]) {
        if width == 2 {
            rest = rest.strip_prefix('-').ok_or_else(|| unparsed(text, rest, "-"))?;
        }
        let part = rest.get(..width).filter(|part| digits(part) == width).and_then(|part| part.parse().ok());
        *number = part.ok_or_else(|| unparsed(text, rest, layout))?;
        rest = &rest[width..];
    }
    let [year, month, day] = numbers;
    if !rest.is_empty() {
        return Err(format!("parsing time {text:?}: extra text: {rest:?}"));
    }
    if !(1..=12).contains(&month) {
        return Err(format!("parsing time {text:?}: month out of range"));
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    if (1..=days).contains(&day) { Ok(()) } else { Err(format!("parsing time {text:?}: day out of range")) }
}

/// Go's words for a date that does not fit its layout.
fn unparsed(text: &str, rest: &str, layout: &str) -> String {
    format!("parsing time {text:?} as \"2006-01-02\": cannot parse {rest:?} as {layout:?}")
}

fn date_time(text: &str) -> Checked {
    ensure(text.len() >= 20, "less than 20 characters long")?;
    ensure(matches!(text.as_bytes()[10], b't' | b'T'), "11th character must be t or T")?;
    within("date element", text.get(..10).map_or_else(|| Err("not a date".to_owned()), date))?;
    within("time element", text.get(11..).map_or_else(|| Err("not a time".to_owned()), time))
}

fn time(text: &str) -> Checked {
    ensure(text.len() >= 9, "less than 9 characters long")?;
    let colons = text.as_bytes()[2] == b':' && text.as_bytes()[5] == b':';
    ensure(colons, "missing colon in correct place")?;
    let part = |range: std::ops::Range<usize>| -> Result<i32, String> {
        let number = text.get(range).and_then(|part| part.parse().ok());
        let number: i32 = number.ok_or_else(|| "invalid hour/min/sec".to_owned())?;
        ensure(number >= 0, "non-positive hour/min/sec").map(|()| number)
    };
    let (hour, minute, second) = (part(0..2)?, part(3..5)?, part(6..8)?);
    ensure(hour <= 23 && minute <= 59 && second <= 60, "hour/min/sec out of range")?;
    let offset = offset(fraction(text.get(8..).unwrap_or_default())?)?;
    let utc = (hour * 60 + minute - offset).rem_euclid(24 * 60);
    ensure(second < 60 || utc == 24 * 60 - 1, "invalid leap second")
}

/// What follows the fraction of a second.
fn fraction(text: &str) -> Result<&str, String> {
    let Some(rest) = text.strip_prefix('.') else { return Ok(text) };
    let count = digits(rest);
    ensure(count > 0, "no digits in second fraction")?;
    Ok(&rest[count..])
}

/// An offset from UTC in minutes.
fn offset(text: &str) -> Result<i32, String> {
    if matches!(text, "z" | "Z") {
        return Ok(0);
    }
    ensure(text.len() == 6, "offset must be 6 characters long")?;
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return Err("offset must begin with plus/minus".to_owned()),
    };
    ensure(text.as_bytes()[3] == b':', "missing colon in offset in correct place")?;
    let part = |range: std::ops::Range<usize>| -> Result<i32, String> {
        let number = text.get(range).and_then(|part| part.parse().ok());
        let number: i32 = number.ok_or_else(|| "invalid hour/min in offset".to_owned())?;
        ensure(number >= 0, "non-positive hour/min in offset").map(|()| number)
    };
    let (hour, minute) = (part(1..3)?, part(4..6)?);
    ensure(hour <= 23 && minute <= 59, "hour/min in offset out of range")?;
    Ok(sign * (hour * 60 + minute))
}

fn semver(text: &str) -> Checked {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    if let Some(build) = build {
        ensure(!build.is_empty(), "build is empty")?;
        build.split('.').try_for_each(|id| identifier(id, "build"))?;
    }
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    for id in pre.into_iter().flat_map(|pre| pre.split('.')) {
        identifier(id, "pre-release")?;
        let zero = id.len() > 1 && id.starts_with('0') && digits(id) == id.len();
        ensure(!zero, "pre-release numeric identifier starts with zero")?;
    }
    let parts: Vec<_> = core.split('.').collect();
    ensure(parts.len() == 3, "versionCore must have 3 numbers separated by dot")?;
    parts.into_iter().zip(["major", "minor", "patch"]).try_for_each(|(part, name)| version_number(part, name))
}

fn identifier(id: &str, what: &str) -> Checked {
    if id.is_empty() {
        return Err(format!("{what} identifier is empty"));
    }
    match id.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
        Some(c) => Err(format!("invalid character {} in {what} identifier", shown(c))),
        None => Ok(()),
    }
}

fn version_number(part: &str, name: &str) -> Checked {
    let why = match part {
        "" => "is empty",
        part if part.len() > 1 && part.starts_with('0') => "starts with zero",
        part if digits(part) < part.len() => "contains non-digit",
        _ => return Ok(()),
    };
    Err(format!("{name} {why}"))
}

/// Whether a URI is absolute, read as Go's net/url reads it.
fn uri(text: &str) -> Result<bool, String> {
    let wrong = |why: &str| format!("parse {text:?}: {why}");
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err(wrong("net/url: invalid control character in URL"));
    }
    let plain = text.split('#').next().unwrap_or_default();
    let fragment = text.get(plain.len()..).unwrap_or_default();
    escapes(fragment).map_err(|why| wrong(&why))?;
    let (scheme, rest) = scheme(plain).map_err(wrong)?;
    let rest = rest.split('?').next().unwrap_or_default();
    if !rest.starts_with('/') {
        if scheme.is_some() {
            return Ok(true);
        }
        let colon = rest.split('/').next().is_some_and(|first| first.contains(':'));
        if colon {
            return Err(wrong("first path segment in URL cannot contain colon"));
        }
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) if scheme.is_some() || !rest.starts_with('/') => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        _ => ("", rest),
    };
    escapes(path).map_err(|why| wrong(&why))?;
    host(authority).map_err(|why| wrong(&why))?;
    Ok(scheme.is_some())
}

/// The scheme before the first colon, and the rest.
fn scheme(text: &str) -> Result<(Option<&str>, &str), &'static str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')).unwrap_or(text.len());
    match (text[end..].starts_with(':'), text.chars().next()) {
        (true, Some(':')) => Err("missing protocol scheme"),
        (true, Some(first)) if first.is_ascii_alphabetic() => Ok((Some(&text[..end]), &text[end + 1..])),
        _ => Ok((None, text)),
    }
}

fn escapes(text: &str) -> Checked {
    for (at, _) in text.match_indices('%') {
        let hex = text.get(at + 1..at + 3).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        if !hex {
            let shown: String = text[at..].chars().take(3).collect();
            return Err(format!("invalid URL escape {shown:?}"));
        }
    }
    Ok(())
}

fn host(authority: &str) -> Checked {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return Err("missing ']' in host".to_owned()) };
            within("ipv6 address", ipv6(address))?;
            port
        }
        None => &host[host.rfind(':').unwrap_or(host.len())..],
    };
    if !(port.is_empty() || port.strip_prefix(':').is_some_and(|p| digits(p) == p.len())) {
        return Err(format!("invalid port {port:?} after host"));
    }
    let name = host.strip_suffix(port).unwrap_or(host);
    ensure(host.starts_with('[') || !name.contains(':'), "ipv6 address not enclosed in brackets")?;
    match name.chars().find(|c| matches!(c, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')) {
        Some(c) => Err(format!("invalid character {:?} in host name", c.to_string())),
        None => escapes(name),
    }
}

fn uri_template(text: &str) -> Checked {
    // Braces in the host are not URLs in Go either.
    uri(text)?;
    let path = text.split(['?', '#']).next().unwrap_or_default();
    for part in path.split('/') {
        let mut open = false;
        for c in part.chars().filter(|c| matches!(c, '{' | '}')) {
            ensure(open == (c == '}'), "nested curly braces")?;
            open = !open;
        }
        ensure(!open, "no matching closing brace")?;
    }
    Ok(())
}

fn regex(text: &str) -> Checked {
    let schema = serde_json::json!({ "pattern": super::patterns::to_ecma(text) });
    let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
    ensure(options.build(&schema).is_ok(), "error parsing regexp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why() {
        for (name, text, want) in [
            ("email", "x", "missing @"),
            ("email", "a@b..c", "invalid domain: label must be 1 to 63 characters long"),
            ("email", "a b@c", "invalid character ' '"),
            ("hostname", "a_b", "invalid character '_'"),
            ("ipv4", "1.2.3", "expected four decimals"),
            ("ipv4", "1.2.3.256", "decimal must be between 0 and 255"),
            ("ipv4", "1.2.3.04", "leading zeros"),
            ("semver", "1.2", "versionCore must have 3 numbers separated by dot"),
            ("semver", "1.2.03", "patch starts with zero"),
            ("semver", "1.2.3-01", "pre-release numeric identifier starts with zero"),
            ("duration", "P1H", "invalid unit 'H'"),
            ("duration", "P1D2Y", "unit 'Y' out of order"),
            ("time", "24:00:00Z", "hour/min/sec out of range"),
            ("time", "23:59:60+01:00", "invalid leap second"),
            ("date", "2023-02-29", "parsing time \"2023-02-29\": day out of range"),
            ("uri", "a/b", "relative url"),
            ("uri", "http://a:b/", "parse \"http://a:b/\": invalid port \":b\" after host"),
            ("uuid", "x", "must have 5 elements"),
            ("period", "P1D", "missing slash"),
            ("relative-json-pointer", "01", "starts with zero"),
        ] {
            assert_eq!(check(name, text), Err(want.to_owned()), "{name} {text}");
        }
    }

    #[test]
    fn accepts() {
        for (name, text) in [
            ("email", "a.b+c@example.com"),
            ("email", "a@[127.0.0.1]"),
            ("hostname", "a-b.example."),
            ("ipv6", "::ffff:1.2.3.4"),
            ("semver", "1.2.3-rc.1+x.5"),
            ("duration", "P1Y2DT3H"),
            ("duration", "P3W"),
            ("time", "23:59:60Z"),
            ("date-time", "2024-02-29T12:00:00.5+02:00"),
            ("uri", "mailto:a@b"),
            ("uri", "https://u:p@a.b:80/c%20d?e=%zz#f"),
            ("uri-reference", "/a/b"),
            ("uri-template", "/a/{b}"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
            ("period", "P1D/2024-02-29T12:00:00Z"),
            ("json-pointer", "/a~1b"),
            ("idn-email", "nonsense"),
        ] {
            assert_eq!(check(name, text), Ok(()), "{name} {text}");
        }
    }
}
