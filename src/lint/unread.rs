//! Keys that somebody gave and no template reads.

use super::Input;
use super::reads::Here;
use super::words::Words;
use crate::diag::{Diagnostic, Span, nearest};
use crate::value::{Path, Segment, Str, Value};

/// What templates read, in both languages.
pub(super) struct Reader<'a> {
    pub input: &'a Input<'a>,
    pub words: &'a Words,
    /// Where charts' own values lie.
    pub scopes: &'a [Path],
    pub found: Vec<Diagnostic>,
}

/// A map that is looked through.
struct Level<'r> {
    /// What Go templates read here.
    go: Option<Here<'r>>,
    /// What the map may be called in Jinja.
    parents: Vec<&'r str>,
}

impl<'a> Reader<'a> {
    /// Looks through all that was given.
    pub fn run(&mut self, go: Here<'_>) {
        let given = self.input.given.clone();
        self.value(&given, Level { go: Some(go), parents: Vec::new() }, &mut Path::root());
    }

    fn value(&mut self, value: &Value, level: Level<'_>, path: &mut Path) {
        if level.go.as_ref().is_some_and(Here::is_whole) {
            return;
        }
        match value {
            Value::Map(map, _) => {
                let mut level = level;
                if self.scopes.contains(path) {
                    level.parents.push("Values");
                }
                for (key, value) in map.iter() {
                    path.push_key(key.clone());
                    self.entry(key, value, &level, path);
                    path.pop();
                }
            }
            Value::List(items, _) => {
                let Some(go) = level.go.as_ref().and_then(Here::item) else { return };
                for (i, item) in items.iter().enumerate() {
                    path.push_index(i);
                    self.value(item, Level { go: Some(go.clone()), parents: Vec::new() }, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, key: &Str, value: &Value, level: &Level<'_>, path: &mut Path) {
        let go = level.go.as_ref().and_then(|go| go.key(key));
        let jinja = level.parents.iter().any(|parent| self.words.has(parent, key));
        if go.is_none() && !jinja {
            if !self.is_anchor(value) {
                let unread = self.unread(key, value, level, path);
                self.found.push(unread);
            }
            return;
        }
        let is_list = matches!(value, Value::List(..));
        if !(jinja && (is_list || self.words.is_open(key))) {
            self.value(value, Level { go, parents: vec![key.as_str()] }, path);
        }
    }

    fn unread(&self, key: &Str, value: &Value, level: &Level<'_>, path: &Path) -> Diagnostic {
        let go = level.go.iter().flat_map(|go| go.names());
        let jinja = level.parents.iter().flat_map(|parent| self.words.below(parent));
        let near = nearest(key, go.chain(jinja)).map(|near| sibling(path, near));
        let start = self.input.provenance.pos(value.origin());
        let span = start.is_some().then(|| Span::new(start, start.offset(key.len())));
        Diagnostic::warning(format!("no template reads `{path}`"))
            .label_opt(span, "")
            .help_opt(near.map(|near| format!("did you mean `{near}`?")))
    }

    /// Whether a value is there to be repeated elsewhere in its file.
    fn is_anchor(&self, value: &Value) -> bool {
        let pos = self.input.provenance.pos(value.origin());
        let Some(source) = self.input.sources.find(pos) else { return false };
        let line = source.text[source.offset(pos)..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let after = line.iter().position(|byte| *byte == b':').map(|colon| line[colon + 1..].trim_ascii_start());
        after.is_some_and(|value| value.starts_with(b"&"))
    }
}

/// A path with another key at its end.
fn sibling(path: &Path, key: &str) -> Path {
    let mut above = path.clone();
    above.pop();
    above.push(Segment::Key(key.into()));
    above
}
