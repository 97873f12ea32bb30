//! What a pod may do to its node, by the Pod Security Standards.

use super::super::super::{FieldPath, Resource, ResourceChange};
use super::super::{Found, Rule, read};
use super::rule;
use crate::value::Value;

const STANDARDS: &str = "Pod Security Standards";

static PRIVILEGED: Rule = rule(
    "privileged",
    "a container becomes privileged",
    "leave `privileged` out; add the one capability that it needs",
    STANDARDS,
);
static ESCALATION: Rule = rule(
    "privilege-escalation",
    "a container may gain more privileges than it started with",
    "set `allowPrivilegeEscalation: false`",
    STANDARDS,
);
static ROOT: Rule = rule(
    "runs-as-root",
    "a container runs as user 0, or is no longer kept from it",
    "set `runAsNonRoot: true` and another `runAsUser`",
    STANDARDS,
);
static CAPABILITY: Rule = rule(
    "capability-added",
    "a container gets a capability that the Baseline standard does not allow, or drops fewer",
    "add none, and drop ALL",
    STANDARDS,
);
static HOST_PATH: Rule =
    rule("host-path", "a pod mounts a path of its node", "use a claim, a projected volume or an emptyDir", STANDARDS);
static HOST_NAMESPACE: Rule = rule(
    "host-namespace",
    "a pod shares the network, the processes or the IPC of its node",
    "leave hostNetwork, hostPID and hostIPC out",
    STANDARDS,
);
static HOST_PORT: Rule =
    rule("host-port", "a container takes a port of its node", "put a Service in front of the pod", STANDARDS);
static UNCONFINED: Rule = rule(
    "hardening-removed",
    "a container loses its read-only root file system, its seccomp profile, or is unconfined",
    "keep `readOnlyRootFilesystem: true` and `seccompProfile: RuntimeDefault`",
    STANDARDS,
);
static TOKEN: Rule = rule(
    "token-mounted",
    "a token for the API server is mounted into pods again that did without",
    "keep `automountServiceAccountToken: false` where the pod does not talk to the API server",
    "ServiceAccount.automountServiceAccountToken, PodSpec.automountServiceAccountToken",
);

pub(in super::super) const RULES: &[&Rule] =
    &[&PRIVILEGED, &ESCALATION, &ROOT, &CAPABILITY, &HOST_PATH, &HOST_NAMESPACE, &HOST_PORT, &UNCONFINED, &TOKEN];

/// The capabilities that the Baseline standard allows to add.
const BASELINE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Something that a pod may do, or is kept from.
struct Trait {
    rule: &'static Rule,
    /// The container; empty for the pod.
    container: String,
    path: FieldPath,
    reason: String,
}

impl Trait {
    fn is(&self, other: &Trait) -> bool {
        (self.rule.id, &self.container, &self.reason) == (other.rule.id, &other.container, &other.reason)
    }
}

pub(super) fn check(change: &ResourceChange, found: &mut Found) {
    let Some(new) = change.after() else { return };
    if new.id.kind == "ServiceAccount" && new.id.group.is_empty() {
        return token(change, "automountServiceAccountToken", found);
    }
    let Some(template) = read::template(new) else { return };
    let old = read::template_before(change);
    let old = old.as_ref();
    let root = read::path(read::template_path(new).unwrap_or_default());
    let gained = without(powers(template, &root), &old.map(|old| powers(old, &root)).unwrap_or_default());
    let mut lost = without(old.map(|old| guards(old, &root)).unwrap_or_default(), &guards(template, &root));
    let stays = |guard: &Trait| read::containers(template).any(|(_, new)| read::text(new, "name") == guard.container);
    // What a container may do says more than what no longer keeps it from it.
    let told =
        |guard: &Trait| gained.iter().any(|power| (power.rule, &power.container) == (guard.rule, &guard.container));
    lost.retain(|guard| stays(guard) && !told(guard));
    for Trait { rule, path, reason, .. } in gained.into_iter().chain(lost) {
        found.add(rule, path, reason);
    }
    token(change, &format!("{root}.spec.automountServiceAccountToken"), found);
}

fn without(mut some: Vec<Trait>, others: &[Trait]) -> Vec<Trait> {
    some.retain(|one| !others.iter().any(|other| other.is(one)));
    some
}

fn token(change: &ResourceChange, field: &str, found: &mut Found) {
    let says = |resource: &Resource| read::flag(&resource.value, field);
    let (Some(old), Some(new)) = (change.before(), change.after()) else { return };
    if says(old) == Some(false) && says(new) != Some(false) {
        found.add(&TOKEN, read::path(field), "the token of its service account is mounted again");
    }
}

