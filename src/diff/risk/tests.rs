//! A file a rule, with pairs of manifests and all that is to be said of them; and what holds for the table of rules.

use std::collections::{BTreeSet, HashSet};

use k8s_openapi::Resource as Typed;

use super::super::{Document, Options, Report, Secrets, Side, compare};
use super::*;
use crate::diag::{SourceKind, Sources};
use crate::engine::Capabilities;

/// Two sides, the version of Kubernetes, and the risks, a line each.
struct Case {
    minor: u32,
    old: String,
    new: String,
    risks: String,
}

/// The cases of a file: after `=== kube 1.32`, where it matters, `=== old`, `=== new` and `=== risks`.
fn cases(text: &str) -> Vec<Case> {
    let (mut cases, mut minor) = (Vec::new(), LATEST_MINOR);
    let empty = || Case { minor: LATEST_MINOR, old: String::new(), new: String::new(), risks: String::new() };
    let mut case = empty();
    for section in text.split("=== ").skip(1) {
        let (title, body) = section.split_once('\n').expect("a title");
        match title {
            "old" => {
                case = Case { minor: std::mem::replace(&mut minor, LATEST_MINOR), old: body.to_owned(), ..empty() }
            }
            "new" => case.new = body.to_owned(),
            "risks" => {
                case.risks = body.to_owned();
                cases.push(std::mem::replace(&mut case, empty()));
            }
            title => minor = title.strip_prefix("kube 1.").and_then(|minor| minor.parse().ok()).expect("a version"),
        }
    }
    cases
}

fn fixtures() -> Vec<(String, Vec<Case>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/risks");
    let files = std::fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("an entry").path());
    let mut fixtures: Vec<(String, Vec<Case>)> = files
        .map(|path| {
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, cases(&std::fs::read_to_string(&path).expect("a file")))
        })
        .collect();
    fixtures.sort_by(|a, b| a.0.cmp(&b.0));
    fixtures
}

fn report(old: &str, new: &str, minor: u32) -> Report {
    let side = |text: &str| {
        let text = Sources::default().add("side.yaml", SourceKind::Rendered, text.as_bytes()).expect("room");
        Side::read("side.yaml", [Document { text, template: None }]).unwrap_or_else(|(_, err)| panic!("{err:?}"))
    };
    let options = Options { secrets: Secrets::Masked([7; 32]), kube_minor: Some(minor), ..Options::default() };
    compare(&side(old), &side(new), &options)
}

/// What a fixture says of a risk.
fn line(report: &Report, risk: &Risk) -> String {
    let path = risk.path.to_string();
    let gap = if path.is_empty() { "" } else { ": " };
    let id = &report.resources[risk.resource].resource().id;
    format!("{} {}: {id}: {path}{gap}{}\n", risk.class(), risk.rule.id, risk.reason)
}

#[test]
fn each_rule_speaks_where_its_fixture_says_and_not_beyond() {
    let named: BTreeSet<String> = rules().iter().map(|rule| rule.id.to_owned()).collect();
    let fixtures = fixtures();
    let there: BTreeSet<String> = fixtures.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(named, there, "a file of tests/fixtures/risks for each rule");
    for (name, cases) in fixtures {
        for (n, Case { minor, old, new, risks }) in cases.iter().enumerate() {
            let report = report(old, new, *minor);
            let found: String = report.risks.iter().map(|risk| line(&report, risk)).collect();
            assert_eq!(found, *risks, "{name}, case {n}");
            assert!(!report.is_empty(), "{name}, case {n}: the sides are the same");
        }
        let speaks = |case: &&Case| case.risks.contains(&format!(" {name}: "));
        assert!(cases.iter().any(|case| speaks(&case)), "{name} has no case where it speaks");
        assert!(!cases.iter().all(|case| speaks(&case)), "{name} has no case where it does not");
    }
}

#[test]
fn what_is_the_same_has_no_risk() {
    for (name, cases) in fixtures() {
        for side in cases.iter().flat_map(|case| [&case.old, &case.new]) {
            assert_eq!(report(side, side, LATEST_MINOR).risks, [], "{name}");
        }
    }
}

#[test]
fn rules_are_told_apart_and_say_what_to_do() {
    let mut ids = HashSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        assert!(![rule.what, rule.advice, rule.source].contains(&""), "{}", rule.id);
    }
    let mut classes: Vec<&str> = rules().iter().map(|rule| rule.class.name()).collect();
    classes.dedup();
    assert_eq!(classes, Class::ALL.map(Class::name));
    assert_eq!(Capabilities::DEFAULT_KUBE_VERSION, format!("v1.{LATEST_MINOR}.0"));
    assert_eq!(Class::parse("immutable"), Ok(Class::Immutable));
    assert_eq!(Class::parse("imutable").unwrap_err().nearest, Some("immutable"));
}

