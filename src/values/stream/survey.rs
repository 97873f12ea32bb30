//! The first pass: checks all of the base, and finds where in it the patch applies.

use super::anchors::Serial;
use super::error::StreamError;
use super::patch::{Change, NodeId, Patch};
use super::walk::{Kept, Role, Step, Walk};
use crate::diag::Pos;
use crate::value::Value;
use crate::values::merge::{lone_scalar, not_a_map};
use crate::values::tags::{Tag, TagError, TagErrorKind};
use crate::yaml::{Builder, Event, EventKind, Resolved, Text, YamlError, resolve};

/// What the base has where a node of the patch is.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub state: State,
    /// The node of the base that has the last word, where it is a map or an alias to one.
    pub owner: Serial,
    /// Whether its key stands in the text, and not in an alias or behind `<<` alone.
    pub written: bool,
    /// What an alias or `<<` says there.
    pub brought: Option<Value>,
    /// Whether such a map lies somewhere below what has the last word.
    pub leaks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Absent,
    Leaf,
    Map,
}

/// How the base is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// By how many columns an entry is deeper than the map that it is in.
    pub step: usize,
    /// By how many columns `-` is deeper than the key of its list.
    pub dash: usize,
    pub newline: &'static str,
}

/// What a pass found out.
#[derive(Debug)]
pub(super) struct Found {
    /// By node of the patch.
    pub seen: Vec<Seen>,
    pub kept: Kept,
    pub documents: usize,
    /// The value of the last document, unless it is a map.
    pub last_root: Option<Serial>,
    pub style: Style,
}

/// What a value is collected for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// To be known by its number.
    Keep(Serial),
    /// `<<` in the map that a node is merged into.
    Merge(NodeId),
    /// What a node makes a list with.
    Edit(NodeId),
}

struct Collecting {
    purpose: Purpose,
    builder: Builder<fn(usize) -> Pos>,
    /// How many collections are open around it.
    depth: usize,
    /// Whether something in it is not known yet.
    incomplete: bool,
}

/// The first pass, event by event.
pub(super) struct Survey<'p> {
    walk: Walk<'p>,
    /// What the current document has, and what all before it come to.
    document: Vec<Seen>,
    total: Vec<Seen>,
    collecting: Vec<Collecting>,
    merging: Option<NodeId>,
    documents: usize,
    last_root: Option<Serial>,
    indents: Indents,
}

impl<'p> Survey<'p> {
    pub fn new(patch: &'p Patch, wiped: Vec<bool>, kept: Kept) -> Self {
        Survey {
            walk: Walk::new(patch, wiped, kept, true),
            document: vec![Seen::default(); patch.len()],
            total: vec![Seen::default(); patch.len()],
            collecting: Vec::new(),
            merging: None,
            documents: 0,
            last_root: None,
            indents: Indents::default(),
        }
    }

    pub fn finish(self) -> Found {
        Found {
            seen: self.total,
            kept: self.walk.kept,
            documents: self.documents,
            last_root: self.last_root,
            style: self.indents.style(),
        }
    }

    /// Where the innermost open collection began.
    pub fn innermost(&self) -> Option<usize> {
        self.walk.innermost()
    }

    pub fn event(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), StreamError> {
        self.indents.look(event, text);
        let step = self.walk.step(event)?;
        check(event, step)?;
        self.tag(event, step)?;
        match (step.role, step.node) {
            (Role::Document, _) if event.kind != EventKind::DocumentEnd => {
                self.documents += 1;
                self.last_root = None;
            }
            (Role::Root, Some(node)) => self.root(event, step, node)?,
            (Role::Value, Some(node)) => self.value(event, step, node),
            (Role::MergeKey, Some(node)) => self.merging = Some(node),
            (Role::Merged, _) => {
                if let Some(node) = self.merging.take() {
                    self.collect(Purpose::Merge(node), event);
                }
            }
            _ => {}
        }
        if event.kind.anchor().is_some() && self.walk.kept.is_wanted(step.serial) {
            self.collect(Purpose::Keep(step.serial), event);
        }
        if let Some(anchor) = step.alias
            && anchor.changed
            && !self.walk.is_given_up()
        {
            // The first such alias will be written out.
            self.walk.kept.get(anchor.id);
        }
        Ok(self.feed(event, step)?)
    }

    pub fn document_end(&mut self) {
        self.combine(Patch::ROOT);
        self.clear(Patch::ROOT);
    }

    fn root(&mut self, event: &Event<'_>, step: Step, node: NodeId) -> Result<(), YamlError> {
        match &event.kind {
            EventKind::MappingStart { .. } => {
                let owner = step.serial;
                self.document[node] = Seen { state: State::Map, owner, written: true, ..Seen::default() };
                Ok(())
            }
            EventKind::SequenceStart { .. } => Err(not_a_map(event.start, "list")),
            _ => {
                let value = lone_scalar(event)?;
                self.last_root = Some(step.serial);
                if value.is_null() { Ok(()) } else { Err(not_a_map(event.start, value.kind())) }
            }
        }
    }

