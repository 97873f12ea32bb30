//! Loading, finding, exporting.

mod live;

use std::fs;
use std::io::Write;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::*;
use crate::diag::{SourceKind, Sources};
use crate::value::Value;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/fixtures/bundle/templates");
static VALUES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/fixtures/bundle/values");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/fixtures/bundle/schemas");

fn bundle() -> Bundle {
    Bundle::new(&TEMPLATES, &VALUES, &SCHEMAS)
}

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

fn load(files: &[(&str, &str)]) -> Result<Chart, ChartError> {
    load_folder(folder(files).path(), ".", &Sources::default())
}

fn load_with(chart_yaml: &str) -> Result<Chart, ChartError> {
    load(&[("Chart.yaml", chart_yaml)])
}

fn paths<'a>(files: impl IntoIterator<Item = &'a File>) -> Vec<&'a str> {
    files.into_iter().map(File::path).collect()
}

#[test]
fn a_folder_is_sorted_into_a_chart() {
    let folder = folder(&[
        ("Chart.yaml", CHART),
        ("values.yaml", "\u{feff}a: 1\n"),
        ("values.schema.json", "{}"),
        ("values-ha.yaml", "a: 2\n"),
        ("values/big.yaml", "a: 3\n"),
        ("README.md", "# web\n"),
        ("conf/app.conf", "x"),
        ("crds/b.YAML", "b"),
        ("crds/a.txt", "a"),
        ("templates/.hidden", "x"),
        ("templates/a.yaml", "a"),
        ("templates/b.yaml.j2", "b"),
        ("templates/sub/NOTES.txt", "n"),
        ("charts/_skipped/x", "x"),
        ("charts/.skipped", "x"),
        ("charts/db/Chart.yaml", "name: db\nversion: 0.1.0\n"),
        ("charts/db/templates/db.yaml", "db"),
        ("charts/db/charts/deep/Chart.yaml", "name: deep\nversion: 0.1.0\n"),
        ("charts/web-1.tgz.prov", "x"),
    ]);
    let chart = load_folder(folder.path(), ".", &Sources::default()).unwrap();
    assert_eq!(&**chart.values.as_ref().unwrap().bytes().unwrap(), b"a: 1\n");
    let templates: Vec<_> = chart.templates.iter().map(|t| (t.file.path(), t.language)).collect();
    assert_eq!(
        templates,
        [
            ("templates/a.yaml", Language::Go),
            ("templates/b.yaml.j2", Language::Jinja),
            ("templates/sub/NOTES.txt", Language::Go)
        ]
    );
    let files = ["README.md", "charts/web-1.tgz.prov", "conf/app.conf", "crds/a.txt", "crds/b.YAML", "values/big.yaml"];
    let mut found = paths(&chart.files);
    found.retain(|path| *path != "values-ha.yaml");
    assert_eq!(found, files);
    assert_eq!(paths(chart.crds()), ["crds/b.YAML"]);
    assert_eq!(chart.readme().unwrap().path(), "README.md");
    assert_eq!(chart.layers(), ["big", "ha"]);
    assert_eq!(chart.layer("big").unwrap().shown(), "values/big.yaml");
    assert_eq!(chart.layer("bg").unwrap_err().diagnostic().help, ["did you mean `big`?", "its layers: big, ha"]);
    let [db] = &chart.subcharts[..] else { panic!("one subchart") };
    assert_eq!((db.name(), db.templates[0].file.path()), ("db", "templates/db.yaml"));
    assert_eq!(db.templates[0].file.shown(), "charts/db/templates/db.yaml");
    assert_eq!(db.metadata.api_version, "v1");
    assert_eq!(db.subcharts[0].name(), "deep");
}

