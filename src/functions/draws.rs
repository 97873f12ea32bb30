//! Randomness that repeats: what a call of a random function draws follows from a key, from where the call stands and
//! from what it is given. The same calls give the same results, and a call knows nothing of those elsewhere.
//!
//! Where a call stands is told by the engines: the template that is run ([`Draws::enter`]), and a place in it that does
//! not change when lines are added around it. A template that is run again, because another one includes it for the sake
//! of a checksum, draws again what it drew.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Context, FuncError, Function, Random, keep};
use crate::runtime::Runtime;
use crate::runtime::time::Zone;
use crate::value::Str;

type Key = [u8; 32];

/// What the keys of a render are made from.
#[derive(Clone)]
pub struct Seed(Key);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed")
    }
}

/// The seed's own clock shows a second of this year, which is long enough ago that no certificate begins in the future.
const YEAR: (i128, u64) = (1_735_689_600, 365 * 86_400);

const NANOS: i128 = 1_000_000_000;

impl Seed {
    /// A seed from text. It is stretched, so that trying texts one after the other takes long.
    ///
    /// # Errors
    /// Not enough memory for that.
    pub fn new(text: &str) -> Result<Seed, FuncError> {
        let failed = |err: &dyn std::fmt::Display| FuncError::new(format!("the seed cannot be stretched: {err}"));
        let params = scrypt::Params::new(14, 8, 1).map_err(|err| failed(&err))?;
        let mut key = Key::default();
        scrypt::scrypt(text.as_bytes(), b"render --seed", &params, &mut key).map_err(|err| failed(&err))?;
        Ok(Seed(key))
    }

    /// A seed that nobody knows.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn unknown() -> Result<Seed, FuncError> {
        let mut key = Key::default();
        super::System.fill(&mut key)?;
        Ok(Seed(key))
    }

    /// The time that the seed stands for, in nanoseconds since 1970.
    pub fn clock(&self) -> i128 {
        let digest = mac(&self.0, &[b"clock"]);
        let second = digest.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte)) % YEAR.1;
        (YEAR.0 + i128::from(second)) * NANOS
    }
}

/// Which call of a random function it is: the same in each render of the same templates, whatever the results of others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// The template that was run.
    pub template: Str,
    /// Where in it.
    pub site: Str,
    /// The function.
    pub function: &'static str,
    /// How many calls of the function there were before at this place.
    pub ordinal: u32,
}

/// A call of a random function, and its result.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Which call it was.
    pub id: Id,
    /// What it was given.
    pub args: Vec<Runtime>,
    /// What it gave.
    pub value: Runtime,
}

/// The random bytes and the clock of one render.
pub struct Draws {
    key: Key,
    now: i128,
    zone: Zone,
    /// Whether all that is drawn is noted; else certificates alone are.
    notes_all: bool,
    state: Mutex<State>,
    loose: AtomicU64,
}

#[derive(Default)]
struct State {
    /// The templates that are run, each within the one before.
    runs: Vec<Run>,
    kept: HashMap<Id, Runtime>,
    drawn: Vec<Drawn>,
    /// Where in there each call is.
    calls: HashMap<Id, Vec<usize>>,
    refused: HashSet<Id>,
    /// The authorities whose keys are missed.
    missed: Vec<(Id, Arc<keep::Missed>)>,
}

impl State {
    fn keeping(kept: HashMap<Id, Runtime>) -> State {
        State { runs: vec![Run::default()], kept, ..State::default() }
    }

    fn note(&mut self, drawn: Drawn) {
        let same = |n: &usize| {
            let noted = self.drawn.get(*n).map(|noted| keep::written(&noted.value));
            noted == Some(keep::written(&drawn.value))
        };
        let calls = self.calls.entry(drawn.id.clone()).or_default();
        if !calls.iter().any(same) {
            calls.push(self.drawn.len());
            self.drawn.push(drawn);
        }
    }
}

#[derive(Default)]
struct Run {
    template: Str,
    counts: HashMap<Key, u32>,
}

/// A template that is run, until this is dropped.
pub struct Entered<'d>(&'d Draws);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.state().runs.pop();
    }
}

