//! URLs taken apart and put together, host names.
//!
//! Semantics: Sprig 3.3.0 `url.go` and `network.go`, Go 1.25 `net/url`.

use std::net::{IpAddr, Ipv6Addr, ToSocketAddrs};

use super::Param::{Map, Str};
use super::args::{NIL_POINTER, Out, fail, map, string, text};
use super::random::below;
use super::{Context, FuncError, Function};
use crate::runtime::text::quote;
use crate::runtime::{MapRef, Runtime};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("urlParse", &[Str], |_, a| {
        let url = Url::parse(text(a, 0)?);
        url.map(|url| url.to_dict()).map_err(|err| FuncError::new(format!("unable to parse url: {err}")))
    }),
    Function::new("urlJoin", &[Map], |_, a| Ok(string(from_dict(map(a, 0)?)?.join()))),
    Function::new("getHostByName", &[Str], host_by_name).random(),
];

/// One of the addresses of a host; nothing unless the network may be asked.
fn host_by_name(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    if !ctx.dns {
        return Ok("".into());
    }
    let name = String::from_utf8_lossy(text(a, 0)?).into_owned();
    let mut found: Vec<IpAddr> =
        (name.as_str(), 0).to_socket_addrs().into_iter().flatten().map(|address| address.ip()).collect();
    found.dedup();
    match found.len() {
        0 => fail("invalid argument to Intn"),
        n => Ok(found[below(ctx, n as u64)? as usize].to_string().into()),
    }
}

/// A part of a URL, by what may stand in it without an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

/// The parts of a URL, unescaped but for the opaque part and the query.
#[derive(Debug, Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

#[derive(Debug)]
struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

fn cut(s: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(at, s) {
        Some(i) => (&s[..i], Some(&s[i + 1..])),
        None => (s, None),
    }
}

impl Url {
    /// Reads a URL; fails in Go's words.
    fn parse(whole: &[u8]) -> Result<Url, String> {
        let named = |url: &[u8], err: String| format!("parse {}: {err}", quote(url));
        let (url, fragment) = cut(whole, b'#');
        let mut parsed = Url::parse_absolute(url).map_err(|err| named(url, err))?;
        parsed.fragment = unescape(fragment.unwrap_or_default(), Part::Fragment).map_err(|err| named(whole, err))?;
        Ok(parsed)
    }

    /// Reads what stands before the fragment.
    fn parse_absolute(url: &[u8]) -> Result<Url, String> {
        if url.iter().any(u8::is_ascii_control) {
            return Err("net/url: invalid control character in URL".into());
        }
        let (scheme, rest) = split_scheme(url)?;
        let (mut rest, query) = cut(rest, b'?');
        let mut parsed =
            Url { scheme: scheme.to_ascii_lowercase(), query: query.unwrap_or_default().to_vec(), ..Url::default() };
        if !rest.starts_with(b"/") {
            if !scheme.is_empty() {
                parsed.opaque = rest.to_vec();
                return Ok(parsed);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".into());
            }
        }
        if rest.starts_with(b"//") && (!scheme.is_empty() || !rest.starts_with(b"///")) {
            let end = memchr::memchr(b'/', &rest[2..]).map_or(rest.len(), |i| i + 2);
            parsed.set_authority(&rest[2..end])?;
            rest = &rest[end..];
        }
        parsed.path = unescape(rest, Part::Path)?;
        Ok(parsed)
    }

    fn set_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let Some(at) = memchr::memrchr(b'@', authority) else {
            self.host = host(authority)?;
            return Ok(());
        };
        self.host = host(&authority[at + 1..])?;
        let user = &authority[..at];
        if !user.iter().all(|b| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(b)) {
            return Err("net/url: invalid userinfo".into());
        }
        let (name, password) = cut(user, b':');
        let name = unescape(name, Part::User)?;
        self.user = Some(User { name, password: password.map(|p| unescape(p, Part::User)).transpose()? });
        Ok(())
    }

    /// The host without its port and brackets.
    fn hostname(&self) -> &[u8] {
        let colon = memchr::memrchr(b':', &self.host).filter(|i| is_port(&self.host[*i..]));
        let host = &self.host[..colon.unwrap_or(self.host.len())];
        host.strip_prefix(b"[").and_then(|h| h.strip_suffix(b"]")).unwrap_or(host)
    }

    fn to_dict(&self) -> Runtime {
        Runtime::map([
            ("scheme", string(&self.scheme)),
            ("host", string(&self.host)),
            ("hostname", string(self.hostname())),
            ("path", string(&self.path)),
            ("query", string(&self.query)),
            ("opaque", string(&self.opaque)),
            ("fragment", string(&self.fragment)),
            ("userinfo", string(self.user.as_ref().map(User::escaped).unwrap_or_default())),
        ])
    }

    fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        match self.opaque.is_empty() {
            false => out.extend_from_slice(&self.opaque),
            true => self.join_hierarchy(&mut out),
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            escape(&self.fragment, Part::Fragment, &mut out);
        }
        out
    }

    /// Writes user, host and path.
    fn join_hierarchy(&self, out: &mut Vec<u8>) {
        let authority = !self.host.is_empty() || self.user.is_some();
        if authority || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend_from_slice(&user.escaped());
            out.push(b'@');
        }
        escape(&self.host, Part::Host, out);
        let mut path = Vec::new();
        match self.path.as_slice() {
            b"*" => path.push(b'*'),
            other => escape(other, Part::Path, &mut path),
        }
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend_from_slice(&path);
    }
}

