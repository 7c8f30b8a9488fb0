//! The nodes of a graph in an order in which each can be left out, and the arcs upwards that stand for what was left out.
//!
//! Nodes with fewest neighbours go first; whoever goes leaves arcs between its neighbours, so that no walk among those left gets longer.
//! Then every shortest walk climbs the order and descends again, never the other way round (customizable contraction hierarchies:
//! Dibbelt, Strasser and Wagner 2016). Streets need about three such arcs a node.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::NONE;
use super::super::chains::Graph;
use super::UNREACHED;

/// More arcs upwards than this for each node and the order is given up: what is not a street network is searched node by node.
const MOST_ARCS: usize = 12;

/// An arc from a node to one that goes later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Up {
    /// Where it leads: a node while the order is made, then its rank.
    pub to: u32,
    /// Millimetres there, as the search goes; [`UNREACHED`] if only the way back is there.
    out: i32,
    /// Millimetres from there.
    back: i32,
}

impl Up {
    /// Millimetres upwards.
    pub fn out(self) -> i32 {
        self.out
    }

    /// Millimetres downwards.
    pub fn back(self) -> i32 {
        self.back
    }
}

/// The order and its arcs.
#[derive(Debug)]
pub(super) struct Ladder {
    /// Rank of each node.
    pub rank: Vec<u32>,
    rows: Vec<u32>,
    ups: Vec<Up>,
}

impl Ladder {
    /// For walks up to `limit` millimetres; `None` if the graph is too dense for it.
    pub fn new(graph: &Graph, limit: i32) -> Option<Self> {
        let nodes = graph.nodes();
        let mut around = neighbours(graph, limit);
        let mut waiting: BinaryHeap<Reverse<(usize, u32)>> = around.iter().zip(0..).map(|(a, n)| Reverse((a.len(), n))).collect();
        let (mut order, mut rank) = (Vec::with_capacity(nodes), vec![NONE; nodes]);
        let (mut rows, mut ups) = (vec![0], Vec::with_capacity(nodes * 4));
        let mut slot = vec![NONE; nodes];
        while let Some(Reverse((degree, node))) = waiting.pop() {
            if rank[node as usize] != NONE || degree != around[node as usize].len() {
                continue;
            }
            rank[node as usize] = order.len() as u32;
            order.push(node);
            let left = std::mem::take(&mut around[node as usize]);
            for a in &left {
                bridge(&mut around[a.to as usize], node, *a, &left, &mut slot, limit);
                waiting.push(Reverse((around[a.to as usize].len(), a.to)));
            }
            ups.extend_from_slice(&left);
            rows.push(ups.len() as u32);
            if ups.len() > MOST_ARCS * nodes {
                return None;
            }
        }
        for up in &mut ups {
            up.to = rank[up.to as usize];
        }
        Some(Ladder { rank, rows, ups })
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.rank.len()
    }

    /// The arcs from the node of this rank.
    pub fn ups(&self, rank: usize) -> &[Up] {
        &self.ups[self.rows[rank] as usize..self.rows[rank + 1] as usize]
    }
}

/// Adds what a walk through two arcs takes, unless it is beyond the limit.
fn joined(a: i32, b: i32, limit: i32) -> i32 {
    if a + b <= limit { a + b } else { UNREACHED }
}

/// The arcs between each node and its neighbours, the shortest of parallel ones.
fn neighbours(graph: &Graph, limit: i32) -> Vec<Vec<Up>> {
    let mut around: Vec<Vec<Up>> = vec![Vec::new(); graph.nodes()];
    for node in 0..graph.nodes() as u32 {
        for arc in graph.arcs_of(node).iter().filter(|a| a.to != node && a.length <= limit as u32) {
            let length = arc.length as i32;
            let out = entry(&mut around[node as usize], arc.to);
            out.out = out.out.min(length);
            let back = entry(&mut around[arc.to as usize], node);
            back.back = back.back.min(length);
        }
    }
    around
}

/// The arc to a neighbour, made if it is new.
fn entry(around: &mut Vec<Up>, to: u32) -> &mut Up {
    let at = around.iter().position(|u| u.to == to).unwrap_or_else(|| {
        around.push(Up { to, out: UNREACHED, back: UNREACHED });
        around.len() - 1
    });
    &mut around[at]
}

/// Takes `gone` out of the arcs of its neighbour and puts the ways through it there. `slot` is [`NONE`] everywhere before and after.
fn bridge(around: &mut Vec<Up>, gone: u32, here: Up, left: &[Up], slot: &mut [u32], limit: i32) {
    around.retain(|u| u.to != gone);
    for (i, up) in around.iter().enumerate() {
        slot[up.to as usize] = i as u32;
    }
    for there in left.iter().filter(|u| u.to != here.to) {
        let (out, back) = (joined(here.back, there.out, limit), joined(there.back, here.out, limit));
        match slot[there.to as usize] {
            NONE if out == UNREACHED && back == UNREACHED => {}
            NONE => around.push(Up { to: there.to, out, back }),
            known => {
                let known = &mut around[known as usize];
                (known.out, known.back) = (known.out.min(out), known.back.min(back));
            }
        }
    }
    for up in around.iter() {
        slot[up.to as usize] = NONE;
    }
}
