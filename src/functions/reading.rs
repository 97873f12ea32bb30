//! Data out of YAML and JSON. Helm's functions put an error where the data would be: under the key `Error`, or as the
//! only item.
//!
//! Semantics: Helm 4.1.4 `pkg/engine/funcs.go`, sigs.k8s.io/yaml 1.6.0.

use super::Param::Str;
use super::args::{Out, fail, text};
use super::{Context, Function, json};
use crate::diag::{SourceKind, Sources};
use crate::runtime::{Elem, List, MapRef, Runtime};
use crate::value::Value;
use crate::yaml::{self, YamlError};

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("fromYaml", &[Str], |_, a| Ok(map_or_error(from_yaml(text(a, 0)?)))),
    Function::new("fromYamlArray", &[Str], |_, a| Ok(list_or_error(from_yaml(text(a, 0)?)))),
    Function::new("fromJson", &[Str], |_, a| Ok(map_or_error(from_json(text(a, 0)?)))),
    Function::new("fromJsonArray", &[Str], |_, a| Ok(list_or_error(from_json(text(a, 0)?)))),
    Function::new("mustFromJson", &[Str], must_from_json),
];

/// What a text holds, and how errors of it begin.
struct Read {
    value: Value,
    /// An error that left a value behind.
    flaw: Option<String>,
    /// What stands before the words of the JSON library.
    prefix: &'static str,
    /// What null is.
    null: fn(bool) -> Runtime,
}

/// Go's nil map or list.
fn nil(list: bool) -> Runtime {
    if list { Runtime::List(List::nil(Elem::Any)) } else { Runtime::Map(MapRef::nil()) }
}

fn empty(list: bool) -> Runtime {
    if list { Runtime::list([]) } else { Runtime::Map(MapRef::new([])) }
}

fn from_json(text: &[u8]) -> Result<Read, String> {
    let parsed = json::parse(text)?;
    Ok(Read { value: parsed.value, flaw: parsed.too_large, prefix: "", null: nil })
}

fn from_yaml(text: &[u8]) -> Result<Read, String> {
    let source = Sources::default().add("fromYaml", SourceKind::Rendered, text);
    let source = source.map_err(|_| "the text is too long".to_owned())?;
    let loaded =
        yaml::load(&source).map_err(|err| format!("error converting YAML to JSON: {}", as_goyaml(&err, text)))?;
    let prefix = "error unmarshaling JSON: while decoding JSON: ";
    Ok(Read { value: loaded.value, flaw: None, prefix, null: empty })
}

fn map_or_error(read: Result<Read, String>) -> Runtime {
    match read {
        Ok(Read { value: Value::Null(_), null, .. }) => null(false),
        Ok(Read { value: value @ Value::Map(..), flaw, .. }) => {
            let map = Runtime::from(&value);
            if let (Runtime::Map(map), Some(flaw)) = (&map, flaw) {
                map.insert("Error".into(), flaw.into());
            }
            map
        }
        Ok(read) => Runtime::map([("Error", mismatch(&read, "map[string]interface {}").into())]),
        Err(err) => Runtime::map([("Error", err.into())]),
    }
}

fn list_or_error(read: Result<Read, String>) -> Runtime {
    match read {
        Ok(Read { value: Value::Null(_), null, .. }) => null(true),
        Ok(Read { value: Value::List(..), flaw: Some(flaw), .. }) => Runtime::list([flaw.into()]),
        Ok(Read { value: value @ Value::List(..), .. }) => Runtime::from(&value),
        Ok(read) => Runtime::list([mismatch(&read, "[]interface {}").into()]),
        Err(err) => Runtime::list([err.into()]),
    }
}

fn mismatch(read: &Read, want: &str) -> String {
    let kind = match &read.value {
        Value::List(..) => "array",
        Value::Map(..) => "object",
        Value::Bool(..) => "bool",
        Value::Num(..) => "number",
        _ => "string",
    };
    format!("{}json: cannot unmarshal {kind} into Go value of type {want}", read.prefix)
}

fn must_from_json(_: &Context<'_>, a: &[Runtime]) -> Out {
    match from_json(text(a, 0)?) {
        Ok(Read { flaw: None, value, .. }) => Ok(Runtime::from(&value)),
        Ok(Read { flaw: Some(err), .. }) | Err(err) => fail(err),
    }
}

/// What goyaml's parser says, as its scanner counts lines otherwise.
const PARSER_SAYS: &[&str] = &[
    "did not find expected <document start>",
    "did not find expected node content",
    "did not find expected '-' indicator",
    "did not find expected key",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "found undefined tag handle",
    "found duplicate %YAML directive",
    "found duplicate %TAG directive",
    "found incompatible YAML document",
];

/// An error as goyaml v2 prints it: it counts lines from 0 and leaves 0 out; its scanner adds 1.
fn as_goyaml(err: &YamlError, text: &[u8]) -> String {
    let message = &*err.message;
    if message.starts_with("unsupported value") {
        return format!("json: {message}");
    }
    let plain =
        ["unknown anchor", "anchor '", "invalid map key", "map merge requires", "document contains", "exceeded"];
    if plain.iter().any(|start| message.starts_with(start)) {
        return format!("yaml: {message}");
    }
    let by_parser = PARSER_SAYS.contains(&message);
    // The end of the text is a line of its own for the parser.
    let line = |at: usize| {
        let before = &text[..at.min(text.len())];
        let at_end = by_parser && at >= text.len() && !before.is_empty() && !before.ends_with(b"\n");
        memchr::memchr_iter(b'\n', before).count() + usize::from(at_end)
    };
    let shown = match (line(err.at), err.context) {
        (0, Some((context, _))) => line(context),
        (0, None) => 0,
        (line, _) => line + usize::from(!by_parser),
    };
    if shown == 0 { format!("yaml: {message}") } else { format!("yaml: line {shown}: {message}") }
}
