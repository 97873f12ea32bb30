//! The grammar of gobwas globs, with what the library accepts beyond its documentation: braces that are not closed, a
//! backslash at the end, `}` and `,` outside braces.

/// More open braces than this are refused, so that no pattern exhausts the stack. gobwas has no limit.
const MAX_OPEN: usize = 128;

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    /// `*`
    Any,
    /// `**`
    Super,
    /// `?`
    Single,
    /// `[abc]`, `[!abc]`
    List {
        chars: String,
        not: bool,
    },
    /// `[a-c]`, `[!a-c]`
    Range {
        low: char,
        high: char,
        not: bool,
    },
    /// `{a,b}`; each alternative is a pattern at first.
    AnyOf(Vec<Node>),
    /// Parts in a row.
    Pattern(Vec<Node>),
    /// The empty text.
    Nothing,
}

/// A pattern that is none.
#[derive(Debug)]
pub(super) struct BadGlob;

pub(super) fn parse(pattern: &str) -> Result<Node, BadGlob> {
    let mut reader = Reader { rest: pattern.chars() };
    let mut nest = Nest::default();
    while let Some(c) = reader.peek()? {
        let inside = !nest.open.is_empty();
        match c {
            '{' => nest.enter()?,
            ',' if inside => nest.next(),
            '}' if inside => nest.leave(),
            '[' => {
                reader.rest.next();
                nest.here.push(reader.class()?);
                continue;
            }
            '*' => {
                reader.rest.next();
                let node = if reader.eat('*')? { Node::Super } else { Node::Any };
                nest.here.push(node);
                continue;
            }
            '?' => nest.here.push(Node::Single),
            _ => {
                let text = reader.text(if inside { "?*[{}," } else { "?*[{" })?;
                nest.here.extend((!text.is_empty()).then_some(Node::Text(text)));
                continue;
            }
        }
        reader.rest.next();
    }
    while !nest.open.is_empty() {
        nest.leave();
    }
    Ok(Node::Pattern(nest.here))
}

/// The pattern being read, and those around it.
#[derive(Default)]
struct Nest {
    here: Vec<Node>,
    /// The pattern around each open brace, and the alternatives read since.
    open: Vec<(Vec<Node>, Vec<Node>)>,
}

impl Nest {
    fn enter(&mut self) -> Result<(), BadGlob> {
        if self.open.len() >= MAX_OPEN {
            return Err(BadGlob);
        }
        self.open.push((std::mem::take(&mut self.here), Vec::new()));
        Ok(())
    }

    fn next(&mut self) {
        let here = std::mem::take(&mut self.here);
        if let Some((_, alternatives)) = self.open.last_mut() {
            alternatives.push(Node::Pattern(here));
        }
    }

    fn leave(&mut self) {
        self.next();
        if let Some((around, alternatives)) = self.open.pop() {
            self.here = around;
            self.here.push(Node::AnyOf(alternatives));
        }
    }
}

struct Reader<'a> {
    rest: std::str::Chars<'a>,
}

impl Reader<'_> {
    /// The next character. gobwas takes NUL for the end and cannot read U+FFFD.
    fn peek(&self) -> Result<Option<char>, BadGlob> {
        match self.rest.clone().next() {
            Some(char::REPLACEMENT_CHARACTER) => Err(BadGlob),
            c => Ok(c.filter(|c| *c != '\0')),
        }
    }

    fn eat(&mut self, wanted: char) -> Result<bool, BadGlob> {
        let found = self.peek()? == Some(wanted);
        if found {
            self.rest.next();
        }
        Ok(found)
    }

    fn read(&mut self) -> Result<char, BadGlob> {
        let c = self.peek()?.ok_or(BadGlob)?;
        self.rest.next();
        Ok(c)
    }

    /// Text up to one of the stops. A NUL ends it and is passed over.
    fn text(&mut self, stops: &str) -> Result<String, BadGlob> {
        let mut text = String::new();
        loop {
            match self.peek()? {
                Some(c) if stops.contains(c) => return Ok(text),
                Some('\\') => {
                    self.rest.next();
                    let escaped = self.peek()?;
                    self.rest.next();
                    match escaped {
                        Some(c) => text.push(c),
                        None => return Ok(text),
                    }
                }
                Some(c) => {
                    self.rest.next();
                    text.push(c);
                }
                None => {
                    self.rest.next();
                    return Ok(text);
                }
            }
        }
    }

    /// What follows a `[`: one range, or characters.
    fn class(&mut self) -> Result<Node, BadGlob> {
        let not = self.eat('!')?;
        let start = self.rest.clone();
        let low = self.read()?;
        let node = if self.eat('-')? {
            let high = self.read()?;
            if high < low {
                return Err(BadGlob);
            }
            Node::Range { low, high, not }
        } else {
            self.rest = start;
            let chars = self.text("]")?;
            if chars.is_empty() {
                return Err(BadGlob);
            }
            Node::List { chars, not }
        };
        if self.read()? == ']' { Ok(node) } else { Err(BadGlob) }
    }
}
