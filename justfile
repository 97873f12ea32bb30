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

# Record again what a Helm gives for the fixtures: HELM=path/to/helm just record
record:
    RECORD=1 cargo test --test main -- charts::recordings manifests::recordings
    RECORD=1 cargo test --test main functions -- --ignored
    GOTPL_RECORD=1 GOTPL_COUNT=500 cargo test --lib gotpl::tests::differential

# Compare COUNT random Go templates with a Helm: HELM=path/to/helm just fuzz-helm 5000 7
fuzz-helm COUNT="1000" SEED="1":
    GOTPL_COUNT={{COUNT}} GOTPL_SEED={{SEED}} cargo test --lib gotpl::tests::differential::templates -- --nocapture

# Accept changed snapshots after reading them
snap:
    INSTA_UPDATE=always cargo test
    git diff --stat snapshots

# Render the bundled OpenCTI chart in clustering mode
demo:
    cargo run --release -- opencti --layer clustering

# Speed and memory beside other readers, on values files given or below folders too; HELM=path/to/helm compares Helm
bench *PATHS:
    cargo bench --bench yaml -- {{PATHS}}

# Each fuzz target for so many seconds (cargo install cargo-fuzz)
fuzz SECONDS="1800":
    for target in yaml_reader yaml_writer set; do \
        RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $target -- -max_total_time={{SECONDS}} -max_len=4096 -timeout=20 || exit 1; \
    done

# The YAML test suite's table anew, from a checkout of the suite's branch `data`; HELM=path/to/helm is needed
yaml-suite FOLDER:
    YAML_SUITE={{absolute_path(FOLDER)}} UPDATE=1 cargo test yaml_suite
    git diff --stat docs

# The types of Kubernetes anew, given a clone of github.com/kubernetes/api with its tags (needs pip and python3)
kubernetes-types API:
    pip download --quiet --no-deps --dest target/kubernetes kubernetes-validate==1.37.0
    python3 -m zipfile -e target/kubernetes/kubernetes_validate-*.whl target/kubernetes
    python3 src/conform/kubernetes/generate.py target/kubernetes/kubernetes_validate/kubernetes-json-schema {{absolute_path(API)}}
    git diff --stat src/conform/kubernetes

# What a package would hold
package:
    cargo package --list

# Instructions that rendering these charts takes (needs valgrind); BASELINE=file keeps or compares them
bench-charts +CHARTS:
    cargo build --profile profiling
    benches/charts.sh target/profiling/render {{CHARTS}}
