//! Pairs of manifests with what is said of them, and what holds for all of them.

use std::sync::Arc;

use proptest::prelude::*;

use super::compare::changes;
use super::write::{self, Style};
use super::*;
use crate::diag::{SourceKind, Sources};
use crate::value::{Str, Value};

fn side(name: &str, text: &str) -> Side {
    let text = Sources::default().add(name, SourceKind::Rendered, text.as_bytes()).expect("room");
    Side::read(name, [Document { text, template: None }]).unwrap_or_else(|(_, err)| panic!("{err:?}"))
}

/// Options with a key of our own, so that digests are the same in each run.
fn options(ignore: &[&str]) -> Options {
    let ignore = Rules::parse(ignore).expect("rules");
    Options { ignore, secrets: Secrets::Masked([7; 32]), kube_minor: None }
}

fn report(old: &str, new: &str) -> Report {
    compare(&side("old.yaml", old), &side("new.yaml", new), &options(&[]))
}

fn human(report: &Report) -> String {
    write::human(report, &Style { colour: false, context: 3 })
}

/// The two sides of a file of tests/fixtures/diff.
fn fixture(name: &str) -> (String, String) {
    let path = format!("{}/tests/fixtures/diff/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{path}: {err}"));
    let (old, new) = text.split_once("=== new\n").expect("two sides");
    (old.to_owned(), new.to_owned())
}

#[track_caller]
fn keep(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/diff"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn what_is_said_of_each_pair() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/diff");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("fixtures")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".yaml")?.to_owned()))
        .collect();
    names.sort();
    assert!(names.len() > 5);
    for name in names {
        let (old, new) = fixture(&name);
        keep(&name, &human(&report(&old, &new)));
        for same in [&old, &new] {
            assert!(report(same, same).is_empty(), "{name}");
        }
    }
}

