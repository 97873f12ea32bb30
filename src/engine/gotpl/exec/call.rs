//! Calls of functions, and those functions that need the templates: `include`, `tpl`, `required`, `fail`, `lookup`.

use std::sync::Arc;

use super::registry::{Builtin, Callee, EngineFunction};
use super::{At, Exec, Fault, Frame, Given, Link, MAX_OUTPUT, Run, Val};
use crate::engine::RenderErrorKind;
use crate::engine::gotpl::parse::Scratch;
use crate::engine::gotpl::parse::ast::{FuncId, Operand};
use crate::engine::gotpl::set::{File, Set, Unit};
use crate::engine::gotpl::trace::addressed;
use crate::engine::gotpl::{parse, wording};
use crate::functions::Function;
use crate::runtime::text::quote;
use crate::runtime::{MapRef, Numbers, Runtime};
use crate::value::{Origin, Str};

/// Helm's limit on one template being included within itself.
const MAX_INCLUDED: usize = 1000;

/// How deep `tpl` may call itself. Go's stack sets the limit there.
const MAX_TEXTS: usize = 1000;

/// The longest list that a function may give.
const MAX_ITEMS: usize = 1 << 22;

impl<'e> Exec<'e> {
    /// Calls a function; `whole` is the node that a failure of the function itself names.
    pub(super) fn function<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        whole: At<'t>,
        id: FuncId,
        given: Given<'t>,
    ) -> Run<Val> {
        let Some((name, callee)) = self.registry.callee(id) else {
            return Err(self.failed(frame, "no such function"));
        };
        match callee {
            Callee::Builtin(which @ (Builtin::And | Builtin::Or)) => {
                return self.short_circuit(frame, name, which == Builtin::Or, given);
            }
            Callee::Builtin(Builtin::Len) => return self.len(frame, whole, name, given),
            Callee::Builtin(Builtin::Call) => return self.call(frame, whole, name, given),
            _ => {}
        }
        let mut values = self.spare.pop().unwrap_or_default();
        let result = match self.arguments(frame, name, callee.signature(), given, &mut values) {
            Err(fault) => Err(fault),
            Ok(()) => self.apply(frame, whole, callee, &values),
        };
        let result = result.and_then(|value| self.check_size(frame, &value).map(|()| value));
        if let (Some(trace), "index" | "get") = (&mut self.trace, name) {
            trace.looked_up(&values);
        }
        values.clear();
        self.spare.push(values);
        result.map(Val::bare)
    }

    fn apply<'t>(&mut self, frame: &mut Frame<'t>, whole: At<'t>, callee: Callee, args: &[Runtime]) -> Run<Runtime> {
        match callee {
            Callee::Library(function) => self.library(frame, whole, function, args),
            Callee::Engine(function) => self.engine_function(frame, whole, function, args),
            Callee::Builtin(builtin) => super::builtin::call(builtin, args).map_err(|reason| {
                frame.node = whole;
                self.call_failed(frame, super::builtin::name(builtin), reason)
            }),
        }
    }

    fn library<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        whole: At<'t>,
        function: &Function,
        args: &[Runtime],
    ) -> Run<Runtime> {
        let result = match function.random {
            true => self.draw(frame, whole, function, args),
            false => (function.call)(&self.functions, args),
        };
        match result {
            Ok(value) => {
                if let Some(trace) = &mut self.trace {
                    trace.called(args, &value);
                }
                Ok(value)
            }
            Err(err) => {
                frame.node = whole;
                Err(self.call_failed(frame, function.name, err.message))
            }
        }
    }

    /// Texts that double and double again end here rather than in the kernel.
    fn check_size(&self, frame: &Frame<'_>, value: &Runtime) -> Run<()> {
        let fits = match value {
            Runtime::Str(text) => text.len() <= MAX_OUTPUT,
            Runtime::Binary(bytes) => bytes.len() <= MAX_OUTPUT,
            Runtime::List(list) => list.len() <= MAX_ITEMS,
            _ => true,
        };
        if fits { Ok(()) } else { Err(self.fault(frame, RenderErrorKind::Limit, "the value is too large")) }
    }

    /// The failure of a function or a method.
    pub(super) fn call_failed(&self, frame: &Frame<'_>, name: &str, reason: impl Into<String>) -> Box<Fault> {
        self.call_wrapped(frame, name, Fault::new(RenderErrorKind::Failed, reason))
    }

    fn call_wrapped(&self, frame: &Frame<'_>, name: &str, mut fault: Box<Fault>) -> Box<Fault> {
        if fault.frames.is_empty() {
            fault.frame(self.span(frame, frame.node), format!("{name}: {}", fault.reason));
        }
        self.link(frame, &mut fault, format!("error calling {name}: "), true);
        fault
    }

    /// `and` and `or` look at no more arguments than they need.
    fn short_circuit<'t>(&mut self, frame: &mut Frame<'t>, name: &str, is_or: bool, given: Given<'t>) -> Run<Val> {
        if given.is_empty() {
            return Err(self.failed(frame, format!("wrong number of args for {name}: want at least 1 got 0")));
        }
        let mut last = Val::INVALID;
        for arg in given.args {
            last = self.operand(frame, arg)?;
            if last.value.truthy() == is_or {
                return Ok(last);
            }
        }
        Ok(given.piped.unwrap_or(last))
    }

    /// An argument of type `reflect.Value`, which keeps what it was taken out of.
    fn operand<'t>(&mut self, frame: &mut Frame<'t>, arg: &'t Operand) -> Run<Val> {
        frame.node = At::Operand(arg);
        self.untyped(frame, arg)
    }

    fn only<'t>(&mut self, frame: &mut Frame<'t>, name: &str, given: Given<'t>) -> Run<Val> {
        match (given.args, given.piped) {
            ([arg], None) => self.operand(frame, arg),
            ([], Some(value)) => Ok(value),
            (args, piped) => {
                let got = args.len() + usize::from(piped.is_some());
                Err(self.failed(frame, format!("wrong number of args for {name}: want 1 got {got}")))
            }
        }
    }

    fn len<'t>(&mut self, frame: &mut Frame<'t>, whole: At<'t>, name: &str, given: Given<'t>) -> Run<Val> {
        let value = self.only(frame, name, given)?;
        super::builtin::len(&value).map(Val::bare).map_err(|reason| {
            frame.node = whole;
            self.call_failed(frame, name, reason)
        })
    }

    /// `call`, which fails: no value that a template can hold is a function.
    fn call<'t>(&mut self, frame: &mut Frame<'t>, whole: At<'t>, name: &str, given: Given<'t>) -> Run<Val> {
        let mut text = String::new();
        given.args.first().into_iter().for_each(|arg| frame.code.write_operand(arg, &mut text));
        let mut values = Vec::new();
        if given.args.is_empty() {
            text = match &given.piped {
                Some(Val { value: Runtime::Str(text), .. }) => text.to_string(),
                Some(value) => format!("<{} Value>", value.argument_type()),
                None => text,
            };
        }
        let signature = Callee::Builtin(Builtin::Call).signature();
        self.arguments(frame, name, signature, given, &mut values)?;
        frame.node = whole;
        Err(match values.first() {
            None | Some(Runtime::Nil) => self.call_failed(frame, name, "call of nil"),
            Some(value) => {
                let type_name = value.type_name(Numbers::Go);
                self.call_failed(frame, name, format!("non-function {text} of type {type_name}"))
            }
        })
    }

    fn engine_function<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        whole: At<'t>,
        function: EngineFunction,
        args: &[Runtime],
    ) -> Run<Runtime> {
        match (function, args) {
            (EngineFunction::Include, [name, data]) => self.include(frame, whole, name, data),
            (EngineFunction::Tpl, [text, data]) => self.tpl(frame, whole, text, data),
            (EngineFunction::Required, [message, value]) => match value {
                Runtime::Nil => Err(self.refuse(frame, whole, "required", message)),
                Runtime::Str(text) if text.is_empty() => Err(self.refuse(frame, whole, "required", message)),
                value => Ok(value.clone()),
            },
            (EngineFunction::Fail, [message]) => Err(self.refuse(frame, whole, "fail", message)),
            (EngineFunction::Lookup, [api_version, kind, namespace, name]) => {
                let text = |arg: &Runtime| String::from_utf8_lossy(&arg.to_text(Numbers::Go)).into_owned();
                let [api_version, kind, namespace, name] = [api_version, kind, namespace, name].map(text);
                Ok(Runtime::from(&self.context.objects.lookup(&api_version, &kind, &namespace, &name)))
            }
            _ => Ok(Runtime::Map(MapRef::new([]))),
        }
    }

    fn refuse<'t>(&self, frame: &mut Frame<'t>, whole: At<'t>, name: &str, message: &Runtime) -> Box<Fault> {
        frame.node = whole;
        let message = String::from_utf8_lossy(&message.to_text(Numbers::Go)).into_owned();
        let mut fault = Fault::new(RenderErrorKind::Refused, message.clone());
        fault.frame(self.span(frame, whole), message.clone());
        fault.refusal = Some(message);
        self.call_wrapped(frame, name, fault)
    }

    fn include<'t>(&mut self, frame: &mut Frame<'t>, whole: At<'t>, name: &Runtime, data: &Runtime) -> Run<Runtime> {
        let name = match name {
            Runtime::Str(name) => name.clone(),
            other => String::from_utf8_lossy(&other.to_text(Numbers::Go)).into(),
        };
        let result = self.included(frame, whole, &name, data);
        result.map_err(|fault| {
            frame.node = whole;
            self.call_wrapped(frame, "include", fault)
        })
    }

    fn included(&mut self, frame: &Frame<'_>, whole: At<'_>, name: &Str, data: &Runtime) -> Run<Runtime> {
        let count = self.included.entry(name.clone()).or_insert(0);
        if *count > MAX_INCLUDED {
            let reason = "rendering template has a nested reference name: ";
            let reason = format!("{reason}{name}: unable to execute template");
            return Err(Fault::new(RenderErrorKind::Limit, reason));
        }
        *count += 1;
        let Some(unit) = frame.set.find(name) else {
            let reason = format!("template: no template {} associated with template \"gotpl\"", quote(name.as_bytes()));
            let mut fault = Fault::new(RenderErrorKind::Missing, reason);
            self.suggest_template(frame, name, &mut fault);
            return Err(fault);
        };
        let span = self.call_span(frame, whole);
        let outermost = self.enter_site(frame, whole);
        let text = self.captured(span, |exec| exec.enter(frame.set, unit, Val::bare(data.clone()), 0));
        self.leave_site(outermost);
        let text = text.map_err(|fault| fault.about(Origin::NONE))?;
        if let Some(count) = self.included.get_mut(name) {
            *count -= 1;
        }
        Ok(text)
    }

    /// The place of a call, where somebody wants to know.
    fn call_span(&self, frame: &Frame<'_>, whole: At<'_>) -> crate::diag::Span {
        if self.trace.is_some() { self.span(frame, whole) } else { crate::diag::Span::default() }
    }

    /// What is printed meanwhile, as a text instead.
    fn captured(&mut self, span: crate::diag::Span, run: impl FnOnce(&mut Self) -> Run<()>) -> Run<Runtime> {
        let start = self.out.len();
        let mark = self.trace.as_mut().map(|trace| trace.begin_capture());
        self.enter_traced(span, run)?;
        let text = match std::str::from_utf8(&self.out[start..]) {
            Ok(text) if mark.is_some() => Runtime::Str(addressed(text)),
            Ok(text) => Runtime::Str(text.into()),
            Err(_) => Runtime::Binary(self.out[start..].into()),
        };
        self.out.truncate(start);
        if let (Some(trace), Some(mark)) = (&mut self.trace, mark) {
            trace.end_capture(&mark, start, &text);
        }
        Ok(text)
    }

    fn tpl<'t>(&mut self, frame: &mut Frame<'t>, whole: At<'t>, text: &Runtime, data: &Runtime) -> Run<Runtime> {
        let result = self.template_text(frame, whole, text, data);
        result.map_err(|fault| {
            frame.node = whole;
            self.call_wrapped(frame, "tpl", fault)
        })
    }

    fn template_text(&mut self, frame: &Frame<'_>, whole: At<'_>, text: &Runtime, data: &Runtime) -> Run<Runtime> {
        let key = match text {
            Runtime::Str(text) => text.clone(),
            other => String::from_utf8_lossy(&other.to_text(Numbers::Go)).into(),
        };
        if !key.contains("{{") {
            return Ok(without_no_value(Runtime::Str(key)));
        }
        if self.texts >= MAX_TEXTS {
            return Err(Fault::new(RenderErrorKind::Limit, "texts given to tpl call tpl too deeply"));
        }
        let units = self.read_text(&key).map_err(|fault| self.about_text(fault, &key))?;
        let Some(main) = units.last() else { return Ok(Runtime::str("")) };
        let mut set = Set::within(frame.set);
        units.iter().for_each(|unit| set.add(unit.clone()));
        let set = Arc::new(set);
        let span = self.call_span(frame, whole);
        let run = |exec: &mut Self| exec.enter(&set, main, Val::bare(data.clone()), 0);
        self.texts += 1;
        let outermost = self.enter_site(frame, whole);
        let printed = self.captured(span, run);
        self.leave_site(outermost);
        let printed = printed.map_err(|fault| {
            let mut fault = self.about_text(fault, &key);
            let what = format!("error during tpl function execution for {}: ", quote(key.as_bytes()));
            fault.links.push(Link { prefix: what, wraps: true });
            fault
        })?;
        self.texts -= 1;
        Ok(without_no_value(printed))
    }

    /// Says where the piece of a text was written that a failure within it is about.
    fn about_text(&self, mut fault: Box<Fault>, text: &Str) -> Box<Fault> {
        let Some(trace) = self.trace.as_ref().filter(|_| fault.value.is_none_or(|value| value == Origin::NONE)) else {
            return fault;
        };
        let offset = |frame: &crate::engine::Frame| {
            let source = self.context.sources.find(frame.span.start)?;
            (*source.text == *text.as_bytes()).then(|| source.offset(frame.span.start))
        };
        fault.value = fault.frames.iter().find_map(offset).map(|offset| trace.origin_in(text, offset));
        fault
    }

    /// Reads a text as a template, once for each text.
    fn read_text(&mut self, text: &Str) -> Run<Arc<[Arc<Unit>]>> {
        if let Some(units) = self.read.get(text) {
            return Ok(units.clone());
        }
        let registry = self.registry;
        let file = Arc::new(File::new("gotpl".into(), text.as_bytes().into(), None));
        let trees = parse::parse("gotpl", &file.text, &|name| registry.find(name), &mut Scratch::default());
        let trees = trees.map_err(|err| {
            let reason = wording::go_parse_error("gotpl", &err);
            let reason = format!("cannot parse template {}: {reason}", quote(text.as_bytes()));
            let mut fault = Fault::new(RenderErrorKind::Syntax, reason);
            fault.frame(file.span(err.start, err.end, &self.context.sources), err.reason.clone());
            fault.help.extend(super::super::suggest_function(&err));
            fault
        })?;
        let units: Arc<[_]> = trees.into_iter().map(|tree| Arc::new(Unit { tree, file: file.clone() })).collect();
        self.read.insert(text.clone(), units.clone());
        Ok(units)
    }
}

/// Helm deletes what Go prints for a missing value.
fn without_no_value(text: Runtime) -> Runtime {
    match &text {
        Runtime::Str(s) if s.contains("<no value>") => Runtime::Str(s.replace("<no value>", "")),
        _ => text,
    }
}