#[test]
fn a_file_that_is_gone_when_it_is_asked_for_is_told() {
    let folder = folder(&[
        ("Chart.yaml", CHART),
        ("charts/db/Chart.yaml", "name: db\nversion: 0.1.0\n"),
        ("charts/db/conf/db.conf", "x"),
    ]);
    let chart = load_folder(folder.path(), "web", &Sources::default()).unwrap();
    fs::remove_file(folder.path().join("charts/db/conf/db.conf")).unwrap();
    assert_eq!(chart.unread(), None);
    let error = chart.subcharts[0].file("conf/db.conf").unwrap().bytes().unwrap_err();
    assert!(error.to_string().contains("web/charts/db/conf/db.conf"), "{error}");
    assert_eq!(chart.unread(), Some(error));
}

#[test]
fn metadata_as_templates_see_it() {
    let chart = load_with(
        "Name: web\nversion: 1.0\nappVersion: 1.10\nicon: true\nkeywords: [1, null, 1e6]\n\
         annotations: {b: true, a: 1, render/engine: jinja}\nmaintainers: [{name: a}]\n\
         dependencies: [{name: x, version: 2, alias: y}]\n",
    )
    .unwrap();
    let shown = chart.metadata.to_value(true);
    let text = |key: &str| shown.get(key).unwrap();
    assert_eq!(text("Name"), &Value::str("web"));
    assert_eq!(text("AppVersion"), &Value::str("1.1"));
    assert_eq!(text("Version"), &Value::str("1"));
    assert_eq!(text("Keywords"), &Value::list([Value::str("1"), Value::str(""), Value::str("1e+06")]));
    assert_eq!(text("Annotations").get("a"), Some(&Value::str("1")));
    assert_eq!(text("IsRoot"), &Value::bool(true));
    let keys: Vec<_> = shown.as_map().unwrap().sorted().into_iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!(
        keys.join(" "),
        "APIVersion Annotations AppVersion Condition Dependencies Deprecated Description Home Icon IsRoot Keywords \
         KubeVersion Maintainers Name Sources Tags Type Version"
    );
    let template = Template::new(File::new("templates/x.yaml", "x", *b""), true);
    assert_eq!(template.language, Language::Jinja);
}

#[test]
fn what_helm_refuses_in_chart_yaml() {
    const TYPE: &str = "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
    let cases = [
        ("name: {}", format!("{TYPE} object into Go struct field Metadata.name of type string")),
        ("keywords: a", format!("{TYPE} string into Go struct field Metadata.keywords of type []string")),
        ("keywords: [{}]", format!("{TYPE} object into Go struct field Metadata.keywords of type string")),
        ("maintainers: [a]", format!("{TYPE} string into Go struct field Metadata.maintainers of type v2.Maintainer")),
        (
            "maintainers: [{name: []}]",
            format!("{TYPE} array into Go struct field Maintainer.maintainers.name of type string"),
        ),
        (
            "annotations: [a]",
            format!("{TYPE} array into Go struct field Metadata.annotations of type map[string]string"),
        ),
        ("annotations: {a: {}}", format!("{TYPE} object into Go struct field Metadata.annotations of type string")),
        ("deprecated: 1", format!("{TYPE} number into Go struct field Metadata.deprecated of type bool")),
        (
            "dependencies: {}",
            format!("{TYPE} object into Go struct field Metadata.dependencies of type []*v2.Dependency"),
        ),
        (
            "dependencies: [{tags: a}]",
            format!("{TYPE} string into Go struct field Dependency.dependencies.tags of type []string"),
        ),
        ("apiVersion: {}", format!("{TYPE} object into Go struct field chartBase.apiVersion of type string")),
        ("apiVersion: v5", "unsupported chart version".into()),
        ("apiVersion: v3", "invalid chart apiVersion".into()),
        ("name: null", "validation: chart.metadata.name is required".into()),
        ("name: ..", "validation: chart.metadata.name \"..\" is not allowed".into()),
        ("name: a/b", "validation: chart.metadata.name \"a/b\" is invalid".into()),
        ("version: \"\"", "validation: chart.metadata.version is required".into()),
        ("version: x", "validation: chart.metadata.version \"x\" is invalid".into()),
        ("type: lib", "validation: chart.metadata.type must be application or library".into()),
        ("maintainers: [null]", "validation: maintainers must not contain empty or null nodes".into()),
        ("dependencies: [null]", "validation: dependencies must not contain empty or null nodes".into()),
        (
            "dependencies: [{name: a, alias: a b}]",
            "validation: dependency \"a\" has disallowed characters in the alias".into(),
        ),
        (
            "dependencies: [{name: a}, {name: b, alias: a}]",
            "validation: more than one dependency with name or alias \"a\"".into(),
        ),
    ];
    for (line, want) in cases {
        let key = line.split(':').next().unwrap();
        let rest: Vec<_> = CHART.lines().filter(|l| !l.starts_with(key)).collect();
        let error = load_with(&format!("{}\n{line}\n", rest.join("\n"))).unwrap_err();
        assert_eq!(error.to_string(), want, "{line}");
    }
    let error = load_with("- a\n").unwrap_err();
    assert_eq!(error.to_string(), format!("{TYPE} array into Go value of type loader.chartBase"));
}

