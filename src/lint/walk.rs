//! The values that Go templates read, by reading the templates rather than running them.
//!
//! Each template is walked for each kind of dot that it is called with. A value that goes where it cannot be followed
//! is read, with all that is below it; branches that are not taken count like the others.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::reads::{Reads, Step};
use super::shape::{DEEPEST, Shape, Shapes, depth};
use crate::diag::Bytes;
use crate::engine::gotpl::parse::ast::{Branch, Code, FuncId, Node, Operand, OperandKind, Pipe, Row, Tree, Variable};
use crate::engine::gotpl::parse::{self, Scratch};
use crate::runtime::Runtime;
use crate::value::Str;

/// Longer ways into the values are not followed: a template that goes on like this goes in circles.
const LONGEST: usize = 24;

/// How many calls of templates, by kinds of dot, are followed before all values are taken for read.
const MOST_CALLS: usize = 20_000;

/// The trees of a text; none where it is not written right.
pub(super) fn trees(name: &str, text: &Bytes) -> Option<Vec<Arc<Tree>>> {
    let trees = parse::parse(name, text, &|_| Some(FuncId(0)), &mut Scratch::default()).ok()?;
    Some(trees.into_iter().map(Arc::new).collect())
}

fn owned((name, trees): (&Str, &Arc<[Arc<Tree>]>)) -> (Str, Arc<[Arc<Tree>]>) {
    (name.clone(), trees.clone())
}

/// A walk through all templates.
pub(super) struct Walk<'a> {
    /// Where the values of each chart lie in those of the outermost one.
    scopes: Vec<Vec<Step>>,
    templates: HashMap<Str, Arc<[Arc<Tree>]>>,
    /// Texts that `tpl` may be given.
    texts: &'a [Str],
    pub(super) reads: Reads,
    /// Texts in templates that are templates themselves.
    literals: Vec<Str>,
    /// The trees of all these texts, as far as they have been needed; none for one that is not written right.
    read_texts: Vec<Option<Vec<Arc<Tree>>>>,
    /// What `tpl` may be given as its dot, each with how many of the texts were walked with it.
    given_to_tpl: Vec<(Shapes, usize)>,
    /// Names of templates that stand in templates, elsewhere than where they are called.
    named: Vec<Str>,
    /// What templates are called with whose names are computed, each with how many of the names were tried.
    called_by_any_name: Vec<(Shapes, usize)>,
    /// The kinds of dot that templates were called with, and their numbers.
    dots: HashMap<Arc<Shapes>, usize, RandomState>,
    /// The templates that were called, each with the number of a dot.
    seen: HashSet<(Str, usize), RandomState>,
    waiting: Vec<(Arc<Tree>, Arc<Shapes>)>,
}

/// A template while it is walked: its variables, and whether they became more.
pub(super) struct Frame<'t> {
    pub(super) code: &'t Code,
    slots: Vec<Shapes>,
    grown: bool,
}

impl Frame<'_> {
    pub(super) fn add(&mut self, variable: &Variable, shapes: &Shapes) {
        for slot in &self.code.slots[variable.slots] {
            if let Some(known) = self.slots.get_mut(usize::from(*slot)) {
                let before = known.len();
                known.extend(shapes.iter().cloned());
                self.grown |= known.len() > before;
            }
        }
    }

    fn get(&self, variable: &Variable) -> Shapes {
        let slots = self.code.slots[variable.slots].iter().filter_map(|slot| self.slots.get(usize::from(*slot)));
        slots.flatten().cloned().collect()
    }
}

impl<'a> Walk<'a> {
    pub fn new(scopes: Vec<Vec<Step>>, trees: &[Arc<Tree>], texts: &'a [Str]) -> Self {
        let mut templates: HashMap<Str, Vec<Arc<Tree>>> = HashMap::new();
        for tree in trees {
            templates.entry(tree.name.clone()).or_default().push(tree.clone());
        }
        Walk {
            scopes,
            templates: templates.into_iter().map(|(name, trees)| (name, trees.into())).collect(),
            texts,
            reads: Reads::default(),
            literals: Vec::new(),
            read_texts: Vec::new(),
            given_to_tpl: Vec::new(),
            named: Vec::new(),
            called_by_any_name: Vec::new(),
            dots: HashMap::default(),
            seen: HashSet::default(),
            waiting: Vec::new(),
        }
    }

