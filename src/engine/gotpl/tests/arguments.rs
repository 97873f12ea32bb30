//! Which arguments a random call is given: of a kind that fits its function, most of the time.

use super::super::exec::Registry;
use super::generate::{Generator, PATHS};
use crate::functions::{self, Param};

/// What a function wants in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Text,
    Int,
    Number,
    Bool,
    List,
    Map,
    /// A map that nothing else has.
    Fresh,
    Key,
    Pattern,
    Subject,
    Replacement,
    Version,
    Constraint,
    Layout,
    TimeText,
    Duration,
    Zone,
    /// A time or a number of seconds; anything else would be the time of day.
    Instant,
    Time,
    Yaml,
    Json,
    Toml,
    Base64,
    Base32,
    Path,
    Url,
    UrlMap,
    TypeName,
    Template,
    Defined,
}

use Kind::{
    Any, Base32, Base64, Bool, Constraint, Defined, Duration, Fresh, Instant, Int, Json, Key, Layout, List, Map,
    Number, Path, Pattern, Replacement, Subject, Template, Text, Time, TimeText, Toml, TypeName, Url, UrlMap, Version,
    Yaml, Zone,
};

/// Functions that random templates do not call as they are: what is random is called by [`SHAPES`]; RSA keys and bcrypt
/// take seconds, and have tests in their family; `fail` and `ago` of a time say nothing new.
const LEFT_OUT: [&str; 26] = [
    "randAlphaNum",
    "randAlpha",
    "randNumeric",
    "randAscii",
    "randBytes",
    "randInt",
    "shuffle",
    "uuidv4",
    "now",
    "ago",
    "bcrypt",
    "htpasswd",
    "derivePassword",
    "encryptAES",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "buildCustomCert",
    "fail",
    "lookup",
    "tpl",
    "include",
];

/// Calls of what is random, by what is always the same of them.
pub(super) const SHAPES: [&str; 20] = [
    "regexMatch \"^[a-zA-Z0-9]{7}$\" (randAlphaNum 7)",
    "regexMatch \"^[a-zA-Z]{7}$\" (randAlpha 7)",
    "regexMatch \"^[0-9]{7}$\" (randNumeric 7)",
    "regexMatch \"^[ -~]{7}$\" (randAscii 7)",
    "randAlphaNum 0 | quote",
    "randBytes 5 | b64dec | len",
    "lt (randInt 3 9) 9",
    "ge (randInt -3 9) -3",
    "shuffle \"cab\" | splitList \"\" | sortAlpha",
    "shuffle \"\" | quote",
    "regexMatch \"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$\" uuidv4",
    "now | date \"2006\" | len",
    "typeOf now",
    "kindOf (now.Sub now)",
    "ago \"x\"",
    "encryptAES \"key\" \"text\" | decryptAES \"key\"",
    "genPrivateKey \"ed25519\" | trunc 27",
    "genPrivateKey \"ecdsa\" | trunc 30",
    "genPrivateKey \"none\"",
    "lookup \"v1\" \"Pod\" \"\" \"\" | toJson",
];

