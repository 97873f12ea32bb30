//! Keys and certificates are random, so what is checked is that they hold together; what is not random stands in the
//! recorded cases.

use super::*;
use crate::functions::tests::{context, shown};
use crate::runtime::Runtime;

fn call(name: &str, args: &[Runtime]) -> Result<Runtime, FuncError> {
    let function = super::super::find(name).unwrap();
    (function.call)(&context(), args)
}

fn field(value: &Runtime, name: &str) -> Runtime {
    let Runtime::Object(object) = value else { panic!("a certificate") };
    object.field(name).unwrap()
}

/// The parts of a certificate: what is signed, and the signature.
fn parts(pem: &Runtime) -> (Vec<u8>, Vec<u8>) {
    let (_, bytes) = pem::decode(pem.as_str().unwrap()).unwrap();
    let mut outer = der::Reader(&bytes).sequence().unwrap();
    let body = outer.next().unwrap().whole.to_vec();
    outer.next().unwrap();
    (body, outer.bits().unwrap().to_vec())
}

#[test]
fn keys_of_each_kind_read_back() {
    for kind in ["ecdsa", "ed25519"] {
        let pem = shown(&call("genPrivateKey", &[kind.into()]).unwrap());
        assert_eq!(PrivateKey::from_pem(&pem).unwrap().to_pem(), pem);
    }
    let rsa = PrivateKey::new_rsa(&context(), 1024).unwrap().to_pem();
    assert_eq!(PrivateKey::from_pem(&rsa).unwrap().to_pem(), rsa);
    assert_eq!(call("genPrivateKey", &["x".into()]), Ok("Unknown type x".into()));
}

#[test]
fn an_authority_signs() {
    let key = call("genPrivateKey", &["ecdsa".into()]).unwrap();
    let ca = call("genCAWithKey", &["my ca".into(), Runtime::int(30), key.clone()]).unwrap();
    assert_eq!(field(&ca, "Key"), key);
    let names = Runtime::list(["a.example".into(), "*.b".into()]);
    let addresses = Runtime::list(["10.0.0.1".into(), "::1".into()]);
    let leaf = call("genPrivateKey", &["ed25519".into()]).unwrap();
    let args = ["leaf".into(), addresses, names, Runtime::int(1), ca.clone(), leaf];
    let cert = call("genSignedCertWithKey", &args).unwrap();
    let (body, signature) = parts(&field(&cert, "Cert"));
    let signer = PrivateKey::from_pem(key.as_str().unwrap()).unwrap();
    // Signatures are deterministic, so that signing anew verifies.
    assert_eq!(signer.sign(&body).unwrap(), signature);
    assert!(memchr::memmem::find(&body, b"*.b").is_some());
}

#[test]
fn errors_are_sprig_s() {
    let bad = Runtime::list([Runtime::int(1)]);
    let none = Runtime::list([]);
    let key = call("genPrivateKey", &["ecdsa".into()]).unwrap();
    let error = |args: [Runtime; 5]| call("genSelfSignedCertWithKey", &args).unwrap_err().message;
    let args =
        |ips: &Runtime, names: &Runtime, key: Runtime| ["a".into(), ips.clone(), names.clone(), Runtime::int(1), key];
    assert_eq!(error(args(&bad, &none, key.clone())), "error parsing ip: 1 is not a string");
    assert_eq!(error(args(&none, &bad, key)), "error processing alternate dns name: 1 is not a string");
    assert_eq!(error(args(&none, &none, "x".into())), "parsing private key: no PEM data in input");
    let custom = call("buildCustomCert", &["!".into(), "".into()]).unwrap_err().message;
    assert_eq!(custom, "unable to decode base64 certificate");
}

#[test]
fn aes_comes_back() {
    for plain in ["x", "exactly 16 bytes", "somewhat more than sixteen bytes"] {
        let secret = call("encryptAES", &["key".into(), plain.into()]).unwrap();
        assert_eq!(call("decryptAES", &["key".into(), secret]), Ok(plain.into()));
    }
}

#[test]
fn bcrypt_has_the_form_of_go() {
    let hash = shown(&call("htpasswd", &["user".into(), "secret".into()]).unwrap());
    assert!(hash.starts_with("user:$2a$10$") && hash.len() == "user:".len() + 60, "{hash}");
    assert_eq!(call("htpasswd", &["a:b".into(), "c".into()]), Ok("invalid username: a:b".into()));
}
