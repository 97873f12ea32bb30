//! Resources that go while another one comes in their place: for a moment there is neither, or both.

use super::super::{FieldPath, Id, Resource, ResourceChange};
use super::{Class, Found, Risk, Rule, Upgrade, read};

static RENAMED: Rule = Rule {
    id: "renamed",
    class: Class::Replaced,
    what: "a workload, a Service or an Ingress gets another name",
    advice: "look for what names it: clients, dashboards, alerts, backups; keep the name where they are many",
    source: "Object Names and IDs: Names",
};
static KIND_CHANGED: Rule = Rule {
    id: "kind-changed",
    class: Class::Replaced,
    what: "a workload becomes one of another kind under the same name",
    advice: "delete the old one before the upgrade where both must not run at once",
    source: "Workload Management",
};

pub(super) const RULES: &[&Rule] = &[&RENAMED, &KIND_CHANGED];

pub(super) fn check(upgrade: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    match change {
        ResourceChange::Paired(pair) if read::is_another(pair) && matters(&pair.old) && !read::is_hook(&pair.old) => {
            let (old, new) = (&pair.old.id, &pair.new.id);
            let (field, reason) = match old.name == new.name {
                true => (
                    "metadata.namespace",
                    format!("it is deleted in {} and created in {}", old.namespace, new.namespace),
                ),
                false => ("metadata.name", format!("{} is deleted, and {} created", old.name, new.name)),
            };
            found.add(&RENAMED, read::path(field), reason);
        }
        ResourceChange::Removed(old) if is_workload(old) && !read::is_kept(old) && !read::is_hook(old) => {
            let others = WORKLOADS.map(|kind| Id { kind: kind.into(), ..old.id.clone() });
            if let Some(new) = others.iter().find(|id| upgrade.adds(id)) {
                let reason = format!("the {} is deleted, and a {} of the same name created", old.id.kind, new.kind);
                found.add(&KIND_CHANGED, FieldPath::default(), reason);
            }
        }
        _ => {}
    }
}

/// Whether a risk is that of a workload which becomes one of another kind.
pub(in super::super) fn is_kind_change(risk: &Risk) -> bool {
    risk.rule.id == KIND_CHANGED.id
}

const WORKLOADS: [&str; 4] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

pub(in super::super) fn is_workload(resource: &Resource) -> bool {
    resource.id.group == "apps" && WORKLOADS.contains(&resource.id.kind.as_str())
}

fn matters(resource: &Resource) -> bool {
    let addressed = [("", "Service"), ("networking.k8s.io", "Ingress"), ("gateway.networking.k8s.io", "HTTPRoute")];
    is_workload(resource) || addressed.contains(&(resource.id.group.as_str(), resource.id.kind.as_str()))
}
