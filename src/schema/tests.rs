//! Schemas and values against what a real Helm said of them, and the drawn diagnostics.

use std::path::{Path as FilePath, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::*;
use crate::diag::{SourceKind, Sources};

/// A schema, values, and what Helm says below `c:`; null where it renders.
struct Case {
    schema: String,
    values: Json,
    helm: Option<String>,
}

fn fixture() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema/helm-4.1.4.jsonl")
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(fixture()).unwrap();
    let case = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        Case {
            schema: json["schema"].as_str().unwrap().to_owned(),
            values: json["values"].clone(),
            helm: json["helm"].as_str().map(str::to_owned),
        }
    };
    text.lines().map(case).collect()
}

fn source(text: &str) -> Arc<Source> {
    Sources::default().add("values.schema.json", SourceKind::Schema, text.as_bytes()).unwrap()
}

/// What this crate says in Helm's place.
fn ours(case: &Case) -> Option<String> {
    match Schema::compile(&source(&case.schema)) {
        Err(error) => Some(format!("compile: {}", error.problems[0].title)),
        Ok(schema) => Some(schema.helm_text(&json::from_json(&case.values))).filter(|text| !text.is_empty()),
    }
}

/// Helm's lines with those of one level in a fixed order: it walks maps in none.
fn sorted(text: &str) -> String {
    sorted_blocks(&text.trim_end().lines().collect::<Vec<_>>(), 2).join("\n")
}

fn sorted_blocks(lines: &[&str], indent: usize) -> Vec<String> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if line.starts_with(&" ".repeat(indent)) => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    let whole = |block: &Vec<&str>| {
        let below = sorted_blocks(&block[1..], indent + 2);
        [&[sorted_names(block[0])], below.as_slice()].concat().join("\n")
    };
    let mut texts: Vec<String> = blocks.iter().map(whole).collect();
    texts.sort();
    texts
}

/// `additional properties 'b', 'a' not allowed`
fn sorted_names(line: &str) -> String {
    // Go's own words about what its parsers refuse are not repeated.
    for own in ["is not valid ipv6: ParseAddr(", "is not valid regex: error parsing regexp"] {
        if let Some(at) = line.find(own) {
            return line[..at + own.len()].to_owned();
        }
    }
    let Some((head, rest)) = line.split_once("additional properties ") else { return line.to_owned() };
    let Some(list) = rest.strip_suffix(" not allowed") else { return line.to_owned() };
    let mut names: Vec<_> = list.split(", ").collect();
    names.sort_unstable();
    format!("{head}additional properties {} not allowed", names.join(", "))
}

