//! Go's layouts: a time written out as `Mon Jan 2 15:04:05 MST 2006` would be.

use super::Time;

/// What a piece of a layout stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekDay,
    WeekDay,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    /// The abbreviation of the zone.
    ZoneName,
    /// An offset. With `z`, UTC is written `Z`.
    Offset {
        z: bool,
        colons: bool,
        fields: Fields,
    },
    /// So many digits of a second behind this character; with `trim`, without zeros at the end.
    Fraction {
        separator: u8,
        digits: usize,
        trim: bool,
    },
}

/// Which parts of an offset are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    Hours,
    Minutes,
    Seconds,
}

pub(super) const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const LONG_DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The first piece of a layout: what stands before it, it, and what follows; nothing where all is literal.
pub(super) fn next_piece(layout: &[u8]) -> Option<(&[u8], Piece, &[u8])> {
    (0..layout.len()).find_map(|i| {
        let (piece, len) = piece_at(&layout[i..])?;
        // `_2006` is a literal `_` and a year.
        let skipped = if layout[i..].starts_with(b"_2006") { 1 } else { 0 };
        Some((&layout[..i + skipped], piece, &layout[i + skipped + len..]))
    })
}

/// The piece that text begins with, and its length.
fn piece_at(s: &[u8]) -> Option<(Piece, usize)> {
    let lower_after = |n: usize| s.get(n).is_some_and(u8::is_ascii_lowercase);
    let is = |text: &str| s.starts_with(text.as_bytes());
    Some(match s[0] {
        b'J' if is("January") => (Piece::LongMonth, 7),
        b'J' if is("Jan") && !lower_after(3) => (Piece::Month, 3),
        b'M' if is("Monday") => (Piece::LongWeekDay, 6),
        b'M' if is("Mon") && !lower_after(3) => (Piece::WeekDay, 3),
        b'M' if is("MST") => (Piece::ZoneName, 3),
        b'0' if is("002") => (Piece::ZeroYearDay, 3),
        b'0' => (zero_piece(*s.get(1)?)?, 2),
        b'1' if is("15") => (Piece::Hour, 2),
        b'1' => (Piece::NumMonth, 1),
        b'2' if is("2006") => (Piece::LongYear, 4),
        b'2' => (Piece::Day, 1),
        b'_' if is("_2006") => (Piece::LongYear, 4),
        b'_' if is("_2") => (Piece::UnderDay, 2),
        b'_' if is("__2") => (Piece::UnderYearDay, 3),
        b'3' => (Piece::Hour12, 1),
        b'4' => (Piece::Minute, 1),
        b'5' => (Piece::Second, 1),
        b'P' if is("PM") => (Piece::UpperPm, 2),
        b'p' if is("pm") => (Piece::LowerPm, 2),
        b'-' | b'Z' => offset_piece(s)?,
        b'.' | b',' => fraction_piece(s)?,
        _ => return None,
    })
}

fn zero_piece(digit: u8) -> Option<Piece> {
    Some(match digit {
        b'1' => Piece::ZeroMonth,
        b'2' => Piece::ZeroDay,
        b'3' => Piece::ZeroHour12,
        b'4' => Piece::ZeroMinute,
        b'5' => Piece::ZeroSecond,
        b'6' => Piece::Year,
        _ => return None,
    })
}

fn offset_piece(s: &[u8]) -> Option<(Piece, usize)> {
    const FORMS: [(&[u8], bool, Fields); 5] = [
        (b"070000", false, Fields::Seconds),
        (b"07:00:00", true, Fields::Seconds),
        (b"0700", false, Fields::Minutes),
        (b"07:00", true, Fields::Minutes),
        (b"07", false, Fields::Hours),
    ];
    let (form, colons, fields) = FORMS.into_iter().find(|(form, ..)| s[1..].starts_with(form))?;
    Some((Piece::Offset { z: s[0] == b'Z', colons, fields }, 1 + form.len()))
}