#[test]
fn requirements_of_old_charts() {
    let old =
        |chart: &str| load(&[("Chart.yaml", chart), ("requirements.yaml", "dependencies: [{name: db}]\n")]).unwrap();
    let chart = old("name: web\nversion: 1.0.0\ndependencies: [{name: a, version: 2}, {name: b}]\n");
    // Go's decoder reuses the first item, so that its version stays.
    let [db] = chart.metadata.dependencies.as_deref().unwrap() else { panic!("one dependency") };
    assert_eq!((db.name.as_str(), db.version.as_str()), ("db", "2"));
    assert_eq!(paths(&chart.files), ["requirements.yaml"]);
    assert!(chart.warnings.is_empty());
    let chart = old(CHART);
    assert_eq!(chart.metadata.dependencies.unwrap()[0].name, "db");
    assert!(chart.files.is_empty());
    assert_eq!(chart.warnings.len(), 1);
}

#[test]
fn what_helm_refuses_around_chart_yaml() {
    for (path, text, want) in [
        (
            "Chart.lock",
            "generated: 5",
            "cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: Time.UnmarshalJSON: input is not a JSON string",
        ),
        ("charts/x", "1", "error unpacking subchart x in web: Chart.yaml file is missing"),
        ("charts/x.tgz", "1", "error unpacking subchart x.tgz in web: gzip: invalid header"),
        ("charts/x.tgz/y", "1", "error unpacking subchart tar in web: expected x.tgz, got x.tgz/y"),
        (
            "charts/x/Chart.yaml",
            "version: 1",
            "error unpacking subchart x in web: validation: chart.metadata.name is required",
        ),
    ] {
        assert_eq!(load(&[("Chart.yaml", CHART), (path, text)]).unwrap_err().to_string(), want);
    }
    let nested: Vec<_> = (0..150).map(|n| format!("{}Chart.yaml", "charts/a/".repeat(n))).collect();
    let mut packed = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for path in &nested {
        let mut header = tar::Header::new_gnu();
        header.set_size(CHART.len() as u64);
        packed.append_data(&mut header, format!("web/{path}"), CHART.as_bytes()).unwrap();
    }
    let error = load_packed(&packed.into_inner().unwrap().finish().unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("more than 100 charts within each other"));
    let large = "x".repeat(5 * 1024 * 1024 + 1);
    let error = load(&[("Chart.yaml", CHART), ("conf/big", &large)]).unwrap_err();
    assert_eq!(error.to_string(), "chart file \"big\" is larger than the maximum file size 5242880");
}