/// Where this crate and Helm differ on purpose: a part of the schema, and why.
const DIFFERENCES: [(&str, &str); 14] = [
    (r#"[{"type": "string"}], "additionalItems": {"type""#, "Helm counts additional items from 0 again"),
    (r#""definitions": {"a": {"pattern": "["}}"#, "a pattern that nothing refers to is not compiled"),
    (r#""^\\u0061""#, "\\u is ECMAScript's and means there what it says"),
    (r#""\\cA""#, "\\c is ECMAScript's and means there what it says"),
    (r#""x**""#, "a repeated repetition is harmless"),
    (r#""(?x) a b""#, "a flag of the regex crate"),
    (r#""a{1001}""#, "Go's limit of 1000 repetitions"),
    (r#""(a{999}){2}""#, "Go's limit of 1000 repetitions"),
    (r#"{"a":"\ud800"}"#, "half a surrogate pair is no text"),
    (r#""unevaluatedItems":false,"contains""#, "the crate says how many items are left over, not which"),
    (
        r##"{"if": {}, "then": {"$ref": "#/$defs/q", "not""##,
        "a property that a failed part lists is known all the same",
    ),
    (r##"{"allOf":[{"$ref":"#"}]}"##, "a reference that comes back to itself says nothing"),
    (r##"{"$ref":"#"}"##, "likewise"),
    (r##""anyOf":[{"$ref":"#/$defs/a"}"##, "likewise"),
];

/// How this crate and Helm differ on a case, if they do.
fn difference(case: &Case) -> Option<String> {
    let got = ours(case);
    let (want, got) = (case.helm.as_deref(), got.as_deref());
    let verdict = |text: Option<&str>| text.map(|text| text.starts_with("- at"));
    let same = match (want, got) {
        (Some(want), Some(got)) if want.starts_with("- at") => sorted(want) == sorted(got),
        _ => true,
    };
    let show = |text: Option<&str>| text.map_or("accepted".to_owned(), sorted);
    (verdict(want) != verdict(got) || !same)
        .then(|| format!("{}\n{}\nHELM\n{}\nOURS\n{}\n", case.schema, case.values, show(want), show(got)))
}

#[test]
fn as_helm_says() {
    if let Some(helm) = std::env::var_os("RENDER_RECORD_HELM") {
        record(FilePath::new(&helm));
    }
    let mut used = [false; DIFFERENCES.len()];
    let mut differing = Vec::new();
    for case in cases() {
        let Some(difference) = difference(&case) else { continue };
        match DIFFERENCES.iter().position(|(part, _)| case.schema.contains(part)) {
            Some(known) => used[known] = true,
            None => differing.push(difference),
        }
    }
    assert!(differing.is_empty(), "{} differ\n{}", differing.len(), differing.join("\n"));
    let unused: Vec<_> = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(unused.is_empty(), "no longer different: {unused:?}");
}

/// Asks a real Helm again and writes what it says.
fn record(helm: &FilePath) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    let mut lines = String::new();
    for case in cases() {
        write("values.schema.json", &case.schema);
        write("values.yaml", &case.values.to_string());
        let output = Command::new(helm).args(["template", "r"]).arg(folder.path()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let said =
            (!output.status.success()).then(|| stderr.split_once("\nc:\n").map_or("?".to_owned(), |(_, t)| sorted(t)));
        lines += &json!({"schema": case.schema, "values": case.values, "helm": said}).to_string();
        lines.push('\n');
    }
    std::fs::write(fixture(), lines).unwrap();
}

/// A schema and values whose diagnostics are kept.
struct Drawn {
    name: &'static str,
    /// The key of the subchart that the values are for.
    subchart: Option<&'static str>,
    schema: &'static str,
    values: &'static str,
}

const DRAWN: [Drawn; 9] = [
    Drawn {
        name: "types",
        subchart: None,
        schema: r#"{
  "properties": {
    "replicas": {"type": "integer", "minimum": 1},
    "debug": {"type": "boolean"},
    "tag": {"type": "string"},
    "resources": {"type": "object"},
    "hosts": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "ratio": {"type": ["integer", "null"]},
    "rootPassword": {"type": "string", "minLength": 8}
  }
}
"#,
        values: "replicas: \"3\"\ndebug: \"yes\"\ntag: 1.5\nresources:\nhosts:\n- a\n- 2\n- \"\"\nratio: 0.5\nrootPassword: hunter2\n",
    },
    Drawn {
        name: "keys",
        subchart: None,
        schema: r#"{
  "type": "object",
  "additionalProperties": false,
  "required": ["image", "service"],
  "properties": {
    "image": {
      "type": "object",
      "required": ["repository", "tag"],
      "additionalProperties": false,
      "properties": {"repository": {}, "tag": {}, "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]}}
    },
    "service": {"properties": {"type": {"const": "ClusterIP"}}},
    "extra": {"propertyNames": {"pattern": "^[a-z]+$"}}
  }
}
"#,
        values: "image:\n  repositry: opencti\n  pullPolicy: always\n  x: 1\nextra:\n  A: 1\ningress: {}\n",
    },
    Drawn {
        name: "limits",
        subchart: None,
        schema: r##"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "definitions": {"port": {"type": "integer", "minimum": 1, "maximum": 65535}},
  "properties": {
    "ports": {"items": {"$ref": "#/definitions/port"}, "uniqueItems": true, "maxItems": 3},
    "name": {"pattern": "^[a-z]+$", "maxLength": 5},
    "url": {"format": "uri"},
    "mail": {"format": "email"},
    "step": {"multipleOf": 5},
    "labels": {"minProperties": 1}
  }
}
"##,
        values: "ports:\n- 0\n- 80\n- 80\n- 70000\nname: Frontend\nurl: example.com\nmail: nobody\nstep: 7\nlabels: {}\n",
    },
    Drawn {
        name: "forms",
        subchart: None,
        schema: r#"{
  "properties": {
    "database": {
      "oneOf": [
        {"title": "bundled", "required": ["kind", "size"], "properties": {"kind": {"const": "bundled"}}},
        {
          "title": "external",
          "required": ["kind", "host"],
          "properties": {"kind": {"const": "external"}, "port": {"type": "integer"}}
        }
      ]
    },
    "storage": {"anyOf": [{"required": ["bucket"]}, {"required": ["volume"]}]},
    "size": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+Gi$"}]},
    "mode": {"oneOf": [{"const": "single"}, {"enum": ["cluster", "ha"]}]},
    "image": {"oneOf": [{"type": "string"}, {"type": "object"}]},
    "both": {"oneOf": [{"title": "small", "maximum": 5}, {"title": "large", "minimum": 3}]}
  }
}
"#,
        values: "database:\n  kind: external\n  host: db\n  port: \"5432\"\nstorage: {}\nsize: 10G\nmode: clustr\nimage: 3\nboth: 4\n",
    },
    Drawn {
        name: "message",
        subchart: None,
        schema: r#"{
  "properties": {
    "replicas": {
      "minimum": 3,
      "x-render-message": "RabbitMQ needs at least three replicas to keep a quorum"
    },
    "name": {
      "type": "string",
      "maxLength": 5,
      "x-render-message": {"maxLength": "the name becomes part of a DNS label, so keep it short"}
    },
    "token": {"type": "string", "x-render-message": "set token to the value of `openssl rand -hex 16`"}
  },
  "required": ["token"],
  "allOf": [
    {
      "x-render-message": "high availability spreads pods over zones, so it needs the zones",
      "if": {"properties": {"ha": {"const": true}}, "required": ["ha"]},
      "then": {"required": ["zones"], "properties": {"zones": {"minItems": 2}}}
    }
  ]
}
"#,
        values: "replicas: 1\nname: frontend\nha: true\n",
    },
    Drawn {
        name: "conditions",
        subchart: None,
        schema: r#"{
  "if": {"properties": {"tls": {"const": true}}, "required": ["tls"]},
  "then": {"required": ["cert"]},
  "dependentRequired": {"user": ["password"]},
  "not": {"required": ["a", "b"]},
  "properties": {"legacy": false, "list": {"contains": {"const": "x"}}},
  "unevaluatedProperties": false
}
"#,
        values: "tls: true\nuser: me\na: 1\nb: 2\nlegacy: 1\nlist:\n- y\nother: z\n",
    },
    Drawn {
        name: "global",
        subchart: Some("cache"),
        schema: r#"{"additionalProperties": false, "properties": {"size": {"type": "integer"}}}"#,
        values: "size: big\nglobal: {}\n",
    },
    Drawn {
        name: "secrets",
        subchart: None,
        schema: r#"{"properties": {"auth": {"properties": {"adminToken": {"pattern": "^[0-9a-f-]{36}$"}, "password": {"enum": ["x"]}}}}}"#,
        values: "auth:\n  adminToken: hunter2\n  password: hunter3\n",
    },
    Drawn {
        name: "escapes",
        subchart: None,
        schema: r#"{"properties": {"a.b/c": {"properties": {"": {"type": "string"}, "0": {"type": "string"}}}}, "patternProperties": {"^[[:digit:]]+$": {"type": "string"}}}"#,
        values: "a.b/c:\n  \"\": 1\n  \"0\": 1\n\"12\": 3\n",
    },
];

/// Values with the places of their keys and items, for YAML in block style.
fn load(source: &Source, text: &str) -> Value {
    let json: Json = serde_yaml::from_str(text).unwrap();
    let mut value = json::from_json(&json);
    let mut open: Vec<(usize, Path)> = Vec::new();
    let mut counts = std::collections::HashMap::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let mut column = line.len() - line.trim_start_matches(' ').len();
        loop {
            let rest = &line[column..];
            let is_item = rest.starts_with("- ");
            open.retain(|(at, path)| {
                *at < column || (is_item && *at == column && matches!(path.segments().last(), Some(Segment::Key(_))))
            });
            let mut path = open.last().map_or(Path::root(), |(_, path)| path.clone());
            if is_item {
                let count = counts.entry(path.to_string()).or_insert(0);
                path.push_index(*count);
                *count += 1;
                place_at(&mut value, &path, source, offset + column + 2);
                open.push((column, path));
                column += 2;
                continue;
            }
            if let Some((key, _)) = rest.split_once(':') {
                path.push_key(key.trim_matches('"'));
                place_at(&mut value, &path, source, offset + column);
                open.push((column, path));
            }
            break;
        }
        offset += line.len();
    }
    value
}

fn place_at(value: &mut Value, path: &Path, source: &Source, offset: usize) {
    let mut at = value;
    for segment in path.segments() {
        at = match (at, segment) {
            (Value::Map(map, _), Segment::Key(key)) => Arc::make_mut(map).get_mut(key).unwrap(),
            (Value::List(items, _), Segment::Index(index)) => &mut Arc::make_mut(items)[*index],
            (other, _) => panic!("{other:?} has no {path}"),
        };
    }
    at.set_origin(crate::value::Origin::at(source.range(offset..offset).start));
}

fn draw_all(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let style = crate::diag::Style { colour: false, show_secrets: false };
    diagnostics.iter().map(|d| crate::diag::draw(d, sources, style)).collect::<Vec<_>>().join("\n\n")
}

fn keep(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/diagnostics");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("schema_{name}"), text));
}

#[test]
fn diagnostics() {
    for case in &DRAWN {
        let sources = Sources::default();
        let schema = sources.add("values.schema.json", SourceKind::Schema, case.schema.as_bytes()).unwrap();
        let file = sources.add("mine.yaml", SourceKind::Data, case.values.as_bytes()).unwrap();
        let values = load(&file, case.values);
        let schema = Schema::compile(&schema).unwrap();
        let mut scope = Scope::default();
        if let Some(key) = case.subchart {
            scope.prefix.push_key(key);
        }
        let violations = schema.check(&values, &Provenance::default(), &scope);
        let drawn: Vec<_> = violations.iter().map(|v| v.diagnostic(case.subchart.unwrap_or("opencti"))).collect();
        let helm: Vec<_> = violations.iter().map(|v| v.helm.as_str()).collect();
        keep(case.name, &format!("{}\n\nHelm:\n{}", draw_all(&drawn, &sources), helm.join("\n")));
    }
}

#[test]
fn schemas_that_cannot_be_used() {
    let schemas = [
        ("comma", "{\n  \"type\": \"object\",\n}\n"),
        ("empty", "\n"),
        (
            "type",
            "{\n  \"properties\": {\n    \"a\": {\"type\": \"strin\"},\n    \"b\": {\"minLength\": \"3\"}\n  }\n}\n",
        ),
        ("pattern", r#"{"properties": {"a": {"pattern": "(?=x)"}}, "patternProperties": {"[": {}}}"#),
        ("nowhere", r##"{"properties": {"a": {"$ref": "#/definitions/port"}}}"##),
        ("http", r#"{"properties": {"a": {"$ref": "https://example.com/a.json#/b"}}, "$ref": "common.json"}"#),
        ("draft", r#"{"$schema": "https://example.com/draft"}"#),
    ];
    let mut text = String::new();
    for (name, schema) in schemas {
        let sources = Sources::default();
        let source = sources.add("values.schema.json", SourceKind::Schema, schema.as_bytes()).unwrap();
        let error = Schema::compile(&source).unwrap_err();
        text += &format!("{name}\n\n{}\n\n", draw_all(&error.problems, &sources));
    }
    let sources = Sources::default();
    let source = sources.add("values.schema.json", SourceKind::Schema, *br#"{"$ref": "urn:x:y"}"#).unwrap();
    text += &format!("urn\n\n{}", draw_all(Schema::compile(&source).unwrap().warnings(), &sources));
    keep("unusable", &text);
}
