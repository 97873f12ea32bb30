//! From an error of the jsonschema crate to a failure: what the schema asks, and Helm's words for it.

use jsonschema::error::{TypeKind, ValidationErrorKind as Found};
use jsonschema::{Draft, JsonType, ValidationError, Validator};
use serde_json::Value as Json;

use crate::diag::is_secret_key;
use crate::value::{Path, Segment, Value};

use super::document::{Document, descends, schema_steps};
use super::failure::{Failure, Item, Kind, Rule, dependent_properties, missing_properties, tree};
use super::helm::{count, display, number, quote, quote_all};
use super::json::{self, Values};
use super::{formats, locate};

/// What the errors are about.
pub(super) struct Context<'a> {
    /// The values that were checked.
    pub values: &'a Value,
    /// The schema that they were checked against.
    pub schema: &'a Document,
    /// Whether messages may repeat the values of secret keys.
    pub show_secrets: bool,
}

/// The tree of all errors; none where there is no error.
pub(super) fn failures<'e>(
    context: &Context<'_>,
    errors: impl Iterator<Item = ValidationError<'e>>,
) -> Option<Failure> {
    let errors: Vec<_> = errors.collect();
    let items = errors.iter().flat_map(|error| context.items(error)).collect();
    tree(items, 0, &Path::root()).or_else(|| Some(context.untold(errors.first()?)))
}

/// Whether the value at a path may not be shown: the nearest key on the way to it names a secret.
pub(super) fn is_secret(path: &Path) -> bool {
    let key = |segment: &Segment| match segment {
        Segment::Key(key) => Some(is_secret_key(key)),
        Segment::Index(_) => None,
    };
    path.segments().iter().rev().find_map(key).unwrap_or(false)
}

