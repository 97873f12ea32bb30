//! The `render` command.

#[cfg(target_os = "linux")]
mod allocator;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

fn main() -> std::process::ExitCode {
    render::cli::main()
}
