//! Certificates: authorities, self-signed ones, ones that an authority signs.
//!
//! Semantics: Sprig 3.3.0 `crypto.go`, Go 1.25's `x509.CreateCertificate`.

use std::net::IpAddr;
use std::sync::Arc;

use super::super::encoding::from_base64;
use super::super::{Context, FuncError};
use super::der::{
    BOOLEAN, Element, GENERALIZED_TIME, INTEGER, OCTET_STRING, PRINTABLE_STRING, Reader, SEQUENCE, SET, UTC_TIME,
    UTF8_STRING, bits, context, element, integer, oid, primitive, sequence,
};
use super::keep::Missed;
use super::keys::{self, PrivateKey};
use super::pem;
use crate::runtime::text::runes;
use crate::runtime::time::{Duration, SECOND, Time, Zone};
use crate::runtime::{List, Object, Runtime};
use crate::value::Value;

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

/// What a certificate is to say.
pub(super) struct Request<'a> {
    pub(super) name: &'a [u8],
    pub(super) addresses: Option<&'a List>,
    pub(super) names: Option<&'a List>,
    pub(super) days: i64,
    pub(super) authority: bool,
}

/// A certificate and its key as PEM: what Sprig's functions give.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) cert: String,
    pub(super) key: String,
    /// Told when the key is asked for, where there is none.
    pub(super) missed: Option<Arc<Missed>>,
}

/// The authority that signs: its name and identifier, as its certificate has them, and its key.
struct Signer<'a> {
    name: &'a [u8],
    identifier: Option<&'a [u8]>,
    key: &'a PrivateKey,
}

/// A certificate signed with its own key.
pub(super) fn self_signed(
    ctx: &Context<'_>,
    request: &Request<'_>,
    key: &PrivateKey,
) -> Result<Certificate, FuncError> {
    let name = subject(request.name);
    let signer = Signer { name: &name, identifier: None, key };
    build(ctx, request, key, &signer)
}

/// A certificate signed by an authority.
pub(super) fn signed(
    ctx: &Context<'_>,
    request: &Request<'_>,
    key: &PrivateKey,
    authority: &Certificate,
) -> Result<Certificate, FuncError> {
    let Some((_, bytes)) = pem::decode(&authority.cert) else {
        return Err(FuncError::new("unable to decode certificate"));
    };
    let Some(parsed) = Parsed::read(&bytes) else {
        let message = "error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate";
        return Err(FuncError::new(message));
    };
    let signing = PrivateKey::from_pem(authority.key())
        .map_err(|err| FuncError::new(format!("error parsing private key: {err}")))?;
    if signing.public_info().is_ok_and(|public| public != parsed.public_key) {
        let message = "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey";
        return Err(FuncError::new(message));
    }
    build(ctx, request, key, &Signer { name: parsed.subject, identifier: parsed.identifier, key: &signing })
}

/// A certificate and key that a user has, both as base64 of PEM.
pub(super) fn custom(cert: &[u8], key: &[u8]) -> Result<Certificate, String> {
    let text = |bytes: Vec<u8>| runes(&bytes).collect::<String>();
    let cert = from_base64(cert).map(text).map_err(|_| "unable to decode base64 certificate")?;
    let key = from_base64(key).map(text).map_err(|_| "unable to decode base64 private key")?;
    let (_, bytes) = pem::decode(&cert).ok_or("unable to decode certificate")?;
    Parsed::read(&bytes).ok_or("error parsing certificate: decodedCert.Bytes: x509: malformed certificate")?;
    PrivateKey::from_pem(&key).map_err(|err| format!("error parsing private key: {err}"))?;
    Ok(Certificate { cert, key, missed: None })
}

fn build(
    ctx: &Context<'_>,
    request: &Request<'_>,
    key: &PrivateKey,
    signer: &Signer<'_>,
) -> Result<Certificate, FuncError> {
    let alternatives = alternative_names(request)?;
    let created = |err: String| FuncError::new(format!("error creating certificate: {err}"));
    let body = body(ctx, request, key, signer, alternatives).map_err(created)?;
    let signature = signer.key.sign(&body).map_err(created)?;
    let algorithm = signer.key.algorithm().map_err(created)?;
    let whole = sequence(&[body, algorithm, bits(&signature)]);
    Ok(Certificate { cert: pem::encode("CERTIFICATE", &whole), key: key.to_pem(), missed: None })
}

