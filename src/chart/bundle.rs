//! The charts that come with the program.
//!
//! In the repository a chart lies as templates/NAME/…, values/NAME/base.yaml and the other layers beside it, and
//! schemas/NAME.schema.json. Here it becomes an ordinary chart; messages show where its files lie in the repository.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::diag::{Bytes, Sources};

use super::assemble::{assemble_root, read};
use super::error::ChartError;
use super::metadata::Metadata;
use super::{Chart, File, Place, disk};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static VALUES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/values");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// A set of bundled charts.
#[derive(Debug, Clone, Copy)]
pub struct Bundle {
    templates: &'static Dir<'static>,
    values: &'static Dir<'static>,
    schemas: &'static Dir<'static>,
}

/// What a bundled chart keeps outside templates/ when it is an ordinary one.
const AT_THE_TOP: [&str; 4] = ["Chart.yaml", "README.md", "LICENSE", ".helmignore"];
const FOLDERS_AT_THE_TOP: [&str; 2] = ["files/", "crds/"];

impl Bundle {
    /// The charts that are embedded in the program.
    pub fn embedded() -> Bundle {
        Bundle { templates: &TEMPLATES, values: &VALUES, schemas: &SCHEMAS }
    }

    /// Charts that lie in these folders.
    pub fn new(
        templates: &'static Dir<'static>,
        values: &'static Dir<'static>,
        schemas: &'static Dir<'static>,
    ) -> Bundle {
        Bundle { templates, values, schemas }
    }

