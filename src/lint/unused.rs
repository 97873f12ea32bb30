//! Defines and macros that nobody calls.

use std::sync::Arc;

use super::Input;
use crate::chart::{Chart, ChartError};
use crate::diag::{Diagnostic, Source};
use crate::values::ChartTree;

/// A define or macro, and where its name stands.
struct Definition {
    name: String,
    at: Arc<Source>,
    start: usize,
}

/// What the outermost chart defines, and nothing names elsewhere. Of a library all may be used by others.
pub(super) fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let chart = &input.tree.chart;
    let mut texts = Vec::new();
    collect(input.tree, input, &mut texts)?;
    if chart.metadata.is_library() || texts.iter().any(|text| computes_names(&text.text)) {
        return Ok(Vec::new());
    }
    let defined = definitions(chart, input)?;
    let is_unused = |definition: &&Definition| {
        let named = texts.iter().map(|text| count(&text.text, &definition.name)).sum::<usize>();
        named <= defined.iter().filter(|other| other.name == definition.name).count()
    };
    let told = defined.iter().filter(is_unused).map(|definition| {
        let span = definition.at.range(definition.start..definition.start + definition.name.len());
        Diagnostic::info(format!("nothing uses `{}`", definition.name)).label(span, "")
    });
    Ok(told.collect())
}

/// All texts that may name a template.
fn collect(tree: &ChartTree, input: &Input<'_>, texts: &mut Vec<Arc<Source>>) -> Result<(), ChartError> {
    let files = tree.chart.templates.iter().map(|template| &template.file);
    for file in files.chain(&tree.chart.files).chain(&tree.chart.values) {
        texts.push(file.source(input.sources)?);
    }
    tree.subcharts.iter().try_for_each(|subchart| collect(subchart, input, texts))
}

/// Whether a name is put together, other than from the path of a file.
fn computes_names(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).lines().any(|line| {
        let mut calls = line.split("include ").skip(1).map(str::trim_start);
        calls.any(|rest| !rest.starts_with(['"', '`']) && !rest.contains("BasePath")) && line.contains("{{")
    })
}

fn definitions(chart: &Chart, input: &Input<'_>) -> Result<Vec<Definition>, ChartError> {
    let mut found = Vec::new();
    for template in &chart.templates {
        let source = template.file.source(input.sources)?;
        let text = String::from_utf8_lossy(&source.text).into_owned();
        for (keyword, end) in [("define \"", '"'), ("macro ", '(')] {
            for (at, _) in text.match_indices(keyword) {
                let start = at + keyword.len();
                if let Some((name, _)) = text[start..].split_once(end).filter(|(name, _)| is_name(name)) {
                    found.push(Definition { name: name.to_owned(), at: source.clone(), start });
                }
            }
        }
    }
    Ok(found)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))
}

fn count(text: &[u8], name: &str) -> usize {
    memchr::memmem::find_iter(text, name.as_bytes()).count()
}
