//! How fast YAML is read, beside libyaml in the same run.
//!
//! `cargo bench --bench reader` reads a generated values file of 50 MB, kept in memory, and prints MB/s and ratios;
//! arguments after `--` are files to read as well (or folders, for the ten largest values files in them).
#![allow(unsafe_code, reason = "libyaml's translation to Rust has an unsafe interface")]
#![allow(clippy::print_stdout, reason = "it is what a benchmark is for")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

use render::diag::{SourceKind, Sources};
use render::yaml::{EventKind, Reader};

const MEGABYTE: usize = 1 << 20;

fn main() {
    let generated = generate(50 * MEGABYTE);
    // Kept for other tools to read.
    let _ = std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/target/generated-values.yaml"), &generated);
    compare("generated, 50 MB", generated.as_bytes());
    for path in std::env::args().skip(1).filter(|arg| !arg.starts_with("--")) {
        for file in files(path.as_ref()) {
            if let Ok(text) = std::fs::read(&file) {
                compare(&file.display().to_string(), &text);
            }
        }
    }
}

/// A file, or the ten largest values files below a folder.
fn files(path: &std::path::Path) -> Vec<std::path::PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.metadata() {
                Ok(data) if data.is_dir() => folders.push(entry.path()),
                Ok(data) if name.starts_with("values") && name.ends_with(".yaml") => {
                    found.push((data.len(), entry.path()));
                }
                _ => {}
            }
        }
    }
    found.sort();
    found.into_iter().rev().take(10).map(|(_, path)| path).collect()
}

fn compare(name: &str, text: &[u8]) {
    // Small files are read often enough to take as long as large ones.
    let rounds = (5 * MEGABYTE / text.len().max(1)).max(1);
    println!("{name}: {} bytes, {} events", text.len(), events(text));
    let fast = best(rounds, || events(text));
    let plain = best(rounds, || events_by_grammar(text));
    let peer = best(rounds, || libyaml_events(text));
    let tree = best(rounds, || load(text));
    let serde = best(rounds, || serde_yaml(text));
    let speed = |time: Duration| (text.len() * rounds) as f64 / 1e6 / time.as_secs_f64();
    println!("  events   {:7.0} MB/s   {:5.1} x libyaml", speed(fast), speed(fast) / speed(peer));
    println!("   no fast path {:2.0} MB/s   {:5.1} x", speed(plain), speed(plain) / speed(peer));
    println!("   libyaml {:7.0} MB/s", speed(peer));
    println!("  value    {:7.0} MB/s   {:5.1} x serde_yaml", speed(tree), speed(tree) / speed(serde));
    println!("   serde_yaml {:4.0} MB/s", speed(serde));
}

/// The best time of several for so many rounds.
fn best<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(work());
        }
        start.elapsed()
    };
    (0..5).map(time).min().unwrap_or_default()
}

fn events(text: &[u8]) -> usize {
    count(Reader::new(text))
}

fn events_by_grammar(text: &[u8]) -> usize {
    count(Reader::new(text).without_fast_path())
}

fn count(mut reader: Reader<'_>) -> usize {
    let mut events = 0;
    let mut bytes = 0;
    while let Ok(Some(event)) = reader.next() {
        events += 1;
        if let EventKind::Scalar { text, .. } = &event.kind {
            bytes += text.len();
        }
    }
    black_box(bytes);
    events
}

fn libyaml_events(text: &[u8]) -> usize {
    let mut parser = MaybeUninit::uninit();
    let parser = parser.as_mut_ptr();
    let mut events = 0;
    // SAFETY: the parser is initialised before it is used and deleted after, and so is each event; the input outlives
    // the parser.
    unsafe {
        assert!(unsafe_libyaml::yaml_parser_initialize(parser).ok);
        unsafe_libyaml::yaml_parser_set_encoding(parser, unsafe_libyaml::YAML_UTF8_ENCODING);
        unsafe_libyaml::yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        loop {
            let mut event = MaybeUninit::uninit();
            let event = event.as_mut_ptr();
            if unsafe_libyaml::yaml_parser_parse(parser, event).fail {
                break;
            }
            let last = (*event).type_ == unsafe_libyaml::YAML_STREAM_END_EVENT;
            unsafe_libyaml::yaml_event_delete(event);
            events += 1;
            if last {
                break;
            }
        }
        unsafe_libyaml::yaml_parser_delete(parser);
    }
    events
}

fn load(text: &[u8]) -> bool {
    let source = Sources::default().add("bench", SourceKind::Data, text);
    source.is_ok_and(|source| render::yaml::load(&source).is_ok())
}

fn serde_yaml(text: &[u8]) -> bool {
    serde_yaml::from_slice::<serde_yaml::Value>(text).is_ok()
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

/// A values file in block style, as large as asked for.
fn generate(size: usize) -> String {
    let mut text = String::with_capacity(size + 4096);
    let mut dice = Dice(1);
    let mut component = 0;
    while text.len() < size {
        component += 1;
        add_component(&mut text, &mut dice, component);
    }
    text
}

const WORDS: &[&str] = &["frontend", "worker", "connector", "cache", "ingest", "search", "queue", "proxy", "metrics"];

fn add_component(text: &mut String, dice: &mut Dice, number: usize) {
    let name = dice.pick(WORDS);
    let other = dice.pick(WORDS);
    let (port, tag) = (1024 + dice.roll(60_000), dice.roll(40));
    let _ = write!(
        text,
        "## @section The {name} of component {number}\n\
         {name}{number}:\n  enabled: {}\n  replicaCount: {}\n  image:\n    registry: registry.example.org\n    \
         repository: platform/{name}-{other}\n    tag: 6.{tag}.{}\n    pullPolicy: IfNotPresent\n    pullSecrets: []\n",
        dice.pick(&["true", "false"]),
        1 + dice.roll(9),
        dice.roll(9),
    );
    let _ = write!(
        text,
        "  service:\n    type: ClusterIP\n    port: {port}\n    annotations: {{}}\n  # How much it may use.\n  resources:\n    \
         requests:\n      cpu: {}m\n      memory: {}Mi\n    limits:\n      cpu: \"{}\"\n      memory: 2Gi\n",
        50 * (1 + dice.roll(20)),
        128 * (1 + dice.roll(16)),
        1 + dice.roll(4),
    );
    text.push_str("  env:\n");
    for _ in 0..2 + dice.roll(6) {
        let (key, value) = (dice.pick(WORDS), dice.pick(WORDS));
        let _ = write!(
            text,
            "    - name: {}_{}_URL\n      value: http://{value}.{other}.svc.cluster.local:{port}/api\n",
            key.to_uppercase(),
            value.to_uppercase(),
        );
    }
    let _ = write!(
        text,
        "  nodeSelector:\n    kubernetes.io/os: linux\n    topology.kubernetes.io/zone: zone-{}\n  tolerations:\n  - key: dedicated\n    \
         operator: Equal\n    value: '{name}'\n    effect: NoSchedule\n  args:\n  - --port={port}\n  - --peer={other}\n",
        dice.roll(5),
    );
    if dice.roll(4) == 0 {
        let _ = write!(
            text,
            "  config: |\n    [{name}]\n    listen = 0.0.0.0:{port}\n    peers = {other}\n\n    [log]\n    level = info\n",
        );
    }
    text.push('\n');
}