const TEXTS: [&str; 26] = [
    "\"\"",
    "\"a\"",
    "\"str\"",
    "\"aBc dEf\"",
    "\"héllo wörld\"",
    "\"日本語\"",
    "\"😀e\\u0301\"",
    "\"  two  words \"",
    "\"a,b,,c\"",
    "\"snake_case_word\"",
    "\"camelCaseWord9x\"",
    "\"kebab-case\"",
    "\"line\\nline\\n\"",
    "\"tab\\there\"",
    "\"<&'\\\"`>\"",
    "\"%d %s %\"",
    "\"12\"",
    "\"-1.5e3\"",
    "\"true\"",
    "\"null\"",
    "`raw\\n`",
    "\"\\x00\\xff\\xfe\"",
    "\"a: b #c\"",
    "\"a word and another word and one more word, and a last one\"",
    "\"ẞıİǆ\"",
    "\"\\u00a0\\u2028\\r\"",
];
const INTS: [&str; 14] = ["0", "1", "2", "3", "5", "-1", "-3", "10", "40", "0x1F", "'a'", "1_0", "7", "4"];
const NUMBERS: [&str; 26] = [
    "0",
    "1",
    "2",
    "-3",
    "42",
    "1.5",
    "-2.5",
    "0.1",
    "1e3",
    "1e21",
    "1e-7",
    "100000.0",
    "9223372036854775807",
    "\"3\"",
    "\"0x1F\"",
    "\"1.5\"",
    "\"x\"",
    "true",
    "$.Values.i",
    "$.Values.f",
    "$.Values.big",
    "$.Values.neg",
    "$.Values.z",
    "(int64 7)",
    "(len \"abc\")",
    "nil",
];
const LISTS: [&str; 13] = [
    "$.Values.l",
    "$.Values.nl",
    "$.Values.el",
    "$.Values.lm",
    "(list 1 \"a\" nil)",
    "(list 3 1 2)",
    "(list \"b\" \"a\" \"b\")",
    "(until 4)",
    "(splitList \",\" \"x,y\")",
    "(list (list 1) (dict \"a\" 1))",
    "list",
    "(list 0 \"\" false)",
    "(seq 3 | splitList \" \")",
];
const MAPS: [&str; 9] = [
    "$.Values.m",
    "$.Values.mm",
    "$.Values.mk",
    "$.Values.em",
    "(dict \"a\" 1 \"b\" (dict \"x\" 2))",
    "dict",
    "(dict \"x\" (dict \"y\" 2) \"a\" nil)",
    "(fromYaml \"a: 1\\nb: [x]\")",
    "(index $.Values.lm 0)",
];
const FRESH: [&str; 6] = [
    "(deepCopy $.Values.m)",
    "(deepCopy $.Values.mm)",
    "(dict \"a\" 1)",
    "dict",
    "(dict \"x\" (dict \"y\" 1 \"w\" 2) \"a\" 0)",
    "(dict \"a\" nil \"e\" \"\" \"l\" (list 1))",
];
const KEYS: [&str; 9] = ["\"a\"", "\"b\"", "\"x\"", "\"nope\"", "\"\"", "\"b10\"", "\"y\"", "\"a.b\"", "\"e\""];
const PATTERNS: [&str; 24] = [
    "\"a\"",
    "\"[a-z]+\"",
    "\"(a)(b)?\"",
    "\"^.\"",
    "\"\\\\d+\"",
    "\"x*\"",
    "\"(?i)B\"",
    "\"\\\\bw\\\\w+\"",
    "\"(?P<n>l+)(o)?\"",
    "\"[^,]*\"",
    "\",\"",
    "\"\"",
    "\".$\"",
    "\"\\\\p{L}\"",
    "\"(?s).*\"",
    "\"a{2,3}?\"",
    "\"[[:upper:]]\"",
    "\"é|ö\"",
    "\"(?m)^l\"",
    "\"\\\\s+\"",
    "\"[\"",
    "\"(?=a)\"",
    "\"a**\"",
    "\"\\\\xff\"",
];
const SUBJECTS: [&str; 8] = [
    "\"aab abc\"",
    "\"a,b,,c\"",
    "\"\"",
    "\"héllo wörld 12 345\"",
    "\"line one\\nline two\\n\"",
    "\"aaaa\"",
    "\"x1y22Zé\"",
    "\"\\xffa\"",
];
const REPLACEMENTS: [&str; 9] =
    ["\"\"", "\"-\"", "\"$1\"", "\"${1}x\"", "\"$1x\"", "\"$n\"", "\"${n}$0\"", "\"$$\"", "\"[$2|$9]\""];
