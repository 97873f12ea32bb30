//! What the reader yields.

use std::borrow::Cow;

use crate::diag::Diagnostic;

/// How a scalar was written.
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
    /// Byte offset in the input: of the scalar with its quotes, of `[`, `{`, `-`, `?` or the first key (with the
    /// properties of that key) of a collection. A node's own properties (anchor, tag) are not part of it. An empty
    /// scalar has an empty range near where its text would stand.
    pub start: usize,
    /// The byte after the last one; for the start of a collection, after what opens it.
    pub end: usize,
}

impl Event<'_> {
    /// What stands where no event is.
    pub(super) const NONE: Self = Event { kind: EventKind::DocumentEnd, start: 0, end: 0 };
}

/// The kinds of [`Event`].
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
        /// Its anchor and tag.
        props: Props<'a>,
    },
    /// A sequence begins.
    SequenceStart {
        /// Whether it is written in brackets.
        flow: bool,
        /// Its anchor and tag.
        props: Props<'a>,
    },
    /// The innermost sequence ends.
    SequenceEnd,
    /// A mapping begins; keys and values alternate until its end.
    MappingStart {
        /// Whether it is written in braces, or a single pair in brackets.
        flow: bool,
        /// Its anchor and tag.
        props: Props<'a>,
    },
    /// The innermost mapping ends.
    MappingEnd,
}

/// Anchor and tag of a node. Boxed, because few nodes have any and every event would carry the room.
pub type Props<'a> = Option<Box<Properties<'a>>>;

/// An anchor, a tag, or both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties<'a> {
    /// The anchor, without `&`.
    pub anchor: Option<&'a str>,
    /// The tag, resolved: `!!str` is `tag:yaml.org,2002:str`, `!append` stays `!append`.
    pub tag: Option<Cow<'a, str>>,
}

impl<'a> EventKind<'a> {
    /// Anchor and tag of the node that begins here.
    pub fn props(&self) -> Option<&Properties<'a>> {
        match self {
            EventKind::Scalar { props, .. }
            | EventKind::SequenceStart { props, .. }
            | EventKind::MappingStart { props, .. } => props.as_deref(),
            _ => None,
        }
    }

    /// The anchor of the node that begins here, without `&`.
    pub fn anchor(&self) -> Option<&'a str> {
        self.props()?.anchor
    }

    /// The tag of the node that begins here.
    pub fn tag(&self) -> Option<&str> {
        self.props()?.tag.as_deref()
    }

    /// How many nodes are open after this event, compared with before it.
    pub fn nesting(&self) -> i8 {
        match self {
            EventKind::SequenceStart { .. } | EventKind::MappingStart { .. } => 1,
            EventKind::SequenceEnd | EventKind::MappingEnd => -1,
            _ => 0,
        }
    }
}

impl From<Box<YamlError>> for YamlError {
    fn from(err: Box<YamlError>) -> Self {
        *err
    }
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
    /// An error at an offset.
    pub fn new(at: usize, message: impl Into<Cow<'static, str>>) -> Self {
        YamlError { at, message: message.into(), context: None, help: None }
    }

    /// The same error with where what it belongs to began.
    #[must_use]
    pub fn within(mut self, start: usize, what: &'static str) -> Self {
        self.context = Some((start, what));
        self
    }

    /// The same error at the beginning of the text.
    pub(super) fn at_start(mut self) -> Self {
        self.at = 0;
        self.context = None;
        self
    }

    /// The same error, found in a text that begins `bytes` further on.
    #[must_use]
    pub fn offset(mut self, bytes: usize) -> Self {
        self.at += bytes;
        self.context = self.context.map(|(at, what)| (at + bytes, what));
        self
    }

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
