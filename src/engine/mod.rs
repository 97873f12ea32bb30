//! Template engines: template text in, rendered text out.
//!
//! What a template sees is the same for each engine and is put together here; how a template is read and run is the
//! engine's own business. Knows nothing of manifests.

mod carried;
mod context;
mod error;
pub mod gotpl;
pub mod jinja;
mod lookup;
mod objects;
mod source_map;

use std::sync::Arc;

pub use carried::Carried;
pub use context::{Capabilities, Context, Release, Scope, Template, Warnings};
pub use error::{Frame, RenderError, RenderErrorKind};
pub use lookup::Objects;
pub use objects::Files;
pub use source_map::{Segment, SourceMap};

/// What a template printed.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The template.
    pub template: Arc<Template>,
    /// What it printed.
    pub text: Arc<String>,
}

/// A template engine, set up with all templates of a chart and its subcharts.
pub trait Engine {
    /// Renders one template.
    ///
    /// # Errors
    /// When the template, or one it includes, is wrong or asks to fail.
    fn render(&self, template: &Arc<Template>) -> Result<String, RenderError>;

    /// Renders one template again and tells for each piece of its text which template printed it.
    ///
    /// # Errors
    /// As [`Engine::render`].
    fn trace(&self, template: &Arc<Template>) -> Result<SourceMap, RenderError>;
}
