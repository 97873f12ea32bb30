//! `render diff A B`.

use super::super::args::{DiffArgs, DiffFormat};
use super::super::{Exit, Stop, sides, terminal};
use crate::chart::semver::Version;
use crate::diag::{Diagnostic, Sources};
use crate::diff::risk::Class;
use crate::diff::write::{self, Style};
use crate::diff::{self, Broken, Options, Report, Rules, Secrets, Side};
use crate::references::{self, Dangling};

/// Compares both sides and prints what is different.
pub(super) fn run(args: &DiffArgs, sources: &Sources) -> Result<Exit, Stop> {
    let ignore = Rules::parse(&args.ignore).map_err(|bad| {
        let refused = Diagnostic::error(format!("--ignore {} means nothing: {}", bad.rule, bad.message));
        Stop::new(Exit::Usage, refused.help("see `render help diff`"))
    })?;
    let secrets = if args.global.show_secrets { Secrets::Shown } else { Secrets::default() };
    let fail_on = classes(&args.fail_on)?;
    let kube_minor = sides::kube_version(args).map(minor).transpose()?;
    let [old, new] = sides::read(args, sources)?;
    let mut report = diff::compare(&old, &new, &Options { ignore, secrets, kube_minor });
    report.broken = broken(&report, &old, &new);
    super::write(text(&report, args).as_bytes())?;
    let exit = match report.risks.iter().any(|risk| fail_on.contains(&risk.class())) {
        true => Exit::Risk,
        false if report.is_empty() || args.exit_zero => Exit::Done,
        false => Exit::Different,
    };
    // The process is about to end; taking both sides apart would only take time.
    std::mem::forget((old, new, report));
    Ok(exit)
}

/// The classes that `--fail-on` names.
fn classes(words: &[String]) -> Result<Vec<Class>, Stop> {
    let class = |word: &String| {
        Class::parse(word.trim()).map_err(|unknown| {
            let refused = Diagnostic::error(format!("--fail-on: there is no class of risks `{}`", unknown.word));
            let all = Class::ALL.map(Class::name).join(", ");
            let help = unknown.nearest.map_or(format!("there are {all}"), |near| format!("did you mean `{near}`?"));
            Stop::new(Exit::Usage, refused.help(help))
        })
    };
    words.iter().map(class).collect()
}

/// The minor version in `1.35` and `v1.35.0`.
fn minor(typed: &str) -> Result<u32, Stop> {
    let version = Version::parse(typed).ok().and_then(|version| u32::try_from(version.minor).ok());
    version.ok_or_else(|| {
        let refused = Diagnostic::error(format!("--kube-version: `{typed}` is not a version"));
        Stop::new(Exit::Usage, refused.help("write it as 1.35 or v1.35.0"))
    })
}

/// References that lead nowhere because of the change.
fn broken(report: &Report, old: &Side, new: &Side) -> Vec<Broken> {
    if report.is_empty() {
        return Vec::new();
    }
    let [old, new] = [old, new].map(|side| side.resources.iter().map(|resource| &resource.value));
    let broken = |dangling: &Dangling| Broken { what: dangling.problem.to_string(), from: dangling.told() };
    references::broken_by(old, new).iter().map(broken).collect()
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
