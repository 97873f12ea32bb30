//! A value that the schema refuses, told to the person who wrote the value.

use serde_json::Value as Json;

use crate::diag::{Diagnostic, Span, nearest};
use crate::value::{Path, Segment};

use super::branches;
use super::failure::{Failure, Kind, Rule};
use super::read::{Context, failures, is_secret};
use super::{advice, helm, words};

/// A value that the schema refuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violation {
    /// The value: of a missing one where it would stand, of an unknown key that key.
    pub path: Path,
    /// The keyword of the schema that failed.
    pub keyword: String,
    /// What the schema asks: `must be an integer`.
    pub asks: String,
    /// What stands there instead: `is the string "3"`; empty where that goes without saying.
    pub got: String,
    /// What to say where it was set; `asks` in most cases.
    pub label: String,
    /// What the chart says about it, from `x-render-message`.
    pub message: Option<String>,
    /// Where the value was set; of a missing one, where the map was that lacks it.
    pub place: Option<Span>,
    /// Where the keyword stands in the schema.
    pub rule: Option<Span>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
    /// What Helm 4 prints about it, without the dash: `at '/age': minimum: got -25, want 0`. Values of secret keys are
    /// masked here as everywhere.
    pub helm: String,
}

impl Violation {
    /// One line: the chart's own message, or path, rule and value.
    pub fn title(&self) -> String {
        match &self.message {
            Some(message) => message.clone(),
            None => format!("{} {}", words::path(&self.path), self.sentence()),
        }
    }

    /// What is asked and what stands there.
    pub(super) fn sentence(&self) -> String {
        if self.got.is_empty() { self.asks.clone() } else { format!("{}, but {}", self.asks, self.got) }
    }

    /// As a diagnostic; `chart` is the one whose schema was broken.
    pub fn diagnostic(&self, chart: &str) -> Diagnostic {
        let label = match &self.message {
            Some(_) => format!("{} {}", words::path(&self.path), self.sentence()),
            None => self.label.clone(),
        };
        let mut diagnostic =
            Diagnostic::error(self.title()).label_opt(self.place, label).label_opt(self.rule, "the schema's rule");
        if self.place.is_none() || self.rule.is_none() {
            diagnostic = diagnostic.note(format!("asked by the schema of chart `{chart}`"));
        }
        diagnostic.notes.extend(self.notes.iter().cloned());
        diagnostic.help.extend(self.help.iter().cloned());
        diagnostic
    }
}

/// Everything that is wrong with some values.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub violations: Vec<Violation>,
    /// What Helm prints.
    pub helm: String,
}

/// The violations behind the validator's errors, in the order in which the values stand in their files.
pub(super) fn report<'e>(
    context: &Context<'_>,
    place: &dyn Fn(&Path) -> Option<Span>,
    errors: impl Iterator<Item = jsonschema::ValidationError<'e>>,
) -> Report {
    let Some(tree) = failures(context, errors) else { return Report::default() };
    let teller = Teller { context, place };
    let mut violations: Vec<Violation> = Vec::new();
    for violation in tree.leaves().into_iter().flat_map(|failure| teller.tell(failure)) {
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    }
    violations.sort_by_key(|violation| violation.place.map_or(u32::MAX, |place| place.start.0));
    Report { violations, helm: helm::tree(&tree) }
}

/// Turns failures into violations.
pub(super) struct Teller<'a> {
    pub context: &'a Context<'a>,
    pub place: &'a dyn Fn(&Path) -> Option<Span>,
}

