//! What a change of manifests breaks.

use std::collections::HashSet;

use crate::value::{Str, Value};

use super::connect::Service;
use super::dangling::{Dangling, Problem};
use super::object::{World, is_service};
use super::resolve::Findings;

/// The references of the new manifests that lead nowhere because of the change: what they aim at was there before, or
/// nothing aimed at it. Connections to Services that are gone are among them.
pub fn broken_by<'a>(
    before: impl IntoIterator<Item = &'a Value>,
    after: impl IntoIterator<Item = &'a Value>,
) -> Vec<Dangling> {
    let (before, after) = (World::new(before, ""), World::new(after, ""));
    let known: HashSet<Str> = services(&after).into_iter().map(|service| service.id.name).collect();
    let gone = services(&before).into_iter().filter(|service| !known.contains(&service.id.name));
    let gone: Vec<Service> = gone.collect();
    let dangled = Findings::of(&before, &[]).dangling;
    let dangled: HashSet<Problem> = dangled.into_iter().map(|dangling| in_essence(dangling.problem)).collect();
    let was_there = |problem: &Problem| match problem {
        Problem::Absent(id) => before.named(&id.kind, &id.namespace, &id.name).is_some(),
        _ => true,
    };
    let all = Findings::of(&after, &gone).dangling.into_iter();
    let new = all.filter(|dangling| !dangled.contains(&in_essence(dangling.problem.clone())));
    new.filter(|dangling| !dangling.is_usual() || was_there(&dangling.problem)).collect()
}

/// The problem whatever else a Service has.
fn in_essence(problem: Problem) -> Problem {
    match problem {
        Problem::NoPort { service, port, .. } => Problem::NoPort { service, port, has: Vec::new() },
        other => other,
    }
}

fn services(world: &World<'_>) -> Vec<Service> {
    let services = world.objects.iter().filter(|object| is_service(&object.id));
    services.map(Service::of).collect()
}
