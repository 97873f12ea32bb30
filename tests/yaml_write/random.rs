//! Random data with everything in it that writers of YAML get wrong.

use render::value::{Map, Num, Origin, Str, Value};

use crate::common::Random;

const PIECES: &[&str] = &[
    " ", " ", "  ", "\n", "\n", "\n\n", " \n", "\n ", "\t", ":", ": ", "#", " #", "-", "- ", "?", "? ", ",", "[", "]",
    "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`", "\\", "/", "=", "<", "<<", ">", "~", ".", "...",
    "---", "0", "1", "9", "a", "b", "z", "A", "é", "ß", "字", "😀", "\u{a0}", "\u{2028}", "\u{2029}", "\u{ad}",
    "\u{e000}", "\u{fffd}", "yes", "no", "null", "true", "on", "y", "n", "key", "value", "nginx", "x", "\\n", "$",
    "word", "it's", "a b", "1.5", "\u{301}", "٣", "Ⅷ", "½",
];

const RARE: &[&str] = &[
    "\u{85}",
    "\u{85}",
    "\u{85}\u{85}",
    " \u{85}",
    "\u{85} ",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\r",
    "\r\n",
    "\0",
    "\x07",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x1f",
    "\x7f",
    "\u{80}",
    "\u{9f}",
    "\u{10ffff}",
    "\u{1f680}",
    "\u{ef00}",
];

const WORDS: &[&str] = &[
    "y", "Y", "yes", "Yes", "YES", "yEs", "n", "No", "NO", "on", "On", "oN", "off", "OFF", "true", "True", "TRUE",
    "tRue", "false", "False", "null", "Null", "NULL", "nULL", "~", "~~", ".inf", ".Inf", ".INF", "+.inf", "-.Inf",
    "-.INF", ".nan", ".NaN", ".NAN", "+.nan", ".iNf", "inf", "nan", "NaN", "Infinity", "<<", "=", "", "-", "--", "+",
    ".", "..", "?", ":", "0x", "0o", "0b", "0_", "_0", "_", "e", "1e", "0e0", "-0", "+0", "-0.0", "00", "0.", ".0",
];

/// Any value.
pub fn value(random: &mut Random) -> Value {
    match random.below(10) {
        0..=4 => Value::str(text(random)),
        5 => number(random),
        _ => nested(random, 4),
    }
}

fn nested(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 4 } else { 10 }) {
        0 => number(random),
        1 if random.one_in(2) => Value::NULL,
        1 => Value::bool(random.one_in(2)),
        2..=3 => Value::str(text(random)),
        4..=6 => {
            let len = random.below(5);
            Value::list((0..len).map(|_| nested(random, depth - 1)).collect::<Vec<_>>())
        }
        _ => map(random, depth),
    }
}

/// Two keys may be anything; more have numbers only at their ends, since elsewhere Go's order contradicts itself
/// (`a1b < a2 < a12 < a1b`) and what it prints depends on chance.
fn map(random: &mut Random, depth: usize) -> Value {
    let most = if random.one_in(10) { 40 } else { 6 };
    let len = random.below(most);
    let mut map = Map::new();
    while map.len() < len {
        let key = if len <= 2 { any_key(random) } else { orderly_key(random) };
        map.insert(Str::from(key), nested(random, depth - 1));
    }
    Value::Map(map.into(), Origin::NONE)
}

fn number(random: &mut Random) -> Value {
    let int = |random: &mut Random| {
        let n = random.next() >> random.below(64);
        if n > i64::MAX as u64 { Num::Uint(n) } else { Num::Int(if random.one_in(2) { n as i64 } else { -(n as i64) }) }
    };
    let float = |random: &mut Random| match random.below(4) {
        0 => f64::from_bits(random.next()),
        1 => 10f64.powi(random.below(60) as i32 - 30),
        2 => random.below(1_000_000_000) as f64 / 10f64.powi(random.below(15) as i32),
        _ => (random.next() >> random.below(64)) as f64 * if random.one_in(2) { 1.0 } else { -1.0 },
    };
    let num = if random.one_in(2) { int(random) } else { Num::Float(float(random)) };
    Value::Num(if num.as_f64().is_finite() { num } else { Num::Float(-0.0) }, Origin::NONE)
}

/// Any text.
pub fn text(random: &mut Random) -> String {
    match random.below(12) {
        0..=3 => pieces(random, 8, 40),
        4 => pieces(random, 3, 4),
        5 => random.pick(WORDS).into(),
        6 => number_like(random),
        7 => date_like(random),
        8 => base_60_like(random),
        9 => long(random),
        10 => lines(random),
        _ => pieces(random, 4, 1000),
    }
}

/// Up to `most` pieces, one of `rarity` a rare one.
fn pieces(random: &mut Random, most: usize, rarity: usize) -> String {
    let len = random.below(most) + 1;
    (0..len).map(|_| if random.one_in(rarity) { random.pick(RARE) } else { random.pick(PIECES) }).collect()
}

