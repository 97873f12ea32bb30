//! Go's times, as `now` and `toDate` give them: an instant, in a zone, with methods.
//!
//! Semantics: Go 1.25 `time`. A time has no monotonic clock here, whose reading Go prints behind the time of `now`.

mod duration;
mod layout;
mod parse;
mod zone;

use std::sync::Arc;

pub use duration::{Duration, SECOND};
pub use zone::{Zone, ZoneInfo};

use super::{Object, Runtime};
use crate::value::Value;
use duration::duration_of;

/// The seconds since 1970 of the first day of the year 1, Go's zero time.
const ZERO: i64 = -62_135_596_800;

/// A `time.Time`.
#[derive(Debug, Clone)]
pub struct Time {
    seconds: i64,
    nanos: u32,
    zone: Zone,
}

/// What clocks and calendars show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Civil {
    /// The year; 0 is 1 BC.
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// From 1.
    pub year_day: i64,
    /// From 0, Sunday.
    pub weekday: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// What holds in the zone then.
    pub zone: ZoneInfo,
}

impl Time {
    /// An instant, seen in a zone.
    pub fn new(seconds: i64, nanos: u32, zone: Zone) -> Time {
        Time { seconds, nanos, zone }
    }

    /// From nanoseconds since 1970.
    pub fn from_nanos(nanos: i128, zone: Zone) -> Time {
        let seconds = i64::try_from(nanos.div_euclid(i128::from(SECOND))).unwrap_or(i64::MAX);
        Time { seconds, nanos: nanos.rem_euclid(i128::from(SECOND)) as u32, zone }
    }

    /// Go's zero time.
    pub fn zero() -> Time {
        Time::new(ZERO, 0, Zone::Utc)
    }

    /// Reads a time as a layout says; where it names no zone, it is in this one.
    ///
    /// # Errors
    /// Go's words.
    pub fn parse(layout: &[u8], value: &[u8], zone: &Zone) -> Result<Time, String> {
        parse::parse(layout, value, zone)
    }