impl Context<'_> {
    /// The value at a path; null where there is none.
    pub fn value(&self, at: &Path) -> &Value {
        self.values.at(at).unwrap_or(&Value::NULL)
    }

    /// Text of the values in Helm's quotes, unless it is secret.
    fn quoted(&self, at: &Path, text: &str) -> String {
        if !self.show_secrets && is_secret(at) { "'***'".to_owned() } else { quote(text) }
    }

    /// A JSON pointer into the values as a path: whether a number is a key or an index, the values say.
    fn path(&self, pointer: &str) -> Path {
        let mut path = Path::root();
        let mut value = Some(self.values);
        for token in locate::tokens(pointer) {
            value = match (value, token.parse()) {
                (Some(Value::List(items, _)), Ok(index)) => {
                    path.push_index(index);
                    items.get(index)
                }
                (value, _) => {
                    path.push_key(token.as_str());
                    value.and_then(|value| value.get(&token))
                }
            };
        }
        path
    }

    /// An error in the crate's words: no error may go untold.
    fn untold(&self, error: &ValidationError<'_>) -> Failure {
        let at = self.path(error.instance_path().as_str());
        let helm = error.masked().to_string();
        Failure { at, kind: Kind::Other, helm, rule: self.schema.rule(error), causes: Vec::new() }
    }

    fn items(&self, error: &ValidationError<'_>) -> Vec<Item> {
        let at = self.path(error.instance_path().as_str());
        let rule = self.schema.rule(error);
        // A schema that is `false` failed as a whole: it has no keyword below it.
        let whole = matches!(error.kind(), Found::FalseSchema) && !self.forbids_others(&rule, &at);
        let object =
            if whole { rule.route.as_slice() } else { rule.route.split_last().map_or(&[][..], |(_, rest)| rest) };
        match error.kind() {
            Found::UnevaluatedProperties { unexpected } => {
                return self.unevaluated(&rule, unexpected.iter().map(|key| at.key(key.as_str())));
            }
            Found::UnevaluatedItems { unexpected } => {
                // The crate tells their number; they are the last ones, but for items that fit `contains`.
                let items = (0..length(self.value(&at)) as usize).map(|i| at.index(i));
                let mut refused = self.unevaluated(&rule, items);
                return refused.split_off(refused.len().saturating_sub(unexpected.len()));
            }
            _ => {}
        }
        let object = match error.kind() {
            Found::PropertyNames { .. } => &object[..object.iter().rposition(|t| t == "propertyNames").unwrap_or(0)],
            _ => object,
        };
        let object = object.to_vec();
        let value = self.value(&at);
        let (kind, helm, causes) = self.failure(error, &at, value, &object);
        let rule = match error.kind() {
            Found::PropertyNames { .. } => rule.up_to("propertyNames"),
            _ => rule,
        };
        vec![Item::new(&object, Failure { at, kind, helm, rule, causes })]
    }

    /// Parts of a value that no other keyword knows: why each is refused.
    fn unevaluated(&self, rule: &Rule, parts: impl Iterator<Item = Path>) -> Vec<Item> {
        let validators = match self.schema.get(&rule.pointer) {
            None | Some(Json::Bool(_)) => None,
            Some(_) => self.schema.parts(),
        };
        let validator = validators.as_ref().and_then(|parts| parts.get(&Document::fragment(&rule.pointer)));
        let failure = |at: Path| match validator {
            Some(validator) => self.check_again(validator, rule, &at),
            None => Some(refused(at, rule.clone())),
        };
        parts.filter_map(failure).map(|failure| Item::new(&rule.route, failure)).collect()
    }

    /// What one part of the schema says of one value.
    fn check_again(&self, validator: &Validator<Values>, rule: &Rule, at: &Path) -> Option<Failure> {
        let values = self.value(at);
        let context = Context { values, schema: self.schema, show_secrets: self.show_secrets };
        let mut failure = failures(&context, validator.iter_errors(values))?;
        failure.move_below(at, rule);
        Some(failure)
    }

    /// Kind, Helm's words and causes of an error about `value`.
    fn failure(&self, error: &ValidationError<'_>, at: &Path, value: &Value, object: &[String]) -> Said {
        let rule = self.schema.rule(error);
        match error.kind() {
            Found::Type { kind } => said_type(kind, value),
            Found::Required { property } => self.missing(property, &rule, at),
            Found::AdditionalProperties { unexpected } => said_unknown(unexpected.clone()),
            Found::Enum { options } => self.said_enum(options, &rule),
            Found::Constant { expected_value } => self.said_const(expected_value, &rule),
            Found::Pattern { pattern } => {
                let pattern = self.schema.get(&rule.pointer).and_then(Json::as_str).unwrap_or(pattern);
                let text = self.quoted(at, value.as_str().unwrap_or_default());
                leaf(Kind::Pattern(pattern.to_owned()), format!("{text} does not match pattern {}", quote(pattern)))
            }
            Found::Format { format } => {
                let text = value.as_str().unwrap_or_default();
                let why = formats::check(format, text).err().unwrap_or_default();
                let helm = format!("{} is not valid {format}: {why}", self.quoted(at, text));
                leaf(Kind::Format(format.clone(), why), helm)
            }
            Found::Not { .. } => leaf(Kind::Not, "'not' failed".to_owned()),
            Found::FalseSchema if self.forbids_others(&rule, at) => {
                let keys = value.as_map().map(|map| map.keys().map(|key| key.to_string()).collect());
                said_unknown(keys.unwrap_or_default())
            }
            Found::FalseSchema => leaf(Kind::False, "false schema".to_owned()),
            Found::AnyOf { context } => (Kind::AnyOf, "'anyOf' failed".to_owned(), self.branches(context, object, at)),
            Found::OneOfNotValid { context } => {
                (Kind::OneOf(None), "'oneOf' failed, none matched".to_owned(), self.branches(context, object, at))
            }
            Found::OneOfMultipleValid { context } => said_several(context),
            Found::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or_default().to_owned();
                let said = self.failure(error, &Path::root(), &Value::str(name.as_str()), object);
                let cause = Failure {
                    at: Path::root(),
                    kind: said.0,
                    helm: said.1,
                    rule: self.schema.rule(error),
                    causes: said.2,
                };
                let helm = format!("invalid propertyName {}", quote(&name));
                (Kind::PropertyName(name), helm, vec![cause])
            }
            Found::Contains => self.said_contains(&rule, at, value),
            Found::UniqueItems => said_unique(value),
            Found::AdditionalItems { limit } => {
                let extra = length(value).saturating_sub(*limit as u64);
                leaf(Kind::ExtraItems(*limit), format!("last {} additionalItem(s) not allowed", count(extra)))
            }
            found => limit(found).map_or_else(
                || leaf(Kind::Other, error.masked().to_string()),
                |limit| self.said_limit(found.keyword(), limit, at, value),
            ),
        }
    }

    /// Whether an error is about all keys of a map, none of which is listed: the crate then says that the schema of the
    /// others is `false`.
    fn forbids_others(&self, rule: &Rule, at: &Path) -> bool {
        rule.keyword() == "additionalProperties" && steps_down(&rule.route) > at.segments().len()
    }

    fn missing(&self, property: &Json, rule: &Rule, at: &Path) -> Said {
        let missing = vec![property.as_str().unwrap_or_default().to_owned()];
        match self.depends_on(rule, at, &missing[0]) {
            Some(on) => {
                let helm = dependent_properties(&on, &missing);
                leaf(Kind::Dependent { on, missing }, helm)
            }
            None => {
                let helm = missing_properties(&missing);
                leaf(Kind::Required(missing), helm)
            }
        }
    }

    /// The property because of which `missing` is required, where it is because of one.
    fn depends_on(&self, rule: &Rule, at: &Path, missing: &str) -> Option<String> {
        if !matches!(rule.keyword(), "dependentRequired" | "dependencies") {
            return None;
        }
        let needs = |list: &Json| list.as_array().is_some_and(|l| l.iter().any(|n| n == missing));
        let map = self.value(at).as_map()?;
        let rules = self.schema.get(&rule.pointer)?.as_object()?;
        rules.iter().find(|(on, list)| map.contains_key(on) && needs(list)).map(|(on, _)| on.clone())
    }

    fn said_enum(&self, options: &Json, rule: &Rule) -> Said {
        let options = options.as_array().cloned().unwrap_or_default();
        let scalar = |option: &Json| !option.is_array() && !option.is_object();
        let shown =
            options.iter().enumerate().map(|(i, o)| display(o, self.schema.number(&rule.pointer, Some(i)).as_deref()));
        let helm = match options.len() {
            _ if !options.iter().all(scalar) => "'enum' failed".to_owned(),
            1 => format!("value must be {}", shown.collect::<String>()),
            _ => format!("value must be one of {}", shown.collect::<Vec<_>>().join(", ")),
        };
        leaf(Kind::Enum(options), helm)
    }

    fn said_const(&self, value: &Json, rule: &Rule) -> Said {
        let helm = if value.is_array() || value.is_object() {
            "'const' failed".to_owned()
        } else {
            format!("value must be {}", display(value, self.schema.number(&rule.pointer, None).as_deref()))
        };
        leaf(Kind::Const(value.clone()), helm)
    }

    fn said_limit(&self, keyword: &str, limit: f64, at: &Path, value: &Value) -> Said {
        let (got, want) = match value {
            Value::Num(n, _) => (number(n.as_f64()), number(limit)),
            value => (count(length(value)), count(limit as u64)),
        };
        let got = if !self.show_secrets && is_secret(at) { "***".to_owned() } else { got };
        leaf(Kind::Limit(limit), format!("{keyword}: got {got}, want {want}"))
    }

    /// The failures of each branch; `object` is the way to the schema object that has the branches.
    fn branches(&self, branches: &[Vec<ValidationError<'static>>], object: &[String], at: &Path) -> Vec<Failure> {
        let depth = Item::depth(object, at) + 1;
        let branch = |errors: &Vec<ValidationError<'static>>| {
            tree(errors.iter().flat_map(|error| self.items(error)).collect(), depth, at)
        };
        branches.iter().filter_map(branch).collect()
    }

    /// `contains`: the crate says that it failed; which items fit is found by checking each again.
    fn said_contains(&self, rule: &Rule, at: &Path, value: &Value) -> Said {
        let (parent, keyword) = rule.pointer.split_last().map_or((&[][..], ""), |(k, rest)| (rest, k.as_str()));
        let of_parent = |keyword: &str| [parent, &[keyword.to_owned()]].concat();
        let checks = self.check_items(&rule.beside("contains"), at, value);
        let matched: Vec<_> =
            checks.iter().enumerate().filter(|(_, c)| c.is_none()).map(|(i, _)| i.to_string()).collect();
        let least = (self.schema.draft >= Draft::Draft201909)
            .then_some(())
            .and_then(|()| self.schema.get(&of_parent("minContains")))
            .and_then(Json::as_u64);
        let most = self.schema.get(&of_parent("maxContains")).and_then(Json::as_u64).unwrap_or_default();
        let causes = if keyword == "maxContains" { Vec::new() } else { checks.into_iter().flatten().collect() };
        let items = format!("matched {} items at {}", matched.len(), matched.join(" "));
        let helm = match (keyword, least) {
            ("maxContains", _) => format!("max {} items required to match contains schema, but {items}", count(most)),
            (_, None) => "no items match contains schema".to_owned(),
            (_, Some(least)) if matched.is_empty() => {
                format!("min {} items required to match contains schema, but none matched", count(least))
            }
            (_, Some(least)) => format!("min {} items required to match contains schema, but {items}", count(least)),
        };
        (Kind::Contains, helm, causes)
    }

    fn check_items(&self, rule: &Rule, at: &Path, value: &Value) -> Vec<Option<Failure>> {
        let validators = self.schema.parts();
        let Some(validator) = validators.as_ref().and_then(|v| v.get(&Document::fragment(&rule.pointer))) else {
            return Vec::new();
        };
        (0..length(value) as usize).map(|i| self.check_again(validator, rule, &at.index(i))).collect()
    }
}

