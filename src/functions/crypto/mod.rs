//! Cryptography: passwords, keys, certificates, AES.
//!
//! Semantics: Sprig 3.3.0 `crypto.go`. All randomness and the time are [`Context::random`]'s.

mod certificate;
mod der;
mod keep;
mod keys;
mod password;
mod pem;
mod primes;

pub use keep::Missed;
pub(super) use keep::{again, ends, pair, parts};

use certificate::{Certificate, Request, custom, self_signed, signed};
use keys::PrivateKey;

use super::Param::{Int, List, Object, Str, Uint32};
use super::args::{Out, any, int, text};
use super::{Context, FuncError, Function, Param};
use crate::runtime::Runtime;
use crate::runtime::text::runes;

/// Sprig's certificate with its key.
const CERTIFICATE: Param = Object("sprig.certificate");

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("bcrypt", &[Str], |ctx, a| Ok(password::bcrypt(ctx, text(a, 0)?)?.into())).random(),
    Function::new("htpasswd", &[Str, Str], password::htpasswd).random(),
    Function::new("derivePassword", &[Uint32, Str, Str, Str, Str], password::derive),
    Function::new("encryptAES", &[Str, Str], password::encrypt).random(),
    Function::new("decryptAES", &[Str, Str], password::decrypt),
    Function::new("genPrivateKey", &[Str], private_key).random(),
    Function::new("genCA", &[Str, Int], |ctx, a| authority(ctx, a, &new_key(ctx)?)).random(),
    Function::new("genCAWithKey", &[Str, Int, Str], |ctx, a| authority(ctx, a, &read_key(a, 2)?)).random(),
    Function::new("genSelfSignedCert", &[Str, List, List, Int], |ctx, a| {
        Ok(self_signed(ctx, &request(a)?, &new_key(ctx)?)?.into_runtime())
    })
    .random(),
    Function::new("genSelfSignedCertWithKey", &[Str, List, List, Int, Str], |ctx, a| {
        Ok(self_signed(ctx, &request(a)?, &read_key(a, 4)?)?.into_runtime())
    })
    .random(),
    Function::new("genSignedCert", &[Str, List, List, Int, CERTIFICATE], |ctx, a| {
        Ok(signed(ctx, &request(a)?, &new_key(ctx)?, certificate(a, 4)?)?.into_runtime())
    })
    .random(),
    Function::new("genSignedCertWithKey", &[Str, List, List, Int, CERTIFICATE, Str], |ctx, a| {
        Ok(signed(ctx, &request(a)?, &read_key(a, 5)?, certificate(a, 4)?)?.into_runtime())
    })
    .random(),
    Function::new("buildCustomCert", &[Str, Str], |_, a| {
        Ok(custom(text(a, 0)?, text(a, 1)?).map_err(FuncError::new)?.into_runtime())
    }),
];

fn private_key(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let key = match text(a, 0)? {
        b"" | b"rsa" => PrivateKey::new_rsa(ctx, 4096)?,
        b"dsa" => PrivateKey::new_dsa(ctx)?,
        b"ecdsa" => PrivateKey::new_ecdsa(ctx)?,
        b"ed25519" => PrivateKey::new_ed25519(ctx)?,
        other => return Ok(Runtime::bytes([b"Unknown type ", other].concat())),
    };
    Ok(key.to_pem().into())
}

fn new_key(ctx: &Context<'_>) -> Result<PrivateKey, FuncError> {
    PrivateKey::new_rsa(ctx, 2048)
}

fn read_key(a: &[Runtime], index: usize) -> Result<PrivateKey, FuncError> {
    let pem: String = runes(text(a, index)?).collect();
    PrivateKey::from_pem(&pem).map_err(|err| FuncError::new(format!("parsing private key: {err}")))
}

fn authority(ctx: &Context<'_>, a: &[Runtime], key: &PrivateKey) -> Out {
    Ok(self_signed(ctx, &of_authority(a)?, key)?.into_runtime())
}

/// The common name and the days of an authority.
fn of_authority(a: &[Runtime]) -> Result<Request<'_>, FuncError> {
    Ok(Request { name: text(a, 0)?, addresses: None, names: None, days: int(a, 1)?, authority: true })
}

/// The common name, addresses, host names and days that all but authorities begin with.
fn request(a: &[Runtime]) -> Result<Request<'_>, FuncError> {
    let list = |index: usize| match a.get(index) {
        Some(Runtime::List(list)) => Some(list),
        _ => None,
    };
    Ok(Request { name: text(a, 0)?, addresses: list(1), names: list(2), days: int(a, 3)?, authority: false })
}

fn certificate(a: &[Runtime], index: usize) -> Result<&Certificate, FuncError> {
    let wrong =
        || FuncError { message: "wrong type for value; expected sprig.certificate".into(), argument: Some(index) };
    match any(a, index)? {
        Runtime::Object(object) => object.as_any().downcast_ref().ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests;
