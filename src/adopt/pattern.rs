//! Random results within texts, and what stands in their places in other texts.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem::Finder;

use crate::functions::Drawn;
use crate::functions::keep::{self, Part};

/// The shortest result that is taken for one when it is all of a text. What is shorter may stand there by chance.
const SHORTEST: usize = 4;

/// The shortest that is looked for within a text, and the shortest of digits alone.
const SHORTEST_WITHIN: usize = 5;
const SHORTEST_NUMBER: usize = 8;

/// How much of its line before a result must be the same, where the rest of the text has changed. What must be the same
/// after it goes up to the next letter or digit, or is so long.
const BEFORE: usize = 24;
const AFTER: usize = 8;

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    Plain,
    Lower,
    Upper,
    Base64,
}

impl Code {
    /// Whether writing a value so leaves it as it was found.
    fn could_be(self, found: &str) -> bool {
        match self {
            Code::Lower => found.to_lowercase() == found,
            Code::Upper => found.to_uppercase() == found,
            Code::Plain | Code::Base64 => true,
        }
    }
}

/// A result as it may stand in a text.
struct Face {
    drawn: usize,
    part: Part,
    code: Code,
    text: String,
    finder: Finder<'static>,
}

impl Face {
    /// Whether it may stand within a text by chance.
    fn is_short(&self) -> bool {
        let is_number = self.text.bytes().all(|b| b.is_ascii_digit());
        self.text.len() < if is_number { SHORTEST_NUMBER } else { SHORTEST_WITHIN }
    }
}

/// All results of a render as they may stand in texts.
pub(super) struct Faces<'d> {
    drawn: &'d [Drawn],
    all: Vec<Face>,
}

/// A result in a text.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) drawn: usize,
    pub(super) part: Part,
    code: Code,
    range: Range<usize>,
}

impl<'d> Faces<'d> {
    pub(super) fn new(drawn: &'d [Drawn]) -> Self {
        let mut all = Vec::new();
        for (n, call) in drawn.iter().enumerate() {
            for (part, text) in keep::parts(call) {
                all.extend(codes(&text).into_iter().map(|(code, text)| {
                    let finder = Finder::new(text.as_bytes()).into_owned();
                    Face { drawn: n, part, code, text, finder }
                }));
            }
        }
        // What holds others comes before them.
        all.sort_by_key(|face| std::cmp::Reverse(face.text.len()));
        Faces { drawn, all }
    }