const VERSIONS: [&str; 12] = [
    "\"1.2.3\"",
    "\"v1.2\"",
    "\"1\"",
    "\"1.2.3-rc.1+b\"",
    "\"2.0.0-0\"",
    "\"0.3.1\"",
    "\"1.10.0\"",
    "\"v3.0.0+x\"",
    "\"x\"",
    "\"1.2.3.4\"",
    "\"01.2.3\"",
    "\"1.35.0-gke.100\"",
];
const CONSTRAINTS: [&str; 20] = [
    "\"*\"",
    "\"^1.2\"",
    "\"~1.2.3\"",
    "\">=1.0.0 <2\"",
    "\"1.x || >=3\"",
    "\"!=1.2.3\"",
    "\"1.2 - 2\"",
    "\"=1.2.3\"",
    "\">1\"",
    "\"<1.2.3-rc.2\"",
    "\">=1-0\"",
    "\"^0.3\"",
    "\"~1\"",
    "\"\"",
    "\">>1\"",
    "\"=> 1, < 2\"",
    "\"^0\"",
    "\"=<1.10\"",
    "\"1.2.*\"",
    "\">=1.2.3-alpha\"",
];
const LAYOUTS: [&str; 12] = [
    "\"2006-01-02\"",
    "\"2006-01-02T15:04:05Z07:00\"",
    "\"Mon Jan _2 15:04:05 2006\"",
    "\"02/01/06 3:04PM\"",
    "\"15h4m5.000s\"",
    "\"Monday, 2 January\"",
    "\"002 Z0700 MST\"",
    "\"06-1-2 .999\"",
    "\"\"",
    "\"x\"",
    "\"2006\"",
    "\"-07:00:00 pm\"",
];
const TIME_TEXTS: [&str; 9] = [
    "\"2024-02-29\"",
    "\"2024-02-29T23:59:58Z\"",
    "\"1999-12-31T00:00:00+05:30\"",
    "\"2024\"",
    "\"x\"",
    "\"\"",
    "\"2023-02-29\"",
    "\"Mon Jan  2 15:04:05 2006\"",
    "\"05/06/07 3:04AM\"",
];
const DURATIONS: [&str; 11] = [
    "\"24h\"",
    "\"-1h30m\"",
    "\"1ms\"",
    "\"1.5s\"",
    "\"90\"",
    "\"x\"",
    "\"\"",
    "\"2h10m5s\"",
    "\"1us2ns\"",
    "\"+5m\"",
    "\"9000h\"",
];
const ZONES: [&str; 7] =
    ["\"UTC\"", "\"Europe/Berlin\"", "\"America/New_York\"", "\"Asia/Kolkata\"", "\"Nowhere\"", "\"\"", "\"Local\""];
const INSTANTS: [&str; 6] =
    ["0", "86400", "(int64 1700000000)", "(toDate \"2006-01-02\" \"2024-02-29\")", "-1", "(toDate \"2006\" \"x\")"];
