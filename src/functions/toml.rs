//! TOML, written and read.
//!
//! Semantics: Helm 4.1.4 `pkg/engine/funcs.go`, BurntSushi/toml 1.6.0. Reading is the `toml` crate's, whose words for
//! what is wrong in a text are others.

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::{Datetime, Offset};

use super::Param::{Any, Str};
use super::args::{Out, any, fail, string, text};
use super::{Context, FuncError, Function};
use crate::runtime::text::runes;
use crate::runtime::time::{Duration, Time, Zone};
use crate::runtime::{Elem, List, MapRef, Numbers, Runtime};
use crate::value::{Str as Text, format_float};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("toToml", &[Any], to_toml),
    Function::new("fromToml", &[Str], |ctx, a| Ok(from_toml(ctx, text(a, 0)?))),
];

/// How deep data may be nested; Go would overflow its stack on what holds itself.
const MAX_DEPTH: usize = 500;

/// The error is the result.
fn to_toml(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let value = any(a, 0)?;
    if matches!(value, Runtime::Nil) {
        return fail("reflect: call of reflect.Value.Type on zero Value");
    }
    let mut writer = Writer { out: Vec::new(), numbers: ctx.numbers() };
    Ok(match writer.encode(&[], value) {
        Ok(()) => string(writer.out),
        Err(err) => err.into(),
    })
}

/// What TOML takes a value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nil,
    Plain,
    Table,
    /// A list of tables alone.
    Tables,
}

struct Writer {
    out: Vec<u8>,
    numbers: Numbers,
}

/// A struct's fields as a map.
fn as_table(value: &Runtime) -> Option<MapRef> {
    match value {
        Runtime::Map(map) => Some(map.clone()),
        Runtime::Object(object) if object.type_name() == "sprig.certificate" => {
            Some(MapRef::new(["Cert", "Key"].into_iter().filter_map(|name| Some((name.into(), object.field(name)?)))))
        }
        _ => None,
    }
}

fn kind(value: &Runtime, depth: usize) -> Result<Kind, String> {
    if depth > MAX_DEPTH {
        return Err("toml: the data is nested too deeply".into());
    }
    Ok(match value {
        Runtime::Nil => Kind::Nil,
        Runtime::List(list) if list.is_nil() => Kind::Nil,
        Runtime::Map(map) if map.is_nil() => Kind::Nil,
        Runtime::List(list) => {
            let kinds: Result<Vec<Kind>, String> = list.items().iter().map(|item| kind(item, depth + 1)).collect();
            let kinds = kinds?;
            if kinds.contains(&Kind::Nil) {
                return Err("toml: cannot encode array with nil element".into());
            }
            let tables = !kinds.is_empty() && kinds.iter().all(|kind| *kind == Kind::Table);
            if tables { Kind::Tables } else { Kind::Plain }
        }
        other if as_table(other).is_some() => Kind::Table,
        _ => Kind::Plain,
    })
}

