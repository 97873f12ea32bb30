//! Processes, measured: each thing that is compared runs in one of its own, so that its memory is its own.

use std::io::{Error, Read, Result};
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a process took, all its threads counted.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// User and system time.
    pub cpu: Duration,
    /// The most memory it held at one time, in bytes.
    pub peak: u64,
}

/// Runs a command to its end; what it took, and what it printed.
///
/// The peak of a child is at least what its parent holds when it starts it. So whoever calls this holds little.
pub fn run(command: &mut Command) -> Result<(Usage, String)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut printed = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut printed)?;
    }
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both pointers are valid for the call; the child is waited for here and nowhere else.
    let waited = unsafe { libc::wait4(child.id() as libc::pid_t, &raw mut status, 0, usage.as_mut_ptr()) };
    if waited < 0 {
        return Err(Error::last_os_error());
    }
    if status != 0 {
        return Err(Error::other(format!("{command:?} failed")));
    }
    // SAFETY: the call has succeeded, so it has filled it in.
    let usage = unsafe { usage.assume_init() };
    let cpu = duration(usage.ru_utime.tv_sec, usage.ru_utime.tv_usec * 1000)
        + duration(usage.ru_stime.tv_sec, usage.ru_stime.tv_usec * 1000);
    Ok((Usage { cpu, peak: usage.ru_maxrss as u64 * 1024 }, printed))
}

/// The CPU time that this process has taken so far.
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is valid for the call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    duration(time.tv_sec, time.tv_nsec)
}

fn duration(seconds: i64, nanoseconds: i64) -> Duration {
    Duration::new(seconds as u64, nanoseconds as u32)
}
