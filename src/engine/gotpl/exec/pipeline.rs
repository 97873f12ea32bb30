//! Pipelines, commands and operands.

use super::{At, Exec, Frame, Given, Run, Val};
use crate::engine::RenderErrorKind;
use crate::engine::gotpl::parse::ast::{Command, Number, Operand, OperandKind, Pipe, Variable};
use crate::runtime::Runtime;

impl Exec<'_> {
    /// The value of a pipeline; declares or assigns its variables.
    pub(super) fn pipe<'t>(&mut self, frame: &mut Frame<'t>, pipe: &'t Pipe) -> Run<Val> {
        frame.node = At::Pipe(pipe);
        let read = self.trace.as_ref().map_or(0, |trace| trace.read.len());
        let mut value = None;
        for command in &pipe.cmds {
            let mut result = self.command(frame, command, value)?;
            result.wrapped = false;
            if self.trace.is_some() {
                self.note_question(command, &result, read);
            }
            value = Some(result);
        }
        let mut value = value.unwrap_or(Val::INVALID);
        if let Some(trace) = &mut self.trace {
            trace.carry(read, &mut value);
        }
        for variable in &pipe.decl {
            if pipe.assign {
                self.assign(frame, variable, value.clone())?;
            } else if let Some(slot) = variable.slots.first() {
                self.set_var(frame, *slot, value.clone());
            }
        }
        Ok(value)
    }

    /// Forgets what was read since `mark` where a command only asks about it: its answer is not one of these values.
    #[cold]
    fn note_question(&mut self, command: &Command, result: &Val, mark: usize) {
        const HAND_ON: [&str; 11] =
            ["and", "or", "default", "coalesce", "ternary", "required", "index", "get", "dig", "first", "last"];
        let name = command.args.first().and_then(|word| match &word.kind {
            OperandKind::Function(name, _) => Some(name.as_str()),
            _ => None,
        });
        let answers = matches!(result.value, Runtime::Bool(_)) && name.is_some_and(|name| !HAND_ON.contains(&name));
        if let (true, Some(trace)) = (answers, &mut self.trace) {
            trace.forget(mark);
        }
    }

    pub(super) fn assign(&mut self, frame: &Frame<'_>, variable: &Variable, value: Val) -> Run<()> {
        match self.live_slot(frame, &variable.slots) {
            Some(slot) => {
                self.set_var(frame, slot, value);
                Ok(())
            }
            None => Err(self.undefined(frame, variable)),
        }
    }

    fn undefined(&self, frame: &Frame<'_>, variable: &Variable) -> Box<super::Fault> {
        self.fault(frame, RenderErrorKind::Undefined, format!("undefined variable: {}", variable.name))
    }

    /// A command; `piped` is what the one before it gave.
    fn command<'t>(&mut self, frame: &mut Frame<'t>, command: &'t Command, piped: Option<Val>) -> Run<Val> {
        let Some((word, args)) = command.args.split_first() else { return Ok(Val::INVALID) };
        let given = Given { args, piped };
        match &word.kind {
            OperandKind::Field(names) => {
                frame.node = At::Operand(word);
                let dot = frame.dot.clone();
                self.fields(frame, word, &dot, names, given)
            }
            OperandKind::Chain(term, names) => self.chain(frame, word, term, names, given),
            OperandKind::Function(name, id) => {
                frame.node = At::Operand(word);
                self.function(frame, At::Command(command), name, *id, given)
            }
            OperandKind::Pipe(pipe) => {
                self.no_arguments(frame, word, &given)?;
                self.pipe(frame, pipe)
            }
            OperandKind::Variable(variable, names) => {
                frame.node = At::Operand(word);
                if names.is_empty() {
                    let value = self.variable(frame, variable)?;
                    self.no_arguments(frame, word, &given)?;
                    return Ok(self.seen(value));
                }
                let value = self.variable(frame, variable)?;
                self.fields(frame, word, &value, names, given)
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
        word.write(&frame.unit.file.text, &mut text);
        Err(self.failed(frame, format!("can't give argument to non-function {text}")))
    }

    /// What stands for itself where a command is expected.
    fn literal(&mut self, frame: &Frame<'_>, word: &Operand) -> Run<Val> {
        match &word.kind {
            OperandKind::Dot => Ok(self.seen(frame.dot.clone())),
            OperandKind::Nil => Err(self.failed(frame, "nil is not a command")),
            OperandKind::Bool(b) => Ok(Runtime::Bool(*b).into()),
            OperandKind::Number(number) => self.constant(frame, number).map(Val::bare),
            OperandKind::Text(said) => Ok(said.clone().into()),
            // The others are dealt with before.
            _ => Ok(Val::INVALID),
        }
    }

    /// A number of the type that its form says.
    pub(super) fn constant(&self, frame: &Frame<'_>, number: &Number) -> Run<Runtime> {
        match &number.ideal {
            Some(value) => Ok(value.clone()),
            None => Err(self.failed(frame, format!("{} overflows int", number.text))),
        }
    }

    pub(super) fn variable(&self, frame: &Frame<'_>, variable: &Variable) -> Run<Val> {
        let slot = self.live_slot(frame, &variable.slots);
        let value = slot.and_then(|slot| self.vars.get(frame.base + usize::from(slot)).cloned().flatten());
        value.ok_or_else(|| self.undefined(frame, variable))
    }

    pub(super) fn chain<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        word: &'t Operand,
        term: &'t Operand,
        names: &'t [crate::value::Str],
        given: Given<'t>,
    ) -> Run<Val> {
        frame.node = At::Operand(word);
        let value = self.untyped(frame, term)?;
        self.fields(frame, word, &value, names, given)
    }

    /// An operand where nothing asks for a type.
    pub(super) fn untyped<'t>(&mut self, frame: &mut Frame<'t>, operand: &'t Operand) -> Run<Val> {
        frame.node = At::Operand(operand);
        match &operand.kind {
            OperandKind::Field(names) => {
                let dot = frame.dot.clone();
                self.fields(frame, operand, &dot, names, Given::NOTHING)
            }
            OperandKind::Variable(variable, names) => {
                let value = self.variable(frame, variable)?;
                match names.is_empty() {
                    true => Ok(self.seen(value)),
                    false => self.fields(frame, operand, &value, names, Given::NOTHING),
                }
            }
            OperandKind::Pipe(pipe) => self.pipe(frame, pipe),
            OperandKind::Function(name, id) => self.function(frame, At::Operand(operand), name, *id, Given::NOTHING),
            OperandKind::Chain(term, names) => self.chain(frame, operand, term, names, Given::NOTHING),
            OperandKind::Dot => Ok(self.seen(frame.dot.clone())),
            OperandKind::Nil => Ok(Val::INVALID),
            OperandKind::Bool(b) => Ok(Runtime::Bool(*b).into()),
            OperandKind::Number(number) => self.constant(frame, number).map(Val::bare),
            OperandKind::Text(said) => Ok(said.clone().into()),
        }
    }
}
