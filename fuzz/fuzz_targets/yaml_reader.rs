//! Any bytes: the reader ends, without a panic, with the same events by the short cut and without it; what it reads
//! becomes values or an error, the same ones by the streaming merge, whether it forgets or not, and by a merge of whole
//! trees.
#![no_main]

use libfuzzer_sys::fuzz_target;
use render::diag::{SourceKind, Sources};
use render::value::{Provenance, Value};
use render::values::{Layers, overlay};
use render::yaml::{Event, Reader, YamlError, load, load_documents};

fuzz_target!(|input: &[u8]| {
    let (fast, fast_error) = events(Reader::new(input));
    let (full, full_error) = events(Reader::new(input).without_fast_path());
    // The grammar looks a token ahead and may see an error an event earlier.
    assert!(fast.iter().zip(&full).all(|(a, b)| a == b));
    assert_eq!(fast_error, full_error);
    assert!(fast_error.is_some() || fast.len() == full.len());
    for event in &fast {
        assert!(event.start <= event.end && event.end <= input.len());
    }
    if let Ok(source) = Sources::default().add("fuzz", SourceKind::Data, input) {
        let _ = load(&source);
        let documents = load_documents(&source);
        let mut layers = Layers::new();
        let merged = layers.file(&source);
        let mut forgetful = Layers::forgetful();
        let again = forgetful.file(&source);
        let layers = layers.finish().0;
        if !forgetful.lacks() {
            assert_eq!(merged.is_ok(), again.is_ok());
            assert!(merged.is_err() || forgetful.finish().0 == layers);
        }
        // Tags of layers say more than whole trees know.
        if let (Ok(documents), Ok(()), false) = (documents, merged, input.contains(&b'!')) {
            let mut whole = Value::map::<&str>([]);
            for document in documents.into_iter().filter(|document| !document.value.is_null()) {
                overlay(&mut whole, document.value, &mut Provenance::default());
            }
            assert_eq!(layers, whole);
        }
    }
});

fn events(mut reader: Reader<'_>) -> (Vec<Event<'_>>, Option<YamlError>) {
    let mut events = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error)),
        }
    }
}
