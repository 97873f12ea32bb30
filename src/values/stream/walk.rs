//! Where in a document an event stands: key or value, under which node of the patch, and what an alias means.
//!
//! Both passes walk alike, so that they number nodes alike and agree on which anchors an overlay changes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::anchors::{Anchored, Anchors, Kind, Serial};
use super::patch::{Change, NodeId, Patch};
use crate::value::{Num, Value};
use crate::values::merge::{key, refused_key};
use crate::yaml::{Event, EventKind, Resolved, YamlError, is_merge};

/// What an event is in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The document begins or ends.
    Document,
    /// The document's value, or its beginning.
    Root,
    /// The key of an entry.
    Key,
    /// `<<`.
    MergeKey,
    /// The value of an entry, or its beginning.
    Value,
    /// What follows `<<`, or an item of the list there.
    Merged,
    /// An item of a list.
    Item,
    /// A list or map ends.
    End,
}

/// An event's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub role: Role,
    /// The node of the patch for the value that begins, for the value of the key, for the map that `<<` is in, or for
    /// the collection that ends.
    pub node: Option<NodeId>,
    /// The number of the node that begins.
    pub serial: Serial,
    /// What an alias means.
    pub alias: Option<Anchored>,
}

/// What goes on from pass to pass: what anchored nodes hold, as far as a pass has found that it must be known.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub values: HashMap<Serial, Value>,
    /// Nodes whose values this pass is to keep, and those that it has missed.
    wanted: HashSet<Serial>,
    missing: HashSet<Serial>,
}

impl Kept {
    /// What an anchored node holds; asks for it where that is not known.
    pub fn get(&mut self, id: Serial) -> Option<&Value> {
        let value = self.values.get(&id);
        if value.is_none() {
            self.missing.insert(id);
        }
        value
    }

    /// Whether the value of a node is to be kept.
    pub fn is_wanted(&self, id: Serial) -> bool {
        self.wanted.contains(&id) && !self.values.contains_key(&id)
    }

    /// Whether another pass is needed, which then looks for what this one has missed.
    pub fn turn(&mut self) -> bool {
        let missed = !self.missing.is_empty();
        self.wanted.extend(self.missing.drain());
        missed
    }
}

#[derive(Debug)]
struct Frame {
    kind: FrameKind,
    node: Option<NodeId>,
    start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    List,
    /// The list after `<<`.
    MergeList,
    MapKey,
    MapValue(Option<NodeId>),
    MapMerge,
}

/// The state of a walk through the documents of a base.
#[derive(Debug)]
pub(super) struct Walk<'p> {
    pub patch: &'p Patch,
    /// Nodes that replace whatever they meet, though they would be merged into a map.
    pub wiped: Vec<bool>,
    pub kept: Kept,
    anchors: Anchors,
    frames: Vec<Frame>,
    serial: Serial,
    /// How many collections were open around the value whose text is given up.
    given_up: Option<usize>,
    /// Whether every key is looked at, and not only those that the patch may name.
    strict: bool,
}

impl<'p> Walk<'p> {
    pub fn new(patch: &'p Patch, wiped: Vec<bool>, kept: Kept, strict: bool) -> Self {
        Walk { patch, wiped, kept, anchors: Anchors::default(), frames: Vec::new(), serial: 0, given_up: None, strict }
    }

    /// How many collections are open.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Where the innermost open collection began.
    pub fn innermost(&self) -> Option<usize> {
        self.frames.last().map(|frame| frame.start)
    }

    /// Whether the text of the current event is given up.
    pub fn is_given_up(&self) -> bool {
        self.given_up.is_some()
    }

    /// Whether a node replaces whatever it meets.
    pub fn replaces(&self, node: NodeId) -> bool {
        !matches!(self.patch.change(node), Change::Merge(_)) || self.wiped[node]
    }

    /// Takes the next event.
    pub fn step(&mut self, event: &Event<'_>) -> Result<Step, YamlError> {
        match event.kind {
            EventKind::DocumentStart { .. } => {
                self.anchors = Anchors::default();
                return Ok(self.document());
            }
            EventKind::DocumentEnd => return Ok(self.document()),
            EventKind::SequenceEnd | EventKind::MappingEnd => return self.end(event),
            _ => {}
        }
        self.serial += 1;
        let alias = match event.kind {
            EventKind::Alias(name) => Some(self.anchors.refer(name, event.start)?),
            _ => None,
        };
        let (role, node) = self.place(event, alias)?;
        let own = node.filter(|_| matches!(role, Role::Value | Role::Root));
        self.note(event, own)?;
        self.open(event, role, own);
        Ok(Step { role, node, serial: self.serial, alias })
    }

