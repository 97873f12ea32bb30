//! Random templates against a real Helm: live where `HELM` names one, and against its recorded results elsewhere.
//!
//! `HELM=path [GOTPL_COUNT=n] [GOTPL_SEED=n] [GOTPL_ERRORS=n] [GOTPL_RECORD=1] cargo test gotpl::tests::differential`.
//! Many templates go into one chart, so that Helm starts once for all that succeed; of those that fail here, one in
//! GOTPL_ERRORS is asked for alone, since Helm stops at the first error. What once differed is in
//! tests/fixtures/gotemplate-found.json: add a template as `{"tpl": "…"}` and record.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use super::generate::{Generator, Random};
use super::{from_json, on_large_stack, render};
use crate::value::Value;

const CASES: &str = include_str!("../../../../tests/fixtures/gotemplate-cases.json");
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/gotemplate-generated.json");
const FOUND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/gotemplate-found.json");

const DIFFERENCES: &str = include_str!("../../../../tests/fixtures/differences.yaml");

/// The seed of what is recorded.
const RECORDED_SEED: u64 = 1;

/// How many templates go into one chart, and how many charts are tried at a time.
const BATCH: usize = 200;
const JOBS: usize = 3;

/// What a template gives: the text, or the error.
type Outcome = Result<String, String>;

/// The measured cases' values, and some that differ from seed to seed.
fn values(seed: u64) -> Json {
    let mut cases: Json = serde_json::from_str(CASES).unwrap();
    let mut values = cases["values"].take();
    values["odd"] = odd(&mut Random::new(seed ^ 0xddd), 0);
    values
}

fn odd(random: &mut Random, depth: usize) -> Json {
    const KEYS: [&str; 8] = ["a", "b", "x", "b10", "b9", "yes", "a b", "é"];
    const TEXTS: [&str; 10] = ["", "a", "yes", "1e3", "a: b", "- x", "two\nlines\n", " pad ", "<é&>", "012"];
    const NUMBERS: [f64; 8] = [0.0, -1.0, 7.0, 0.1, 1e6, 123_456_789_012.0, 1.5e-9, 1e21];
    match random.below(if depth > 2 { 5 } else { 9 }) {
        0 => Json::Null,
        1 => json!(random.one_in(2)),
        2 => json!(NUMBERS[random.below(NUMBERS.len())]),
        3 | 4 => json!(random.pick(&TEXTS)),
        5 | 6 => (0..random.below(4)).map(|_| odd(random, depth + 1)).collect(),
        _ => (0..random.below(4)).map(|_| (random.pick(&KEYS).to_owned(), odd(random, depth + 1))).collect(),
    }
}

fn decode(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a template gets: values of its own, since it may change them.
const OWN: &str =
    "dict \"Values\" (fromJson (toJson .Values)) \"Release\" .Release \"Chart\" .Chart \"Template\" .Template";
const SHARED: &str = "{{ define \"shared\" }}<{{ . }}>{{ end }}";

fn wrapper() -> String {
    format!("{{{{ $own := {OWN} }}}}x: {{{{ include \"t/templates/_case.tpl\" $own | b64enc }}}}")
}

fn ours(values: &Value, template: &str) -> Outcome {
    let result = render(values, &[("a.yaml", &wrapper()), ("_case.tpl", template), ("_shared.tpl", SHARED)]);
    result.map(|text| decode(&text[3..])).map_err(|err| format!("Error: {}", err.message))
}

/// A real Helm with a chart to run it on.
struct Helm<'h> {
    binary: &'h str,
    values: String,
    folder: PathBuf,
}

impl<'h> Helm<'h> {
    fn new(binary: &'h str, values: &Json, number: usize) -> Self {
        let folder = std::env::temp_dir().join(format!("gotpl-{}-{number}", std::process::id()));
        Helm { binary, values: values.to_string(), folder }
    }

