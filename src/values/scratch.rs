//! What a merge uses again from one node to the next, so that nodes take no more memory than they have to.

use crate::value::{Map, Str, Value};

/// Collections with room to be filled, and texts that came before.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    maps: Vec<Map>,
    lists: Vec<Vec<Value>>,
    pub texts: Texts,
}

impl Scratch {
    /// An empty map to fill.
    pub fn map(&mut self) -> Map {
        self.maps.pop().unwrap_or_default()
    }

    /// The map that was filled, as large as it has to be.
    pub fn finish_map(&mut self, mut map: Map) -> Map {
        let fitted = map.take();
        self.maps.push(map);
        fitted
    }

    /// An empty list to fill.
    pub fn list(&mut self) -> Vec<Value> {
        self.lists.pop().unwrap_or_default()
    }

    /// The list that was filled, as large as it has to be.
    pub fn finish_list(&mut self, mut list: Vec<Value>) -> Vec<Value> {
        let mut fitted = Vec::with_capacity(list.len());
        fitted.append(&mut list);
        self.lists.push(list);
        fitted
    }
}

/// Texts that came before, each in the place that its hash gives it, until another takes that place. Values repeat
/// themselves: registries, hosts, the names of labels. What comes again is shared rather than copied.
#[derive(Debug, Default)]
pub(super) struct Texts {
    seen: Vec<Str>,
}

/// How many texts are remembered.
const PLACES: usize = 256;
/// The lengths of texts that are: shorter ones are held in place, longer ones hardly come again.
const SHARED: std::ops::Range<usize> = 16..200;

/// The place of a text, from how it begins and ends and how long it is.
fn place(text: &str) -> usize {
    let word = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let (first, last) = (word(text.as_bytes().first_chunk()), word(text.as_bytes().last_chunk()));
    let mixed = (first ^ last.rotate_left(23) ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize % PLACES
}

impl Texts {
    /// The text, shared where it came before.
    pub fn share(&mut self, text: &str) -> Str {
        if !SHARED.contains(&text.len()) {
            return Str::from(text);
        }
        if self.seen.is_empty() {
            self.seen = vec![Str::new(); PLACES];
        }
        let seen = &mut self.seen[place(text)];
        if seen != text {
            *seen = Str::from(text);
        }
        seen.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_shared() {
        let mut texts = Texts::default();
        let long = "x".repeat(1000);
        for text in ["", "short", "registry.example.org", &long] {
            let [first, again] = [texts.share(text), texts.share(text)];
            assert_eq!((first.as_str(), again.as_str()), (text, text));
            assert_eq!(std::ptr::eq(first.as_str(), again.as_str()), SHARED.contains(&text.len()));
        }
        // However many there are, each is what was asked for.
        for i in 0..5 * PLACES {
            let text = format!("the text of number {i}");
            assert_eq!(texts.share(&text), text);
        }
    }
}
