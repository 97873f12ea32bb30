//! Compiles the crate again when a bundled chart changes, and links the program for a fixed address.

fn main() {
    for folder in ["templates", "values", "schemas"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    // Moving a program of this size to a random address touches every page of its tables of pointers: a quarter of
    // what a short run costs at all. Go's programs have a fixed address too.
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" && target("ARCH") == "x86_64" {
        println!("cargo::rustc-link-arg-bin=render=-no-pie");
        // The code that unwinds, linked in: one shared library less to find, map and bind.
        println!("cargo::rustc-link-lib=static:-bundle,+verbatim=libgcc_eh.a");
    }
}
