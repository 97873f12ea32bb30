//! Files become a chart.
//!
//! Follows `LoadFiles` in `pkg/chart/v2/loader` of Helm 4.1.4. Where that takes the charts of charts/ in Go's random map
//! order, they come here by the name of their folder or file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Diagnostic, Sources, Span};
use crate::value::Value;
use crate::yaml;

use super::archive::unpack;
use super::decode::pos_of;
use super::error::{ArchiveFault, ChartError, ChartErrorKind};
use super::metadata::{Lock, Metadata, api_version};
use super::{Chart, File, Place, Template};

/// The chart that was asked for. It must be of a generation that Helm knows; charts within others need not.
pub(super) fn assemble_root(files: Vec<File>, place: Place, sources: &Sources) -> Result<Chart, ChartError> {
    Parts::new(sources, 0).assemble(files, place)
}

/// How deep charts may lie within charts. Helm has no limit; a made-up archive must not exhaust the stack.
const MAX_DEPTH: usize = 100;

/// Helm reads Chart.yaml of a folder once before it looks at .helmignore, and so finds faults in one that is ignored.
pub(super) fn check_ignored(chart_yaml: &File, sources: &Sources) -> Result<(), ChartError> {
    check_generation(&read(chart_yaml, CHART_YAML, sources)?)
}

fn assemble(files: Vec<File>, depth: usize, sources: &Sources) -> Result<Chart, ChartError> {
    if depth > MAX_DEPTH {
        return Err(ChartError::new(ChartErrorKind::TooDeep));
    }
    Parts::new(sources, depth).assemble(files, Place::Within)
}

const CHART_YAML: &str = "Chart.yaml";

/// The data of a YAML file of a chart.
pub(super) fn read(file: &File, name: &'static str, sources: &Sources) -> Result<Value, ChartError> {
    let source = file.source(sources)?;
    yaml::load(&source)
        .map(|loaded| loaded.value)
        .map_err(|error| ChartError::at(source.base.offset(error.at), ChartErrorKind::Yaml { file: name, error }))
}

/// A chart while its files are sorted.
struct Parts<'a> {
    sources: &'a Sources,
    /// How many charts are around it.
    depth: usize,
    metadata: Option<Metadata>,
    lock: Option<Lock>,
    values: Option<File>,
    schema: Option<File>,
    templates: Vec<File>,
    files: Vec<File>,
    subcharts: BTreeMap<String, Vec<File>>,
    warnings: Vec<Diagnostic>,
}