/// What is signed.
fn body(
    ctx: &Context<'_>,
    request: &Request<'_>,
    key: &PrivateKey,
    signer: &Signer<'_>,
    alternatives: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let name = subject(request.name);
    let mut serial = [0; 16];
    ctx.random.fill(&mut serial).map_err(|err| err.message)?;
    let start = Time::from_nanos(ctx.random.now(), Zone::Utc);
    let end = start.plus(Duration((24 * 3600 * SECOND).wrapping_mul(request.days)));
    Ok(sequence(&[
        element(context(0), &integer(&[2])),
        integer(&serial),
        signer.key.algorithm()?,
        signer.name.to_vec(),
        sequence(&[moment(&start)?, moment(&end)?]),
        name.clone(),
        key.public_info()?,
        element(context(3), &sequence(&extensions(request, key, signer, &name, alternatives)?)),
    ]))
}

fn extensions(
    request: &Request<'_>,
    key: &PrivateKey,
    signer: &Signer<'_>,
    name: &[u8],
    alternatives: Vec<u8>,
) -> Result<Vec<Vec<u8>>, String> {
    // Bits from the left: digital signatures, key encipherment, and for an authority the signing of certificates.
    let usage: &[u8] = if request.authority { &[2, 0xa4] } else { &[5, 0xa0] };
    let is_authority = if request.authority { element(BOOLEAN, &[0xff]) } else { Vec::new() };
    let mut all = vec![
        extension(KEY_USAGE, true, &element(super::der::BIT_STRING, usage)),
        extension(EXTENDED_KEY_USAGE, false, &sequence(&[oid(SERVER_AUTH), oid(CLIENT_AUTH)])),
        extension(BASIC_CONSTRAINTS, true, &element(SEQUENCE, &is_authority)),
    ];
    if request.authority {
        all.push(extension(SUBJECT_KEY_ID, false, &element(OCTET_STRING, &key.identifier()?)));
    }
    if let Some(identifier) = signer.identifier.filter(|_| signer.name != name) {
        all.push(extension(AUTHORITY_KEY_ID, false, &sequence(&[element(primitive(0), identifier)])));
    }
    if !alternatives.is_empty() {
        all.push(extension(ALTERNATIVE_NAMES, name == sequence(&[]), &element(SEQUENCE, &alternatives)));
    }
    Ok(all)
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { element(BOOLEAN, &[0xff]) } else { Vec::new() };
    sequence(&[oid(id), critical, element(OCTET_STRING, value)])
}

/// A name that has a common name alone, or nothing.
pub(super) fn subject(common: &[u8]) -> Vec<u8> {
    if common.is_empty() {
        return sequence(&[]);
    }
    let printable = common.iter().all(|b| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(b));
    let text = element(if printable { PRINTABLE_STRING } else { UTF8_STRING }, common);
    sequence(&[element(SET, &sequence(&[oid(COMMON_NAME), text]))])
}

fn moment(time: &Time) -> Result<Vec<u8>, String> {
    let year = time.civil().year;
    match year {
        1950..=2049 => Ok(element(UTC_TIME, &time.format(b"060102150405Z"))),
        0..=9999 => Ok(element(GENERALIZED_TIME, &time.format(b"20060102150405Z"))),
        _ => Err("asn1: structure error: cannot represent time as GeneralizedTime".into()),
    }
}

/// Host names and addresses.
pub(super) fn alternative_names(request: &Request<'_>) -> Result<Vec<u8>, FuncError> {
    let items = |list: Option<&List>| list.map(|list| list.items().to_vec()).unwrap_or_default();
    let shown = |value: &Runtime| {
        let mut out = String::new();
        value.print_go(&mut out);
        out
    };
    let mut addresses = Vec::new();
    for item in items(request.addresses) {
        let Runtime::Str(text) = &item else {
            return Err(FuncError::new(format!("error parsing ip: {} is not a string", shown(&item))));
        };
        let address: IpAddr = text.parse().map_err(|_| FuncError::new(format!("error parsing ip: {text}")))?;
        addresses.extend(match address.to_canonical() {
            IpAddr::V4(address) => element(primitive(7), &address.octets()),
            IpAddr::V6(address) => element(primitive(7), &address.octets()),
        });
    }
    let mut out = Vec::new();
    for item in items(request.names) {
        let Runtime::Str(text) = &item else {
            let message = format!("error processing alternate dns name: {} is not a string", shown(&item));
            return Err(FuncError::new(message));
        };
        if !text.is_ascii() {
            let quoted = crate::runtime::text::quote(text.as_bytes());
            let message = format!("error creating certificate: x509: {quoted} cannot be encoded as an IA5String");
            return Err(FuncError::new(message));
        }
        out.extend(element(primitive(2), text.as_bytes()));
    }
    out.append(&mut addresses);
    Ok(out)
}

