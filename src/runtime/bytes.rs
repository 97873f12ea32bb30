//! Go's `[]byte`, which prints as a list of numbers and is text only to those who ask.

use std::sync::Arc;

use crate::value::Value;

use super::{Object, Runtime};

/// A `[]uint8`: what `.Files.GetBytes` gives, and what a `range` over `.Files` passes.
#[derive(Debug, Clone)]
pub struct Bytes(Arc<[u8]>);

impl Bytes {
    /// A value of these bytes.
    pub fn value(bytes: impl Into<Arc<[u8]>>) -> Runtime {
        Runtime::Object(Arc::new(Bytes(bytes.into())))
    }

    /// The bytes, where the value is some.
    pub fn of(value: &Runtime) -> Option<&[u8]> {
        match value {
            Runtime::Object(object) => object.as_any().downcast_ref::<Bytes>().map(|b| &*b.0),
            _ => None,
        }
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl Object for Bytes {
    fn type_name(&self) -> &'static str {
        "[]uint8"
    }

    fn kind_name(&self) -> &'static str {
        "slice"
    }

    fn names(&self) -> &'static [&'static str] {
        &[]
    }

    fn print(&self, out: &mut String) {
        let numbers: Vec<String> = self.0.iter().map(u8::to_string).collect();
        out.push('[');
        out.push_str(&numbers.join(" "));
        out.push(']');
    }

    /// `encoding/json` writes bytes as base64.
    fn to_value(&self) -> Value {
        use base64::Engine as _;
        Value::str(base64::engine::general_purpose::STANDARD.encode(&self.0))
    }

    fn truthy(&self) -> bool {
        !self.0.is_empty()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
