//! Lists while templates run.

use std::sync::Arc;

use crate::value::Value;

use super::Runtime;

/// The element type of a list, where Go's printing or type checks can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Elem {
    /// `[]interface {}`.
    Any,
    /// `[]string`.
    Str,
    /// `[]int`.
    Int,
    /// `[][]interface {}`, what Sprig's `chunk` gives.
    Lists,
}

/// A list; nobody changes one in place, so that a list of the merged values is shared as it is.
#[derive(Debug, Clone)]
pub struct List {
    repr: Repr,
    elem: Elem,
}

#[derive(Debug, Clone)]
enum Repr {
    Frozen(Arc<Vec<Value>>, Arc<std::sync::OnceLock<Arc<[Runtime]>>>),
    Built(Arc<[Runtime]>),
}

impl List {
    /// A list of these items.
    pub fn new(items: Arc<[Runtime]>, elem: Elem) -> Self {
        List { repr: Repr::Built(items), elem }
    }

    /// A list of the merged values, shared.
    pub fn frozen(items: Arc<Vec<Value>>) -> Self {
        List { repr: Repr::Frozen(items, Arc::default()), elem: Elem::Any }
    }

    /// The items. Those of a shared list are made once, so that a map among them keeps its identity.
    pub fn items(&self) -> &[Runtime] {
        match &self.repr {
            Repr::Built(items) => items,
            Repr::Frozen(values, made) => made.get_or_init(|| values.iter().map(Runtime::from).collect()),
        }
    }

    /// The element type.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        match &self.repr {
            Repr::Built(items) => items.len(),
            Repr::Frozen(values, _) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items as data; shared where no template has seen into the list.
    pub fn to_values(&self) -> Arc<Vec<Value>> {
        match &self.repr {
            Repr::Frozen(values, made) if made.get().is_none() => values.clone(),
            _ => Arc::new(self.items().iter().map(Runtime::to_value).collect()),
        }
    }

    /// `[1 2]`.
    pub fn print_go(&self, out: &mut String) {
        out.push('[');
        for (i, item) in self.items().iter().enumerate() {
            if i > 0 {
                out.push(' ');
            }
            item.print_go(out);
        }
        out.push(']');
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.elem == other.elem && self.items() == other.items()
    }
}
