//! From the parts of a gobwas glob to a matcher, rearranged as gobwas does it.
//!
//! gobwas rearranges for speed, and some of what it makes does not match what the pattern means: `a/**/b` also matches
//! `a/b`, because it becomes "begins with `a/`, ends with `/b`". Charts depend on that, so the rearrangements and their
//! order are the library's (0.2.3, `compiler/compiler.go`).

use super::matcher::Matcher;
use super::syntax::Node;

const SEPARATOR: &str = "/";

pub(super) fn compile(node: &Node) -> Matcher {
    let matcher = match node {
        Node::Text(text) => Matcher::Text(text.clone()),
        Node::Any => Matcher::Any,
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single,
        Node::List { chars, not } => Matcher::List { chars: chars.clone(), not: *not },
        Node::Range { low, high, not } => Matcher::Range { low: *low, high: *high, not: *not },
        Node::Nothing => Matcher::Nothing,
        Node::AnyOf(alternatives) => match factor(alternatives) {
            Some(node) => compile(&node),
            None => Matcher::AnyOf(alternatives.iter().map(compile).collect()),
        },
        Node::Pattern(parts) => join(minimize(parts.iter().map(compile).collect())),
    };
    simplify(matcher)
}

/// Replaces a matcher by one for the same, or what gobwas holds for the same.
fn simplify(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.pop().unwrap_or(Matcher::Nothing),
        Matcher::List { chars, not: false } if chars.chars().count() == 1 => Matcher::Text(chars),
        Matcher::Tree(tree) => simplify_tree(tree.value, tree.left.map(simplify), tree.right.map(simplify)),
        matcher => matcher,
    }
}

