//! minijinja's errors as the project's own, with places, paths and suggestions.

use std::cell::RefCell;
use std::sync::Arc;

use minijinja::machinery::{Token, tokenize};
use minijinja::{Error, ErrorKind};

use super::Shared;
use crate::diag::{Span, nearest};
use crate::engine::{RenderError, RenderErrorKind, Template};
use crate::functions;
use crate::value::{Map, Path, Str, Value};

thread_local! {
    /// The last key that a template asked a map for in vain. Kept aside, since an undefined value cannot carry it; the
    /// error that may follow comes on the same thread and says itself which expression it is about.
    static LAST_MISS: RefCell<Option<(Arc<Map>, Str)>> = const { RefCell::new(None) };
}

/// Remembers that a map has no such key.
pub(super) fn note_miss(map: &Arc<Map>, key: &str) {
    LAST_MISS.with(|miss| *miss.borrow_mut() = Some((map.clone(), Str::from(key))));
}

/// A failure that one of this engine's own functions reports; travels as the source of minijinja's error.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) kind: RenderErrorKind,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What failed inside, in a text given to `tpl` or a Go template included from here.
    pub(super) inner: Option<Box<RenderError>>,
}

impl Failure {
    pub(super) fn new(kind: RenderErrorKind, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into(), help: None, inner: None }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::new(ErrorKind::InvalidOperation, failure.message.clone()).with_source(failure)
    }
}

/// An error of minijinja with all it knows.
pub(super) fn convert(err: &Error, shared: &Shared) -> RenderError {
    let mut chain = vec![err];
    let mut failure = None;
    while let Some(source) = chain.last().and_then(|e| std::error::Error::source(*e)) {
        if let Some(inner) = source.downcast_ref::<Error>() {
            chain.push(inner);
        } else {
            failure = source.downcast_ref::<Failure>();
            break;
        }
    }
    let cause = chain.last().copied().unwrap_or(err);
    let mut error = match failure {
        Some(failure) => from_failure(failure),
        None => from_kind(cause, shared, &text_of(cause)),
    };
    for (n, err) in chain.iter().rev().enumerate() {
        if let Some(span) = span_of(err, shared).filter(|span| error.frames.iter().all(|f| f.span != *span)) {
            let text = if n == 0 { String::new() } else { "included here".to_owned() };
            error = error.frame(span, text);
        }
    }
    if let Some((name, span)) = unclosed(cause, shared) {
        error = error.frame(span, format!("this `{name}` is not closed"));
    }
    error
}

/// The block tag that was never closed, where that is what the engine complains about.
fn unclosed(err: &Error, shared: &Shared) -> Option<(String, Span)> {
    const BLOCKS: [&str; 8] = ["if", "for", "macro", "call", "filter", "block", "with", "autoescape"];
    let source = &shared.templates.get(err.name()?).filter(|_| err.kind() == ErrorKind::SyntaxError)?.source;
    let text = String::from_utf8_lossy(&source.text).into_owned();
    let mut open: Vec<(String, Span)> = Vec::new();
    let mut at_tag = false;
    for (token, span) in tokenize(&text, false, super::syntax()).map_while(Result::ok) {
        if let (true, Token::Ident(name)) = (at_tag, &token) {
            let place = source.range(span.start_offset as usize..span.end_offset as usize);
            match name.strip_prefix("end") {
                Some(block) if open.last().is_some_and(|(last, _)| last == block) => drop(open.pop()),
                _ if BLOCKS.contains(name) => open.push(((*name).to_owned(), place)),
                _ => {}
            }
        }
        at_tag = matches!(token, Token::BlockStart);
    }
    open.pop()
}

fn from_failure(failure: &Failure) -> RenderError {
    let mut error = match &failure.inner {
        Some(inner) => (**inner).clone(),
        None => RenderError::new(failure.kind, failure.message.clone()),
    };
    error.help.extend(failure.help.clone());
    error
}

fn from_kind(err: &Error, shared: &Shared, text: &str) -> RenderError {
    let detail = || err.detail().unwrap_or_default().to_owned();
    let named = |what: &str| format!("{what}: {}", detail());
    match err.kind() {
        ErrorKind::UndefinedError => undefined(err, shared, text),
        ErrorKind::SyntaxError => RenderError::new(RenderErrorKind::Syntax, named("template syntax error")),
        ErrorKind::TemplateNotFound => missing_template(err, shared, text),
        ErrorKind::OutOfFuel => RenderError::new(RenderErrorKind::Limit, "the template runs too long")
            .with_help("it was stopped after 50 million steps: look for a loop over a huge range"),
        ErrorKind::UnknownFilter => unknown("filter", text, &super::functions::filter_names()),
        ErrorKind::UnknownFunction => unknown("function", text, &super::functions::function_names()),
        ErrorKind::UnknownMethod => RenderError::new(RenderErrorKind::Failed, named("unknown method")),
        ErrorKind::TooManyArguments => {
            RenderError::new(RenderErrorKind::Failed, join("too many arguments", err.detail()))
        }
        ErrorKind::MissingArgument => {
            RenderError::new(RenderErrorKind::Failed, join("an argument is missing", err.detail()))
        }
        _ => RenderError::new(
            RenderErrorKind::Failed,
            err.detail().map_or_else(|| err.kind().to_string(), str::to_owned),
        ),
    }
}

fn join(what: &str, detail: Option<&str>) -> String {
    detail.map_or_else(|| what.to_owned(), |detail| format!("{what}: {detail}"))
}

