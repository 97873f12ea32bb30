//! One assignment carried out on the tree, with Helm's effects.
//!
//! Helm's functions call each other step by step and hand what they changed back up. Here the containers on the way are
//! taken out of the tree, kept in a list of frames, and put back in reverse order, so that depth costs no stack and
//! nothing is copied. Whether a container that was not there is kept depends on how the assignment ended:
//!
//! - done: everything is put in;
//! - broken off by the end of the argument: a missing list item is not made, and with it goes what lies below it; a map
//!   is made only if something stands in it; a list is made as it is.
//!
//! An entry with an empty key is never made, but what is there under one is changed in place.

use std::sync::Arc;

use super::parse::{Assignment, Ending, Step, StepKind};
use super::{Fault, Origins, SetErrorKind};
use crate::value::{Map, Value};

/// The greatest index of a list (`MaxIndex`).
pub(super) const MAX_INDEX: usize = 65_536;

/// Carries out one assignment.
pub(super) fn assign(root: &mut Value, assignment: Assignment, origins: &mut Origins<'_>) -> Result<(), Fault> {
    let Assignment { mut path, ending } = assignment;
    let Some(last) = path.pop() else { return Ok(()) };
    let mut walk = Walk { frames: Vec::with_capacity(path.len()), here: std::mem::take(root), origins };
    let mut outcome = walk.descend(path, &last).and_then(|()| walk.finish(last, ending));
    while let Some(frame) = walk.frames.pop() {
        outcome = walk.ascend(frame, outcome);
    }
    *root = walk.here;
    outcome.map(drop)
}

/// Whether Helm got to the end of an assignment or was broken off by the end of the argument.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Done,
    EndOfText,
}

/// A container that was left for one below it.
struct Frame {
    container: Value,
    step: Step,
    /// The number of items of the container below, if that was there before.
    existed: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Map,
    List,
}

struct Walk<'w, 'a> {
    frames: Vec<Frame>,
    here: Value,
    origins: &'w mut Origins<'a>,
}

impl Walk<'_, '_> {
    /// Goes down to the container of the last step. The root must be a map like any other container on the way.
    fn descend(&mut self, path: Vec<Step>, last: &Step) -> Result<(), Fault> {
        if self.here.as_map().is_none() {
            let span = path.first().unwrap_or(last).span.clone();
            return Err(mismatch(&self.here, Want::Map, String::new(), span, self.origins));
        }
        let mut steps = path.into_iter().peekable();
        while let Some(step) = steps.next() {
            let want = match steps.peek().unwrap_or(last).kind {
                StepKind::Key(_) => Want::Map,
                StepKind::Index(_) => Want::List,
            };
            let (child, existed) = self.open(&step, want)?;
            let container = std::mem::replace(&mut self.here, child);
            self.frames.push(Frame { container, step, existed });
        }
        Ok(())
    }

    /// Takes out the container below a step, or makes one; with its length if it was there.
    fn open(&mut self, step: &Step, want: Want) -> Result<(Value, Option<usize>), Fault> {
        let fresh = empty(want).with_origin(self.origins.at(step.span.start));
        let slot = match (&step.kind, &mut self.here) {
            (StepKind::Key(key), Value::Map(map, _)) => Arc::make_mut(map).get_mut(key),
            (StepKind::Index(index), Value::List(list, _)) => Arc::make_mut(list).get_mut(*index),
            _ => None,
        };
        let Some(slot) = slot else { return Ok((fresh, None)) };
        match (&step.kind, want, &*slot) {
            (_, Want::Map, Value::Map(..)) | (_, Want::List, Value::List(..)) => {}
            // Below an index Helm makes a map of whatever was there, and a list of null alone.
            (StepKind::Index(_), Want::Map, _) => self.origins.replace(slot, fresh, step.span.start),
            (StepKind::Index(_), Want::List, Value::Null(_)) => return Ok((fresh, None)),
            _ => return Err(mismatch(slot, want, step.to_string(), step.span.clone(), self.origins)),
        }
        let child = self.origins.settle(std::mem::take(slot), step.span.start);
        let len = length(&child);
        Ok((child, Some(len)))
    }

    /// Does what the assignment says in the container where its path leads.
    fn finish(&mut self, last: Step, ending: Ending) -> Result<Reached, Fault> {
        let (value, reached) = match (ending, &last.kind) {
            (Ending::Cut, _) => return Ok(Reached::EndOfText),
            (Ending::Value(value), _) => (value, Reached::Done),
            (Ending::EmptyAtEnd, StepKind::Index(_)) => (Value::str(""), Reached::Done),
            (Ending::EmptyAtEnd, StepKind::Key(_)) => (Value::str(""), Reached::EndOfText),
        };
        let value = value.with_origin(self.origins.at(last.span.start));
        put(&mut self.here, &last, value, self.origins)?;
        Ok(reached)
    }

