//! What the expressions of a traced template read of the merged values.
//!
//! minijinja's values cannot say where they were written. So each look into a map or list is noted while a template is
//! traced, and a text is known by its address, wherever it goes: into variables, macros, through filters that hand it on.
//! Numbers and truths have no address. One that is printed, bound to a name, given to a macro or put into a map is that
//! which was read for it, where there is one alone that is the same; what is thus known goes on with the name or map.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use minijinja::Environment;
use minijinja::value::{DynObject, Rest, Value as Jinja, ValueKind};

use super::convert::{MapObject, is_built_in, merged, to_jinja, to_value};
use super::known::{Known, Made, adopt, is_same};
use super::mark::hook;
use super::{print, trace};
use crate::engine::Context;
use crate::value::{Map, Origin, Str, Value};

thread_local! {
    /// Kept aside, since minijinja asks objects for what is in them without saying for whom. One template is traced at a
    /// time on a thread.
    static READS: RefCell<Option<Reads>> = const { RefCell::new(None) };
}

/// Where a value stands in a pair of a key and a value.
const SECOND: &str = "1";

/// The last look into a value: what a failure is about.
#[derive(Debug, Clone)]
enum Look {
    Found(Origin),
    /// A key that a map does not have.
    Missed(Arc<Map>, Str, Origin),
}

/// A value that was found, and the key or number that it was found under.
#[derive(Debug, Clone)]
struct Read {
    key: Option<Str>,
    value: Value,
}

/// An argument, or an entry of what a template makes: which one, and what is known of it.
#[derive(Debug)]
struct Item {
    label: Jinja,
    known: Option<Known>,
}

/// What an expression or a part of it has read.
#[derive(Debug, Default)]
struct Frame {
    is_printed: bool,
    reads: Vec<Read>,
    items: Vec<Item>,
    /// How many reads there were before a loop's first item.
    before: usize,
    /// The namespaces that its value may be.
    names: Vec<Known>,
    last: Option<Look>,
}

/// What was read while a template was traced.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The expressions that are being evaluated, the innermost last; the first is what tags read.
    open: Vec<Frame>,
    /// What is bound to names now.
    bound: Frame,
    /// What each expression that was printed had read, by its number.
    printed: Vec<Vec<Value>>,
    /// Texts of the merged values, by address.
    texts: HashMap<usize, (Arc<str>, Value), foldhash::fast::RandomState>,
}

/// Notes reads on this thread until it is dropped.
pub(super) struct Noting(());

impl Noting {
    pub(super) fn start() -> Self {
        READS.with(|reads| *reads.borrow_mut() = Some(Reads { open: vec![Frame::default()], ..Reads::default() }));
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

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Num(..) | Value::Bool(..))
}

impl Frame {
    fn new(is_printed: bool, companions: &[Jinja], last: Option<Look>) -> Self {
        let mut frame = Frame { is_printed, last, ..Frame::default() };
        for known in companions.iter().filter_map(Known::of) {
            frame.add(known.clone());
        }
        frame
    }

    fn add(&mut self, known: Known) {
        match known {
            Known::Value(value) => self.reads.push(Read { key: None, value }),
            names @ Known::Names(_) => self.names.push(names),
        }
    }

    /// The one merged value that a number, truth or text is. Where its key is known, what has another is not it.
    fn the(&self, value: &Jinja, key: Option<&str>) -> Option<Value> {
        let has_key = |read: &&Read| match (key, read.key.as_deref()) {
            (Some(key), Some(its)) => its == key || its == SECOND,
            _ => true,
        };
        let value = to_value(value);
        let mut same = self.reads.iter().filter(has_key).filter(|read| is_same(&value, &read.value));
        let origin = same.next()?.value.origin();
        let is_sure = origin != Origin::NONE && same.all(|read| read.value.origin() == origin);
        is_sure.then(|| value.with_origin(origin))
    }

    /// What is known of the item with a label, which has this value.
    fn item_of(&self, label: &Jinja, value: &Jinja) -> Option<Known> {
        let known = self.items.iter().rev().find(|item| item.label == *label)?.known.as_ref()?;
        known.is_of(value).then(|| known.clone())
    }
}

impl Reads {
    /// What the expression of a number had read when it was printed.
    pub(super) fn of(&self, number: usize) -> Option<&[Value]> {
        self.printed.get(number).map(Vec::as_slice)
    }