impl RenderError {
    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// A name that no filter or function has, with the nearest that one has.
fn unknown(what: &str, text: &str, names: &[&str]) -> RenderError {
    let name = identifiers(text).into_iter().find(|i| !names.contains(&i.as_str())).unwrap_or_default();
    let error = RenderError::new(RenderErrorKind::Syntax, format!("unknown {what} `{name}`"));
    match nearest(&name, names.iter().copied()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error,
    }
}

fn missing_template(err: &Error, shared: &Shared, text: &str) -> RenderError {
    let error = RenderError::new(RenderErrorKind::Missing, err.detail().unwrap_or("template not found"));
    let named = strings(text).into_iter().next().unwrap_or_default();
    let file = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let names: Vec<String> = shared.templates.keys().map(|name| file(name)).collect();
    match nearest(&file(&named), names.iter().map(String::as_str)) {
        Some(name) => error.with_help(format!("did you mean `{name}`?")),
        None => error.with_help("names are looked up beside the template that uses them"),
    }
}

/// Names the value that does not exist by its path, and the nearest one that does.
fn undefined(err: &Error, shared: &Shared, text: &str) -> RenderError {
    let scope = err.name().and_then(|name| shared.templates.get(name)).map(|t| &t.scope);
    let miss = LAST_MISS.with(|miss| miss.borrow().clone());
    let words = [identifiers(text), strings(text)].concat();
    if let Some((map, key)) = miss.filter(|(_, key)| words.iter().any(|w| w == key.as_str())) {
        let roots = scope.into_iter().flat_map(|s| [("Values", &s.values), ("Chart", &s.chart)]);
        let parent = roots.into_iter().find_map(|(name, root)| Some(format!("{name}{}", below(root, &map)?)));
        let parent = parent.unwrap_or_else(|| expression_before(text, &key));
        let error = RenderError::new(RenderErrorKind::Undefined, format!("`{parent}.{key}` is undefined"));
        return match nearest(&key, map.keys().map(Str::as_str)) {
            Some(near) => error.with_help(format!("did you mean `{parent}.{near}`?")),
            None => error.with_help(hint(&parent, &key)),
        };
    }
    const GLOBALS: [&str; 8] = ["Values", "Release", "Chart", "Capabilities", "Files", "Template", "Subcharts", "loop"];
    let message = err.detail().map_or_else(|| format!("`{text}` is undefined"), str::to_owned);
    let error = RenderError::new(RenderErrorKind::Undefined, message);
    match identifiers(text).first().filter(|w| !GLOBALS.contains(&w.as_str())).and_then(|w| nearest(w, GLOBALS)) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help("give it a value, or a fallback with `| default(…)`"),
    }
}

fn hint(parent: &str, key: &str) -> String {
    match parent.strip_prefix("Values") {
        Some(path) => {
            let path = format!("{path}.{key}");
            format!("set `{}` in a values file, or give a fallback with `| default(…)`", path.trim_start_matches('.'))
        }
        None => "give a fallback with `| default(…)`".to_owned(),
    }
}

/// The path from a root to a map below it, as it is written after the root's name.
fn below(root: &Value, map: &Arc<Map>) -> Option<String> {
    fn search(value: &Value, map: &Arc<Map>, path: &mut Path) -> bool {
        match value {
            Value::Map(here, _) => {
                Arc::ptr_eq(here, map)
                    || here.iter().any(|(key, child)| {
                        path.push_key(key.clone());
                        search(child, map, path) || path.pop().is_none()
                    })
            }
            Value::List(items, _) => items.iter().enumerate().any(|(i, child)| {
                path.push_index(i);
                search(child, map, path) || path.pop().is_none()
            }),
            _ => false,
        }
    }
    let mut path = Path::root();
    search(root, map, &mut path).then(|| {
        let text = path.to_string();
        if text.is_empty() || text.starts_with('[') { text } else { format!(".{text}") }
    })
}

/// What stands before `.key` in an expression.
fn expression_before(text: &str, key: &str) -> String {
    text.find(&format!(".{key}")).map_or("it", |at| text[..at].trim()).to_owned()
}

fn identifiers(text: &str) -> Vec<String> {
    tokens(text, |token| match token {
        Token::Ident(name) => Some((*name).to_owned()),
        _ => None,
    })
}

fn strings(text: &str) -> Vec<String> {
    tokens(text, |token| match token {
        Token::Str(text) => Some((*text).to_owned()),
        _ => None,
    })
}

fn tokens(text: &str, keep: impl Fn(&Token<'_>) -> Option<String>) -> Vec<String> {
    tokenize(text, true, super::syntax()).map_while(Result::ok).filter_map(|(token, _)| keep(&token)).collect()
}

/// Where an error happened.
fn span_of(err: &Error, shared: &Shared) -> Option<Span> {
    let template: &Template = shared.templates.get(err.name()?)?;
    let source = &template.source;
    Some(match err.range() {
        Some(range) => source.range(range),
        None => source.line_span(err.line()?),
    })
}

/// The text of the template where an error happened.
fn text_of(err: &Error) -> String {
    let text = err.template_source().and_then(|source| source.get(err.range()?));
    text.unwrap_or_default().to_owned()
}

/// The failure of a function of the library.
pub(super) fn function_failed(name: &str, err: &functions::FuncError) -> Error {
    Failure::new(RenderErrorKind::Failed, format!("{name}: {}", err.message)).into()
}
