//! Private keys: made, read, written, signed with.
//!
//! Semantics: Sprig 3.3.0 `crypto.go`, Go's `crypto/x509`.

use std::convert::Infallible;

use num_bigint::BigUint;
use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256, Sha384};

use super::super::{Context, FuncError};
use super::der::{OCTET_STRING, OID, Reader, bits, context, element, integer, null, oid, sequence};
use super::pem;
use super::primes::{EXPONENT, random_prime};

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0, 34];
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// What stands before a SHA-256 hash in an RSA signature.
#[rustfmt::skip]
const SHA256_PREFIX: &[u8] =
    &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

/// A private key.
#[derive(Debug)]
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    /// Good for nothing but to be printed.
    Dsa(Box<DsaKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// The numbers of a DSA key.
#[derive(Debug)]
pub(super) struct DsaKey {
    p: BigUint,
    q: BigUint,
    g: BigUint,
    y: BigUint,
    x: BigUint,
}

/// Random bytes without end, stretched from 256 random bits: the hashes of these bits with a counter. The crates that
/// make keys draw thousands of times and cannot be told that there is nothing to be had.
pub(super) struct Rng {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Rng {
    fn new(ctx: &Context<'_>) -> Result<Rng, FuncError> {
        let mut rng = Rng { seed: [0; 32], counter: 0, block: [0; 32], used: 32 };
        ctx.random.fill(&mut rng.seed)?;
        Ok(rng)
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.block = Sha256::new_with_prefix(self.seed).chain_update(self.counter.to_le_bytes()).finalize().into();
            self.counter += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        buffer.fill_with(|| self.byte());
        Ok(())
    }
}

impl TryCryptoRng for Rng {}

impl PrivateKey {
    /// A new RSA key of so many bits.
    pub(super) fn new_rsa(ctx: &Context<'_>, bits: usize) -> Result<PrivateKey, FuncError> {
        let failed = |err| FuncError::new(format!("error generating rsa key: {err}"));
        let mut rng = Rng::new(ctx)?;
        let [p, q] = [(); 2].map(|()| random_prime(&mut rng, bits / 2));
        let key = RsaPrivateKey::from_p_q(p, q, EXPONENT.into()).map_err(failed)?;
        Ok(PrivateKey::Rsa(Box::new(key)))
    }

    /// A new key for ECDSA on P-256.
    pub(super) fn new_ecdsa(ctx: &Context<'_>) -> Result<PrivateKey, FuncError> {
        let mut bytes = [0; 32];
        ctx.random.fill(&mut bytes)?;
        loop {
            // All but one of 2^32 numbers are keys.
            if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&bytes) {
                return Ok(PrivateKey::P256(key));
            }
            bytes = Sha256::digest(bytes).into();
        }
    }

    /// A new key for Ed25519.
    pub(super) fn new_ed25519(ctx: &Context<'_>) -> Result<PrivateKey, FuncError> {
        let mut seed = [0; 32];
        ctx.random.fill(&mut seed)?;
        Ok(PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))))
    }

    /// A new DSA key with a prime of 2048 and one of 256 bits.
    pub(super) fn new_dsa(ctx: &Context<'_>) -> Result<PrivateKey, FuncError> {
        let Ok(parameters) =
            dsa::Components::try_generate_from_rng_with_key_size(&mut Rng::new(ctx)?, dsa::KeySize::DSA_2048_256);
        let [p, q, g] = [parameters.p().as_ref(), parameters.q().as_ref(), parameters.g().as_ref()].map(number);
        let mut bytes = [0; 40];
        ctx.random.fill(&mut bytes)?;
        let x = BigUint::from_bytes_be(&bytes) % (&q - 1_u32) + 1_u32;
        let y = g.modpow(&x, &p);
        Ok(PrivateKey::Dsa(Box::new(DsaKey { p, q, g, y, x })))
    }

    /// Reads a key out of PEM.
    pub(super) fn from_pem(text: &str) -> Result<PrivateKey, String> {
        let Some((kind, bytes)) = pem::decode(text) else { return Err("no PEM data in input".into()) };
        let structure = "asn1: structure error: malformed key";
        match kind.strip_suffix(" PRIVATE KEY") {
            None if kind == "PRIVATE KEY" => {
                from_pkcs8(&bytes).ok_or_else(|| format!("decoding PEM as PKCS#8: {structure}"))
            }
            None => Err(format!("no private key data in PEM block of type {kind}")),
            Some("RSA") => from_pkcs1(&bytes).ok_or_else(|| format!("parsing RSA private key from PEM: {structure}")),
            Some("EC") => {
                from_sec1(&bytes, None).ok_or_else(|| format!("parsing EC private key from PEM: {structure}"))
            }
            Some("DSA") => from_dsa(&bytes).ok_or_else(|| format!("parsing DSA private key from PEM: {structure}")),
            Some(_) => Err(format!("invalid private key type {kind}")),
        }
    }

    /// The key as PEM, in the format that Sprig has for its kind.
    pub(super) fn to_pem(&self) -> String {
        match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &to_pkcs1(key)),
            PrivateKey::Dsa(key) => {
                let numbers = [&BigUint::ZERO, &key.p, &key.q, &key.g, &key.y, &key.x];
                pem::encode("DSA PRIVATE KEY", &sequence(&numbers.map(big)))
            }
            PrivateKey::P256(key) => {
                let public = key.verifying_key().to_sec1_point(false);
                pem::encode("EC PRIVATE KEY", &to_sec1(&key.to_bytes(), P256, public.as_bytes()))
            }
            PrivateKey::P384(key) => {
                let public = key.verifying_key().to_sec1_point(false);
                pem::encode("EC PRIVATE KEY", &to_sec1(&key.to_bytes(), P384, public.as_bytes()))
            }
            PrivateKey::Ed25519(key) => {
                let seed = element(OCTET_STRING, key.as_bytes());
                let parts = [integer(&[0]), sequence(&[oid(ED25519)]), element(OCTET_STRING, &seed)];
                pem::encode("PRIVATE KEY", &sequence(&parts))
            }
        }
    }

    /// The public key: what kind it is, and its bits. A DSA key has none that a certificate could hold.
    fn public(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        Ok(match self {
            PrivateKey::Rsa(key) => {
                let bits = sequence(&[integer(&key.n_bytes()), integer(&key.e_bytes())]);
                (sequence(&[oid(RSA), null()]), bits)
            }
            PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".into()),
            PrivateKey::P256(key) => {
                (sequence(&[oid(EC), oid(P256)]), key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }
            PrivateKey::P384(key) => {
                (sequence(&[oid(EC), oid(P384)]), key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }
            PrivateKey::Ed25519(key) => (sequence(&[oid(ED25519)]), key.verifying_key().as_bytes().to_vec()),
        })
    }

    /// The public key as a certificate holds it.
    pub(super) fn public_info(&self) -> Result<Vec<u8>, String> {
        let (kind, key) = self.public()?;
        Ok(sequence(&[kind, bits(&key)]))
    }

    /// The identifier of the public key, as Go 1.25 makes it: the first 20 bytes of its hash.
    pub(super) fn identifier(&self) -> Result<Vec<u8>, String> {
        Ok(Sha256::digest(self.public()?.1)[..20].to_vec())
    }

    /// How the key signs, as a certificate names it.
    pub(super) fn algorithm(&self) -> Result<Vec<u8>, String> {
        Ok(match self {
            PrivateKey::Rsa(_) => sequence(&[oid(RSA_SHA256), null()]),
            PrivateKey::Dsa(_) => return Err("x509: certificate private key does not implement crypto.Signer".into()),
            PrivateKey::P256(_) => sequence(&[oid(ECDSA_SHA256)]),
            PrivateKey::P384(_) => sequence(&[oid(ECDSA_SHA384)]),
            PrivateKey::Ed25519(_) => sequence(&[oid(ED25519)]),
        })
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(key) => {
                let hash = Sha256::digest(message);
                let scheme = Pkcs1v15Sign { hash_len: Some(hash.len()), prefix: SHA256_PREFIX.into() };
                key.sign(scheme, &hash).map_err(|err| err.to_string())
            }
            PrivateKey::Dsa(_) => self.algorithm(),
            PrivateKey::P256(key) => {
                let signed: Result<p256::ecdsa::Signature, _> = key.sign_prehash(&Sha256::digest(message));
                signed.map(|s| two_numbers(&s.to_bytes())).map_err(|err| err.to_string())
            }
            PrivateKey::P384(key) => {
                let signed: Result<p384::ecdsa::Signature, _> = key.sign_prehash(&Sha384::digest(message));
                signed.map(|s| two_numbers(&s.to_bytes())).map_err(|err| err.to_string())
            }
            PrivateKey::Ed25519(key) => {
                use p256::ecdsa::signature::Signer as _;
                Ok(key.sign(message).to_bytes().to_vec())
            }
        }
    }
}

