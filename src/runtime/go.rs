//! How Go names, prints and compares what templates compute with.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::value::{Num, Value, format_float};

use super::{Bytes, IntType, List, MapRef, Object, Runtime};

/// So deep may data be nested that is printed or turned into values; what is deeper is taken for endless.
const DEPTH: usize = 1000;

/// What an integer from YAML is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// A float64, as in Helm: prints as `1e+06`.
    Go,
    /// An integer.
    Exact,
}

/// What Go's nil slices and maps are as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NilAs {
    /// Null, as in JSON.
    Null,
    /// An empty list or map.
    Empty,
}

impl Runtime {
    /// Its Go type, as `%T` and `typeOf` print it.
    pub fn type_name(&self, numbers: Numbers) -> &'static str {
        match self {
            Runtime::Nil => "<nil>",
            Runtime::List(list) => list.elem().list_type(),
            Runtime::Map(map) if map.is_strings() => "map[string]string",
            Runtime::Map(map) if map.is_values() => "common.Values",
            Runtime::Map(_) => "map[string]interface {}",
            Runtime::Object(object) => object.type_name(),
            _ => self.kind_name(numbers),
        }
    }

    /// Its kind, as `kindOf` and Go's reflection name it.
    pub fn kind_name(&self, numbers: Numbers) -> &'static str {
        match self {
            Runtime::Nil => "invalid",
            Runtime::Bool(_) => "bool",
            Runtime::Int(_, IntType::Int) => "int",
            Runtime::Int(_, IntType::Int64) => "int64",
            Runtime::Int(_, IntType::Int32) => "int32",
            Runtime::Int(_, IntType::Uint8) => "uint8",
            Runtime::Int(_, IntType::Uint32) => "uint32",
            Runtime::Int(_, IntType::Uint64) => "uint64",
            Runtime::YamlInt(_) if numbers == Numbers::Exact => "int64",
            Runtime::Float(_) | Runtime::YamlInt(_) => "float64",
            Runtime::Str(_) | Runtime::Binary(_) => "string",
            Runtime::List(_) => "slice",
            Runtime::Map(_) => "map",
            Runtime::Object(object) => object.kind_name(),
        }
    }

    /// What Go's `%v` prints: the bytes of a Go string.
    pub fn print(&self, numbers: Numbers, out: &mut Vec<u8>) {
        Printer { numbers, out, path: Vec::new() }.print(self);
    }

    /// What Sprig's `strval` makes of it: bytes are text, everything else is printed.
    pub fn strval(&self, numbers: Numbers) -> Cow<'_, [u8]> {
        Bytes::of(self).map_or_else(|| self.to_text(numbers), Cow::Borrowed)
    }

    /// What Go's `%v` prints, borrowed where it is text.
    pub fn to_text(&self, numbers: Numbers) -> Cow<'_, [u8]> {
        match self {
            Runtime::Str(text) => Cow::Borrowed(text.as_bytes()),
            Runtime::Binary(bytes) => Cow::Borrowed(bytes),
            _ => {
                let mut out = Vec::new();
                self.print(numbers, &mut out);
                Cow::Owned(out)
            }
        }
    }

    /// The data without what only templates see, and what was lost on the way. Go's nil collections become what `nil`
    /// says.
    pub fn to_data(&self, nil: NilAs) -> Data {
        let mut walker = Walker { path: Vec::new(), endless: false, binary: false, no_data: None, nil };
        let value = walker.value(self);
        Data { value, endless: walker.endless, binary: walker.binary, no_data: walker.no_data }
    }
}

/// What [`Runtime::to_data`] gives.
#[derive(Debug, Clone)]
pub struct Data {
    /// The data.
    pub value: Value,
    /// Whether a map or list holds itself, and stands as null within itself.
    pub endless: bool,
    /// Whether a text was not UTF-8, and has U+FFFD for each byte that is not.
    pub binary: bool,
    /// The type of something in it that is no data, and stands as null.
    pub no_data: Option<&'static str>,
}

/// The data of a value, with null for what is endless.
pub(super) fn to_value(value: &Runtime) -> Value {
    value.to_data(NilAs::Null).value
}

