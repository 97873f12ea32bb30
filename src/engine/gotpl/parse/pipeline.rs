//! Pipelines, commands and operands.

use super::ast::{Command, Declaration, Id, Operand, OperandKind, Pipe, Row, Variable};
use super::{Kind, Parsed, Parser, Token, literal};
use crate::runtime::text::quote;

/// As in Go.
const MAX_PARENS: usize = 10_000;
const MAX_COMMANDS: usize = 100_000;

/// What stands before the commands of a pipeline.
#[derive(Default)]
struct Announced {
    assign: bool,
    /// The variables, with the places of their announcements in the scope.
    variables: Vec<(Token, usize)>,
}

impl<'t> Parser<'t> {
    /// The pipeline that begins with this token, up to its end.
    pub(super) fn pipeline(&mut self, first: Token, context: &str, end: Kind) -> Parsed<Id<Pipe>> {
        let (announced, mut token) = self.announcements(first, context)?;
        let mark = self.commands.len();
        while token.kind != end {
            if !begins_operand(token.kind) {
                return self.unexpected(token, context);
            }
            token = self.command(token)?;
            if self.commands.len() - mark > MAX_COMMANDS {
                return self.error("pipeline too long");
            }
            if token.kind == Kind::Pipe {
                token = self.next();
            }
        }
        self.check_pipeline(mark, context)?;
        let cmds = self.code.commands.take(&mut self.commands, mark);
        let decl = if announced.variables.is_empty() { None } else { Some(self.declare(&announced)?) };
        Ok(self.code.pipes.push(Pipe { start: first.start, end: token.start, cmds, decl }))
    }

