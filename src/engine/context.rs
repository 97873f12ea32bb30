//! What templates see: `Values`, `Release`, `Chart`, `Capabilities`, `Template`, `Files`, `Subcharts`.

use std::sync::{Arc, Mutex, PoisonError};

use crate::diag::{Diagnostic, Source, Sources};
use crate::functions::Random;
use crate::runtime::{Object, Runtime};
use crate::value::{Map, Origin, Path, Provenance, Segment, Str, Value};

use super::lookup::Objects;
use super::objects::{CapabilitiesObject, Files};

/// The release that is rendered: `.Release`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether this is an upgrade rather than an installation.
    pub is_upgrade: bool,
    /// Its revision, from 1.
    pub revision: i64,
}

impl Release {
    /// The map that templates see, with Helm's field names.
    pub fn to_value(&self) -> Value {
        Value::map([
            ("IsInstall", Value::bool(!self.is_upgrade)),
            ("IsUpgrade", Value::bool(self.is_upgrade)),
            ("Name", Value::str(self.name.as_str())),
            ("Namespace", Value::str(self.namespace.as_str())),
            ("Revision", Value::int(self.revision)),
            ("Service", Value::str("Helm")),
        ])
    }
}

/// What the target cluster can do: `.Capabilities`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The Kubernetes version, with a leading `v`.
    pub kube_version: String,
    /// Its major number.
    pub major: String,
    /// Its minor number.
    pub minor: String,
    /// The API versions that exist, as `apps/v1` or `apps/v1/Deployment`.
    pub api_versions: Vec<Str>,
}

impl Capabilities {
    /// The Kubernetes version that Helm 4.1.4 assumes without a cluster.
    pub const DEFAULT_KUBE_VERSION: &'static str = "v1.35.0";

    /// The capabilities of a cluster of this version with the API versions that Helm knows, and `extra` ones.
    pub fn new(kube_version: &str, major: &str, minor: &str, extra: impl IntoIterator<Item = Str>) -> Self {
        let known = include_str!("api_versions.txt").lines().map(Str::from);
        Capabilities {
            kube_version: kube_version.to_owned(),
            major: major.to_owned(),
            minor: minor.to_owned(),
            api_versions: known.chain(extra).collect(),
        }
    }

    /// The Kubernetes version without what a vendor adds to it.
    pub fn plain_kube_version(&self) -> String {
        let numbers = self.kube_version.trim_start_matches('v');
        let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(numbers.len());
        format!("v{}", numbers[..end].trim_end_matches('.'))
    }
}

/// One chart of the tree as its templates see it.
#[derive(Debug)]
pub struct Scope {
    /// Where its templates lie: `parent/charts/name/templates`.
    pub base_path: String,
    /// `.Values`: the coalesced values of this chart.
    pub values: Value,
    /// `.Chart`.
    pub chart: Value,
    /// `.Files`.
    pub files: Files,
    /// `.Subcharts`, by name.
    pub subcharts: Vec<(Str, Arc<Scope>)>,
}

/// One template of the tree.
#[derive(Debug)]
pub struct Template {
    /// Its full name: `chart/templates/x.yaml`.
    pub name: String,
    /// Its text.
    pub source: Arc<Source>,
    /// The chart it belongs to.
    pub scope: Arc<Scope>,
    /// Whether it is a Jinja template; a Go template otherwise.
    pub jinja: bool,
}

impl Template {
    /// Whether it only defines things for others and prints nothing: its file's name begins with `_`.
    pub fn is_partial(&self) -> bool {
        self.name.rsplit('/').next().is_some_and(|file| file.starts_with('_'))
    }
}

/// Warnings that templates gave.
#[derive(Debug, Default)]
pub struct Warnings(Mutex<Vec<Diagnostic>>);

impl Warnings {
    /// Keeps one; the same warning is kept once.
    pub fn push(&self, warning: Diagnostic) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&warning) {
            all.push(warning);
        }
    }

    /// Takes out all.
    pub fn take(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Everything that the templates of one render share.
pub struct Context {
    /// `.Release`.
    pub release: Release,
    /// `.Capabilities`.
    pub capabilities: Arc<Capabilities>,
    /// All templates of the chart and its subcharts, by full name.
    pub templates: Vec<Arc<Template>>,
    /// The values of the root chart, for naming a value by its path.
    pub root: Value,
    /// Where the values came from.
    pub provenance: Arc<Provenance>,
    /// What null took away from the values, and where it was: the null.
    pub removed: Vec<(Path, Value)>,
    /// The texts that spans point into.
    pub sources: Sources,
    /// Randomness and the clock.
    pub random: Arc<dyn Random + Send>,
    /// What `lookup` answers from.
    pub objects: Objects,
    /// Look host names up.
    pub dns: bool,
    /// Warnings that templates give.
    pub warnings: Warnings,
}

impl Context {
    /// What a text sees that belongs to no chart.
    pub fn without_chart(sources: &Sources, random: Arc<dyn Random + Send>) -> Self {
        Context {
            release: Release::default(),
            capabilities: Arc::default(),
            templates: Vec::new(),
            root: Value::default(),
            provenance: Arc::default(),
            removed: Vec::new(),
            sources: sources.clone(),
            random,
            objects: Objects::default(),
            dns: false,
            warnings: Warnings::default(),
        }
    }

    /// `.Capabilities`.
    pub fn capabilities_object(&self) -> Runtime {
        let object: Arc<dyn Object> = Arc::new(CapabilitiesObject(self.capabilities.clone()));
        Runtime::Object(object)
    }

    /// Where the null was written that took away the value under a key of a map of the values.
    pub fn removed(&self, map: &Map, key: &str) -> Origin {
        let is_there = |path: &Path| {
            let mut above = path.clone();
            let is_key = above.pop().is_some_and(|last| matches!(last, Segment::Key(last) if last == key));
            is_key && self.root.at(&above).and_then(Value::as_map).is_some_and(|above| std::ptr::eq(&**above, map))
        };
        let null = self.removed.iter().find(|(path, _)| is_there(path)).map(|(_, null)| null.origin());
        null.unwrap_or_default()
    }

    /// The template of this full name.
    pub fn template(&self, name: &str) -> Option<&Arc<Template>> {
        self.templates.iter().find(|t| t.name == name)
    }
}