    fn document(&self) -> Step {
        Step { role: Role::Document, node: None, serial: self.serial, alias: None }
    }

    /// Marks the anchors that the patch changes: those in what it replaces, and those around what it touches.
    fn note(&mut self, event: &Event<'_>, node: Option<NodeId>) -> Result<(), YamlError> {
        if self.given_up.is_none() && node.is_some_and(|node| self.replaces(node)) {
            self.given_up = Some(self.frames.len());
        }
        self.anchors.note(event, self.serial, self.given_up.is_some())?;
        if node.is_some() {
            self.anchors.change_open();
        }
        if self.given_up == Some(self.frames.len()) && event.kind.nesting() == 0 {
            self.given_up = None;
        }
        Ok(())
    }

    fn end(&mut self, event: &Event<'_>) -> Result<Step, YamlError> {
        let frame = self.frames.pop();
        self.anchors.note(event, self.serial, false)?;
        if self.given_up == Some(self.frames.len()) {
            self.given_up = None;
        }
        Ok(Step { role: Role::End, node: frame.and_then(|frame| frame.node), serial: self.serial, alias: None })
    }

    fn open(&mut self, event: &Event<'_>, role: Role, node: Option<NodeId>) {
        let kind = match (&event.kind, role) {
            (EventKind::SequenceStart { .. }, Role::Merged) => FrameKind::MergeList,
            (EventKind::SequenceStart { .. }, _) => FrameKind::List,
            (EventKind::MappingStart { .. }, _) => FrameKind::MapKey,
            _ => return,
        };
        self.frames.push(Frame { kind, node, start: event.start });
    }

    /// What the event is, and the node for it.
    fn place(&mut self, event: &Event<'_>, alias: Option<Anchored>) -> Result<(Role, Option<NodeId>), YamlError> {
        let Some(frame) = self.frames.last_mut() else { return Ok((Role::Root, Some(Patch::ROOT))) };
        match frame.kind {
            FrameKind::List => Ok((Role::Item, None)),
            FrameKind::MergeList => match (&event.kind, alias.map(|a| a.kind)) {
                (EventKind::MappingStart { .. }, _) | (_, Some(Kind::Map)) => Ok((Role::Merged, None)),
                _ => Err(wants_map(event.start)),
            },
            FrameKind::MapMerge => {
                frame.kind = FrameKind::MapKey;
                match (&event.kind, alias.map(|a| a.kind)) {
                    (EventKind::MappingStart { .. } | EventKind::SequenceStart { .. }, _) | (_, Some(Kind::Map)) => {
                        Ok((Role::Merged, None))
                    }
                    _ => Err(wants_map(event.start)),
                }
            }
            FrameKind::MapValue(node) => {
                frame.kind = FrameKind::MapKey;
                Ok((Role::Value, node))
            }
            FrameKind::MapKey => self.key(event, alias),
        }
    }

    fn key(&mut self, event: &Event<'_>, alias: Option<Anchored>) -> Result<(Role, Option<NodeId>), YamlError> {
        let Some(frame) = self.frames.last_mut() else { return Ok((Role::Root, None)) };
        let mut child = None;
        if let EventKind::Scalar { text, style, .. } = &event.kind
            && is_merge(text, *style, event.kind.tag())
        {
            frame.kind = FrameKind::MapMerge;
            return Ok((Role::MergeKey, frame.node));
        }
        match (alias, frame.node) {
            (Some(alias), _) if alias.kind != Kind::Scalar => return Err(refused_key(event.start, "a list or map")),
            (Some(alias), Some(node)) => {
                child = self.kept.get(alias.id).and_then(key_text).and_then(|key| self.patch.child(node, &key));
            }
            (Some(_), None) => {}
            (None, Some(node)) => child = self.patch.child(node, &key(event)?),
            (None, None) if self.strict => drop(key(event)?),
            (None, None) => {}
        }
        frame.kind = FrameKind::MapValue(child);
        Ok((Role::Key, child))
    }
}

/// The text of a key that is an alias to a value.
fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text, _) => Some(text.to_string()),
        Value::Bool(b, _) => Some(b.to_string()),
        Value::Num(Num::Int(n) | Num::Int64(n), _) => Some(n.to_string()),
        Value::Num(Num::Float(n), _) => Resolved::Float(*n).into_key("").map(Cow::into_owned),
        _ => None,
    }
}

fn wants_map(at: usize) -> YamlError {
    let help = Some("`<<:` takes an alias to a map, such as `<<: *defaults`");
    YamlError { help, ..YamlError::new(at, "map merge requires map or sequence of maps as the value") }
}
