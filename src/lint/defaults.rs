//! Defaults that a schema states otherwise than values.yaml does, which is what counts.

use serde_json::Value as Json;

use super::Input;
use super::schema::{parsed, resolved};
use crate::chart::ChartError;
use crate::diag::{Diagnostic, Span};
use crate::value::{Path, Value};

/// Compares the scalars of the outermost chart's values.yaml with its schema.
pub(super) fn check(input: &Input<'_>) -> Result<Vec<Diagnostic>, ChartError> {
    let Some(root) = parsed(input)? else { return Ok(Vec::new()) };
    let mut look = Look { input, root: &root, told: Vec::new() };
    look.entries(&input.tree.values, &root, &mut Path::root());
    Ok(look.told)
}

struct Look<'a> {
    input: &'a Input<'a>,
    root: &'a Json,
    told: Vec<Diagnostic>,
}

impl Look<'_> {
    fn entries(&mut self, values: &Value, schema: &Json, path: &mut Path) {
        let Some(schema) = resolved(self.root, schema) else { return };
        for (key, schema) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
            let Some(value) = values.get(key) else { continue };
            path.push_key(key.as_str());
            match value {
                Value::Map(..) => self.entries(value, schema, path),
                scalar => self.scalar(scalar, schema, path),
            }
            path.pop();
        }
    }

    fn scalar(&mut self, value: &Value, schema: &Json, path: &Path) {
        let stated = resolved(self.root, schema).and_then(|schema| schema.get("default"));
        let Some(stated) = stated.filter(|stated| differs(value, stated)) else { return };
        let start = self.input.provenance.pos(value.origin());
        let told = Diagnostic::info(format!("the schema says that the default of `{path}` is {stated}"));
        self.told.push(told.label_opt(start.is_some().then(|| Span::at(start)), "this is what counts"));
    }
}

/// Whether two scalars are not the same; what is no scalar is not compared.
fn differs(value: &Value, stated: &Json) -> bool {
    match (value, stated) {
        (Value::Bool(one, _), Json::Bool(other)) => one != other,
        (Value::Num(one, _), Json::Number(other)) => other.as_f64() != Some(one.as_f64()),
        (Value::Str(one, _), Json::String(other)) => one != other.as_str(),
        (Value::Bool(..) | Value::Num(..) | Value::Str(..), Json::Bool(_) | Json::Number(_) | Json::String(_)) => true,
        _ => false,
    }
}
