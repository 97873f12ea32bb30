//! Drawing a graph: one file a format. Nothing is looked up here, and nothing is decided but where things stand.

mod dot;
mod json;
mod layout;
mod mermaid;
mod svg;

use std::collections::{HashMap, HashSet};

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

/// What each node is called: its kind, and its name, with the namespace where there are several.
fn titles(graph: &Graph) -> Vec<(String, String)> {
    let mut namespaces = graph.nodes.iter().filter(|node| node.tier != Tier::Users).map(|node| &node.id.namespace);
    let first = namespaces.next();
    let several = namespaces.any(|other| Some(other) != first);
    let title = |node: &Node| match node.tier {
        Tier::Users => ("users".to_owned(), String::new()),
        _ if several && !node.id.namespace.is_empty() => {
            (node.id.kind.to_string(), format!("{}/{}", node.id.namespace, node.id.name))
        }
        _ => (node.id.kind.to_string(), node.id.name.to_string()),
    };
    graph.nodes.iter().map(title).collect()
}

/// A name for each node that says what it is, for formats that name nodes: `deployment_web`.
fn names(titles: &[(String, String)]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let name = |(kind, name): &(String, String)| {
        let whole = if name.is_empty() { kind.clone() } else { format!("{kind}_{name}") };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let plain: String = whole.chars().map(plain).collect();
        let plain = plain.trim_end_matches('_').to_owned();
        let count = counts.entry(plain.clone()).or_default();
        loop {
            *count += 1;
            let name = if *count == 1 { plain.clone() } else { format!("{plain}_{count}") };
            if taken.insert(name.clone()) {
                return name;
            }
        }
    };
    titles.iter().map(name).collect()
}

/// Text on one line, without what a terminal would act on.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
