//! Kubernetes' quantities, compared by value: `1000m` is `1`, `1Gi` is `1024Mi`.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::value::Value;

/// Maps from names of resources to quantities.
const MAPS: [&str; 16] = [
    "limits",
    "requests",
    "hard",
    "used",
    "capacity",
    "allocatable",
    "podFixed",
    "default",
    "defaultRequest",
    "max",
    "min",
    "maxLimitRequestRatio",
    "minAllowed",
    "maxAllowed",
    "allocatedResources",
    "resourceLimits",
];

/// Fields that are quantities themselves.
const FIELDS: [&str; 5] = ["sizeLimit", "divisor", "averageValue", "targetAverageValue", "maximumVolumeSize"];

/// Fields that hold a port by number or by name, where text that is a number means that number.
const PROBES: [&str; 3] = ["httpGet", "tcpSocket", "proxyGet"];

/// Whether two scalars at a place, given by the keys on the way to it, are the same to Kubernetes.
pub(super) fn same(keys: &[&str], old: &Value, new: &Value) -> bool {
    let (parent, key) = match keys {
        [.., parent, key] => (*parent, *key),
        [key] => ("", *key),
        [] => return false,
    };
    if MAPS.contains(&parent) || FIELDS.contains(&key) {
        return compare(old, new) == Some(Ordering::Equal);
    }
    PROBES.contains(&parent) && key == "port" && whole(old).is_some() && whole(old) == whole(new)
}

/// How two quantities compare; none where one of them is no quantity.
pub(super) fn compare(old: &Value, new: &Value) -> Option<Ordering> {
    parse(old).zip(parse(new)).map(|(old, new)| old.cmp(&new))
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Num(n, _) => n.as_i64(),
        Value::Str(text, _) => text.parse().ok(),
        _ => None,
    }
}

/// A number as it is compared: `digits · 10^ten · 2^two`.
struct Quantity {
    digits: BigInt,
    ten: i32,
    two: u32,
}

impl Quantity {
    fn cmp(&self, other: &Quantity) -> Ordering {
        let least = self.ten.min(other.ten);
        let scaled = |q: &Quantity| (&q.digits * BigInt::from(10).pow((q.ten - least) as u32)) << q.two;
        scaled(self).cmp(&scaled(other))
    }
}

/// Longer text is no quantity that anybody writes, and may be any amount of work.
const LONGEST: usize = 40;

fn parse(value: &Value) -> Option<Quantity> {
    match value {
        Value::Num(n, _) => parse_text(&n.to_string()),
        Value::Str(text, _) => parse_text(text),
        _ => None,
    }
}

fn parse_text(text: &str) -> Option<Quantity> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = whole.trim_start_matches(['+', '-']);
    let signs = whole.len() - digits.len();
    let figures = [digits, fraction].concat();
    if text.len() > LONGEST || signs > 1 || figures.is_empty() || !figures.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (ten, two) = scale(suffix)?;
    let digits: BigInt = figures.parse().ok()?;
    let digits = if whole.starts_with('-') { -digits } else { digits };
    Some(Quantity { digits, ten: ten - fraction.len() as i32, two })
}

/// The powers of ten and of two that a suffix stands for.
fn scale(suffix: &str) -> Option<(i32, u32)> {
    let known = [
        ("", 0, 0),
        ("n", -9, 0),
        ("u", -6, 0),
        ("m", -3, 0),
        ("k", 3, 0),
        ("M", 6, 0),
        ("G", 9, 0),
        ("T", 12, 0),
        ("P", 15, 0),
        ("E", 18, 0),
        ("Ki", 0, 10),
        ("Mi", 0, 20),
        ("Gi", 0, 30),
        ("Ti", 0, 40),
        ("Pi", 0, 50),
        ("Ei", 0, 60),
    ];
    if let Some((_, ten, two)) = known.into_iter().find(|(known, ..)| *known == suffix) {
        return Some((ten, two));
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    (exponent.abs() <= 100).then_some((exponent, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_compared_by_value() {
        let same_amount =
            |old: &str, new: &str| same(&["resources", "limits", "cpu"], &Value::str(old), &Value::str(new));
        for (old, new) in [
            ("1000m", "1"),
            ("1Gi", "1024Mi"),
            ("0.5", "500m"),
            ("1e3", "1k"),
            ("1E3", "1k"),
            ("1.50Gi", "1536Mi"),
            ("128974848", "123Mi"),
            ("+1", "1"),
            ("-0", "0"),
            (".5", "500m"),
            ("1000000n", "1m"),
        ] {
            assert!(same_amount(old, new), "{old} {new}");
        }
        for (old, new) in
            [("1G", "1Gi"), ("1", "1001m"), ("1m", "1M"), ("", "0"), ("1x", "1x1"), ("1ee3", "1k"), ("--1", "1")]
        {
            assert!(!same_amount(old, new), "{old} {new}");
        }
    }

    #[test]
    fn only_where_there_are_quantities() {
        let (milli, one) = (Value::str("1000m"), Value::int(1));
        assert!(same(&["requests", "cpu"], &milli, &one));
        assert!(same(&["emptyDir", "sizeLimit"], &Value::str("1Gi"), &Value::str("1024Mi")));
        assert!(!same(&["annotations", "cpu"], &milli, &one));
        assert!(!same(&["data"], &milli, &one));
        assert!(same(&["httpGet", "port"], &Value::str("80"), &Value::int(80)));
        assert!(!same(&["ports", "port"], &Value::str("80"), &Value::int(80)));
    }
}
