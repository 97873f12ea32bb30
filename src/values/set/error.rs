//! What can be wrong with an argument of the `--set` family, and how to write it right.

use std::ops::Range;

use super::{Fault, SetFlag};
use crate::diag::{Diagnostic, Pos, Source, Span, is_secret_key};

/// What is wrong with an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetErrorKind {
    /// A key is followed by a comma or by the end of the argument.
    NoValue {
        /// The key, which may be the rest of a value with a comma in it.
        key: String,
    },
    /// Nothing below a map is set, because the key after the dot is empty.
    NoKey {
        /// The key before the dot.
        parent: String,
    },
    /// A key is to be set below what is not a map.
    NotAMap {
        /// The last step of the path to it.
        at: String,
        /// What it is instead.
        found: &'static str,
        /// Where that was written.
        written: Pos,
    },
    /// An item is to be set in what is not a list.
    NotAList {
        /// The last step of the path to it.
        at: String,
        /// What it is instead.
        found: &'static str,
        /// Where that was written.
        written: Pos,
    },
    /// What stands in brackets is not a number from 0.
    BadIndex {
        /// What stands there.
        text: String,
    },
    /// An index is beyond what Helm allows.
    IndexTooLarge {
        /// The index.
        index: usize,
        /// The greatest index allowed.
        limit: usize,
    },
    /// Something stands between `]` and the next `[`, `.` or `=`.
    AfterIndex {
        /// What stands there.
        text: String,
    },
    /// A path has more dots than Helm allows.
    TooManyDots {
        /// How many are allowed.
        limit: usize,
    },
    /// Lists and maps nest too deeply.
    TooDeep {
        /// How many levels are allowed.
        limit: usize,
    },
    /// A list has no `}`.
    OpenList,
    /// The value of `--set-json` is not JSON.
    Json {
        /// What is wrong with it.
        message: &'static str,
    },
    /// A file cannot be read.
    File {
        /// Its name as it was given.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A file is not UTF-8.
    NotText {
        /// Its name as it was given.
        path: String,
    },
}

/// An argument that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetError {
    /// The flag it was given to.
    pub flag: SetFlag,
    /// What is wrong.
    pub kind: SetErrorKind,
    /// The bytes of the argument that are wrong.
    pub span: Range<usize>,
    /// Whether a key in the argument names a secret, so that what stands in the argument is not to be repeated.
    pub secret: bool,
}

impl SetError {
    pub(super) fn new(flag: SetFlag, fault: Fault, argument: &Source) -> Self {
        // What --set-file is given is the name of a file, whatever the key.
        let secret = flag != SetFlag::SetFile && names_secret(&argument.text);
        SetError { flag, kind: fault.kind, span: fault.span, secret }
    }

    /// The error as it is told to a person. Where the argument may hold a secret, it is not shown.
    pub fn diagnostic(&self, argument: &Source) -> Diagnostic {
        let flag = self.flag.name();
        let (problem, label) = self.words();
        let mut diagnostic = Diagnostic::error(format!("{flag}: {problem}"));
        if self.secret {
            let (_, column) = argument.line_column(self.span.start);
            diagnostic = diagnostic.note(format!("at character {column} of the argument, which is not shown"));
        } else {
            diagnostic = diagnostic.label(argument.range(self.span.clone()), label);
        }
        if let SetErrorKind::NotAMap { written, found, .. } | SetErrorKind::NotAList { written, found, .. } = &self.kind
        {
            let span = written.is_some().then(|| Span::at(*written));
            diagnostic = diagnostic.label_opt(span, format!("the {found} was set here"));
        }
        self.help(argument).into_iter().fold(diagnostic, Diagnostic::help)
    }

