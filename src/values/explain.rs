//! Where a value came from: the places it was written at, last one first.

use crate::diag::{Pos, nearest};
use crate::value::{Edit, Path, Provenance, Segment, Str, Value};

/// One place where a value was written.
#[derive(Debug, Clone)]
pub struct Step {
    /// The place.
    pub pos: Pos,
    /// What stands there, not what came of it.
    pub value: Value,
    /// The tag that stands there, where it is one of ours.
    pub tag: Option<String>,
}

/// How a value came to be what it is.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Its path, each step as the values have it.
    pub path: Path,
    /// What templates see; nothing where null or `!delete` took it away.
    pub value: Option<Value>,
    /// Where it was written, last one first.
    pub steps: Vec<Step>,
}

/// How the value at a path came to be; nothing where none is there, nor was.
///
/// `removed` is what coalescing took away. A number in the path leads into a list however it is written: `a.0` and
/// `a[0]` are the same there.
pub fn explain(values: &Value, removed: &[(Path, Value)], path: &Path, provenance: &Provenance) -> Option<Trail> {
    let mut collect = Collect { provenance, steps: Vec::new() };
    let nodes = walk(values, path.segments());
    if nodes.len() > path.segments().len() {
        collect.add(values, path.segments());
        let path = nodes.iter().filter_map(|(segment, _)| segment.clone()).collect::<Vec<_>>().into();
        return Some(Trail { path, value: nodes.last().map(|(_, value)| (*value).clone()), steps: collect.steps });
    }
    match removed.iter().find(|(gone, _)| leads_to(gone, path)) {
        Some((gone, null)) => collect.replaced(null, &path.segments()[gone.segments().len()..]),
        None => {
            let (depth, (_, node)) = nodes.iter().enumerate().rfind(|(_, (_, n))| collect.has_replaced(n))?;
            collect.replaced(node, &path.segments()[depth..]);
        }
    }
    let steps = collect.steps;
    // Where nothing but null or a replacement is known, the path leads nowhere, before as after.
    let known = steps.len() > 1 || removed.iter().any(|(gone, _)| gone == path);
    known.then(|| Trail { path: path.clone(), value: None, steps })
}

/// Paths that a person may have meant by one that leads nowhere, at most five: a key like the first one that is not
/// there; otherwise paths that end as this one does.
pub fn near(values: &Value, path: &Path) -> Vec<Path> {
    let nodes = walk(values, path.segments());
    let (Some((_, last)), Some(missing)) = (nodes.last(), path.segments().get(nodes.len() - 1)) else {
        return Vec::new();
    };
    let mut above: Vec<Segment> = nodes.iter().filter_map(|(segment, _)| segment.clone()).collect();
    let keys = last.as_map().into_iter().flat_map(|map| map.keys().map(Str::as_str));
    if let Some(key) = nearest(&text(missing), keys) {
        above.push(Segment::Key(key.into()));
        let rest = path.segments().get(nodes.len()..).unwrap_or_default();
        let found = last.get(key).map(|value| walk(value, rest)).unwrap_or_default();
        above.extend(found.into_iter().filter_map(|(segment, _)| segment));
        return vec![above.into()];
    }
    ending_alike(values, path)
}

/// Paths that end with all of a path; or with its last key; or with the key most like it.
fn ending_alike(values: &Value, path: &Path) -> Vec<Path> {
    const MOST: usize = 5;
    let mut all = Vec::new();
    every(values, &mut Path::root(), &mut all);
    let Some(last) = path.segments().last() else { return Vec::new() };
    let whole = |other: &Path| other.segments().ends_with(path.segments());
    let mut found: Vec<Path> = all.iter().filter(|other| whole(other)).cloned().collect();
    if found.is_empty() {
        let keys: Vec<String> = all.iter().filter_map(|path| path.segments().last().map(text)).collect();
        let wanted = text(last);
        let like = if keys.contains(&wanted) {
            Some(wanted.as_str())
        } else {
            nearest(&wanted, keys.iter().map(String::as_str))
        };
        found =
            all.iter().zip(&keys).filter(|(_, key)| Some(key.as_str()) == like).map(|(path, _)| path.clone()).collect();
    }
    found.sort_by_key(|path| path.segments().len());
    found.truncate(MOST);
    found
}