#[test]
fn every_format() {
    let (old, new) = fixture("texts");
    let (more_old, more_new) = fixture("renames");
    let (secret_old, secret_new) = fixture("secrets");
    let report =
        report(&format!("{old}---\n{more_old}---\n{secret_old}"), &format!("{new}---\n{more_new}---\n{secret_new}"));
    keep("format_colours", &write::human(&report, &Style { colour: true, context: 1 }).replace('\x1b', "␛"));
    keep("format_unified", &write::unified(&report, 2));
    let (kind_old, kind_new) = fixture("kinds");
    keep("format_unified_kinds", &write::unified(&self::report(&kind_old, &kind_new), 1));
    keep("format_brief", &write::brief(&report));
    keep("format_markdown", &write::markdown(&report, 3));
    let json = write::json(&report);
    keep("format_json", &json);
    let html = write::html(&report, 3);
    for (name, text) in [("json", &json), ("html", &html), ("markdown", &write::markdown(&report, 3))] {
        assert!(!text.contains("hunter") && !text.contains("aHVudGVy"), "{name} shows a secret");
    }
    assert!(!html.contains("http:") && !html.contains("https:") && html.contains("default-src 'none'"));
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema = include_str!("../../docs/diff.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).expect("JSON")).expect("a schema");
    let same = report("a: 1", "a: 1");
    for name in ["fields", "merge_keys", "sequences", "sets", "texts", "renames", "one_sided", "values"] {
        let (old, new) = fixture(name);
        for report in [&report(&old, &new), &same] {
            let json: serde_json::Value = serde_json::from_str(&write::json(report)).expect("JSON");
            let errors: Vec<String> =
                schema.iter_errors(&json).map(|err| format!("{err} at {}", err.instance_path())).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn a_comment_fits() {
    let text = |word: &str| {
        let line = format!("{word} of a text that is long enough to matter\n    ");
        let maps = (0..40).map(|i| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\ndata:\n  a{i}: |\n    {}\n",
                line.repeat(100)
            )
        });
        maps.collect::<Vec<_>>().join("---\n")
    };
    let comment = write::markdown(&report(&text("a line"), &text("another")), 3);
    assert!(comment.len() < 65_000 && comment.contains("too long to be shown"), "{}", comment.len());
    assert!((0..40).all(|i| comment.contains(&format!("ConfigMap c{i}<"))));
    let many =
        |n: usize| (0..n).map(|i| format!("kind: A\nmetadata: {{name: {i}}}\n")).collect::<Vec<_>>().join("---\n");
    let comment = write::markdown(&report("", &many(5000)), 3);
    assert!(comment.len() < 65_000 && comment.contains("for which there is no room"), "{}", comment.len());
}

#[test]
fn text_cannot_leave_its_place() {
    let evil = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"</script><b>\\e[2J\"}\ndata: {a: \"``` </details>\\e[31m\"}\n";
    let report = report("", evil);
    let html = write::html(&report, 3);
    assert!(!html.contains("<b>\x1b") && !html.contains("</script><b>"));
    for text in [human(&report), write::unified(&report, 3), write::markdown(&report, 3), write::brief(&report)] {
        assert!(!text.contains('\x1b'), "{text:?}");
    }
    assert!(write::markdown(&report, 3).contains("\n````diff\n"));
}

#[test]
fn what_is_said_of_a_risk_cannot_leave_its_place() {
    let deployment = |image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: {{}}, template: \
             {{spec: {{containers: [{{name: web, image: \"{image}\"}}]}}}}}}\n"
        )
    };
    let report = report(&deployment("a"), &deployment("b</li><script>`*\\e[31m\\n- c"));
    assert_eq!(report.risks.len(), 1);
    assert!(!write::html(&report, 3).contains("</li><script>"));
    assert!(write::markdown(&report, 3).lines().all(|line| line != "- c"));
    for text in [human(&report), write::unified(&report, 3), write::markdown(&report, 3)] {
        assert!(text.contains("b") && !text.contains('\x1b'), "{text:?}");
    }
}

#[test]
fn a_namespace_that_one_side_leaves_out_is_that_of_the_release() {
    let web = |namespace: &str, app: &str| {
        format!(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: web{namespace}}}\n\
             spec: {{selector: {{matchLabels: {{app: {app}}}}}, template: {{metadata: {{labels: {{app: {app}}}}}}}}}\n"
        )
    };
    let named = side("named.yaml", &web(", namespace: shop", "a"));
    let unnamed = |home: &str| Side { namespace: home.into(), ..side("unnamed.yaml", &web("", "a")) };
    for (home, said) in [("shop", ""), ("other", "metadata.namespace"), ("", "metadata.namespace")] {
        for (old, new) in [(&named, &unnamed(home)), (&unnamed(home), &named)] {
            let report = compare(old, new, &options(&[]));
            let changes = report.resources.iter().flat_map(ResourceChange::changes);
            assert_eq!(changes.map(|change| change.path.to_string()).collect::<String>(), said, "{home}");
            assert_eq!(report.summary().changed, usize::from(!said.is_empty()), "{home}");
        }
    }
    // However little they have in common.
    let report = compare(&named, &side("other.yaml", &web("", "b")), &options(&[]));
    assert_eq!(
        report.risks.iter().map(|risk| risk.rule.id).collect::<Vec<_>>(),
        ["daemonset-selector", "pods-restart"]
    );
    // Of several only that of the release.
    let both = side("both.yaml", &format!("{}---\n{}", web(", namespace: x", "b"), web(", namespace: shop", "a")));
    let gone = |home: &str| compare(&both, &unnamed(home), &options(&[])).summary();
    assert_eq!((gone("shop").removed, gone("shop").unchanged), (1, 1));
    assert_eq!((gone("").changed, gone("").unchanged), (0, 0));
}

#[test]
fn rules_leave_out_what_they_name() {
    let (old, new) = fixture("merge_keys");
    let left = |rules: &[&str]| {
        let report = compare(&side("a", &old), &side("b", &new), &options(rules));
        let changes = report.resources.iter().flat_map(ResourceChange::changes);
        changes.map(|change| change.path.to_string()).collect::<Vec<_>>()
    };
    let all = left(&[]);
    assert!(all.contains(&"spec.containers[web].image".to_owned()));
    for (rule, gone) in [
        ("spec.containers[web].image", "[web].image"),
        ("Pod:**.image", "[web].image"),
        ("Pod/we*:spec.containers[*].ports", ".ports"),
        ("spec.containers.web.env", ".env"),
        ("**.env[B].value", "env[B].value"),
        ("spec.volumes", "spec.volumes"),
        ("**.ports[53/UDP]", "[53/UDP]"),
        ("**.ports[http]", "[8080/TCP]"),
        ("**.volumeMounts[/tmp]", "[/tmp]"),
        ("@order", ".env"),
    ] {
        let paths = left(&[rule]);
        let kept: Vec<&String> = all.iter().filter(|path| !path.contains(gone)).collect();
        assert!(paths.len() < all.len() && kept.iter().all(|path| paths.contains(path)), "{rule}: {paths:?}");
    }
    assert_eq!(left(&["ConfigMap:spec", "Pod/other:spec"]), all);
    assert_eq!(left(&["Pod:"]), Vec::<String>::new());
    assert_eq!(left(&["**"]), Vec::<String>::new());
    for bad in ["", "@all", "a[", "a[]"] {
        assert!(Rules::parse([bad]).is_err(), "{bad}");
    }
}

#[test]
fn labels_of_the_chart_and_checksums_can_be_left_out() {
    let text = |version: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a, labels: {{helm.sh/chart: a-{version}, app: a}}}}\n\
             spec: {{template: {{metadata: {{annotations: {{checksum/config: '{version}'}}, \
             labels: {{app.kubernetes.io/version: '{version}'}}}}}}}}\n"
        )
    };
    let (old, new) = (side("a", &text("1.0")), side("b", &text("1.1")));
    let count = |rules: &[&str]| {
        compare(&old, &new, &options(rules)).resources.iter().map(|change| change.changes().len()).sum::<usize>()
    };
    assert_eq!((count(&[]), count(&["@labels"]), count(&["@checksums"]), count(&["@server"])), (3, 1, 2, 3));
    assert!(compare(&old, &new, &options(&["@labels", "@checksums"])).is_empty());
}

#[test]
fn what_a_cluster_writes_can_be_left_out() {
    let plain = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n";
    let live = "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\nstatus: {}\nmetadata:\n  name: a\n  uid: u\n  resourceVersion: '1'\n  \
                managedFields: []\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}\n";
    let (old, new) = (side("a", live), side("b", plain));
    assert!(compare(&old, &new, &options(&["@server"])).is_empty());
    assert!(!compare(&old, &new, &options(&[])).is_empty());
}

#[test]
fn digests_say_only_whether_a_value_changed() {
    let (old, new) = fixture("secrets");
    let with = |secrets| {
        let options = Options { secrets, ..Options::default() };
        human(&compare(&side("a", &old), &side("b", &new), &options))
    };
    assert_ne!(with(Secrets::default()), with(Secrets::default()), "the key is made anew");
    let shown = with(Secrets::Shown);
    assert!(shown.contains("data.password: hunter2 → hunter3") && shown.contains("password = hunter2"), "{shown}");
}

#[test]
fn many_resources_that_are_all_alike_are_paired_by_their_names() {
    let accounts = |prefix: &str| {
        let one =
            |i| format!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {prefix}-{i}, labels: {{a: b}}}}\n");
        (0..300).map(one).collect::<Vec<_>>().join("---\n")
    };
    let summary = report(&accounts("red"), &accounts("blue")).summary();
    assert_eq!((summary.renamed, summary.added), (300, 0));
}

