//! Manifests and their printing against what Helm 4.1.4 printed of charts that are all text, no template.
//!
//! - `documents.json`: what Helm made of single texts
//! - `charts/<chart>.txt`: what it printed of `charts/<chart>`, run by run
//!
//! Both are recorded again with `HELM=path RECORD=1 cargo test manifests -- --ignored`; without RECORD that compares.

use std::collections::BTreeMap;
use std::path::Path;

use render::manifest::{File, ManifestErrorKind, Manifests};
use render::output::{Destination, Selection, select, write};

use crate::common;

/// The charts of tests/fixtures/charts and how they are run.
const RUNS: &[(&str, &[&str])] = &[
    ("order", &[""]),
    ("hooks", &["", "--no-hooks", "--skip-tests", "-s templates/hooks.yaml", "--output-dir out"]),
    ("hooks-only", &["", "--no-hooks", "--skip-tests", "-s templates/a.yaml", "--output-dir out --release-name"]),
    ("blank", &["", "-s templates/NOTES.txt", "--output-dir out"]),
    (
        "crds",
        &[
            "",
            "--include-crds",
            "--include-crds -s crds/several.yaml",
            "--include-crds -s crds/separator-first.yaml",
            "--include-crds -s inner.yaml",
            "--include-crds -s charts/*/crds/*",
            "--include-crds -s templates/* -s crds/*",
            "-s crds/several.yaml",
            "--include-crds --output-dir out",
            "--include-crds --output-dir ./out/./there --release-name",
        ],
    ),
    (
        "paths",
        &[
            "",
            "-s templates/a.yaml",
            "-s templates/a.yaml -s templates/a.yaml",
            "-s templates/d/b.yaml -s templates/a.yaml",
            "-s templates/*",
            "-s */*",
            "-s */*/*.yaml",
            "-s templates/[a-c].yaml",
            "-s templates/[^a].yaml",
            "-s templates/?.yaml",
            "-s templates/\\a.yaml",
            "-s templates/[",
            "-s templates/nope.yaml",
            "-s paths/templates/a.yaml",
            "-s templates",
            "-s charts/sub/templates/a.yaml",
            "-s **/a.yaml",
            "--output-dir out",
            "--output-dir ./out/",
            "--output-dir out -s templates/a.yaml",
        ],
    ),
];

#[test]
fn single_texts_are_taken_as_helm_takes_them() {
    let differences: String = documents().iter().filter_map(difference).collect();
    assert!(differences.is_empty(), "{differences}");
}

/// How what we make of a text differs from what Helm made of it. The words of an error are our own, but its reason must
/// be of the same kind.
fn difference(case: &serde_json::Value) -> Option<String> {
    let text = case["text"].as_str().unwrap();
    let ours = print_text(text);
    let same = match &ours {
        Ok(stdout) => case["stdout"] == **stdout,
        Err(ManifestErrorKind::Shape { .. }) => is_refused(case, "json: cannot unmarshal"),
        Err(ManifestErrorKind::Yaml(_)) => is_refused(case, "error converting YAML to JSON"),
    };
    (!same).then(|| format!("{text:?}\n  ours {ours:?}\n  helm {case}\n"))
}

fn is_refused(case: &serde_json::Value, why: &str) -> bool {
    case["error"].as_str().is_some_and(|error| error.contains(why))
}

fn documents() -> Vec<serde_json::Value> {
    serde_json::from_str(&std::fs::read_to_string(common::fixture("documents.json")).unwrap()).unwrap()
}

/// What we print of a chart with one template.
fn print_text(text: &str) -> Result<String, ManifestErrorKind> {
    let file = File::new("t/templates/t.yaml", text.trim_start_matches('\u{feff}'));
    let manifests = Manifests::sort_out([file], []).map_err(|mut errors| errors.swap_remove(0).kind)?;
    Ok(render::output::to_text(&manifests))
}

#[test]
fn charts_are_printed_as_helm_prints_them() {
    for (chart, runs) in RUNS {
        let recorded = std::fs::read_to_string(recording(chart)).unwrap();
        let mut recorded = recorded.split(RUN).skip(1);
        for run in *runs {
            // What Helm says of an error is not ours to print.
            let recorded = recorded.next().unwrap().split("=== stderr\n").next().unwrap();
            match divergence(run) {
                Some(reason) => assert!(recorded.contains("exit 1"), "no longer so: {reason}"),
                None => assert_eq!(ours(chart, run), recorded, "{chart} {run}"),
            }
        }
    }
}

