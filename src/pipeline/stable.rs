//! Renders that repeat: where randomness, the clock and the answers of `lookup` come from.
//!
//! Without a flag they come from the operating system, and no cluster answers. With `--adopt` a render is done twice: once
//! to see where its random results go, and again with those kept that an earlier render has there.

use std::sync::Arc;

use super::engines::Engines;
use super::templates;
use super::{Error, input};
use crate::adopt;
use crate::diag::{Diagnostic, SourceKind, Sources, Span};
use crate::diff::{self, Document, Side};
use crate::engine::{Context, Objects, Rendered};
use crate::functions::{Drawn, Draws, FuncError, Random, Seed, System, keep};
use crate::runtime::time::{Time, Zone};
use crate::value::Value;

/// What a render is to stand on, rather than on chance.
#[derive(Debug, Clone, Default)]
pub struct Stable {
    /// What randomness and the clock are drawn from.
    pub seed: Option<SeedFrom>,
    /// What time it is.
    pub now: Option<Time>,
    /// Files with the objects that `lookup` finds.
    pub lookup: Vec<String>,
    /// Files with earlier manifests: `lookup` finds them, and random values stay what they are there.
    pub adopt: Vec<String>,
}

/// Where a seed is.
#[derive(Clone)]
pub enum SeedFrom {
    /// In the arguments.
    Text(String),
    /// In a file.
    File(String),
}

/// A seed is not to be shown.
impl std::fmt::Debug for SeedFrom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SeedFrom::Text(_) => f.write_str("Text"),
            SeedFrom::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// The same, read.
pub(super) struct Ground {
    seed: Option<(Seed, i128, Zone)>,
    lookup: Vec<Value>,
    adopt: Vec<Value>,
    /// Whether files were given for `lookup`, which then answers as a cluster does.
    answers: bool,
}

/// Engines, and what they rendered.
pub(super) type Run = (Engines, Result<Vec<Rendered>, Error>);

/// A time to add, in nanoseconds, that leaves no part of a date and no day of the week as it was.
const LATER: i128 = (((400 * 24 + 3) * 60 + 7) * 60 + 11) * 1_000_000_000;

