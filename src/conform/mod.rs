//! Kubernetes validation: what the API server would refuse, told before it is asked.
//!
//! Manifests are read, each is checked against the type of its kind in a version of Kubernetes (`structure`), against
//! the rules that the API server has beyond it (`rules`) or against the schema of its CustomResourceDefinition
//! (`custom`), and then all of them against each other (`together`). What comes out is a [`Report`], plain data;
//! [`mod@write`] prints it. Knows nothing of how manifests came to be, nor of the command line.

mod custom;
mod duplicates;
mod findings;
mod kinds;
mod node;
mod read;
mod report;
mod rules;
mod structure;
mod syntax;
#[cfg(test)]
mod tests;
mod together;
mod types;
pub mod write;

use crate::diag::nearest;
use crate::value::{Str, Value};

use custom::Definitions;
use findings::Findings;
use node::Node;
use read::Read;
use structure::Structure;
use together::Pair;
use types::Types;

pub use read::Document;
pub use report::{Checked, Finding, Level, Origin, Report, Status, Summary};

/// The versions of Kubernetes that are known: 1.25 to 1.37.
pub const VERSIONS: std::ops::RangeInclusive<u8> = 25..=37;

/// How to validate.
#[derive(Debug, Clone)]
pub struct Options {
    /// The minor version of Kubernetes; one of [`VERSIONS`].
    pub minor: u8,
    /// Whether warnings and resources without a schema are errors.
    pub strict: bool,
}

/// Checks manifests. `crds` are texts with CustomResourceDefinitions, which are not checked themselves, and are read only
/// where a resource needs them; those among the manifests count as well.
pub fn validate(documents: &[Document], crds: &[Document], options: &Options) -> Report {
    let read = read::read(documents);
    let definitions = Definitions::new(crds, read.iter().filter_map(Read::value));
    let types = Types::new(options.minor);
    let checker = Checker { minor: options.minor, structure: Structure { types: &types }, definitions };
    let mut report = Report { resources: read.iter().map(|read| checker.check(read)).collect() };
    let pairs = read.iter().zip(&mut report.resources);
    let pairs = pairs.filter_map(|(read, checked)| Some(Pair { value: read.value()?, checked }));
    together::check(&mut pairs.collect::<Vec<_>>(), options.minor);
    if options.strict {
        report.resources.iter_mut().for_each(be_strict);
    }
    report
}

/// Warnings become errors, and what has no schema is invalid.
fn be_strict(checked: &mut Checked) {
    let warnings = checked.findings.iter_mut().filter(|finding| finding.level == Level::Warning);
    let count = warnings.map(|finding| finding.level = Level::Error).count();
    let unchecked = checked.status == Status::Skipped;
    checked.findings.iter_mut().filter(|f| unchecked && f.rule == "no-schema").for_each(|f| f.level = Level::Error);
    if count > 0 && checked.status == Status::Valid || unchecked {
        checked.status = Status::Invalid;
    }
}

struct Checker<'t> {
    minor: u8,
    structure: Structure<'t>,
    definitions: Definitions,
}

impl Checker<'_> {
    fn check(&self, read: &Read) -> Checked {
        match &read.content {
            Ok(value) => self.check_resource(value, read),
            Err(finding) => Checked { findings: vec![finding.clone()], ..unread(read, Status::Error) },
        }
    }

    fn check_resource(&self, value: &Value, read: &Read) -> Checked {
        let root = Node::root(value);
        let mut checked = unread(read, Status::Valid);
        let mut out = Findings::new(self.minor, root.text("kind").unwrap_or_default());
        for duplicate in &read.duplicates {
            let message = format!("the key `{}` stands twice; the last one counts", duplicate.key);
            out.warn_at(duplicate.again, "duplicate-key", message);
        }
        let (api_version, kind) = (root.text("apiVersion"), root.text("kind"));
        let meta = root.get("metadata");
        let said = |key: &str| meta.as_ref().and_then(|meta| meta.text(key)).map(Str::from);
        checked.api_version = api_version.unwrap_or_default().into();
        checked.kind = kind.unwrap_or_default().into();
        checked.namespace = said("namespace").unwrap_or_default();
        checked.name = said("name").or_else(|| said("generateName")).unwrap_or_default();
        let known = match (api_version, kind) {
            (Some(api_version), Some(kind)) => self.check_kind(&root, api_version, kind, &mut out),
            _ => {
                no_manifest(&root, &mut out);
                checked.status = Status::Error;
                true
            }
        };
        checked.findings = out.into_list();
        let refused = checked.findings.iter().any(|finding| finding.level == Level::Error);
        checked.status = match (checked.status, refused, known) {
            (Status::Error, ..) => Status::Error,
            (_, true, _) => Status::Invalid,
            (_, false, false) => Status::Skipped,
            _ => Status::Valid,
        };
        checked
    }

    /// Checks a resource by its kind; tells whether there was anything to check it by.
    fn check_kind(&self, root: &Node<'_>, api_version: &str, kind: &str, out: &mut Findings) -> bool {
        let group = kinds::group_of(api_version);
        let name = rules::name_of_kind(group, kind);
        if let Some(found) = kinds::find(self.minor, api_version, kind) {
            rules::check_metadata(root, name, found.cluster, out);
            self.structure.check_type(root, found.type_name, out);
            return true;
        }
        let definition = self.definitions.find(api_version, kind);
        let cluster = definition.as_ref().map_or_else(|| kinds::is_cluster_scoped(group, kind), |found| found.cluster);
        rules::check_metadata(root, name, cluster, out);
        root.get("metadata").iter().for_each(|meta| self.structure.check_type(meta, "meta.v1.ObjectMeta", out));
        if let Some(definition) = definition {
            self.definitions.check(&definition, root, out);
            return true;
        }
        if kinds::is_own_group(group) {
            let names = kinds::names_in(self.minor, api_version);
            let near = nearest(kind, names).map(|near| format!("did you mean `{near}`?"));
            out.error_with(root, "kind", kinds::why_missing(self.minor, api_version, kind), near);
            return true;
        }
        out.note(root, "no-schema", format!("there is no schema for {api_version} {kind}; --crd names one"));
        false
    }
}

fn unread(read: &Read, status: Status) -> Checked {
    Checked {
        api_version: Str::new(),
        kind: Str::new(),
        namespace: Str::new(),
        name: Str::new(),
        file: read.file.clone(),
        pos: read.pos,
        status,
        findings: Vec::new(),
    }
}

fn no_manifest(root: &Node<'_>, out: &mut Findings) {
    if root.value.as_map().is_none() {
        return out.error(root, "manifest", format!("is no manifest: it is a {}", root.value.kind()));
    }
    ["apiVersion", "kind"].iter().filter(|key| root.text(key).is_none()).for_each(|key| out.missing(root, key));
}
