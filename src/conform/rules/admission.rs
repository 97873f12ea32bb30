//! Webhooks of the API server (`pkg/apis/admissionregistration/validation`).

use super::super::findings::Findings;
use super::super::node::Node;
use super::super::syntax;
use super::{among, exactly_one, within};

/// validateMutatingWebhook, validateValidatingWebhook.
pub(super) fn webhook(webhook: &Node<'_>, out: &mut Findings) {
    // IsFullyQualifiedName: at least three parts.
    super::form(webhook, "name", "name", full_name, out);
    within(webhook, "timeoutSeconds", 1, 30, out);
    among(webhook, "sideEffects", &["None", "NoneOnDryRun"], out);
    let Some(client) = webhook.get("clientConfig") else { return };
    exactly_one(&client, &["url", "service"], "webhook", out);
    if let Some(url) = client.get("url").filter(|_| client.text("url").is_some_and(|url| !url.starts_with("https://")))
    {
        out.error(&url, "webhook", "must begin with `https://`");
    }
    if let Some(service) = client.get("service") {
        within(&service, "port", 1, 65535, out);
        ["name", "namespace"].iter().for_each(|key| super::required_text(&service, key, out));
    }
    let versions = webhook.list("admissionReviewVersions");
    let known = |version: &Node<'_>| matches!(version.value.as_str(), Some("v1" | "v1beta1"));
    if webhook.has("admissionReviewVersions") && !versions.iter().any(known) {
        out.error(webhook, "webhook", "must have v1 or v1beta1 among its `admissionReviewVersions`");
    }
}

fn full_name(text: &str) -> Option<String> {
    let few =
        || (text.split('.').count() < 3).then(|| "must have at least three parts, as `hook.example.com`".to_owned());
    syntax::dns_subdomain(text).or_else(few)
}

/// validateRuleWithOperations.
pub(super) fn rule(rule: &Node<'_>, out: &mut Findings) {
    for key in ["operations", "apiGroups", "apiVersions", "resources"].iter().filter(|key| rule.list(key).is_empty()) {
        out.missing(rule, key);
    }
    for key in ["operations", "apiGroups", "apiVersions"] {
        let all = rule.list(key);
        if let Some(star) = all.iter().find(|item| item.value.as_str() == Some("*")).filter(|_| all.len() > 1) {
            out.error(star, "webhook", "stands for all, and may not stand beside others");
        }
    }
}
