//! A value of a manifest together with the way to it.

use std::fmt;
use std::rc::Rc;

use crate::value::Value;

/// A value of a manifest together with the way to it.
#[derive(Clone)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    way: Option<Rc<Link<'v>>>,
}

struct Link<'v> {
    step: Step<'v>,
    before: Option<Rc<Link<'v>>>,
}

#[derive(Clone, Copy)]
enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

/// `name`, `[3]`, and keys with other than letters, digits, `-`, `_` and `$` as `[app.kubernetes.io/name]`.
impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) if key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_$".contains(&b)) => f.write_str(key),
            Step::Key(key) => write!(f, "[{key}]"),
        }
    }
}

impl<'v> Node<'v> {
    pub(super) fn root(value: &'v Value) -> Self {
        Node { value, way: None }
    }

    fn below(&self, step: Step<'v>, value: &'v Value) -> Self {
        Node { value, way: Some(Rc::new(Link { step, before: self.way.clone() })) }
    }

    /// An entry of a map.
    pub(super) fn entry(&self, key: &'v str, value: &'v Value) -> Self {
        self.below(Step::Key(key), value)
    }

    /// An item of a list.
    pub(super) fn item(&self, index: usize, value: &'v Value) -> Self {
        self.below(Step::Index(index), value)
    }

    /// The value under a key; null is none, as the API server has it.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let map = self.value.as_map()?;
        let (key, value) = map.get_index(map.index_of(key)?)?;
        (!value.is_null()).then(|| self.entry(key, value))
    }

    /// The value under keys, one below the other.
    pub(super) fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |node, key| node.get(key))
    }

    /// The items, where it is a list.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_list().map(|list| list.as_slice()).unwrap_or_default();
        items.iter().enumerate().map(|(i, value)| self.item(i, value))
    }

    /// The items of the list under a key.
    pub(super) fn list(&self, key: &str) -> Vec<Self> {
        self.get(key).map(|list| list.items().collect()).unwrap_or_default()
    }

    /// The entries, where it is a map.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'v str, Self)> {
        let entries = self.value.as_map().map(|map| map.iter());
        entries.into_iter().flatten().map(|(key, value)| (key.as_str(), self.entry(key, value)))
    }

    /// How many items or entries it has.
    pub(super) fn len(&self) -> usize {
        match self.value {
            Value::List(items, _) => items.len(),
            Value::Map(map, _) => map.len(),
            _ => 0,
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|value| !value.is_null())
    }

    /// The text under a key; nothing where it is empty, which to the API server is not there.
    pub(super) fn text(&self, key: &str) -> Option<&'v str> {
        self.value.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn int(&self, key: &str) -> Option<i64> {
        self.value.get(key)?.as_int()
    }

    /// Whether there is `true` under a key.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The last key on the way.
    pub(super) fn key(&self) -> &'v str {
        let mut keys = self.steps().filter_map(|step| match step {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        });
        keys.next().unwrap_or_default()
    }

    /// The first key on the way.
    pub(super) fn first_key(&self) -> &'v str {
        match self.steps().last() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    /// How many steps lead to it.
    pub(super) fn depth(&self) -> usize {
        self.steps().count()
    }

    /// The steps, the last one first.
    fn steps(&self) -> impl Iterator<Item = Step<'v>> {
        std::iter::successors(self.way.as_deref(), |link| link.before.as_deref()).map(|link| link.step)
    }

    /// `spec.containers[0].image`, as the API server writes it.
    pub(super) fn path(&self) -> String {
        let mut steps: Vec<_> = self.steps().map(|step| step.to_string()).collect();
        steps.reverse();
        let mut path = String::new();
        for step in steps {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(&step);
        }
        path
    }
}

/// What the API server takes for an integer.
pub(super) trait AsInt {
    fn as_int(&self) -> Option<i64>;
}

impl AsInt for Value {
    fn as_int(&self) -> Option<i64> {
        match self {
            Value::Num(number, _) => number.as_i64(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_the_api_server_writes_it() {
        let value = Value::map([("a", Value::list([Value::map([("x.io/y", Value::bool(true)), ("z", Value::NULL)])]))]);
        let root = Node::root(&value);
        let item = &root.list("a")[0];
        assert_eq!(item.get("x.io/y").expect("there").path(), "a[0][x.io/y]");
        assert!(item.get("z").is_none() && root.path().is_empty());
        assert_eq!((item.depth(), item.key()), (2, "a"));
    }
}
