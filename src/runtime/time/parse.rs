//! A time read as a layout says it is written.

use super::layout::{Fields, LONG_DAYS, LONG_MONTHS, Piece, next_piece};
use super::{Time, Zone, days_in, quote_bytes, to_seconds};

/// What was read so far.
#[derive(Debug, Default)]
struct Fieldset {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: u32,
    /// Whether `PM` or `AM` was there.
    pm: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone_name: Option<Vec<u8>>,
}

/// Why a piece could not be read.
enum Bad {
    Form,
    Range(&'static str),
}

/// Go's `ParseInLocation`.
pub(super) fn parse(layout: &[u8], value: &[u8], zone: &Zone) -> Result<Time, String> {
    let failed = |elem: &[u8], at: &[u8]| {
        let (value, layout) = (quote_bytes(value), quote_bytes(layout));
        format!("parsing time {value} as {layout}: cannot parse {} as {}", quote_bytes(at), quote_bytes(elem))
    };
    let said = |message: String| format!("parsing time {}: {message}", quote_bytes(value));
    let mut fields = Fieldset::default();
    let (mut rest, mut left) = (layout, value);
    while let Some((before, piece, after)) = next_piece(rest) {
        left = skip(left, before).map_err(|at| failed(before, at))?;
        let elem = &rest[before.len()..rest.len() - after.len()];
        let fraction_follows = matches!(next_piece(after), Some((_, Piece::Fraction { .. }, _)));
        left = fields.read(piece, left, fraction_follows).map_err(|bad| match bad {
            Bad::Form => failed(elem, left),
            Bad::Range(what) => said(format!("{what} out of range")),
        })?;
        rest = after;
    }
    left = skip(left, rest).map_err(|at| failed(rest, at))?;
    if !left.is_empty() {
        return Err(said(format!("extra text: {}", quote_bytes(left))));
    }
    fields.to_time(zone).map_err(|what| said(what.to_owned()))
}

/// Passes over what a layout has literally; white space stands for any amount of it. Fails with where it stopped.
fn skip<'a>(mut value: &'a [u8], mut literal: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    let spaces = |s: &[u8]| s.iter().take_while(|b| **b == b' ').count();
    while let Some(first) = literal.first() {
        if *first == b' ' {
            if value.first().is_some_and(|b| *b != b' ') {
                return Err(value);
            }
            literal = &literal[spaces(literal)..];
            value = &value[spaces(value)..];
            continue;
        }
        match value.split_first() {
            Some((b, rest)) if b == first => (value, literal) = (rest, &literal[1..]),
            _ => return Err(value),
        }
    }
    Ok(value)
}

type Read<'a, T> = Result<(T, &'a [u8]), Bad>;

fn digit(s: &[u8], index: usize) -> Option<i64> {
    s.get(index).filter(|b| b.is_ascii_digit()).map(|b| i64::from(b - b'0'))
}

/// One or two digits; two where that is fixed.
fn number(s: &[u8], fixed: bool) -> Read<'_, i64> {
    match (digit(s, 0), digit(s, 1)) {
        (Some(tens), Some(ones)) => Ok((tens * 10 + ones, &s[2..])),
        (Some(ones), None) if !fixed => Ok((ones, &s[1..])),
        _ => Err(Bad::Form),
    }
}

/// One to three digits; three where that is fixed.
fn number3(s: &[u8], fixed: bool) -> Read<'_, i64> {
    let digits = (0..3).map_while(|i| digit(s, i));
    let (count, number) = digits.fold((0, 0), |(count, number), digit| (count + 1, number * 10 + digit));
    if count == 0 || fixed && count != 3 { Err(Bad::Form) } else { Ok((number, &s[count..])) }
}

/// A name out of a list, whatever its case, by its first `len` letters.
fn name<'a>(s: &'a [u8], names: &[&str], len: Option<usize>) -> Read<'a, i64> {
    for (i, full) in names.iter().enumerate() {
        let name = &full.as_bytes()[..len.unwrap_or(full.len())];
        if s.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
            return Ok((i as i64, &s[name.len()..]));
        }
    }
    Err(Bad::Form)
}

