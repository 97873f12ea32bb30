//! From what was typed to what is to be done: flags checked against each other, Helm's odd ones refused or passed over.

use super::args::{Refused, StableArgs, TemplateArgs, ValuesArgs};
use crate::diag::Diagnostic;
use crate::output::{Destination, Selection};
use crate::pipeline::{NameChoice, Request, SeedFrom, Stable, ValuesInput};
use crate::runtime::time::{Time, Zone};
use crate::values::SetFlag;

/// The render that the arguments ask for, and where its output goes.
///
/// # Errors
/// Arguments that contradict each other, and flags of Helm's whose effect this program does not have.
pub(super) fn render(args: &TemplateArgs) -> Result<(Request, Destination), Diagnostic> {
    refuse(&args.helm.refused)?;
    let (name, chart) = positionals(args)?;
    let switches = &args.switches;
    let request = Request {
        name,
        chart,
        namespace: args.release.namespace.clone(),
        is_upgrade: switches.is_upgrade,
        kube_version: args.release.kube_version.clone(),
        api_versions: args.release.api_versions.clone(),
        values: values(&args.values),
        skip_schema: switches.skip_schema_validation,
        strict: switches.strict,
        dns: switches.enable_dns,
        debug: switches.debug,
        stable: stable(&args.stable)?,
        keep_crds: switches.validate,
        selection: Selection {
            show_only: args.output.show_only.clone(),
            crds: switches.include_crds && !switches.skip_crds,
            hooks: !switches.no_hooks,
            tests: !switches.skip_tests,
        },
    };
    // Of several `-f -` the later ones are empty, as in Helm.
    let of_values = request.values.files.iter().filter(|path| *path == "-").count();
    if request.stdin_reads() > of_values.max(1) {
        return Err(
            Diagnostic::error("stdin is given twice").help("it can be read once; save one of the two to a file")
        );
    }
    let destination = match &args.output.output_dir {
        Some(dir) => Destination::Folder { dir: dir.clone(), by_release: switches.release_name },
        None => Destination::Stdout,
    };
    Ok((request, destination))
}

/// What randomness, the clock and `lookup` stand on.
fn stable(args: &StableArgs) -> Result<Stable, Diagnostic> {
    let seed = args.seed.clone().map(SeedFrom::Text);
    let seed = seed.or_else(|| args.seed_file.clone().map(SeedFrom::File));
    let now = args.now.as_deref().map(time).transpose()?;
    Ok(Stable { seed, now, lookup: args.lookup.clone(), adopt: args.adopt.clone() })
}

/// A day or a time.
fn time(typed: &str) -> Result<Time, Diagnostic> {
    let layouts: [&[u8]; 2] = [b"2006-01-02", b"2006-01-02T15:04:05Z07:00"];
    let mut times = layouts.iter().filter_map(|layout| Time::parse(layout, typed.as_bytes(), &Zone::Utc).ok());
    times.next().ok_or_else(|| {
        Diagnostic::error(format!("--now: `{typed}` is not a time"))
            .help("write a day as 2026-01-31, or a time as 2026-01-31T12:00:00Z")
    })
}

/// `[NAME] [CHART]`: a single one is the chart; with a name made up or from a template, no name may be given.
fn positionals(args: &TemplateArgs) -> Result<(NameChoice, Option<String>), Diagnostic> {
    if let Some(extra) = args.rest.first() {
        let refused = Diagnostic::error(format!("unexpected argument `{extra}`"));
        return Err(refused.help("at most two are taken: the release's name and the chart"));
    }
    let (name, chart) = match (args.first.clone(), args.second.clone()) {
        (chart, None) => (None, chart),
        both => both,
    };
    let template = args.release.name_template.clone().filter(|template| !template.is_empty());
    let choice = match (name, template, args.switches.generate_name) {
        (Some(_), Some(_), _) | (Some(_), _, true) => {
            return Err(Diagnostic::error(
                "a release name is given twice: as an argument, and by --name-template or --generate-name",
            )
            .help("leave one of the two out"));
        }
        (Some(name), None, false) => NameChoice::Given(name),
        (None, Some(template), _) => NameChoice::Template(template),
        (None, None, true) => NameChoice::Generated,
        (None, None, false) => NameChoice::Default,
    };
    Ok((choice, chart))
}

/// Layers, then files, then the `--set` family in Helm's fixed order, whatever the order on the command line.
pub(super) fn values(values: &ValuesArgs) -> ValuesInput {
    let files = values.files.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect();
    let family = [
        (SetFlag::SetJson, &values.set_json),
        (SetFlag::Set, &values.set),
        (SetFlag::SetString, &values.set_string),
        (SetFlag::SetFile, &values.set_file),
        (SetFlag::SetLiteral, &values.set_literal),
    ];
    let sets = family.into_iter().flat_map(|(flag, args)| args.iter().map(move |arg| (flag, arg.clone()))).collect();
    ValuesInput { layers: values.layers.clone(), files, sets, max_input: values.max_input, history: false }
}

/// Refuses the flags of `helm template` that would change what is printed in a way this program cannot.
fn refuse(flags: &Refused) -> Result<(), Diagnostic> {
    let refused = [
        (
            flags.repo.is_some(),
            "--repo",
            "it fetches a chart from a repository; fetch it first (`helm pull`) and give its path",
        ),
        (flags.dependency_update, "--dependency-update", "it fetches charts; run `helm dependency update` first"),
        (flags.verify, "--verify", "signatures are not checked; run `helm verify` first"),
        (flags.post_renderer.is_some(), "--post-renderer", "pipe the output into the program instead"),
        (!flags.post_renderer_args.is_empty(), "--post-renderer-args", "pipe the output into the program instead"),
        (
            flags.dry_run.as_deref().is_some_and(|mode| mode == "server"),
            "--dry-run=server",
            "no cluster is asked; use --kube-version and --api-versions to say what it has",
        ),
    ];
    match refused.into_iter().find(|(given, ..)| *given) {
        Some((_, flag, why)) => Err(Diagnostic::error(format!("{flag} is not supported")).help(why)),
        None => Ok(()),
    }
}