    /// Writes the time as a layout says.
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        layout::format(self, layout)
    }

    /// The same instant in another zone.
    #[must_use]
    pub fn within(&self, zone: Zone) -> Time {
        Time { zone, ..*self }
    }

    /// The zone it is seen in.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// The nanoseconds within the second.
    pub fn nanos(&self) -> u32 {
        self.nanos
    }

    fn total(&self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanos)
    }

    /// So much later.
    #[must_use]
    pub fn plus(&self, duration: Duration) -> Time {
        Time::from_nanos(self.total() + i128::from(duration.0), self.zone.clone())
    }

    /// How much later this time is than another; the longest duration where it does not fit.
    pub fn since(&self, other: &Time) -> Duration {
        let nanos = self.total() - other.total();
        Duration(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }

    /// What clocks and calendars in its zone show.
    pub fn civil(&self) -> Civil {
        let zone = self.zone.info(self.seconds);
        let local = self.seconds.saturating_add(i64::from(zone.offset));
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = from_days(days);
        Civil {
            year,
            month,
            day,
            year_day: days - to_days(year, 1, 1) + 1,
            weekday: (days + 4).rem_euclid(7),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            zone,
        }
    }

    /// Years, months and days later; what runs over a month's end goes into the next month.
    fn later(&self, years: i64, months: i64, days: i64) -> Time {
        let bound = |n: i64| n.clamp(-1_000_000_000, 1_000_000_000);
        let civil = self.civil();
        let months = civil.month - 1 + bound(months);
        let year = civil.year + bound(years) + months.div_euclid(12);
        let days = to_days(year, months.rem_euclid(12) + 1, 1) + civil.day - 1 + bound(days);
        let seconds = days * 86_400 + civil.hour * 3600 + civil.minute * 60 + civil.second;
        Time { seconds: self.zone.instant(seconds), ..self.clone() }
    }

    /// As a value of a template.
    pub fn into_runtime(self) -> Runtime {
        Runtime::Object(Arc::new(self))
    }

    /// The time, where a value is one.
    pub fn of(value: &Runtime) -> Option<&Time> {
        match value {
            Runtime::Object(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    fn text(&self, layout: &str) -> String {
        String::from_utf8_lossy(&self.format(layout.as_bytes())).into_owned()
    }
}

/// Days since 1970 of a date of the Gregorian calendar, by counting from March on, in eras of 400 years.
fn to_days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

fn from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Seconds since 1970 of the start of a day, in UTC.
fn to_seconds(year: i64, month: i64, day: i64) -> i64 {
    to_days(year, month, day) * 86_400
}

fn days_in(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    to_days(next_year, next_month, 1) - to_days(year, month, 1)
}

/// How Go's `time` quotes: what is not printable ASCII as bytes.
fn quote(text: &str) -> String {
    quote_bytes(text.as_bytes())
}

fn quote_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out += &format!("\\x{byte:02x}"),
        }
    }
    out + "\""
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        let civil = || self.civil();
        let scaled = |per_second: i64| {
            let nanos = i64::from(self.nanos) / (SECOND / per_second);
            Runtime::int64(self.seconds.wrapping_mul(per_second).wrapping_add(nanos))
        };
        Some(match name {
            "Year" => Runtime::int(civil().year),
            "Month" => Named::MONTH.into_runtime(civil().month),
            "Day" => Runtime::int(civil().day),
            "Hour" => Runtime::int(civil().hour),
            "Minute" => Runtime::int(civil().minute),
            "Second" => Runtime::int(civil().second),
            "Nanosecond" => Runtime::int(i64::from(self.nanos)),
            "YearDay" => Runtime::int(civil().year_day),
            "Weekday" => Named::WEEKDAY.into_runtime(civil().weekday),
            "Unix" => Runtime::int64(self.seconds),
            "UnixMilli" => scaled(1_000),
            "UnixMicro" => scaled(1_000_000),
            "UnixNano" => scaled(SECOND),
            "UTC" => self.within(Zone::Utc).into_runtime(),
            "Local" => self.within(Zone::local()).into_runtime(),
            "IsZero" => (self.seconds == ZERO && self.nanos == 0).into(),
            "IsDST" => civil().zone.dst.into(),
            "String" => self.text("2006-01-02 15:04:05.999999999 -0700 MST").into(),
            "GoString" => self.as_go_writes_it().into(),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        let int = |i: usize| match args.get(i) {
            Some(Runtime::Int(n, _)) => Some(*n),
            _ => None,
        };
        let first = args.first()?;
        Some(Ok(match (name, args.len()) {
            ("Format", 1) => Runtime::bytes(self.format(first.as_str()?.as_bytes())),
            ("Add", 1) => self.plus(duration_of(first)?).into_runtime(),
            ("AddDate", 3) => self.later(int(0)?, int(1)?, int(2)?).into_runtime(),
            ("Sub", 1) => self.since(Time::of(first)?).into_runtime(),
            ("Before", 1) => (self.total() < Time::of(first)?.total()).into(),
            ("After", 1) => (self.total() > Time::of(first)?.total()).into(),
            ("Equal", 1) => (self.total() == Time::of(first)?.total()).into(),
            ("Compare", 1) => Runtime::int(self.total().cmp(&Time::of(first)?.total()) as i64),
            ("Truncate", 1) => self.rounded(duration_of(first)?, false).into_runtime(),
            ("Round", 1) => self.rounded(duration_of(first)?, true).into_runtime(),
            _ => return None,
        }))
    }

    fn names(&self) -> &'static [&'static str] {
        &[
            "Add",
            "AddDate",
            "After",
            "Before",
            "Compare",
            "Day",
            "Equal",
            "Format",
            "GoString",
            "Hour",
            "IsDST",
            "IsZero",
            "Local",
            "Minute",
            "Month",
            "Nanosecond",
            "Round",
            "Second",
            "String",
            "Sub",
            "Truncate",
            "UTC",
            "Unix",
            "UnixMicro",
            "UnixMilli",
            "UnixNano",
            "Weekday",
            "Year",
            "YearDay",
        ]
    }

    fn print(&self, out: &mut String) {
        out.push_str(&self.text("2006-01-02 15:04:05.999999999 -0700 MST"));
    }

    fn to_value(&self) -> Value {
        Value::str(self.text("2006-01-02T15:04:05.999999999Z07:00"))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

impl Time {
    /// The call that makes it: `time.Date(2026, time.May, 7, 0, 0, 0, 0, time.UTC)`.
    fn as_go_writes_it(&self) -> String {
        let at = self.civil();
        let zone = match &self.zone {
            Zone::Utc | Zone::Local(_) => format!("time.{}", self.zone.name()),
            Zone::Named(name, _) | Zone::Fixed(name, _) => format!("time.Location({})", quote(name)),
        };
        let month = Named { number: at.month, ..Named::MONTH }.name();
        let (year, day, nanos) = (at.year, at.day, self.nanos);
        format!("time.Date({year}, time.{month}, {day}, {}, {}, {}, {nanos}, {zone})", at.hour, at.minute, at.second)
    }

    /// To a multiple of a duration since the zero time: down, or to the nearest, halves up.
    fn rounded(&self, to: Duration, nearest: bool) -> Time {
        if to.0 <= 0 {
            return self.clone();
        }
        let step = i128::from(to.0);
        let rest = (self.total() - i128::from(ZERO) * i128::from(SECOND)).rem_euclid(step);
        let up = if nearest && rest * 2 >= step { step } else { 0 };
        Time::from_nanos(self.total() - rest + up, self.zone.clone())
    }
}

/// Go's integers that print as a name: months and days of the week.
#[derive(Debug, Clone, Copy)]
struct Named {
    type_name: &'static str,
    names: &'static [&'static str],
    /// The number of the first name.
    first: i64,
    number: i64,
}

impl Named {
    const MONTH: Named = Named { type_name: "time.Month", names: &layout::LONG_MONTHS, first: 1, number: 1 };
    const WEEKDAY: Named = Named { type_name: "time.Weekday", names: &layout::LONG_DAYS, first: 0, number: 0 };

    fn into_runtime(self, number: i64) -> Runtime {
        Runtime::Object(Arc::new(Named { number, ..self }))
    }

    fn name(&self) -> &'static str {
        let index = usize::try_from(self.number - self.first).unwrap_or(usize::MAX);
        self.names.get(index).copied().unwrap_or_default()
    }
}

