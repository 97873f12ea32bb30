//! The workflows in docs/ci.md, step by step, in a repository with a pull request. What would leave the machine is noted
//! down instead.

use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::common::Folder;

const TEMPLATE: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: {{ Values.password }}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: {{ Values.replicas }}}
";

/// The code blocks of the document in a language.
fn blocks(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    let text = std::fs::read_to_string(path).expect("docs/ci.md");
    let blocks = text.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(&format!("{language}\n")).map(str::to_owned)).collect()
}

/// The only YAML block that has a key.
fn workflow(key: &str) -> Value {
    let all = blocks("yaml").into_iter().map(|block| serde_yaml::from_str::<Value>(&block).expect("YAML"));
    let mut found = all.filter(|workflow| workflow.get(key).is_some());
    found.next().expect("a workflow")
}

/// A repository in which a branch changes values, and the commit it is based on.
struct Repository {
    folder: Folder,
    base: String,
}

impl Repository {
    fn new() -> Repository {
        let note = "#!/bin/sh\necho \"${0##*/} $*\" >> \"$NOTES\"\n";
        let folder = Folder::new(&[
            ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
            ("chart/values.yaml", "replicas: 1\npassword: hunter2\n"),
            ("chart/templates/all.yaml.j2", TEMPLATE),
            ("prod.yaml", "replicas: 2\n"),
            ("tmp/bin/gh", note),
            ("tmp/bin/curl", note),
            (".gitignore", "tmp\n"),
        ]);
        let repository = Repository { folder, base: String::new() };
        for line in [
            "chmod +x tmp/bin/*",
            "git init --quiet && git config user.name t && git config user.email t@example.com",
            "render snapshot prod ./chart -f prod.yaml",
            "git add . && git commit --quiet -m base",
        ] {
            assert_eq!(repository.code(line), 0, "{line}");
        }
        let base = String::from_utf8(repository.run("git rev-parse HEAD", &[]).stdout).expect("a commit");
        repository.folder.write("prod.yaml", "replicas: 3\n");
        Repository { base: base.trim().to_owned(), ..repository }
    }

    fn run(&self, script: &str, env: &[(String, String)]) -> Output {
        let binary = Path::new(env!("CARGO_BIN_EXE_render")).parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let own = self.folder.path("tmp/bin").display().to_string();
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", script]).current_dir(self.folder.path(".")).envs(env.iter().cloned());
        shell.env("PATH", format!("{own}:{binary}:{path}")).env("NOTES", self.folder.path("tmp/notes"));
        shell.env("RUNNER_TEMP", self.folder.path("tmp"));
        shell.output().expect("a shell")
    }

    fn code(&self, script: &str) -> i32 {
        self.run(script, &[]).status.code().unwrap_or(-1)
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path(path)).unwrap_or_default()
    }
}

#[track_caller]
fn is_comment(text: &str) {
    assert!(text.contains("! spec.replicas: 2 → 3"), "{text}");
    assert!(text.contains("1 changed, 1 unchanged") && !text.contains("secret"), "{text}");
}

#[test]
fn the_workflow_for_github_comments_and_checks() {
    let repository = Repository::new();
    let steps = workflow("jobs")["jobs"]["manifests"]["steps"].as_sequence().expect("steps").clone();
    let mut codes = Vec::new();
    for step in steps.iter().filter(|step| step.get("run").is_some()) {
        let given = |expression: &str| match expression {
            "${{ github.event.pull_request.base.sha }}" => repository.base.clone(),
            "${{ github.event.pull_request.number }}" => "7".to_owned(),
            "${{ github.token }}" => "token".to_owned(),
            other => panic!("{other} is not known"),
        };
        let env = step.get("env").and_then(Value::as_mapping).into_iter().flatten();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let env: Vec<_> = env.map(|(key, value)| (text(key), given(&text(value)))).collect();
        codes.push(repository.run(step["run"].as_str().expect("a script"), &env).status.code());
    }
    // The branch has not updated its snapshot.
    assert_eq!(codes, [Some(0), Some(0), Some(5)]);
    is_comment(&repository.text("tmp/comment.md"));
    let noted = repository.text("tmp/notes");
    assert!(noted.starts_with("gh pr comment 7 --edit-last --create-if-none --body-file "), "{noted}");
    assert_eq!(repository.code("render snapshot prod ./chart -f prod.yaml --update"), 0);
    assert_eq!(repository.code(steps.last().expect("a step")["run"].as_str().expect("a script")), 0);
}

#[test]
fn the_workflow_for_gitlab_comments_and_checks() {
    let repository = Repository::new();
    let script = workflow("manifests")["manifests"]["script"].as_sequence().expect("a script").clone();
    let env = [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", repository.base.as_str()),
        ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
        ("CI_PROJECT_ID", "12"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("COMMENT_TOKEN", "token"),
    ];
    let env: Vec<_> = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let run = |line: &Value| repository.run(line.as_str().expect("text"), &env).status.code();
    assert_eq!(script.iter().map(run).collect::<Vec<_>>(), [Some(0), Some(0), Some(0), Some(5)]);
    is_comment(&repository.text("comment.md"));
    let noted = repository.text("tmp/notes");
    assert!(noted.trim_end().ends_with("https://gitlab.example/api/v4/projects/12/merge_requests/7/notes"), "{noted}");
}

#[test]
fn before_there_is_a_snapshot_everything_is_new() {
    let repository = Repository::new();
    let step = workflow("jobs")["jobs"]["manifests"]["steps"][1]["run"].as_str().expect("a script").to_owned();
    let nothing = [("BASE".to_owned(), "0000000000000000000000000000000000000000".to_owned())];
    assert_eq!(repository.run(&step, &nothing).status.code(), Some(0));
    assert!(repository.text("tmp/comment.md").contains("2 added"), "{}", repository.text("tmp/comment.md"));
}

#[test]
fn the_lines_for_a_shell_do_what_is_said() {
    let repository = Repository::new();
    // The first of them made the snapshot.
    for block in blocks("console") {
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")).skip(1) {
            assert_eq!(repository.code(line), 0, "{line}");
        }
    }
    assert_eq!(repository.code("rm -r snapshots && printf %s 0123456789abcdef > key"), 0);
    assert_eq!(repository.code("render snapshot prod ./chart -f prod.yaml --secrets-key key && rm key"), 0);
    for block in blocks("sh") {
        let ran = repository.run(&block, &[("SNAPSHOT_KEY".to_owned(), "0123456789abcdef".to_owned())]);
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success() && said.ends_with("no differences (2 resources)\n"), "{said}");
    }
}
