//! Complex numbers, which a template can write but do nothing with save print and compare.

use std::sync::Arc;

use crate::runtime::{Object, Runtime};
use crate::value::{Value, format_float};

/// A `complex128`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complex {
    /// Its real part.
    pub real: f64,
    /// Its imaginary part.
    pub imaginary: f64,
}

impl Complex {
    /// A number with these parts.
    pub fn value(real: f64, imaginary: f64) -> Runtime {
        Runtime::Object(Arc::new(Complex { real, imaginary }))
    }

    /// The number, where the value is one.
    pub fn of(value: &Runtime) -> Option<Complex> {
        match value {
            Runtime::Object(object) => object.as_any().downcast_ref().copied(),
            _ => None,
        }
    }
}

impl Object for Complex {
    fn type_name(&self) -> &'static str {
        "complex128"
    }

    fn kind_name(&self) -> &'static str {
        "complex128"
    }

    fn names(&self) -> &'static [&'static str] {
        &[]
    }

    fn print(&self, out: &mut String) {
        let plus = if self.imaginary.is_sign_negative() || !self.imaginary.is_finite() { "" } else { "+" };
        let (real, imaginary) = (format_float(self.real, 'g', -1), format_float(self.imaginary, 'g', -1));
        out.push_str(&format!("({real}{plus}{imaginary}i)"));
    }

    fn to_value(&self) -> Value {
        Value::NULL
    }

    /// `encoding/json` refuses complex numbers; `toYaml` then gives nothing.
    fn is_data(&self) -> bool {
        false
    }

    fn truthy(&self) -> bool {
        self.real != 0.0 || self.imaginary != 0.0
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
