//! Demand points on their chains, and which of them one search reaches.

use rayon::prelude::*;

use super::chains::Graph;
use super::draft::{BACKWARD, FORWARD};
use super::reach::Pair;
use super::search::{ChainSpot, FAR, Search};
use super::{Network, Spot};

/// A demand point on a chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnChain {
    /// Millimetres from the chain's first end.
    pub along: u32,
    /// Straight millimetres to the chain.
    pub leg: u32,
    /// Number of the point in the caller's list.
    pub point: u32,
}

/// Demand points in compressed rows by chain, in the order they stand along it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Points {
    rows: Vec<u32>,
    on: Vec<OnChain>,
}

impl Points {
    /// Sorts points onto chains; `None` stays unknown and is nowhere.
    pub fn new(network: &Network, points: &[Option<Spot>]) -> Self {
        let chains = network.graph.length.len();
        let spots: Vec<Option<ChainSpot>> = points.par_iter().map(|p| p.map(|p| network.on_chain(p))).collect();
        let mut rows = vec![0u32; chains + 1];
        for spot in spots.iter().flatten() {
            rows[spot.chain as usize + 1] += 1;
        }
        for c in 1..rows.len() {
            rows[c] += rows[c - 1];
        }
        let mut next = rows.clone();
        let mut on = vec![OnChain { along: 0, leg: 0, point: 0 }; rows[chains] as usize];
        for (point, spot) in spots.iter().enumerate() {
            let Some(spot) = spot else { continue };
            let slot = &mut next[spot.chain as usize];
            on[*slot as usize] = OnChain { along: spot.along, leg: spot.leg, point: point as u32 };
            *slot += 1;
        }
        for chain in rows.windows(2).filter(|r| r[1] - r[0] > 1) {
            on[chain[0] as usize..chain[1] as usize].sort_unstable_by_key(|p| (p.along, p.point));
        }
        Points { rows, on }
    }

    /// Number of points that have a spot.
    pub fn len(&self) -> usize {
        self.on.len()
    }

    /// The points of a chain, ascending along it.
    pub fn of_chain(&self, chain: u32) -> &[OnChain] {
        &self.on[self.rows[chain as usize] as usize..self.rows[chain as usize + 1] as usize]
    }

    /// After `search` has run from `site`: every point within `limit`, ascending.
    pub fn gather(&self, graph: &Graph, search: &Search, site: ChainSpot, limit: u32, found: &mut Vec<Pair>) {
        found.clear();
        for node in search.reached() {
            let here = search.distance(*node);
            for arc in graph.arcs_of(*node) {
                let points = self.of_chain(arc.chain());
                if points.is_empty() || arc.chain() == site.chain {
                    continue;
                }
                let there = if arc.twin() { search.distance(arc.to) } else { FAR };
                if !arc.at_last() {
                    from_ends(points, here, there, arc.length, limit, found);
                } else if there == FAR {
                    from_ends(points, FAR, here, arc.length, limit, found);
                }
            }
        }
        self.on_own_chain(graph, search, site, limit, found);
        found.sort_unstable();
    }

    /// The site's own chain: straight along it, or out by one end and in by the other if that is shorter.
    fn on_own_chain(&self, graph: &Graph, search: &Search, site: ChainSpot, limit: u32, found: &mut Vec<Pair>) {
        let chain = site.chain as usize;
        let ([first, last], length, ways) = (graph.ends[chain], graph.length[chain], graph.ways[chain]);
        let far = |reached: u32, along: u32| if reached == FAR { u64::MAX } else { u64::from(reached) + u64::from(along) };
        for p in self.of_chain(site.chain) {
            let forward = ways & FORWARD != 0 || p.along == site.along;
            let backward = ways & BACKWARD != 0 || p.along == site.along;
            let mut best = u64::MAX;
            if p.along <= site.along && forward || p.along >= site.along && backward {
                best = u64::from(site.leg) + u64::from(site.along.abs_diff(p.along));
            }
            if backward {
                best = best.min(far(search.distance(first), p.along));
            }
            if forward {
                best = best.min(far(search.distance(last), length - p.along));
            }
            keep(best, *p, limit, found);
        }
    }
}

/// Points of a chain whose first end is `first` from the site and whose last end is `last` ([`FAR`]: not by that end).
fn from_ends(points: &[OnChain], first: u32, last: u32, length: u32, limit: u32, found: &mut Vec<Pair>) {
    if first != FAR && last != FAR {
        for p in points {
            let best = (u64::from(first) + u64::from(p.along)).min(u64::from(last) + u64::from(length - p.along));
            keep(best, *p, limit, found);
        }
    } else if first != FAR {
        for p in points.iter().take_while(|p| p.along <= limit - first) {
            keep(u64::from(first) + u64::from(p.along), *p, limit, found);
        }
    } else {
        for p in points.iter().rev().take_while(|p| length - p.along <= limit - last) {
            keep(u64::from(last) + u64::from(length - p.along), *p, limit, found);
        }
    }
}

/// Notes a point if the walk, its own leg added, stays within the limit.
fn keep(street: u64, p: OnChain, limit: u32, found: &mut Vec<Pair>) {
    let walk = street.saturating_add(u64::from(p.leg));
    if walk <= u64::from(limit) {
        found.push(Pair::new(p.point, walk as u32));
    }
}
