//! JSON Schema over merged values: every violation at once, told at the line that set the value.
//!
//! The jsonschema crate decides; this module lets it read the values in place, arranges what it finds as Helm's
//! validator would, and says it in plain words. Nothing is fetched: a schema is one file. Knows nothing of templates,
//! and of charts only that a subchart's values lie under a key of its parent.

mod advice;
mod branches;
mod compile;
mod document;
mod failure;
mod formats;
mod helm;
mod json;
mod locate;
mod patterns;
mod plain;
mod read;
#[cfg(test)]
mod tests;
mod violation;
mod words;

use std::sync::Arc;

use crate::diag::{Diagnostic, Source, Span};
use crate::value::{Path, Provenance, Segment, Value};

pub use compile::SchemaError;
use document::Document;
use json::Values;
use plain::Plain;
use read::Context;
pub use violation::Violation;
use violation::{Report, report};

/// A schema that was read and compiled.
#[derive(Debug)]
pub struct Schema {
    document: Document,
    validator: jsonschema::Validator<Values>,
    warnings: Vec<Diagnostic>,
}

/// What the values that are checked are a part of, and how they are told.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Where the values lie in those of the outermost chart: `cache` for the subchart `cache`. Paths are printed with it,
    /// as one would write them.
    pub prefix: Path,
    /// Whether messages repeat the values of secret keys.
    pub show_secrets: bool,
}

impl Schema {
    /// Reads and compiles the text of a values.schema.json: draft 4 to 2020-12 by `$schema`, the latest without.
    ///
    /// # Errors
    /// The text is not JSON, not a schema, has a reference that leads nowhere or out of the file, or a regular expression
    /// that is none. Every problem has its place in the text.
    pub fn compile(source: &Arc<Source>) -> Result<Schema, SchemaError> {
        let document = compile::read_document(source)?;
        let (validator, warnings) = compile::compile(&document)?;
        Ok(Schema { document, validator, warnings })
    }

    /// Reads and compiles a schema, unless it plainly accepts the values: then there is nothing to warn of, and no one to
    /// ask.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn unless_plain(source: &Arc<Source>, values: &Value) -> Result<Option<Schema>, SchemaError> {
        let plain = plain::Node::read(compile::text(source)).map(|node| plain::ask(&node, values));
        if plain == Some(Plain::Accepts) { Ok(None) } else { Schema::compile(source).map(Some) }
    }

    /// What is worth a warning about the schema itself.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Whether the values fit; faster than [`Schema::check`] and without a reason.
    pub fn accepts(&self, values: &Value) -> bool {
        self.validator.is_valid(values)
    }

    /// Everything that the schema refuses, in the order in which it stands in the values' files.
    pub fn check(&self, values: &Value, provenance: &Provenance, scope: &Scope) -> Vec<Violation> {
        if self.accepts(values) {
            return Vec::new();
        }
        let place = |path: &Path| place(values, provenance, path);
        let mut violations = self.report(values, &place, scope).violations;
        for violation in &mut violations {
            explain_global(violation, scope);
            violation.path = Path::from([scope.prefix.segments(), violation.path.segments()].concat());
        }
        violations
    }

    /// What Helm 4 prints below the name of the chart; empty where the values fit. Secret values are masked.
    pub fn helm_text(&self, values: &Value) -> String {
        self.report(values, &|_| None, &Scope::default()).helm
    }

    fn report(&self, values: &Value, place: &dyn Fn(&Path) -> Option<Span>, scope: &Scope) -> Report {
        let context = Context { values, schema: &self.document, show_secrets: scope.show_secrets };
        report(&context, place, self.validator.iter_errors(values))
    }
}

/// Where a value was set: the key of an entry, the first character of an item.
fn place(values: &Value, provenance: &Provenance, path: &Path) -> Option<Span> {
    let start = provenance.pos(values.at(path)?.origin());
    let length = match path.segments().last() {
        Some(Segment::Key(key)) => key.len(),
        _ => 0,
    };
    start.is_some().then(|| Span::new(start, start.offset(length)))
}

/// A subchart whose schema forbids further keys refuses the `global` that every subchart is given.
fn explain_global(violation: &mut Violation, scope: &Scope) {
    let is_global = violation.path == Path::root().key("global");
    if is_global && !scope.prefix.is_root() && violation.got.is_empty() {
        let (note, help) = advice::for_global();
        violation.notes.push(note);
        violation.help = vec![help];
    }
}
