//! Chains: between two real junctions a street may have many edges; the search sees one.
//!
//! ```text
//!  A──e0──•──e1──•──e2──B        one chain of e0 + e1 + e2 millimetres; spots keep their edge and know where on the chain it starts
//! ```
//!
//! Nodes are numbered along a Hilbert curve and chains by their lower end, so that what is near on the ground is near in memory.

use rayon::prelude::*;

use super::draft::{BACKWARD, BOTH, Draft, FORWARD};
use super::hilbert::Hilbert;
use super::{LONGEST, NONE};
use crate::space::LonLat;

/// Where an edge lies on its chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The chain; [`NONE`] for an edge of a piece that is cut off.
    pub chain: u32,
    /// Millimetres from the chain's first end to the edge's nearer end.
    pub start: u32,
    /// Whether the edge is drawn against the chain.
    pub flipped: bool,
}

/// One step of the search: from a node to the other end of a chain, against the walker's direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc {
    /// The node it leads to.
    pub to: u32,
    /// Millimetres.
    pub length: u32,
    /// Chain number and the two marks.
    chain: u32,
}

impl Arc {
    const AT_LAST: u32 = 1;
    const TWIN: u32 = 2;

    fn new(to: u32, length: u32, chain: u32, at_last: bool, twin: bool) -> Self {
        Arc { to, length, chain: chain << 2 | u32::from(twin) << 1 | u32::from(at_last) }
    }

    /// The chain walked.
    pub fn chain(self) -> u32 {
        self.chain >> 2
    }

    /// Whether it starts at the chain's last end.
    pub fn at_last(self) -> bool {
        self.chain & Self::AT_LAST != 0
    }

    /// Whether the chain may be walked the other way too.
    pub fn twin(self) -> bool {
        self.chain & Self::TWIN != 0
    }
}

/// The contracted graph: what the search runs over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    /// `rows[n]..rows[n + 1]` are the arcs of node `n`.
    pub rows: Vec<u32>,
    /// See `rows`.
    pub arcs: Vec<Arc>,
    /// Millimetres of each chain.
    pub length: Vec<u32>,
    /// First and last node of each chain.
    pub ends: Vec<[u32; 2]>,
    /// Directions of each chain, as in the draft.
    pub ways: Vec<u8>,
    /// `edge_rows[c]..edge_rows[c + 1]` are the edges of chain `c`, from its first end to its last.
    pub edge_rows: Vec<u32>,
    /// See `edge_rows`.
    pub edges: Vec<u32>,
    /// Zero-length chains at nodes that one-way chains touch, `(node, chain)` ascending: somebody who stands exactly at such a node is
    /// at the node, not at the start of a street that may not be walked.
    pub stubs: Vec<(u32, u32)>,
}

impl Graph {
    /// Number of nodes left after contraction.
    pub fn nodes(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Memory taken by it.
    pub fn bytes(&self) -> usize {
        let chains = size_of_val(&self.length[..]) + size_of_val(&self.ends[..]) + self.ways.len();
        size_of_val(&self.rows[..]) + size_of_val(&self.arcs[..]) + chains + size_of_val(&self.edge_rows[..]) + size_of_val(&self.edges[..])
    }

    /// The arcs of a node.
    pub fn arcs_of(&self, node: u32) -> &[Arc] {
        &self.arcs[self.rows[node as usize] as usize..self.rows[node as usize + 1] as usize]
    }

    /// The edges of a chain.
    pub fn edges_of(&self, chain: u32) -> &[u32] {
        &self.edges[self.edge_rows[chain as usize] as usize..self.edge_rows[chain as usize + 1] as usize]
    }

    /// The stub of a node, if it has one.
    pub fn stub(&self, node: u32) -> Option<u32> {
        self.stubs.binary_search_by_key(&node, |s| s.0).ok().map(|i| self.stubs[i].1)
    }
}

/// A chain while it is being followed: nodes are those of the draft.
struct Followed {
    ends: [u32; 2],
    length: u32,
    ways: u8,
    edges: std::ops::Range<usize>,
}

/// Edge ends at each node of the draft.
struct Incidence {
    rows: Vec<u32>,
    /// `edge << 1 | 1 for its last end`.
    ends: Vec<u32>,
}

impl Incidence {
    fn new(draft: &Draft, kept: &[bool]) -> Self {
        let mut rows = vec![0u32; draft.nodes as usize + 1];
        let all = || draft.ends.iter().enumerate().filter(|(e, _)| kept[*e]);
        for (_, ends) in all() {
            rows[ends[0] as usize + 1] += 1;
            rows[ends[1] as usize + 1] += 1;
        }
        for n in 1..rows.len() {
            rows[n] += rows[n - 1];
        }
        let mut next = rows.clone();
        let mut ends = vec![0; rows[rows.len() - 1] as usize];
        for (edge, nodes) in all() {
            for (side, node) in nodes.iter().enumerate() {
                let slot = &mut next[*node as usize];
                ends[*slot as usize] = (edge as u32) << 1 | side as u32;
                *slot += 1;
            }
        }
        Incidence { rows, ends }
    }