/// Kind, Helm's words, causes.
type Said = (Kind, String, Vec<Failure>);

fn leaf(kind: Kind, helm: String) -> Said {
    (kind, helm, Vec::new())
}

/// A value that a schema which is `false` refuses.
fn refused(at: Path, rule: Rule) -> Failure {
    Failure { at, kind: Kind::False, helm: "false schema".to_owned(), rule, causes: Vec::new() }
}

fn said_type(kind: &TypeKind, value: &Value) -> Said {
    const ORDER: [JsonType; 7] = [
        JsonType::Null,
        JsonType::Boolean,
        JsonType::Number,
        JsonType::Integer,
        JsonType::String,
        JsonType::Array,
        JsonType::Object,
    ];
    let wanted: Vec<JsonType> = ORDER
        .into_iter()
        .filter(|t| match kind {
            TypeKind::Single(wanted) => wanted == t,
            TypeKind::Multiple(wanted) => wanted.contains(*t),
        })
        .collect();
    let names: Vec<_> = wanted.iter().map(|t| t.to_string()).collect();
    let helm = format!("got {}, want {}", json::type_name(value), names.join(" or "));
    leaf(Kind::Type(wanted), helm)
}

fn said_several(branches: &[Vec<ValidationError<'static>>]) -> Said {
    let mut matched = branches.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(i, _)| i);
    let both = (matched.next().unwrap_or_default(), matched.next().unwrap_or_default());
    leaf(Kind::OneOf(Some(both)), format!("'oneOf' failed, subschemas {}, {} matched", both.0, both.1))
}