struct Printer<'a> {
    numbers: Numbers,
    out: &'a mut Vec<u8>,
    path: Vec<*const ()>,
}

impl Printer<'_> {
    fn print(&mut self, value: &Runtime) {
        match value {
            Runtime::Nil => self.out.extend_from_slice(b"<nil>"),
            Runtime::Bool(b) => self.out.extend_from_slice(if *b { b"true" } else { b"false" }),
            Runtime::Int(n, IntType::Uint64) => self.display(*n as u64),
            Runtime::Int(n, _) => self.display(n),
            Runtime::YamlInt(Num::Int(n) | Num::Int64(n)) if self.numbers == Numbers::Exact => self.display(n),
            Runtime::YamlInt(Num::Uint(n)) if self.numbers == Numbers::Exact => self.display(n),
            Runtime::YamlInt(n) => self.display(format_float(n.as_f64(), 'g', -1)),
            Runtime::Float(n) => self.display(format_float(*n, 'g', -1)),
            Runtime::Str(text) => self.out.extend_from_slice(text.as_bytes()),
            Runtime::Binary(bytes) => self.out.extend_from_slice(bytes),
            Runtime::List(list) => self.list(list),
            Runtime::Map(map) => self.map(map),
            Runtime::Object(object) => self.object(object.as_ref()),
        }
    }

    fn display(&mut self, value: impl std::fmt::Display) {
        use std::io::Write as _;
        // Writing to a vector cannot fail.
        let _ = write!(self.out, "{value}");
    }

    fn object(&mut self, object: &dyn Object) {
        self.out.extend_from_slice(printed(object).as_bytes());
    }

    fn list(&mut self, list: &List) {
        self.out.push(b'[');
        let address = list.items().as_ptr().cast();
        if self.enter(address) {
            for (i, item) in list.items().iter().enumerate() {
                if i > 0 {
                    self.out.push(b' ');
                }
                self.print(item);
            }
            self.path.pop();
        }
        self.out.push(b']');
    }

    fn map(&mut self, map: &MapRef) {
        self.out.extend_from_slice(b"map[");
        if self.enter(map.address()) {
            for (i, (key, value)) in map.sorted().into_iter().enumerate() {
                if i > 0 {
                    self.out.push(b' ');
                }
                self.out.extend_from_slice(key.as_bytes());
                self.out.push(b':');
                self.print(&value);
            }
            self.path.pop();
        }
        self.out.push(b']');
    }

    /// Go overflows its stack on a map that holds itself; here its inner self prints without entries.
    fn enter(&mut self, address: *const ()) -> bool {
        enter(&mut self.path, address)
    }
}

fn enter(path: &mut Vec<*const ()>, address: *const ()) -> bool {
    let fresh = path.len() < DEPTH && !path.contains(&address);
    if fresh {
        path.push(address);
    }
    fresh
}

/// Turns runtime values into data.
struct Walker {
    path: Vec<*const ()>,
    endless: bool,
    binary: bool,
    no_data: Option<&'static str>,
    nil: NilAs,
}

impl Walker {
    fn value(&mut self, value: &Runtime) -> Value {
        match value {
            Runtime::List(list) => self.list(list),
            Runtime::Map(map) => self.map(map),
            scalar => {
                self.binary |= matches!(scalar, Runtime::Binary(_));
                if let Runtime::Object(object) = scalar
                    && !object.is_data()
                {
                    self.no_data = self.no_data.or(Some(object.type_name()));
                }
                scalar.scalar_value()
            }
        }
    }

    fn list(&mut self, list: &List) -> Value {
        if list.is_nil() && self.nil == NilAs::Null {
            return Value::NULL;
        }
        if let Some(values) = list.untouched() {
            return Value::List(values.clone(), crate::value::Origin::NONE);
        }
        if !self.enter(list.items().as_ptr().cast()) {
            return Value::NULL;
        }
        let value = Value::list(list.items().iter().map(|item| self.value(item)));
        self.path.pop();
        value
    }

