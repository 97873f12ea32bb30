//! Sets of manifests: where each comes from, and how it is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{DiffArgs, Global, TemplateArgs};
use super::{Exit, Stop, manifests, plan, terminal};
use crate::diag::{Diagnostic, Source, Sources};
use crate::diff::{DigestKey, Document, Side};
use crate::output::Destination;
use crate::pipeline::{self, Outcome, Request};
use crate::snapshot::{self, Snapshot, SnapshotError};

/// Where a side comes from.
#[derive(Debug)]
enum Origin {
    Stdin,
    File(PathBuf),
    Folder(PathBuf),
    Render(Box<Request>),
}

/// Reads both sides, the old one first.
///
/// # Errors
/// There are not two of them, or one cannot be read or rendered.
pub(super) fn read(args: &DiffArgs, sources: &Sources) -> Result<[Side; 2], Stop> {
    let origins = origins(args).map_err(|err| Stop::new(Exit::Usage, err))?;
    let key = secrets_key(args.secrets_key.as_deref())?;
    let [first, second] = &origins;
    let read = |(name, origin): &(String, Origin)| side(name.clone(), origin, key, &args.global, sources);
    let (first_side, second_side) = (read(first)?, read(second)?);
    let is_snapshot = first_side.digests.is_some() || second_side.digests.is_some();
    let settled = |side: Side, (_, origin): &(String, Origin)| match origin {
        Origin::Render(request) if is_snapshot => settled(side, request, sources),
        _ => Ok(side),
    };
    let (first, second) = (settled(first_side, first)?, settled(second_side, second)?);
    let sides = if args.reverse { [second, first] } else { [first, second] };
    terminal::report(&odd_digests(&sides, &args.global), sources, terminal::style(&args.global));
    Ok(sides)
}

/// What the digests of snapshots keep a comparison from telling.
fn odd_digests([old, new]: &[Side; 2], global: &Global) -> Vec<Diagnostic> {
    match (old.digests, new.digests) {
        (Some(a), Some(b)) if a != b => vec![
            Diagnostic::warning(
                "the digests in both snapshots were made with different keys: every secret looks changed",
            )
            .help("write both with the same key: render snapshot --secrets-key FILE"),
        ],
        (None, None) => vec![],
        _ if global.show_secrets => {
            vec![Diagnostic::warning("secrets are not shown: a snapshot holds digests of them only")]
        }
        _ => vec![],
    }
}

/// The key in a file.
pub(super) fn secrets_key(path: Option<&Path>) -> Result<Option<DigestKey>, Stop> {
    let Some(path) = path else { return Ok(None) };
    let text = std::fs::read(path).map_err(|err| manifests::unreadable(path, &err))?;
    Ok(Some(snapshot::key_of(&text)?))
}

/// The version of Kubernetes that the new side is for: what was typed, else what its render is for.
pub(super) fn kube_version(args: &DiffArgs) -> Option<&str> {
    let new = usize::from(!args.reverse);
    let render = new.checked_sub(args.paths.len()).and_then(|place| args.renders.get(place));
    let of_render = || render.and_then(|render| render.release.kube_version.as_deref());
    args.kube_version.as_deref().or_else(of_render)
}

/// What the arguments name, before anything is read.
fn origins(args: &DiffArgs) -> Result<[(String, Origin); 2], Diagnostic> {
    let mut origins = Vec::new();
    for path in &args.paths {
        origins.push((if path == "-" { "stdin".to_owned() } else { path.clone() }, of_path(path)?));
    }
    let typed = args.after_dashes.split(|arg| arg == "--");
    for (render, typed) in args.renders.iter().zip(typed) {
        let typed: Vec<_> = typed.iter().map(|arg| arg.to_string_lossy()).collect();
        origins.push((typed.join(" "), of_render(render)?));
    }
    let stdin = origins.iter().filter(|(_, origin)| reads_stdin(origin)).count();
    if stdin > 1 {
        return Err(Diagnostic::error("stdin is given twice").help("it can be read once; save one side to a file"));
    }
    let found = origins.len();
    origins.try_into().map_err(|_| {
        Diagnostic::error(format!(
            "two sides are compared, and {found} {} given",
            if found == 1 { "is" } else { "are" }
        ))
        .help("a side is a file, a folder, `-`, or the arguments of a render after `--`")
        .help("for example: render diff old.yaml new.yaml; render diff old.yaml -- shop ./chart -f values.yaml")
    })
}

fn of_path(path: &str) -> Result<Origin, Diagnostic> {
    if path == "-" {
        return Ok(Origin::Stdin);
    }
    let folder = Path::new(path);
    let is_chart = folder.join("Chart.yaml").is_file() || path.ends_with(".tgz");
    match (is_chart, folder.is_dir(), folder.exists()) {
        (true, ..) => Err(Diagnostic::error(format!("{path} is a chart, not manifests"))
            .help(format!("to compare what it renders, put it after `--`: render diff old.yaml -- {path}"))),
        (_, true, _) => Ok(Origin::Folder(folder.to_owned())),
        (_, _, true) => Ok(Origin::File(folder.to_owned())),
        _ => Err(Diagnostic::error(format!("there is no file or folder `{path}`"))
            .help("to render a chart, put its arguments after `--`")),
    }
}

