//! Template text to syntax trees: the grammar of `text/template/parse` of Go 1.25, and the reasons it gives.
//!
//! Knows nothing of values or of what a function does: whoever asks for a parse says which function names exist.

pub mod ast;
mod literal;
mod pipeline;
mod scope;
mod table;
mod write;

use std::sync::Arc;

use ast::{Branch, Code, Command, FuncId, Id, Node, Operand, OperandKind, Pipe, Row, TemplateCall, Tree};
use scope::Scope;

use super::lex::{Kind, Lexer, Token};
use crate::diag::Bytes;
use crate::runtime::Runtime;
use crate::runtime::text::quote;
use crate::value::Str;

/// How deep control structures may stand in each other. Go knows no limit but its stack.
const MAX_NESTING: usize = 10_000;

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The reason in Go's words.
    pub reason: String,
    /// The line that Go names.
    pub line: usize,
    /// The token at which it was seen, as byte offsets.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// The name, where the reason is a function that does not exist.
    pub unknown_function: Option<String>,
}

type Parsed<T> = Result<T, Box<ParseError>>;

/// Which functions exist.
pub type FindFunction<'f> = dyn Fn(&[u8]) -> Option<FuncId> + 'f;

/// Reads a text: the template that it is, the last in the list, and those that it defines.
///
/// # Errors
/// Where it is not written right.
pub fn parse(name: &str, text: &Bytes, functions: &FindFunction<'_>, scratch: &mut Scratch) -> Parsed<Vec<Tree>> {
    let mut parser = Parser::new(name, text, functions, std::mem::take(scratch));
    let root = parser.top_level()?;
    parser.add(name.into(), root)?;
    let code = Arc::new(parser.code.finish());
    let Parser { code: room, nodes, commands, operands, found, .. } = parser;
    *scratch = Scratch { code: room, nodes, commands, operands };
    let tree = |found: Found| Tree { name: found.name, root: found.root, slots: found.slots, code: code.clone() };
    Ok(found.into_iter().map(tree).collect())
}

/// Room in which texts are read, one after another.
#[derive(Default)]
pub struct Scratch {
    /// What has been read.
    code: Code,
    // What has been read of the lists that are not at their ends, the innermost last.
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Operand>,
}

/// A template in the text.
struct Found {
    name: Str,
    root: Row<Node>,
    slots: usize,
}

/// What an item of a list is: a node, or what ends the list.
enum Item {
    Node(Node),
    End,
    Else,
}

impl Item {
    fn describe(&self) -> &'static str {
        match self {
            Item::Else => "{{else}}",
            _ => "{{end}}",
        }
    }
}

struct Parser<'t> {
    /// The file's name, for errors.
    name: &'t str,
    text: &'t [u8],
    functions: &'t FindFunction<'t>,
    lexer: Lexer<'t>,
    /// A token put back.
    waiting: Option<Token>,
    found: Vec<Found>,
    tree: State<'t>,
    nesting: usize,
    /// The literals that were converted last.
    literals: [(&'t [u8], OperandKind); 8],
    // As in [`Scratch`].
    code: Code,
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Operand>,
}

/// What is known of the template being read, which a `define` or a `block` starts afresh.
struct State<'t> {
    scope: Scope<'t>,
    /// The range of the token read last.
    last: (u32, u32),
    /// Where the action being read begins.
    action: Option<u32>,
    range_depth: usize,
    paren_depth: usize,
}

impl State<'_> {
    fn new() -> Self {
        State { scope: Scope::new(), last: (0, 0), action: None, range_depth: 0, paren_depth: 0 }
    }
}

impl<'t> Parser<'t> {
    fn new(name: &'t str, text: &'t Bytes, functions: &'t FindFunction<'t>, scratch: Scratch) -> Self {
        let Scratch { mut code, nodes, commands, operands } = scratch;
        code.text = text.clone();
        Parser {
            name,
            text,
            functions,
            lexer: Lexer::new(text),
            waiting: None,
            found: Vec::new(),
            tree: State::new(),
            nesting: 0,
            literals: [(b"", OperandKind::Nil); 8],
            code,
            nodes,
            commands,
            operands,
        }
    }

    // Tokens.

    fn next(&mut self) -> Token {
        if let Some(token) = self.waiting.take() {
            return token;
        }
        let token = self.lexer.next_token();
        self.tree.last = (token.start, token.end);
        token
    }