    /// A tag of ours has to be right, and must not say anything about what an overlay changes or is written anew.
    fn tag(&self, event: &Event<'_>, step: Step) -> Result<(), StreamError> {
        let Some(text) = event.kind.tag().filter(|tag| tag.starts_with('!')) else { return Ok(()) };
        let Some(tag) = Tag::parse(text) else { return Ok(()) };
        let wrong = match tag.and_then(|tag| tag.check(&event.kind).map(|()| tag)) {
            Err(kind) => Some(kind),
            Ok(_) if step.role == Role::Root => Some(TagErrorKind::OnTheRoot),
            Ok(tag) if step.role == Role::Item && tag != Tag::Replace => Some(TagErrorKind::OnAnItem),
            Ok(_) => None,
        };
        if let Some(kind) = wrong {
            let error = TagError { tag: text.to_owned(), kind, range: event.start..event.start };
            return Err(refused(event.start, error.to_string(), "correct the tag in the base, or take it out"));
        }
        let own = step.node.filter(|_| step.role == Role::Value);
        let in_the_way = own.is_some_and(|node| !matches!(self.walk.patch.change(node), Change::Replace(_)));
        if in_the_way || !self.collecting.is_empty() {
            let message = format!("`{text}` in the base is on something that an overlay changes");
            return Err(refused(event.start, message, "write in the base what it comes to, without the tag"));
        }
        Ok(())
    }

    /// A value whose path the patch has.
    fn value(&mut self, event: &Event<'_>, step: Step, node: NodeId) {
        self.clear(node);
        let mut seen = Seen { state: State::Leaf, owner: step.serial, written: true, ..Seen::default() };
        if let EventKind::MappingStart { .. } = event.kind {
            seen.state = State::Map;
        }
        let replaces = matches!(self.walk.patch.change(node), Change::Replace(_));
        if let (Some(anchor), false) = (step.alias, replaces)
            && let Some(value) = self.walk.kept.get(anchor.id).cloned()
        {
            self.bring(node, &value);
            seen.state = self.document[node].state;
            seen.brought = Some(value);
        }
        if let (None, Change::Edit(_)) = (step.alias, self.walk.patch.change(node)) {
            match seen.state {
                State::Map => seen.brought = Some(Value::map::<&str>([])),
                _ => self.collect(Purpose::Edit(node), event),
            }
        }
        self.document[node] = seen;
    }

    /// What an alias or `<<` says at a node and below.
    fn bring(&mut self, node: NodeId, value: &Value) {
        self.clear(node);
        let state = if value.as_map().is_some() { State::Map } else { State::Leaf };
        self.document[node] =
            Seen { state, owner: 0, written: false, brought: Some(value.clone()), leaks: state == State::Map };
        let children: Vec<_> = self.walk.patch.children(node).map(|(key, child)| (key.clone(), child)).collect();
        for (key, child) in children {
            if let Some(value) = value.get(&key) {
                self.bring(child, value);
            }
        }
    }

    /// Nothing is said at a node and below.
    fn clear(&mut self, node: NodeId) {
        clear(self.walk.patch, &mut self.document, node);
    }

    /// Lays what the document has at a node and below over what those before it have.
    fn combine(&mut self, node: NodeId) {
        let seen = std::mem::take(&mut self.document[node]);
        self.document[node].state = seen.state;
        if seen.state == State::Absent {
            return;
        }
        let leaks = self.total[node].leaks || seen.leaks;
        if seen.state == State::Leaf || self.total[node].state != State::Map {
            clear_keeping_leaks(self.walk.patch, &mut self.total, node);
        }
        let is_map = seen.state == State::Map;
        self.total[node] = Seen { leaks, ..seen };
        if is_map {
            let children: Vec<_> = self.walk.patch.children(node).map(|(_, child)| child).collect();
            children.into_iter().for_each(|child| self.combine(child));
        }
    }

    /// Begins to collect the value that begins with an event.
    fn collect(&mut self, purpose: Purpose, event: &Event<'_>) {
        let nowhere: fn(usize) -> Pos = |_| Pos::NONE;
        let depth = self.walk.depth() - usize::from(event.kind.nesting() > 0);
        self.collecting.push(Collecting { purpose, builder: Builder::new(nowhere), depth, incomplete: false });
    }

    /// Gives an event to all that collect.
    fn feed(&mut self, event: &Event<'_>, step: Step) -> Result<(), YamlError> {
        if self.collecting.is_empty() {
            return Ok(());
        }
        let alias = step.alias.and_then(|anchor| self.walk.kept.get(anchor.id).cloned());
        for collecting in &mut self.collecting {
            match (&alias, step.alias) {
                // What lacks something is collected by a later pass.
                _ if collecting.incomplete => {}
                (Some(value), _) => collecting.builder.add_alias(value, event.start)?,
                (None, Some(_)) => collecting.incomplete = true,
                (None, None) => collecting.builder.add(event, None)?,
            }
        }
        let depth = self.walk.depth();
        while let Some(done) = self.collecting.pop_if(|collecting| collecting.depth == depth) {
            self.collected(done)?;
        }
        Ok(())
    }

