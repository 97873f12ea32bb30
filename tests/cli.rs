//! Commands, flags, exit codes, and where output goes.

use std::process::{Command, Stdio};

use crate::common::{Folder, render};

fn chart() -> Folder {
    Folder::new(&[
        ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        ("values.yaml", "a: default\nb: {x: 1, z: 2}\n"),
        ("values-ha.yaml", "a: ha\n"),
        ("values/dr.yaml", "b: {x: dr}\n"),
        (
            "templates/a.yaml.j2",
            "kind: A\nmetadata: {name: {{ Release.Name }}}\na: {{ Values.a }}\nb: {{ Values.b }}\nns: {{ Release.Namespace }}\nupgrade: {{ Release.IsUpgrade }}\n",
        ),
        ("templates/NOTES.txt.j2", "Thanks, {{ Values.a }}.\n"),
    ])
}

#[test]
fn the_current_folder_is_the_chart() {
    let folder = chart();
    folder.write("mine.yaml", "a: mine\n");
    let text = folder.render(&["-f", "mine.yaml"]).ok();
    assert_eq!(
        text,
        "---\n# Source: c/templates/a.yaml.j2\nkind: A\nmetadata: {name: release-name}\na: mine\nb: {x: 1, z: 2}\nns: default\nupgrade: false\n"
    );
    assert_eq!(folder.render(&["template", ".", "-f", "mine.yaml"]).ok(), text);
}

