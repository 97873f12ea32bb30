//! The order in which goyaml writes the keys of a map: letters by code point, numbers by value.
//!
//! Knows nothing of values; sorts any entries by their keys.

use std::cmp::Ordering;

use crate::value::{is_digit, is_letter};

use super::Dialect;

/// Below this many entries, insertion is faster than merging.
const SMALL: usize = 12;

/// Sorts entries by goyaml's order of keys.
///
/// The order is not transitive where numbers have leading zeros (`a1 < a01 < a0b < a1`), which is why the sort of the
/// standard library, which may panic then, is not used. What Go prints for such keys depends on chance.
pub(super) fn sort<T: Copy>(entries: &mut [(&str, T)], dialect: Dialect) {
    if entries.len() > SMALL && !entries.is_sorted_by(|a, b| !less(b.0, a.0, dialect)) {
        let half = entries.len() / 2;
        sort(&mut entries[..half], dialect);
        sort(&mut entries[half..], dialect);
        merge(entries, half, dialect);
        return;
    }
    for i in 1..entries.len() {
        let mut j = i;
        while j > 0 && less(entries[j].0, entries[j - 1].0, dialect) {
            entries.swap(j, j - 1);
            j -= 1;
        }
    }
}

fn merge<T: Copy>(entries: &mut [(&str, T)], half: usize, dialect: Dialect) {
    let left = entries[..half].to_vec();
    let (mut next, mut right) = (0, half);
    for i in 0..entries.len() {
        let take_right = match (left.get(next), entries.get(right)) {
            (Some(a), Some(b)) => less(b.0, a.0, dialect),
            (None, _) => return,
            (_, None) => false,
        };
        if take_right {
            entries[i] = entries[right];
            right += 1;
        } else {
            entries[i] = left[next];
            next += 1;
        }
    }
}

/// Whether one key comes before another: goyaml's `keyList.Less`.
fn less(a: &str, b: &str, dialect: Dialect) -> bool {
    let common = common_prefix(a, b);
    let (Some(ac), Some(bc)) = (a[common..].chars().next(), b[common..].chars().next()) else {
        return a.len() < b.len();
    };
    match (is_letter(ac), is_letter(bc)) {
        (true, true) => ac < bc,
        // A letter comes after what is none; in v3 before it where both follow a digit.
        (a_letter, b_letter) if a_letter || b_letter => {
            let digits = dialect == Dialect::V3Pretty && a[..common].chars().next_back().is_some_and(is_digit);
            if digits { a_letter } else { b_letter }
        }
        _ => compare_numbers(a, b, common).unwrap_or_else(|| ac.cmp(&bc)).is_lt(),
    }
}

/// How many bytes two texts have in common, in whole characters.
fn common_prefix(a: &str, b: &str) -> usize {
    let mut common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(common) {
        common -= 1;
    }
    common
}

/// Compares the digits from where two keys differ: by value, then by length.
fn compare_numbers(a: &str, b: &str, common: usize) -> Option<Ordering> {
    let within = (a[common..].starts_with('0') || b[common..].starts_with('0')) && follows_number(&a[..common]);
    let ((an, a_len), (bn, b_len)) = (number(&a[common..], within), number(&b[common..], within));
    Some(an.cmp(&bn).then(a_len.cmp(&b_len))).filter(|order| order.is_ne())
}

/// Whether text ends in digits that are not all zero.
fn follows_number(text: &str) -> bool {
    text.chars().rev().take_while(|c| is_digit(*c)).any(|c| c != '0')
}

/// The value of leading digits, wrapping as Go's int64, and how many there are. Digits of other scripts count by their
/// distance from `0`, as in Go.
fn number(text: &str, within: bool) -> (i64, usize) {
    text.chars().take_while(|c| is_digit(*c)).fold((i64::from(within), 0), |(n, len), c| {
        (n.wrapping_mul(10).wrapping_add(i64::from(u32::from(c)) - i64::from(b'0')), len + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &str, dialect: Dialect) -> String {
        let mut entries: Vec<_> = keys.split(' ').map(|k| (k, ())).collect();
        sort(&mut entries, dialect);
        entries.iter().map(|e| e.0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_by_value_and_letters_last() {
        for (keys, want) in [
            ("a10 a2 a1 B b a", "B a a1 a2 a10 b"),
            ("ab a-b a_b a.b a1 a", "a a-b a.b a_b a1 ab"),
            ("x10 x010 x1 x01 x0", "x0 x1 x01 x10 x010"),
            ("é z a 字", "a z é 字"),
            ("k k0 k00 k1", "k k0 k00 k1"),
        ] {
            assert_eq!(sorted(keys, Dialect::V2), want);
        }
    }

    #[test]
    fn after_a_digit_v3_puts_letters_first() {
        assert_eq!(sorted("a1b a1-", Dialect::V2), "a1- a1b");
        assert_eq!(sorted("a1- a1b", Dialect::V3Pretty), "a1b a1-");
    }

    #[test]
    fn many_keys_and_an_order_that_contradicts_itself() {
        let keys: Vec<String> = (0..500).map(|i| format!("a{:0>w$}{}", i % 7, i % 11, w = i % 4)).collect();
        let mut entries: Vec<_> = keys.iter().map(|k| (k.as_str(), ())).collect();
        sort(&mut entries, Dialect::V2);
        assert_eq!(entries.len(), 500);
        let numbers: Vec<String> = (0..100).rev().map(|i| format!("key{i}")).collect();
        let mut entries: Vec<_> = numbers.iter().map(|k| (k.as_str(), ())).collect();
        sort(&mut entries, Dialect::V2);
        assert!((0..100).all(|i| entries[i].0 == format!("key{i}")));
    }
}
