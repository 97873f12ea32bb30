//! One value under one verb.

use super::Printer;
use super::text::{LOWER, UPPER};
use crate::engine::gotpl::objects;
use crate::runtime::{Bytes, Elem, IntType, List, MapRef, Numbers, Object, Runtime};
use crate::value::Str;

/// So deep may data be nested that is printed; what is deeper is left out, since it holds itself.
const DEPTH: usize = 1000;

impl Printer<'_> {
    /// An operand.
    pub(super) fn arg(&mut self, value: &Runtime, verb: char) {
        match (value, verb) {
            (Runtime::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Runtime::Nil, _) => self.bad_verb(value, verb),
            (_, 'T') => self.string(value.type_name(Numbers::Go).as_bytes()),
            (_, 'p') => self.pointer(value),
            _ => self.value(value, verb),
        }
    }

    /// `type=value`, as wrong verbs and superfluous operands are told.
    pub(super) fn typed(&mut self, value: &Runtime) {
        if matches!(value, Runtime::Nil) {
            return self.push("<nil>");
        }
        self.push(value.type_name(Numbers::Go));
        self.push("=");
        self.arg(value, 'v');
    }

    pub(super) fn bad_verb(&mut self, value: &Runtime, verb: char) {
        self.push("%!");
        self.push_char(verb);
        self.push("(");
        let erroring = std::mem::replace(&mut self.erroring, true);
        let depth = std::mem::take(&mut self.depth);
        self.typed(value);
        self.depth = depth;
        self.erroring = erroring;
        self.push(")");
    }

    /// An operand, or something inside of one.
    pub(super) fn value(&mut self, value: &Runtime, verb: char) {
        if verb == 'w' && !self.erroring {
            return self.bad_verb(value, verb);
        }
        match value {
            Runtime::Nil if self.flags.sharp_v => self.push("interface {}(nil)"),
            Runtime::Nil => self.push("<nil>"),
            Runtime::Bool(b) => match verb {
                't' | 'v' => self.pad(if *b { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Runtime::Int(n, of) => {
                let signed = matches!(of, IntType::Int | IntType::Int64 | IntType::Int32);
                self.integer(value, *n as u64, signed, verb);
            }
            Runtime::Float(n) => self.float(value, *n, verb),
            Runtime::YamlInt(n) => self.float(value, n.as_f64(), verb),
            Runtime::Str(text) => self.text(value, text.as_bytes(), verb),
            Runtime::Binary(bytes) => self.text(value, bytes, verb),
            Runtime::List(list) => self.nested(|p| p.list(list, verb)),
            Runtime::Map(map) => self.nested(|p| p.map(value, map, verb)),
            Runtime::Object(object) => self.nested(|p| p.object(value, object.as_ref(), verb)),
        }
    }

    fn nested(&mut self, print: impl FnOnce(&mut Self)) {
        if self.depth < DEPTH {
            self.depth += 1;
            print(self);
            self.depth -= 1;
        }
    }

    fn text(&mut self, value: &Runtime, text: &[u8], verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => self.string(text),
            'x' => self.hex(text, LOWER),
            'X' => self.hex(text, UPPER),
            'q' => self.quoted(text),
            _ => self.bad_verb(value, verb),
        }
    }

    fn gap(&mut self, index: usize) {
        if index > 0 {
            self.push(if self.flags.sharp_v { ", " } else { " " });
        }
    }

    fn list(&mut self, list: &List, verb: char) {
        if self.flags.sharp_v {
            self.push(list.elem().list_type());
            if list.is_nil() {
                return self.push("(nil)");
            }
        }
        self.push(if self.flags.sharp_v { "{" } else { "[" });
        for (i, item) in list.items().iter().enumerate() {
            self.gap(i);
            self.item(item, list.elem(), verb);
        }
        self.push(if self.flags.sharp_v { "}" } else { "]" });
    }

    /// An item of a list. Where its type is not `interface {}`, a nil one is nil of that type.
    fn item(&mut self, item: &Runtime, elem: Elem, verb: char) {
        match (item, elem) {
            (Runtime::Nil, Elem::Lists) => self.list(&List::nil(Elem::Any), verb),
            _ => self.value(item, verb),
        }
    }

    fn map(&mut self, value: &Runtime, map: &MapRef, verb: char) {
        if self.flags.sharp_v && map.is_nil() {
            self.push(value.type_name(Numbers::Go));
            return self.push("(nil)");
        }
        self.entries(value, map.sorted(), verb);
    }

    fn entries(&mut self, value: &Runtime, entries: Vec<(Str, Runtime)>, verb: char) {
        self.push(if self.flags.sharp_v { value.type_name(Numbers::Go) } else { "" });
        self.push(if self.flags.sharp_v { "{" } else { "map[" });
        for (i, (key, item)) in entries.into_iter().enumerate() {
            self.gap(i);
            self.value(&Runtime::Str(key), verb);
            self.push(":");
            self.value(&item, verb);
        }
        self.push(if self.flags.sharp_v { "}" } else { "]" });
    }

    fn object(&mut self, value: &Runtime, object: &dyn Object, verb: char) {
        if let Some(parts) = object.as_any().downcast_ref::<crate::engine::gotpl::complex::Complex>() {
            return self.complex(value, (parts.real, parts.imaginary), verb);
        }
        if let Some(bytes) = Bytes::of(value) {
            return self.bytes(value, bytes, verb);
        }
        if let Some(entries) = objects::entries(object) {
            return self.entries(value, entries, verb);
        }
        if verb == 'v'
            && self.flags.sharp_v
            && let Some(Runtime::Str(text)) = object.field("GoString")
        {
            return self.string(text.as_bytes());
        }
        // A pointer is followed at the top alone.
        if self.depth > 1 && object.kind_name() == "ptr" && !object.fields().is_empty() {
            return self.address(value, verb);
        }
        let fields = object.fields();
        if !fields.is_empty() {
            return self.fields(object, &fields, verb);
        }
        let as_text = !self.flags.sharp_v && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q');
        match (object.as_int(), as_text) {
            (Some(n), false) => self.integer(value, n as u64, true, verb),
            _ => {
                let mut text = String::new();
                object.print(&mut text);
                self.text(value, text.as_bytes(), if as_text { verb } else { 's' });
            }
        }
    }

    /// A struct that does not print itself.
    fn fields(&mut self, object: &dyn Object, fields: &[(&'static str, Runtime)], verb: char) {
        if object.kind_name() == "ptr" {
            self.push("&");
        }
        if self.flags.sharp_v {
            self.push(object.type_name().trim_start_matches('*'));
        }
        self.push("{");
        for (i, (name, value)) in fields.iter().enumerate() {
            self.gap(i);
            if self.flags.sharp_v || self.flags.plus_v {
                self.push(name);
                self.push(":");
            }
            self.value(value, verb);
        }
        self.push("}");
    }

    fn bytes(&mut self, value: &Runtime, bytes: &[u8], verb: char) {
        match verb {
            's' => self.string(bytes),
            'x' => self.hex(bytes, LOWER),
            'X' => self.hex(bytes, UPPER),
            'q' => self.quoted(bytes),
            _ => {
                // At the top Go says `[]byte`, further in `[]uint8`.
                let name = if self.depth > 1 { value.type_name(Numbers::Go) } else { "[]byte" };
                self.push(if self.flags.sharp_v { name } else { "" });
                self.push(if self.flags.sharp_v { "{" } else { "[" });
                for (i, byte) in bytes.iter().enumerate() {
                    self.gap(i);
                    self.value(&Runtime::Int(i64::from(*byte), IntType::Uint8), verb);
                }
                self.push(if self.flags.sharp_v { "}" } else { "]" });
            }
        }
    }

    fn address(&mut self, value: &Runtime, verb: char) {
        const ADDRESS: u64 = 0xc0_0000_0000;
        match verb {
            'v' if self.flags.sharp_v => {
                let name = value.type_name(Numbers::Go);
                self.push(&format!("({name})({ADDRESS:#x})"));
            }
            'v' => self.pad_with_space(format!("{ADDRESS:#x}").as_bytes()),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(value, ADDRESS, false, verb),
            _ => self.bad_verb(value, verb),
        }
    }

    /// `%p`. Addresses differ from run to run in Go; here they are all one.
    fn pointer(&mut self, value: &Runtime) {
        let nil = match value {
            Runtime::List(list) => list.is_nil(),
            Runtime::Map(map) => map.is_nil(),
            Runtime::Object(object) if matches!(object.kind_name(), "ptr" | "map" | "slice") => false,
            _ => return self.bad_verb(value, 'p'),
        };
        let address: &[u8] = match (nil, self.flags.sharp) {
            (true, true) => b"0",
            (true, false) => b"0x0",
            (false, true) => b"c000000000",
            (false, false) => b"0xc000000000",
        };
        self.pad_with_space(address);
    }
}
