//! Drawing a diagnostic as text, with the lines it points at.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Label, Severity, Source, SourceKind, Sources, mask};

/// How a diagnostic is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With terminal colours.
    pub colour: bool,
    /// Show the values of secret keys.
    pub show_secrets: bool,
}

/// A diagnostic as text that ends without a line feed.
pub fn draw(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let excerpts = excerpts(&diagnostic.labels, sources, style);
    let mut group = Group::with_title(level.primary_title(diagnostic.title.as_str()));
    for excerpt in &excerpts {
        group = group.element(excerpt.snippet());
    }
    let lines =
        diagnostic.notes.iter().map(|n| (Level::NOTE, n)).chain(diagnostic.help.iter().map(|h| (Level::HELP, h)));
    for (level, text) in lines {
        group = group.element(Element::from(level.message(text.as_str())));
    }
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The lines of one label, as they are shown.
struct Excerpt {
    name: String,
    line: usize,
    text: String,
    start: usize,
    end: usize,
    label: String,
    primary: bool,
}

impl Excerpt {
    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let kind = if self.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let mut annotation = kind.span(self.start..self.end);
        if !self.label.is_empty() {
            annotation = annotation.label(self.label.as_str());
        }
        Snippet::source(self.text.as_str()).line_start(self.line).path(self.name.as_str()).annotation(annotation)
    }
}

fn excerpts(labels: &[Label], sources: &Sources, style: Style) -> Vec<Excerpt> {
    labels
        .iter()
        .enumerate()
        .filter_map(|(i, label)| Some(excerpt(&sources.find(label.span.start)?, label, i == 0, style)))
        .collect()
}

/// The line a label begins on, cut where it is very long, with the part of the span that lies on it.
fn excerpt(source: &Arc<Source>, label: &Label, primary: bool, style: Style) -> Excerpt {
    let offset = source.offset(label.span.start);
    let (line, _) = source.line_column(offset);
    let span = source.line_span(line);
    let line_start = source.offset(span.start);
    let text = String::from_utf8_lossy(source.slice(span)).into_owned();
    let mut start = floor(&text, offset - line_start);
    let mut end = floor(&text, source.offset(label.span.end).saturating_sub(line_start)).max(start);
    let masked = (!style.show_secrets && !matches!(source.kind, SourceKind::Template | SourceKind::Schema))
        .then(|| mask::mask_line(&text, source.kind == SourceKind::Rendered && is_secret_manifest(source, offset)))
        .flatten();
    let text = masked.unwrap_or(text);
    start = floor(&text, start);
    end = floor(&text, end);
    Excerpt { name: source.name.clone(), line, text, start, end, label: label.text.clone(), primary }
}

/// Whether the document around an offset of rendered text is a Secret.
fn is_secret_manifest(source: &Source, offset: usize) -> bool {
    let text = String::from_utf8_lossy(&source.text);
    let mut at = 0;
    let mut secret = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            if at > offset {
                break;
            }
            secret = false;
        }
        secret |= line.trim_end() == "kind: Secret";
        at += line.len();
    }
    secret
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0)
}