/// docs/risks.md holds the table of the rules as it is made here.
#[test]
fn the_rules_are_those_of_the_document() {
    let mut table = String::new();
    for class in Class::ALL {
        table += &format!("\n### {class}\n\n| rule | speaks where | what to do | source |\n|---|---|---|---|\n");
        for rule in rules().into_iter().filter(|rule| rule.class == class) {
            table += &format!("| `{}` | {} | {} | {} |\n", rule.id, rule.what, rule.advice, rule.source);
        }
    }
    let document = include_str!("../../../docs/risks.md");
    let (_, rest) = document.split_once("## Rules\n").expect("a section for the rules");
    let found = rest.split_once("\n## ").map_or(rest, |(found, _)| found);
    assert_eq!(found.trim(), table.trim(), "the section of docs/risks.md is to be:\n{table}");
}

/// The versions of Kubernetes 1.35 that are built in, with the kind of each; a macro, because types are no values.
macro_rules! kinds {
    ($($kind:ty),* $(,)?) => {
        /// A manifest as the type of its kind writes it again; none for a kind or version that is not built in.
        fn through_type(manifest: &serde_json::Value) -> Option<Result<serde_json::Value, String>> {
            let says = |field: &str| manifest[field].as_str().unwrap_or_default();
            $(if (says("apiVersion"), says("kind")) == (<$kind>::API_VERSION, <$kind>::KIND) {
                let typed = serde_json::from_value::<$kind>(manifest.clone()).map_err(|err| err.to_string());
                return Some(typed.map(|typed| serde_json::to_value(typed).expect("JSON")));
            })*
            None
        }

        /// The groups and kinds.
        fn kinds() -> BTreeSet<(&'static str, &'static str)> {
            [$((<$kind>::GROUP, <$kind>::KIND)),*].into()
        }
    };
}

use k8s_openapi::api;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration;

kinds! {
    api::admissionregistration::v1::MutatingWebhookConfiguration,
    api::admissionregistration::v1::ValidatingAdmissionPolicy,
    api::admissionregistration::v1::ValidatingAdmissionPolicyBinding,
    api::admissionregistration::v1::ValidatingWebhookConfiguration,
    api::admissionregistration::v1beta1::MutatingAdmissionPolicy,
    api::admissionregistration::v1beta1::MutatingAdmissionPolicyBinding,
    api::apps::v1::ControllerRevision,
    api::apps::v1::DaemonSet,
    api::apps::v1::Deployment,
    api::apps::v1::ReplicaSet,
    api::apps::v1::StatefulSet,
    api::autoscaling::v2::HorizontalPodAutoscaler,
    api::batch::v1::CronJob,
    api::batch::v1::Job,
    api::certificates::v1::CertificateSigningRequest,
    api::certificates::v1beta1::ClusterTrustBundle,
    api::coordination::v1::Lease,
    api::coordination::v1beta1::LeaseCandidate,
    api::core::v1::ConfigMap,
    api::core::v1::Endpoints,
    api::core::v1::LimitRange,
    api::core::v1::Namespace,
    api::core::v1::Node,
    api::core::v1::PersistentVolume,
    api::core::v1::PersistentVolumeClaim,
    api::core::v1::Pod,
    api::core::v1::PodTemplate,
    api::core::v1::ReplicationController,
    api::core::v1::ResourceQuota,
    api::core::v1::Secret,
    api::core::v1::Service,
    api::core::v1::ServiceAccount,
    api::discovery::v1::EndpointSlice,
    api::events::v1::Event,
    api::flowcontrol::v1::FlowSchema,
    api::flowcontrol::v1::PriorityLevelConfiguration,
    api::networking::v1::IPAddress,
    api::networking::v1::Ingress,
    api::networking::v1::IngressClass,
    api::networking::v1::NetworkPolicy,
    api::networking::v1::ServiceCIDR,
    api::node::v1::RuntimeClass,
    api::policy::v1::PodDisruptionBudget,
    api::rbac::v1::ClusterRole,
    api::rbac::v1::ClusterRoleBinding,
    api::rbac::v1::Role,
    api::rbac::v1::RoleBinding,
    api::resource::v1::DeviceClass,
    api::resource::v1::ResourceClaim,
    api::resource::v1::ResourceClaimTemplate,
    api::resource::v1::ResourceSlice,
    api::scheduling::v1::PriorityClass,
    api::scheduling::v1alpha1::Workload,
    api::storage::v1::CSIDriver,
    api::storage::v1::CSINode,
    api::storage::v1::CSIStorageCapacity,
    api::storage::v1::StorageClass,
    api::storage::v1::VolumeAttachment,
    api::storage::v1::VolumeAttributesClass,
    api::storagemigration::v1beta1::StorageVersionMigration,
    apiextensions::v1::CustomResourceDefinition,
    apiregistration::v1::APIService,
}

