//! The integration tests, one module a subject.

mod common;
mod yaml_write;
