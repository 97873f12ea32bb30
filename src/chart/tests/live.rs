//! Random charts, sound and broken, through a real Helm and through here.
//!
//! Runs where HELM names a Helm 4.1.4; CASES and SEED say how many and which.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::value::Num;

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const TEXTS: [&str; 7] = ["home", "version", "description", "icon", "condition", "tags", "appVersion"];

/// What a Chart.yaml may have under a key that wants text, most of it text.
fn text(random: &mut Random) -> Json {
    match random.below(16) {
        0 => json!(1),
        1 => json!(1.10),
        2 => json!(1e21),
        3 => json!(true),
        4 => Json::Null,
        5 => json!("a\u{200b}b\u{a0}c\u{ad}"),
        6 if random.chance(8) => json!([]),
        7 if random.chance(8) => json!({"a": 1}),
        8 => json!(123_456_789),
        9 => json!("  x\ty "),
        _ => json!(*random.pick(&["a", "b-c", "1.2.3", "v1", "x y", ""])),
    }
}

fn list(random: &mut Random, item: impl Fn(&mut Random) -> Json) -> Json {
    match random.below(20) {
        0 if random.chance(10) => text(random),
        1 => Json::Null,
        _ => (0..random.below(3)).map(|_| item(random)).collect(),
    }
}

fn object(random: &mut Random, keys: &[&str], value: impl Fn(&mut Random) -> Json) -> Json {
    if random.chance(1) {
        return text(random);
    }
    let some: Vec<_> = keys.iter().filter(|_| random.chance(60)).collect();
    Json::Object(some.into_iter().map(|key| (spelt(random, key), value(random))).collect())
}

/// A key in another case now and then.
fn spelt(random: &mut Random, key: &str) -> String {
    if random.chance(4) { key.to_uppercase() } else { key.to_owned() }
}

fn chart_yaml(random: &mut Random) -> Json {
    let mut map = Map::new();
    let mut put = |key: String, value: Json| drop(map.insert(key, value));
    if random.chance(97) {
        let is_odd_name = random.chance(10);
        let name = *random.pick(&["web", "web", "web", "a.b", "a b", "ä", if is_odd_name { "a/b" } else { "b" }]);
        put(spelt(random, "name"), json!(name));
    }
    let is_odd = random.chance(20);
    put(
        "version".into(),
        json!(*random.pick(&[
            "1.0.0",
            "1",
            "v1.2",
            "1.2.3-rc.1+b",
            "01.2",
            "1.0.0",
            if is_odd { "1.2.3.4" } else { "2" }
        ])),
    );
    for key in TEXTS {
        if random.chance(25) && key != "version" {
            put(spelt(random, key), text(random));
        }
    }
    for key in ["sources", "keywords"] {
        if random.chance(25) {
            put(key.into(), list(random, text));
        }
    }
    if random.chance(25) {
        put("annotations".into(), object(random, &["a", "b/c", "z"], text));
    }
    if random.chance(25) {
        put("maintainers".into(), list(random, |r| object(r, &["name", "email", "url", "other"], text)));
    }
    if random.chance(30) {
        put("apiVersion".into(), json!(*random.pick(&["v1", "v2", "v2", "v2", "v1", if is_odd { "v3" } else { "" }])));
    }
    if random.chance(15) {
        put("type".into(), json!(*random.pick(&["application", "application", if is_odd { "library" } else { "" }])));
    }
    if random.chance(15) {
        put(
            "kubeVersion".into(),
            json!(*random.pick(&[">=1.20", if is_odd { "nonsense" } else { "^1" }, ">=1.20-0 <2"])),
        );
    }
    if random.chance(10) {
        put("deprecated".into(), random.pick(&[json!(true), json!(false), json!("true"), Json::Null]).clone());
    }
    if random.chance(5) {
        const KEYS: [&str; 7] = ["name", "version", "repository", "condition", "tags", "alias", "import-values"];
        put(
            "dependencies".into(),
            list(random, |r| object(r, &KEYS, |r| if r.chance(20) { json!(["a"]) } else { text(r) })),
        );
    }
    Json::Object(map)
}