#[test]
fn null_false_and_zero_are_not_one_another() {
    let text = |items: &str| format!("apiVersion: a/v1\nkind: A\nmetadata: {{name: a}}\nspec: {items}\n");
    for (old, new) in [("[x, 0]", "[null, x]"), ("[false, x]", "[x, 0]"), ("[null, x]", "[x, false]")] {
        let (old, new) = (side("a", &text(old)), side("b", &text(new)));
        let report = compare(&old, &new, &Options::default());
        let changes = report.resources.iter().flat_map(|change| change.changes());
        assert!(changes.into_iter().all(|change| !matches!(change.detail, Detail::Reordered { .. })));
    }
}

/// A report made into what it says: the old value with the changes made.
fn apply(value: &Value, changes: &[(&[Step], &Detail)]) -> Value {
    let here = changes.iter().find(|(steps, detail)| steps.is_empty() && !matches!(detail, Detail::Reordered { .. }));
    match here.map(|(_, detail)| *detail) {
        Some(Detail::Replaced { new, .. }) => return new.clone(),
        Some(Detail::Text { new, .. }) => return Value::str(new.clone()),
        _ => {}
    }
    match value {
        Value::Map(map, _) => {
            let mut map = crate::value::Map::clone(map);
            for (step, inner) in by_step(changes) {
                let Step::Key(key) = step else { panic!("{step:?} into a map") };
                match inner[..] {
                    [([], Detail::Added(new))] => drop(map.insert(key.clone(), new.clone())),
                    [([], Detail::Removed(_))] => drop(map.remove(key)),
                    _ => drop(map.insert(key.clone(), apply(&map.get(key).cloned().expect("a value"), &inner))),
                }
            }
            Value::Map(Arc::new(map), value.origin())
        }
        Value::List(items, _) => Value::list(apply_to_list(items, changes)),
        value => value.clone(),
    }
}

