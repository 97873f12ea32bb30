//! Addresses.

use std::net::IpAddr;

use super::Fault;

fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// An IPv4 or IPv6 address (IsValidIP).
pub fn ip(text: &str) -> Fault {
    parse(text).is_none().then(|| "must be an IP address, as 10.9.8.7 or 2001:db8::ffff".to_owned())
}

/// Whether an address or block is one of IPv6.
pub fn is_ipv6(text: &str) -> bool {
    text.contains(':')
}

/// A block of addresses (IsValidCIDR).
pub fn cidr(text: &str) -> Fault {
    let holds = text.split_once('/').is_some_and(|(address, bits)| {
        let most = match parse(address) {
            Some(IpAddr::V4(_)) => 32,
            Some(IpAddr::V6(_)) => 128,
            None => return false,
        };
        let plain = bits.bytes().all(|b| b.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
        plain && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    });
    (!holds).then(|| "must be a block of addresses, as 10.9.8.0/24 or 2001:db8::/64".to_owned())
}

/// A host that is a DNS name, not an address, as an Ingress has it (ValidateIngressRules).
pub fn host(text: &str) -> Fault {
    match parse(text) {
        Some(_) => Some("must be a DNS name, not an IP address".to_owned()),
        None => super::wildcard_host(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert!(
            ip("10.0.0.1").is_none() && ip("::1").is_none() && ip("10.0.0.256").is_some() && ip("010.0.0.1").is_some()
        );
        for right in ["10.0.0.0/8", "::/0", "10.0.0.1/32", "2001:db8::/64"] {
            assert_eq!(cidr(right), None, "{right}");
        }
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/08", "10.0.0.0/-1", ""] {
            assert!(cidr(wrong).is_some(), "{wrong}");
        }
        assert!(host("10.0.0.1").is_some() && host("*.a.b").is_none());
    }
}
