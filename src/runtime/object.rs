//! Things with fields or methods that are not plain maps.

use crate::value::{Str, Value};

use super::Runtime;

/// A thing that templates see with fields or methods: a time, a semantic version, a certificate, `.Files`,
/// `.Capabilities.APIVersions`.
pub trait Object: std::fmt::Debug + Send + Sync {
    /// Its Go type, as `typeOf` prints it.
    fn type_name(&self) -> &'static str;

    /// Its kind in Go's reflection.
    fn kind_name(&self) -> &'static str {
        if self.type_name().starts_with('*') { "ptr" } else { "struct" }
    }

    /// The number, where its Go type is an integer type, such as a duration's.
    fn as_int(&self) -> Option<i64> {
        None
    }

    /// What `deepCopy` makes of it, where that is not the same.
    fn deep_copy(&self) -> Option<Runtime> {
        None
    }

    /// A field, or a method without arguments, by its Go name.
    fn field(&self, name: &str) -> Option<Runtime> {
        let _ = name;
        None
    }

    /// Calls a method; none of that name gives `None`, a failed call its message.
    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        let _ = (name, args);
        None
    }

    /// The fields of its Go struct in their order, where Go prints it as a struct.
    fn fields(&self) -> Vec<(&'static str, Runtime)> {
        Vec::new()
    }

    /// The names of its fields and methods, for suggestions.
    fn names(&self) -> &'static [&'static str];

    /// Its entries, where a template can walk it as a map.
    fn entries(&self) -> Option<Vec<(Str, Runtime)>> {
        None
    }

    /// What it prints as.
    fn print(&self, out: &mut String);

    /// The data that `toYaml` and `toJson` make of it.
    fn to_value(&self) -> Value;

    /// Whether there is such data at all.
    fn is_data(&self) -> bool {
        true
    }

    /// Whether `if` takes it.
    fn truthy(&self) -> bool {
        true
    }

    /// Itself, for functions that take objects of their own kind.
    fn as_any(&self) -> &dyn std::any::Any;
}
