//! Reading the files that the user names, no more of them than is allowed.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};

use crate::chart::read_whole;
use crate::diag::{Bytes, Pos};

/// Why a file is not read.
#[derive(Debug)]
pub enum InputError {
    /// The operating system says so.
    Io(io::Error),
    /// It has more bytes than this.
    TooLarge(u64),
}

impl From<io::Error> for InputError {
    fn from(err: io::Error) -> Self {
        InputError::Io(err)
    }
}

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InputError::Io(err) if err.kind() == io::ErrorKind::NotFound => f.write_str("there is no such file"),
            InputError::Io(err) => err.fmt(f),
            InputError::TooLarge(most) => write!(f, "it has more than the {most} bytes that are allowed"),
        }
    }
}

/// Reads a file, or stdin where the path is `-`. Without a limit of its own it may have as much as positions can name.
///
/// # Errors
/// It cannot be read, or is larger than allowed.
pub(super) fn read(path: &str, limit: Option<u64>) -> Result<Bytes, InputError> {
    let limit = limit.unwrap_or(u64::from(Pos::END));
    if path == "-" {
        return read_to_end(io::stdin().lock(), limit);
    }
    let file = File::open(path)?;
    let data = file.metadata()?;
    read_opened(file, &data, limit)
}

fn read_opened(mut file: File, data: &Metadata, limit: u64) -> Result<Bytes, InputError> {
    match data {
        data if data.len() > limit => Err(InputError::TooLarge(limit)),
        data if data.is_file() && data.len() > 0 => {
            let bytes = read_whole(&mut file, data.len())?;
            if bytes.len() as u64 > limit { Err(InputError::TooLarge(limit)) } else { Ok(bytes) }
        }
        _ => read_to_end(file, limit),
    }
}

/// Files of at least this size are not held in memory once they are merged.
const LARGE: u64 = 1 << 20;

/// A values file for as long as it is merged.
pub(super) struct Values<'b> {
    /// What is kept of it: its bytes, or where they are.
    pub kept: Bytes,
    /// Its bytes in the room that was given; none where they are kept.
    pub text: Option<&'b [u8]>,
}

/// Reads a file as [`read`] does, a large one into `room`.
///
/// # Errors
/// As [`read`].
pub(super) fn read_values<'b>(path: &str, limit: Option<u64>, room: &'b mut Vec<u8>) -> Result<Values<'b>, InputError> {
    if path == "-" {
        return Ok(Values { kept: read(path, limit)?, text: None });
    }
    let limit = limit.unwrap_or(u64::from(Pos::END));
    let file = File::open(path)?;
    let data = file.metadata()?;
    if !data.is_file() || !(LARGE..=limit).contains(&data.len()) {
        return Ok(Values { kept: read_opened(file, &data, limit)?, text: None });
    }
    room.clear();
    room.reserve(data.len() as usize + 1);
    fill(file, limit, room)?;
    // A message may come when the process is in another folder.
    let path = std::path::absolute(path)?;
    Ok(Values { kept: Bytes::of_file(path, room.len()), text: Some(room) })
}

/// Opens a file, or stdin where the path is `-`, to be read several times: a pipe is put into a temporary file first.
/// Without a limit of its own it may be of any size.
///
/// # Errors
/// It cannot be read, or is larger than allowed.
pub fn open(path: &str, limit: Option<u64>) -> Result<File, InputError> {
    let limit = limit.unwrap_or(u64::MAX);
    if path == "-" {
        return spool(io::stdin().lock(), limit);
    }
    let file = File::open(path)?;
    match file.metadata()? {
        data if data.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
        data if data.len() > limit => Err(InputError::TooLarge(limit)),
        data if data.is_file() => Ok(file),
        _ => spool(file, limit),
    }
}

/// What comes through a pipe, which may be endless, as a temporary file.
fn spool(pipe: impl Read, limit: u64) -> Result<File, InputError> {
    let mut file = tempfile::tempfile()?;
    let size = io::copy(&mut pipe.take(limit.saturating_add(1)), &mut file)?;
    file.rewind()?;
    if size > limit { Err(InputError::TooLarge(limit)) } else { Ok(file) }
}

/// Reads a pipe, which may be endless.
fn read_to_end(pipe: impl Read, limit: u64) -> Result<Bytes, InputError> {
    let mut bytes = Vec::new();
    fill(pipe, limit, &mut bytes)?;
    Ok(bytes.into())
}

/// Reads to the end, but no further than it takes to see that it is too much.
fn fill(from: impl Read, limit: u64, room: &mut Vec<u8>) -> Result<(), InputError> {
    from.take(limit.saturating_add(1)).read_to_end(room)?;
    if room.len() as u64 > limit { Err(InputError::TooLarge(limit)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("values.yaml");
        std::fs::write(&path, "a: 1\n").unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(&*read(path, None).unwrap(), b"a: 1\n");
        assert_eq!(&*read(path, Some(5)).unwrap(), b"a: 1\n");
        assert!(matches!(read(path, Some(4)), Err(InputError::TooLarge(4))));
        assert_eq!(&*read_to_end(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(matches!(read_to_end(io::repeat(0), 100), Err(InputError::TooLarge(100))));
        assert!(matches!(spool(io::repeat(0), 100), Err(InputError::TooLarge(100))));
        assert!(matches!(open(path, Some(4)), Err(InputError::TooLarge(4))));
        assert_eq!(io::read_to_string(spool(&b"abc"[..], 3).unwrap()).unwrap(), "abc");
        assert!(matches!(read(folder.path().join("none").to_str().unwrap(), None), Err(InputError::Io(_))));
    }
}