impl<'a> Parts<'a> {
    fn new(sources: &'a Sources, depth: usize) -> Self {
        Parts {
            sources,
            depth,
            metadata: None,
            lock: None,
            values: None,
            schema: None,
            templates: Vec::new(),
            files: Vec::new(),
            subcharts: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    fn assemble(mut self, files: Vec<File>, place: Place) -> Result<Chart, ChartError> {
        let (head, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.path() == CHART_YAML);
        for file in &head {
            self.chart_yaml(file)?;
        }
        for file in rest {
            self.file(file)?;
        }
        self.finish(head.into_iter().next(), place)
    }

    fn chart_yaml(&mut self, file: &File) -> Result<(), ChartError> {
        let raw = read(file, CHART_YAML, self.sources)?;
        if self.depth == 0 {
            check_generation(&raw)?;
        }
        let metadata = self.metadata.get_or_insert_default();
        metadata.read(&raw).map_err(|fault| ChartError::mistyped(CHART_YAML, fault))?;
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".to_owned();
        }
        metadata.raw = raw;
        Ok(())
    }

    fn file(&mut self, file: File) -> Result<(), ChartError> {
        match file.path() {
            "Chart.lock" => self.lock = Some(self.read_lock(&file, "Chart.lock")?),
            "values.yaml" => self.values = Some(file),
            "values.schema.json" => self.schema = Some(file),
            "requirements.yaml" => self.requirements(file)?,
            "requirements.lock" => self.requirements_lock(file)?,
            path if path.starts_with("templates/") => self.templates.push(file),
            path if path.starts_with("charts/") => self.subchart_file(file),
            _ => self.files.push(file),
        }
        Ok(())
    }

    fn read_lock(&self, file: &File, name: &'static str) -> Result<Lock, ChartError> {
        let raw = read(file, name, self.sources)?;
        Lock::read(&raw).map_err(|fault| ChartError::mistyped(name, fault))
    }

    /// Dependencies of an old chart. It may say anything that Chart.yaml may, and counts in new charts too.
    fn requirements(&mut self, file: File) -> Result<(), ChartError> {
        const NAME: &str = "requirements.yaml";
        let raw = read(&file, NAME, self.sources)?;
        let metadata = self.metadata.get_or_insert_default();
        let is_old = metadata.api_version == "v1";
        metadata.read(&raw).map_err(|fault| ChartError::mistyped(NAME, fault))?;
        let stays_old = metadata.api_version == "v1";
        if !is_old {
            self.warn(
                &file,
                "dependencies are handled in Chart.yaml since apiVersion \"v2\"",
                "move them to Chart.yaml",
            )?;
        }
        if stays_old {
            self.files.push(file);
        }
        Ok(())
    }

    fn requirements_lock(&mut self, file: File) -> Result<(), ChartError> {
        self.lock = Some(self.read_lock(&file, "requirements.lock")?);
        if self.metadata.get_or_insert_default().api_version == "v1" {
            self.files.push(file);
            return Ok(());
        }
        self.warn(&file, "dependency locking is handled in Chart.lock since apiVersion \"v2\"", "move it to Chart.lock")
    }

    fn warn(&mut self, file: &File, title: &str, help: &str) -> Result<(), ChartError> {
        let source = file.source(self.sources)?;
        self.warnings.push(Diagnostic::warning(title).label(Span::at(source.base), "").help(help));
        Ok(())
    }

    fn subchart_file(&mut self, file: File) {
        if file.path().ends_with(".prov") {
            self.files.push(file);
            return;
        }
        let path = file.path().strip_prefix("charts/").unwrap_or_default().to_owned();
        let entry = path.split('/').next().unwrap_or_default().to_owned();
        self.subcharts.entry(entry).or_default().push(file.moved(path));
    }

    fn finish(self, chart_yaml: Option<File>, place: Place) -> Result<Chart, ChartError> {
        let mut metadata = self.metadata.ok_or_else(|| ChartError::new(ChartErrorKind::ChartYamlMissing))?;
        metadata.validate().map_err(ChartError::invalid)?;
        // Only a requirements.yaml without Chart.yaml gets here without one, and validation refuses that.
        let chart_yaml = chart_yaml.ok_or_else(|| ChartError::new(ChartErrorKind::ChartYamlMissing))?;
        let mut subcharts = Vec::new();
        for (entry, files) in self.subcharts {
            if !entry.starts_with(['_', '.']) {
                subcharts.push(Arc::new(subchart(&entry, files, &metadata.name, self.depth + 1, self.sources)?));
            }
        }
        let is_jinja = metadata.annotation("render/engine") == Some("jinja");
        let templates = self.templates.into_iter().map(|file| Template::new(file, is_jinja)).collect();
        Ok(Chart {
            metadata,
            chart_yaml,
            lock: self.lock,
            values: self.values,
            schema: self.schema,
            templates,
            files: self.files,
            subcharts,
            layers: Vec::new(),
            place,
            warnings: self.warnings,
        })
    }
}

fn check_generation(raw: &Value) -> Result<(), ChartError> {
    let kind = match api_version(raw).map_err(|fault| ChartError::mistyped(CHART_YAML, fault))?.as_str() {
        "" | "v1" | "v2" => return Ok(()),
        "v3" => ChartErrorKind::ApiVersion3,
        _ => ChartErrorKind::ApiVersion,
    };
    Err(ChartError::at(raw.get("apiVersion").map(pos_of).unwrap_or_default(), kind))
}

/// A chart in charts/: an archive, or the files of a folder.
fn subchart(entry: &str, files: Vec<File>, parent: &str, depth: usize, sources: &Sources) -> Result<Chart, ChartError> {
    if !entry.ends_with(".tgz") {
        let below = |file: File| Some(file.path().split_once('/')?.1.to_owned()).map(|path| file.moved(path));
        let files = files.into_iter().filter_map(below).collect();
        return wrap(entry, parent, assemble(files, depth, sources));
    }
    let Some(archive) = files.first().filter(|file| file.path() == entry) else {
        return Err(ChartError::new(ChartErrorKind::SubchartFolder {
            chart: parent.to_owned(),
            expected: entry.to_owned(),
            got: files.first().map(|file| file.path().to_owned()).unwrap_or_default(),
        }));
    };
    let files = unpack_shown(archive.bytes()?, archive.shown())
        .map_err(|fault| ChartError::new(ChartErrorKind::Archive { path: String::new(), fault }));
    wrap(entry, parent, files.and_then(|files| assemble(files, depth, sources)))
}

fn wrap(entry: &str, parent: &str, result: Result<Chart, ChartError>) -> Result<Chart, ChartError> {
    result.map_err(|error| {
        ChartError::new(ChartErrorKind::Subchart { entry: entry.to_owned(), chart: parent.to_owned(), error })
    })
}

/// The files of an archive, shown below the archive's own name.
pub(super) fn unpack_shown(bytes: &[u8], shown: &str) -> Result<Vec<File>, ArchiveFault> {
    let packed = unpack(bytes)?;
    Ok(packed.into_iter().map(|(path, bytes)| File::new(path.as_str(), format!("{shown}/{path}"), bytes)).collect())
}
