//! The integration tests, one module a subject.

mod common;
mod manifests;
mod yaml_write;
