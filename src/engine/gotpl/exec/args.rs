//! Arguments: their number and their types as Go's reflection checks them.

use super::{At, Exec, Frame, Given, Run, Val};
use crate::engine::gotpl::parse::ast::{Operand, OperandKind};
use crate::functions::Param;
use crate::runtime::{Elem, IntType, List, MapRef, Runtime};

/// The types of fixed parameters, and of further ones.
pub(super) type Signature = (&'static [Param], Option<Param>);

impl Exec<'_> {
    /// Evaluates the arguments of a call into `values`.
    pub(super) fn arguments<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        name: &str,
        (fixed, rest): Signature,
        given: Given<'t>,
        values: &mut Vec<Runtime>,
    ) -> Run<()> {
        self.check_count(frame, name, (fixed, rest), &given)?;
        let Given { args, piped } = given;
        let param = |at: usize| fixed.get(at).copied().or(rest).unwrap_or(Param::Any);
        for (at, arg) in args.iter().enumerate() {
            let value = self.argument(frame, param(at), arg)?;
            values.push(value);
        }
        if let Some(value) = piped {
            values.push(self.fit(frame, value, param(args.len()))?);
        }
        Ok(())
    }

    fn check_count(&self, frame: &Frame<'_>, name: &str, of: Signature, given: &Given<'_>) -> Run<()> {
        let (want, got) = (of.0.len(), given.len());
        if got == want || got > want && of.1.is_some() {
            return Ok(());
        }
        // Go leaves the piped value out of the count here, and only here.
        let reason = match of.1 {
            Some(_) => format!("wrong number of args for {name}: want at least {want} got {}", given.args.len()),
            None => format!("wrong number of args for {name}: want {want} got {got}"),
        };
        Err(self.failed(frame, reason))
    }

    /// An argument where a type is asked for.
    pub(super) fn argument<'t>(&mut self, frame: &mut Frame<'t>, param: Param, arg: &'t Operand) -> Run<Runtime> {
        match arg.kind {
            OperandKind::Nil => {
                frame.node = At::Operand(arg);
                zero(param).ok_or_else(|| self.failed(frame, format!("cannot assign nil to {}", type_name(param))))
            }
            OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::Text(_) => {
                frame.node = At::Operand(arg);
                self.literal_argument(frame, param, arg)
            }
            _ => {
                let value = self.untyped(frame, arg)?;
                self.fit(frame, value, param)
            }
        }
    }

    fn literal_argument(&self, frame: &Frame<'_>, param: Param, arg: &Operand) -> Run<Runtime> {
        let code = frame.code;
        let found = match (param, arg.kind) {
            (Param::Any, OperandKind::Number(number)) => return self.constant(frame, arg, number),
            (Param::Any | Param::Bool, OperandKind::Bool(b)) => Some(Runtime::Bool(b)),
            (Param::Any | Param::Str, OperandKind::Text(_)) => code.said(arg),
            (Param::Int, OperandKind::Number(number)) => code.numbers[number].int.map(Runtime::int),
            (Param::Float, OperandKind::Number(number)) => code.numbers[number].float.map(Runtime::Float),
            (Param::Uint32, OperandKind::Number(number)) => {
                code.numbers[number].uint.map(|n| Runtime::Int(i64::from(n as u32), IntType::Uint32))
            }
            _ => None,
        };
        found.ok_or_else(|| {
            let mut text = String::new();
            code.write_operand(arg, &mut text);
            let want = match param {
                Param::Bool => "bool",
                Param::Str => "string",
                Param::Int => "integer",
                Param::Float => "float",
                Param::Uint32 => "unsigned integer",
                _ => return self.failed(frame, format!("can't handle {text} for arg of type {}", type_name(param))),
            };
            self.failed(frame, format!("expected {want}; found {text}"))
        })
    }

    /// A value as a parameter wants it, as `validateType`.
    pub(super) fn fit(&self, frame: &Frame<'_>, value: Val, param: Param) -> Run<Runtime> {
        match (param, &value.value) {
            (Param::Any, _)
            | (Param::Str, Runtime::Str(_) | Runtime::Binary(_))
            | (Param::Bool, Runtime::Bool(_))
            | (Param::Int, Runtime::Int(_, IntType::Int))
            | (Param::Uint32, Runtime::Int(_, IntType::Uint32))
            | (Param::Float, Runtime::Float(_)) => Ok(value.value),
            (Param::Object(name), Runtime::Object(object)) if object.type_name() == name => Ok(value.value),
            (Param::Float, Runtime::YamlInt(n)) => Ok(Runtime::Float(n.as_f64())),
            // The call converts a named type to the parameter's.
            (Param::Map, Runtime::Map(map)) if !map.is_strings() => Ok(Runtime::Map(map.as_map())),
            (Param::List, Runtime::List(list)) if list.elem() == Elem::Any => Ok(value.value),
            (Param::Strings, Runtime::List(list)) if matches!(list.elem(), Elem::Str | Elem::Versions) => {
                Ok(value.value)
            }
            (_, Runtime::Nil) if !value.wrapped => {
                zero(param).ok_or_else(|| self.failed(frame, format!("invalid value; expected {}", type_name(param))))
            }
            _ => {
                let (want, got) = (type_name(param), value.argument_type());
                Err(self.failed(frame, format!("wrong type for value; expected {want}; got {got}")))
            }
        }
    }
}

/// The nil of a parameter's type, where it has one.
fn zero(param: Param) -> Option<Runtime> {
    match param {
        Param::Any => Some(Runtime::Nil),
        Param::List => Some(Runtime::List(List::nil(Elem::Any))),
        Param::Strings => Some(Runtime::List(List::nil(Elem::Str))),
        Param::Map => Some(Runtime::Map(MapRef::nil())),
        Param::Str | Param::Bool | Param::Int | Param::Float | Param::Uint32 | Param::Object(_) => None,
    }
}

fn type_name(param: Param) -> &'static str {
    match param {
        Param::Any => "interface {}",
        Param::Str => "string",
        Param::Bool => "bool",
        Param::Int => "int",
        Param::Float => "float64",
        Param::Uint32 => "uint32",
        Param::Object(name) => name,
        Param::List => "[]interface {}",
        Param::Strings => "[]string",
        Param::Map => "map[string]interface {}",
    }
}
