//! Services that no pod stands behind, and Services that are gone while others name them.

use std::collections::{HashMap, HashSet};

use super::super::super::{FieldPath, Resource, ResourceChange};
use super::super::upgrade::View;
use super::super::{Found, Rule, Upgrade, read};
use super::rule;
use crate::value::Value;

pub(super) static WITHOUT_PODS: Rule = rule(
    "service-without-pods",
    "a Service that selected pods selects none",
    "let the selector of the Service and the labels of the pods agree",
    "ServiceSpec.selector",
);
pub(super) static REMOVED: Rule = rule(
    "service-removed",
    "a Service is removed, or renamed, that others still name",
    "point them at another Service, or keep this one",
    "IngressServiceBackend.name, DNS for Services and Pods",
);

pub(super) fn check(upgrade: &Upgrade<'_>, found: &mut Found) {
    without_pods(upgrade, found);
    removed(upgrade, found);
}

fn is_service(resource: &Resource) -> bool {
    resource.id.kind == "Service" && resource.id.group.is_empty()
}

fn selected<'a>(service: &Resource, side: &View<'a>) -> Vec<&'a Resource> {
    read::at(&service.value, "spec.selector").map(|wanted| side.with_labels(service, wanted)).unwrap_or_default()
}

fn without_pods(upgrade: &Upgrade<'_>, found: &mut Found) {
    for (service, was) in upgrade.news().filter(|(service, _)| is_service(service)) {
        let Some(was) = was else { continue };
        let before = selected(was, &upgrade.old);
        let asks = read::at(&service.value, "spec.selector").is_some();
        if before.is_empty() || !asks || !selected(service, &upgrade.new).is_empty() {
            continue;
        }
        let reason = format!("it selected the pods of {}, and selects none", before[0].id);
        if let Some(place) = upgrade.change_of_new(service) {
            found.add_to(place, &WITHOUT_PODS, read::path("spec.selector"), reason);
        } else if let Some(place) = upgrade.change_of_old(before[0]) {
            let path = match upgrade.changes[place] {
                ResourceChange::Paired(_) => read::path("spec.template.metadata.labels"),
                _ => FieldPath::default(),
            };
            found.add_to(place, &WITHOUT_PODS, path, format!("{} selected its pods, and selects none", service.id));
        }
    }
}

fn removed(upgrade: &Upgrade<'_>, found: &mut Found) {
    let there: HashSet<&str> =
        upgrade.news.iter().filter(|new| is_service(new)).map(|new| new.id.name.as_str()).collect();
    let gone = upgrade.changes.iter().enumerate().filter_map(|(place, change)| Some((change.before()?, place)));
    let gone = gone.filter(|(old, _)| is_service(old) && !read::is_kept(old) && !there.contains(old.id.name.as_str()));
    let gone: HashMap<&str, usize> = gone.map(|(old, place)| (old.id.name.as_str(), place)).collect();
    if gone.is_empty() {
        return;
    }
    let mut named: HashMap<usize, Vec<String>> = HashMap::new();
    for resource in upgrade.news {
        let mut places = HashSet::new();
        let mut name = |name: &str| places.extend(gone.get(name));
        backends(&resource.value, &mut name);
        hosts(&resource.value, &mut name);
        places.into_iter().for_each(|place| named.entry(place).or_default().push(resource.id.to_string()));
    }
    for (place, by) in named {
        found.add_to(place, &REMOVED, FieldPath::default(), format!("still named by {}", read::some(&by)));
    }
}

/// Names of Services in fields that hold nothing else: backends of an Ingress or a route, clients of webhooks.
fn backends(value: &Value, name: &mut impl FnMut(&str)) {
    match value {
        Value::Map(map, _) => {
            for (key, value) in map.iter() {
                match key.as_str() {
                    "service" => name(read::text(value, "name")),
                    "backendRefs" => {
                        read::items(value, "").iter().for_each(|backend| name(read::text(backend, "name")))
                    }
                    "serviceName" => name(value.as_str().unwrap_or_default()),
                    _ => {}
                }
                backends(value, name);
            }
        }
        Value::List(items, _) => items.iter().for_each(|item| backends(item, name)),
        _ => {}
    }
}

/// First parts of hosts in texts: `web` in `http://web/`, `web:8080` and `web.shop.svc`.
fn hosts(value: &Value, name: &mut impl FnMut(&str)) {
    match value {
        Value::Map(map, _) => map.iter().for_each(|(_, value)| hosts(value, name)),
        Value::List(items, _) => items.iter().for_each(|item| hosts(item, name)),
        Value::Str(text, _) if text.contains([':', '.']) => hosts_in(text, name),
        _ => {}
    }
}

fn hosts_in(text: &str, name: &mut impl FnMut(&str)) {
    let mut end = 0;
    while let Some(start) = text[end..].find(is_of_host).map(|at| end + at) {
        end = text[start..].find(|c| !is_of_host(c)).map_or(text.len(), |at| start + at);
        let host = &text[start..end];
        let port = text[end..].strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let in_url = text[..start].ends_with("://") || text[..start].ends_with('@');
        if port || in_url || host.contains(".svc") {
            name(host.split('.').next().unwrap_or_default());
        }
    }
}

fn is_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '.'
}