/// What a pod may do beyond what any may.
fn powers(template: &Value, root: &FieldPath) -> Vec<Trait> {
    let mut powers = Vec::new();
    let mut add = |rule, container: &str, path, reason: String| {
        powers.push(Trait { rule, container: container.to_owned(), path, reason });
    };
    for (field, what) in [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "IPC")] {
        if read::flag(template, &format!("spec.{field}")) == Some(true) {
            let path = read::below(root, &format!("spec.{field}"));
            add(&HOST_NAMESPACE, "", path, format!("its pods share the {what} of their node"));
        }
    }
    for volume in read::items(template, "spec.volumes") {
        if let Some(host) = read::at(volume, "hostPath.path").and_then(Value::as_str) {
            let path = read::item(root, "spec.volumes", read::text(volume, "name"));
            add(&HOST_PATH, "", path, format!("its pods mount {host} of their node"));
        }
    }
    for (list, container) in read::containers(template) {
        let name = read::text(container, "name");
        let path = read::item(root, list, name);
        let mut add = |rule, field: &str, reason| add(rule, name, read::below(&path, field), reason);
        if read::flag(container, "securityContext.privileged") == Some(true) {
            add(&PRIVILEGED, "securityContext.privileged", format!("{name} has all rights on its node"));
        }
        if read::flag(container, "securityContext.allowPrivilegeEscalation") == Some(true) {
            let field = "securityContext.allowPrivilegeEscalation";
            add(&ESCALATION, field, format!("{name} may gain more privileges than it started with"));
        }
        if effective(template, container, "runAsUser").is_some_and(|user| user == &Value::int(0)) {
            add(&ROOT, "securityContext.runAsUser", format!("{name} runs as user 0"));
        }
        for capability in read::texts(container, "securityContext.capabilities.add") {
            let short = capability.strip_prefix("CAP_").unwrap_or(capability);
            if !BASELINE.contains(&short) {
                add(&CAPABILITY, "securityContext.capabilities.add", format!("{name} gets {short}"));
            }
        }
        for port in read::items(container, "ports") {
            if let Some(port) = read::number(port, "hostPort").filter(|port| *port > 0) {
                add(&HOST_PORT, "ports", format!("{name} takes port {port} of its node"));
            }
        }
        let profile = effective(template, container, "seccompProfile").map(|profile| read::text(profile, "type"));
        if profile == Some("Unconfined") {
            add(&UNCONFINED, "securityContext.seccompProfile", format!("{name} may make any system call"));
        }
        if read::text(container, "securityContext.procMount") == "Unmasked" {
            add(&UNCONFINED, "securityContext.procMount", format!("{name} sees all of /proc"));
        }
    }
    powers
}

/// What keeps containers from something.
fn guards(template: &Value, root: &FieldPath) -> Vec<Trait> {
    let mut guards = Vec::new();
    for (list, container) in read::containers(template) {
        let name = read::text(container, "name");
        let path = read::item(root, list, name);
        let mut add = |rule, field: &str, reason: String| {
            let path = read::below(&path, &format!("securityContext.{field}"));
            guards.push(Trait { rule, container: name.to_owned(), path, reason });
        };
        let says = |field| effective(template, container, field);
        let user = says("runAsUser").is_some_and(|user| user != &Value::int(0));
        if user || says("runAsNonRoot").and_then(Value::as_bool) == Some(true) {
            add(&ROOT, "runAsNonRoot", format!("{name} is no longer kept from running as user 0"));
        }
        if read::flag(container, "securityContext.allowPrivilegeEscalation") == Some(false) {
            let reason = format!("{name} is no longer kept from gaining privileges");
            add(&ESCALATION, "allowPrivilegeEscalation", reason);
        }
        if read::flag(container, "securityContext.readOnlyRootFilesystem") == Some(true) {
            let reason = format!("the root file system of {name} is no longer read-only");
            add(&UNCONFINED, "readOnlyRootFilesystem", reason);
        }
        if says("seccompProfile").is_some_and(|profile| read::text(profile, "type") != "Unconfined") {
            add(&UNCONFINED, "seccompProfile", format!("{name} has no seccomp profile any longer"));
        }
        if read::texts(container, "securityContext.capabilities.drop")
            .iter()
            .any(|name| name.eq_ignore_ascii_case("all"))
        {
            add(&CAPABILITY, "capabilities.drop", format!("{name} no longer drops all capabilities"));
        }
    }
    guards
}

/// What the security context of a container says, or else that of its pod.
fn effective<'a>(template: &'a Value, container: &'a Value, field: &str) -> Option<&'a Value> {
    let of_pod = || read::at(template, &format!("spec.securityContext.{field}"));
    read::at(container, &format!("securityContext.{field}")).or_else(of_pod)
}
