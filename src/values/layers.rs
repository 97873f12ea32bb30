//! The layers of a render, merged one after the other into one tree.

use std::sync::Arc;

use super::merge::{Duplicate, merge_document};
use super::set::{ReadFile, SetError, SetFlag};
use crate::diag::{Diagnostic, Source, Span};
use crate::value::{Provenance, Value};
use crate::yaml::{self, YamlError};

/// The one merged tree, and what it overrode on the way.
#[derive(Debug, Default)]
pub struct Layers {
    root: Value,
    provenance: Provenance,
    duplicates: Vec<Duplicate>,
}

/// A layer that cannot be read.
#[derive(Debug, Clone)]
pub struct LayerError {
    source: Arc<Source>,
    cause: YamlError,
}

impl LayerError {
    /// As a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        self.cause.diagnostic(self.source.base)
    }
}

impl Layers {
    /// No layer yet.
    pub fn new() -> Self {
        Layers { root: Value::map::<&str>([]), ..Layers::default() }
    }

    /// Lays a file over the tree, each of its documents in turn, as Helm 4 does.
    ///
    /// # Errors
    /// Where it is not YAML, or not a map, or what Helm's library refuses.
    pub fn file(&mut self, source: &Arc<Source>) -> Result<(), LayerError> {
        let fail = |cause| LayerError { source: source.clone(), cause };
        for document in yaml::Documents::new(&source.text) {
            let range = document.map_err(fail)?;
            merge_document(&mut self.root, source, range, &mut self.provenance, &mut self.duplicates).map_err(fail)?;
        }
        Ok(())
    }

    /// Reads a file that is no layer, a chart's defaults, with a record of what it overrides in itself.
    ///
    /// # Errors
    /// As [`Layers::file`].
    pub fn apart(&mut self, source: &Arc<Source>) -> Result<Value, LayerError> {
        let root = std::mem::replace(&mut self.root, Value::map::<&str>([]));
        let read = self.file(source);
        let value = std::mem::replace(&mut self.root, root);
        read.map(|()| value)
    }

    /// Applies an argument of the `--set` family.
    ///
    /// # Errors
    /// Where Helm refuses the argument.
    pub fn set(&mut self, flag: SetFlag, argument: &Source, files: &mut ReadFile<'_>) -> Result<(), SetError> {
        super::set::apply(&mut self.root, flag, argument, files, &mut self.provenance)
    }

    /// Warnings about keys that stand twice in one file.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.duplicates.iter().map(duplicate_key).collect()
    }

    /// The tree, nulls kept, and its provenance.
    pub fn finish(self) -> (Value, Provenance) {
        (self.root, self.provenance)
    }
}

fn duplicate_key(duplicate: &Duplicate) -> Diagnostic {
    let end = duplicate.first.offset((duplicate.again.end.0 - duplicate.again.start.0) as usize);
    Diagnostic::warning(format!("the key `{}` stands twice; only the last one counts", duplicate.key))
        .label(duplicate.again, "this one counts")
        .label(Span::new(duplicate.first, end), "nothing of this one is left")
        .help("remove one of the two, or put their contents together")
}
