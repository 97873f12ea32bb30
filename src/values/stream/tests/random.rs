//! Random bases and overlays: the output means what the layers mean.

use proptest::prelude::*;

use super::{layered, merge, merged};
use crate::values::stream::StreamOptions;

/// Random numbers, the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

const KEYS: [&str; 9] = ["a", "b", "c", "d", "0x1", "on", "'q k'", "\"b\"", "a"];
const SCALARS: [&str; 14] =
    ["1", "x y", "'q'", "\"d\\n\"", "~", "true", "0x1F", "1.5", "!!str 2", "''", "h:p", "x#y", "2001-01-01", "é"];
const COMMENTS: [&str; 5] = ["", "", "", " # c", "  # it's: {a"];

/// Writes a base.
struct Writer {
    random: Random,
    out: String,
    /// The anchors of scalars, lists and maps so far.
    anchors: [Vec<String>; 3],
    step: usize,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let step = 1 + random.below(4) as usize;
        Writer { random, out: String::new(), anchors: Default::default(), step }
    }

    fn file(mut self) -> String {
        if self.random.one_in(20) {
            self.out.push('\u{FEFF}');
        }
        loop {
            self.filler(0);
            match self.random.below(12) {
                0 => {}
                1 => self.out.push_str("~\n"),
                2 | 3 => {
                    let text = self.flow_map(3);
                    self.out += &text;
                    self.end_line();
                }
                _ => {
                    let column = if self.random.one_in(10) { 2 } else { 0 };
                    self.map(column, 3);
                }
            }
            if self.random.one_in(15) {
                self.out.push_str("...\n");
            }
            if !self.random.one_in(3) {
                break;
            }
            self.anchors = Default::default();
            self.out.push_str("---");
            self.end_line();
        }
        self.filler(0);
        if self.random.one_in(4) {
            self.out.pop();
        }
        if self.random.one_in(6) { self.out.replace('\n', "\r\n") } else { self.out }
    }

    fn pad(&mut self, column: usize) {
        self.out.push_str(&" ".repeat(column));
    }

    fn end_line(&mut self) {
        let comment = self.random.pick(&COMMENTS);
        self.out.push_str(comment);
        self.out.push('\n');
    }

    fn filler(&mut self, column: usize) {
        match self.random.below(8) {
            0 => self.out.push('\n'),
            1 => {
                self.pad(column);
                self.out.push_str("# about: [\n");
            }
            _ => {}
        }
    }

    fn known(&mut self, kinds: &[usize]) -> Option<String> {
        let names: Vec<&String> = kinds.iter().flat_map(|kind| &self.anchors[*kind]).collect();
        let count = names.len() as u64;
        (count > 0).then(|| names[self.random.below(count.max(1)) as usize].clone())
    }

    /// `&name `, sometimes; the name means a node of a kind once that has ended.
    fn anchor(&mut self) -> Option<String> {
        self.random.one_in(5).then(|| self.random.pick(&["x", "w", "z", "x1"]).to_owned())
    }

    fn define(&mut self, name: Option<String>, kind: usize) {
        if let Some(name) = name {
            self.anchors.iter_mut().for_each(|names| names.retain(|known| *known != name));
            self.anchors[kind].push(name);
        }
    }

    fn map(&mut self, column: usize, depth: usize) {
        for _ in 0..1 + self.random.below(4) {
            self.filler(column);
            self.pad(column);
            if self.random.one_in(6)
                && let Some(name) = self.known(&[2])
            {
                self.out += &match self.random.one_in(3) {
                    true => format!("<<: [{{c: 9}}, *{name}]"),
                    false => format!("<<: *{name}"),
                };
                self.end_line();
                continue;
            }
            let key = self.random.pick(&KEYS);
            match self.random.below(14) {
                0 => {
                    self.out += &format!("? {key}");
                    self.end_line();
                    self.filler(column);
                    self.pad(column);
                }
                1 => match self.known(&[0]) {
                    Some(name) => self.out += &format!("*{name} "),
                    None => self.out += key,
                },
                _ => self.out += key,
            }
            self.out.push(':');
            self.value(column, depth);
        }
    }

    fn value(&mut self, column: usize, depth: usize) {
        let choice = self.random.below(if depth == 0 { 7 } else { 12 });
        let anchor = self.anchor();
        let written = anchor.as_ref().map(|name| format!(" &{name}")).unwrap_or_default();
        let inner = column + self.step;
        match choice {
            0 => {
                self.out += &written;
                self.end_line();
                self.define(anchor, 0);
            }
            1 => {
                if let Some(name) = self.known(&[0, 1, 2]) {
                    self.out += &format!(" *{name}");
                }
                self.end_line();
            }
            2 => {
                let header = self.random.pick(&["|", ">", "|-", "|+", ">+"]);
                self.out += &format!("{written} {header}");
                self.end_line();
                for line in ["t # no\n", "\n", "u: v\n"].into_iter().take(1 + self.random.below(3) as usize) {
                    if line.len() > 1 {
                        self.pad(inner);
                    }
                    self.out += line;
                }
                self.define(anchor, 0);
            }
            3 | 4 => {
                let text = if self.random.one_in(2) { self.flow_map(depth) } else { self.flow_list(depth) };
                let kind = if text.starts_with('{') { 2 } else { 1 };
                self.out += &format!("{written} {text}");
                self.end_line();
                self.define(anchor, kind);
            }
            5 | 6 => {
                let scalar = self.random.pick(&SCALARS);
                self.out += &format!("{written} {scalar}");
                self.end_line();
                self.define(anchor, 0);
            }
            7 | 8 => {
                let dash = if self.random.one_in(2) { column } else { inner };
                self.out += &written;
                self.end_line();
                for _ in 0..1 + self.random.below(3) {
                    self.filler(dash);
                    self.pad(dash);
                    self.out.push('-');
                    self.value(dash, depth - 1);
                }
                self.define(anchor, 1);
            }
            _ => {
                self.out += &written;
                self.end_line();
                self.map(inner, depth - 1);
                self.define(anchor, 2);
            }
        }
    }

    fn flow_map(&mut self, depth: usize) -> String {
        let mut text = "{".to_owned();
        let gap = self.gap();
        for n in 0..self.random.below(4) {
            if n > 0 {
                text.push(',');
            }
            text += &gap;
            text += self.random.pick(&KEYS);
            match self.random.below(8) {
                0 => {}
                1 => text += " : ",
                _ => text += &format!(": {}", self.flow(depth)),
            }
        }
        if text.len() > 1 && self.random.one_in(6) {
            text.push(',');
        }
        text + &gap + "}"
    }

    fn flow_list(&mut self, depth: usize) -> String {
        let items: Vec<String> = (0..self.random.below(3)).map(|_| self.flow(depth)).collect();
        format!("[{}{}]", items.join(", "), self.gap())
    }

    fn gap(&mut self) -> String {
        self.random.pick(&["", "", " ", "\n        ", " # c\n        "]).to_owned()
    }

    fn flow(&mut self, depth: usize) -> String {
        if self.random.one_in(8)
            && let Some(name) = self.known(&[0, 1, 2])
        {
            return format!("*{name}");
        }
        let anchor = self.anchor();
        let (text, kind) = match self.random.below(if depth == 0 { 1 } else { 3 }) {
            0 => (self.random.pick(&SCALARS).to_owned(), 0),
            1 => (self.flow_list(depth - 1), 1),
            _ => (self.flow_map(depth - 1), 2),
        };
        let text = match &anchor {
            Some(name) => format!("&{name} {text}"),
            None => text,
        };
        self.define(anchor, kind);
        text
    }
}

