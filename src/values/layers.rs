//! The layers of a render, merged one after the other into one tree.

use std::sync::Arc;

use super::merge::{Duplicate, MOST_COPIED, MergeError, Remark, UnknownTag, merge_document};
use super::scratch::Scratch;
use super::set::{ReadFile, SetError, SetFlag};
use super::tags::{TagError, TagErrorKind};
use crate::diag::{Diagnostic, Source, Span};
use crate::value::{Provenance, Value};
use crate::yaml;

/// The one merged tree, and what it overrode on the way.
#[derive(Debug, Default)]
pub struct Layers {
    root: Value,
    provenance: Provenance,
    remarks: Vec<Remark>,
    scratch: Scratch,
    forgetful: bool,
}

/// A layer that cannot be read.
#[derive(Debug, Clone)]
pub struct LayerError {
    source: Arc<Source>,
    cause: MergeError,
}

impl LayerError {
    /// As a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        match &self.cause {
            MergeError::Yaml(err) => err.diagnostic(self.source.base),
            MergeError::Tag(err) => err.diagnostic(self.source.base),
        }
    }
}

impl Layers {
    /// No layer yet.
    pub fn new() -> Self {
        Layers { root: Value::map::<&str>([]), ..Layers::default() }
    }

    /// No layer yet; of those that come, what a later one overrides is forgotten. That is what a render wants: nobody
    /// asks it for the past, which costs time and memory.
    pub fn forgetful() -> Self {
        Layers { forgetful: true, ..Layers::new() }
    }

    /// Whether a layer had a key twice, so that what it first overrode had to be put back, and that was forgotten: the
    /// tree is wrong then, and the layers are to be merged anew by [`Layers::new`].
    pub fn lacks(&self) -> bool {
        self.provenance.lacks()
    }

    /// Lays a file over the tree, each of its documents in turn, as Helm 4 does.
    ///
    /// # Errors
    /// Where it is not YAML, or not a map, or what Helm's library refuses; where a tag is not right.
    pub fn file(&mut self, source: &Arc<Source>) -> Result<(), LayerError> {
        self.file_with_text(source, &source.text)
    }

    /// The same, given the text of the source by one who has it in memory.
    ///
    /// # Errors
    /// As [`Layers::file`].
    pub fn file_with_text(&mut self, source: &Arc<Source>, text: &[u8]) -> Result<(), LayerError> {
        self.documents(source, text).map_err(|cause| LayerError { source: source.clone(), cause })
    }

    fn documents(&mut self, source: &Source, text: &[u8]) -> Result<(), MergeError> {
        for range in yaml::Documents::new(text) {
            let Layers { root, provenance, remarks, scratch, forgetful } = self;
            // The first layer overrides nothing but itself.
            provenance.forget(*forgetful && root.as_map().is_some_and(|map| !map.is_empty()));
            merge_document(root, source, text, range?, provenance, remarks, scratch)?;
        }
        Ok(())
    }

    /// Reads a file that is no layer, a chart's defaults, with a record of what it overrides in itself.
    ///
    /// # Errors
    /// As [`Layers::file`].
    pub fn apart(&mut self, source: &Arc<Source>) -> Result<Value, LayerError> {
        let root = std::mem::replace(&mut self.root, Value::map::<&str>([]));
        let forgetful = std::mem::take(&mut self.forgetful);
        let read = self.file(source);
        self.forgetful = forgetful;
        let value = std::mem::replace(&mut self.root, root);
        read.map(|()| value)
    }

    /// Applies an argument of the `--set` family.
    ///
    /// # Errors
    /// Where Helm refuses the argument.
    pub fn set(&mut self, flag: SetFlag, argument: &Source, files: &mut ReadFile<'_>) -> Result<(), SetError> {
        super::set::apply(&mut self.root, flag, argument, files, &mut self.provenance)
    }

    /// Warnings about keys that stand twice in one file, and tags that are likely misspelt.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let drawn = self.remarks.iter().map(|remark| match remark {
            Remark::Duplicate(duplicate) => duplicate_key(duplicate),
            Remark::UnknownTag(unknown) => unknown_tag(unknown),
        });
        drawn.collect()
    }

    /// The tree, nulls kept, and its provenance.
    pub fn finish(mut self) -> (Value, Provenance) {
        self.provenance.forget(self.forgetful);
        (self.root, self.provenance)
    }
}

/// The documents of a layer, each by itself, and warnings about them; what their tags say goes into a provenance.
///
/// # Errors
/// As [`Layers::file`].
pub(super) fn documents(
    source: &Arc<Source>,
    provenance: &mut Provenance,
) -> Result<(Vec<Value>, Vec<Diagnostic>), LayerError> {
    let fail = |cause: MergeError| LayerError { source: source.clone(), cause };
    let (mut documents, mut warnings) = (Vec::new(), Vec::new());
    for range in yaml::Documents::new(&source.text) {
        let mut alone = Layers::new();
        let Layers { root, remarks, scratch, .. } = &mut alone;
        let range = range.map_err(|err| fail(err.into()))?;
        merge_document(root, source, &source.text, range, provenance, remarks, scratch).map_err(fail)?;
        warnings.extend(alone.warnings());
        documents.push(alone.root);
    }
    Ok((documents, warnings))
}

/// Lists that tags of overlays make must not grow with overlays times items.
///
/// # Errors
/// Where they do.
pub(super) fn check_copied(source: &Arc<Source>, provenance: &Provenance) -> Result<(), LayerError> {
    if provenance.copied() <= MOST_COPIED {
        return Ok(());
    }
    let error = TagError { tag: "!append".to_owned(), kind: TagErrorKind::TooMuch, range: 0..0 };
    Err(LayerError { source: source.clone(), cause: MergeError::Tag(error) })
}

