//! A plain yes: whether a schema of common keywords accepts the values, read off it without compiling it.
//!
//! Why this exists beside the jsonschema crate: a render asks one schema about one set of values, once. For that the
//! crate checks the schema against that of its draft, registers its parts, makes a node of each and an automaton of each
//! pattern, which costs many times what the answer does. Most schemas say simple things, and most values fit. So this
//! walks the whole schema (`forms`), then the values (`verdict`), and says either that they fit or nothing at all; the
//! crate stays the only judge of refusals, of what is no schema, and of every message.
//!
//! Whatever is not known here to the last detail is left to the crate: each form that a keyword may have is listed, not
//! those that it may not have.

mod forms;
mod patterns;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;

use jsonschema::Draft;

use crate::value::Value;

pub(super) use tree::Node;

/// Whether a schema was enough to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// The crate compiles the schema without a warning, and accepts the values.
    Accepts,
    /// Anything else, which is for the crate to find out.
    Unsure,
}

/// Asks a schema, as [`Node::read`] gives it, about values.
pub(super) fn ask(schema: &Node<'_>, values: &Value) -> Plain {
    if verdict(schema, values) == Some(true) { Plain::Accepts } else { Plain::Unsure }
}

/// Whether the crate accepts the values; `None` where that is in doubt.
fn verdict(schema: &Node<'_>, values: &Value) -> Option<bool> {
    let draft = draft(schema).filter(|_| forms::are_known(schema))?;
    verdict::Judge::new(schema, draft).fits(schema, values, 0)
}

/// The draft, where it is one of those whose keywords are known here.
fn draft(schema: &Node<'_>) -> Option<Draft> {
    let draft = match schema.get("$schema") {
        None => Draft::default(),
        Some(uri) => super::compile::draft_named(uri.text()?)?,
    };
    (draft >= Draft::Draft7).then_some(draft)
}
