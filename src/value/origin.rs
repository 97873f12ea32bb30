//! Where a value was written, and what it overrode.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::Pos;

use super::{Str, Value};

/// Where a value was written: 4 bytes in every node.
///
/// Either directly a place, the first byte of the key for a map's entry and of the value elsewhere, or, for a node that
/// overrode another, the number of a record in the [`Provenance`] of the merged values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Origin(u32);

impl Origin {
    /// Written nowhere: computed.
    pub const NONE: Origin = Origin(0);

    /// Written at a place.
    pub fn at(pos: Pos) -> Self {
        debug_assert!(pos.0 < Pos::END);
        Origin(pos.0)
    }

    /// The record this stands for, unless it is a place.
    fn record(self) -> Option<usize> {
        self.0.checked_sub(Pos::END).map(|n| n as usize)
    }
}

/// A node that overrode another one.
#[derive(Debug, Clone)]
pub struct OriginRecord {
    /// Where it was written.
    pub pos: Pos,
    /// What stood there before: its data, and its own origin. Nothing where an [`Edit`] has met nothing yet.
    pub overrode: Option<Value>,
}

/// What a layer does to what it finds beneath, where it neither merges nor replaces as Helm does.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// These items stand after those of the list beneath.
    Append(Arc<Vec<Value>>),
    /// These items stand before those of the list beneath.
    Prepend(Arc<Vec<Value>>),
    /// These items, maps, are merged into those beneath that have the same value under a key.
    MergeBy(Str, Arc<Vec<Value>>),
    /// A map in place of what is beneath.
    Replace,
    /// Nothing is left of what is beneath; a null stands there until all is merged.
    Delete,
}

/// The tag that says it in YAML.
impl std::fmt::Display for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Edit::Append(_) => f.write_str("!append"),
            Edit::Prepend(_) => f.write_str("!prepend"),
            Edit::MergeBy(key, _) => write!(f, "!merge:{key}"),
            Edit::Replace => f.write_str("!replace"),
            Edit::Delete => f.write_str("!delete"),
        }
    }
}

impl Edit {
    /// What the layer itself says, where that is a list.
    pub fn items(&self) -> Option<&Arc<Vec<Value>>> {
        match self {
            Edit::Append(items) | Edit::Prepend(items) | Edit::MergeBy(_, items) => Some(items),
            Edit::Replace | Edit::Delete => None,
        }
    }
}

/// What the nodes of merged values overrode. Memory grows with the number of overrides, not with the values; where
/// nobody will ask, it is forgotten, and only what has to do with edits is held.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    records: Records,
    /// The edits, by the records of the nodes that they made.
    edits: HashMap<usize, Edit>,
    misfits: Vec<Misfit>,
    copied: usize,
    forgets: bool,
    lacks: bool,
}

/// Records by their number, in chunks, so that they stay where they are as they grow in number.
#[derive(Debug, Clone, Default)]
struct Records(Vec<Vec<OriginRecord>>);

/// How many records a chunk has.
const CHUNK: usize = 1024;

impl Records {
    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len())
    }

    fn get(&self, id: usize) -> Option<&OriginRecord> {
        self.0.get(id / CHUNK)?.get(id % CHUNK)
    }

    fn push(&mut self, record: OriginRecord) {
        match self.0.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(record),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(record);
                self.0.push(chunk);
            }
        }
    }
}

/// An [`Edit`] of a list over something that is none, and replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Its tag.
    pub tag: String,
    /// Where the edit was written.
    pub pos: Pos,
    /// Where the other was.
    pub beneath: Pos,
    /// What that is.
    pub found: &'static str,
}

impl Provenance {
    /// From now on what is overridden is forgotten, or is not.
    pub fn forget(&mut self, forget: bool) {
        self.forgets = forget;
    }

    /// Whether something that was forgotten was asked for after all.
    pub fn lacks(&self) -> bool {
        self.lacks
    }

    /// The origin of a node written at `pos` in place of `old`.
    pub fn overriding(&mut self, pos: Pos, old: Value) -> Origin {
        self.record(pos, Some(old), None)
    }

