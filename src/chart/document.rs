//! The one place where charts read YAML.

use crate::diag::Source;
use crate::value::Value;
use crate::yaml::YamlError;

/// The first document of a text; null where there is none.
pub(super) fn read(source: &Source) -> Result<Value, YamlError> {
    crate::yaml::load(source).map(|loaded| loaded.value)
}
