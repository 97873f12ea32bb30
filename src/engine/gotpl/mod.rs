//! The Go-template engine: `text/template` of Go 1.25 as Helm 4.1.4 drives it.
//!
//! `parse` turns text into trees and knows nothing of running them; `exec` runs trees; `fmt` is Go's fmt. What Helm
//! adds (one set of templates for the whole chart tree, `include`, `tpl`, shared values) follows pkg/engine/engine.go.

mod alone;
mod complex;
mod exec;
pub mod fmt;
mod lex;
mod objects;
pub mod parse;
mod roots;
mod set;
#[cfg(test)]
mod tests;
mod trace;
mod wording;

use std::sync::{Arc, Mutex, PoisonError};

pub use alone::render_alone;
use exec::{Exec, Registry};
use parse::{ParseError, Scratch};
use roots::Roots;
use set::{File, Set, Unit};
use trace::Trace;

use super::{Context, Engine, RenderError, RenderErrorKind, SourceMap, Template};
use crate::runtime::Runtime;
use crate::value::Str;

/// The Go-template engine with the templates of a chart and its subcharts.
///
/// Templates share maps and change them, so [`Engine::render`] is to be called in the order of [`Gotpl::order`].
pub struct Gotpl {
    context: Arc<Context>,
    set: Arc<Set>,
    order: Vec<Arc<Template>>,
    roots: Roots,
    traced: Mutex<Traced>,
    /// Where templates print, one after another.
    room: Mutex<Vec<u8>>,
}

/// A second render of the same templates, which tells where its output came from.
#[derive(Default)]
struct Traced {
    roots: Option<Roots>,
    maps: Vec<(String, SourceMap)>,
}

impl Gotpl {
    /// An engine for the Go templates of this context.
    ///
    /// # Errors
    /// When a template is not written right: the first one in Helm's order.
    pub fn new(context: Arc<Context>) -> Result<Self, RenderError> {
        let order = order(&context.templates);
        let (mut set, mut scratch) = (Set::default(), Scratch::default());
        for template in order.iter().filter(|t| !t.jinja) {
            add_template(&mut set, template, &mut scratch)?;
        }
        Ok(Gotpl::with(context, Arc::new(set), order))
    }

    fn with(context: Arc<Context>, set: Arc<Set>, order: Vec<Arc<Template>>) -> Self {
        let roots = Roots::new(&context);
        Gotpl { context, set, order, roots, traced: Mutex::default(), room: Mutex::default() }
    }

    /// An engine for the templates of another context. Where they are the same ones they are not parsed again.
    ///
    /// # Errors
    /// As [`Gotpl::new`].
    pub fn over(&self, context: Arc<Context>) -> Result<Self, RenderError> {
        let order = order(&context.templates);
        let is_same = |(one, other): (&Arc<Template>, &Arc<Template>)| Arc::ptr_eq(&one.source, &other.source);
        if order.len() != self.order.len() || !order.iter().zip(&self.order).all(is_same) {
            return Gotpl::new(context);
        }
        Ok(Gotpl::with(context, self.set.clone(), order))
    }

    /// Renders a template with values that no other one has changed.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_apart(&self, template: &Template) -> Result<String, RenderError> {
        self.run(&mut Exec::new(&self.context), &Roots::new(&self.context), template).map(without_no_value)
    }

    /// All templates in the order in which Helm runs them: those whose paths are deepest first, and names backwards.
    pub fn order(&self) -> &[Arc<Template>] {
        &self.order
    }

    /// What `include` of this name gives; `None` where no Go template has the name.
    pub fn include_by_name(&self, name: &str, data: &Runtime) -> Option<Result<String, RenderError>> {
        let unit = self.set.find(name)?.clone();
        let out = Exec::new(&self.context).execute(&self.set, &unit, data.clone());
        Some(out.map(without_no_value).map_err(|fault| fault.into_error(&self.context.provenance)))
    }

    fn run(&self, exec: &mut Exec<'_>, roots: &Roots, template: &Template) -> Result<String, RenderError> {
        let Some(unit) = self.set.find(&template.name).cloned() else {
            let reason = format!("{} is no Go template", template.name);
            return Err(RenderError::new(RenderErrorKind::Missing, reason));
        };
        let out = exec.execute(&self.set, &unit, roots.of(template));
        out.map_err(|fault| fault.into_error(&self.context.provenance))
    }
}

