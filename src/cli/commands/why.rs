//! `render why`: where a value comes from.

use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;

use super::super::args::{ReportFormat, WhyCommand};
use super::super::terminal::{Ink, Paint};
use super::super::{Exit, Stop, plan, terminal};
use super::told::{Masks, Place, brief, json};
use crate::diag::{Diagnostic, SourceKind, Sources, Span};
use crate::pipeline::{self, Merged, ValuesInput};
use crate::value::{Path, Value};
use crate::values::{Step, Trail, explain, leaves, near};

/// Tells the value, and where it was written, last place first.
pub(super) fn run(args: &WhyCommand, sources: &Sources) -> Result<(), Stop> {
    let path = parse(&args.path, sources)?;
    let chart = Arc::new(pipeline::load_chart(args.chart.as_deref(), sources)?);
    let input = ValuesInput { history: true, ..plan::values(&args.values) };
    let merged = pipeline::values(&chart, &input, sources)?;
    terminal::report(&merged.warnings, sources, terminal::style(&args.global));
    let Some(trail) = explain(&merged.values, &merged.removed, &path, &merged.provenance) else {
        return Err(Stop::new(Exit::Failed, nowhere(&path, &merged)));
    };
    let told = Told { merged: &merged, sources, masks: Masks { show: args.global.show_secrets } };
    super::write(
        match args.output {
            ReportFormat::Text => told.text(&trail, terminal::paint(&args.global)),
            ReportFormat::Json => told.json(&trail)?,
        }
        .as_bytes(),
    )
}

fn parse(text: &str, sources: &Sources) -> Result<Path, Stop> {
    Path::parse(text).map_err(|err| {
        let mut refused = Diagnostic::error(format!("not a path: {}", err.message));
        if let Ok(source) = sources.add("PATH", SourceKind::Argument, text.as_bytes()) {
            refused = refused.label(Span::at(source.range(err.at..err.at).start), "");
        }
        let help = r#"write it as --set does: `a.b[0].c`, and a key with dots as `a\.b` or `"a.b"`"#;
        Stop::new(Exit::Usage, refused.help(help))
    })
}

fn nowhere(path: &Path, merged: &Merged) -> Diagnostic {
    let found = near(&merged.values, path);
    let refused = Diagnostic::error(format!("no layer sets `{path}`"));
    match found.as_slice() {
        [] => refused.help("`render values` prints all that there is"),
        [one] => refused.help(format!("did you mean `{one}`?")),
        several => {
            let several: Vec<_> = several.iter().map(|path| format!("`{path}`")).collect();
            refused.help(format!("did you mean one of {}?", several.join(", ")))
        }
    }
}

/// A place where the value was written, for a program.
#[derive(Serialize)]
struct StepRow {
    value: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(flatten)]
    place: Option<Place>,
}

/// A leaf of a map or list, for a program.
#[derive(Serialize)]
struct LeafRow {
    path: String,
    value: serde_json::Value,
    #[serde(flatten)]
    place: Option<Place>,
}

/// All that is told, for a program. A value that was taken away is not there, and the first step says by what.
#[derive(Serialize)]
struct Report {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
    steps: Vec<StepRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<LeafRow>,
}

struct Told<'a> {
    merged: &'a Merged,
    sources: &'a Sources,
    masks: Masks,
}

