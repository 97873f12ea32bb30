//! Where the parts of a JSON text stand: a JSON pointer in, byte ranges out.
//!
//! serde_json keeps no positions, and they are wanted only for a part that an error points at, so the text is walked
//! again then, along that one pointer. It is known to be valid JSON; on any other text the walk ends without an answer.

use std::ops::Range;

/// Where a part of a JSON text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The key with its quotes, for an entry of an object.
    pub key: Option<Range<usize>>,
    /// The value.
    pub value: Range<usize>,
}

/// The steps of a JSON pointer.
pub(super) fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// The place of the value that `tokens` lead to.
pub(super) fn locate(text: &[u8], tokens: &[String]) -> Option<Place> {
    let mut scan = Scan { text, at: 0 };
    scan.blank();
    let mut place = Place { key: None, value: scan.value()? };
    for token in tokens {
        scan.at = place.value.start;
        place = match text.get(scan.at)? {
            b'{' => scan.entry(token)?,
            b'[' => scan.item(token.parse().ok()?)?,
            _ => return None,
        };
    }
    Some(place)
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes over white space, commas and colons: which one stands where is not in question in valid JSON.
    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b':')) {
            self.at += 1;
        }
    }

    /// Passes over a value of any kind.
    fn value(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                _ => self.word(),
            }
            if depth == 0 {
                return Some(start..self.at);
            }
            self.blank();
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        while self.peek()? != b'"' {
            self.at += if self.peek() == Some(b'\\') { 2 } else { 1 };
        }
        self.at += 1;
        Some(())
    }

    /// Passes over a number, `true`, `false` or `null`.
    fn word(&mut self) {
        let delimiter = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b']' | b'}');
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(delimiter).unwrap_or(rest.len()).max(1);
    }

    /// The entry of the object at hand under a key: the last one where it stands there twice, as readers of JSON do.
    fn entry(&mut self, wanted: &str) -> Option<Place> {
        let mut found = None;
        self.at += 1;
        self.blank();
        while self.peek()? != b'}' {
            let start = self.at;
            self.string()?;
            let key = start..self.at;
            self.blank();
            let value = self.value()?;
            if serde_json::from_slice::<String>(&self.text[key.clone()]).is_ok_and(|k| k == wanted) {
                found = Some(Place { key: Some(key), value });
            }
            self.blank();
        }
        found
    }

    fn item(&mut self, index: usize) -> Option<Place> {
        self.at += 1;
        self.blank();
        for _ in 0..index {
            self.value()?;
            self.blank();
        }
        if self.peek()? == b']' {
            return None;
        }
        Some(Place { key: None, value: self.value()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, pointer: &str) -> Option<(String, String)> {
        let place = locate(text.as_bytes(), &tokens(pointer))?;
        Some((place.key.map(|k| text[k].to_owned()).unwrap_or_default(), text[place.value].to_owned()))
    }

    #[test]
    fn finds_the_part_that_a_pointer_names() {
        let text = r#" {"a": [1, {"b~/": "x\"}", "": null}, [ ]], "\u0063": -1.5e3 , "a2":{"d":{}},"d":1,"d":2} "#;
        for (pointer, key, value) in [
            ("/a/0", "", "1"),
            ("/a/1/b~0~1", r#""b~/""#, r#""x\"}""#),
            ("/a/1/", r#""""#, "null"),
            ("/a/2", "", "[ ]"),
            ("/c", r#""\u0063""#, "-1.5e3"),
            ("/a2/d", r#""d""#, "{}"),
            ("/d", r#""d""#, "2"),
        ] {
            assert_eq!(at(text, pointer), Some((key.to_owned(), value.to_owned())), "{pointer}");
        }
        assert_eq!(at(text, "").unwrap().1, text.trim());
    }

    #[test]
    fn has_no_answer_for_what_is_not_there() {
        for (text, pointer) in
            [("{}", "/a"), ("[1]", "/1"), ("[1]", "/a"), ("3", "/a"), ("{\"a\"", "/a"), ("", ""), ("[", "/0")]
        {
            assert_eq!(at(text, pointer), None, "{text} {pointer}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_walked(text in "[\\[\\]{}\"\\\\:, a01]{0,16}", pointer in "(/[a01]?){0,3}") {
            locate(text.as_bytes(), &tokens(&pointer));
        }
    }
}
