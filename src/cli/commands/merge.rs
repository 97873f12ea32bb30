//! `render merge`: layers merged into the text of the first one.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::super::args::MergeArgs;
use super::super::progress::Progress;
use super::super::{Exit, Stop, beside, terminal};
use crate::diag::{Diagnostic, Sources};
use crate::pipeline::{self, input};
use crate::values::stream::{Checked, Overlays, StreamError, StreamErrorKind, StreamOptions};

/// What standard input is called in messages.
const STDIN: &str = "stdin";

/// Merges; nothing is written before all of the base has been checked.
pub(super) fn run(args: &MergeArgs, sources: &Sources) -> Result<(), Stop> {
    let piped = std::iter::once(&args.base).chain(&args.overlays).filter(|path| *path == "-").count();
    if piped > 1 {
        return Err(Stop::new(Exit::Usage, Diagnostic::error("standard input can be one of the files, not several")));
    }
    let overlays = overlays(args, sources)?;
    terminal::report(overlays.warnings(), sources, terminal::style(&args.global));
    let name = if args.base == "-" { STDIN } else { &args.base };
    let mut base = open(args)?;
    let options = StreamOptions { strip_comments: args.strip_comments, ..StreamOptions::default() };
    let checked = overlays.check(&mut Progress::new(&mut base, "checking"), options);
    let written = match (checked, &args.output) {
        (Err(err), _) => Err(err),
        (Ok(checked), None) => {
            terminal::report(&checked.warnings(), sources, terminal::style(&args.global));
            to_stdout(checked, &mut base)
        }
        (Ok(checked), Some(path)) => {
            terminal::report(&checked.warnings(), sources, terminal::style(&args.global));
            let mut file = beside::file(path)?;
            let written = write(checked, &mut base, file.as_file_mut());
            if written.is_ok() {
                beside::settle(file, path)?;
            }
            written
        }
    };
    written.map_err(|err| Stop::new(Exit::Failed, err.diagnostic(name, &mut base, sources)))
}

fn overlays(args: &MergeArgs, sources: &Sources) -> Result<Overlays, Stop> {
    let mut overlays = Overlays::default();
    for path in &args.overlays {
        let source = pipeline::read_values(path, args.max_input, sources)?;
        overlays.file(&source).map_err(|err| Stop::new(Exit::Failed, err.diagnostic()))?;
    }
    Ok(overlays)
}

/// The base as a file that can be read twice. What comes through a pipe is put into a temporary one first.
fn open(args: &MergeArgs) -> Result<File, Stop> {
    let opened = input::open(&args.base, args.max_input);
    opened.map_err(|err| Stop::new(Exit::Failed, pipeline::unreadable(&args.base, &err)))
}

fn write(checked: Checked<'_>, base: &mut File, out: &mut dyn Write) -> Result<(), StreamError> {
    base.seek(SeekFrom::Start(0))?;
    checked.write(&mut Progress::new(base, "writing"), out)
}

fn to_stdout(checked: Checked<'_>, base: &mut File) -> Result<(), StreamError> {
    match write(checked, base, &mut io::stdout().lock()) {
        // Nobody reads on.
        Err(StreamError { kind: StreamErrorKind::Write(err) }) if err.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
