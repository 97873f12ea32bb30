//! What several subjects need: a real Helm, charts written for one test, manifests as data, random choices.

mod resources;
mod run;

use std::path::{Path, PathBuf};
use std::process::Output;

pub use resources::{Resources, as_reviewed, fits_kubernetes, inventory_line, rendered, resources, same_as_reference};
pub use run::{Folder, Ran, refused, render};

/// Whether the variable HELM names a helm to compare with; tests that need one pass at once without it, and say so.
#[expect(clippy::print_stderr, reason = "the test runner shows it with --nocapture")]
pub fn has_helm() -> bool {
    let given = std::env::var_os("HELM").is_some();
    if !given {
        eprintln!("not compared with a live Helm: HELM is not set");
    }
    given
}

/// Runs the Helm that the variable HELM names.
///
/// # Panics
/// Where the variable is not set; ask [`has_helm`] first.
pub fn helm(args: &[&str], folder: &Path) -> Output {
    let helm = std::env::var("HELM").expect("HELM names the helm to compare with");
    std::process::Command::new(helm).args(args).current_dir(folder).output().expect("HELM can be run")
}

/// How many rounds a random test goes, from the variable BATCHES.
pub fn batches() -> usize {
    std::env::var("BATCHES").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

/// A file of tests/fixtures.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// The text of a file of tests/fixtures.
pub fn fixture_text(path: &str) -> String {
    std::fs::read_to_string(fixture(path)).unwrap_or_else(|err| panic!("{path}: {err}"))
}

/// The bytes that standard base64 stands for.
pub fn from_base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let text = text.trim_end_matches('=').as_bytes();
    let group = |four: &[u8]| {
        let bits = four.iter().fold(0, |bits, b| (bits << 6) | u32::from(digit(*b))) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    text.chunks(4).flat_map(group).collect()
}

/// Random numbers, the same for the same seed (SplitMix64).
pub struct Random(u64);

impl Random {
    /// From the variable SEED, 1 where it is not set.
    pub fn from_env() -> Self {
        Random(std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}