/// Whether the owner of a public key signed a message, so as a certificate is signed.
pub(super) fn verify(public_info: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let verified = || {
        let mut info = Reader(public_info).sequence()?;
        let mut algorithm = info.sequence()?;
        let kind = algorithm.expect(OID)?.content;
        let curve = algorithm.expect(OID).map(|element| element.content);
        let public = info.bits()?;
        match (kind, curve) {
            (RSA, _) => verify_rsa(public, message, signature),
            (EC, Some(P256)) => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public).ok()?;
                let signature = p256::ecdsa::Signature::from_slice(&halves::<64>(signature)?).ok()?;
                key.verify_prehash(&Sha256::digest(message), &signature).ok()
            }
            (EC, Some(P384)) => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(public).ok()?;
                let signature = p384::ecdsa::Signature::from_slice(&halves::<96>(signature)?).ok()?;
                key.verify_prehash(&Sha384::digest(message), &signature).ok()
            }
            (ED25519, _) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).ok()
            }
            _ => None,
        }
    };
    verified().is_some()
}

fn verify_rsa(public: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let mut numbers = Reader(public).sequence()?;
    let mut next = || numbers.integer().map(BoxedUint::from_be_slice_vartime);
    let key = RsaPublicKey::new(next()?, next()?).ok()?;
    let hash = Sha256::digest(message);
    let scheme = Pkcs1v15Sign { hash_len: Some(hash.len()), prefix: SHA256_PREFIX.into() };
    key.verify(scheme, &hash, signature).ok()
}

