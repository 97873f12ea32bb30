//! Data as YAML and JSON, and back.
//!
//! Semantics: Helm 4.1.4 `pkg/engine/funcs.go`, Sprig 3.3.0 `defaults.go`. What cannot be written is nothing for `toYaml`
//! and `toJson`; those with `must` fail.

use super::Param::Any;
use super::args::{Out, any};
use super::{Context, FuncError, Function};
use crate::runtime::{Data, NilAs, Runtime};
use crate::yaml::{JsonOptions, Numbers, WriteError, WriteOptions, to_json, to_yaml};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("toYaml", &[Any], |ctx, a| Ok(yaml(ctx, any(a, 0)?).unwrap_or_default().into())),
    Function::new("mustToYaml", &[Any], |ctx, a| must(yaml(ctx, any(a, 0)?))),
    Function::new("toYamlPretty", &[Any], |ctx, a| {
        let data = any(a, 0)?.to_data(NilAs::Empty);
        if let Some(type_name) = data.no_data {
            return Err(FuncError::new(format!("cannot marshal type: {type_name}")));
        }
        let options = WriteOptions { numbers: numbers(ctx), ..WriteOptions::HELM_PRETTY };
        Ok(to_yaml(&data.value, &options).unwrap_or_default().into())
    }),
    Function::new("toJson", &[Any], |ctx, a| Ok(json(ctx, any(a, 0)?, JsonOptions::HELM).unwrap_or_default().into())),
    Function::new("mustToJson", &[Any], |ctx, a| must(json(ctx, any(a, 0)?, JsonOptions::HELM))),
    Function::new("toPrettyJson", &[Any], |ctx, a| {
        Ok(json(ctx, any(a, 0)?, JsonOptions::HELM_PRETTY).unwrap_or_default().into())
    }),
    Function::new("mustToPrettyJson", &[Any], |ctx, a| must(json(ctx, any(a, 0)?, JsonOptions::HELM_PRETTY))),
    Function::new("toRawJson", &[Any], |ctx, a| must(json(ctx, any(a, 0)?, JsonOptions::HELM_RAW))),
    Function::new("mustToRawJson", &[Any], |ctx, a| must(json(ctx, any(a, 0)?, JsonOptions::HELM_RAW))),
];

fn numbers(ctx: &Context<'_>) -> Numbers {
    if ctx.go_numbers { Numbers::Helm } else { Numbers::Exact }
}

fn must(text: Result<String, String>) -> Out {
    text.map(Runtime::from).map_err(FuncError::new)
}

fn data(value: &Runtime) -> Result<Data, String> {
    match value.to_data(NilAs::Null) {
        data if data.endless => {
            Err("json: unsupported value: encountered a cycle via map[string]interface {}".to_owned())
        }
        Data { no_data: Some(type_name), .. } => Err(format!("json: unsupported type: {type_name}")),
        data => Ok(data),
    }
}

fn json(ctx: &Context<'_>, value: &Runtime, options: JsonOptions) -> Result<String, String> {
    let options = JsonOptions { numbers: numbers(ctx), ..options };
    let data = data(value)?;
    let text = to_json(&data.value, &options).map_err(|err| err.to_string())?;
    // Go escapes what was not UTF-8, but not U+FFFD itself.
    Ok(if data.binary { text.replace('\u{fffd}', "\\ufffd") } else { text })
}

/// Helm writes JSON first and turns that into YAML, so that JSON's refusals count.
fn yaml(ctx: &Context<'_>, value: &Runtime) -> Result<String, String> {
    let as_json = |err| format!("error marshaling into JSON: {err}");
    let options = WriteOptions { numbers: numbers(ctx), ..WriteOptions::HELM };
    to_yaml(&data(value).map_err(as_json)?.value, &options).map_err(|err| match err {
        WriteError::NotFinite(_) => as_json(err.to_string()),
        other => other.to_string(),
    })
}
