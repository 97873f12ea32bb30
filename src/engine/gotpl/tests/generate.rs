//! Random templates: most of them run, some fail, a few cannot even be read.

use super::arguments::{self, Kind, SHAPES};

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

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// What every chart's templates have.
pub(super) const PATHS: [&str; 30] = [
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
    ".Values.odd",
    ".Release.Name",
    ".Release.Revision",
    ".Chart.Name",
    ".Template.Name",
    ".Values.m.a",
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

const VERBS: [&str; 26] = [
    "v", "+v", "#v", "s", "q", "d", "x", "X", "t", "T", "f", "e", "g", "E", "G", "c", "U", "o", "O", "b", "w", "z",
    "%", "#q", "+q", "!",
];

/// Writes one template.
pub(super) struct Generator {
    pub random: Random,
    /// The functions that are called.
    pub functions: Vec<&'static str>,
    variables: Vec<String>,
    in_range: bool,
    /// Whether `.` is not the root.
    moved: bool,
    defined: usize,
    blocks: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Generator {
            random: Random::new(seed),
            functions: arguments::called(),
            variables: Vec::new(),
            in_range: false,
            moved: false,
            defined: 0,
            blocks: 0,
        }
    }

    pub fn template(&mut self) -> String {
        self.variables.clear();
        self.defined = 0;
        self.blocks = 0;
        self.in_range = false;
        self.moved = false;
        let mut out = String::new();
        if self.random.one_in(4) {
            let body = self.statements(1);
            self.defined = 1;
            out.push_str(&format!("{{{{ define \"d0\" }}}}{body}{{{{ end }}}}"));
            self.variables.clear();
        }
        out.push_str(&self.statements(3));
        if self.random.one_in(80) { self.damage(out) } else { out }
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
        match self.random.below(7) {
            0 => "{{/* comment */}}".into(),
            1 => " {{- /* comment */ -}} ".into(),
            2 if self.in_range => self.random.pick(&["{{ break }}", "{{ continue }}"]).to_owned(),
            3 if self.defined > 0 => {
                let dot = if self.random.one_in(8) { self.operand(1) } else { "$".to_owned() };
                let call = self.random.pick(&["template", "template", "include"]);
                self.action(&format!("{call} \"d0\" {dot}"))
            }
            4 => {
                let dot = if self.random.one_in(8) { self.operand(1) } else { "$".to_owned() };
                let name = self.blocks;
                self.blocks += 1;
                let outer = std::mem::take(&mut self.variables);
                let body = self.statement(0);
                self.variables = outer;
                format!("{{{{ block \"b{name}\" {dot} }}}}{body}{{{{ end }}}}")
            }
            5 => self.random.pick(&["{{ template \"shared\" . }}", "{{ template \"shared\" 1 }}"]).to_owned(),
            _ => {
                let (text, dot) = (self.expression(Kind::Template, 0), self.operand(1));
                self.action(&format!("tpl {text} {dot}"))
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
        let head = self.variables.len();
        out.push_str(&self.statements(depth - 1));
        self.variables.truncate(head);
        self.moved = outer;
        if self.random.one_in(4) {
            let other = self.pipeline(1);
            out.push_str(&self.action(&format!("else {word} {other}")));
            self.moved |= word == "with";
            out.push_str(&self.statements(depth - 1));
            self.variables.truncate(head);
            self.moved = outer;
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
        let over = match self.random.below(18) {
            0 => self.operand(1),
            1 | 2 => self.expression(Kind::List, 1),
            3 => self.expression(Kind::Map, 1),
            4 => "3".to_owned(),
            _ => self
                .random
                .pick(&[
                    ".Values.l",
                    ".Values.m",
                    ".Values.lm",
                    ".Values.nl",
                    ".Values.mk",
                    "(until 3)",
                    "(list 1 \"a\" nil)",
                    ".Values.el",
                ])
                .to_owned(),
        };
        let over = if moved && over.starts_with(".V") { format!("${over}") } else { over };
        let head = match self.random.below(5) {
            0 => "$e := ",
            1 if over != "3" => "$k, $e := ",
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
        self.variables.truncate(known);
        if self.random.one_in(4) {
            out.push_str(&self.action("else"));
            out.push_str(&self.statements(depth - 1));
        }
        self.variables.truncate(known);
        out.push_str(&self.action("end"));
        out
    }

    fn pipeline(&mut self, depth: usize) -> String {
        let mut out = match self.random.below(8) {
            0..=3 => self.call(depth),
            4 => self.piped(depth),
            5 if self.random.one_in(4) => self.random.pick(&SHAPES).to_owned(),
            _ => self.operand(depth),
        };
        while self.random.one_in(5) {
            let filter = self.filter(depth.saturating_sub(1));
            out.push_str(self.random.pick(&[" | ", " | ", "|"]));
            out.push_str(&filter);
        }
        out
    }

    /// Whether the template defines another one that can be called here.
    pub fn defines(&self) -> bool {
        self.defined > 0
    }

    pub fn operand(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 8 } else { 14 };
        match self.random.below(kinds) {
            0..=2 => format!("${}", self.path()),
            3 => {
                if self.moved {
                    ".".to_owned()
                } else {
                    self.path().to_owned()
                }
            }
            4 | 5 => self.random.pick(&LITERALS).to_owned(),
            6 | 7 => self.variable(),
            8..=10 => format!("({})", self.pipeline(depth - 1)),
            11 => self.expression(Kind::List, depth - 1),
            12 => self.expression(Kind::Map, depth - 1),
            _ => {
                let (inner, name) = (self.expression(Kind::Map, depth - 1), self.random.pick(&[".a", ".x", ".nope"]));
                format!("{inner}{name}")
            }
        }
    }

    fn variable(&mut self) -> String {
        if self.variables.is_empty() || self.random.one_in(4) {
            let nowhere = if self.random.one_in(60) { "$nope" } else { "$.Values.i" };
            return self.random.pick(&["$.Values.l", "$.Values.s", "$.Values.m", "$.Values.nope", nowhere]).to_owned();
        }
        let name = self.variables[self.random.below(self.variables.len())].clone();
        let field = if self.random.one_in(20) { self.random.pick(&[".a", ".n", ".x.y"]) } else { "" };
        format!("{name}{field}")
    }

    /// A format and what is to be printed.
    pub fn print_arguments(&mut self) -> (Vec<String>, Kind) {
        let (mut format, mut args) = (String::new(), Vec::new());
        for _ in 0..1 + self.random.below(3) {
            format.push_str(self.random.pick(&["", "a", " ", "|"]));
            format.push('%');
            for _ in 0..self.random.below(3) {
                format.push_str(
                    self.random.pick(&["", "+", "-", "#", " ", "0", "5", "10", ".2", ".0", "3.1", "*", "[1]", "[2]"]),
                );
            }
            format.push_str(self.random.pick(&VERBS));
            if !self.random.one_in(12) {
                args.push(self.operand(1));
            }
        }
        args.insert(0, format!("{format:?}"));
        (args, Kind::Any)
    }

    fn printf(&mut self) -> String {
        let (args, _) = self.print_arguments();
        self.action(&format!("printf {}", args.join(" ")))
    }
}
