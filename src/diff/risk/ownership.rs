//! What a release no longer owns, or begins to: kept resources and hooks.

use super::super::{FieldPath, Paired, Resource, ResourceChange, Step};
use super::{Class, Found, Rule, Upgrade, read};

const fn rule(id: &'static str, what: &'static str, advice: &'static str) -> Rule {
    Rule { id, class: Class::Ownership, what, advice, source: "Helm: Charts Tips and Tricks, Chart Hooks" }
}

static LEFT_BEHIND: Rule = rule(
    "left-behind",
    "a resource with `helm.sh/resource-policy: keep` is removed from the release",
    "delete it by hand when nobody needs it; a later release cannot create one of the same name before",
);
static KEEP_BEGINS: Rule = rule(
    "keep-begins",
    "a resource gets `helm.sh/resource-policy: keep`",
    "nothing, where it holds what must outlive the release",
);
static KEEP_ENDS: Rule = rule(
    "keep-ends",
    "a resource loses `helm.sh/resource-policy: keep`",
    "keep the annotation where it holds what must outlive the release",
);
static BECOMES_HOOK: Rule = rule(
    "becomes-hook",
    "a resource of the release becomes a hook",
    "expect it to be deleted and created anew at each of its events; what it holds does not stay",
);
static NO_HOOK: Rule = rule(
    "no-longer-hook",
    "a hook becomes a resource of the release",
    "delete the one that is there, or give it the release's labels and annotations, so that Helm takes it over",
);
static HOOK_DELETION: Rule = rule(
    "hook-deletion",
    "a hook is deleted at other moments than before",
    "check that nothing needs it after that moment, and that it does not stand in the way of the next one",
);

pub(super) const RULES: &[&Rule] = &[&LEFT_BEHIND, &KEEP_BEGINS, &KEEP_ENDS, &BECOMES_HOOK, &NO_HOOK, &HOOK_DELETION];

pub(super) fn check(_: &Upgrade<'_>, change: &ResourceChange, found: &mut Found) {
    match change {
        ResourceChange::Removed(old) if read::is_kept(old) && !read::is_hook(old) => {
            found.add(&LEFT_BEHIND, FieldPath::default(), "it stays in the cluster, and no release owns it");
        }
        ResourceChange::Paired(pair) => {
            kept(pair, found);
            hook(pair, found);
        }
        _ => {}
    }
}

fn kept(pair: &Paired, found: &mut Found) {
    let path = || annotation("helm.sh/resource-policy");
    match (read::is_kept(&pair.old), read::is_kept(&pair.new)) {
        (false, true) => found.add(&KEEP_BEGINS, path(), "it stays when the release or this resource of it is removed"),
        (true, false) => {
            found.add(&KEEP_ENDS, path(), "it is deleted when the release or this resource of it is removed")
        }
        _ => {}
    }
}

fn hook(pair: &Paired, found: &mut Found) {
    match (read::is_hook(&pair.old), read::is_hook(&pair.new)) {
        (false, true) => {
            found.add(
                &BECOMES_HOOK,
                annotation("helm.sh/hook"),
                "Helm no longer upgrades it, nor deletes it with the release",
            );
        }
        (true, false) => {
            found.add(
                &NO_HOOK,
                annotation("helm.sh/hook"),
                "Helm refuses to take over one that is still there from the hook",
            );
        }
        (true, true) if deletion(&pair.old) != deletion(&pair.new) => {
            let (old, new) = (deletion(&pair.old), deletion(&pair.new));
            found.add(
                &HOOK_DELETION,
                annotation("helm.sh/hook-delete-policy"),
                format!("{} instead of {}", new.join(", "), old.join(", ")),
            );
        }
        _ => {}
    }
}

fn annotation(key: &str) -> FieldPath {
    let mut path = read::path("metadata.annotations");
    path.0.push(Step::Key(key.into()));
    path
}

/// When a hook is deleted, in a fixed order; before the next one where it does not say.
fn deletion(resource: &Resource) -> Vec<String> {
    let said = read::annotation(resource, "helm.sh/hook-delete-policy");
    let mut policies: Vec<String> =
        said.split(',').map(|policy| policy.trim().to_lowercase()).filter(|policy| !policy.is_empty()).collect();
    policies.sort();
    if policies.is_empty() { vec!["before-hook-creation".to_owned()] } else { policies }
}