/// The two numbers of an ECDSA signature in halves of so many bytes together.
fn halves<const N: usize>(signature: &[u8]) -> Option<[u8; N]> {
    let mut numbers = Reader(signature).sequence()?;
    let mut out = [0; N];
    for half in out.chunks_exact_mut(N / 2) {
        let number = numbers.integer()?;
        half[(N / 2).checked_sub(number.len())?..].copy_from_slice(number);
    }
    Some(out)
}

/// How many bits an RSA key has.
pub(super) fn bits_of(key: &RsaPrivateKey) -> usize {
    key.n_bytes().iter().skip_while(|byte| **byte == 0).count() * 8
}

/// The two halves of an ECDSA signature.
fn two_numbers(halves: &[u8]) -> Vec<u8> {
    let (r, s) = halves.split_at(halves.len() / 2);
    sequence(&[integer(r), integer(s)])
}

fn number(n: &BoxedUint) -> BigUint {
    BigUint::from_bytes_be(&n.to_be_bytes())
}

fn big(n: &BigUint) -> Vec<u8> {
    integer(&n.to_bytes_be())
}

fn to_pkcs1(key: &RsaPrivateKey) -> Vec<u8> {
    let [p, q] = [0, 1].map(|i| key.primes().get(i).map(|prime| number(prime.as_ref())).unwrap_or_default());
    let (n, e, d) = (number(key.n()), number(key.e()), number(key.d()));
    let exponent = |prime: &BigUint| &d % (prime - 1_u32);
    let inverse = q.modinv(&p).unwrap_or_default();
    let (dp, dq) = (exponent(&p), exponent(&q));
    sequence(&[&BigUint::ZERO, &n, &e, &d, &p, &q, &dp, &dq, &inverse].map(big))
}

