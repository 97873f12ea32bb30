//! Marks a template before it is traced: writes it anew from its syntax tree, with calls that note what is read.
//!
//! A number or truth cannot say where it was written. So each expression tells what it read where its value comes from:
//! a part of which the value is computed is closed off, and each name `x` that is bound has a companion `of__x`, which
//! is set in the same place and so has the same scope. The marked text computes what the plain one does.

mod expr;

use std::collections::HashSet;

use minijinja::machinery::ast::{CallBlock, Expr, ForLoop, FromImport, IfCond, Macro, Set, SetBlock, Stmt, WithBlock};
use minijinja::machinery::{Span as Tokens, parse};

use super::trace::{CLOSE, LITERAL, OPEN, write_number};
use crate::diag::Pos;

/// What marked templates call; no template calls these.
pub(super) mod hook {
    /// Before and after what is printed.
    pub(crate) const BEGIN: &str = "__begin";
    pub(crate) const END: &str = "__end";
    /// Before a loop or call whose body is run within it; ends as the above does.
    pub(crate) const AROUND: &str = "__around";
    /// Before a part of an expression, the first argument of one of those that follow.
    pub(crate) const PART: &str = "__part";
    /// A part of whose reads nothing is in its value.
    pub(crate) const QUIET: &str = "__quiet";
    /// What a macro printed, which tells itself what it read.
    pub(crate) const PRINTED: &str = "__printed";
    /// A text that is looked at, without its marks.
    pub(crate) const PLAIN: &str = "__plain";
    /// What is the value of the whole where it is true, or where it is not.
    pub(crate) const OR: &str = "__or";
    pub(crate) const AND: &str = "__and";
    /// What an operator or a function made.
    pub(crate) const COMPUTED: &str = "__computed";
    pub(crate) const CALLED: &str = "__called";
    /// An argument, or an entry of what a template makes.
    pub(crate) const ITEM: &str = "__item";
    /// A map or list, and a namespace, that the template made of items.
    pub(crate) const MADE: &str = "__made";
    pub(crate) const NAMES: &str = "__names";
    /// What is bound to names, and the companion of each.
    pub(crate) const BOUND: &str = "__bound";
    pub(crate) const OF: &str = "__of";
    /// What a loop goes over, the companion of an item of its, and where all of these are set.
    pub(crate) const OVER: &str = "__over";
    pub(crate) const LOOPED: &str = "__looped";
    pub(crate) const NEXT: &str = "__next";
    /// The companion of an argument.
    pub(crate) const ARG: &str = "__arg";
    /// Sets and gets the companion of an attribute of a namespace.
    pub(crate) const PUT: &str = "__put";
    pub(crate) const ATTR: &str = "__attr";
}

/// A template's text with marks. Whitespace control is resolved while it is read, so the result is to be rendered
/// without `trim_blocks` and `lstrip_blocks`. A template that cannot be read stays as it is, for the engine to refuse.
pub(super) fn mark(text: &str, base: Pos) -> String {
    let Ok(Stmt::Template(template)) = parse(text, "", super::syntax()) else { return text.to_owned() };
    let mut marker = Marker { text, base, out: String::with_capacity(text.len() * 4), ..Marker::default() };
    marker.body(&template.children);
    marker.out
}

#[derive(Default)]
struct Marker<'t> {
    text: &'t str,
    base: Pos,
    out: String,
    /// The names that `import` gave to templates.
    modules: HashSet<&'t str>,
    /// The names of macros, and what else `from` imported.
    macros: HashSet<&'t str>,
}

fn companion(name: &str) -> String {
    format!("of__{name}")
}

/// The names in what is assigned to.
fn all<'e, 't>(target: &'e Expr<'t>) -> Vec<&'e Expr<'t>> {
    match target {
        Expr::List(list) => list.items.iter().flat_map(all).collect(),
        name => vec![name],
    }
}

