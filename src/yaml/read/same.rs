//! The short cut changes nothing.

use proptest::prelude::*;

use super::super::{EventKind, Style};
use super::*;

/// Events with what went wrong after them.
fn read<'a>(mut reader: Reader<'a>) -> (Vec<Event<'a>>, Option<YamlError>) {
    let mut events = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error)),
        }
    }
}

/// The same, read by lines wherever that can be.
fn read_lines<'a>(mut reader: Reader<'a>) -> (Vec<Event<'a>>, Option<YamlError>) {
    let mut events = Vec::new();
    let plain = |text, start| Quick { text, style: Style::Plain, start }.event();
    loop {
        match reader.plain_line() {
            Some(Line::Entry { key, at, value }) => {
                events.extend([plain(key, at), value.event()]);
                continue;
            }
            Some(Line::Empty { key, at, list }) => {
                let (begin, end) = match list {
                    true => (EventKind::SequenceStart { flow: true, props: None }, EventKind::SequenceEnd),
                    false => (EventKind::MappingStart { flow: true, props: None }, EventKind::MappingEnd),
                };
                let start = reader.key.end_at(at) + 1;
                events.push(plain(key, at));
                events.push(Event { kind: begin, start, end: start + 1 });
                events.push(Event { kind: end, start: start + 1, end: start + 2 });
                continue;
            }
            Some(Line::Opens { key, at }) => {
                events.extend([plain(key, at), reader.current().clone()]);
                continue;
            }
            Some(Line::End) => {
                let at = reader.scan.pos;
                events.push(Event { kind: EventKind::MappingEnd, start: at, end: at });
                continue;
            }
            None => {}
        }
        match reader.next() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error)),
        }
    }
}

fn same(text: &[u8]) -> Result<(), String> {
    let full = read(Reader::new(text).without_fast_path());
    same_events(read(Reader::new(text)), &full)?;
    same_events(read_lines(Reader::new(text)), &full).map_err(|differs| format!("by lines: {differs}"))
}

fn same_events(
    (fast, fast_error): (Vec<Event<'_>>, Option<YamlError>),
    (full, full_error): &(Vec<Event<'_>>, Option<YamlError>),
) -> Result<(), String> {
    // The grammar looks a token ahead and may see an error an event earlier.
    let together = fast.iter().zip(full).position(|(a, b)| a != b);
    if let Some(at) = together {
        return Err(format!("event {at}: {:?} but {:?}", fast.get(at), full.get(at)));
    }
    if fast_error != *full_error {
        return Err(format!("{fast_error:?} but {full_error:?}"));
    }
    if fast_error.is_none() && fast.len() != full.len() {
        return Err(format!("{} events but {}", fast.len(), full.len()));
    }
    Ok(())
}

/// Text that looks like YAML, and often is.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,12}",
        Just("k".to_owned()),
        "[a-z]{1,3}[:#-][a-z]{1,3}",
        Just("'q r'".into()),
        Just("\"d\\n\"".into()),
        Just("\"d: e\"".into()),
        Just("ä ö".into()),
        Just("[]".into()),
        Just("{}".into()),
        Just("[a, b: c]".into()),
        Just("{a: b, c}".into()),
        Just("&x y".into()),
        Just("*x".into()),
        Just("!t z".into()),
        Just("-1".into()),
        Just("...".into()),
        Just("|".into()),
        Just(">+2".into()),
        Just("\"".into()),
        Just("'".into()),
        Just("@".into()),
        Just(",".into()),
        Just("]".into()),
        Just("? x".into()),
        Just("\u{2028}".into()),
        Just("".into()),
    ];
    let lead = prop_oneof![
        5 => Just(""), 2 => Just("- "), 1 => Just("- - "), 1 => Just("-   "), 1 => Just("? "), 1 => Just(": "), 1 => Just("-")
    ];
    let tail = prop_oneof![
        8 => Just("\n"), 1 => Just("\r\n"), 1 => Just(" # c\n"), 1 => Just("  \n"), 1 => Just("\t\n"), 1 => Just("\n\n"),
        1 => Just("# c\n"), 1 => Just("\n# c\n"), 1 => Just("\n---\n"), 1 => Just("\n...\n"), 1 => Just("\n  \n"), 1 => Just("\r"),
        1 => Just(""), 1 => Just("\n%YAML 1.1\n"), 1 => Just("\n \t\n"),
    ];
    let value =
        (word.clone(), prop_oneof![8 => Just(""), 1 => Just(" |\n     t\n      u\n"), 1 => Just(" >-\n     t\n")]);
    let colon = prop_oneof![8 => Just(": "), 3 => Just(":"), 1 => Just(" : "), 1 => Just(":\t"), 3 => Just(""), 1 => Just("  ")];
    let line = (0usize..5, lead, word, colon, value, tail);
    proptest::collection::vec(line, 0..14).prop_map(|lines| {
        let mut text = String::new();
        let mut indent = 0usize;
        for (step, lead, word, colon, (value, block), tail) in lines {
            // Mostly deeper by two, the same, or back.
            indent = match step {
                0 => 0,
                1 => indent + 2,
                2 => indent.saturating_sub(2),
                _ => indent,
            };
            text.extend([&" ".repeat(indent + usize::from(lead.len() == 4)), lead, &word, colon, &value, block, tail]);
        }
        text
    })
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(4000), failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn on_lines_of_yaml(text in text()) {
        prop_assert_eq!(same(text.as_bytes()), Ok(()));
    }

    #[test]
    fn on_soup(text in "([a-c]|[ :#\n-]|- |: |\n  |\n|'|\"|[\\[\\]{},]|[&*!|>%?@`\t\r]|\\PC|---|[.]{3}|é){0,40}") {
        prop_assert_eq!(same(text.as_bytes()), Ok(()));
    }

    #[test]
    fn on_bytes(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(same(&text), Ok(()));
    }
}

#[test]
fn on_every_measured_file() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../tests/fixtures/yaml-cases.json")).unwrap();
    for case in cases {
        let text: Vec<u8> = case["input"].as_str().unwrap().chars().map(|c| c as u8).collect();
        assert_eq!(same(&text), Ok(()), "{}", case["input"]);
    }
}
