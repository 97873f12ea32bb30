//! What `helm lint` asks of crds/: `crds.go` of pkg/chart/v2/lint/rules.

use super::Input;
use crate::chart::ChartError;
use crate::diag::{Diagnostic, Span};
use crate::manifest::{File, Manifests};

/// Files of crds/ hold CustomResourceDefinitions, and are no templates.
pub(super) fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let mut told = Vec::new();
    for file in input.tree.chart.crds() {
        let source = file.source(input.sources)?;
        let at = |offset: usize| Span::at(source.base.offset(offset));
        let text = String::from_utf8_lossy(&source.text).into_owned();
        match Manifests::sort_out([File::new(file.shown(), text)], []) {
            Ok(manifests) => {
                let says_something = |text: &str| text.lines().any(|line| !line.trim().is_empty() && !is_aside(line));
                let others =
                    manifests.list.iter().filter(|manifest| says_something(manifest.text())).filter(|manifest| {
                        let head = &manifest.head;
                        head.kind != "CustomResourceDefinition" || !head.api_version.starts_with("apiextensions.k8s.io")
                    });
                told.extend(others.map(|manifest| {
                    let kind =
                        if manifest.head.kind.is_empty() { "something without a kind" } else { &manifest.head.kind };
                    Diagnostic::error(format!("crds/ holds {kind}, which is no CustomResourceDefinition"))
                        .label(at(manifest.range.start), "")
                        .help("move it to templates/")
                }));
            }
            Err(errors) => told.extend(errors.iter().map(|error| {
                Diagnostic::error(format!("{} is not YAML as it stands", file.shown()))
                    .label(at(error.at()), "")
                    .help("files of crds/ are no templates")
            })),
        }
    }
    Ok(told)
}

/// Whether a line is a comment or separates documents.
fn is_aside(line: &str) -> bool {
    line.trim_start().starts_with('#') || line.starts_with("---")
}