impl User {
    fn escaped(&self) -> Vec<u8> {
        let mut out = Vec::new();
        escape(&self.name, Part::User, &mut out);
        if let Some(password) = &self.password {
            out.push(b':');
            escape(password, Part::User, &mut out);
        }
        out
    }
}

/// The scheme, empty where there is none, and what follows.
fn split_scheme(url: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let end = url.iter().position(|b| !b.is_ascii_alphanumeric() && !b"+-.".contains(b));
    match end.filter(|i| url[*i] == b':') {
        Some(0) => Err("missing protocol scheme".into()),
        Some(i) if url[0].is_ascii_alphabetic() => Ok((&url[..i], &url[i + 1..])),
        _ => Ok((&[], url)),
    }
}

fn is_port(text: &[u8]) -> bool {
    text.is_empty() || text[0] == b':' && text[1..].iter().all(u8::is_ascii_digit)
}

fn check_port(text: &[u8]) -> Result<(), String> {
    if is_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", quote(text))) }
}

/// A host, with its port.
fn host(host: &[u8]) -> Result<Vec<u8>, String> {
    match memchr::memrchr(b'[', host) {
        Some(1..) => Err("invalid IP-literal".into()),
        Some(0) => ip_literal(host),
        None => {
            if let Some(colon) = memchr::memrchr(b':', host) {
                check_port(&host[colon..])?;
            }
            unescape(host, Part::Host)
        }
    }
}

/// An address in brackets, where a zone may follow the address behind `%25`.
fn ip_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let Some(end) = memchr::memrchr(b']', host) else { return Err("missing ']' in host".into()) };
    check_port(&host[end + 1..])?;
    let inner = &host[1..end];
    let zone = memchr::memmem::find(inner, b"%25").unwrap_or(inner.len());
    let mut name = unescape(&inner[..zone], Part::Host)?;
    name.extend(unescape(&inner[zone..], Part::Zone)?);
    let (address, zone) = cut(&name, b'%');
    let address = std::str::from_utf8(address).unwrap_or_default();
    if address.parse::<std::net::Ipv4Addr>().is_ok() && zone.is_none() {
        return Err("invalid IP-literal".into());
    }
    if address.parse::<Ipv6Addr>().is_err() || zone.is_some_and(<[u8]>::is_empty) {
        return Err(format!("invalid host: ParseAddr({}): unable to parse IP", quote(&name)));
    }
    Ok([b"[", name.as_slice(), &host[end..]].concat())
}

/// Whether Go escapes a byte.
fn is_escaped(byte: u8, part: Part) -> bool {
    let plain: &[u8] = match part {
        Part::Path => b"-_.~$&+,/:;=@",
        Part::Host | Part::Zone => b"-_.~!$&'()*+,;=:[]<>\"",
        Part::User => b"-_.~$&+,;=",
        Part::Fragment => b"-_.~$&+,/:;=?@!()*",
    };
    !byte.is_ascii_alphanumeric() && !plain.contains(&byte)
}

fn escape(s: &[u8], part: Part, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in s {
        match is_escaped(*byte, part) {
            true => out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
            false => out.push(*byte),
        }
    }
}

fn unescape(s: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(s.len());
    let in_host = matches!(part, Part::Host | Part::Zone);
    let mut rest = s;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            if in_host && byte.is_ascii() && is_escaped(*byte, part) {
                return Err(format!("invalid character {} in host name", quote(&[*byte])));
            }
            out.push(*byte);
            continue;
        }
        let digit = |i: usize| tail.get(i).and_then(|b| char::from(*b).to_digit(16));
        let bad = || format!("invalid URL escape {}", quote(&[b"%", &tail[..tail.len().min(2)]].concat()));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else { return Err(bad()) };
        let value = (high * 16 + low) as u8;
        let allowed = match part {
            Part::Host => value >= 0x80 || value == b'%',
            Part::Zone => matches!(value, b'%' | b' ') || !is_escaped(value, Part::Host),
            _ => true,
        };
        if !allowed {
            return Err(bad());
        }
        out.push(value);
        rest = &tail[2..];
    }
    Ok(out)
}

fn from_dict(dict: &MapRef) -> Result<Url, FuncError> {
    let part = |key: &str| match dict.get(key) {
        None => Ok(Vec::new()),
        Some(Runtime::Str(text)) => Ok(text.as_bytes().to_vec()),
        Some(Runtime::Binary(bytes)) => Ok(bytes.to_vec()),
        Some(Runtime::Nil) => fail(NIL_POINTER),
        Some(other) => {
            let kind = other.kind_name(crate::runtime::Numbers::Go);
            fail(format!("unable to parse {key} key, must be of type string, but {kind} found"))
        }
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let user = part("userinfo")?;
    if !user.is_empty() {
        let around = [b"proto://", user.as_slice(), b"@host"].concat();
        let parsed = Url::parse(&around);
        url.user = parsed.map_err(|err| FuncError::new(format!("unable to parse userinfo in dict: {err}")))?.user;
    }
    Ok(url)
}