#[test]
fn checks_before_rendering() {
    let chart = load_with(&format!(
        "{CHART}type: library\nkubeVersion: \">=1.30\"\ndeprecated: true\ndependencies: [{{name: a}}, {{name: b}}]\n"
    ))
    .unwrap();
    assert_eq!(chart.check_installable().unwrap_err().to_string(), "library charts are not installable");
    assert_eq!(
        chart.check_dependencies().unwrap_err().to_string(),
        "found in Chart.yaml, but missing in charts/ directory: a, b"
    );
    assert_eq!(chart.check_kube_version("v1.35.0", "v1.35.0"), Ok(()));
    assert_eq!(
        chart.check_kube_version("v1.29.1", "v1.29.1").unwrap_err().to_string(),
        "chart requires kubeVersion: >=1.30 which is incompatible with Kubernetes v1.29.1"
    );
    assert_eq!(chart.all_warnings()[0].title, "this chart is deprecated");
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("x.yaml", "x"), ("deep/y.yaml", "y")]);
    let chart = folder(&[("Chart.yaml", CHART), ("templates/a.yaml", "a")]);
    let at = |name: &str| chart.path().join(name);
    symlink(outside.path(), at("templates/more")).unwrap();
    symlink(outside.path().join("x.yaml"), at("values.yaml")).unwrap();
    let loaded = load_folder(chart.path(), "web", &Sources::default()).unwrap();
    let templates = loaded.templates.iter().map(|t| t.file.path()).collect::<Vec<_>>();
    assert_eq!(templates, ["templates/a.yaml", "templates/more/deep/y.yaml", "templates/more/x.yaml"]);
    assert_eq!(loaded.values.unwrap().shown(), "web/values.yaml");
    symlink(outside.path(), outside.path().join("deep/round")).unwrap();
    let error = load_folder(chart.path(), "web", &Sources::default()).unwrap_err();
    assert!(matches!(*error.kind, ChartErrorKind::Link { .. }), "{error}");
    symlink("nowhere", at("dangling")).unwrap();
    let error = load_folder(chart.path(), "web", &Sources::default()).unwrap_err();
    assert!(error.to_string().starts_with("error evaluating symlink web/dangling: no such file"), "{error}");
}

fn pack(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        // Set directly, since the builder refuses what the loader must refuse.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn load_packed(bytes: &[u8]) -> Result<Chart, ChartError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    load_archive(file.path(), "web.tgz", &Sources::default())
}

#[test]
fn archives() {
    let inner = pack(&[("db/Chart.yaml", "name: db\nversion: 1\n"), ("db/templates/a.yaml", "\u{feff}a")]);
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, bytes) in [("web/Chart.yaml", CHART.as_bytes()), ("web/charts/db-1.tgz", &inner)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, path, bytes).unwrap();
    }
    let chart = load_packed(&archive.into_inner().unwrap().finish().unwrap()).unwrap();
    let file = &chart.subcharts[0].templates[0].file;
    assert_eq!((file.path(), file.shown()), ("templates/a.yaml", "web.tgz/charts/db-1.tgz/templates/a.yaml"));
    assert_eq!(&**file.bytes().unwrap(), b"a");

    let error = |files: &[(&str, &str)]| load_packed(&pack(files)).unwrap_err().to_string();
    assert_eq!(
        error(&[("web/../x", "")]),
        "unable to load chart archive web.tgz: chart illegally references parent directory"
    );
    assert_eq!(error(&[("web/x", "")]), "unable to detect chart version, no Chart.yaml found");
    assert_eq!(error(&[]), "unable to load chart archive web.tgz: no files in chart archive");
    assert_eq!(load_packed(b"a: 1").unwrap_err().to_string(), "file 'web.tgz' does not appear to be a gzipped archive");
}

