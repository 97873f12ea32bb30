//! Where text leaves the program: stdout, stderr, colour.

use std::io::{IsTerminal as _, Write as _};

use super::args::{ColourChoice, Global};
use crate::diag::{Diagnostic, Sources, Style, draw};

/// How messages are drawn on stderr.
pub(super) fn style(global: &Global) -> Style {
    let colour = match global.color {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto => {
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    Style { colour, show_secrets: global.show_secrets }
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

/// Writes to stdout. That nobody reads on (`| head`) is no error.
///
/// # Errors
/// When stdout cannot be written for another reason, such as a full disk.
pub(super) fn print(text: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(err) if err.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