    fn collected(&mut self, done: Collecting) -> Result<(), YamlError> {
        if done.incomplete {
            return Ok(());
        }
        let value = done.builder.finish()?.value;
        match done.purpose {
            Purpose::Keep(id) => drop(self.walk.kept.values.insert(id, value)),
            Purpose::Edit(node) => self.document[node].brought = Some(value),
            Purpose::Merge(node) => {
                let maps = match &value {
                    Value::List(several, _) => several.iter().rev().collect(),
                    one => vec![one],
                };
                for map in maps {
                    self.merge(node, map);
                }
            }
        }
        Ok(())
    }

    /// `<<` with a map, in the map at a node.
    fn merge(&mut self, node: NodeId, map: &Value) {
        let children: Vec<_> = self.walk.patch.children(node).map(|(key, child)| (key.clone(), child)).collect();
        for (key, child) in children {
            if let Some(value) = map.get(&key) {
                self.bring(child, value);
            }
        }
    }
}

fn refused(at: usize, message: String, help: &'static str) -> StreamError {
    StreamError::refused(YamlError { help: Some(help), ..YamlError::new(at, message) })
}

fn clear(patch: &Patch, seen: &mut [Seen], node: NodeId) {
    if seen[node].state != State::Absent {
        seen[node] = Seen::default();
        patch.children(node).for_each(|(_, child)| clear(patch, seen, child));
    }
}

fn clear_keeping_leaks(patch: &Patch, seen: &mut [Seen], node: NodeId) {
    if seen[node].state != State::Absent {
        seen[node] = Seen { leaks: seen[node].leaks, ..Seen::default() };
        patch.children(node).for_each(|(_, child)| clear_keeping_leaks(patch, seen, child));
    }
}

/// What a scalar must be: JSON has no infinity, and a tag has to fit.
fn check(event: &Event<'_>, step: Step) -> Result<(), YamlError> {
    let EventKind::Scalar { text, style, .. } = &event.kind else { return Ok(()) };
    if matches!(step.role, Role::Key | Role::MergeKey) {
        return Ok(());
    }
    match resolve(text, *style, event.kind.tag()) {
        Ok(Resolved::Float(number)) if !number.is_finite() => lone_scalar(event).map(drop),
        Ok(_) => Ok(()),
        Err(message) => Err(YamlError::new(event.start, message)),
    }
}

/// Finds out how the base is indented, from the first places that tell.
#[derive(Debug, Default)]
struct Indents {
    step: Option<usize>,
    dash: Option<usize>,
    newline: Option<&'static str>,
    /// Up to where no line break is.
    searched: usize,
    /// The columns of the open block collections; nothing for those in flow style.
    columns: Vec<Option<usize>>,
    maps: Vec<bool>,
}

impl Indents {
    fn look(&mut self, event: &Event<'_>, text: Text<'_>) {
        if self.newline.is_none() {
            // The byte before the first line break may be gone already.
            let from = self.searched.max(text.start() + 1);
            let found = memchr::memchr(b'\n', text.slice(from..text.end())).map(|n| text.byte(from + n - 1) == b'\r');
            self.searched = text.end();
            self.newline = found.map(|carriage_return| if carriage_return { "\r\n" } else { "\n" });
        }
        if self.step.is_some() && self.dash.is_some() {
            return;
        }
        match &event.kind {
            EventKind::MappingStart { flow, .. } => self.open(event, text, *flow, true),
            EventKind::SequenceStart { flow, .. } => self.open(event, text, *flow, false),
            EventKind::MappingEnd | EventKind::SequenceEnd => {
                self.columns.pop();
                self.maps.pop();
            }
            _ => {}
        }
    }

    fn open(&mut self, event: &Event<'_>, text: Text<'_>, flow: bool, map: bool) {
        let column = (!flow).then(|| super::text::column(text, event.start));
        let parent = self.columns.last().copied().flatten().filter(|_| self.maps.last() == Some(&true));
        if let (Some(parent), Some(column)) = (parent, column) {
            let deeper = column.saturating_sub(parent);
            match map {
                true if deeper > 0 => drop(self.step.get_or_insert(deeper)),
                true => {}
                false => drop(self.dash.get_or_insert(deeper)),
            }
        }
        self.columns.push(column);
        self.maps.push(map);
    }

    fn style(&self) -> Style {
        let step = self.step.filter(|step| *step <= 8).unwrap_or(2);
        let dash = self.dash.filter(|dash| *dash <= 8).unwrap_or(step);
        Style { step, dash, newline: self.newline.unwrap_or("\n") }
    }
}
