//! Charts: what is in Chart.yaml, loading from a folder, an archive or the bundled set.
//!
//! Knows nothing of values and templates beyond their bytes.

pub mod semver;
