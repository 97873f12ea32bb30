//! Randomness and the clock from the operating system.

use super::{FuncError, Random};

/// The operating system's random bytes and clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Random for System {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        getrandom::fill(buffer).map_err(|err| FuncError::new(format!("the system gives no random bytes: {err}")))
    }

    fn now(&self) -> i128 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| d.as_nanos() as i128)
    }
}
