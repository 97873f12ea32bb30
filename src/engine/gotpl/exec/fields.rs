//! Fields, keys and methods: `.a.b.c`.

use super::{At, Exec, Fault, Frame, Given, Run, Val};
use crate::engine::RenderErrorKind;
use crate::engine::gotpl::objects::{self, Method};
use crate::engine::gotpl::parse::ast::{Code, Operand, OperandKind};
use crate::runtime::{MapRef, Object, Runtime};
use crate::value::{Origin, Str};

impl Exec<'_> {
    /// Walks down a chain of names; arguments go to the last one.
    pub(super) fn fields<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        node: &'t Operand,
        receiver: &Val,
        given: Given<'t>,
    ) -> Run<Val> {
        let mut names = split_first(frame.code.path(node));
        let Some(rest) = names.1 else {
            let value = self.field(frame, node, receiver, names.0, given);
            return value.map(|value| self.seen(value)).map_err(|fault| fault.about(receiver.origin));
        };
        let mut value = self.field(frame, node, receiver, names.0, Given::NOTHING)?;
        names = split_first(rest);
        while let Some(rest) = names.1 {
            let next = self.field(frame, node, &value, names.0, Given::NOTHING);
            value = next.map_err(|fault| explain(fault.about(value.origin), frame.code, node, receiver))?;
            names = split_first(rest);
        }
        let found = self.field(frame, node, &value, names.0, given);
        let found = found.map(|found| self.seen(found));
        found.map_err(|fault| explain(fault.about(value.origin), frame.code, node, receiver))
    }

    fn field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        node: &'t Operand,
        receiver: &Val,
        name: &'t str,
        given: Given<'t>,
    ) -> Run<Val> {
        match &receiver.value {
            Runtime::Map(map) => {
                if let Some(method) = map.is_values().then(|| objects::values_method(name)).flatten() {
                    return self.method(frame, node, &receiver.value, name, method, given);
                }
                if !given.is_empty() {
                    return Err(self.failed(frame, format!("{name} is not a method but has arguments")));
                }
                Ok(match map.get(name) {
                    Some(value) => Val {
                        value,
                        wrapped: !map.is_strings(),
                        origin: self.origin(|trace| trace.origin_of(map, name)),
                    },
                    None if map.is_strings() => Val::bare(Runtime::str("")),
                    None => {
                        Val { origin: self.origin(|_| self.missing(receiver, map, name)), ..Val::wrapped(Runtime::Nil) }
                    }
                })
            }
            Runtime::Nil if receiver.wrapped => {
                let reason = format!("nil pointer evaluating interface {{}}.{name}");
                Err(self.fault(frame, RenderErrorKind::Undefined, reason))
            }
            Runtime::Nil => Ok(Val::INVALID),
            Runtime::List(list) if objects::list_method(list, name).is_some() => {
                let Some(method) = objects::list_method(list, name) else { return Ok(Val::INVALID) };
                self.method(frame, node, &receiver.value, name, method, given)
            }
            Runtime::Object(object) => {
                let object = object.clone();
                self.member(frame, node, receiver, &*object, name, given)
            }
            _ => Err(self.no_field(frame, receiver, name)),
        }
    }

    /// Where the reason is written why a map lacks a key: the null that took it away, or else the map.
    fn missing(&self, receiver: &Val, map: &MapRef, name: &str) -> Origin {
        let removed = map.merged().map_or(Origin::NONE, |map| self.context.removed(&map, name));
        if removed == Origin::NONE { receiver.origin } else { removed }
    }

    fn no_field(&self, frame: &Frame<'_>, receiver: &Val, name: &str) -> Box<Fault> {
        let reason = format!("can't evaluate field {name} in type {}", receiver.outer_type());
        let mut fault = self.fault(frame, RenderErrorKind::Undefined, reason);
        let names = match &receiver.value {
            Runtime::Object(object) => object.names(),
            _ => &[],
        };
        if let Some(near) = crate::diag::nearest(name, names.iter().copied()) {
            fault.help.push(format!("did you mean \"{near}\"?"));
        }
        fault
    }

    /// A method or a field of a struct, or an entry of a map with methods.
    fn member<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        node: &'t Operand,
        receiver: &Val,
        object: &dyn Object,
        name: &'t str,
        given: Given<'t>,
    ) -> Run<Val> {
        if let Some(method) = objects::method(object, name) {
            return self.method(frame, node, &receiver.value, name, method, given);
        }
        let has_args = !given.is_empty();
        if let Some(field) = objects::field(object, name) {
            let kind = object.kind_name();
            return match field {
                _ if has_args && kind == "map" => {
                    Err(self.failed(frame, format!("{name} is not a method but has arguments")))
                }
                _ if has_args => {
                    Err(self.failed(frame, format!("{name} has arguments but cannot be invoked as function")))
                }
                value => Ok(Val::bare(value)),
            };
        }
        if objects::is_unexported(object, name) {
            let reason = format!("{name} is an unexported field of struct type {}", receiver.outer_type());
            return Err(self.failed(frame, reason));
        }
        Err(self.no_field(frame, receiver, name))
    }

    fn method<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        node: &'t Operand,
        receiver: &Runtime,
        name: &'t str,
        method: Method,
        given: Given<'t>,
    ) -> Run<Val> {
        let mut values = self.spare.pop().unwrap_or_default();
        let result = match self.arguments(frame, name, method.signature(), given, &mut values) {
            Err(fault) => Err(fault),
            Ok(()) => method.call(receiver, name, &values).map_err(|reason| {
                frame.node = At::Operand(node);
                self.call_failed(frame, name, reason)
            }),
        };
        values.clear();
        self.spare.push(values);
        result.map(Val::bare)
    }
}

/// The first of the names with dots between them, and those behind it.
fn split_first(names: &str) -> (&str, Option<&str>) {
    match memchr::memchr(b'.', names.as_bytes()) {
        Some(dot) => (&names[..dot], Some(&names[dot + 1..])),
        None => (names, None),
    }
}

/// Says which key of a chain is missing, and which one may have been meant.
fn explain(mut fault: Box<Fault>, code: &Code, node: &Operand, receiver: &Val) -> Box<Fault> {
    let start = match node.kind {
        OperandKind::Variable(variable) => code.variable(&code.variables[variable]),
        OperandKind::Chain(_) => "(…)",
        _ => "",
    };
    let start = if start == "$" { "" } else { start };
    let names: Vec<&str> = code.path(node).split('.').collect();
    let mut value = receiver.value.clone();
    for (i, name) in names.iter().enumerate() {
        let Runtime::Map(map) = &value else { return fault };
        match map.get(name) {
            Some(Runtime::Nil) => {
                fault.notes.push(format!("`{start}.{}` is null", names[..=i].join(".")));
                return fault;
            }
            Some(below) => value = below,
            None => {
                fault.notes.push(format!("`{start}.{}` does not exist", names[..=i].join(".")));
                let keys = map.keys();
                let near = crate::diag::nearest(name, keys.iter().map(Str::as_str));
                fault.help.extend(near.map(|near| format!("did you mean `{near}`?")));
                return fault;
            }
        }
    }
    fault
}
