//! Drawing a graph: one file a format. Nothing is looked up here, and nothing is decided but where things stand.

mod dot;
mod json;
mod layout;
mod mermaid;
mod svg;

use super::{Edge, Graph, Node, Relation, Tier};

pub use dot::dot;
pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;

/// How many hosts or ports are shown beside an edge.
const SHOWN: usize = 2;

/// What stands beside an edge: hosts, paths and ports where requests go, else what the edge means.
fn edge_label(edge: &Edge) -> String {
    let shown = edge.labels.iter().take(SHOWN).map(String::as_str);
    let label = shown.chain((edge.labels.len() > SHOWN).then_some("…")).collect::<Vec<_>>().join(" ");
    match (label.is_empty(), is_flow(edge)) {
        (true, false) => edge.relation.verb().to_owned(),
        _ => label,
    }
}

/// Whether requests or data go along an edge.
fn is_flow(edge: &Edge) -> bool {
    use Relation::{Attaches, Connects, Reaches, Routes, Selects, Stores};
    matches!(edge.relation, Reaches | Attaches | Routes | Selects | Connects | Stores)
}

/// What a node is called, in one line or two: the kind, and the name with the namespace where there are several.
fn title(node: &Node, graph: &Graph) -> (String, String) {
    if node.tier == Tier::Users {
        return ("users".to_owned(), String::new());
    }
    let mut others =
        graph.nodes.iter().filter(|other| other.tier != Tier::Users && other.id.namespace != node.id.namespace);
    let name = match !node.id.namespace.is_empty() && others.next().is_some() {
        true => format!("{}/{}", node.id.namespace, node.id.name),
        false => node.id.name.to_string(),
    };
    (node.id.kind.to_string(), name)
}

/// A name for each node that says what it is, for formats that name nodes: `deployment_web`.
fn names(graph: &Graph) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    let name = |node: &Node| {
        let (kind, name) = title(node, graph);
        let whole = if name.is_empty() { kind } else { format!("{kind}_{name}") };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let plain: String = whole.chars().map(plain).collect();
        let plain = plain.trim_end_matches('_').to_owned();
        let mut numbered = (1..).map(|n| if n == 1 { plain.clone() } else { format!("{plain}_{n}") });
        numbered.find(|name| taken.insert(name.clone())).unwrap_or_default()
    };
    graph.nodes.iter().map(name).collect()
}

/// Text on one line, without what a terminal would act on.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