impl Told<'_> {
    fn place(&self, value: &Value) -> Option<Place> {
        Place::at(self.merged.provenance.pos(value.origin()), self.merged, self.sources)
    }

    /// What a map or list holds, leaf by leaf.
    fn leaves(&self, trail: &Trail) -> Vec<(Path, Value)> {
        match &trail.value {
            Some(Value::Map(map, _)) if map.is_empty() => Vec::new(),
            Some(Value::List(list, _)) if list.is_empty() => Vec::new(),
            Some(value @ (Value::Map(..) | Value::List(..))) => leaves(value, &trail.path),
            _ => Vec::new(),
        }
    }

    fn json(&self, trail: &Trail) -> anyhow::Result<String> {
        let shown = |value: &Value, path: &Path| json(&self.masks.apply(value, path));
        let steps = trail.steps.iter().map(|step| {
            let place = Place::at(step.pos, self.merged, self.sources);
            Ok(StepRow { value: shown(&step.value, &trail.path)?, tag: step.tag.clone(), place })
        });
        let leaves = self.leaves(trail).into_iter().map(|(path, value)| {
            Ok(LeafRow { path: path.to_string(), value: shown(&value, &path)?, place: self.place(&value) })
        });
        let report = Report {
            path: trail.path.to_string(),
            value: trail.value.as_ref().map(|value| shown(value, &trail.path)).transpose()?,
            steps: steps.collect::<anyhow::Result<_>>()?,
            leaves: leaves.collect::<anyhow::Result<_>>()?,
        };
        Ok(serde_json::to_string_pretty(&report).context("the report cannot be written as JSON")? + "\n")
    }

    fn text(&self, trail: &Trail, paint: Paint) -> String {
        let leaves = self.leaves(trail);
        let mut text = self.head(trail, &leaves, paint);
        let is_map = matches!(trail.value, Some(Value::Map(..)));
        // A map is put together from many places; the one where it began says little.
        if !is_map || leaves.is_empty() || trail.steps.len() > 1 {
            text += &self.steps(trail, paint);
        }
        if !leaves.is_empty() {
            text += &self.leaf_lines(trail, &leaves, paint);
        }
        text
    }

    fn head(&self, trail: &Trail, leaves: &[(Path, Value)], paint: Paint) -> String {
        let name = if trail.path.is_root() { "the values".to_owned() } else { trail.path.to_string() };
        let name = paint.with(Ink::Strong, &name);
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        match &trail.value {
            None => format!("{name} is removed\n"),
            Some(Value::Map(..)) if !leaves.is_empty() => {
                format!("{name}: a map of {}\n", count(leaves.len(), "value"))
            }
            Some(Value::List(list, _)) if !leaves.is_empty() => {
                format!("{name}: a list of {}\n", count(list.len(), "item"))
            }
            Some(value) => {
                format!("{name} = {}\n", paint.with(Ink::Strong, &brief(&self.masks.apply(value, &trail.path))))
            }
        }
    }

    /// A line for each place, in columns; the first one is what counts.
    fn steps(&self, trail: &Trail, paint: Paint) -> String {
        if trail.steps.is_empty() {
            return "\n  no layer writes it; it is there because something below it is\n".to_owned();
        }
        let rows: Vec<[String; 3]> = trail.steps.iter().map(|step| self.row(step, &trail.path)).collect();
        let lines = rows.iter().enumerate().map(|(n, row)| {
            let ink = if n == 0 { Ink::Strong } else { Ink::Faint };
            format!("  {}\n", paint.with(ink, columns(row, &rows).join("  ").trim_end()))
        });
        format!("\n{}", lines.collect::<String>())
    }

    fn row(&self, step: &Step, path: &Path) -> [String; 3] {
        let place = Place::at(step.pos, self.merged, self.sources);
        let value = brief(&self.masks.apply(&step.value, path));
        let value = step.tag.iter().map(|tag| format!("{tag} ")).collect::<String>() + &value;
        let (location, by) = place.map(|place| (place.location(), place.by().to_owned())).unwrap_or_default();
        [location, by, value]
    }

    /// A line for each value in a map or list, up to some.
    fn leaf_lines(&self, trail: &Trail, leaves: &[(Path, Value)], paint: Paint) -> String {
        const MOST: usize = 60;
        let rows: Vec<_> = leaves.iter().take(MOST).map(|leaf| self.leaf_row(trail, leaf)).collect();
        let lines = rows.iter().map(|row| {
            let [leaf, location, by] = columns(row, &rows);
            format!("  {}\n", format!("{leaf}  {}", paint.with(Ink::Faint, &format!("{location}  {by}"))).trim_end())
        });
        let mut text = format!("\n{}", lines.collect::<String>());
        if leaves.len() > MOST {
            text += &format!("  … and {} more; `render values --origin` prints all\n", leaves.len() - MOST);
        }
        text
    }

    fn leaf_row(&self, trail: &Trail, (path, value): &(Path, Value)) -> [String; 3] {
        let below: Path = path.segments()[trail.path.segments().len()..].to_vec().into();
        let place = self.place(value);
        let (location, by) = place.map(|place| (place.line(), place.by().to_owned())).unwrap_or_default();
        [format!("{below}: {}", brief(&self.masks.apply(value, path))), location, by]
    }
}

/// The cells of a row, all but the last as wide as the widest of their column.
fn columns(row: &[String; 3], rows: &[[String; 3]]) -> [String; 3] {
    let width = |i: usize| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let ([a, b, c], [first, second]) = (row, [width(0), width(1)]);
    [format!("{a:first$}"), format!("{b:second$}"), c.clone()]
}