impl Draws {
    /// The randomness of a release, with a clock that stands still.
    pub fn new(seed: &Seed, release: &[&str], now: i128, zone: Zone) -> Draws {
        let release: Vec<&[u8]> = release.iter().map(|part| part.as_bytes()).collect();
        Draws {
            key: mac(&seed.0, &release),
            now,
            zone,
            notes_all: false,
            state: Mutex::new(State::keeping(HashMap::new())),
            loose: 0.into(),
        }
    }

    /// The same, all of whose results are noted.
    #[must_use]
    pub fn noting(self) -> Draws {
        Draws { notes_all: true, ..self }
    }

    /// Begins the render once more, in which these calls give results of an earlier one.
    pub fn keep(&self, kept: HashMap<Id, Runtime>) {
        *self.state() = State::keeping(kept);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a template is run.
    pub fn enter(&self, template: &str) -> Entered<'_> {
        self.state().runs.push(Run { template: template.into(), counts: HashMap::new() });
        Entered(self)
    }

    /// What was drawn, in order, certificates or all; what the same call drew again is there once.
    pub fn drawn(&self) -> Vec<Drawn> {
        self.state().drawn.clone()
    }

    /// The calls that did not give what they were to keep, because it does not fit what they are given.
    pub fn refused(&self) -> HashSet<Id> {
        self.state().refused.clone()
    }

    /// The calls whose kept results lack something that was asked for.
    pub fn missed(&self) -> HashSet<Id> {
        self.state().missed.iter().filter(|(_, missed)| missed.is_set()).map(|(id, _)| id.clone()).collect()
    }

    /// Calls a random function. `site` is where, within the template that is run.
    pub(super) fn call(
        &self,
        function: &Function,
        ctx: &Context<'_>,
        args: &[Runtime],
        site: &str,
    ) -> super::args::Out {
        let (id, key) = self.next(function, args, site);
        let stream = Stream { draws: self, key, blocks: 0.into() };
        let ctx = Context { random: &stream, ..*ctx };
        let kept = self.state().kept.get(&id).cloned();
        let value = match kept.as_ref().and_then(|kept| keep::again(function, &ctx, args, kept)) {
            Some(again) => {
                self.state().missed.extend(again.missed.map(|missed| (id.clone(), missed)));
                again.value
            }
            None => {
                self.state().refused.extend(kept.map(|_| id.clone()));
                (function.call)(&ctx, args)?
            }
        };
        if keep::is_certificate(&value) || self.notes_all && keep::is_kept(function, &ctx, args) {
            self.state().note(Drawn { id, args: args.to_vec(), value: value.clone() });
        }
        Ok(value)
    }

    /// Which call comes now, and the key to what it draws.
    fn next(&self, function: &Function, args: &[Runtime], site: &str) -> (Id, Key) {
        let args: Vec<_> = args.iter().map(keep::written).collect();
        let mut state = self.state();
        let Some(run) = state.runs.last_mut() else { return (Id::of("", site, function, 0), self.key) };
        let place = [run.template.as_bytes(), site.as_bytes(), function.name.as_bytes()];
        let mut count = |key: Key| {
            let count = run.counts.entry(key).or_default();
            *count += 1;
            *count - 1
        };
        let ordinal = count(mac(&mac(&self.key, &[b"place"]), &place));
        let call: Vec<&[u8]> = place.into_iter().chain(args.iter().map(|arg| &**arg)).collect();
        let call = mac(&mac(&self.key, &[b"call"]), &call);
        let equal = count(call);
        (Id::of(&run.template, site, function, ordinal), mac(&call, &[&equal.to_le_bytes()]))
    }
}

impl Id {
    fn of(template: &str, site: &str, function: &Function, ordinal: u32) -> Id {
        Id { template: template.into(), site: site.into(), function: function.name, ordinal }
    }
}

/// What is drawn outside of any call.
impl Random for Draws {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        fill(&self.key, &self.loose, buffer);
        Ok(())
    }

    fn now(&self) -> i128 {
        self.now
    }

    fn zone(&self) -> Zone {
        self.zone.clone()
    }

    fn draws(&self) -> Option<&Draws> {
        Some(self)
    }
}

/// What one call draws.
struct Stream<'d> {
    draws: &'d Draws,
    key: Key,
    blocks: AtomicU64,
}

