//! The cases of the function library, asked of a live Helm. The library's own tests compare it with what is recorded.
//!
//! All cases of a family go into one chart, each in a `define` of its own. Helm stops at the first that fails, so that
//! one is taken out, its error kept, and Helm run again; those known to fail have a chart each from the start. `HELM=path [RECORD=1] cargo test --test main functions`.

use serde_json::{Map, Value, json};

use crate::common::{self, Folder, from_base64};

const RECORDED: [&str; 5] = ["type", "out", "json", "error", "engine"];

/// An argument as a template has it: data, a call in parentheses, `.Values.x` or a variable.
fn argument(arg: &Value) -> String {
    match arg {
        Value::Null => "nil".into(),
        Value::Array(_) => format!("({})", call(arg)),
        Value::Object(reference) => match (reference.get("v"), reference.get("$")) {
            (Some(Value::String(path)), _) => format!(".Values.{path}"),
            (_, Some(Value::String(name))) => format!("${name}"),
            _ => panic!("{arg} is no argument"),
        },
        other => other.to_string(),
    }
}

fn call(arg: &Value) -> String {
    match arg {
        Value::Array(call) => {
            let name = call[0].as_str().expect("a name").to_owned();
            call[1..].iter().map(argument).fold(name, |call, arg| call + " " + &arg)
        }
        other => argument(other),
    }
}

fn bindings(case: &Value) -> String {
    let bindings = case.get("let").and_then(Value::as_array).into_iter().flatten();
    bindings.map(|b| format!("{{{{ ${} := {} }}}}", b[0].as_str().expect("a name"), call(&b[1]))).collect()
}

/// A template that prints the type of a case's result, the result, and it as JSON.
fn probe(case: &Value) -> String {
    let (bindings, call) = (bindings(case), call(&case["call"]));
    format!("{bindings}{{{{ $r := {call} }}}}{{{{ printf \"%T\" $r }}}}@@{{{{ $r }}}}@@{{{{ toJson $r }}}}")
}

/// Fills what Helm says of each case into it. `before` is what it said earlier.
fn ask_all(values: &Value, cases: &mut [Value], before: &[Value]) {
    let (fail, pass): (Vec<_>, Vec<_>) = cases.iter_mut().zip(before).partition(|(_, old)| old.get("error").is_some());
    let [mut fail, mut pass] = [fail, pass].map(|some| some.into_iter().map(|(case, _)| case).collect::<Vec<_>>());
    let share = fail.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    std::thread::scope(|scope| {
        scope.spawn(|| ask(values, &mut pass));
        for some in fail.chunks_mut(share) {
            scope.spawn(move || some.iter_mut().for_each(|case| ask(values, std::slice::from_mut(case))));
        }
    });
}

fn ask(values: &Value, cases: &mut [&mut Value]) {
    let folder = Folder::new(&[("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n")]);
    folder.write("c/values.yaml", &values.to_string());
    let mut live: Vec<usize> = (0..cases.len()).collect();
    let printed = loop {
        let each = |line: &dyn Fn(usize) -> String| live.iter().map(|i| line(*i)).collect::<String>();
        let define = |i: usize| format!("{{{{ define \"c{i}\" }}}}{}{{{{ end }}}}\n", probe(cases[i]));
        folder.write("c/templates/_d.tpl", &each(&define));
        let include = |i: usize| format!("c{i}: \"{{{{ include \"c{i}\" . | b64enc }}}}\"\n");
        folder.write("c/templates/a.yaml", &each(&include));
        let output = common::helm(&["template", "r", "c"], &folder.path(""));
        if output.status.success() {
            break String::from_utf8(output.stdout).expect("base64 is text");
        }
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let failed = failed_case(&error, &live);
        keep_error(cases[failed], &error, failed);
        live.retain(|i| *i != failed);
    };
    for line in printed.lines().filter(|line| line.starts_with('c')) {
        let (name, encoded) = line[1..].split_once(": ").expect("a key");
        keep_result(cases[name.parse::<usize>().expect("a number")], &from_base64(encoded.trim_matches('"')));
    }
}

/// The case that an error is about: the innermost that was executing, or the one on the line that does not parse.
fn failed_case(error: &str, live: &[usize]) -> usize {
    let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<usize>().ok();
    if let Some((_, rest)) = error.rsplit_once("executing \"c") {
        return number(rest).expect("a number");
    }
    let (_, rest) = error.split_once("_d.tpl:").unwrap_or_else(|| panic!("Helm said {error}"));
    live[number(rest).expect("a line") - 1]
}

fn keep_error(case: &mut Value, error: &str, number: usize) {
    let error = error.trim_end_matches('\n').split("\n\nUse --debug").next().unwrap_or_default();
    let at = error.rsplit(&format!("executing \"c{number}\"")).next().unwrap_or_default();
    let called = at.split_once("error calling ").and_then(|(_, rest)| rest.split_once(": "));
    match called {
        Some((_, message)) => case["error"] = message.into(),
        None => {
            let message = at.split_once(">: ").map_or(at, |(_, message)| message);
            case["error"] = message.trim_start().into();
            case["engine"] = true.into();
        }
    }
}

fn keep_result(case: &mut Value, printed: &[u8]) {
    let find = |s: &[u8]| memchr_at(s, b"@@");
    let split = find(printed).expect("a type");
    let (kind, rest) = (&printed[..split], &printed[split + 2..]);
    let last = (0..rest.len() - 1).rev().find(|i| rest[*i..].starts_with(b"@@")).expect("JSON");
    let (out, as_json) = (&rest[..last], &rest[last + 2..]);
    let kind = String::from_utf8_lossy(kind);
    case["type"] = kind.as_ref().into();
    case["out"] = match std::str::from_utf8(out) {
        Ok("<no value>") => "".into(),
        Ok(text) => text.into(),
        Err(_) => json!({ "hex": out.iter().map(|b| format!("{b:02x}")).collect::<String>() }),
    };
    if !["string", "bool", "int", "int64", "float64", "<nil>"].contains(&kind.as_ref()) {
        case["json"] = String::from_utf8_lossy(as_json).into();
    }
}

fn memchr_at(s: &[u8], what: &[u8]) -> Option<usize> {
    s.windows(what.len()).position(|window| window == what)
}

/// A case with its expression and nothing that was recorded.
fn bare(case: &Value) -> Value {
    let fields = case.as_object().expect("an object").iter();
    let mut bare: Map<String, Value> =
        fields.filter(|(key, _)| !RECORDED.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    bare.insert("expr".into(), format!("{}{{{{ {} }}}}", bindings(case), call(&case["call"])).into());
    bare.into()
}

fn written(values: &Value, cases: &[Value]) -> String {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    format!("{{\n\"values\": {values},\n\"cases\": [\n{}\n]\n}}\n", lines.join(",\n"))
}

#[test]
fn recorded_cases_are_what_helm_gives() {
    if !common::has_helm() {
        return;
    }
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(common::fixture("functions")).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        let recorded: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
        let before = recorded["cases"].as_array().expect("cases");
        let mut cases: Vec<Value> = before.iter().map(bare).collect();
        ask_all(&recorded["values"], &mut cases, before);
        let differ = before.iter().zip(&cases).filter(|(before, now)| before != now);
        wrong.extend(differ.map(|(before, now)| format!("{before}\n    Helm: {now}")));
        if std::env::var_os("RECORD").is_some() {
            std::fs::write(&path, written(&recorded["values"], &cases)).expect("the file can be written");
        }
    }
    assert!(std::env::var_os("RECORD").is_some() || wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
