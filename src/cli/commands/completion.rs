//! `render completion`: a script that completes commands and flags in a shell.

use clap::CommandFactory as _;

use super::super::Stop;
use super::super::args::Cli;

/// Prints the script.
pub(super) fn run(shell: clap_complete::Shell) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "render", &mut script);
    super::write(&script)
}
