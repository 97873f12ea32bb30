//! Quantities: `100m`, `1.5Gi`, `1e3` (`k8s.io/apimachinery/pkg/api/resource`).

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::value::Value;

/// An amount: `digits · 10^ten · 2^two`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    digits: BigInt,
    ten: i32,
    two: u32,
}

/// The suffixes, with the powers of ten and of two that they stand for.
const SUFFIXES: [(&str, i32, u32); 15] = [
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
];

/// Longer text is no amount that anybody writes, and may be any amount of work.
const LONGEST: usize = 1000;

/// Exponents are for amounts, and larger ones only for whoever wants to fill the memory.
const LARGEST_EXPONENT: i32 = 400;

impl Quantity {
    /// Reads text, with blanks around it or not, or a number.
    pub fn of(value: &Value) -> Option<Quantity> {
        match value {
            Value::Str(text, _) => Quantity::parse(text.trim()),
            Value::Num(number, _) => Quantity::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Reads `<sign><digits>.<digits><suffix>`.
    pub fn parse(text: &str) -> Option<Quantity> {
        let (sign, rest) = match text.as_bytes().first()? {
            b'-' => ("-", &text[1..]),
            b'+' => ("", &text[1..]),
            _ => ("", text),
        };
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if text.len() > LONGEST || whole.len() + fraction.len() == 0 || fraction.contains('.') {
            return None;
        }
        let (ten, two) = scale(suffix)?;
        let digits = format!("{sign}{whole}{fraction}").parse().ok()?;
        Some(Quantity { digits, ten: ten - i32::try_from(fraction.len()).ok()?, two })
    }

    /// Whether it is less than nothing.
    pub fn is_negative(&self) -> bool {
        self.digits.sign() == num_bigint::Sign::Minus
    }

    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        self.digits.sign() == num_bigint::Sign::NoSign
    }

    /// Whether it has no part below one.
    pub fn is_whole(&self) -> bool {
        if self.ten >= 0 {
            return true;
        }
        let unit = BigInt::from(10).pow(self.ten.unsigned_abs());
        ((self.digits.clone() << self.two) % unit).sign() == num_bigint::Sign::NoSign
    }

    /// The amounts side by side.
    pub fn compare(&self, other: &Quantity) -> Ordering {
        let ten = self.ten.min(other.ten);
        let scaled = |q: &Quantity| (q.digits.clone() << q.two) * BigInt::from(10).pow((q.ten - ten).unsigned_abs());
        scaled(self).cmp(&scaled(other))
    }
}

/// The powers of ten and two that a suffix stands for.
fn scale(suffix: &str) -> Option<(i32, u32)> {
    if suffix == "Ei" {
        return Some((0, 60));
    }
    if let Some((_, ten, two)) = SUFFIXES.iter().find(|(name, ..)| *name == suffix) {
        return Some((*ten, *two));
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    (exponent.abs() <= LARGEST_EXPONENT).then_some((exponent, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for right in ["1", "0", "100m", "1.5Gi", ".5", "1.", "-1", "+1k", "1e3", "1E-3", "12E", "5Ei", "1n", "1u"] {
            assert!(Quantity::parse(right).is_some(), "{right}");
        }
        for wrong in ["", "Gi", "1GB", "1 Gi", "1gi", "1K", "1..5", "0x1", "1e", "1e1.5", "1Mib", "--1", "1kk"] {
            assert!(Quantity::parse(wrong).is_none(), "{wrong}");
        }
        let compare = |a: &str, b: &str| Quantity::parse(a).unwrap().compare(&Quantity::parse(b).unwrap());
        assert_eq!(compare("1000m", "1"), Ordering::Equal);
        assert_eq!(compare("1Gi", "1G"), Ordering::Greater);
        assert_eq!(compare("0.5", "499m"), Ordering::Greater);
        assert_eq!(compare("1e3", "1k"), Ordering::Equal);
        let whole = |text: &str| Quantity::parse(text).unwrap().is_whole();
        assert!(whole("2") && whole("1.5Ki") && whole("1000m") && !whole("1.5") && !whole("100m"));
    }
}
