//! The `render` command.

#[cfg(target_os = "linux")]
mod allocator;

fn main() -> std::process::ExitCode {
    render::cli::main()
}
