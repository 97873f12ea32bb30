//! Which keys hold secrets, so that messages do not repeat their values.

/// Whether the value under this key is likely a secret, by the words in the key.
///
/// `APP__ADMIN__TOKEN`, `rootPassword` and `erlangCookie` are; `tokenRequests` under a map is not a scalar and its
/// key does not matter; `secretName` and `existingSecret` name a Secret and are not secret themselves.
pub fn is_secret_key(key: &str) -> bool {
    const NAMES: [&str; 9] = [
        "secretname",
        "existingsecret",
        "secretkeyref",
        "secretref",
        "keyref",
        "name",
        "publickey",
        "namespace",
        "type",
    ];
    const WORDS: [&str; 14] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "accesskey",
        "privatekey",
        "encryptionkey",
        "credential",
        "cookie",
        "signingkey",
        "secretkey",
        "healthkey",
    ];
    let folded = key.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    let folded: Vec<u8> = folded.collect();
    // Each line of each text is asked: most bytes begin no word.
    let begins = |at: &usize| matches!(folded[*at], b'a' | b'c' | b'e' | b'h' | b'p' | b's' | b't');
    let mut places = (0..folded.len()).filter(begins);
    (places.any(|at| WORDS.iter().any(|word| folded[at..].starts_with(word.as_bytes()))) || folded == b"pass")
        && !NAMES.iter().any(|name| folded.ends_with(name.as_bytes()))
}

/// A line of YAML with the value of a secret key replaced by `***`; `all` masks the value of any key.
pub(super) fn mask_line(line: &str, all: bool) -> Option<String> {
    let body = line.trim_start_matches([' ', '-', '?']);
    let (key, value) = body.split_once(':')?;
    let name = key.trim().trim_matches(['"', '\'']);
    if value.trim().is_empty() || !(all || is_secret_key(name)) {
        return None;
    }
    let keep = line.len() - value.len();
    let gap = value.len() - value.trim_start().len();
    Some(format!("{}***", &line[..keep + gap]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_keys() {
        for key in ["APP__ADMIN__TOKEN", "rootPassword", "erlangCookie", "MINIO__SECRET_KEY", "passwd"] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["secretName", "existingSecret", "host", "replicaCount", "monkey", "tokenSecretName"] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn masked_lines() {
        assert_eq!(mask_line("  password: hunter2", false).as_deref(), Some("  password: ***"));
        assert_eq!(mask_line("- token: \"x: y\" # c", false).as_deref(), Some("- token: ***"));
        assert_eq!(mask_line("  host: a", false), None);
        assert_eq!(mask_line("  host: a", true).as_deref(), Some("  host: ***"));
    }
}
