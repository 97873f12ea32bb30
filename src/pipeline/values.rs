//! From layers and defaults to the values that templates see.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::input::{self, InputError};
use super::{Error, ValuesInput};
use crate::chart::Chart;
use crate::diag::{Diagnostic, Pos, Source, SourceKind, Sources};
use crate::value::{Path as ValuePath, Provenance, Str, Value};
use crate::values::{
    ChartTree, Coalesced, DependencyError, Layers, SetFlag, Warnings, coalesce, misfit, process_dependencies,
};

/// A chart tree with its values, and where they came from.
pub struct Merged {
    /// The charts that are enabled.
    pub tree: ChartTree,
    /// The values of the root chart; those of a subchart are below it.
    pub values: Value,
    /// Places that hold the same map.
    pub shared: Vec<(ValuePath, ValuePath)>,
    /// What was laid over the defaults, nulls kept.
    pub given: Value,
    /// What was overridden on the way.
    pub provenance: Provenance,
    /// What null or `!delete` took away.
    pub removed: Vec<(ValuePath, Value)>,
    /// What was odd.
    pub warnings: Vec<Diagnostic>,
    givers: Vec<(Arc<Source>, Giver)>,
}

/// What gives values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Giver {
    /// The values.yaml of a chart, by the chart's name.
    Defaults(String),
    /// A layer of the chart, by name.
    Layer(String),
    /// A file, by the path that was given.
    File(String),
    /// An argument.
    Set(SetFlag, String),
}

impl Merged {
    /// What gave the value that was written at a place.
    pub fn giver(&self, pos: Pos) -> Option<&Giver> {
        let inside = |source: &Source| source.span().start <= pos && pos <= source.span().end;
        self.givers.iter().find(|(source, _)| inside(source)).map(|(_, giver)| giver)
    }

    /// What gave values, and the texts it gave.
    pub(super) fn take_givers(&mut self) -> Vec<(Arc<Source>, Giver)> {
        std::mem::take(&mut self.givers)
    }
}

/// Merges everything that gives values.
///
/// # Errors
/// A layer that is not there or cannot be read, an argument that is not right, a subchart's values that are no map.
pub fn merge(chart: &Arc<Chart>, input: &ValuesInput, sources: &Sources) -> Result<Merged, Error> {
    Read::new(chart, input, sources)?.merge(chart)
}

/// All that gives values, read, and not merged yet.
#[derive(Clone)]
pub(super) struct Read {
    /// What is laid over the defaults, nulls kept.
    given: Value,
    /// The values.yaml of each chart, by the name it is shown under.
    defaults: HashMap<String, Value>,
    provenance: Provenance,
    warnings: Vec<Diagnostic>,
    givers: Vec<(Arc<Source>, Giver)>,
}

impl Read {
    /// Reads the values of a chart and of all below it, and what is laid over them.
    ///
    /// # Errors
    /// A layer that is not there or cannot be read, an argument that is not right.
    pub fn new(chart: &Arc<Chart>, input: &ValuesInput, sources: &Sources) -> Result<Read, Error> {
        let layers = if input.history { Layers::new() } else { Layers::forgetful() };
        let mut given = Given { sources, layers, givers: Vec::new() };
        given.merge_layers(chart, input)?;
        let mut defaults = HashMap::new();
        given.read_defaults(chart, &mut defaults)?;
        let Given { layers, givers, .. } = given;
        let warnings = layers.warnings();
        let (given, provenance) = layers.finish();
        Ok(Read { given, defaults, provenance, warnings, givers })
    }

    /// The keys that a chart's own values.yaml gives a value, and where they stand.
    pub fn own_keys(&self, chart: &Chart) -> Vec<(Str, Pos)> {
        let own = chart.values.as_ref().and_then(|file| self.defaults.get(file.shown())?.as_map());
        let given = own.into_iter().flat_map(|own| own.iter()).filter(|(_, value)| !value.is_null());
        given.map(|(key, value)| (key.clone(), self.provenance.pos(value.origin()))).collect()
    }

    /// The same defaults, with this laid over them.
    #[must_use]
    pub fn below(&self, given: Value) -> Read {
        Read { given, ..self.clone() }
    }

    /// Merges what was read.
    ///
    /// # Errors
    /// A subchart's values that are no map.
    pub fn merge(self, chart: &Arc<Chart>) -> Result<Merged, Error> {
        let Read { given, defaults, mut provenance, mut warnings, givers } = self;
        let mut odd = Warnings::default();
        let mut read = |file: &crate::chart::File| Ok(defaults.get(file.shown()).cloned().unwrap_or_default());
        let tree =
            process_dependencies(chart, &given, &mut read, &mut provenance, &mut odd).map_err(|err| match err {
                DependencyError::Values(err) => err,
                DependencyError::Refused(err) => Error::Values(err.diagnostic()),
            })?;
        let Coalesced { values, shared, removed } =
            coalesce(&tree, &given, &mut provenance, &mut odd).map_err(|err| Error::Values(err.diagnostic()))?;
        warnings.extend(odd.into_vec().iter().map(crate::values::Warning::diagnostic));
        warnings.extend(provenance.misfits().iter().map(misfit));
        Ok(Merged { tree, values, shared, given, provenance, removed, warnings, givers })
    }
}

