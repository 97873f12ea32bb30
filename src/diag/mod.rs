//! Where text came from and how a problem in it is told: source files, spans, diagnostics and their drawing.
//!
//! Knows nothing of YAML, values, templates or the command line. Every other module turns its errors into
//! [`Diagnostic`]s; only the command line draws them.

mod bytes;
mod draw;
mod mask;
mod source;
mod suggest;

pub use bytes::Bytes;
pub use draw::{Style, draw};
pub use mask::{is_secret_key, may_name_secrets};
pub use source::{Location, Pos, Skipped, Source, SourceKind, Sources, SourcesFull, Span};
pub use suggest::nearest;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong; the reader may want to know.
    Note,
    /// The run goes on; under `--strict` it does not.
    Warning,
    /// The run failed.
    Error,
}

/// A place that a diagnostic points at, with the words written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say about it; may be empty.
    pub text: String,
}

/// One problem, told to a person: a title, the places it concerns, what else helps, what to do.
///
/// The first label is the primary one: its file, line and column stand at the head of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One line, lower case, without a full stop.
    pub title: String,
    /// The places it concerns, the primary one first.
    pub labels: Vec<Label>,
    /// Facts that help to understand it, a line or paragraph each.
    pub notes: Vec<String>,
    /// What the reader can do, a line each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with this title.
    pub fn error(title: impl Into<String>) -> Self {
        Self::new(Severity::Error, title)
    }

    /// A warning with this title.
    pub fn warning(title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, title)
    }

    /// A note with this title.
    pub fn info(title: impl Into<String>) -> Self {
        Self::new(Severity::Note, title)
    }

    fn new(severity: Severity, title: impl Into<String>) -> Self {
        Diagnostic { severity, title: title.into(), labels: Vec::new(), notes: Vec::new(), help: Vec::new() }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a place where one is known.
    #[must_use]
    pub fn label_opt(self, span: Option<Span>, text: impl Into<String>) -> Self {
        match span {
            Some(span) => self.label(span, text),
            None => self,
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds advice where there is some.
    #[must_use]
    pub fn help_opt(self, text: Option<impl Into<String>>) -> Self {
        match text {
            Some(text) => self.help(text),
            None => self,
        }
    }
}