fn from_pkcs1(bytes: &[u8]) -> Option<PrivateKey> {
    let mut key = Reader(bytes).sequence()?;
    // A version above 0 stands for more than two primes.
    key.integer().filter(|version| version.is_empty())?;
    let mut next = || key.integer().map(BoxedUint::from_be_slice_vartime);
    let (n, e, d, p, q) = (next()?, next()?, next()?, next()?, next()?);
    let key = RsaPrivateKey::from_components(n, e, d, vec![p, q]).ok()?;
    Some(PrivateKey::Rsa(Box::new(key)))
}

fn to_sec1(secret: &[u8], curve: &[u8], public: &[u8]) -> Vec<u8> {
    sequence(&[
        integer(&[1]),
        element(OCTET_STRING, secret),
        element(context(0), &oid(curve)),
        element(context(1), &bits(public)),
    ])
}

/// The curve stands in the key, or around it.
fn from_sec1(bytes: &[u8], curve: Option<&[u8]>) -> Option<PrivateKey> {
    let mut key = Reader(bytes).sequence()?;
    key.integer().filter(|version| *version == [1])?;
    let secret = key.expect(OCTET_STRING)?.content;
    let named = key.next().filter(|element| element.tag == context(0));
    let named = named.and_then(|element| Reader(element.content).expect(OID)).map(|element| element.content);
    match curve.or(named)? {
        P256 => p256::ecdsa::SigningKey::from_slice(&sized::<32>(secret)?).ok().map(PrivateKey::P256),
        P384 => p384::ecdsa::SigningKey::from_slice(&sized::<48>(secret)?).ok().map(PrivateKey::P384),
        _ => None,
    }
}

/// A number in so many bytes, whatever zeros stand before it.
fn sized<const N: usize>(number: &[u8]) -> Option<[u8; N]> {
    let digits = &number[number.iter().position(|b| *b != 0).unwrap_or(number.len())..];
    let mut out = [0; N];
    out[N.checked_sub(digits.len())?..].copy_from_slice(digits);
    Some(out)
}

fn from_pkcs8(bytes: &[u8]) -> Option<PrivateKey> {
    let mut outer = Reader(bytes).sequence()?;
    outer.integer()?;
    let mut algorithm = outer.sequence()?;
    let kind = algorithm.expect(OID)?.content;
    let key = outer.expect(OCTET_STRING)?.content;
    match kind {
        RSA => from_pkcs1(key),
        EC => from_sec1(key, algorithm.expect(OID).map(|element| element.content)),
        ED25519 => {
            let seed = sized_exactly(Reader(key).expect(OCTET_STRING)?.content)?;
            Some(PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))))
        }
        _ => None,
    }
}

fn sized_exactly(bytes: &[u8]) -> Option<[u8; 32]> {
    bytes.try_into().ok()
}

fn from_dsa(bytes: &[u8]) -> Option<PrivateKey> {
    let mut key = Reader(bytes).sequence()?;
    let mut next = || key.integer().map(BigUint::from_bytes_be);
    next()?;
    let (p, q, g, y, x) = (next()?, next()?, next()?, next()?, next()?);
    Some(PrivateKey::Dsa(Box::new(DsaKey { p, q, g, y, x })))
}
