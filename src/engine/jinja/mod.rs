//! The Jinja engine: minijinja behind the project's own values and functions. The only code that names minijinja.

mod adapt;
mod aliases;
mod convert;
mod error;
mod functions;
mod known;
mod mark;
mod print;
mod reads;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Captured, Environment, UndefinedBehavior};

use super::{Context, Engine, RenderError, Scope, SourceMap, Template};
use crate::functions::Entered;

/// Steps of the virtual machine that one template may take; a template that needs more has lost its way.
const FUEL: u64 = 50_000_000;

/// The template of a chart that runs once, before its others: what it sets, they all see.
pub(crate) const GLOBALS: &str = "_globals.j2";

/// Renders a Go template's `define` by name, for `include` in a Jinja template.
pub type IncludeGo = dyn Fn(&str, &crate::runtime::Runtime) -> Option<Result<String, RenderError>> + Send + Sync;

/// The Jinja engine with the templates of a chart and its subcharts.
pub struct Jinja {
    shared: Arc<Shared>,
    /// Made for the first template.
    ground: Mutex<Option<Ground>>,
}

/// What templates run on: one environment, which is that of one chart at a time, since imported macros see an
/// environment's globals and nothing else. The functions and compiled libraries in it are the same for all.
struct Ground {
    env: Environment<'static>,
    /// Whose it is now.
    chart: Option<String>,
    /// The names that the chart's globals set, with what stood there before.
    replaced: Vec<(String, Option<minijinja::Value>)>,
    /// What the globals of each chart set, once they have run.
    exports: HashMap<String, Exports>,
}

type Exports = Vec<(String, minijinja::Value)>;

/// What the environments of all charts share.
struct Shared {
    context: Arc<Context>,
    templates: HashMap<String, Arc<Template>>,
    /// The templates of dependencies by their paths from the chart that has them.
    libraries: HashMap<String, Vec<Arc<Template>>>,
    include_go: Option<Box<IncludeGo>>,
    /// The number of the `warn` call that is to fail, so that its place becomes known.
    stop_at_warning: std::sync::atomic::AtomicUsize,
    warned: std::sync::atomic::AtomicUsize,
}

impl Shared {
    /// Says that a template is run, where randomness is to repeat and it is its own: partials are parts of others, but
    /// for the one that sets the chart's globals.
    fn enter(&self, name: &str) -> Option<Entered<'_>> {
        let is_own = |template: &Template| !template.is_partial() || name.ends_with(GLOBALS);
        let draws = self.context.random.draws()?;
        self.templates.get(name).filter(|template| is_own(template)).map(|_| draws.enter(name))
    }
}

impl Jinja {
    /// An engine for the Jinja templates of this context.
    pub fn new(context: Arc<Context>, include_go: Option<Box<IncludeGo>>) -> Self {
        let jinja = context.templates.iter().filter(|t| t.jinja);
        let templates = jinja.map(|t| (t.name.clone(), t.clone())).collect();
        let shared = Arc::new(Shared {
            libraries: libraries(&templates),
            context,
            templates,
            include_go,
            stop_at_warning: usize::MAX.into(),
            warned: 0.into(),
        });
        Jinja { shared, ground: Mutex::default() }
    }

    /// Makes the ground that of one chart, as its templates see it.
    fn enter(&self, ground: &mut Ground, scope: &Arc<Scope>) -> Result<(), RenderError> {
        if ground.chart.as_deref() == Some(&scope.base_path) {
            return Ok(());
        }
        ground.leave();
        let env = &mut ground.env;
        let (names, own) = (self.shared.clone(), scope.clone());
        env.set_path_join_callback(move |name, parent| resolve_name(&names, &own, name, parent).into());
        convert::add_globals(env, &self.shared.context, scope);
        functions::register_include(env, &self.shared, scope);
        if !ground.exports.contains_key(&scope.base_path) {
            let set = match self.shared.templates.get(&format!("{}/{GLOBALS}", scope.base_path)) {
                Some(template) => self.run(env, template, |captured| exports(&captured))?,
                None => Exports::new(),
            };
            ground.exports.insert(scope.base_path.clone(), set);
        }
        ground.chart = Some(scope.base_path.clone());
        for (name, value) in ground.exports.get(&scope.base_path).into_iter().flatten() {
            let before = ground.env.globals().find(|(known, _)| *known == name).map(|(_, value)| value);
            ground.replaced.push((name.clone(), before));
            ground.env.add_global(name.clone(), value.clone());
        }
        Ok(())
    }