    /// Where the value was written that was looked at last: what a failure is about.
    pub(super) fn last(&self, context: &Context) -> Origin {
        match self.open.last().and_then(|frame| frame.last.as_ref()) {
            Some(Look::Found(origin)) => *origin,
            Some(Look::Missed(map, key, origin)) => match context.removed(map, key) {
                Origin::NONE => *origin,
                null => null,
            },
            None => Origin::NONE,
        }
    }

    fn look(&mut self, look: Look) {
        if let Some(frame) = self.open.last_mut() {
            frame.last = Some(look);
        }
    }

    fn read(&mut self, read: Read) {
        self.look(Look::Found(read.value.origin()));
        if let Some(frame) = self.open.last_mut() {
            frame.reads.push(read);
        }
    }

    /// The merged text that a template's text is.
    fn text_of(&self, value: &Jinja) -> Option<Value> {
        let text = value.as_str()?;
        let (known, value) = self.texts.get(&text.as_ptr().addr())?;
        (known.len() == text.len()).then(|| value.clone())
    }

    /// What is known of a value for which a frame was read.
    fn known(&self, frame: &Frame, value: &Jinja, key: Option<&str>) -> Option<Known> {
        match value.kind() {
            ValueKind::Number | ValueKind::Bool => frame.the(value, key).map(Known::Value),
            ValueKind::String => self.text_of(value).or_else(|| frame.the(value, key)).map(Known::Value),
            ValueKind::Map => match frame.names.as_slice() {
                [names] => Some(names.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    fn add(&mut self, known: Known) {
        if let Some(frame) = self.open.last_mut() {
            frame.add(known);
        }
    }

    /// Closes a part off; what failed last in it is what failed last around it.
    fn close(&mut self) -> Frame {
        let mut frame = self.open.pop().unwrap_or_default();
        if let Some(around) = self.open.last_mut() {
            around.last = frame.last.take();
        }
        frame
    }

    /// Hands on those reads of a part that may be in the value of the whole.
    fn hand_on(&mut self, frame: Frame, is_kept: impl Fn(&Value) -> bool) {
        if let Some(around) = self.open.last_mut() {
            around.reads.extend(frame.reads.into_iter().filter(|read| is_kept(&read.value)));
        }
    }
}

/// Does something with what is noted, where something is; what is read meanwhile is not noted.
fn with<T>(note: impl FnOnce(&mut Reads) -> T) -> Option<T> {
    READS.with(|reads| reads.try_borrow_mut().ok()?.as_mut().map(note))
}

/// A value was found in a map or list, under a key.
pub(super) fn found(value: &Value, key: impl FnOnce() -> Option<Str>) {
    with(|reads| reads.read(Read { key: key(), value: value.clone() }));
}

/// A map was asked for a key that it does not have.
pub(super) fn missed(map: &MapObject, key: &str) {
    with(|reads| reads.look(Look::Missed(map.0.clone(), key.into(), map.1)));
}

/// The merged value that a template's value is, or is made of, where that is known by itself.
pub(super) fn value_of(value: &Jinja) -> Option<Value> {
    match value.kind() {
        ValueKind::String => with(|reads| reads.text_of(value)).flatten(),
        // What a map or list holds may be known, where it is new itself.
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable if !is_built_in(value) => {
            let data = to_value(value);
            Some(trace::strip_data(&data).unwrap_or(data))
        }
        _ => None,
    }
}

/// A filter or function of a traced template was given a value.
pub(super) fn given(value: &Jinja) {
    if let Some(value) = value_of(value) {
        found(&value, || None);
    }
}

/// What a function of a traced template made of what it was given: its numbers are known where it kept them.
pub(super) fn made_of(made: Jinja, given: &[Jinja]) -> Jinja {
    let given: Vec<_> = given.iter().filter(|value| value.kind() == ValueKind::Map).filter_map(value_of).collect();
    match merged(&made) {
        Some(map @ Value::Map(..)) if !given.is_empty() => to_jinja(&adopt(map, &given.iter().collect::<Vec<_>>())),
        _ => made,
    }
}

/// A text of the merged values at an address of its own; nothing where none is asked for.
pub(super) fn text(text: &Str, origin: Origin) -> Option<Jinja> {
    if origin == Origin::NONE || text.is_empty() {
        return None;
    }
    with(|reads| {
        let shared: Arc<str> = text.as_str().into();
        let value = Value::Str(text.clone(), origin);
        reads.texts.insert(shared.as_ptr().addr(), (shared.clone(), value));
        Jinja::from(shared)
    })
}

/// An expression's value is about to be printed; its number.
pub(super) fn print(value: &Jinja) -> Option<usize> {
    given(value);
    with(|reads| {
        let frame = reads.open.last().filter(|frame| frame.is_printed)?;
        let read = match value.kind() {
            ValueKind::Number | ValueKind::Bool => frame.the(value, None).into_iter().collect(),
            _ => frame.reads.iter().map(|read| read.value.clone()).collect(),
        };
        reads.printed.push(read);
        Some(reads.printed.len() - 1)
    })
    .flatten()
}

/// Adds what marked templates call.
pub(super) fn add_hooks(env: &mut Environment<'_>) {
    env.add_function(hook::BEGIN, |companions: Rest<Jinja>| begin(true, &companions));
    env.add_function(hook::AROUND, |companions: Rest<Jinja>| begin(false, &companions));
    env.add_function(hook::END, || with(|reads| drop(reads.open.pop())).unwrap_or_default());
    env.add_function(hook::PART, part);
    env.add_function(hook::QUIET, |_: Jinja, value: Jinja| trace::strip_text(&closed(value, |_, _, _| {})));
    env.add_function(hook::PRINTED, |_: Jinja, value: Jinja| closed(value, |_, _, _| {}));
    env.add_function(hook::PLAIN, |value: Jinja| trace::strip_text(&value));
    env.add_filter(hook::PLAIN, |value: Jinja| trace::strip_text(&value));
    env.add_function(hook::OR, |_: Jinja, value: Jinja| alternative(value, |truth| truth));
    env.add_function(hook::AND, |_: Jinja, value: Jinja| alternative(value, |truth| !truth));
    env.add_function(hook::COMPUTED, |_: Jinja, value: Jinja| closed(value, computed));
    env.add_function(hook::CALLED, |_: Jinja, value: Jinja| closed(value, called));
    env.add_function(hook::ITEM, |_: Jinja, label: Jinja, value: Jinja| {
        closed(value, |reads, frame, value| item(reads, frame, label, value))
    });
    env.add_function(hook::MADE, |_: Jinja, value: Jinja| made(value));
    env.add_function(hook::NAMES, |_: Jinja, value: Jinja| closed(value, names));
    env.add_function(hook::BOUND, bound);
    env.add_function(hook::OF, of);
    env.add_function(hook::OVER, over);
    env.add_function(hook::NEXT, next);
    env.add_function(hook::LOOPED, looped);
    env.add_function(hook::ARG, argument);
    env.add_function(hook::PUT, put);
    env.add_function(hook::ATTR, |companion: Jinja, name: String| {
        Known::to_jinja(Known::of(&companion).and_then(|known| known.attribute(&name)))
    });
}

fn begin(is_printed: bool, companions: &[Jinja]) {
    with(|reads| reads.open.push(Frame::new(is_printed, companions, None)));
}

fn part(companions: Rest<Jinja>) {
    with(|reads| {
        let last = reads.open.last().and_then(|frame| frame.last.clone());
        reads.open.push(Frame::new(false, &companions, last));
    });
}

/// Closes a part whose value is this.
fn closed(value: Jinja, hand_on: impl FnOnce(&mut Reads, Frame, &Jinja)) -> Jinja {
    with(|reads| {
        let frame = reads.close();
        hand_on(reads, frame, &value);
    });
    value
}

/// `a` in `a or b`; what holds nothing but marks is no text.
fn alternative(value: Jinja, is_last: impl Fn(bool) -> bool) -> Jinja {
    let plain = trace::strip_text(&value);
    let value = if plain.is_true() { value } else { plain };
    closed(value, |reads, frame, value| passed(reads, frame, is_last(value.is_true())))
}

/// What is the value of the whole, or is passed over.
fn passed(reads: &mut Reads, mut frame: Frame, is_value: bool) {
    if is_value {
        let names = std::mem::take(&mut frame.names);
        names.into_iter().for_each(|names| reads.add(names));
        reads.hand_on(frame, |_| true);
    }
}

/// What an operator made is no number that was read; a list may hold what its operands hold.
fn computed(reads: &mut Reads, frame: Frame, value: &Jinja) {
    if !matches!(value.kind(), ValueKind::Number | ValueKind::Bool) {
        reads.hand_on(frame, |read| !is_scalar(read));
    }
}

/// What a function made is no number that it was given, but may be the text of one.
fn called(reads: &mut Reads, mut frame: Frame, value: &Jinja) {
    let items = std::mem::take(&mut frame.items);
    items.into_iter().filter_map(|item| item.known).for_each(|known| frame.add(known));
    match value.kind() {
        ValueKind::Number | ValueKind::Bool => {}
        ValueKind::String => reads.hand_on(frame, |_| true),
        _ => reads.hand_on(frame, |read| !is_scalar(read)),
    }
}

fn item(reads: &mut Reads, frame: Frame, label: Jinja, value: &Jinja) {
    let known = reads.known(&frame, value, None);
    // What a text may be made of.
    reads.hand_on(frame, |read| matches!(read, Value::Map(..) | Value::List(..)));
    if let Some(around) = reads.open.last_mut() {
        around.items.push(Item { label, known });
    }
}

/// A map or list of the items that were noted, which are told apart by their names or their order.
fn made(value: Jinja) -> Jinja {
    let Some(frame) = with(Reads::close) else { return value };
    let pairs = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
    let known = pairs.enumerate().filter_map(|(n, (key, entry))| {
        let by_name = || key.as_str().and_then(|_| frame.item_of(&key, &entry));
        match frame.item_of(&Jinja::from(n), &entry).or_else(by_name) {
            Some(Known::Value(known)) => Some((key, known)),
            _ => None,
        }
    });
    let known = known.collect();
    Made::wrap(value, known)
}

fn names(reads: &mut Reads, frame: Frame, _: &Jinja) {
    let attributes = frame.items.into_iter().filter_map(|item| Some((item.label.as_str()?.to_owned(), item.known?)));
    let names = Known::names(attributes);
    reads.add(names);
}

fn companion(known: impl FnOnce(&Reads) -> Option<Known>) -> Jinja {
    Known::to_jinja(with(|reads| known(reads)).flatten())
}

/// What is bound to a name. A list that a filter made knows from here on which numbers are in it.
fn bound(_: Jinja, value: Jinja) -> Jinja {
    let Some(frame) = with(Reads::close) else { return value };
    let is_plain = value.kind() == ValueKind::Seq && !value.is_tuple() && merged(&value).is_none();
    let items = is_plain.then(|| value.try_iter().into_iter().flatten().enumerate());
    let known = items.into_iter().flatten().filter_map(|(n, item)| Some((Jinja::from(n), frame.the(&item, None)?)));
    let known = known.collect();
    with(|reads| reads.bound = frame);
    Made::wrap(value, known)
}

/// The companion of a name; of one of several, by its place among the values.
fn of(value: Jinja, place: Option<usize>) -> Jinja {
    companion(|reads| match place {
        Some(place) => reads.bound.item_of(&Jinja::from(place), &value),
        None => reads.known(&reads.bound, &value, None),
    })
}

/// What a loop goes over: what is read from here on is its items.
fn over(value: Jinja) -> Jinja {
    with(|reads| reads.open.last_mut().map(|frame| frame.before = frame.reads.len()));
    value
}

/// What was read for an item is not read for the next one.
fn next() {
    with(|reads| reads.open.last_mut().map(|frame| frame.reads.truncate(frame.before)));
}

/// The companion of a loop's item, of which the key or number may be known.
fn looped(value: Jinja, key: Option<Jinja>) -> Jinja {
    let key = key.filter(|key| !key.is_undefined()).map(|key| print::to_text(&key));
    companion(|reads| reads.known(reads.open.last()?, &value, key.as_deref()))
}

/// The companion of an argument, by its place or by its name.
fn argument(value: Jinja, place: usize, name: Jinja) -> Jinja {
    companion(|reads| {
        let frame = reads.open.last()?;
        frame.item_of(&name, &value).or_else(|| frame.item_of(&Jinja::from(place), &value))
    })
}

fn put(namespace: Jinja, name: String, value: Jinja) {
    let known = with(|reads| reads.known(&reads.bound, &value, None)).flatten();
    if let Some(namespace) = Known::of(&namespace) {
        namespace.put(&name, known);
    }
}
