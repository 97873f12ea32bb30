//! What Go templates see of Helm's structs and named types, with Go's names, fields and methods.
//!
//! pkg/chart/common/{capabilities,values}.go and pkg/engine/files.go of Helm 4.1.4.

use std::sync::Arc;

use crate::engine::{Capabilities, Files};
use crate::functions::Param;
use crate::runtime::{Bytes, Elem, List, MapRef, Object, Runtime};
use crate::value::{Str, Value};
use crate::yaml::{WriteOptions, to_yaml};

/// A Go struct.
#[derive(Debug)]
struct Struct {
    type_name: &'static str,
    fields: Vec<(&'static str, Runtime)>,
    /// What its `String` method gives, where its pointer has one.
    text: Option<String>,
    /// What `encoding/json` makes of it.
    value: Value,
}

impl Object for Struct {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn fields(&self) -> Vec<(&'static str, Runtime)> {
        self.fields.clone()
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn names(&self) -> &'static [&'static str] {
        match self.type_name {
            CAPABILITIES => &["APIVersions", "HelmVersion", "KubeVersion"],
            KUBE_VERSION => &["GitVersion", "Major", "Minor", "Version"],
            _ => &["GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion", "Version"],
        }
    }

    fn print(&self, out: &mut String) {
        match &self.text {
            Some(text) => out.push_str(text),
            None => self.value.print_into(out),
        }
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

const CAPABILITIES: &str = "*common.Capabilities";
const KUBE_VERSION: &str = "common.KubeVersion";

/// `.Capabilities`.
pub(super) fn capabilities(of: &Capabilities) -> Runtime {
    let kube = kube_version(of);
    let build = build_info();
    let value = Value::map([
        ("KubeVersion", kube.value.clone()),
        ("APIVersions", Value::list(of.api_versions.iter().map(|v| Value::str(v.clone())))),
        ("HelmVersion", build.value.clone()),
    ]);
    let versions = of.api_versions.iter().map(|v| Runtime::Str(v.clone())).collect();
    let fields = vec![
        ("KubeVersion", Runtime::Object(Arc::new(kube))),
        ("APIVersions", Runtime::List(List::new(versions, Elem::Versions))),
        ("HelmVersion", Runtime::Object(Arc::new(build))),
    ];
    Runtime::Object(Arc::new(Struct { type_name: CAPABILITIES, fields, text: None, value }))
}

fn kube_version(of: &Capabilities) -> Struct {
    let normalized = of.plain_kube_version();
    let text = |text: &str| Runtime::str(text);
    Struct {
        type_name: KUBE_VERSION,
        fields: vec![
            ("Version", text(&of.kube_version)),
            ("normalizedVersion", text(&normalized)),
            ("Major", text(&of.major)),
            ("Minor", text(&of.minor)),
        ],
        value: Value::map([
            ("Version", Value::str(of.kube_version.as_str())),
            ("Major", Value::str(of.major.as_str())),
            ("Minor", Value::str(of.minor.as_str())),
        ]),
        text: Some(normalized),
    }
}

/// The Helm whose behaviour this is.
fn build_info() -> Struct {
    let facts = [
        ("Version", "version", "v4.1.4"),
        ("GitCommit", "git_commit", "05fa37973dc9e42b76e1d2883494c87174b6074f"),
        ("GitTreeState", "git_tree_state", "clean"),
        ("GoVersion", "go_version", "go1.25.9"),
        ("KubeClientVersion", "kube_client_version", "v1.35"),
    ];
    Struct {
        type_name: "version.BuildInfo",
        fields: facts.map(|(name, _, text)| (name, Runtime::str(text))).into(),
        text: None,
        value: Value::map(facts.map(|(_, key, text)| (key, Value::str(text)))),
    }
}

/// Whether `{{ }}` prints a struct by its pointer's `String` method.
pub(super) fn has_string(object: &dyn Object) -> bool {
    object.as_any().downcast_ref::<Struct>().is_some_and(|s| s.text.is_some())
}

/// The files of a chart as Go sees them: a map to bytes.
fn files(object: &dyn Object) -> Option<&Files> {
    object.as_any().downcast_ref()
}

/// The entries of what is a map in Go.
pub(super) fn entries(object: &dyn Object) -> Option<Vec<(Str, Runtime)>> {
    let entries = object.entries()?;
    if files(object).is_none() {
        return Some(entries);
    }
    let mut entries: Vec<_> = entries.into_iter().map(|(name, text)| (name, as_bytes(&text))).collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Some(entries)
}

/// An entry of what is a map in Go.
pub(super) fn entry(object: &dyn Object, key: &str) -> Option<Runtime> {
    let found = object.field(key);
    if files(object).is_some() { Some(found.map_or_else(|| Bytes::value([]), |text| as_bytes(&text))) } else { found }
}

fn as_bytes(text: &Runtime) -> Runtime {
    Bytes::value(text.to_text(crate::runtime::Numbers::Go).into_owned())
}

/// A field of a struct, or an entry of a map.
pub(super) fn field(object: &dyn Object, name: &str) -> Option<Runtime> {
    if is_unexported(object, name) { None } else { entry(object, name) }
}

/// Whether a struct has a field of this name for itself alone.
pub(super) fn is_unexported(object: &dyn Object, name: &str) -> bool {
    let small = name.starts_with(|c: char| c.is_lowercase() || c == '_');
    small && object.fields().iter().any(|(field, _)| *field == name)
}

/// A method: what it takes, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Method {
    params: &'static [Param],
    rest: Option<Param>,
    of: Owner,
}

#[derive(Clone, Copy)]
enum Owner {
    Values,
    Versions,
    Files,
    Struct,
    /// An object of the function library.
    Other,
}

impl Method {
    const fn new(of: Owner, params: &'static [Param]) -> Self {
        Method { params, rest: None, of }
    }

