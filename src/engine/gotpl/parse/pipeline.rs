//! Pipelines, commands and operands.

use super::ast::{Command, Operand, OperandKind, Pipe, Place, Variable};
use super::{Kind, Parsed, Parser, Token, literal, take_since};
use crate::runtime::text::quote;
use crate::value::Str;

/// As in Go.
const MAX_PARENS: usize = 10_000;
const MAX_COMMANDS: usize = 100_000;

/// What stands before the commands of a pipeline.
#[derive(Default)]
struct Declarations {
    assign: bool,
    /// The variables, with the places of their announcements in the scope.
    names: Vec<(Str, usize)>,
}

impl<'t> Parser<'t> {
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let start = self.peek().start;
        let declarations = self.declarations(context)?;
        let mark = self.commands.len();
        loop {
            let token = self.next();
            if token.kind == end {
                let place = Place { pos: start, start, end: token.start.max(start) };
                let cmds = take_since(&mut self.commands, mark);
                self.check_pipeline(&cmds, context)?;
                let decl = self.declare(&declarations)?;
                return Ok(Pipe { place, assign: declarations.assign, decl, cmds });
            }
            if !begins_operand(token.kind) {
                return self.unexpected(token, context);
            }
            let command = self.command(token)?;
            self.commands.push(command);
            if self.commands.len() - mark > MAX_COMMANDS {
                return self.error("pipeline too long");
            }
        }
    }

    /// `$x :=`, `$x =`, and in a range `$x, $y :=`.
    fn declarations(&mut self, context: &str) -> Parsed<Declarations> {
        let mut found = Declarations::default();
        while self.peek().kind == Kind::Variable {
            let variable = self.next();
            let next = self.next();
            let name = self.name_of(variable);
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    found.assign = next.kind == Kind::Assign;
                    self.announce(&mut found, name);
                    break;
                }
                Kind::Char if self.lexer.text(next) == b"," => {
                    self.announce(&mut found, name);
                    self.check_second(context, &found)?;
                }
                _ => {
                    self.put_back(next);
                    self.put_back(variable);
                    break;
                }
            }
        }
        Ok(found)
    }

    fn announce(&mut self, found: &mut Declarations, name: Str) {
        found.names.push((name.clone(), self.tree.scope.mark()));
        self.tree.scope.announce(&name);
    }

    /// After a comma: a range may have a second variable, nothing else may.
    fn check_second(&mut self, context: &str, found: &Declarations) -> Parsed<()> {
        if context != "range" || found.names.len() >= 2 {
            return self.error(format!("too many declarations in {context}"));
        }
        match self.peek().kind {
            Kind::Variable | Kind::RightDelim | Kind::RightParen => Ok(()),
            _ => self.error("range can only initialize variables"),
        }
    }

    /// Gives the announced variables their slots, or finds the ones they assign.
    fn declare(&mut self, found: &Declarations) -> Parsed<Box<[Variable]>> {
        let uncertain = self.tree.paren_depth > 0;
        let mut variables = Vec::with_capacity(found.names.len());
        for (name, at) in &found.names {
            variables.push(if found.assign {
                self.tree.scope.find(name).unwrap_or(Variable { name: name.clone(), slots: Vec::new() })
            } else {
                match self.tree.scope.declare(*at, uncertain) {
                    Some(slot) => Variable { name: name.clone(), slots: vec![slot] },
                    None => return self.error("too many variables"),
                }
            });
        }
        Ok(variables.into())
    }

    fn check_pipeline(&self, cmds: &[Command], context: &str) -> Parsed<()> {
        if cmds.is_empty() {
            return self.error(format!("missing value for {context}"));
        }
        let executable = |command: &Command| {
            !command.args.first().is_some_and(|word| {
                use OperandKind::{Bool, Dot, Nil, Number, Text};
                matches!(word.kind, Bool(_) | Dot | Nil | Number(_) | Text(_))
            })
        };
        match cmds.iter().skip(1).position(|command| !executable(command)) {
            Some(at) => self.error(format!("non executable command in pipeline stage {}", at + 2)),
            None => Ok(()),
        }
    }

    /// Operands from this token on up to a `|`, which is taken, or the end of the pipeline, which is not.
    fn command(&mut self, first: Token) -> Parsed<Command> {
        let start = first.start;
        let mark = self.operands.len();
        let mut token = first;
        loop {
            let operand = self.operand(token)?;
            let found = operand.is_some();
            self.operands.extend(operand);
            token = self.next();
            match token.kind {
                Kind::RightDelim | Kind::RightParen => {
                    self.put_back(token);
                    break;
                }
                Kind::Pipe => break,
                _ if token.spaced && found => {}
                _ => return self.unexpected(token, "operand"),
            }
        }
        let args = take_since(&mut self.operands, mark);
        if args.is_empty() {
            return self.error("empty command");
        }
        let end = args.last().map_or(start, |a| a.place.end);
        Ok(Command { place: Place { pos: start, start, end }, args })
    }

    /// The term that begins with this token and the fields behind it; nothing, and the token put back, where none does.
    fn operand(&mut self, first: Token) -> Parsed<Option<Operand>> {
        let Some(operand) = self.term(first)? else { return Ok(None) };
        let mut next = self.next();
        let is_adjacent = |token: Token| token.kind == Kind::Field && !token.spaced;
        if !is_adjacent(next) && self.names.is_empty() {
            self.put_back(next);
            return Ok(Some(operand));
        }
        let mut place = operand.place;
        if is_adjacent(next) {
            self.check_has_fields(&operand)?;
            place.pos = next.start;
        }
        while is_adjacent(next) {
            place.end = next.end;
            self.names.push(self.field_name(next));
            next = self.next();
        }
        self.put_back(next);
        let names = take_since(&mut self.names, 0);
        let kind = match operand.kind {
            OperandKind::Field(_) => OperandKind::Field(names),
            OperandKind::Variable(variable, _) => OperandKind::Variable(variable, names),
            _ => OperandKind::Chain(Box::new(operand), names),
        };
        Ok(Some(Operand { place, kind }))
    }

    fn check_has_fields(&self, operand: &Operand) -> Parsed<()> {
        use OperandKind::{Chain, Field, Function, Pipe, Variable};
        if matches!(operand.kind, Field(_) | Variable(..) | Pipe(_) | Function(..) | Chain(..)) {
            return Ok(());
        }
        let mut term = String::new();
        operand.write(self.text, &mut term);
        self.error(format!("unexpected . after term {}", quote(term.as_bytes())))
    }

    fn name_of(&self, token: Token) -> Str {
        self.shared(token.start as usize..token.end as usize)
    }

    fn field_name(&self, token: Token) -> Str {
        self.shared(token.start as usize + 1..token.end as usize)
    }

    /// A name; the lexer lets only whole runes into names, and replaces what is none.
    fn shared(&self, range: std::ops::Range<usize>) -> Str {
        match self.utf8.and_then(|text| text.get(range.clone())) {
            Some(name) => Str::from(name),
            None => String::from_utf8_lossy(self.text.get(range).unwrap_or_default()).into(),
        }
    }

    /// A term; where it is a field, its name is left in `names`, for those that follow it.
    fn term(&mut self, token: Token) -> Parsed<Option<Operand>> {
        let start = token.start;
        let mut place = Place { pos: start, start, end: token.end };
        let kind = match token.kind {
            Kind::Identifier => {
                let name = self.name_of(token);
                self.function(name)?
            }
            Kind::Dot => OperandKind::Dot,
            Kind::Nil => OperandKind::Nil,
            Kind::Variable => match self.tree.scope.find(&self.name_of(token)) {
                Some(variable) => OperandKind::Variable(Box::new(variable), Box::default()),
                None => return self.error(format!("undefined variable {}", quote(self.lexer.text(token)))),
            },
            Kind::Field => {
                self.names.push(self.field_name(token));
                OperandKind::Field(Box::default())
            }
            Kind::Bool => OperandKind::Bool(self.lexer.text(token) == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => self.number(token)?,
            Kind::LeftParen => {
                let pipe = self.parenthesized()?;
                place = Place { pos: pipe.place.pos, start, end: pipe.place.end + 1 };
                OperandKind::Pipe(Box::new(pipe))
            }
            Kind::Str | Kind::RawString => match literal::unquote(self.lexer.text(token)) {
                Some(said) => OperandKind::Text(said),
                None => return self.error("invalid syntax"),
            },
            _ => {
                self.put_back(token);
                return Ok(None);
            }
        };
        Ok(Some(Operand { place, kind }))
    }

    fn function(&mut self, name: Str) -> Parsed<OperandKind> {
        match (self.functions)(&name) {
            Some(id) => Ok(OperandKind::Function(name, id)),
            None => {
                let reason = format!("function {} not defined", quote(name.as_bytes()));
                self.error::<OperandKind>(reason).map_err(|mut err| {
                    err.unknown_function = Some(name.to_string());
                    err
                })
            }
        }
    }

    fn number(&mut self, token: Token) -> Parsed<OperandKind> {
        let bytes = self.lexer.text(token);
        let text = String::from_utf8_lossy(bytes);
        let number = match token.kind {
            Kind::CharConstant => literal::character(bytes),
            Kind::Complex => literal::complex(&text),
            _ => literal::number(&text),
        };
        match number {
            Ok(number) => Ok(OperandKind::Number(Box::new(number))),
            Err(reason) => self.error(reason),
        }
    }

    fn parenthesized(&mut self) -> Parsed<Pipe> {
        if self.tree.paren_depth >= MAX_PARENS {
            return self.error("max expression depth exceeded");
        }
        self.tree.paren_depth += 1;
        let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
        self.tree.paren_depth -= 1;
        Ok(pipe)
    }
}

fn begins_operand(kind: Kind) -> bool {
    use Kind::{Bool, CharConstant, Complex, Dot, Field, Identifier, LeftParen, Nil, Number, RawString, Str, Variable};
    matches!(
        kind,
        Bool | CharConstant
            | Complex
            | Dot
            | Field
            | Identifier
            | Number
            | Nil
            | RawString
            | Str
            | Variable
            | LeftParen
    )
}
