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
use super::keys::PrivateKey;
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
    let signing = PrivateKey::from_pem(&authority.key)
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
    Ok(Certificate { cert, key })
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
    Ok(Certificate { cert: pem::encode("CERTIFICATE", &whole), key: key.to_pem() })
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
fn subject(common: &[u8]) -> Vec<u8> {
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
fn alternative_names(request: &Request<'_>) -> Result<Vec<u8>, FuncError> {
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

/// What is needed of a certificate that signs.
struct Parsed<'a> {
    subject: &'a [u8],
    public_key: &'a [u8],
    identifier: Option<&'a [u8]>,
}

impl<'a> Parsed<'a> {
    fn read(bytes: &'a [u8]) -> Option<Parsed<'a>> {
        let mut body = Reader(bytes).sequence()?.sequence()?;
        body.skip(context(0));
        body.expect(INTEGER)?;
        for _algorithm_issuer_validity in 0..3 {
            body.expect(SEQUENCE)?;
        }
        let subject = body.expect(SEQUENCE)?.whole;
        let public_key = body.expect(SEQUENCE)?.whole;
        let mut identifier = None;
        while let Some(Element { tag, content, .. }) = body.next() {
            if tag == context(3) {
                identifier = find_identifier(Reader(content).sequence()?);
            }
        }
        Some(Parsed { subject, public_key, identifier })
    }
}

fn find_identifier(mut extensions: Reader<'_>) -> Option<&[u8]> {
    while let Some(mut extension) = extensions.sequence() {
        let id = extension.expect(super::der::OID)?.content;
        extension.skip(BOOLEAN);
        if id == SUBJECT_KEY_ID {
            return Reader(extension.expect(OCTET_STRING)?.content).expect(OCTET_STRING).map(|e| e.content);
        }
    }
    None
}

impl Certificate {
    /// As a value of a template.
    pub(super) fn into_runtime(self) -> Runtime {
        Runtime::Object(Arc::new(self))
    }
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        match name {
            "Cert" => Some(self.cert.as_str().into()),
            "Key" => Some(self.key.as_str().into()),
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        &["Cert", "Key"]
    }

    fn print(&self, out: &mut String) {
        out.push_str(&format!("{{{} {}}}", self.cert, self.key));
    }

    fn to_value(&self) -> Value {
        Value::map([("Cert", Value::str(self.cert.as_str())), ("Key", Value::str(self.key.as_str()))])
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
