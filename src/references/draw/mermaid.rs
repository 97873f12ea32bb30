//! A graph as Mermaid draws it, on GitHub and GitLab among others.

use super::super::{Graph, Standing, Tier};
use super::{clean, edge_label, is_flow, names, titles};

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let titles = titles(graph);
    let names = names(&titles);
    let mut out = "flowchart LR\n".to_owned();
    for ((node, name), (kind, own)) in graph.nodes.iter().zip(&names).zip(&titles) {
        let (open, close) = shape(node.tier);
        let text = if own.is_empty() { escaped(kind) } else { format!("{}<br>{}", escaped(kind), escaped(own)) };
        let class = if node.standing == Standing::Elsewhere && node.tier != Tier::Users { ":::elsewhere" } else { "" };
        out += &format!("  {name}{open}\"{text}\"{close}{class}\n");
    }
    for edge in &graph.edges {
        let arrow = if is_flow(edge) { "-->" } else { "-.->" };
        let label = edge_label(edge);
        let label = if label.is_empty() { label } else { format!("|\"{}\"|", escaped(&label)) };
        out += &format!("  {} {arrow}{label} {}\n", names[edge.from], names[edge.to]);
    }
    if out.contains(":::elsewhere") {
        out += "  classDef elsewhere stroke-dasharray: 4 3\n";
    }
    out
}

fn shape(tier: Tier) -> (&'static str, &'static str) {
    match tier {
        Tier::Users => ("((", "))"),
        Tier::Ingress => ("{{", "}}"),
        Tier::Service => ("([", "])"),
        Tier::Workload | Tier::Other => ("[", "]"),
        Tier::Store => ("[(", ")]"),
        Tier::Config => ("[/", "/]"),
        Tier::Policy | Tier::Access => (">", "]"),
    }
}

/// Text within quotes, in which nothing means anything to Mermaid, Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | ';' | '\\' => out += &format!("#{};", c as u32),
            c => out.push(c),
        }
    }
    out
}
