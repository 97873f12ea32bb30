//! Where text leaves the program: stdout, stderr, colour.

use std::io::{BufWriter, IsTerminal as _, Write as _};

use super::args::{ColourChoice, Global};
use crate::diag::{Diagnostic, Sources, Style, draw};

/// How messages are drawn on stderr.
pub(super) fn style(global: &Global) -> Style {
    let colour = wants_colour(global, std::io::stderr().is_terminal());
    Style { colour, show_secrets: global.show_secrets }
}

/// How text for people is coloured on stdout.
pub(super) fn paint(global: &Global) -> Paint {
    Paint { colour: wants_colour(global, std::io::stdout().is_terminal()) }
}

fn wants_colour(global: &Global, is_terminal: bool) -> bool {
    match global.color {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}

/// Puts colour around text, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    colour: bool,
}

/// The colours in use, by what they say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// What counts.
    Strong,
    /// What is beside the point.
    Faint,
    /// What came.
    Added,
    /// What went.
    Removed,
    /// What changed.
    Changed,
}

impl Paint {
    /// Whether there is colour at all.
    pub(super) fn is_on(self) -> bool {
        self.colour
    }

    /// The text in a colour.
    pub(super) fn with(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Strong => 1,
            Ink::Faint => 2,
            Ink::Added => 32,
            Ink::Removed => 31,
            Ink::Changed => 33,
        };
        if self.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Draws diagnostics on stderr, a blank line between two.
pub(super) fn report(diagnostics: &[Diagnostic], sources: &Sources, style: Style) {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&draw(diagnostic, sources, style));
        text.push_str("\n\n");
    }
    // Nobody is left to tell where stderr is closed.
    let _ = std::io::stderr()
        .lock()
        .write_all(text.trim_end_matches('\n').as_bytes())
        .and_then(|()| if text.is_empty() { Ok(()) } else { std::io::stderr().write_all(b"\n") });
}

/// Writes to stderr. Nobody is left to tell where it is closed.
pub(super) fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// How much is written at once.
const WRITTEN: usize = 64 << 10;

/// Writes to stdout. That nobody reads on (`| head`) is no error.
///
/// # Errors
/// When stdout cannot be written for another reason, such as a full disk.
pub(super) fn print<'t>(pieces: impl IntoIterator<Item = &'t [u8]>) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(WRITTEN, std::io::stdout().lock());
    match pieces.into_iter().try_for_each(|piece| out.write_all(piece)).and_then(|()| out.flush()) {
        Err(err) if err.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
