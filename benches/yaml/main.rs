//! How fast YAML is read and merged, and how much memory that takes, beside others in the same run.
//!
//! `cargo bench --bench yaml` generates a values file of 50 MB, reads it by each reader, then files from 1 to 500 MB by
//! ours, and renders a chart of one line with three layers of 4.7 MB. After `--`, files and folders are read as well: of
//! a folder the largest values files in it. With the variable HELM, `helm template` renders the same chart.
//!
//! Times are of the CPU, the least of several rounds. Ratios are what to look at; they hold on a busy machine too.
#![allow(unsafe_code, reason = "libyaml's translation to Rust and the accounting of processes have unsafe interfaces")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is what a benchmark is for")]

mod generate;
mod process;
mod readers;

use std::ffi::OsStr;
use std::io::Result;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use process::Usage;
use readers::{EVENTS, TREES};

/// As in the program, and for all readers alike.
#[cfg(target_os = "linux")]
#[path = "../../src/allocator.rs"]
#[allow(dead_code)] // Its tests: a benchmark has no harness that would run them.
mod allocator;

const MB: usize = 1_000_000;
/// The argument that makes a process one that is measured.
const CHILD: &str = "--child";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [CHILD, "generate", size, seed, path] => generated(size, seed, path),
        [CHILD, reader, path] => measured(reader, path),
        _ => report(&arguments),
    }
}

/// In a process of its own: generates a file.
fn generated(size: &str, seed: &str, path: &str) -> Result<()> {
    let number = |text: &str| text.parse().map_err(std::io::Error::other);
    std::fs::write(path, generate::values(number(size)?, number(seed)? as u64))
}

/// In a process of its own: reads a file several times; prints the least time in nanoseconds and the events.
fn measured(reader: &str, path: &str) -> Result<()> {
    let read = readers::find(reader).ok_or_else(|| std::io::Error::other("no such reader"))?;
    let text = std::fs::read(path)?;
    // Small files are read so often that the clock can tell.
    let rounds = (10 * MB / text.len().max(1)).max(1);
    let mut events = 0;
    let times = (0..5).map(|_| {
        let start = process::cpu_time();
        (0..rounds).for_each(|_| events = read(&text));
        (process::cpu_time() - start) / rounds as u32
    });
    let best = times.min().unwrap_or_default();
    println!("{} {events}", best.as_nanos());
    Ok(())
}

fn report(arguments: &[String]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    generate(50 * MB, 1, &file("generated.yaml"))?;
    compare("generated, 50 MB", &file("generated.yaml"))?;
    let given: Vec<&Path> = arguments.iter().filter(|arg| !arg.starts_with("--")).map(Path::new).collect();
    if given.is_empty() {
        println!("real values files: none given (cargo bench --bench yaml -- FOLDER)\n");
    }
    for path in given.into_iter().flat_map(largest_values) {
        compare(&path.display().to_string(), &path)?;
    }
    growth(&file("growing.yaml"))?;
    whole_process(folder.path())
}

fn generate(size: usize, seed: u64, path: &Path) -> Result<()> {
    let (size, seed) = (size.to_string(), seed.to_string());
    child(["generate".as_ref(), size.as_ref(), seed.as_ref(), path.as_os_str()]).map(drop)
}

/// A file, or the five largest values files below a folder.
fn largest_values(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.metadata() {
                Ok(data) if data.is_dir() => folders.push(entry.path()),
                Ok(data) if name == "values.yaml" => found.push((data.len(), entry.path())),
                _ => {}
            }
        }
    }
    found.sort();
    found.into_iter().rev().take(5).map(|(_, path)| path).collect()
}

/// What one reader took for one file.
struct Reading {
    time: Duration,
    events: f64,
    peak: u64,
}

fn child<const N: usize>(arguments: [&OsStr; N]) -> Result<(Usage, String)> {
    process::run(Command::new(std::env::current_exe()?).arg(CHILD).args(arguments))
}

fn read(reader: &str, path: &Path) -> Result<Reading> {
    let (usage, printed) = child([reader.as_ref(), path.as_os_str()])?;
    let mut numbers = printed.split_whitespace().map(|n| n.parse().unwrap_or_default());
    let time = Duration::from_nanos(numbers.next().unwrap_or_default());
    Ok(Reading { time, events: numbers.next().unwrap_or_default() as f64, peak: usage.peak })
}

