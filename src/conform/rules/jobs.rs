//! Jobs and CronJobs (`pkg/apis/batch/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::structure::one_of;
use super::super::syntax;
use super::{form, within};

const I32: i64 = i32::MAX as i64;

/// ValidateJobSpec.
pub(super) fn job(spec: &Node<'_>, out: &mut Findings) {
    for key in ["parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex"] {
        within(spec, key, 0, I32, out);
    }
    within(spec, "activeDeadlineSeconds", 0, i64::MAX, out);
    restart_policy(spec, out);
    if spec.text("completionMode") == Some("Indexed") && !spec.has("completions") {
        out.missing(spec, "completions");
    }
    if let Some(selector) = spec.get("selector").filter(|_| !spec.is_true("manualSelector")) {
        out.error(&selector, "selector", "is made by the API server, unless there is `manualSelector: true`");
    }
}

/// A Job's pods end, so they may not always be started again (validatePodTemplate: restartPolicy).
fn restart_policy(spec: &Node<'_>, out: &mut Findings) {
    let Some(pod) = spec.at(&["template", "spec"]) else { return };
    match pod.get("restartPolicy").filter(|policy| policy.value.as_str() != Some("")) {
        None => out.error(&pod, "restart-policy", "has no `restartPolicy`; that of a Job is OnFailure or Never"),
        Some(policy) if policy.value.as_str() == Some("Always") => one_of(&policy, &["OnFailure", "Never"], out),
        Some(_) => {}
    }
    if spec.has("podFailurePolicy") && pod.text("restartPolicy") == Some("OnFailure") {
        out.error(&pod, "restart-policy", "must be `restartPolicy: Never` beside a podFailurePolicy");
    }
}

/// ValidateCronJobSpec.
pub(super) fn cron_job(spec: &Node<'_>, out: &mut Findings) {
    super::required_text(spec, "schedule", out);
    let schedule = spec.text("schedule").unwrap_or_default();
    let zone_inside = schedule.contains("TZ=");
    if let Some(node) = spec.get("schedule").filter(|_| zone_inside) {
        let help = Some("say it under `timeZone`".to_owned());
        out.error_with(&node, "schedule", "names a time zone, which may not stand here".to_owned(), help);
    } else {
        form(spec, "schedule", "schedule", syntax::cron_schedule, out);
    }
    form(spec, "timeZone", "time-zone", syntax::time_zone, out);
    within(spec, "startingDeadlineSeconds", 0, i64::MAX, out);
    ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"].iter().for_each(|key| within(spec, key, 0, I32, out));
    // The controller looks every ten seconds (CronJob limitations).
    if let Some(deadline) = spec.get("startingDeadlineSeconds")
        && spec.int("startingDeadlineSeconds").is_some_and(|seconds| (0..10).contains(&seconds))
    {
        out.warn(&deadline, "range", "is less than 10 seconds: the job may never be started");
    }
}
