//! Lists while templates run.

use std::sync::{Arc, OnceLock};

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
    /// `[]map[string]interface {}`, what `fromToml` makes of an array of tables.
    Maps,
    /// `string`, of the list type `common.VersionSet`: `.Capabilities.APIVersions`.
    Versions,
}

impl Elem {
    /// The type of a list of these, as Go names it.
    pub fn list_type(self) -> &'static str {
        match self {
            Elem::Any => "[]interface {}",
            Elem::Str => "[]string",
            Elem::Int => "[]int",
            Elem::Lists => "[][]interface {}",
            Elem::Maps => "[]map[string]interface {}",
            Elem::Versions => "common.VersionSet",
        }
    }
}

/// A list; nobody changes one in place, so that a list of the merged values is shared as it is. The one exception is
/// [`List::sort_in_place`].
#[derive(Debug, Clone)]
pub struct List {
    repr: Repr,
    elem: Elem,
}

#[derive(Debug, Clone)]
enum Repr {
    /// Go's nil slice: empty, and `null` as JSON.
    Nil,
    Frozen(Arc<Vec<Value>>, Arc<OnceLock<Arc<[Runtime]>>>),
    Built(Arc<[Runtime]>),
    Strings(Arc<Strings>),
}

/// A `[]string`, and its items in order once it was sorted.
#[derive(Debug)]
struct Strings {
    items: Arc<[Runtime]>,
    sorted: OnceLock<Arc<[Runtime]>>,
}

impl List {
    /// A list of these items.
    pub fn new(items: Arc<[Runtime]>, elem: Elem) -> Self {
        let repr = match elem {
            Elem::Str => Repr::Strings(Arc::new(Strings { items, sorted: OnceLock::new() })),
            _ => Repr::Built(items),
        };
        List { repr, elem }
    }

    /// Go's nil slice of this type.
    pub fn nil(elem: Elem) -> Self {
        List { repr: Repr::Nil, elem }
    }

    /// Whether it is Go's nil slice.
    pub fn is_nil(&self) -> bool {
        matches!(self.repr, Repr::Nil)
    }

    /// A list of the merged values, shared.
    pub fn frozen(items: Arc<Vec<Value>>) -> Self {
        List { repr: Repr::Frozen(items, Arc::default()), elem: Elem::Any }
    }

    /// The items. Those of a shared list are made once, so that a map among them keeps its identity.
    pub fn items(&self) -> &[Runtime] {
        match &self.repr {
            Repr::Nil => &[],
            Repr::Built(items) => items,
            Repr::Strings(list) => list.sorted.get().unwrap_or(&list.items),
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
            Repr::Nil => 0,
            Repr::Built(items) => items.len(),
            Repr::Strings(list) => list.items.len(),
            Repr::Frozen(values, _) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items as data, where no template has seen into the list.
    pub(super) fn untouched(&self) -> Option<&Arc<Vec<Value>>> {
        match &self.repr {
            Repr::Frozen(values, made) if made.get().is_none() => Some(values),
            _ => None,
        }
    }

    /// The list of the merged values that this is. Maps in it may have been written to.
    pub fn merged(&self) -> Option<Arc<Vec<Value>>> {
        match &self.repr {
            Repr::Frozen(values, _) => Some(values.clone()),
            _ => None,
        }
    }

    /// Sorts a `[]string` for all who hold it, as Sprig's `sortAlpha` does; sorting is idempotent, so once is enough.
    /// `None` where the list is no `[]string`.
    pub fn sort_in_place(&self, sort: impl FnOnce(&mut Vec<Runtime>)) -> Option<List> {
        let Repr::Strings(list) = &self.repr else { return None };
        list.sorted.get_or_init(|| {
            let mut items = list.items.to_vec();
            sort(&mut items);
            items.into()
        });
        Some(self.clone())
    }
}

/// As `reflect.DeepEqual`: a nil slice and an empty one differ.
impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.elem == other.elem && self.is_nil() == other.is_nil() && self.items() == other.items()
    }
}
