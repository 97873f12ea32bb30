//! The `render` command.

fn main() {}
