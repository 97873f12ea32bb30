//! `anyOf` and `oneOf` without a wall of text: the branches that could be meant, or the one that came nearest.

use jsonschema::JsonType;
use serde_json::Value as Json;

use super::document::Document;
use super::failure::{Failure, Kind, Rule};
use super::violation::{Teller, Violation};
use super::words;

/// The violations of an `anyOf` or `oneOf` of which no branch fits.
pub(super) fn tell(teller: &Teller<'_>, failure: &Failure) -> Vec<Violation> {
    let branches: Vec<Vec<&Failure>> = failure.causes.iter().map(Failure::leaves).collect();
    let of_type: Vec<usize> = (0..branches.len()).filter(|i| !is_other_type(failure, &branches[*i])).collect();
    let meant: Vec<&[&Failure]> = of_type.iter().map(|i| branches[*i].as_slice()).collect();
    if let Some(kind) = one_kind(failure, &branches, &meant) {
        let merged = Failure {
            kind,
            at: failure.at.clone(),
            helm: failure.helm.clone(),
            rule: failure.rule.clone(),
            causes: Vec::new(),
        };
        let entry = teller.violation(failure, failure.at.clone(), String::new(), String::new()).helm;
        return teller.tell(&merged).into_iter().map(|v| Violation { helm: entry.clone(), ..v }).collect();
    }
    if let Some(missing) = missing(failure, &meant) {
        let asks = format!("needs {}", words::or(&missing));
        return vec![teller.violation(failure, failure.at.clone(), asks, String::new())];
    }
    vec![nearest(teller, failure, &branches, &of_type)]
}

/// Whether a branch is for values of another type, or says no more than that.
fn is_other_type(failure: &Failure, branch: &[&Failure]) -> bool {
    branch.iter().any(|leaf| leaf.at == failure.at && matches!(leaf.kind, Kind::Type(_)))
}

/// One kind that says the same as all branches together: a list of types or of allowed values.
fn one_kind(failure: &Failure, branches: &[Vec<&Failure>], meant: &[&[&Failure]]) -> Option<Kind> {
    if meant.is_empty() {
        let mut types: Vec<JsonType> = Vec::new();
        for leaf in branches.iter().flatten() {
            if let Kind::Type(wanted) = &leaf.kind {
                types.extend(wanted.iter().filter(|t| !types.contains(t)).copied().collect::<Vec<_>>());
            }
        }
        return Some(Kind::Type(types));
    }
    let allowed = |branch: &&[&Failure]| match branch {
        [leaf] if leaf.at == failure.at => match &leaf.kind {
            Kind::Enum(options) => Some(options.clone()),
            Kind::Const(option) => Some(vec![option.clone()]),
            _ => None,
        },
        _ => None,
    };
    let options: Option<Vec<Vec<Json>>> = meant.iter().map(allowed).collect();
    options.map(|options| Kind::Enum(options.concat()))
}

/// The keys of which one set would do, where nothing but those is missing in any branch.
fn missing(failure: &Failure, meant: &[&[&Failure]]) -> Option<Vec<String>> {
    let of_branch = |branch: &&[&Failure]| match branch {
        [leaf] if leaf.at == failure.at => match &leaf.kind {
            Kind::Required(names) => {
                let names: Vec<_> = names.iter().map(|name| words::path(&leaf.at.key(name.as_str()))).collect();
                Some(names.join(" and "))
            }
            _ => None,
        },
        _ => None,
    };
    meant.iter().map(of_branch).collect()
}

/// The branch that came nearest, told in notes below the failure.
fn nearest(teller: &Teller<'_>, failure: &Failure, branches: &[Vec<&Failure>], meant: &[usize]) -> Violation {
    let Some(best) = meant.iter().copied().min_by_key(|i| distance(&branches[*i])) else { return Violation::default() };
    let told: Vec<Violation> = branches[best].iter().flat_map(|leaf| teller.tell(leaf)).collect();
    let count = words::count(branches.len(), "form");
    let asks = format!("has none of the {count} that the schema allows");
    let mut violation = teller.violation(failure, failure.at.clone(), asks, String::new());
    let best = name(teller.context.schema, &failure.rule, best);
    violation.help.extend(told.iter().flat_map(|v| v.help.iter().cloned()));
    match told.as_slice() {
        [only] => {
            violation.place = only.place;
            violation.label = only.sentence();
            violation.notes.push(format!("{best} comes nearest: {}", only.title()));
        }
        several => {
            violation.notes.push(format!("{best} comes nearest:"));
            violation.notes.extend(several.iter().map(Violation::title));
        }
    }
    violation
}

/// How far a branch is: first by the values that choose between branches (`kind: a`), then by the number of failures,
/// then a failure further down is nearer than one above.
fn distance(branch: &[&Failure]) -> (usize, usize, std::cmp::Reverse<usize>) {
    let chooses = |leaf: &&&Failure| matches!(leaf.kind, Kind::Const(_) | Kind::Enum(_) | Kind::Not);
    let depth = branch.iter().map(|leaf| leaf.at.segments().len()).max().unwrap_or_default();
    (branch.iter().filter(chooses).count(), branch.len(), std::cmp::Reverse(depth))
}

/// What to call a branch: by its title, or by its number from 1.
pub(super) fn name(schema: &Document, rule: &Rule, branch: usize) -> String {
    let pointer = [rule.pointer.as_slice(), &[branch.to_string()]].concat();
    match schema.title(&pointer) {
        Some(title) => format!("form {} (\"{title}\")", branch + 1),
        None => format!("form {}", branch + 1),
    }
}
