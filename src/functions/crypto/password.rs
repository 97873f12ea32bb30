//! Passwords: hashed, derived, and AES under one.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::super::args::{Out, any, fail, string, text};
use super::super::encoding::{base64, from_base64};
use super::super::{Context, FuncError};
use crate::runtime::Runtime;

/// What Go's `DefaultCost` is.
const COST: u32 = 10;

/// A hash of a password, or why there is none.
pub(super) fn bcrypt(ctx: &Context<'_>, password: &[u8]) -> Result<String, FuncError> {
    if password.len() > 72 {
        return Ok("failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".into());
    }
    let mut salt = [0; 16];
    ctx.random.fill(&mut salt)?;
    Ok(hashed(password, salt))
}

fn hashed(password: &[u8], salt: [u8; 16]) -> String {
    // The password counts with the zero byte that ends it in C.
    let hash = bcrypt::bcrypt(COST, salt, &[password, &[0]].concat());
    format!("$2a${COST}${}{}", radix64(&salt), radix64(&hash[..23]))
}

/// Whether this is a hash of the password as [`bcrypt()`] makes it.
pub(super) fn verifies(hash: &str, password: &[u8]) -> bool {
    let salt = hash.strip_prefix("$2a$10$").and_then(|rest| rest.get(..22)).and_then(from_radix64);
    salt.is_some_and(|salt| password.len() <= 72 && hashed(password, salt) == hash)
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const RADIX64: &[u8] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The digits of one alphabet in another; what is no digit is left out.
fn translated(text: &str, from: &[u8], to: &[u8]) -> String {
    let digits = text.bytes().filter_map(|b| from.iter().position(|digit| *digit == b));
    digits.map(|i| char::from(to[i])).collect()
}

/// Base64 in the alphabet of bcrypt, without padding.
fn radix64(bytes: &[u8]) -> String {
    translated(&base64(bytes), BASE64, RADIX64)
}

/// The inverse, for a salt.
fn from_radix64(text: &str) -> Option<[u8; 16]> {
    let padded = translated(text, RADIX64, BASE64) + "==";
    from_base64(padded.as_bytes()).ok()?.try_into().ok()
}

/// A line of a password file.
pub(super) fn htpasswd(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let (user, password) = (text(a, 0)?, text(a, 1)?);
    if user.contains(&b':') {
        return Ok(string([b"invalid username: ", user].concat()));
    }
    Ok(string([user, b":", bcrypt(ctx, password)?.as_bytes()].concat()))
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The forms that passwords of a type may have, each character a class.
fn templates(kind: &[u8]) -> Option<&'static [&'static [u8]]> {
    Some(match kind {
        b"maximum" => &[b"anoxxxxxxxxxxxxxxxxx", b"axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            b"CvcvnoCvcvCvcv",
            b"CvcvCvcvnoCvcv",
            b"CvcvCvcvCvcvno",
            b"CvccnoCvcvCvcv",
            b"CvccCvcvnoCvcv",
            b"CvccCvcvCvcvno",
            b"CvcvnoCvccCvcv",
            b"CvcvCvccnoCvcv",
            b"CvcvCvccCvcvno",
            b"CvcvnoCvcvCvcc",
            b"CvcvCvcvnoCvcc",
            b"CvcvCvcvCvccno",
            b"CvccnoCvccCvcv",
            b"CvccCvccnoCvcv",
            b"CvccCvccCvcvno",
            b"CvcvnoCvccCvcc",
            b"CvcvCvccnoCvcc",
            b"CvcvCvccCvccno",
            b"CvccnoCvcvCvcc",
            b"CvccCvcvnoCvcc",
            b"CvccCvcvCvccno",
        ],
        b"medium" => &[b"CvcnoCvc", b"CvcCvcno"],
        b"short" => &[b"Cvcn"],
        b"basic" => &[b"aaanaaan", b"aannaaan", b"aaannaaa"],
        b"pin" => &[b"nnnn"],
        _ => return None,
    })
}

fn class(of: u8) -> &'static [u8] {
    match of {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The password of a site, after the Master Password algorithm.
pub(super) fn derive(_: &Context<'_>, a: &[Runtime]) -> Out {
    let counter = match any(a, 0)? {
        Runtime::Int(n, _) => *n as u32,
        _ => 0,
    };
    let (kind, password, user, site) = (text(a, 1)?, text(a, 2)?, text(a, 3)?, text(a, 4)?);
    let Some(templates) = templates(kind) else {
        return Ok(string([b"cannot find password template ", kind].concat()));
    };
    let sized = |s: &[u8]| [&(s.len() as u32).to_be_bytes(), s].concat();
    let failed = |err: &dyn std::fmt::Display| FuncError::new(format!("failed to derive password: {err}"));
    let params = scrypt::Params::new(15, 8, 2).map_err(|err| failed(&err))?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &[SEED, &sized(user)].concat(), &params, &mut key).map_err(|err| failed(&err))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|err| failed(&err))?;
    mac.update(&[SEED, &sized(site), &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let character = |(of, byte): (&u8, &u8)| class(*of)[usize::from(*byte) % class(*of).len()];
    Ok(string(template.iter().zip(&seed[1..]).map(character).collect::<Vec<u8>>()))
}

/// AES-256 under a password, cut or filled with zeros to 32 bytes.
fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    let len = password.len().min(32);
    key[..len].copy_from_slice(&password[..len]);
    Aes256::new(&key.into())
}

fn xor(block: &mut [u8; 16], with: &[u8; 16]) {
    block.iter_mut().zip(with).for_each(|(a, b)| *a ^= b);
}

/// AES in CBC mode with the padding of PKCS#7, the initial vector before it, as base64.
pub(super) fn encrypt(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let (cipher, plain) = (cipher(text(a, 0)?), text(a, 1)?);
    if plain.is_empty() {
        return Ok("".into());
    }
    let padding = 16 - plain.len() % 16;
    let padded = [plain, &vec![padding as u8; padding]].concat();
    let mut before = [0; 16];
    ctx.random.fill(&mut before)?;
    let mut out = before.to_vec();
    for block in padded.as_chunks::<16>().0 {
        xor(&mut before, block);
        let mut encrypted = before.into();
        cipher.encrypt_block(&mut encrypted);
        before = encrypted.into();
        out.extend_from_slice(&before);
    }
    Ok(base64(&out).into())
}

/// The inverse; what Go panics over fails in its words.
pub(super) fn decrypt(_: &Context<'_>, a: &[Runtime]) -> Out {
    let (cipher, encoded) = (cipher(text(a, 0)?), text(a, 1)?);
    if encoded.is_empty() {
        return Ok("".into());
    }
    let bytes = match from_base64(encoded) {
        Ok(bytes) => bytes,
        Err(at) => return fail(format!("illegal base64 data at input byte {at}")),
    };
    let Some((vector, blocks)) = bytes.split_first_chunk::<16>() else {
        let capacity = encoded.len() / 4 * 3;
        return fail(format!("runtime error: slice bounds out of range [:16] with capacity {capacity}"));
    };
    let (blocks, rest) = blocks.as_chunks::<16>();
    if !rest.is_empty() {
        return fail("crypto/cipher: input not full blocks");
    }
    let mut before = *vector;
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for block in blocks {
        let mut decrypted = (*block).into();
        cipher.decrypt_block(&mut decrypted);
        let mut plain: [u8; 16] = decrypted.into();
        xor(&mut plain, &before);
        out.extend_from_slice(&plain);
        before = *block;
    }
    let Some(padding) = out.last().map(|b| usize::from(*b)) else {
        return fail("runtime error: index out of range [-1]");
    };
    match out.len().checked_sub(padding) {
        Some(len) => Ok(string(&out[..len])),
        None => fail(format!("runtime error: slice bounds out of range [:-{}]", padding - out.len())),
    }
}
