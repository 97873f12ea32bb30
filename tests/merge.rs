//! `render merge`: layers merged into the text of the first one.

use std::io::{BufWriter, Write as _};

use crate::common::{Folder, Ran};

const BASE: &str = "# The shop\nreplicas: 2  # enough\nimage:\n  repository: shop/web\n  tag: \"1.0\"\nresources: {}\n";

fn folder() -> Folder {
    Folder::new(&[
        ("base.yaml", BASE),
        ("ha.yaml", "replicas: 3\nresources: {limits: {cpu: 1}}\n"),
        ("mine.yaml", "image: {tag: \"1.1\"}\nhosts: [shop.example.com]\n"),
    ])
}

#[test]
fn tags_are_carried_out() {
    let folder = folder();
    folder
        .write("tags.yaml", "hosts: !prepend [first.example.com]\nimage: !replace {tag: '2'}\nreplicas: !append [1]\n");
    let ran = folder.render(&["merge", "base.yaml", "mine.yaml", "tags.yaml"]);
    let want = "# The shop\nreplicas:  # enough\n  - 1\nimage:\n  tag: \"2\"\nresources: {}\nhosts:\n  - first.example.com\n  - shop.example.com\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, want));
    assert!(ran.stderr.contains("`!append` finds no list beneath"), "{}", ran.stderr);
}

const MERGED: &str = "# The shop\nreplicas: 3  # enough\nimage:\n  repository: shop/web\n  tag: \"1.1\"\nresources:\n  limits:\n    cpu: 1\nhosts:\n  - shop.example.com\n";

#[test]
fn overlays_are_written_into_the_base() {
    let folder = folder();
    assert_eq!(folder.render(&["merge", "base.yaml", "ha.yaml", "mine.yaml"]).ok(), MERGED);
    assert_eq!(folder.render(&["merge", "base.yaml"]).ok(), BASE);
    let stripped = folder.render(&["merge", "base.yaml", "ha.yaml", "mine.yaml", "--strip-comments"]).ok();
    assert_eq!(stripped, MERGED.replace("# The shop\n", "").replace("  # enough", ""));
}

#[test]
fn a_pipe_is_a_base_or_an_overlay() {
    let folder = folder();
    assert_eq!(folder.render_with_input(&["merge", "-", "ha.yaml", "mine.yaml"], BASE).ok(), MERGED);
    let overlay = "replicas: 3\nresources: {limits: {cpu: 1}}\n---\nimage: {tag: '1.1'}\nhosts: [shop.example.com]\n";
    assert_eq!(folder.render_with_input(&["merge", "base.yaml", "-"], overlay).ok(), MERGED);
    let both = folder.render_with_input(&["merge", "-", "-"], BASE);
    assert_eq!((both.code, both.stdout.as_str()), (2, ""));
}

#[test]
fn the_output_may_be_the_base_itself() {
    let folder = folder();
    assert_eq!(folder.render(&["merge", "base.yaml", "ha.yaml", "mine.yaml", "-o", "base.yaml"]).ok(), "");
    assert_eq!(std::fs::read_to_string(folder.path("base.yaml")).unwrap(), MERGED);
    // A failure leaves the file as it is, and nothing beside it.
    folder.write("base.yaml", "a: [\n");
    assert_eq!(folder.render(&["merge", "base.yaml", "ha.yaml", "-o", "base.yaml"]).code, 1);
    assert_eq!(std::fs::read_to_string(folder.path("base.yaml")).unwrap(), "a: [\n");
    assert_eq!(std::fs::read_dir(folder.path(".")).unwrap().count(), 3);
}

#[test]
fn sizes_are_limited_on_request() {
    let folder = folder();
    assert_eq!(folder.render(&["merge", "base.yaml", "ha.yaml", "--max-input", "1K"]).code, 0);
    for (args, input) in
        [(&["merge", "base.yaml"][..], ""), (&["merge", "-"], BASE), (&["merge", "ha.yaml", "base.yaml"], "")]
    {
        let ran = folder.render_with_input(&[args, &["--max-input", "60"]].concat(), input);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{args:?}");
        assert!(ran.stderr.contains("it has more than the 60 bytes that are allowed"), "{}", ran.stderr);
    }
}