fn apply_to_list(items: &[Value], changes: &[(&[Step], &Detail)]) -> Vec<Value> {
    let steps = by_step(changes);
    let mut items: Vec<Option<Value>> = items.iter().cloned().map(Some).collect();
    let mut added = Vec::new();
    for (step, inner) in &steps {
        match inner[..] {
            [([], Detail::Removed(_))] => {
                let place = place(&items, step);
                items[place] = None;
            }
            [([], Detail::Added(new))] => added.push((*step, new.clone())),
            _ => {}
        }
    }
    let mut items: Vec<Option<Value>> = items.into_iter().filter(Option::is_some).collect();
    for (step, new) in added {
        match step {
            Step::Index(index) => items.insert(*index, Some(new)),
            _ => items.push(Some(new)),
        }
    }
    for (step, inner) in &steps {
        if !matches!(inner[..], [([], Detail::Removed(_) | Detail::Added(_))]) {
            let place = place(&items, step);
            items[place] = items[place].as_ref().map(|item| apply(item, inner));
        }
    }
    items.into_iter().flatten().collect()
}

/// Where in a list a step leads.
fn place(items: &[Option<Value>], step: &Step) -> usize {
    let is = |item: &Value| match step {
        Step::Item(fields) => fields.iter().all(|(key, text)| {
            let field = key.split('.').try_fold(item, |value, key| value.get(key));
            field.map_or_else(|| keys::default(key), |value| list::label(value).into()) == *text
        }),
        Step::Member(text) => list::label(item) == *text,
        _ => false,
    };
    match step {
        Step::Index(index) => *index,
        _ => items.iter().position(|item| item.as_ref().is_some_and(is)).unwrap_or_else(|| panic!("{step:?}")),
    }
}

/// Changes with what is left of the way to them.
type Below<'a> = Vec<(&'a [Step], &'a Detail)>;

/// Changes below each first step. Removed and added items of one place are not one.
fn by_step<'a>(changes: &[(&'a [Step], &'a Detail)]) -> Vec<(&'a Step, Below<'a>)> {
    let mut grouped: Vec<(&Step, Below<'a>)> = Vec::new();
    for (steps, detail) in changes {
        let Some((first, rest)) = steps.split_first() else { continue };
        let whole = rest.is_empty() && matches!(detail, Detail::Removed(_) | Detail::Added(_));
        let group = grouped.iter_mut().find(|(step, inner)| {
            *step == first && !whole && !matches!(inner[..], [([], Detail::Removed(_) | Detail::Added(_))])
        });
        match group {
            Some((_, inner)) => inner.push((rest, detail)),
            None => grouped.push((first, vec![(rest, detail)])),
        }
    }
    grouped
}

fn resource(value: &Value) -> Resource {
    Resource::new(value.clone(), None)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::NULL),
        any::<bool>().prop_map(Value::bool),
        (0..3_i64).prop_map(Value::int),
        "[ab\n]{0,4}".prop_map(Value::str),
        prop_oneof![Just("1000m"), Just("1"), Just("1Gi"), Just("1024Mi"), Just("{\"a\":1}")].prop_map(Value::str),
    ]
}

/// Any value, of few keys, so that two of them have much in common.
fn anything() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::list),
            prop::collection::vec(("[abcd]", inner), 0..5).prop_map(Value::map),
        ]
    })
}

