//! The cases under `tests/fixtures/functions`, whose expectations a real Helm gave.
//!
//! A case is a call (`[name, argument, …]`), after assignments (`let`) where it needs some. An argument is data, a call,
//! a value from the file's `values` (`{"v": "a.b"}`) or a variable (`{"$": "name"}`). `expr` is the same as a template.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value as Json;

use super::{Context, FuncError, Param, Random, find, names};
use crate::runtime::time::{Time, Zone};
use crate::runtime::{Elem, List, MapRef, Numbers, Runtime};
use crate::value::{Num, Origin, Value};

/// Numbers that are always the same, at a fixed time.
struct Fixed(AtomicU64);

impl Random for Fixed {
    /// Steele and Vigna's SplitMix64.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), FuncError> {
        for chunk in buffer.chunks_mut(8) {
            let mut n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(n ^ n >> 31).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
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
        let function = find(name).unwrap_or_else(|| panic!("no function {name}"));
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

/// All files of cases.
fn fixtures() -> Vec<Json> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/functions");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

fn called(arg: &Json, names: &mut HashSet<String>) {
    if let Json::Array(call) = arg {
        names.extend(call.first().and_then(Json::as_str).map(str::to_owned));
        call.iter().for_each(|arg| called(arg, names));
    }
}

#[test]
fn each_function_has_a_case() {
    let mut seen = HashSet::new();
    for case in fixtures().iter().flat_map(|fixture| fixture["cases"].as_array().unwrap()) {
        called(&case["call"], &mut seen);
        let bindings = case.get("let").and_then(Json::as_array).into_iter().flatten();
        bindings.for_each(|binding| called(&binding[1], &mut seen));
    }
    // What makes RSA keys is random, and slow; the tests of the family cover it.
    let random = ["genCA", "genSelfSignedCert", "genSignedCert", "genSignedCertWithKey", "uuidv4"];
    let unseen: Vec<_> = names().filter(|name| !seen.contains(*name) && !random.contains(name)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// A value of any kind, often an odd one.
fn anything(n: u64, depth: u32) -> Runtime {
    const TEXTS: [&str; 12] =
        ["", "a", "%", "日本", "1", "-1.5e3", "\n", "2006-01-02", "[a-z]+(", "{\"a\":[1]}", "a: [b]", "v1.2.3-rc+b"];
    let deeper = |salt: u64| anything(n.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt, depth + 1);
    match n % if depth > 2 { 9 } else { 12 } {
        0 => Runtime::Nil,
        1 => (n & 64 == 0).into(),
        2 => Runtime::int((n >> 8) as i64 % 70 - 5),
        3 => Runtime::int64(if n & 64 == 0 { i64::MIN } else { i64::MAX }),
        4 => Runtime::Float([0.0, -0.5, 1e300, f64::NAN, f64::INFINITY][(n >> 8) as usize % 5]),
        5 => Runtime::YamlInt(if n & 64 == 0 { Num::Int(-7) } else { Num::Uint(u64::MAX) }),
        6 | 7 => TEXTS[(n >> 8) as usize % TEXTS.len()].into(),
        8 => Runtime::bytes([0xff, 0x61, 0xe6]),
        9 => Runtime::list((0..n >> 8 & 3).map(deeper)),
        10 => Runtime::map((0..n >> 8 & 3).map(|i| (format!("k{i}"), deeper(i)))),
        _ => Time::from_nanos(i128::from(n), Zone::Utc).into_runtime(),
    }
}

#[test]
fn no_arguments_make_a_function_panic() {
    let slow = |name: &str| name.starts_with("gen") || ["bcrypt", "htpasswd", "derivePassword"].contains(&name);
    let context = context();
    for name in names().filter(|name| !slow(name)) {
        let function = find(name).unwrap();
        for round in 0..400 {
            let next = || {
                let mut bytes = [0; 8];
                context.random.fill(&mut bytes).unwrap();
                u64::from_le_bytes(bytes)
            };
            let more = if function.rest.is_some() { next() % 4 } else { 0 };
            let params = function.params.iter().copied().chain((0..more).filter_map(|_| function.rest));
            let args: Vec<Runtime> = params
                .map(|param| match param {
                    // Mostly what an engine lets through.
                    _ if round % 8 == 0 => anything(next(), 0),
                    Param::Str => anything(6 + 12 * (next() >> 8), 0),
                    Param::Int | Param::Uint32 => Runtime::int(next() as i64 % 40 - 4),
                    Param::Float => Runtime::Float(next() as f64 / 1e18),
                    Param::Bool => (next() % 2 == 0).into(),
                    Param::List | Param::Strings => anything(9 + 12 * (next() >> 8), 0),
                    Param::Map => anything(10 + 12 * (next() >> 8), 0),
                    Param::Object(_) => anything(11 + 12 * (next() >> 8), 0),
                    Param::Any => anything(next(), 0),
                })
                .collect();
            let _ = (function.call)(&context, &args);
        }
    }
}

#[test]
fn numbers_stay_integers_where_they_are_not_go_s() {
    let exact = Context { go_numbers: false, ..context() };
    let call = |name: &str, args: &[Runtime]| (find(name).unwrap().call)(&exact, args).unwrap();
    let million = Runtime::YamlInt(Num::Int(1_000_000));
    let list = Runtime::list([million.clone(), Runtime::Float(1.5)]);
    for (name, args, want) in [
        ("toString", vec![million.clone()], "1000000"),
        ("quote", vec![list.clone()], "\"[1000000 1.5]\""),
        ("join", vec![",".into(), list.clone()], "1000000,1.5"),
        ("toYaml", vec![list.clone()], "- 1000000\n- 1.5"),
        ("toJson", vec![Runtime::YamlInt(Num::Int(9_007_199_254_740_993))], "9007199254740993"),
        ("toToml", vec![Runtime::map([("a", million.clone())])], "a = 1000000\n"),
        ("has", vec![Runtime::int(1_000_000), list], "true"),
        ("add", vec![Runtime::YamlInt(Num::Int(9_007_199_254_740_993)), Runtime::int(1)], "9007199254740994"),
        ("kindOf", vec![million], "int64"),
        ("date", vec!["2006".into(), Runtime::YamlInt(Num::Int(0))], "1970"),
    ] {
        assert_eq!(shown(&call(name, &args)), want, "{name}");
    }
}
