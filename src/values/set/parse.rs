//! The grammar of `key.key[0]=value,…`, as in Helm's `pkg/strvals`.
//!
//! Knows nothing of the tree. Helm changes the tree while it reads and takes the end of the input, wherever it comes,
//! for the end of the work; so an assignment that breaks off is a result here, not an error.

use std::ops::Range;

use super::scan::{Piece, Scanner};
use super::{Fault, ReadFile, SetErrorKind, SetFlag, json, origin_in};
use crate::diag::Source;
use crate::value::{Num, Origin, Str, Value};

/// How many dots a path may have; those after an index are not counted (`MaxNestedNameLevel`).
pub(super) const MAX_DOTS: usize = 30;

/// How many steps a path may have. Helm has no limit; YAML and JSON end at this depth too.
pub(super) const MAX_DEPTH: usize = 10_000;

/// One step into the tree.
#[derive(Debug)]
pub(super) struct Step {
    pub kind: StepKind,
    /// The key or the index with its brackets.
    pub span: Range<usize>,
}

#[derive(Debug)]
pub(super) enum StepKind {
    Key(Str),
    Index(usize),
}

/// How an assignment ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// With a value.
    Value(Value),
    /// With `=` as the last character of the argument: an empty text, and the end of the work.
    EmptyAtEnd,
    /// Before the `=`: nothing is set, but Helm has walked up to the last step.
    Cut,
}

/// One `path=value` of an argument.
#[derive(Debug)]
pub(super) struct Assignment {
    pub path: Vec<Step>,
    pub ending: Ending,
}

impl Assignment {
    /// Whether the argument ends here.
    pub fn is_last(&self) -> bool {
        !matches!(self.ending, Ending::Value(_))
    }
}

/// Reads the assignments of one argument in turn.
pub(super) struct Parser<'a, 'f> {
    scanner: Scanner<'a>,
    flag: SetFlag,
    source: &'a Source,
    files: &'a mut ReadFile<'f>,
}

impl<'a, 'f> Parser<'a, 'f> {
    pub fn new(flag: SetFlag, source: &'a Source, files: &'a mut ReadFile<'f>) -> Self {
        Parser { scanner: Scanner::new(&source.text, flag != SetFlag::SetLiteral), flag, source, files }
    }

    /// The next assignment; past the last one, an assignment that is cut off at once.
    pub fn assignment(&mut self) -> Result<Assignment, Fault> {
        let mut path = Vec::new();
        let ending = if self.path(&mut path)? { self.value()? } else { Ending::Cut };
        Ok(Assignment { path, ending })
    }

    /// Reads a path and says whether a value follows.
    fn path(&mut self, path: &mut Vec<Step>) -> Result<bool, Fault> {
        let mut dots = 0;
        let mut stop = self.key(path)?;
        loop {
            let after_key = matches!(path.last(), Some(Step { kind: StepKind::Key(_), .. }));
            match stop {
                None => return Ok(false),
                Some('.') => {
                    dots += usize::from(after_key);
                    self.check_depth(dots, path.len())?;
                    stop = self.key(path)?;
                }
                Some('[') => {
                    self.check_depth(dots, path.len())?;
                    let Some(step) = self.index()? else { return Ok(false) };
                    path.push(step);
                    stop = self.after_index()?;
                }
                Some(_) => return Ok(true),
            }
        }
    }

    fn check_depth(&self, dots: usize, steps: usize) -> Result<(), Fault> {
        let end = self.scanner.offset();
        if dots > MAX_DOTS {
            return Err(Fault::new(SetErrorKind::TooManyDots { limit: MAX_DOTS }, end - 1..end));
        }
        if steps >= MAX_DEPTH {
            return Err(Fault::new(SetErrorKind::TooDeep { limit: MAX_DEPTH }, end - 1..end));
        }
        Ok(())
    }

