//! The function library's functions as minijinja's: arguments checked and converted, results handed back.

use minijinja::value::Value as Jinja;
use minijinja::{Error, ErrorKind};

use super::convert::{from_jinja, runtime_to_jinja};
use super::error::{Failure, function_failed};
use crate::engine::RenderErrorKind;
use crate::functions::{Context, Function, Param};
use crate::runtime::{Elem, IntType, List, Runtime};
use crate::value::Str;

/// Functions for which an undefined argument is as good as null, since they ask whether there is a value.
const TOLERANT: [&str; 9] = ["default", "empty", "coalesce", "all", "any", "ternary", "required", "dig", "deepEqual"];

/// Calls a function of the library with a template's values.
pub(super) fn call(function: &Function, context: &Context<'_>, args: &[Jinja]) -> Result<Jinja, Error> {
    if args.last().is_some_and(Jinja::is_kwargs) {
        return Err(fail(function, "takes no named arguments".to_owned()));
    }
    if !TOLERANT.contains(&function.name) && args.iter().any(Jinja::is_undefined) {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    check_count(function, args.len())?;
    let params = function.params.iter().copied().chain(std::iter::repeat(function.rest.unwrap_or(Param::Any)));
    let args = args.iter().zip(params).enumerate();
    let args =
        args.map(|(n, (arg, param))| convert(from_jinja(arg), param).map_err(|got| mismatch(function, n, param, got)));
    let args = args.collect::<Result<Vec<_>, _>>()?;
    // The engine does not tell where a call stands.
    let result = context.call(function, &args, Str::new);
    result.map(|r| runtime_to_jinja(&r)).map_err(|e| function_failed(function.name, &e))
}

fn fail(function: &Function, what: String) -> Error {
    Failure::new(RenderErrorKind::Failed, format!("{} {what}", function.name)).into()
}

fn check_count(function: &Function, got: usize) -> Result<(), Error> {
    let least = function.params.len();
    let fits = got == least || got > least && function.rest.is_some();
    let some = if function.rest.is_some() { "at least " } else { "" };
    let plural = if least == 1 { "" } else { "s" };
    if fits { Ok(()) } else { Err(fail(function, format!("takes {some}{least} argument{plural}, got {got}"))) }
}

fn mismatch(function: &Function, n: usize, param: Param, got: &'static str) -> Error {
    let want = match param {
        Param::Any => "anything",
        Param::Str => "a string",
        Param::Bool => "a boolean",
        Param::Int => "an integer",
        Param::Float => "a number",
        Param::List => "a list",
        Param::Strings => "a list of strings",
        Param::Map => "a map",
        Param::Uint32 => "an integer from 0 to 4294967295",
        Param::Object(name) => return mismatch_object(function, n, name, got),
    };
    let failure = Failure::new(
        RenderErrorKind::Failed,
        format!("argument {} of {} must be {want}, got {got}", n + 1, function.name),
    );
    match param {
        Param::Str => failure.help("convert it with `| toString`").into(),
        _ => failure.into(),
    }
}

/// As above, for a thing that only a function gives.
fn mismatch_object(function: &Function, n: usize, name: &str, got: &'static str) -> Error {
    let (what, help) = match name {
        "time.Time" => ("a time", "`now` and `toDate` give one"),
        _ => ("a certificate", "`genCA` and `buildCustomCert` give one"),
    };
    let message = format!("argument {} of {} must be {what}, got {got}", n + 1, function.name);
    Failure::new(RenderErrorKind::Failed, message).help(help).into()
}

/// The argument as the parameter wants it, or what it is where it cannot be that.
fn convert(arg: Runtime, param: Param) -> Result<Runtime, &'static str> {
    match (param, arg) {
        (Param::Any, arg) => Ok(arg),
        (Param::Str, arg @ (Runtime::Str(_) | Runtime::Binary(_)))
        | (Param::Bool, arg @ Runtime::Bool(_))
        | (Param::Int, arg @ Runtime::Int(..))
        | (Param::Float, arg @ Runtime::Float(_))
        | (Param::List, arg @ Runtime::List(_))
        | (Param::Map, arg @ Runtime::Map(_)) => Ok(arg),
        (Param::Uint32, arg) => match convert(arg, Param::Int)? {
            Runtime::Int(n, _) if u32::try_from(n).is_ok() => Ok(Runtime::int(n)),
            other => Err(kind(&other)),
        },
        (Param::Object(name), Runtime::Object(object)) if object.type_name() == name => Ok(Runtime::Object(object)),
        (Param::List, Runtime::Nil) => Ok(Runtime::List(List::nil(Elem::Any))),
        (Param::Int, Runtime::Float(n)) if n.fract() == 0.0 && n.abs() < 9e18 => {
            Ok(Runtime::Int(n as i64, IntType::Int))
        }
        (Param::Int, Runtime::YamlInt(n)) if n.as_i64().is_some() => Ok(Runtime::int(n.as_i64().unwrap_or_default())),
        (Param::Float, arg @ (Runtime::Int(..) | Runtime::YamlInt(_))) => {
            Ok(Runtime::Float(arg.as_f64().unwrap_or_default()))
        }
        (Param::Strings, Runtime::List(list)) if list.items().iter().all(|i| matches!(i, Runtime::Str(_))) => {
            Ok(Runtime::List(List::new(list.items().into(), Elem::Str)))
        }
        (_, arg) => Err(kind(&arg)),
    }
}

fn kind(arg: &Runtime) -> &'static str {
    match arg {
        Runtime::Nil => "null",
        Runtime::Bool(_) => "a boolean",
        Runtime::Int(..) | Runtime::YamlInt(_) => "an integer",
        Runtime::Float(_) => "a number",
        Runtime::Str(_) | Runtime::Binary(_) => "a string",
        Runtime::List(_) => "a list",
        Runtime::Map(_) => "a map",
        Runtime::Object(_) => "an object",
    }
}
