//! Security contexts (`pkg/apis/core/validation`: ValidatePodSecurityContext, ValidateSecurityContext).

use super::super::findings::Findings;
use super::super::node::Node;
use super::within;

/// ValidatePodSecurityContext.
pub(super) fn pod_context(context: &Node<'_>, out: &mut Findings) {
    ["runAsUser", "runAsGroup", "fsGroup"].iter().for_each(|key| within(context, key, 0, i32::MAX.into(), out));
    not_root(context, out);
    profile(context, out);
}

/// ValidateSecurityContext.
pub(super) fn context(context: &Node<'_>, out: &mut Findings) {
    ["runAsUser", "runAsGroup"].iter().for_each(|key| within(context, key, 0, i32::MAX.into(), out));
    not_root(context, out);
    profile(context, out);
    if let Some(escalation) = context.get("allowPrivilegeEscalation")
        && escalation.value.as_bool() == Some(false)
    {
        if context.is_true("privileged") {
            out.error(&escalation, "security-context", "may not be false beside `privileged: true`");
        }
        let added = context.at(&["capabilities"]).map(|capabilities| capabilities.list("add")).unwrap_or_default();
        if added.iter().any(|capability| matches!(capability.value.as_str(), Some("CAP_SYS_ADMIN"))) {
            out.error(&escalation, "security-context", "may not be false beside the capability CAP_SYS_ADMIN");
        }
    }
    for capability in context.get("capabilities").iter().flat_map(|all| [all.list("add"), all.list("drop")].concat()) {
        if capability.value.as_str().is_some_and(|name| name != "CAP_SYS_ADMIN" && name.starts_with("CAP_")) {
            out.warn(&capability, "security-context", "is known to most runtimes without `CAP_` in front");
        }
    }
}

/// The kubelet refuses to start such a container (SecurityContext.runAsNonRoot).
fn not_root(context: &Node<'_>, out: &mut Findings) {
    if let Some(user) =
        context.get("runAsUser").filter(|_| context.int("runAsUser") == Some(0) && context.is_true("runAsNonRoot"))
    {
        out.warn(&user, "security-context", "is root, beside `runAsNonRoot: true`: the container will not start");
    }
}

/// validateSeccompProfileField, ValidateAppArmorProfileField.
fn profile(context: &Node<'_>, out: &mut Findings) {
    for profile in ["seccompProfile", "appArmorProfile"].iter().filter_map(|key| context.get(key)) {
        match (profile.text("type"), profile.text("localhostProfile")) {
            (Some("Localhost"), None) => out.missing(&profile, "localhostProfile"),
            (Some("RuntimeDefault" | "Unconfined"), Some(_)) => {
                out.error(&profile, "security-context", "has a `localhostProfile`, which is for `type: Localhost`");
            }
            (None, _) if profile.has("type") => out.missing(&profile, "type"),
            _ => {}
        }
    }
}
