//! The second pass: copies the base and writes into it what the plan says.
//!
//! Text is copied as it is, up to a place where something else belongs. What comes behind a value, and whether a map has
//! ended, shows only with the next event; so a change is begun at one event and completed at a later one.

use std::collections::HashSet;
use std::io::{self, Write};

use super::anchors::{Anchored, Serial};
use super::copy::Copy;
use super::patch::{NodeId, Patch};
use super::plan::Plan;
use super::text::{
    LONGEST_BREAK, Written, begins_line, block_scalar_end, column, first_solid, flow, flow_entries, has_break,
    line_end, solid_end,
};
use super::walk::{Kept, Role, Step, Walk};
use crate::value::{Map, Origin, Value};
use crate::values::merge::lone_scalar;
use crate::yaml::{Event, EventKind, Style, Text, YamlError};

/// Why the second pass stops.
#[derive(Debug)]
pub(super) enum Fault {
    Yaml(YamlError),
    Write(io::Error),
}

impl From<YamlError> for Fault {
    fn from(error: YamlError) -> Self {
        Fault::Yaml(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Write(error)
    }
}

/// A collection of the base that is open.
#[derive(Debug)]
struct Open {
    flow: bool,
    /// What is known of it, where it is a map that the patch is merged into.
    touched: Option<Touched>,
}

/// A map of the base that the patch is merged into.
#[derive(Debug)]
struct Touched {
    /// The column of its entries.
    column: usize,
    /// Whether its first entry has a line of its own, in braces.
    own_lines: bool,
    /// Whether it has an entry.
    filled: bool,
    /// What to add at its end.
    insert: Option<Map>,
}

/// A value of the base in whose place something else comes.
#[derive(Debug)]
struct Skip {
    /// How many collections are open around it.
    depth: usize,
    flow: bool,
    /// Where it ends, once that is known.
    end: Option<usize>,
    /// Whether it ends on another line than the one on which its key ends.
    apart: bool,
    /// What to write below that line.
    lines: String,
}

/// The second pass, event by event.
pub(super) struct Splice<'p, W> {
    walk: Walk<'p>,
    plan: Plan,
    copy: Copy<W>,
    /// Where the last token ends.
    solid: usize,
    open: Vec<Open>,
    skip: Option<Skip>,
    /// Anchored nodes whose anchor now stands where the first alias was.
    moved: HashSet<Serial>,
    /// Whether `...` has ended the last document.
    closed: bool,
}

impl<'p, W: Write> Splice<'p, W> {
    pub fn new(patch: &'p Patch, plan: Plan, kept: Kept, out: W, strip: bool) -> Self {
        let replaces = plan.replace.iter().map(Option::is_some).collect();
        Splice {
            walk: Walk::new(patch, replaces, kept, false),
            plan,
            copy: Copy::new(out, strip),
            solid: 0,
            open: Vec::new(),
            skip: None,
            moved: HashSet::new(),
            closed: false,
        }
    }

    /// The offset from which on the base's text is needed: what comes next, and the line break before it.
    pub fn keep_from(&self) -> usize {
        let needed = if self.skip.is_some() { self.solid } else { self.copy.at().min(self.solid) };
        needed.saturating_sub(LONGEST_BREAK)
    }

    pub fn event(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), Fault> {
        let step = self.walk.step(event)?;
        if let Some(skip) = &mut self.skip
            && skip.end.is_none()
        {
            skip.apart |= has_break(text, self.solid, event.end);
            if self.walk.depth() == skip.depth {
                let end = if event.start < event.end { event.end } else { solid_end(text, self.solid, event.start) };
                (skip.end, self.solid) = (Some(end), end);
            } else if event.start < event.end {
                self.solid = self.solid.max(token_end(event, text));
            }
            return Ok(());
        }
        self.complete(event.start, text)?;
        self.change(event, step, text)?;
        if self.skip.is_none() && event.start < event.end {
            self.solid = self.solid.max(token_end(event, text));
            self.copy.token(event, self.solid, text)?;
        }
        Ok(())
    }

    /// All events before an offset have been given.
    pub fn settled(&mut self, at: usize, text: Text<'_>) -> Result<(), Fault> {
        if self.skip.is_none() {
            self.copy.gap(self.solid.min(at), text)?;
        }
        Ok(())
    }

    /// The document has ended, and the next one begins at an offset.
    pub fn document_end(&mut self, at: usize, text: Text<'_>) -> Result<(), Fault> {
        self.solid = at;
        if self.closed {
            self.copy.raw(at, text)?
        } else {
            self.copy.gap(at, text)?
        }
        Ok(())
    }

