//! What a function is, and the one table of all of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::runtime::time::Zone;
use crate::runtime::{Numbers, Runtime};

use super::{
    Draws, cases, crypto, data, dates, defaults, dicts, encoding, lists, math, network, number, paths, random, reading,
    reflection, regex, semver, split, strings, toml,
};
use crate::value::Str;

/// What a function may use besides its arguments.
pub struct Context<'a> {
    /// Randomness and the clock.
    pub random: &'a dyn Random,
    /// Look host names up (`--enable-dns`).
    pub dns: bool,
    /// Integers from YAML count as float64s, as in Helm.
    pub go_numbers: bool,
}

impl Context<'_> {
    /// What an integer from YAML is taken for.
    pub fn numbers(&self) -> Numbers {
        if self.go_numbers { Numbers::Go } else { Numbers::Exact }
    }

    /// Calls a function. Where randomness is to repeat, `site` tells the place of the call.
    ///
    /// # Errors
    /// Those of the function.
    pub fn call(
        &self,
        function: &Function,
        args: &[Runtime],
        site: impl FnOnce() -> Str,
    ) -> Result<Runtime, FuncError> {
        match function.random.then(|| self.random.draws()).flatten() {
            Some(draws) => draws.call(function, self, args, &site()),
            None => (function.call)(self, args),
        }
    }
}

/// Where random bytes and the time come from: the operating system, or a seed.
pub trait Random: Sync {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    /// There are none to be had; nothing made from the buffer would be secret.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError>;

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i128;

    /// The zone that dates without one are in.
    fn zone(&self) -> Zone {
        Zone::local()
    }

    /// What tells the calls of random functions apart, where they are to give the same in each render.
    fn draws(&self) -> Option<&Draws> {
        None
    }
}

/// The type of a parameter as Go declares it. An engine checks and converts arguments before the call, so that a
/// function meets only what its parameters allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// `interface{}`: anything, nil included.
    Any,
    /// `string`: [`Runtime::Str`], or [`Runtime::Binary`] where it is not UTF-8.
    Str,
    /// `bool`.
    Bool,
    /// `int`, `int64` and the like: [`Runtime::Int`].
    Int,
    /// `float64`: [`Runtime::Float`].
    Float,
    /// `[]interface{}`: [`Runtime::List`]. Nil becomes Go's nil slice.
    List,
    /// `[]string`.
    Strings,
    /// `map[string]interface{}`: [`Runtime::Map`]. Nil becomes Go's nil map.
    Map,
    /// `uint32`: [`Runtime::Int`] of a number that one holds.
    Uint32,
    /// The Go type of this name: [`Runtime::Object`].
    Object(&'static str),
}

/// One function of the library.
pub struct Function {
    /// Its name, as Helm has it.
    pub name: &'static str,
    /// The types of its fixed parameters.
    pub params: &'static [Param],
    /// The type of each further argument, where it takes further ones.
    pub rest: Option<Param>,
    /// The function. Argument counts and types were checked against `params` and `rest`.
    pub call: fn(&Context<'_>, &[Runtime]) -> Result<Runtime, FuncError>,
    /// Whether its result is random or depends on the clock.
    pub random: bool,
}

impl Function {
    /// A function with these fixed parameters.
    pub const fn new(
        name: &'static str,
        params: &'static [Param],
        call: fn(&Context<'_>, &[Runtime]) -> Result<Runtime, FuncError>,
    ) -> Self {
        Function { name, params, rest: None, call, random: false }
    }

    /// The same, with any number of further arguments.
    #[must_use]
    pub const fn rest(mut self, rest: Param) -> Self {
        self.rest = Some(rest);
        self
    }

    /// The same, marked as random.
    #[must_use]
    pub const fn random(mut self) -> Self {
        self.random = true;
        self
    }
}

/// Why a function failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuncError {
    /// The reason, in the words of Go's library where Helm shows them.
    pub message: String,
    /// The argument at fault, from 0, where one is.
    pub argument: Option<usize>,
}

impl FuncError {
    /// A failure with this reason.
    pub fn new(message: impl Into<String>) -> Self {
        FuncError { message: message.into(), argument: None }
    }
}

const FAMILIES: &[&[Function]] = &[
    strings::FAMILY,
    cases::FAMILY,
    split::FAMILY,
    defaults::FAMILY,
    dicts::FAMILY,
    lists::FAMILY,
    number::FAMILY,
    math::FAMILY,
    reflection::FAMILY,
    encoding::FAMILY,
    regex::FAMILY,
    data::FAMILY,
    reading::FAMILY,
    toml::FAMILY,
    dates::FAMILY,
    semver::FAMILY,
    paths::FAMILY,
    network::FAMILY,
    random::FAMILY,
    crypto::FAMILY,
];

static TABLE: LazyLock<HashMap<&'static str, &'static Function, foldhash::fast::RandomState>> =
    LazyLock::new(|| FAMILIES.iter().copied().flatten().map(|f| (f.name, f)).collect());

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    TABLE.get(name).copied()
}

/// All names, for suggestions and for registering with an engine.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().copied().flatten().map(|f| f.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice() {
        assert_eq!(names().count(), TABLE.len());
    }
}