    fn at(&self, node: u32) -> &[u32] {
        &self.ends[self.rows[node as usize] as usize..self.rows[node as usize + 1] as usize]
    }
}

/// Whether a walk merely passes through: two different edges meet and allow the same directions.
fn passes(draft: &Draft, at: &[u32]) -> bool {
    let [x, y] = at else { return false };
    if x >> 1 == y >> 1 {
        return false;
    }
    // Directions as seen from the node: 1 = may leave along it, 2 = may come in along it.
    let seen = |end: u32| {
        let ways = draft.ways[(end >> 1) as usize];
        if end & 1 == 0 { ways } else { swap(ways) }
    };
    seen(*x) == swap(seen(*y))
}

/// Forward and backward exchanged.
fn swap(ways: u8) -> u8 {
    (ways & FORWARD) << 1 | (ways & BACKWARD) >> 1
}

/// Contraction under way.
struct Contraction<'a> {
    draft: &'a Draft,
    incidence: Incidence,
    /// Nodes at which chains end.
    real: Vec<bool>,
    places: Vec<Place>,
    chains: Vec<Followed>,
    edges: Vec<u32>,
}

impl Contraction<'_> {
    /// Follows every chain that starts at a node, and those that start where one had to be broken.
    fn follow_all(&mut self, from: u32) {
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            for i in 0..self.incidence.at(node).len() {
                let end = self.incidence.at(node)[i];
                if self.places[(end >> 1) as usize].chain == NONE {
                    open.extend(self.follow(node, end));
                }
            }
        }
    }

    /// Follows one chain to its other end; answers the node at which it was broken for its length.
    fn follow(&mut self, from: u32, mut end: u32) -> Option<u32> {
        let draft = self.draft;
        let (chain, first) = (self.chains.len() as u32, self.edges.len());
        let ways = draft.ways[(end >> 1) as usize];
        let ways = if end & 1 == 0 { ways } else { swap(ways) };
        let (mut length, mut broken) = (0u32, None);
        let last = loop {
            let edge = (end >> 1) as usize;
            self.places[edge] = Place { chain, start: length, flipped: end & 1 == 1 };
            self.edges.push(edge as u32);
            length += draft.length[edge];
            let node = draft.ends[edge][1 - (end & 1) as usize];
            if self.real[node as usize] {
                break node;
            }
            let at = self.incidence.at(node);
            let onward = if at[0] >> 1 == edge as u32 { at[1] } else { at[0] };
            if u64::from(length) + u64::from(draft.length[(onward >> 1) as usize]) > u64::from(LONGEST) {
                self.real[node as usize] = true;
                broken = Some(node);
                break node;
            }
            end = onward;
        };
        self.chains.push(Followed { ends: [from, last], length, ways, edges: first..self.edges.len() });
        broken
    }
}

/// Contracts the kept edges of a draft.
pub(crate) fn contract(draft: &Draft, kept: &[bool]) -> (Graph, Vec<Place>) {
    let incidence = Incidence::new(draft, kept);
    let real: Vec<bool> = (0..draft.nodes).map(|n| !passes(draft, incidence.at(n))).collect();
    let places = vec![Place { chain: NONE, start: 0, flipped: false }; draft.len()];
    let mut work = Contraction { draft, incidence, real, places, chains: Vec::new(), edges: Vec::new() };
    for node in 0..draft.nodes {
        if work.real[node as usize] {
            work.follow_all(node);
        }
    }
    // What is left are rings without a junction: each is entered at the first node of its first edge.
    for (edge, kept) in kept.iter().enumerate() {
        if *kept && work.places[edge].chain == NONE {
            let node = draft.ends[edge][0];
            work.real[node as usize] = true;
            work.follow_all(node);
        }
    }
    number(work)
}

