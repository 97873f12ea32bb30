//! Names of Services in texts.
//!
//! A name alone is no connection: `web` in a text may be anything. It is one in a URL, before a port, with the namespace
//! behind it, or where the key it stands under speaks of a host.

use std::collections::HashMap;

use super::connect::Service;

/// A place where a Service is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Its number among the Services that were given.
    pub(super) service: usize,
    pub(super) port: Option<u16>,
}

/// The names of Services, to be found in texts.
#[derive(Debug)]
pub(super) struct Hosts<'s> {
    services: &'s [Service],
    by_name: HashMap<&'s str, Vec<usize>>,
}

impl<'s> Hosts<'s> {
    pub(super) fn new(services: &'s [Service]) -> Hosts<'s> {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, service) in services.iter().enumerate() {
            by_name.entry(&service.id.name).or_default().push(index);
        }
        Hosts { services, by_name }
    }

    /// The Services that a text names which stands under a key, seen from a namespace.
    pub(super) fn find(&self, key: &str, text: &str, namespace: &str) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(begin) = text[at..].find(is_host_char).map(|n| at + n) {
            let end = text[begin..].find(|c| !is_host_char(c)).map_or(text.len(), |n| begin + n);
            at = end;
            let word = &text[begin..end];
            let Some((service, qualified)) = self.named(word.trim_end_matches('.'), namespace) else { continue };
            let context =
                Context { before: &text[..begin], after: &text[end..], key, service: &self.services[service] };
            if let Some(port) = context.evidence(qualified) {
                let mention = Mention { service, port };
                if !found.contains(&mention) {
                    found.push(mention);
                }
            }
        }
        found
    }

    /// The Service that a host name is that of, and whether its namespace stands behind it. Of a pod of a headless
    /// Service the name comes first.
    fn named(&self, host: &str, namespace: &str) -> Option<(usize, bool)> {
        let mut rest = host;
        for of_pod in [false, true] {
            let (first, behind) = rest.split_once('.').unwrap_or((rest, ""));
            for index in self.by_name.get(first).into_iter().flatten() {
                let service = &self.services[*index];
                let own = service.namespace.as_str();
                let here = own.is_empty() || namespace.is_empty() || own == namespace;
                let fits = match behind.split_once('.').unwrap_or((behind, "")) {
                    ("", _) => here && (!of_pod || service.headless),
                    (space, "") => space == own && !own.is_empty(),
                    (space, domain) => {
                        (space == own || own.is_empty()) && (domain == "svc" || domain.starts_with("svc."))
                    }
                };
                if fits {
                    return Some((*index, of_pod || !behind.is_empty()));
                }
            }
            rest = behind;
        }
        None
    }
}

fn is_host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

/// A host name and what stands around it.
struct Context<'a> {
    before: &'a str,
    after: &'a str,
    key: &'a str,
    service: &'a Service,
}

impl Context<'_> {
    /// Whether the name is meant as a host, and the port that is said with it.
    fn evidence(&self, qualified: bool) -> Option<Option<u16>> {
        let known = |port: &u16| self.service.ports.contains(port);
        let port = self.after.strip_prefix(':').and_then(number);
        // `redis:7` is an image.
        let is_port = port.is_some_and(|port| known(&port) || port >= 80);
        // As `nc -z HOST PORT` has it.
        let beside = self.after.strip_prefix(' ').and_then(number).filter(known);
        match () {
            () if self.before.ends_with("://") || self.before.ends_with('@') => Some(port),
            () if is_port => Some(port),
            () if beside.is_some() => Some(beside),
            () if qualified || self.is_value_of_host() => Some(None),
            () => None,
        }
    }

    /// Whether the name is all of a value whose key speaks of a host: that of the text, or one within it such as
    /// `host: web`, `--redis-host=web`.
    fn is_value_of_host(&self) -> bool {
        if !self.after.trim_start_matches(['"', '\'']).starts_with(['\n', '\r', ',', ';', ' ', '}']) && !self.ends() {
            return false;
        }
        let before = self.before.trim_end_matches(['"', '\'']);
        match before.trim_end_matches(' ').strip_suffix(['=', ':']) {
            Some(before) => {
                let key = before.trim_end_matches(['"', '\'', ' ']);
                let begin = key.rfind(|c: char| !is_host_char(c)).map_or(0, |at| at + 1);
                speaks_of_host(key.get(begin..).unwrap_or_default())
            }
            None => (before.is_empty() || before.ends_with(',')) && speaks_of_host(self.key),
        }
    }

    fn ends(&self) -> bool {
        self.after.trim_matches(['"', '\'']).is_empty()
    }
}

fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let goes_on = text[digits..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    text[..digits].parse().ok().filter(|_| !goes_on)
}

fn speaks_of_host(key: &str) -> bool {
    const WORDS: [&str; 17] = [
        "addr",
        "backend",
        "bootstrap",
        "broker",
        "connect",
        "dsn",
        "endpoint",
        "host",
        "master",
        "node",
        "peer",
        "proxy",
        "seed",
        "server",
        "upstream",
        "uri",
        "url",
    ];
    let key = key.to_ascii_lowercase();
    let is_service = key.ends_with("service") || key.ends_with("service_name");
    WORDS.iter().any(|word| key.contains(word)) || (is_service && !key.starts_with("otel"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Id;

    fn found(key: &str, text: &str) -> Vec<(String, Option<u16>)> {
        let service = |name: &str, headless| {
            let id = Id { kind: "Service".into(), name: name.into(), ..Id::default() };
            Service { id, namespace: "shop".into(), ports: vec![6379], headless }
        };
        let services = [service("redis", false), service("redis-headless", true), service("web", false)];
        let found = Hosts::new(&services).find(key, text, "shop");
        found.into_iter().map(|mention| (services[mention.service].id.name.to_string(), mention.port)).collect()
    }

    #[test]
    fn a_host_is_told_from_a_word() {
        let one = |name: &str, port| vec![(name.to_owned(), port)];
        for (key, text, want) in [
            ("A", "http://redis", one("redis", None)),
            ("A", "redis://user:pw@redis:6380/0", one("redis", Some(6380))),
            ("A", "redis:6379", one("redis", Some(6379))),
            ("A", "x,redis:6379,redis:6379", one("redis", Some(6379))),
            ("IMAGE", "redis:7.2", vec![]),
            ("IMAGE", "redis:7", vec![]),
            ("IMAGE", "registry/redis:8000-alpine", vec![]),
            ("A", "redis.shop", one("redis", None)),
            ("A", "redis.shop.svc.cluster.local:1", one("redis", None)),
            ("A", "redis.other.svc", vec![]),
            ("FILE", "redis.conf", vec![]),
            ("A", "redis-0.redis-headless.shop.svc", one("redis-headless", None)),
            ("A", "redis-0.redis-headless", one("redis-headless", None)),
            ("A", "redis", vec![]),
            ("REDIS__HOSTNAME", "redis", one("redis", None)),
            ("REDIS_HOSTS", "web,redis", vec![("web".to_owned(), None), ("redis".to_owned(), None)]),
            ("REDIS_HOST", "my-redis", vec![]),
            ("HOSTS", "the web", vec![]),
            ("", "--redis-host=redis", one("redis", None)),
            ("", "--name=redis", vec![]),
            ("", "until nc -z redis 6379; do sleep 1; done", one("redis", Some(6379))),
            ("", "sleep redis 5", vec![]),
            ("app.yaml", "cache:\n  host: \"redis\"\n  name: web\n", one("redis", None)),
            ("app.json", "{\"host\": \"redis\", \"web\": 1}", one("redis", None)),
            ("MODE", "web", vec![]),
            ("OTEL_SERVICE_NAME", "web", vec![]),
        ] {
            assert_eq!(found(key, text), want, "{key}={text}");
        }
    }
}
