//! Go's durations: nanoseconds in an int64.

use std::sync::Arc;

use super::super::{Object, Runtime};
use super::quote;
use crate::value::Value;

/// A second.
pub const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A `time.Duration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration(pub i64);

impl Duration {
    /// Go's `ParseDuration`: `1h30m`, `-1.5s`.
    ///
    /// # Errors
    /// Go's words.
    pub fn parse(text: &str) -> Result<Duration, String> {
        let invalid = || format!("time: invalid duration {}", quote(text));
        let (negative, body) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if body == "0" {
            return Ok(Duration(0));
        }
        if body.is_empty() {
            return Err(invalid());
        }
        let (mut total, mut rest) = (0_u64, body);
        while !rest.is_empty() {
            let part;
            (part, rest) = component(rest, text)?;
            total = total.checked_add(part).filter(|sum| *sum <= 1 << 63).ok_or_else(invalid)?;
        }
        match negative {
            true => Ok(Duration((total as i64).wrapping_neg())),
            false => i64::try_from(total).map(Duration).map_err(|_| invalid()),
        }
    }

    /// To the nearest multiple, halves away from zero; unchanged for a multiple that is not positive.
    #[must_use]
    pub fn round(self, to: Duration) -> Duration {
        if to.0 <= 0 {
            return self;
        }
        let rest = self.0 % to.0;
        let up = rest.unsigned_abs() >= to.0.unsigned_abs().div_ceil(2);
        let base = self.0 - rest;
        let away = if self.0 < 0 { base.checked_sub(to.0) } else { base.checked_add(to.0) };
        match up {
            true => Duration(away.unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })),
            false => Duration(base),
        }
    }

    /// Towards zero, to a multiple.
    #[must_use]
    pub fn truncate(self, to: Duration) -> Duration {
        if to.0 <= 0 { self } else { Duration(self.0 - self.0 % to.0) }
    }

    /// As a value of a template.
    pub fn into_runtime(self) -> Runtime {
        Runtime::Object(Arc::new(self))
    }
}

/// A number and its unit, in nanoseconds, and what follows.
fn component<'a>(text: &'a str, whole: &str) -> Result<(u64, &'a str), String> {
    let invalid = || format!("time: invalid duration {}", quote(whole));
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (integer, rest) = text.split_at(digits(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    if integer.is_empty() && fraction.is_empty() {
        return Err(invalid());
    }
    let value: u64 = if integer.is_empty() { 0 } else { integer.parse().map_err(|_| invalid())? };
    let end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let unit: u64 = match name {
        "" => return Err(format!("time: missing unit in duration {}", quote(whole))),
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND as u64,
        "m" => MINUTE as u64,
        "h" => HOUR as u64,
        _ => return Err(format!("time: unknown unit {} in duration {}", quote(name), quote(whole))),
    };
    if value > (1 << 63) / unit {
        return Err(invalid());
    }
    let total = value * unit + fraction_of(fraction, unit);
    if total > 1 << 63 { Err(invalid()) } else { Ok((total, rest)) }
}

/// A fraction of a unit; digits that do not fit into an int64 are left out.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut number, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes().map(|b| u64::from(b - b'0')) {
        match number.checked_mul(10).and_then(|n| n.checked_add(digit)).filter(|n| *n <= 1 << 63) {
            Some(next) if number <= i64::MAX as u64 / 10 => number = next,
            _ => break,
        }
        scale *= 10.0;
    }
    (number as f64 * (unit as f64 / scale)) as u64
}

/// `1h2m3.5s`, `1.5ms`, `0s`.
impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        if nanos == 0 {
            return f.write_str("0s");
        }
        if nanos < SECOND as u64 {
            let (unit, name) = match nanos {
                0..1_000 => (1, "ns"),
                1_000..1_000_000 => (1_000, "µs"),
                _ => (1_000_000, "ms"),
            };
            return write!(f, "{sign}{}{name}", decimal(nanos, unit));
        }
        let (hours, minutes) = (nanos / HOUR as u64, nanos / MINUTE as u64 % 60);
        let seconds = decimal(nanos % MINUTE as u64, SECOND as u64);
        match (hours, minutes) {
            (0, 0) => write!(f, "{sign}{seconds}s"),
            (0, _) => write!(f, "{sign}{minutes}m{seconds}s"),
            _ => write!(f, "{sign}{hours}h{minutes}m{seconds}s"),
        }
    }
}

/// A number of units with the digits of its fraction that say something.
fn decimal(nanos: u64, unit: u64) -> String {
    let digits = unit.ilog10() as usize;
    let text = format!("{}.{:0digits$}", nanos / unit, nanos % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn kind_name(&self) -> &'static str {
        "int64"
    }

    fn as_int(&self) -> Option<i64> {
        Some(self.0)
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        let parts = |unit: i64| Runtime::Float((self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64);
        Some(match name {
            "Hours" => parts(HOUR),
            "Minutes" => parts(MINUTE),
            "Seconds" => parts(SECOND),
            "Milliseconds" => Runtime::int64(self.0 / 1_000_000),
            "Microseconds" => Runtime::int64(self.0 / 1_000),
            "Nanoseconds" => Runtime::int64(self.0),
            "Abs" => Duration(self.0.saturating_abs()).into_runtime(),
            "String" => self.to_string().into(),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        let [to] = args else { return None };
        let to = duration_of(to)?;
        match name {
            "Round" => Some(Ok(self.round(to).into_runtime())),
            "Truncate" => Some(Ok(self.truncate(to).into_runtime())),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        &[
            "Abs",
            "Hours",
            "Microseconds",
            "Milliseconds",
            "Minutes",
            "Nanoseconds",
            "Round",
            "Seconds",
            "String",
            "Truncate",
        ]
    }

    fn print(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn to_value(&self) -> Value {
        Value::int(self.0)
    }

    fn truthy(&self) -> bool {
        self.0 != 0
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// A duration that a template passes to a method: one, or an integer that it writes out.
pub(super) fn duration_of(value: &Runtime) -> Option<Duration> {
    match value {
        Runtime::Object(object) => object.as_any().downcast_ref().copied(),
        Runtime::Int(n, _) => Some(Duration(*n)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, want) in [
            ("1h", "1h0m0s"),
            ("1.5h", "1h30m0s"),
            ("-1m30.5s", "-1m30.5s"),
            ("1500ms", "1.5s"),
            ("1500us", "1.5ms"),
            ("1µs", "1µs"),
            ("+5ns", "5ns"),
            ("0", "0s"),
            ("100000h", "100000h0m0s"),
            (".5s", "500ms"),
            ("2562047h47m16.854775807s", "2562047h47m16.854775807s"),
            ("-2562047h47m16.854775808s", "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(Duration::parse(text).unwrap().to_string(), want, "{text}");
        }
    }

    #[test]
    fn refuses_in_the_words_of_go() {
        for (text, want) in [
            ("", "time: invalid duration \"\""),
            ("3", "time: missing unit in duration \"3\""),
            ("3x", "time: unknown unit \"x\" in duration \"3x\""),
            (".s", "time: invalid duration \".s\""),
            ("2562048h", "time: invalid duration \"2562048h\""),
            ("日", "time: invalid duration \"\\xe6\\x97\\xa5\""),
        ] {
            assert_eq!(Duration::parse(text), Err(want.into()));
        }
    }

    #[test]
    fn rounds_halves_away_from_zero() {
        for (nanos, want) in [(1_499_999_999, 1), (1_500_000_000, 2), (-1_500_000_000, -2), (-1_400_000_000, -1)] {
            assert_eq!(Duration(nanos).round(Duration(SECOND)), Duration(want * SECOND));
        }
    }
}