    /// The names of the charts in order, without libraries, which only others can render.
    pub fn names(&self) -> Vec<String> {
        let folders = self.templates.dirs().filter_map(|dir| dir.path().to_str());
        let charts = folders.filter(|name| self.has(name) && !self.is_library(name));
        let mut names: Vec<_> = charts.map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Whether there is a chart of this name.
    pub fn has(&self, name: &str) -> bool {
        !name.contains('/') && file_of(self.templates, name, "Chart.yaml").is_some()
    }

    fn is_library(&self, name: &str) -> bool {
        let text = file_of(self.templates, name, "Chart.yaml").and_then(include_dir::File::contents_utf8);
        text.unwrap_or_default().lines().any(|line| line == "type: library")
    }

    /// A chart by name, with the bundled charts it depends on; `None` where there is none.
    ///
    /// # Errors
    /// It is broken, which the project's tests rule out.
    pub fn load(&self, name: &str, sources: &Sources) -> Result<Option<Chart>, ChartError> {
        if !self.has(name) {
            return Ok(None);
        }
        let mut files = Vec::new();
        self.gather("", &mut vec![name.to_owned()], sources, &mut |file| files.push(file))?;
        let mut chart = assemble_root(files, Place::Bundled, sources)?;
        chart.set_layers(self.layers(name));
        Ok(Some(chart))
    }

    /// Writes a chart as an ordinary chart folder, each layer as values-LAYER.yaml.
    ///
    /// # Errors
    /// There is no such chart (`Ok(false)`), the folder has something in it, or cannot be written.
    pub fn export(&self, name: &str, folder: &Path, sources: &Sources) -> Result<bool, ChartError> {
        if !self.has(name) {
            return Ok(false);
        }
        let mut files = Vec::new();
        self.gather("", &mut vec![name.to_owned()], sources, &mut |file| files.push(file))?;
        let layers = self.layers(name);
        let layers = layers.iter().map(|(layer, file)| (format!("values-{layer}.yaml"), file));
        let layers: Vec<_> = layers.map(|(path, file)| file.clone().moved(path)).collect();
        let written = files.iter().chain(&layers).map(|file| Ok((file.path(), &**file.bytes()?)));
        disk::write_folder(folder, written.collect::<Result<Vec<_>, ChartError>>()?.into_iter())?;
        Ok(true)
    }

    /// All files of the chart at the end of `chain` and below them, in charts/, those of the bundled charts it depends
    /// on. A chart that depends on one of its chain is left to the check for missing dependencies.
    fn gather(
        &self,
        prefix: &str,
        chain: &mut Vec<String>,
        sources: &Sources,
        take: &mut dyn FnMut(File),
    ) -> Result<(), ChartError> {
        let name = chain.last().cloned().unwrap_or_default();
        let mut dependencies = Vec::new();
        for file in self.own_files(&name) {
            if file.path() == "Chart.yaml" {
                dependencies = bundled_dependencies(&file, sources)?;
            }
            let path = format!("{prefix}{}", file.path());
            take(file.moved(path));
        }
        for dependency in dependencies {
            if self.has(&dependency) && !chain.contains(&dependency) {
                let prefix = format!("{prefix}charts/{dependency}/");
                chain.push(dependency);
                self.gather(&prefix, chain, sources, take)?;
                chain.pop();
            }
        }
        Ok(())
    }

    fn own_files(&self, name: &str) -> Vec<File> {
        let mut files = Vec::new();
        if let Some(folder) = folder(self.templates, name) {
            visit(folder, &mut |path, bytes| {
                let inner = path.strip_prefix(name).map(|p| p.trim_start_matches('/')).unwrap_or(path);
                files.push(embedded(chart_path(inner), format!("templates/{path}"), bytes));
            });
        }
        if let Some(file) = file_of(self.values, name, "base.yaml") {
            files.push(embedded("values.yaml", format!("values/{name}/base.yaml"), file.contents()));
        }
        let schema = format!("{name}.schema.json");
        if let Some(file) = file(self.schemas, &schema) {
            files.push(embedded("values.schema.json", format!("schemas/{schema}"), file.contents()));
        }
        files
    }

    fn layers(&self, name: &str) -> Vec<(String, File)> {
        let Some(folder) = folder(self.values, name) else { return Vec::new() };
        let mut layers: Vec<_> = folder
            .files()
            .filter_map(|file| {
                let layer = file.path().file_stem()?.to_str()?;
                let is_layer = file.path().extension()? == "yaml" && layer != "base";
                let path = format!("values/{layer}.yaml");
                let shown = format!("values/{}", file.path().to_str()?);
                is_layer.then(|| (layer.to_owned(), embedded(path, shown, file.contents())))
            })
            .collect();
        layers.sort_by(|a, b| a.0.cmp(&b.0));
        layers
    }
}

/// A file whose bytes are part of the program.
fn embedded(path: impl Into<String>, shown: String, bytes: &'static [u8]) -> File {
    File::new(path, shown, Bytes::of_program(bytes))
}

/// A file in one of the folders of `dir`.
fn file_of(dir: &'static Dir<'static>, name: &str, file_name: &str) -> Option<&'static include_dir::File<'static>> {
    file(folder(dir, name)?, &format!("{name}/{file_name}"))
}

// `Dir::get_file` and `Dir::get_dir` take paths apart at each step, which adds up.

fn file(dir: &'static Dir<'static>, path: &str) -> Option<&'static include_dir::File<'static>> {
    dir.files().find(|file| file.path().as_os_str() == path)
}

fn folder(dir: &'static Dir<'static>, path: &str) -> Option<&'static Dir<'static>> {
    dir.dirs().find(|folder| folder.path().as_os_str() == path)
}

/// Where a file of templates/NAME lies in an ordinary chart.
fn chart_path(path: &str) -> String {
    if AT_THE_TOP.contains(&path) || FOLDERS_AT_THE_TOP.iter().any(|folder| path.starts_with(folder)) {
        return path.to_owned();
    }
    format!("templates/{path}")
}

fn visit(dir: &'static Dir<'static>, take: &mut dyn FnMut(&'static str, &'static [u8])) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            take(path, file.contents());
        }
    }
    dir.dirs().for_each(|dir| visit(dir, take));
}

/// The names of the dependencies that have no repository: those are in the bundle too.
fn bundled_dependencies(chart_yaml: &File, sources: &Sources) -> Result<Vec<String>, ChartError> {
    const NAME: &str = "Chart.yaml";
    if memchr::memmem::find(chart_yaml.bytes()?, b"dependencies").is_none() {
        return Ok(Vec::new());
    }
    let mut metadata = Metadata::default();
    metadata.read(&read(chart_yaml, NAME, sources)?).map_err(|fault| ChartError::mistyped(NAME, fault))?;
    let local = metadata.dependencies.into_iter().flatten().filter(|d| d.repository.is_empty());
    let mut names: Vec<_> = local.map(|d| d.name).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
