//! Which values templates read: a tree of marks that keys are looked up in.

use std::collections::BTreeMap;

use crate::value::Str;

/// A step of a way that a template takes into the values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    /// By a key that stands in the template.
    Key(Str),
    /// To every item or entry, or to one whose name is computed.
    Any,
}

/// What is read at a place and below it. A node is there only where something is.
#[derive(Debug, Default)]
pub(super) struct Reads {
    whole: bool,
    keys: BTreeMap<Str, Reads>,
    any: Option<Box<Reads>>,
}

impl Reads {
    /// Marks a way as taken; `whole` where everything at its end is.
    pub fn mark(&mut self, path: &[Step], whole: bool) {
        let mut node = self;
        for step in path {
            if node.whole {
                return;
            }
            node = match step {
                Step::Key(key) => node.keys.entry(key.clone()).or_default(),
                Step::Any => node.any.get_or_insert_default(),
            };
        }
        node.whole |= whole;
    }
}

/// All marks that lie on one way of keys.
#[derive(Debug, Clone)]
pub(super) struct Here<'r>(Vec<&'r Reads>);

impl<'r> Here<'r> {
    /// At the values' root.
    pub fn root(reads: &'r Reads) -> Self {
        Here(vec![reads])
    }

    /// Whether all that is below is read.
    pub fn is_whole(&self) -> bool {
        self.0.iter().any(|node| node.whole)
    }

    /// One step further; nothing where no template goes there.
    pub fn key(&self, key: &str) -> Option<Here<'r>> {
        let next = |node: &&'r Reads| [node.keys.get(key), node.any.as_deref()];
        let found: Vec<_> = self.0.iter().flat_map(next).flatten().collect();
        (!found.is_empty()).then_some(Here(found))
    }

    /// One step into a list.
    pub fn item(&self) -> Option<Here<'r>> {
        let found: Vec<_> = self.0.iter().filter_map(|node| node.any.as_deref()).collect();
        (!found.is_empty()).then_some(Here(found))
    }

    /// The keys that templates name here.
    pub fn names(&self) -> impl Iterator<Item = &'r str> + '_ {
        self.0.iter().flat_map(|node| node.keys.keys().map(Str::as_str))
    }
}
