//! Fields that mean the same with a value and without one.

use super::super::report::{Change, Detail};
use super::super::{Step, list};
use crate::value::Value;

/// What the API server fills in where a pod template leaves it out, by the last key.
const OF_PODS: [(&str, &str); 21] = [
    ("apiVersion", "v1"),
    ("defaultMode", "420"),
    ("dnsPolicy", "ClusterFirst"),
    ("enableServiceLinks", "true"),
    ("failureThreshold", "3"),
    ("hostIPC", "false"),
    ("hostNetwork", "false"),
    ("hostPID", "false"),
    ("initialDelaySeconds", "0"),
    ("periodSeconds", "10"),
    ("protocol", "TCP"),
    ("readOnly", "false"),
    ("restartPolicy", "Always"),
    ("schedulerName", "default-scheduler"),
    ("scheme", "HTTP"),
    ("successThreshold", "1"),
    ("terminationGracePeriodSeconds", "30"),
    ("terminationMessagePath", "/dev/termination-log"),
    ("terminationMessagePolicy", "File"),
    ("timeoutSeconds", "1"),
    ("type", ""),
];

/// Maps that are the same empty and left out. Of others, such as `emptyDir`, their being there says something.
const MAPS: [&str; 7] = ["labels", "annotations", "nodeSelector", "resources", "limits", "requests", "matchLabels"];

/// Whether a change of a pod template changes nothing: it says what is so when nothing is said.
pub(super) fn of_pod(change: &Change) -> bool {
    is_empty(change) || OF_PODS.iter().any(|(key, text)| is(change, key, text))
}

/// Whether a change sets, or leaves out, a field by its last key with the value that it has when it is left out.
pub(super) fn is(change: &Change, key: &str, text: &str) -> bool {
    last_key(change) == Some(key) && whole(change).is_some_and(|value| says(value, text))
}

/// Whether a change puts in or takes away a list or a map with nothing in it.
pub(super) fn is_empty(change: &Change) -> bool {
    match whole(change) {
        Some(Value::List(items, _)) => items.is_empty() && last_key(change).is_some(),
        Some(Value::Map(map, _)) => map.is_empty() && last_key(change).is_some_and(|key| MAPS.contains(&key)),
        _ => false,
    }
}

/// The key that a path ends with; none where it ends with an item of a list.
pub(super) fn last_key(change: &Change) -> Option<&str> {
    match change.path.steps().last()? {
        Step::Key(key) => Some(key),
        _ => None,
    }
}

/// What a change puts in or takes away as a whole.
pub(super) fn whole(change: &Change) -> Option<&Value> {
    match &change.detail {
        Detail::Added(value) | Detail::Removed(value) => Some(value),
        _ => None,
    }
}

/// Whether a scalar has this text, or a list nothing but it.
fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::List(items, _) => items.len() == 1 && says(&items[0], text),
        Value::Map(..) => false,
        value => list::label(value) == text,
    }
}