fn within(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Bad> {
    if range.contains(&number) { Ok(number) } else { Err(Bad::Range(what)) }
}

/// Go's `atoi`, which takes a sign.
fn signed(s: &[u8]) -> Result<i64, Bad> {
    let text = std::str::from_utf8(s).map_err(|_| Bad::Form)?;
    text.parse().map_err(|_| Bad::Form)
}

impl Fieldset {
    /// Reads a piece, and gives what follows it.
    fn read<'a>(&mut self, piece: Piece, s: &'a [u8], fraction_follows: bool) -> Result<&'a [u8], Bad> {
        let rest;
        match piece {
            Piece::Year => {
                let year = signed(s.get(..2).ok_or(Bad::Form)?)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                rest = &s[2..];
            }
            Piece::LongYear => {
                digit(s, 0).ok_or(Bad::Form)?;
                self.year = signed(s.get(..4).ok_or(Bad::Form)?)?;
                rest = &s[4..];
            }
            Piece::Month | Piece::LongMonth => {
                let index;
                (index, rest) = name(s, &LONG_MONTHS, if piece == Piece::Month { Some(3) } else { None })?;
                self.month = Some(index + 1);
            }
            Piece::NumMonth | Piece::ZeroMonth => {
                let month;
                (month, rest) = number(s, piece == Piece::ZeroMonth)?;
                self.month = Some(within(month, 1..=12, "month")?);
            }
            Piece::WeekDay => (_, rest) = name(s, &LONG_DAYS, Some(3))?,
            Piece::LongWeekDay => (_, rest) = name(s, &LONG_DAYS, None)?,
            Piece::Day | Piece::UnderDay | Piece::ZeroDay => {
                let s = if piece == Piece::UnderDay { s.strip_prefix(b" ").unwrap_or(s) } else { s };
                let day;
                (day, rest) = number(s, piece == Piece::ZeroDay)?;
                self.day = Some(day);
            }
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                let blanks = if piece == Piece::UnderYearDay { 2 } else { 0 };
                let blanks = s.iter().take(blanks).take_while(|b| **b == b' ').count();
                let day;
                (day, rest) = number3(&s[blanks..], piece == Piece::ZeroYearDay)?;
                self.year_day = Some(day);
            }
            _ => return self.read_clock(piece, s, fraction_follows),
        }
        Ok(rest)
    }

    fn read_clock<'a>(&mut self, piece: Piece, s: &'a [u8], fraction_follows: bool) -> Result<&'a [u8], Bad> {
        let rest;
        match piece {
            Piece::Hour => {
                (self.hour, rest) = number(s, false)?;
                within(self.hour, 0..=23, "hour")?;
            }
            Piece::Hour12 | Piece::ZeroHour12 => {
                (self.hour, rest) = number(s, piece == Piece::ZeroHour12)?;
                within(self.hour, 0..=12, "hour")?;
            }
            Piece::Minute | Piece::ZeroMinute => {
                (self.minute, rest) = number(s, piece == Piece::ZeroMinute)?;
                within(self.minute, 0..=59, "minute")?;
            }
            Piece::Second | Piece::ZeroSecond => {
                let after;
                (self.second, after) = number(s, piece == Piece::ZeroSecond)?;
                within(self.second, 0..=59, "second")?;
                // A fraction may follow the seconds though the layout has none.
                rest = match fraction_follows {
                    true => after,
                    false => self.read_optional_fraction(after)?,
                };
            }
            Piece::UpperPm | Piece::LowerPm => {
                let (pm, am): (&[u8], &[u8]) = if piece == Piece::UpperPm { (b"PM", b"AM") } else { (b"pm", b"am") };
                let mark = s.get(..2).ok_or(Bad::Form)?;
                self.pm = match mark {
                    _ if mark == pm => Some(true),
                    _ if mark == am => Some(false),
                    _ => return Err(Bad::Form),
                };
                rest = &s[2..];
            }
            Piece::Fraction { trim: true, .. } => rest = self.read_optional_fraction(s)?,
            Piece::Fraction { digits, .. } => rest = self.read_fraction(s, digits + 1)?,
            Piece::Offset { z: true, .. } if s.starts_with(b"Z") => {
                self.utc = true;
                rest = &s[1..];
            }
            Piece::Offset { colons, fields, .. } => rest = self.read_offset(s, colons, fields)?,
            _ => rest = self.read_zone_name(s)?,
        }
        Ok(rest)
    }

    fn read_optional_fraction<'a>(&mut self, s: &'a [u8]) -> Result<&'a [u8], Bad> {
        if !matches!(s.first(), Some(b'.' | b',')) || digit(s, 1).is_none() {
            return Ok(s);
        }
        let len = 1 + s[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        self.read_fraction(s, len)
    }

    /// A separator and digits, `len` bytes; what is finer than nanoseconds is left out.
    fn read_fraction<'a>(&mut self, s: &'a [u8], len: usize) -> Result<&'a [u8], Bad> {
        let text = s.get(..len).filter(|text| matches!(text[0], b'.' | b',')).ok_or(Bad::Form)?;
        let digits = &text[1..text.len().min(10)];
        let number = u32::try_from(signed(digits)?).map_err(|_| Bad::Range("fractional second"))?;
        self.nanos = number.saturating_mul(10_u32.pow((9 - digits.len()) as u32));
        Ok(&s[len..])
    }

    fn read_offset<'a>(&mut self, s: &'a [u8], colons: bool, fields: Fields) -> Result<&'a [u8], Bad> {
        let step = if colons { 3 } else { 2 };
        let count = match fields {
            Fields::Hours => 1,
            Fields::Minutes => 2,
            Fields::Seconds => 3,
        };
        let len = 3 + (count - 1) * step;
        let text = s.get(..len).ok_or(Bad::Form)?;
        let mut parts = [0; 3];
        for (i, part) in parts.iter_mut().take(count).enumerate() {
            let start = 1 + i * step;
            if colons && i > 0 && text[start - 1] != b':' {
                return Err(Bad::Form);
            }
            (*part, _) = number(&text[start..start + 2], true)?;
        }
        let [hours, minutes, seconds] = parts;
        within(hours, 0..=24, "time zone offset hour")?;
        within(minutes, 0..=60, "time zone offset minute")?;
        within(seconds, 0..=60, "time zone offset second")?;
        let offset = ((hours * 60 + minutes) * 60 + seconds) as i32;
        self.offset = Some(match text[0] {
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Bad::Form),
        });
        Ok(&s[len..])
    }

    fn read_zone_name<'a>(&mut self, s: &'a [u8]) -> Result<&'a [u8], Bad> {
        if let Some(rest) = s.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let len = zone_name_len(s).ok_or(Bad::Form)?;
        self.zone_name = Some(s[..len].to_vec());
        Ok(&s[len..])
    }

    fn to_time(&self, zone: &Zone) -> Result<Time, &'static str> {
        let hour = match self.pm {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (month, day) = self.month_and_day()?;
        if day < 1 || day > days_in(self.year, month) {
            return Err("day out of range");
        }
        let seconds = to_seconds(self.year, month, day) + hour * 3600 + self.minute * 60 + self.second;
        let at = |seconds, zone| Ok(Time::new(seconds, self.nanos, zone));
        if self.utc {
            return at(seconds, Zone::Utc);
        }
        let name = self.zone_name.as_deref().map(String::from_utf8_lossy);
        if let Some(offset) = self.offset {
            let seconds = seconds - i64::from(offset);
            let local = zone.info(seconds);
            if local.offset == offset && name.as_deref().is_none_or(|name| name == local.name) {
                return at(seconds, zone.clone());
            }
            return at(seconds, Zone::Fixed(name.unwrap_or_default().into(), offset));
        }
        if let Some(name) = name {
            if let Some(offset) = zone.offset_of(&name, seconds) {
                return at(seconds - i64::from(offset), zone.clone());
            }
            let hours = name.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok()).unwrap_or(0);
            return at(seconds, Zone::Fixed(name.into(), hours * 3600));
        }
        at(zone.instant(seconds), zone.clone())
    }

    /// From the day of the year where that was given; it must agree with what else was.
    fn month_and_day(&self) -> Result<(i64, i64), &'static str> {
        let Some(year_day) = self.year_day else { return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1))) };
        let (mut month, mut day) = (1, year_day);
        while month < 12 && day > days_in(self.year, month) {
            day -= days_in(self.year, month);
            month += 1;
        }
        if year_day < 1 || day > 31 {
            return Err("day-of-year out of range");
        }
        match (self.month, self.day) {
            (Some(given), _) if given != month => Err("day-of-year does not match month"),
            (_, Some(given)) if given != day => Err("day-of-year does not match day"),
            _ => Ok((month, day)),
        }
    }
}

/// The length of the abbreviation of a zone that text begins with: three to five capitals, `GMT` with hours, or hours.
fn zone_name_len(s: &[u8]) -> Option<usize> {
    if s.len() < 3 {
        return None;
    }
    if s.starts_with(b"ChST") || s.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = s.strip_prefix(b"GMT") {
        return Some(3 + hours_len(rest).unwrap_or(0));
    }
    if matches!(s[0], b'+' | b'-') {
        return hours_len(s);
    }
    match s.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count() {
        5 if s[4] == b'T' => Some(5),
        4 if s[3] == b'T' || s.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// The length of a sign and hours up to 23.
fn hours_len(s: &[u8]) -> Option<usize> {
    s.first().filter(|b| matches!(b, b'+' | b'-'))?;
    let digits = s[1..].iter().take_while(|b| b.is_ascii_digit()).count();
    let hours: u64 = std::str::from_utf8(&s[1..=digits]).ok()?.parse().ok()?;
    (hours <= 23).then_some(1 + digits)
}
