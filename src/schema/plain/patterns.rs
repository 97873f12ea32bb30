//! Patterns that Go and ECMAScript read alike, so that those of `regexp` match what the crate's do.

use crate::regexp;
use crate::schema::patterns::to_ecma;

/// How long a pattern may be, and one with counted repetitions: the crate refuses what grows too large, and a pattern
/// of this length cannot, if only ASCII is counted.
const LENGTH: usize = 512;
const LENGTH_WITH_COUNTS: usize = 64;

/// Whether a pattern is one, and means the same everywhere.
pub(super) fn is_plain(pattern: &str) -> bool {
    let small = match pattern.contains('{') {
        true => pattern.len() <= LENGTH_WITH_COUNTS && is_narrow(pattern),
        false => pattern.len() <= LENGTH,
    };
    small && is_common(pattern) && to_ecma(pattern) == pattern && regexp::is_valid(pattern)
}

/// Whether a pattern asks for ASCII alone, of which each character takes one step.
fn is_narrow(pattern: &str) -> bool {
    pattern.is_ascii() && !pattern.contains("[^") && !pattern.replace("\\.", "").contains('.')
}

/// Whether a pattern is made of what all syntaxes share: literals, classes without classes in them, groups, repetitions.
fn is_common(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    let (mut class, mut counts, mut last) = (false, false, ' ');
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let known = match c {
            '\\' => {
                chars.next();
                // Next to a hyphen, a class such as `\d` would begin or end a range.
                let apart = !class || last != '-' && chars.peek() != Some(&'-');
                "^$.*+?()[]{}|/\\".contains(next) || "dw".contains(next) && apart
            }
            // Two hyphens can be a set of what is left over.
            '-' if class => next != '-',
            '^' if class => last == '[',
            '[' | '{' | '}' if class => false,
            '[' => next != ']',
            ']' => class,
            '(' => class || next != '?',
            '}' => counts,
            c => c.is_alphanumeric() || "^$.*+?|){_-/:, %@='<>#;!\"".contains(c),
        };
        if !known {
            return false;
        }
        class = c == '[' || class && c != ']';
        counts = c == '{' || counts && c != '}';
        last = c;
    }
    !class && !counts
}
