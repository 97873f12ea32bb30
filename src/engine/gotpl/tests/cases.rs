//! The measured cases of tests/fixtures: each template was included by another one of a chart `t`, in base64.

use super::{from_json, on_large_stack, render};

const CASES: &str = include_str!("../../../../tests/fixtures/gotemplate-cases.json");
const LANGUAGE: &str = include_str!("../../../../tests/fixtures/gotemplate-language.json");

/// Helm's result of a template, from its recorded output or error.
fn want(out: Option<&str>, err: Option<&str>) -> Result<String, String> {
    match (out, err) {
        // Helm does not delete what is inside of base64.
        (Some(out), _) => Ok(out.replace("<no value>", "")),
        (None, err) => Err(err.unwrap_or_default().to_owned()),
    }
}

/// Functions that are not written yet. Cases with them are left out; a name that no case needs any more fails.
const NOT_YET: [&str; 0] = [];

/// The missing function that the engine complains of, where it is one of those.
fn not_yet(err: &str) -> Option<&str> {
    let (name, _) = err.split("function \"").nth(1)?.split_once("\" not defined")?;
    NOT_YET.iter().copied().find(|known| *known == name)
}

fn check(values: &serde_json::Value, cases: impl Iterator<Item = (String, Result<String, String>)>) -> Vec<String> {
    let values = from_json(values);
    let (mut wrong, mut left_out) = (Vec::new(), Vec::new());
    for (template, want) in cases {
        let templates = [("a.yaml", "x: {{ include \"t/templates/_case.tpl\" . }}"), ("_case.tpl", template.as_str())];
        let got = render(&values, &templates);
        let got = got.map(|text| text[3..].to_owned()).map_err(|err| format!("Error: {}", err.message));
        if got != want {
            match got.as_ref().err().and_then(|err| not_yet(err)) {
                Some(name) => left_out.push(name.to_owned()),
                None => wrong.push(format!("{template}\n  got  {got:?}\n  want {want:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
    left_out.sort();
    left_out.dedup();
    left_out
}

#[test]
fn measured_cases_print_or_fail_as_in_helm() {
    let all: serde_json::Value = serde_json::from_str(CASES).unwrap();
    let cases = all["cases"].as_array().unwrap().iter().map(|case| {
        let result = &case["h4"];
        (case["tpl"].as_str().unwrap().to_owned(), want(result["out"].as_str(), result["err"].as_str()))
    });
    assert!(check(&all["values"], cases).is_empty());
}

#[test]
fn the_language_prints_or_fails_as_in_helm() {
    let all: serde_json::Value = serde_json::from_str(CASES).unwrap();
    let more: serde_json::Value = serde_json::from_str(LANGUAGE).unwrap();
    let cases = more
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case["tpl"].as_str().unwrap().to_owned(), want(case["out"].as_str(), case["err"].as_str())));
    let left_out = on_large_stack(|| check(&all["values"], cases));
    assert_eq!(left_out, NOT_YET);
}