/// `.000` or `.999`, with no other digit behind.
fn fraction_piece(s: &[u8]) -> Option<(Piece, usize)> {
    let kind = *s.get(1).filter(|b| matches!(b, b'0' | b'9'))?;
    let digits = s[1..].iter().take_while(|b| **b == kind).count();
    if s.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((Piece::Fraction { separator: s[0], digits, trim: kind == b'9' }, 1 + digits))
}

/// Writes a time as a layout says.
pub(super) fn format(time: &Time, layout: &[u8]) -> Vec<u8> {
    let civil = time.civil();
    let mut out = Vec::with_capacity(layout.len() + 10);
    let mut rest = layout;
    while let Some((before, piece, after)) = next_piece(rest) {
        out.extend_from_slice(before);
        out.extend_from_slice(written(time, &civil, piece).as_bytes());
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

fn written(time: &Time, civil: &super::Civil, piece: Piece) -> String {
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    let month = LONG_MONTHS[(civil.month - 1) as usize % 12];
    let weekday = LONG_DAYS[civil.weekday as usize % 7];
    match piece {
        Piece::Year => format!("{:02}", civil.year.max(0) % 100),
        Piece::LongYear if civil.year < 0 => format!("-{:04}", civil.year.unsigned_abs()),
        Piece::LongYear => format!("{:04}", civil.year),
        Piece::Month => month[..3].to_owned(),
        Piece::LongMonth => month.to_owned(),
        Piece::NumMonth => civil.month.to_string(),
        Piece::ZeroMonth => format!("{:02}", civil.month),
        Piece::WeekDay => weekday[..3].to_owned(),
        Piece::LongWeekDay => weekday.to_owned(),
        Piece::Day => civil.day.to_string(),
        Piece::UnderDay => format!("{:2}", civil.day),
        Piece::ZeroDay => format!("{:02}", civil.day),
        Piece::UnderYearDay => format!("{:3}", civil.year_day),
        Piece::ZeroYearDay => format!("{:03}", civil.year_day),
        Piece::Hour => format!("{:02}", civil.hour),
        Piece::Hour12 => hour12.to_string(),
        Piece::ZeroHour12 => format!("{hour12:02}"),
        Piece::Minute => civil.minute.to_string(),
        Piece::ZeroMinute => format!("{:02}", civil.minute),
        Piece::Second => civil.second.to_string(),
        Piece::ZeroSecond => format!("{:02}", civil.second),
        Piece::UpperPm => if civil.hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Piece::LowerPm => if civil.hour >= 12 { "pm" } else { "am" }.to_owned(),
        Piece::ZoneName if civil.zone.name.is_empty() => offset(civil.zone.offset, false, Fields::Minutes),
        Piece::ZoneName => civil.zone.name.clone(),
        Piece::Offset { z: true, .. } if civil.zone.offset == 0 => "Z".to_owned(),
        Piece::Offset { colons, fields, .. } => offset(civil.zone.offset, colons, fields),
        Piece::Fraction { separator, digits, trim } => fraction(time.nanos(), separator, digits, trim),
    }
}

fn offset(seconds: i32, colons: bool, fields: Fields) -> String {
    let sign = if seconds / 60 < 0 { '-' } else { '+' };
    let (minutes, seconds) = ((seconds / 60).unsigned_abs(), seconds.unsigned_abs() % 60);
    let colon = if colons { ":" } else { "" };
    let mut out = format!("{sign}{:02}", minutes / 60);
    if fields != Fields::Hours {
        out += &format!("{colon}{:02}", minutes % 60);
    }
    if fields == Fields::Seconds {
        out += &format!("{colon}{seconds:02}");
    }
    out
}

fn fraction(nanos: u32, separator: u8, digits: usize, trim: bool) -> String {
    let all = format!("{nanos:09}{}", "0".repeat(digits.saturating_sub(9)));
    let mut kept = &all[..digits.min(9)];
    if trim {
        kept = kept.trim_end_matches('0');
        if kept.is_empty() {
            return String::new();
        }
    }
    format!("{}{kept}", char::from(separator))
}
