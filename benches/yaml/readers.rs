//! What reads YAML, here and elsewhere.

use std::hint::black_box;
use std::mem::MaybeUninit;

use render::diag::{SourceKind, Sources};
use render::values::Layers;
use render::yaml::{EventKind, Reader};

/// Reads a text; how many events there were, where they can be counted.
type Read = fn(&[u8]) -> usize;

/// Those that yield events, ours first.
pub const EVENTS: [(&str, Read); 4] =
    [("render", events), ("render, no fast path", grammar), ("unsafe-libyaml", libyaml), ("saphyr-parser", saphyr)];

/// Those that build a tree, ours first: merged, with the origin of each node.
pub const TREES: [(&str, Read); 2] = [("render, merged", merge), ("serde_yaml Value", serde)];

/// The one with a name.
pub fn find(name: &str) -> Option<Read> {
    EVENTS.iter().chain(&TREES).find(|(known, _)| *known == name).map(|(_, read)| *read)
}

fn events(text: &[u8]) -> usize {
    count(Reader::new(text))
}

fn grammar(text: &[u8]) -> usize {
    count(Reader::new(text).without_fast_path())
}

fn count(mut reader: Reader<'_>) -> usize {
    let (mut events, mut bytes) = (0, 0);
    while reader.advance().expect("YAML") {
        events += 1;
        if let EventKind::Scalar { text, .. } = &reader.current().kind {
            bytes += text.len();
        }
    }
    black_box(bytes);
    events
}

fn libyaml(text: &[u8]) -> usize {
    let mut parser = MaybeUninit::uninit();
    let parser = parser.as_mut_ptr();
    let (mut events, mut bytes) = (0, 0);
    // SAFETY: the parser is initialised before it is used and deleted after, and so is each event; the input outlives
    // the parser; the length is read of events that are scalars.
    unsafe {
        assert!(unsafe_libyaml::yaml_parser_initialize(parser).ok);
        unsafe_libyaml::yaml_parser_set_encoding(parser, unsafe_libyaml::YAML_UTF8_ENCODING);
        unsafe_libyaml::yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        loop {
            let mut event = MaybeUninit::uninit();
            let event = event.as_mut_ptr();
            assert!(unsafe_libyaml::yaml_parser_parse(parser, event).ok);
            events += 1;
            let kind = (*event).type_;
            if kind == unsafe_libyaml::YAML_SCALAR_EVENT {
                bytes += (*event).data.scalar.length;
            }
            unsafe_libyaml::yaml_event_delete(event);
            if kind == unsafe_libyaml::YAML_STREAM_END_EVENT {
                break;
            }
        }
        unsafe_libyaml::yaml_parser_delete(parser);
    }
    black_box(bytes);
    events
}

fn saphyr(text: &[u8]) -> usize {
    let text = std::str::from_utf8(text).expect("UTF-8");
    let (mut events, mut bytes) = (0, 0);
    for event in saphyr_parser::Parser::new_from_str(text) {
        events += 1;
        if let saphyr_parser::Event::Scalar(text, ..) = event.expect("YAML").0 {
            bytes += text.len();
        }
    }
    black_box(bytes);
    events
}

fn merge(text: &[u8]) -> usize {
    let source = Sources::default().add("values.yaml", SourceKind::Data, text).expect("room");
    let mut layers = Layers::new();
    layers.file(&source).expect("values");
    black_box(layers.finish());
    0
}

fn serde(text: &[u8]) -> usize {
    black_box(serde_yaml::from_slice::<serde_yaml::Value>(text).expect("YAML"));
    0
}