impl Stable {
    /// Has the clock tell another time, where it would be the system's: what comes of it differs then.
    pub fn at_another_time(&mut self) {
        if self.seed.is_none() && self.now.is_none() && self.adopt.is_empty() {
            self.now = Some(Time::from_nanos(System.now() + LATER, Zone::local_utc()));
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// One that cannot be read, or holds no manifests, or secrets that were replaced by digests.
    pub(super) fn read(&self, sources: &Sources) -> Result<Ground, Error> {
        let objects = |paths: &[String]| {
            let all = paths.iter().map(|path| manifests(path, sources)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>(all.concat())
        };
        let (lookup, adopt) = (objects(&self.lookup)?, objects(&self.adopt)?);
        let answers = !self.lookup.is_empty() || !self.adopt.is_empty();
        Ok(Ground { seed: self.seed()?, lookup, adopt, answers })
    }

    /// The seed, the time and the zone, where randomness is not the system's.
    fn seed(&self) -> Result<Option<(Seed, i128, Zone)>, Error> {
        let nanos = |time: &Time| i128::from(time.unix()) * 1_000_000_000 + i128::from(time.nanos());
        let now = self.now.as_ref().map(nanos);
        let failed = |err: FuncError| Error::Usage(Diagnostic::error(err.message));
        match &self.seed {
            Some(from) => {
                let seed = Seed::new(from.text()?.as_str()).map_err(failed)?;
                let now = now.unwrap_or_else(|| seed.clock());
                Ok(Some((seed, now, Zone::local_utc())))
            }
            None if now.is_none() && self.adopt.is_empty() => Ok(None),
            None => {
                let zone = if now.is_some() { Zone::local_utc() } else { Zone::local() };
                Ok(Some((Seed::unknown().map_err(failed)?, now.unwrap_or_else(|| System.now()), zone)))
            }
        }
    }
}

impl SeedFrom {
    fn text(&self) -> Result<String, Error> {
        let text = match self {
            SeedFrom::Text(text) => text.clone(),
            SeedFrom::File(path) => {
                let bytes = input::read(path, None);
                let bytes =
                    bytes.map_err(|err| Error::Usage(Diagnostic::error(format!("--seed-file {path}: {err}"))))?;
                String::from_utf8_lossy(&bytes).trim().to_owned()
            }
        };
        match text.is_empty() {
            true => Err(Error::Usage(Diagnostic::error("the seed is empty").help("make one: `openssl rand -hex 32`"))),
            false => Ok(text),
        }
    }
}

/// The manifests of a file.
fn manifests(path: &str, sources: &Sources) -> Result<Vec<Value>, Error> {
    let unreadable = |err| Error::Values(Diagnostic::error(format!("{path} cannot be read: {err}")));
    let bytes = input::read(path, None).map_err(unreadable)?;
    let name = if path == "-" { "stdin" } else { path };
    let text = sources.add(name, SourceKind::Data, bytes)?;
    let side = Side::read(name, [Document { text, template: None }]);
    let side = side.map_err(|(source, err)| Error::Values(err.diagnostic(source.base)))?;
    let values: Vec<Value> = side.resources.into_iter().map(|resource| resource.value).collect();
    if !values.iter().any(|value| value.get("kind").is_some()) {
        let refused = Diagnostic::error(format!("there are no manifests in {name}"));
        return Err(Error::Values(refused.help("give what a render printed, or `kubectl get … -o yaml`")));
    }
    match values.iter().find_map(redacted) {
        Some(span) => Err(Error::Values(
            Diagnostic::error(format!("the secrets in {name} are replaced by digests"))
                .label(span, "nothing tells what was here")
                .help("give a snapshot that was written with `--secrets=plain`, or `kubectl get … -o yaml`"),
        )),
        None => Ok(values),
    }
}

/// Where a digest stands for a secret.
fn redacted(value: &Value) -> Option<Span> {
    match value {
        Value::Str(text, origin) => {
            let pos = crate::value::Provenance::default().pos(*origin);
            diff::is_redacted(text).then(|| Span::at(pos))
        }
        Value::List(items, _) => items.iter().find_map(redacted),
        Value::Map(map, _) => map.iter().find_map(|(_, value)| redacted(value)),
        _ => None,
    }
}

impl Ground {
    /// Randomness and the clock for what belongs to no release.
    pub(super) fn random(&self) -> Arc<dyn Random + Send> {
        match self.draws(&[]) {
            Some(draws) => draws,
            None => Arc::new(System),
        }
    }

    fn draws(&self, release: &[&str]) -> Option<Arc<Draws>> {
        let (seed, now, zone) = self.seed.as_ref()?;
        let draws = Draws::new(seed, release, *now, zone.clone());
        Some(Arc::new(if self.adopt.is_empty() { draws } else { draws.noting() }))
    }

    /// Renders all templates.
    ///
    /// # Errors
    /// A Go template that is not written right.
    pub(super) fn render(&self, mut context: Context) -> Result<(Arc<Context>, Run), Error> {
        let namespace = context.release.namespace.clone();
        if self.answers {
            context.objects = Objects::new(self.lookup.iter().chain(&self.adopt), &namespace);
        }
        let Some(draws) = self.draws(&[&namespace, &context.release.name]) else {
            let context = Arc::new(context);
            let run = run(&context)?;
            return Ok((context, run));
        };
        context.random = draws.clone();
        let context = Arc::new(context);
        let first = run(&context)?;
        let run = match &first.1 {
            Ok(rendered) if !self.adopt.is_empty() => self.again(rendered, &context, &draws)?,
            _ => first,
        };
        expired(&draws).into_iter().for_each(|warning| context.warnings.push(warning));
        Ok((context, run))
    }

    /// Renders again with the results kept that the earlier manifests have.
    fn again(&self, rendered: &[Rendered], context: &Arc<Context>, draws: &Draws) -> Result<Run, Error> {
        let old = Objects::new(&self.adopt, &context.release.namespace);
        let new = Objects::new(&objects(rendered), &context.release.namespace);
        let adopt::Found { mut kept, places, disputed, paired } = adopt::find(&draws.drawn(), new.all(), old.all());
        let mut dropped = Vec::new();
        loop {
            draws.keep(kept.clone());
            context.warnings.take();
            let run = run(context)?;
            // What needs the key of an authority that was kept without one needs a new authority.
            let missed = draws.missed();
            kept.retain(|id, _| !missed.contains(id));
            dropped.extend(missed.iter().filter_map(|id| places.get(id).cloned()));
            if missed.is_empty() {
                dropped.extend(draws.refused().iter().filter_map(|id| places.get(id).cloned()));
                dropped.sort();
                dropped.dedup();
                if paired == 0 {
                    context.warnings.push(nothing_in_common());
                }
                dropped.iter().for_each(|place| context.warnings.push(made_anew(place)));
                disputed.iter().for_each(|places| context.warnings.push(in_dispute(places)));
                return Ok(run);
            }
        }
    }
}

fn run(context: &Arc<Context>) -> Result<Run, Error> {
    let engines = Engines::new(context).map_err(|err| Error::Render(Box::new(err)))?;
    let rendered = templates::render(&engines);
    Ok((engines, rendered))
}

/// The objects in what was rendered; texts that are none are passed over, to be told of later.
fn objects(rendered: &[Rendered]) -> Vec<Value> {
    let sources = Sources::default();
    let read = |rendered: &Rendered| {
        let text = sources.add(rendered.template.name.as_str(), SourceKind::Rendered, rendered.text.as_bytes()).ok()?;
        Side::read("", [Document { text, template: None }]).ok()
    };
    let printed = rendered.iter().filter(|rendered| !templates::is_notes(&rendered.template));
    printed.filter_map(read).flat_map(|side| side.resources).map(|resource| resource.value).collect()
}

/// A warning about certificates that were made by a clock that is so late that they have ended.
fn expired(draws: &Draws) -> Option<Diagnostic> {
    let now = System.now() / 1_000_000_000;
    let ended = |drawn: &Drawn| keep::ends(drawn).is_some_and(|end| i128::from(end) < now);
    let drawn = draws.drawn().into_iter().find(ended)?;
    let day = Time::from_nanos(draws.now(), Zone::Utc).format(b"2006-01-02");
    let title = format!("{}: a certificate has expired already", drawn.id.template);
    let warning = Diagnostic::warning(title)
        .note(format!("the clock of this render shows {}", String::from_utf8_lossy(&day)))
        .help("give the day from which it is to count as `--now`, and the same day in later renders");
    Some(warning)
}

fn made_anew(place: &str) -> Diagnostic {
    Diagnostic::warning(format!("{place} is made anew"))
        .help("what was there has expired, or is not what the templates ask for now")
}

fn nothing_in_common() -> Diagnostic {
    Diagnostic::warning("none of the objects that --adopt names is rendered here")
        .help("they are told apart by kind, namespace and name: is the release's name or namespace another one?")
}

fn in_dispute([one, other]: &[String; 2]) -> Diagnostic {
    Diagnostic::warning(format!("{one} is made anew: it is to be the same as {other}, and the two were different"))
        .help("set the value to keep it")
}
