//! What is written reads back, and tells whether secrets changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::diag::{SourceKind, Sources};
use crate::diff::Document;

const MANIFESTS: &str = "\
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec: {replicas: 1e1, template: {spec: {containers: [{name: a, env: [{name: DB_PASSWORD, value: hunter2}]}]}}}
---
# Source: shop/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {empty: \"\", password: aHVudGVyMg==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {\"on\": \"1\", file: \"a\\n---\\n\\tb \\nkey: [\\n\", odd: \"  x\\n\\n\", long: \"\u{85} \u{feff}\"}
";

fn side(text: &str) -> Side {
    let text = Sources::default().add("m.yaml", SourceKind::Rendered, text.as_bytes()).expect("room");
    Side::read("m.yaml", [Document { text, template: None }]).unwrap_or_else(|(_, err)| panic!("{err:?}"))
}

fn how() -> How {
    let values = vec![Given { from: "-f mine.yaml".to_owned(), text: b"a: 1".to_vec() }];
    How { tool: "render 0".to_owned(), chart: "shop".to_owned(), values, ..How::default() }
}

#[test]
fn what_is_written_compares_as_the_same() {
    let fresh = side(MANIFESTS);
    for form in [Form::Plain, Form::Digests([7; 32]), Form::Sealed([8; 32])] {
        let text = to_text(&how(), &form, &fresh);
        let read = Snapshot::open(side(&text), form.key()).expect("a snapshot");
        assert_eq!(read.form, form);
        assert!(read.compare(&fresh).is_empty(), "{text}");
        assert!(diff::compare(&fresh, &read.side, &Options::default()).is_empty());
        assert_eq!(
            to_text(&how(), &Form::Plain, &read.side).split_once("\n---").unwrap().1,
            text.split_once("\n---").unwrap().1
        );
        assert_eq!(text.contains("hunter2"), form == Form::Plain, "{text}");
        assert_eq!(text.contains("aHVudGVyMg=="), form == Form::Plain, "{text}");
        let changed = side(&MANIFESTS.replace("aHVudGVyMg==", "aHVudGVyMw=="));
        let report = read.compare(&changed);
        assert_eq!(report.resources.len(), 1);
        assert_eq!(report.resources[0].changes().len(), 1);
    }
}

#[test]
fn manifests_are_in_the_order_of_installation_and_say_their_template() {
    let text = to_text(&how(), &Form::Digests([7; 32]), &side(MANIFESTS));
    let kinds: Vec<_> = text.lines().filter(|line| line.starts_with("kind:")).collect();
    assert_eq!(kinds, ["kind: Snapshot", "kind: Secret", "kind: ConfigMap", "kind: Deployment"]);
    assert!(text.contains("---\n# Source: shop/templates/secret.yaml\napiVersion: v1\nkind: Secret\n"), "{text}");
    let turned: Vec<&str> = MANIFESTS.split("---\n").collect();
    let turned = [turned[2..].join("---\n").as_str(), turned[1], turned[0]].join("---\n");
    assert_eq!(to_text(&how(), &Form::Digests([7; 32]), &side(&turned)), text);
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let open = |text: &str, key| Snapshot::open(side(text), key).map(|snapshot| snapshot.form);
    let name = || "m.yaml".to_owned();
    assert_eq!(open(MANIFESTS, None), Err(SnapshotError::None(name())));
    let sealed = to_text(&how(), &Form::Sealed([1; 32]), &side(MANIFESTS));
    assert_eq!(open(&sealed, None), Err(SnapshotError::KeyMissing(name())));
    assert_eq!(open(&sealed, Some([2; 32])), Err(SnapshotError::OtherKey(name())));
    assert_eq!(open(&format!("{MANIFESTS}---\n{sealed}"), Some([1; 32])), Err(SnapshotError::Several(name())));
    let kept = to_text(&how(), &Form::Digests([1; 32]), &side(MANIFESTS));
    assert_eq!(open(&format!("{kept}---\n{kept}"), None), Err(SnapshotError::Several(name())));
    for key in ["", "0102", &"é".repeat(32)] {
        let broken = kept.replace(&"01".repeat(32), key);
        assert_eq!(open(&broken, None), Err(SnapshotError::Header(name())), "{key}");
    }
}

#[test]
fn what_comes_by_chance_is_marked_and_nothing_else() {
    let one = |password: &str, port: u16, name: &str| {
        let file = format!("user = a\npassword = {password}\n");
        let data = STANDARD.encode(&file);
        let pem = STANDARD.encode(format!("-----BEGIN X-----\n{password}\n-----END X-----\n"));
        side(&format!(
            "kind: Secret\napiVersion: v1\nmetadata: {{name: {name}}}\ndata: {{file: {data}, p: {}, same: YQ==, pem: {pem}}}\n---\n\
             kind: ConfigMap\nmetadata: {{name: c}}\ndata: {{file: \"user = a\\npassword = {password}\\n\", port: {port}, json: \
             '{{\"a\":\"{password}\",\"b\":1}}'}}\n",
            STANDARD.encode(password)
        ))
    };
    let (first, second, third) = (one("abc", 1, "x-1"), one("d\u{e9}f", 2, "x-2"), one("ghi", 3, "x-3"));
    let (kept, now) = (marked(&first, &second), marked(&third, &first));
    let text = to_text(&how(), &Form::Digests([7; 32]), &kept);
    assert_eq!(text, to_text(&how(), &Form::Digests([7; 32]), &now));
    for line in ["  name: <random>", "  p: <random>", "  pem: <random>", "    password = <random>", "  port: <random>"]
    {
        assert!(text.lines().any(|said| said == line), "{line} is not in {text}");
    }
    assert!(text.contains("{\"a\":\"<random>\",\"b\":1}"), "{text}");
    let read = Snapshot::open(side(&text), None).expect("a snapshot");
    assert!(read.compare(&now).is_empty());
    // What was made up is given now.
    let given = one("abc", 1, "<random>");
    assert_eq!(read.compare(&marked(&given, &given)).resources.len(), 2);
    // What is beside it is another.
    let beside = |side: &Side| {
        let mut text = String::new();
        side.resources.iter().for_each(|resource| {
            text += &format!("---\n{}\n", to_yaml_for_people(&resource.value, &|_| None).unwrap())
        });
        text.replace("user = a", "user = b")
    };
    let changed = marked(&side(&beside(&first)), &side(&beside(&second)));
    let report = read.compare(&changed);
    assert_eq!(report.resources.len(), 1);
    assert_eq!(report.resources[0].changes().len(), 1);
}