impl Writer {
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self, key: &[Text]) {
        for _ in 1..key.len() {
            self.out.extend_from_slice(b"  ");
        }
    }

    fn encode(&mut self, key: &[Text], value: &Runtime) -> Result<(), String> {
        if key.len() > MAX_DEPTH {
            return Err("toml: the data is nested too deeply".into());
        }
        match (kind(value, 0)?, value) {
            (Kind::Nil, Runtime::List(_)) | (Kind::Plain, _) => self.entry(key, value),
            (Kind::Nil, _) => Ok(()),
            (Kind::Tables, Runtime::List(list)) => self.tables(key, list),
            _ => {
                if key.len() == 1 {
                    self.newline();
                }
                if !key.is_empty() {
                    self.header(key, "[", "]");
                }
                self.table(key, value)
            }
        }
    }

    fn header(&mut self, key: &[Text], open: &str, close: &str) {
        self.indent(key);
        self.out.extend_from_slice(open.as_bytes());
        for (i, part) in key.iter().enumerate() {
            if i > 0 {
                self.out.push(b'.');
            }
            self.key(part);
        }
        self.out.extend_from_slice(close.as_bytes());
        self.newline();
    }

    fn tables(&mut self, key: &[Text], list: &List) -> Result<(), String> {
        if key.is_empty() {
            return Err("toml: top-level values must be Go maps or structs".into());
        }
        for item in list.items() {
            self.newline();
            self.header(key, "[[", "]]");
            self.table(key, item)?;
        }
        Ok(())
    }

    /// The entries of a table: first those that are none, so that they belong to it.
    fn sorted(table: &Runtime) -> Result<Vec<(Text, Runtime)>, String> {
        let entries = as_table(table).map(|map| map.sorted()).unwrap_or_default();
        let (mut plain, mut tables) = (Vec::new(), Vec::new());
        for (key, value) in entries {
            match kind(&value, 0)? {
                Kind::Table | Kind::Tables => tables.push((key, value)),
                Kind::Plain | Kind::Nil => plain.push((key, value)),
            }
        }
        plain.append(&mut tables);
        Ok(plain)
    }

    fn table(&mut self, key: &[Text], table: &Runtime) -> Result<(), String> {
        for (name, value) in Self::sorted(table)? {
            if kind(&value, 0)? != Kind::Nil {
                self.encode(&[key, &[name]].concat(), &value)?;
            }
        }
        Ok(())
    }

    /// `key = value`; at the top the value alone.
    fn entry(&mut self, key: &[Text], value: &Runtime) -> Result<(), String> {
        let Some(last) = key.last() else { return self.element(value, 0) };
        self.indent(key);
        self.key(last);
        self.out.extend_from_slice(b" = ");
        self.element(value, 0)?;
        self.newline();
        Ok(())
    }

    fn key(&mut self, key: &str) {
        let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        match bare {
            true => self.out.extend_from_slice(key.as_bytes()),
            false => self.quoted(key.as_bytes()),
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        self.out.push(b'"');
        for byte in text {
            match byte {
                b'"' | b'\\' => self.out.extend([b'\\', *byte]),
                0x08 => self.out.extend_from_slice(b"\\b"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                0x0c => self.out.extend_from_slice(b"\\f"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                0..0x20 | 0x7f => self.out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => self.out.push(*byte),
            }
        }
        self.out.push(b'"');
    }

    /// A value on the line of its key.
    fn element(&mut self, value: &Runtime, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("toml: the data is nested too deeply".into());
        }
        match value {
            Runtime::Str(text) => self.quoted(text.as_bytes()),
            Runtime::Binary(bytes) => self.quoted(bytes),
            Runtime::Float(n) => self.float(*n),
            Runtime::YamlInt(n) if self.numbers == Numbers::Go => self.float(n.as_f64()),
            Runtime::List(list) => self.inline_list(list, depth)?,
            Runtime::Map(_) => self.inline_table(value, depth)?,
            Runtime::Object(object) => match object.as_any().downcast_ref::<Time>() {
                Some(time) => self.out.extend(time.format(layout(time))),
                None if as_table(value).is_some() => self.inline_table(value, depth)?,
                None if object.as_int().is_some() && !object.as_any().is::<Duration>() => {
                    self.out.extend(object.as_int().unwrap_or_default().to_string().bytes());
                }
                None => {
                    let mut text = String::new();
                    object.print(&mut text);
                    self.quoted(text.as_bytes());
                }
            },
            other => other.print(self.numbers, &mut self.out),
        }
        Ok(())
    }

    /// A float always has a point or an exponent.
    fn float(&mut self, n: f64) {
        let text = match n {
            _ if n.is_nan() => if n.is_sign_negative() { "-nan" } else { "nan" }.to_owned(),
            _ if n.is_infinite() => if n > 0.0 { "inf" } else { "-inf" }.to_owned(),
            _ => format_float(n, 'g', -1),
        };
        self.out.extend_from_slice(text.as_bytes());
        if n.is_finite() && !text.contains(['e', '.']) {
            self.out.extend_from_slice(b".0");
        }
    }

    fn inline_list(&mut self, list: &List, depth: usize) -> Result<(), String> {
        self.out.push(b'[');
        for (i, item) in list.items().iter().enumerate() {
            if i > 0 {
                self.out.extend_from_slice(b", ");
            }
            self.element(item, depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// Nil has no entry, but for its comma.
    fn inline_table(&mut self, table: &Runtime, depth: usize) -> Result<(), String> {
        self.out.push(b'{');
        let entries = Self::sorted(table)?;
        for (i, (key, value)) in entries.iter().enumerate() {
            if kind(value, 0)? == Kind::Nil {
                continue;
            }
            self.key(key);
            self.out.extend_from_slice(b" = ");
            self.element(value, depth + 1)?;
            if i + 1 < entries.len() {
                self.out.extend_from_slice(b", ");
            }
        }
        self.out.push(b'}');
        Ok(())
    }
}

const LOCAL_DATETIME: &str = "datetime-local";
const LOCAL_DATE: &str = "date-local";
const LOCAL_TIME: &str = "time-local";

/// How a time is written: without a zone where it was read without one.
fn layout(time: &Time) -> &'static [u8] {
    match time.zone().name() {
        LOCAL_DATETIME => b"2006-01-02T15:04:05.999999999",
        LOCAL_DATE => b"2006-01-02",
        LOCAL_TIME => b"15:04:05.999999999",
        _ => b"2006-01-02T15:04:05.999999999Z07:00",
    }
}

/// The table that a text holds; one with the error under `Error` where it is none.
fn from_toml(ctx: &Context<'_>, text: &[u8]) -> Runtime {
    let text: String = runes(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).collect();
    let read = match DeTable::parse(&text) {
        Ok(table) => Reader { ctx, text: &text }.table(table.get_ref(), &mut String::new()),
        Err(err) => Err(at(&text, err.span().map_or(0, |span| span.start), "", err.message())),
    };
    match read {
        Ok(map) => Runtime::Map(map),
        Err(err) => Runtime::map([("Error", err.message.into())]),
    }
}

fn at(text: &str, offset: usize, key: &str, message: &str) -> FuncError {
    let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count() + 1;
    let key = if key.is_empty() { String::new() } else { format!(" (last key \"{key}\")") };
    FuncError::new(format!("toml: line {line}{key}: {message}"))
}

struct Reader<'a, 'b> {
    ctx: &'a Context<'b>,
    text: &'a str,
}

impl Reader<'_, '_> {
    fn table(&self, table: &DeTable<'_>, path: &mut String) -> Result<MapRef, FuncError> {
        let map = MapRef::new([]);
        for (key, value) in table {
            let outer = path.len();
            if outer > 0 {
                path.push('.');
            }
            path.push_str(key.get_ref());
            map.insert(key.get_ref().as_ref().into(), self.value(value, path)?);
            path.truncate(outer);
        }
        Ok(map)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, path: &mut String) -> Out {
        Ok(match value.get_ref() {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Boolean(b) => (*b).into(),
            DeValue::Float(n) => Runtime::Float(n.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
                Ok(number) => Runtime::int64(number),
                Err(_) => {
                    let message = format!("{n} is out of range for int64");
                    return Err(at(self.text, value.span().start, path, &message));
                }
            },
            DeValue::Datetime(datetime) => self.time(datetime).into_runtime(),
            DeValue::Table(table) => Runtime::Map(self.table(table, path)?),
            DeValue::Array(items) => {
                let values: Result<Vec<Runtime>, _> = items.iter().map(|item| self.value(item, path)).collect();
                // Tables under `[[header]]`s are of a type of their own, tables in braces are not.
                let in_braces =
                    |item: &Spanned<DeValue<'_>>| self.text.as_bytes().get(item.span().start) == Some(&b'{');
                let headed = !items.is_empty() && items.iter().all(|i| i.get_ref().is_table() && !in_braces(i));
                Runtime::List(List::new(values?.into(), if headed { Elem::Maps } else { Elem::Any }))
            }
        })
    }

    /// A date or time without an offset is in a zone that says so, with the machine's offset of now.
    fn time(&self, datetime: &Datetime) -> Time {
        let offset = || self.ctx.random.zone().info((self.ctx.random.now() / 1_000_000_000) as i64).offset;
        let zone = match (datetime.offset, datetime.date, datetime.time) {
            (Some(Offset::Z), ..) => Zone::Utc,
            (Some(Offset::Custom { minutes }), ..) => Zone::Fixed("".into(), i32::from(minutes) * 60),
            (None, Some(_), Some(_)) => Zone::Fixed(LOCAL_DATETIME.into(), offset()),
            (None, Some(_), None) => Zone::Fixed(LOCAL_DATE.into(), offset()),
            (None, None, _) => Zone::Fixed(LOCAL_TIME.into(), offset()),
        };
        let (year, month, day) = datetime.date.map_or((0, 1, 1), |d| (d.year, d.month, d.day));
        let date = format!("{year:04}-{month:02}-{day:02}");
        let start = Time::parse(b"2006-01-02", date.as_bytes(), &Zone::Utc).unwrap_or_else(|_| Time::zero());
        let (seconds, nanos) = datetime.time.map_or((0, 0), |t| {
            let seconds = i64::from(t.hour) * 3600 + i64::from(t.minute) * 60 + i64::from(t.second.unwrap_or(0));
            (seconds, t.nanosecond.unwrap_or(0))
        });
        Time::new(zone.instant(start.unix() + seconds), nanos, zone)
    }
}