/// Files around Chart.yaml, some of which a chart must not have.
fn files(random: &mut Random) -> Vec<(String, String)> {
    const PATHS: [&str; 30] = [
        "templates/a.yaml",
        "templates/sub/b.yaml",
        "templates/.c.yaml",
        "templates/_d.tpl",
        "templates/NOTES.txt",
        "README.md",
        "LICENSE",
        ".hidden",
        ".helmignore",
        "conf/x.conf",
        "conf/deep/y",
        "crds/a.yaml",
        "requirements.yaml",
        "requirements.lock",
        "Chart.lock",
        "chart.yaml",
        "values-ha.yaml",
        "charts/db/Chart.yaml",
        "charts/db/templates/e.yaml",
        "charts/db/requirements.yaml",
        "charts/db/conf",
        "charts/db/charts/deep/Chart.yaml",
        "charts/.x",
        "charts/_y/z",
        "charts/plain",
        "charts/a.prov",
        "charts/other/Chart.yaml",
        "charts/db-1.tgz",
        "charts/x.tgz/y",
        "values.schema.json",
    ];
    let has_subcharts = random.chance(30);
    let mut files = vec![("templates/t.yaml".to_owned(), String::new())];
    for path in PATHS {
        let below = ["charts/db", "charts/other", "charts/two", "charts/x", "charts/plain"];
        let rare = below.iter().any(|below| path.starts_with(below)) && !has_subcharts;
        if random.chance(if rare { 1 } else { 30 }) {
            let text = content(random, path);
            files.push((path.to_owned(), text));
        }
    }
    files
}

fn content(random: &mut Random, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap();
    match name {
        "Chart.yaml" if random.chance(90) => "name: below\nversion: 1.0.0\nkeywords: [b]\n".into(),
        "Chart.yaml" => chart_yaml(random).to_string(),
        "requirements.yaml" => {
            random.pick(&["dependencies: []\n", "{}", "keywords: [c]\n", "name: q\n", "- a\n"]).to_string()
        }
        "Chart.lock" | "requirements.lock" => random
            .pick(&["", "generated: \"2020-01-01T00:00:00Z\"\n", "digest: 5\n", "generated: 5\n", "dependencies: 5\n"])
            .to_string(),
        "values.schema.json" => "{}".into(),
        ".helmignore" => {
            let rules =
                ["*.yaml", "conf/", "/README.md", "!templates", "# x", "templates/sub", "**", "[a", "charts/db", "x*"];
            (0..1 + random.below(2)).map(|_| format!("{}\n", random.pick(&rules))).collect()
        }
        _ => String::new(),
    }
}

const TEMPLATE: &str =
    "# T {{ toJson (list .Template.Name .Chart) }} {{ range $p, $_ := .Files }}{{ $p | quote }} {{ end }}\n";

/// Templates by name, each with `.Chart` and the names of `.Files`; or why it was refused.
type Shown = Result<BTreeSet<String>, String>;

fn show(chart: &Chart, path: &str, lines: &mut BTreeSet<String>) {
    for sub in &chart.subcharts {
        show(sub, &format!("{path}/charts/{}", sub.name()), lines);
    }
    let mut files = paths(&chart.files);
    files.sort_unstable();
    let files = files.iter().map(|path| format!("{path:?}")).collect::<Vec<_>>().join(" ");
    let printed = |name: &str| !name.starts_with('_') && name != "NOTES.txt";
    for template in &chart.templates {
        if printed(template.file.path().rsplit('/').next().unwrap()) && !chart.metadata.is_library() {
            let metadata = to_json(&chart.metadata.to_value(path == chart.name()));
            lines.insert(format!("{path}/{} {metadata} {files}", template.file.path()));
        }
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null(_) => Json::Null,
        Value::Bool(b, _) => Json::Bool(*b),
        Value::Num(Num::Float(n), _) => json!(*n),
        Value::Num(n, _) => n.as_i64().into(),
        Value::Str(s, _) => Json::String(s.to_string()),
        Value::List(items, _) => items.iter().map(to_json).collect(),
        Value::Map(map, _) => {
            Json::Object(map.sorted().into_iter().map(|(k, v)| (k.to_string(), to_json(v))).collect())
        }
    }
}

fn ours(path: &Path) -> Shown {
    let sources = Sources::default();
    let load = || -> Result<Chart, ChartError> {
        let chart = find(path.to_str(), Path::new(""), &bundle(), &sources)?;
        chart.check_installable()?;
        chart.check_dependencies()?;
        chart.check_kube_version("v1.35.0", "v1.35.0")?;
        Ok(chart)
    };
    let chart = load().map_err(|error| error.to_string())?;
    let mut lines = BTreeSet::new();
    show(&chart, chart.name(), &mut lines);
    Ok(lines)
}