    fn chart(&self, files: &[(String, String)]) {
        let _ = std::fs::remove_dir_all(&self.folder);
        std::fs::create_dir_all(self.folder.join("templates")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(self.folder.join(name), text).unwrap();
        write("Chart.yaml", "apiVersion: v2\nname: t\nversion: 0.1.0\n");
        write("values.yaml", &self.values);
        write("templates/_shared.tpl", SHARED);
        files.iter().for_each(|(name, text)| write(&format!("templates/{name}"), text));
    }

    fn run(&self) -> Outcome {
        let out = Command::new(self.binary)
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
        self.chart(&[("a.yaml".into(), wrapper()), ("_case.tpl".into(), template.into())]);
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
            all.push_str(&format!("k{i}: {{{{ include \"t/templates/_c{i}.tpl\" ({OWN}) | b64enc }}}}\n"));
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

impl Drop for Helm<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn separate(template: &str, i: usize) -> String {
    let mut text = template.replace("\"d0\"", &format!("\"d{i}x\""));
    for n in 0..9 {
        text = text.replace(&format!("block \"b{n}\""), &format!("block \"b{n}x{i}\""));
    }
    text
}

fn generate(seed: u64, count: usize) -> Vec<String> {
    let mut generator = Generator::new(seed);
    (0..count).map(|_| generator.template()).collect()
}

/// A template with what it gives here and in Helm.
type Pair = (String, Outcome, Outcome);

/// Asks Helm for each template, many at a time where they succeed here.
fn compare(binary: &str, seed: u64, templates: &[String], one_error_in: usize) -> Vec<Pair> {
    let values = values(seed);
    let data = from_json(&values);
    let got: Vec<Outcome> = on_large_stack(|| templates.iter().map(|t| ours(&data, t)).collect());
    let (good, bad): (Vec<usize>, Vec<usize>) = (0..templates.len()).partition(|i| got[*i].is_ok());
    let singles = bad.into_iter().filter(|i| !is_endless(&got[*i])).step_by(one_error_in).map(|i| vec![i]);
    let batches: Vec<Vec<usize>> = good.chunks(BATCH).map(<[usize]>::to_vec).chain(singles).collect();
    let (next, wanted) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = |job: usize| {
        let helm = Helm::new(binary, &values, job);
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let texts: Vec<&String> = batch.iter().map(|i| &templates[*i]).collect();
            let outcomes = helm.many(&texts);
            assert_eq!(outcomes.len(), batch.len());
            wanted.lock().unwrap().extend(batch.iter().copied().zip(outcomes));
        }
    };
    std::thread::scope(|scope| (0..JOBS).for_each(|job| drop(scope.spawn(move || work(job)))));
    let mut wanted = wanted.into_inner().unwrap();
    wanted.sort_by_key(|(i, _)| *i);
    wanted.into_iter().map(|(i, want)| (templates[i].clone(), got[i].clone(), want)).collect()
}

/// Templates that go on for as long as Helm has memory are stopped here, in tests sooner than elsewhere.
fn is_endless(outcome: &Outcome) -> bool {
    let stopped = ["the template runs for too long", "the template prints too much", "the value is too large"];
    outcome.as_ref().is_err_and(|err| stopped.iter().any(|words| err.contains(words)))
}

fn text_of(outcome: &Outcome) -> &str {
    let (Ok(text) | Err(text)) = outcome;
    text
}

/// Addresses differ from run to run, in Helm too, and where it took more memory than there is it says nothing.
fn comparable(outcome: &Outcome) -> bool {
    *outcome != Err(String::new()) && !text_of(outcome).contains("0xc000")
}

/// A difference that is meant: an entry of tests/fixtures/differences.yaml.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// What stands in the template.
    template: Vec<String>,
    /// What stands in Helm's result.
    #[serde(default)]
    helm: String,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

impl Difference {
    fn all() -> Vec<Self> {
        let lists: serde_yaml::Value = serde_yaml::from_str(DIFFERENCES).unwrap();
        serde_yaml::from_value(lists["templates"].clone()).unwrap()
    }

    fn is_about(&self, (template, _, want): &Pair) -> bool {
        self.template.iter().all(|words| template.contains(words)) && text_of(want).contains(&self.helm)
    }
}

fn differences(pairs: &[Pair]) -> Vec<String> {
    let listed = Difference::all();
    let differ = pairs.iter().filter(|(_, got, want)| got != want && comparable(want) && !is_endless(got));
    let wrong = differ.filter(|pair| !listed.iter().any(|entry| entry.is_about(pair)));
    wrong.map(|(template, got, want)| format!("{template}\n  got  {got:?}\n  want {want:?}\n")).collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
#[expect(clippy::print_stderr, reason = "the counts are the result")]
fn templates_give_what_helm_gives() {
    let Ok(binary) = std::env::var("HELM") else { return };
    let records = std::env::var("GOTPL_RECORD").is_ok();
    let seed = if records { RECORDED_SEED } else { number("GOTPL_SEED", 1) };
    let count = number("GOTPL_COUNT", 300) as usize;
    let found = read(FOUND).into_iter().map(|(template, _)| template).collect();
    let mut wrong = Vec::new();
    for (path, seed, templates) in [(FOUND, RECORDED_SEED, found), (RECORDED, seed, generate(seed, count))] {
        let pairs = compare(&binary, seed, &templates, number("GOTPL_ERRORS", 1) as usize);
        let failed = pairs.iter().filter(|(_, _, want)| want.is_err()).count();
        eprintln!("{} templates, {} compared, {failed} of them fail in Helm", templates.len(), pairs.len());
        if records {
            record(Path::new(path), &pairs);
        }
        wrong.extend(differences(&pairs));
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn record(path: &Path, pairs: &[Pair]) {
    let cases = pairs.iter().filter(|(_, _, want)| comparable(want)).map(|(template, _, want)| match want {
        Ok(text) => json!({ "tpl": template, "out": text }),
        Err(text) => json!({ "tpl": template, "err": text }),
    });
    let lines: Vec<String> = cases.map(|case| case.to_string()).collect();
    std::fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
}

/// Recorded templates with what Helm gave; nothing yet where a template was only added.
fn read(path: &str) -> Vec<(String, Outcome)> {
    let recorded: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |case: &Json, key: &str| case[key].as_str().map(str::to_owned);
    let outcome = |case: &Json| text(case, "out").ok_or_else(|| text(case, "err").unwrap_or_default());
    recorded.iter().map(|case| (text(case, "tpl").unwrap(), outcome(case))).collect()
}

#[test]
fn recorded_templates_give_what_helm_gave() {
    let data = from_json(&values(RECORDED_SEED));
    let recorded = [RECORDED, FOUND].into_iter().flat_map(read);
    let pairs: Vec<Pair> =
        on_large_stack(|| recorded.map(|(template, want)| (template.clone(), ours(&data, &template), want)).collect());
    let wrong = differences(&pairs);
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
    for entry in Difference::all() {
        let is_needed = pairs.iter().any(|pair| pair.1 != pair.2 && entry.is_about(pair));
        assert!(is_needed, "nothing needs the difference of {:?}", entry.template);
    }
}
