//! Compiles the crate again when a bundled chart changes.

fn main() {
    for folder in ["templates", "values", "schemas"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