/// The paths of all entries of maps.
fn every(value: &Value, path: &mut Path, all: &mut Vec<Path>) {
    if let Some(map) = value.as_map() {
        for (key, value) in map.iter() {
            path.push_key(key.clone());
            all.push(path.clone());
            every(value, path, all);
            path.pop();
        }
    }
    for (i, item) in value.as_list().into_iter().flat_map(|list| list.iter()).enumerate() {
        path.push_index(i);
        every(item, path, all);
        path.pop();
    }
}

fn text(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.to_string(),
        Segment::Index(index) => index.to_string(),
    }
}

/// Whether a path is the beginning of another one, or all of it.
fn leads_to(path: &Path, other: &Path) -> bool {
    let (path, other) = (path.segments(), other.segments());
    path.len() <= other.len() && path.iter().zip(other).all(|(a, b)| text(a) == text(b))
}

/// The nodes along a path as far as it leads, the root first, each with the step to it.
fn walk<'v>(root: &'v Value, path: &[Segment]) -> Vec<(Option<Segment>, &'v Value)> {
    let mut nodes = vec![(None, root)];
    let mut here = root;
    for segment in path {
        let Some((segment, below)) = enter(here, segment) else { break };
        nodes.push((Some(segment), below));
        here = below;
    }
    nodes
}

fn enter<'v>(value: &'v Value, segment: &Segment) -> Option<(Segment, &'v Value)> {
    match value {
        Value::Map(map, _) => {
            let key = text(segment);
            Some((Segment::Key(key.as_str().into()), map.get(&key)?))
        }
        Value::List(items, _) => {
            let index = match segment {
                Segment::Index(index) => *index,
                Segment::Key(key) => key.parse().ok()?,
            };
            Some((Segment::Index(index), items.get(index)?))
        }
        _ => None,
    }
}

struct Collect<'a> {
    provenance: &'a Provenance,
    steps: Vec<Step>,
}

impl Collect<'_> {
    /// What stands at a path below a node, and then what the nodes along the path overrode, innermost first: a node is
    /// always younger than what the map around it was put in the place of.
    fn add(&mut self, root: &Value, path: &[Segment]) {
        let nodes = walk(root, path);
        if let (Some((_, node)), true) = (nodes.last(), nodes.len() > path.len()) {
            self.push(node);
        }
        for (depth, (_, node)) in nodes.iter().enumerate().rev() {
            // Items that a tag has added to others are not at the same index there, and bring their own origins.
            let edited = self.provenance.edit(node.origin()).is_some_and(|edit| edit.items().is_some());
            if edited && depth < path.len() {
                continue;
            }
            if let Some(below) = self.provenance.overrode(node.origin()) {
                self.add(below, &path[depth..]);
            }
        }
    }

    fn has_replaced(&self, node: &Value) -> bool {
        self.provenance.overrode(node.origin()).is_some()
    }

    /// A node in whose place there was something else, and what was there at a path below it.
    fn replaced(&mut self, node: &Value, path: &[Segment]) {
        self.push(node);
        if let Some(below) = self.provenance.overrode(node.origin()) {
            self.add(below, path);
        }
    }

    fn push(&mut self, node: &Value) {
        let pos = self.provenance.pos(node.origin());
        if pos == Pos::NONE || self.steps.iter().any(|step| step.pos == pos) {
            return;
        }
        let edit = self.provenance.edit(node.origin());
        let value = match edit {
            Some(Edit::Delete) => Value::map::<&str>([]),
            Some(edit) => edit.items().map_or_else(|| node.clone(), |own| Value::List(own.clone(), node.origin())),
            None => node.clone(),
        };
        self.steps.push(Step { pos, value, tag: edit.map(ToString::to_string) });
    }
}