/// All readers on one file, with ratios to the peer that the first of them is measured by.
fn compare(title: &str, path: &Path) -> Result<()> {
    let bytes = std::fs::metadata(path)?.len() as f64;
    println!("{title}: {:.2} MB", bytes / MB as f64);
    println!("  {:24}{:>8}{:>12}{:>10}{:>12}", "", "MB/s", "M events/s", "times", "peak MiB");
    for (readers, peer) in [(&EVENTS[..], "unsafe-libyaml"), (&TREES[..], "serde_yaml Value")] {
        let readings: Vec<_> = readers.iter().map(|(name, _)| Ok((*name, read(name, path)?))).collect::<Result<_>>()?;
        let peers = readings.iter().find(|(name, _)| *name == peer).map_or(Duration::ZERO, |(_, peer)| peer.time);
        for (name, Reading { time, events, peak }) in readings {
            let seconds = time.as_secs_f64();
            println!(
                "  {name:24}{:8.0}{:12.1}{:10.2}{:12.0}",
                bytes / MB as f64 / seconds,
                events / 1e6 / seconds,
                peers.as_secs_f64() / seconds,
                mib(peak),
            );
        }
        println!("  {:24}({peer}: 1.00)", "");
    }
    println!();
    Ok(())
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Ten times the input, ten times the time.
fn growth(path: &Path) -> Result<()> {
    println!("growth{:>13}{:>16}{:>16}{:>12}", "events ms", "ns/byte", "merged ms", "ns/byte");
    for size in [1, 5, 10, 50, 100, 500] {
        generate(size * MB, 1, path)?;
        let bytes = std::fs::metadata(path)?.len() as f64;
        let times = [read("render", path)?.time, read("render, merged", path)?.time];
        let [events, merged] = times.map(|time| (time.as_secs_f64() * 1e3, time.as_nanos() as f64 / bytes));
        println!("  {size:3} MB{:12.1}{:16.2}{:16.1}{:12.2}", events.0, events.1, merged.0, merged.1);
    }
    println!();
    Ok(())
}

/// A chart with a template of one line and three layers, by `render` and by Helm, as whole processes in turn.
fn whole_process(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder.join("chart/templates"))?;
    std::fs::write(folder.join("chart/Chart.yaml"), "apiVersion: v2\nname: bench\nversion: 1.0.0\n")?;
    std::fs::write(folder.join("chart/templates/one.yaml"), "name: {{ .Release.Name }}\n")?;
    let layers = ["one.yaml", "two.yaml", "three.yaml"];
    for (seed, name) in (1..).zip(layers) {
        generate(4_700_000, seed, &folder.join(name))?;
    }
    let template = |program: &OsStr| {
        let mut command = Command::new(program);
        command.current_dir(folder).args(["template", "bench", "chart"]).args(layers.iter().flat_map(|l| ["-f", l]));
        process::run(&mut command).map(|(usage, _)| usage)
    };
    println!("a chart of one line with three layers of 4.7 MB, whole processes");
    println!("  {:24}{:>8}{:>12}", "", "CPU s", "peak MiB");
    let render = OsStr::new(env!("CARGO_BIN_EXE_render"));
    let helm = std::env::var_os("HELM");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        ours.push(template(render)?);
        theirs.extend(helm.as_deref().map(template).transpose()?);
    }
    let ours = median(ours);
    println!("  {:24}{:8.3}{:12.0}", "render", ours.cpu.as_secs_f64(), mib(ours.peak));
    if theirs.is_empty() {
        println!("  not compared with Helm: the variable HELM names none");
        return Ok(());
    }
    let theirs = median(theirs);
    println!("  {:24}{:8.3}{:12.0}", "helm template", theirs.cpu.as_secs_f64(), mib(theirs.peak));
    let cpu = theirs.cpu.as_secs_f64() / ours.cpu.as_secs_f64();
    println!("  {:24}{cpu:8.1}{:12.1}", "times", theirs.peak as f64 / ours.peak as f64);
    Ok(())
}

/// The run in the middle by its time.
fn median(mut runs: Vec<Usage>) -> Usage {
    runs.sort_by_key(|usage| usage.cpu);
    runs[runs.len() / 2]
}
