//! Which hashes, keys and certificates of an earlier render still do for a call: a hash of the same password, a
//! certificate that says what is asked for, has not expired and is signed by the authority at hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::args::text;
use super::super::keep::Again;
use super::super::{Context, Function};
use super::certificate::{Certificate, Parsed, Request, alternative_names, subject};
use super::keys::{self, PrivateKey};
use super::{certificate, password, pem, read_key, request};
use crate::runtime::Runtime;
use crate::runtime::time::{Time, Zone};

/// Whether the key of a certificate was asked for that was kept without one.
#[derive(Debug, Default)]
pub struct Missed(AtomicBool);

impl Missed {
    /// Whether it was.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A certificate and its key, where the value has them.
pub(in super::super) fn parts(value: &Runtime) -> Option<(&str, &str)> {
    certificate(std::slice::from_ref(value), 0).ok().map(|pair| (pair.cert.as_str(), pair.key.as_str()))
}

/// When a certificate ends, in seconds since 1970.
pub(in super::super) fn ends(value: &Runtime) -> Option<i64> {
    let (_, bytes) = pem::decode(parts(value)?.0)?;
    Parsed::read(&bytes)?.validity().map(|(_, end)| end.unix())
}

/// A certificate that was found, with or without its key.
pub(in super::super) fn pair(cert: String, key: Option<String>) -> Runtime {
    let missed = key.is_none().then(Arc::default);
    Certificate { cert, key: key.unwrap_or_default(), missed }.into_runtime()
}

/// What a call keeps of an earlier result.
pub(in super::super) fn again(function: &Function, ctx: &Context<'_>, a: &[Runtime], old: &Runtime) -> Option<Again> {
    let old_text = || old.as_str().map(str::as_bytes);
    let fits = match function.name {
        "bcrypt" => password::verifies(old.as_str()?, text(a, 0).ok()?),
        "htpasswd" => {
            let (user, hash) = old.as_str()?.split_once(':')?;
            user.as_bytes() == text(a, 0).ok()? && password::verifies(hash, text(a, 1).ok()?)
        }
        "encryptAES" => {
            let plain = password::decrypt(ctx, &[a.first()?.clone(), old.clone()]).ok()?;
            old_text()?.len() > 16 && a.get(1) == Some(&plain)
        }
        "genPrivateKey" => is_key_of(old.as_str()?, text(a, 0).ok()?),
        _ => return certificate_again(function, ctx, a, certificate(std::slice::from_ref(old), 0).ok()?),
    };
    fits.then(|| Again { value: old.clone(), missed: None })
}

fn is_key_of(key: &str, kind: &[u8]) -> bool {
    let bits = |key: &PrivateKey| match key {
        PrivateKey::Rsa(key) => keys::bits_of(key),
        _ => 0,
    };
    match (PrivateKey::from_pem(key), kind) {
        (Ok(key @ PrivateKey::Rsa(_)), b"" | b"rsa") => bits(&key) == 4096,
        (Ok(PrivateKey::Dsa(_)), b"dsa")
        | (Ok(PrivateKey::P256(_)), b"ecdsa")
        | (Ok(PrivateKey::Ed25519(_)), b"ed25519") => true,
        _ => false,
    }
}

/// The certificate, where it is what the call asks for.
fn certificate_again(function: &Function, ctx: &Context<'_>, a: &[Runtime], old: &Certificate) -> Option<Again> {
    let is_authority = matches!(function.name, "genCA" | "genCAWithKey");
    let request = if is_authority { super::of_authority(a).ok()? } else { request(a).ok()? };
    let (_, bytes) = pem::decode(&old.cert)?;
    let parsed = Parsed::read(&bytes)?;
    let given = match function.name {
        "genCAWithKey" => Some(2),
        "genSelfSignedCertWithKey" => Some(4),
        "genSignedCertWithKey" => Some(5),
        _ => None,
    };
    let key = match given {
        Some(index) => Some(read_key(a, index).ok()?),
        None if old.key.is_empty() => None,
        None => Some(PrivateKey::from_pem(&old.key).ok()?),
    };
    let belongs = key.as_ref().is_none_or(|key| key.public_info().is_ok_and(|public| public == parsed.public_key));
    let signed = match function.name {
        "genSignedCert" | "genSignedCertWithKey" => is_signed_by(&parsed, certificate(a, 4).ok()?),
        _ => parsed.is_signed_by(&parsed),
    };
    let now = Time::from_nanos(ctx.random.now(), Zone::Utc);
    if !(belongs && signed && says(&parsed, &request, &now)) {
        return None;
    }
    let missed = key.is_none().then(Arc::<Missed>::default);
    let key = key.map(|key| key.to_pem()).unwrap_or_default();
    let value = Certificate { cert: old.cert.clone(), key, missed: missed.clone() }.into_runtime();
    Some(Again { value, missed })
}

fn is_signed_by(parsed: &Parsed<'_>, authority: &Certificate) -> bool {
    let authority = pem::decode(&authority.cert);
    authority.is_some_and(|(_, bytes)| Parsed::read(&bytes).is_some_and(|authority| parsed.is_signed_by(&authority)))
}

/// Whether a certificate says what is asked for, for as long as is asked for, and has not expired.
fn says(parsed: &Parsed<'_>, request: &Request<'_>, now: &Time) -> bool {
    let lasts = |(start, end): (Time, Time)| {
        let seconds = end.unix() - start.unix();
        seconds == request.days.wrapping_mul(86_400) && end.unix() > now.unix()
    };
    parsed.subject == subject(request.name)
        && parsed.is_authority == request.authority
        && alternative_names(request).is_ok_and(|names| names == parsed.alternatives)
        && parsed.validity().is_some_and(lasts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::context;

    fn call(name: &str, args: &[Runtime]) -> Runtime {
        (crate::functions::find(name).unwrap().call)(&context(), args).unwrap()
    }

    /// What a call keeps, as text.
    fn kept(name: &str, args: &[Runtime], old: &Runtime) -> Option<(String, String)> {
        let again = again(crate::functions::find(name).unwrap(), &context(), args, old)?;
        parts(&again.value).map(|(cert, key)| (cert.to_owned(), key.to_owned()))
    }

    fn key(kind: &str) -> Runtime {
        call("genPrivateKey", &[kind.into()])
    }

    #[test]
    fn certificates_stay_while_they_say_what_is_asked_for() {
        for kind in ["rsa", "ecdsa", "ed25519"] {
            let (ca_key, leaf_key) = (rsa_or(kind), rsa_or(kind));
            let authority = ["ca".into(), Runtime::int(30), ca_key.clone()];
            let ca = call("genCAWithKey", &authority);
            assert!(kept("genCAWithKey", &authority, &ca).is_some(), "{kind}");
            assert!(kept("genCA", &authority[..2], &ca).is_some(), "{kind}");
            for other in [["cb".into(), Runtime::int(30)], ["ca".into(), Runtime::int(31)]] {
                assert!(kept("genCA", &other, &ca).is_none(), "{kind}");
            }
            let names = Runtime::list(["a.example".into()]);
            let leaf = |ca: &Runtime| ["a".into(), Runtime::Nil, names.clone(), Runtime::int(1), ca.clone()];
            let with_key = [&leaf(&ca)[..], std::slice::from_ref(&leaf_key)].concat();
            let cert = call("genSignedCertWithKey", &with_key);
            assert!(kept("genSignedCert", &leaf(&ca), &cert).is_some(), "{kind}");
            assert!(kept("genSignedCertWithKey", &with_key, &cert).is_some(), "{kind}");
            let another = call("genCAWithKey", &["ca".into(), Runtime::int(30), rsa_or(kind)]);
            assert!(kept("genSignedCert", &leaf(&another), &cert).is_none(), "{kind}");
            assert!(kept("genSelfSignedCert", &leaf(&ca)[..4], &cert).is_none(), "{kind}");
        }
    }

    /// RSA keys of the usual length take long.
    fn rsa_or(kind: &str) -> Runtime {
        match kind {
            "rsa" => PrivateKey::new_rsa(&context(), 1024).unwrap().to_pem().into(),
            kind => key(kind),
        }
    }

    #[test]
    fn a_key_that_is_missing_is_missed_when_it_is_asked_for() {
        let args = ["ca".into(), Runtime::int(30), key("ecdsa")];
        let ca = call("genCAWithKey", &args);
        let found = pair(parts(&ca).unwrap().0.to_owned(), None);
        let function = crate::functions::find("genCA").unwrap();
        let again = again(function, &context(), &args[..2], &found).unwrap();
        let Runtime::Object(object) = &again.value else { panic!("a certificate") };
        object.field("Cert");
        assert!(!again.missed.as_ref().unwrap().is_set());
        object.field("Key");
        assert!(again.missed.unwrap().is_set());
    }

    #[test]
    fn hashes_stay_while_the_password_does() {
        let fits = |name: &str, args: &[Runtime], old: &Runtime| {
            again(crate::functions::find(name).unwrap(), &context(), args, old).is_some()
        };
        let line = call("htpasswd", &["me".into(), "secret".into()]);
        assert!(fits("htpasswd", &["me".into(), "secret".into()], &line));
        assert!(!fits("htpasswd", &["you".into(), "secret".into()], &line));
        assert!(!fits("htpasswd", &["me".into(), "secre".into()], &line));
        let hash = call("bcrypt", &["secret".into()]);
        assert!(fits("bcrypt", &["secret".into()], &hash) && !fits("bcrypt", &["s".into()], &hash));
        let encrypted = call("encryptAES", &["key".into(), "plain".into()]);
        assert!(fits("encryptAES", &["key".into(), "plain".into()], &encrypted));
        assert!(!fits("encryptAES", &["other".into(), "plain".into()], &encrypted));
        assert!(!fits("encryptAES", &["key".into(), "".into()], &"".into()));
        assert!(fits("genPrivateKey", &["ecdsa".into()], &key("ecdsa")));
        assert!(!fits("genPrivateKey", &["rsa".into()], &key("ecdsa")));
    }
}
