//! What the expressions of a traced template read of the merged values.
//!
//! minijinja's values cannot say where they were written. So each look into a map or list is noted while a template is
//! traced, and a text is known by its address, wherever it goes: into variables, macros, through filters that hand it on.
//! Numbers and truth have no address; they are known where they are looked up.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use minijinja::value::Value as Jinja;

use super::convert::{MapObject, merged, to_value};
use crate::engine::Context;
use crate::value::{Map, Origin, Str, Value};

thread_local! {
    /// Kept aside, since minijinja asks objects for what is in them without saying for whom. One template is traced at a
    /// time on a thread.
    static READS: RefCell<Option<Reads>> = const { RefCell::new(None) };
}

/// A look into a value.
#[derive(Debug)]
enum Read {
    Found(Value),
    /// A key that a map does not have.
    Missed(Arc<Map>, Str, Origin),
}

/// What an expression may have got the value from that it printed.
#[derive(Debug, Default)]
pub(super) struct Printed {
    /// What it read itself.
    pub(super) read: Vec<Value>,
    /// Numbers and truths that are the same, and that a tag or a call read for what is printed within it.
    pub(super) around: Vec<Value>,
}

/// What was read while a template was traced.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// What the expressions that are being printed have read, the innermost last; the first is what tags read.
    open: Vec<Vec<Read>>,
    /// What each expression that was printed had read, by its number.
    printed: Vec<Printed>,
    /// Texts of the merged values, by address.
    texts: HashMap<usize, (Arc<str>, Value), foldhash::fast::RandomState>,
}

/// Notes reads on this thread until it is dropped.
pub(super) struct Noting(());

impl Noting {
    pub(super) fn start() -> Self {
        READS.with(|reads| *reads.borrow_mut() = Some(Reads { open: vec![Vec::new()], ..Reads::default() }));
        Noting(())
    }

    /// What was noted.
    pub(super) fn finish(self) -> Reads {
        READS.with(|reads| reads.borrow_mut().take()).unwrap_or_default()
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        READS.with(|reads| *reads.borrow_mut() = None);
    }
}

impl Reads {
    /// What the expression of a number had read when it was printed.
    pub(super) fn of(&self, number: usize) -> Option<&Printed> {
        self.printed.get(number)
    }

    /// Where the value was written that was looked at last: what a failure is about.
    pub(super) fn last(&self, context: &Context) -> Origin {
        match self.open.last().and_then(|reads| reads.last()) {
            Some(Read::Found(value)) => value.origin(),
            Some(Read::Missed(map, key, origin)) => match context.removed(map, key) {
                Origin::NONE => *origin,
                null => null,
            },
            None => Origin::NONE,
        }
    }

    fn note(&mut self, read: Read) {
        if let Some(open) = self.open.last_mut() {
            open.push(read);
        }
    }

    /// The merged value that a template's value is, where that is known.
    fn value_of(&self, value: &Jinja) -> Option<Value> {
        let text_of = |text: &str| {
            let known = self.texts.get(&text.as_ptr().addr());
            known.filter(|(known, _)| known.len() == text.len()).map(|(_, value)| value.clone())
        };
        merged(value).or_else(|| text_of(value.as_str()?))
    }
}

fn with(note: impl FnOnce(&mut Reads)) {
    READS.with(|reads| reads.borrow_mut().as_mut().map(note));
}

/// A value was found in a map or list.
pub(super) fn found(value: &Value) {
    with(|reads| reads.note(Read::Found(value.clone())));
}

/// A map was asked for a key that it does not have.
pub(super) fn missed(map: &MapObject, key: &str) {
    with(|reads| reads.note(Read::Missed(map.0.clone(), key.into(), map.1)));
}

/// A filter or function was given a value.
pub(super) fn given(value: &Jinja) {
    with(|reads| {
        if let Some(value) = reads.value_of(value) {
            reads.note(Read::Found(value));
        }
    });
}

/// A text of the merged values at an address of its own; nothing where none is asked for.
pub(super) fn text(text: &Str, origin: Origin) -> Option<Jinja> {
    READS.with(|reads| {
        let mut reads = reads.borrow_mut();
        let reads = reads.as_mut().filter(|_| origin != Origin::NONE && !text.is_empty())?;
        let shared: Arc<str> = text.as_str().into();
        let value = Value::Str(text.clone(), origin);
        reads.texts.insert(shared.as_ptr().addr(), (shared.clone(), value));
        Some(Jinja::from(shared))
    })
}

/// An expression is about to be evaluated and printed.
pub(super) fn begin() {
    with(|reads| reads.open.push(Vec::new()));
}

/// An expression's value is about to be printed; its number.
pub(super) fn print(value: &Jinja) -> Option<usize> {
    given(value);
    READS.with(|reads| {
        let mut reads = reads.borrow_mut();
        let reads = reads.as_mut().filter(|reads| reads.open.len() > 1)?;
        let (own, around) = reads.open.split_last_mut()?;
        let read = std::mem::take(own).into_iter().filter_map(|read| match read {
            Read::Found(value) => Some(value),
            Read::Missed(..) => None,
        });
        let around = match to_value(value) {
            plain @ (Value::Num(..) | Value::Bool(..)) => same(around, &plain),
            _ => Vec::new(),
        };
        reads.printed.push(Printed { read: read.collect(), around });
        Some(reads.printed.len() - 1)
    })
}

/// Those among reads that are the same as a value.
fn same(open: &[Vec<Read>], value: &Value) -> Vec<Value> {
    let found = open.iter().flatten().filter_map(|read| match read {
        Read::Found(found) if found == value => Some(found.clone()),
        _ => None,
    });
    found.collect()
}

/// An expression was printed.
pub(super) fn end() {
    with(|reads| drop(reads.open.pop()));
}
