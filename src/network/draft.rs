//! Streets as the readers hand them over: edges with their drawing, ends and length, before pieces are weighed and chains contracted.

use rayon::prelude::*;

use super::{LONGEST, length};
use crate::space::LonLat;

/// On foot along the drawing, from its first vertex to its last.
pub(crate) const FORWARD: u8 = 1;
/// On foot against the drawing.
pub(crate) const BACKWARD: u8 = 2;
/// The usual case.
pub(crate) const BOTH: u8 = FORWARD | BACKWARD;

/// Edges in input order. A node is where edges join; vertices between are drawing only.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// Vertices of all edges, edge after edge; ends are repeated by each edge that has them.
    pub vertices: Vec<LonLat>,
    /// `first[e]..first[e + 1]` are the vertices of edge `e`, at least two.
    pub first: Vec<u32>,
    /// Nodes at the first and the last vertex.
    pub ends: Vec<[u32; 2]>,
    /// Whole millimetres.
    pub length: Vec<u32>,
    /// [`FORWARD`], [`BACKWARD`] or [`BOTH`].
    pub ways: Vec<u8>,
    /// 0 main road, 1 collector, 2 local street, 3 path, steps and the rest; for drawing only.
    pub class: Vec<u8>,
    /// Number of nodes.
    pub nodes: u32,
}

impl Draft {
    /// An empty draft.
    pub fn new() -> Self {
        Draft { first: vec![0], ..Draft::default() }
    }

    /// Number of edges.
    pub fn len(&self) -> usize {
        self.length.len()
    }

    /// Whether there is no edge.
    pub fn is_empty(&self) -> bool {
        self.length.is_empty()
    }

    /// Closes the edge whose vertices have been pushed since the last call.
    pub fn close_edge(&mut self, ends: [u32; 2], length: u32, ways: u8, class: u8) {
        self.first.push(self.vertices.len() as u32);
        self.ends.push(ends);
        self.length.push(length);
        self.ways.push(ways);
        self.class.push(class);
    }

    /// The drawing of an edge.
    pub fn line(&self, edge: usize) -> &[LonLat] {
        &self.vertices[self.first[edge] as usize..self.first[edge + 1] as usize]
    }

    /// Measures the drawing of every edge whose length `is_open`, on all cores; false if one is too long to be a street.
    pub fn measure(&mut self, is_open: impl Fn(u32) -> bool + Sync) -> bool {
        let measured: Vec<Option<u32>> = (0..self.len())
            .into_par_iter()
            .map(|e| if is_open(self.length[e]) { length::whole_mm(self.line(e)) } else { Some(self.length[e]) })
            .collect();
        self.length = measured.iter().map(|mm| mm.unwrap_or(LONGEST)).collect();
        measured.iter().all(Option::is_some)
    }

    /// Adds the edges of another draft, whose nodes stay apart from these.
    pub fn append(&mut self, other: Draft) {
        let (vertex, node) = (self.vertices.len() as u32, self.nodes);
        self.vertices.extend_from_slice(&other.vertices);
        self.first.extend(other.first[1..].iter().map(|f| f + vertex));
        self.ends.extend(other.ends.iter().map(|[a, b]| [a + node, b + node]));
        self.length.extend_from_slice(&other.length);
        self.ways.extend_from_slice(&other.ways);
        self.class.extend_from_slice(&other.class);
        self.nodes += other.nodes;
    }
}