impl Object for Named {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn kind_name(&self) -> &'static str {
        "int"
    }

    fn as_int(&self) -> Option<i64> {
        Some(self.number)
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        (name == "String").then(|| self.name().into())
    }

    fn names(&self) -> &'static [&'static str] {
        &["String"]
    }

    fn print(&self, out: &mut String) {
        out.push_str(self.name());
    }

    fn to_value(&self) -> Value {
        Value::int(self.number)
    }

    fn truthy(&self) -> bool {
        self.number != 0
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-800_000..800_000).step_by(997) {
            let (year, month, day) = from_days(days);
            assert_eq!(to_days(year, month, day), days);
        }
        assert_eq!(from_days(0), (1970, 1, 1));
        assert_eq!((days_in(2000, 2), days_in(1900, 2), days_in(2023, 12)), (29, 28, 31));
    }

    #[test]
    fn methods() {
        let time = Time::parse(b"2006-01-02 15:04", b"2024-01-31 13:05", &Zone::Utc).unwrap();
        let shown = |value: Runtime| {
            let mut out = String::new();
            value.print_go(&mut out);
            out
        };
        let field = |name: &str| shown(time.field(name).unwrap());
        assert_eq!(["Month", "Weekday", "YearDay"].map(field), ["January", "Wednesday", "31"]);
        let call = |name: &str, args: &[Runtime]| shown(time.call(name, args).unwrap().unwrap());
        let months = [Runtime::int(0), Runtime::int(1), Runtime::int(0)];
        assert_eq!(call("AddDate", &months), "2024-03-02 13:05:00 +0000 UTC");
        assert_eq!(call("Truncate", &[Runtime::int(24 * 3600 * SECOND)]), "2024-01-31 00:00:00 +0000 UTC");
        assert_eq!(call("Sub", &[time.plus(Duration(-SECOND)).into_runtime()]), "1s");
    }

    #[test]
    fn zones_shift_clocks() {
        let berlin = Zone::load("Europe/Berlin").unwrap();
        let summer = Time::parse(b"2006-01-02 15:04", b"2024-07-01 12:00", &berlin).unwrap();
        assert_eq!(summer.text("15:04 MST -0700"), "12:00 CEST +0200");
        assert_eq!(summer.within(Zone::Utc).text("15:04 MST"), "10:00 UTC");
        assert!(Zone::load("europe/berlin").is_none());
    }
}