fn helms(helm: &str, path: &Path) -> Shown {
    let output = Command::new(helm).arg("template").arg("r").arg(path).output().unwrap();
    if !output.status.success() {
        let stderr = String::from_utf8(output.stderr).unwrap();
        let error = stderr.lines().find_map(|line| line.strip_prefix("Error: ")).unwrap_or(&stderr);
        let known = error.find("found in Chart.yaml").unwrap_or(0);
        return Err(error[known..].to_owned());
    }
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("# T "));
    Ok(lines
        .map(|line| {
            let mut parts = serde_json::Deserializer::from_str(line).into_iter::<Json>();
            let head = parts.next().unwrap().unwrap();
            // Sorted again, since the map here keeps its order.
            let chart: std::collections::BTreeMap<String, Json> = serde_json::from_value(head[1].clone()).unwrap();
            let chart = serde_json::to_value(chart).unwrap();
            format!("{} {chart} {}", head[0].as_str().unwrap(), line[parts.byte_offset()..].trim())
        })
        .collect())
}

/// Whether two refusals have one reason.
fn agree(ours: &Shown, helms: &Shown) -> bool {
    let (Err(ours), Err(helms)) = (ours, helms) else { return ours == helms };
    // Helm does not tell what is wrong with an archive; says it at length where a time is wrong; takes subcharts in
    // random order; and loads a chart of generation 3 before it refuses it.
    let cut = |text: &str| text.split("parsing time").next().unwrap().replace("unexpected EOF", "gzip: invalid header");
    let starts = |text: &str| ours.starts_with(text) && helms.starts_with(text);
    ours.contains(helms.as_str())
        || cut(ours) == cut(helms)
        || starts("error unpacking subchart")
        || starts("cannot load Chart.yaml: error converting YAML to JSON")
        || ours == "invalid chart apiVersion"
        // Two faults in one chart: Helm finds the one in Chart.yaml before the one in .helmignore.
        || ours == "syntax error in pattern" && helms.starts_with("cannot load Chart.yaml")
        || ours.starts_with("double-star") && helms.starts_with("cannot load Chart.yaml")
        || ours.starts_with("no chart here") && helms.starts_with("unable to detect chart at")
}

fn write_case(random: &mut Random, root: &Path) -> PathBuf {
    let mut files = files(random);
    for (path, text) in &mut files {
        if path.contains("templates/") {
            *text = TEMPLATE.to_owned();
        }
    }
    if random.chance(97) {
        let text = if random.chance(3) {
            random.pick(&["", "- a", "a", "null", "name: [", "version: 1"]).to_string()
        } else {
            chart_yaml(random).to_string()
        };
        files.push(("Chart.yaml".into(), text));
    }
    let folder = root.join("chart");
    fs::create_dir_all(&folder).unwrap();
    if random.chance(50) {
        let some: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        write(&folder, &some);
        return folder;
    }
    let odd = ["", "", "", "", "/", "./", "x/../", "../", "c:/"];
    let packed: Vec<_> = files
        .iter()
        .map(|(path, text)| {
            let odd = if random.chance(97) { "" } else { *random.pick(&odd) };
            let name = format!("web/{odd}{path}");
            (if random.chance(1) { name.replace('/', "\\") } else { name }, text)
        })
        .collect();
    let packed: Vec<_> = packed.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let archive = root.join("chart.tgz");
    fs::write(&archive, pack(&packed)).unwrap();
    archive
}

#[test]
#[expect(clippy::print_stderr, reason = "the counts are the result")]
fn as_a_real_helm() {
    let Ok(helm) = std::env::var("HELM") else { return };
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |n| n.parse().unwrap());
    let (cases, seed) = (number("CASES", 50), number("SEED", 1));
    let folder = tempfile::tempdir().unwrap();
    let (mut refused, mut different) = (0, Vec::new());
    for case in 0..cases {
        let mut random = Random(seed.wrapping_mul(1_000_003) + case);
        let root = folder.path().join(case.to_string());
        let path = write_case(&mut random, &root);
        let (ours, theirs) = (ours(&path), helms(&helm, &path));
        refused += usize::from(theirs.is_err());
        if !agree(&ours, &theirs) {
            let keep = std::env::temp_dir().join(format!("render-chart-{seed}-{case}"));
            let _ = fs::remove_dir_all(&keep);
            fs::rename(&root, &keep).unwrap();
            fs::write(keep.join("ours"), format!("{ours:#?}")).unwrap();
            fs::write(keep.join("helms"), format!("{theirs:#?}")).unwrap();
            different.push(keep);
        }
    }
    eprintln!("{cases} cases, {refused} refused");
    assert!(different.is_empty(), "{different:#?}");
}
