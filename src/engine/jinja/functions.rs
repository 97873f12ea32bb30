//! What Jinja templates can call: the function library, and the functions that need the engine.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use minijinja::value::{Kwargs, Rest, Value as Jinja, ValueOrKwargs};
use minijinja::{Environment, Error, State};

use super::error::{self, Failure};
use super::{Shared, adapt, aliases, convert, mark, print, reads, trace};
use crate::diag::SourceKind;
use crate::engine::{RenderErrorKind, Scope};
use crate::functions::{self, Function};

/// How many warnings of one template are located; more than these are as good as none.
pub(super) const MAX_WARNINGS: usize = 20;

/// Filters that Jinja itself defines: its meaning holds.
const JINJA_FILTERS: [&str; 47] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
    "urlencode",
];

/// Functions that Jinja itself defines.
const JINJA_FUNCTIONS: [&str; 4] = ["range", "dict", "namespace", "debug"];

/// Functions of this engine's own, which are filters too.
const OWN: [&str; 8] = ["include", "tpl", "required", "fail", "lookup", "warn", "zip", "tojson"];

/// Functions that keep the text they are given, so that what a trace knows of it stays true.
const KEEP_TEXT: [&str; 4] = ["nindent", "indent", "quote", "squote"];

/// Functions that hand on what is in the maps and lists they are given, the texts as they are.
const KEEP_ENTRIES: [&str; 13] = [
    "append",
    "concat",
    "deepCopy",
    "dict",
    "get",
    "list",
    "merge",
    "mergeOverwrite",
    "omit",
    "pick",
    "prepend",
    "set",
    "values",
];

/// All filters, for suggestions.
pub(super) fn filter_names() -> Vec<&'static str> {
    JINJA_FILTERS.into_iter().chain(OWN).chain(functions::names()).chain(aliases::names()).collect()
}

/// All functions, for suggestions.
pub(super) fn function_names() -> Vec<&'static str> {
    JINJA_FUNCTIONS.into_iter().chain(OWN).chain(functions::names()).chain(aliases::names()).collect()
}

/// Adds everything to an environment but `include`, which differs from chart to chart.
pub(super) fn register(env: &mut Environment<'static>, shared: &Arc<Shared>, traced: bool) {
    for function in functions::names().filter_map(functions::find) {
        add_library(env, shared, function, function.name, traced);
    }
    aliases::register(env, shared, traced);
    env.add_filter("string", |value: Jinja| print::to_text(&value));
    env.add_filter("join", join);
    add_engine_functions(env, shared, traced);
    if traced {
        trace::override_filters(env);
        reads::add_hooks(env);
    }
}

/// Adds a function of the library under a name: as a function, and as a filter whose input is the last argument.
pub(super) fn add_library(
    env: &mut Environment<'static>,
    shared: &Arc<Shared>,
    function: &'static Function,
    name: &'static str,
    traced: bool,
) {
    if !JINJA_FUNCTIONS.contains(&name) {
        let shared = shared.clone();
        env.add_function(name, move |args: Rest<Jinja>| invoke(&shared, function, &args, traced));
    } else if name == "dict" {
        let shared = shared.clone();
        env.add_function(name, move |args: Rest<ValueOrKwargs>| dict(&shared, function, &args.into_values(), traced));
    }
    if !JINJA_FILTERS.contains(&name) {
        let shared = shared.clone();
        env.add_filter(name, move |input: Jinja, args: Rest<Jinja>| {
            let args: Vec<Jinja> = args.iter().cloned().chain([input]).collect();
            invoke(&shared, function, &args, traced)
        });
    }
}

fn invoke(shared: &Shared, function: &Function, args: &[Jinja], traced: bool) -> Result<Jinja, Error> {
    let context = functions::Context { random: &*shared.context.random, dns: shared.context.dns, go_numbers: false };
    if !traced {
        return adapt::call(function, &context, args);
    }
    args.iter().for_each(reads::given);
    match (function.name, args) {
        ("quote", [only]) => trace::quote(only, |text| adapt::call(function, &context, &[text])),
        (name, _) if KEEP_TEXT.contains(&name) => adapt::call(function, &context, args),
        (name, _) => {
            let strip = if KEEP_ENTRIES.contains(&name) { trace::strip_text } else { trace::strip_value };
            let plain: Vec<Jinja> = args.iter().map(strip).collect();
            adapt::call(function, &context, &plain).map(|made| reads::made_of(made, args))
        }
    }
}

/// Jinja's `dict(a=1)` and `dict({…}, b=2)`; with other positional arguments Helm's `dict "a" 1`.
fn dict(shared: &Shared, function: &Function, args: &[Jinja], traced: bool) -> Result<Jinja, Error> {
    match args {
        [only] if !only.is_kwargs() && only.as_str().is_none() => {
            minijinja::functions::dict(Some(only.clone()), no_kwargs())
        }
        [.., last] if last.is_kwargs() => {
            let (base, kwargs): (Option<Jinja>, Kwargs) = minijinja::value::from_args(args)?;
            minijinja::functions::dict(base, kwargs)
        }
        _ => invoke(shared, function, args, traced),
    }
}

fn no_kwargs() -> Kwargs {
    std::iter::empty::<(String, Jinja)>().collect()
}