fn simplify_tree(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Matcher {
    use Matcher::{Any, Contains, Prefix, PrefixAny, PrefixSuffix, Suffix, SuffixAny, Super, Text};
    let Text(text) = value else { return Matcher::tree(value, left, right) };
    match (left, right) {
        (None, None) => Text(text),
        (Some(Super), Some(Super)) => Contains { needle: text, not: false },
        (Some(Super), None) => Suffix(text),
        (None, Some(Super)) => Prefix(text),
        (None, Some(Suffix(suffix))) => PrefixSuffix(text, suffix),
        (Some(Prefix(prefix)), None) => PrefixSuffix(prefix, text),
        (Some(Any), None) => SuffixAny(text),
        (None, Some(Any)) => PrefixAny(text),
        (left, right) => Matcher::tree(Text(text), left, right),
    }
}

/// One matcher for several in a row: around the last of those with the greatest fixed length, or around the first where
/// none has one.
fn join(mut matchers: Vec<Matcher>) -> Matcher {
    if matchers.len() <= 1 {
        return matchers.pop().unwrap_or(Matcher::Nothing);
    }
    if let Some(glued) = glue(&matchers) {
        return glued;
    }
    let longest = matchers.iter().enumerate().filter_map(|(i, m)| Some((m.len()?, i))).max();
    let middle = longest.map_or(0, |(_, i)| i);
    let right = matchers.split_off(middle + 1);
    let value = matchers.pop().unwrap_or(Matcher::Nothing);
    let side = |matchers: Vec<Matcher>| (!matchers.is_empty()).then(|| join(matchers));
    Matcher::tree(value, side(matchers), side(right))
}

/// Glues the neighbours that are best glued, until there are none.
fn minimize(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    while let Some((left, right, glued)) = best_glue(&matchers) {
        matchers.splice(left..right, [glued]);
    }
    matchers
}

/// Of all neighbours that can be glued those that are most, or whose fixed length is greater.
fn best_glue(matchers: &[Matcher]) -> Option<(usize, usize, Matcher)> {
    let mut best: Option<(usize, usize, Matcher)> = None;
    for left in 0..matchers.len() {
        for right in (left + 2..=matchers.len()).rev() {
            let Some(glued) = matchers.get(left..right).and_then(glue) else { continue };
            let better = best.as_ref().is_none_or(|(from, to, known)| {
                to - from < right - left || matches!((known.len(), glued.len()), (Some(a), Some(b)) if b > a)
            });
            if better {
                best = Some((left, right, glued));
            }
        }
    }
    best
}

fn glue(matchers: &[Matcher]) -> Option<Matcher> {
    glue_as_every(matchers).or_else(|| glue_as_row(matchers))
}

/// A row of matchers of fixed lengths.
fn glue_as_row(matchers: &[Matcher]) -> Option<Matcher> {
    let len = matchers.iter().map(Matcher::len).sum::<Option<usize>>()?;
    Some(Matcher::Row { matchers: matchers.to_vec(), len })
}

/// Matchers which exclude the same characters become conditions on the whole. Excluding several characters becomes, as
/// in gobwas, excluding the text that they make.
fn glue_as_every(matchers: &[Matcher]) -> Option<Matcher> {
    let excluded = excluded(matchers.first()?)?;
    if matchers.iter().any(|m| self::excluded(m) != Some(excluded)) {
        return None;
    }
    let unbounded = matchers.iter().any(|m| matches!(m, Matcher::Any | Matcher::Super));
    let min = matchers.iter().filter(|m| !matches!(m, Matcher::Any | Matcher::Super)).count();
    if min == 0 {
        return Some(if excluded.is_empty() { Matcher::Super } else { Matcher::Any });
    }
    let mut every = vec![Matcher::Min(min)];
    if !unbounded {
        every.push(Matcher::Max(min));
    }
    every.push(Matcher::Contains { needle: excluded.to_owned(), not: true });
    Some(Matcher::Every(every))
}

/// The characters that a matcher of any other characters excludes.
fn excluded(matcher: &Matcher) -> Option<&str> {
    match matcher {
        Matcher::Super => Some(""),
        Matcher::Any | Matcher::Single => Some(SEPARATOR),
        Matcher::List { chars, not: true } => Some(chars),
        _ => None,
    }
}

/// Takes what all alternatives begin or end with out of them; none where they share nothing.
fn factor(alternatives: &[Node]) -> Option<Node> {
    let patterns: Vec<&[Node]> = alternatives.iter().map(parts).collect::<Option<_>>()?;
    let (left, right) = common(&patterns);
    let least = *patterns.iter().min_by_key(|p| p.len())?;
    if left + right == 0 {
        return None;
    }
    let mut rest: Vec<Node> = Vec::new();
    for pattern in &patterns {
        let node = match pattern.get(left..pattern.len() - right) {
            Some(middle) if !middle.is_empty() => Node::Pattern(middle.to_vec()),
            _ => Node::Nothing,
        };
        if !rest.contains(&node) {
            rest.push(node);
        }
    }
    let middle = match rest.len() {
        1 => rest.pop().filter(|node| *node != Node::Nothing),
        _ => Some(Node::AnyOf(rest)),
    };
    let shared = |nodes: &[Node]| (!nodes.is_empty()).then(|| Node::Pattern(nodes.to_vec()));
    let (before, after) = (least.get(..left)?, least.get(least.len() - right..)?);
    Some(Node::Pattern([shared(before), middle, shared(after)].into_iter().flatten().collect()))
}

fn parts(node: &Node) -> Option<&[Node]> {
    match node {
        Node::Pattern(parts) => Some(parts),
        _ => None,
    }
}

/// How many parts the patterns share at their beginnings and at their ends, counted from both sides in turn and without
/// overlap in the shortest.
fn common(patterns: &[&[Node]]) -> (usize, usize) {
    let shortest = patterns.iter().enumerate().min_by_key(|(_, p)| p.len());
    let Some((index, least)) = shortest.filter(|_| patterns.len() > 1) else { return (0, 0) };
    let (mut left, mut right) = (0, 0);
    let (mut left_ended, mut right_ended) = (false, false);
    for (i, j) in (0..least.len()).zip((0..least.len()).rev()) {
        if left + right >= least.len() || (left_ended && right_ended) {
            break;
        }
        for (_, other) in patterns.iter().enumerate().filter(|(k, _)| *k != index) {
            left_ended |= least.get(i) != other.get(i);
            right_ended |= !left_ended && j <= i;
            right_ended |= least.get(j) != other.get(j + other.len() - least.len());
        }
        left += usize::from(!left_ended);
        right += usize::from(!right_ended);
    }
    (left, right)
}