impl<'t> Marker<'t> {
    fn body(&mut self, body: &[Stmt<'t>]) {
        body.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn tag(&mut self, inner: impl AsRef<str>) {
        self.out.extend(["{% ", inner.as_ref(), " %}"]);
    }

    fn stmt(&mut self, stmt: &Stmt<'t>) {
        match stmt {
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitRaw(raw) => self.data(raw.raw),
            Stmt::EmitExpr(emit) => self.emit(emit.span(), &emit.expr),
            Stmt::ForLoop(each) => self.for_loop(each),
            Stmt::IfCond(cond) => {
                self.branches("if", cond);
                self.tag("endif");
            }
            Stmt::WithBlock(with) => self.with(with),
            Stmt::Set(set) => self.set(set),
            Stmt::SetBlock(set) => self.set_block(set),
            Stmt::AutoEscape(escape) => {
                self.within(&format!("autoescape {}", self.expr(&escape.enabled, None)), &escape.body, "endautoescape");
            }
            Stmt::FilterBlock(filter) => {
                self.within(&format!("filter {}", self.expr(&filter.filter, None)), &filter.body, "endfilter");
            }
            Stmt::Block(block) => {
                let required = if block.required { " required" } else { "" };
                self.within(&format!("block {}{required}", block.name), &block.body, "endblock");
            }
            Stmt::Import(import) => {
                if let Expr::Var(name) = &import.name {
                    self.modules.insert(name.id);
                }
                let (expr, name) = (self.expr(&import.expr, None), self.expr(&import.name, None));
                self.tag(format!("import {expr} as {name}"));
            }
            Stmt::FromImport(import) => self.import_names(import),
            Stmt::Extends(extends) => self.tag(format!("extends {}", self.expr(&extends.name, None))),
            Stmt::Include(include) => {
                let missing = if include.ignore_missing { " ignore missing" } else { "" };
                self.tag(format!("include {}{missing}", self.expr(&include.name, None)));
            }
            Stmt::Macro(declared) => {
                self.macros.insert(declared.name);
                self.tag(format!("macro {}({})", declared.name, self.parameters(declared)));
                self.arguments(declared);
                self.body(&declared.body);
                self.tag("endmacro");
            }
            Stmt::CallBlock(call) => self.call_block(call),
            Stmt::Continue(_) => self.tag("continue"),
            Stmt::Break(_) => self.tag("break"),
            Stmt::Do(call) => {
                self.around(&[]);
                self.tag(format!("do {}", self.call(&call.call)));
                self.end();
            }
        }
    }

    fn within(&mut self, tag: &str, body: &[Stmt<'t>], end: &str) {
        self.tag(tag);
        self.body(body);
        self.tag(end);
    }

    fn around(&mut self, names: &[String]) {
        self.tag(format!("do {}({})", hook::AROUND, names.join(", ")));
    }

    fn end(&mut self) {
        self.tag(format!("do {}()", hook::END));
    }

    /// Each line of literal text gets a mark of its own, so that offsets stay true when the text is indented.
    fn data(&mut self, data: &str) {
        let pos = offset_in(self.text, data).map(|at| self.base.offset(at));
        let raw = ["{{", "{%", "{#"].iter().any(|tag| data.contains(tag)) || data.ends_with('{');
        let mut at = 0;
        for line in data.split_inclusive('\n') {
            if let (Some(pos), false) = (pos, line.trim().is_empty()) {
                self.out.push(LITERAL);
                write_number(&mut self.out, pos.offset(at).0);
            }
            at += line.len();
            if raw {
                self.out.extend(["{% raw %}", line, "{% endraw %}"]);
            } else {
                self.out.push_str(line);
            }
        }
    }

    fn emit(&mut self, span: Tokens, expr: &Expr<'t>) {
        let (start, end) = (span.start_offset as usize + "{{".len(), span.end_offset as usize);
        let control = self.text[start..].starts_with(['-', '+']);
        self.out.push(OPEN);
        write_number(&mut self.out, self.base.offset(start + usize::from(control)).0);
        write_number(&mut self.out, self.base.offset(end).0);
        let mut names = Vec::new();
        let inner = self.expr(expr, Some(&mut names));
        self.tag(format!("do {}({})", hook::BEGIN, names.join(", ")));
        self.out.extend(["{{ ", &inner, " }}"]);
        self.end();
        self.out.push(CLOSE);
    }

    fn branches(&mut self, tag: &str, cond: &IfCond<'t>) {
        self.tag(format!("{tag} {}", self.quiet(&cond.expr)));
        self.body(&cond.true_body);
        match cond.false_body.as_slice() {
            [] => {}
            [Stmt::IfCond(next)] => self.branches("elif", next),
            other => {
                self.tag("else");
                self.body(other);
            }
        }
    }

    fn for_loop(&mut self, each: &ForLoop<'t>) {
        let mut names = Vec::new();
        // Where items are chosen, all are read before the first is at hand.
        let is_read_singly = each.filter_expr.is_none();
        let iter = match is_read_singly {
            true => format!("{}({})", hook::OVER, self.expr(&each.iter, Some(&mut names))),
            false => self.operand(&each.iter, Some(&mut names)),
        };
        let filter = each.filter_expr.as_ref().map(|filter| format!(" if {}", self.quiet(filter))).unwrap_or_default();
        let recursive = if each.recursive { " recursive" } else { "" };
        self.around(&names);
        self.tag(format!("for {} in {iter}{filter}{recursive}", self.target(&each.target)));
        self.items(each);
        if is_read_singly {
            self.tag(format!("do {}()", hook::NEXT));
        }
        self.body(&each.body);
        if !each.else_body.is_empty() {
            self.tag("else");
            self.body(&each.else_body);
        }
        self.tag("endfor");
        self.end();
    }

    /// The companions of a loop's items. The second of two is told from its like by the first, its key.
    fn items(&mut self, each: &ForLoop<'t>) {
        let mut key = None;
        let names = all(&each.target);
        let of_two = names.len() == 2;
        for name in names {
            let Expr::Var(name) = name else { continue };
            let of_key = key.map(|key| format!(", {key}")).unwrap_or_default();
            self.tag(format!("set {} = {}({}{of_key})", companion(name.id), hook::LOOPED, name.id));
            key = Some(name.id).filter(|_| of_two);
        }
    }

    fn with(&mut self, with: &WithBlock<'t>) {
        let mut assigned = Vec::new();
        for (target, expr) in &with.assignments {
            let target_text = match target {
                Expr::List(_) => format!("({})", self.target(target)),
                _ => self.target(target),
            };
            assigned.push(format!("{target_text} = {}", self.bound(expr)));
            for name in all(target) {
                if let Expr::Var(name) = name {
                    assigned.push(format!("{} = {}({})", companion(name.id), hook::OF, name.id));
                }
            }
        }
        self.within(&format!("with {}", assigned.join(", ")), &with.body, "endwith");
    }

    fn set(&mut self, set: &Set<'t>) {
        self.tag(format!("set {} = {}", self.target(&set.target), self.bound(&set.expr)));
        let places = match (&set.target, &set.expr) {
            (Expr::List(_), Expr::Tuple(_)) => |n: usize| format!(", {n}"),
            _ => |_| String::new(),
        };
        for (n, name) in all(&set.target).into_iter().enumerate() {
            match name {
                Expr::Var(name) => {
                    self.tag(format!("set {} = {}({}{})", companion(name.id), hook::OF, name.id, places(n)));
                }
                Expr::GetAttr(attr) => self.put(&attr.expr, attr.name, &self.target(name)),
                _ => {}
            }
        }
    }

    /// A text that is printed into a name knows by itself where its parts are from.
    fn set_block(&mut self, set: &SetBlock<'t>) {
        let filter = set.filter.as_ref().map(|filter| format!(" | {}", self.expr(filter, None))).unwrap_or_default();
        self.within(&format!("set {}{filter}", self.target(&set.target)), &set.body, "endset");
        for name in all(&set.target) {
            match name {
                Expr::Var(name) => self.tag(format!("set {} = none", companion(name.id))),
                Expr::GetAttr(attr) => self.put(&attr.expr, attr.name, "none"),
                _ => {}
            }
        }
    }

    fn put(&mut self, namespace: &Expr<'t>, attr: &str, value: &str) {
        if let Expr::Var(namespace) = namespace {
            self.tag(format!("do {}({}, \"{attr}\", {value})", hook::PUT, companion(namespace.id)));
        }
    }

    fn import_names(&mut self, import: &FromImport<'t>) {
        let names = import.names.iter().filter_map(|(name, alias)| match (name, alias) {
            (Expr::Var(name), Some(Expr::Var(alias))) => Some((name.id, alias.id)),
            (Expr::Var(name), _) => Some((name.id, name.id)),
            _ => None,
        });
        let mut both = Vec::new();
        for (name, alias) in names {
            self.macros.insert(alias);
            both.push(format!("{name} as {alias}, {} as {}", companion(name), companion(alias)));
        }
        self.tag(format!("from {} import {}", self.expr(&import.expr, None), both.join(", ")));
    }

    fn parameters(&self, declared: &Macro<'t>) -> String {
        let without = declared.args.len() - declared.defaults.len();
        let args = declared.args.iter().enumerate().map(|(n, arg)| {
            let name = self.target(arg);
            match n.checked_sub(without).and_then(|n| declared.defaults.get(n)) {
                Some(default) => format!("{name}={}", self.item(&format!("\"{name}\""), default)),
                None => name,
            }
        });
        args.collect::<Vec<_>>().join(", ")
    }

    fn arguments(&mut self, declared: &Macro<'t>) {
        for (n, arg) in declared.args.iter().enumerate() {
            if let Expr::Var(arg) = arg {
                let name = arg.id;
                self.tag(format!("set {} = {}({name}, {n}, \"{name}\")", companion(name), hook::ARG));
            }
        }
    }

    fn call_block(&mut self, block: &CallBlock<'t>) {
        self.around(&[]);
        let parameters = match block.macro_decl.args.is_empty() {
            true => String::new(),
            false => format!("({})", self.parameters(&block.macro_decl)),
        };
        self.tag(format!("call{parameters} {}", self.call(&block.call)));
        self.arguments(&block.macro_decl);
        self.body(&block.macro_decl.body);
        self.tag("endcall");
        self.end();
    }

    fn target(&self, target: &Expr<'t>) -> String {
        match target {
            Expr::List(list) => {
                let nested = |item: &Expr<'t>| match item {
                    Expr::List(_) => format!("({})", self.target(item)),
                    name => self.target(name),
                };
                let items: Vec<_> = list.items.iter().map(nested).collect();
                let comma = if items.len() == 1 { "," } else { "" };
                format!("{}{comma}", items.join(", "))
            }
            name => self.expr(name, None),
        }
    }
}

/// Where a part of a text begins in it.
fn offset_in(text: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (at + part.len() <= text.len()).then_some(at)
}
