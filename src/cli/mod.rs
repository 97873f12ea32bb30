//! The command line: typed flags, then a plan, then one function a command. Nothing above knows this module.

mod args;
mod beside;
mod commands;
mod manifests;
mod plan;
mod progress;
mod sides;
mod switches;
mod terminal;
mod validation;

use std::process::ExitCode;

use crate::diag::{Diagnostic, Sources};

/// How a run ends. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// The schema refuses the values.
    Schema = 3,
    /// Manifests that the API server would refuse.
    Invalid = 4,
    /// Two sides are not the same.
    Different = 5,
    /// A change has a risk that it is not to have.
    Risk = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not get done: how to exit, and what to say.
struct Stop {
    exit: Exit,
    diagnostics: Vec<Diagnostic>,
}

impl Stop {
    fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Stop { exit, diagnostics: vec![diagnostic] }
    }
}

/// Deep documents and templates recurse deep; address space costs nothing until it is used.
const STACK: usize = 512 << 20;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    // The process ends from within: memory given back piece by piece first would cost time and help nobody.
    let work = || std::process::exit(run() as i32);
    // A second stack for this thread: another thread would have to be woken, on another processor at that, and a short
    // run waits for that as long as it works.
    if has_room() {
        stacker::grow(STACK, work)
    }
    match std::thread::Builder::new().stack_size(STACK).spawn(work).map(std::thread::JoinHandle::<()>::join) {
        // The panic has told its story on stderr.
        Ok(_) => Exit::Failed.into(),
        // Where no thread can be had, the main one must do.
        Err(_) => run().into(),
    }
}

/// Whether address space is there for the asking, so that a stack that cannot be had does not end the process.
fn has_room() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, getrlimit};
        let is_strict = |mode: Vec<u8>| mode.starts_with(b"2");
        getrlimit(Resource::As).current.is_none()
            && !std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(is_strict)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

fn run() -> Exit {
    match args::Cli::read(switches::plain(std::env::args_os())) {
        Ok(cli) => run_cli(&cli),
        Err(err) => {
            // Help and version come this way too, and go to stdout.
            let _ = err.print();
            if err.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

fn run_cli(cli: &args::Cli) -> Exit {
    let sources = Sources::default();
    let global = commands::global(cli);
    match commands::run(cli, &sources) {
        Ok(exit) => exit,
        Err(stop) => {
            terminal::report(&stop.diagnostics, &sources, terminal::style(global));
            stop.exit
        }
    }
}
