//! Arithmetic: on int64, which wraps around, and on decimals made of float64s.
//!
//! Semantics: Sprig 3.3.0 `numeric.go` and `functions.go`, Go's `math`.

use super::Param::{Any, Float, Int};
use super::args::{Out, any, fail, int};
use super::decimal::Decimal;
use super::number::{to_float64, to_int64};
use super::{Context, FuncError, Function};
use crate::runtime::Runtime;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("add", &[], |ctx, a| Ok(folded(ctx, 0, a, i64::wrapping_add))).rest(Any),
    Function::new("add1", &[Any], |ctx, a| Ok(folded(ctx, 1, a, i64::wrapping_add))),
    Function::new("sub", &[Any, Any], |ctx, a| {
        Ok(Runtime::int64(to_int64(ctx, any(a, 0)?).wrapping_sub(to_int64(ctx, any(a, 1)?))))
    }),
    Function::new("mul", &[Any], |ctx, a| Ok(folded(ctx, 1, a, i64::wrapping_mul))).rest(Any),
    Function::new("div", &[Any, Any], |ctx, a| divided(ctx, a, i64::wrapping_div)),
    Function::new("mod", &[Any, Any], |ctx, a| divided(ctx, a, i64::wrapping_rem)),
    Function::new("max", &[Any], |ctx, a| Ok(folded(ctx, to_int64(ctx, any(a, 0)?), a, i64::max))).rest(Any),
    Function::new("biggest", &[Any], |ctx, a| Ok(folded(ctx, to_int64(ctx, any(a, 0)?), a, i64::max))).rest(Any),
    Function::new("min", &[Any], |ctx, a| Ok(folded(ctx, to_int64(ctx, any(a, 0)?), a, i64::min))).rest(Any),
    Function::new("maxf", &[Any], |_, a| floats(a, go_max)).rest(Any),
    Function::new("minf", &[Any], |_, a| floats(a, |x, y| -go_max(-x, -y))).rest(Any),
    Function::new("floor", &[Any], |_, a| Ok(Runtime::Float(to_float64(any(a, 0)?).floor()))),
    Function::new("ceil", &[Any], |_, a| Ok(Runtime::Float(to_float64(any(a, 0)?).ceil()))),
    Function::new("round", &[Any, Int], round).rest(Float),
    Function::new("addf", &[], |_, a| decimals(0.0, a, |x, y| Ok(x.add(y)))).rest(Any),
    Function::new("add1f", &[Any], |_, a| decimals(1.0, a, |x, y| Ok(x.add(y)))),
    Function::new("subf", &[Any], |_, a| from_first(a, |x, y| Ok(x.sub(y)))).rest(Any),
    Function::new("mulf", &[Any], |_, a| from_first(a, |x, y| Ok(x.mul(y)))).rest(Any),
    Function::new("divf", &[Any], |_, a| from_first(a, Decimal::div)).rest(Any),
];

fn folded(ctx: &Context<'_>, first: i64, numbers: &[Runtime], with: fn(i64, i64) -> i64) -> Runtime {
    Runtime::int64(numbers.iter().fold(first, |sum, n| with(sum, to_int64(ctx, n))))
}

fn divided(ctx: &Context<'_>, a: &[Runtime], with: fn(i64, i64) -> i64) -> Out {
    match to_int64(ctx, any(a, 1)?) {
        0 => fail("runtime error: integer divide by zero"),
        by => Ok(Runtime::int64(with(to_int64(ctx, any(a, 0)?), by))),
    }
}

fn floats(a: &[Runtime], with: fn(f64, f64) -> f64) -> Out {
    let first = to_float64(any(a, 0)?);
    Ok(Runtime::Float(a[1..].iter().fold(first, |found, n| with(found, to_float64(n)))))
}

/// `math.Max`: infinity before NaN, NaN before numbers, 0 before -0.
fn go_max(x: f64, y: f64) -> f64 {
    if x == f64::INFINITY || y == f64::INFINITY {
        f64::INFINITY
    } else if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == y {
        if x.is_sign_negative() { y } else { x }
    } else {
        x.max(y)
    }
}

type Operation = fn(&Decimal, &Decimal) -> Result<Decimal, FuncError>;

fn from_first(a: &[Runtime], with: Operation) -> Out {
    decimals(to_float64(any(a, 0)?), &a[1..], with)
}

fn decimals(first: f64, rest: &[Runtime], with: Operation) -> Out {
    let mut result = Decimal::new(first)?;
    for n in rest {
        result = with(&result, &Decimal::new(to_float64(n))?)?;
    }
    Ok(Runtime::Float(result.to_f64()))
}

/// To so many places; up where the rest is at least `.5` or what else is given.
fn round(_: &Context<'_>, a: &[Runtime]) -> Out {
    let limit = match a.get(2) {
        Some(limit) => limit.as_f64().unwrap_or(0.5),
        None => 0.5,
    };
    let power = power_of_ten(int(a, 1)?);
    let shifted = power * to_float64(any(a, 0)?);
    let rounded = if shifted.fract() >= limit { shifted.ceil() } else { shifted.floor() };
    Ok(Runtime::Float(rounded / power))
}

/// `math.Pow(10, exponent)` with Go's rounding errors: by squaring a mantissa, the exponent of two kept apart.
fn power_of_ten(exponent: i64) -> f64 {
    let (mut result, mut result_exponent) = (1.0_f64, 0_i64);
    let (mut square, mut square_exponent) = (0.625_f64, 4_i64);
    let mut bits = exponent.unsigned_abs();
    while bits != 0 {
        if square_exponent.abs() > 1 << 12 {
            result_exponent += square_exponent;
            break;
        }
        if bits & 1 == 1 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        bits >>= 1;
    }
    if exponent < 0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    let power = result_exponent.clamp(-3000, 3000) as i32;
    result * 2_f64.powi(power / 2) * 2_f64.powi(power - power / 2)
}
