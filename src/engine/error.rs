//! Why a template could not be rendered.

use crate::diag::{Diagnostic, Pos, Span};

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderErrorKind {
    /// The template is not written right.
    Syntax,
    /// A value is used that does not exist.
    Undefined,
    /// The chart refused: `fail` or `required`.
    Refused,
    /// A template that is included or imported does not exist.
    Missing,
    /// The template runs longer or nests deeper than is allowed.
    Limit,
    /// Anything else that went wrong while it ran.
    Failed,
}

impl RenderErrorKind {
    /// Whether a value that was read may be the reason, and not only the template.
    pub fn is_about_values(self) -> bool {
        matches!(self, RenderErrorKind::Undefined | RenderErrorKind::Refused | RenderErrorKind::Failed)
    }
}

/// A step on the way to the place of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Where.
    pub span: Span,
    /// What happens there.
    pub text: String,
}

/// A template that could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// What kind of failure it was.
    pub kind: RenderErrorKind,
    /// What went wrong, in one line or, where the chart's author wrote it, several; of a Go template, all that Helm
    /// prints.
    pub message: String,
    /// The innermost reason, where the message says more: of a Go template's failure, the chain of calls.
    pub reason: Option<String>,
    /// Where, the innermost place first. Empty only where no template is concerned.
    pub frames: Vec<Frame>,
    /// Facts that help.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Where the value was written that it is about, where a traced render knows.
    pub value: Pos,
}

impl RenderError {
    /// A failure at a place.
    pub fn new(kind: RenderErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        RenderError {
            kind,
            message,
            reason: None,
            frames: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            value: Pos::NONE,
        }
    }

    /// Adds a place, further out than those before it.
    #[must_use]
    pub fn frame(mut self, span: Span, text: impl Into<String>) -> Self {
        self.frames.push(Frame { span, text: text.into() });
        self
    }

    /// As a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let text = self.reason.as_ref().unwrap_or(&self.message);
        let mut lines = text.splitn(2, '\n');
        let mut diagnostic = Diagnostic::error(lines.next().unwrap_or_default());
        for frame in &self.frames {
            // The title need not be read twice.
            let label = if frame.text == *text { "" } else { frame.text.as_str() };
            diagnostic = diagnostic.label(frame.span, label);
        }
        diagnostic = diagnostic.label_opt(self.value.is_some().then(|| Span::at(self.value)), "the value");
        diagnostic.notes.extend(lines.map(str::to_owned));
        diagnostic.notes.extend(self.notes.iter().cloned());
        diagnostic.help.extend(self.help.iter().cloned());
        diagnostic
    }
}
