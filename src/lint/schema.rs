//! Given values that the schema does not know, though it does not refuse them.

use serde_json::Value as Json;

use super::Input;
use crate::chart::ChartError;
use crate::diag::{Diagnostic, Span, nearest};
use crate::value::{Path, Value};

/// References are not followed further than this.
const FURTHEST: usize = 32;

/// Looks up all that was given in the schema of the outermost chart.
pub(super) fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let Some(root) = parsed(input)? else { return Ok(Vec::new()) };
    let mut look = Look { input, root: &root, found: Vec::new() };
    look.value(input.given, &root, &mut Path::root());
    Ok(look.found)
}

/// The schema of the outermost chart. One that is not JSON is refused where values are checked against it.
pub(super) fn parsed(input: &Input<'_>) -> Result<Option<Json>, ChartError> {
    let Some(file) = &input.tree.chart.schema else { return Ok(None) };
    Ok(serde_json::from_slice(file.bytes()?).ok())
}

/// A schema that is not said elsewhere; none where what is said here and there would have to be put together.
pub(super) fn resolved<'s>(root: &'s Json, schema: &'s Json) -> Option<&'s Json> {
    let mut schema = schema;
    for _ in 0..FURTHEST {
        let Some(reference) = schema.get("$ref").and_then(Json::as_str) else { return Some(schema) };
        schema = root.pointer(reference.strip_prefix('#')?)?;
    }
    None
}

struct Look<'a> {
    input: &'a Input<'a>,
    root: &'a Json,
    found: Vec<Diagnostic>,
}

impl<'a> Look<'a> {
    fn value(&mut self, value: &Value, schema: &'a Json, path: &mut Path) {
        let Some(schema) = resolved(self.root, schema) else { return };
        for (i, item) in value.as_list().into_iter().flat_map(|items| items.iter()).enumerate() {
            let Some(items) = schema.get("items") else { return };
            path.push_index(i);
            self.value(item, items, path);
            path.pop();
        }
        let (Some(map), Some(properties)) = (value.as_map(), closed(schema)) else { return };
        for (key, value) in map.iter() {
            path.push_key(key.clone());
            match properties.get(key.as_str()) {
                Some(schema) => self.value(value, schema, path),
                None if self.is_of_chart(path) => {}
                None => {
                    let near = nearest(key, properties.keys().map(String::as_str));
                    let start = self.input.provenance.pos(value.origin());
                    let span = start.is_some().then(|| Span::new(start, start.offset(key.len())));
                    let unknown = Diagnostic::info(format!("the schema does not know `{path}`"));
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    self.found.push(unknown.label_opt(span, "").help_opt(help));
                }
            }
            path.pop();
        }
    }

    /// Whether a key is that of a subchart or of all charts, which a schema need not repeat.
    fn is_of_chart(&self, path: &Path) -> bool {
        let [crate::value::Segment::Key(key)] = path.segments() else { return false };
        let dependencies = self.input.tree.chart.metadata.dependencies.iter().flatten();
        let subcharts = self.input.tree.chart.subcharts.iter();
        matches!(key.as_str(), "global" | "tags")
            || dependencies.into_iter().any(|dependency| dependency.key() == key.as_str())
            || subcharts.into_iter().any(|subchart| subchart.name() == key.as_str())
    }
}

/// The properties of a schema that lists them all: nothing in it lets others in on purpose.
fn closed(schema: &Json) -> Option<&serde_json::Map<String, Json>> {
    const OTHERS: [&str; 12] = [
        "additionalProperties",
        "patternProperties",
        "unevaluatedProperties",
        "propertyNames",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "not",
        "dependencies",
        "dependentSchemas",
        "$dynamicRef",
    ];
    let properties = schema.get("properties")?.as_object()?;
    let others = OTHERS.iter().any(|word| schema.get(word).is_some());
    (!others && !properties.is_empty()).then_some(properties)
}
