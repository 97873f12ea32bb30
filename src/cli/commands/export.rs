//! `render export`: a bundled chart as an ordinary chart folder.

use std::path::Path;

use super::super::{Exit, Stop};
use crate::chart::Bundle;
use crate::diag::{Diagnostic, Sources, nearest};
use crate::pipeline::Error;

/// Writes the folder and says so.
pub(super) fn run(name: &str, folder: &Path, sources: &Sources) -> Result<(), Stop> {
    let bundle = Bundle::embedded();
    match bundle.export(name, folder, sources).map_err(Error::from)? {
        true => super::write(format!("wrote {}\n", folder.display()).as_bytes()),
        false => Err(Stop::new(Exit::Usage, unknown(name, &bundle.names()))),
    }
}

fn unknown(name: &str, bundled: &[String]) -> Diagnostic {
    let near = nearest(name, bundled.iter().map(String::as_str));
    Diagnostic::error(format!("there is no bundled chart `{name}`"))
        .note(format!("bundled charts: {}", bundled.join(", ")))
        .help_opt(near.map(|near| format!("did you mean `{near}`?")))
}
