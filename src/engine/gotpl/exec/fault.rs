//! A failure on its way out: the reason, and the places through which it passed.

use crate::diag::Span;
use crate::engine::{Frame, RenderError, RenderErrorKind};
use crate::value::{Origin, Provenance};

/// The most places that a failure names, the innermost ones.
const MAX_FRAMES: usize = 40;

/// A failure while a template runs.
#[derive(Debug)]
pub(in crate::engine::gotpl) struct Fault {
    pub kind: RenderErrorKind,
    /// The innermost reason.
    pub reason: String,
    /// What Go's error chain says around the reason, the innermost first.
    pub links: Vec<Link>,
    /// The places, the innermost first.
    pub frames: Vec<Frame>,
    /// What `fail` or `required` says.
    pub refusal: Option<String>,
    pub notes: Vec<String>,
    pub help: Vec<String>,
    /// Where the value was written that it is about, in a traced render; once that is known or known to be nowhere.
    pub value: Option<Origin>,
}

/// One error of Go's chain of wrapped errors: its text is `prefix` and the text of the next one.
#[derive(Debug)]
pub(in crate::engine::gotpl) struct Link {
    pub prefix: String,
    /// Whether the next one is an error of its own rather than the end of this one's text.
    pub wraps: bool,
}

impl Fault {
    pub fn new(kind: RenderErrorKind, reason: impl Into<String>) -> Box<Fault> {
        Box::new(Fault {
            kind,
            reason: reason.into(),
            links: Vec::new(),
            frames: Vec::new(),
            refusal: None,
            notes: Vec::new(),
            help: Vec::new(),
            value: None,
        })
    }

    /// Says where the value was written that it is about, unless somebody knew before.
    pub fn about(mut self: Box<Self>, value: Origin) -> Box<Fault> {
        self.value.get_or_insert(value);
        self
    }

    pub fn frame(&mut self, span: Span, text: String) {
        // The same place twice says nothing new, and nobody reads thousands.
        let again = self.frames.last().is_some_and(|last| last.span == span);
        if !again && self.frames.len() < MAX_FRAMES {
            self.frames.push(Frame { span, text });
        }
    }

    /// What Helm prints, which reads its own errors again and rewords them.
    fn message(&self) -> String {
        let text = self.go_text();
        if let Some(refusal) = &self.refusal {
            return super::super::wording::refusal(&text, refusal);
        }
        let mut starts = vec![0];
        let mut at = 0;
        for link in self.links.iter().rev() {
            at += link.prefix.len();
            if !link.wraps {
                break;
            }
            starts.push(at);
        }
        super::super::wording::reword(&text, &starts)
    }

    /// As Go says it, without Helm's rewording.
    pub fn into_go_error(self, provenance: &Provenance) -> RenderError {
        let message = self.go_text();
        RenderError { message, ..self.into_error(provenance) }
    }

    fn go_text(&self) -> String {
        self.links.iter().rev().map(|l| l.prefix.as_str()).chain([self.reason.as_str()]).collect()
    }

    pub fn into_error(self, provenance: &Provenance) -> RenderError {
        RenderError {
            kind: self.kind,
            message: self.message(),
            reason: self.frames.first().map(|innermost| innermost.text.clone()),
            frames: self.frames,
            notes: self.notes,
            help: self.help,
            value: provenance.pos(self.value.unwrap_or_default()),
        }
    }
}
