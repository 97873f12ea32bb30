//! Random chart trees and values, through a real Helm and through here.
//!
//! Runs where HELM names a Helm 4.1.4; CASES and SEED say how many and which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value as Json, json};

use super::*;

/// splitmix64.
pub(super) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Names of subcharts and aliases. For a chart that is called `global` Helm makes maps that hold themselves.
const NAMES: [&str; 3] = ["s", "t", "u"];
const ALIASES: [&str; 4] = ["x", "y2", "s", "a"];
const KEYS: [&str; 6] = ["a", "b", "c", "on", "enabled", "data"];
const TAGS: [&str; 2] = ["front", "back"];

/// A chart below a folder, with all below it.
fn chart(random: &mut Random, folder: &Path, name: &str, depth: usize) {
    let version = *random.pick(&["1.0.0", "1.0.0", "2.1.0"]);
    let mut below = Vec::new();
    if depth < 3 {
        for i in 0..random.below(4 - depth) + usize::from(depth == 0) {
            let name = *random.pick(&NAMES);
            // Two charts of one name are rare; Helm's order of folders is random where it matters.
            if below.contains(&name) && !random.chance(10) {
                continue;
            }
            chart(random, &folder.join(format!("charts/{name}{i}")), name, depth + 1);
            below.push(name);
        }
    }
    let mut yaml = json!({"apiVersion": "v2", "name": name, "version": version});
    if random.chance(70) {
        yaml["dependencies"] = Json::Array(dependencies(random, &below));
    }
    fs::create_dir_all(folder.join("templates")).unwrap();
    fs::write(folder.join("Chart.yaml"), yaml.to_string()).unwrap();
    if random.chance(90) {
        let values = values(random, &below, 0);
        fs::write(folder.join("values.yaml"), values.to_string()).unwrap();
    }
    let template = "# {{ toJson (list .Template.Name .Chart .Values) }}\n";
    fs::write(folder.join("templates/v.yaml"), template).unwrap();
}

fn dependencies(random: &mut Random, below: &[&str]) -> Vec<Json> {
    let mut keys = BTreeSet::new();
    let mut all = Vec::new();
    for name in below.iter().flat_map(|name| [name, name]) {
        let alias = *random.pick(&ALIASES);
        let alias = random.chance(30).then_some(alias);
        if random.chance(25) || !keys.insert(alias.unwrap_or(name)) {
            continue;
        }
        let version = *random.pick(&["*", "*", "*", "^1", ">=1", "2.x", ""]);
        let mut dependency = json!({"name": name, "version": version});
        if let Some(alias) = alias {
            dependency["alias"] = alias.into();
        }
        if random.chance(35) {
            dependency["condition"] = condition(random, alias.unwrap_or(name)).into();
        }
        if random.chance(30) {
            let tags: Vec<_> = TAGS.iter().filter(|_| random.chance(60)).collect();
            dependency["tags"] = json!(tags);
        }
        if random.chance(40) {
            dependency["import-values"] = (0..1 + random.below(3)).map(|_| import(random)).collect();
        }
        all.push(dependency);
    }
    all
}

fn condition(random: &mut Random, key: &str) -> String {
    let paths = [format!("{key}.enabled"), "a".into(), "a.on".into(), "global.on".into(), "s.a".into(), "on".into()];
    let some: Vec<_> = (0..1 + random.below(2)).map(|_| random.pick(&paths).clone()).collect();
    some.join(if random.chance(30) { ", " } else { "," })
}

fn import(random: &mut Random) -> Json {
    const PATHS: [&str; 8] = ["a", "b", "a.b", "data", ".", "global", "s", "exports.data"];
    if random.chance(40) {
        return json!(*random.pick(&["data", "a", "none"]));
    }
    json!({"child": *random.pick(&PATHS), "parent": *random.pick(&PATHS)})
}

/// A map of values, for a chart with these subcharts.
fn values(random: &mut Random, below: &[&str], depth: usize) -> Json {
    let mut map = Map::new();
    for _ in 0..random.below(5) {
        map.insert((*random.pick(&KEYS)).into(), value(random, depth + 1));
    }
    if depth < 2 && random.chance(60) {
        map.insert("global".into(), some_map(random, depth + 1, 96));
    }
    if depth == 0 && random.chance(40) {
        let tags = TAGS.iter().map(|tag| ((*tag).to_owned(), scalar(random)));
        map.insert("tags".into(), Json::Object(tags.collect()));
    }
    if random.chance(25) {
        let data = some_map(random, depth + 1, 90);
        map.insert("exports".into(), json!({"data": data, "a": value(random, depth + 2)}));
    }
    if depth < 3 {
        for name in below.iter().chain(&ALIASES).chain(&NAMES) {
            if random.chance(30) {
                let is_map = random.chance(98);
                let below = if is_map { values(random, &NAMES, depth + 1) } else { value(random, 3) };
                map.insert((*name).into(), below);
            }
        }
    }
    Json::Object(map)
}

