//! The nearest of many sites for every demand point, however far: one search from all sites at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::draft::{BACKWARD, FORWARD};
use super::points::Points;
use super::search::ChainSpot;
use super::{NONE, Network, Spot};
use crate::units::Millimetres;

/// How far a node or point is from its nearest site, and which site that is; the smaller one wins, so ties go to the lower site.
type Label = (u64, u32);

/// Nothing known yet.
const NOWHERE: Label = (u64::MAX, NONE);

/// For each point the nearest of the sites numbered in `which` (all of `sites` that have a spot, if it is given as such) and the
/// whole walk to it, both straight legs included. `None` where the point is unknown or no such site can be walked to.
pub fn nearest(network: &Network, sites: &[Option<Spot>], which: &[u32], points: &[Option<Spot>]) -> Vec<Option<(u32, Millimetres)>> {
    let graph = &network.graph;
    let mut at: Vec<(u32, ChainSpot)> = which.iter().filter_map(|i| sites[*i as usize].map(|s| (*i, network.on_chain(s)))).collect();
    // By chain and along it, for the sweep below.
    at.sort_unstable_by_key(|(i, s)| (s.chain, s.along, *i));
    at.dedup();
    let labels = label_nodes(network, &at);
    let on_chains = Points::new(network, points);
    let mut result = vec![None; points.len()];
    let mut best: Vec<Label> = Vec::new();
    let mut rest = at.as_slice();
    for chain in 0..graph.length.len() as u32 {
        let here = &rest[..rest.partition_point(|(_, s)| s.chain <= chain)];
        rest = &rest[here.len()..];
        let standing = on_chains.of_chain(chain);
        if standing.is_empty() {
            continue;
        }
        let (length, ways, [first, last]) = (graph.length[chain as usize], graph.ways[chain as usize], graph.ends[chain as usize]);
        best.clear();
        best.resize(standing.len(), NOWHERE);
        // Walking back to the first end, past the sites before the point.
        if ways & BACKWARD != 0 {
            let mut passed = here.iter().peekable();
            // A label at place zero: what is subtracted here is added again at the point.
            let (distance, site) = labels[first as usize];
            let mut lead: (i64, u32) = if site == NONE { (i64::MAX, NONE) } else { (distance as i64, site) };
            for (p, best) in standing.iter().zip(&mut best) {
                while let Some((site, s)) = passed.next_if(|(_, s)| s.along <= p.along) {
                    lead = lead.min((i64::from(s.leg) - i64::from(s.along), *site));
                }
                if lead.1 != NONE {
                    *best = (*best).min(((lead.0 + i64::from(p.along)) as u64, lead.1));
                }
            }
        }
        // Walking on to the last end.
        if ways & FORWARD != 0 {
            let mut passed = here.iter().rev().peekable();
            let (distance, site) = labels[last as usize];
            let mut lead: (i64, u32) = if site == NONE { (i64::MAX, NONE) } else { (distance as i64, site) };
            for (p, best) in standing.iter().zip(&mut best).rev() {
                while let Some((site, s)) = passed.next_if(|(_, s)| s.along >= p.along) {
                    lead = lead.min((i64::from(s.leg) - i64::from(length - s.along), *site));
                }
                if lead.1 != NONE {
                    *best = (*best).min(((lead.0 + i64::from(length - p.along)) as u64, lead.1));
                }
            }
        }
        for (p, (distance, site)) in standing.iter().zip(&best) {
            if *site != NONE {
                result[p.point as usize] = Some((*site, Millimetres(distance + u64::from(p.leg))));
            }
        }
    }
    result
}

/// The label of every node, from all sites at once.
fn label_nodes(network: &Network, at: &[(u32, ChainSpot)]) -> Vec<Label> {
    let graph = &network.graph;
    let mut labels = vec![NOWHERE; graph.nodes()];
    let mut queue: BinaryHeap<Reverse<(u64, u32, u32)>> = BinaryHeap::new();
    for (site, spot) in at {
        let [first, last] = graph.ends[spot.chain as usize];
        let (length, ways) = (graph.length[spot.chain as usize], graph.ways[spot.chain as usize]);
        let mut touch = |node: u32, along: u32| {
            let label = (u64::from(spot.leg) + u64::from(along), *site);
            if label < labels[node as usize] {
                labels[node as usize] = label;
                queue.push(Reverse((label.0, label.1, node)));
            }
        };
        if ways & FORWARD != 0 || spot.along == 0 {
            touch(first, spot.along);
        }
        if ways & BACKWARD != 0 || spot.along == length {
            touch(last, length - spot.along);
        }
    }
    while let Some(Reverse((distance, site, node))) = queue.pop() {
        if (distance, site) > labels[node as usize] {
            continue;
        }
        for arc in graph.arcs_of(node) {
            let label = (distance + u64::from(arc.length), site);
            if label < labels[arc.to as usize] {
                labels[arc.to as usize] = label;
                queue.push(Reverse((label.0, label.1, arc.to)));
            }
        }
    }
    labels
}
