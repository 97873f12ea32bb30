//! `render values`: the values that templates see, whole, or what one layer changes about them.
//!
//! The whole is data for other programs, so nothing in it is masked; what a layer changes is told to people, and is.

use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;

use super::super::args::{DataFormat, ValuesCommand};
use super::super::terminal::{Ink, Paint};
use super::super::{Exit, Stop, plan, terminal};
use super::told::{JSON, Masks, Place, brief, json};
use crate::diag::{Diagnostic, Pos, Sources, nearest};
use crate::pipeline::{self, Merged, ValuesInput};
use crate::value::{Path, Value};
use crate::values::{Change, changes};
use crate::yaml::{to_json, to_yaml_for_people};

/// Prints the values, or the changes.
pub(super) fn run(args: &ValuesCommand, sources: &Sources) -> Result<(), Stop> {
    let input = plan::values(&args.values);
    let without = args.diff.as_deref().map(|layer| without(&input, layer)).transpose()?;
    if args.origin && args.output == DataFormat::Json {
        let refused = Diagnostic::error("--origin writes comments, which JSON does not have");
        return Err(Stop::new(Exit::Usage, refused.help("leave out `-o json`, or ask `render why PATH -o json`")));
    }
    let chart = Arc::new(pipeline::load_chart(args.chart.as_deref(), sources)?);
    let before = without.map(|input| pipeline::values(&chart, &input, sources)).transpose()?;
    let merged = pipeline::values(&chart, &input, sources)?;
    terminal::report(&merged.warnings, sources, terminal::style(&args.global));
    let text = match before {
        Some(before) => {
            let told = Told { merged: &merged, sources, masks: Masks { show: args.global.show_secrets } };
            let changes = changes(&before.values, &merged.values);
            match args.output {
                DataFormat::Yaml => told.lines(&changes, &before, terminal::paint(&args.global)),
                DataFormat::Json => told.json(&changes, &before)?,
            }
        }
        None => whole(&merged, args.output, args.origin, sources)?,
    };
    super::write(text.as_bytes())
}

/// The input without the layer that is asked about.
fn without(input: &ValuesInput, layer: &str) -> Result<ValuesInput, Stop> {
    if input.files.iter().any(|path| path == "-") {
        let refused = Diagnostic::error("--diff merges twice, and stdin can be read only once");
        return Err(Stop::new(Exit::Usage, refused.help("write the values to a file and give it with -f")));
    }
    input.without(layer).ok_or_else(|| {
        let known = input.layers.iter().chain(&input.files).map(String::as_str);
        let near = nearest(layer, known).map(|near| format!("did you mean `{near}`?"));
        let refused = Diagnostic::error(format!("--diff: `{layer}` is not among the layers"));
        let help =
            near.unwrap_or_else(|| "give it too, with --layer or -f: it is left out once and compared".to_owned());
        Stop::new(Exit::Usage, refused.help(help))
    })
}

fn whole(merged: &Merged, format: DataFormat, origin: bool, sources: &Sources) -> Result<String, Stop> {
    let written = match format {
        DataFormat::Json => to_json(&merged.values, &JSON),
        DataFormat::Yaml => to_yaml_for_people(&merged.values, &|value| {
            let pos = merged.provenance.pos(value.origin());
            if origin { Some(Place::at(pos, merged, sources)?.line()) } else { None }
        }),
    };
    Ok(written.map_err(|err| anyhow::anyhow!("{err}")).context("the values cannot be written")? + "\n")
}

/// A change for a program.
#[derive(Serialize)]
struct Row {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<serde_json::Value>,
    #[serde(flatten)]
    place: Option<Place>,
}

struct Told<'a> {
    merged: &'a Merged,
    sources: &'a Sources,
    masks: Masks,
}

impl Told<'_> {
    /// Where what a change tells was written: the new value, or what took the old one away, or else the old value.
    fn place(&self, change: &Change, before: &Merged) -> Option<Place> {
        let (merged, value) = match (&change.after, &change.before) {
            (Some(after), _) => (self.merged, after),
            (None, old) => match removed_by(&self.merged.removed, &change.path) {
                Some(null) => (self.merged, null),
                None => (before, old.as_ref()?),
            },
        };
        let pos = merged.provenance.pos(value.origin());
        if pos == Pos::NONE { None } else { Place::at(pos, merged, self.sources) }
    }

    fn lines(&self, changes: &[Change], before: &Merged, paint: Paint) -> String {
        let mut text = String::new();
        for change in changes {
            let show = |value: &Value| brief(&self.masks.apply(value, &change.path));
            let (ink, line) = match (&change.before, &change.after) {
                (Some(old), Some(new)) => (Ink::Changed, format!("~ {}: {} -> {}", change.path, show(old), show(new))),
                (None, Some(new)) => (Ink::Added, format!("+ {}: {}", change.path, show(new))),
                (old, None) => {
                    (Ink::Removed, format!("- {}: {}", change.path, old.as_ref().map(show).unwrap_or_default()))
                }
            };
            text += &paint.with(ink, &line);
            if let Some(place) = self.place(change, before) {
                text += &paint.with(Ink::Faint, &format!("  # {}", place.line()));
            }
            text.push('\n');
        }
        text
    }

    fn json(&self, changes: &[Change], before: &Merged) -> anyhow::Result<String> {
        let shown = |value: &Option<Value>, path: &Path| {
            value.as_ref().map(|value| json(&self.masks.apply(value, path))).transpose()
        };
        let rows = changes.iter().map(|change| {
            let (old, new) = (shown(&change.before, &change.path)?, shown(&change.after, &change.path)?);
            Ok(Row { path: change.path.to_string(), before: old, after: new, place: self.place(change, before) })
        });
        let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(serde_json::to_string_pretty(&rows).context("the changes cannot be written as JSON")? + "\n")
    }
}

/// What took away the value at a path, or the map around it.
fn removed_by<'a>(removed: &'a [(Path, Value)], path: &Path) -> Option<&'a Value> {
    removed.iter().find(|(gone, _)| path.segments().starts_with(gone.segments())).map(|(_, null)| null)
}