const TIMES: [&str; 4] = [
    "(toDate \"2006-01-02\" \"2024-02-29\")",
    "(toDate \"2006-01-02T15:04:05Z07:00\" \"1999-12-31T23:59:59+05:30\")",
    "(toDate \"2006\" \"x\")",
    "(dateModify \"36h\" (toDate \"2006-01-02\" \"2024-02-29\"))",
];
const YAMLS: [&str; 22] = [
    "\"a: 1\"",
    "\"- 1\\n- a: b\"",
    "\"a\"",
    "\"\"",
    "\"a: [\"",
    "\"{a: [1, 2.5, ~, yes, 0x1F, 017]}\"",
    "\"a: &x 1\\nb: *x\"",
    "\"a: |\\n  t\\n\\n\"",
    "\"a: 1\\na: 2\"",
    "\"1: a\\ntrue: b\"",
    "\"a:\\n\\tb: 1\"",
    "\"# c\"",
    "\"---\\na: 1\\n---\\nb: 2\"",
    "\"a: 2024-01-02\"",
    "\"[1, [2, {b: c}]]\"",
    "\"a: 'x'\\n\\\"b\\\": \\\"\\\\t\\\"\"",
    "\"<<: {a: 1}\\nb: 2\"",
    "\"a: 1e3\\nb: .inf\"",
    "\"null\"",
    "\"a: *x\"",
    "\"a: !!str 1\"",
    "\"a: 12345678901234567890\"",
];
const JSONS: [&str; 14] = [
    "\"{\\\"a\\\": 1}\"",
    "\"[1, 2.5, null, true]\"",
    "\"\"",
    "\"{\"",
    "\"1\"",
    "\"\\\"x\\\"\"",
    "\"{\\\"a\\\": {\\\"b\\\": [\\\"<\\\\u00e9>\\\"]}}\"",
    "\"null\"",
    "\"[1,]\"",
    "\"{\\\"a\\\": 1, \\\"a\\\": 2}\"",
    "\"1e400\"",
    "\"{\\\"a\\\": 12345678901234567890}\"",
    "\"tru\"",
    "\" [ ] x\"",
];
const TOMLS: [&str; 10] = [
    "\"a = 1\"",
    "\"[t]\\nb = 'x'\\nc = [1.5, 2.0]\"",
    "\"\"",
    "\"a = \"",
    "\"[[l]]\\nx = true\\n[[l]]\\nx = false\"",
    "\"d = 2024-01-02T03:04:05Z\"",
    "\"a = 1\\na = 2\"",
    "\"a.b.c = \\\"\\\\u00e9\\\"\"",
    "\"a = 0x1F\\nb = 1_000\\nc = inf\"",
    "\"= 1\"",
];
const BASE64S: [&str; 6] = ["\"aGk=\"", "\"aGk\"", "\"%\"", "\"\"", "\"/+8=\"", "(b64enc \"héllo\")"];
const BASE32S: [&str; 5] = ["\"NBUQ====\"", "\"NBUQ\"", "\"1\"", "\"\"", "(b32enc \"héllo\")"];
const PATH_TEXTS: [&str; 12] = [
    "\"a/b/c.txt\"",
    "\"/\"",
    "\"\"",
    "\"a/../b/./c//d\"",
    "\"..\"",
    "\"/a/b/\"",
    "\"x.tar.gz\"",
    "\".hidden\"",
    "\"a\"",
    "\"./\"",
    "\"C:\\\\a\\\\b\"",
    "\"a/.b/\"",
];
const URLS: [&str; 11] = [
    "\"https://u:p@h.test:80/p/q?x=1&y=%20#f\"",
    "\"/p?q\"",
    "\"\"",
    "\"mailto:a@b.test\"",
    "\"http://[::1]:8/\"",
    "\"%zz\"",
    "\"//h/p\"",
    "\"a:b:c\"",
    "\"http://h/%2f/é\"",
    "\"http://h:x/\"",
    "\"x y\"",
];
const URL_MAPS: [&str; 5] = [
    "(urlParse \"https://u:p@h.test:80/p/q?x=1#f\")",
    "(dict \"scheme\" \"http\" \"host\" \"h\" \"path\" \"/p\" \"query\" \"a=b\")",
    "dict",
    "(dict \"host\" \"h\" \"userinfo\" \"u:p\")",
    "(dict \"scheme\" \"x\" \"opaque\" \"o\" \"fragment\" \"f g\")",
];
const TYPE_NAMES: [&str; 9] = [
    "\"string\"",
    "\"int\"",
    "\"float64\"",
    "\"map\"",
    "\"slice\"",
    "\"invalid\"",
    "\"map[string]interface {}\"",
    "\"[]interface {}\"",
    "\"bool\"",
];
const TEMPLATES: [&str; 9] = [
    "\"{{ . }}\"",
    "\"{{ $x := 1 }}{{ $x }}\"",
    "\"plain\"",
    "\"{{ toJson . }}-{{ kindOf . }}\"",
    "\"{{ range until 3 }}{{ . }}{{ end }}\"",
    "\"{{ define \\\"in\\\" }}<{{ . }}>{{ end }}{{ include \\\"in\\\" . }}{{ template \\\"in\\\" 1 }}\"",
    "\"{{ tpl \\\"{{ . }}\\\" . }}\"",
    "\"{{ toYaml . | nindent 2 }}\"",
    "\"{{ printf \\\"%T %v\\\" . . }}\"",
];
const BROKEN_TEMPLATES: [&str; 6] = [
    "\"{{ fail \\\"stop\\\" }}\"",
    "\"{{ .nope.nope }}\"",
    "\"{{ nosuch }}\"",
    "\"{{ if }}\"",
    "\"x{{ .Values.i }}\"",
    "\"{{ .a }}-{{ .b }}\"",
];

