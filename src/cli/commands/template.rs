//! `render [template] [NAME] [CHART]`.

use clap::CommandFactory as _;

use super::super::args::{Cli, TemplateArgs};
use super::super::{Exit, Stop, plan, terminal, validation};
use crate::conform::write;
use crate::diag::{Sources, nearest};
use crate::pipeline::Outcome;
use crate::{output, pipeline};

/// Renders and prints; stdout stays empty unless everything went well.
pub(super) fn run(args: &TemplateArgs, sources: &Sources) -> Result<Exit, Stop> {
    let (request, destination) = plan::render(args).map_err(|err| Stop::new(Exit::Usage, err))?;
    let mut warnings = Vec::new();
    let outcome = match pipeline::render(&request, sources, &mut warnings) {
        Ok(outcome) => outcome,
        Err(err) => {
            let mut stop = hint_at_command(err, request.chart.as_deref());
            stop.diagnostics.splice(0..0, warnings);
            return Err(stop);
        }
    };
    terminal::report(&warnings, sources, terminal::style(&args.global));
    if args.switches.validate && !is_valid(&outcome, args, sources)? {
        return Ok(Exit::Invalid);
    }
    let pieces = output::write(&outcome.manifests, &destination, &outcome.release);
    let pieces = pieces.map_err(|err| Stop::new(Exit::Failed, err.diagnostic()))?;
    super::write_pieces(pieces.iter().map(|piece| piece.as_bytes()))?;
    drop(pieces);
    // The process is about to end; taking everything apart would cost a twelfth of the run.
    std::mem::forget(outcome);
    Ok(Exit::Done)
}

/// Whether the API server would accept it all; what there is to say about it goes to stderr.
fn is_valid(outcome: &Outcome, args: &TemplateArgs, sources: &Sources) -> Result<bool, Stop> {
    let options = validation::options(args.release.kube_version.as_deref(), args.switches.strict)?;
    let crds = validation::crds(&args.against.crds, sources)?;
    let report = pipeline::validation::validate(outcome, crds, &options, sources).map_err(pipeline::Error::from)?;
    let mut text = write::human(&report, sources, terminal::style(&args.global).colour);
    if !report.is_ok() {
        text.push_str(&write::summary(&report));
    }
    terminal::complain(&text);
    Ok(report.is_ok())
}

/// A chart that is not there may be a command that was not typed right.
fn hint_at_command(err: pipeline::Error, typed: Option<&str>) -> Stop {
    let commands = Cli::command();
    let names = commands.get_subcommands().map(clap::Command::get_name);
    let near = match &err {
        pipeline::Error::Chart(err) if err.is_usage() => {
            typed.and_then(|typed| nearest(typed, names)).map(str::to_owned)
        }
        _ => None,
    };
    let mut stop = Stop::from(err);
    if let (Some(near), Some(diagnostic)) = (near, stop.diagnostics.first_mut()) {
        diagnostic.help.insert(0, format!("did you mean the command `render {near}`?"));
    }
    stop
}
