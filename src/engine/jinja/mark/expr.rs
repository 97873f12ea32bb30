//! Expressions of a template that is marked: written anew, with what tells where their values come from.

use minijinja::machinery::Span as Tokens;
use minijinja::machinery::ast::{BinOpKind, Call, CallArg, CompareOpKind, Expr, Filter, IfExpr, UnaryOpKind};

use super::{Marker, companion, hook};
use crate::engine::jinja::functions;

/// Filters, functions and methods that give a number or truth as they were given it, alone or in a list.
const HAND_ON: [&str; 35] = [
    "attr",
    "batch",
    "bool",
    "chain",
    "coalesce",
    "d",
    "default",
    "dictsort",
    "dig",
    "first",
    "float",
    "float64",
    "get",
    "groupby",
    "index",
    "int",
    "int64",
    "items",
    "keys",
    "last",
    "list",
    "mandatory",
    "reject",
    "rejectattr",
    "required",
    "reverse",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "toBool",
    "unique",
    "values",
    "zip",
];

/// Filters that would take marks for text.
const LOOK_INTO: [&str; 24] = [
    "bool",
    "capitalize",
    "count",
    "e",
    "escape",
    "first",
    "float",
    "hash",
    "int",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "regex_replace",
    "regex_search",
    "replace",
    "reverse",
    "split",
    "title",
    "unique",
    "upper",
    "urlencode",
    "version",
];

/// The companions of the names that an expression's value may be of; none are asked for within what is closed off.
pub(super) type Names<'n> = Option<&'n mut Vec<String>>;

/// What is looked up in a name.
enum Key<'k> {
    OfModule(&'k str),
    /// A text, as a template writes it.
    Text(String),
    Other,
}

impl<'t> Marker<'t> {
    /// An expression as a part of another.
    pub(super) fn part(&self, close: &str, inner: impl FnOnce(&mut Vec<String>) -> String) -> String {
        let mut names = Vec::new();
        let inner = inner(&mut names);
        format!("{close}({}({}), {inner})", hook::PART, names.join(", "))
    }

    pub(super) fn bound(&self, expr: &Expr<'t>) -> String {
        self.part(hook::BOUND, |names| self.expr(expr, Some(names)))
    }

    pub(super) fn item(&self, label: &str, expr: &Expr<'t>) -> String {
        match expr {
            Expr::Const(_) => self.expr(expr, None),
            _ => self.part(hook::ITEM, |names| format!("{label}, {}", self.expr(expr, Some(names)))),
        }
    }

    /// An expression that says nothing of what it reads.
    pub(super) fn quiet(&self, expr: &Expr<'t>) -> String {
        match expr {
            Expr::Const(_) => self.expr(expr, None),
            _ => self.part(hook::QUIET, |_| self.expr(expr, None)),
        }
    }

    /// An expression in a place where operators would tear it apart.
    pub(super) fn operand(&self, expr: &Expr<'t>, names: Names<'_>) -> String {
        let is_loose = matches!(
            expr,
            Expr::UnaryOp(_) | Expr::BinOp(_) | Expr::Compare(_) | Expr::IfExpr(_) | Expr::Filter(_) | Expr::Test(_)
        );
        let text = self.expr(expr, names);
        if is_loose { format!("({text})") } else { text }
    }