/// Wrong input. Each message is a snapshot.
#[test]
fn mistakes() {
    let folder = folder();
    folder.write("broken.yaml", "a:\n  b: [1,\n  c: 2\nd: 3\n");
    folder.write("list.yaml", "- a\n");
    folder.write("tag.yaml", "a: 1\nimage: !append {tag: 1}\n");
    folder.write("tagged.yaml", "a: 1\nimage: !replace\n  tag: 1\n");
    folder.write("anchor.yaml", "a: 1\nb: *defaults\n");
    for (name, args) in [
        ("merge_base_missing", &["merge", "bse.yaml"][..]),
        ("merge_base_broken", &["merge", "broken.yaml", "mine.yaml"]),
        ("merge_base_is_a_list", &["merge", "list.yaml", "mine.yaml"]),
        ("merge_unknown_anchor", &["merge", "anchor.yaml"]),
        ("merge_overlay_broken", &["merge", "base.yaml", "broken.yaml"]),
        ("merge_overlay_tag", &["merge", "base.yaml", "tag.yaml"]),
        ("merge_base_tag", &["merge", "tagged.yaml", "mine.yaml"]),
        ("merge_too_large", &["merge", "base.yaml", "--max-input", "60"]),
        ("merge_into_nowhere", &["merge", "base.yaml", "-o", "no/such/folder.yaml"]),
        ("merge_bad_size", &["merge", "base.yaml", "--max-input", "big"]),
    ] {
        let ran = folder.render(args);
        assert_eq!(ran.stdout, "", "{name}");
        snapshot(name, &ran);
    }
}

fn snapshot(name: &str, ran: &Ran) {
    let text = format!("exit {}\n\n{}", ran.code, ran.stderr);
    insta::with_settings!({snapshot_path => "../snapshots/mistakes", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

/// A base of several windows: what changes at both ends and in between, and where an error is.
#[test]
fn a_large_base_is_read_by_windows() {
    let folder = folder();
    let large = folder.path("large.yaml");
    let mut file = BufWriter::new(std::fs::File::create(&large).unwrap());
    let section = |n: usize| {
        format!(
            "section{n}:\n  name: \"section {n}\" # é\n  items:\n    - {{id: {n}, on: true}}\n    - |\n      text\n"
        )
    };
    let line = "x".repeat(600_000);
    for n in 0..40_000 {
        file.write_all(section(n).as_bytes()).unwrap();
        if n == 20_000 {
            writeln!(file, "long: '{line}'").unwrap();
        }
    }
    file.into_inner().unwrap();
    let size = std::fs::metadata(&large).unwrap().len();
    assert!(size > 3 << 20, "{size}");
    folder.write("o.yaml", "section0: {name: first}\nlong: 1\nsection39999: {items: null}\nlast: true\n");
    let text = folder.render(&["merge", "large.yaml", "o.yaml"]).ok();
    let mut want: String = (0..40_000).map(|n| section(n) + if n == 20_000 { "long: 1\n" } else { "" }).collect();
    want = want.replacen("name: \"section 0\"", "name: first", 1);
    let tail = section(39_999);
    want.truncate(want.len() - tail.len());
    want += "section39999:\n  name: \"section 39999\" # é\n  items: null\nlast: true\n";
    assert!(text == want, "{} and {} bytes", text.len(), want.len());

    let mut file = std::fs::OpenOptions::new().append(true).open(&large).unwrap();
    file.write_all("wrong:\n  é: [1, 2\n  b: 3\n".as_bytes()).unwrap();
    let ran = folder.render(&["merge", "large.yaml", "o.yaml"]);
    assert_eq!(ran.stdout, "");
    snapshot("merge_large_base_broken", &ran);
}
