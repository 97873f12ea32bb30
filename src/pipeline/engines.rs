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
        let go = Arc::new(Gotpl::new(context.clone())?);
        let defines = go.clone();
        let include = move |name: &str, data: &Runtime| defines.include_by_name(name, data);
        Ok(Engines { go, jinja: Jinja::new(context.clone(), Some(Box::new(include))) })
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
