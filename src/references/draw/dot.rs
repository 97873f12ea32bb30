//! A graph in the language of Graphviz.

use super::super::{Graph, Standing, Tier};
use super::{clean, edge_label, is_flow, names, titles};

/// The graph for Graphviz: `render graph -o dot | dot -Tpng`.
pub fn dot(graph: &Graph) -> String {
    let titles = titles(graph);
    let names = names(&titles);
    let mut out = "digraph render {\n  rankdir=LR;\n  node [fontname=\"monospace\", fontsize=10];\n  edge [fontname=\"monospace\", fontsize=9];\n".to_owned();
    for ((node, name), (kind, own)) in graph.nodes.iter().zip(&names).zip(&titles) {
        let text = if own.is_empty() { escaped(kind) } else { format!("{}\\n{}", escaped(kind), escaped(own)) };
        let style =
            if node.standing == Standing::Elsewhere && node.tier != Tier::Users { ", style=dashed" } else { "" };
        out += &format!("  {name} [label=\"{text}\", shape={}{style}];\n", shape(node.tier));
    }
    for edge in &graph.edges {
        let mut about = Vec::new();
        let label = edge_label(edge);
        if !label.is_empty() {
            about.push(format!("label=\"{}\"", escaped(&label)));
        }
        if !is_flow(edge) {
            about.push("style=dashed".to_owned());
        }
        let about = if about.is_empty() { String::new() } else { format!(" [{}]", about.join(", ")) };
        out += &format!("  {} -> {}{about};\n", names[edge.from], names[edge.to]);
    }
    out + "}\n"
}

fn shape(tier: Tier) -> &'static str {
    match tier {
        Tier::Users => "circle",
        Tier::Ingress => "hexagon",
        Tier::Service => "ellipse",
        Tier::Workload | Tier::Other => "box",
        Tier::Store => "cylinder",
        Tier::Config => "note",
        Tier::Policy | Tier::Access => "cds",
    }
}

fn escaped(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('"', "\\\"")
}