/// What was read so far, and which text is whose.
struct Given<'a> {
    sources: &'a Sources,
    layers: Layers,
    givers: Vec<(Arc<Source>, Giver)>,
}

impl Given<'_> {
    /// Merges the layers of a request over one another, not yet over the chart's defaults.
    fn merge_layers(&mut self, chart: &Chart, input: &ValuesInput) -> Result<(), Error> {
        for name in &input.layers {
            self.file(chart.layer_source(name, self.sources)?, None, Giver::Layer(name.clone()))?;
        }
        let mut room = Vec::new();
        for path in &input.files {
            check_is_local(path)?;
            let read = input::read_values(path, input.max_input, &mut room);
            let input::Values { kept, text } = read.map_err(|err| Error::Values(unreadable(path, &err)))?;
            let source = self.sources.add(shown(path), SourceKind::Data, kept)?;
            self.file(source, text, Giver::File(path.clone()))?;
        }
        for (flag, argument) in &input.sets {
            let source = self.sources.add(flag.name(), SourceKind::Argument, argument.as_bytes())?;
            self.givers.push((source.clone(), Giver::Set(*flag, argument.clone())));
            let mut read =
                |path: &str| input::read(path, input.max_input).map(|b| b.to_vec()).map_err(|err| err.to_string());
            self.layers.set(*flag, &source, &mut read).map_err(|err| Error::Usage(err.diagnostic(&source)))?;
        }
        Ok(())
    }

    /// Merges a file, the text of which may be at hand.
    fn file(&mut self, source: Arc<Source>, text: Option<&[u8]>, giver: Giver) -> Result<(), Error> {
        let merged = match text {
            Some(text) => self.layers.file_with_text(&source, text),
            None => self.layers.file(&source),
        };
        self.givers.push((source, giver));
        if self.layers.lacks() {
            return self.again();
        }
        merged.map_err(|err| Error::Values(err.diagnostic()))
    }

    /// Merges all files once more, and forgets nothing.
    fn again(&mut self) -> Result<(), Error> {
        self.layers = Layers::new();
        for (source, _) in &self.givers {
            source.text.read_again().map_err(|err| Error::Values(changed(&source.name, &err)))?;
            self.layers.file(source).map_err(|err| Error::Values(err.diagnostic()))?;
        }
        Ok(())
    }

    /// Reads the values.yaml of a chart and of all below it, by the names they are shown under.
    fn read_defaults(&mut self, chart: &Chart, defaults: &mut HashMap<String, Value>) -> Result<(), Error> {
        if let Some(file) = &chart.values {
            let source = file.source(self.sources)?;
            let value = self.layers.apart(&source).map_err(|err| Error::Values(err.diagnostic()))?;
            self.givers.push((source, Giver::Defaults(chart.name().to_owned())));
            defaults.insert(file.shown().to_owned(), value);
        }
        chart.subcharts.iter().try_for_each(|subchart| self.read_defaults(subchart, defaults))
    }
}

/// A values file as a source, `-` for stdin; it may have no more bytes than a limit.
///
/// # Errors
/// Where it cannot be read; a URL.
pub fn read_values(path: &str, limit: Option<u64>, sources: &Sources) -> Result<Arc<Source>, Error> {
    check_is_local(path)?;
    let bytes = input::read(path, limit).map_err(|err| Error::Values(unreadable(path, &err)))?;
    Ok(sources.add(shown(path), SourceKind::Data, bytes)?)
}

fn changed(name: &str, err: &std::io::Error) -> Diagnostic {
    Diagnostic::error(format!("values file {name}: {err}")).help("it must stay as it is until it is merged")
}

/// What messages call a values file.
fn shown(path: &str) -> &str {
    if path == "-" { "stdin" } else { path }
}

fn check_is_local(path: &str) -> Result<(), Error> {
    if path.contains("://") {
        let refused = Diagnostic::error(format!("{path}: values are not fetched from the network"));
        return Err(Error::Usage(refused.help("download the file first and give its path")));
    }
    Ok(())
}

/// A values file that cannot be read, with the nearest name in its folder.
pub fn unreadable(path: &str, err: &InputError) -> Diagnostic {
    let refused = Diagnostic::error(format!("values file {path}: {err}"));
    if let InputError::TooLarge(_) = err {
        return refused.help("`--max-input` sets how large a file may be");
    }
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
    refused.help_opt(help)
}