const TAGGED: [&str; 9] = [
    "!append [7, {a: 1}]",
    "!append []",
    "!prepend [x, !replace {b: 1}]",
    "!merge:a [{a: 1, b: 2}, {a: x y, b: !append [y]}]",
    "!merge:b [{b: q, a: !delete {}}, {b: 1, c: !replace {d: 1}}]",
    "!replace {c: 1}",
    "!replace {}",
    "!delete {}",
    "[{a: 1, b: !delete {}}]",
];

/// Writes an overlay.
fn overlay(random: &mut Random, depth: usize) -> String {
    let entry = |random: &mut Random| {
        let key = random.pick(&KEYS);
        let value = match random.below(if depth == 0 { 4 } else { 8 }) {
            0 => random.pick(&SCALARS).to_owned(),
            1 => random.pick(&["null", "[]", "{}", "[3, {a: 1, b: [x]}]"]).to_owned(),
            2 => random.pick(&TAGGED).to_owned(),
            3 => random.pick(&["\"p\\nq\\n\"", "\"p\\n\"", "\" p\\n\\n\"", "'#'", "'- x'"]).to_owned(),
            _ => overlay(random, depth - 1),
        };
        format!("{key}: {value}")
    };
    let entries: Vec<String> = (0..random.below(3)).map(|_| entry(random)).collect();
    format!("{{{}}}", entries.join(", "))
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(1500), failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn output_means_what_the_layers_mean(seed in any::<u64>()) {
        let base = Writer::new(seed).file();
        let mut random = Random(!seed);
        let overlays: Vec<String> = (0..1 + random.below(3)).map(|_| overlay(&mut random, 3)).collect();
        let overlays: Vec<&str> = overlays.iter().map(String::as_str).collect();
        match layered(&[&base]) {
            Some(_) => drop(merged(&base, &overlays)),
            None => prop_assert!(merge(&base, &overlays, StreamOptions::default()).is_err(), "{base}"),
        }
    }
}

/// Most bases are good ones, or the test above would test little.
#[test]
fn most_random_bases_are_good() {
    let good = (0..200).filter(|seed| layered(&[&Writer::new(*seed).file()]).is_some()).count();
    assert!(good > 120, "{good} of 200");
}
