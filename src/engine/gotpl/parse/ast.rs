//! The syntax trees of a text.
//!
//! A tree says what stands in the text. Variables are resolved to slots, since that is a matter of scopes in the text;
//! what a function does is not known here. Names are not copied: a node knows where it stands.

use std::sync::Arc;

use super::literal;
use super::table::Table;
pub use super::table::{Id, Row};
use crate::diag::Bytes;
use crate::runtime::Runtime;
use crate::value::Str;

/// The number that whoever runs the tree gave a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FuncId(pub u32);

/// Where a node stands, as byte offsets in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The position that Go's errors name, which is not always the node's beginning.
    pub pos: u32,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// A template: a file, a `define` or a `block`.
#[derive(Debug)]
pub struct Tree {
    /// Its name.
    pub name: Str,
    /// What it does.
    pub root: Row<Node>,
    /// How many variables it has, `$` included.
    pub slots: usize,
    /// What it is made of, with the other templates of its text.
    pub code: Arc<Code>,
}

/// A text that was read, and the nodes of all templates in it.
#[derive(Debug, Default)]
pub struct Code {
    /// The text.
    pub text: Bytes,
    /// What the lists consist of.
    pub nodes: Table<Node>,
    /// What `if`, `with` and `range` are.
    pub branches: Table<Branch>,
    /// What `template` and `block` call.
    pub calls: Table<TemplateCall>,
    /// Pipelines.
    pub pipes: Table<Pipe>,
    /// What pipelines declare or assign.
    pub declarations: Table<Declaration>,
    /// What pipelines consist of.
    pub commands: Table<Command>,
    /// What commands consist of.
    pub operands: Table<Operand>,
    /// Variables where they are used.
    pub variables: Table<Variable>,
    /// What may hold them.
    pub slots: Table<Slot>,
    /// Numbers.
    pub numbers: Table<Number>,
    /// What texts with escapes say.
    pub texts: Table<Runtime>,
}

/// A piece of a template.
#[derive(Debug, Clone, Copy)]
pub enum Node {
    /// Plain text: from one offset to another.
    Text(u32, u32),
    /// `{{ pipeline }}`.
    Action(Id<Pipe>),
    /// `{{ if }}`.
    If(Id<Branch>),
    /// `{{ with }}`.
    With(Id<Branch>),
    /// `{{ range }}`.
    Range(Id<Branch>),
    /// `{{ template }}`, and the call that `{{ block }}` is.
    Template(Id<TemplateCall>),
    /// `{{ break }}`.
    Break,
    /// `{{ continue }}`.
    Continue,
}

/// `if`, `with` or `range`.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// What decides.
    pub pipe: Id<Pipe>,
    /// What follows.
    pub list: Row<Node>,
    /// What follows `else`.
    pub else_list: Row<Node>,
    /// Variables to forget at its end, since not every way through it declares them.
    pub forget: Row<Slot>,
}

/// `{{ template "name" pipeline }}`.
#[derive(Debug)]
pub struct TemplateCall {
    /// Its first byte after the `template`.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// The template's name.
    pub name: Str,
    /// What becomes its dot.
    pub pipe: Option<Id<Pipe>>,
}

/// The number of a variable in its template.
pub type Slot = u16;

/// A pipeline, with the variables that it declares or assigns.
#[derive(Debug, Clone, Copy)]
pub struct Pipe {
    /// Its first byte.
    pub start: u32,
    /// Where what ends it begins.
    pub end: u32,
    /// The commands.
    pub cmds: Row<Command>,
    /// The variables.
    pub decl: Option<Id<Declaration>>,
}

/// The variables of a pipeline.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The variables.
    pub variables: Row<Variable>,
    /// Whether they are assigned rather than declared.
    pub assign: bool,
}

/// A variable where it is used, and the slots that may hold it, the innermost first. Several only where it depends on
/// the run which declaration was passed; none where no declaration is ever passed before.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The first byte of its name, a `$`.
    pub start: u32,
    /// The byte after its name.
    pub end: u32,
    /// Where its value may be.
    pub slots: Row<Slot>,
}

/// A command: something to evaluate, with arguments.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// The first word and its arguments.
    pub args: Row<Operand>,
}

/// A word of a command.
#[derive(Debug, Clone, Copy)]
pub struct Operand {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// What it is.
    pub kind: OperandKind,
}

