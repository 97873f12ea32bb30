//! Primes for RSA keys.
//!
//! Nearly all the time of making a key goes into numbers that are not prime. They are ruled out here, by small factors
//! and by Fermat's test to base 2, in which multiplying by the base is but doubling; what passes is left to a real test.
//! Times depend on the numbers: they are met in a process of its own, where nobody measures them.

use std::sync::LazyLock;

use crypto_primes::{Flavor, is_prime};
use rsa::BoxedUint;
use rsa::rand_core::Rng;

/// The public exponent of all keys. It must have no factor in common with a prime less one.
pub(super) const EXPONENT: u32 = 65_537;

/// How many odd numbers are looked at from a random start on, before another start is drawn.
const WINDOW: usize = 1 << 12;

/// The odd primes below 2^15.
static SMALL: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut composite = vec![false; 1 << 15];
    let mut primes = Vec::new();
    for n in (3..composite.len()).step_by(2) {
        if !composite[n] {
            primes.push(n as u64);
            (n * n..composite.len()).step_by(2 * n).for_each(|multiple| composite[multiple] = true);
        }
    }
    primes
});

/// A prime of this many bits, a multiple of 64. The highest two are set, so that the product of two primes has twice as
/// many.
pub(super) fn random_prime(rng: &mut impl Rng, bits: usize) -> BoxedUint {
    loop {
        let mut start: Vec<u64> = (0..bits / 64).map(|_| rng.next_u64()).collect();
        start.first_mut().into_iter().for_each(|low| *low |= 1);
        start.last_mut().into_iter().for_each(|high| *high |= 3 << 62);
        if let Some(prime) = search(&start) {
            return prime;
        }
    }
}

/// The first prime from an odd number on, the lowest digit first, if it is near.
fn search(start: &[u64]) -> Option<BoxedUint> {
    let mut composite = [false; WINDOW];
    for small in SMALL.iter().copied() {
        // The first i for which start + 2 i is a multiple; (small + 1) / 2 is what undoes the doubling.
        let first = (small - remainder(start, small)) * small.div_ceil(2) % small;
        composite.iter_mut().skip(first as usize).step_by(small as usize).for_each(|entry| *entry = true);
    }
    let left = (0..WINDOW).filter(|i| !composite[*i]);
    let numbers = left.map_while(|i| plus(start, 2 * i as u64));
    let mut likely = numbers.filter(|n| remainder(n, EXPONENT.into()) != 1 && passes_fermat(n)).map(|n| number(&n));
    likely.find(|n| is_prime(Flavor::Any, n))
}

fn number(digits: &[u64]) -> BoxedUint {
    let bytes: Vec<u8> = digits.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect();
    BoxedUint::from_be_slice_vartime(&bytes)
}

/// What is left of a division by a number of 32 bits.
fn remainder(digits: &[u64], by: u64) -> u64 {
    digits.iter().rev().fold(0, |rest, digit| {
        let rest = (rest << 32 | digit >> 32) % by;
        (rest << 32 | digit & 0xffff_ffff) % by
    })
}

/// The sum, where it has no more digits.
fn plus(digits: &[u64], add: u64) -> Option<Vec<u64>> {
    let mut carry = add;
    let sum = digits.iter().map(|digit| {
        let (sum, over) = digit.overflowing_add(carry);
        carry = over.into();
        sum
    });
    let sum = sum.collect();
    (carry == 0).then_some(sum)
}

/// Whether 2^(n-1) leaves 1 when divided by n, an odd number whose highest bit is set, as for all primes and hardly
/// anything else.
fn passes_fermat(n: &[u64]) -> bool {
    let modulus = Montgomery::new(n);
    // The form of 1 is 2^bits modulo n, which is 2^bits - n.
    let mut borrow = true;
    let negate = |digit: &u64| {
        let (negated, over) = (!digit).overflowing_add(borrow.into());
        borrow = over;
        negated
    };
    let one: Vec<u64> = n.iter().map(negate).collect();
    let (mut power, mut square) = (one.clone(), vec![0; n.len()]);
    for (i, digit) in n.iter().enumerate().rev() {
        for bit in (0..u64::BITS).rev() {
            modulus.square(&power, &mut square);
            std::mem::swap(&mut power, &mut square);
            // The exponent is n - 1, so the lowest bit is not set.
            if digit >> bit & 1 == 1 && (i, bit) != (0, 0) {
                modulus.double(&mut power);
            }
        }
    }
    power == one
}

