//! Charts with their values, while dependencies are processed and after.

use std::sync::Arc;

use crate::chart::{Chart, File, Metadata};
use crate::value::Value;

/// A chart with its place in the tree of charts that are rendered together.
///
/// The chart itself is as it was loaded. What dependency processing changes stands beside it: the name (an alias), the
/// dependencies, the default values, which subcharts there are.
#[derive(Debug, Clone)]
pub struct ChartTree {
    /// The chart.
    pub chart: Arc<Chart>,
    /// Chart.yaml after processing: `.Chart` for templates.
    pub metadata: Arc<Metadata>,
    /// The default values after processing; a map.
    pub values: Value,
    /// The path that Helm gives the chart: `root/charts/alias/charts/name`.
    pub path: String,
    /// The enabled subcharts in Helm's order: undeclared ones first, then as they are declared.
    pub subcharts: Vec<ChartTree>,
}

impl ChartTree {
    /// The name, or the alias.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The values of a subchart of this chart in this chart's values, shared. Empty where a dot in the name leads
    /// elsewhere, as in Helm, which reads the name as a path.
    pub fn values_of(&self, subchart: &ChartTree, values: &Value) -> Value {
        let found = subchart.name().split('.').try_fold(values, |value, key| value.get(key));
        found.filter(|value| value.as_map().is_some()).cloned().unwrap_or_else(|| Value::map::<&str>([]))
    }
}

/// Reads the values.yaml of a chart: all its documents, each over those before it.
pub type ReadValues<'a, E> = dyn FnMut(&File) -> Result<Value, E> + 'a;

/// Charts that point to each other as Helm's do: aliases of one chart share what Helm forgets to copy.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub charts: Vec<Node>,
    pub metadata: Vec<Metadata>,
}

/// A chart in a [`Graph`].
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub chart: Arc<Chart>,
    /// Its place in [`Graph::metadata`].
    pub metadata: usize,
    pub values: Value,
    pub subcharts: Vec<usize>,
    pub parent: Option<usize>,
}

impl Graph {
    /// A chart and all below it, with the values of each.
    pub fn load<E>(&mut self, chart: &Arc<Chart>, read: &mut ReadValues<'_, E>) -> Result<usize, E> {
        let values = match &chart.values {
            Some(file) => read(file)?,
            None => Value::map::<&str>([]),
        };
        self.metadata.push(chart.metadata.clone());
        let metadata = self.metadata.len() - 1;
        self.charts.push(Node { chart: chart.clone(), metadata, values, subcharts: Vec::new(), parent: None });
        let id = self.charts.len() - 1;
        for subchart in &chart.subcharts {
            let below = self.load(subchart, read)?;
            self.adopt(id, below);
        }
        Ok(id)
    }

    pub fn adopt(&mut self, parent: usize, child: usize) {
        self.charts[child].parent = Some(parent);
        self.charts[parent].subcharts.push(child);
    }

    /// Replaces the subcharts of a chart.
    pub fn set_subcharts(&mut self, parent: usize, children: Vec<usize>) {
        self.charts[parent].subcharts.clear();
        for child in children {
            self.adopt(parent, child);
        }
    }

    pub fn metadata(&self, chart: usize) -> &Metadata {
        &self.metadata[self.charts[chart].metadata]
    }

    pub fn metadata_mut(&mut self, chart: usize) -> &mut Metadata {
        &mut self.metadata[self.charts[chart].metadata]
    }

    pub fn name(&self, chart: usize) -> &str {
        &self.metadata(chart).name
    }

    pub fn subcharts(&self, chart: usize) -> &[usize] {
        &self.charts[chart].subcharts
    }

    fn path(&self, chart: usize) -> String {
        match self.charts[chart].parent {
            Some(parent) => format!("{}/charts/{}", self.path(parent), self.name(chart)),
            None => self.name(chart).to_owned(),
        }
    }

    /// A chart and all below it, as they are now.
    pub fn tree(&self, chart: usize) -> ChartTree {
        let node = &self.charts[chart];
        ChartTree {
            chart: node.chart.clone(),
            metadata: Arc::new(self.metadata(chart).clone()),
            values: node.values.clone(),
            path: self.path(chart),
            subcharts: node.subcharts.iter().map(|id| self.tree(*id)).collect(),
        }
    }
}
