//! `render validate [FILES|-]`.

use std::io::IsTerminal as _;
use std::path::Path;

use super::super::args::{ValidateArgs, ValidateFormat};
use super::super::{Exit, Stop, manifests, terminal, validation};
use crate::conform::{self, Report, write};
use crate::diag::{Diagnostic, Sources};

/// Checks manifests and prints what is found.
pub(super) fn run(args: &ValidateArgs, sources: &Sources) -> Result<Exit, Stop> {
    let options = validation::options(args.kube_version.as_deref(), args.strict)?;
    let crds = validation::crds(&args.against.crds, sources)?;
    let mut texts = Vec::new();
    if args.paths.is_empty() && std::io::stdin().is_terminal() {
        let refused =
            Diagnostic::error("there is nothing to validate").help("name files or folders, or pipe manifests in");
        return Err(Stop::new(Exit::Usage, refused));
    }
    let from_stdin = ["-".to_owned()];
    let paths = if args.paths.is_empty() { &from_stdin } else { args.paths.as_slice() };
    if paths.iter().filter(|path| *path == "-").count() > 1 {
        return Err(Stop::new(Exit::Usage, Diagnostic::error("standard input can be one of the files, not several")));
    }
    for path in paths {
        let read = if path == "-" { manifests::stdin(sources)? } else { manifests::read(Path::new(path), sources)? };
        texts.extend(read.into_iter().map(validation::whole));
    }
    let report = conform::validate(&texts, &crds, &options);
    super::write(text(&report, args, sources).as_bytes())?;
    Ok(if report.is_ok() { Exit::Done } else { Exit::Invalid })
}

fn text(report: &Report, args: &ValidateArgs, sources: &Sources) -> String {
    let text = match args.output {
        ValidateFormat::Human => write::human(report, sources, terminal::paint(&args.global).is_on()),
        ValidateFormat::Json => return write::json(report, sources),
        ValidateFormat::Junit => return write::junit(report, sources),
        ValidateFormat::Tap => write::tap(report, sources),
        ValidateFormat::Sarif => return write::sarif(report, sources),
        ValidateFormat::Github => write::github(report, sources),
    };
    match (args.summary, args.output) {
        (false, _) => text,
        (true, ValidateFormat::Tap) => format!("{text}# {}", write::summary(report)),
        (true, _) => text + &write::summary(report),
    }
}
