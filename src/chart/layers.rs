//! Layers of a chart: values files that are chosen by name.

use std::sync::Arc;

use crate::diag::{Source, Sources, nearest};

use super::error::{ChartError, ChartErrorKind};
use super::{Chart, File, Place, disk};

impl Chart {
    /// The names of its layers in order: for a bundled chart the other files beside its base.yaml, for any other chart
    /// `ha` for each of values/ha.yaml, values-ha.yaml and values.ha.yaml beside its Chart.yaml.
    pub fn layers(&self) -> Vec<String> {
        let mut names: Vec<String> = self.layers.iter().map(|(name, _)| name.clone()).collect();
        names.extend(self.files.iter().filter_map(|file| layer_name(file.path())).map(str::to_owned));
        if let Place::Folder(folder) = &self.place {
            // What .helmignore keeps out of the chart can still be a layer.
            let beside = disk::file_names(folder);
            let below = disk::file_names(&folder.join("values")).into_iter().map(|name| format!("values/{name}"));
            names.extend(beside.into_iter().chain(below).filter_map(|path| layer_name(&path).map(str::to_owned)));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The layer of a name.
    ///
    /// # Errors
    /// There is none; the error knows the nearest one.
    pub fn layer(&self, name: &str) -> Result<File, ChartError> {
        if let Some((_, file)) = self.layers.iter().find(|(known, _)| known == name) {
            return Ok(file.clone());
        }
        for path in [format!("values/{name}.yaml"), format!("values-{name}.yaml"), format!("values.{name}.yaml")] {
            if let Some(file) = self.layer_file(&path)? {
                return Ok(file);
            }
        }
        let layers = self.layers();
        Err(ChartError::new(ChartErrorKind::UnknownLayer {
            chart: self.name().to_owned(),
            name: name.to_owned(),
            nearest: nearest(name, layers.iter().map(String::as_str)).map(str::to_owned),
            layers,
        }))
    }

    /// The text of a layer by name, with positions.
    ///
    /// # Errors
    /// There is no such layer, or no room for its text.
    pub fn layer_source(&self, name: &str, sources: &Sources) -> Result<Arc<Source>, ChartError> {
        self.layer(name)?.source(sources)
    }

    fn layer_file(&self, path: &str) -> Result<Option<File>, ChartError> {
        if layer_name(path).is_none() {
            return Ok(None);
        }
        if let Some(file) = self.file(path) {
            return Ok(Some(file.clone()));
        }
        let Place::Folder(folder) = &self.place else { return Ok(None) };
        let shown = self.chart_yaml.shown().replace("Chart.yaml", path);
        let bytes = disk::read_if_there(&folder.join(path), &shown)?;
        Ok(bytes.map(|bytes| File::new(path, shown, bytes)))
    }

    pub(super) fn set_layers(&mut self, layers: Vec<(String, File)>) {
        self.layers = layers;
    }
}

/// The layer that a file of a chart is: `ha` for values/ha.yaml, values-ha.yaml and values.ha.yaml.
fn layer_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("values")?.strip_suffix(".yaml")?.strip_prefix(['/', '-', '.'])?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_layers() {
        for (path, want) in [
            ("values/ha.yaml", Some("ha")),
            ("values-ha.yaml", Some("ha")),
            ("values.ha.yaml", Some("ha")),
            ("values.yaml", None),
            ("values-.yaml", None),
            ("values/a/b.yaml", None),
            ("values.schema.json", None),
            ("valuesha.yaml", None),
        ] {
            assert_eq!(layer_name(path), want, "{path}");
        }
    }
}