impl Engine for Gotpl {
    fn render(&self, template: &Arc<Template>) -> Result<String, RenderError> {
        let mut exec = Exec::new(&self.context);
        let room = || self.room.lock().unwrap_or_else(PoisonError::into_inner);
        exec.out = std::mem::take(&mut *room());
        let text = self.run(&mut exec, &self.roots, template)?;
        *room() = exec.out;
        Ok(without_no_value(text))
    }

    /// Runs all templates up to this one again, with maps of their own, since each sees what those before it changed.
    fn trace(&self, template: &Arc<Template>) -> Result<SourceMap, RenderError> {
        let mut traced = self.traced.lock().unwrap_or_else(PoisonError::into_inner);
        let roots = match traced.roots.take() {
            Some(roots) => roots,
            None => Roots::new(&self.context),
        };
        let done = traced.maps.len();
        let mut result = Ok(());
        let rest = self.order.iter().filter(|t| !t.jinja && !t.is_partial()).skip(done);
        for next in rest {
            if traced.maps.iter().any(|(name, _)| *name == template.name) {
                break;
            }
            let mut exec = Exec::new(&self.context);
            exec.trace = Some(Box::new(Trace::default()));
            match self.run(&mut exec, &roots, next) {
                Ok(text) => {
                    let map = exec.trace.take().unwrap_or_default().finish(&text);
                    traced.maps.push((next.name.clone(), map));
                }
                Err(err) => {
                    result = Err(err);
                    break;
                }
            }
        }
        traced.roots = Some(roots);
        let found = traced.maps.iter().find(|(name, _)| *name == template.name).map(|(_, map)| map.clone());
        match (found, result) {
            (Some(map), _) => Ok(map),
            (None, Err(err)) => Err(err),
            (None, Ok(())) => {
                Err(RenderError::new(RenderErrorKind::Missing, format!("{} prints nothing", template.name)))
            }
        }
    }
}

/// What Go prints for a missing value, Helm deletes.
fn without_no_value(text: String) -> String {
    if text.contains("<no value>") { text.replace("<no value>", "") } else { text }
}

/// `sortTemplates`: by the number of slashes and then by name, all backwards.
fn order(templates: &[Arc<Template>]) -> Vec<Arc<Template>> {
    let depth = |t: &Template| memchr::memchr_iter(b'/', t.name.as_bytes()).count();
    let mut order: Vec<_> = templates.iter().map(|t| (depth(t), t)).collect();
    order.sort_by(|(one, a), (other, b)| (other, &b.name).cmp(&(one, &a.name)));
    order.into_iter().map(|(_, template)| template.clone()).collect()
}

/// Reads a text that may call the functions that are `offered`.
fn read(
    file: &Arc<File>,
    offered: fn(&[u8]) -> bool,
    scratch: &mut Scratch,
) -> Result<Vec<Arc<Unit>>, Box<ParseError>> {
    let find = |name: &[u8]| Registry::get().find(name).filter(|_| offered(name));
    let trees = parse::parse(&file.name, &file.text, &find, scratch)?;
    Ok(trees.into_iter().map(|tree| Arc::new(Unit { tree, file: file.clone() })).collect())
}

fn add_template(set: &mut Set, template: &Template, scratch: &mut Scratch) -> Result<(), RenderError> {
    let source = &template.source;
    let file = Arc::new(File::new(Str::from(template.name.as_str()), source.text.clone(), Some(source.clone())));
    let units = read(&file, |_| true, scratch).map_err(|err| {
        let error = RenderError::new(RenderErrorKind::Syntax, wording::parse_error(&file.name, &err));
        let mut error = error.frame(source.range(err.start..err.end), err.reason.clone());
        error.reason = Some(err.reason.clone());
        error.help.extend(suggest_function(&err));
        error
    })?;
    units.into_iter().for_each(|unit| set.add(unit));
    Ok(())
}

fn syntax_error(file: &File, err: &ParseError, context: &Context) -> RenderError {
    let error = RenderError::new(RenderErrorKind::Syntax, wording::parse_error(&file.name, err));
    let mut error = error.frame(file.span(err.start, err.end, &context.sources), err.reason.clone());
    error.reason = Some(err.reason.clone());
    error.help.extend(suggest_function(err));
    error
}

/// The function that was meant, where one is near.
fn suggest_function(err: &ParseError) -> Option<String> {
    let typed = err.unknown_function.as_deref()?;
    let near = crate::diag::nearest(typed, Registry::get().names())?;
    Some(format!("did you mean `{near}`?"))
}