/// Numbers nodes along the Hilbert curve and chains by their lower node, and lays the arcs out.
fn number(work: Contraction<'_>) -> (Graph, Vec<Place>) {
    let Contraction { draft, mut places, chains, edges, .. } = work;
    let mut stands = vec![None; draft.nodes as usize];
    for chain in &chains {
        let (first, last) = (edges[chain.edges.start], edges[chain.edges.end - 1]);
        for (node, edge) in [(chain.ends[0], first), (chain.ends[1], last)] {
            stands[node as usize].get_or_insert_with(|| end_place(draft, edge, node));
        }
    }
    let hilbert = Hilbert::around(stands.iter().flatten().copied());
    let rank = |(node, place): (usize, &Option<LonLat>)| place.map(|p| u64::from(hilbert.rank(p)) << 32 | node as u64);
    let mut order: Vec<u64> = stands.par_iter().enumerate().filter_map(rank).collect();
    order.par_sort_unstable();
    let mut number = vec![NONE; draft.nodes as usize];
    for (new, old) in order.iter().enumerate() {
        number[*old as u32 as usize] = new as u32;
    }

    let ends_of = |c: &Followed| [number[c.ends[0] as usize], number[c.ends[1] as usize]];
    let mut sorted: Vec<(u32, u32, u32)> = chains
        .par_iter()
        .enumerate()
        .map(|(old, c)| {
            let [a, b] = ends_of(c);
            (a.min(b), a.max(b), old as u32)
        })
        .collect();
    sorted.par_sort_unstable();
    let mut graph = Graph { edge_rows: vec![0], ..Graph::default() };
    let mut new_chain = vec![0u32; chains.len()];
    for (new, (_, _, old)) in sorted.iter().enumerate() {
        let chain = &chains[*old as usize];
        new_chain[*old as usize] = new as u32;
        graph.length.push(chain.length);
        graph.ends.push(ends_of(chain));
        graph.ways.push(chain.ways);
        graph.edges.extend_from_slice(&edges[chain.edges.clone()]);
        graph.edge_rows.push(graph.edges.len() as u32);
    }
    for place in &mut places {
        if place.chain != NONE {
            place.chain = new_chain[place.chain as usize];
        }
    }
    add_stubs(&mut graph);
    lay_arcs(&mut graph, order.len());
    (graph, places)
}

/// Where a node stands: the end of an edge that has it.
fn end_place(draft: &Draft, edge: u32, node: u32) -> LonLat {
    let line = draft.line(edge as usize);
    if draft.ends[edge as usize][0] == node { line[0] } else { line[line.len() - 1] }
}

/// Gives every node that a one-way chain touches its stub.
fn add_stubs(graph: &mut Graph) {
    let mut nodes: Vec<u32> = graph.ends.iter().zip(&graph.ways).filter(|(_, w)| **w != BOTH).flat_map(|(e, _)| *e).collect();
    nodes.sort_unstable();
    nodes.dedup();
    for node in nodes {
        graph.stubs.push((node, graph.length.len() as u32));
        graph.length.push(0);
        graph.ends.push([node, node]);
        graph.ways.push(BOTH);
        graph.edge_rows.push(graph.edges.len() as u32);
    }
}

/// Lays the search arcs out. The search runs from the site towards the walkers, so an arc leaves a node where a walker may arrive.
fn lay_arcs(graph: &mut Graph, nodes: usize) {
    let mut laid: Vec<(u32, Arc)> = Vec::with_capacity(graph.length.len() * 2);
    for chain in 0..graph.length.len() as u32 {
        let ([a, b], length, ways) = (graph.ends[chain as usize], graph.length[chain as usize], graph.ways[chain as usize]);
        let twin = ways == BOTH;
        if ways & BACKWARD != 0 {
            laid.push((a, Arc::new(b, length, chain, false, twin)));
        }
        if ways & FORWARD != 0 && !(a == b && twin && graph.edges_of(chain).is_empty()) {
            laid.push((b, Arc::new(a, length, chain, true, twin)));
        }
    }
    graph.rows = vec![0; nodes + 1];
    for (node, _) in &laid {
        graph.rows[*node as usize + 1] += 1;
    }
    for n in 1..=nodes {
        graph.rows[n] += graph.rows[n - 1];
    }
    let mut next = graph.rows.clone();
    graph.arcs = vec![Arc { to: 0, length: 0, chain: 0 }; laid.len()];
    for (node, arc) in laid {
        let slot = &mut next[node as usize];
        graph.arcs[*slot as usize] = arc;
        *slot += 1;
    }
}
