//! `render snapshot`: written, checked, accepted, compared by `render diff`.

use crate::common::{Folder, Ran, refused};

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.2.0\nappVersion: \"3\"\n";
const TEMPLATE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  a: {{ Values.a | tojson }}
  file: |
    password = {{ Values.password }}
    host = db
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: {{ Values.password }}, empty: \"\"}
";

fn folder() -> Folder {
    Folder::new(&[
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "a: \"1\"\npassword: hunter2\n"),
        ("chart/values/big.yaml", "a: \"10\"\n"),
        ("chart/templates/c.yaml.j2", TEMPLATE),
        ("chart/crds/x.yaml", "kind: CustomResourceDefinition\nmetadata: {name: x}\n"),
        ("mine.yaml", "a: \"2\"\n"),
        ("key", "0123456789abcdef0123\n"),
    ])
}

fn snapshot(folder: &Folder, args: &[&str]) -> Ran {
    folder.render(&[&["snapshot", "prod", "chart"], args].concat())
}

fn text(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.path(path)).expect("a snapshot")
}

#[test]
fn it_is_written_checked_and_accepted() {
    let folder = folder();
    refused(&snapshot(&folder, &["--check"]), 1, &["there is no snapshot snapshots/prod.yaml", "without --check"]);
    let wrote = "wrote snapshots/prod.yaml (2 resources)\n";
    assert_eq!(snapshot(&folder, &[]).ok(), wrote);
    let first = text(&folder, "snapshots/prod.yaml");
    for again in [&[][..], &["--check"], &["--update"]] {
        assert_eq!(snapshot(&folder, again).ok(), "snapshots/prod.yaml is up to date (2 resources)\n");
    }
    for check in [&["-f", "mine.yaml"][..], &["-f", "mine.yaml", "--check"]] {
        let ran = snapshot(&folder, check);
        assert_eq!(ran.code, 5, "{}", ran.stderr);
        assert!(ran.stdout.starts_with("~ ConfigMap c  v1  shop/templates/c.yaml.j2\n  ~ data.a: \"1\" → \"2\"\n"));
        assert!(ran.stderr.contains("--update"), "{}", ran.stderr);
    }
    assert_eq!(text(&folder, "snapshots/prod.yaml"), first);
    let updated = snapshot(&folder, &["-f", "mine.yaml", "--update"]).ok();
    assert_eq!(updated, "~ ConfigMap c  1 change\nupdated snapshots/prod.yaml (2 resources)\n");
    snapshot(&folder, &["-f", "mine.yaml", "--check"]).ok();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(&first), lines(&text(&folder, "snapshots/prod.yaml")));
    let changed: Vec<_> = new.iter().filter(|line| !old.contains(line)).collect();
    assert!(
        matches!(&changed[..], [from, digest, data] if from.as_str() == "  - from: -f mine.yaml"
        && digest.starts_with("    digest: ") && data.as_str() == "  a: \"2\""),
        "{changed:?}"
    );
    let files: Vec<_> = std::fs::read_dir(folder.path("snapshots")).expect("a folder").collect();
    assert_eq!(files.len(), 1);
}

#[test]
fn it_says_what_was_rendered_and_how() {
    let folder = folder();
    let args = ["--layer", "big", "--set", "password=xyzzy", "--include-crds", "-n", "web", "--kube-version", "1.31"];
    let args = [&args[..], &["-a", "a.b/v1", "-o", "s/x.yaml", "--secrets-key", "key"]].concat();
    assert_eq!(snapshot(&folder, &args).ok(), "wrote s/x.yaml (3 resources)\n");
    insta::with_settings!({snapshot_path => "../snapshots/cli", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("snapshot", text(&folder, "s/x.yaml"));
    });
}