    /// The results in a text, in their order.
    pub(super) fn spots(&self, text: &str) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        for face in &self.all {
            if face.text.len() < SHORTEST || (face.text.len() < text.trim_end().len() && face.is_short()) {
                continue;
            }
            for at in face.finder.find_iter(text.as_bytes()) {
                let range = at..at + face.text.len();
                if spots.iter().all(|spot| spot.range.end <= range.start || range.end <= spot.range.start) {
                    spots.push(Spot { drawn: face.drawn, part: face.part, code: face.code, range });
                }
            }
        }
        for n in 0..spots.len() {
            self.add_neighbours(&mut spots, n, text);
        }
        spots.sort_by_key(|spot| spot.range.start);
        spots
    }

    /// Results that may be too short to be found by themselves, drawn in the same place right before or after another
    /// one and written right beside it, as in a password of a letter and eight more.
    fn add_neighbours(&self, spots: &mut Vec<Spot>, n: usize, text: &str) {
        for before in [true, false] {
            let mut last = spots.get(n).cloned();
            while let Some(spot) = last.as_ref() {
                last = self.neighbour(spot, before, text);
                let is_free = |new: &Spot| {
                    spots.iter().all(|spot| spot.range.end <= new.range.start || new.range.end <= spot.range.start)
                };
                last.take_if(|new| !is_free(new));
                spots.extend(last.clone());
            }
        }
    }

    fn neighbour(&self, spot: &Spot, before: bool, text: &str) -> Option<Spot> {
        let drawn = if before { spot.drawn.checked_sub(1)? } else { spot.drawn + 1 };
        let place = |n: usize| self.drawn.get(n).map(|call| (&call.id.template, &call.id.site));
        place(drawn).filter(|other| Some(*other) == place(spot.drawn))?;
        let beside = |face: &&Face| match before {
            true => text[..spot.range.start].ends_with(&face.text),
            false => text[spot.range.end..].starts_with(&face.text),
        };
        let mut faces = self.all.iter().filter(|face| face.drawn == drawn && face.code != Code::Base64);
        let Face { part, code, text, .. } = faces.find(beside)?;
        let range = match before {
            true => spot.range.start - text.len()..spot.range.start,
            false => spot.range.end..spot.range.end + text.len(),
        };
        Some(Spot { drawn, part: *part, code: *code, range })
    }

    /// What another text has in the places of the results. Where the text is nothing but a result that somebody could
    /// have chosen, and `free` allows it, all of the other text is taken. What is the same as the result itself stands
    /// there by chance.
    pub(super) fn capture(&self, spots: &[Spot], text: &str, other: &str, free: bool) -> Vec<Option<String>> {
        let mut values = self.captured(spots, text, other, free);
        for (value, spot) in values.iter_mut().zip(spots) {
            let drawn = self.drawn.get(spot.drawn).and_then(|call| keep::printed(call, spot.part));
            value.take_if(|value| drawn.is_some_and(|drawn| drawn == *value));
        }
        values
    }

    fn captured(&self, spots: &[Spot], text: &str, other: &str, free: bool) -> Vec<Option<String>> {
        if let ([spot], true) = (spots, free)
            && spot.range == (0..text.len())
            && self.drawn.get(spot.drawn).is_some_and(keep::is_free)
        {
            let value = if spot.code == Code::Base64 { decode(other) } else { Some(other.to_owned()) };
            return vec![value.filter(|value| !value.is_empty() && spot.code.could_be(value))];
        }
        match self.whole(spots, text, other) {
            Some(values) => values.into_iter().map(Some).collect(),
            None => (0..spots.len()).map(|n| self.nearby(spots, n, text, other)).collect(),
        }
    }

    /// The values where the text between them is the same.
    fn whole(&self, spots: &[Spot], text: &str, other: &str) -> Option<Vec<String>> {
        let (mut rest, mut end) = (other, 0);
        let mut values = Vec::new();
        for spot in spots {
            rest = rest.strip_prefix(&text[end..spot.range.start])?;
            let (value, length) = self.value(spot, rest)?;
            values.push(value);
            rest = &rest[length..];
            end = spot.range.end;
        }
        (rest == &text[end..]).then_some(values)
    }

    /// The one value that stands between the same text as the result in its line.
    fn nearby(&self, spots: &[Spot], n: usize, text: &str, other: &str) -> Option<String> {
        let spot = spots.get(n)?;
        let start = n.checked_sub(1).and_then(|before| spots.get(before)).map_or(0, |before| before.range.end);
        let end = spots.get(n + 1).map_or(text.len(), |after| after.range.start);
        let (left, right) = (text.get(start..spot.range.start)?, text.get(spot.range.end..end)?);
        let ((before, begins_line), (after, ends_line)) = (tail(left), head(right));
        // Where another result stands in the line, it does not begin or end here.
        let begins_line = begins_line && (start == 0 || left.contains('\n'));
        let ends_line = ends_line && (end == text.len() || right.contains('\n'));
        if before.trim().len() + after.trim().len() < 3 {
            return None;
        }
        let mut found: Vec<String> = Vec::new();
        for (at, _) in other.match_indices(before) {
            let rest = &other[at + before.len()..];
            let is_after = |rest: &str| match rest.strip_prefix(after) {
                Some(rest) => !ends_line || rest.is_empty() || rest.starts_with('\n'),
                None => false,
            };
            if (!begins_line || at == 0 || other[..at].ends_with('\n'))
                && let Some((value, length)) = self.value(spot, rest)
                && is_after(&rest[length..])
                && !found.contains(&value)
            {
                found.push(value);
            }
        }
        found.pop().filter(|_| found.is_empty())
    }

    /// The value that a text begins with, and how long it is there.
    fn value(&self, spot: &Spot, text: &str) -> Option<(String, usize)> {
        let call = self.drawn.get(spot.drawn)?;
        if spot.code == Code::Base64 {
            let is_digit = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
            let length = text.bytes().take_while(|b| is_digit(b)).count();
            let decoded = decode(&text[..length])?;
            let value = decoded.trim_end_matches('\n');
            return (keep::extent(call, spot.part, value)? == value.len()).then(|| (value.to_owned(), length));
        }
        let length = keep::extent(call, spot.part, text)?;
        let value = &text[..length];
        spot.code.could_be(value).then(|| (value.to_owned(), length))
    }
}

/// The ways in which a result may be written.
fn codes(text: &str) -> Vec<(Code, String)> {
    if text.is_empty() {
        return Vec::new();
    }
    let cases = [(Code::Lower, text.to_lowercase()), (Code::Upper, text.to_uppercase())];
    let cases = cases.into_iter().filter(|(_, other)| other != text);
    let encoded = [text.to_owned(), format!("{text}\n")].map(|text| (Code::Base64, STANDARD.encode(text)));
    [(Code::Plain, text.to_owned())].into_iter().chain(cases).chain(encoded).collect()
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}

