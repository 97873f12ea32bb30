//! Any argument of the `--set` family, over values that are there: it ends, without a panic, in an error that can be
//! shown or in a map, to which it can be applied again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use render::diag::{SourceKind, Sources};
use render::value::{Provenance, Value};
use render::values::{SetFlag, apply_set};

const FLAGS: [SetFlag; 5] = [SetFlag::Set, SetFlag::SetString, SetFlag::SetJson, SetFlag::SetFile, SetFlag::SetLiteral];

fuzz_target!(|input: &[u8]| {
    let Some((first, argument)) = input.split_first() else { return };
    let flag = FLAGS[usize::from(*first) % FLAGS.len()];
    let source = Sources::default().add(flag.name(), SourceKind::Argument, argument).expect("room");
    let mut root = Value::map([
        ("a", Value::map([("b", Value::int(1)), ("c", Value::list([Value::int(1), Value::NULL]))])),
        ("l", Value::list([Value::map([("k", Value::str("v"))]), Value::list([])])),
    ]);
    let mut provenance = Provenance::default();
    for _ in 0..2 {
        let mut files = |path: &str| Ok(path.bytes().rev().collect());
        match apply_set(&mut root, flag, &source, &mut files, &mut provenance) {
            Ok(()) => assert!(root.as_map().is_some()),
            Err(error) => drop(error.diagnostic(&source)),
        }
    }
});
