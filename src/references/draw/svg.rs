//! A graph as a picture that stands alone: nothing is fetched, no script runs, and it follows the reader's light or dark.

use std::collections::HashMap;

use super::super::{Graph, Standing, Tier};
use super::layout::{Point, layout};
use super::{clean, edge_label, is_flow, titles};
use crate::markup;

/// The width of a character of the fixed-width fonts, at the sizes of names and of kinds and labels.
const CHAR: f64 = 7.3;
const SMALL_CHAR: f64 = 6.1;
const MARGIN: f64 = 16.0;
const STYLE: &str = include_str!("svg.css");

/// The graph as an SVG document.
pub fn svg(graph: &Graph) -> String {
    let titles = titles(graph);
    let sizes: Vec<Point> = titles.iter().map(|(kind, name)| size(kind, name)).collect();
    let pairs: Vec<(usize, usize)> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let labels: Vec<String> = graph.edges.iter().map(|edge| shortened(&clean(&edge_label(edge)))).collect();
    let widths: Vec<f64> = labels.iter().map(|label| label.chars().count() as f64 * SMALL_CHAR).collect();
    let laid = layout(&sizes, &pairs, &widths);
    let (width, height) = (laid.size.0 + 2.0 * MARGIN, laid.size.1 + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<style>\n{STYLE}</style>\n<defs><marker id=\"end\" viewBox=\"0 0 8 8\" \
         refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker>\
         </defs>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n<g transform=\"translate({MARGIN} {MARGIN})\">\n"
    );
    for (edge, points) in graph.edges.iter().zip(&laid.edges) {
        let class = if is_flow(edge) { "edge" } else { "edge aside" };
        let ends = (sizes[edge.from].0 / 2.0, sizes[edge.to].0 / 2.0);
        let said = format!("{} {}\n{}", edge.relation.verb(), edge.labels.join(" "), edge.places.join("\n"));
        out += &format!(
            "<path class=\"{class}\" d=\"{}\"><title>{}</title></path>\n",
            curve(points, ends),
            escaped(said.trim_end())
        );
    }
    let mut beside: HashMap<(usize, usize), usize> = HashMap::new();
    for ((edge, points), label) in
        graph.edges.iter().zip(&laid.edges).zip(&labels).filter(|(_, label)| !label.is_empty())
    {
        let (x, y) = label_at(points, (sizes[edge.from].0 / 2.0, sizes[edge.to].0 / 2.0));
        // Of several edges between two nodes the labels stand below each other.
        let below = beside.entry((edge.from, edge.to)).or_default();
        let y = y + 11.0 * *below as f64;
        *below += 1;
        out += &format!("<text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(label));
    }
    for (((node, (kind, name)), size), at) in graph.nodes.iter().zip(&titles).zip(&sizes).zip(&laid.nodes) {
        let elsewhere = node.standing == Standing::Elsewhere && node.tier != Tier::Users;
        let class = if elsewhere { " elsewhere" } else { "" };
        out +=
            &format!("<g class=\"{}{class}\" transform=\"translate({:.1} {:.1})\">", class_of(node.tier), at.0, at.1);
        out += &format!("<title>{}</title>", escaped(&clean(format!("{kind} {name}").trim_end())));
        out += &outline(node.tier, *size);
        // Below the lid of a barrel.
        let lid = if node.tier == Tier::Store { 3.0 } else { 0.0 };
        let (kind_at, name_at) = if name.is_empty() { (4.0, 0.0) } else { (-5.0 + lid, 11.0 + lid) };
        out += &format!("<text class=\"kind\" y=\"{kind_at}\">{}</text>", escaped(&clean(kind)));
        if !name.is_empty() {
            out += &format!("<text y=\"{name_at}\">{}</text>", escaped(&clean(name)));
        }
        out += "</g>\n";
    }
    out + "</g>\n</svg>\n"
}

/// A label with room for its ends only; all of it is told where the edge is pointed at.
fn shortened(label: &str) -> String {
    const MOST: usize = 28;
    match label.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

fn size(kind: &str, name: &str) -> Point {
    let width = f64::max(kind.chars().count() as f64 * SMALL_CHAR, name.chars().count() as f64 * CHAR);
    (width.max(40.0) + 32.0, 44.0)
}

/// The line around a node: round for Services, a barrel for stores, a plain box for the rest.
fn outline(tier: Tier, (width, height): Point) -> String {
    let (x, y) = (-width / 2.0, -height / 2.0);
    let round = match tier {
        Tier::Users | Tier::Service => height / 2.0,
        _ => 4.0,
    };
    match tier {
        Tier::Store => {
            let (rx, bend) = (width / 2.0, 5.0);
            format!(
                "<path d=\"M{x:.1} {:.1}v{:.1}a{rx:.1} {bend} 0 0 0 {width:.1} 0v{:.1}a{rx:.1} {bend} 0 0 0 {:.1} 0a{rx:.1} \
                 {bend} 0 0 0 {width:.1} 0\"/>",
                y + bend,
                height - 2.0 * bend,
                2.0 * bend - height,
                -width
            )
        }
        _ => format!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round:.1}\"/>"),
    }
}

/// A smooth line through points, from the side of the one node to the side of the other.
fn curve(points: &[Point], ends: (f64, f64)) -> String {
    let points = between(points, ends);
    let mut out = String::new();
    for (n, (x, y)) in points.iter().enumerate() {
        let Some((from_x, from_y)) = n.checked_sub(1).and_then(|before| points.get(before)) else {
            out += &format!("M{x:.1} {y:.1}");
            continue;
        };
        let middle = (from_x + x) / 2.0;
        out += &format!("C{middle:.1} {from_y:.1} {middle:.1} {y:.1} {x:.1} {y:.1}");
    }
    out
}

/// The points with the first and the last moved to the sides of their nodes.
fn between(points: &[Point], ends: (f64, f64)) -> Vec<Point> {
    let mut points = points.to_vec();
    let forward = points.first().map(|p| p.0) <= points.last().map(|p| p.0);
    let sign = if forward { 1.0 } else { -1.0 };
    if let Some(first) = points.first_mut() {
        first.0 += sign * ends.0;
    }
    if let Some(last) = points.last_mut() {
        last.0 -= sign * ends.1;
    }
    points
}

/// Where a label stands: at the middle of the last part of its line, where lines that come from one node have parted.
fn label_at(points: &[Point], ends: (f64, f64)) -> Point {
    match between(points, ends)[..] {
        [.., a, b] => ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0 - 3.0),
        _ => (0.0, 0.0),
    }
}

fn class_of(tier: Tier) -> &'static str {
    match tier {
        Tier::Access | Tier::Other => Tier::Policy.name(),
        tier => tier.name(),
    }
}

fn escaped(text: &str) -> String {
    let plain = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    markup::escaped(&text.chars().map(plain).collect::<String>())
}
