//! How Go prints data: `strconv.FormatFloat` and `fmt`'s `%v`, as Helm's users see them.

use std::fmt::Write as _;

use super::{Num, Value};

/// Go's `strconv.FormatFloat(number, verb, precision, 64)` for the verbs `e`, `f` and `g`; a negative precision gives
/// the fewest digits that read back as the same number.
pub fn format_float(number: f64, verb: char, precision: i32) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    match (verb, usize::try_from(precision)) {
        ('e', Ok(p)) => go_exponent(&format!("{number:.p$e}")),
        ('e', Err(_)) => go_exponent(&shortest(number)),
        ('f', Ok(p)) => format!("{number:.p$}"),
        ('f', Err(_)) => decimal(&shortest(number)),
        (_, precision) => general(number, precision.ok()),
    }
}

/// `%g`: an exponent where it is below -4 or at least the precision (6 for the shortest form).
fn general(number: f64, precision: Option<usize>) -> String {
    let digits = precision.map(|p| p.max(1));
    let scientific = match digits {
        Some(p) => format!("{:.*e}", p - 1, number),
        None => shortest(number),
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let limit = digits.map_or(6, |p| p as i32);
    if exponent < -4 || exponent >= limit {
        return go_exponent(&trim_fraction(mantissa, &format!("e{exponent}")));
    }
    match digits {
        Some(p) => trim_fraction(&format!("{:.*}", (p as i32 - 1 - exponent).max(0) as usize, number), ""),
        None => decimal(&scientific),
    }
}

/// The fewest digits that read back as the same number, in the form `1.5e-7`.
///
/// Where two texts of that length are equally near, Go takes the one whose last digit is even, Rust the larger one.
fn shortest(number: f64) -> String {
    /// With fewer digits no two texts are equally near.
    const FEW: usize = 15;
    let text = format!("{number:e}");
    let digits = text.bytes().take_while(|b| *b != b'e').filter(u8::is_ascii_digit).count();
    if digits < FEW {
        return text;
    }
    let nearest = format!("{number:.*e}", digits - 1);
    if nearest.parse() == Ok(number) { nearest } else { text }
}

/// `1.5e-7` without an exponent.
fn decimal(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{sign}{digits:0<point$}"),
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        _ => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    }
}

fn trim_fraction(mantissa: &str, rest: &str) -> String {
    let kept = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    format!("{kept}{rest}")
}

/// Rust writes `1e6` where Go writes `1e+06`.
fn go_exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// A value as Go's `%v` prints what Helm holds: maps as `map[a:1 b:2]` in key order, lists as `[1 2]`, integers from
/// YAML as the float64s they are there (`1e+06`), null as `<nil>`.
pub fn print_go(value: &Value, out: &mut String) {
    match value {
        Value::Null(_) => out.push_str("<nil>"),
        Value::Bool(b, _) => out.push_str(if *b { "true" } else { "false" }),
        Value::Num(Num::Int64(n), _) => drop(write!(out, "{n}")),
        Value::Num(n, _) => out.push_str(&format_float(n.as_f64(), 'g', -1)),
        Value::Str(s, _) => out.push_str(s),
        Value::List(items, _) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                print_go(item, out);
            }
            out.push(']');
        }
        Value::Map(map, _) => {
            out.push_str("map[");
            for (i, (key, value)) in map.sorted().into_iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                print_go(value, out);
            }
            out.push(']');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_as_go_prints_them() {
        for (n, verb, precision, want) in [
            (1_000_000.0, 'g', -1, "1e+06"),
            (123_456.0, 'g', -1, "123456"),
            (1_234_567.0, 'g', -1, "1.234567e+06"),
            (0.000_01, 'g', -1, "1e-05"),
            (0.0001, 'g', -1, "0.0001"),
            (1e20, 'g', -1, "1e+20"),
            (1.5, 'g', -1, "1.5"),
            (1.5, 'f', 2, "1.50"),
            (100.0, 'e', 3, "1.000e+02"),
            (123.456, 'g', 4, "123.5"),
            (1_629_214_069_209_745.0 / 8.0, 'f', -1, "203651758651218.12"),
            (1_629_214_069_209_745.0 / 8.0, 'g', -1, "2.0365175865121812e+14"),
            (9_007_199_254_740_993.0, 'f', -1, "9007199254740992"),
            (9_223_372_036_854_775_808.0, 'f', -1, "9223372036854776000"),
            (-0.000_12, 'f', -1, "-0.00012"),
            (-0.0, 'f', -1, "-0"),
            (-1.5, 'g', -1, "-1.5"),
            (5e-324, 'e', -1, "5e-324"),
            (5.684_341_886_080_802e-14, 'e', -1, "5.684341886080802e-14"),
        ] {
            assert_eq!(format_float(n, verb, precision), want);
        }
    }
}