    fn run<T>(
        &self,
        env: &Environment<'_>,
        template: &Template,
        take: impl FnOnce(Captured<'_>) -> T,
    ) -> Result<T, RenderError> {
        use std::sync::atomic::Ordering::Relaxed;
        self.shared.warned.store(0, Relaxed);
        let rendered = self.run_once(env, template, take);
        self.locate_warnings(env, template, self.shared.warned.load(Relaxed));
        rendered
    }

    fn run_once<T>(
        &self,
        env: &Environment<'_>,
        template: &Template,
        take: impl FnOnce(Captured<'_>) -> T,
    ) -> Result<T, RenderError> {
        let _entered = self.shared.enter(&template.name);
        env.get_template(&template.name)
            .and_then(|t| t.render_captured(minijinja::context! { Template => convert::template_object(template) }))
            .map(take)
            .map_err(|err| error::convert(&err, &self.shared))
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
        let mut ground = self.ground.lock().unwrap_or_else(PoisonError::into_inner);
        let ground = ground.get_or_insert_with(|| Ground::new(new_environment(&self.shared, false)));
        self.enter(ground, &template.scope)?;
        self.run(&ground.env, template, |captured| captured.into_output())
    }

    fn trace(&self, template: &Arc<Template>) -> Result<SourceMap, RenderError> {
        let noting = reads::Noting::start();
        let mut ground = Ground::new(new_environment(&self.shared, true));
        self.enter(&mut ground, &template.scope)?;
        let marked = self.run_once(&ground.env, template, |captured| captured.into_output());
        let (reads, context) = (noting.finish(), &self.shared.context);
        match marked {
            Ok(marked) => Ok(trace::read_marks(&marked, &self.shared, &reads)),
            Err(err) if !err.kind.is_about_values() => Err(err),
            Err(err) => Err(RenderError { value: context.provenance.pos(reads.last(context)), ..err }),
        }
    }
}

impl Ground {
    fn new(env: Environment<'static>) -> Self {
        Ground { env, chart: None, replaced: Vec::new(), exports: HashMap::new() }
    }

    /// Undoes what the globals of the chart set.
    fn leave(&mut self) {
        self.chart = None;
        for (name, before) in self.replaced.drain(..).rev() {
            match before {
                Some(value) => self.env.add_global(name, value),
                None => self.env.remove_global(&name),
            }
        }
    }
}

/// What a template set at its top level. Macros stay where they are: they need the template that has them.
fn exports(captured: &Captured<'_>) -> Exports {
    let state = captured.state();
    let names = state.exports().into_iter();
    let values = names.filter_map(|name| Some((name.to_owned(), state.lookup(name)?)));
    values.filter(|(_, value)| value.kind() != ValueKind::Plain).collect()
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

/// What the environments of all charts begin with.
fn new_environment(shared: &Arc<Shared>, traced: bool) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_syntax(whitespace(!traced));
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_debug(true);
    // Marks take some.
    env.set_fuel(Some(if traced { FUEL * 8 } else { FUEL }));
    env.set_formatter(if traced { trace::format_value } else { print::format_value });
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    let loader = shared.clone();
    env.set_loader(move |name| Ok(loader.templates.get(name).map(|t| template_text(t, traced))));
    functions::register(&mut env, shared, traced);
    env
}

fn template_text(template: &Template, traced: bool) -> String {
    let text = std::str::from_utf8(&template.source.text);
    let text = text.map_or_else(|_| String::from_utf8_lossy(&template.source.text), Into::into);
    if traced { mark::mark(&text, template.source.base) } else { text.into_owned() }
}

/// A name in `import`, `include` or `extends`: beside the template that names it, or a full name, or a template of a
/// dependency of that template's chart as `NAME/FILE`.
fn resolve_name(shared: &Shared, scope: &Scope, name: &str, parent: &str) -> String {
    let templates = &shared.templates;
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
    of_dependency.and_then(|path| library(shared, &format!("{chart}/{path}"), &path)).unwrap_or(beside)
}

/// A template of a dependency. Where several charts carry the same library, all use the copy of one of them, so that it
/// is compiled once.
fn library(shared: &Shared, name: &str, path: &str) -> Option<String> {
    let text = &shared.templates.get(name)?.source.text;
    let copies = shared.libraries.get(path).into_iter().flatten().filter(|t| t.source.text == *text);
    Some(copies.map(|t| t.name.as_str()).min().unwrap_or(name).to_owned())
}

/// The templates of dependencies, by their paths from the chart that has them: `charts/NAME/templates/FILE`.
fn libraries(templates: &HashMap<String, Arc<Template>>) -> HashMap<String, Vec<Arc<Template>>> {
    let mut libraries = HashMap::<_, Vec<_>>::new();
    for template in templates.values() {
        if let Some((at, _)) = template.name.rmatch_indices("/charts/").next() {
            libraries.entry(template.name[at + 1..].to_owned()).or_default().push(template.clone());
        }
    }
    libraries
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
