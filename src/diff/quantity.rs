//! Kubernetes' quantities, compared by value: `1000m` is `1`, `1Gi` is `1024Mi`.

use std::cmp::Ordering;

use crate::manifest::Quantity;
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
    Some(Quantity::of(old)?.compare(&Quantity::of(new)?))
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Num(n, _) => n.as_i64(),
        Value::Str(text, _) => text.parse().ok(),
        _ => None,
    }
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
