//! How Helm 4.1.4 words the errors of Go's templates: `reformatExecErrorMsg` and `cleanupParseError` of
//! pkg/engine/engine.go.
//!
//! Helm takes the texts of errors apart, so whoever wants to print the same has to; nothing else here reads them.

use super::parse::ParseError;

/// The text of an execution error with all that it wraps, and where in it each wrapped error's text begins.
pub(super) fn reword(text: &str, starts: &[usize]) -> String {
    let mut out = String::new();
    let mut last = None;
    for start in starts {
        let Some(part) = take_apart(&text[*start..]) else { return text.to_owned() };
        if last.as_ref() != Some(&part) {
            part.write(&mut out);
        }
        last = Some(part);
    }
    out.trim().to_owned()
}

/// What `fail` and `required` say, with the place of the outermost template.
pub(super) fn refusal(text: &str, message: &str) -> String {
    let location = text.split(": ").nth(1).unwrap_or_default();
    format!("execution error at ({location}): {message}")
}

/// A template that cannot be read.
pub(super) fn parse_error(name: &str, error: &ParseError) -> String {
    let text = go_parse_error(name, error);
    let location = text.split(": ").nth(1).unwrap_or_default();
    let message = text.rsplit(": ").next().unwrap_or_default();
    format!("parse error at ({location}): {message}")
}

/// The same as Go words it.
pub(super) fn go_parse_error(name: &str, error: &ParseError) -> String {
    format!("template: {name}:{}: {}", error.line, error.reason)
}

#[derive(PartialEq, Default)]
struct Part<'t> {
    location: &'t str,
    function: Option<(&'t str, &'t str)>,
    message: &'t str,
}

impl Part<'_> {
    fn write(&self, out: &mut String) {
        if !self.location.is_empty() {
            out.push_str(self.location);
            out.push_str("\n  ");
        }
        if let Some((name, at)) = self.function {
            out.push_str(&format!("executing \"{name}\" at <{at}>:\n    "));
        }
        if !self.message.is_empty() {
            out.push_str(self.message);
            out.push('\n');
        }
    }
}

fn take_apart(text: &str) -> Option<Part<'_>> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Part { message: text, ..Part::default() });
    }
    executing(rest).or_else(|| {
        let at = rest.rfind(": ")?;
        Some(Part { location: &rest[..at], function: None, message: before_next(&rest[at + 2..]) })
    })
}

/// `NAME:LINE:COLUMN: executing "FUNCTION" at <CONTEXT>: MESSAGE`.
fn executing(rest: &str) -> Option<Part<'_>> {
    let (location, after) = rest.split_once(": executing ")?;
    let (function, after) = after.strip_prefix('"')?.split_once('"')?;
    let (context, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
    Some(Part { location, function: Some((function, context)), message: before_next(message) })
}

fn before_next(message: &str) -> &str {
    message.split(" template:").next().unwrap_or_default()
}
