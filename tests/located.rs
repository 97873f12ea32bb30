//! Planted faults: an error names the line of the template and that of the values where the fault is.

use std::path::Path;

use serde::Deserialize;

use crate::common::{Folder, fixture, fixture_text};

/// A fault of tests/fixtures/located/faults.yaml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planted {
    fault: String,
    /// The text of a values file that is given.
    #[serde(default)]
    values: String,
    /// Files of the chart, with a text in them and what takes its place.
    #[serde(default)]
    edits: Vec<(String, String, String)>,
    #[serde(default)]
    args: Vec<String>,
    template: (String, Line),
    value: Option<(String, Line)>,
}

/// A line, by what stands in it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Number(usize),
    With(String),
}

const CHART: &str = "located/shop";

fn copy(from: &Path, to: &str, folder: &Folder) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{to}/{}", path.file_name().expect("a name").to_string_lossy());
        match path.is_dir() {
            true => copy(&path, &name, folder),
            false => folder.write(&name, &std::fs::read_to_string(&path).expect("text")),
        }
    }
}

impl Planted {
    /// The chart with the fault in it.
    fn chart(&self) -> Folder {
        let folder = Folder::new(&[]);
        copy(&fixture(CHART), "shop", &folder);
        folder.write("shop/mine.yaml", &self.values);
        for (file, from, to) in &self.edits {
            let path = format!("shop/{file}");
            let text = std::fs::read_to_string(folder.path(&path)).unwrap_or_default();
            assert!(text.contains(from.as_str()), "{}: {file} has no {from:?}", self.fault);
            folder.write(&path, &text.replacen(from.as_str(), to, 1));
        }
        folder
    }

    /// `FILE:LINE` of a planted line, as errors have it.
    fn place(&self, folder: &Folder, (file, line): &(String, Line)) -> String {
        let text = match line {
            Line::Number(number) => return format!("{file}:{number}"),
            Line::With(text) => text,
        };
        let path = format!("shop/{file}");
        let whole = std::fs::read_to_string(folder.path(&path)).expect("a file");
        let number = whole.lines().position(|line| line.contains(text.as_str()));
        let number = number.unwrap_or_else(|| panic!("{}: {file} has no line with {text:?}", self.fault));
        format!("{path}:{}", number + 1)
    }
}

/// The lines that an error marks, as `FILE:LINE`: those that a report names, and those that are underlined in a drawing.
fn marked(stderr: &str) -> Vec<String> {
    let (mut found, mut file, mut number) = (Vec::new(), String::new(), String::new());
    for line in stderr.lines().map(str::trim_start) {
        let without_column = |place: &str| place.rsplit_once(':').map_or("", |(head, _)| head).to_owned();
        if let Some(place) = ["printed by ", "called by ", "value from "].iter().find_map(|w| line.strip_prefix(w)) {
            found.push(without_column(place));
        } else if let Some(place) = line.strip_prefix("--> ").or_else(|| line.strip_prefix("::: ")) {
            file = without_column(&without_column(place));
        } else if let Some((start, _)) = line.split_once(" |").filter(|(n, _)| n.bytes().all(|b| b.is_ascii_digit())) {
            number = start.to_owned();
        } else if line.starts_with('|') && line.contains(['^', '-']) {
            found.push(format!("{file}:{number}"));
        }
    }
    found
}

fn is_of_values(place: &str) -> bool {
    let file = place.split(':').next().unwrap_or_default();
    file.ends_with("values.yaml") || file.ends_with("mine.yaml") || file.starts_with("--")
}

#[test]
fn the_lines_that_an_error_names_are_those_of_the_fault() {
    let faults: Vec<Planted> = serde_yaml::from_str(&fixture_text("located/faults.yaml")).expect("faults");
    let mut missed = Vec::new();
    for planted in &faults {
        let folder = planted.chart();
        let mut command = vec!["shop", "shop", "-f", "shop/mine.yaml", "--validate"];
        command.extend(planted.args.iter().map(String::as_str));
        let ran = folder.render(&command);
        assert!(matches!(ran.code, 1 | 4) && ran.stdout.is_empty(), "{}: {ran:?}", planted.fault);
        let marked = marked(&ran.stderr);
        let named = |place: &(String, Line)| marked.contains(&planted.place(&folder, place));
        let value = match &planted.value {
            Some(value) => named(value),
            None => !marked.iter().any(|place| is_of_values(place)),
        };
        if !(named(&planted.template) && value) {
            missed.push(format!("{}: {marked:#?}\n{}", planted.fault, ran.stderr));
        }
    }
    assert!(missed.is_empty(), "{} of {} faults:\n{}", missed.len(), faults.len(), missed.join("\n"));
    assert!(faults.len() >= 30, "only {} faults", faults.len());
}

#[test]
fn the_chart_without_a_fault_is_valid() {
    let folder = Folder::new(&[]);
    copy(&fixture(CHART), "shop", &folder);
    assert!(folder.render(&["shop", "shop", "--validate"]).ok().contains("kind: CronJob"));
}
