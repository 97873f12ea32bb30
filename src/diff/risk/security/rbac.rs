//! What roles allow, and to whom.

use super::super::super::{Resource, ResourceChange};
use super::super::{Found, Rule, read};
use super::rule;
use crate::value::Value;

static ESCALATION: Rule = rule(
    "rbac-escalation",
    "a role allows escalate, bind or impersonate, tokens, exec into pods, or everything in the core group or in all",
    "name the verbs and resources that are needed",
    "Role Based Access Control Good Practices",
);
static SECRETS: Rule = rule(
    "rbac-secrets",
    "a role allows to read Secrets",
    "name the Secrets with resourceNames, and use a Role rather than a ClusterRole",
    "Role Based Access Control Good Practices",
);
static WIDENED: Rule =
    rule("rbac-widened", "a role allows more than it did", "look whether what it is bound to needs it", "PolicyRule");
static ADMIN: Rule = rule(
    "rbac-cluster-admin",
    "somebody is bound to cluster-admin",
    "bind a role that allows what is needed",
    "Role Based Access Control Good Practices",
);
static SUBJECT: Rule =
    rule("rbac-subject-added", "a binding gets one more subject", "look whether it needs the role", "Subject");

pub(in super::super) const RULES: &[&Rule] = &[&ESCALATION, &SECRETS, &WIDENED, &ADMIN, &SUBJECT];

pub(super) fn check(change: &ResourceChange, found: &mut Found) {
    let Some(new) = change.after().filter(|new| new.id.group == "rbac.authorization.k8s.io") else { return };
    let old = change.before();
    match new.id.kind.as_str() {
        "Role" | "ClusterRole" => role(old, new, found),
        "RoleBinding" | "ClusterRoleBinding" => binding(old, new, found),
        _ => {}
    }
}

/// One thing that a rule allows.
struct Grant<'a> {
    group: &'a str,
    resource: &'a str,
    verb: &'a str,
    /// The only ones that it is about; all where there are none.
    names: Vec<&'a str>,
}

impl Grant<'_> {
    fn covered(&self, rule: &Value) -> bool {
        let has = |list: &str, wanted: &str| read::texts(rule, list).iter().any(|one| *one == "*" || *one == wanted);
        let names = read::texts(rule, "resourceNames");
        let part = self.resource.split_once('/').map(|(_, part)| format!("*/{part}"));
        has("apiGroups", self.group)
            && (has("resources", self.resource) || part.is_some_and(|part| has("resources", &part)))
            && has("verbs", self.verb)
            && (names.is_empty() || (!self.names.is_empty() && self.names.iter().all(|name| names.contains(name))))
    }

    fn reads_secrets(&self) -> bool {
        self.resource == "secrets"
            && matches!(self.group, "" | "*")
            && self.names.is_empty()
            && matches!(self.verb, "get" | "list" | "watch" | "*")
    }

    /// Whether it leads to other rights: by rights over roles and identities, by tokens, into pods, or by a wildcard.
    fn escalates(&self) -> bool {
        const RIGHTS: [&str; 7] =
            ["roles", "clusterroles", "rolebindings", "clusterrolebindings", "users", "groups", "serviceaccounts"];
        let any = self.verb == "*";
        let everything = self.resource == "*" && matches!(self.group, "" | "*" | "rbac.authorization.k8s.io");
        let enters = matches!(self.resource, "pods/exec" | "pods/attach" | "nodes/proxy");
        everything
            || matches!(self.verb, "escalate" | "bind" | "impersonate")
            || (any && RIGHTS.contains(&self.resource))
            || (enters && (any || matches!(self.verb, "create" | "get")))
            || (self.resource == "serviceaccounts/token" && (any || self.verb == "create"))
    }
}

/// `get/list pods, services; update deployments.apps (web)`: grants by their verbs, with the only names they are about.
fn told(grants: &[&Grant<'_>]) -> String {
    let mut by_resource: Vec<(String, Vec<&str>)> = Vec::new();
    for grant in grants {
        let mut resource = match grant.group {
            "" => grant.resource.to_owned(),
            "*" => format!("{} of any group", grant.resource),
            group => format!("{}.{group}", grant.resource),
        };
        if !grant.names.is_empty() {
            resource += &format!(" ({})", grant.names.join(", "));
        }
        match by_resource.iter_mut().find(|(known, _)| *known == resource) {
            Some((_, verbs)) if verbs.contains(&grant.verb) => {}
            Some((_, verbs)) => verbs.push(grant.verb),
            None => by_resource.push((resource, vec![grant.verb])),
        }
    }
    let mut by_verbs: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for (resource, verbs) in by_resource {
        match by_verbs.iter_mut().find(|(known, _)| *known == verbs) {
            Some((_, resources)) => resources.push(resource),
            None => by_verbs.push((verbs, vec![resource])),
        }
    }
    let told = by_verbs.iter().map(|(verbs, resources)| format!("{} {}", verbs.join("/"), read::some(resources)));
    told.collect::<Vec<_>>().join("; ")
}

fn role(old: Option<&Resource>, new: &Resource, found: &mut Found) {
    let before = old.map(|old| read::items(&old.value, "rules")).unwrap_or_default();
    let grants: Vec<Grant<'_>> = read::items(&new.value, "rules").iter().flat_map(grants).collect();
    let more: Vec<&Grant<'_>> = grants.iter().filter(|grant| !before.iter().any(|rule| grant.covered(rule))).collect();
    let (escalating, others): (Vec<_>, Vec<_>) = more.into_iter().partition(|grant| grant.escalates());
    let (secrets, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|grant| grant.reads_secrets());
    let others = if old.is_some() { others } else { Vec::new() };
    for (rule, grants) in [(&ESCALATION, escalating), (&SECRETS, secrets), (&WIDENED, others)] {
        if !grants.is_empty() {
            found.add(rule, read::path("rules"), format!("it allows to {}", told(&grants)));
        }
    }
}

fn grants(rule: &Value) -> Vec<Grant<'_>> {
    let names = read::texts(rule, "resourceNames");
    let mut grants = Vec::new();
    for group in read::texts(rule, "apiGroups") {
        for resource in read::texts(rule, "resources") {
            for verb in read::texts(rule, "verbs") {
                grants.push(Grant { group, resource, verb, names: names.clone() });
            }
        }
    }
    grants
}

fn binding(old: Option<&Resource>, new: &Resource, found: &mut Found) {
    let is_admin = |binding: &Resource| read::text(&binding.value, "roleRef.name") == "cluster-admin";
    if is_admin(new) && !old.is_some_and(is_admin) {
        return found.add(&ADMIN, read::path("roleRef"), "its subjects may do anything");
    }
    let Some(old) = old else { return };
    let subjects = |binding| read::items(binding, "subjects");
    let (before, after) = (subjects(&old.value), subjects(&new.value));
    // One for another is a rename, of which there may be a reason.
    if after.len() > before.len() {
        for subject in after.iter().filter(|subject| !before.contains(subject)) {
            let reason = format!(
                "{} {} gets {}",
                read::text(subject, "kind"),
                read::text(subject, "name"),
                read::text(&new.value, "roleRef.name")
            );
            found.add(&SUBJECT, read::path("subjects"), reason);
        }
    }
}
