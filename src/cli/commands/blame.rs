//! `render blame`: which line of which template printed each line of a render.

use std::ops::Range;

use anyhow::Context as _;
use serde::Serialize;

use super::super::args::{BlameArgs, ReportFormat};
use super::super::terminal::{Ink, Paint};
use super::super::{Exit, Stop, sides, terminal};
use crate::diag::{Diagnostic, Location, Pos, Sources, nearest};
use crate::pipeline::{Outcome, Tracer};

/// The version of the JSON.
const VERSION: u8 = 1;

/// Renders, and prints the lines of what was asked for with their origins.
pub(super) fn run(args: &BlameArgs, sources: &Sources) -> Result<(), Stop> {
    let request = sides::request(&args.render).map_err(|err| Stop::new(Exit::Usage, err))?;
    let outcome = sides::rendered(&request, &args.render.global, sources)?;
    let texts = find(&outcome, &args.what);
    if texts.is_empty() {
        return Err(Stop::new(Exit::Failed, nowhere(&outcome, &args.what)));
    }
    let mut tracer = Tracer::new(&outcome.kept);
    let texts: Vec<Blamed> = texts.into_iter().map(|text| text.blamed(&mut tracer, sources)).collect();
    let out = match args.output {
        ReportFormat::Text => text(&texts, terminal::paint(&args.render.global)),
        ReportFormat::Json => json(&texts)?,
    };
    // The process is about to end; see `template`.
    std::mem::forget(outcome);
    super::write(out.as_bytes())
}

/// A rendered text, or the part of one that was asked for.
struct Text<'o> {
    template: &'o str,
    text: &'o str,
    range: Range<usize>,
}

/// A line with what printed it.
#[derive(Serialize)]
struct Line<'o> {
    /// In what the template rendered, from 1.
    line: usize,
    text: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Place>,
    /// The calls through which it was printed, the innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Place>,
    /// Where the values were written that stand in the line unchanged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

/// A text of which each line is known.
#[derive(Serialize)]
struct Blamed<'o> {
    /// The template, as `# Source:` has it.
    source: &'o str,
    lines: Vec<Line<'o>>,
}

#[derive(Serialize)]
struct Page<'b> {
    version: u8,
    texts: &'b [Blamed<'b>],
}

impl From<Location> for Place {
    fn from(Location { file, line, column }: Location) -> Self {
        Place { file, line, column }
    }
}

impl Place {
    fn line(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

impl<'o> Text<'o> {
    fn blamed(self, tracer: &mut Tracer<'o>, sources: &Sources) -> Blamed<'o> {
        let place = |pos: Pos| sources.locate(pos).map(Place::from);
        let first = self.text[..self.range.start].matches('\n').count();
        let mut at = self.range.start;
        let mut lines = Vec::new();
        for (n, whole) in self.text[self.range.clone()].split_inclusive('\n').enumerate() {
            let text = whole.trim_end_matches(['\n', '\r']);
            // What indents a line may come from elsewhere than the line.
            let indent = text.len() - text.trim_start().len();
            let printed = tracer.printed(self.template, at + if indent == text.len() { 0 } else { indent });
            at += whole.len();
            let template = printed.as_ref().and_then(|printed| place(printed.template.start));
            let calls = printed.iter().flat_map(|printed| &printed.calls).filter_map(|call| place(call.start));
            let values = printed.iter().flat_map(|printed| &printed.values).filter_map(|pos| place(*pos));
            let (calls, values) = (calls.collect(), values.collect());
            lines.push(Line { line: first + n + 1, text, template, calls, values });
        }
        Blamed { source: self.template, lines }
    }
}

/// The texts that have the name: that of one template, else those of the manifests of a kind and name.
fn find<'o>(outcome: &'o Outcome, what: &str) -> Vec<Text<'o>> {
    let file = outcome.kept.all_rendered().iter().find(|rendered| is_path(&rendered.template.name, what));
    if let Some(rendered) = file {
        let (template, text) = (rendered.template.name.as_str(), &*rendered.text);
        return vec![Text { template, text, range: 0..text.len() }];
    }
    let Some((kind, name)) = what.split_once('/') else { return Vec::new() };
    let manifests = outcome.manifests.list.iter();
    let named = manifests.filter(|m| m.head.kind.eq_ignore_ascii_case(kind) && m.head.name == name);
    let text =
        |m: &'o crate::manifest::Manifest| Text { template: &m.file.path, text: &m.file.text, range: m.range.clone() };
    named.map(text).collect()
}

/// Whether a template is meant: by its path as `# Source:` has it, or without the chart's name as `--show-only` takes it.
fn is_path(template: &str, typed: &str) -> bool {
    template == typed || template.split_once('/').is_some_and(|(_, path)| path == typed)
}

fn nowhere(outcome: &Outcome, what: &str) -> Diagnostic {
    let templates = outcome.kept.all_rendered().iter().map(|rendered| rendered.template.name.clone());
    let manifests = outcome.manifests.list.iter().filter(|manifest| !manifest.head.kind.is_empty());
    let manifests = manifests.map(|manifest| format!("{}/{}", manifest.head.kind, manifest.head.name));
    let known: Vec<String> = templates.chain(manifests).collect();
    let refused = Diagnostic::error(format!("nothing that is rendered is called `{what}`"));
    match nearest(what, known.iter().map(String::as_str)) {
        Some(near) => refused.help(format!("did you mean `{near}`?")),
        None => refused.help("name a template as `# Source:` has it, or a manifest as KIND/NAME"),
    }
}

fn json(texts: &[Blamed<'_>]) -> Result<String, Stop> {
    let page = Page { version: VERSION, texts };
    Ok(serde_json::to_string_pretty(&page).context("the report cannot be written as JSON")? + "\n")
}

/// Where each line and its values come from, its number, and the line, in columns as `git blame` has them.
fn text(texts: &[Blamed<'_>], paint: Paint) -> String {
    let lines = || texts.iter().flat_map(|text| &text.lines);
    let widest = |cell: fn(&Line<'_>) -> String| lines().map(|line| cell(line).chars().count()).max().unwrap_or(0);
    let (first, second) = (widest(template), widest(values));
    let digits = lines().map(|line| line.line).max().unwrap_or(0).to_string().len();
    let mut out = String::new();
    for (n, blamed) in texts.iter().enumerate() {
        if n > 0 {
            out.push_str("---\n");
        }
        for line in &blamed.lines {
            let head = format!("{:first$}  {:second$}  {:digits$})", template(line), values(line), line.line);
            out.push_str(format!("{} {}", paint.with(Ink::Faint, &head), line.text).trim_end());
            out.push('\n');
        }
    }
    out
}

/// `templates/web.yaml:12`.
fn template(line: &Line<'_>) -> String {
    line.template.iter().map(Place::line).collect()
}

/// `values.yaml:3`, with a sign where the line has more values than that one.
fn values(line: &Line<'_>) -> String {
    match line.values.as_slice() {
        [] => String::new(),
        [one] => one.line(),
        [first, rest @ ..] => format!("{} +{}", first.line(), rest.len()),
    }
}
