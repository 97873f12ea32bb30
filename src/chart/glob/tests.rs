//! File patterns against what Helm 4.1.4 made of them: recorded from templates with `.Files.Glob`, and from `--show-only`.

use super::*;

const FILES: [&str; 19] = [
    "a",
    "ab",
    "aba",
    "abb",
    "b",
    "c",
    "aXb",
    "[a]",
    "{a}",
    "é",
    "x.yaml",
    "conf/x.yaml",
    "conf/sub/x.yaml",
    "conf/sub/deep/xy.yaml",
    "conf/x.json",
    "conf/.x",
    "d/a",
    "d/b",
    "d/ab/c",
];

/// Patterns of `.Files.Glob`, and which of the files they match.
const GLOBS: &[(&str, &str)] = &[
    ("*", "a ab aba abb b c aXb [a] {a} é x.yaml"),
    (
        "**",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    ("?", "a b c é"),
    ("??", "ab"),
    ("*/*", "conf/x.yaml conf/x.json conf/.x d/a d/b"),
    ("**/*", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c"),
    ("*.yaml", "x.yaml"),
    ("**.yaml", "x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml"),
    ("**/*.yaml", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml"),
    ("**/x.yaml", "conf/x.yaml conf/sub/x.yaml"),
    ("conf/*", "conf/x.yaml conf/x.json conf/.x"),
    ("conf/**", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x"),
    ("conf/*.yaml", "conf/x.yaml"),
    ("conf/**.yaml", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml"),
    ("conf/**/*.yaml", "conf/sub/x.yaml conf/sub/deep/xy.yaml"),
    ("conf/**/x.yaml", "conf/x.yaml conf/sub/x.yaml"),
    ("conf/**/**/x.yaml", ""),
    ("conf/*/x.yaml", "conf/sub/x.yaml"),
    ("conf/{x,y}.yaml", "conf/x.yaml"),
    ("conf/x.{yaml,json}", "conf/x.yaml conf/x.json"),
    ("conf/**.{yaml,json}", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json"),
    ("{conf,d}/*", "conf/x.yaml conf/x.json conf/.x d/a d/b"),
    ("{conf/**,d/*}", "conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b"),
    ("{conf/*,d}/x.*", ""),
    ("conf/[!.]*", "conf/x.yaml conf/x.json"),
    ("conf/[^.]*", "conf/.x"),
    ("[!.]*", "a ab aba abb b c aXb [a] {a} é x.yaml"),
    ("d/?", "d/a d/b"),
    ("d/[ab]", "d/a d/b"),
    ("d/[a-b]", "d/a d/b"),
    ("d/[!b]", "d/a"),
    ("d/[!a-b]", ""),
    ("[!ab][!ab]", ""),
    ("a[!ab][!ab]", ""),
    ("a?b", "abb aXb"),
    ("a*b", "ab abb aXb"),
    ("a**b", "ab abb aXb"),
    ("ab**ba", "aba"),
    ("ab*ba", ""),
    ("*b*", "ab aba abb b aXb"),
    ("**b**", "ab aba abb b aXb conf/sub/x.yaml conf/sub/deep/xy.yaml d/b d/ab/c"),
    ("{a,ab}b", "ab abb"),
    ("{a,}b", "ab b"),
    ("{,a}b", "ab b"),
    ("a{b,Xb}", "ab aXb"),
    ("{a*,b}b", "ab"),
    ("{*,ab}", "a ab aba abb b c aXb [a] {a} é x.yaml"),
    ("{**,a}b", "ab"),
    ("{a,**}b", "ab abb b aXb d/b"),
    ("{a", "a"),
    ("{a,b", "a b"),
    ("a}", ""),
    ("}", ""),
    ("{a,b}}", ""),
    ("a,b", ""),
    ("{}", ""),
    ("{}a", ""),
    ("", ""),
    (r"\", ""),
    (r"a\", "a"),
    (r"\a", "a"),
    (r"\[a\]", "[a]"),
    ("[[]a]", "[a]"),
    (r"\{a\}", "{a}"),
    ("[{]*", "{a}"),
    (r"[a\]]*", "a ab aba abb aXb"),
    (
        "[]",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    (
        "[a",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    (
        "[a-",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    (
        "[a-]",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    (
        "[b-a]",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    ("[-a]", "a"),
    ("[abc-e]", "a b c"),
    ("[!!]", "a b c é"),
    (
        "[",
        "a ab aba abb b c aXb [a] {a} é x.yaml conf/x.yaml conf/sub/x.yaml conf/sub/deep/xy.yaml conf/x.json conf/.x d/a d/b d/ab/c",
    ),
    ("é", "é"),
    ("[é]", "é"),
    ("[à-ï]", "é"),
    ("?é", ""),
    ("/a", ""),
    ("a/", ""),
    ("conf", ""),
    ("conf/", ""),
    ("conf//x.yaml", ""),
];

const TEMPLATES: [&str; 14] =
    ["a", "ab", "abb", "b", "[a]", "a*b", "a-b", "é", "x.yaml", r"a\b", "d/a", "d/b", "d/x.yaml", "d/e/a"];

/// Patterns below templates/ for `--show-only`, and which of the templates they match.
const PATHS: &[(&str, &str)] = &[
    ("*", r"a ab abb b [a] a*b a-b é x.yaml a\b"),
    ("**", r"a ab abb b [a] a*b a-b é x.yaml a\b"),
    ("?", "a b é"),
    ("??", "ab"),
    ("*/*", "d/a d/b d/x.yaml"),
    ("d/*", "d/a d/b d/x.yaml"),
    ("d?a", ""),
    ("d[^x]a", "d/a"),
    ("d/?", "d/a d/b"),
    ("*.yaml", "x.yaml"),
    ("*/*.yaml", "d/x.yaml"),
    ("*/*/*", "d/e/a"),
    ("**/a", "d/a"),
    ("a*", r"a ab abb a*b a-b a\b"),
    ("a*b", r"ab abb a*b a-b a\b"),
    ("*b*", r"ab abb b a*b a-b a\b"),
    ("*b", r"ab abb b a*b a-b a\b"),
    (r"a\*b", "a*b"),
    (r"a\\b", r"a\b"),
    (r"\[a]", "[a]"),
    ("[[]a]", "[a]"),
    (r"\a", "a"),
    ("[ab]", "a b"),
    ("[^a]", "b é"),
    ("[!a]", "a"),
    ("[a-c]", "a b"),
    ("[b-a]", ""),
    ("[-a]", ""),
    (r"[a\-c]*", r"a ab abb a*b a-b a\b"),
    ("a[-]b", ""),
    (r"[\]]", ""),
    ("[^]]", ""),
    ("[]a]", ""),
    ("[]", ""),
    ("[a", ""),
    ("[a-", ""),
    ("[a-]", ""),
    ("[", ""),
    ("a[", ""),
    ("x[", ""),
    ("*[", ""),
    ("zzz*[", ""),
    ("a*[", ""),
    (r"\", ""),
    (r"a\", ""),
    ("é", "é"),
    ("[é]", "é"),
    ("[à-ï]", "é"),
    ("{a,b}", ""),
    ("a/", ""),
    ("", ""),
];

fn matching<'a>(names: &[&'a str], matches: impl Fn(&str) -> bool) -> String {
    names.iter().copied().filter(|name| matches(name)).collect::<Vec<&'a str>>().join(" ")
}

#[test]
fn gobwas_as_recorded() {
    for (pattern, want) in GLOBS {
        let glob = gobwas(pattern);
        assert_eq!(matching(&FILES, |path| glob.matches(path)), *want, "{pattern}");
    }
}

#[test]
fn paths_as_recorded() {
    for (pattern, want) in PATHS {
        let pattern = format!("templates/{pattern}");
        let matches = |name: &str| filepath_match(&pattern, &format!("templates/{name}")) == Ok(true);
        assert_eq!(matching(&TEMPLATES, matches), *want, "{pattern}");
    }
}

#[test]
fn malformed_is_what_the_path_matches_up_to() {
    for (pattern, path, want) in [
        ("a[", "a", Err(BadPattern)),
        ("a[", "b", Err(BadPattern)),
        ("a*[", "a", Err(BadPattern)),
        ("a*[", "b", Ok(false)),
        ("*[]", "", Err(BadPattern)),
        ("a\\", "a", Err(BadPattern)),
        ("[a-]", "a", Err(BadPattern)),
        ("[]a]", "a", Err(BadPattern)),
    ] {
        assert_eq!(filepath_match(pattern, path), want, "{pattern}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_pattern_panics(pattern in r"([ab/*?,{}!^.\\\[\]-]|é|\PC|\x00){0,16}", path in "([ab/.]|é|\\PC){0,12}") {
        gobwas(&pattern).matches(&path);
        let _ = filepath_match(&pattern, &path);
    }
}

#[test]
fn deep_braces_are_refused() {
    assert!(gobwas(&format!("{}a", "{".repeat(100_000))).matches("b"));
    assert!(!gobwas(&format!("{}a", "{".repeat(128))).matches("b"));
}