    fn map(&mut self, map: &MapRef) -> Value {
        if map.is_nil() && self.nil == NilAs::Null {
            return Value::NULL;
        }
        if let Some(values) = map.untouched() {
            return Value::Map(values, crate::value::Origin::NONE);
        }
        if !self.enter(map.address()) {
            return Value::NULL;
        }
        let value = Value::map(map.entries().into_iter().map(|(key, item)| (key, self.value(&item))));
        self.path.pop();
        value
    }

    fn enter(&mut self, address: *const ()) -> bool {
        let fresh = enter(&mut self.path, address);
        self.endless |= !fresh;
        fresh
    }
}

fn printed(object: &dyn Object) -> String {
    let mut text = String::new();
    object.print(&mut text);
    text
}

/// `reflect.DeepEqual`; pairs of maps that were met before count as equal, as there.
pub(super) fn equal(a: &Runtime, b: &Runtime, seen: &mut HashSet<(*const (), *const ())>) -> bool {
    match (a, b) {
        (Runtime::Nil, Runtime::Nil) => true,
        (Runtime::Bool(a), Runtime::Bool(b)) => a == b,
        (Runtime::Int(a, ta), Runtime::Int(b, tb)) => a == b && ta == tb,
        (Runtime::Float(_) | Runtime::YamlInt(_), Runtime::Float(_) | Runtime::YamlInt(_)) => a.as_f64() == b.as_f64(),
        (Runtime::Str(a), Runtime::Str(b)) => a == b,
        (Runtime::Binary(a), Runtime::Binary(b)) => a == b,
        (Runtime::List(a), Runtime::List(b)) => {
            a.elem() == b.elem()
                && a.is_nil() == b.is_nil()
                && a.len() == b.len()
                && a.items().iter().zip(b.items()).all(|(a, b)| equal(a, b, seen))
        }
        (Runtime::Map(a), Runtime::Map(b)) => equal_maps(a, b, seen),
        (Runtime::Object(a), Runtime::Object(b)) => {
            let same = || if a.is_data() { a.to_value() == b.to_value() } else { printed(&**a) == printed(&**b) };
            std::sync::Arc::ptr_eq(a, b) || a.type_name() == b.type_name() && same()
        }
        _ => false,
    }
}

/// As `reflect.DeepEqual`: a nil map and an empty one differ.
pub(super) fn equal_maps(a: &MapRef, b: &MapRef, seen: &mut HashSet<(*const (), *const ())>) -> bool {
    a.is_values() == b.is_values()
        && (a.same(b)
            || a.is_strings() == b.is_strings()
                && a.is_nil() == b.is_nil()
                && a.len() == b.len()
                && (!seen.insert((a.address(), b.address()))
                    || a.entries()
                        .iter()
                        .all(|(key, value)| b.get(key).is_some_and(|other| equal(value, &other, seen)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endless() -> Runtime {
        let map = MapRef::new([("a".into(), Runtime::int(1))]);
        map.insert("me".into(), Runtime::Map(map.clone()));
        map.insert("list".into(), Runtime::list([Runtime::Map(map.clone())]));
        Runtime::Map(map)
    }

    #[test]
    fn a_map_that_holds_itself_prints_compares_and_has_no_data() {
        let (one, two) = (endless(), endless());
        assert_eq!(one.to_text(Numbers::Go), b"map[a:1 list:[map[]] me:map[]]".as_slice());
        assert_eq!(one, two);
        assert!(one.to_data(NilAs::Null).endless);
    }

    #[test]
    fn nil_collections_are_null_as_data_and_differ_from_empty_ones() {
        let nil = Runtime::List(List::nil(super::super::Elem::Any));
        assert_eq!(nil.to_value(), Value::NULL);
        assert_eq!(nil.to_data(NilAs::Empty).value, Value::list([]));
        assert_ne!(nil, Runtime::list([]));
        assert_eq!(Runtime::Map(MapRef::nil()).to_value(), Value::NULL);
    }

    #[test]
    fn integers_from_yaml_print_as_asked() {
        let list = Runtime::list([Runtime::YamlInt(Num::Int(1_000_000)), Runtime::bytes(vec![0xff])]);
        assert_eq!(list.to_text(Numbers::Go), b"[1e+06 \xff]".as_slice());
        assert_eq!(list.to_text(Numbers::Exact), b"[1000000 \xff]".as_slice());
    }
}
