//! What `helm lint` asks of a chart beyond what a render refuses: pkg/chart/v2/lint/rules of Helm 4.1.4.

use super::Input;
use crate::chart::{Chart, ChartError, Dependency, Language, Maintainer};
use crate::diag::{Diagnostic, Span};
use crate::value::Value;

/// What a chart should have and should not have.
pub(super) fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let rules = Rules { input, chart: &input.tree.chart };
    let mut found = rules.definition()?;
    found.extend(rules.dependencies());
    found.extend(rules.templates()?);
    Ok(found)
}

struct Rules<'a> {
    input: &'a Input<'a>,
    chart: &'a Chart,
}

impl Rules<'_> {
    /// Chart.yaml and values.yaml.
    fn definition(&self) -> Result<Vec<Diagnostic>, ChartError> {
        let metadata = &self.chart.metadata;
        let mut found = Vec::new();
        const WRITE: &str = "write v2, or v1 for a chart of Helm 2";
        if metadata.raw.get("apiVersion").is_none() {
            found.push(self.in_chart_yaml(Diagnostic::error("Chart.yaml has no apiVersion").help(WRITE))?);
        } else if !matches!(metadata.api_version.as_str(), "v1" | "v2") {
            let refused = format!("apiVersion is `{}`", metadata.api_version);
            found.push(self.at(Diagnostic::error(refused), "apiVersion").help(WRITE));
        }
        for (field, is_there) in [("type", !metadata.kind.is_empty()), ("dependencies", self.declares_itself())] {
            if is_there && metadata.api_version != "v2" {
                let refused = format!("Chart.yaml has `{field}`, which apiVersion {} does not", metadata.api_version);
                found.push(self.at(Diagnostic::error(refused), field).help("write apiVersion: v2"));
            }
        }
        for field in metadata.unknown_fields() {
            found.push(self.at(Diagnostic::warning(format!("Chart.yaml has no field `{field}`")), field));
        }
        if !is_semver(&metadata.version) {
            let odd = Diagnostic::warning(format!("the version `{}` is not a SemVer 2 version", metadata.version));
            found.push(self.at(odd, "version").help("write three numbers, as in 1.2.0"));
        }
        for field in ["version", "appVersion"] {
            if metadata.raw.get(field).is_some_and(|value| !matches!(value, Value::Str(..) | Value::Null(_))) {
                let refused = Diagnostic::error(format!("Chart.yaml: `{field}` is not text"));
                found.push(self.at(refused, field).help("put it in quotes"));
            }
        }
        found.extend(metadata.maintainers.iter().filter_map(|maintainer| self.maintainer(maintainer)));
        let addresses = metadata.sources.iter().map(|address| ("sources", address));
        let icon = Some(("icon", &metadata.icon)).filter(|(_, icon)| !icon.is_empty());
        for (field, address) in addresses.chain(icon) {
            if !is_address(address) {
                found.push(self.at(Diagnostic::error(format!("{field}: `{address}` is not a URL")), field));
            }
        }
        if metadata.icon.is_empty() && !metadata.is_library() {
            found.push(self.in_chart_yaml(Diagnostic::info("an icon is recommended"))?);
        }
        if self.chart.values.is_none() {
            found.push(self.in_chart_yaml(Diagnostic::info("the chart has no values.yaml"))?);
        }
        Ok(found)
    }

    fn maintainer(&self, maintainer: &Maintainer) -> Option<Diagnostic> {
        let Maintainer { name, email, url, .. } = maintainer;
        let is_mail = |email: &str| {
            email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
                && !email.contains(char::is_whitespace)
        };
        let refused = if name.is_empty() {
            "a maintainer has no name".to_owned()
        } else if !email.is_empty() && !is_mail(email) {
            format!("the maintainer {name}: `{email}` is no mail address")
        } else if !url.is_empty() && (url.contains(char::is_whitespace) || !url.contains('.')) {
            format!("the maintainer {name}: `{url}` is not a URL")
        } else {
            return None;
        };
        Some(self.at(Diagnostic::error(refused), "maintainers"))
    }

    /// Whether Chart.yaml, and not requirements.yaml, has dependencies.
    fn declares_itself(&self) -> bool {
        self.chart.metadata.raw.get("dependencies").and_then(Value::as_list).is_some_and(|list| !list.is_empty())
    }

    fn dependencies(&self) -> Vec<Diagnostic> {
        let declared = self.chart.metadata.dependencies.as_deref().unwrap_or_default();
        let is_declared = |name: &str| declared.iter().any(|dependency| dependency.name == name);
        let undeclared = self.chart.subcharts.iter().filter(|subchart| !is_declared(subchart.name()));
        let told = undeclared.map(|subchart| {
            Diagnostic::error(format!("charts/ has `{}`, which Chart.yaml does not declare", subchart.name()))
                .help("add it to the dependencies, or remove it")
        });
        let mut told: Vec<Diagnostic> = told.collect();
        let again = |(i, dependency): &(usize, &Dependency)| declared[..*i].iter().any(|d| d.key() == dependency.key());
        told.extend(declared.iter().enumerate().filter(again).map(|(_, dependency)| {
            let refused = Diagnostic::error(format!("the dependency `{}` is declared twice", dependency.key()));
            self.at(refused, "dependencies").help("give one of them an alias")
        }));
        told
    }

    fn templates(&self) -> Result<Vec<Diagnostic>, ChartError> {
        const EXTENSIONS: [&str; 4] = ["yaml", "yml", "tpl", "txt"];
        let mut found = Vec::new();
        if self.chart.templates.is_empty() {
            found.push(self.in_chart_yaml(Diagnostic::warning("the chart has no templates"))?);
        }
        for template in self.chart.templates.iter().filter(|template| template.language == Language::Go) {
            let extension = template.file.path().rsplit_once('.').map_or("", |(_, extension)| extension);
            if !EXTENSIONS.contains(&extension) {
                let refused = format!("{} is not named as a template is", template.file.shown());
                found.push(Diagnostic::error(refused).help("end its name in .yaml, .yml, .tpl or .txt"));
            }
        }
        Ok(found)
    }

    /// At a field of Chart.yaml.
    fn at(&self, diagnostic: Diagnostic, field: &str) -> Diagnostic {
        let value = self.chart.metadata.raw.get(field);
        let start = value.map(|value| self.input.provenance.pos(value.origin())).filter(|pos| pos.is_some());
        diagnostic.label_opt(start.map(|start| Span::new(start, start.offset(field.len()))), "")
    }

    /// At the beginning of Chart.yaml.
    fn in_chart_yaml(&self, diagnostic: Diagnostic) -> Result<Diagnostic, ChartError> {
        let source = self.chart.chart_yaml.source(self.input.sources)?;
        Ok(diagnostic.label(source.range(0..0), ""))
    }
}

/// Whether it says where something lies and how it is fetched.
fn is_address(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.is_empty() && !text.contains(char::is_whitespace)
    })
}

/// Whether a version has three numbers without leading zeros before what else there is.
fn is_semver(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| {
        part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.is_empty() && !part.starts_with('0'))
    };
    core.split('.').count() == 3 && core.split('.').all(is_number)
}