impl Random for Stream<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        fill(&self.key, &self.blocks, buffer);
        Ok(())
    }

    fn now(&self) -> i128 {
        self.draws.now
    }

    fn zone(&self) -> Zone {
        self.draws.zone.clone()
    }
}

/// The hashes of a key with a counter, one after the other.
fn fill(key: &Key, blocks: &AtomicU64, buffer: &mut [u8]) {
    for chunk in buffer.chunks_mut(32) {
        let block = blocks.fetch_add(1, Ordering::Relaxed);
        let hash = Sha256::new_with_prefix(key).chain_update(block.to_le_bytes()).finalize();
        chunk.copy_from_slice(&hash[..chunk.len()]);
    }
}

/// A key from another one and from texts, told apart by their lengths.
fn mac(key: &Key, parts: &[&[u8]]) -> Key {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return *key };
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::find;

    fn draws(seed: &str) -> Draws {
        Draws::new(&Seed(mac(&Key::default(), &[seed.as_bytes()])), &["shop"], 0, Zone::Utc).noting()
    }

    fn call(draws: &Draws, name: &str, args: &[Runtime], site: &str) -> String {
        let ctx = Context { random: draws, dns: false, go_numbers: true };
        let value = ctx.call(find(name).unwrap(), args, || site.into()).unwrap();
        String::from_utf8_lossy(&value.to_text(crate::runtime::Numbers::Go)).into_owned()
    }

    #[test]
    fn each_call_draws_by_itself() {
        let (one, two) = (draws("a"), draws("a"));
        let (eight, nine) = ([Runtime::int(8)], [Runtime::int(9)]);
        let first = [call(&one, "randAlpha", &eight, "x"), call(&one, "randAlpha", &eight, "x")];
        assert_ne!(first[0], first[1]);
        // Calls of another function, with other arguments, from other places make no difference.
        call(&two, "uuidv4", &[], "x");
        call(&two, "randAlpha", &nine, "x");
        call(&two, "randAlpha", &eight, "y");
        let inner = two.enter("other");
        call(&two, "randAlpha", &eight, "x");
        drop(inner);
        assert_eq!([call(&two, "randAlpha", &eight, "x"), call(&two, "randAlpha", &eight, "x")], first);
        assert_ne!(call(&draws("b"), "randAlpha", &eight, "x"), first[0]);
    }

    #[test]
    fn a_template_that_runs_again_draws_again() {
        let draws = draws("a");
        let run = || {
            let _entered = draws.enter("t");
            [call(&draws, "uuidv4", &[], ""), call(&draws, "uuidv4", &[], "")]
        };
        assert_eq!(run(), run());
        assert_eq!(draws.drawn().len(), 2);
    }

    #[test]
    fn kept_results_are_given_where_they_fit() {
        let draws = draws("a");
        let (args, other) = ([Runtime::int(0), Runtime::int(5)], [Runtime::int(7), Runtime::int(9)]);
        call(&draws, "randInt", &args, "");
        let id = draws.drawn()[0].id.clone();
        draws.keep([(id.clone(), Runtime::int(3))].into());
        assert_eq!((call(&draws, "randInt", &args, ""), draws.refused().len()), ("3".into(), 0));
        draws.keep([(id.clone(), Runtime::int(3))].into());
        assert!(["7", "8"].contains(&&*call(&draws, "randInt", &other, "")));
        assert_eq!(draws.refused(), [id].into());
    }

    #[test]
    fn every_function_that_draws_is_marked() {
        for name in crate::functions::names() {
            let function = find(name).unwrap();
            let draws = draws("a");
            let ctx = Context { random: &draws, dns: false, go_numbers: true };
            let args =
                [Runtime::str("ecdsa"), Runtime::str("x"), Runtime::str("x"), Runtime::str("x"), Runtime::str("x")];
            let numbers = [Runtime::int(1), Runtime::int(9)];
            for args in [&args[..], &numbers] {
                if let Some(args) = args.get(..function.params.len()).filter(|_| name != "getHostByName") {
                    let _ = (function.call)(&ctx, args);
                }
            }
            assert!(function.random || draws.loose.load(Ordering::Relaxed) == 0, "{name}");
        }
    }
}
