//! How `{{ }}` prints a value: as YAML spells it.

use minijinja::value::{Value as Jinja, ValueKind};
use minijinja::{Error, ErrorKind, Output, State};

use super::convert;
use crate::value::Num;

/// Text as it is; true, false and null as YAML has them; integers in full; maps and lists as one line of YAML.
pub(super) fn format_value(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Jinja) -> Result<(), Error> {
    if let Some(text) = value.as_str() {
        return out.write_str(text).map_err(Error::from);
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    out.write_str(&to_text(value)).map_err(Error::from)
}

/// The text that a value prints as.
pub(super) fn to_text(value: &Jinja) -> String {
    match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::None => "null".to_owned(),
        ValueKind::Undefined => String::new(),
        ValueKind::Number if value.is_integer() => value.to_string(),
        ValueKind::Number => {
            f64::try_from(value.clone()).map_or_else(|_| value.to_string(), |n| Num::Float(n).to_string())
        }
        ValueKind::Bytes => String::from_utf8_lossy(value.as_bytes().unwrap_or_default()).into_owned(),
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable => {
            let mut text = String::new();
            crate::yaml::to_flow(&convert::to_value(value), &mut text);
            text
        }
        _ => value.to_string(),
    }
}
