//! The project's own charts against what Helm 4.1.4 printed of them: one idea a chart.
//!
//! - `tests/fixtures/charts/<chart>/`: the chart; a folder in it that is called as an archive (`db-1.0.0.tgz`) is packed
//! - `tests/fixtures/charts/<chart>.txt`: its recording, see [`recording`]. A run is added by adding its command
//! - `tests/fixtures/differences.yaml`: where we are not as Helm, and why, see [`differences`]
//!
//! A chart without a recording is one that Helm cannot render; its snapshot is under snapshots/charts. With HELM=path
//! the recordings are compared with that Helm, and made again with RECORD=1: `HELM=path just record`.

mod differences;
mod recording;

use differences::{Aspect, Differences};
use recording::{Recording, Run, charts};

use crate::common::{self, Folder, Ran};

#[test]
fn charts_are_rendered_as_helm_renders_them() {
    let listed = Differences::read();
    let mut wrong = String::new();
    for chart in charts() {
        let Some(recording) = Recording::of(&chart) else { continue };
        for helm in &recording.runs {
            let ours = Run::new(&helm.command, &chart, |words, folder| folder.render(words));
            for aspect in [Aspect::Output, Aspect::Reason, Aspect::Warnings] {
                if differs(aspect, helm, &ours) && !listed.explain(aspect, helm, &ours) {
                    wrong += &format!(
                        "{aspect:?} of {}\n--- Helm\n{}\n--- ours\n{}\n",
                        helm.command,
                        show(helm),
                        show(&ours)
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(listed.unused().is_empty(), "nothing needs these differences: {:#?}", listed.unused());
}

fn show(run: &Run) -> String {
    format!("exit {}\n{}{}", run.exit, run.stdout, run.stderr)
}

fn differs(aspect: Aspect, helm: &Run, ours: &Run) -> bool {
    let (refused, is_ours) = (helm.exit != 0, ours.exit != 0);
    match aspect {
        Aspect::Output if refused => !is_ours || !ours.stdout.is_empty(),
        Aspect::Output => is_ours || helm.stdout != ours.stdout,
        Aspect::Reason => refused && is_ours && !plain(&ours.stderr).contains(&reason(&helm.stderr)),
        Aspect::Warnings => !refused && !is_ours && warnings(&helm.stderr) != warnings(&ours.stderr),
    }
}

/// The innermost reason of an error of Helm: what is said last.
fn reason(stderr: &str) -> String {
    let error = stderr.split("Error: ").last().unwrap_or_default().split("\n\nUse --debug").next().unwrap_or_default();
    let last = error.trim().rsplit("\n    ").next().unwrap_or_default();
    let last = last.split_once("): ").map_or(last, |(_, message)| message);
    plain(last.rsplit(": ").next().unwrap_or_default())
}

/// Text without line breaks, indentation and the frame of a snippet.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !["|", "="].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// How many warnings there are.
fn warnings(stderr: &str) -> usize {
    stderr
        .lines()
        .filter(|line| ["level=WARN", "level=INFO", "warning: "].iter().any(|level| line.starts_with(level)))
        .count()
}

#[test]
fn recordings_are_what_helm_prints() {
    if !common::has_helm() {
        return;
    }
    let version = common::helm(&["version", "--template", "helm {{.Version}}"], &common::fixture(""));
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    for chart in charts() {
        let Some(mut recording) = Recording::of(&chart) else { continue };
        let now: Vec<_> = recording.runs.iter().map(|run| Run::new(&run.command, &chart, ask)).collect();
        if std::env::var_os("RECORD").is_some() {
            recording = Recording { version: version.clone(), runs: now };
            recording.write(&chart);
        } else {
            assert_eq!(recording.version, version, "{chart}");
            assert_eq!(recording.runs, now, "{chart}");
        }
    }
}

fn ask(words: &[&str], folder: &Folder) -> Ran {
    let output = common::helm(words, &folder.path(""));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

#[test]
fn charts_of_both_engines_are_rendered() {
    for chart in charts().into_iter().filter(|chart| Recording::of(chart).is_none()) {
        let run = Run::new(&format!("template r {chart}"), &chart, |words, folder| folder.render(words));
        insta::with_settings!({snapshot_path => "../../snapshots/charts", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(chart, show(&run));
        });
    }
}
