//! Where a value was written, and what it overrode.

use crate::diag::Pos;

use super::Value;

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
    /// What stood there before: its data, and its own origin.
    pub overrode: Value,
}

/// What the nodes of merged values overrode. Memory grows with the number of overrides, not with the values.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    records: Vec<OriginRecord>,
}

impl Provenance {
    /// The origin of a node written at `pos` in place of `old`.
    pub fn overriding(&mut self, pos: Pos, old: Value) -> Origin {
        let Some(id) = u32::try_from(self.records.len()).ok().and_then(|n| n.checked_add(Pos::END)) else {
            return Origin::at(pos);
        };
        self.records.push(OriginRecord { pos, overrode: old });
        Origin(id)
    }

    /// The origin of a node that is laid over `old` and may already have overridden others: `old` goes below them all.
    pub fn beneath(&mut self, origin: Origin, old: Value) -> Origin {
        let Some(over) = self.overrode(origin).cloned() else { return self.overriding(self.pos(origin), old) };
        let below = self.beneath(over.origin(), old);
        self.overriding(self.pos(origin), over.with_origin(below))
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
        Some(&self.records.get(origin.record()?)?.overrode)
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
    }
}
