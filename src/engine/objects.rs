//! The built-in objects with methods: `.Files` and `.Capabilities`.

use std::sync::Arc;

use crate::chart::File;
use crate::runtime::{Object, Runtime};
use crate::value::{Str, Value};

use super::Capabilities;

/// `.Files`: the files of a chart that are neither templates nor part of its definition.
///
/// They are read when a template asks for them. One that cannot be read then is empty to the template; who renders is to
/// ask the chart for such failures ([`crate::chart::Chart::unread`]).
#[derive(Debug, Clone, Default)]
pub struct Files(Arc<Vec<File>>);

impl Files {
    /// These files, by path in the chart.
    pub fn new(files: Vec<File>) -> Self {
        Files(Arc::new(files))
    }

    /// All of them, read.
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|file| (file.path(), bytes(file)))
    }

    fn find(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|file| file.path() == name).map(bytes)
    }

    fn get(&self, name: &str) -> &[u8] {
        self.find(name).unwrap_or_default()
    }

    fn glob(&self, pattern: &str) -> Files {
        let glob = crate::chart::glob::gobwas(pattern);
        Files(Arc::new(self.0.iter().filter(|file| glob.matches(file.path())).cloned().collect()))
    }

    /// The files by base name, as `AsConfig` and `AsSecrets` put them into a map.
    fn by_base_name(&self, text: impl Fn(&[u8]) -> String) -> Value {
        Value::map(self.all().map(|(path, bytes)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (Str::from(name), Value::str(text(bytes)))
        }))
    }

    /// Helm looks at the last letter before it looks whether there is one.
    fn lines(&self, name: &str) -> Result<Runtime, String> {
        match self.find(name) {
            None => Ok(Runtime::strings::<&str>([])),
            Some([]) => Err("runtime error: index out of range [-1]".to_owned()),
            Some(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                Ok(Runtime::strings(text.strip_suffix('\n').unwrap_or(&text).split('\n')))
            }
        }
    }
}

/// pkg/engine/files.go of Helm 4.1.4.
impl Object for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn kind_name(&self) -> &'static str {
        "map"
    }

    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        let arg = || args.first().and_then(Runtime::as_str).ok_or_else(|| format!("{name} takes a path"));
        Some(match name {
            "Get" => arg().map(|path| Runtime::bytes(self.get(path))),
            "GetBytes" => arg().map(|path| Runtime::bytes(self.get(path))),
            "Lines" => arg().and_then(|path| self.lines(path)),
            "Glob" => arg().map(|pattern| Runtime::Object(Arc::new(self.glob(pattern)))),
            "AsConfig" => Ok(to_yaml(&self.by_base_name(|b| String::from_utf8_lossy(b).into_owned()))),
            "AsSecrets" => Ok(to_yaml(&self.by_base_name(base64))),
            _ => return None,
        })
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        self.find(name).map(Runtime::bytes)
    }

    fn names(&self) -> &'static [&'static str] {
        &["AsConfig", "AsSecrets", "Get", "GetBytes", "Glob", "Lines"]
    }

    fn entries(&self) -> Option<Vec<(Str, Runtime)>> {
        Some(self.all().map(|(path, bytes)| (path.into(), Runtime::bytes(bytes))).collect())
    }

    fn print(&self, out: &mut String) {
        out.push_str("map[");
        for (i, (path, bytes)) in self.all().enumerate() {
            let gap = if i > 0 { " " } else { "" };
            let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
            out.push_str(&format!("{gap}{path}:[{}]", bytes.join(" ")));
        }
        out.push(']');
    }

    fn to_value(&self) -> Value {
        Value::map(self.all().map(|(path, bytes)| (path, Value::str(base64(bytes)))))
    }

    fn truthy(&self) -> bool {
        !self.0.is_empty()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn bytes(file: &File) -> &[u8] {
    file.bytes().map_or(&[], |bytes| bytes)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn to_yaml(value: &Value) -> Runtime {
    Runtime::str(crate::yaml::to_yaml(value, &crate::yaml::WriteOptions::HELM).unwrap_or_default())
}

/// `.Capabilities`.
#[derive(Debug)]
pub(super) struct CapabilitiesObject(pub(super) Arc<Capabilities>);

impl Object for CapabilitiesObject {
    fn type_name(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        Some(match name {
            "KubeVersion" => Runtime::Object(Arc::new(KubeVersion(self.0.clone()))),
            "APIVersions" => Runtime::Object(Arc::new(ApiVersions(self.0.clone()))),
            "HelmVersion" => Runtime::from(&helm_version()),
            _ => return None,
        })
    }

    fn names(&self) -> &'static [&'static str] {
        &["APIVersions", "HelmVersion", "KubeVersion"]
    }

    fn print(&self, out: &mut String) {
        self.to_value().print_into(out);
    }

    fn to_value(&self) -> Value {
        Value::map([
            ("KubeVersion", KubeVersion(self.0.clone()).to_value()),
            ("APIVersions", ApiVersions(self.0.clone()).to_value()),
            ("HelmVersion", helm_version()),
        ])
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// The version of the Helm whose behaviour this is.
fn helm_version() -> Value {
    Value::map([
        ("version", Value::str("v4.1.4")),
        ("git_commit", Value::str("05fa37973dc9e42b76e1d2883494c87174b6074f")),
        ("git_tree_state", Value::str("clean")),
        ("go_version", Value::str("go1.25.9")),
        ("kube_client_version", Value::str("v1.35")),
    ])
}

/// `.Capabilities.KubeVersion`; prints as the version.
#[derive(Debug)]
struct KubeVersion(Arc<Capabilities>);

impl Object for KubeVersion {
    fn type_name(&self) -> &'static str {
        "*common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        Some(match name {
            "Version" | "GitVersion" | "String" => Runtime::str(self.0.kube_version.as_str()),
            "Major" => Runtime::str(self.0.major.as_str()),
            "Minor" => Runtime::str(self.0.minor.as_str()),
            _ => return None,
        })
    }

    fn call(&self, name: &str, _: &[Runtime]) -> Option<Result<Runtime, String>> {
        matches!(name, "GitVersion" | "String").then(|| Ok(Runtime::str(self.0.kube_version.as_str())))
    }

    fn names(&self) -> &'static [&'static str] {
        &["GitVersion", "Major", "Minor", "Version"]
    }

    fn print(&self, out: &mut String) {
        out.push_str(&self.0.kube_version);
    }

    fn to_value(&self) -> Value {
        Value::map([
            ("Version", Value::str(self.0.kube_version.as_str())),
            ("Major", Value::str(self.0.major.as_str())),
            ("Minor", Value::str(self.0.minor.as_str())),
        ])
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// `.Capabilities.APIVersions`.
#[derive(Debug)]
struct ApiVersions(Arc<Capabilities>);

impl Object for ApiVersions {
    fn type_name(&self) -> &'static str {
        "common.VersionSet"
    }

    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        let version = args.first().and_then(Runtime::as_str);
        (name == "Has").then(|| match version {
            Some(version) => Ok(Runtime::Bool(self.0.api_versions.iter().any(|v| v == version))),
            None => Err("Has takes an API version, such as \"apps/v1\"".into()),
        })
    }

    fn names(&self) -> &'static [&'static str] {
        &["Has"]
    }

    fn print(&self, out: &mut String) {
        self.to_value().print_into(out);
    }

    fn to_value(&self) -> Value {
        Value::list(self.0.api_versions.iter().map(|v| Value::str(v.clone())))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
