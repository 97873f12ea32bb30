//! The templates that can be called by name.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::parse::ast::Tree;
use crate::diag::{Bytes, Pos, Source, SourceKind, Sources, Span};
use crate::value::Str;

/// A text with templates: a file, or what was given to `tpl`.
#[derive(Debug)]
pub(super) struct File {
    /// Its name as Go's errors have it.
    pub name: Str,
    pub text: Bytes,
    /// The text among all sources; what `tpl` was given becomes one when somebody asks.
    source: OnceLock<Option<Arc<Source>>>,
}

impl File {
    pub fn new(name: Str, text: Bytes, source: Option<Arc<Source>>) -> Self {
        let cell = OnceLock::new();
        if source.is_some() {
            let _ = cell.set(source);
        }
        File { name, text, source: cell }
    }

    /// A piece of the text, by byte offsets.
    pub fn span(&self, start: usize, end: usize, sources: &Sources) -> Span {
        let register = || sources.add("text given to tpl", SourceKind::Template, self.text.clone()).ok();
        match self.source.get_or_init(register) {
            Some(source) => source.range(start..end.max(start)),
            None => Span::at(Pos::NONE),
        }
    }

    /// `NAME:LINE:COLUMN` as Go tells it: the column in bytes from 0.
    pub fn location(&self, pos: usize) -> String {
        let before = &self.text[..pos.min(self.text.len())];
        let column = memchr::memrchr(b'\n', before).map_or(pos, |at| pos - at - 1);
        format!("{}:{}:{column}", self.name, memchr::memchr_iter(b'\n', before).count() + 1)
    }
}

/// A template and the text it stands in.
#[derive(Debug)]
pub(super) struct Unit {
    pub tree: Tree,
    pub file: Arc<File>,
}

/// Templates by name. `tpl` adds its own to those of its caller, for itself and what it calls.
#[derive(Debug, Default)]
pub(super) struct Set {
    parent: Option<Arc<Set>>,
    units: HashMap<Str, Arc<Unit>, foldhash::fast::RandomState>,
}

impl Set {
    pub fn within(parent: &Arc<Set>) -> Set {
        Set { parent: Some(parent.clone()), units: HashMap::default() }
    }

    pub fn find(&self, name: &str) -> Option<&Arc<Unit>> {
        let mut set = self;
        loop {
            match (set.units.get(name), &set.parent) {
                (Some(unit), _) => return Some(unit),
                (None, Some(parent)) => set = parent,
                (None, None) => return None,
            }
        }
    }

    /// Adds a template. One of the same name is replaced, unless the new one is empty.
    pub fn add(&mut self, unit: Arc<Unit>) {
        if !unit.tree.code.is_blank(unit.tree.root) || self.find(&unit.tree.name).is_none() {
            self.units.insert(unit.tree.name.clone(), unit);
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.units.keys().map(Str::as_str);
        let parents: Vec<&str> = self.parent.iter().flat_map(|p| p.units.keys().map(Str::as_str)).collect();
        own.chain(parents)
    }
}
