//! Which variables are in scope, and the slots that hold them.
//!
//! Go looks a variable up by name among those declared so far in the run. Scopes follow the text, so a name nearly
//! always means one slot; the exceptions are declarations in parentheses, which `and` and `or` may pass over.

use super::ast::{Row, Slot};
use super::table::Table;

struct Entry<'t> {
    name: &'t [u8],
    /// None where the text makes the name known without ever declaring it before its use.
    slot: Option<Slot>,
    /// Whether a run may pass over the declaration.
    uncertain: bool,
}

/// The variables known at a place in the text.
pub(super) struct Scope<'t> {
    entries: Vec<Entry<'t>>,
    slots: Slot,
}

impl<'t> Scope<'t> {
    /// With `$` alone.
    pub fn new() -> Self {
        Scope { entries: vec![Entry { name: b"$", slot: Some(0), uncertain: false }], slots: 1 }
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.slots.into()
    }

    pub fn mark(&self) -> usize {
        self.entries.len()
    }

    /// Makes a name known, before its value is.
    pub fn announce(&mut self, name: &'t [u8]) {
        self.entries.push(Entry { name, slot: None, uncertain: false });
    }

    /// Declares the variable announced at `at`; none where there are too many.
    pub fn declare(&mut self, at: usize, uncertain: bool) -> Option<Slot> {
        let slot = self.slots;
        self.slots = self.slots.checked_add(1)?;
        let entry = self.entries.get_mut(at)?;
        entry.slot = Some(slot);
        entry.uncertain = uncertain;
        Some(slot)
    }

    /// The slots that may hold a variable; none where the name is not known.
    pub fn find(&self, name: &[u8], slots: &mut Table<Slot>) -> Option<Row<Slot>> {
        let known = || self.entries.iter().rev().filter(|entry| entry.name == name);
        let is_certain = |entry: &Entry<'_>| entry.slot.is_some() && !entry.uncertain;
        known().next()?;
        let uncertain = known().take_while(|entry| !is_certain(entry));
        let certain = known().find(|entry| is_certain(entry));
        Some(slots.extend(uncertain.chain(certain).filter_map(|entry| entry.slot)))
    }

    /// The slots declared since a mark that a run may have passed over.
    pub fn uncertain_since(&self, mark: usize) -> impl Iterator<Item = Slot> {
        self.entries[mark..].iter().filter(|e| e.uncertain).filter_map(|e| e.slot)
    }

    /// Keeps the names known since a mark, but not their values: they were declared on another way.
    pub fn bury_since(&mut self, mark: usize) {
        self.entries[mark..].iter_mut().for_each(|e| e.slot = None);
    }

    pub fn leave(&mut self, mark: usize) {
        self.entries.truncate(mark);
    }
}
