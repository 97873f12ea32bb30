//! API versions that a cluster does not serve any longer, or not for long.

use super::super::ResourceChange;
use super::versions::{self, Version};
use super::{Class, Found, Rule, Upgrade, read};

static REMOVED: Rule = Rule {
    id: "api-removed",
    class: Class::Api,
    what: "a resource that comes or changes has an API version that the target Kubernetes does not serve",
    advice: "use the version that takes its place; `--kube-version` says for which Kubernetes",
    source: "Deprecated API Migration Guide",
};
static DEPRECATED: Rule = Rule {
    id: "api-deprecated",
    class: Class::Api,
    what: "a resource that comes or changes has an API version that is deprecated in the target Kubernetes",
    advice: "use the version that takes its place before the cluster is upgraded further",
    source: "Deprecated API Migration Guide",
};

pub(super) const RULES: &[&Rule] = &[&REMOVED, &DEPRECATED];

pub(super) fn check(upgrade: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    let Some(new) = change.after() else { return };
    let Some(version) = versions::find(&new.api_version, &new.id.kind) else { return };
    let Version { deprecated, removed, instead, .. } = *version;
    let instead =
        if instead.is_empty() { "nothing takes its place".to_owned() } else { format!("{instead} takes its place") };
    let (rule, reason) = if removed.is_some_and(|removed| upgrade.minor >= removed) {
        (
            &REMOVED,
            format!("{} is not served since Kubernetes 1.{}: {instead}", new.api_version, removed.unwrap_or_default()),
        )
    } else if upgrade.minor >= deprecated {
        let end = removed.map(|minor| format!(" and not served from 1.{minor} on")).unwrap_or_default();
        (&DEPRECATED, format!("{} is deprecated since Kubernetes 1.{deprecated}{end}: {instead}", new.api_version))
    } else {
        return;
    };
    found.add(rule, read::path("apiVersion"), reason);
}