/// What a function wants, place by place, and of further arguments.
fn wants(name: &str) -> (Vec<Kind>, Option<Kind>) {
    let kinds: &[Kind] = match name.trim_start_matches("must").trim_start_matches("Must") {
        "regexMatch" | "RegexMatch" | "regexFind" | "RegexFind" => &[Pattern, Subject],
        "regexFindAll" | "RegexFindAll" | "regexSplit" | "RegexSplit" => &[Pattern, Subject, Int],
        "regexReplaceAll" | "RegexReplaceAll" | "regexReplaceAllLiteral" | "RegexReplaceAllLiteral" => {
            &[Pattern, Subject, Replacement]
        }
        "semver" => &[Version],
        "semverCompare" => &[Constraint, Version],
        "date" => &[Layout, Instant],
        "dateInZone" | "date_in_zone" => &[Layout, Instant, Zone],
        "htmlDate" => &[Instant],
        "htmlDateInZone" => &[Instant, Zone],
        "dateModify" | "DateModify" | "date_modify" | "_date_modify" => &[Duration, Time],
        "toDate" | "ToDate" => &[Layout, TimeText],
        "unixEpoch" => &[Time],
        "duration" => &[Duration],
        "durationRound" => &[Duration],
        "fromYaml" | "fromYamlArray" => &[Yaml],
        "fromJson" | "fromJsonArray" | "FromJson" => &[Json],
        "fromToml" => &[Toml],
        "b64dec" => &[Base64],
        "b32dec" => &[Base32],
        "decryptAES" => &[Text, Base64],
        "base" | "dir" | "clean" | "ext" | "isAbs" | "osBase" | "osDir" | "osClean" | "osExt" | "osIsAbs" => &[Path],
        "urlParse" => &[Url],
        "urlJoin" => &[UrlMap],
        "typeIs" | "typeIsLike" | "kindIs" => &[TypeName, Any],
        "get" | "hasKey" => &[Map, Key],
        "set" => &[Fresh, Key, Any],
        "unset" => &[Fresh, Key],
        "pick" | "omit" => return (vec![Map], Some(Key)),
        "pluck" => return (vec![Key], Some(Map)),
        "keys" => return (vec![Map], Some(Map)),
        "merge" | "Merge" | "mergeOverwrite" | "MergeOverwrite" => return (vec![Fresh], Some(Map)),
        "dig" => &[Key, Key, Any, Map],
        "dict" => return (vec![], None),
        "first" | "First" | "last" | "Last" | "rest" | "Rest" | "initial" | "Initial" | "reverse" | "Reverse"
        | "uniq" | "Uniq" | "compact" | "Compact" => &[List],
        "append" | "Append" | "push" | "Push" | "prepend" | "Prepend" => &[List, Any],
        "has" | "Has" => &[Any, List],
        "without" | "Without" => return (vec![List], Some(Any)),
        "concat" => return (vec![List], Some(List)),
        "chunk" | "Chunk" => &[Int, List],
        "slice" | "Slice" => return (vec![List], Some(Int)),
        "sortAlpha" | "toStrings" | "join" => {
            return (if name == "join" { vec![Text, List] } else { vec![List] }, None);
        }
        "add" | "mul" | "max" | "min" | "biggest" | "addf" | "mulf" | "maxf" | "minf" | "subf" | "divf" => {
            return (vec![Number], Some(Number));
        }
        "add1" | "add1f" | "floor" | "ceil" | "int" | "int64" | "float64" | "toDecimal" => &[Number],
        "sub" | "div" | "mod" => &[Number, Number],
        "round" => return (vec![Number, Int], None),
        "atoi" => &[Number],
        "index" => return (vec![], None),
        "len" => &[Text],
        "tpl" => &[Template, Any],
        "include" => &[Defined, Any],
        "call" => &[Any],
        _ => return signature(name),
    };
    (kinds.to_vec(), None)
}

