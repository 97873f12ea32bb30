//! From layers and defaults to the values that templates see.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::{Error, ValuesInput};
use crate::chart::Chart;
use crate::diag::{Diagnostic, Source, SourceKind, Sources};
use crate::value::{Path as ValuePath, Provenance, Value};
use crate::values::{ChartTree, Coalesced, DependencyError, Layers, Warnings, coalesce, process_dependencies};

/// A chart tree with its values, and where they came from.
pub struct Merged {
    /// The charts that are enabled.
    pub tree: ChartTree,
    /// The values of the root chart; those of a subchart are below it.
    pub values: Value,
    /// Places that hold the same map.
    pub shared: Vec<(ValuePath, ValuePath)>,
    /// What was overridden on the way.
    pub provenance: Provenance,
    /// What was odd.
    pub warnings: Vec<Diagnostic>,
}

/// Merges everything that gives values.
///
/// # Errors
/// A layer that is not there or cannot be read, an argument that is not right, a subchart's values that are no map.
pub fn merge(chart: &Arc<Chart>, input: &ValuesInput, sources: &Sources) -> Result<Merged, Error> {
    let mut layers = merge_layers(chart, input, sources)?;
    let mut defaults = HashMap::new();
    read_defaults(chart, &mut layers, &mut defaults, sources)?;
    let mut warnings = layers.warnings();
    let (user, mut provenance) = layers.finish();
    let mut odd = Warnings::default();
    let mut read = |file: &crate::chart::File| Ok(defaults.get(file.shown()).cloned().unwrap_or_default());
    let tree = process_dependencies(chart, &user, &mut read, &mut provenance, &mut odd).map_err(|err| match err {
        DependencyError::Values(err) => err,
        DependencyError::Refused(err) => Error::Values(err.diagnostic()),
    })?;
    let Coalesced { values, shared } =
        coalesce(&tree, &user, &mut provenance, &mut odd).map_err(|err| Error::Values(err.diagnostic()))?;
    warnings.extend(odd.into_vec().iter().map(crate::values::Warning::diagnostic));
    Ok(Merged { tree, values, shared, provenance, warnings })
}

/// Reads the values.yaml of a chart and of all below it, by the names they are shown under.
fn read_defaults(
    chart: &Chart,
    layers: &mut Layers,
    defaults: &mut HashMap<String, Value>,
    sources: &Sources,
) -> Result<(), Error> {
    if let Some(file) = &chart.values {
        let value = layers.apart(&file.source(sources)?).map_err(|err| Error::Values(err.diagnostic()))?;
        defaults.insert(file.shown().to_owned(), value);
    }
    chart.subcharts.iter().try_for_each(|subchart| read_defaults(subchart, layers, defaults, sources))
}

/// Merges the layers of a request over one another, not yet over the chart's defaults.
///
/// # Errors
/// A layer that is not there or cannot be read, an argument that is not right.
pub fn merge_layers(chart: &Chart, input: &ValuesInput, sources: &Sources) -> Result<Layers, Error> {
    let mut layers = Layers::new();
    for name in &input.layers {
        layers.file(&chart.layer_source(name, sources)?).map_err(|err| Error::Values(err.diagnostic()))?;
    }
    for path in &input.files {
        layers.file(&read_values(path, sources)?).map_err(|err| Error::Values(err.diagnostic()))?;
    }
    for (flag, argument) in &input.sets {
        let source = sources.add(flag.name(), SourceKind::Argument, argument.as_bytes())?;
        let mut read = |path: &str| read_bytes(Path::new(path)).map_err(|err| err.to_string());
        layers.set(*flag, &source, &mut read).map_err(|err| Error::Usage(err.diagnostic(&source)))?;
    }
    Ok(layers)
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        return std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes);
    }
    std::fs::read(path)
}

/// A values file as a source, `-` for stdin.
///
/// # Errors
/// Where it cannot be read; a URL.
pub fn read_values(path: &str, sources: &Sources) -> Result<Arc<Source>, Error> {
    if path.contains("://") {
        let refused = Diagnostic::error(format!("{path}: values are not fetched from the network"));
        return Err(Error::Usage(refused.help("download the file first and give its path")));
    }
    let name = if path == "-" { "stdin" } else { path };
    let bytes = read_bytes(Path::new(path)).map_err(|err| Error::Values(unreadable(path, &err)))?;
    Ok(sources.add(name, SourceKind::Data, bytes)?)
}

/// A values file that cannot be read, with the nearest name in its folder.
pub fn unreadable(path: &str, err: &std::io::Error) -> Diagnostic {
    let reason = match err.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => err.to_string(),
    };
    let path = Path::new(path);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let typed = path.file_name().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    let near = crate::diag::nearest(typed, names.iter().map(String::as_str)).filter(|near| *near != typed);
    let help = near.map(|name| format!("did you mean `{}`?", path.with_file_name(name).display()));
    Diagnostic::error(format!("values file {}: {reason}", path.display())).help_opt(help)
}
