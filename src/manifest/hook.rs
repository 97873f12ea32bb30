//! What makes a manifest a hook: its annotations.

use crate::value::Str;

use super::Head;

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// Before the manifests are installed.
    PreInstall,
    /// After the manifests were installed.
    PostInstall,
    /// Before a release is deleted.
    PreDelete,
    /// After a release was deleted.
    PostDelete,
    /// Before an upgrade.
    PreUpgrade,
    /// After an upgrade.
    PostUpgrade,
    /// Before a rollback.
    PreRollback,
    /// After a rollback.
    PostRollback,
    /// On `helm test`.
    Test,
}

impl HookEvent {
    /// The event of a word in `helm.sh/hook`; `test-success` is what Helm 2 called `test`.
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pre-install" => HookEvent::PreInstall,
            "post-install" => HookEvent::PostInstall,
            "pre-delete" => HookEvent::PreDelete,
            "post-delete" => HookEvent::PostDelete,
            "pre-upgrade" => HookEvent::PreUpgrade,
            "post-upgrade" => HookEvent::PostUpgrade,
            "pre-rollback" => HookEvent::PreRollback,
            "post-rollback" => HookEvent::PostRollback,
            "test" | "test-success" => HookEvent::Test,
            _ => return None,
        })
    }
}

/// What a hook's annotations say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hook {
    /// When it runs; more than one event where commas separate them.
    pub events: Vec<HookEvent>,
    /// Its weight, 0 where the annotation is not a whole number.
    pub weight: i64,
    /// When it is deleted, in lower case.
    pub delete_policies: Vec<Str>,
    /// When its logs are kept, in lower case.
    pub output_log_policies: Vec<Str>,
}

impl Hook {
    /// Whether it is a test.
    pub fn is_test(&self) -> bool {
        self.events.contains(&HookEvent::Test)
    }

    /// The hook that a head declares: none, or the annotation's text where an event in it is unknown to Helm.
    pub(super) fn of(head: &Head) -> Option<Result<Hook, Str>> {
        let events = head.annotation("helm.sh/hook")?;
        let Some(known) = words(events).map(|word| HookEvent::parse(&word)).collect() else {
            return Some(Err(events.clone()));
        };
        let list = |name| head.annotation(name).map_or_else(Vec::new, |text| words(text).collect());
        Some(Ok(Hook {
            events: known,
            weight: head.annotation("helm.sh/hook-weight").and_then(|n| n.parse().ok()).unwrap_or(0),
            delete_policies: list("helm.sh/hook-delete-policy"),
            output_log_policies: list("helm.sh/hook-output-log-policy"),
        }))
    }
}

fn words(text: &str) -> impl Iterator<Item = Str> {
    text.split(',').map(|word| Str::from(word.trim().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(annotations: &[(&str, &str)]) -> Option<Result<Hook, Str>> {
        let annotations = annotations.iter().map(|(k, v)| (Str::from(*k), Str::from(*v))).collect();
        Hook::of(&Head { annotations, ..Head::default() })
    }

    #[test]
    fn events_are_read_whatever_their_case() {
        let read = hook(&[("helm.sh/hook", "pre-install, POST-upgrade ,test-success"), ("helm.sh/hook-weight", "-5")]);
        let read = read.unwrap().unwrap();
        assert_eq!(read.events, [HookEvent::PreInstall, HookEvent::PostUpgrade, HookEvent::Test]);
        assert_eq!(read.weight, -5);
        assert!(read.is_test());
    }

    #[test]
    fn one_unknown_event_spoils_the_hook() {
        for events in ["crd-install", "pre-install,foo", "", "pre-install,"] {
            assert_eq!(hook(&[("helm.sh/hook", events)]), Some(Err(events.into())));
        }
        assert_eq!(hook(&[("helm.sh/hook-weight", "1")]), None);
    }

    #[test]
    fn policies_are_lists_and_an_odd_weight_is_none() {
        let read = hook(&[
            ("helm.sh/hook", "test"),
            ("helm.sh/hook-delete-policy", "Hook-Succeeded, before-hook-creation"),
            ("helm.sh/hook-weight", "1.5"),
        ]);
        let read = read.unwrap().unwrap();
        assert_eq!(read.delete_policies, ["hook-succeeded", "before-hook-creation"]);
        assert_eq!(read.weight, 0);
    }
}
