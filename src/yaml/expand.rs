//! Aliases: the events of a document with each alias replaced by what it stands for.

use std::collections::HashMap;
use std::ops::Range;

use super::{Event, EventKind, Line, Reader, YamlError};

/// How deep collections may be nested in data, aliases counted in; Go's JSON reader has the same limit.
pub const MAX_DATA_DEPTH: usize = 10_000;

/// A reader whose aliases are gone: in the place of each come the events of the node it stands for.
///
/// The events of anchored nodes are kept, each once, so memory grows with them and not with the input. A document in
/// which aliases stand for too much is refused by goyaml's rule, before it grows: the nodes that aliases bring may
/// make up 99 % of up to 400,000, and less of more.
#[derive(Debug)]
pub struct Expander<'a> {
    reader: Reader<'a>,
    anchors: AnchorStore<'a>,
    /// The anchored nodes that are being replayed, innermost last.
    replays: Vec<Range<usize>>,
    /// Where the alias is whose first event was yielded last.
    alias: Option<usize>,
    count: AliasCount,
    depth: usize,
}

impl<'a> Expander<'a> {
    /// The events of a reader, aliases expanded.
    pub fn new(reader: Reader<'a>) -> Self {
        Expander {
            reader,
            anchors: AnchorStore::default(),
            replays: Vec::new(),
            alias: None,
            count: AliasCount::default(),
            depth: 0,
        }
    }

    /// The reader below.
    pub fn reader(&self) -> &Reader<'a> {
        &self.reader
    }

    /// Where the alias stands, if the event yielded last is the first one of the node that an alias stands for.
    pub fn alias(&self) -> Option<usize> {
        self.alias
    }

    /// Whether the event yielded last came by an alias, directly or within a node that did. The range of such an event
    /// is in the anchored node.
    pub fn is_replayed(&self) -> bool {
        !self.replays.is_empty()
    }

    /// Goes on to the next event, never an alias, which is not moved anywhere; false after the last document.
    ///
    /// # Errors
    /// What is not YAML; an alias to an unknown anchor or to a node that it is itself in; too much aliasing or nesting.
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Box<YamlError>> {
        self.alias = None;
        if !self.replays.is_empty() {
            return self.replay();
        }
        Ok(self.reader.advance()? && (self.passes() || self.admit()?))
    }

    /// The event that was come to last.
    #[inline(always)]
    pub fn event(&self) -> &Event<'a> {
        self.reader.current()
    }

    /// The same, to be kept.
    #[inline(always)]
    pub fn take_event(&mut self) -> Event<'a> {
        self.reader.take_current()
    }

    /// The next line of a block mapping, where it is of the plainest kind: what several events would say.
    #[inline]
    pub fn plain_line(&mut self) -> Option<Line<'a>> {
        let is_calm = self.replays.is_empty() && self.anchors.open.is_empty() && self.count.is_low();
        if !is_calm || self.depth >= MAX_DATA_DEPTH {
            return None;
        }
        let line = self.reader.plain_line()?;
        self.alias = None;
        match line {
            Line::Entry { .. } | Line::Empty { .. } => self.count.all += 2,
            Line::Opens { .. } => {
                self.count.all += 2;
                self.depth += 1;
            }
            Line::End => self.depth = self.depth.saturating_sub(1),
        }
        Some(line)
    }

    /// Has the line that was given last come again, as events. It was an entry.
    #[cold]
    pub fn unread_line(&mut self) {
        self.reader.unread_line();
        self.count.all -= 2;
    }

    /// Whether an event, as most are, is one of which nothing is to be remembered; it is counted then.
    #[inline(always)]
    fn passes(&mut self) -> bool {
        let (nodes, depth) = match &self.reader.current().kind {
            EventKind::Scalar { props: None, .. } => (1, self.depth),
            EventKind::SequenceStart { props: None, .. } | EventKind::MappingStart { props: None, .. } => {
                (1, self.depth + 1)
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => (0, self.depth.saturating_sub(1)),
            _ => return false,
        };
        let passes = self.anchors.open.is_empty() && self.count.is_low() && depth <= MAX_DATA_DEPTH;
        if passes {
            self.count.all += nodes;
            self.depth = depth;
        }
        passes
    }

    /// Takes note of the reader's event.
    #[inline(never)]
    fn admit(&mut self) -> Result<bool, Box<YamlError>> {
        let event = self.reader.current();
        match event.kind {
            EventKind::Alias(name) => {
                let at = event.start;
                let nodes = self.anchors.refer(name, at)?;
                self.enter(at, nodes)?;
                return self.replay();
            }
            EventKind::DocumentStart { .. } => {
                self.anchors = AnchorStore::default();
                self.count = AliasCount::default();
            }
            _ => self.anchors.record(event),
        }
        self.tally()?;
        Ok(true)
    }

    /// The next event of the anchored nodes that are being replayed, or what follows them.
    fn replay(&mut self) -> Result<bool, Box<YamlError>> {
        while let Some(replay) = self.replays.last_mut() {
            match replay.next().and_then(|index| self.anchors.log.get(index)) {
                Some(Logged::Event(event)) => {
                    self.reader.set_current(event.clone());
                    self.tally()?;
                    return Ok(true);
                }
                Some(Logged::Alias { at, nodes }) => {
                    let (at, nodes) = (*at, nodes.clone());
                    self.enter(at, nodes)?;
                }
                None => drop(self.replays.pop()),
            }
        }
        self.advance()
    }

    fn enter(&mut self, at: usize, nodes: Range<usize>) -> Result<(), YamlError> {
        self.count.add(1, u64::from(self.is_replayed()), at)?;
        self.replays.push(nodes);
        self.alias = Some(self.alias.unwrap_or(at));
        Ok(())
    }

    fn tally(&mut self) -> Result<(), YamlError> {
        let event = self.reader.current();
        let at = self.alias.unwrap_or(event.start);
        match event.kind.nesting() {
            0 if !matches!(event.kind, EventKind::Scalar { .. }) => return Ok(()),
            0 => {}
            1 => self.depth += 1,
            _ => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(());
            }
        }
        if self.depth > MAX_DATA_DEPTH {
            return Err(YamlError::new(at, "exceeded max depth"));
        }
        self.count.add(1, u64::from(self.is_replayed()), at)
    }
}

