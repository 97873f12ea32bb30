//! The YAML and JSON writers against what Helm 4.1.4 printed, and against a live Helm with random data.

use render::diag::{SourceKind, Sources};
use render::value::{Num, Origin, Value};
use render::yaml::{JsonOptions, Numbers, WriteOptions, load, to_flow, to_json, to_yaml};

use crate::common;

mod random;

/// A value of JSON text, integers as YAML reads them.
fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::NULL,
        serde_json::Value::Bool(b) => Value::bool(*b),
        serde_json::Value::Number(n) => {
            let uint = || n.as_u64().map(Num::Uint);
            let num = n.as_i64().map(Num::Int).or_else(uint).or_else(|| n.as_f64().map(Num::Float));
            Value::Num(num.unwrap(), Origin::NONE)
        }
        serde_json::Value::String(s) => Value::str(s.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json)),
        serde_json::Value::Object(map) => Value::map(map.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

/// A value as a reader of YAML 1.2 sees it.
fn from_yaml(yaml: &serde_yaml::Value) -> Value {
    match yaml {
        serde_yaml::Value::Null => Value::NULL,
        serde_yaml::Value::Bool(b) => Value::bool(*b),
        serde_yaml::Value::Number(n) => {
            let uint = || n.as_u64().map(Num::Uint);
            let num = n.as_i64().map(Num::Int).or_else(uint).or_else(|| n.as_f64().map(Num::Float));
            Value::Num(num.unwrap(), Origin::NONE)
        }
        serde_yaml::Value::String(s) => Value::str(s.as_str()),
        serde_yaml::Value::Sequence(items) => Value::list(items.iter().map(from_yaml)),
        serde_yaml::Value::Mapping(map) => Value::map(map.iter().map(|(k, v)| (k.as_str().unwrap(), from_yaml(v)))),
        serde_yaml::Value::Tagged(tagged) => panic!("a tag: {tagged:?}"),
    }
}

#[test]
fn recorded_values_are_written_as_helm_wrote_them() {
    let text = std::fs::read_to_string(common::fixture("yaml-cases.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for case in &cases {
        let Some(json) = case["helm4"]["toJson"].as_str() else { continue };
        let value = from_json(&serde_json::from_str(json).unwrap());
        let yaml = to_yaml(&value, &WriteOptions::HELM).unwrap_or_default();
        // Go's order contradicts itself for these keys (a1b < a9 < a10 < a1b), so that its output depends on chance.
        if !json.contains("a1b") {
            assert_eq!(Some(yaml.as_str()), case["helm4"]["toYaml"].as_str(), "{}", case["input"]);
        }
        assert_eq!(to_json(&value, &JsonOptions::HELM).unwrap(), json, "{}", case["input"]);
        checked += 1;
    }
    assert!(checked > 700, "{checked}");
}

/// `BATCHES` batches of 1,000 values each, from `SEED` on.
#[test]
#[ignore = "compares with a live Helm: HELM=path [SEED=n] [BATCHES=n] cargo test yaml_write -- --ignored"]
fn random_values_are_written_as_helm_writes_them() {
    let mut random = common::Random::from_env();
    for _ in 0..common::batches() {
        let values: Vec<Value> = (0..1000).map(|_| random::value(&mut random)).collect();
        compare(&values);
    }
}

#[test]
fn exact_text_loads_as_what_was_written() {
    let mut random = common::Random::from_env();
    for _ in 0..5000 {
        let value = random::value(&mut random);
        let mut flow = String::new();
        to_flow(&value, &mut flow);
        let yaml = to_yaml(&value, &WriteOptions::EXACT).unwrap() + "\n";
        for text in [flow, yaml] {
            let source = Sources::default().add("", SourceKind::Data, text.as_bytes()).unwrap();
            let loaded = load(&source).unwrap_or_else(|err| panic!("{err:?}: {text}")).value;
            assert_same(&exact_json(&loaded), &exact_json(&value), &text);
        }
    }
}

fn exact_json(value: &Value) -> String {
    to_json(value, &JsonOptions { numbers: Numbers::Exact, ..JsonOptions::HELM }).unwrap()
}

#[test]
fn flow_text_reads_back_in_yaml_1_2() {
    let mut random = common::Random::from_env();
    for _ in 0..3000 {
        let value = random::value(&mut random);
        let mut flow = String::new();
        to_flow(&value, &mut flow);
        let read: serde_yaml::Value = serde_yaml::from_str(&flow).unwrap_or_else(|e| panic!("{e}: {flow}"));
        assert_same(&exact_json(&from_yaml(&read)), &exact_json(&value), &flow);
    }
}

/// `BATCHES` batches of 1,000 values each, from `SEED` on.
#[test]
#[ignore = "compares with a live Helm: HELM=path [SEED=n] [BATCHES=n] cargo test yaml_write -- --ignored"]
fn flow_text_reads_back_in_helm() {
    let mut random = common::Random::from_env();
    for _ in 0..common::batches() {
        let values: Vec<Value> = (0..1000).map(|_| random::value(&mut random)).collect();
        let flow = |value: &Value| {
            let mut out = String::new();
            to_flow(value, &mut out);
            out
        };
        let json = |value: &Value| to_json(value, &JsonOptions::HELM).unwrap();
        for (value, helm) in values.iter().zip(helm_lines(&values, flow, &["toJson $v"])) {
            assert_same(&json(value), &helm, &flow(value));
        }
    }
}

/// `BATCHES` batches of 1,000 values each, from `SEED` on.
#[test]
#[ignore = "compares with a live Helm: HELM=path [SEED=n] [BATCHES=n] cargo test yaml_write -- --ignored"]
fn exact_yaml_reads_back_in_helm() {
    let mut random = common::Random::from_env();
    for _ in 0..common::batches() {
        let values: Vec<Value> = (0..1000).map(|_| Value::list([random::value(&mut random)])).collect();
        let yaml = |value: &Value| to_yaml(value, &WriteOptions::EXACT).unwrap() + "\n";
        let json = |value: &Value| to_json(value, &JsonOptions::HELM).unwrap();
        let lines = helm_lines(&values, |value| quoted(&yaml(value)), &["toJson (fromYamlArray $v)"]);
        for (value, helm) in values.iter().zip(lines) {
            assert_same(&json(value), &helm, &yaml(value));
        }
    }
}

/// Prints a value.
type Print = fn(&Value) -> String;

/// What a template prints of a value, and what we print.
const FUNCTIONS: [(&str, Print); 5] = [
    ("toYaml $v", |v| to_yaml(v, &WriteOptions::HELM).unwrap_or_default()),
    ("toYamlPretty $v", |v| to_yaml(v, &WriteOptions::HELM_PRETTY).unwrap_or_default()),
    ("toJson $v", |v| to_json(v, &JsonOptions::HELM).unwrap_or_default()),
    ("toPrettyJson $v", |v| to_json(v, &JsonOptions::HELM_PRETTY).unwrap_or_default()),
    ("toRawJson $v", |v| to_json(v, &JsonOptions::HELM_RAW).unwrap_or_default()),
];

fn compare(values: &[Value]) {
    let lines = helm_lines(values, input, &FUNCTIONS.map(|(name, _)| name));
    assert_eq!(lines.len(), values.len() * FUNCTIONS.len());
    let mut differences = String::new();
    for (value, helm) in values.iter().zip(lines.chunks(FUNCTIONS.len())) {
        for ((name, function), helm) in FUNCTIONS.iter().zip(helm) {
            let ours = function(value);
            differences += &difference(&ours, helm).map_or(String::new(), |d| format!("{name} {}{d}", input(value)));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn assert_same(ours: &str, theirs: &str, input: &str) {
    if let Some(difference) = difference(ours, theirs) {
        panic!("{difference} in {input}");
    }
}

/// Two texts from shortly before they differ.
fn difference(ours: &str, theirs: &str) -> Option<String> {
    let at = ours.chars().zip(theirs.chars()).take_while(|(a, b)| a == b).count().saturating_sub(20);
    let rest = |text: &str| text.chars().skip(at).take(100).collect::<String>();
    (ours != theirs).then(|| format!("\n  ours   {:?}\n  theirs {:?}\n", rest(ours), rest(theirs)))
}

/// What Helm prints of each value by each call, where `input` writes the values for it.
fn helm_lines(values: &[Value], input: impl Fn(&Value) -> String, calls: &[&str]) -> Vec<String> {
    let chart = tempfile::tempdir().unwrap();
    std::fs::create_dir(chart.path().join("templates")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(chart.path().join(name), text).unwrap();
    write("Chart.yaml", "apiVersion: v2\nname: t\nversion: 0.1.0\n");
    let lines: String = calls.iter().map(|call| format!("\n#{{{{ {call} | b64enc }}}}")).collect();
    write("templates/t.yaml", &format!("{{{{ range $v := .Values.v }}}}{lines}{{{{ end }}}}\n"));
    let items: String = values.iter().map(|v| format!("- {}\n", input(v))).collect();
    write("v.yaml", &format!("v:\n{items}"));
    let output = common::helm(&["template", "t", ".", "-f", "v.yaml"], chart.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let decoded = |base64| String::from_utf8(common::from_base64(base64)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' ')).map(decoded).collect()
}

/// The value as YAML that needs no trust in the writer: every text quoted, every key announced.
fn input(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".into(),
        Value::Bool(b, _) => b.to_string(),
        Value::Num(Num::Float(n), _) => format!("{n:e}"),
        Value::Num(n, _) => n.to_string(),
        Value::Str(text, _) => quoted(text),
        Value::List(items, _) => format!("[{}]", items.iter().map(input).collect::<Vec<_>>().join(", ")),
        Value::Map(map, _) => {
            let entries: Vec<_> = map.iter().map(|(k, v)| format!("? {} : {}", quoted(k), input(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}