    /// Walks through a template and all that it calls.
    pub fn run(&mut self, name: &str, dot: Shapes) {
        self.call_template(name, dot);
        self.finish();
    }

    /// Walks through all templates there are.
    pub fn run_all(&mut self, dot: &Shapes) {
        self.call_those(dot.clone(), |_| true);
        self.finish();
    }

    fn finish(&mut self) {
        loop {
            while let Some((tree, dot)) = self.waiting.pop() {
                self.tree(&tree, &dot);
            }
            self.call_texts();
            self.call_named();
            if self.waiting.is_empty() {
                return;
            }
        }
    }

    /// Every text that may be given to `tpl`, with everything that it is given as its dot.
    fn call_texts(&mut self) {
        let texts = self.texts.iter().chain(&self.literals).skip(self.read_texts.len());
        self.read_texts.extend(texts.map(|text| trees("tpl", &text.as_bytes().into())).collect::<Vec<_>>());
        for given in 0..self.given_to_tpl.len() {
            let (dot, walked) = self.given_to_tpl[given].clone();
            self.given_to_tpl[given].1 = self.read_texts.len();
            for text in walked..self.read_texts.len() {
                match &self.read_texts[text] {
                    Some(trees) => {
                        let dot = Arc::new(dot.clone());
                        self.waiting.extend(trees.iter().map(|tree| (tree.clone(), dot.clone())));
                    }
                    // A piece of a template that is put together elsewhere.
                    None if self.text(text).contains("Values") => self.consume(&dot),
                    None => {}
                }
            }
        }
    }

    /// Every template that may be meant by a name that is computed.
    fn call_named(&mut self) {
        for given in 0..self.called_by_any_name.len() {
            let (dot, tried) = self.called_by_any_name[given].clone();
            self.called_by_any_name[given].1 = self.named.len();
            if self.named.is_empty() {
                self.consume(&dot);
            }
            for name in tried..self.named.len() {
                self.call_template(&self.named[name].clone(), dot.clone());
            }
        }
    }

    fn text(&self, number: usize) -> &str {
        self.texts.get(number).unwrap_or_else(|| &self.literals[number - self.texts.len()])
    }

    pub(super) fn call_template(&mut self, name: &str, dot: Shapes) {
        let called: Vec<_> = self.templates.get_key_value(name).into_iter().map(owned).collect();
        self.call(&called, dot);
    }

    /// A call of a template whose name is not known: it stands somewhere as a text.
    pub(super) fn call_by_any_name(&mut self, dot: Shapes) {
        let dot = self.bounded(dot);
        if !self.called_by_any_name.iter().any(|(known, _)| *known == dot) {
            self.called_by_any_name.push((dot, 0));
        }
    }

    /// A call of any of the templates with such names.
    pub(super) fn call_those(&mut self, dot: Shapes, is_called: impl Fn(&str) -> bool) {
        let called: Vec<_> = self.templates.iter().filter(|(name, _)| is_called(name)).map(owned).collect();
        self.call(&called, dot);
    }

    fn call(&mut self, called: &[(Str, Arc<[Arc<Tree>]>)], dot: Shapes) {
        let dot = Arc::new(self.bounded(dot));
        if self.seen.len() > MOST_CALLS {
            self.reads.mark(&[], true);
            return;
        }
        let next = self.dots.len();
        let number = *self.dots.entry(dot.clone()).or_insert(next);
        for (name, trees) in called {
            if self.seen.insert((name.clone(), number)) {
                self.waiting.extend(trees.iter().map(|tree| (tree.clone(), dot.clone())));
            }
        }
    }

    pub(super) fn call_tpl(&mut self, dot: Shapes) {
        let dot = self.bounded(dot);
        if !dot.is_empty() && !self.given_to_tpl.iter().any(|(known, _)| *known == dot) {
            self.given_to_tpl.push((dot, 0));
        }
    }

