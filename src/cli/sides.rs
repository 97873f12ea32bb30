//! The two sides of a comparison: where each comes from, and how it is read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{DiffArgs, TemplateArgs};
use super::{Exit, Stop, plan, terminal};
use crate::diag::{Diagnostic, SourceKind, Sources};
use crate::diff::{Document, Side};
use crate::output::Destination;
use crate::pipeline::{self, Request};

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
    let [first, second] = origins.map(|(name, origin)| side(name, &origin, args, sources));
    let (first, second) = (first?, second?);
    Ok(if args.reverse { [second, first] } else { [first, second] })
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
    match plan::render(args)? {
        (request, Destination::Stdout) => Ok(Origin::Render(Box::new(request))),
        _ => Err(Diagnostic::error("--output-dir means nothing in a comparison").help("leave it out")),
    }
}

fn reads_stdin(origin: &Origin) -> bool {
    match origin {
        Origin::Stdin => true,
        Origin::Render(request) => request.stdin_reads() > 0,
        Origin::File(_) | Origin::Folder(_) => false,
    }
}

fn side(name: String, origin: &Origin, args: &DiffArgs, sources: &Sources) -> Result<Side, Stop> {
    let documents = match origin {
        Origin::Stdin => vec![document("stdin".to_owned(), stdin()?, sources)?],
        Origin::File(path) => vec![file(path, sources)?],
        Origin::Folder(folder) => {
            let files = files(folder).map_err(|err| unreadable(folder, &err))?;
            files.iter().map(|path| file(path, sources)).collect::<Result<_, _>>()?
        }
        Origin::Render(request) => return rendered(name, request, args, sources),
    };
    read_documents(name, documents)
}

fn read_documents(name: String, documents: Vec<Document>) -> Result<Side, Stop> {
    Side::read(name, documents).map_err(|(source, err)| Stop::new(Exit::Failed, err.diagnostic(source.base)))
}

/// Renders a side. Warnings are told as those of any render.
fn rendered(name: String, request: &Request, args: &DiffArgs, sources: &Sources) -> Result<Side, Stop> {
    let mut warnings = Vec::new();
    let outcome = pipeline::render(request, sources, &mut warnings);
    terminal::report(&warnings, sources, terminal::style(&args.global));
    let outcome = outcome?;
    let manifests = outcome.manifests.list.iter();
    let documents = manifests.map(|manifest| {
        let path = manifest.file.path.to_string();
        let mut document = document(path.clone(), manifest.text().into(), sources)?;
        document.template = Some(path.into());
        Ok(document)
    });
    let side = read_documents(name, documents.collect::<Result<_, Stop>>()?);
    // The process is about to end; see `template`.
    std::mem::forget(outcome);
    side
}

fn file(path: &Path, sources: &Sources) -> Result<Document, Stop> {
    let bytes = std::fs::read(path).map_err(|err| unreadable(path, &err))?;
    document(path.display().to_string(), bytes, sources)
}

fn document(name: String, bytes: Vec<u8>, sources: &Sources) -> Result<Document, Stop> {
    let text = sources.add(name, SourceKind::Rendered, bytes).map_err(pipeline::Error::from)?;
    Ok(Document { text, template: None })
}

fn stdin() -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|err| unreadable(Path::new("stdin"), &err))?;
    Ok(bytes)
}

/// The YAML and JSON files below a folder, by path; what is hidden is left out.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let is_manifest = path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml" || ext == "json");
            match entry.file_type()? {
                _ if entry.file_name().as_encoded_bytes().starts_with(b".") => {}
                kind if kind.is_dir() => folders.push(path),
                _ if is_manifest && path.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, err: &std::io::Error) -> Stop {
    Stop::new(Exit::Failed, Diagnostic::error(format!("{} cannot be read: {err}", path.display())))
}
