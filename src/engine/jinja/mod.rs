//! The Jinja engine: minijinja behind the project's own values and functions. The only code that names minijinja.

mod adapt;
mod aliases;
mod convert;
mod error;
mod functions;
mod print;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

use super::{Context, Engine, RenderError, Scope, SourceMap, Template};

/// Steps of the virtual machine that one template may take; a template that needs more has lost its way.
const FUEL: u64 = 50_000_000;

/// Renders a Go template's `define` by name, for `include` in a Jinja template.
pub type IncludeGo = dyn Fn(&str, &crate::runtime::Runtime) -> Option<Result<String, RenderError>> + Send + Sync;

/// The Jinja engine with the templates of a chart and its subcharts.
pub struct Jinja {
    shared: Arc<Shared>,
    /// One environment a chart of the tree, since imported macros see an environment's globals and nothing else.
    environments: Mutex<HashMap<String, Arc<Environment<'static>>>>,
}

/// What the environments of all charts share.
struct Shared {
    context: Arc<Context>,
    templates: HashMap<String, Arc<Template>>,
    include_go: Option<Box<IncludeGo>>,
    /// The number of the `warn` call that is to fail, so that its place becomes known.
    stop_at_warning: std::sync::atomic::AtomicUsize,
    warned: std::sync::atomic::AtomicUsize,
}

impl Jinja {
    /// An engine for the Jinja templates of this context.
    pub fn new(context: Arc<Context>, include_go: Option<Box<IncludeGo>>) -> Self {
        let jinja = context.templates.iter().filter(|t| t.jinja);
        let templates = jinja.map(|t| (t.name.clone(), t.clone())).collect();
        let shared = Shared { context, templates, include_go, stop_at_warning: usize::MAX.into(), warned: 0.into() };
        Jinja { shared: Arc::new(shared), environments: Mutex::default() }
    }

    fn environment(&self, scope: &Arc<Scope>) -> Arc<Environment<'static>> {
        let mut all = self.environments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&scope.base_path) {
            return known.clone();
        }
        // A copy of another chart's has the functions, and the libraries that were compiled for it.
        let other = all.values().next().map(|env| (**env).clone());
        let mut env = other.unwrap_or_else(|| new_environment(&self.shared, false));
        enter(&mut env, &self.shared, scope);
        all.entry(scope.base_path.clone()).or_insert(Arc::new(env)).clone()
    }

    fn run(&self, env: &Environment<'_>, template: &Template) -> Result<String, RenderError> {
        use std::sync::atomic::Ordering::Relaxed;
        self.shared.warned.store(0, Relaxed);
        let rendered = env
            .get_template(&template.name)
            .and_then(|t| t.render(minijinja::context! { Template => convert::template_object(template) }))
            .map_err(|err| error::convert(&err, &self.shared));
        self.locate_warnings(env, template, self.shared.warned.load(Relaxed));
        rendered
    }

    /// Renders once more up to each warning, and keeps it with the place where it was given.
    ///
    /// A function cannot ask where it was called; a failure knows.
    fn locate_warnings(&self, env: &Environment<'_>, template: &Template, count: usize) {
        use std::sync::atomic::Ordering::Relaxed;
        for n in 1..=count.min(functions::MAX_WARNINGS) {
            self.shared.warned.store(0, Relaxed);
            self.shared.stop_at_warning.store(n, Relaxed);
            let context = minijinja::context! { Template => convert::template_object(template) };
            if let Err(err) = env.get_template(&template.name).and_then(|t| t.render(context)) {
                let located = error::convert(&err, &self.shared);
                let mut warning = located.diagnostic();
                warning.severity = crate::diag::Severity::Warning;
                self.shared.context.warnings.push(warning);
            }
        }
        self.shared.stop_at_warning.store(usize::MAX, Relaxed);
    }
}

impl Engine for Jinja {
    fn render(&self, template: &Arc<Template>) -> Result<String, RenderError> {
        self.run(&self.environment(&template.scope), template)
    }

    fn trace(&self, template: &Arc<Template>) -> Result<SourceMap, RenderError> {
        let mut env = new_environment(&self.shared, true);
        enter(&mut env, &self.shared, &template.scope);
        self.run(&env, template).map(|marked| trace::read_marks(&marked, &self.shared))
    }
}

/// The syntax of templates: block tags swallow the whitespace before them and the line end after them, so that
/// they may be indented and stand on lines of their own.
fn syntax() -> SyntaxConfig {
    whitespace(true)
}

/// The default delimiters, with or without the swallowing. Marked templates had theirs when they were marked.
fn whitespace(swallow: bool) -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.trim_blocks(swallow).lstrip_blocks(swallow).keep_trailing_newline(true);
    // Only delimiters can be refused, and these are the default ones.
    builder.build().unwrap_or_default()
}

/// What the environments of all charts are alike in.
fn new_environment(shared: &Arc<Shared>, traced: bool) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_syntax(whitespace(!traced));
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_debug(true);
    env.set_fuel(Some(FUEL));
    env.set_formatter(print::format_value);
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    let loader = shared.clone();
    env.set_loader(move |name| Ok(loader.templates.get(name).map(|t| template_text(t, traced))));
    functions::register(&mut env, shared, traced);
    env
}

/// What is a chart's own in its environment.
fn enter(env: &mut Environment<'static>, shared: &Arc<Shared>, scope: &Arc<Scope>) {
    let (names, own) = (shared.clone(), scope.clone());
    env.set_path_join_callback(move |name, parent| resolve_name(&names.templates, &own, name, parent).into());
    convert::add_globals(env, &shared.context, scope);
    functions::register_include(env, shared, scope);
}

fn template_text(template: &Template, traced: bool) -> String {
    let text = std::str::from_utf8(&template.source.text);
    let text = text.map_or_else(|_| String::from_utf8_lossy(&template.source.text), Into::into);
    if traced { trace::mark(&text, template.source.base) } else { text.into_owned() }
}

/// A name in `import`, `include` or `extends`: beside the template that names it, or a full name, or a template of a
/// dependency of that template's chart as `NAME/FILE`.
fn resolve_name(templates: &HashMap<String, Arc<Template>>, scope: &Scope, name: &str, parent: &str) -> String {
    let folder = parent.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = joined(folder, name);
    if templates.contains_key(&beside) {
        return beside;
    }
    if templates.contains_key(name) {
        return name.to_owned();
    }
    let base = templates.get(parent).map_or(&scope.base_path, |template| &template.scope.base_path);
    let chart = base.strip_suffix("/templates").unwrap_or(base);
    let of_dependency = name.split_once('/').map(|(dependency, file)| format!("charts/{dependency}/templates/{file}"));
    of_dependency.and_then(|path| library(templates, &format!("{chart}/{path}"), &path)).unwrap_or(beside)
}

/// A template of a dependency. Where several charts carry the same library, all use the copy of one of them, so that it
/// is compiled once.
fn library(templates: &HashMap<String, Arc<Template>>, name: &str, path: &str) -> Option<String> {
    let text = &templates.get(name)?.source.text;
    let copies = templates.values().filter(|t| t.name.ends_with(path) && t.source.text == *text);
    copies.map(|t| t.name.as_str()).min().map(str::to_owned)
}

/// A path below a folder, without `.` and `..`.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