fn said_unknown(keys: Vec<String>) -> Said {
    let names = quote_all(keys.iter().map(String::as_str));
    leaf(Kind::Unknown(keys), format!("additional properties {names} not allowed"))
}

fn said_unique(value: &Value) -> Said {
    let items = value.as_list().map(|items| items.as_slice()).unwrap_or_default();
    let twin = |(j, item): (usize, &Value)| Some((items[..j].iter().position(|earlier| earlier == item)?, j));
    let (i, j) = items.iter().enumerate().find_map(twin).unwrap_or_default();
    leaf(Kind::Unique(i, j), format!("items at {i} and {j} are equal"))
}

/// How far down in the values a way through the schema leads.
fn steps_down(route: &[String]) -> usize {
    schema_steps(route).into_iter().filter(|(keyword, _)| descends(keyword)).count()
}

/// Characters of text, items of a list, entries of a map.
fn length(value: &Value) -> u64 {
    match value {
        Value::Str(text, _) => text.chars().count() as u64,
        Value::List(items, _) => items.len() as u64,
        Value::Map(map, _) => map.len() as u64,
        _ => 0,
    }
}

/// The number that a keyword with a limit was given.
fn limit(found: &Found) -> Option<f64> {
    match found {
        Found::Minimum { limit }
        | Found::Maximum { limit }
        | Found::ExclusiveMinimum { limit }
        | Found::ExclusiveMaximum { limit } => limit.as_f64(),
        Found::MinLength { limit }
        | Found::MaxLength { limit }
        | Found::MinItems { limit }
        | Found::MaxItems { limit }
        | Found::MinProperties { limit }
        | Found::MaxProperties { limit } => Some(*limit as f64),
        Found::MultipleOf { multiple_of } => Some(*multiple_of),
        _ => None,
    }
}
