//! Names and what is made like them.

use super::Fault;

fn fault(holds: bool, message: &str) -> Fault {
    (!holds).then(|| message.to_owned())
}

fn too_long(text: &str, most: usize) -> Fault {
    (text.len() > most).then(|| format!("must have at most {most} characters, has {}", text.len()))
}

/// Whether all bytes are in a class, and the first and last one are in another.
fn made_of(text: &str, all: impl Fn(u8) -> bool, ends: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| all(*b)) && bytes.first().is_some_and(|b| ends(*b)) && bytes.last().is_some_and(|b| ends(*b))
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn alphanumeric(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

/// RFC 1123 label: `my-name`, `123-abc` (IsDNS1123Label).
pub fn dns_label(text: &str) -> Fault {
    let holds = made_of(text, |b| lower(b) || b == b'-', lower);
    too_long(text, 63).or_else(|| {
        fault(holds, "must consist of lower-case letters, digits and `-`, with a letter or digit at both ends")
    })
}

/// RFC 1123 subdomain: labels with dots between them (IsDNS1123Subdomain).
pub fn dns_subdomain(text: &str) -> Fault {
    let label = |part: &str| made_of(part, |b| lower(b) || b == b'-', lower);
    too_long(text, 253).or_else(|| {
        let message =
            "must consist of lower-case letters, digits, `-` and `.`, with a letter or digit at the ends of each part";
        fault(text.split('.').all(label), message)
    })
}

/// RFC 1035 label: as RFC 1123's, but beginning with a letter (IsDNS1035Label).
pub fn dns_1035_label(text: &str) -> Fault {
    let holds = made_of(text, |b| lower(b) || b == b'-', lower) && text.as_bytes()[0].is_ascii_lowercase();
    let message =
        "must consist of lower-case letters, digits and `-`, beginning with a letter and ending with a letter or digit";
    too_long(text, 63).or_else(|| fault(holds, message))
}

/// A name that may stand in a path, as RBAC's (IsValidPathSegmentName).
pub fn path_segment(text: &str) -> Fault {
    fault(!matches!(text, "." | "..") && !text.contains(['/', '%']), "must not be `.` or `..` nor contain `/` or `%`")
}

/// A subdomain in which the first part may be `*`, as a host of an Ingress (IsWildcardDNS1123Subdomain).
pub fn wildcard_host(text: &str) -> Fault {
    match text.strip_prefix("*.") {
        Some(rest) => dns_subdomain(rest),
        None if text.contains('*') => Some("may have `*` only as its whole first part: `*.example.com`".to_owned()),
        None => dns_subdomain(text),
    }
}

/// A key of a label: `name` or `prefix.io/name` (IsQualifiedName).
pub fn qualified_name(text: &str) -> Fault {
    let name = match text.split_once('/') {
        Some(("", _)) => return Some("must have a prefix before `/`, or no `/`".to_owned()),
        Some((prefix, name)) => {
            if let Some(wrong) = dns_subdomain(prefix) {
                return Some(format!("has a prefix that {wrong}"));
            }
            name
        }
        None => text,
    };
    if name.is_empty() {
        return Some("must have a name after its prefix".to_owned());
    }
    let holds = made_of(name, |b| alphanumeric(b) || b"-_.".contains(&b), alphanumeric);
    let message = "must consist of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, and may have a \
        DNS name and `/` in front";
    too_long(name, 63).or_else(|| fault(holds, message))
}

/// The value of a label (IsValidLabelValue).
pub fn label_value(text: &str) -> Fault {
    let holds = text.is_empty() || made_of(text, |b| alphanumeric(b) || b"-_.".contains(&b), alphanumeric);
    too_long(text, 63).or_else(|| {
        fault(
            holds,
            "must be empty or consist of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
        )
    })
}

/// The name of a port: at most 15 characters, one of them a letter (IsValidPortName, IANA_SVC_NAME).
pub fn port_name(text: &str) -> Fault {
    let holds = made_of(text, |b| lower(b) || b == b'-', lower)
        && !text.contains("--")
        && text.bytes().any(|b| b.is_ascii_lowercase());
    too_long(text, 15).or_else(|| {
        fault(holds, "must consist of lower-case letters, digits and single `-`, with at least one letter and no `-` at its ends")
    })
}

/// The number of a port (IsValidPortNum).
pub fn port_number(port: i64) -> Fault {
    fault((1..=65535).contains(&port), "must be between 1 and 65535")
}

/// A key of a ConfigMap or Secret: the name of a file (IsConfigMapKey).
pub fn config_key(text: &str) -> Fault {
    let holds = !text.is_empty() && text.bytes().all(|b| alphanumeric(b) || b"-_.".contains(&b));
    too_long(text, 253)
        .or_else(|| fault(holds, "must consist of letters, digits, `-`, `_` and `.`"))
        .or_else(|| fault(!text.starts_with("..") && text != ".", "must not be `.` nor begin with `..`"))
}

/// The name of an environment variable (IsEnvVarName; from 1.32 on IsRelaxedEnvVarName).
pub fn env_name(minor: u8, text: &str) -> Fault {
    if minor >= 32 {
        let holds = text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=');
        return fault(holds, "must consist of printable ASCII characters other than `=`");
    }
    let holds = text.bytes().all(|b| alphanumeric(b) || b"-_.".contains(&b))
        && !text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && !text.starts_with("..")
        && text != ".";
    fault(holds, "must consist of letters, digits, `_`, `-` and `.`, and not begin with a digit")
}

/// A path below a folder: not absolute, without `..` (validateLocalNonReservedPath and its like).
pub fn local_path(text: &str) -> Fault {
    fault(!text.starts_with('/'), "must be a relative path")
        .or_else(|| fault(!text.split('/').any(|part| part == ".."), "must not contain `..`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_borders() {
        let long = |n: usize| "a".repeat(n);
        type Form = fn(&str) -> Fault;
        let cases: &[(&str, Form, &[&str], &[&str])] = &[
            ("label", dns_label, &["a", "0a", "a-b", &long(63)], &["", "-a", "a-", "A", "a.b", "a_b", &long(64)]),
            ("subdomain", dns_subdomain, &["a.b", "1", &long(253)], &["", "a..b", ".a", "a-.b", "A.b", &long(254)]),
            ("1035", dns_1035_label, &["a", "a1"], &["1a", "", "a.b", "a-"]),
            ("segment", path_segment, &["system:x", "A b"], &["a/b", "..", "50%"]),
            ("host", wildcard_host, &["*.a.b", "a.b"], &["*", "a.*.b", "*a.b", "A.b"]),
            (
                "key",
                qualified_name,
                &["a", "A_b.c", "x.io/a", &long(63)],
                &["", "/a", "x.io/", "a/b/c", "X.io/a", "-a", &long(64)],
            ),
            ("value", label_value, &["", "a", "A.b_c-d", &long(63)], &["a b", "-a", "a/b", "a.", &long(64)]),
            ("port", port_name, &["http", "a-1", &long(15)], &["80", "a--b", "-a", "Http", "a_b", "", &long(16)]),
            ("config", config_key, &["a.b", "_", ".a", "-"], &["", ".", "..", "..a", "a/b", "a b"]),
            ("path", local_path, &["a/b", "..a"], &["/a", "a/../b", ".."]),
        ];
        for (form, fault, right, wrong) in cases {
            right.iter().for_each(|text| assert_eq!(fault(text), None, "{form} {text}"));
            wrong.iter().for_each(|text| assert!(fault(text).is_some(), "{form} {text}"));
        }
        assert!(env_name(31, "a b").is_some() && env_name(32, "a b").is_none() && env_name(35, "a=b").is_some());
        assert!(env_name(31, "1a").is_some() && env_name(31, "a.b-c_D").is_none());
        assert!(port_number(0).is_some() && port_number(65536).is_some() && port_number(65535).is_none());
    }
}
