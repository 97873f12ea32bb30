//! The syntax tree of a template, and its nodes written as `text/template/parse/node.go` writes them in errors.
//!
//! A tree says what stands in the text. Variables are resolved to slots, since that is a matter of scopes in the text;
//! what a function does is not known here.

use std::fmt::Write as _;

use crate::runtime::Runtime;
use crate::runtime::text::quote;
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
    pub root: List,
    /// How many variables it has, `$` included.
    pub slots: usize,
}

/// Nodes that follow each other.
#[derive(Debug, Default)]
pub struct List {
    /// The nodes.
    pub nodes: Box<[Node]>,
}

/// A piece of a template.
#[derive(Debug)]
pub enum Node {
    /// Plain text: from one offset to another.
    Text(u32, u32),
    /// `{{ pipeline }}`.
    Action(Pipe),
    /// `{{ if }}`.
    If(Box<Branch>),
    /// `{{ with }}`.
    With(Box<Branch>),
    /// `{{ range }}`.
    Range(Box<Branch>),
    /// `{{ template }}`, and the call that `{{ block }}` is.
    Template(Box<TemplateCall>),
    /// `{{ break }}`.
    Break,
    /// `{{ continue }}`.
    Continue,
}

/// `if`, `with` or `range`.
#[derive(Debug)]
pub struct Branch {
    /// What decides.
    pub pipe: Pipe,
    /// What follows.
    pub list: List,
    /// What follows `else`.
    pub else_list: Option<List>,
    /// Variables to forget at its end, since not every way through it declares them.
    pub forget: Vec<Slot>,
}

/// `{{ template "name" pipeline }}`.
#[derive(Debug)]
pub struct TemplateCall {
    /// Where.
    pub place: Place,
    /// The template's name.
    pub name: Str,
    /// What becomes its dot.
    pub pipe: Option<Pipe>,
}

/// The number of a variable in its template.
pub type Slot = u16;

/// A pipeline, with the variables that it declares or assigns.
#[derive(Debug)]
pub struct Pipe {
    /// Where.
    pub place: Place,
    /// Whether the variables are assigned rather than declared.
    pub assign: bool,
    /// The variables.
    pub decl: Box<[Variable]>,
    /// The commands.
    pub cmds: Box<[Command]>,
}

/// A variable where it is used: its name, and the slots that may hold it, the innermost first. Several only where it
/// depends on the run which declaration was passed; none where no declaration is ever passed before.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name with the `$`.
    pub name: Str,
    /// Where its value may be.
    pub slots: Vec<Slot>,
}

/// A command: something to evaluate, with arguments.
#[derive(Debug)]
pub struct Command {
    /// Where.
    pub place: Place,
    /// The first word and its arguments.
    pub args: Box<[Operand]>,
}

/// A word of a command.
#[derive(Debug)]
pub struct Operand {
    /// Where.
    pub place: Place,
    /// What it is.
    pub kind: OperandKind,
}

/// What a word of a command is.
#[derive(Debug)]
pub enum OperandKind {
    /// A function's name.
    Function(Str, FuncId),
    /// `.a.b`: the names.
    Field(Box<[Str]>),
    /// `$x.a.b`: the variable and the names.
    Variable(Box<Variable>, Box<[Str]>),
    /// A term followed by names: `(…).a.b`.
    Chain(Box<Operand>, Box<[Str]>),
    /// A pipeline in parentheses.
    Pipe(Box<Pipe>),
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Box<Number>),
    /// A text: what it says.
    Text(Runtime),
}

/// A number under each type that can hold it, as Go's ideal constants.
#[derive(Debug, Clone)]
pub struct Number {
    /// As it is written.
    pub text: Str,
    /// As a signed integer.
    pub int: Option<i64>,
    /// As an unsigned integer.
    pub uint: Option<u64>,
    /// As a float.
    pub float: Option<f64>,
    /// What it is where nothing asks for a type; none where it is too large for an `int`.
    pub ideal: Option<Runtime>,
}

impl List {
    /// Whether it has nothing but space, so that it does not replace a template of the same name.
    pub fn is_empty(&self, text: &[u8]) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Text(start, end) => text[*start as usize..*end as usize].trim_ascii().is_empty(),
            _ => false,
        })
    }
}

impl Pipe {
    /// As Go writes it; `source` is the text that the tree was read from.
    pub fn write(&self, source: &[u8], out: &mut String) {
        for (i, variable) in self.decl.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            out.push_str(&variable.name);
        }
        if !self.decl.is_empty() {
            out.push_str(if self.assign { " = " } else { " := " });
        }
        for (i, command) in self.cmds.iter().enumerate() {
            out.push_str(if i > 0 { " | " } else { "" });
            command.write(source, out);
        }
    }
}

impl Command {
    /// As Go writes it; `source` is the text that the tree was read from.
    pub fn write(&self, source: &[u8], out: &mut String) {
        for (i, arg) in self.args.iter().enumerate() {
            out.push_str(if i > 0 { " " } else { "" });
            arg.write_grouped(source, out);
        }
    }
}

impl Operand {
    fn write_grouped(&self, source: &[u8], out: &mut String) {
        let group = matches!(self.kind, OperandKind::Pipe(_));
        out.push_str(if group { "(" } else { "" });
        self.write(source, out);
        out.push_str(if group { ")" } else { "" });
    }

    /// As Go writes it; `source` is the text that the tree was read from.
    pub fn write(&self, source: &[u8], out: &mut String) {
        match &self.kind {
            OperandKind::Function(name, _) => out.push_str(name),
            OperandKind::Field(names) => write_names(names, out),
            OperandKind::Variable(variable, names) => {
                out.push_str(&variable.name);
                write_names(names, out);
            }
            OperandKind::Chain(term, names) => {
                term.write_grouped(source, out);
                write_names(names, out);
            }
            OperandKind::Pipe(pipe) => pipe.write(source, out),
            OperandKind::Dot => out.push('.'),
            OperandKind::Nil => out.push_str("nil"),
            OperandKind::Bool(b) => drop(write!(out, "{b}")),
            OperandKind::Number(number) => out.push_str(&number.text),
            OperandKind::Text(_) => {
                let place = self.place.start as usize..self.place.end as usize;
                out.push_str(&String::from_utf8_lossy(source.get(place).unwrap_or_default()));
            }
        }
    }
}

impl TemplateCall {
    /// As Go writes it; `source` is the text that the tree was read from.
    pub fn write(&self, source: &[u8], out: &mut String) {
        let _ = write!(out, "{{{{template {}", quote(self.name.as_bytes()));
        if let Some(pipe) = &self.pipe {
            out.push(' ');
            pipe.write(source, out);
        }
        out.push_str("}}");
    }
}

fn write_names(names: &[Str], out: &mut String) {
    for name in names {
        out.push('.');
        out.push_str(name);
    }
}
