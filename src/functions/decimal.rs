//! Exact decimal arithmetic, so that 0.1 and 0.2 make 0.3.
//!
//! Semantics: decimal 1.4.0; only a division rounds, to 16 places.

use num_bigint::{BigInt, Sign};

use super::FuncError;
use super::args::fail;

/// Digits after the point that a division keeps.
const DIVISION_PLACES: i64 = 16;

/// Exponents beyond this are refused: the digits of a sum would fill memory.
const MAX_EXPONENT: i64 = 100_000;

/// `digits * 10^exponent`.
#[derive(Debug, Clone)]
pub(super) struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads back as this number.
    pub(super) fn new(n: f64) -> Result<Decimal, FuncError> {
        if !n.is_finite() {
            let shown = crate::value::format_float(n, 'g', -1);
            return fail(format!("Cannot create a Decimal from {shown}"));
        }
        let text = format!("{n:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
        let digits = mantissa.replace('.', "").parse().unwrap_or_default();
        Ok(Decimal { digits, exponent: exponent.parse::<i64>().unwrap_or(0) - places })
    }

    /// Both with the smaller exponent.
    fn aligned(&self, other: &Decimal) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let raised = |d: &Decimal| &d.digits * power(d.exponent - exponent);
        (raised(self), raised(other), exponent)
    }

    pub(super) fn add(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { digits: a + b, exponent }
    }

    pub(super) fn sub(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { digits: a - b, exponent }
    }

    pub(super) fn mul(&self, other: &Decimal) -> Decimal {
        let exponent = (self.exponent + other.exponent).clamp(-MAX_EXPONENT, MAX_EXPONENT);
        Decimal { digits: &self.digits * &other.digits, exponent }
    }

    /// To 16 places, halves away from zero.
    pub(super) fn div(&self, other: &Decimal) -> Result<Decimal, FuncError> {
        if other.digits.sign() == Sign::NoSign {
            return fail("decimal division by 0");
        }
        let shift = self.exponent - other.exponent + DIVISION_PLACES;
        let numerator = &self.digits * power(shift);
        let denominator = &other.digits * power(-shift);
        let twice: BigInt = &numerator * 2 + denominator.clone() * away(&numerator, &denominator);
        Ok(Decimal { digits: twice / (denominator * 2), exponent: -DIVISION_PLACES })
    }

    /// The nearest float64.
    pub(super) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }
}

/// The sign of the quotient: half of the denominator times it is what rounding adds before the rest is cut off.
fn away(numerator: &BigInt, denominator: &BigInt) -> i32 {
    match (numerator.sign(), denominator.sign()) {
        (Sign::NoSign, _) => 0,
        (a, b) if a == b => 1,
        _ => -1,
    }
}

/// Ten to this power; 1 where the power is negative.
fn power(exponent: i64) -> BigInt {
    let exponent = u32::try_from(exponent.clamp(0, 4 * MAX_EXPONENT)).unwrap_or(0);
    BigInt::from(10).pow(exponent)
}
