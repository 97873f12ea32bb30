//! The nearest known name to a misspelt one.

/// The candidate that a person most likely meant by `typed`, or none where nothing is near.
///
/// Near means: at most a third of the characters inserted, deleted, replaced or swapped; or equal but for case,
/// `-`, `_` and `.`.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(typed);
    let limit = (typed.chars().count().max(3)) / 3;
    candidates
        .into_iter()
        .filter(|c| *c != typed)
        .map(|c| (if fold(c) == folded { 0 } else { distance(typed, c) }, c))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

fn fold(s: &str) -> String {
    s.chars().filter(|c| !matches!(c, '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

/// Optimal string alignment distance: Levenshtein plus the swap of two neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 64 {
        return usize::MAX;
    }
    let mut rows = [vec![0; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[2][j - 1] + 1).min(rows[1][j] + 1).min(rows[1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let keys = ["clustering", "connectors", "replicaCount", "env"];
        for (typed, want) in [
            ("clusterin", Some("clustering")),
            ("conectors", Some("connectors")),
            ("replicacount", Some("replicaCount")),
            ("replica_count", Some("replicaCount")),
            ("evn", Some("env")),
            ("ingress", None),
        ] {
            assert_eq!(nearest(typed, keys), want, "{typed}");
        }
    }
}
