//! Runs syntax trees: `text/template/exec.go` of Go 1.25, where a template can tell.
//!
//! Output of all templates goes to one buffer; what `include` gives is taken off its end. Variables live in slots of
//! one stack. The node at hand is kept by reference, since Go's errors name the node looked at last.

mod args;
mod builtin;
mod call;
mod compare;
mod escape;
mod fault;
mod fields;
mod pipeline;
mod range;
mod registry;
mod site;
mod val;

use std::collections::HashMap;
use std::sync::Arc;

pub(super) use fault::{Fault, Link};
pub(super) use registry::Registry;
use site::Sites;
pub(super) use val::Val;

use super::fmt;
use super::parse::ast::{Branch, Code, Command, Node, Operand, Pipe, Place, Row, Slot, TemplateCall};
use super::set::{Set, Unit};
use super::trace::Trace;
use crate::diag::Span;
use crate::engine::{Context, RenderErrorKind};
use crate::functions;
use crate::runtime::Runtime;
use crate::value::{Origin, Str, Value};

type Run<T> = Result<T, Box<Fault>>;

/// Go's limit on templates within templates.
const MAX_DEPTH: usize = 100_000;

/// How much of the stack templates within templates may take.
const MAX_STACK: usize = 300 << 20;

/// How many nodes one render may pass; a template that needs more has lost its way.
const MAX_STEPS: u64 = if cfg!(test) { 1_000_000 } else { 100_000_000 };

/// The longest output, and the longest text in one.
const MAX_OUTPUT: usize = if cfg!(test) { 4 << 20 } else { 128 << 20 };

/// What comes of a list of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// The node at hand.
#[derive(Clone, Copy)]
enum At<'t> {
    Nothing,
    Pipe(&'t Pipe),
    Command(&'t Command),
    Operand(&'t Operand),
    Template(&'t TemplateCall),
}

/// What a command has besides its first word: arguments, and what the command before it gave.
struct Given<'t> {
    args: &'t [Operand],
    piped: Option<Val>,
}

impl Given<'_> {
    const NOTHING: Given<'static> = Given { args: &[], piped: None };

    fn is_empty(&self) -> bool {
        self.args.is_empty() && self.piped.is_none()
    }

    fn len(&self) -> usize {
        self.args.len() + usize::from(self.piped.is_some())
    }
}

/// One template being run.
struct Frame<'t> {
    set: &'t Arc<Set>,
    unit: &'t Unit,
    code: &'t Code,
    node: At<'t>,
    dot: Val,
    /// Where its variables begin on the stack.
    base: usize,
    depth: usize,
}

impl Frame<'_> {
    fn place(&self, node: At<'_>) -> Option<Place> {
        Some(match node {
            At::Nothing => return None,
            At::Pipe(pipe) => self.code.place_of_pipe(pipe),
            At::Command(command) => self.code.place_of_command(command),
            At::Operand(operand) => self.code.place_of_operand(operand),
            At::Template(call) => self.code.place_of_call(call),
        })
    }
}

/// A render in progress.
pub(super) struct Exec<'e> {
    context: &'e Context,
    functions: functions::Context<'e>,
    registry: &'static Registry,
    /// What is printed; its room may be handed from one render to the next.
    pub out: Vec<u8>,
    vars: Vec<Option<Val>>,
    /// How often each template is being included at the moment.
    included: HashMap<Str, usize, foldhash::fast::RandomState>,
    /// How many calls of `tpl` are being run.
    texts: usize,
    /// What `tpl` read before.
    read: HashMap<Str, Arc<[Arc<Unit>]>, foldhash::fast::RandomState>,
    /// Argument lists to use again.
    spare: Vec<Vec<Runtime>>,
    steps: u64,
    stack_base: usize,
    /// Where the template that is run is, while randomness is to repeat.
    sites: Option<Box<Sites<'e>>>,
    pub trace: Option<Box<Trace>>,
}

/// Roughly where the stack is.
fn stack_position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}

impl<'e> Exec<'e> {
    pub fn new(context: &'e Context) -> Self {
        Exec {
            context,
            functions: functions::Context { random: &*context.random, dns: context.dns, go_numbers: true },
            registry: Registry::get(),
            out: Vec::new(),
            vars: Vec::with_capacity(64),
            included: HashMap::default(),
            texts: 0,
            read: HashMap::default(),
            spare: Vec::new(),
            steps: 0,
            stack_base: stack_position(),
            sites: Sites::of(context),
            trace: None,
        }
    }