    /// An expression, and the companions of the names that its value may be of.
    pub(super) fn expr(&self, expr: &Expr<'t>, names: Names<'_>) -> String {
        match expr {
            Expr::Const(constant) => self.source(constant.span()).to_owned(),
            Expr::Var(var) => {
                self.note(names, || companion(var.id));
                var.id.to_owned()
            }
            Expr::GetAttr(attr) => {
                let key = match self.is_module(&attr.expr) {
                    true => Key::OfModule(attr.name),
                    false => Key::Text(format!("\"{}\"", attr.name)),
                };
                format!("{}.{}", self.base(&attr.expr, key, names), attr.name)
            }
            Expr::GetItem(item) => {
                let key = match &item.subscript_expr {
                    Expr::Const(key) if key.value.as_str().is_some() => Key::Text(self.source(key.span()).to_owned()),
                    _ => Key::Other,
                };
                format!("{}[{}]", self.base(&item.expr, key, names), self.quiet(&item.subscript_expr))
            }
            Expr::Slice(slice) => {
                let at = |at: &Option<Expr<'t>>| at.as_ref().map(|at| self.quiet(at)).unwrap_or_default();
                let step = slice.step.as_ref().map(|step| format!(":{}", self.quiet(step))).unwrap_or_default();
                format!("{}[{}:{}{step}]", self.operand(&slice.expr, names), at(&slice.start), at(&slice.stop))
            }
            Expr::IfExpr(choice) => self.choice(choice, names),
            Expr::BinOp(op) => self.binary(op.op, &op.left, &op.right, names),
            Expr::UnaryOp(_) | Expr::Compare(_) | Expr::Test(_) => {
                self.closed(hook::QUIET, names, |_| self.answer(expr))
            }
            Expr::Filter(filter) => self.filter(filter, names),
            Expr::Call(call) => self.called(call, names),
            Expr::Tuple(tuple) => {
                let comma = if tuple.items.len() == 1 { "," } else { "" };
                format!("({}{comma})", self.entries(&tuple.items, names).join(", "))
            }
            Expr::List(list) => self.made(&list.items, names, |items| format!("[{}]", items.join(", "))),
            Expr::Map(map) => self.made(&map.values, names, |values| {
                let entries = map.keys.iter().zip(values).map(|(key, value)| format!("{}: {value}", self.quiet(key)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }),
        }
    }

    fn source(&self, span: Tokens) -> &'t str {
        self.text.get(span.start_offset as usize..span.end_offset as usize).unwrap_or_default()
    }

    fn note(&self, names: Names<'_>, name: impl FnOnce() -> String) {
        if let Some(names) = names {
            names.push(name());
        }
    }

    /// What a key is looked up in. Of a namespace or template, the value of that key alone counts.
    fn base(&self, base: &Expr<'t>, key: Key<'_>, names: Names<'_>) -> String {
        let Expr::Var(var) = base else { return self.operand(base, names) };
        self.note(names, || match key {
            Key::OfModule(name) => format!("{}.{}", var.id, companion(name)),
            Key::Text(key) => format!("{}({}, {key})", hook::ATTR, companion(var.id)),
            Key::Other => companion(var.id),
        });
        var.id.to_owned()
    }

    /// A part that is closed off, unless it stands in one that is.
    fn closed(&self, close: &str, names: Names<'_>, inner: impl FnOnce(Names<'_>) -> String) -> String {
        match names {
            Some(_) => self.part(close, |names| inner(Some(names))),
            None => inner(None),
        }
    }