    /// Adds the documents that belong after the base.
    pub fn finish(&mut self) -> Result<(), Fault> {
        if let Some((_, map)) = self.plan.root.take() {
            self.copy.end_line(self.plan.style.newline)?;
            if self.closed {
                self.copy.write(&format!("---{}", self.plan.style.newline))?;
            }
            self.block_document(&map)?;
        }
        for document in std::mem::take(&mut self.plan.append) {
            self.copy.end_line(self.plan.style.newline)?;
            self.copy.write("---")?;
            self.copy.write(self.plan.style.newline)?;
            self.block_document(document.as_map().map(|map| &**map).unwrap_or(&Map::new()))?;
        }
        Ok(self.copy.flush()?)
    }

    fn block_document(&mut self, map: &Map) -> io::Result<()> {
        let lines = self.plan.style.entries(map, 0);
        let newline = self.plan.style.newline;
        self.copy.write(lines.strip_prefix(newline).unwrap_or_default())?;
        self.copy.write(newline)
    }

    fn change(&mut self, event: &Event<'_>, step: Step, text: Text<'_>) -> Result<(), Fault> {
        match (step.role, step.node) {
            (Role::Document, _) => {
                self.closed = event.kind == EventKind::DocumentEnd && event.start < event.end;
            }
            (Role::Value, Some(node)) => self.value(event, step, node, text)?,
            (Role::Root, _) => self.root(event, step, text)?,
            (Role::Key | Role::MergeKey, _) => self.key(event, text),
            _ => {}
        }
        match event.kind.nesting() {
            1 if self.skip.is_none() => self.enter(event, step, text),
            -1 => self.leave(event, text)?,
            _ => {}
        }
        match step.alias {
            Some(anchor) if self.skip.is_none() => self.alias(event, anchor, text),
            _ => Ok(()),
        }
    }

    fn is_flow(&self) -> bool {
        self.open.last().is_some_and(|open| open.flow)
    }

    fn enter(&mut self, event: &Event<'_>, step: Step, text: Text<'_>) {
        let flow = matches!(
            event.kind,
            EventKind::MappingStart { flow: true, .. } | EventKind::SequenceStart { flow: true, .. }
        );
        let begins = matches!(step.role, Role::Root | Role::Value) && step.node.is_some();
        let touched = (begins && matches!(event.kind, EventKind::MappingStart { .. })).then(|| Touched {
            column: if flow { 0 } else { column(text, event.start) },
            own_lines: false,
            filled: false,
            insert: self.plan.insert.remove(&step.serial),
        });
        self.open.push(Open { flow, touched });
    }

    /// Notes how the entries of a flow map are laid out, from the first one.
    fn key(&mut self, event: &Event<'_>, text: Text<'_>) {
        let solid = self.solid;
        let Some(Open { touched: Some(touched), flow }) = self.open.last_mut() else { return };
        if !touched.filled && *flow {
            touched.own_lines = has_break(text, solid, event.start);
            touched.column = if touched.own_lines { column(text, event.start) } else { 0 };
        }
        touched.filled = true;
    }

    /// A map ends: what it lacks comes behind its last entry.
    fn leave(&mut self, event: &Event<'_>, text: Text<'_>) -> Result<(), Fault> {
        let Some(Open { flow, touched: Some(Touched { column, own_lines, filled, insert }) }) = self.open.pop() else {
            return Ok(());
        };
        let Some(insert) = insert else { return Ok(()) };
        let end = solid_end(text, self.solid, event.start);
        if flow {
            let separator = match (filled, end > self.solid) {
                (false, _) => "",
                (true, true) if text.byte(end - 1) == b',' => " ",
                // Directly behind a `:` or a tag, a comma would belong to it.
                (true, true) => " , ",
                (true, false) => ", ",
            };
            let layout = Layout { separator, lines: own_lines && has_break(text, end, event.start), column };
            return Ok(self.insert_flow(&insert, layout, end..event.start, text)?);
        }
        let lines = self.plan.style.entries(&insert, column);
        Ok(self.insert_lines(&lines, end, event.start, text)?)
    }

    /// Writes lines below the line on which an offset is.
    fn insert_lines(&mut self, lines: &str, after: usize, limit: usize, text: Text<'_>) -> io::Result<()> {
        let newline = self.plan.style.newline;
        if begins_line(text, after) {
            self.copy.gap(after, text)?;
            self.copy.write(lines.strip_prefix(newline).unwrap_or_default())?;
            return self.copy.write(newline);
        }
        self.copy.gap(line_end(text, after, limit), text)?;
        self.copy.write(lines)
    }