/// Where we do better than Helm.
fn divergence(run: &str) -> Option<&'static str> {
    (run.contains("-s ") && run.contains("--output-dir")).then_some("Helm writes all files and then finds no template")
}

/// What stands before each run in a recording.
const RUN: &str = "========== ";

fn recording(chart: &str) -> std::path::PathBuf {
    common::fixture(&format!("charts/{chart}.txt"))
}

/// What we make of a run, in the form of a recording.
fn ours(chart: &str, run: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (selection, destination) = plan(run, folder.path());
    let root = common::fixture(&format!("charts/{chart}"));
    let (mut rendered, mut crds) = (Vec::new(), Vec::new());
    add_chart(&root, chart, &mut rendered, &mut crds);
    let manifests = Manifests::sort_out(rendered, crds).unwrap();
    let printed = select(manifests, &selection).and_then(|chosen| write(&chosen, &destination, "r"));
    let (exit, stdout) = match printed {
        Ok(stdout) => (0, stdout.replace(&format!("{}/", folder.path().display()), "")),
        Err(_) => (1, String::new()),
    };
    format!("{}\nexit {exit}\n=== stdout\n{stdout}{}", command(chart, run), written(folder.path()))
}

fn command(chart: &str, run: &str) -> String {
    format!("helm template r {chart} {run}").trim_end().to_owned()
}

/// The flags of a run, files going below a folder.
fn plan(run: &str, folder: &Path) -> (Selection, Destination) {
    let mut selection = Selection { show_only: vec![], crds: false, hooks: true, tests: true };
    let (mut dir, mut by_release) = (None, false);
    let mut words = run.split(' ').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        match word {
            "--include-crds" => selection.crds = true,
            "--no-hooks" => selection.hooks = false,
            "--skip-tests" => selection.tests = false,
            "--release-name" => by_release = true,
            "-s" => selection.show_only.extend(words.next().map(str::to_owned)),
            "--output-dir" => dir = words.next().map(|dir| folder.join(dir)),
            _ => panic!("{word}"),
        }
    }
    (selection, dir.map_or(Destination::Stdout, |dir| Destination::Folder { dir, by_release }))
}

/// The files of a chart and of those below it, as Helm would load and render them.
fn add_chart(folder: &Path, path: &str, rendered: &mut Vec<File>, crds: &mut Vec<File>) {
    let file = |(below, text): (String, String)| File::new(format!("{path}/{below}"), text);
    rendered.extend(files(&folder.join("templates"), "templates").into_iter().map(file));
    let manifest = |below: &str| [".yaml", ".yml", ".json"].iter().any(|e| below.to_lowercase().ends_with(e));
    crds.extend(files(&folder.join("crds"), "crds").into_iter().filter(|(below, _)| manifest(below)).map(file));
    let Ok(charts) = std::fs::read_dir(folder.join("charts")) else { return };
    for chart in charts {
        let chart = chart.unwrap();
        let name = chart.file_name().into_string().unwrap();
        add_chart(&chart.path(), &format!("{path}/charts/{name}"), rendered, crds);
    }
}

/// All files below a folder, by their paths.
fn files(folder: &Path, name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let below = format!("{name}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path(), &below));
        } else {
            found.insert(below, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    found
}

fn written(folder: &Path) -> String {
    files(folder, "")
        .into_iter()
        .map(|(path, text)| format!("=== file {}\n{text}", path.trim_start_matches('/')))
        .collect()
}

#[test]
#[ignore = "compares with a live Helm: HELM=path [RECORD=1] cargo test manifests -- --ignored"]
fn recordings_are_what_helm_prints() {
    for (chart, runs) in RUNS {
        let now: String = runs.iter().map(|run| helm_run(chart, run)).collect();
        check(&recording(chart), &format!("{}{now}", helm_version()));
    }
    let cases: Vec<_> = documents().iter().map(|case| helm_text(case["text"].as_str().unwrap())).collect();
    check(&common::fixture("documents.json"), &(serde_json::to_string_pretty(&cases).unwrap() + "\n"));
}

/// Compares a recording with what Helm says now, or replaces it.
fn check(path: &Path, now: &str) {
    if std::env::var_os("RECORD").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), now, "{}", path.display());
}

