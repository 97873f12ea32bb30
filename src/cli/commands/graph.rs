//! `render graph`: who refers to whom in a render.

use super::super::args::{GraphArgs, GraphFormat, GraphPart};
use super::super::{Exit, Stop, sides, terminal};
use crate::diag::{Severity, Sources};
use crate::diff::Side;
use crate::references::{Dangling, Graph, Node, Tier, draw};

/// Draws the graph of a render or of manifests. What leads nowhere is told, and fails only under
/// `--strict`.
pub(super) fn run(args: &GraphArgs, sources: &Sources) -> Result<(), Stop> {
    let (side, namespace) = manifests(args, sources)?;
    let graph = Graph::of(side.resources.iter().map(|resource| &resource.value), &namespace);
    let mut warnings: Vec<_> = graph.dangling.iter().map(Dangling::diagnostic).collect();
    if args.render.switches.strict && !warnings.is_empty() {
        warnings.iter_mut().for_each(|warning| warning.severity = Severity::Error);
        return Err(Stop { exit: Exit::Failed, diagnostics: warnings });
    }
    terminal::report(&warnings, sources, terminal::style(&args.render.global));
    let graph = graph.only(|node| is_wanted(node, &args.with));
    let text = match args.output {
        GraphFormat::Mermaid => draw::mermaid(&graph),
        GraphFormat::Dot => draw::dot(&graph),
        GraphFormat::Svg => draw::svg(&graph),
        GraphFormat::Json => draw::json(&graph),
    };
    super::write(text.as_bytes())
}

/// The manifests, and the namespace of those that say none, as far as it is known.
fn manifests(args: &GraphArgs, sources: &Sources) -> Result<(Side, String), Stop> {
    let global = &args.render.global;
    if let Some(path) = &args.manifests {
        let key = sides::secrets_key(args.secrets_key.as_deref())?;
        return Ok((sides::at_path(path, key, global, sources)?, String::new()));
    }
    let request = sides::request(&args.render).map_err(|err| Stop::new(Exit::Usage, err))?;
    let outcome = sides::rendered(&request, global, sources)?;
    let side = sides::of_outcome(outcome.release.clone(), &outcome, sources)?;
    // The process is about to end; see `template`.
    std::mem::forget(outcome);
    Ok((side, request.namespace))
}

fn is_wanted(node: &Node, with: &[GraphPart]) -> bool {
    let has = |part| with.contains(&part) || with.contains(&GraphPart::All);
    match node.tier {
        Tier::Users | Tier::Ingress | Tier::Service | Tier::Workload | Tier::Store => true,
        Tier::Config => has(GraphPart::Config),
        Tier::Policy => has(GraphPart::Policies),
        Tier::Access => has(GraphPart::Access),
        Tier::Other => has(GraphPart::All),
    }
}
