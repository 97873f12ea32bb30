//! Reports in the forms that people and programs read.

mod github;
mod human;
mod json;
mod junit;
mod sarif;
mod tap;

use super::report::{Checked, Finding};
use crate::diag::{Location, Pos, Sources};

pub use github::github;
pub use human::{human, summary};
pub use json::json;
pub use junit::junit;
pub use sarif::sarif;
pub use tap::tap;

/// Where something is, as a person reads it; the first line of the resource's file where that is not known.
fn location(pos: Pos, checked: &Checked, sources: &Sources) -> Location {
    let nowhere = || Location { file: checked.file.to_string(), line: 1, column: 1 };
    sources.locate(pos).unwrap_or_else(nowhere)
}

/// `spec.replicas: must be an integer`.
fn sentence(finding: &Finding) -> String {
    match finding.path.is_empty() {
        true => finding.message.clone(),
        false => format!("{}: {}", finding.path, finding.message),
    }
}

/// The same with what to do about it.
fn advice(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", sentence(finding)),
        None => sentence(finding),
    }
}
