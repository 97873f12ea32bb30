//! Pipelines, commands and operands.

use super::{At, Exec, Frame, Given, Run, Val};
use crate::engine::RenderErrorKind;
use crate::engine::gotpl::parse::ast::{Command, Id, Number, Operand, OperandKind, Pipe, Variable};
use crate::runtime::Runtime;

impl Exec<'_> {
    /// The value of a pipeline; declares or assigns its variables.
    pub(super) fn pipe<'t>(&mut self, frame: &mut Frame<'t>, pipe: &'t Pipe) -> Run<Val> {
        frame.node = At::Pipe(pipe);
        let read = self.trace.as_ref().map_or(0, |trace| trace.read.len());
        let mut value = None;
        for command in &frame.code.commands[pipe.cmds] {
            let mut result = self.command(frame, command, value)?;
            result.wrapped = false;
            if self.trace.is_some() {
                self.note_question(frame, command, &result, read);
            }
            value = Some(result);
        }
        let mut value = value.unwrap_or(Val::INVALID);
        if let Some(trace) = &mut self.trace {
            trace.carry(read, &mut value);
        }
        for variable in frame.code.variables(pipe) {
            self.give(frame, pipe, variable, value.clone())?;
        }
        Ok(value)
    }

    /// Gives a variable of a pipeline its value.
    pub(super) fn give(&mut self, frame: &Frame<'_>, pipe: &Pipe, variable: &Variable, value: Val) -> Run<()> {
        let slots = &frame.code.slots[variable.slots];
        let assign = pipe.decl.is_some_and(|id| frame.code.declarations[id].assign);
        let slot = if assign { self.live_slot(frame, slots) } else { slots.first().copied() };
        match slot {
            Some(slot) => self.set_var(frame, slot, value),
            None => return Err(self.undefined(frame, variable)),
        }
        Ok(())
    }

    /// Forgets what was read since `mark` where a command only asks about it: its answer is not one of these values.
    #[cold]
    fn note_question(&mut self, frame: &Frame<'_>, command: &Command, result: &Val, mark: usize) {
        const HAND_ON: [&str; 11] =
            ["and", "or", "default", "coalesce", "ternary", "required", "index", "get", "dig", "first", "last"];
        let name = frame.code.operands[command.args].first().and_then(|word| match word.kind {
            OperandKind::Function(_) => Some(frame.code.function(word)),
            _ => None,
        });
        let answers = matches!(result.value, Runtime::Bool(_)) && name.is_some_and(|name| !HAND_ON.contains(&name));
        if let (true, Some(trace)) = (answers, &mut self.trace) {
            trace.forget(mark);
        }
    }

    fn undefined(&self, frame: &Frame<'_>, variable: &Variable) -> Box<super::Fault> {
        self.fault(frame, RenderErrorKind::Undefined, format!("undefined variable: {}", frame.code.variable(variable)))
    }

    /// A command; `piped` is what the one before it gave.
    fn command<'t>(&mut self, frame: &mut Frame<'t>, command: &'t Command, piped: Option<Val>) -> Run<Val> {
        let code = frame.code;
        let Some((word, args)) = code.operands[command.args].split_first() else { return Ok(Val::INVALID) };
        let given = Given { args, piped };
        match word.kind {
            OperandKind::Field => {
                frame.node = At::Operand(word);
                let dot = frame.dot.clone();
                self.fields(frame, word, &dot, given)
            }
            OperandKind::Chain(term) => self.chain(frame, word, &code.operands[term], given),
            OperandKind::Function(id) => {
                frame.node = At::Operand(word);
                self.function(frame, At::Command(command), id, given)
            }
            OperandKind::Pipe(pipe) => {
                self.no_arguments(frame, word, &given)?;
                self.pipe(frame, &code.pipes[pipe])
            }
            OperandKind::Variable(variable) => {
                frame.node = At::Operand(word);
                let variable = &code.variables[variable];
                let value = self.variable(frame, variable)?;
                if variable.end < word.end {
                    return self.fields(frame, word, &value, given);
                }
                self.no_arguments(frame, word, &given)?;
                Ok(self.seen(value))
            }
            _ => {
                frame.node = At::Operand(word);
                self.no_arguments(frame, word, &given)?;
                self.literal(frame, word)
            }
        }
    }

    fn no_arguments(&self, frame: &Frame<'_>, word: &Operand, given: &Given<'_>) -> Run<()> {
        if given.is_empty() {
            return Ok(());
        }
        let mut text = String::new();
        frame.code.write_operand(word, &mut text);
        Err(self.failed(frame, format!("can't give argument to non-function {text}")))
    }

    /// What stands for itself where a command is expected.
    fn literal(&mut self, frame: &Frame<'_>, word: &Operand) -> Run<Val> {
        match word.kind {
            OperandKind::Dot => Ok(self.seen(frame.dot.clone())),
            OperandKind::Nil => Err(self.failed(frame, "nil is not a command")),
            OperandKind::Bool(b) => Ok(Runtime::Bool(b).into()),
            OperandKind::Number(number) => self.constant(frame, word, number).map(Val::bare),
            OperandKind::Text(_) => Ok(frame.code.said(word).unwrap_or(Runtime::Nil).into()),
            // The others are dealt with before.
            _ => Ok(Val::INVALID),
        }
    }

    /// A number of the type that its form says.
    pub(super) fn constant(&self, frame: &Frame<'_>, word: &Operand, number: Id<Number>) -> Run<Runtime> {
        match &frame.code.numbers[number].ideal {
            Some(value) => Ok(value.clone()),
            None => {
                let mut text = String::new();
                frame.code.write_operand(word, &mut text);
                Err(self.failed(frame, format!("{text} overflows int")))
            }
        }
    }

    pub(super) fn variable(&self, frame: &Frame<'_>, variable: &Variable) -> Run<Val> {
        let slot = self.live_slot(frame, &frame.code.slots[variable.slots]);
        let value = slot.and_then(|slot| self.vars.get(frame.base + usize::from(slot)).cloned().flatten());
        value.ok_or_else(|| self.undefined(frame, variable))
    }

    pub(super) fn chain<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        word: &'t Operand,
        term: &'t Operand,
        given: Given<'t>,
    ) -> Run<Val> {
        frame.node = At::Operand(word);
        let value = self.untyped(frame, term)?;
        self.fields(frame, word, &value, given)
    }

    /// An operand where nothing asks for a type.
    pub(super) fn untyped<'t>(&mut self, frame: &mut Frame<'t>, operand: &'t Operand) -> Run<Val> {
        frame.node = At::Operand(operand);
        let code = frame.code;
        match operand.kind {
            OperandKind::Field => {
                let dot = frame.dot.clone();
                self.fields(frame, operand, &dot, Given::NOTHING)
            }
            OperandKind::Variable(variable) => {
                let variable = &code.variables[variable];
                let value = self.variable(frame, variable)?;
                match variable.end < operand.end {
                    true => self.fields(frame, operand, &value, Given::NOTHING),
                    false => Ok(self.seen(value)),
                }
            }
            OperandKind::Pipe(pipe) => self.pipe(frame, &code.pipes[pipe]),
            OperandKind::Function(id) => self.function(frame, At::Operand(operand), id, Given::NOTHING),
            OperandKind::Chain(term) => self.chain(frame, operand, &code.operands[term], Given::NOTHING),
            OperandKind::Dot => Ok(self.seen(frame.dot.clone())),
            OperandKind::Nil => Ok(Val::INVALID),
            OperandKind::Bool(b) => Ok(Runtime::Bool(b).into()),
            OperandKind::Number(number) => self.constant(frame, operand, number).map(Val::bare),
            OperandKind::Text(_) => Ok(code.said(operand).unwrap_or(Runtime::Nil).into()),
        }
    }
}
