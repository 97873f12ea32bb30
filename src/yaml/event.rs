//! What the reader yields.

use std::borrow::Cow;

use crate::diag::Diagnostic;

/// How a scalar or collection was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes.
    Plain,
    /// A scalar in single quotes.
    Single,
    /// A scalar in double quotes.
    Double,
    /// A scalar after `|`.
    Literal,
    /// A scalar after `>`.
    Folded,
}

/// One event of a YAML stream, in the order in which the text has them.
///
/// An event borrows from the input wherever the text stands there as it is; only escapes, folding and chomping make
/// text of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// What it is.
    pub kind: EventKind<'a>,
    /// Byte offsets in the input: of the scalar with its quotes, of `[`, `{`, `-` or the first key of a collection.
    /// Properties (anchor, tag) are not part of it. An empty scalar has an empty range where its text would stand.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// The kinds of [`Event`]. Tags are resolved: `!!str` is `tag:yaml.org,2002:str`, `!append` stays `!append`.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind<'a> {
    /// A document begins; `explicit` where it does so with `---`.
    DocumentStart {
        /// Whether `---` stands there.
        explicit: bool,
    },
    /// A document ends.
    DocumentEnd,
    /// `*name`.
    Alias(&'a str),
    /// A scalar.
    Scalar {
        /// Its text after unescaping, folding and chomping.
        text: Cow<'a, str>,
        /// How it was written.
        style: Style,
        /// Its anchor, without `&`.
        anchor: Option<&'a str>,
        /// Its tag.
        tag: Option<Cow<'a, str>>,
    },
    /// A sequence begins.
    SequenceStart {
        /// Its anchor, without `&`.
        anchor: Option<&'a str>,
        /// Its tag.
        tag: Option<Cow<'a, str>>,
        /// Whether it is written in brackets.
        flow: bool,
    },
    /// The innermost sequence ends.
    SequenceEnd,
    /// A mapping begins; keys and values alternate until its end.
    MappingStart {
        /// Its anchor, without `&`.
        anchor: Option<&'a str>,
        /// Its tag.
        tag: Option<Cow<'a, str>>,
        /// Whether it is written in braces.
        flow: bool,
    },
    /// The innermost mapping ends.
    MappingEnd,
}

/// Text that is not YAML, or YAML that Helm's library refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// The byte offset where it goes wrong.
    pub at: usize,
    /// What is wrong, in the words of libyaml where it has some.
    pub message: Cow<'static, str>,
    /// Where what it belongs to began: an offset and what that is (`block mapping`), as libyaml's context.
    pub context: Option<(usize, &'static str)>,
    /// What to do about it, where that is known.
    pub help: Option<&'static str>,
}

impl YamlError {
    /// As a diagnostic in the text that was read; `base` is the position of its first byte.
    pub fn diagnostic(&self, base: crate::diag::Pos) -> Diagnostic {
        let at = crate::diag::Span::at(base.offset(self.at));
        let mut diagnostic = Diagnostic::error(format!("not valid YAML: {}", self.message)).label(at, "");
        if let Some((offset, what)) = self.context {
            diagnostic = diagnostic.label(crate::diag::Span::at(base.offset(offset)), format!("in this {what}"));
        }
        diagnostic.help_opt(self.help)
    }
}