fn some_map(random: &mut Random, depth: usize, percent: usize) -> Json {
    if !random.chance(percent) {
        return value(random, depth);
    }
    let keys = random.below(4);
    Json::Object((0..keys).map(|_| ((*random.pick(&KEYS)).to_owned(), value(random, depth + 1))).collect())
}

fn value(random: &mut Random, depth: usize) -> Json {
    if depth < 5 && random.chance(45) { some_map(random, depth, 100) } else { scalar(random) }
}

fn scalar(random: &mut Random) -> Json {
    match random.below(8) {
        0 | 1 => Json::Null,
        2 => json!(true),
        3 => json!(false),
        4 => json!([1, {"a": null}]),
        5 => json!("text"),
        _ => json!(random.below(90) + 10),
    }
}

/// What a render shows of one case.
#[derive(Debug, PartialEq)]
struct Shown {
    /// By template: `.Chart` and `.Values`. Or why it was refused.
    charts: Result<BTreeMap<String, (Json, Json)>, String>,
    warnings: BTreeSet<String>,
}

fn ours(folder: &Path, user: &Value) -> Shown {
    let chart = match load_folder(folder, ".", &Sources::default()) {
        Ok(chart) => chart,
        Err(error) => return Shown { charts: Err(error.to_string()), warnings: BTreeSet::new() },
    };
    if let Err(error) = chart.check_installable().and_then(|()| chart.check_dependencies()) {
        return Shown { charts: Err(error.to_string()), warnings: BTreeSet::new() };
    }
    match compose(chart, user) {
        Err(error) => {
            let reason = match error.kind {
                RefusalKind::TypeMismatch { .. } => error.to_string().split(':').next().unwrap().to_owned(),
                RefusalKind::ImportCycle { .. } => CRASH.to_owned(),
            };
            Shown { charts: Err(reason), warnings: BTreeSet::new() }
        }
        Ok(outcome) => {
            let mut charts = BTreeMap::new();
            show(&outcome.tree, &outcome.values, true, &mut charts);
            let warnings = outcome.warnings.iter().map(|warning| warning.kind.to_string()).collect();
            Shown { charts: Ok(charts), warnings }
        }
    }
}

/// In Helm's order: charts below first; of two with one path the later one counts.
fn show(tree: &ChartTree, values: &Value, is_root: bool, charts: &mut BTreeMap<String, (Json, Json)>) {
    for subchart in &tree.subcharts {
        show(subchart, &tree.values_of(subchart, values), false, charts);
    }
    if tree.metadata.is_library() {
        return;
    }
    let chart = to_json(&tree.metadata.to_value(is_root));
    charts.insert(format!("{}/templates/v.yaml", tree.path), (chart, to_json(values)));
}

fn helms(helm: &str, folder: &Path, user: &Path) -> Shown {
    let output = Command::new(helm).arg("template").arg("r").arg(folder).arg("-f").arg(user).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    if !output.status.success() {
        let error = stderr.lines().find(|line| line.starts_with("Error: ")).unwrap_or(&stderr);
        return Shown { charts: Err(reason(error)), warnings: BTreeSet::new() };
    }
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("# ["));
    let charts = lines.map(|line| {
        let (name, chart, values): (String, Json, Json) = serde_json::from_str(&format!("[{line}")).unwrap();
        (name, (chart, values))
    });
    Shown { charts: Ok(charts.collect()), warnings: stderr.lines().filter_map(warning).collect() }
}

/// What Helm says of a map that holds itself.
const CRASH: &str = "stack overflow";

fn reason(error: &str) -> String {
    if error.contains(CRASH) {
        return CRASH.to_owned();
    }
    let known = ["library charts", "type mismatch on ", "found in Chart.yaml", "error unpacking", "validation: "];
    let at = known.iter().find_map(|known| error.find(known)).unwrap_or(0);
    let reason = &error[at..];
    match reason.starts_with("type") {
        true => reason.split(':').next().unwrap().to_owned(),
        false => reason.to_owned(),
    }
}

