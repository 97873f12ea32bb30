//! Random templates: most of them run, many fail, some cannot even be read.

/// A small generator of random numbers, the same for the same seed.
pub(super) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const PATHS: [&str; 34] = [
    ".Values.s",
    ".Values.i",
    ".Values.big",
    ".Values.f",
    ".Values.neg",
    ".Values.t",
    ".Values.fa",
    ".Values.n",
    ".Values.e",
    ".Values.z",
    ".Values.l",
    ".Values.el",
    ".Values.nl",
    ".Values.m",
    ".Values.em",
    ".Values.mm",
    ".Values.mm.x.y",
    ".Values.mm.x.y.z",
    ".Values.lm",
    ".Values.mk",
    ".Values.mk.b10",
    ".Values.uni",
    ".Values.q",
    ".Values.html",
    ".Values.nope",
    ".Release.Name",
    ".Release.Revision",
    ".Chart.Name",
    ".Template.Name",
    ".Values.m.a",
    ".Values.m.zz",
    ".Values.s.t",
    ".Values.nope.x",
    ".",
];

const LITERALS: [&str; 34] = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "42",
    "0x1F",
    "0b101",
    "0o17",
    "1_000",
    "'a'",
    "'日'",
    "1.5",
    "0.0",
    "-2.5",
    "1e3",
    "1e21",
    "1e-7",
    "100000.0",
    "1000000.0",
    "true",
    "false",
    "\"\"",
    "\"a\"",
    "\"str\"",
    "\"x\\ty\\\"z\"",
    "`raw \\n`",
    "\"héllo\"",
    "\"<&'>\"",
    "\"3\"",
    "\"a,b,c\"",
    "nil",
    "2i",
    "9223372036854775807",
];

/// Functions with about the number of arguments that they take.
const FUNCTIONS: [(&str, usize); 62] = [
    ("eq", 2),
    ("ne", 2),
    ("lt", 2),
    ("le", 2),
    ("gt", 2),
    ("ge", 2),
    ("eq", 3),
    ("and", 2),
    ("or", 2),
    ("and", 3),
    ("or", 3),
    ("not", 1),
    ("len", 1),
    ("index", 2),
    ("index", 3),
    ("print", 2),
    ("print", 3),
    ("println", 2),
    ("html", 1),
    ("js", 1),
    ("urlquery", 1),
    ("html", 2),
    ("call", 1),
    ("default", 2),
    ("upper", 1),
    ("lower", 1),
    ("quote", 1),
    ("squote", 1),
    ("list", 2),
    ("list", 3),
    ("add", 2),
    ("sub", 2),
    ("mul", 2),
    ("int", 1),
    ("int64", 1),
    ("float64", 1),
    ("toString", 1),
    ("kindOf", 1),
    ("typeOf", 1),
    ("ternary", 3),
    ("coalesce", 2),
    ("first", 1),
    ("last", 1),
    ("join", 2),
    ("trunc", 2),
    ("indent", 2),
    ("nindent", 2),
    ("replace", 3),
    ("repeat", 2),
    ("trim", 1),
    ("has", 2),
    ("hasKey", 2),
    ("get", 2),
    ("keys", 1),
    ("empty", 1),
    ("toJson", 1),
    ("toYaml", 1),
    ("include", 2),
    ("required", 2),
    ("slice", 2),
    ("until", 1),
    ("tpl", 2),
];

const VERBS: [&str; 26] = [
    "v", "+v", "#v", "s", "q", "d", "x", "X", "t", "T", "f", "e", "g", "E", "G", "c", "U", "o", "O", "b", "w", "z",
    "%", "#q", "+q", "!",
];

