//! The cases under `tests/fixtures/functions`, whose expectations a real Helm gave.
//!
//! A case is a call (`[name, argument, …]`), after assignments (`let`) where it needs some. An argument is data, a call,
//! a value from the file's `values` (`{"v": "a.b"}`) or a variable (`{"$": "name"}`). `expr` is the same as a template.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value as Json;

use super::{Context, FuncError, Param, Random, find};
use crate::runtime::time::Zone;
use crate::runtime::{Elem, List, MapRef, Numbers, Runtime};
use crate::value::{Num, Origin, Value};

/// Numbers that are always the same, at a fixed time.
struct Fixed(AtomicU64);

impl Random for Fixed {
    /// Steele and Vigna's SplitMix64.
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(n ^ n >> 31).to_le_bytes()[..chunk.len()]);
        }
    }

    fn now(&self) -> i128 {
        1_795_000_000_123_456_789
    }

    fn zone(&self) -> Zone {
        Zone::local_utc()
    }
}

struct Runner {
    values: Value,
    variables: HashMap<String, Runtime>,
}

/// A context as Helm's, in which chance is the same in each run.
pub(super) fn context() -> Context<'static> {
    static FIXED: Fixed = Fixed(AtomicU64::new(42));
    Context { random: &FIXED, dns: false, go_numbers: true }
}

/// What a template prints.
pub(super) fn shown(value: &Runtime) -> String {
    let mut out = String::new();
    value.print_go(&mut out);
    out
}

impl Runner {
    fn eval(&self, arg: &Json, param: Option<Param>) -> Result<Runtime, FuncError> {
        Ok(match arg {
            Json::Array(call) => return self.call(call),
            Json::Object(reference) => match (reference.get("v"), reference.get("$")) {
                (Some(Json::String(path)), _) => {
                    let at = |value: Value, key| value.get(key).cloned().unwrap_or_default();
                    Runtime::from(&path.split('.').fold(self.values.clone(), at))
                }
                (_, Some(Json::String(name))) => self.variables[name].clone(),
                _ => panic!("{arg} is no argument"),
            },
            Json::Null => match param {
                Some(Param::Map) => Runtime::Map(MapRef::nil()),
                Some(Param::List) => Runtime::List(List::nil(Elem::Any)),
                _ => Runtime::Nil,
            },
            Json::Bool(b) => (*b).into(),
            Json::Number(n) if n.is_i64() && param != Some(Param::Float) => Runtime::int(n.as_i64().unwrap()),
            Json::Number(n) => Runtime::Float(n.as_f64().unwrap()),
            Json::String(text) => text.as_str().into(),
        })
    }

    fn call(&self, call: &[Json]) -> Result<Runtime, FuncError> {
        let name = call[0].as_str().unwrap();
        let Some(function) = find(name) else { return Err(FuncError::new(format!("no function {name}"))) };
        let param = |i| function.params.get(i).copied().or(function.rest);
        let args: Result<Vec<Runtime>, _> =
            call[1..].iter().enumerate().map(|(i, arg)| self.eval(arg, param(i))).collect();
        (function.call)(&context(), &args?)
    }

    fn run(&mut self, case: &Json) -> Result<Runtime, FuncError> {
        for binding in case.get("let").and_then(Json::as_array).into_iter().flatten() {
            let value = self.eval(&binding[1], None)?;
            self.variables.insert(binding[0].as_str().unwrap().to_owned(), value);
        }
        self.eval(&case["call"], None)
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::NULL,
        Json::Bool(b) => Value::bool(*b),
        Json::Number(n) => Value::Num(n.as_i64().map_or(Num::Float(n.as_f64().unwrap()), Num::Int), Origin::NONE),
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(value)),
        Json::Object(map) => Value::map(map.iter().map(|(k, v)| (k.as_str(), value(v)))),
    }
}

/// What a template prints.
fn printed(value: &Runtime) -> Json {
    let bytes = match value {
        Runtime::Nil => Vec::new(),
        value => value.to_text(Numbers::Go).into_owned(),
    };
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(err) => serde_json::json!({ "hex": err.as_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>() }),
    }
}

fn difference(values: &Json, case: &Json) -> Option<String> {
    let mut runner = Runner { values: value(values), variables: HashMap::new() };
    match (runner.run(case), case.get("error")) {
        (Ok(_), _) if case.get("out").is_none() && case.get("error").is_none() => Some("not recorded".into()),
        (Err(err), _) if err.message.starts_with("no function") => None,
        (Err(err), Some(want)) if Some(err.message.as_str()) == want.as_str() => None,
        (Err(err), _) => Some(format!("fails: {}", err.message)),
        (Ok(value), _) => {
            let json = |text: &str| case.get("json").is_none_or(|want| want == text);
            let got = (printed(&value), value.type_name(Numbers::Go));
            let same = case.get("out") == Some(&got.0) && case["type"] == got.1;
            let as_json = find("toJson").map(|f| (f.call)(&context(), &[value]).unwrap());
            let same_json = as_json.as_ref().and_then(Runtime::as_str).is_none_or(json);
            (!same || !same_json).then(|| format!("{} {} {as_json:?}", got.1, got.0))
        }
    }
}

fn check(file: &str) {
    let path = format!("{}/tests/fixtures/functions/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let fixture: Json = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    let offline = cases.iter().filter(|case| case.get("engine").is_none());
    let wrong: Vec<String> =
        offline.filter_map(|case| Some(format!("{case}\n    {}", difference(&fixture["values"], case)?))).collect();
    assert!(wrong.is_empty(), "{} of {} cases of {file}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

macro_rules! families {
    ($($name:ident)*) => { $(#[test] fn $name() { check(stringify!($name)); })* };
}

families! { strings defaults lists dicts math reflection encoding regex data semver paths network dates crypto reading toml }