    /// The rest of the title, and what is said about the place.
    fn words(&self) -> (String, &'static str) {
        match &self.kind {
            SetErrorKind::NoValue { key } if key.is_empty() => ("a key is missing before `,`".into(), "expected a key"),
            SetErrorKind::NoValue { key } => {
                (format!("key {} has no value", self.quoted(key)), "expected `=` after this")
            }
            SetErrorKind::NoKey { parent } => {
                (format!("a key is missing below {}", self.quoted(parent)), "expected a key after this")
            }
            SetErrorKind::NotAMap { at, found, .. } => {
                (format!("{} is {}, not a map", self.place(at), article(found)), "a key is set below this")
            }
            SetErrorKind::NotAList { at, found, .. } => {
                (format!("{} is {}, not a list", self.place(at), article(found)), "an item of this is set")
            }
            SetErrorKind::BadIndex { text } => (format!("{} is not an index", self.quoted(text)), "expected a number"),
            SetErrorKind::IndexTooLarge { index, limit } => {
                (format!("index {index} is greater than {limit}, the greatest allowed"), "")
            }
            SetErrorKind::AfterIndex { text } => {
                (format!("unexpected {} after an index", self.quoted(text)), "expected `=`, `.` or `[`")
            }
            SetErrorKind::TooManyDots { limit } => (format!("the path has more than {limit} dots"), "one too many"),
            SetErrorKind::TooDeep { limit } => (format!("values nest more than {limit} levels deep"), "one too many"),
            SetErrorKind::OpenList => ("a list is not closed".into(), "expected `}` after this"),
            SetErrorKind::Json { message } => (format!("not JSON: {message}"), ""),
            SetErrorKind::File { path, reason } => (format!("cannot read {}: {reason}", self.quoted(path)), ""),
            SetErrorKind::NotText { path } => (format!("{} is not UTF-8 text", self.quoted(path)), ""),
        }
    }

    fn quoted(&self, text: &str) -> String {
        if self.secret { "`***`".into() } else { format!("{text:?}") }
    }

    fn place(&self, at: &str) -> String {
        if at.is_empty() { "the root".into() } else { self.quoted(at) }
    }

    fn help(&self, argument: &Source) -> Vec<&'static str> {
        const COMMA: &str =
            "a comma in a value is written `\\,`; --set-literal, --set-json and a values file take it as it is";
        const DOT: &str = "a dot within a key is written `\\.`: nodeSelector.kubernetes\\.io/os=linux";
        const DOT_LITERAL: &str = "--set-literal has no way to write a dot within a key: use --set-string with `\\.`";
        const LIST: &str = "a list is written {one,two}; a text that begins with `{` is written `\\{…`";
        let literal = self.flag == SetFlag::SetLiteral;
        match &self.kind {
            SetErrorKind::NoValue { .. } if self.after_comma(argument) && !literal => vec![COMMA],
            SetErrorKind::NoValue { .. } => vec!["write key=value; key=null deletes a default"],
            SetErrorKind::NoKey { .. } | SetErrorKind::NotAMap { .. } if literal => vec![DOT_LITERAL],
            SetErrorKind::NotAMap { found: "null", .. } => {
                vec!["nothing can be set below a null that an earlier layer or flag wrote: leave that out"]
            }
            SetErrorKind::NoKey { .. } | SetErrorKind::NotAMap { .. } | SetErrorKind::TooManyDots { .. } => vec![DOT],
            SetErrorKind::NotAList { found: "null", .. } => vec!["set the whole list instead: key={one,two}"],
            SetErrorKind::BadIndex { .. } | SetErrorKind::AfterIndex { .. } | SetErrorKind::NotAList { .. } => {
                vec!["an index is a number from 0: hosts[0].name=a; a bracket within a key is written `\\[`"]
            }
            SetErrorKind::OpenList => vec![LIST, "in a list, too, a comma or `}` in a value takes a `\\` before it"],
            SetErrorKind::Json { .. } => {
                vec![
                    "text stands in double quotes, and the shell needs single ones around all: --set-json 'key=\"text\"'",
                ]
            }
            SetErrorKind::NotText { .. } => vec!["encode the file with base64 and let the template decode it"],
            SetErrorKind::File { .. } if self.after_comma(argument) => vec![COMMA],
            SetErrorKind::IndexTooLarge { .. } | SetErrorKind::TooDeep { .. } | SetErrorKind::File { .. } => vec![],
        }
    }

    /// Whether the place follows, or ends at, a comma.
    fn after_comma(&self, argument: &Source) -> bool {
        argument.text.get(..self.span.end).unwrap_or(&argument.text).contains(&b',')
    }
}

fn article(kind: &str) -> String {
    match kind {
        "null" => "null".into(),
        "integer" => "an integer".into(),
        kind => format!("a {kind}"),
    }
}

/// Whether anything in an argument looks like the key of a secret.
fn names_secret(argument: &[u8]) -> bool {
    String::from_utf8_lossy(argument).split(|c: char| !(c.is_alphanumeric() || "-_".contains(c))).any(is_secret_key)
}
