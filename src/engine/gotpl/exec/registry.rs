//! Which functions a template can call: Go's own, those that need the engine, and the library's.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::functions::{self, Function, Param};

use super::super::parse::ast::FuncId;

/// Go's own functions. Sprig has a `slice` of its own, which hides Go's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::gotpl) enum Builtin {
    And,
    Or,
    Not,
    Len,
    Index,
    Call,
    Html,
    Js,
    UrlQuery,
    Print,
    Printf,
    Println,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Functions that need the templates or end the render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::gotpl) enum EngineFunction {
    Include,
    Tpl,
    Required,
    Fail,
    Lookup,
}

/// A function.
#[derive(Clone, Copy)]
pub(in crate::engine::gotpl) enum Callee {
    Builtin(Builtin),
    Engine(EngineFunction),
    Library(&'static Function),
}

impl Callee {
    /// The types of the fixed parameters, and of further ones.
    pub fn signature(self) -> (&'static [Param], Option<Param>) {
        use Param::{Any, Str};
        match self {
            Callee::Library(function) => (function.params, function.rest),
            Callee::Engine(EngineFunction::Include | EngineFunction::Tpl | EngineFunction::Required) => {
                (&[Str, Any], None)
            }
            Callee::Engine(EngineFunction::Fail) => (&[Str], None),
            Callee::Engine(EngineFunction::Lookup) => (&[Str, Str, Str, Str], None),
            Callee::Builtin(builtin) => match builtin {
                Builtin::Not | Builtin::Len => (&[Any], None),
                Builtin::Printf => (&[Str], Some(Any)),
                Builtin::Html | Builtin::Js | Builtin::UrlQuery | Builtin::Print | Builtin::Println => (&[], Some(Any)),
                Builtin::Ne | Builtin::Lt | Builtin::Le | Builtin::Gt | Builtin::Ge => (&[Any, Any], None),
                Builtin::And | Builtin::Or | Builtin::Index | Builtin::Call | Builtin::Eq => (&[Any], Some(Any)),
            },
        }
    }
}

const BUILTINS: [(&str, Builtin); 18] = [
    ("and", Builtin::And),
    ("or", Builtin::Or),
    ("not", Builtin::Not),
    ("len", Builtin::Len),
    ("index", Builtin::Index),
    ("call", Builtin::Call),
    ("html", Builtin::Html),
    ("js", Builtin::Js),
    ("urlquery", Builtin::UrlQuery),
    ("print", Builtin::Print),
    ("printf", Builtin::Printf),
    ("println", Builtin::Println),
    ("eq", Builtin::Eq),
    ("ne", Builtin::Ne),
    ("lt", Builtin::Lt),
    ("le", Builtin::Le),
    ("gt", Builtin::Gt),
    ("ge", Builtin::Ge),
];

const ENGINE: [(&str, EngineFunction); 5] = [
    ("include", EngineFunction::Include),
    ("tpl", EngineFunction::Tpl),
    ("required", EngineFunction::Required),
    ("fail", EngineFunction::Fail),
    ("lookup", EngineFunction::Lookup),
];

/// All functions by name and by number.
pub(in crate::engine::gotpl) struct Registry {
    ids: HashMap<&'static [u8], FuncId, foldhash::fast::RandomState>,
    callees: Vec<(&'static str, Callee)>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut registry = Registry { ids: HashMap::default(), callees: Vec::new() };
    // Of one name, the last counts: the engine's before the library's before Go's.
    BUILTINS.iter().for_each(|(name, builtin)| registry.add(name, Callee::Builtin(*builtin)));
    functions::names().filter_map(functions::find).for_each(|f| registry.add(f.name, Callee::Library(f)));
    ENGINE.iter().for_each(|(name, function)| registry.add(name, Callee::Engine(*function)));
    registry
});

impl Registry {
    /// The one there is.
    pub fn get() -> &'static Registry {
        &REGISTRY
    }

    fn add(&mut self, name: &'static str, callee: Callee) {
        self.ids.insert(name.as_bytes(), FuncId(self.callees.len() as u32));
        self.callees.push((name, callee));
    }

    pub fn find(&self, name: &[u8]) -> Option<FuncId> {
        self.ids.get(name).copied()
    }

    /// A function and its name.
    pub fn callee(&self, id: FuncId) -> Option<(&'static str, Callee)> {
        self.callees.get(id.0 as usize).copied()
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.callees.iter().map(|(name, _)| *name)
    }
}
