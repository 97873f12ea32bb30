//! Tables: things of one kind, one after another, named by their numbers.
//!
//! A syntax tree has very many small nodes, and each page of memory that they fill costs more than reading what stands
//! in it. Numbers are half as large as pointers, and things in tables need no blocks of their own.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, Range};

/// All things of a kind.
#[derive(Debug)]
pub struct Table<T>(Vec<T>);

/// The number of a thing in its table, from 1, so that none takes no more room.
#[derive(Debug)]
pub struct Id<T> {
    number: NonZeroU32,
    of: PhantomData<fn() -> T>,
}

/// Things that follow each other in their table.
#[derive(Debug)]
pub struct Row<T> {
    first: u32,
    end: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Copy for Id<T> {}
impl<T> Copy for Row<T> {}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Clone for Row<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Row<T> {
    /// No things.
    pub const EMPTY: Row<T> = Row { first: 0, end: 0, of: PhantomData };

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.first == self.end
    }

    fn range(self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

impl<T> Table<T> {
    /// Adds a thing.
    pub(super) fn push(&mut self, thing: T) -> Id<T> {
        self.0.push(thing);
        Id { number: NonZeroU32::MIN.saturating_add(self.0.len() as u32 - 1), of: PhantomData }
    }

    /// The same table with no more room than it needs. This one is empty then, with room for the next.
    pub(super) fn finish(&mut self) -> Table<T> {
        let mut things = Vec::with_capacity(self.0.len());
        things.append(&mut self.0);
        Table(things)
    }

    /// Moves what lies on a stack from `mark` on into the table.
    pub(super) fn take(&mut self, stack: &mut Vec<T>, mark: usize) -> Row<T>
    where
        T: Copy,
    {
        let row = self.extend(stack[mark..].iter().copied());
        stack.truncate(mark);
        row
    }

    /// Adds things in a row.
    pub(super) fn extend(&mut self, things: impl IntoIterator<Item = T>) -> Row<T> {
        let first = self.0.len() as u32;
        self.0.extend(things);
        Row { first, end: self.0.len() as u32, of: PhantomData }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(Vec::new())
    }
}

impl<T> Index<Id<T>> for Table<T> {
    type Output = T;

    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.number.get() as usize - 1]
    }
}

impl<T> Index<Row<T>> for Table<T> {
    type Output = [T];

    fn index(&self, row: Row<T>) -> &[T] {
        &self.0[row.range()]
    }
}
