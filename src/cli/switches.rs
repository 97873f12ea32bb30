//! Helm's users may write a switch as `--no-hooks=true` or `--no-hooks=false`.

use std::ffi::OsString;

use clap::{ArgAction, CommandFactory as _};

use super::args::Cli;

/// The arguments with such switches given plainly or left out. A value that is no boolean stays, to be refused.
pub(super) fn plain(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let args: Vec<OsString> = args.collect();
    if !args.iter().any(|arg| arg.to_str().is_some_and(|arg| split(arg).is_some())) {
        return args;
    }
    let command = Cli::command();
    let switches = command.get_arguments().filter(|arg| matches!(arg.get_action(), ArgAction::SetTrue));
    let switches: Vec<&str> = switches.filter_map(clap::Arg::get_long).collect();
    args.into_iter().filter_map(|arg| one(arg, &switches)).collect()
}

fn one(arg: OsString, switches: &[&str]) -> Option<OsString> {
    match arg.to_str().and_then(split) {
        Some((name, on)) if switches.contains(&name) => on.then(|| format!("--{name}").into()),
        _ => Some(arg),
    }
}

/// Name and value of `--name=true`, with the spellings of Go's `strconv.ParseBool`.
fn split(arg: &str) -> Option<(&str, bool)> {
    let (name, value) = arg.strip_prefix("--")?.split_once('=')?;
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some((name, true)),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some((name, false)),
        _ => None,
    }
}
