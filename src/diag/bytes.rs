//! The bytes of a text, held by many at once.

use std::io;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Bytes in memory: a clone shares them. Those that lie in the program itself are not copied.
#[derive(Clone)]
pub struct Bytes(Held);

#[derive(Clone)]
enum Held {
    Static(&'static [u8]),
    // A vector's room is not copied to become this, as `Arc<[u8]>` would have it.
    Shared(Arc<Vec<u8>>),
    File(Arc<OnDisk>),
}

/// A file that is read again when somebody asks.
struct OnDisk {
    path: PathBuf,
    len: usize,
    read: OnceLock<Vec<u8>>,
}

impl Bytes {
    /// Bytes that are part of the program.
    pub const fn of_program(bytes: &'static [u8]) -> Self {
        Bytes(Held::Static(bytes))
    }

    /// Bytes of a file that had this many, which are not held but read when somebody asks, as a message does. Of a file
    /// that has changed by then it is what is there, cut or filled up with line breaks.
    pub fn of_file(path: impl Into<PathBuf>, len: usize) -> Self {
        Bytes(Held::File(Arc::new(OnDisk { path: path.into(), len, read: OnceLock::new() })))
    }

    /// Reads the file again, where they are not in memory.
    ///
    /// # Errors
    /// The file cannot be read, or has another length than it had.
    pub fn read_again(&self) -> io::Result<()> {
        match &self.0 {
            Held::File(file) => file.read_again(),
            Held::Static(_) | Held::Shared(_) => Ok(()),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Held::Static(bytes) => bytes.len(),
            Held::Shared(bytes) => bytes.len(),
            Held::File(file) => file.len,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl OnDisk {
    fn read_again(&self) -> io::Result<()> {
        if self.read.get().is_none() {
            let bytes = std::fs::read(&self.path)?;
            if bytes.len() != self.len {
                return Err(io::Error::other("it has changed while it was read"));
            }
            self.read.get_or_init(|| bytes);
        }
        Ok(())
    }

    fn bytes(&self) -> &[u8] {
        self.read.get_or_init(|| {
            let mut bytes = std::fs::read(&self.path).unwrap_or_default();
            bytes.resize(self.len, b'\n');
            bytes
        })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Static(bytes) => bytes,
            Held::Shared(bytes) => bytes,
            Held::File(file) => file.bytes(),
        }
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Bytes::of_program(b"")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_when_it_is_asked_for_and_never_of_another_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.yaml");
        std::fs::write(&path, "a: 1\n").unwrap();
        let [same, shorter, longer, gone] = [0; 4].map(|_| Bytes::of_file(&path, 5));
        assert_eq!(&*same, b"a: 1\n");
        std::fs::write(&path, "a: 1\nb: 2\n").unwrap();
        assert_eq!(&*longer, b"a: 1\n");
        std::fs::write(&path, "b").unwrap();
        assert_eq!((shorter.len(), &*shorter), (5, &b"b\n\n\n\n"[..]));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(&*gone, b"\n\n\n\n\n");
        assert_eq!(&*same, b"a: 1\n");
        assert!(same.read_again().is_ok());
    }

    #[test]
    fn a_file_that_has_changed_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.yaml");
        std::fs::write(&path, "a: 1\n").unwrap();
        assert!(Bytes::of_file(&path, 5).read_again().is_ok());
        assert!(Bytes::of_file(&path, 6).read_again().is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(Bytes::of_file(&path, 5).read_again().is_err());
        assert!(Bytes::from(*b"a").read_again().is_ok());
    }
}
