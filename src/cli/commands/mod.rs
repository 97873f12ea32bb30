//! One file a command.

mod blame;
mod completion;
mod diff;
mod export;
mod graph;
mod lint;
mod list;
mod merge;
mod show;
mod snapshot;
mod template;
mod told;
mod validate;
mod values;
mod why;

use anyhow::Context as _;

use super::args::{Cli, Command, Global};
use super::{Exit, Stop, terminal};
use crate::diag::{Diagnostic, Sources};
use crate::pipeline;
use crate::snapshot::SnapshotError;

/// The flags of every command, wherever they were typed.
pub(super) fn global(cli: &Cli) -> &Global {
    match &cli.command {
        Some(Command::Template(args)) => &args.global,
        Some(Command::Values(args)) => &args.global,
        Some(Command::Why(args)) => &args.global,
        Some(Command::Blame(args)) => &args.render.global,
        Some(Command::Merge(args)) => &args.global,
        Some(Command::Diff(args)) => &args.global,
        Some(Command::Snapshot(args)) => &args.render.global,
        Some(Command::Graph(args)) => &args.render.global,
        Some(Command::Validate(args)) => &args.global,
        Some(Command::Lint(args)) => &args.render.global,
        Some(Command::List { global, .. } | Command::Show { global, .. } | Command::Export { global, .. }) => global,
        Some(Command::Completion { .. }) | None => &cli.template.global,
    }
}

/// Does what was asked for, and says how the run ends.
pub(super) fn run(cli: &Cli, sources: &Sources) -> Result<Exit, Stop> {
    let done = match &cli.command {
        None if cli.wants_version() => write(concat!("render ", env!("CARGO_PKG_VERSION"), "\n").as_bytes()),
        None => return template::run(&cli.template, sources),
        Some(Command::Template(args)) => return template::run(args, sources),
        Some(Command::Merge(args)) => merge::run(args, sources),
        Some(Command::Diff(args)) => return diff::run(args, sources),
        Some(Command::Snapshot(args)) => return snapshot::run(args, sources),
        Some(Command::Graph(args)) => graph::run(args, sources),
        Some(Command::Validate(args)) => return validate::run(args, sources),
        Some(Command::Lint(args)) => return lint::run(args, sources),
        Some(Command::List { output, .. }) => list::run(*output, sources),
        Some(Command::Show { what, chart, .. }) => show::run(*what, chart.as_deref(), sources),
        Some(Command::Values(args)) => values::run(args, sources),
        Some(Command::Why(args)) => why::run(args, sources),
        Some(Command::Blame(args)) => blame::run(args, sources),
        Some(Command::Export { chart, dir, .. }) => export::run(chart, dir, sources),
        Some(Command::Completion { shell }) => completion::run(*shell),
    };
    done.map(|()| Exit::Done)
}

/// Writes to stdout.
fn write(text: &[u8]) -> Result<(), Stop> {
    write_pieces([text])
}

/// Writes to stdout what several pieces are together.
fn write_pieces<'t>(pieces: impl IntoIterator<Item = &'t [u8]>) -> Result<(), Stop> {
    Ok(terminal::print(pieces).context("stdout cannot be written")?)
}

impl From<anyhow::Error> for Stop {
    fn from(err: anyhow::Error) -> Self {
        Stop::new(Exit::Failed, Diagnostic::error(format!("{err:#}")))
    }
}

impl From<SnapshotError> for Stop {
    fn from(err: SnapshotError) -> Self {
        Stop::new(Exit::Failed, err.diagnostic())
    }
}

impl From<pipeline::Error> for Stop {
    fn from(err: pipeline::Error) -> Self {
        let exit = match &err {
            pipeline::Error::Usage(_) => Exit::Usage,
            pipeline::Error::Chart(err) if err.is_usage() => Exit::Usage,
            pipeline::Error::Schema(_) => Exit::Schema,
            _ => Exit::Failed,
        };
        Stop { exit, diagnostics: err.diagnostics() }
    }
}