/// The end of a text, from the beginning of its last line at most, and whether that is where it begins.
fn tail(text: &str) -> (&str, bool) {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    let start = line.max(text.len().saturating_sub(BEFORE));
    let start = (start..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    (&text[start..], start == line)
}

/// The beginning of a text, to the end of its first line at most, and whether that is where it ends.
fn head(text: &str) -> (&str, bool) {
    let line = text.find('\n').unwrap_or(text.len());
    let marks = text[..line].find(char::is_alphanumeric).filter(|marks| *marks > 0).unwrap_or(line);
    let end = (0..=marks.min(AFTER)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    (&text[..end], end == line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Id;
    use crate::runtime::Runtime;

    fn drawn(function: &'static str, args: &[Runtime], value: &str) -> Drawn {
        let id = Id { template: "t".into(), site: "".into(), function, ordinal: 0 };
        Drawn { id, args: args.to_vec(), value: value.into() }
    }

    /// What another text has where the one has two passwords of eight characters.
    fn captured(text: &str, other: &str) -> Vec<Option<String>> {
        let drawn = [("aaaaAAAA"), ("bbbbBBBB")].map(|value| drawn("randAlphaNum", &[Runtime::int(8)], value));
        let faces = Faces::new(&drawn);
        faces.capture(&faces.spots(text), text, other, false)
    }

    #[test]
    fn values_stand_between_the_same_text() {
        let some = |values: &[&str]| values.iter().map(|value| Some((*value).to_owned())).collect::<Vec<_>>();
        assert_eq!(captured("aaaaAAAA", "xxxxYYYY"), some(&["xxxxYYYY"]));
        assert_eq!(captured("u:aaaaAAAA@h/bbbbBBBB", "u:xxxxYYYY@h/00001111"), some(&["xxxxYYYY", "00001111"]));
        assert_eq!(captured("aaaabbbbBBBBAAAA", "xxxxyyyyYYYYXXXX"), [None::<String>]);
        assert_eq!(captured("AAAAAAAA", "xxxxxxxx"), [None::<String>]);
        assert_eq!(captured("aaaaaaaa", "xxxxyyyy"), some(&["xxxxyyyy"]));
        let encoded = STANDARD.encode("xxxxYYYY");
        assert_eq!(captured(&STANDARD.encode("aaaaAAAA"), &encoded), some(&["xxxxYYYY"]));
    }

    #[test]
    fn values_are_found_by_their_line_where_the_text_has_changed() {
        let text = "a = 1\npassword = aaaaAAAA # kept\nb = 2\n";
        assert_eq!(captured(text, "password = xxxxYYYY # kept\nc = 3\n"), [Some("xxxxYYYY".to_owned())]);
        // Of another length, in another place, twice.
        assert_eq!(captured(text, "password = xxxxYYYYZ # kept\n"), [None]);
        assert_eq!(captured(text, "user = xxxxYYYY # kept\n"), [None]);
        assert_eq!(captured(text, "password = xxxxYYYY # kept\npassword = zzzzYYYY # kept\n"), [None]);
        assert_eq!(captured("1\naaaaAAAA\n", "2\nxxxxYYYY\n"), [None]);
        assert_eq!(captured("https://me:aaaaAAAA@old/x", "https://me:xxxxYYYY@new/y"), [Some("xxxxYYYY".to_owned())]);
        assert_eq!(
            captured("a=aaaaAAAA;password=bbbbBBBB;c=1", "a=11112222;password=xxxxYYYY;c=2;d"),
            [Some("11112222".to_owned()), Some("xxxxYYYY".to_owned())]
        );
        assert_eq!(captured("key=aaaaAAAA\n1", "key=xxxxYYYYZZZZ\n2"), [None]);
    }

    #[test]
    fn what_is_written_beside_another_value_is_part_of_it() {
        let calls = [
            drawn("randAlpha", &[Runtime::int(1)], "x"),
            drawn("randAlphaNum", &[Runtime::int(8)], "aaaaAAAA"),
            drawn("randNumeric", &[Runtime::int(1)], "1"),
        ];
        let faces = Faces::new(&calls);
        let other = |text: &str, other: &str| faces.capture(&faces.spots(text), text, other, true);
        let all = ["y", "bbbbBBBB", "2"].map(|value| Some(value.to_owned()));
        assert_eq!(other("xaaaaAAAA1", "ybbbbBBBB2"), all);
        assert_eq!(other("k=xaaaaAAAA1;", "k=ybbbbBBBB2;"), all);
        assert_eq!(other("xaaaaAAAA1", "ybbbbBBBBz"), [None, None, None]);
    }

    #[test]
    fn what_is_short_may_stand_anywhere_by_chance() {
        let calls =
            [drawn("randNumeric", &[Runtime::int(4)], "8080"), drawn("randAlphaNum", &[Runtime::int(3)], "abc")];
        let faces = Faces::new(&calls);
        assert!(faces.spots("port: 8080, abc").is_empty() && faces.spots("abc").is_empty());
        assert_eq!(faces.spots("8080").len(), 1);
    }
}
