//! Where the nodes of a picture stand: in layers from left to right, so that edges cross little and are short.
//!
//! After Sugiyama: edges that close a circle are turned, nodes put into layers, edges that pass over layers given a
//! point in each, layers sorted by where their neighbours stand, and heights chosen by those of the neighbours.

/// The least room between layers, beside the longest label there, and between the nodes of one.
const GAP: (f64, f64) = (46.0, 18.0);
/// The height that an edge takes where it passes through a layer.
const LANE: f64 = 10.0;
/// The most points at which edges pass layers. In a picture with more nobody follows an edge; long ones are drawn straight.
const PASSES: usize = 100_000;
/// How often layers are sorted, and heights chosen.
const ROUNDS: usize = 12;

/// A point.
pub(super) type Point = (f64, f64);

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The middle of each node.
    pub(super) nodes: Vec<Point>,
    /// The points of each edge: the middle of the one node, those it passes, the middle of the other.
    pub(super) edges: Vec<Vec<Point>>,
    /// The size of the whole.
    pub(super) size: Point,
}

/// Lays nodes of these sizes out, with edges between them whose labels have these widths.
pub(super) fn layout(sizes: &[Point], edges: &[(usize, usize)], labels: &[f64]) -> Layout {
    let turned = acyclic(sizes.len(), edges);
    let layers = layers(sizes.len(), &turned);
    let mut grid = Grid::new(sizes, &layers, &turned);
    grid.sort();
    let mut rooms = vec![0.0; grid.layers.len()];
    for ((_, to), width) in turned.iter().zip(labels) {
        rooms[layers[*to]] = f64::max(rooms[layers[*to]], *width);
    }
    grid.place(&rooms);
    grid.layout(sizes.len(), edges, &turned)
}

/// The edges, those that lead back to where they come from turned.
fn acyclic(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Open,
        Done,
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    edges.iter().enumerate().for_each(|(index, (from, _))| out[*from].push(index));
    let mut seen = vec![Seen::Not; nodes];
    let mut turned = edges.to_vec();
    for root in 0..nodes {
        let mut stack = if seen[root] == Seen::Not { vec![(root, 0)] } else { Vec::new() };
        while let Some((node, next)) = stack.pop() {
            seen[node] = Seen::Open;
            let Some(edge) = out[node].get(next) else {
                seen[node] = Seen::Done;
                continue;
            };
            stack.push((node, next + 1));
            let to = edges[*edge].1;
            match seen[to] {
                Seen::Not => stack.push((to, 0)),
                Seen::Open => turned[*edge] = (to, node),
                Seen::Done => {}
            }
        }
    }
    turned
}