    fn insert_flow(
        &mut self,
        insert: &Map,
        layout: Layout,
        gap: std::ops::Range<usize>,
        text: Text<'_>,
    ) -> io::Result<()> {
        let entries = flow_entries(insert);
        self.copy.gap(gap.start, text)?;
        if layout.lines {
            self.copy.write(layout.separator.trim_end())?;
            self.copy.gap(line_end(text, gap.start, gap.end), text)?;
            let line = format!("{}{}", self.plan.style.newline, " ".repeat(layout.column));
            self.copy.write(&line)?;
            return self.copy.write(&entries.join(&format!(",{line}")));
        }
        self.copy.write(layout.separator)?;
        self.copy.write(&entries.join(", "))?;
        self.space_before_comment(gap.start, text)
    }

    /// Directly behind new text, `#` would begin no comment.
    fn space_before_comment(&mut self, at: usize, text: Text<'_>) -> io::Result<()> {
        if text.byte(at) == b'#' { self.copy.write(" ") } else { Ok(()) }
    }

    fn value(&mut self, event: &Event<'_>, step: Step, node: NodeId, text: Text<'_>) -> Result<(), Fault> {
        if let Some(value) = self.plan.replace[node].clone() {
            let same = matches!(event.kind, EventKind::Scalar { .. }) && lone_scalar(event)? == value;
            return if same { Ok(()) } else { Ok(self.replace(event, &value, text)?) };
        }
        if let Some(value) = self.plan.expand.remove(&step.serial) {
            return Ok(self.replace(event, &value, text)?);
        }
        if matches!(event.kind, EventKind::MappingStart { flow: true, .. })
            && !self.is_flow()
            && first_solid(text, event.end, text.end()).is_some_and(|at| text.byte(at) == b'}')
            && let Some(insert) = self.plan.insert.remove(&step.serial)
        {
            // What is put into `{}` is written as a block.
            self.replace(event, &Value::Map(insert.into(), Origin::NONE), text)?;
        }
        Ok(())
    }

    /// Begins to put a value in the place of the one that begins here, behind the key that was last.
    fn replace(&mut self, event: &Event<'_>, value: &Value, text: Text<'_>) -> io::Result<()> {
        let key_end = self.solid;
        let colon = first_solid(text, key_end, event.start).filter(|at| text.byte(*at) == b':');
        let empty = event.start == event.end && event.kind.nesting() == 0;
        let begin = match colon {
            Some(colon) => {
                first_solid(text, colon + 1, event.start).unwrap_or(if empty { colon + 1 } else { event.start })
            }
            None => key_end,
        };
        let end = match event.kind.nesting() {
            0 if empty => Some(solid_end(text, begin, event.start)),
            0 => Some(token_end(event, text)),
            _ => None,
        };
        let depth = self.walk.depth() - usize::from(end.is_none());
        let apart = has_break(text, colon.unwrap_or(key_end), end.unwrap_or(begin));
        let mut skip = Skip { depth, flow: self.is_flow(), end, apart, lines: String::new() };
        if skip.flow {
            self.begin_flow(&flow(value), key_end, colon, begin, text)?;
        } else {
            let written = self.plan.style.value(value, self.column());
            self.begin_block(&written, key_end, (colon, begin, event.start), text)?;
            skip.lines = written.lines;
        }
        self.solid = end.unwrap_or(begin);
        self.copy.pass(begin);
        self.skip = Some(skip);
        Ok(())
    }

    /// The column of the entries of the innermost block map.
    fn column(&self) -> usize {
        self.open.last().and_then(|open| open.touched.as_ref()).map_or(0, |touched| touched.column)
    }

    fn begin_flow(
        &mut self,
        value: &str,
        key_end: usize,
        colon: Option<usize>,
        begin: usize,
        text: Text<'_>,
    ) -> io::Result<()> {
        match colon {
            None => {
                self.copy.gap(key_end, text)?;
                self.copy.write(": ")?;
            }
            Some(colon) => {
                self.copy.gap(begin, text)?;
                self.copy.write(if begin == colon + 1 { " " } else { "" })?;
            }
        }
        self.copy.write(value)
    }

