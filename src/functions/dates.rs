//! Dates and durations.
//!
//! Semantics: Sprig 3.3.0 `date.go`. The clock is [`Context::random`]'s.

use super::Param::{Any, Object, Str};
use super::args::{Out, any, string, text};
use super::{Context, FuncError, Function, Param};
use crate::runtime::time::{Duration, SECOND, Time, Zone};
use crate::runtime::{IntType, Runtime};
use crate::value::Num;

/// A `time.Time`.
const TIME: Param = Object("time.Time");

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("now", &[], |ctx, _| Ok(now(ctx).into_runtime())).random(),
    Function::new("date", &[Str, Any], |ctx, a| formatted(ctx, text(a, 0)?, any(a, 1)?, b"Local")).random(),
    Function::new("dateInZone", &[Str, Any, Str], date_in_zone).random(),
    Function::new("date_in_zone", &[Str, Any, Str], date_in_zone).random(),
    Function::new("htmlDate", &[Any], |ctx, a| formatted(ctx, b"2006-01-02", any(a, 0)?, b"Local")).random(),
    Function::new("htmlDateInZone", &[Any, Str], |ctx, a| formatted(ctx, b"2006-01-02", any(a, 0)?, text(a, 1)?))
        .random(),
    Function::new("dateModify", &[Str, TIME], |_, a| modified(a).or_else(|_| any(a, 1).cloned())),
    Function::new("date_modify", &[Str, TIME], |_, a| modified(a).or_else(|_| any(a, 1).cloned())),
    Function::new("mustDateModify", &[Str, TIME], |_, a| modified(a)),
    Function::new("must_date_modify", &[Str, TIME], |_, a| modified(a)),
    Function::new("toDate", &[Str, Str], |ctx, a| Ok(parsed(ctx, a).unwrap_or_else(|_| Time::zero()).into_runtime())),
    Function::new("mustToDate", &[Str, Str], |ctx, a| Ok(parsed(ctx, a)?.into_runtime())),
    Function::new("unixEpoch", &[TIME], |_, a| Ok(time(a, 0)?.unix().to_string().into())),
    Function::new("ago", &[Any], ago).random(),
    Function::new("duration", &[Any], duration),
    Function::new("durationRound", &[Any], duration_round).random(),
];

fn now(ctx: &Context<'_>) -> Time {
    Time::from_nanos(ctx.random.now(), ctx.random.zone())
}

fn time(a: &[Runtime], index: usize) -> Result<&Time, FuncError> {
    let wrong = || FuncError { message: "wrong type for value; expected time.Time".into(), argument: Some(index) };
    Time::of(any(a, index)?).ok_or_else(wrong)
}

/// An integer of type int64, int or int32; those of the values are float64s in Helm.
fn seconds(ctx: &Context<'_>, value: &Runtime) -> Option<i64> {
    match value {
        Runtime::Int(n, _) => Some(*n),
        Runtime::YamlInt(Num::Int(n) | Num::Int64(n)) if !ctx.go_numbers => Some(*n),
        _ => None,
    }
}

/// An int64.
fn int64(ctx: &Context<'_>, value: &Runtime) -> Option<i64> {
    match value {
        Runtime::Int(n, IntType::Int64) => Some(*n),
        Runtime::Int(..) if ctx.go_numbers => None,
        value => seconds(ctx, value),
    }
}

/// A time, or seconds since 1970; anything else is now.
fn instant(ctx: &Context<'_>, value: &Runtime) -> Time {
    match (Time::of(value), seconds(ctx, value)) {
        (Some(time), _) => time.clone(),
        (None, Some(seconds)) => Time::new(seconds, 0, ctx.random.zone()),
        (None, None) => now(ctx),
    }
}

/// In an unknown zone it is UTC.
fn formatted(ctx: &Context<'_>, layout: &[u8], value: &Runtime, zone: &[u8]) -> Out {
    let zone = match zone {
        b"Local" => ctx.random.zone(),
        name => std::str::from_utf8(name).ok().and_then(Zone::load).unwrap_or(Zone::Utc),
    };
    Ok(string(instant(ctx, value).within(zone).format(layout)))
}

fn date_in_zone(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    formatted(ctx, text(a, 0)?, any(a, 1)?, text(a, 2)?)
}

fn parse_duration(text: &[u8]) -> Result<Duration, FuncError> {
    Duration::parse(&String::from_utf8_lossy(text)).map_err(FuncError::new)
}

fn modified(a: &[Runtime]) -> Out {
    Ok(time(a, 1)?.plus(parse_duration(text(a, 0)?)?).into_runtime())
}

fn parsed(ctx: &Context<'_>, a: &[Runtime]) -> Result<Time, FuncError> {
    Time::parse(text(a, 0)?, text(a, 1)?, &ctx.random.zone()).map_err(FuncError::new)
}

fn ago(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let since = now(ctx).since(&instant(ctx, any(a, 0)?));
    Ok(since.round(Duration(SECOND)).to_string().into())
}

/// Seconds, as text or an int64; anything else is none.
fn duration(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let seconds = match any(a, 0)? {
        Runtime::Str(text) => super::number::parse_saturating(text.as_bytes()),
        value => int64(ctx, value).unwrap_or(0),
    };
    Ok(Duration(seconds.wrapping_mul(SECOND)).to_string().into())
}

/// A duration in its largest unit alone: as text, as int64 nanoseconds, or from a time until now.
fn duration_round(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let nanos = match any(a, 0)? {
        Runtime::Str(text) => parse_duration(text.as_bytes()).map_or(0, |d| d.0),
        value => match Time::of(value) {
            Some(time) => now(ctx).since(time).0,
            None => int64(ctx, value).unwrap_or(0),
        },
    };
    const HOUR: u64 = 3600 * SECOND as u64;
    let units = [
        (365 * 24 * HOUR, "y"),
        (30 * 24 * HOUR, "mo"),
        (24 * HOUR, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (SECOND as u64, "s"),
    ];
    let length = nanos.unsigned_abs();
    let largest = units.iter().find(|(unit, _)| length > *unit);
    Ok(largest.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", length / unit)).into())
}
