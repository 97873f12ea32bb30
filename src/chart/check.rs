//! What Helm refuses between loading a chart and rendering it.

use crate::diag::{Diagnostic, Span};
use crate::value::Value;

use super::decode::pos_of;
use super::error::{ChartError, ChartErrorKind};
use super::{Chart, semver};

impl Chart {
    /// Refuses a library chart.
    ///
    /// # Errors
    /// `library charts are not installable`.
    pub fn check_installable(&self) -> Result<(), ChartError> {
        match self.metadata.kind.as_str() {
            "" | "application" => Ok(()),
            kind => Err(self.fault("type", ChartErrorKind::NotInstallable { kind: kind.to_owned() })),
        }
    }

    /// Refuses a chart whose declared dependencies are not in charts/; only names count, and only of this chart, as in
    /// Helm.
    ///
    /// # Errors
    /// `found in Chart.yaml, but missing in charts/ directory: …`.
    pub fn check_dependencies(&self) -> Result<(), ChartError> {
        let declared = self.metadata.dependencies.iter().flatten();
        let missing: Vec<_> = declared.filter(|d| self.subcharts.iter().all(|c| c.name() != d.name)).collect();
        match missing.first() {
            None => Ok(()),
            Some(first) => {
                let names = missing.iter().map(|d| d.name.clone()).collect();
                Err(ChartError::at(first.pos, ChartErrorKind::MissingDependencies { names }))
            }
        }
    }

    /// Refuses a Kubernetes version that the chart is not for; subcharts are not asked, as in Helm. What a vendor adds
    /// to a version does not count, so it comes without that as well: `plain`.
    ///
    /// # Errors
    /// `chart requires kubeVersion: … which is incompatible with Kubernetes …`.
    pub fn check_kube_version(&self, version: &str, plain: &str) -> Result<(), ChartError> {
        let constraint = &self.metadata.kube_version;
        if constraint.is_empty() || semver::is_compatible(constraint, plain) {
            return Ok(());
        }
        let kind = ChartErrorKind::KubeVersion { constraint: constraint.clone(), version: version.to_owned() };
        Err(self.fault("kubeVersion", kind))
    }

    fn fault(&self, field: &str, kind: ChartErrorKind) -> ChartError {
        ChartError::at(self.metadata.raw.get(field).map(pos_of).unwrap_or_default(), kind)
    }

    /// What is odd about the chart and its subcharts, and whether the chart is deprecated.
    pub fn all_warnings(&self) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        if self.metadata.deprecated {
            let span = self.metadata.raw.get("deprecated").map(|value: &Value| Span::at(pos_of(value)));
            all.push(Diagnostic::warning("this chart is deprecated").label_opt(span, ""));
        }
        self.collect_warnings(&mut all);
        all
    }

    fn collect_warnings(&self, all: &mut Vec<Diagnostic>) {
        all.extend(self.warnings.iter().cloned());
        self.subcharts.iter().for_each(|chart| chart.collect_warnings(all));
    }
}