/// The layer of each node: behind all that lead to it, and a node to which nothing leads just before those it leads to.
fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut waits = vec![0_usize; nodes];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        waits[*to] += 1;
        out[*from].push(*to);
    }
    let sources: Vec<usize> = (0..nodes).filter(|node| waits[*node] == 0).collect();
    let mut layers = vec![0_usize; nodes];
    let mut ready = sources.clone();
    while let Some(node) = ready.pop() {
        for to in &out[node] {
            layers[*to] = layers[*to].max(layers[node] + 1);
            waits[*to] -= 1;
            if waits[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    for node in sources {
        let next = out[node].iter().map(|to| layers[*to]).min();
        layers[node] = next.map_or(0, |next| next.saturating_sub(1));
    }
    layers
}

/// Something in a layer: a node, or the point at which an edge passes.
#[derive(Debug, Default, Clone)]
struct Cell {
    size: Point,
    before: Vec<usize>,
    after: Vec<usize>,
    at: Point,
    /// The width of its column.
    column: f64,
}

struct Grid {
    cells: Vec<Cell>,
    /// The cells of each layer from top to bottom.
    layers: Vec<Vec<usize>>,
    /// The cells that each edge goes through.
    ways: Vec<Vec<usize>>,
}

impl Grid {
    fn new(sizes: &[Point], layer: &[usize], edges: &[(usize, usize)]) -> Grid {
        let cells = sizes.iter().map(|size| Cell { size: *size, ..Cell::default() }).collect();
        let count = layer.iter().max().map_or(0, |last| last + 1);
        let mut grid = Grid { cells, layers: vec![Vec::new(); count], ways: Vec::new() };
        layer.iter().enumerate().for_each(|(node, layer)| grid.layers[*layer].push(node));
        let passes: usize = edges.iter().map(|(from, to)| layer[*to].saturating_sub(layer[*from] + 1)).sum();
        for (from, to) in edges {
            let mut way = vec![*from];
            let is_long = layer[*from] + 1 < layer[*to];
            if is_long && passes > PASSES {
                grid.ways.push(vec![*from, *to]);
                continue;
            }
            for passed in layer[*from] + 1..layer[*to] {
                way.push(grid.cells.len());
                grid.layers[passed].push(grid.cells.len());
                grid.cells.push(Cell { size: (0.0, LANE), ..Cell::default() });
            }
            way.push(*to);
            for pair in way.windows(2).filter(|pair| pair[0] != pair[1]) {
                grid.cells[pair[0]].after.push(pair[1]);
                grid.cells[pair[1]].before.push(pair[0]);
            }
            grid.ways.push(way);
        }
        grid
    }

    /// Sorts each layer by the middle of where its neighbours stand, forth and back, and keeps the best of all orders.
    fn sort(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        let mut places = self.places();
        for round in 0..ROUNDS {
            let forth = round % 2 == 0;
            let count = self.layers.len();
            for step in 1..count {
                let layer = if forth { step } else { count - 1 - step };
                let mut order = std::mem::take(&mut self.layers[layer]);
                let middle = |cell: &usize| {
                    let cell_data = &self.cells[*cell];
                    let near = if forth { &cell_data.before } else { &cell_data.after };
                    let sum: f64 = near.iter().map(|other| places[*other] as f64).sum();
                    if near.is_empty() { places[*cell] as f64 } else { sum / near.len() as f64 }
                };
                order.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
                order.iter().enumerate().for_each(|(place, cell)| places[*cell] = place);
                self.layers[layer] = order;
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// The place of each cell in its layer.
    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.cells.len()];
        for layer in &self.layers {
            layer.iter().enumerate().for_each(|(place, cell)| places[*cell] = place);
        }
        places
    }

    /// How many edges cross: inversions between neighbouring layers, counted with a Fenwick tree.
    fn crossings(&self) -> usize {
        let places = self.places();
        let mut crossings = 0;
        for (layer, next) in self.layers.iter().zip(self.layers.iter().skip(1)) {
            let mut tree = vec![0_usize; next.len() + 1];
            let mut seen = 0;
            for cell in layer {
                let mut ends: Vec<usize> = self.cells[*cell].after.iter().map(|to| places[*to] + 1).collect();
                ends.sort_unstable();
                for end in &ends {
                    let mut at = *end;
                    let mut before = 0;
                    while at > 0 {
                        before += tree[at];
                        at &= at - 1;
                    }
                    crossings += seen - before;
                }
                for mut at in ends {
                    seen += 1;
                    while at < tree.len() {
                        tree[at] += 1;
                        at += at & at.wrapping_neg();
                    }
                }
            }
        }
        crossings
    }

    /// Gives each cell its point: columns as wide as their widest node, with room before each, heights near those of the
    /// neighbours.
    fn place(&mut self, rooms: &[f64]) {
        let mut x = 0.0;
        for (place, (layer, room)) in self.layers.iter().zip(rooms).enumerate() {
            x += if place == 0 { 0.0 } else { GAP.0 + room };
            let width = layer.iter().map(|cell| self.cells[*cell].size.0).fold(0.0, f64::max);
            let mut y = 0.0;
            for cell in layer {
                let cell = &mut self.cells[*cell];
                cell.at = (x + width / 2.0, y + cell.size.1 / 2.0);
                cell.column = width;
                y += cell.size.1 + GAP.1;
            }
            x += width;
        }
        for round in 0..ROUNDS {
            let forth = round % 2 == 0;
            let count = self.layers.len();
            for step in 0..count {
                self.settle(if forth { step } else { count - 1 - step }, forth);
            }
        }
    }

    /// Moves the cells of a layer as near as their order allows to the middle of their neighbours on one side: blocks of
    /// cells that push each other stand where their wishes are met best (pool adjacent violators).
    fn settle(&mut self, layer: usize, forth: bool) {
        struct Block {
            first: usize,
            sum: f64,
            count: f64,
        }
        let order = &self.layers[layer];
        let mut blocks: Vec<Block> = Vec::new();
        let mut offsets = Vec::with_capacity(order.len());
        let mut offset = 0.0;
        for (place, cell) in order.iter().enumerate() {
            let cell = &self.cells[*cell];
            offset += if place == 0 { 0.0 } else { GAP.1 + cell.size.1 / 2.0 };
            offsets.push(offset);
            let near = if forth { &cell.before } else { &cell.after };
            let sum: f64 = near.iter().map(|other| self.cells[*other].at.1).sum();
            let wish = if near.is_empty() { cell.at.1 } else { sum / near.len() as f64 };
            blocks.push(Block { first: place, sum: wish - offset, count: 1.0 });
            while let [.., a, b] = &blocks[..] {
                if a.sum / a.count <= b.sum / b.count {
                    break;
                }
                let merged = Block { first: a.first, sum: a.sum + b.sum, count: a.count + b.count };
                blocks.truncate(blocks.len() - 2);
                blocks.push(merged);
            }
            offset += cell.size.1 / 2.0;
        }
        let ends = blocks.iter().skip(1).map(|block| block.first).chain([order.len()]);
        let moves: Vec<(usize, f64)> = blocks
            .iter()
            .zip(ends)
            .flat_map(|(block, end)| (block.first..end).map(move |place| (place, block.sum / block.count)))
            .collect();
        for (place, base) in moves {
            let cell = self.layers[layer][place];
            self.cells[cell].at.1 = base + offsets[place];
        }
    }

    /// The points, moved so that nothing is left of or above 0. Edges that were turned go back.
    fn layout(&self, nodes: usize, edges: &[(usize, usize)], turned: &[(usize, usize)]) -> Layout {
        let top = self.cells.iter().map(|cell| cell.at.1 - cell.size.1 / 2.0).fold(f64::INFINITY, f64::min);
        let point = |cell: &usize| (self.cells[*cell].at.0, self.cells[*cell].at.1 - top);
        let width = self.cells.iter().map(|cell| cell.at.0 + cell.size.0 / 2.0).fold(0.0, f64::max);
        let height = self.cells.iter().map(|cell| cell.at.1 + cell.size.1 / 2.0 - top).fold(0.0, f64::max);
        // An edge passes a layer straight, so that it touches none of its nodes.
        let passing = |cell: &usize| match *cell < nodes {
            true => vec![point(cell)],
            false => {
                let ((x, y), half) = (point(cell), self.cells[*cell].column / 2.0);
                vec![(x - half, y), (x + half, y)]
            }
        };
        let way = |(index, way): (usize, &Vec<usize>)| {
            let mut points: Vec<Point> = way.iter().flat_map(passing).collect();
            if edges[index] != turned[index] {
                points.reverse();
            }
            points
        };
        Layout {
            nodes: (0..nodes).map(|node| point(&node)).collect(),
            edges: self.ways.iter().enumerate().map(way).collect(),
            size: (width, height),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_right_and_nodes_do_not_overlap() {
        let sizes = vec![(100.0, 40.0); 9];
        let edges = [(0, 1), (1, 2), (2, 0), (0, 2), (3, 2), (2, 4), (2, 5), (5, 5), (6, 4), (0, 4), (7, 1)];
        let layout = layout(&sizes, &edges, &[0.0; 11]);
        for (a, (ax, ay)) in layout.nodes.iter().enumerate() {
            assert!(*ax >= 50.0 && *ay >= 19.9 && ax + 50.0 <= layout.size.0 + 0.1 && ay + 20.0 <= layout.size.1 + 0.1);
            for (bx, by) in &layout.nodes[a + 1..] {
                assert!((ax - bx).abs() >= 100.0 || (ay - by).abs() >= 40.0, "{:?}", layout.nodes);
            }
        }
        for (edge, points) in edges.iter().zip(&layout.edges) {
            assert_eq!((points[0], points[points.len() - 1]), (layout.nodes[edge.0], layout.nodes[edge.1]));
            let back = *edge == (2, 0);
            assert!(points.windows(2).all(|pair| edge.0 == edge.1 || (pair[0].0 < pair[1].0) != back), "{edge:?}");
        }
    }

    #[test]
    fn a_crossing_that_need_not_be_is_not() {
        let layout = layout(&[(10.0, 10.0); 4], &[(0, 3), (1, 2)], &[0.0; 2]);
        let above = |a: usize, b: usize| layout.nodes[a].1 < layout.nodes[b].1;
        assert_eq!(above(0, 1), above(3, 2));
    }

    /// Each is told of the next, and one of all: were each edge given a point in each layer it passes, there would be
    /// millions.
    #[test]
    fn a_long_chain_costs_no_more_than_its_edges() {
        let chain = 3000;
        let edges: Vec<_> = (1..chain).map(|n| (n - 1, n)).chain((2..chain).map(|n| (0, n))).collect();
        let layout = layout(&vec![(10.0, 10.0); chain], &edges, &vec![0.0; edges.len()]);
        assert!(layout.edges.iter().all(|points| points.len() == 2));
        assert!(layout.nodes.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn nothing_is_laid_out_as_nothing() {
        assert_eq!(layout(&[], &[], &[]).size, (0.0, 0.0));
    }
}
