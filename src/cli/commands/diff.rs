//! `render diff A B`.

use super::super::args::{DiffArgs, DiffFormat};
use super::super::{Exit, Stop, sides, terminal};
use crate::diag::{Diagnostic, Sources};
use crate::diff::write::{self, Style};
use crate::diff::{self, Options, Report, Rules, Secrets};

/// Compares both sides and prints what is different.
pub(super) fn run(args: &DiffArgs, sources: &Sources) -> Result<Exit, Stop> {
    let ignore = Rules::parse(&args.ignore).map_err(|bad| {
        let refused = Diagnostic::error(format!("--ignore {} means nothing: {}", bad.rule, bad.message));
        Stop::new(Exit::Usage, refused.help("see `render help diff`"))
    })?;
    let secrets = if args.global.show_secrets { Secrets::Shown } else { Secrets::default() };
    let [old, new] = sides::read(args, sources)?;
    let report = diff::compare(&old, &new, &Options { ignore, secrets });
    super::write(text(&report, args).as_bytes())?;
    let exit = if report.is_empty() || args.exit_zero { Exit::Done } else { Exit::Different };
    // The process is about to end; taking both sides apart would only take time.
    std::mem::forget((old, new, report));
    Ok(exit)
}

fn text(report: &Report, args: &DiffArgs) -> String {
    let context = args.context as usize;
    match args.output {
        DiffFormat::Human => write::human(report, &Style { colour: terminal::paint(&args.global).is_on(), context }),
        DiffFormat::Unified => write::unified(report, context),
        DiffFormat::Brief => write::brief(report),
        DiffFormat::Json => write::json(report),
        DiffFormat::Markdown => write::markdown(report, context),
        DiffFormat::Html => write::html(report, context),
    }
}
