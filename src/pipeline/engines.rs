//! Both engines behind one name: each template goes to its own.

use std::sync::Arc;

use crate::engine::{Context, Engine, RenderError, SourceMap, Template};
use crate::engine::{gotpl::Gotpl, jinja::Jinja};
use crate::runtime::Runtime;

/// The engines of one render. Jinja templates can include what Go templates define.
pub struct Engines {
    go: Arc<Gotpl>,
    jinja: Jinja,
}

impl Engines {
    /// Engines for the templates of this context.
    ///
    /// # Errors
    /// When a Go template is not written right.
    pub fn new(context: &Arc<Context>) -> Result<Self, RenderError> {
        Ok(Engines::with(Gotpl::new(context.clone())?, context))
    }

    fn with(go: Gotpl, context: &Arc<Context>) -> Self {
        let go = Arc::new(go);
        let defines = go.clone();
        let include = move |name: &str, data: &Runtime| defines.include_by_name(name, data);
        Engines { go, jinja: Jinja::new(context.clone(), Some(Box::new(include))) }
    }

    /// Engines for another context. Go templates that are the same ones are not parsed again.
    ///
    /// # Errors
    /// As [`Engines::new`].
    pub fn over(&self, context: &Arc<Context>) -> Result<Self, RenderError> {
        Ok(Engines::with(self.go.over(context.clone())?, context))
    }

    /// Renders a template as if no other had run before it.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_apart(&self, template: &Arc<Template>) -> Result<String, RenderError> {
        // Jinja templates change no values.
        if template.jinja { self.jinja.render(template) } else { self.go.render_apart(template) }
    }

    /// All templates in the order in which Helm runs them.
    pub fn order(&self) -> &[Arc<Template>] {
        self.go.order()
    }

    fn of(&self, template: &Template) -> &dyn Engine {
        if template.jinja { &self.jinja } else { &*self.go }
    }
}

impl Engine for Engines {
    fn render(&self, template: &Arc<Template>) -> Result<String, RenderError> {
        self.of(template).render(template)
    }

    fn trace(&self, template: &Arc<Template>) -> Result<SourceMap, RenderError> {
        self.of(template).trace(template)
    }
}