#[test]
fn values_come_in_helms_order() {
    let folder = chart();
    folder.write("one.yaml", "a: one\n");
    folder.write("two.yaml", "a: two\n");
    let a = |args: &[&str]| {
        let text = folder.render_with_input(args, "a: stdin\n").ok();
        text.lines().find_map(|l| l.strip_prefix("a: ")).map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(a(&["--layer", "ha"]), "ha");
    assert_eq!(a(&["-f", "one.yaml", "--layer", "ha"]), "one");
    assert_eq!(a(&["-f", "two.yaml,one.yaml"]), "one");
    assert_eq!(a(&["-f", "-"]), "stdin");
    assert_eq!(a(&["--set", "a=set", "-f", "one.yaml"]), "set");
    assert_eq!(a(&["--set-string", "a=s", "--set", "a=set", "--set-json", "a=1"]), "s");
    assert_eq!(a(&["--set-literal", "a=x,y=z"]), "x,y=z");
    let text = folder.render(&["--layer", "dr", "--set", "b.x=null"]).ok();
    assert!(text.contains("b: {z: 2}"), "{text}");
}

#[test]
fn input_is_as_large_as_allowed() {
    let folder = chart();
    folder.write("mine.yaml", &format!("a: {}\n", "x".repeat(2000)));
    folder.render(&["-f", "mine.yaml", "--max-input", "2K"]).ok();
    for args in [["-f", "mine.yaml"], ["-f", "-"], ["--set-file", "a=mine.yaml"]] {
        let ran = folder.render_with_input(&[&args[..], &["--max-input", "1000"]].concat(), &"#".repeat(1001));
        assert!(ran.stderr.contains("it has more than the 1000 bytes that are allowed"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(folder.render(&["--max-input", "2X"]).code, 2);
}

#[test]
fn the_release_is_as_asked() {
    let text = chart().render(&["mine", ".", "-n", "prod", "--is-upgrade"]).ok();
    assert!(text.contains("{name: mine}") && text.contains("ns: prod\nupgrade: true"), "{text}");
    let named = chart().render(&["--name-template", "fixed"]).ok();
    assert!(named.contains("{name: fixed}"), "{named}");
}

/// What Helm 4.1.4 names the release, or says of the template.
#[test]
fn a_name_template_names_the_release() {
    let folder = chart();
    let name = |template: &str| {
        let text = folder.render(&["--name-template", template]).ok();
        text.lines().find_map(|l| l.strip_prefix("metadata: {name: ")).map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(name(""), "release-name}");
    assert_eq!(name("x-{{ upper \"AB\" | lower }}"), "x-ab}");
    assert_eq!(name("{{ with .a }}q{{ else }}z{{ end }}"), "z}");
    assert_eq!(name("{{ randAlphaNum 5 | lower }}").len(), "12345}".len());
    for (template, reason) in [
        ("{{ toYaml 1 }}", "function \"toYaml\" not defined"),
        ("{{ \"x\" | trunc 3", "unclosed action"),
        ("{{ fail \"no\" }}", "no"),
        ("{{ .Values.a }}", "invalid release name"),
    ] {
        let ran = folder.render(&["--name-template", template]);
        assert!(ran.code == 2 && ran.stderr.contains(reason), "{template}: {}", ran.stderr);
    }
}

/// What was odd before may be why.
#[test]
fn warnings_are_told_before_a_failure() {
    let folder = Folder::new(&[
        ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\ndeprecated: true\n"),
        ("templates/a.yaml", "{{ fail \"no\" }}"),
    ]);
    let ran = folder.render(&[]);
    assert!(ran.code == 1 && ran.stderr.starts_with("warning: this chart is deprecated\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\n\nerror: no\n"), "{}", ran.stderr);
}

#[test]
fn flags_of_helm_that_mean_nothing_here_are_taken() {
    let args = ["--wait", "--timeout", "5m", "--dry-run=client", "--create-namespace", "-l", "a=b", "--devel=true"];
    chart().render(&args).ok();
}

#[test]
fn output_goes_to_a_folder() {
    let folder = chart();
    folder.write("out/c/templates/other.yaml", "mine");
    let said = folder.render(&["--output-dir", "out"]).ok();
    assert!(said.contains("wrote out/c/templates/a.yaml.j2"), "{said}");
    let written = std::fs::read_to_string(folder.path("out/c/templates/a.yaml.j2")).unwrap();
    assert!(written.starts_with("---\n# Source: c/templates/a.yaml.j2\nkind: A\n"));
    assert_eq!(std::fs::read_to_string(folder.path("out/c/templates/other.yaml")).unwrap(), "mine");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_render"))
        .args(["show", "all", "opencti"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn bundled_charts_are_listed_shown_and_exported() {
    let list = render(&["list"]).ok();
    assert!(list.lines().any(|l| l.starts_with("opencti") && l.contains("clustering,ha,rollback")), "{list}");
    assert!(render(&["show", "chart", "opencti"]).ok().contains("name: opencti"));
    assert!(render(&["show", "readme", "opencti"]).ok().starts_with("# "));
    serde_json::from_str::<serde_json::Value>(&render(&["show", "schema", "opencti"]).ok()).unwrap();
    let folder = Folder::new(&[]);
    folder.render(&["export", "opencti", "mine"]).ok();
    for args in [&[][..], &["--layer", "clustering,ha"]] {
        let exported = folder.render(&[&["opencti", "mine"], args].concat()).ok();
        assert_eq!(exported, render(&[&["opencti"], args].concat()).ok());
    }
}

#[test]
fn an_archive_renders_as_its_folder() {
    let folder = Folder::new(&[]);
    folder.render(&["export", "opencti", "opencti"]).ok();
    let packed = Command::new("tar").args(["czf", "o.tgz", "opencti"]).current_dir(folder.path("")).status().unwrap();
    assert!(packed.success());
    assert_eq!(folder.render(&["opencti", "o.tgz"]).ok(), render(&["opencti"]).ok());
}

#[test]
fn help_version_and_completions() {
    assert_eq!(render(&["--version"]).ok(), concat!("render ", env!("CARGO_PKG_VERSION"), "\n"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(render(&["completion", shell]).ok().contains("render"));
    }
    for (name, args) in [("help_short", &["-h"][..]), ("help_long", &["--help"]), ("help_show", &["help", "show"])] {
        insta::with_settings!({snapshot_path => "../snapshots/cli", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, render(args).ok());
        });
    }
}
