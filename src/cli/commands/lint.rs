//! `render lint [CHART]`.

use anyhow::Context as _;
use serde::Serialize;

use super::super::args::{LintArgs, ReportFormat};
use super::super::{Exit, Stop, sides, terminal};
use crate::diag::{Diagnostic, Location, Severity, Sources, Style, draw};
use crate::pipeline::lint;

/// Prints what is likely a mistake.
pub(super) fn run(args: &LintArgs, sources: &Sources) -> Result<Exit, Stop> {
    let strict = args.render.switches.strict;
    let mut request = sides::request(&args.render).map_err(|err| Stop::new(Exit::Usage, err))?;
    // Warnings are counted at the end, and do not hide what comes after them.
    request.strict = false;
    let found = lint::lint(&request, sources)?;
    super::write(
        match args.output {
            ReportFormat::Text => text(&found, args, sources),
            ReportFormat::Json => json(&found, sources)?,
        }
        .as_bytes(),
    )?;
    Ok(if lint::fails(&found, strict) { Exit::Failed } else { Exit::Done })
}

fn text(found: &[Diagnostic], args: &LintArgs, sources: &Sources) -> String {
    let global = &args.render.global;
    let style = Style { colour: terminal::paint(global).is_on(), show_secrets: global.show_secrets };
    let drawn: Vec<String> = found.iter().map(|diagnostic| draw(diagnostic, sources, style) + "\n").collect();
    drawn.join("\n")
}

/// One thing that was found, for a program.
#[derive(Serialize)]
struct Row<'a> {
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    help: &'a [String],
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

fn json(found: &[Diagnostic], sources: &Sources) -> anyhow::Result<String> {
    let rows: Vec<Row<'_>> = found.iter().map(|diagnostic| row(diagnostic, sources)).collect();
    Ok(serde_json::to_string_pretty(&rows).context("the report cannot be written as JSON")? + "\n")
}

fn row<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Row<'a> {
    let severity = match diagnostic.severity {
        Severity::Note => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let place = diagnostic.labels.first().and_then(|label| sources.locate(label.span.start));
    let place = place.map(|Location { file, line, column }| Place { file, line, column });
    Row { severity, message: &diagnostic.title, place, notes: &diagnostic.notes, help: &diagnostic.help }
}
