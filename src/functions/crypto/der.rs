//! The little of ASN.1's DER that keys and certificates need.

/// Tags.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// A constructed element of this number in its context.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}
/// A primitive element of this number in its context.
pub(super) const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// An element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(len @ 0..=127) => out.push(len),
        _ => {
            let bytes = content.len().to_be_bytes();
            let start = bytes.iter().position(|b| *b != 0).unwrap_or(0);
            out.push(0x80 | (bytes.len() - start) as u8);
            out.extend_from_slice(&bytes[start..]);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A sequence of elements.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// A number that is not negative, from its bytes, most significant first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let mut content = Vec::with_capacity(bytes.len() + 1);
    if bytes.get(start).is_none_or(|b| *b >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(&bytes[start..]);
    element(INTEGER, &content)
}

/// Bits that fill whole bytes.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// The null element.
pub(super) fn null() -> Vec<u8> {
    element(NULL, &[])
}

/// An object identifier, from its encoded arcs.
pub(super) fn oid(arcs: &[u8]) -> Vec<u8> {
    element(OID, arcs)
}

/// Elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// An element that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// The element with its tag and length.
    pub(super) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next element.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        let (len, header) = match first {
            0..=0x7f => (usize::from(first), 2),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let bytes = self.0.get(2..2 + count)?;
                (bytes.iter().fold(0, |len, b| len << 8 | usize::from(*b)), 2 + count)
            }
            _ => return None,
        };
        let whole = self.0.get(..header.checked_add(len)?)?;
        self.0 = &self.0[whole.len()..];
        Some(Element { tag, content: &whole[header..], whole })
    }

    /// The next element, where it has this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }

    /// What a sequence that comes next holds.
    pub(super) fn sequence(&mut self) -> Option<Reader<'a>> {
        self.expect(SEQUENCE).map(|element| Reader(element.content))
    }

    /// The next number, which must not be negative, without zeros before it.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        let content = self.expect(INTEGER)?.content;
        content.first().filter(|b| **b < 0x80)?;
        Some(&content[content.iter().position(|b| *b != 0).unwrap_or(content.len())..])
    }

    /// Passes over the next element where it has this tag.
    pub(super) fn skip(&mut self, tag: u8) {
        if self.0.first() == Some(&tag) {
            self.next();
        }
    }

    /// The next bits, which must fill whole bytes.
    pub(super) fn bits(&mut self) -> Option<&'a [u8]> {
        self.expect(BIT_STRING)?.content.strip_prefix(&[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let long = vec![7; 300];
        let written = sequence(&[integer(&[0, 0x80]), integer(&[]), element(OCTET_STRING, &long), bits(&[1])]);
        let mut outer = Reader(&written);
        let mut inner = outer.sequence().unwrap();
        assert_eq!(inner.integer(), Some(&[0x80][..]));
        assert_eq!(inner.integer(), Some(&[][..]));
        assert_eq!(inner.expect(OCTET_STRING).unwrap().content, long);
        assert_eq!(inner.bits(), Some(&[1][..]));
        assert!(inner.next().is_none() && outer.next().is_none());
    }

    #[test]
    fn refuses_what_is_cut_off() {
        let written = sequence(&[integer(&[1, 2, 3])]);
        for len in 0..written.len() {
            assert!(Reader(&written[..len]).next().is_none());
        }
    }
}
