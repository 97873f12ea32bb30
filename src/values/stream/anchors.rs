//! The anchors of a document that is not kept: how large each anchored node is, and whether its text will still say
//! what aliases to it mean.

use std::collections::HashMap;

use crate::values::merge::key;
use crate::yaml::{AliasCount, Event, EventKind, MAX_DATA_DEPTH, YamlError};

/// A node of the input, by its number in the order of the text.
pub(super) type Serial = u64;

/// What is known of an anchored node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchored {
    pub id: Serial,
    pub kind: Kind,
    /// An overlay changes its text, or what it is in.
    pub changed: bool,
    /// How many nodes it has, those that aliases bring included, and how deep they are nested.
    nodes: u64,
    depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    /// A scalar that cannot be a key.
    Keyless,
    List,
    Map,
}

/// An anchored node that is being read.
#[derive(Debug)]
struct Open {
    anchor: Anchored,
    name: String,
    outside: usize,
    counted: u64,
}

/// The anchors of a document, and the limits that aliases are under.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    known: HashMap<String, Anchored>,
    open: Vec<Open>,
    depth: usize,
    count: AliasCount,
}

impl Anchors {
    /// Takes note of a node or the end of one; `changed` tells that its text is given up.
    pub fn note(&mut self, event: &Event<'_>, id: Serial, changed: bool) -> Result<(), YamlError> {
        let kind = match event.kind {
            EventKind::Scalar { .. } if event.kind.anchor().is_some() && key(event).is_err() => Kind::Keyless,
            EventKind::Scalar { .. } => Kind::Scalar,
            EventKind::SequenceStart { .. } => Kind::List,
            EventKind::MappingStart { .. } => Kind::Map,
            EventKind::SequenceEnd | EventKind::MappingEnd => {
                self.depth -= 1;
                self.close();
                return Ok(());
            }
            _ => return Ok(()),
        };
        if let Some(name) = event.kind.anchor() {
            let anchor = Anchored { id, kind, changed, nodes: 0, depth: 0 };
            let counted = self.count.all();
            self.open.push(Open { anchor, name: name.to_owned(), outside: self.depth, counted });
            // Until it ends, its name means nothing but a mistake.
            self.known.remove(name);
        }
        self.count.add(1, 0, event.start)?;
        if event.kind.nesting() > 0 {
            self.depth += 1;
            self.deepen(0, event.start)?;
        }
        self.close();
        Ok(())
    }

    /// What an alias means, which is counted as Helm's library counts it.
    pub fn refer(&mut self, name: &str, at: usize) -> Result<Anchored, YamlError> {
        if self.open.iter().any(|open| open.name == name && !self.known.contains_key(name)) {
            return Err(YamlError::new(at, format!("anchor '{name}' value contains itself")));
        }
        let Some(anchor) = self.known.get(name).copied() else {
            return Err(YamlError::new(at, format!("unknown anchor '{name}' referenced")));
        };
        self.count.add(anchor.nodes + 1, anchor.nodes, at)?;
        self.deepen(anchor.depth, at)?;
        Ok(anchor)
    }

    /// The text of all nodes that are open will change.
    pub fn change_open(&mut self) {
        self.open.iter_mut().for_each(|open| open.anchor.changed = true);
    }

    fn deepen(&mut self, by: usize, at: usize) -> Result<(), YamlError> {
        let depth = self.depth + by;
        if let Some(open) = self.open.last_mut() {
            open.anchor.depth = open.anchor.depth.max(depth - open.outside);
        }
        if depth > MAX_DATA_DEPTH { Err(YamlError::new(at, "exceeded max depth")) } else { Ok(()) }
    }

    /// Makes known what has ended.
    fn close(&mut self) {
        while let Some(open) = self.open.pop_if(|open| open.outside == self.depth) {
            let Open { mut anchor, name, outside, counted } = open;
            anchor.nodes = self.count.all() - counted;
            if let Some(around) = self.open.last_mut() {
                around.anchor.depth = around.anchor.depth.max(outside + anchor.depth - around.outside);
            }
            // Within it, its name may have come to mean another node, and keeps to it.
            self.known.entry(name).or_insert(anchor);
        }
    }
}
