//! What holds of every bundled chart: it renders alike from the binary, from its exported folder and from an archive; its
//! templates are short; its schema is strict and described.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{Folder, fixture, render};

/// Each chart with what makes its output the same each time, and where it has some, its layers.
pub fn charts() -> Vec<(&'static str, Vec<String>)> {
    let set = |text: &str| vec!["--set".to_owned(), text.to_owned()];
    let file = |path: &str| vec!["-f".to_owned(), fixture(path).display().to_string()];
    vec![
        ("bifrost", set("image.tag=v1.4.11")),
        ("malcolm", file("malcolm/given.yaml")),
        ("minio", set("rootUser=given,rootPassword=given-password")),
        ("mongodb", set("auth.rootPassword=given,auth.replicaSetKey=given")),
        ("opencti", vec![]),
        ("opensearch", vec![]),
        ("postgresql", set("auth.password=given")),
        ("rabbitmq", set("auth.password=given,auth.erlangCookie=given")),
        ("redis", set("auth.password=given")),
        ("stackstorm-ha", file("stackstorm/values/secrets.yaml")),
    ]
}

#[test]
fn each_renders_alike_from_the_binary_a_folder_and_an_archive() {
    let names: Vec<_> = charts().into_iter().map(|(name, _)| name).collect();
    let listed = render(&["list", "-o", "json"]).ok();
    let listed: Vec<Value> = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed.iter().filter_map(|c| c["name"].as_str()).collect::<Vec<_>>(), names);
    for (name, args) in charts() {
        let folder = Folder::new(&[]);
        folder.render(&["export", name, name]).ok();
        let packed = Command::new("tar").args(["czf", "c.tgz", name]).current_dir(folder.path("")).status();
        assert!(packed.expect("tar runs").success());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let bundled = render(&[&[name, name], &args[..]].concat()).ok();
        for chart in [format!("./{name}"), "c.tgz".to_owned()] {
            assert_eq!(folder.render(&[&[name, &chart], &args[..]].concat()).ok(), bundled, "{chart}");
        }
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

#[test]
fn templates_are_short() {
    for path in files("templates") {
        let text = std::fs::read_to_string(&path).expect("text");
        let lines: Vec<_> = text.lines().collect();
        if path.extension().is_none_or(|e| e != "j2") {
            continue;
        }
        assert!(lines.len() <= 150, "{}: {} lines", path.display(), lines.len());
        let starts = lines.iter().enumerate().filter(|(_, line)| line.starts_with("{% macro"));
        for (start, line) in starts {
            let length = lines[start..].iter().position(|line| line.contains("endmacro")).expect("an end") + 1;
            assert!(length <= 40, "{}: {line}: {length} lines", path.display());
        }
    }
}

/// Every property says what it is, and where the chart defines keys it takes no others.
fn check(schema: &Value, definitions: &Value, at: &str) {
    let referred =
        schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/definitions/")).map(|name| &definitions[name]);
    let described = schema["description"].is_string() || referred.is_some_and(|r| r["description"].is_string());
    assert!(described, "{at} has no description");
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        check(property, definitions, &format!("{at}/{name}"));
    }
}

#[test]
fn schemas_are_strict_and_described() {
    for path in files("schemas") {
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("text")).expect("JSON");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(schema["additionalProperties"], false, "{name}");
        for (key, property) in schema["properties"].as_object().expect("properties") {
            check(property, &schema["definitions"], &format!("{name}: {key}"));
        }
    }
}

#[test]
fn each_has_a_readme_and_notes() {
    for (name, _) in charts() {
        assert!(render(&["show", "readme", name]).ok().starts_with("# "), "{name}");
        let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name).join("NOTES.txt.j2");
        assert!(notes.is_file(), "{name}");
    }
}
