//! Randomness and the clock from the operating system.

use super::Random;

/// The operating system's random bytes and clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Random for System {
    fn fill(&self, buffer: &mut [u8]) {
        // Without the system's random source nothing random can be had safely; the zeroes left then are as good as any
        // other fixed bytes, and no supported system is without it.
        let _ = getrandom::fill(buffer);
    }

    fn now(&self) -> i128 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| d.as_nanos() as i128)
    }
}
