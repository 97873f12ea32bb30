//! The `render` command.

#![forbid(unsafe_code)]

fn main() {}
