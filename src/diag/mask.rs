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
    (has(&folded, begins_word) || folded == PASS) && !NAMES.iter().any(|name| folded.ends_with(name.as_bytes()))
}

/// Whether a text may hold a key that [`is_secret_key`] takes for one; where it does not, none of its lines need be asked.
pub fn may_name_secrets(text: &str) -> bool {
    let folded = folded(text);
    has(&folded, |rest| rest.starts_with(PASS) || begins_word(rest))
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
    let mut out = vec![0; text.len()];
    let mut end = 0;
    // Texts are long: a byte that does not count is written, and then written over.
    for byte in text.bytes() {
        out[end] = byte.to_ascii_lowercase();
        end += usize::from(byte.is_ascii_alphanumeric());
    }
    out.truncate(end);
    out
}

fn begins_word(text: &[u8]) -> bool {
    WORDS.iter().any(|word| text.starts_with(word))
}

/// Whether a word begins somewhere in a text. Few places begin as one does.
fn has(folded: &[u8], begins_word: impl Fn(&[u8]) -> bool) -> bool {
    let may_begin = |two: &[u8]| match two[0] {
        b'p' => matches!(two[1], b'a' | b'r'),
        b's' => matches!(two[1], b'e' | b'i'),
        b't' => two[1] == b'o',
        b'c' => matches!(two[1], b'o' | b'r'),
        b'a' => matches!(two[1], b'p' | b'c'),
        b'e' => two[1] == b'n',
        b'h' => two[1] == b'e',
        _ => false,
    };
    let mut places = folded.windows(2).enumerate().filter(|(_, two)| may_begin(two));
    places.any(|(at, _)| begins_word(&folded[at..]))
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
