//! How two trees of values differ, leaf by leaf.

use crate::value::{Map, Path, Segment, Value};

/// A leaf that two trees do not have in common: a scalar, or an empty list or map.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where it is.
    pub path: Path,
    /// What it was; nothing where it was not there.
    pub before: Option<Value>,
    /// What it is; nothing where it is not there any more.
    pub after: Option<Value>,
}

/// The leaves of a value, with their paths.
pub fn leaves(value: &Value, path: &Path) -> Vec<(Path, Value)> {
    let mut all = Vec::new();
    add_leaves(value, &mut path.clone(), &mut all);
    all
}

fn add_leaves(value: &Value, path: &mut Path, all: &mut Vec<(Path, Value)>) {
    let below = children(value);
    if below.is_empty() {
        all.push((path.clone(), value.clone()));
    }
    for (segment, child) in below {
        path.push(segment);
        add_leaves(child, path, all);
        path.pop();
    }
}

fn children(value: &Value) -> Vec<(Segment, &Value)> {
    match value {
        Value::Map(map, _) => map.iter().map(|(key, value)| (Segment::Key(key.clone()), value)).collect(),
        Value::List(items, _) => items.iter().enumerate().map(|(i, value)| (Segment::Index(i), value)).collect(),
        _ => Vec::new(),
    }
}

/// What is different in `after`, in its order; what is gone comes behind what is left of the map or list it was in.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut all = Vec::new();
    compare(before, after, &mut Path::root(), &mut all);
    all
}

fn compare(before: &Value, after: &Value, path: &mut Path, all: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Map(old, _), Value::Map(new, _)) if !old.is_empty() && !new.is_empty() => maps(old, new, path, all),
        (Value::List(old, _), Value::List(new, _)) if !old.is_empty() && !new.is_empty() => lists(old, new, path, all),
        _ if children(before).is_empty() && children(after).is_empty() => {
            let (before, after) = (Some(before.clone()), Some(after.clone()));
            all.push(Change { path: path.clone(), before, after });
        }
        _ => {
            gone(before, path, all);
            came(after, path, all);
        }
    }
}

fn maps(old: &Map, new: &Map, path: &mut Path, all: &mut Vec<Change>) {
    for (key, after) in new {
        path.push_key(key.clone());
        match old.get(key) {
            Some(before) => compare(before, after, path, all),
            None => came(after, path, all),
        }
        path.pop();
    }
    for (key, before) in old.iter().filter(|(key, _)| !new.contains_key(key)) {
        path.push_key(key.clone());
        gone(before, path, all);
        path.pop();
    }
}

fn lists(old: &[Value], new: &[Value], path: &mut Path, all: &mut Vec<Change>) {
    for i in 0..old.len().max(new.len()) {
        path.push_index(i);
        match (old.get(i), new.get(i)) {
            (Some(before), Some(after)) => compare(before, after, path, all),
            (Some(before), None) => gone(before, path, all),
            (None, Some(after)) => came(after, path, all),
            (None, None) => {}
        }
        path.pop();
    }
}

fn came(value: &Value, path: &Path, all: &mut Vec<Change>) {
    let leaves = leaves(value, path).into_iter();
    all.extend(leaves.map(|(path, after)| Change { path, before: None, after: Some(after) }));
}

fn gone(value: &Value, path: &Path, all: &mut Vec<Change>) {
    let leaves = leaves(value, path).into_iter();
    all.extend(leaves.map(|(path, before)| Change { path, before: Some(before), after: None }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{SourceKind, Sources};
    use crate::yaml::to_flow;

    fn read(text: &str) -> Value {
        let source = Sources::default().add("f", SourceKind::Data, text.as_bytes()).unwrap();
        crate::yaml::load(&source).unwrap().value
    }

    fn told(before: &str, after: &str) -> Vec<String> {
        let flow = |value: &Option<Value>| {
            let mut text = String::new();
            value.iter().for_each(|value| to_flow(value, &mut text));
            text
        };
        let all = changes(&read(before), &read(after));
        all.iter().map(|c| format!("{}: {} > {}", c.path, flow(&c.before), flow(&c.after))).collect()
    }

    #[test]
    fn leaf_by_leaf() {
        assert_eq!(told("{a: 1, b: {c: 2}}", "{b: {c: 2}, a: 1.0}"), [""; 0]);
        assert_eq!(told("{a: 1, b: {c: 2}}", "{a: 2, d: {e: {}}}"), ["a: 1 > 2", "d.e:  > {}", "b.c: 2 > "]);
        assert_eq!(told("{a: [1, 2, 3]}", "{a: [1, 5]}"), ["a[1]: 2 > 5", "a[2]: 3 > "]);
        assert_eq!(told("{a: {}}", "{a: {b: 1}}"), ["a: {} > ", "a.b:  > 1"]);
        assert_eq!(told("{a: x}", "{a: [x]}"), ["a: x > ", "a[0]:  > x"]);
    }
}
