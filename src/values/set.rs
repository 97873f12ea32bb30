//! The `--set` family: arguments of the command line applied to the merged values, in place.
//!
//! The grammar and the effects are those of Helm's `pkg/strvals` and `pkg/cli/values`, odd ones included: what Helm
//! refuses is refused, what it accepts gives the same data. Reading an argument ([`parse`], [`json`]) knows nothing of
//! the tree, and changing the tree ([`assign`], [`overlay`](super::overlay())) knows nothing of the text. Touches no file
//! system: the content of a file comes from the caller.

mod assign;
#[cfg(test)]
mod cases;
mod error;
mod json;

mod parse;
mod scan;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use error::{SetError, SetErrorKind};

use crate::diag::Source;
use crate::value::{Origin, Provenance, Value};

/// Which flag of the family an argument was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetFlag {
    /// `--set`: values are typed by how they look.
    Set,
    /// `--set-string`: values are text.
    SetString,
    /// `--set-json`: values are JSON, or the whole argument is a JSON object.
    SetJson,
    /// `--set-file`: values are names of files, and stand for their content.
    SetFile,
    /// `--set-literal`: one value, text as it stands.
    SetLiteral,
}

impl SetFlag {
    /// The flag as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            SetFlag::Set => "--set",
            SetFlag::SetString => "--set-string",
            SetFlag::SetJson => "--set-json",
            SetFlag::SetFile => "--set-file",
            SetFlag::SetLiteral => "--set-literal",
        }
    }
}

/// Gives the content of the file that `--set-file` names, or the reason why there is none.
///
/// Helm reads standard input where the name is `-` but for white space around it; that is the callback's to do.
pub type ReadFile<'a> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'a;

/// Applies one argument to the values merged so far.
///
/// A null is set, not deleted: the coalescing that follows acts on it. Each value that is set gets the place of its key
/// in `argument` as its origin, and what it replaces is kept in `provenance`. A `root` that is null becomes a map.
///
/// # Errors
/// Where Helm refuses the argument; where `--set-file` reads what is not UTF-8; where lists and maps would nest deeper
/// than [`MAX_DEPTH`](SetErrorKind::TooDeep). Of several assignments in the argument those before the wrong one stay.
pub fn apply(
    root: &mut Value,
    flag: SetFlag,
    argument: &Source,
    files: &mut ReadFile<'_>,
    provenance: &mut Provenance,
) -> Result<(), SetError> {
    if root.is_null() {
        *root = Value::map::<&str>([]);
    }
    let mut origins = Origins { source: argument, provenance };
    let result = match json::whole_object(flag, &argument.text) {
        Some(range) => set_object(root, range, &mut origins),
        None => set_assignments(root, flag, files, &mut origins),
    };
    result.map_err(|fault| SetError::new(flag, fault, argument))
}

/// Helm 4's `--set-json '{…}'`.
fn set_object(root: &mut Value, range: Range<usize>, origins: &mut Origins<'_>) -> Result<(), Fault> {
    let object = json::read_all(origins.source, range)?;
    super::overlay(root, object, origins.provenance);
    Ok(())
}

fn set_assignments(
    root: &mut Value,
    flag: SetFlag,
    files: &mut ReadFile<'_>,
    origins: &mut Origins<'_>,
) -> Result<(), Fault> {
    let mut parser = parse::Parser::new(flag, origins.source, files);
    loop {
        let assignment = parser.assignment()?;
        let last = assignment.is_last();
        assign::assign(root, assignment, origins)?;
        if last {
            return Ok(());
        }
    }
}

/// What is wrong, and with which bytes of the argument.
#[derive(Debug)]
struct Fault {
    kind: SetErrorKind,
    span: Range<usize>,
}

impl Fault {
    fn new(kind: SetErrorKind, span: Range<usize>) -> Self {
        Fault { kind, span }
    }
}

/// Gives out origins within one argument.
struct Origins<'a> {
    source: &'a Source,
    provenance: &'a mut Provenance,
}

impl Origins<'_> {
    /// The origin of a value whose key begins at a byte of the argument.
    fn at(&self, offset: usize) -> Origin {
        origin_in(self.source, offset)
    }

    /// Puts a value, whose key begins at a byte of the argument, in place of another.
    fn replace(&mut self, slot: &mut Value, value: Value, offset: usize) {
        let old = std::mem::take(slot);
        let pos = self.source.range(offset..offset).start;
        *slot = value.with_origin(self.provenance.overriding(pos, old));
    }
}

impl Origins<'_> {
    /// A list that a tag makes of an earlier one and that is about to be changed by index: from here on it is what it
    /// is now, as an index means the list of the layers.
    fn settle(&mut self, value: Value, offset: usize) -> Value {
        if value.as_list().is_none() || self.provenance.edit(value.origin()).is_none() {
            return value;
        }
        let pos = self.source.range(offset..offset).start;
        let origin = self.provenance.overriding(pos, value.clone());
        value.with_origin(origin)
    }
}

fn origin_in(source: &Source, offset: usize) -> Origin {
    Origin::at(source.range(offset..offset).start)
}