/// What a word of a command is.
#[derive(Debug, Clone, Copy)]
pub enum OperandKind {
    /// A function's name.
    Function(FuncId),
    /// `.a.b`.
    Field,
    /// `$x`, or a variable followed by names: `$x.a.b`.
    Variable(Id<Variable>),
    /// A term followed by names: `(…).a.b`.
    Chain(Id<Operand>),
    /// A pipeline in parentheses.
    Pipe(Id<Pipe>),
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Id<Number>),
    /// A text: what it says, where that is not simply what stands there.
    Text(Option<Id<Runtime>>),
}

/// A number under each type that can hold it, as Go's ideal constants.
#[derive(Debug, Clone)]
pub struct Number {
    /// As a signed integer.
    pub int: Option<i64>,
    /// As an unsigned integer.
    pub uint: Option<u64>,
    /// As a float.
    pub float: Option<f64>,
    /// What it is where nothing asks for a type; none where it is too large for an `int`.
    pub ideal: Option<Runtime>,
}

impl Code {
    /// The same with no more room than it needs. This one is empty then, with room for the next.
    pub(super) fn finish(&mut self) -> Code {
        Code {
            text: std::mem::take(&mut self.text),
            nodes: self.nodes.finish(),
            branches: self.branches.finish(),
            calls: self.calls.finish(),
            pipes: self.pipes.finish(),
            declarations: self.declarations.finish(),
            commands: self.commands.finish(),
            operands: self.operands.finish(),
            variables: self.variables.finish(),
            slots: self.slots.finish(),
            numbers: self.numbers.finish(),
            texts: self.texts.finish(),
        }
    }

    /// What a pipeline declares or assigns.
    pub fn variables(&self, pipe: &Pipe) -> &[Variable] {
        pipe.decl.map_or(&[], |id| &self.variables[self.declarations[id].variables])
    }

    /// Whether a list has nothing but space, so that it does not replace a template of the same name.
    pub fn is_blank(&self, list: Row<Node>) -> bool {
        self.nodes[list].iter().all(|node| match node {
            Node::Text(start, end) => self.text[*start as usize..*end as usize].trim_ascii().is_empty(),
            _ => false,
        })
    }

    /// A piece of the text that is a name or made of names: the lexer lets only whole runes into names.
    fn piece(&self, start: u32, end: u32) -> &str {
        let bytes = self.text.get(start as usize..end as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The name of a function.
    pub fn function(&self, word: &Operand) -> &str {
        self.piece(word.start, word.end)
    }

    /// The name of a variable, with the `$`.
    pub fn variable(&self, variable: &Variable) -> &str {
        self.piece(variable.start, variable.end)
    }

    /// What a text says; none of another word.
    pub fn said(&self, word: &Operand) -> Option<Runtime> {
        match word.kind {
            OperandKind::Text(Some(id)) => Some(self.texts[id].clone()),
            OperandKind::Text(None) => literal::unquote(self.text.get(word.start as usize..word.end as usize)?),
            _ => None,
        }
    }

    /// The names that follow a field's first dot, a variable or a chain's term, with dots between them: `a.b`.
    pub fn path(&self, word: &Operand) -> &str {
        self.piece(self.path_start(word).saturating_add(1), word.end)
    }

    /// Where the dot before the names stands; the word's end where there are none.
    fn path_start(&self, word: &Operand) -> u32 {
        match word.kind {
            OperandKind::Field => word.start,
            OperandKind::Variable(id) => self.variables[id].end,
            OperandKind::Chain(term) => self.operands[term].end,
            _ => word.end,
        }
    }

    /// Where a pipeline stands.
    pub fn place_of_pipe(&self, pipe: &Pipe) -> Place {
        Place { pos: pipe.start, start: pipe.start, end: pipe.end }
    }

    /// Where a command stands.
    pub fn place_of_command(&self, command: &Command) -> Place {
        let args = &self.operands[command.args];
        let start = args.first().map_or(0, |word| word.start);
        Place { pos: start, start, end: args.last().map_or(start, |word| word.end) }
    }

    /// Where a word stands. Go means the dot before the first name that was added to a term.
    pub fn place_of_operand(&self, word: &Operand) -> Place {
        let pos = match word.kind {
            OperandKind::Field => self.path(word).find('.').map_or(word.start, |dot| word.start + 1 + dot as u32),
            OperandKind::Pipe(id) => self.pipes[id].start,
            _ => match self.path_start(word) {
                start if start < word.end => start,
                _ => word.start,
            },
        };
        Place { pos, start: word.start, end: word.end }
    }

    /// Where a call of a template stands.
    pub fn place_of_call(&self, call: &TemplateCall) -> Place {
        Place { pos: call.start, start: call.start, end: call.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_small() {
        assert_eq!([size_of::<Node>(), size_of::<Operand>(), size_of::<Pipe>()], [12, 16, 20]);
    }
}