/// The kinds whose fields may all change, and those that nobody writes manifests of.
const FREE: [(&str, &str); 27] = [
    ("", "Endpoints"),
    ("", "LimitRange"),
    ("", "Namespace"),
    ("", "Node"),
    ("", "PodTemplate"),
    ("", "ReplicationController"),
    ("", "ServiceAccount"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiregistration.k8s.io", "APIService"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("certificates.k8s.io", "ClusterTrustBundle"),
    ("coordination.k8s.io", "Lease"),
    ("events.k8s.io", "Event"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "Role"),
    ("resource.k8s.io", "DeviceClass"),
];

#[test]
fn every_kind_of_kubernetes_has_fixed_fields_or_none() {
    let fixed: BTreeSet<(&str, &str)> = immutable::RULES.iter().map(|fixed| (fixed.group, fixed.kind)).collect();
    let free: BTreeSet<(&str, &str)> = FREE.into_iter().chain([("storage.k8s.io", "CSINode")]).collect();
    assert_eq!(fixed.intersection(&free).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
    assert_eq!(fixed.union(&free).copied().collect::<BTreeSet<_>>(), kinds());
}

/// The manifests of the fixtures read as the types of Kubernetes 1.35, and nothing of them is lost on the way: rules
/// name no field that is not there.
#[test]
fn fixtures_are_manifests_of_kubernetes() {
    for (name, cases) in fixtures() {
        for side in cases.iter().flat_map(|case| [&case.old, &case.new]) {
            for document in serde_yaml::Deserializer::from_str(side) {
                let manifest: serde_json::Value = serde::Deserialize::deserialize(document).expect("YAML");
                let Some(typed) = through_type(&manifest) else { continue };
                let typed = typed.unwrap_or_else(|err| panic!("{name}: {err}: {manifest}"));
                lost(&manifest, &typed).unwrap_or_else(|field| panic!("{name}: {field} is not known: {manifest}"));
            }
        }
    }
}

/// The first field of a manifest that is not in another.
fn lost(manifest: &serde_json::Value, typed: &serde_json::Value) -> Result<(), String> {
    match manifest {
        serde_json::Value::Object(map) => {
            map.iter().filter(|(_, value)| !value.is_null()).try_for_each(|(key, value)| {
                // Types write what is the default as nothing at all.
                let is_default =
                    [false.into(), "".into(), serde_json::json!({}), serde_json::json!([])].contains(value);
                match typed.get(key) {
                    Some(typed) => lost(value, typed).map_err(|field| format!("{key}.{field}")),
                    None if is_default => Ok(()),
                    None => Err(key.clone()),
                }
            })
        }
        serde_json::Value::Array(items) => items.iter().enumerate().try_for_each(|(n, item)| {
            let typed = typed.get(n).ok_or_else(|| n.to_string())?;
            lost(item, typed).map_err(|field| format!("{n}.{field}"))
        }),
        _ => Ok(()),
    }
}

#[test]
fn versions_are_told_from_their_deprecation_on() {
    for row in versions::VERSIONS {
        for kind in row.kinds {
            let manifest = format!("apiVersion: {}\nkind: {kind}\nmetadata: {{name: a}}\n", row.api_version);
            let said = |minor| report("", &manifest, minor).risks.iter().map(|risk| risk.rule.id).collect::<Vec<_>>();
            let is = |minor, id| said(minor).contains(&id);
            assert!(!is(row.deprecated - 1, "api-deprecated"), "{manifest}");
            if row.removed != Some(row.deprecated) {
                assert!(is(row.deprecated, "api-deprecated"), "{manifest}");
            }
            if let Some(removed) = row.removed {
                assert!(is(removed, "api-removed") && !is(removed - 1, "api-removed"), "{manifest}");
            }
        }
    }
}