    /// `$x :=`, `$x =`, and in a range `$x, $y :=`; and the token behind it.
    fn announcements(&mut self, first: Token, context: &str) -> Parsed<(Announced, Token)> {
        let mut found = Announced::default();
        let mut token = first;
        while token.kind == Kind::Variable {
            let next = self.next();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    found.assign = next.kind == Kind::Assign;
                    self.announce(&mut found, token);
                    token = self.next();
                    break;
                }
                Kind::Char if self.lexer.text(next) == b"," => {
                    self.announce(&mut found, token);
                    token = self.second(context, &found)?;
                }
                _ => {
                    self.put_back(next);
                    break;
                }
            }
        }
        Ok((found, token))
    }

    fn announce(&mut self, found: &mut Announced, variable: Token) {
        found.variables.push((variable, self.tree.scope.mark()));
        self.tree.scope.announce(self.lexer.text(variable));
    }

    /// The token after a comma: a range may have a second variable, nothing else may.
    fn second(&mut self, context: &str, found: &Announced) -> Parsed<Token> {
        if context != "range" || found.variables.len() >= 2 {
            return self.error(format!("too many declarations in {context}"));
        }
        let token = self.next();
        match token.kind {
            Kind::Variable | Kind::RightDelim | Kind::RightParen => Ok(token),
            _ => self.error("range can only initialize variables"),
        }
    }

    /// Gives the announced variables their slots, or finds the ones they assign.
    fn declare(&mut self, found: &Announced) -> Parsed<Id<Declaration>> {
        let uncertain = self.tree.paren_depth > 0;
        let mut variables = Vec::with_capacity(found.variables.len());
        for (token, at) in &found.variables {
            let slots = if found.assign {
                self.tree.scope.find(self.lexer.text(*token), &mut self.code.slots).unwrap_or(Row::EMPTY)
            } else {
                match self.tree.scope.declare(*at, uncertain) {
                    Some(slot) => self.code.slots.extend([slot]),
                    None => return self.error("too many variables"),
                }
            };
            variables.push(Variable { start: token.start, end: token.end, slots });
        }
        let variables = self.code.variables.extend(variables);
        Ok(self.code.declarations.push(Declaration { variables, assign: found.assign }))
    }

    fn check_pipeline(&self, mark: usize, context: &str) -> Parsed<()> {
        use OperandKind::{Bool, Dot, Nil, Number, Text};
        let Some((_, others)) = self.commands[mark..].split_first() else {
            return self.error(format!("missing value for {context}"));
        };
        let is_value = |command: &Command| {
            let word = self.code.operands[command.args].first();
            word.is_some_and(|word| matches!(word.kind, Bool(_) | Dot | Nil | Number(_) | Text(_)))
        };
        match others.iter().position(is_value) {
            Some(at) => self.error(format!("non executable command in pipeline stage {}", at + 2)),
            None => Ok(()),
        }
    }

    /// Reads operands from this token on, and gives the token behind them: a `|`, or what ends the pipeline.
    fn command(&mut self, first: Token) -> Parsed<Token> {
        let mark = self.operands.len();
        let mut token = first;
        loop {
            let (operand, next) = self.operand(token)?;
            let found = operand.is_some();
            self.operands.extend(operand);
            token = next;
            match token.kind {
                Kind::RightDelim | Kind::RightParen | Kind::Pipe => break,
                _ if token.spaced && found => {}
                _ => return self.unexpected(token, "operand"),
            }
        }
        if self.operands.len() == mark {
            return self.error("empty command");
        }
        let args = self.code.operands.take(&mut self.operands, mark);
        self.commands.push(Command { args });
        Ok(token)
    }

    /// The term that begins with this token, if one does, with the fields behind it; and the token that follows.
    fn operand(&mut self, first: Token) -> Parsed<(Option<Operand>, Token)> {
        let Some(mut operand) = self.term(first)? else { return Ok((None, first)) };
        let mut next = self.next();
        let is_adjacent = |token: Token| token.kind == Kind::Field && !token.spaced;
        if !is_adjacent(next) {
            return Ok((Some(operand), next));
        }
        self.check_has_fields(&operand)?;
        if !matches!(operand.kind, OperandKind::Field | OperandKind::Variable(_)) {
            operand.kind = OperandKind::Chain(self.code.operands.push(operand));
        }
        while is_adjacent(next) {
            operand.end = next.end;
            next = self.next();
        }
        Ok((Some(operand), next))
    }

    fn check_has_fields(&self, operand: &Operand) -> Parsed<()> {
        use OperandKind::{Field, Function, Pipe, Variable};
        if matches!(operand.kind, Field | Variable(_) | Pipe(_) | Function(_)) {
            return Ok(());
        }
        let mut term = String::new();
        self.code.write_operand(operand, &mut term);
        self.error(format!("unexpected . after term {}", quote(term.as_bytes())))
    }

    fn term(&mut self, token: Token) -> Parsed<Option<Operand>> {
        let mut end = token.end;
        let kind = match token.kind {
            Kind::Identifier => self.function(token)?,
            Kind::Dot => OperandKind::Dot,
            Kind::Nil => OperandKind::Nil,
            Kind::Variable => self.variable(token)?,
            Kind::Field => OperandKind::Field,
            Kind::Bool => OperandKind::Bool(self.lexer.text(token) == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number | Kind::Str | Kind::RawString => self.literal(token)?,
            Kind::LeftParen => {
                let pipe = self.parenthesized()?;
                end = self.code.pipes[pipe].end + 1;
                OperandKind::Pipe(pipe)
            }
            _ => return Ok(None),
        };
        Ok(Some(Operand { start: token.start, end, kind }))
    }

    fn variable(&mut self, token: Token) -> Parsed<OperandKind> {
        let name = self.lexer.text(token);
        match self.tree.scope.find(name, &mut self.code.slots) {
            Some(slots) => {
                let variable = Variable { start: token.start, end: token.end, slots };
                Ok(OperandKind::Variable(self.code.variables.push(variable)))
            }
            None => self.error(format!("undefined variable {}", quote(name))),
        }
    }

    fn function(&mut self, token: Token) -> Parsed<OperandKind> {
        let name = self.lexer.text(token);
        match (self.functions)(name) {
            Some(id) => Ok(OperandKind::Function(id)),
            None => {
                let reason = format!("function {} not defined", quote(name));
                self.error::<OperandKind>(reason).map_err(|mut err| {
                    err.unknown_function = Some(String::from_utf8_lossy(name).into_owned());
                    err
                })
            }
        }
    }

    /// A number or a text. Of those that have to be converted many come again soon, so that the last are held ready.
    fn literal(&mut self, token: Token) -> Parsed<OperandKind> {
        let bytes = self.lexer.text(token);
        if matches!(token.kind, Kind::Str | Kind::RawString) && literal::is_plain(bytes) {
            return Ok(OperandKind::Text(None));
        }
        if let Some((_, kind)) = self.literals.iter().find(|(known, _)| *known == bytes) {
            return Ok(*kind);
        }
        let kind = match token.kind {
            Kind::Str | Kind::RawString => match literal::unquote(bytes) {
                Some(said) => OperandKind::Text(Some(self.code.texts.push(said))),
                None => return self.error("invalid syntax"),
            },
            _ => self.number(token)?,
        };
        self.literals.rotate_right(1);
        self.literals[0] = (bytes, kind);
        Ok(kind)
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
            Ok(number) => Ok(OperandKind::Number(self.code.numbers.push(number))),
            Err(reason) => self.error(reason),
        }
    }

    fn parenthesized(&mut self) -> Parsed<Id<Pipe>> {
        if self.tree.paren_depth >= MAX_PARENS {
            return self.error("max expression depth exceeded");
        }
        self.tree.paren_depth += 1;
        let first = self.next();
        let pipe = self.pipeline(first, "parenthesized pipeline", Kind::RightParen)?;
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