/// Writes one template.
pub(super) struct Generator {
    random: Random,
    variables: Vec<String>,
    in_range: bool,
    /// Whether `.` is not the root.
    moved: bool,
    defined: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Generator { random: Random::new(seed), variables: Vec::new(), in_range: false, moved: false, defined: 0 }
    }

    pub fn template(&mut self) -> String {
        self.variables.clear();
        self.defined = 0;
        self.in_range = false;
        self.moved = false;
        let mut out = String::new();
        if self.random.one_in(4) {
            self.defined = 1;
            let body = self.statements(1);
            out.push_str(&format!("{{{{ define \"d0\" }}}}{body}{{{{ end }}}}"));
            self.variables.clear();
        }
        out.push_str(&self.statements(3));
        if self.random.one_in(60) { self.damage(out) } else { out }
    }

    /// Drops or doubles a character somewhere.
    fn damage(&mut self, text: String) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let at = self.random.below(chars.len().max(1));
        if at < chars.len() {
            match self.random.below(3) {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, chars[at]),
                _ => chars[at] = ['}', '{', '"', '(', ')', '|', '.', '$', ' ', '%'][self.random.below(10)],
            }
        }
        chars.into_iter().collect()
    }

    fn statements(&mut self, depth: usize) -> String {
        let count = 1 + self.random.below(3);
        (0..count).map(|_| self.statement(depth)).collect()
    }

    fn open(&mut self) -> &'static str {
        self.random.pick(&["{{ ", "{{ ", "{{ ", "{{", "{{- ", "{{\n"])
    }

    fn close(&mut self) -> &'static str {
        self.random.pick(&[" }}", " }}", " }}", "}}", " -}}", "\n }}"])
    }

    fn action(&mut self, inner: &str) -> String {
        format!("{}{inner}{}", self.open(), self.close())
    }

    fn statement(&mut self, depth: usize) -> String {
        let kind = if depth == 0 { self.random.below(8) } else { self.random.below(16) };
        match kind {
            0 => self.random.pick(&["a", " b ", "\n", " \n c\n", "é{ }", "x: "]).to_owned(),
            1..=4 => {
                let pipe = self.pipeline(2);
                self.action(&pipe)
            }
            5 => self.printf(),
            6 => self.assignment(),
            7 => self.rare(),
            8..=10 => self.branch("if", depth),
            11 | 12 => self.branch("with", depth),
            _ => self.range(depth),
        }
    }

    fn rare(&mut self) -> String {
        match self.random.below(6) {
            0 => "{{/* comment */}}".into(),
            1 => " {{- /* comment */ -}} ".into(),
            2 if self.in_range => self.random.pick(&["{{ break }}", "{{ continue }}"]).to_owned(),
            3 if self.defined > 0 => {
                let dot = self.operand(1);
                let call = self.random.pick(&["template", "template", "include"]);
                self.action(&format!("{call} \"d0\" {dot}"))
            }
            4 => {
                let (name, dot) = (self.random.below(3), self.operand(1));
                let body = self.statement(0);
                format!("{{{{ block \"b{name}\" {dot} }}}}{body}{{{{ end }}}}")
            }
            _ => {
                let (text, dot) = (
                    self.random.pick(&["{{ . }}", "{{ .s }}-{{ .Values.s }}", "x", "{{ end }}", "{{ .x.y }}"]),
                    self.operand(1),
                );
                self.action(&format!("tpl {text:?} {dot}"))
            }
        }
    }

    fn assignment(&mut self) -> String {
        let pipe = self.pipeline(1);
        if !self.variables.is_empty() && self.random.one_in(3) {
            let name = self.variables[self.random.below(self.variables.len())].clone();
            return self.action(&format!("{name} = {pipe}"));
        }
        let name = format!("$v{}", self.random.below(3));
        let text = self.action(&format!("{name} := {pipe}"));
        self.variables.push(name);
        text
    }

    fn branch(&mut self, word: &str, depth: usize) -> String {
        let known = self.variables.len();
        let declares = self.random.one_in(5);
        let mut pipe = self.pipeline(2);
        if declares {
            pipe = format!("$c := {pipe}");
            self.variables.push("$c".into());
        }
        let mut out = self.action(&format!("{word} {pipe}"));
        let outer = self.moved;
        self.moved |= word == "with";
        out.push_str(&self.statements(depth - 1));
        self.moved = outer;
        if self.random.one_in(4) {
            let other = self.pipeline(1);
            out.push_str(&self.action(&format!("else {word} {other}")));
            out.push_str(&self.statements(depth - 1));
        }
        if self.random.one_in(2) {
            out.push_str(&self.action("else"));
            out.push_str(&self.statements(depth - 1));
        }
        self.variables.truncate(known);
        out.push_str(&self.action("end"));
        out
    }

    fn range(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let outer = std::mem::replace(&mut self.in_range, true);
        let moved = std::mem::replace(&mut self.moved, true);
        let over = match self.random.below(9) {
            0 => self.operand(1),
            _ => self
                .random
                .pick(&[
                    ".Values.l",
                    ".Values.m",
                    ".Values.lm",
                    ".Values.nl",
                    ".Values.mk",
                    "3",
                    "(list 1 \"a\" nil)",
                    ".Values.el",
                ])
                .to_owned(),
        };
        let head = match self.random.below(5) {
            0 => "$e := ",
            1 => "$k, $e := ",
            2 if self.variables.iter().any(|v| v == "$v0") => "$v0 = ",
            _ => "",
        };
        if head.contains(":=") {
            self.variables.extend(["$e".to_owned()]);
            if head.starts_with("$k") {
                self.variables.push("$k".into());
            }
        }
        let mut out = self.action(&format!("range {head}{over}"));
        out.push_str(&self.statements(depth - 1));
        self.in_range = outer;
        self.moved = moved;
        if self.random.one_in(4) {
            out.push_str(&self.action("else"));
            out.push_str(&self.statements(depth - 1));
        }
        self.variables.truncate(known);
        out.push_str(&self.action("end"));
        out
    }

    fn pipeline(&mut self, depth: usize) -> String {
        let mut out = if self.random.one_in(3) { self.call(depth) } else { self.operand(depth) };
        while self.random.one_in(4) {
            let (name, count) = FUNCTIONS[self.random.below(FUNCTIONS.len())];
            out.push_str(self.random.pick(&[" | ", " | ", "|"]));
            out.push_str(name);
            for _ in 1..count {
                out.push(' ');
                out.push_str(&self.argument(name, depth.saturating_sub(1)));
            }
        }
        out
    }

    fn call(&mut self, depth: usize) -> String {
        let (name, mut count) = FUNCTIONS[self.random.below(FUNCTIONS.len())];
        if self.random.one_in(25) {
            count = self.random.below(5);
        }
        let mut out = name.to_owned();
        for _ in 0..count {
            out.push(' ');
            out.push_str(&self.argument(name, depth.saturating_sub(1)));
        }
        out
    }

    /// Mostly of a type that the function takes.
    fn argument(&mut self, name: &str, depth: usize) -> String {
        if self.random.one_in(3) {
            return self.operand(depth);
        }
        match name {
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" => {
                self.random.pick(&["1", "2", "3", "42", "\"a\"", "1.5"]).to_owned()
            }
            "upper" | "lower" | "replace" | "trim" => {
                self.random.pick(&["\"aBc\"", "$.Values.s", "$.Values.uni", "\"s\""]).to_owned()
            }
            "trunc" | "indent" | "nindent" | "repeat" | "until" => {
                self.random.pick(&["1", "2", "3", "\"ab\"", "$.Values.s"]).to_owned()
            }
            "index" => self.random.pick(&["$.Values.l", "$.Values.m", "0", "1", "\"a\"", "$.Values.lm"]).to_owned(),
            "hasKey" | "get" | "keys" => {
                self.random.pick(&["$.Values.m", "$.Values.mm", "\"a\"", "(dict \"a\" 1)"]).to_owned()
            }
            "join" => self.random.pick(&["\",\"", "$.Values.l", "$.Values.nl"]).to_owned(),
            "include" => self.random.pick(&["\"d0\"", "\"nope\"", "."]).to_owned(),
            "tpl" => self.random.pick(&["\"{{ . }}\"", "\"x{{ .Values.i }}\"", "."]).to_owned(),
            _ => self.operand(depth),
        }
    }

    fn operand(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 7 } else { 10 };
        match self.random.below(kinds) {
            0..=2 => {
                let path = self.random.pick(&PATHS);
                match path {
                    "." if self.moved || self.random.one_in(10) => path.to_owned(),
                    "." => "$.Values.lm".to_owned(),
                    _ if self.moved && !self.random.one_in(30) => format!("${path}"),
                    _ => path.to_owned(),
                }
            }
            3 | 4 => self.random.pick(&LITERALS).to_owned(),
            5 | 6 => self.variable(),
            7 | 8 => format!("({})", self.pipeline(depth - 1)),
            _ => {
                let (inner, name) = (self.pipeline(depth - 1), self.random.pick(&[".a", ".n", ".x.y", ".nope"]));
                format!("({inner}){name}")
            }
        }
    }

    fn variable(&mut self) -> String {
        if self.variables.is_empty() || self.random.one_in(4) {
            let nowhere = if self.random.one_in(20) { "$nope" } else { "$.Values.i" };
            return self.random.pick(&["$.Values.l", "$.Values.s", "$.Values.m", "$.Values.nope", nowhere]).to_owned();
        }
        let name = self.variables[self.random.below(self.variables.len())].clone();
        let field = if self.random.one_in(5) { self.random.pick(&[".a", ".n", ".x.y"]) } else { "" };
        format!("{name}{field}")
    }

    fn printf(&mut self) -> String {
        let count = 1 + self.random.below(3);
        let (mut format, mut args) = (String::new(), String::new());
        for _ in 0..count {
            format.push_str(self.random.pick(&["", "a", " ", "|"]));
            format.push('%');
            for _ in 0..self.random.below(3) {
                format.push_str(
                    self.random.pick(&["", "+", "-", "#", " ", "0", "5", "10", ".2", ".0", "3.1", "*", "[1]", "[2]"]),
                );
            }
            format.push_str(self.random.pick(&VERBS));
            if !self.random.one_in(12) {
                args.push(' ');
                args.push_str(&self.operand(1));
            }
        }
        let quoted = format!("{format:?}");
        self.action(&format!("printf {quoted}{args}"))
    }
}