    fn put_back(&mut self, token: Token) {
        self.waiting = Some(token);
    }

    fn peek(&mut self) -> Token {
        let token = self.next();
        self.put_back(token);
        token
    }

    // Errors.

    /// The line of an offset, from 1.
    fn line(&self, offset: u32) -> usize {
        memchr::memchr_iter(b'\n', &self.text[..(offset as usize).min(self.text.len())]).count() + 1
    }

    fn error<T>(&self, reason: impl Into<String>) -> Parsed<T> {
        let (start, end) = self.tree.last;
        let (line, start, end) = (self.line(start), start as usize, end as usize);
        Err(Box::new(ParseError { reason: reason.into(), line, start, end, unknown_function: None }))
    }

    /// Go tells where the action began if that was on another line.
    fn unexpected<T>(&self, token: Token, context: &str) -> Parsed<T> {
        let what = self.lexer.describe(token);
        if token.kind != Kind::Error {
            return self.error(format!("unexpected {what} in {context}"));
        }
        let begun = self.tree.action.map(|start| self.line(start)).filter(|line| *line != self.line(token.start));
        match begun {
            None => self.error(what),
            Some(line) => {
                let action = if what.ends_with(" action") { "" } else { " in action" };
                self.error(format!("{what}{action} started at {}:{line}", self.name))
            }
        }
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next();
        if token.kind == kind { Ok(token) } else { self.unexpected(token, context) }
    }

    // Templates.

    /// The whole text: items, and definitions among them.
    fn top_level(&mut self) -> Parsed<Row<Node>> {
        loop {
            let first = self.next();
            match first.kind {
                Kind::Eof => return Ok(self.code.nodes.take(&mut self.nodes, 0)),
                Kind::LeftDelim => {
                    let token = self.next();
                    if token.kind == Kind::Define {
                        self.definition()?;
                        continue;
                    }
                    self.put_back(token);
                }
                _ => {}
            }
            match self.text_or_action(first)? {
                Item::Node(node) => self.nodes.push(node),
                other => return self.error(format!("unexpected {}", other.describe())),
            }
        }
    }

    /// Keeps a template. One without content does not replace another; two with content are a mistake.
    fn add(&mut self, name: Str, root: Row<Node>) -> Parsed<()> {
        let slots = self.tree.scope.slots();
        let old = self.found.iter().position(|t| t.name == name);
        match old {
            Some(at) if !self.code.is_blank(self.found[at].root) => {
                if self.code.is_blank(root) {
                    return Ok(());
                }
                self.error(format!("template: multiple definition of template {}", quote(name.as_bytes())))
            }
            _ => {
                self.found.retain(|t| t.name != name);
                self.found.push(Found { name, root, slots });
                Ok(())
            }
        }
    }

