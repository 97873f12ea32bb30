//! docs/upgrades.md, step by step: its files are written, its commands run in a shell, and what they print is what the
//! guide shows. With RECORD=1 the guide is written anew where it is not.

use std::path::Path;

use crate::common::{Folder, fixture_text};

/// A line of output that stands for any number of lines.
const ELLIPSIS: &str = "…";

/// The guide as it is when all it says is done in a folder.
fn followed(guide: &str, folder: &Folder) -> String {
    let pieces = guide.split("```").enumerate();
    let pieces = pieces.map(|(i, piece)| if i % 2 == 1 { block(piece, folder) } else { piece.to_owned() });
    pieces.collect::<Vec<_>>().join("```")
}

/// A YAML block whose first line is `# FILE.yaml` is a file; a console block has commands with their output.
fn block(block: &str, folder: &Folder) -> String {
    let (language, body) = block.split_once('\n').unwrap_or((block, ""));
    match language {
        "yaml" => {
            let first = body.lines().next().and_then(|line| line.strip_prefix("# "));
            if let Some(file) = first.filter(|name| name.ends_with(".yaml")) {
                folder.write(file, body);
            }
            block.to_owned()
        }
        "console" => {
            let commands = body.split_inclusive("\n").fold(Vec::<(String, String)>::new(), |mut all, line| {
                match all.last_mut() {
                    Some((command, _)) if command.ends_with("\\\n") => command.push_str(line),
                    Some((_, output)) if !line.starts_with("$ ") => output.push_str(line),
                    _ => all.push((line.to_owned(), String::new())),
                }
                all
            });
            let done = commands.into_iter().map(|(command, shown)| {
                let printed = folder.shell(&format!("{{ {}}} 2>&1", command.trim_start_matches("$ ")));
                let output = if fits(&shown, &printed) { shown } else { printed };
                command + &output
            });
            format!("console\n{}", done.collect::<String>())
        }
        _ => block.to_owned(),
    }
}

/// Whether what is shown, ellipses for any lines, is what was printed.
fn fits(shown: &str, printed: &str) -> bool {
    let mut rest: Vec<&str> = printed.lines().collect();
    let parts: Vec<Vec<&str>> =
        shown.lines().collect::<Vec<_>>().split(|l| *l == ELLIPSIS).map(<[_]>::to_vec).collect();
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        let at = match (i, last) {
            (0, _) => 0,
            (_, true) if rest.len() >= part.len() => rest.len() - part.len(),
            _ => match rest.windows(part.len().max(1)).position(|lines| lines == &part[..]) {
                Some(at) => at,
                None => return false,
            },
        };
        if !rest[at..].starts_with(part) || (last && parts.len() == 1 && rest.len() != part.len()) {
            return false;
        }
        rest.drain(..at + part.len());
    }
    true
}

#[test]
fn each_step_of_an_upgrade_prints_what_the_guide_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/upgrades.md");
    let guide = std::fs::read_to_string(&path).expect("the guide");
    let folder = Folder::new(&[("v1.yaml", &fixture_text("upgrades/v1.yaml"))]);
    let now = followed(&guide, &folder);
    if std::env::var_os("RECORD").is_some() {
        std::fs::write(&path, &now).expect("the guide, to be written");
        return;
    }
    let different = guide.lines().zip(now.lines()).enumerate().find(|(_, (shown, printed))| shown != printed);
    if let Some((line, (shown, printed))) = different {
        panic!("line {}\nshows   {shown}\nprinted {printed}", line + 1);
    }
    assert_eq!(guide.len(), now.len());
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    for (shown, printed, want) in [
        ("a\nb\n", "a\nb\n", true),
        ("a\n", "a\nb\n", false),
        ("a\n…\n", "a\nb\nc\n", true),
        ("…\nc\n", "a\nb\nc\n", true),
        ("a\n…\nc\n", "a\nc\n", true),
        ("a\n…\nc\n…\ne\n", "a\nb\nc\nd\ne\n", true),
        ("a\n…\nd\n…\ne\n", "a\nb\nc\ne\n", false),
        ("a\n…\na\n", "a\n", false),
        ("b\n…\n", "a\nb\n", false),
    ] {
        assert_eq!(fits(shown, printed), want, "{shown:?} {printed:?}");
    }
}