#[test]
fn the_chart_that_was_meant() {
    let cwd = folder(&[("web/Chart.yaml", CHART), ("store/x", ""), ("shop", "no archive")]);
    let sources = Sources::default();
    let look = |name: Option<&str>| find(name, cwd.path(), &bundle(), &sources);
    let chart = look(Some("./web/")).unwrap();
    assert_eq!((chart.name(), chart.chart_yaml.shown()), ("web", "./web/Chart.yaml"));
    assert_eq!(look(Some("store")).unwrap().place, Place::Bundled);
    assert_eq!(look(Some("shop")).unwrap().place, Place::Bundled);
    for (name, title, help) in [
        (None, "no chart here: the current folder has no Chart.yaml", "bundled charts: shop, store"),
        (Some("shpo"), "chart \"shpo\" not found", "did you mean the bundled chart `shop`?"),
        (Some("./x"), "path \"./x\" not found", "bundled charts: shop, store"),
        (
            Some("oci://example.org/x"),
            "chart \"oci://example.org/x\" is not on this machine",
            "nothing is fetched from the network; fetch it with: helm pull oci://example.org/x",
        ),
    ] {
        let diagnostic = look(name).unwrap_err().diagnostic();
        assert_eq!(diagnostic.title, title);
        assert!(diagnostic.help.iter().any(|h| h == help), "{:?}", diagnostic.help);
    }
    fs::write(cwd.path().join("Chart.yaml"), CHART).unwrap();
    assert_eq!(look(None).unwrap().chart_yaml.shown(), "Chart.yaml");
}

#[test]
fn a_bundled_chart_is_an_ordinary_chart() {
    let sources = Sources::default();
    assert_eq!(bundle().names(), ["shop", "store"]);
    let chart = bundle().load("shop", &sources).unwrap().unwrap();
    let mut templates: Vec<_> = chart.templates.iter().map(|t| (t.file.path(), t.file.shown())).collect();
    templates.sort_unstable();
    assert_eq!(
        templates,
        [
            ("templates/NOTES.txt.j2", "templates/shop/NOTES.txt.j2"),
            ("templates/deployment.yaml.j2", "templates/shop/deployment.yaml.j2"),
            ("templates/parts/_names.j2", "templates/shop/parts/_names.j2"),
        ]
    );
    assert_eq!(chart.values.as_ref().unwrap().shown(), "values/shop/base.yaml");
    assert_eq!(chart.schema.as_ref().unwrap().shown(), "schemas/shop.schema.json");
    assert_eq!(chart.layers(), ["clustering", "ha"]);
    let layer = chart.layer_source("ha", &sources).unwrap();
    assert_eq!(
        (layer.name.as_str(), layer.kind, &*layer.text),
        ("values/shop/ha.yaml", SourceKind::Data, &b"replicas: 3\n"[..])
    );
    assert_eq!(chart.subcharts.len(), 1);
    assert_eq!(chart.subcharts[0].values.as_ref().unwrap().shown(), "values/store/base.yaml");
    assert_eq!(
        chart.check_dependencies().unwrap_err().to_string(),
        "found in Chart.yaml, but missing in charts/ directory: elsewhere"
    );
}

#[test]
fn an_exported_chart_loads_as_the_same_chart() {
    let sources = Sources::default();
    let target = tempfile::tempdir().unwrap();
    for folder in [target.path().join("new/shop"), target.path().join("new/empty")] {
        if folder.ends_with("empty") {
            fs::create_dir(&folder).unwrap();
        }
        assert!(bundle().export("shop", &folder, &sources).unwrap());
        let chart = load_folder(&folder, "shop", &sources).unwrap();
        assert_eq!(chart.layers(), ["clustering", "ha"]);
        assert_eq!(chart.templates.len(), 3);
        assert_eq!(paths(&chart.files), ["README.md", "files/app.conf", "values-clustering.yaml", "values-ha.yaml"]);
        assert_eq!(chart.subcharts[0].name(), "store");
        let error = bundle().export("shop", &folder, &sources).unwrap_err();
        assert!(matches!(*error.kind, ChartErrorKind::ExportTarget { .. }));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 9);
    }
    assert_eq!(fs::read_dir(target.path().join("new")).unwrap().count(), 2);
    assert!(!bundle().export("nothing", &target.path().join("x"), &sources).unwrap());
}