/// Jinja's `join`, printing its items as `{{ }}` does.
fn join(value: Jinja, separator: Option<String>, kwargs: Kwargs) -> Result<String, Error> {
    let attribute: Option<String> = kwargs.get("attribute")?;
    kwargs.assert_all_used()?;
    let items = value.try_iter()?.map(|item| match &attribute {
        Some(name) => item.get_attr(name).map(|v| print::to_text(&v)),
        None => Ok(print::to_text(&item)),
    });
    Ok(items.collect::<Result<Vec<_>, _>>()?.join(separator.as_deref().unwrap_or_default()))
}

fn add_engine_functions(env: &mut Environment<'static>, shared: &Arc<Shared>, traced: bool) {
    env.add_function("fail", |message: String| refuse(&message));
    env.add_filter("fail", |message: String| refuse(&message));
    env.add_function("required", |message: String, value: Jinja| required(&message, value));
    env.add_filter("required", |value: Jinja, message: String| required(&message, value));
    let owner = shared.clone();
    env.add_function("lookup", move |args: Rest<Jinja>| lookup(&owner, &args));
    let owner = shared.clone();
    env.add_function("warn", move |message: String| warn(&owner, &message));
    let owner = shared.clone();
    let render = move |state: &mut State<'_, '_>, text: String, context: Option<Jinja>| {
        tpl(state, &owner, &text, context, traced)
    };
    env.add_function("tpl", render.clone());
    env.add_filter("tpl", render);
}

/// Adds `include`, which looks names up from the chart's folder.
pub(super) fn register_include(env: &mut Environment<'static>, shared: &Arc<Shared>, scope: &Arc<Scope>) {
    let (owner, scope) = (shared.clone(), scope.clone());
    env.add_function("include", move |state: &mut State<'_, '_>, name: String, context: Option<Jinja>| {
        include(state, &owner, &scope, &name, context)
    });
}

fn refuse(message: &str) -> Result<Jinja, Error> {
    Err(Failure::new(RenderErrorKind::Refused, message).into())
}

/// Helm's `lookup`: API version, kind, namespace, name.
fn lookup(shared: &Shared, args: &[Jinja]) -> Jinja {
    let text = |index: usize| args.get(index).and_then(Jinja::as_str).unwrap_or_default();
    convert::to_jinja(&shared.context.objects.lookup(text(0), text(1), text(2), text(3)))
}

/// Helm's `required`: fails on nil and on empty text, on nothing else.
fn required(message: &str, value: Jinja) -> Result<Jinja, Error> {
    match value.is_undefined() || value.is_none() || value.as_str() == Some("") {
        true => refuse(message),
        false => Ok(value),
    }
}

/// Warns on stderr and prints nothing. Only counted here: the render that looks for its place reports it.
fn warn(shared: &Shared, message: &str) -> Result<&'static str, Error> {
    let number = shared.warned.fetch_add(1, Relaxed) + 1;
    if number == shared.stop_at_warning.load(Relaxed) {
        return Err(Failure::new(RenderErrorKind::Refused, message).into());
    }
    Ok("")
}

/// Renders a text as a template.
fn tpl(
    state: &mut State<'_, '_>,
    shared: &Shared,
    text: &str,
    context: Option<Jinja>,
    traced: bool,
) -> Result<String, Error> {
    let base = minijinja::context! { Template => state.lookup("Template") };
    let context = context.filter(|c| !c.is_undefined() && !c.is_none()).unwrap_or(base);
    if !traced {
        return state.env().render_named_str(TPL, text, context).map_err(|err| tpl_failed(&err, shared, text));
    }
    let text = trace::strip(text);
    let source = shared.context.sources.add(TPL, SourceKind::Template, text.as_bytes());
    let marked = source.map_or_else(|_| text.clone(), |source| mark::mark(&text, source.base));
    state.env().render_named_str(TPL, &marked, context).map_err(|err| tpl_failed(&err, shared, &text))
}

/// What a text that is rendered by `tpl` is called.
const TPL: &str = "text given to tpl";

/// The failure, pointing into the text.
fn tpl_failed(err: &Error, shared: &Shared, text: &str) -> Error {
    let mut inner = error::convert(err, shared);
    let source = shared.context.sources.add(TPL, SourceKind::Template, text.as_bytes());
    if let (true, Ok(source)) = (err.name() == Some(TPL), source) {
        let span = err.range().map_or_else(|| source.line_span(err.line().unwrap_or(1)), |r| source.range(r));
        inner.frames.insert(0, crate::engine::Frame { span, text: String::new() });
    }
    Failure { inner: Some(Box::new(inner)), ..Failure::new(RenderErrorKind::Failed, "tpl failed") }.into()
}

/// Helm's `include`: a `define` of a Go template by name, or else a Jinja template.
fn include(
    state: &mut State<'_, '_>,
    shared: &Shared,
    scope: &Scope,
    name: &str,
    context: Option<Jinja>,
) -> Result<String, Error> {
    if let Some(include_go) = &shared.include_go {
        let context = context.as_ref().map_or_else(|| convert::dot(state), convert::from_jinja);
        if let Some(rendered) = include_go(name, &context) {
            return rendered.map_err(|inner| {
                Failure { inner: Some(Box::new(inner)), ..Failure::new(RenderErrorKind::Failed, "include failed") }
                    .into()
            });
        }
    }
    let base = minijinja::context! { Template => state.lookup("Template") };
    let context = context.filter(|c| !c.is_undefined() && !c.is_none()).unwrap_or(base);
    let full = super::resolve_name(shared, scope, name, &format!("{}/_", scope.base_path));
    let _entered = shared.enter(&full);
    state.env().get_template(&full)?.render(context)
}