    /// A map or list of a template's own.
    fn made(&self, items: &[Expr<'t>], names: Names<'_>, write: impl FnOnce(Vec<String>) -> String) -> String {
        let is_constant = items.iter().all(|item| matches!(item, Expr::Const(_)));
        match names.filter(|_| !is_constant) {
            Some(names) => self.part(hook::MADE, |_| write(self.entries(items, Some(names)))),
            None => write(self.entries(items, None)),
        }
    }

    fn entries(&self, entries: &[Expr<'t>], names: Names<'_>) -> Vec<String> {
        let entry = |(n, entry): (usize, &Expr<'t>)| match names {
            Some(_) => self.item(&n.to_string(), entry),
            None => self.expr(entry, None),
        };
        entries.iter().enumerate().map(entry).collect()
    }

    fn choice(&self, choice: &IfExpr<'t>, mut names: Names<'_>) -> String {
        let chosen = self.operand(&choice.true_expr, names.as_deref_mut());
        let test = self.quiet(&choice.test_expr);
        match &choice.false_expr {
            Some(other) => format!("{chosen} if {test} else {}", self.expr(other, names)),
            None => format!("{chosen} if {test}"),
        }
    }

    fn binary(&self, op: BinOpKind, left: &Expr<'t>, right: &Expr<'t>, names: Names<'_>) -> String {
        match op {
            BinOpKind::ScAnd => self.alternatives(hook::AND, op, left, right, names),
            BinOpKind::ScOr => self.alternatives(hook::OR, op, left, right, names),
            BinOpKind::Add | BinOpKind::Concat => {
                self.closed(hook::COMPUTED, names, |names| self.operation(op, left, right, names))
            }
            _ => self
                .closed(hook::QUIET, names, |_| format!("{} {} {}", self.plain(left), operator(op), self.plain(right))),
        }
    }

    /// `a or b`, where each but the last may be passed over.
    fn alternatives(&self, close: &str, op: BinOpKind, left: &Expr<'t>, right: &Expr<'t>, names: Names<'_>) -> String {
        let left = self.passed_over(close, op, left, names.is_some());
        format!("{left} {} {}", operator(op), self.operand(right, names))
    }

    /// One that is not the last, or several; `asked` is whether names are.
    fn passed_over(&self, close: &str, op: BinOpKind, expr: &Expr<'t>, asked: bool) -> String {
        match expr {
            Expr::BinOp(inner) if is_chained(op, inner.op) => {
                let [left, right] = [&inner.left, &inner.right].map(|one| self.passed_over(close, op, one, asked));
                format!("{left} {} {right}", operator(op))
            }
            one if asked => self.part(close, |names| self.operand(one, Some(names))),
            one => self.plain(one),
        }
    }

    fn operation(&self, op: BinOpKind, left: &Expr<'t>, right: &Expr<'t>, mut names: Names<'_>) -> String {
        let left = match left {
            Expr::BinOp(inner) if is_chained(op, inner.op) => {
                self.operation(inner.op, &inner.left, &inner.right, names.as_deref_mut())
            }
            other => self.operand(other, names.as_deref_mut()),
        };
        format!("{left} {} {}", operator(op), self.operand(right, names))
    }

    /// What is looked at, and is not the value of the whole.
    fn plain(&self, expr: &Expr<'t>) -> String {
        match expr {
            Expr::Var(_) | Expr::Call(_) | Expr::Filter(_) => format!("{}({})", hook::PLAIN, self.expr(expr, None)),
            other => self.operand(other, None),
        }
    }

    /// What answers a question.
    fn answer(&self, expr: &Expr<'t>) -> String {
        match expr {
            Expr::UnaryOp(unary) => {
                let op = if matches!(unary.op, UnaryOpKind::Not) { "not " } else { "-" };
                format!("{op}{}", self.plain(&unary.expr))
            }
            Expr::Compare(compare) => {
                let ops = compare.ops.iter().map(|op| format!(" {} {}", comparison(op.op), self.plain(&op.expr)));
                self.plain(&compare.expr) + &ops.collect::<String>()
            }
            Expr::Test(test) => {
                let args = test.args.iter().map(|arg| self.argument(arg, |expr| self.plain(expr)));
                format!("{} is {}{}", self.plain(&test.expr), test.name, parenthesised(args.collect()))
            }
            other => self.expr(other, None),
        }
    }

    fn argument(&self, arg: &CallArg<'t>, mut write: impl FnMut(&Expr<'t>) -> String) -> String {
        match arg {
            CallArg::Pos(expr) => write(expr),
            CallArg::Kwarg(name, expr) => format!("{name}={}", write(expr)),
            CallArg::PosSplat(expr) => format!("*{}", self.operand(expr, None)),
            CallArg::KwargSplat(expr) => format!("**{}", self.operand(expr, None)),
        }
    }

    fn arguments_of(&self, args: &[CallArg<'t>], mut names: Names<'_>) -> Vec<String> {
        args.iter().map(|arg| self.argument(arg, |expr| self.expr(expr, names.as_deref_mut()))).collect()
    }

    fn filter(&self, filter: &Filter<'t>, names: Names<'_>) -> String {
        let write = |mut names: Names<'_>| {
            let input = match &filter.expr {
                Some(Expr::Filter(inner)) => self.filter(inner, names.as_deref_mut()) + " | ",
                Some(input) => self.operand(input, names.as_deref_mut()) + " | ",
                None => String::new(),
            };
            let plain = if LOOK_INTO.contains(&filter.name) { format!("{} | ", hook::PLAIN) } else { String::new() };
            format!("{input}{plain}{}{}", filter.name, parenthesised(self.arguments_of(&filter.args, names)))
        };
        let by_attribute = |arg: &CallArg<'t>| matches!(arg, CallArg::Kwarg("attribute", _));
        match HAND_ON.contains(&filter.name) || filter.name == "map" && filter.args.iter().any(by_attribute) {
            true => write(names),
            false => self.closed(hook::CALLED, names, write),
        }
    }

    fn called(&self, call: &Call<'t>, mut names: Names<'_>) -> String {
        let library = functions::function_names();
        match &call.expr {
            Expr::Var(name) if ["super", "loop"].contains(&name.id) => self.call(call),
            Expr::GetAttr(attr) if is_self(&attr.expr) => self.call(call),
            // A macro prints what it is given, and tells of that where it does.
            Expr::Var(name) if self.macros.contains(name.id) || !library.contains(&name.id) => {
                self.part(hook::PRINTED, |_| self.call(call))
            }
            Expr::GetAttr(method) if self.is_module(&method.expr) => self.part(hook::PRINTED, |_| self.call(call)),
            Expr::Var(name) if name.id == "namespace" => self.closed(hook::NAMES, names, |_| self.call(call)),
            Expr::Var(name) if name.id == "dict" => self.closed(hook::MADE, names, |_| self.call(call)),
            Expr::GetAttr(method) if HAND_ON.contains(&method.name) => {
                let base = self.operand(&method.expr, names.as_deref_mut());
                format!("{base}.{}({})", method.name, self.arguments_of(&call.args, names).join(", "))
            }
            Expr::Var(name) => {
                let write =
                    |names: Names<'_>| format!("{}({})", name.id, self.arguments_of(&call.args, names).join(", "));
                if HAND_ON.contains(&name.id) { write(names) } else { self.closed(hook::CALLED, names, write) }
            }
            _ => self.closed(hook::CALLED, names, |_| self.call(call)),
        }
    }

    fn is_module(&self, expr: &Expr<'t>) -> bool {
        matches!(expr, Expr::Var(var) if self.modules.contains(var.id))
    }

    /// A call with its arguments as items, which the macro that is called asks for.
    pub(super) fn call(&self, call: &Call<'t>) -> String {
        let args = call.args.iter().enumerate().map(|(n, arg)| {
            let label = match arg {
                CallArg::Kwarg(name, _) => format!("\"{name}\""),
                _ => n.to_string(),
            };
            self.argument(arg, |expr| self.item(&label, expr))
        });
        let args = args.collect::<Vec<_>>().join(", ");
        match &call.expr {
            Expr::GetAttr(method) if !is_self(&method.expr) => {
                format!("{}.{}({args})", self.plain(&method.expr), method.name)
            }
            callee => format!("{}({args})", self.operand(callee, None)),
        }
    }
}

fn parenthesised(args: Vec<String>) -> String {
    if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) }
}

