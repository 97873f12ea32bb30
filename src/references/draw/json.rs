//! A graph for programs: nodes, edges between their numbers, and what leads nowhere. `docs/graph.schema.json` says what
//! is in it.

use serde_json::{Value, json};

use super::super::{Dangling, Edge, Graph, Node, Standing};
use crate::manifest::Id;

/// The version of the format. It changes when a field is taken away or means something else.
const VERSION: u32 = 1;

/// The graph as JSON.
pub fn json(graph: &Graph) -> String {
    let nodes: Vec<Value> = graph.nodes.iter().map(node).collect();
    let edges: Vec<Value> = graph.edges.iter().map(edge).collect();
    let dangling: Vec<Value> = graph.dangling.iter().map(dangling).collect();
    let all = json!({"version": VERSION, "nodes": nodes, "edges": edges, "dangling": dangling});
    // Nothing in it is without a form in JSON.
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

fn node(node: &Node) -> Value {
    let mut value = named(&node.id);
    if let Some(map) = value.as_object_mut() {
        map.insert("tier".to_owned(), node.tier.name().into());
        map.insert("in".to_owned(), standing(node.standing).into());
    }
    value
}

fn edge(edge: &Edge) -> Value {
    json!({
        "from": edge.from,
        "to": edge.to,
        "relation": edge.relation.verb(),
        "labels": edge.labels,
        "fields": edge.places,
    })
}

fn dangling(dangling: &Dangling) -> Value {
    let from = dangling.from.iter().map(|(id, relation, place)| {
        let mut value = named(id);
        if let Some(map) = value.as_object_mut() {
            map.insert("relation".to_owned(), relation.verb().into());
            map.insert("field".to_owned(), place.as_str().into());
        }
        value
    });
    json!({"problem": dangling.problem.to_string(), "from": from.collect::<Vec<_>>()})
}

/// Who a resource is; what it does not say is left out.
fn named(id: &Id) -> Value {
    let fields = [("group", &id.group), ("kind", &id.kind), ("namespace", &id.namespace), ("name", &id.name)];
    let said = fields.into_iter().filter(|(_, text)| !text.is_empty());
    Value::Object(said.map(|(key, text)| (key.to_owned(), text.as_str().into())).collect())
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Here => "render",
        Standing::Made => "made of it",
        Standing::Elsewhere => "elsewhere",
    }
}