/// How many nodes a document had so far, and how many of them aliases brought: more than goyaml allows is an error.
#[derive(Debug)]
pub struct AliasCount {
    all: u64,
    aliased: u64,
}

impl Default for AliasCount {
    fn default() -> Self {
        AliasCount { all: 1, aliased: 0 }
    }
}

/// From how many nodes on aliases may bring less than 99 % of them.
const FEW: u64 = 400_000;
/// From how many nodes on aliases may bring no more than 10 % of them.
const MANY: u64 = 4_000_000;

impl AliasCount {
    /// Whether aliases brought so few nodes that it does not matter how many there are.
    fn is_low(&self) -> bool {
        self.aliased <= 100
    }

    /// All nodes.
    pub fn all(&self) -> u64 {
        self.all
    }

    /// Adds nodes, and how many of them aliases brought.
    ///
    /// # Errors
    /// Where these are too many; `at` is the place to name.
    pub fn add(&mut self, nodes: u64, aliased: u64, at: usize) -> Result<(), YamlError> {
        self.all += nodes;
        self.aliased += aliased;
        if !self.is_low() && self.all > 1000 && self.aliased as f64 / self.all as f64 > self.allowed() {
            return Err(YamlError::new(at, "document contains excessive aliasing"));
        }
        Ok(())
    }

    fn allowed(&self) -> f64 {
        match self.all {
            ..=FEW => 0.99,
            MANY.. => 0.10,
            all => 0.99 - 0.89 * ((all - FEW) as f64 / (MANY - FEW) as f64),
        }
    }
}

/// The events of the anchored nodes of a document.
#[derive(Debug, Default)]
struct AnchorStore<'a> {
    /// All events from the beginning of an anchored node to its end, one such stretch after the other.
    log: Vec<Logged<'a>>,
    nodes: HashMap<&'a str, Anchored>,
    /// The anchored nodes that have begun and not ended, innermost last.
    open: Vec<Open<'a>>,
    depth: usize,
}

#[derive(Debug)]
enum Logged<'a> {
    Event(Event<'a>),
    /// An alias, already led to its node: the anchor may mean another one by the time of a replay.
    Alias {
        at: usize,
        nodes: Range<usize>,
    },
}

/// What an anchor stands for.
#[derive(Debug, Clone)]
enum Anchored {
    /// A node, by its place in the log.
    Node(Range<usize>),
    /// A node that is being read, by where it begins in the log.
    Unfinished(usize),
}

#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    start: usize,
    /// How many collections were open around it.
    depth: usize,
}

impl<'a> AnchorStore<'a> {
    /// Takes note of an event that is not an alias.
    fn record(&mut self, event: &Event<'a>) {
        if let Some(name) = event.kind.anchor() {
            self.nodes.insert(name, Anchored::Unfinished(self.log.len()));
            self.open.push(Open { name, start: self.log.len(), depth: self.depth });
        }
        if self.open.is_empty() {
            return;
        }
        self.log.push(Logged::Event(event.clone()));
        match event.kind.nesting() {
            1 => self.depth += 1,
            -1 => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        while let Some(open) = self.open.pop_if(|open| open.depth == self.depth) {
            self.finish(&open);
        }
    }

    /// The node has ended; within it, its anchor may have come to mean another.
    fn finish(&mut self, open: &Open<'a>) {
        let node = open.start..self.log.len();
        if let Some(known) = self.nodes.get_mut(open.name)
            && matches!(known, Anchored::Unfinished(start) if *start == open.start)
        {
            *known = Anchored::Node(node);
        }
    }

    /// What an alias stands for.
    fn refer(&mut self, name: &'a str, at: usize) -> Result<Range<usize>, YamlError> {
        match self.nodes.get(name).cloned() {
            Some(Anchored::Node(nodes)) => {
                if !self.open.is_empty() {
                    self.log.push(Logged::Alias { at, nodes: nodes.clone() });
                }
                Ok(nodes)
            }
            Some(Anchored::Unfinished(_)) => Err(YamlError::new(at, format!("anchor '{name}' value contains itself"))),
            None => Err(YamlError::new(at, format!("unknown anchor '{name}' referenced"))),
        }
    }
}