#[test]
fn secrets_are_digests_unless_they_are_wanted_plain() {
    let folder = folder();
    snapshot(&folder, &["--set", "password=xyzzy"]).ok();
    let kept = text(&folder, "snapshots/prod.yaml");
    assert!(!kept.contains("xyzzy") && kept.contains("empty: \"\""), "{kept}");
    snapshot(&folder, &["--set", "password=xyzzy", "--check"]).ok();
    let ran = snapshot(&folder, &["--check"]);
    assert_eq!(ran.code, 5);
    assert!(
        ran.stdout.contains("~ stringData.password: <secret ") && !ran.stdout.contains("hunter2"),
        "{}",
        ran.stdout
    );
    // Its form and its key stay.
    snapshot(&folder, &["--update", "--set", "password=xyzzy,a=x"]).ok();
    let updated = text(&folder, "snapshots/prod.yaml");
    let key = |text: &str| text.lines().find(|line| line.starts_with("  key: ")).map(str::to_owned);
    assert!(key(&kept).is_some() && key(&kept) == key(&updated));
    snapshot(&folder, &["--update", "--secrets", "plain"]).ok();
    let plain = text(&folder, "snapshots/prod.yaml");
    assert!(plain.contains("  password: hunter2\n") && plain.contains("    password = hunter2\n"), "{plain}");
    snapshot(&folder, &["--update"]).ok();
    assert!(snapshot(&folder, &["--check", "--set", "password=xyzzy"]).stdout.contains("<secret "));
    assert!(text(&folder, "snapshots/prod.yaml").contains("hunter2"));
}

#[test]
fn a_key_that_is_kept_elsewhere_is_needed() {
    let folder = folder();
    folder.write("other", "another key, and long enough");
    folder.write("short", "hunter2\n");
    refused(&snapshot(&folder, &["--secrets-key", "short"]), 1, &["too short", "openssl"]);
    refused(&snapshot(&folder, &["--secrets-key", "none"]), 1, &["none cannot be read"]);
    snapshot(&folder, &["--secrets-key", "key"]).ok();
    assert!(!text(&folder, "snapshots/prod.yaml").contains(" key: "));
    snapshot(&folder, &["--secrets-key", "key", "--check"]).ok();
    refused(&snapshot(&folder, &["--check"]), 1, &["kept elsewhere", "--secrets-key"]);
    refused(&snapshot(&folder, &["--check", "--secrets-key", "other"]), 1, &["made with another key"]);
    let side = ["diff", "snapshots/prod.yaml", "--secrets-key", "key", "--", "prod", "chart"];
    assert_eq!(folder.render(&side).ok(), "no differences (2 resources)\n");
    refused(&folder.render(&["diff", "snapshots/prod.yaml", "--", "prod", "chart"]), 1, &["--secrets-key FILE"]);
}

