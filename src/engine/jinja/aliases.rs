//! The names that an Ansible user would type.

use std::sync::Arc;

use minijinja::value::{Kwargs, Rest, Value as Jinja, ValueOrKwargs};
use minijinja::{Environment, Error};

use super::functions::add_library;
use super::{Shared, convert};
use crate::functions;
use crate::value::{Map, Origin, Value};

/// Ansible's name, and Helm's name for the same.
const ALIASES: [(&str, &str); 17] = [
    ("to_yaml", "toYaml"),
    ("to_nice_yaml", "toYamlPretty"),
    ("to_json", "toRawJson"),
    ("tojson", "toRawJson"),
    ("to_nice_json", "toPrettyJson"),
    ("from_yaml", "fromYaml"),
    ("from_json", "fromJson"),
    ("b64encode", "b64enc"),
    ("b64decode", "b64dec"),
    ("sha1", "sha1sum"),
    ("sha256", "sha256sum"),
    ("basename", "base"),
    ("dirname", "dir"),
    ("regex_escape", "regexQuoteMeta"),
    ("to_uuid", "uuidv4"),
    ("flatten", "concat"),
    ("version", "semverCompare"),
];

/// Names that have no counterpart of Helm's.
const OWN: [&str; 7] = ["combine", "dict2items", "items2dict", "hash", "mandatory", "regex_replace", "regex_search"];

/// All of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALIASES.into_iter().map(|(alias, _)| alias).chain(OWN)
}

/// Adds them to an environment.
pub(super) fn register(env: &mut Environment<'static>, shared: &Arc<Shared>, traced: bool) {
    for (alias, name) in ALIASES {
        if let Some(function) = functions::find(name) {
            add_library(env, shared, function, alias, traced);
        }
    }
    env.add_filter("combine", combine);
    env.add_function("combine", combine);
    env.add_filter("dict2items", dict2items);
    env.add_filter("items2dict", items2dict);
    env.add_filter("mandatory", mandatory);
    env.add_filter("hash", hash);
    env.add_filter("regex_replace", |text: String, pattern: String, by: Option<String>| {
        let args = [pattern, text, by.unwrap_or_default().replace('\\', "$")].map(Jinja::from);
        call("mustRegexReplaceAll", &args)
    });
    env.add_filter("regex_search", |text: String, pattern: String| {
        call("mustRegexFind", &[pattern, text].map(Jinja::from))
    });
}

/// Calls a function that needs neither randomness nor a clock.
fn call(name: &str, args: &[Jinja]) -> Result<Jinja, Error> {
    struct Still;
    impl functions::Random for Still {
        fn fill(&self, _: &mut [u8]) -> Result<(), functions::FuncError> {
            Ok(())
        }
        fn now(&self) -> i128 {
            0
        }
    }
    let context = functions::Context { random: &Still, dns: false, go_numbers: false };
    match functions::find(name) {
        Some(function) => super::adapt::call(function, &context, args),
        None => Err(Error::new(minijinja::ErrorKind::UnknownFunction, name.to_owned())),
    }
}

/// Lays maps over one another, the later over the earlier; with `recursive=true` also the maps within them.
fn combine(first: Jinja, rest: Rest<ValueOrKwargs>) -> Result<Jinja, Error> {
    let rest = rest.into_values();
    let (others, recursive) = match rest.split_last() {
        Some((last, others)) if last.is_kwargs() => (others, is_recursive(last)?),
        _ => (&rest[..], false),
    };
    let mut result = Arc::unwrap_or_clone(as_map(&first)?);
    for other in others {
        lay_over(&mut result, &*as_map(other)?, recursive);
    }
    Ok(convert::to_jinja(&Value::Map(Arc::new(result), Origin::NONE)))
}

fn is_recursive(kwargs: &Jinja) -> Result<bool, Error> {
    let kwargs = Kwargs::try_from(kwargs.clone())?;
    let recursive: Option<bool> = kwargs.get("recursive")?;
    kwargs.assert_all_used()?;
    Ok(recursive.unwrap_or(false))
}

fn as_map(value: &Jinja) -> Result<Arc<Map>, Error> {
    if value.is_undefined() {
        return Err(Error::from(minijinja::ErrorKind::UndefinedError));
    }
    match convert::to_value(value) {
        Value::Map(map, _) => Ok(map),
        other => {
            let message = format!("combine takes maps, got a {}", other.kind());
            Err(Error::new(minijinja::ErrorKind::InvalidOperation, message))
        }
    }
}

fn lay_over(base: &mut Map, over: &Map, recursive: bool) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Map(below, _)), Value::Map(above, _)) if recursive => {
                lay_over(Arc::make_mut(below), above, true)
            }
            _ => drop(base.insert(key.clone(), value.clone())),
        }
    }
}

/// `{a: 1}` to `[{key: a, value: 1}]`.
fn dict2items(value: Jinja) -> Result<Jinja, Error> {
    let items = as_map(&value)?;
    let item = |(key, value): (&crate::value::Str, &Value)| {
        Value::map([("key", Value::Str(key.clone(), Origin::NONE)), ("value", value.clone())])
    };
    Ok(convert::to_jinja(&Value::list(items.iter().map(item))))
}

/// `[{key: a, value: 1}]` to `{a: 1}`.
fn items2dict(value: Jinja) -> Result<Jinja, Error> {
    let pairs = value.try_iter()?.map(|item| Ok((item.get_attr("key")?, item.get_attr("value")?)));
    let pairs = pairs.collect::<Result<Vec<_>, Error>>()?;
    Ok(convert::to_jinja(&Value::map(pairs.iter().map(|(k, v)| (super::print::to_text(k), convert::to_value(v))))))
}

/// Fails where a value is undefined.
fn mandatory(value: Jinja, message: Option<String>) -> Result<Jinja, Error> {
    match (value.is_undefined(), message) {
        (false, _) => Ok(value),
        (true, None) => Err(Error::from(minijinja::ErrorKind::UndefinedError)),
        (true, Some(message)) => {
            Err(super::error::Failure::new(crate::engine::RenderErrorKind::Refused, message).into())
        }
    }
}

/// `hash('sha256')`; sha1 where no algorithm is named.
fn hash(text: String, algorithm: Option<String>) -> Result<Jinja, Error> {
    let algorithm = algorithm.unwrap_or_else(|| "sha1".to_owned());
    let name = match algorithm.as_str() {
        "sha1" => "sha1sum",
        "sha256" => "sha256sum",
        "sha512" => "sha512sum",
        other => {
            let failure = format!("hash knows sha1, sha256 and sha512, not {other}");
            return Err(Error::new(minijinja::ErrorKind::InvalidOperation, failure));
        }
    };
    call(name, &[Jinja::from(text)])
}
