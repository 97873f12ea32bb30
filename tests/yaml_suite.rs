//! The YAML test suite: what the suite, libyaml and Helm make of its cases, and what we make of them.
//!
//! The suite itself (<https://github.com/yaml/yaml-test-suite>, MIT) is not here, only the table of verdicts in
//! docs/yaml-test-suite.tsv. `just yaml-suite FOLDER` makes it anew from the files of the suite's branch `data`.
//!
//! The suite is of YAML 1.2, and Helm's library reads 1.1 as libyaml does: where the two differ, Helm is right here.

use std::fmt::Write as _;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use render::diag::{SourceKind, Sources};
use render::yaml::{JsonOptions, Reader, load, to_json};

use crate::common;

/// Where what we make of a case is not what Helm makes of it, and why. An entry that is not needed fails.
const HELM_DIFFERENCES: [(&str, &str); 0] = [];

/// Where our reader does not accept or refuse a case as libyaml 0.2.5 does, and why. Helm's library is a port of an
/// older libyaml, and we do as it does. An entry that is not needed fails.
const LIBYAML_DIFFERENCES: [(&str, &str); 14] = [
    ("27NA", VERSION),
    ("3UYS", r"goyaml knows no escape `\/`"),
    ("4ABK", "in flow collections goyaml ends a plain key only at a `:` that white space follows"),
    ("6ZKB", VERSION),
    ("9DXL", VERSION),
    ("DK95/07", VERSION),
    ("EB22", VERSION),
    ("HRE5", r"goyaml knows the escape `\'`"),
    ("JR7V", "goyaml takes a `?` in a flow collection for the sign of a key wherever it stands"),
    ("MUS6/01", VERSION),
    ("RHX7", VERSION),
    ("RTP8", VERSION),
    ("U99R", "to goyaml a `,` may stand in a tag"),
    ("WZ62", "to goyaml a `,` may stand in a tag"),
];

const VERSION: &str = "goyaml refuses `%YAML 1.2`";

const COLUMNS: &str = "case\tsuite\tlibyaml\tour reader\tHelm fromYaml\tour load\n";

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/yaml-test-suite.tsv")
}

#[test]
fn every_difference_in_the_suite_is_listed() {
    let text = std::fs::read_to_string(table()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() > 400, "{} rows", rows.len());
    let differing = |one: usize, other: usize| {
        let differ = rows.iter().filter(|row| row[one] != row[other]);
        differ.map(|row| row[0].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(differing(4, 5), HELM_DIFFERENCES.map(|(case, _)| case));
    assert_eq!(differing(2, 3), LIBYAML_DIFFERENCES.map(|(case, _)| case));
}

/// The variable YAML_SUITE names the suite's folder, and HELM a helm; with UPDATE the table is written anew.
#[test]
#[expect(clippy::print_stderr, reason = "the test runner shows it with --nocapture")]
fn the_table_is_what_the_suite_gives() {
    let Some(suite) = std::env::var_os("YAML_SUITE").filter(|_| common::has_helm()) else {
        eprintln!("the YAML test suite is not read: YAML_SUITE or HELM is not set");
        return;
    };
    let cases = cases(Path::new(&suite));
    let texts: Vec<Vec<u8>> = cases.iter().map(|(_, folder)| std::fs::read(folder.join("in.yaml")).unwrap()).collect();
    let mut text = COLUMNS.to_owned();
    for (((name, folder), input), helm) in cases.iter().zip(&texts).zip(helm(&texts)) {
        let suite = verdict(!folder.join("error").exists());
        let (libyaml, reader) = (verdict(libyaml_reads(input)), verdict(we_read(input)));
        let _ = writeln!(text, "{name}\t{suite}\t{libyaml}\t{reader}\t{helm}\t{}", ours(input));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(table(), &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(table()).unwrap());
}

/// The cases of the suite by name: folders with an in.yaml, one or two levels down.
fn cases(suite: &Path) -> Vec<(String, PathBuf)> {
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let named = entries.map(|e| (e.file_name().into_string().unwrap(), e.path()));
        let mut named: Vec<_> = named.filter(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric())).collect();
        named.sort();
        named
    };
    let mut cases = Vec::new();
    // Folders in small letters hold the same cases by other names.
    for (name, folder) in list(suite).into_iter().filter(|(name, _)| name.len() == 4 && *name == name.to_uppercase()) {
        match folder.join("in.yaml").exists() {
            true => cases.push((name, folder)),
            false => cases.extend(list(&folder).into_iter().map(|(part, path)| (format!("{name}/{part}"), path))),
        }
    }
    cases
}

fn verdict(valid: bool) -> &'static str {
    if valid { "valid" } else { "error" }
}