    /// Puts the container at hand back into the one above it.
    fn ascend(&mut self, frame: Frame, outcome: Result<Reached, Fault>) -> Result<Reached, Fault> {
        let Frame { container, step, existed } = frame;
        let child = std::mem::replace(&mut self.here, container);
        let hollow = child.as_map().is_some_and(|map| map.is_empty());
        match existed {
            Some(len) => put_back(&mut self.here, &step, child, len),
            None if makes(&step, hollow, &outcome) => put(&mut self.here, &step, child, self.origins)?,
            None => {}
        }
        match (&step.kind, &outcome) {
            (StepKind::Key(key), Ok(Reached::Done)) if hollow => {
                Err(Fault::new(SetErrorKind::NoKey { parent: key.to_string() }, step.span.start..step.span.end + 1))
            }
            (StepKind::Index(index), Ok(Reached::Done)) => check_index(*index, &step).and(outcome),
            _ => outcome,
        }
    }
}

/// Helm checks an index when something is stored under it, not when it is read.
fn check_index(index: usize, step: &Step) -> Result<(), Fault> {
    if index > MAX_INDEX {
        return Err(Fault::new(SetErrorKind::IndexTooLarge { index, limit: MAX_INDEX }, step.span.clone()));
    }
    Ok(())
}

/// Whether a container that was not there is put in.
fn makes(step: &Step, hollow: bool, outcome: &Result<Reached, Fault>) -> bool {
    match (&step.kind, outcome) {
        (_, Err(_)) => false,
        (StepKind::Key(_), Ok(_)) => !hollow,
        (StepKind::Index(_), Ok(reached)) => *reached == Reached::Done,
    }
}

/// Puts a container back where it was taken from.
fn put_back(parent: &mut Value, step: &Step, mut child: Value, len: usize) {
    match (&step.kind, parent) {
        (StepKind::Key(key), Value::Map(map, _)) => {
            // Helm stores nothing under an empty key: a list there changes in place, but does not grow.
            if let (true, Value::List(list, _)) = (key.is_empty(), &mut child) {
                Arc::make_mut(list).truncate(len);
            }
            if let Some(slot) = Arc::make_mut(map).get_mut(key) {
                *slot = child;
            }
        }
        (StepKind::Index(index), Value::List(list, _)) => {
            if let Some(slot) = Arc::make_mut(list).get_mut(*index) {
                *slot = child;
            }
        }
        _ => {}
    }
}

/// Sets the value that a step leads to.
fn put(parent: &mut Value, step: &Step, value: Value, origins: &mut Origins<'_>) -> Result<(), Fault> {
    let at = step.span.start;
    match (&step.kind, parent) {
        (StepKind::Key(key), Value::Map(map, _)) if !key.is_empty() => {
            let map = Arc::make_mut(map);
            match map.get_mut(key) {
                Some(slot) => origins.replace(slot, value, at),
                None => map.push(key.clone(), value),
            }
        }
        (StepKind::Index(index), Value::List(list, _)) => {
            check_index(*index, step)?;
            put_item(Arc::make_mut(list), *index, value, at, origins);
        }
        _ => {}
    }
    Ok(())
}

fn put_item(list: &mut Vec<Value>, index: usize, value: Value, at: usize, origins: &mut Origins<'_>) {
    match list.get_mut(index) {
        Some(slot) => origins.replace(slot, value, at),
        None => {
            list.resize(index, Value::Null(origins.at(at)));
            list.push(value);
        }
    }
}

fn mismatch(found: &Value, want: Want, at: String, span: std::ops::Range<usize>, origins: &Origins<'_>) -> Fault {
    let written = origins.provenance.pos(found.origin());
    let found = found.kind();
    let kind = match want {
        Want::Map => SetErrorKind::NotAMap { at, found, written },
        Want::List => SetErrorKind::NotAList { at, found, written },
    };
    Fault::new(kind, span)
}

fn empty(want: Want) -> Value {
    match want {
        Want::Map => Value::Map(Arc::new(Map::new()), Default::default()),
        Want::List => Value::list([]),
    }
}

fn length(value: &Value) -> usize {
    value.as_list().map_or(0, |list| list.len())
}

/// A step as a person writes it.
impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            StepKind::Key(key) => f.write_str(key),
            StepKind::Index(index) => write!(f, "[{index}]"),
        }
    }
}
