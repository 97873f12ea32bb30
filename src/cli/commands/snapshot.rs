//! `render snapshot`: a render kept in a file, and compared with a later one.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::super::args::{SecretsForm, SnapshotArgs, TemplateArgs};
use super::super::{Exit, Stop, beside, sides, terminal};
use super::told::by;
use crate::diag::{Diagnostic, Source, Sources};
use crate::diff::write::{self, Style};
use crate::diff::{DigestKey, Side};
use crate::pipeline::{Giver, Outcome, Request};
use crate::snapshot::{self, Form, Given, How, Snapshot};

/// How many lines that are the same stand around those that are not.
const CONTEXT: usize = 3;

/// Renders, and writes the snapshot or compares with it.
pub(super) fn run(args: &SnapshotArgs, sources: &Sources) -> Result<Exit, Stop> {
    let request = sides::request(&args.render).map_err(|err| Stop::new(Exit::Usage, err))?;
    let key = sides::secrets_key(args.secrets_key.as_deref())?;
    let outcome = sides::rendered(&request, &args.render.global, sources)?;
    let fresh = sides::of_outcome("this render".to_owned(), &outcome, sources)?;
    let path = args.output.clone().unwrap_or_else(|| usual_path(&outcome.release));
    let stored = sides::stored(&path, key, sources)?;
    let form = match &stored {
        Some(old) if !args.update => old.form,
        stored => form(args.secrets, stored.as_ref().map(|old| old.form), key)?,
    };
    let fresh = if form == Form::Plain { fresh } else { sides::settled(fresh, &request, sources)? };
    let render = Render { request: &request, args: &args.render, outcome: &outcome, fresh: &fresh };
    let done = match stored {
        None if args.check => Err(Stop::new(Exit::Failed, missing(&path))),
        None => render.write(&path, form),
        Some(old) if args.update => render.update(&path, &old, form),
        Some(old) => render.compare(&path, &old, sources),
    };
    // The process is about to end; see `template`.
    std::mem::forget(outcome);
    done
}

/// snapshots/NAME.yaml.
fn usual_path(release: &str) -> PathBuf {
    Path::new("snapshots").join(format!("{release}.yaml"))
}

/// How secrets are to stand in a snapshot: as asked for, else as they did, else as digests; digests with the key that
/// is given, else with that of the old ones.
fn form(wanted: Option<SecretsForm>, old: Option<Form>, key: Option<DigestKey>) -> Result<Form, Stop> {
    let plain = match wanted {
        Some(form) => form == SecretsForm::Plain,
        None => old == Some(Form::Plain),
    };
    Ok(match (plain, key, old) {
        (true, ..) => Form::Plain,
        (false, Some(key), _) => Form::Sealed(key),
        (false, None, Some(old)) if old != Form::Plain => old,
        (false, None, _) => Form::digests()?,
    })
}

/// A render as it is now.
struct Render<'a> {
    request: &'a Request,
    args: &'a TemplateArgs,
    outcome: &'a Outcome,
    fresh: &'a Side,
}

impl Render<'_> {
    /// Writes a snapshot where there is none.
    fn write(&self, path: &Path, form: Form) -> Result<Exit, Stop> {
        write_file(path, &self.text(&form))?;
        self.say(&format!("wrote {}", path.display()))
    }

    /// Accepts what is different.
    fn update(&self, path: &Path, old: &Snapshot, form: Form) -> Result<Exit, Stop> {
        let text = self.text(&form);
        if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
            return self.say(&format!("{} is up to date", path.display()));
        }
        let report = old.compare(self.fresh);
        write_file(path, &text)?;
        super::write(write::brief(&report).as_bytes())?;
        self.say(&format!("updated {}", path.display()))
    }

    /// Tells what is different.
    fn compare(&self, path: &Path, old: &Snapshot, sources: &Sources) -> Result<Exit, Stop> {
        let report = old.compare(self.fresh);
        if report.is_empty() {
            return self.say(&format!("{} is up to date", path.display()));
        }
        let global = &self.args.global;
        let style = Style { colour: terminal::paint(global).is_on(), context: CONTEXT };
        super::write(write::human(&report, &style).as_bytes())?;
        let told = Diagnostic::error(format!("{} is not what is rendered now", path.display()))
            .help("where the changes are meant, accept them: the same command with --update");
        terminal::report(&[told], sources, terminal::style(global));
        Ok(Exit::Different)
    }

    fn say(&self, done: &str) -> Result<Exit, Stop> {
        let count = self.fresh.resources.len();
        let resources = if count == 1 { "resource" } else { "resources" };
        super::write(format!("{done} ({count} {resources})\n").as_bytes())?;
        Ok(Exit::Done)
    }

    fn text(&self, form: &Form) -> String {
        snapshot::to_text(&self.how(), form, self.fresh)
    }

    fn how(&self) -> How {
        let metadata = &self.outcome.chart.metadata;
        let (defaults, laid_over): (Vec<_>, Vec<_>) =
            self.outcome.givers.iter().partition(|(_, giver)| matches!(giver, Giver::Defaults(_)));
        How {
            tool: concat!("render ", env!("CARGO_PKG_VERSION")).to_owned(),
            release: self.outcome.release.clone(),
            namespace: self.request.namespace.clone(),
            chart: metadata.name.clone(),
            version: metadata.version.clone(),
            app_version: metadata.app_version.clone(),
            kube_version: self.outcome.kube_version.clone(),
            values: defaults.into_iter().chain(laid_over).map(|(source, giver)| given(source, giver)).collect(),
            flags: self.flags(),
        }
    }

    /// The flags that decide about manifests and are told nowhere else.
    fn flags(&self) -> Vec<String> {
        let switches = &self.args.switches;
        let switches = [
            ("--is-upgrade", switches.is_upgrade),
            ("--include-crds", self.request.selection.crds),
            ("--no-hooks", switches.no_hooks),
            ("--skip-tests", switches.skip_tests),
            ("--skip-schema-validation", switches.skip_schema_validation),
            ("--enable-dns", switches.enable_dns),
        ];
        let given = switches.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned());
        let versions = self.request.api_versions.iter().map(|version| format!("--api-versions {version}"));
        let chosen = self.request.selection.show_only.iter().map(|template| format!("--show-only {template}"));
        given.chain(versions).chain(chosen).collect()
    }
}

/// What gave values.
fn given(source: &Source, giver: &Giver) -> Given {
    Given { from: by(giver), text: source.text.to_vec() }
}

/// Writes a file as a whole, and the folder it is in.
fn write_file(path: &Path, text: &str) -> Result<(), Stop> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|err| beside::unwritable(path, &err))?;
    }
    let mut file = beside::file(path)?;
    file.write_all(text.as_bytes()).map_err(|err| beside::unwritable(path, &err))?;
    beside::settle(file, path)
}

fn missing(path: &Path) -> Diagnostic {
    Diagnostic::error(format!("there is no snapshot {}", path.display()))
        .help("write it first: the same command without --check")
}