fn of_render(args: &TemplateArgs) -> Result<Origin, Diagnostic> {
    Ok(Origin::Render(Box::new(request(args)?)))
}

/// A render whose manifests are looked at and not printed.
pub(super) fn request(args: &TemplateArgs) -> Result<Request, Diagnostic> {
    if args.switches.validate {
        return Err(Diagnostic::error("--validate means nothing here: no manifests are printed").help("leave it out"));
    }
    match plan::render(args)? {
        (request, Destination::Stdout) => Ok(request),
        _ => Err(Diagnostic::error("--output-dir means nothing here: no manifests are printed").help("leave it out")),
    }
}

fn reads_stdin(origin: &Origin) -> bool {
    match origin {
        Origin::Stdin => true,
        Origin::Render(request) => request.stdin_reads() > 0,
        Origin::File(_) | Origin::Folder(_) => false,
    }
}

fn side(
    name: String,
    origin: &Origin,
    key: Option<DigestKey>,
    global: &Global,
    sources: &Sources,
) -> Result<Side, Stop> {
    let documents = match origin {
        Origin::Stdin => manifests::stdin(sources)?,
        Origin::File(path) | Origin::Folder(path) => manifests::read(path, sources)?,
        Origin::Render(request) => {
            let outcome = rendered(request, global, sources)?;
            let side = of_outcome(name, &outcome, sources);
            // The process is about to end; see `template`.
            std::mem::forget(outcome);
            return side;
        }
    };
    let texts = documents.len();
    let side = read_documents(name, documents.into_iter().map(whole).collect())?;
    match Snapshot::is_in(&side) {
        true if texts > 1 => Err(SnapshotError::Several(side.name).into()),
        true => Ok(Snapshot::open(side, key)?.side),
        false => Ok(side),
    }
}

/// The manifests at a path, as a side of a comparison takes them.
pub(super) fn at_path(path: &str, key: Option<DigestKey>, global: &Global, sources: &Sources) -> Result<Side, Stop> {
    let origin = of_path(path).map_err(|err| Stop::new(Exit::Usage, err))?;
    side(path.to_owned(), &origin, key, global, sources)
}

/// The snapshot in a file; none where there is no such file.
pub(super) fn stored(path: &Path, key: Option<DigestKey>, sources: &Sources) -> Result<Option<Snapshot>, Stop> {
    match path.try_exists() {
        Ok(false) => return Ok(None),
        Ok(true) => {}
        Err(err) => return Err(manifests::unreadable(path, &err)),
    }
    let side = read_documents(path.display().to_string(), vec![whole(manifests::file(path, sources)?)])?;
    Ok(Some(Snapshot::open(side, key)?))
}

/// A text of which all manifests count.
fn whole(text: Arc<Source>) -> Document {
    Document { text, template: None }
}

fn read_documents(name: String, documents: Vec<Document>) -> Result<Side, Stop> {
    Side::read(name, documents).map_err(|(source, err)| Stop::new(Exit::Failed, err.diagnostic(source.base)))
}

/// Renders. Warnings are told as those of any render.
pub(super) fn rendered(request: &Request, global: &Global, sources: &Sources) -> Result<Outcome, Stop> {
    let mut warnings = Vec::new();
    let outcome = pipeline::render(request, sources, &mut warnings);
    terminal::report(&warnings, sources, terminal::style(global));
    Ok(outcome?)
}

/// The manifests of a render with marks for what comes by chance, as those of a snapshot have: they are rendered again.
/// Where it reads stdin that cannot be, and nothing is marked.
pub(super) fn settled(side: Side, request: &Request, sources: &Sources) -> Result<Side, Stop> {
    if request.stdin_reads() > 0 {
        return Ok(side);
    }
    let mut request = request.clone();
    request.stable.at_another_time();
    let again = pipeline::render(&request, sources, &mut Vec::new())?;
    let marked = snapshot::marked(&side, &of_outcome(String::new(), &again, sources)?);
    // The process is about to end; see `template`.
    std::mem::forget(again);
    Ok(marked)
}

/// The manifests that a render gave.
pub(super) fn of_outcome(name: String, outcome: &Outcome, sources: &Sources) -> Result<Side, Stop> {
    let manifests = outcome.manifests.list.iter();
    let documents = manifests.map(|manifest| {
        let path = manifest.file.path.to_string();
        let text = manifests::text(path.clone(), manifest.text().into(), sources)?;
        Ok(Document { text, template: Some(path.into()) })
    });
    let side = read_documents(name, documents.collect::<Result<_, Stop>>()?)?;
    Ok(Side { namespace: outcome.namespace.as_str().into(), ..side })
}