/// Arithmetic modulo an odd number on Montgomery's forms: x stands for x / 2^bits.
struct Montgomery<'n> {
    n: &'n [u64],
    /// -1 / n modulo 2^64.
    inverse: u64,
}

impl<'n> Montgomery<'n> {
    fn new(n: &'n [u64]) -> Self {
        let low = n.first().copied().unwrap_or(1);
        // Newton's iteration doubles the right bits; an odd number is its own inverse to 3 bits.
        let inverse = (0..5).fold(low, |x, _| x.wrapping_mul(2_u64.wrapping_sub(low.wrapping_mul(x))));
        Montgomery { n, inverse: inverse.wrapping_neg() }
    }

    /// `out` becomes the square of `a`: products and reductions digit by digit.
    fn square(&self, a: &[u64], out: &mut [u64]) {
        let wide = |a: u64, b: u64, c: u64, d: u64| u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
        let split = |sum: u128| (sum as u64, (sum >> 64) as u64);
        out.fill(0);
        let mut high = 0;
        for x in a {
            let (sum, mut carry) = split(wide(*x, a[0], out[0], 0));
            let factor = sum.wrapping_mul(self.inverse);
            let (_, mut reduced) = split(wide(factor, self.n[0], sum, 0));
            for j in 1..a.len().min(out.len()).min(self.n.len()) {
                let (sum, next) = split(wide(*x, a[j], out[j], carry));
                let (digit, more) = split(wide(factor, self.n[j], sum, reduced));
                out[j - 1] = digit;
                (carry, reduced) = (next, more);
            }
            let (digit, over) = split(u128::from(high) + u128::from(carry) + u128::from(reduced));
            high = over;
            out.last_mut().into_iter().for_each(|last| *last = digit);
        }
        self.reduce(out, high == 1);
    }

    fn double(&self, a: &mut [u64]) {
        let mut carry = 0;
        for digit in a.iter_mut() {
            let next = *digit >> 63;
            *digit = *digit << 1 | carry;
            carry = next;
        }
        self.reduce(a, carry == 1);
    }

    /// Subtracts n once where the number, with a digit of 1 before it if there is a `carry`, is not below it.
    fn reduce(&self, a: &mut [u64], carry: bool) {
        if !carry && a.iter().rev().lt(self.n.iter().rev()) {
            return;
        }
        let mut borrow = false;
        for (digit, n) in a.iter_mut().zip(self.n) {
            let (difference, under) = digit.overflowing_sub(*n);
            let (difference, under_too) = difference.overflowing_sub(borrow.into());
            *digit = difference;
            borrow = under || under_too;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: u64 = 1 << 63;

    #[test]
    fn fermat_tells_primes() {
        // 2^64 - 59 is prime, and so are 2^127 + 45 and 2^192 - 237; their neighbours are not.
        for prime in [&[59_u64.wrapping_neg()][..], &[45, TOP], &[237_u64.wrapping_neg(), u64::MAX, u64::MAX]] {
            assert!(passes_fermat(prime), "{prime:?}");
            assert!(is_prime(Flavor::Any, &number(prime)), "{prime:?}");
            let next = plus(prime, 2).unwrap();
            assert!(!passes_fermat(&next), "{next:?}");
        }
    }

    #[test]
    fn a_search_passes_over_nothing() {
        for start in [[1, 0, TOP], [u64::MAX, 7, TOP], [12_345, u64::MAX, u64::MAX - 1]] {
            let tried = (0..WINDOW).map_while(|i| plus(&start, 2 * i as u64)).map(|n| number(&n));
            let prime = |n: &BoxedUint| is_prime(Flavor::Any, n);
            assert_eq!(search(&start), tried.into_iter().find(prime), "{start:?}");
        }
    }

    #[test]
    fn sums_that_need_another_digit_are_none() {
        assert_eq!(plus(&[u64::MAX, 1], 2), Some(vec![1, 2]));
        assert_eq!(plus(&[u64::MAX, u64::MAX], 2), None);
        assert_eq!(remainder(&[5, 1], 65_537), 6);
    }
}