    /// Runs a template and gives what it printed. Bytes that are not UTF-8 are replaced, since manifests are text.
    pub fn execute(&mut self, set: &Arc<Set>, unit: &Unit, dot: Runtime) -> Run<String> {
        self.out.clear();
        self.vars.clear();
        self.enter(set, unit, Val::bare(dot), 0)?;
        Ok(match std::str::from_utf8(&self.out) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(&self.out).into_owned(),
        })
    }

    /// Runs a template at the end of the output.
    fn enter(&mut self, set: &Arc<Set>, unit: &Unit, dot: Val, depth: usize) -> Run<()> {
        if stack_position().abs_diff(self.stack_base) > MAX_STACK {
            return Err(Fault::new(RenderErrorKind::Limit, "templates call each other too deeply"));
        }
        let base = self.vars.len();
        self.vars.resize(base + unit.tree.slots, None);
        self.vars[base] = Some(dot.clone());
        let mut frame = Frame { set, unit, code: &unit.tree.code, node: At::Nothing, dot, base, depth };
        let begun = self.begin(unit);
        let result = self.list(&mut frame, unit.tree.root);
        self.end(begun);
        self.vars.truncate(base);
        result.map(|_| ())
    }

    fn list(&mut self, frame: &mut Frame<'_>, list: Row<Node>) -> Run<Flow> {
        for node in &frame.code.nodes[list] {
            let flow = self.node(frame, node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, frame: &mut Frame<'_>, node: &Node) -> Run<Flow> {
        self.step(frame)?;
        if self.trace.is_some() { self.traced_node(frame, node) } else { self.run_node(frame, node) }
    }

    /// A node, in a render that is to tell. What it read last is what it fails on, where it does not know better.
    #[cold]
    fn traced_node(&mut self, frame: &mut Frame<'_>, node: &Node) -> Run<Flow> {
        if let Some(trace) = &mut self.trace {
            trace.read.clear();
        }
        self.run_node(frame, node).map_err(|fault| match &self.trace {
            Some(trace) if fault.kind.is_about_values() => {
                fault.about(trace.read.last().map(Value::origin).unwrap_or_default())
            }
            _ => fault,
        })
    }

    fn run_node(&mut self, frame: &mut Frame<'_>, node: &Node) -> Run<Flow> {
        let code = frame.code;
        match *node {
            Node::Text(start, end) => {
                let range = start as usize..end as usize;
                if let Some(trace) = &mut self.trace {
                    trace.literal(self.out.len(), &frame.unit.file, range.clone(), &self.context.sources);
                }
                self.out.extend_from_slice(&code.text[range]);
            }
            Node::Action(pipe) => {
                let pipe = &code.pipes[pipe];
                let value = self.pipe(frame, pipe)?;
                if pipe.decl.is_none() {
                    self.print(frame, pipe, &value.value);
                }
            }
            Node::If(branch) => return self.branch(frame, &code.branches[branch], false),
            Node::With(branch) => return self.branch(frame, &code.branches[branch], true),
            Node::Range(branch) => return self.range(frame, &code.branches[branch]),
            Node::Template(call) => self.template(frame, &code.calls[call])?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn step(&mut self, frame: &Frame<'_>) -> Run<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.out.len() > MAX_OUTPUT {
            let what = if self.steps > MAX_STEPS { "runs for too long" } else { "prints too much" };
            return Err(self.fault(frame, RenderErrorKind::Limit, format!("the template {what}")));
        }
        Ok(())
    }

    fn print(&mut self, frame: &Frame<'_>, pipe: &Pipe, value: &Runtime) {
        if let Some(trace) = &mut self.trace {
            let span = frame.unit.file.span(pipe.start as usize, pipe.end as usize, &self.context.sources);
            trace.print(self.out.len(), span, value);
        }
        let start = self.out.len();
        match value {
            Runtime::Nil => self.out.extend_from_slice(b"<no value>"),
            Runtime::Str(text) => self.out.extend_from_slice(text.as_bytes()),
            // What is addressable in Go prints by the methods of its pointer, too.
            Runtime::Object(object) if object.fields().is_empty() || super::objects::has_string(&**object) => {
                let mut text = String::new();
                object.print(&mut text);
                self.out.extend_from_slice(text.as_bytes());
            }
            value => fmt::print_into(value, &mut self.out),
        }
        if let Some(trace) = &mut self.trace {
            trace.printed(start, &self.out);
        }
    }

    fn branch<'t>(&mut self, frame: &mut Frame<'t>, branch: &'t Branch, sets_dot: bool) -> Run<Flow> {
        let value = self.pipe(frame, &frame.code.pipes[branch.pipe])?;
        if !value.value.truthy() {
            return self.list(frame, branch.else_list);
        }
        if !sets_dot {
            return self.list(frame, branch.list);
        }
        let outer = std::mem::replace(&mut frame.dot, value);
        let flow = self.list(frame, branch.list);
        frame.dot = outer;
        flow
    }

    fn template<'t>(&mut self, frame: &mut Frame<'t>, call: &'t TemplateCall) -> Run<()> {
        frame.node = At::Template(call);
        let Some(unit) = frame.set.find(&call.name) else {
            let name = crate::runtime::text::quote(call.name.as_bytes());
            let mut fault = self.fault(frame, RenderErrorKind::Missing, format!("template {name} not defined"));
            self.suggest_template(frame, &call.name, &mut fault);
            return Err(fault);
        };
        if frame.depth == MAX_DEPTH {
            let reason = format!("exceeded maximum template depth ({MAX_DEPTH})");
            return Err(self.fault(frame, RenderErrorKind::Limit, reason));
        }
        let dot = match call.pipe {
            Some(pipe) => self.pipe(frame, &frame.code.pipes[pipe])?,
            None => Val::INVALID,
        };
        let span = self.span(frame, At::Template(call));
        let outermost = self.enter_site(frame, At::Template(call));
        let result = self.enter_traced(span, |exec| exec.enter(frame.set, unit, dot, frame.depth + 1));
        self.leave_site(outermost);
        result.map_err(|mut fault| {
            // The stack's limit knows no template.
            if fault.links.is_empty() {
                self.link(frame, &mut fault, String::new(), false);
            }
            fault.frame(span, format!("in {{{{ template {} }}}}", crate::runtime::text::quote(call.name.as_bytes())));
            fault.about(Origin::NONE)
        })
    }

    /// Runs with a call on the trace's list of calls. What is read meanwhile is not read by the expression that calls.
    fn enter_traced<T>(&mut self, span: Span, run: impl FnOnce(&mut Self) -> T) -> T {
        let read = self.trace.as_mut().map(|trace| {
            trace.calls.push(span);
            std::mem::take(&mut trace.read)
        });
        let result = run(self);
        if let (Some(trace), Some(read)) = (&mut self.trace, read) {
            trace.calls.pop();
            trace.read = read;
        }
        result
    }

    /// A value that an expression has read, where somebody wants to know.
    #[inline]
    fn seen(&mut self, value: Val) -> Val {
        if let Some(trace) = &mut self.trace {
            trace.seen(&value);
        }
        value
    }

    /// Where a value was written, where somebody wants to know.
    #[inline]
    fn origin(&self, of: impl FnOnce(&Trace) -> Origin) -> Origin {
        self.trace.as_deref().map_or(Origin::NONE, of)
    }

    // Variables.

    fn set_var(&mut self, frame: &Frame<'_>, slot: Slot, value: Val) {
        if let Some(var) = self.vars.get_mut(frame.base + usize::from(slot)) {
            *var = Some(value);
        }
    }

    fn live_slot(&self, frame: &Frame<'_>, slots: &[Slot]) -> Option<Slot> {
        slots.iter().copied().find(|slot| self.vars.get(frame.base + usize::from(*slot)).is_some_and(Option::is_some))
    }

    // Errors.

    fn span(&self, frame: &Frame<'_>, node: At<'_>) -> Span {
        let Some(place) = frame.place(node) else { return Span::default() };
        frame.unit.file.span(place.start as usize, place.end as usize, &self.context.sources)
    }

    /// A failure at the node at hand.
    fn fault(&self, frame: &Frame<'_>, kind: RenderErrorKind, reason: impl Into<String>) -> Box<Fault> {
        let mut fault = Fault::new(kind, reason);
        self.link(frame, &mut fault, String::new(), false);
        fault
    }

    fn failed(&self, frame: &Frame<'_>, reason: impl Into<String>) -> Box<Fault> {
        self.fault(frame, RenderErrorKind::Failed, reason)
    }

    /// Says in Go's words where a failure passed: `template: NAME:1:2: executing "NAME" at <…>: `.
    fn link(&self, frame: &Frame<'_>, fault: &mut Fault, what: String, wraps: bool) {
        let (code, mut text) = (frame.code, String::new());
        match frame.node {
            At::Nothing => {}
            At::Pipe(pipe) => code.write_pipe(pipe, &mut text),
            At::Command(command) => code.write_command(command, &mut text),
            At::Operand(operand) => code.write_operand(operand, &mut text),
            At::Template(call) => code.write_call(call, &mut text),
        }
        let location = frame.unit.file.location(frame.place(frame.node).unwrap_or_default().pos as usize);
        let name = crate::runtime::text::quote(frame.unit.tree.name.as_bytes());
        let label = if fault.links.is_empty() && !wraps { fault.reason.clone() } else { format!("in {text}") };
        fault.frame(self.span(frame, frame.node), label);
        fault.links.push(Link { prefix: format!("template: {location}: executing {name} at <{text}>: {what}"), wraps });
    }

    fn suggest_template(&self, frame: &Frame<'_>, name: &str, fault: &mut Fault) {
        if let Some(near) = crate::diag::nearest(name, frame.set.names()) {
            fault.help.push(format!("did you mean \"{near}\"?"));
        }
    }
}