fn names(of: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(of, 0..=of.len()).prop_shuffle()
}

fn named(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (names(of), anything(), anything()).prop_map(|(names, a, b)| {
        let item = |(i, name): (usize, &str)| {
            let value = if i % 2 == 0 { &a } else { &b };
            Value::map([("name", Value::str(name)), ("value", value.clone())])
        };
        Value::list(names.into_iter().enumerate().map(item))
    })
}

fn texts(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    names(of).prop_map(|names| Value::list(names.into_iter().map(Value::str)))
}

prop_compose! {
    fn pod()(
        env in named(&["A", "B", "C", "D"]),
        containers in named(&["web", "log", "side"]),
        ports in prop::sample::subsequence(vec![80_i64, 81, 82], 0..=3).prop_shuffle(),
        limits in prop::collection::vec(("cpu|memory", scalar()), 0..2),
        args in prop::collection::vec("[abc]|--x=[12]", 0..8),
        finalizers in texts(&["one", "two", "three"]),
        extra in anything(),
        data in "([abc]{1,2}\n){0,6}",
    ) -> Value {
        let port = |port| Value::map([("containerPort", Value::int(port)), ("x", extra.clone())]);
        let main = Value::map([
            ("name", Value::str("main")),
            ("env", env),
            ("args", Value::list(args.into_iter().map(Value::str))),
            ("ports", Value::list(ports.into_iter().map(port))),
            ("resources", Value::map([("limits", Value::map(limits))])),
        ]);
        let containers = containers.as_list().map(|list| list.to_vec()).unwrap_or_default();
        Value::map([
            ("apiVersion", Value::str("v1")),
            ("kind", Value::str("Pod")),
            ("metadata", Value::map([("name", Value::str("a")), ("finalizers", finalizers)])),
            ("spec", Value::map([("containers", Value::list([main].into_iter().chain(containers))), ("extra", extra)])),
            ("data", Value::str(data)),
        ])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_resource_is_the_same_as_itself(value in pod()) {
        prop_assert_eq!(changes(&resource(&value), &resource(&value), true), []);
    }

    #[test]
    fn changes_made_to_the_old_side_give_the_new_one(old in pod(), new in pod()) {
        let found = changes(&resource(&old), &resource(&new), true);
        let found: Below<'_> = found.iter().map(|change| (change.path.steps(), &change.detail)).collect();
        let made = apply(&old, &found);
        let left = changes(&resource(&made), &resource(&new), false);
        prop_assert_eq!(left, [], "{:?}", made);
    }

    #[test]
    fn what_is_laid_beside_the_old_side_differs_as_the_new_one_does(old in pod(), new in pod()) {
        let beside = reconciled(&resource(&old), &resource(&new));
        prop_assert_eq!(changes(&resource(&beside), &resource(&new), true), []);
        let found = changes(&resource(&old), &resource(&new), true);
        prop_assert_eq!(found.is_empty(), beside == old);
    }

    #[test]
    fn the_order_of_documents_means_nothing(
        names in prop::collection::vec("[abc]{1,2}", 1..6),
        values in prop::collection::vec(0..3, 6),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let documents: std::collections::BTreeMap<&String, i32> = names.iter().zip(values).collect();
        let documents: Vec<String> = documents
            .iter()
            .map(|(name, value)| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: x{value}, b: c, d: e}}\n"))
            .collect();
        let shuffled = order.iter().filter_map(|i| documents.get(*i)).cloned().collect::<Vec<_>>().join("---\n");
        let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: x1, b: c, d: e}\n";
        let sorted = documents.join("---\n");
        prop_assert!(report(&sorted, &shuffled).is_empty());
        prop_assert_eq!(human(&report(&sorted, other)), human(&report(&shuffled, other)));
    }
}

#[test]
fn names_of_one_kind_do_not_meet_those_of_another() {
    let id = |kind: &str| Id { kind: kind.into(), name: "a".into(), ..Id::default() };
    assert_ne!(id("Role"), id("ClusterRole"));
    assert_eq!(id("Role").to_string(), "Role a");
    assert_eq!(Id { namespace: Str::from("b"), ..id("Role") }.to_string(), "Role b/a");
}
