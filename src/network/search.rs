//! Bounded search: from one spot to everything within a limit, over whole millimetres.
//!
//! Each thread keeps one state and clears only what it touched. The queue holds distance and node in one `u64`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Mutex;

use super::chains::Graph;
use super::draft::{BACKWARD, FORWARD};

/// A distance that no search reaches.
pub(crate) const FAR: u32 = u32::MAX;

/// A spot as the search sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainSpot {
    /// The chain.
    pub chain: u32,
    /// Millimetres from its first end.
    pub along: u32,
    /// Straight millimetres between the place itself and the chain.
    pub leg: u32,
}

/// Reusable state of one search.
#[derive(Debug)]
pub(crate) struct Search {
    distance: Vec<u32>,
    reached: Vec<u32>,
    queue: BinaryHeap<Reverse<u64>>,
}

impl Search {
    /// For graphs of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        Search { distance: vec![FAR; nodes], reached: Vec::new(), queue: BinaryHeap::new() }
    }

    /// Finds every node from which one can walk to `site` within `limit`, the site's own leg included.
    pub fn run(&mut self, graph: &Graph, site: ChainSpot, limit: u32) {
        self.clear();
        let [first, last] = graph.ends[site.chain as usize];
        let (length, ways) = (graph.length[site.chain as usize], graph.ways[site.chain as usize]);
        // A walker comes from the first end if the chain may be walked forward; a site at the end itself needs no street.
        if ways & FORWARD != 0 || site.along == 0 {
            self.touch(first, u64::from(site.leg) + u64::from(site.along), limit);
        }
        if ways & BACKWARD != 0 || site.along == length {
            self.touch(last, u64::from(site.leg) + u64::from(length - site.along), limit);
        }
        while let Some(Reverse(next)) = self.queue.pop() {
            let (distance, node) = ((next >> 32) as u32, next as u32);
            if distance > self.distance[node as usize] {
                continue;
            }
            for arc in graph.arcs_of(node) {
                // Below 2³² as both summands are at most LONGEST or the limit.
                let onward = distance + arc.length;
                if onward <= limit {
                    let known = &mut self.distance[arc.to as usize];
                    if onward < *known {
                        if *known == FAR {
                            self.reached.push(arc.to);
                        }
                        *known = onward;
                        self.queue.push(Reverse(u64::from(onward) << 32 | u64::from(arc.to)));
                    }
                }
            }
        }
    }

    /// Starts at a node.
    fn touch(&mut self, node: u32, distance: u64, limit: u32) {
        if distance > u64::from(limit) || distance >= u64::from(self.distance[node as usize]) {
            return;
        }
        if self.distance[node as usize] == FAR {
            self.reached.push(node);
        }
        self.distance[node as usize] = distance as u32;
        self.queue.push(Reverse(distance << 32 | u64::from(node)));
    }

    /// The nodes reached by the last run, each once.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }

    /// Walking distance from a node, [`FAR`] where it was not reached.
    pub fn distance(&self, node: u32) -> u32 {
        self.distance[node as usize]
    }

    /// Forgets the last run by touching only what it touched.
    fn clear(&mut self) {
        for node in self.reached.drain(..) {
            self.distance[node as usize] = FAR;
        }
        self.queue.clear();
    }
}

/// States lent to threads: as many are made as ever work at once.
#[derive(Debug)]
pub(crate) struct Searches {
    nodes: usize,
    idle: Mutex<Vec<Search>>,
}

impl Searches {
    /// For graphs of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        Searches { nodes, idle: Mutex::new(Vec::new()) }
    }

    /// Lends a state to `work`.
    pub fn lend<T>(&self, work: impl FnOnce(&mut Search) -> T) -> T {
        let taken = self.idle.lock().map(|mut idle| idle.pop()).unwrap_or_default();
        let mut search = taken.unwrap_or_else(|| Search::new(self.nodes));
        let result = work(&mut search);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(search);
        }
        result
    }
}
