//! The values that Jinja templates read, by the words in their tags.
//!
//! A macro hands values on under names of its own, so ways are not followed from the root: a key is read where its name
//! stands behind that of the key it lies under, or where that other one stands alone anywhere, and may go anywhere.

use std::collections::{BTreeSet, HashMap};

/// The words in the tags of templates, each with what follows it.
#[derive(Debug, Default)]
pub(super) struct Words(HashMap<String, Followers>);

/// What comes after the dot or in the brackets behind a word.
#[derive(Debug, Default)]
struct Followers {
    names: BTreeSet<String>,
    /// Somewhere it stands without.
    open: bool,
}

impl Words {
    /// Takes the words of a template.
    pub fn add(&mut self, text: &str) {
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (close, tag) = match rest.as_bytes().get(start + 1) {
                Some(b'{') => ("}}", true),
                Some(b'%') => ("%}", true),
                Some(b'#') => ("#}", false),
                _ => {
                    rest = &rest[start + 1..];
                    continue;
                }
            };
            let inside = &rest[start + 2..];
            let end = inside.find(close).unwrap_or(inside.len());
            if tag {
                self.add_tag(&inside[..end]);
            }
            rest = &inside[end..];
        }
    }

    fn add_tag(&mut self, tag: &str) {
        let mut rest = tag;
        while let Some(first) = rest.chars().next() {
            if matches!(first, '"' | '\'') {
                let inside = &rest[1..];
                let (text, after) = inside.split_once(first).unwrap_or((inside, ""));
                // A text may be a key, or a way of several.
                for word in std::iter::once(text).chain(text.split('.')) {
                    self.0.entry(word.to_owned()).or_default().open = true;
                }
                rest = after;
            } else if is_word(first) {
                let (word, after) = split_word(rest);
                self.add_word(word, after);
                rest = after;
            } else {
                rest = &rest[first.len_utf8()..];
            }
        }
    }

    fn add_word(&mut self, word: &str, after: &str) {
        let followers = self.0.entry(word.to_owned()).or_default();
        match follower(after) {
            Some(name) => drop(followers.names.insert(name.to_owned())),
            None => followers.open = true,
        }
    }

    /// Whether a key below another is read.
    pub fn has(&self, parent: &str, key: &str) -> bool {
        self.0.get(parent).is_some_and(|followers| followers.open || followers.names.contains(key))
    }

    /// Whether all that is below a key counts as read.
    pub fn is_open(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|followers| followers.open)
    }

    /// The keys that stand behind another.
    pub fn below(&self, parent: &str) -> impl Iterator<Item = &str> {
        self.0.get(parent).into_iter().flat_map(|followers| followers.names.iter().map(String::as_str))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()))
}

/// The name behind a word, where there is one and it is no method.
fn follower(after: &str) -> Option<&str> {
    if let Some(rest) = after.strip_prefix('.') {
        let (name, rest) = split_word(rest);
        return (!name.is_empty() && !rest.trim_start().starts_with('(')).then_some(name);
    }
    let rest = after.strip_prefix('[')?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, rest) = rest[1..].split_once(quote)?;
    rest.starts_with(']').then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_behind_its_parent_or_where_the_parent_goes_elsewhere() {
        let mut words = Words::default();
        words.add("{# Values.gone #}{{ Values.a.b }}{% if Values.a['c-d'] %}{{ f(Values.whole) }} plain.text");
        for (parent, key, want) in [
            ("Values", "a", true),
            ("Values", "gone", false),
            ("a", "b", true),
            ("a", "c-d", true),
            ("a", "x", false),
            ("whole", "x", true),
            ("plain", "text", false),
        ] {
            assert_eq!(words.has(parent, key), want, "{parent}.{key}");
        }
        words.add("{{ Values.a.get(key) }}");
        assert!(words.has("a", "x"));
    }
}
