//! Random templates against a real Helm: live where `HELM` names one, and against its recorded results elsewhere.
//!
//! `HELM=path [GOTPL_COUNT=n] [GOTPL_SEED=n] [GOTPL_RECORD=1] cargo test gotpl::tests::differential`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::generate::Generator;
use super::{from_json, on_large_stack, render};
use crate::value::Value;

const CASES: &str = include_str!("../../../../tests/fixtures/gotemplate-cases.json");
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/gotemplate-generated.json");

/// What a template gives: the text, or the error.
type Outcome = Result<String, String>;

fn values() -> serde_json::Value {
    let mut cases: serde_json::Value = serde_json::from_str(CASES).unwrap();
    cases["values"].take()
}

fn decode(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

const WRAPPER: &str = "x: {{ include \"t/templates/_case.tpl\" . | b64enc }}";

fn ours(values: &Value, template: &str) -> Outcome {
    let result = render(values, &[("a.yaml", WRAPPER), ("_case.tpl", template)]);
    result.map(|text| decode(&text[3..])).map_err(|err| format!("Error: {}", err.message))
}

/// A real Helm with a chart to run it on.
struct Helm {
    binary: String,
    folder: PathBuf,
}

impl Helm {
    fn new(binary: String) -> Self {
        let folder = std::env::temp_dir().join(format!("gotpl-{}", std::process::id()));
        Helm { binary, folder }
    }

    fn chart(&self, files: &[(String, String)]) {
        let _ = std::fs::remove_dir_all(&self.folder);
        std::fs::create_dir_all(self.folder.join("templates")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(self.folder.join(name), text).unwrap();
        write("Chart.yaml", "apiVersion: v2\nname: t\nversion: 0.1.0\n");
        write("values.yaml", &values().to_string());
        files.iter().for_each(|(name, text)| write(&format!("templates/{name}"), text));
    }

    fn run(&self) -> Outcome {
        let out = Command::new(&self.binary)
            .args(["template", "r"])
            .arg(&self.folder)
            .env("HOME", std::env::temp_dir())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if out.status.success() {
            return Ok(text(&out.stdout));
        }
        let err = text(&out.stderr);
        Err(err.strip_suffix("\n\nUse --debug flag to render out invalid YAML\n").unwrap_or(&err).to_owned())
    }

    fn one(&self, template: &str) -> Outcome {
        self.chart(&[("a.yaml".into(), WRAPPER.into()), ("_case.tpl".into(), template.into())]);
        self.run().map(|text| decode(text.split("x: ").nth(1).unwrap_or_default()))
    }

    /// Many templates in one chart; where one of them fails, in two.
    fn many(&self, templates: &[&String]) -> Vec<Outcome> {
        if let [one] = templates {
            return vec![self.one(one)];
        }
        let mut files = Vec::new();
        let mut all = String::new();
        for (i, template) in templates.iter().enumerate() {
            // A block or a define of one template would be seen by the others.
            files.push((format!("_c{i}.tpl"), separate(template, i)));
            all.push_str(&format!("k{i}: {{{{ include \"t/templates/_c{i}.tpl\" . | b64enc }}}}\n"));
        }
        files.push(("a.yaml".into(), all));
        self.chart(&files);
        match self.run() {
            Ok(text) => {
                let lines = text.lines().filter_map(|line| line.strip_prefix('k')?.split_once(':'));
                lines.map(|(_, encoded)| Ok(decode(encoded))).collect()
            }
            Err(_) => {
                let (left, right) = templates.split_at(templates.len() / 2);
                let mut outcomes = self.many(left);
                outcomes.extend(self.many(right));
                outcomes
            }
        }
    }
}

impl Drop for Helm {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn separate(template: &str, i: usize) -> String {
    let mut text = template.replace("\"d0\"", &format!("\"d{i}x\""));
    for n in 0..3 {
        text = text.replace(&format!("block \"b{n}\""), &format!("block \"b{n}x{i}\""));
    }
    text
}

fn generate(seed: u64, count: usize) -> Vec<String> {
    let mut generator = Generator::new(seed);
    (0..count).map(|_| generator.template()).collect()
}

/// Addresses differ from run to run, in Helm too.
fn comparable(template: &str, outcome: &Outcome) -> bool {
    let text = match outcome {
        Ok(text) | Err(text) => text,
    };
    !["0xc000", "Capabilities"].iter().any(|word| text.contains(word) || template.contains(word))
}

fn differences(pairs: &[(String, Outcome, Outcome)]) -> Vec<String> {
    let differ = pairs.iter().filter(|(template, got, want)| got != want && comparable(template, want));
    differ.map(|(template, got, want)| format!("{template}\n  got  {got:?}\n  want {want:?}\n")).collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
fn generated_templates_give_what_helm_gives() {
    let Ok(binary) = std::env::var("HELM") else { return };
    let data = from_json(&values());
    let templates = generate(number("GOTPL_SEED", 1), number("GOTPL_COUNT", 300) as usize);
    let got: Vec<Outcome> = on_large_stack(|| templates.iter().map(|t| ours(&data, t)).collect());
    let helm = Helm::new(binary);
    let good: Vec<&String> = templates.iter().zip(&got).filter(|(_, got)| got.is_ok()).map(|(t, _)| t).collect();
    let mut good = good.chunks(200).flat_map(|chunk| helm.many(chunk)).collect::<Vec<_>>().into_iter();
    let pairs: Vec<_> = templates
        .iter()
        .zip(got)
        .map(|(t, got)| {
            let want = if got.is_ok() { good.next().unwrap() } else { helm.one(t) };
            (t.clone(), got, want)
        })
        .collect();
    if std::env::var("GOTPL_RECORD").is_ok() {
        record(Path::new(RECORDED), &pairs);
    }
    let wrong = differences(&pairs);
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
}

fn record(path: &Path, pairs: &[(String, Outcome, Outcome)]) {
    let cases = pairs.iter().filter(|(template, _, want)| comparable(template, want)).map(|(template, _, want)| {
        let (key, text) = match want {
            Ok(text) => ("out", text),
            Err(text) => ("err", text),
        };
        serde_json::json!({ "tpl": template, key: text })
    });
    let lines: Vec<String> = cases.map(|case| case.to_string()).collect();
    std::fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
}

#[test]
fn recorded_templates_give_what_helm_gave() {
    let recorded: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(RECORDED).unwrap()).unwrap();
    let data = from_json(&values());
    let pairs: Vec<_> = on_large_stack(|| {
        let cases = recorded.as_array().unwrap().iter();
        cases
            .map(|case| {
                let template = case["tpl"].as_str().unwrap().to_owned();
                let want = case["out"].as_str().map(str::to_owned);
                let want = want.ok_or_else(|| case["err"].as_str().unwrap().to_owned());
                (template.clone(), ours(&data, &template), want)
            })
            .collect()
    });
    let wrong = differences(&pairs);
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
}