fn signature(name: &str) -> (Vec<Kind>, Option<Kind>) {
    let kind = |param: Param| match param {
        Param::Any => Any,
        Param::Str => Text,
        Param::Bool => Bool,
        Param::Int | Param::Uint32 => Int,
        Param::Float => Number,
        Param::List | Param::Strings => List,
        Param::Map => Map,
        Param::Object(_) => Time,
    };
    let registry = Registry::get();
    let found = registry.find(name.as_bytes()).and_then(|id| registry.callee(id)).map(|(_, callee)| callee.signature());
    let (params, rest) = found.unwrap_or_default();
    (params.iter().copied().map(kind).collect(), rest.map(kind))
}

/// All functions that random templates call.
pub(super) fn called() -> Vec<&'static str> {
    let builtin = [
        "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "len", "index", "print", "println", "printf", "html",
        "js", "urlquery", "call", "required", "tpl", "include",
    ];
    let library = functions::names().filter(|name| !LEFT_OUT.contains(name));
    library.chain(builtin).chain(builtin).collect()
}

impl Generator {
    /// A call of any function, without parentheses.
    pub fn call(&mut self, depth: usize) -> String {
        let name = self.any_function();
        let (args, _) = self.arguments(name, depth);
        let text = args.into_iter().fold(name.to_owned(), |text, arg| text + " " + &arg);
        in_fixed_order(name, text)
    }

    /// A call of any function, its last argument piped to it.
    pub fn piped(&mut self, depth: usize) -> String {
        let name = self.any_function();
        let (mut args, _) = self.arguments(name, depth);
        let Some(last) = args.pop() else { return name.to_owned() };
        let text = args.into_iter().fold(format!("{last} | {name}"), |text, arg| text + " " + &arg);
        in_fixed_order(name, text)
    }

    /// The rest of a pipeline that takes anything.
    pub fn filter(&mut self, depth: usize) -> String {
        let name = self.any_function();
        let (mut args, last) = self.arguments(name, depth);
        if last == Instant || (last != Any || name == "include") && !self.random.one_in(20) {
            return self
                .random
                .pick(&["toJson", "toYaml", "quote", "toString", "default 1", "kindOf", "printf \"%v\""])
                .into();
        }
        args.pop();
        let text = args.into_iter().fold(name.to_owned(), |text, arg| text + " " + &arg);
        in_fixed_order(name, text)
    }