impl Teller<'_> {
    /// The violations of one failure: a `required` that misses two properties is two.
    pub fn tell(&self, failure: &Failure) -> Vec<Violation> {
        let at = &failure.at;
        match &failure.kind {
            Kind::Required(missing) => missing.iter().map(|name| self.missing(failure, name, "is required")).collect(),
            Kind::Dependent { on, missing } => {
                let asks = format!("is required where {} is set", words::path(&at.key(on.as_str())));
                missing.iter().map(|name| self.missing(failure, name, &asks)).collect()
            }
            Kind::Unknown(keys) => keys.iter().map(|key| self.unknown(failure, &at.key(key.as_str()))).collect(),
            Kind::False if failure.rule.keyword() == "unevaluatedProperties" => vec![self.unknown(failure, at)],
            Kind::AnyOf | Kind::OneOf(None) => branches::tell(self, failure),
            Kind::PropertyName(name) => vec![self.name(failure, name)],
            kind => {
                let (asks, got) = self.sentence(kind, failure);
                let help = advice::for_kind(self.context, kind, at);
                vec![Violation { help, ..self.violation(failure, at.clone(), asks, got) }]
            }
        }
    }

    /// A violation with what is the same for all kinds.
    pub fn violation(&self, failure: &Failure, path: Path, asks: String, got: String) -> Violation {
        Violation {
            keyword: failure.rule.keyword().to_owned(),
            message: self.context.schema.message(&failure.rule, None),
            place: self.place_of(&path),
            rule: self.rule(&failure.rule),
            helm: helm::entry(failure),
            label: asks.clone(),
            asks,
            got,
            path,
            ..Violation::default()
        }
    }

    fn rule(&self, rule: &Rule) -> Option<Span> {
        self.context.schema.get(&rule.pointer)?;
        self.context.schema.span(&rule.pointer)
    }

    /// Where a value was set, or the nearest value above it that was set somewhere.
    fn place_of(&self, path: &Path) -> Option<Span> {
        let mut path = path.clone();
        loop {
            let place = if self.context.values.at(&path).is_some() { (self.place)(&path) } else { None };
            if place.is_some() || path.pop().is_none() {
                return place;
            }
        }
    }

    fn missing(&self, failure: &Failure, name: &str, asks: &str) -> Violation {
        let path = failure.at.key(name);
        let message = self.context.schema.message(&failure.rule, Some(name));
        let label = format!("{} is missing here", words::key(name));
        let help = vec![self.how_to_set(failure, name)];
        let violation = self.violation(failure, path, asks.to_owned(), "is not set".to_owned());
        Violation { message, label, help, ..violation }
    }

    /// A misspelt neighbour of a missing property, or how to set it.
    fn how_to_set(&self, failure: &Failure, name: &str) -> String {
        let object = failure.rule.pointer.split_last().map_or(&[][..], |(_, object)| object);
        let known = self.context.schema.known(object);
        let map = self.context.value(&failure.at).as_map();
        let keys = map.into_iter().flat_map(|map| map.keys()).map(|key| key.as_str());
        match nearest(name, keys.filter(|key| !known.contains(key))) {
            Some(near) => format!("{} is set here; is it a misspelling?", words::path(&failure.at.key(near))),
            None => "set it in a values file or with --set".to_owned(),
        }
    }

    fn unknown(&self, failure: &Failure, path: &Path) -> Violation {
        let key = match path.segments().last() {
            Some(Segment::Key(key)) => key.as_str(),
            _ => "",
        };
        let object = failure.rule.pointer.split_last().map_or(&[][..], |(_, object)| object);
        let help = advice::for_unknown(key, &self.context.schema.known(object));
        Violation {
            help,
            label: "unknown".to_owned(),
            ..self.violation(failure, path.clone(), "is not a key that the schema knows".into(), String::new())
        }
    }

    fn name(&self, failure: &Failure, name: &str) -> Violation {
        let path = failure.at.key(name);
        let mut violation = self.violation(failure, path, "is not an allowed key".to_owned(), String::new());
        let asks = failure.causes.iter().map(|cause| self.sentence(&cause.kind, cause).0);
        violation.notes.extend(asks.map(|asks| format!("the key itself {asks}")));
        violation
    }

    /// What a schema asks of one value, and what the value is.
    pub fn sentence(&self, kind: &Kind, failure: &Failure) -> (String, String) {
        let at = &failure.at;
        let value = self.context.value(at);
        let hidden = !self.context.show_secrets && is_secret(at);
        let is = || words::is(value, hidden);
        match kind {
            Kind::Type(types) => (format!("must be {}", words::types(types)), is()),
            Kind::Enum(options) => (format!("must be {}", words::options(options)), is()),
            Kind::Const(option) => (format!("must be {}", words::options(std::slice::from_ref(option))), is()),
            Kind::Limit(limit) => words::limit(failure.rule.keyword(), *limit, value, hidden),
            Kind::Pattern(pattern) => (format!("must match the pattern `{pattern}`"), is()),
            Kind::Format(name, why) => {
                (format!("must be {}", words::format(name)), words::is_because(value, hidden, why))
            }
            Kind::Not => (self.excluded(failure), String::new()),
            Kind::False => ("is not allowed here".to_owned(), String::new()),
            Kind::OneOf(Some((a, b))) => self.several(failure, *a, *b),
            Kind::Unique(i, j) => ("must not have an item twice".to_owned(), format!("items {i} and {j} are equal")),
            Kind::ExtraItems(most) => (format!("must have at most {}", words::count(*most, "item")), String::new()),
            Kind::Contains => ("does not have the items that the schema asks for".to_owned(), String::new()),
            _ => (format!("is refused: {}", failure.helm), String::new()),
        }
    }

    /// What a `not` excludes: often some keys at once.
    fn excluded(&self, failure: &Failure) -> String {
        let schema = self.context.schema.get(&failure.rule.pointer).and_then(Json::as_object);
        let keys = schema.filter(|schema| schema.len() == 1).and_then(|schema| schema.get("required")?.as_array());
        let keys: Vec<_> = keys.into_iter().flatten().filter_map(Json::as_str).map(words::key).collect();
        match keys.as_slice() {
            [] => "must not have the form that the schema excludes here".to_owned(),
            [key] => format!("must not have {key}"),
            keys => format!("must not have {} at once", keys.join(" and ")),
        }
    }

    fn several(&self, failure: &Failure, a: usize, b: usize) -> (String, String) {
        let name = |i: usize| branches::name(self.context.schema, &failure.rule, i);
        (
            "must have exactly one of the forms that the schema allows".to_owned(),
            format!("has {} and {}", name(a), name(b)),
        )
    }
}