fn is_self(expr: &Expr<'_>) -> bool {
    matches!(expr, Expr::Var(var) if var.id == "self")
}

/// Whether `a inner b outer c` needs no parentheses to be read from the left.
fn is_chained(outer: BinOpKind, inner: BinOpKind) -> bool {
    use BinOpKind::{Add, Concat, ScAnd, ScOr};
    matches!((outer, inner), (Add, Add) | (Concat, Concat) | (ScAnd, ScAnd) | (ScOr, ScOr))
}

fn operator(op: BinOpKind) -> &'static str {
    match op {
        BinOpKind::Eq => "==",
        BinOpKind::Ne => "!=",
        BinOpKind::Lt => "<",
        BinOpKind::Lte => "<=",
        BinOpKind::Gt => ">",
        BinOpKind::Gte => ">=",
        BinOpKind::ScAnd => "and",
        BinOpKind::ScOr => "or",
        BinOpKind::Add => "+",
        BinOpKind::Sub => "-",
        BinOpKind::Mul => "*",
        BinOpKind::Div => "/",
        BinOpKind::FloorDiv => "//",
        BinOpKind::Rem => "%",
        BinOpKind::Pow => "**",
        BinOpKind::Concat => "~",
        BinOpKind::In => "in",
    }
}

fn comparison(op: CompareOpKind) -> &'static str {
    match op {
        CompareOpKind::Eq => "==",
        CompareOpKind::Ne => "!=",
        CompareOpKind::Lt => "<",
        CompareOpKind::Lte => "<=",
        CompareOpKind::Gt => ">",
        CompareOpKind::Gte => ">=",
        CompareOpKind::In => "in",
        CompareOpKind::NotIn => "not in",
    }
}