    /// Reads on as a template of its own.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let last = self.tree.last;
        let outer = std::mem::replace(&mut self.tree, State::new());
        self.tree.last = last;
        let result = read(self);
        if result.is_ok() {
            self.tree = outer;
        }
        result
    }

    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        self.nested(|parser| {
            let token = parser.next();
            let name = parser.template_name(token, CONTEXT)?;
            parser.expect(Kind::RightDelim, CONTEXT)?;
            let (root, end) = parser.item_list()?;
            if matches!(end, Item::Else) {
                return parser.error(format!("unexpected {} in {CONTEXT}", end.describe()));
            }
            parser.add(name, root)
        })
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parsed<Str> {
        if !matches!(token.kind, Kind::Str | Kind::RawString) {
            return self.unexpected(token, context);
        }
        match literal::unquote(self.lexer.text(token)) {
            Some(Runtime::Str(name)) => Ok(name),
            Some(other) => Ok(String::from_utf8_lossy(&other.to_text(crate::runtime::Numbers::Go)).into()),
            None => self.error("invalid syntax"),
        }
    }

    // Items.

    /// Items up to `end` or `else`.
    fn item_list(&mut self) -> Parsed<(Row<Node>, Item)> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.error("control structures are nested too deeply");
        }
        let mark = self.nodes.len();
        loop {
            let first = self.next();
            if first.kind == Kind::Eof {
                return self.error("unexpected EOF");
            }
            match self.text_or_action(first)? {
                Item::Node(node) => self.nodes.push(node),
                end => {
                    self.nesting -= 1;
                    return Ok((self.code.nodes.take(&mut self.nodes, mark), end));
                }
            }
        }
    }

    /// The item that begins with this token.
    fn text_or_action(&mut self, token: Token) -> Parsed<Item> {
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.start, token.end))),
            Kind::LeftDelim => {
                self.tree.action = Some(token.start);
                let item = self.action();
                self.tree.action = None;
                item
            }
            _ => self.unexpected(token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.next();
        let node = match token.kind {
            Kind::Block => self.block()?,
            Kind::Break => self.loop_control("{{break}}", Node::Break)?,
            Kind::Continue => self.loop_control("{{continue}}", Node::Continue)?,
            Kind::Else => return self.else_control(),
            Kind::End => return self.expect(Kind::RightDelim, "end").map(|_| Item::End),
            Kind::If => Node::If(self.control("if")?),
            Kind::Range => Node::Range(self.control("range")?),
            Kind::Template => self.template_call()?,
            Kind::With => Node::With(self.control("with")?),
            _ => Node::Action(self.pipeline(token, "command", Kind::RightDelim)?),
        };
        Ok(Item::Node(node))
    }

    fn loop_control(&mut self, context: &str, node: Node) -> Parsed<Node> {
        self.expect(Kind::RightDelim, context)?;
        if self.tree.range_depth == 0 {
            return self.error(format!("{context} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    /// `else`; an `if` or `with` behind it is left for the control structure to see.
    fn else_control(&mut self) -> Parsed<Item> {
        if !matches!(self.peek().kind, Kind::If | Kind::With) {
            self.expect(Kind::RightDelim, "else")?;
        }
        Ok(Item::Else)
    }

    fn control(&mut self, context: &str) -> Parsed<Id<Branch>> {
        let mark = self.tree.scope.mark();
        let first = self.next();
        let pipe = self.pipeline(first, context, Kind::RightDelim)?;
        let is_range = usize::from(context == "range");
        let inner = self.tree.scope.mark();
        self.tree.range_depth += is_range;
        let (list, next) = self.item_list()?;
        self.tree.range_depth -= is_range;
        let forget = self.code.slots.extend(self.tree.scope.uncertain_since(inner));
        self.tree.scope.bury_since(inner);
        let else_list = if matches!(next, Item::Else) { self.else_list(context)? } else { Row::EMPTY };
        self.tree.scope.leave(mark);
        Ok(self.code.branches.push(Branch { pipe, list, else_list, forget }))
    }

    /// What follows `else`; in `else if` and `else with` the inner structure takes the `end`.
    fn else_list(&mut self, context: &str) -> Parsed<Row<Node>> {
        let chained = match (context, self.peek().kind) {
            ("if", Kind::If) => Some("if"),
            ("with", Kind::With) => Some("with"),
            _ => None,
        };
        if let Some(inner) = chained {
            self.next();
            self.nesting += 1;
            let branch = self.control(inner)?;
            self.nesting -= 1;
            let node = if inner == "if" { Node::If(branch) } else { Node::With(branch) };
            return Ok(self.code.nodes.extend([node]));
        }
        let (list, next) = self.item_list()?;
        if matches!(next, Item::Else) {
            return self.error(format!("expected end; found {}", next.describe()));
        }
        Ok(list)
    }

    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let first = self.next();
        let pipe = self.pipeline(first, CONTEXT, Kind::RightDelim)?;
        let last = self.tree.last;
        let end = self.nested(|parser| {
            let (root, end) = parser.item_list()?;
            // A wrong end is told before a second definition.
            if matches!(end, Item::End) {
                parser.add(name.clone(), root)?;
            }
            Ok(end)
        })?;
        if matches!(end, Item::Else) {
            self.tree.last = last;
            return self.error(format!("unexpected {} in {CONTEXT}", end.describe()));
        }
        Ok(self.template_node(token, name, Some(pipe)))
    }

    fn template_call(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let after = self.next();
        let pipe = match after.kind {
            Kind::RightDelim => None,
            _ => Some(self.pipeline(after, CONTEXT, Kind::RightDelim)?),
        };
        Ok(self.template_node(token, name, pipe))
    }

    fn template_node(&mut self, token: Token, name: Str, pipe: Option<Id<Pipe>>) -> Node {
        let end = pipe.map_or(token.end, |id| self.code.pipes[id].end);
        Node::Template(self.code.calls.push(TemplateCall { start: token.start, end, name, pipe }))
    }
}

#[cfg(test)]
mod tests;
