//! The bytes of a text, held by many at once.

use std::ops::Deref;
use std::sync::Arc;

/// Bytes in memory: a clone shares them. Those that lie in the program itself are not copied.
#[derive(Clone)]
pub struct Bytes(Held);

#[derive(Clone)]
enum Held {
    Static(&'static [u8]),
    // A vector's room is not copied to become this, as `Arc<[u8]>` would have it.
    Shared(Arc<Vec<u8>>),
}

impl Bytes {
    /// Bytes that are part of the program.
    pub const fn of_program(bytes: &'static [u8]) -> Self {
        Bytes(Held::Static(bytes))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Static(bytes) => bytes,
            Held::Shared(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(Held::Shared(Arc::new(bytes)))
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Self {
        bytes.to_vec().into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}