/// A line of Helm's log as the warning that it stands for.
fn warning(line: &str) -> Option<String> {
    let (_, message) = line.split_once("msg=")?;
    let message = message.replace("\\\"", "'");
    let text = message.strip_prefix('"')?.split('"').next()?.replace('\'', "\"");
    let text = text.strip_prefix("warning: ").unwrap_or(&text);
    let field = |name: &str| {
        let rest = message.split_once(&format!(" {name}="))?.1;
        Some(rest.trim_start_matches('"').split(['"', ' ']).next()?.to_owned())
    };
    if text == "returned non-bool value" {
        let path = field("path").or_else(|| field("tag"))?;
        return Some(format!("{text} for {path} of chart {}", field("chart")?));
    }
    if text.starts_with("ImportValues missing table") {
        return Some("ImportValues missing table".to_owned());
    }
    // The chart's own warnings are not those of its values.
    let is_ours = !text.starts_with("this chart is deprecated") && !text.starts_with("Warning: ");
    is_ours.then(|| text.split(" (").next().map(str::to_owned))?
}

/// Warnings of a kind whose words are ours.
fn ours_comparable(warnings: &BTreeSet<String>) -> BTreeSet<String> {
    let plain = |text: &String| match text.starts_with("ImportValues") {
        true => "ImportValues missing table".to_owned(),
        // A space in a condition ends the field in the log.
        false => text.clone(),
    };
    warnings.iter().map(plain).collect()
}

fn agree(ours: &Shown, helms: &Shown) -> bool {
    ours.charts == helms.charts && (ours.charts.is_err() || ours_comparable(&ours.warnings) == helms.warnings)
}

#[test]
#[expect(clippy::print_stderr, reason = "the counts are the result")]
fn as_a_real_helm() {
    let Ok(helm) = std::env::var("HELM") else { return };
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |n| n.parse().unwrap());
    let (cases, seed) = (number("CASES", 50), number("SEED", 1));
    let folder = tempfile::tempdir().unwrap();
    let (mut refused, mut varies) = (0, 0);
    let mut different: Vec<(u64, PathBuf)> = Vec::new();
    for case in 0..cases {
        let mut random = Random(seed.wrapping_mul(1_000_003) + case);
        let root = folder.path().join(case.to_string());
        chart(&mut random, &root.join("chart"), "root", 0);
        let user = values(&mut random, &NAMES, 0);
        let file = root.join("user.yaml");
        fs::write(&file, user.to_string()).unwrap();
        let ours = ours(&root.join("chart"), &from_json(&user));
        let mut helms_ = helms(&helm, &root.join("chart"), &file);
        // Where Helm says different things at different times, one of them will do.
        let first = !agree(&ours, &helms_);
        for _ in 0..12 {
            if !first || agree(&ours, &helms_) {
                break;
            }
            helms_ = helms(&helm, &root.join("chart"), &file);
        }
        refused += usize::from(ours.charts.is_err());
        if !agree(&ours, &helms_) {
            let keep = std::env::temp_dir().join(format!("render-case-{seed}-{case}"));
            let _ = fs::remove_dir_all(&keep);
            fs::rename(&root, &keep).unwrap();
            fs::write(keep.join("ours"), format!("{ours:#?}")).unwrap();
            fs::write(keep.join("helms"), format!("{helms_:#?}")).unwrap();
            different.push((case, keep));
        } else {
            varies += usize::from(first);
            fs::remove_dir_all(&root).unwrap();
        }
    }
    eprintln!("{cases} cases, {refused} refused, {varies} where Helm varies");
    assert!(different.is_empty(), "{different:#?}");
}

/// Charts that somebody wrote, each with a templates/v.yaml like those above in it and in its subcharts: the folders in
/// the folder that CHARTS names. Each is tried with nothing and with each values file of its ci folder.
#[test]
#[expect(clippy::print_stderr, reason = "the counts are the result")]
fn given_charts_as_a_real_helm() {
    let (Ok(helm), Ok(charts)) = (std::env::var("HELM"), std::env::var("CHARTS")) else { return };
    let empty = tempfile::NamedTempFile::new().unwrap();
    let mut different = Vec::new();
    let (mut count, mut refused) = (0, 0);
    for folder in fs::read_dir(charts).unwrap().map(|entry| entry.unwrap().path()) {
        let ci = fs::read_dir(folder.join("ci")).into_iter().flatten().map(|entry| entry.unwrap().path());
        let files = ci.filter(|path| path.to_string_lossy().ends_with("values.yaml"));
        for file in files.chain([empty.path().to_owned()]) {
            let user = read_yaml(&fs::read_to_string(&file).unwrap());
            let (ours, helms) = (ours(&folder, &user), helms(&helm, &folder, &file));
            count += 1;
            refused += usize::from(ours.charts.is_err());
            if !agree(&ours, &helms) {
                different.push(format!("{} -f {}", folder.display(), file.display()));
            }
        }
    }
    eprintln!("{count} cases, {refused} refused");
    assert!(different.is_empty(), "{different:#?}");
}
