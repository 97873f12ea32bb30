//! Semantic versions, as values with methods and compared.
//!
//! Semantics: Sprig 3.3.0 `semver.go`, Masterminds/semver 3.4.0.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Param::Str;
use super::args::text;
use super::{FuncError, Function};
use crate::chart::semver::{Constraints, SemverError, Version};
use crate::runtime::{IntType, Object, Runtime};
use crate::value::Value;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("semver", &[Str], |_, a| {
        let version = Version::parse(&lossy(text(a, 0)?)).map_err(failed)?;
        Ok(Runtime::Object(Arc::new(Semver { version, pointer: true })))
    }),
    Function::new("semverCompare", &[Str, Str], |_, a| {
        let constraints = Constraints::parse(&lossy(text(a, 0)?)).map_err(failed)?;
        let version = Version::parse(&lossy(text(a, 1)?)).map_err(failed)?;
        Ok(constraints.check(&version).into())
    }),
];

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(err: SemverError) -> FuncError {
    FuncError::new(err.to_string())
}

/// What `semver` gives: a pointer, as Go has it. The next versions that its methods give are none, and lack the methods
/// that need one.
#[derive(Debug, Clone)]
struct Semver {
    version: Version,
    pointer: bool,
}

/// Makes the next version of one.
fn next(of: &Version, change: impl FnOnce(&mut Version)) -> Runtime {
    let mut version = of.clone();
    change(&mut version);
    let prefix = if of.original.starts_with('v') { "v" } else { "" };
    version.original = format!("{prefix}{version}");
    Runtime::Object(Arc::new(Semver { version, pointer: false }))
}

fn released(version: &mut Version) {
    version.pre.clear();
    version.metadata.clear();
}

fn number(n: u64) -> Runtime {
    Runtime::Int(n as i64, IntType::Uint64)
}

impl Object for Semver {
    fn type_name(&self) -> &'static str {
        if self.pointer { "*semver.Version" } else { "semver.Version" }
    }

    /// The copy has nothing of what is private to Go's package, which is everything.
    fn deep_copy(&self) -> Option<Runtime> {
        let version = Version::parse("0.0.0").ok()?;
        Some(Runtime::Object(Arc::new(Semver {
            version: Version { original: String::new(), ..version },
            ..self.clone()
        })))
    }

    fn field(&self, name: &str) -> Option<Runtime> {
        let version = &self.version;
        Some(match name {
            "Major" => number(version.major),
            "Minor" => number(version.minor),
            "Patch" => number(version.patch),
            "Prerelease" => version.pre.as_str().into(),
            "Metadata" => version.metadata.as_str().into(),
            "String" | "Value" => version.to_string().into(),
            "Original" if self.pointer => version.original.as_str().into(),
            "IncMajor" => next(version, |v| {
                released(v);
                (v.major, v.minor, v.patch) = (v.major.wrapping_add(1), 0, 0);
            }),
            "IncMinor" => next(version, |v| {
                released(v);
                (v.minor, v.patch) = (v.minor.wrapping_add(1), 0);
            }),
            "IncPatch" => next(version, |v| {
                v.patch = v.patch.wrapping_add(u64::from(v.pre.is_empty()));
                released(v);
            }),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Runtime]) -> Option<Result<Runtime, String>> {
        match (name, args) {
            ("SetPrerelease", [text]) => Some(self.with_prerelease(text.as_str()?)),
            ("SetMetadata", [text]) => Some(self.with_metadata(text.as_str()?)),
            (_, [Runtime::Object(other)]) if self.pointer => {
                let other = other.as_any().downcast_ref::<Semver>().filter(|other| other.pointer)?;
                compared(name, self.version.compare(&other.version)).map(Ok)
            }
            _ => None,
        }
    }

    fn names(&self) -> &'static [&'static str] {
        const NAMES: &[&str] = &[
            "Compare",
            "Equal",
            "GreaterThan",
            "GreaterThanEqual",
            "IncMajor",
            "IncMinor",
            "IncPatch",
            "LessThan",
            "LessThanEqual",
            "Major",
            "Metadata",
            "Minor",
            "Original",
            "Patch",
            "Prerelease",
            "SetMetadata",
            "SetPrerelease",
            "String",
            "Value",
        ];
        NAMES
    }

    fn print(&self, out: &mut String) {
        out.push_str(&self.version.to_string());
    }

    fn to_value(&self) -> Value {
        Value::str(self.version.to_string())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

fn compared(name: &str, order: Ordering) -> Option<Runtime> {
    Some(match name {
        "Compare" => Runtime::int(order as i64),
        "Equal" => order.is_eq().into(),
        "LessThan" => order.is_lt().into(),
        "LessThanEqual" => order.is_le().into(),
        "GreaterThan" => order.is_gt().into(),
        "GreaterThanEqual" => order.is_ge().into(),
        _ => return None,
    })
}

impl Semver {
    fn with_prerelease(&self, text: &str) -> Result<Runtime, String> {
        for part in text.split('.').filter(|_| !text.is_empty()) {
            if !allowed(part) {
                return Err("invalid prerelease string".into());
            }
            if part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()) {
                return Err("version segment starts with 0".into());
            }
        }
        Ok(next(&self.version, |v| v.pre = text.to_owned()))
    }

    fn with_metadata(&self, text: &str) -> Result<Runtime, String> {
        if !text.is_empty() && !text.split('.').all(allowed) {
            return Err("invalid metadata string".into());
        }
        Ok(next(&self.version, |v| v.metadata = text.to_owned()))
    }
}

/// Whether a part of a pre-release or of metadata consists of what may stand there.
fn allowed(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Runtime {
        Runtime::Object(Arc::new(Semver { version: Version::parse(text).unwrap(), pointer: true }))
    }

    fn shown(value: &Runtime) -> String {
        let mut out = String::new();
        value.print_go(&mut out);
        out
    }

    #[test]
    fn fields_and_methods_are_go_s() {
        let Runtime::Object(version) = object("v1.2.3-rc.1+b") else { unreachable!() };
        for (name, want) in [
            ("Major", "1"),
            ("Patch", "3"),
            ("Prerelease", "rc.1"),
            ("Metadata", "b"),
            ("String", "1.2.3-rc.1+b"),
            ("Original", "v1.2.3-rc.1+b"),
            ("IncPatch", "1.2.3"),
            ("IncMinor", "1.3.0"),
            ("IncMajor", "2.0.0"),
        ] {
            assert_eq!(shown(&version.field(name).unwrap()), want, "{name}");
        }
        let Some(Runtime::Object(next)) = version.field("IncPatch") else { panic!("a version") };
        assert_eq!((next.type_name(), next.field("Original").is_none()), ("semver.Version", true));
    }

    #[test]
    fn compares_and_sets() {
        let Runtime::Object(version) = object("1.2.3") else { unreachable!() };
        let call = |name: &str, arg: Runtime| version.call(name, &[arg]).unwrap().map(|value| shown(&value));
        assert_eq!(call("Compare", object("1.2.4")), Ok("-1".into()));
        assert_eq!(call("GreaterThanEqual", object("1.2.3")), Ok("true".into()));
        assert_eq!(call("SetPrerelease", "rc".into()), Ok("1.2.3-rc".into()));
        assert_eq!(call("SetPrerelease", "01".into()), Err("version segment starts with 0".into()));
        assert_eq!(call("SetMetadata", "x!".into()), Err("invalid metadata string".into()));
    }
}