    fn begin_block(
        &mut self,
        written: &Written,
        key_end: usize,
        (colon, begin, limit): (Option<usize>, usize, usize),
        text: Text<'_>,
    ) -> io::Result<()> {
        let head = if written.head.is_empty() { String::new() } else { format!(" {}", written.head) };
        let Some(colon) = colon else {
            // `? key` and nothing else.
            let line = format!("{}{}:{head}", self.plan.style.newline, " ".repeat(self.column()));
            return self.insert_lines(&line, key_end, limit, text);
        };
        if has_break(text, colon, begin) {
            self.copy.gap(colon + 1, text)?;
            self.copy.write(&head)?;
            return self.copy.gap(line_end(text, colon + 1, begin), text);
        }
        if written.head.is_empty() || begin == colon + 1 {
            self.copy.gap(colon + 1, text)?;
            return self.copy.write(&head);
        }
        self.copy.gap(begin, text)?;
        self.copy.write(&written.head)
    }

    /// Completes what has come in the place of a value, with all text up to the next token.
    fn complete(&mut self, limit: usize, text: Text<'_>) -> io::Result<()> {
        let Some(Skip { flow, end: Some(end), apart, lines, .. }) = self.skip.take() else { return Ok(()) };
        self.copy.pass(end);
        if flow || !apart {
            self.space_before_comment(end, text)?;
        }
        if flow {
            return Ok(());
        }
        if !apart {
            self.copy.gap(line_end(text, end, limit), text)?;
            return self.copy.write(&lines);
        }
        self.copy.write(&lines)?;
        if begins_line(text, end) {
            return self.copy.write(self.plan.style.newline);
        }
        self.copy.pass(line_end(text, end, limit));
        Ok(())
    }

    /// The first alias to a node that the patch changes is what the node was, with its anchor.
    fn alias(&mut self, event: &Event<'_>, anchor: Anchored, text: Text<'_>) -> Result<(), Fault> {
        let EventKind::Alias(name) = event.kind else { return Ok(()) };
        if !anchor.changed || !self.moved.insert(anchor.id) {
            return Ok(());
        }
        if let Some(value) = self.walk.kept.get(anchor.id) {
            let written = format!("&{name} {}", flow(value));
            self.copy.gap(event.start, text)?;
            self.copy.write(&written)?;
            self.copy.pass(event.end);
        }
        Ok(())
    }

    /// The value of a document; where the last one is null, what the patch makes of it.
    fn root(&mut self, event: &Event<'_>, step: Step, text: Text<'_>) -> Result<(), Fault> {
        let written_null =
            event.start < event.end && self.plan.root.as_ref().is_some_and(|(at, _)| *at == Some(step.serial));
        let empty_map = matches!(event.kind, EventKind::MappingStart { flow: true, .. })
            && first_solid(text, event.end, text.end()).is_some_and(|at| text.byte(at) == b'}');
        let insert = match (written_null, empty_map) {
            (true, _) => self.plan.root.take().map(|(_, map)| map),
            (_, true) => self.plan.insert.remove(&step.serial),
            _ => None,
        };
        let Some(insert) = insert else { return Ok(()) };
        let begin = first_solid(text, self.solid, event.start).unwrap_or(event.start);
        self.copy.gap(begin, text)?;
        let lines = self.plan.style.entries(&insert, column(text, begin));
        let close = first_solid(text, event.end, text.end()).filter(|_| empty_map);
        let end = close.map_or(event.end, |at| at + 1);
        let alone = text.slice(end..line_end(text, end, text.end())).iter().all(|b| b" \t".contains(b));
        if alone && column(text, begin) == 0 && !has_break(text, begin, end) {
            self.copy.write(lines.strip_prefix(self.plan.style.newline).unwrap_or_default())?;
        } else {
            self.copy.write(&flow(&Value::Map(insert.into(), Origin::NONE)))?;
        }
        self.copy.pass(end);
        self.solid = end;
        let depth = self.walk.depth() - usize::from(empty_map);
        let end = (!empty_map).then_some(end);
        self.skip = Some(Skip { depth, flow: true, end, apart: false, lines: String::new() });
        Ok(())
    }
}

/// How to add entries to a flow map.
struct Layout {
    /// What to write in front of the first one.
    separator: &'static str,
    /// Whether each entry has a line of its own, and its column.
    lines: bool,
    column: usize,
}

/// Where a token ends; a block scalar before empty lines that are not part of it.
fn token_end(event: &Event<'_>, text: Text<'_>) -> usize {
    match &event.kind {
        EventKind::Scalar { style: Style::Literal | Style::Folded, .. } => {
            block_scalar_end(text, event.start, event.end)
        }
        _ => event.end,
    }
}