fn number_like(random: &mut Random) -> String {
    let digits = |random: &mut Random, set: &str, most: usize| -> String {
        let len = random.below(most) + 1;
        (0..len).map(|_| char::from(set.as_bytes()[random.below(set.len())])).collect()
    };
    match random.below(6) {
        0 => digits(random, "0123456789+-._eExXoObBaAfF:TtZ ,", 8),
        1 => random.pick(&["", "+", "-"]).to_owned() + &digits(random, "0123456789_", 22),
        2 => {
            let prefix = random
                .pick(&["0x", "0X", "-0x", "+0x", "0o", "0O", "-0o", "0b", "0B", "-0b", "0b-", "0o-", "0b+", "0"]);
            let set = random.pick(&["01", "01", "01234567", "0123456789abcdefABCDEF_"]);
            let most = if random.one_in(3) { 70 } else { 10 };
            prefix.to_owned() + &digits(random, set, most)
        }
        3 => {
            let sign = random.pick(&["", "+", "-", "."]);
            let exponent = random.pick(&["", "e5", "E-3", "e+10", "e400", "e-400", "e", "e+", "e_5", "e1_0"]);
            let whole = digits(random, "0123456789_", 5);
            format!(
                "{sign}{whole}{}{}{exponent}",
                random.pick(&["", "."]),
                random.pick(&["", "5", "25", "5_", "5_5", "_5"])
            )
        }
        4 => format!(
            "{}{}",
            digits(random, "0123456789", 3),
            random.pick(&["Gi", "m", "%", "-", " ", ".0.0", "e", "s", "px"])
        ),
        _ => digits(random, "0123456789.", 6),
    }
}

fn date_like(random: &mut Random) -> String {
    let two = |random: &mut Random, most: usize| match random.below(3) {
        0 => format!("{:02}", random.below(most)),
        1 => random.below(most).to_string(),
        _ => random.pick(&["0", "00", "01", "12", "13", "23", "24", "28", "29", "30", "31", "32", "59", "60"]).into(),
    };
    let year = random.pick(&["2000", "2001", "2004", "1900", "0000", "9999", "200", "20010", "2024"]);
    let mut date = format!("{year}-{}-{}", two(random, 14), two(random, 33));
    if random.one_in(3) {
        return date;
    }
    date += random.pick(&["T", "t", " ", "  ", "T ", "_", "\t"]);
    date += &format!("{}:{}", two(random, 26), two(random, 62));
    date += &random.pick(&[":", ":", ":", ""]).replace(':', &format!(":{}", two(random, 62)));
    date += random.pick(&["", "", ".5", ".123456789012", ",5", ".", ".x"]);
    date += random.pick(&["", "Z", "z", "+00:00", "-05:30", "+24:60", "+25:00", "+00:61", "+0:00", " Z", "+0000", " "]);
    date
}

fn base_60_like(random: &mut Random) -> String {
    let mut text = random.pick(&["", "+", "-"]).to_owned() + random.pick(&["1", "12", "0", "1_0", "_1", "190"]);
    for _ in 0..=random.below(3) {
        text += random.pick(&[":0", ":59", ":60", ":5", ":05", ":", ":5_"]);
    }
    text + random.pick(&["", "", ".", ".5", "._5", ".x", ".5.5"])
}

/// Words up to and beyond the width at which lines break.
fn long(random: &mut Random) -> String {
    let mut text = if random.one_in(4) { random.pick(PIECES).to_owned() } else { String::new() };
    let width = 60 + random.below(240);
    while text.len() < width {
        let longest = if random.one_in(5) { 100 } else { 12 };
        let word = 1 + random.below(longest);
        match random.below(30) {
            0 => text += random.pick(PIECES),
            1 if random.one_in(8) => text += random.pick(RARE),
            2 => text += &"é".repeat(word),
            _ => text += &"w".repeat(word),
        }
        text += random.pick(&[" ", " ", " ", " ", " ", "  ", "   ", "' ", " '", "\u{a0}"]);
    }
    if random.one_in(3) { text } else { text.trim_end().to_owned() }
}

fn lines(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(5) {
        text += random.pick(&["", "", " ", "  ", "\t", "#", "- "]);
        text += random.pick(&["line", "", "key: value", "a  b", "é", "字", "\u{2028}", "end ", "x\ty"]);
        text += random.pick(&["\n", "\n", "\n", "\n\n", ""]);
    }
    text
}

fn any_key(random: &mut Random) -> String {
    match random.below(12) {
        0..=4 => ordered_key(random),
        5 => "k".repeat(120 + random.below(20)),
        6 if random.one_in(4) => random.pick(&["k", "é", "<", "\"", "😀", "\u{1}"]).repeat(165 + random.below(10)),
        6 if random.one_in(2) => random.pick(&["k", "é", "字"]).repeat(1015 + random.below(12)),
        _ => text(random),
    }
}

fn orderly_key(random: &mut Random) -> String {
    if random.one_in(3) {
        let number = random.below(200);
        return format!("{}{number}", random.pick(&["", "a", "key", "k-", "k-é"]));
    }
    let key = if random.one_in(3) { text(random) } else { ordered_key(random) };
    key.chars().filter(|c| !render::value::is_digit(*c)).collect()
}

/// Keys that differ late, in letters, digits and signs.
fn ordered_key(random: &mut Random) -> String {
    let mut key = random.pick(&["", "a", "k", "key"]).to_owned();
    for _ in 0..random.below(5) {
        match random.below(8) {
            0..=2 => key += random.pick(&["0", "0", "1", "2", "7", "10"]),
            3..=4 => key += random.pick(&["a", "b", "B", "é", "字"]),
            5..=6 => key += random.pick(&["-", "_", ".", "/"]),
            _ => key += random.pick(&["٣", "९", "Ⅷ", "ª", "😀", "\u{301}", "𝟘"]),
        }
    }
    key
}
