//! Manifests and their printing against what Helm 4.1.4 made of single texts (`documents.json`) and makes of random
//! charts. `HELM=path RECORD=1 cargo test manifests` records the texts again; without RECORD that compares.

use std::collections::BTreeMap;
use std::path::Path;

use render::manifest::{File, ManifestErrorKind, Manifests};

use crate::common;

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
fn recordings_are_what_helm_prints() {
    if !common::has_helm() {
        return;
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
fn random_charts_are_printed_as_helm_prints_them() {
    if !common::has_helm() {
        return;
    }
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
