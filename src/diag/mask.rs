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
    let folded = folded(key);
    (has_word(&folded) || folded == PASS) && !NAMES.iter().any(|name| folded.ends_with(name.as_bytes()))
}

/// Whether a text may hold a key that [`is_secret_key`] takes for one; where it does not, none of its lines need be asked.
pub fn may_name_secrets(text: &str) -> bool {
    let folded = folded(text);
    has_word(&folded) || folded.windows(PASS.len()).any(|word| word == PASS)
}

/// Words in the names of secrets.
const WORDS: [&[u8]; 14] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"token",
    b"apikey",
    b"accesskey",
    b"privatekey",
    b"encryptionkey",
    b"credential",
    b"cookie",
    b"signingkey",
    b"secretkey",
    b"healthkey",
];

/// A secret's name where it is all of it.
const PASS: &[u8] = b"pass";

/// The letters and digits of a text, in small letters.
fn folded(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
}

fn has_word(folded: &[u8]) -> bool {
    // Few places begin as a word does.
    let begins = |two: &[u8]| {
        matches!(two, [b'p', b'a' | b'r'] | [b's', b'e' | b'i'] | [b't' | b'c', b'o'] | [b'a', b'p' | b'c'])
            || matches!(two, [b'e', b'n'] | [b'c', b'r'] | [b'h', b'e'])
    };
    let places = folded.windows(2).enumerate().filter(|(_, two)| begins(two));
    let mut rest = places.map(|(at, _)| &folded[at..]);
    rest.any(|rest| WORDS.iter().any(|word| rest.starts_with(word)))
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
    fn each_word_is_found_wherever_it_stands() {
        for word in WORDS.into_iter().chain([PASS]) {
            let word = std::str::from_utf8(word).expect("text");
            assert!(is_secret_key(word), "{word}");
            assert!(may_name_secrets(&format!("{{\"a\":1,\"{}\":2}}", word.to_uppercase())), "{word}");
        }
        assert!(!is_secret_key("passes") && !is_secret_key("secretName") && !may_name_secrets("a: 1"));
    }

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