#[test]
fn a_snapshot_is_a_side_of_a_comparison() {
    let folder = folder();
    snapshot(&folder, &[]).ok();
    let path = "snapshots/prod.yaml";
    assert_eq!(folder.render(&["diff", path, "--", "prod", "chart"]).ok(), "no differences (2 resources)\n");
    let ran =
        folder.render(&["diff", path, "--show-secrets", "--", "prod", "chart", "--set-string", "password=xyzzy,a=7"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("a snapshot holds digests"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("xyzzy") && ran.stdout.contains("~ data.a: \"1\" → \"7\""), "{}", ran.stdout);
    let back = folder.render(&["diff", "-R", path, "--", "prod", "chart", "--set-string", "a=7"]);
    assert!(back.stdout.contains("~ data.a: \"7\" → \"1\"") && !back.stdout.contains("secret"), "{}", back.stdout);
    let piped = folder.render_with_input(&["diff", "-", "--", "prod", "chart"], &text(&folder, path));
    assert_eq!(piped.code, 0, "{}", piped.stdout);
    snapshot(&folder, &["-o", "snapshots/second.yaml"]).ok();
    let two = folder.render(&["diff", path, "snapshots/second.yaml"]);
    assert!(two.code == 5 && two.stderr.contains("different keys: every secret looks changed"), "{}", two.stderr);
    refused(&folder.render(&["diff", "snapshots", "--", "chart"]), 1, &["snapshots holds more than a snapshot"]);
}

/// A password, a key, a checksum and a date that are made up anew in each render, in both kinds of template.
#[test]
fn values_that_are_made_up_are_no_difference() {
    let folder = folder();
    let values = "apiVersion: v1\nkind: Secret\nmetadata: {name: r}\ndata:\n  password: {{ randAlphaNum 20 | b64enc }}\n  \
                  {{- $key := genPrivateKey \"ecdsa\" }}\n  ca: {{ $key | b64enc }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: \
                  {name: m, annotations: {sum: {{ uuidv4 | sha256sum }}, day: {{ now | date \"2006-01-02\" | quote }}}}\ndata: {a: {{ .Values.a | quote }}}\n";
    folder.write("chart/templates/go.yaml", values);
    folder.write(
        "chart/templates/j.yaml.j2",
        "kind: Secret\nmetadata: {name: j}\nstringData: {a: {{ randAlphaNum(9) }}}\n",
    );
    snapshot(&folder, &[]).ok();
    let kept = text(&folder, "snapshots/prod.yaml");
    for line in [
        "  password: <random>",
        "  ca: <random>",
        "    sum: <random>",
        "    day: <random>",
        "  a: <random>",
        "  password: hunter2",
    ] {
        assert_eq!(kept.lines().any(|said| said == line), line.ends_with("<random>"), "{line}: {kept}");
    }
    snapshot(&folder, &["--check"]).ok();
    assert_eq!(snapshot(&folder, &["--update"]).ok(), "snapshots/prod.yaml is up to date (5 resources)\n");
    assert_eq!(
        folder.render(&["diff", "snapshots/prod.yaml", "--", "prod", "chart"]).ok(),
        "no differences (5 resources)\n"
    );
    let ran = snapshot(&folder, &["--check", "--set", "a=3"]);
    assert!(
        ran.code == 5 && ran.stdout.contains("2 changed, 3 unchanged") && !ran.stdout.contains("random"),
        "{}",
        ran.stdout
    );
    let given = values.replace("{{ randAlphaNum 20 | b64enc }}", "aHVudGVyMg==");
    folder.write("chart/templates/go.yaml", &given);
    let ran = snapshot(&folder, &["--check"]);
    assert!(ran.code == 5 && ran.stdout.contains("~ data.password: <random> → <secret "), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_a_snapshot_is_refused_and_left_alone() {
    let folder = folder();
    refused(&snapshot(&folder, &["--check", "--update"]), 2, &["cannot be used with"]);
    refused(&snapshot(&folder, &["--output-dir", "x"]), 2, &["--output-dir means nothing"]);
    refused(&snapshot(&folder, &["-o", "mine.yaml", "--update"]), 1, &["mine.yaml is not a snapshot"]);
    refused(&snapshot(&folder, &["-o", "chart"]), 1, &["chart cannot be read"]);
    assert_eq!(text(&folder, "mine.yaml"), "a: \"2\"\n");
    snapshot(&folder, &[]).ok();
    folder.write("snapshots/prod.yaml", &text(&folder, "snapshots/prod.yaml").replace("as: digests", "as: hashes"));
    refused(&snapshot(&folder, &["--update"]), 1, &["does not say how secrets stand"]);
    folder.write("broken.yaml", "a: [\n");
    refused(&snapshot(&folder, &["-o", "broken.yaml"]), 1, &["broken.yaml:1:"]);
    refused(&snapshot(&folder, &["-o", "key/x.yaml"]), 1, &["key/x.yaml"]);
    refused(&snapshot(&folder, &["-f", "broken.yaml", "-o", "new.yaml"]), 1, &["broken.yaml"]);
    assert!(!folder.path("new.yaml").exists());
}

#[test]
fn the_bundled_charts_are_the_same_in_a_snapshot() {
    let folder = Folder::new(&[]);
    let layers = ["--layer", "clustering,ha", "--set-string", "image.tag=1"];
    for (name, layers) in [("opencti", &layers[..]), ("bifrost", &layers), ("malcolm", &[]), ("stackstorm-ha", &[])] {
        let render = [&[name], layers].concat();
        folder.render(&[&["snapshot"], &render[..]].concat()).ok();
        folder.render(&[&["snapshot", "--check"], &render[..]].concat()).ok();
        let ran = folder.render(&[&["diff", &format!("snapshots/{name}.yaml"), "--"], &render[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stdout);
    }
}