fn helm_run(chart: &str, run: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let root = common::fixture(&format!("charts/{chart}"));
    let mut args = vec!["template", "r", root.to_str().unwrap()];
    args.extend(run.split(' ').filter(|word| !word.is_empty()));
    let output = common::helm(&args, folder.path());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (exit, stdout, stderr) = (output.status.code().unwrap(), text(output.stdout), text(output.stderr));
    let head = format!("{RUN}{}\nexit {exit}\n=== stdout\n{stdout}", command(chart, run));
    format!("{head}{}=== stderr\n{stderr}", written(folder.path()))
}

fn helm_version() -> String {
    let output = common::helm(&["version", "--template", "helm {{.Version}}\n"], Path::new("."));
    String::from_utf8(output.stdout).unwrap()
}

fn helm_text(text: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("templates")).unwrap();
    std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: t\nversion: 0.1.0\n").unwrap();
    std::fs::write(folder.path().join("templates/t.yaml"), text).unwrap();
    let output = common::helm(&["template", "r", "."], folder.path());
    if output.status.success() {
        return serde_json::json!({"text": text, "stdout": String::from_utf8(output.stdout).unwrap()});
    }
    let error = String::from_utf8(output.stderr).unwrap();
    serde_json::json!({"text": text, "error": error.lines().next().unwrap_or_default()})
}

/// `BATCHES` charts from `SEED` on.
#[test]
#[ignore = "compares with a live Helm: HELM=path [SEED=n] [BATCHES=n] cargo test manifests -- --ignored"]
fn random_charts_are_printed_as_helm_prints_them() {
    let mut random = common::Random::from_env();
    for _ in 0..common::batches() * 20 {
        let count = 1 + random.below(6);
        let files: BTreeMap<String, String> = (0..count).map(|_| random_file(&mut random)).collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("templates/d")).unwrap();
        std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: t\nversion: 0.1.0\n").unwrap();
        files.iter().for_each(|(path, text)| std::fs::write(folder.path().join(path), text).unwrap());
        let helm = common::helm(&["template", "r", "."], folder.path());
        let rendered = files.iter().map(|(path, text)| File::new(format!("t/{path}"), text.as_str()));
        match Manifests::sort_out(rendered, []) {
            Ok(manifests) => {
                assert!(helm.status.success(), "{files:?} {}", String::from_utf8_lossy(&helm.stderr));
                let ours = render::output::to_text(&manifests);
                assert_eq!(ours, String::from_utf8_lossy(&helm.stdout), "{files:?}");
            }
            Err(errors) => assert!(!helm.status.success(), "{files:?} {errors:?}"),
        }
    }
}

fn random_file(random: &mut common::Random) -> (String, String) {
    const NAMES: &[&str] =
        &["a.yaml", "b.yaml", "B.yaml", "a-b.yaml", "d/a.yaml", "a.json", "é.yaml", "_p.yaml", "NOTES.txt"];
    const PIECES: &[&str] = &[
        "kind: Service",
        "kind: Job\nn: 1",
        "kind: Widget",
        "kind: Gadget",
        "kind: Secret\nn: 2",
        "# comment",
        "{kind: Pod}",
        "kind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: test",
        "a: |\n  text\n\n",
        "a: 'x\n  y'",
        "x: 1\n...\n[",
        "kind: Pod\nmetadata: {annotations: {helm.sh/hook: nope}}",
        "a: \"\\\n  b\"",
        "\u{a0}",
        "~",
    ];
    const BEGINNINGS: &[&str] =
        &["", "", "---\n", "---", "\n\n---\n", "# c\n---\n", "\u{b}", "------\n", "a: 1\n---\n\u{feff}"];
    const SEPARATORS: &[&str] = &[
        "\n---\n",
        "\n---\n",
        "\n---\n",
        "\n--- \n",
        "\n---",
        "\r\n---\r\n",
        "\n\n---\n\n",
        "\n---\n---\n",
        "\n--- # c\n",
        "\n\t\n---\t",
        " \n---\n",
        "\n---\n \n---\n",
        "\n---\r\n---\n",
        "\n----\n",
        "\x0c\n---\n",
        "\n...\n---\n",
    ];
    let mut text = random.pick(BEGINNINGS).to_owned();
    for _ in 0..random.below(5) {
        text += random.pick(PIECES);
        text += if random.one_in(2) { "\n---\n" } else { random.pick(SEPARATORS) };
    }
    (format!("templates/{}", random.pick(NAMES)), text)
}
