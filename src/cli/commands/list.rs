//! `render list`: the bundled charts and their layers.

use anyhow::Context as _;
use serde::Serialize;

use super::super::Stop;
use super::super::args::ListFormat;
use crate::chart::{Bundle, Chart};
use crate::diag::Sources;
use crate::pipeline;

/// A bundled chart as it is listed; the fields of the JSON form.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    version: String,
    app_version: String,
    layers: Vec<String>,
    description: String,
}

/// Prints the charts, one a line or all in one JSON list.
pub(super) fn run(format: ListFormat, sources: &Sources) -> Result<(), Stop> {
    let names = Bundle::embedded().names();
    let charts = names.iter().map(|name| Ok(pipeline::load_bundled(name, sources)?));
    let charts = charts.collect::<Result<Vec<_>, Stop>>()?;
    let rows: Vec<_> = charts.iter().filter(|chart| !chart.metadata.is_library()).map(row).collect();
    super::write(
        match format {
            ListFormat::Table => table(&rows),
            ListFormat::Json => {
                serde_json::to_string_pretty(&rows).context("the list cannot be written as JSON")? + "\n"
            }
        }
        .as_bytes(),
    )
}

fn row(chart: &Chart) -> Row {
    Row {
        name: chart.name().to_owned(),
        version: chart.metadata.version.clone(),
        app_version: chart.metadata.app_version.clone(),
        layers: chart.layers(),
        description: chart.metadata.description.clone(),
    }
}

/// Columns as wide as their widest cell, the last one as it comes.
fn table(rows: &[Row]) -> String {
    let head = ["NAME", "VERSION", "APP VERSION", "LAYERS", "DESCRIPTION"].map(str::to_owned);
    let cells = rows
        .iter()
        .map(|r| [r.name.clone(), r.version.clone(), r.app_version.clone(), r.layers.join(","), r.description.clone()]);
    let lines: Vec<_> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let [a, b, c, d] = [width(0), width(1), width(2), width(3)];
    let line = |[v, w, x, y, z]: &[String; 5]| format!("{v:a$}  {w:b$}  {x:c$}  {y:d$}  {z}\n");
    lines.iter().map(line).collect()
}