    /// The origin of a node that an edit makes of what it overrode; nothing yet.
    pub fn editing(&mut self, pos: Pos, edit: Edit) -> Origin {
        self.record(pos, None, Some(edit))
    }

    /// The origin of a node written at `pos`, with what it overrode and the edit that made it.
    pub fn record(&mut self, pos: Pos, overrode: Option<Value>, edit: Option<Edit>) -> Origin {
        // What is beneath an edit may be edited anew, so all stays that comes after the first one.
        if self.forgets && edit.is_none() && self.edits.is_empty() {
            return Origin::at(pos);
        }
        let id = self.records.len();
        let Some(origin) = u32::try_from(id).ok().and_then(|n| n.checked_add(Pos::END)) else {
            return Origin::at(pos);
        };
        self.records.push(OriginRecord { pos, overrode });
        self.edits.extend(edit.map(|edit| (id, edit)));
        Origin(origin)
    }

    /// The edit that made the node with this origin.
    pub fn edit(&self, origin: Origin) -> Option<&Edit> {
        if self.edits.is_empty() { None } else { self.edits.get(&origin.record()?) }
    }

    /// Whether any node was made by an edit.
    pub fn has_edits(&self) -> bool {
        !self.edits.is_empty()
    }

    /// Whether a map with this origin keeps out what is beneath: it, or one that it overrode, replaces or deletes.
    pub fn is_closed(&self, origin: Origin) -> bool {
        self.has_edits()
            && self.line(origin).any(|origin| matches!(self.edit(origin), Some(Edit::Replace | Edit::Delete)))
    }

    /// An origin, that of what its node overrode, and so on.
    pub fn line(&self, origin: Origin) -> impl Iterator<Item = Origin> {
        std::iter::successors(Some(origin), |origin| self.overrode(*origin).map(Value::origin))
    }

    /// Takes note of the length of a list that an edit made.
    pub fn note_copied(&mut self, items: usize) {
        self.copied = self.copied.saturating_add(items);
    }

    /// How many list items edits have copied: memory that grows with layers times lists.
    pub fn copied(&self) -> usize {
        self.copied
    }

    /// Takes note of an edit that found no list; once, however often it is merged.
    pub fn note_misfit(&mut self, misfit: Misfit) {
        if !self.misfits.contains(&misfit) {
            self.misfits.push(misfit);
        }
    }

    /// The edits that found no list.
    pub fn misfits(&self) -> &[Misfit] {
        &self.misfits
    }

    /// Where the value with this origin was written; [`Pos::NONE`] where nowhere.
    pub fn pos(&self, origin: Origin) -> Pos {
        match origin.record() {
            Some(id) => self.records.get(id).map_or(Pos::NONE, |r| r.pos),
            None => Pos(origin.0),
        }
    }

    /// What the value with this origin overrode.
    pub fn overrode(&self, origin: Origin) -> Option<&Value> {
        self.records.get(origin.record()?)?.overrode.as_ref()
    }

    /// What the value with this origin overrode, to be put back in its place; that it may be forgotten is noted.
    pub fn recall(&mut self, origin: Origin) -> Option<Value> {
        let found = self.overrode(origin).cloned();
        self.lacks |= self.forgets && found.is_none();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_overrides_is_kept() {
        let mut provenance = Provenance::default();
        let first = Value::str("a").with_origin(Origin::at(Pos(3)));
        let second = provenance.overriding(Pos(9), first.clone());
        assert_eq!(provenance.pos(second), Pos(9));
        assert_eq!(provenance.overrode(second), Some(&first));
        assert_eq!(provenance.pos(first.origin()), Pos(3));
        assert_eq!(provenance.overrode(first.origin()), None);
        let many: Vec<Origin> =
            (0..3 * CHUNK as u32).map(|n| provenance.overriding(Pos(n), Value::int(n.into()))).collect();
        for (n, origin) in (0..).zip(many) {
            assert_eq!((provenance.pos(origin), provenance.overrode(origin)), (Pos(n as u32), Some(&Value::int(n))));
        }
    }
}