fn duplicate_key(duplicate: &Duplicate) -> Diagnostic {
    let end = duplicate.first.offset((duplicate.again.end.0 - duplicate.again.start.0) as usize);
    Diagnostic::warning(format!("the key `{}` stands twice; only the last one counts", duplicate.key))
        .label(duplicate.again, "this one counts")
        .label(Span::new(duplicate.first, end), "nothing of this one is left")
        .help("remove one of the two, or put their contents together")
}

fn unknown_tag(unknown: &UnknownTag) -> Diagnostic {
    Diagnostic::warning(format!("the tag `{}` means nothing", unknown.tag))
        .label(unknown.span, "")
        .help(format!("did you mean `{}`?", unknown.near))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diag::{SourceKind, Sources};
    use crate::value::Path;
    use crate::yaml::to_flow;

    /// The layers merged, as one line of YAML, and how many keys stood twice.
    fn merge(files: &[&str]) -> (String, usize) {
        let sources = Sources::default();
        let mut layers = Layers::new();
        for text in files {
            layers.file(&sources.add("f", SourceKind::Data, text.as_bytes()).unwrap()).unwrap();
        }
        let duplicates = layers.warnings().len();
        let mut text = String::new();
        to_flow(&layers.finish().0, &mut text);
        (text, duplicates)
    }

    /// What Helm's `MergeMaps` makes of the files as goyaml reads them.
    #[test]
    fn layers_are_laid_over_one_another() {
        let cases: [(&[&str], &str, usize); 17] = [
            (&["a: {x: 1}", "a: {z: 2}"], "{a: {x: 1, z: 2}}", 0),
            (&["a: {x: 1}", "a: 2"], "{a: 2}", 0),
            (&["a: 1", "a: {x: 1}"], "{a: {x: 1}}", 0),
            (&["a: [1, 2]", "a: [3]"], "{a: [3]}", 0),
            (&["a: 1", "a: null"], "{a: null}", 0),
            (&["a: null", "a: {z: 1}"], "{a: {z: 1}}", 0),
            (&["a: {x: 1}\n---\na: {z: 2}"], "{a: {x: 1, z: 2}}", 0),
            (&["", "# nothing\n", "a: 1"], "{a: 1}", 0),
            // A key that stands twice undoes what it said first, and leaves what the layers before said.
            (&["a: {x: 1}\na: {z: 2}"], "{a: {z: 2}}", 1),
            (&["a: {b: 0}", "a: {x: 1}\na: {z: 2}"], "{a: {b: 0, z: 2}}", 1),
            (&["a: {b: {c: 0}}", "a: {b: {c: 1, d: 2}}\na: {z: 2}"], "{a: {b: {c: 0}, z: 2}}", 1),
            (&["a: 0", "a: {x: 1}\na: {z: 2}"], "{a: {z: 2}}", 1),
            // `<<` overwrites what stands before it, and is overwritten by what comes after; that is no duplicate.
            (&["d: &d {x: 1, y1: 2}\na: {x: 0, <<: *d, y1: 3}"], "{d: {x: 1, y1: 2}, a: {x: 1, y1: 3}}", 0),
            (&["a: {m: {k: 0}}", "d: &d {m: {x: 1}}\na: {<<: *d}"], "{a: {m: {k: 0, x: 1}}, d: {m: {x: 1}}}", 0),
            (
                &["p: &p {x: 1}\nq: &q {x: 2, z: 3}\na: {<<: [*p, *q]}"],
                "{p: {x: 1}, q: {x: 2, z: 3}, a: {x: 1, z: 3}}",
                0,
            ),
            (&["a: 1\n<<: []\n<<: {}"], "{a: 1}", 0),
            (&["l: &l [1]\na: *l\nb: *l"], "{l: [1], a: [1], b: [1]}", 0),
        ];
        for (files, want, duplicates) in cases {
            assert_eq!(merge(files), (want.to_owned(), duplicates), "{files:?}");
        }
    }

    #[test]
    fn each_value_knows_where_it_was_set_and_what_it_overrode() {
        let sources = Sources::default();
        let mut layers = Layers::new();
        for (name, text) in [("base", "a:\n  x: 1\n"), ("ha", "a:\n  x: 2\n  z: 3\n"), ("mine", "a: {x: 4}\n")] {
            layers.file(&sources.add(name, SourceKind::Data, text.as_bytes()).unwrap()).unwrap();
        }
        let (root, provenance) = layers.finish();
        let mut value = root.at(&Path::parse("a.x").unwrap()).cloned();
        let mut chain = Vec::new();
        while let Some(one) = value {
            chain.push(sources.locate(provenance.pos(one.origin())).unwrap().to_string());
            value = provenance.overrode(one.origin()).cloned();
        }
        assert_eq!(chain, ["mine:1:5", "ha:2:3", "base:2:3"]);
    }

    /// Files that no values can be read from, alone or as the base of a merge.
    pub const REFUSED: [&str; 17] = [
        "- a",
        "a",
        "a: [",
        "? {a: 1}\n: 2",
        "~: 1",
        "a: .inf",
        "a: *b",
        "<<: 1",
        "--- {a: 1}",
        "a: &x *x",
        "a: &x [*x]",
        "a: &x ~\n*x : 1",
        "a: !!int x",
        "a: &x [{}]\n<<: *x",
        "a: &x [1]\nb: {<<: [*x]}",
        "a: 1\n---\n- b",
        "a: {b: 1\nc: 2",
    ];

    #[test]
    fn what_helm_refuses_is_refused() {
        for text in REFUSED {
            let source = Sources::default().add("f", SourceKind::Data, text.as_bytes()).unwrap();
            assert!(Layers::new().file(&source).is_err(), "{text}");
        }
    }
}
