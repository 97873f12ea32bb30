//! A chart and its values looked through for mistakes.

use super::{Error, Merged, Request, render_looking};
use crate::diag::{Diagnostic, Severity, Sources};
use crate::lint;

/// What a look through a chart and its values finds, worst first: what keeps it from rendering, what rendering warns of,
/// and what is likely a mistake though it renders.
///
/// # Errors
/// A request that contradicts itself, or names what does not exist.
pub fn lint(request: &Request, sources: &Sources) -> Result<Vec<Diagnostic>, Error> {
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    let mut look = |merged: &Merged| {
        seen = lint::check(&input(merged, sources))?;
        Ok(())
    };
    match render_looking(request, sources, &mut found, &mut look) {
        Ok(outcome) => drop(outcome),
        Err(Error::Usage(err)) => return Err(Error::Usage(err)),
        Err(Error::Chart(err)) if err.is_usage() => return Err(Error::Chart(err)),
        Err(err) => found.extend(err.diagnostics()),
    }
    found.append(&mut seen);
    found.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    Ok(found)
}

fn input<'a>(merged: &'a Merged, sources: &'a Sources) -> lint::Input<'a> {
    lint::Input {
        tree: &merged.tree,
        values: &merged.values,
        given: &merged.given,
        provenance: &merged.provenance,
        sources,
    }
}

/// Whether something is bad enough to fail.
pub fn fails(found: &[Diagnostic], strict: bool) -> bool {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    found.iter().any(|diagnostic| diagnostic.severity >= worst)
}
