//! Each chart's values against its schema.

use super::Error;
use super::values::Merged;
use crate::diag::{Diagnostic, Sources};
use crate::schema::{Schema, SchemaError, Scope};
use crate::value::{Path, Provenance, Value};
use crate::values::ChartTree;

/// Checks the values of a chart and of all enabled subcharts; all violations come together. Gives the schemas that had
/// to be compiled for it.
///
/// # Errors
/// A schema that is none, or values that one refuses.
pub fn check(merged: &Merged, sources: &Sources, warnings: &mut Vec<Diagnostic>) -> Result<Vec<Schema>, Error> {
    let mut found = Found::default();
    let checked = check_chart(&merged.tree, &merged.values, &merged.provenance, &Path::root(), sources, &mut found);
    warnings.append(&mut found.warnings);
    checked?;
    if found.violations.is_empty() { Ok(found.schemas) } else { Err(Error::Schema(found.violations)) }
}

#[derive(Default)]
struct Found {
    schemas: Vec<Schema>,
    violations: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

fn problems(err: SchemaError) -> Error {
    Error::Schema(err.problems)
}

fn check_chart(
    tree: &ChartTree,
    values: &Value,
    provenance: &Provenance,
    prefix: &Path,
    sources: &Sources,
    found: &mut Found,
) -> Result<(), Error> {
    if let Some(file) = &tree.chart.schema
        && let Some(schema) = Schema::unless_plain(&file.source(sources)?, values).map_err(problems)?
    {
        found.warnings.extend(schema.warnings().iter().cloned());
        let scope = Scope { prefix: prefix.clone(), show_secrets: false };
        let violations = schema.check(values, provenance, &scope);
        found.violations.extend(violations.iter().map(|v| v.diagnostic(tree.name())));
        found.schemas.push(schema);
    }
    for subchart in &tree.subcharts {
        let below = tree.values_of(subchart, values);
        check_chart(subchart, &below, provenance, &prefix.key(subchart.name()), sources, found)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::chart::Bundle;
    use crate::pipeline::{ValuesInput, load_bundled, merge};
    use crate::values::SetFlag;

    /// What a bundled chart cannot do without.
    fn needed(chart: &str) -> Vec<(SetFlag, String)> {
        let tag = (SetFlag::Set, "image.tag=v1.4.11".to_owned());
        if chart == "bifrost" { vec![tag] } else { Vec::new() }
    }

    /// A schema that has to be compiled costs each render more than all templates do.
    #[test]
    fn no_schema_of_a_bundled_chart_is_compiled_for_values_that_fit() {
        for name in Bundle::embedded().names() {
            let sources = Sources::default();
            let chart = Arc::new(load_bundled(&name, &sources).expect("a bundled chart"));
            let layers = chart.layers().into_iter().map(|layer| vec![layer]);
            for layers in layers.chain([Vec::new()]) {
                let input = ValuesInput { layers: layers.clone(), sets: needed(&name), ..ValuesInput::default() };
                let merged = merge(&chart, &input, &sources).unwrap_or_else(|err| panic!("{name} {layers:?}: {err:?}"));
                let compiled = check(&merged, &sources, &mut Vec::new());
                let compiled = compiled.unwrap_or_else(|err| panic!("{name} {layers:?}: {err:?}"));
                assert!(compiled.is_empty(), "{name} {layers:?}");
            }
        }
    }
}
