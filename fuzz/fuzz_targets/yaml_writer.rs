//! Any value: the writers end without a panic, what they write is read back as what was written, and writing that again
//! gives the same text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use render::diag::{SourceKind, Sources};
use render::value::{Num, Origin, Value};
use render::yaml::{JsonOptions, Numbers, WriteOptions, load, to_flow, to_json, to_yaml};

fuzz_target!(|input: &[u8]| {
    let value = Seed(input).value(6);
    let mut flow = String::new();
    to_flow(&value, &mut flow);
    assert_eq!(exact(&read(&flow)), exact(&value), "{flow}");
    let yaml = to_yaml(&value, &WriteOptions::EXACT).expect("every value is written exactly") + "\n";
    assert_eq!(exact(&read(&yaml)), exact(&value), "{yaml}");
    // What goyaml v3 writes it cannot always read: text that begins with a tab.
    let _ = to_yaml(&value, &WriteOptions::HELM_PRETTY);
    // What goyaml v2 gives up on is an error; a key `<<` it writes without quotes and reads as a merge.
    if let Ok(helm) = to_yaml(&value, &WriteOptions::HELM)
        && !helm.contains("<<")
    {
        let again = to_yaml(&read(&(helm.clone() + "\n")), &WriteOptions::HELM);
        assert_eq!(again.as_ref(), Ok(&helm));
    }
});

/// The value of a text that a writer wrote.
fn read(text: &str) -> Value {
    let source = Sources::default().add("written", SourceKind::Data, text.as_bytes()).expect("room");
    load(&source).unwrap_or_else(|error| panic!("{error:?}: {text}")).value
}

/// The data alone: a float that is an integer is read again as one.
fn exact(value: &Value) -> String {
    to_json(value, &JsonOptions { numbers: Numbers::Exact, ..JsonOptions::HELM }).expect("finite numbers")
}

/// Bytes that decide what a value is.
struct Seed<'a>(&'a [u8]);

impl Seed<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn text(&mut self) -> String {
        let wanted = usize::from(self.byte());
        let (text, rest) = self.0.split_at(wanted.min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn number(&mut self) -> Num {
        let mut bytes = [0; 8];
        bytes.fill_with(|| self.byte());
        match f64::from_le_bytes(bytes) {
            float if bytes[0] & 1 == 1 && float.is_finite() => Num::Float(float),
            _ => Num::Int(i64::from_le_bytes(bytes)),
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.byte() % 8 {
            0 => Value::NULL,
            1 => Value::bool(self.byte() & 1 == 1),
            2 => Value::Num(self.number(), Origin::NONE),
            3 | 4 if depth > 0 => {
                let items = self.byte() % 6;
                Value::list((0..items).map(|_| self.value(depth - 1)).collect::<Vec<_>>())
            }
            5 | 6 if depth > 0 => {
                let entries = self.byte() % 20;
                Value::map((0..entries).map(|_| (self.text(), self.value(depth - 1))).collect::<Vec<_>>())
            }
            _ => Value::str(self.text()),
        }
    }
}
