//! What functions do with values: hand them on, look into them, or use them up.

use std::collections::BTreeMap;

use super::shape::{Shape, Shapes};
use super::walk::{Frame, Walk};
use crate::engine::gotpl::parse::ast::{Code, Operand, OperandKind};
use crate::runtime::Runtime;
use crate::value::Str;

/// The arguments of a call, the piped one last.
struct Args<'o> {
    code: &'o Code,
    shapes: Vec<Shapes>,
    operands: &'o [Operand],
}

impl Args<'_> {
    fn get(&self, index: usize) -> Shapes {
        self.shapes.get(index).cloned().unwrap_or_default()
    }

    fn last(&self) -> Shapes {
        self.shapes.last().cloned().unwrap_or_default()
    }

    fn all(&self) -> Shapes {
        self.shapes.iter().flatten().cloned().collect()
    }

    /// What the text ends with that an argument puts together: `(print $.Template.BasePath "/config.yaml")`.
    fn ending(&self, index: usize) -> Option<Str> {
        let OperandKind::Pipe(pipe) = self.operands.get(index)?.kind else { return None };
        let [command] = &self.code.commands[self.code.pipes[pipe].cmds] else { return None };
        let [function, .., last] = &self.code.operands[command.args] else { return None };
        let prints = matches!(function.kind, OperandKind::Function(_)) && self.code.function(function) == "print";
        if prints { self.said(last) } else { None }
    }

    /// The text that stands in the template as an argument.
    fn text(&self, index: usize) -> Option<Str> {
        self.said(self.operands.get(index)?)
    }

    fn said(&self, operand: &Operand) -> Option<Str> {
        match self.code.said(operand)? {
            Runtime::Str(text) => Some(text),
            _ => None,
        }
    }
}

impl Walk<'_> {
    /// What a function gives, of the values that go into it. One that is not known here uses them up.
    pub(super) fn function(
        &mut self,
        name: &str,
        operands: &[Operand],
        piped: Option<Shapes>,
        dot: &Shapes,
        frame: &mut Frame<'_>,
    ) -> Shapes {
        // What is called by its name is not named for others to call.
        let called =
            usize::from(name == "include" && matches!(operands, [Operand { kind: OperandKind::Text(_), .. }, ..]));
        let mut shapes = vec![Shapes::new(); called];
        shapes.extend(operands[called..].iter().map(|operand| self.operand(operand, dot, frame)));
        shapes.extend(piped);
        let args = Args { code: frame.code, shapes, operands };
        match name {
            "include" => self.include(&args),
            "tpl" => {
                self.consume(&args.get(0));
                self.call_tpl(args.get(1));
                Shapes::new()
            }
            "index" | "get" => (1..args.shapes.len()).fold(args.get(0), |found, i| self.look_up(&found, &args, i)),
            "dig" => self.dig(&args),
            "hasKey" => {
                self.look_up(&args.get(0), &args, 1);
                Shapes::new()
            }
            "keys" => {
                self.elements(&args.all());
                Shapes::new()
            }
            "values" | "first" | "last" | "mustFirst" | "mustLast" => self.elements(&args.all()),
            "dict" => self.dict(&args),
            "list" | "tuple" => Shapes::from([Shape::List(args.all())]),
            "default" | "coalesce" | "and" | "or" | "deepCopy" | "mustDeepCopy" | "rest" | "mustRest" | "initial"
            | "mustInitial" | "reverse" | "mustReverse" => args.all(),
            // The last one only decides.
            "ternary" => args.get(0).into_iter().chain(args.get(1)).collect(),
            "required" => args.last(),
            "not" | "empty" | "kindIs" | "kindOf" | "typeIs" | "typeOf" | "typeIsLike" => Shapes::new(),
            "set" => {
                self.consume(&args.get(1));
                self.consume(&args.get(2));
                args.get(0)
            }
            "merge" | "mustMerge" | "mergeOverwrite" | "mustMergeOverwrite" => self.merge(&args, frame),
            _ => {
                self.consume(&args.all());
                Shapes::new()
            }
        }
    }

    fn include(&mut self, args: &Args<'_>) -> Shapes {
        let dot = args.get(1);
        match (args.text(0), args.ending(0)) {
            (Some(name), _) => self.call_template(&name, dot),
            (None, Some(ending)) => {
                self.consume(&args.get(0));
                self.call_those(dot, |name| name.ends_with(ending.as_str()));
            }
            (None, None) => {
                self.consume(&args.get(0));
                self.call_by_any_name(dot);
            }
        }
        Shapes::new()
    }

    /// One step of `index`; a key that is computed may be any.
    fn look_up(&mut self, shapes: &Shapes, args: &Args<'_>, index: usize) -> Shapes {
        self.consume(&args.get(index));
        match args.text(index) {
            Some(key) => self.field(shapes, &key),
            None if shapes.iter().any(|shape| matches!(shape, Shape::Root(_))) => {
                self.consume(shapes);
                Shapes::new()
            }
            None => self.elements(shapes),
        }
    }

    /// `dig "a" "b" DEFAULT MAP`.
    fn dig(&mut self, args: &Args<'_>) -> Shapes {
        let keys = args.shapes.len().saturating_sub(2);
        let found = (0..keys).fold(args.last(), |found, i| self.look_up(&found, args, i));
        found.into_iter().chain(args.get(keys)).collect()
    }

    fn dict(&mut self, args: &Args<'_>) -> Shapes {
        let keys: Option<Vec<Str>> = (0..args.shapes.len()).step_by(2).map(|i| args.text(i)).collect();
        let Some(keys) = keys else {
            self.consume(&args.all());
            return Shapes::new();
        };
        let entries: BTreeMap<_, _> = keys.into_iter().enumerate().map(|(i, key)| (key, args.get(2 * i + 1))).collect();
        Self::map(entries)
    }

    /// The first map takes the entries of the others. Values that are merged are used up; what a chart's templates begin
    /// with can be followed, where nobody else holds the map that takes it.
    fn merge(&mut self, args: &Args<'_>, frame: &mut Frame<'_>) -> Shapes {
        let all = args.all();
        match args.operands.first().map(|operand| (operand, operand.kind)) {
            Some((_, OperandKind::Pipe(_))) => {}
            Some((word, OperandKind::Variable(variable))) if args.code.path(word).is_empty() => {
                frame.add(&args.code.variables[variable], &all);
            }
            _ => self.consume(&all),
        }
        let values = all.iter().filter(|shape| matches!(shape, Shape::At(_))).cloned().collect();
        self.consume(&values);
        all
    }
}