    fn any_function(&mut self) -> &'static str {
        self.functions[self.random.below(self.functions.len())]
    }

    /// Arguments for a function, and what the last one was to be.
    fn arguments(&mut self, name: &str, depth: usize) -> (Vec<String>, Kind) {
        let kinds = match name {
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" => {
                let kind = [Int, Text, Number, Int][self.random.below(4)];
                let more = if name == "eq" && self.random.one_in(3) { 3 } else { 2 };
                vec![kind; more]
            }
            "dict" => (0..self.random.below(3)).flat_map(|_| [Key, Any]).collect(),
            "index" => [[Map, Key], [List, Int]][self.random.below(2)].to_vec(),
            "printf" => return self.print_arguments(),
            "include" if !self.random.one_in(8) => {
                return (vec![self.expression(Defined, 0), "$".to_owned()], Any);
            }
            _ => {
                let (mut kinds, rest) = wants(name);
                let more = self.random.below(3);
                kinds.extend(rest.into_iter().cycle().take(more));
                kinds
            }
        };
        let mut args: Vec<String> = kinds.iter().map(|kind| self.expression(*kind, depth.saturating_sub(1))).collect();
        if self.random.one_in(60) {
            match self.random.below(2) {
                0 => drop(args.pop()),
                _ => args.push(self.expression(Any, 0)),
            }
        }
        (args, kinds.last().copied().unwrap_or(Any))
    }

    /// An argument of a kind; once in a while of any other.
    pub fn expression(&mut self, kind: Kind, depth: usize) -> String {
        if kind != Instant && self.random.one_in(40) {
            return self.operand(depth);
        }
        let of = |generator: &mut Self, texts: &[&str]| generator.random.pick(texts).to_owned();
        match kind {
            Any => self.operand(depth),
            Text => self.text(depth),
            Int if depth > 0 && self.random.one_in(6) => format!("(int {})", self.expression(Number, depth - 1)),
            Int => of(self, &INTS),
            Number if depth > 0 && self.random.one_in(6) => {
                let (a, b) = (self.expression(Number, depth - 1), self.expression(Number, depth - 1));
                format!("({} {a} {b})", self.random.pick(&["add", "sub", "mul", "addf", "mulf", "max", "divf"]))
            }
            Number => of(self, &NUMBERS),
            Bool => of(self, &["true", "false", "$.Values.t", "$.Values.fa", "(not nil)", "(empty 0)"]),
            List if depth > 0 && self.random.one_in(4) => {
                let items: Vec<String> = (0..self.random.below(4)).map(|_| self.expression(Any, depth - 1)).collect();
                format!("(list {})", items.join(" "))
            }
            List => of(self, &LISTS),
            Map if depth > 0 && self.random.one_in(4) => {
                let (a, b) = (self.expression(Any, depth - 1), self.expression(Any, depth - 1));
                format!("(dict \"a\" {a} \"x\" {b})")
            }
            Map => of(self, &MAPS),
            Fresh => of(self, &FRESH),
            Key => of(self, &KEYS),
            Pattern => of(self, &PATTERNS),
            Subject => of(self, &SUBJECTS),
            Replacement => of(self, &REPLACEMENTS),
            Version => of(self, &VERSIONS),
            Constraint => of(self, &CONSTRAINTS),
            Layout => of(self, &LAYOUTS),
            TimeText => of(self, &TIME_TEXTS),
            Duration => of(self, &DURATIONS),
            Zone => of(self, &ZONES),
            Instant => of(self, &INSTANTS),
            Time => of(self, &TIMES),
            Yaml => of(self, &YAMLS),
            Json => of(self, &JSONS),
            Toml => of(self, &TOMLS),
            Base64 => of(self, &BASE64S),
            Base32 => of(self, &BASE32S),
            Path => of(self, &PATH_TEXTS),
            Url => of(self, &URLS),
            UrlMap => of(self, &URL_MAPS),
            TypeName => of(self, &TYPE_NAMES),
            Template if self.random.one_in(8) => of(self, &BROKEN_TEMPLATES),
            Template => of(self, &TEMPLATES),
            Defined if self.defines() => "\"d0\"".to_owned(),
            Defined => of(self, &["\"shared\"", "\"shared\"", "\"nope\""]),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 || !self.random.one_in(4) {
            let values = ["$.Values.s", "$.Values.uni", "$.Values.q", "$.Values.html", "$.Values.e"];
            return if self.random.one_in(5) { self.random.pick(&values) } else { self.random.pick(&TEXTS) }.to_owned();
        }
        let any = self.expression(Any, depth - 1);
        let wrap = self.random.pick(&[
            "toString",
            "toYaml",
            "toJson",
            "printf \"%v\"",
            "printf \"%#v\"",
            "quote",
            "html",
            "js",
            "print",
            "typeOf",
            "toPrettyJson",
            "squote",
            "cat 1",
            "urlquery",
            "join \"-\"",
            "toToml",
        ]);
        format!("({wrap} {any})")
    }

    /// A value of the chart; once in a while one that is not there.
    pub fn path(&mut self) -> &'static str {
        if self.random.one_in(60) {
            return self.random.pick(&[
                ".Values.s.t",
                ".Values.nope.x",
                ".Values.m.a.b",
                ".Values.l.x",
                ".Nope",
                ".Values.nope",
            ]);
        }
        self.random.pick(&PATHS)
    }
}

/// What Go gives in the random order of its maps, sorted.
fn in_fixed_order(name: &str, call: String) -> String {
    if ["keys", "values"].contains(&name) { format!("{call} | sortAlpha") } else { call }
}