    /// The types of its parameters.
    pub fn signature(self) -> (&'static [Param], Option<Param>) {
        (self.params, self.rest)
    }

    /// Calls it.
    pub fn call(self, receiver: &Runtime, name: &str, args: &[Runtime]) -> Result<Runtime, String> {
        match (self.of, receiver) {
            (Owner::Values, Runtime::Map(map)) => call_values(map, name, args),
            (Owner::Versions, Runtime::List(list)) => Ok(Runtime::Bool(list.items().iter().any(|v| args.contains(v)))),
            (Owner::Files, Runtime::Object(object)) => {
                let result = object.call(name, args).unwrap_or(Ok(Runtime::Nil));
                if name == "GetBytes" { result.map(|text| as_bytes(&text)) } else { result }
            }
            (Owner::Struct, Runtime::Object(object)) => Ok(match name {
                "Copy" => receiver.clone(),
                "GitVersion" => object.field("Version").unwrap_or(Runtime::Nil),
                _ => {
                    let mut text = String::new();
                    object.print(&mut text);
                    text.into()
                }
            }),
            (_, Runtime::Object(object)) => match object.call(name, args) {
                Some(result) => result,
                None => object.field(name).ok_or_else(|| format!("{name} is not a method")),
            },
            _ => Ok(Runtime::Nil),
        }
    }
}

/// A method of `common.Values`.
pub(super) fn values_method(name: &str) -> Option<Method> {
    match name {
        "AsMap" | "YAML" => Some(Method::new(Owner::Values, &[])),
        "Table" | "PathValue" => Some(Method::new(Owner::Values, &[Param::Str])),
        // It takes an io.Writer, which no template has.
        "Encode" => Some(Method::new(Owner::Values, &[Param::Any])),
        _ => None,
    }
}

fn call_values(map: &MapRef, name: &str, args: &[Runtime]) -> Result<Runtime, String> {
    let path = args.first().and_then(Runtime::as_str).unwrap_or_default();
    match name {
        "YAML" => {
            let value = Runtime::Map(map.clone()).to_value();
            to_yaml(&value, &WriteOptions::HELM).map(|text| Runtime::from(text + "\n")).map_err(|err| err.to_string())
        }
        "Table" => table(map, path).map(|table| Runtime::Map(table.as_values())),
        "PathValue" => path_value(map, path),
        _ => Ok(Runtime::Map(map.as_map())),
    }
}

fn table(map: &MapRef, path: &str) -> Result<MapRef, String> {
    path.split('.').try_fold(map.clone(), |map, key| match map.get(key) {
        Some(Runtime::Map(below)) => Ok(below),
        _ => Err(format!("{} is not a table", crate::runtime::text::quote(key.as_bytes()))),
    })
}

fn path_value(map: &MapRef, path: &str) -> Result<Runtime, String> {
    if path.is_empty() {
        return Err("YAML path cannot be empty".into());
    }
    let (above, key) = path.rsplit_once('.').map_or((None, path), |(above, key)| (Some(above), key));
    let table = above.map_or(Ok(map.clone()), |above| table(map, above));
    let value = table.ok().and_then(|table| table.get(key));
    match value {
        Some(Runtime::Map(below)) if !below.is_values() => None,
        value => value,
    }
    .ok_or_else(|| format!("{} is not a value", crate::runtime::text::quote(key.as_bytes())))
}

/// A method of a list of a named type.
pub(super) fn list_method(list: &List, name: &str) -> Option<Method> {
    (list.elem() == Elem::Versions && name == "Has").then_some(Method::new(Owner::Versions, &[Param::Str]))
}

/// A method of an object.
pub(super) fn method(object: &dyn Object, name: &str) -> Option<Method> {
    if files(object).is_some() {
        return match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Some(Method::new(Owner::Files, &[Param::Str])),
            "AsConfig" | "AsSecrets" => Some(Method::new(Owner::Files, &[])),
            _ => None,
        };
    }
    match (object.type_name(), name) {
        (CAPABILITIES, "Copy") | (KUBE_VERSION, "String" | "GitVersion") => Some(Method::new(Owner::Struct, &[])),
        (CAPABILITIES | KUBE_VERSION | "version.BuildInfo", _) => None,
        ("time.Time", "Format") => Some(Method::new(Owner::Other, &[Param::Str])),
        ("time.Time", "AddDate") => Some(Method::new(Owner::Other, &[Param::Int, Param::Int, Param::Int])),
        ("time.Time", "After" | "Before" | "Compare" | "Equal" | "Sub") => {
            Some(Method::new(Owner::Other, &[Param::Object("time.Time")]))
        }
        ("time.Time", "Add" | "Round" | "Truncate")
        | ("*semver.Version", "Compare" | "Equal" | "GreaterThan" | "LessThan") => {
            Some(Method::new(Owner::Other, &[Param::Any]))
        }
        _ => object.names().contains(&name).then_some(Method::new(Owner::Other, &[])),
    }
}