    /// Shapes that do not grow without end.
    fn bounded(&mut self, shapes: Shapes) -> Shapes {
        if depth(&shapes) <= DEEPEST {
            return shapes;
        }
        self.consume(&shapes);
        Shapes::new()
    }

    fn tree(&mut self, tree: &Tree, dot: &Shapes) {
        let mut slots = vec![Shapes::new(); tree.slots.max(1)];
        slots[0].clone_from(dot);
        let mut frame = Frame { code: &tree.code, slots, grown: true };
        while std::mem::take(&mut frame.grown) {
            self.list(tree.root, dot, &mut frame);
        }
    }

    fn list(&mut self, list: Row<Node>, dot: &Shapes, frame: &mut Frame<'_>) {
        let code = frame.code;
        for node in &code.nodes[list] {
            match *node {
                Node::Action(pipe) => {
                    let pipe = &code.pipes[pipe];
                    let shapes = self.pipe(pipe, dot, frame);
                    if pipe.decl.is_none() {
                        self.consume(&shapes);
                    }
                }
                Node::If(branch) => {
                    let branch = &code.branches[branch];
                    self.pipe(&code.pipes[branch.pipe], dot, frame);
                    self.branch(branch, dot, dot, frame);
                }
                Node::With(branch) => {
                    let branch = &code.branches[branch];
                    let below = self.pipe(&code.pipes[branch.pipe], dot, frame);
                    self.branch(branch, &below, dot, frame);
                }
                Node::Range(branch) => self.range(&code.branches[branch], dot, frame),
                Node::Template(call) => {
                    let call = &code.calls[call];
                    let arg = call.pipe.map(|pipe| self.pipe(&code.pipes[pipe], dot, frame)).unwrap_or_default();
                    self.call_template(&call.name, arg);
                }
                Node::Text(..) | Node::Break | Node::Continue => {}
            }
        }
    }

    fn branch(&mut self, branch: &Branch, below: &Shapes, dot: &Shapes, frame: &mut Frame<'_>) {
        self.list(branch.list, below, frame);
        self.list(branch.else_list, dot, frame);
    }

    fn range(&mut self, branch: &Branch, dot: &Shapes, frame: &mut Frame<'_>) {
        let code = frame.code;
        let pipe = &code.pipes[branch.pipe];
        let over = self.commands(pipe, dot, frame);
        let items = self.elements(&over);
        if let Some(variable) = code.variables(pipe).last() {
            frame.add(variable, &items);
        }
        self.branch(branch, &items, dot, frame);
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Shapes, frame: &mut Frame<'_>) -> Shapes {
        let shapes = self.commands(pipe, dot, frame);
        frame.code.variables(pipe).iter().for_each(|variable| frame.add(variable, &shapes));
        shapes
    }

    fn commands(&mut self, pipe: &Pipe, dot: &Shapes, frame: &mut Frame<'_>) -> Shapes {
        let code = frame.code;
        let mut last = None;
        for command in &code.commands[pipe.cmds] {
            let Some((first, args)) = code.operands[command.args].split_first() else { continue };
            let given = match first.kind {
                OperandKind::Function(_) => self.function(code.function(first), args, last.take(), dot, frame),
                _ => {
                    // A method, such as `.Files.Get`.
                    for arg in args {
                        let shapes = self.operand(arg, dot, frame);
                        self.consume(&shapes);
                    }
                    self.consume(&last.take().unwrap_or_default());
                    self.operand(first, dot, frame)
                }
            };
            last = Some(self.bounded(given));
        }
        last.unwrap_or_default()
    }

