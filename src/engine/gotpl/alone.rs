//! A template that stands alone, `--name-template`: Sprig's functions, no data, no other templates.
//!
//! `TemplateName` of Helm's pkg/action/install.go.

use std::sync::Arc;

use super::exec::Exec;
use super::parse::Scratch;
use super::set::{File, Set};
use super::{read, syntax_error, wording};
use crate::diag::SourceKind;
use crate::engine::{Context, RenderError};
use crate::runtime::Runtime;

/// What Helm adds to Sprig's functions for the templates of charts.
const OF_CHARTS: [&[u8]; 12] = [
    b"fromJsonArray",
    b"fromToml",
    b"fromYaml",
    b"fromYamlArray",
    b"include",
    b"lookup",
    b"mustToYaml",
    b"required",
    b"toToml",
    b"toYaml",
    b"toYamlPretty",
    b"tpl",
];

/// Renders a text by itself. `flag` is where it was typed, `name` what Go's errors call it.
///
/// # Errors
/// When it is not written right or fails; the words are Go's own.
pub fn render_alone(context: &Context, flag: &str, name: &str, text: &str) -> Result<String, RenderError> {
    let source = context.sources.add(flag, SourceKind::Argument, text.as_bytes());
    let file = Arc::new(File::new(name.into(), text.as_bytes().into(), source.ok()));
    let units = read(&file, |function| !OF_CHARTS.contains(&function), &mut Scratch::default()).map_err(|err| {
        let mut error = syntax_error(&file, &err, context);
        error.message = wording::go_parse_error(name, &err);
        error
    })?;
    let Some(main) = units.last().cloned() else { return Ok(String::new()) };
    let mut set = Set::default();
    units.into_iter().for_each(|unit| set.add(unit));
    let out = Exec::new(context).execute(&Arc::new(set), &main, Runtime::Nil);
    out.map_err(|fault| fault.into_go_error(&context.provenance))
}
