# Recipes for working on render. `just` lists them.

_default:
    @just --list

# Format everything
fmt:
    cargo fmt --all

# Lints and documentation, warnings denied
lint:
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items

# All tests; with HELM=path/to/helm the recorded fixtures are compared live as well
test *ARGS:
    cargo test {{ARGS}}

# Accept changed snapshots after reading them
snap:
    INSTA_UPDATE=always cargo test
    git diff --stat snapshots

# Render the bundled OpenCTI chart in clustering mode
demo:
    cargo run --release -- opencti --layer clustering

# What a package would hold
package:
    cargo package --list

# Instructions that rendering these charts takes (needs valgrind); BASELINE=file keeps or compares them
bench-charts +CHARTS:
    cargo build --profile profiling
    benches/charts.sh target/profiling/render {{CHARTS}}
