//! `render show`: what a chart is made of.

use super::super::args::ShowWhat;
use super::super::{Exit, Stop};
use crate::chart::{Chart, File};
use crate::diag::{Diagnostic, Sources};
use crate::pipeline;

/// Prints a file of a chart, or all of them.
pub(super) fn run(what: ShowWhat, chart: Option<&str>, sources: &Sources) -> Result<(), Stop> {
    let chart = pipeline::load_chart(chart, sources)?;
    if what == ShowWhat::All {
        return super::write(&all(&chart)?);
    }
    match file(&chart, what) {
        Some(file) => super::write(file.bytes().map_err(pipeline::Error::from)?),
        None => Err(Stop::new(Exit::Failed, missing(&chart, what))),
    }
}

fn file(chart: &Chart, what: ShowWhat) -> Option<&File> {
    match what {
        ShowWhat::Chart => Some(&chart.chart_yaml),
        ShowWhat::Values => chart.values.as_ref(),
        ShowWhat::Schema => chart.schema.as_ref(),
        ShowWhat::Readme => chart.readme(),
        ShowWhat::All => None,
    }
}

/// As `helm show all`: the files one after another with `---` between them; a file that is not there is left out.
fn all(chart: &Chart) -> Result<Vec<u8>, pipeline::Error> {
    let kinds = [ShowWhat::Chart, ShowWhat::Values, ShowWhat::Schema, ShowWhat::Readme];
    let mut text = Vec::new();
    for (n, file) in kinds.into_iter().filter_map(|what| file(chart, what)).enumerate() {
        let bytes = file.bytes()?;
        if n > 0 {
            text.extend_from_slice(b"---\n");
        }
        text.extend_from_slice(bytes);
        if !bytes.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    Ok(text)
}

fn missing(chart: &Chart, what: ShowWhat) -> Diagnostic {
    let (what, file) = match what {
        ShowWhat::Values => ("default values", "values.yaml"),
        ShowWhat::Schema => ("schema", "values.schema.json"),
        ShowWhat::Readme => ("README", "README.md"),
        ShowWhat::Chart | ShowWhat::All => ("definition", "Chart.yaml"),
    };
    Diagnostic::error(format!("the chart {} has no {what}", chart.name())).help(format!("it would be in {file}"))
}