    pub(super) fn operand(&mut self, operand: &Operand, dot: &Shapes, frame: &mut Frame<'_>) -> Shapes {
        let code = frame.code;
        match operand.kind {
            OperandKind::Field => self.fields(dot.clone(), code.path(operand)),
            OperandKind::Variable(variable) => self.fields(frame.get(&code.variables[variable]), code.path(operand)),
            OperandKind::Chain(term) => {
                let shapes = self.operand(&code.operands[term], dot, frame);
                self.fields(shapes, code.path(operand))
            }
            OperandKind::Pipe(pipe) => self.pipe(&code.pipes[pipe], dot, frame),
            OperandKind::Dot => dot.clone(),
            OperandKind::Function(_) => self.function(code.function(operand), &[], None, dot, frame),
            OperandKind::Text(_) => {
                let Some(Runtime::Str(text)) = code.said(operand) else { return Shapes::new() };
                if let Some((name, _)) = self.templates.get_key_value(&text)
                    && !self.named.contains(name)
                {
                    self.named.push(name.clone());
                }
                if text.contains("{{") && !self.literals.contains(&text) {
                    self.literals.push(text);
                }
                Shapes::new()
            }
            OperandKind::Nil | OperandKind::Bool(_) | OperandKind::Number(_) => Shapes::new(),
        }
    }

    fn fields(&mut self, shapes: Shapes, names: &str) -> Shapes {
        names.split('.').filter(|name| !name.is_empty()).fold(shapes, |shapes, name| self.field(&shapes, name))
    }

    /// What lies under a key.
    pub(super) fn field(&mut self, shapes: &Shapes, key: &str) -> Shapes {
        let mut found = Shapes::new();
        for shape in shapes {
            match shape {
                Shape::Root(scope) if key == "Values" => {
                    found.extend(self.scopes.get(*scope).cloned().map(Shape::At));
                }
                Shape::Root(_) if key == "Subcharts" => self.reads.mark(&[], true),
                Shape::Root(_) | Shape::List(_) => {}
                Shape::At(path) => found.extend(self.step(path, Step::Key(key.into()))),
                Shape::Map(map) => found.extend(map.get(key).into_iter().flatten().cloned()),
            }
        }
        found
    }

    /// What lies in a list or map, all of it.
    pub(super) fn elements(&mut self, shapes: &Shapes) -> Shapes {
        let mut found = Shapes::new();
        for shape in shapes {
            match shape {
                Shape::Root(_) => self.consume(&Shapes::from([shape.clone()])),
                Shape::At(path) => found.extend(self.step(path, Step::Any)),
                Shape::Map(map) => found.extend(map.values().flatten().cloned()),
                Shape::List(items) => found.extend(items.iter().cloned()),
            }
        }
        found
    }

    fn step(&mut self, path: &[Step], step: Step) -> Option<Shape> {
        let mut path = path.to_vec();
        path.push(step);
        let too_long = path.len() > LONGEST;
        self.mark(&path, too_long);
        (!too_long).then_some(Shape::At(path))
    }

    /// Takes values for read, with all that is below them.
    pub(super) fn consume(&mut self, shapes: &Shapes) {
        for shape in shapes {
            match shape {
                Shape::Root(scope) => {
                    let path = self.scopes.get(*scope).cloned().unwrap_or_default();
                    self.mark(&path, true);
                }
                Shape::At(path) => self.mark(path, true),
                Shape::Map(map) => map.values().for_each(|shapes| self.consume(shapes)),
                Shape::List(items) => self.consume(items),
            }
        }
    }

    /// Marks a way, and for a subchart's `global` also the one that it is copied from.
    pub(super) fn mark(&mut self, path: &[Step], whole: bool) {
        self.reads.mark(path, whole);
        const GLOBAL: &str = "global";
        for scope in self.scopes.iter().filter(|scope| !scope.is_empty()) {
            let copied = match path.strip_prefix(scope.as_slice()) {
                Some([]) if whole => &[][..],
                Some([Step::Key(key), rest @ ..]) if key == GLOBAL => rest,
                Some([Step::Any, rest @ ..]) => rest,
                _ => continue,
            };
            self.reads.mark(&[&[Step::Key(GLOBAL.into())], copied].concat(), whole);
        }
    }

    /// A map of keys that stand in the template.
    pub(super) fn map(entries: BTreeMap<Str, Shapes>) -> Shapes {
        Shapes::from([Shape::Map(entries)])
    }
}