    fn key(&mut self, path: &mut Vec<Step>) -> Result<Option<char>, Fault> {
        let stops: &[char] = if self.flag == SetFlag::SetLiteral { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let Piece { text, span, stop } = self.scanner.until(stops);
        match stop {
            None if !text.is_empty() => Err(Fault::new(SetErrorKind::NoValue { key: text }, span)),
            Some(',') => Err(Fault::new(SetErrorKind::NoValue { key: text }, span.start..span.end + 1)),
            stop => {
                path.push(Step { kind: StepKind::Key(text.into()), span });
                Ok(stop)
            }
        }
    }

    /// The index after a `[`, or none where the argument ends before the `]`.
    fn index(&mut self) -> Result<Option<Step>, Fault> {
        let Piece { text, span, stop } = self.scanner.until(&[']']);
        if stop.is_none() {
            return Ok(None);
        }
        let span = span.start - 1..span.end + 1;
        match text.parse::<i64>().map(usize::try_from) {
            Ok(Ok(index)) => Ok(Some(Step { kind: StepKind::Index(index), span })),
            _ => Err(Fault::new(SetErrorKind::BadIndex { text }, span)),
        }
    }

    fn after_index(&mut self) -> Result<Option<char>, Fault> {
        let Piece { text, span, stop } = self.scanner.until(&['[', '.', '=']);
        if text.is_empty() { Ok(stop) } else { Err(Fault::new(SetErrorKind::AfterIndex { text }, span)) }
    }

    fn value(&mut self) -> Result<Ending, Fault> {
        match self.flag {
            SetFlag::SetJson => self.json().map(Ending::Value),
            SetFlag::SetLiteral => Ok(Ending::Value(Value::str(self.scanner.until(&[]).text))),
            _ => match self.scanner.peek() {
                None => Ok(Ending::EmptyAtEnd),
                Some('{') => self.list().map(Ending::Value),
                Some(_) => {
                    let piece = self.scanner.until(&[',']);
                    self.scalar(piece).map(Ending::Value)
                }
            },
        }
    }

    /// `{a,b}`, and a comma after it. An empty list cannot be written: `{}` holds an empty text.
    fn list(&mut self) -> Result<Value, Fault> {
        let start = self.scanner.offset();
        self.scanner.next();
        let mut items = Vec::new();
        loop {
            let piece = self.scanner.until(&[',', '}']);
            let (stop, origin) = (piece.stop, origin_in(self.source, piece.span.start));
            if stop.is_none() {
                return Err(Fault::new(SetErrorKind::OpenList, start..piece.span.end));
            }
            items.push(self.scalar(piece)?.with_origin(origin));
            if stop == Some('}') {
                self.scanner.eat(',');
                return Ok(Value::list(items));
            }
        }
    }

    fn scalar(&mut self, piece: Piece) -> Result<Value, Fault> {
        match self.flag {
            SetFlag::Set => Ok(typed(piece.text)),
            SetFlag::SetFile => self.file(piece),
            _ => Ok(Value::str(piece.text)),
        }
    }

    fn file(&mut self, piece: Piece) -> Result<Value, Fault> {
        let Piece { text: path, span, .. } = piece;
        let content = match (self.files)(&path) {
            Ok(content) => content,
            Err(reason) => return Err(Fault::new(SetErrorKind::File { path, reason }, span)),
        };
        match String::from_utf8(content) {
            Ok(text) => Ok(Value::str(text)),
            Err(_) => Err(Fault::new(SetErrorKind::NotText { path }, span)),
        }
    }

    /// A JSON value, and white space and a comma after it; nothing at all is null.
    fn json(&mut self) -> Result<Value, Fault> {
        if self.blank() {
            return Ok(Value::NULL);
        }
        let (value, end) = json::read(self.source, self.scanner.offset())?;
        self.scanner.skip_to(end);
        self.blank();
        Ok(value)
    }

    /// Passes over white space and one comma; whether it ended at the comma or at the end of the argument.
    fn blank(&mut self) -> bool {
        loop {
            match self.scanner.peek() {
                None => return true,
                Some(',') => return self.scanner.eat(','),
                Some(c) if c.is_whitespace() => self.scanner.next(),
                Some(_) => return false,
            };
        }
    }
}

/// What `--set` makes of a text: a boolean or null in any case, a decimal int64 without a leading zero, or the text.
fn typed(text: String) -> Value {
    if folds_to(&text, "true") {
        return Value::bool(true);
    }
    if folds_to(&text, "false") {
        return Value::bool(false);
    }
    if folds_to(&text, "null") {
        return Value::NULL;
    }
    if text != "0" && text.starts_with('0') {
        return Value::str(text);
    }
    match text.parse() {
        Ok(n) => Value::Num(Num::Int64(n), Origin::NONE),
        Err(_) => Value::str(text),
    }
}

/// Go's `strings.EqualFold` with a lower-case word; of the letters outside ASCII only `ſ` and the Kelvin sign fold into
/// it, and no word here has a `k`.
fn folds_to(text: &str, word: &str) -> bool {
    text.chars().map(|c| if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }).eq(word.chars())
}