/// What is needed of a certificate that signs, or is signed.
pub(super) struct Parsed<'a> {
    /// What was signed.
    body: &'a [u8],
    signature: &'a [u8],
    issuer: &'a [u8],
    validity: Reader<'a>,
    pub(super) subject: &'a [u8],
    pub(super) public_key: &'a [u8],
    pub(super) is_authority: bool,
    identifier: Option<&'a [u8]>,
    /// Host names and addresses.
    pub(super) alternatives: &'a [u8],
}

impl<'a> Parsed<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Parsed<'a>> {
        let mut whole = Reader(bytes).sequence()?;
        let signed = whole.expect(SEQUENCE)?;
        whole.expect(SEQUENCE)?;
        let signature = whole.bits()?;
        let mut body = Reader(signed.content);
        body.skip(context(0));
        body.expect(INTEGER)?;
        body.expect(SEQUENCE)?;
        let issuer = body.expect(SEQUENCE)?.whole;
        let validity = Reader(body.expect(SEQUENCE)?.content);
        let subject = body.expect(SEQUENCE)?.whole;
        let public_key = body.expect(SEQUENCE)?.whole;
        let mut all = Extensions::default();
        while let Some(Element { tag, content, .. }) = body.next() {
            if tag == context(3) {
                all = Extensions::read(Reader(content).sequence()?)?;
            }
        }
        let Extensions { identifier, alternatives, is_authority } = all;
        let body = signed.whole;
        Some(Parsed { body, signature, issuer, validity, subject, public_key, is_authority, identifier, alternatives })
    }

    /// When it begins and when it ends.
    pub(super) fn validity(&self) -> Option<(Time, Time)> {
        let mut validity = self.validity;
        let mut time = || {
            let element = validity.next()?;
            let layout: &[u8] = if element.tag == UTC_TIME { b"060102150405Z" } else { b"20060102150405Z" };
            Time::parse(layout, element.content, &Zone::Utc).ok()
        };
        Some((time()?, time()?))
    }

    /// Whether an authority signed it.
    pub(super) fn is_signed_by(&self, authority: &Parsed<'_>) -> bool {
        self.issuer == authority.subject && keys::verify(authority.public_key, self.body, self.signature)
    }
}

#[derive(Default)]
struct Extensions<'a> {
    identifier: Option<&'a [u8]>,
    alternatives: &'a [u8],
    is_authority: bool,
}

impl<'a> Extensions<'a> {
    fn read(mut all: Reader<'a>) -> Option<Extensions<'a>> {
        let mut found = Extensions::default();
        while let Some(mut extension) = all.sequence() {
            let id = extension.expect(super::der::OID)?.content;
            extension.skip(BOOLEAN);
            let mut value = Reader(extension.expect(OCTET_STRING)?.content);
            match id {
                SUBJECT_KEY_ID => found.identifier = value.expect(OCTET_STRING).map(|e| e.content),
                ALTERNATIVE_NAMES => found.alternatives = value.expect(SEQUENCE)?.content,
                BASIC_CONSTRAINTS => found.is_authority = value.sequence()?.expect(BOOLEAN).is_some(),
                _ => {}
            }
        }
        Some(found)
    }
}

impl Certificate {
    /// As a value of a template.
    pub(super) fn into_runtime(self) -> Runtime {
        Runtime::Object(Arc::new(self))
    }

    /// The key; where there is none, that it was asked for is told.
    fn key(&self) -> &str {
        self.missed.iter().for_each(|missed| missed.set());
        &self.key
    }
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        match name {
            "Cert" => Some(self.cert.as_str().into()),
            "Key" => Some(self.key().into()),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        &["Cert", "Key"]
    }

    fn print(&self, out: &mut String) {
        out.push_str(&format!("{{{} {}}}", self.cert, self.key()));
    }

    fn to_value(&self) -> Value {
        Value::map([("Cert", Value::str(self.cert.as_str())), ("Key", Value::str(self.key()))])
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