fn we_read(input: &[u8]) -> bool {
    let mut reader = Reader::new(input);
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

#[allow(unsafe_code, reason = "libyaml's translation to Rust has an unsafe interface")]
fn libyaml_reads(input: &[u8]) -> bool {
    let mut parser = MaybeUninit::uninit();
    let parser = parser.as_mut_ptr();
    // SAFETY: the parser is initialised before it is used and deleted after, and so is each event that was made; the
    // input outlives the parser.
    unsafe {
        assert!(unsafe_libyaml::yaml_parser_initialize(parser).ok);
        unsafe_libyaml::yaml_parser_set_input_string(parser, input.as_ptr(), input.len() as u64);
        let valid = loop {
            let mut event = MaybeUninit::uninit();
            let event = event.as_mut_ptr();
            if unsafe_libyaml::yaml_parser_parse(parser, event).fail {
                break false;
            }
            let last = (*event).type_ == unsafe_libyaml::YAML_STREAM_END_EVENT;
            unsafe_libyaml::yaml_event_delete(event);
            if last {
                break true;
            }
        };
        unsafe_libyaml::yaml_parser_delete(parser);
        valid
    }
}

/// What `load` makes of the first document, in the words of [`helm`].
fn ours(input: &[u8]) -> String {
    let source = Sources::default().add("case", SourceKind::Data, input).unwrap();
    match load(&source) {
        Err(_) => "error".to_owned(),
        // Helm reads no scalar by itself, so there is no telling what it is.
        Ok(loaded) => match loaded.value.kind() {
            "map" | "list" => to_json(&loaded.value, &JsonOptions::HELM).unwrap(),
            "null" => "{}".to_owned(),
            _ => "a scalar".to_owned(),
        },
    }
}

/// What Helm's `fromYaml` makes of the first document: an error, its data as JSON, or that it is a scalar.
fn helm(texts: &[Vec<u8>]) -> Vec<String> {
    let chart = tempfile::tempdir().unwrap();
    std::fs::create_dir(chart.path().join("templates")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(chart.path().join(name), text).unwrap();
    write("Chart.yaml", "apiVersion: v2\nname: t\nversion: 0.1.0\n");
    let calls = "#{{ fromYaml (b64dec $t) | toJson | b64enc }} {{ fromYamlArray (b64dec $t) | toJson | b64enc }}\n";
    write("templates/t.yaml", &format!("{{{{ range $t := .Values.v }}}}{calls}{{{{ end }}}}"));
    let items: String = texts.iter().map(|text| format!("- {:?}\n", to_base64(text))).collect();
    write("v.yaml", &format!("v:\n{items}"));
    let output = common::helm(&["template", "t", ".", "-f", "v.yaml"], chart.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let decoded = |base64: &str| String::from_utf8(common::from_base64(base64)).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix('#')).filter_map(|line| line.split_once(' '));
    let lines: Vec<_> = lines.filter(|(map, _)| !map.is_empty()).map(|(m, l)| (decoded(m), decoded(l))).collect();
    assert_eq!(lines.len(), texts.len());
    lines.into_iter().map(|(map, list)| helm_verdict(map, list)).collect()
}

fn helm_verdict(map: String, list: String) -> String {
    let unreadable = "error converting YAML to JSON";
    let unfit = "error unmarshaling JSON";
    match (map.starts_with("{\"Error\":\""), list.starts_with("[\"error ")) {
        (true, _) if map.contains(unreadable) => "error".to_owned(),
        (true, true) if map.contains(unfit) => "a scalar".to_owned(),
        (true, false) => list,
        _ => map,
    }
}

fn to_base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0, |bits, b| (bits << 8) | usize::from(*b)) << (8 * (3 - three.len()));
        let digit = |i: usize| if i <= three.len() { char::from(digits[bits >> (18 - 6 * i) & 63]) } else { '=' };
        [0, 1, 2, 3].map(digit).into_iter().collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
